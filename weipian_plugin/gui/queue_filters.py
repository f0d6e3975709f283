"""What the list can be narrowed to: tests and facets that combine, the presets, and how they are kept as text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Optional

from ..core.model import LEVEL_LABELS, CaseStatus, ReviewStatus, Verdict
from ..workbench.queue_reading import fold

#: Yes/no tests: key -> words. Rows that were split, are void or part of another patch pass only where said.
TESTS: Mapping[str, str] = {
    "open": "未判定",
    "done": "已判定",
    "risk": "疑似永农/红线",
    "prime": "疑似永农",
    "redline": "疑似红线",
    "doubt": "存疑",
    "incomplete": "举证不全",
    "no_evidence": "尚无举证",
    "returned": "被退回",
    "rectify": "待整改",
    "unrectified": "未整改面积 > 0",
    "against": "与建议不一致",
    "overdue": "已超期",
    "mine": "我的",
    "in_view": "本视野",
    "illegal": "违法",
    "clues": "线索",
    "shapeless": "无边界",
    "aside": "被拆分/作废/已并入",
}
#: Tests that need the advice or the remaining area of every patch, worked out in the background.
SLOW_TESTS = frozenset({"incomplete", "unrectified", "against"})
FACETS: Mapping[str, str] = {
    "level": "监测级别",
    "status": "状态",
    "verdict": "判定",
    "case": "查处整改",
    "due": "期限",
    "class": "监测类别",
    "village": "村",
    "office": "责任科室",
    "assignee": "承办人",
    "batch": "批次",
}
NO_VALUE = "（空）"
#: A preset may have been saved in another workspace.
OTHER_BATCH = "（不在本工作区的批次）"
#: Key of the condition that patches are named one by one.
ONLY = "only"
DUE_LABELS: Mapping[str, str] = {
    "overdue": "已超期",
    "week": "7 天内",
    "month": "30 天内",
    "later": "30 天以后",
    "none": "没有期限",
    "over": "已办结",
}
_VALUE_LABELS: Mapping[str, Mapping[str, str]] = {
    "level": {str(key): label for key, label in LEVEL_LABELS.items()},
    "status": {status.value: status.label for status in ReviewStatus},
    "verdict": {verdict.value: verdict.label for verdict in Verdict},
    "case": {status.value: status.label for status in CaseStatus},
    "due": DUE_LABELS,
}


def value_label(facet: str, value: str, batches: Optional[Mapping[str, str]] = None) -> str:
    """A value of a facet as the clerk reads it; `batches`: batch_id -> name, in this workspace."""
    if not value:
        return "未判" if facet == "verdict" else NO_VALUE
    if facet == "batch":
        return (batches or {}).get(value, OTHER_BATCH)
    return _VALUE_LABELS.get(facet, {}).get(value, value)


@dataclass(frozen=True)
class QueueFilter:
    """All tests must be met, and of each facet one of its values; every word must be found.

    `only` are patch_uids that something else named (今天要办), under the words `only_label`; none: no such limit.
    """

    tests: frozenset[str] = frozenset()
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    text: str = ""
    only: frozenset[str] = frozenset()
    only_label: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the search box, folded."""
        return tuple(fold(self.text).split())

    def slow(self) -> bool:
        """Whether it needs what is worked out in the background."""
        return bool(self.tests & SLOW_TESTS)

    def toggled(self, test: str) -> QueueFilter:
        """With a test added or taken away."""
        return replace(self, tests=self.tests ^ {test})

    def with_value(self, facet: str, value: str, *, on: bool) -> QueueFilter:
        """With one value of a facet added or taken away."""
        held = set(self.values.get(facet, frozenset()))
        (held.add if on else held.discard)(value)
        values = {key: kept for key, kept in self.values.items() if key != facet}
        if held:
            values[facet] = frozenset(held)
        return replace(self, values=values)

    def without(self, key: str) -> QueueFilter:
        """Without a test or a whole facet."""
        values = {facet: kept for facet, kept in self.values.items() if facet != key}
        kept = replace(self, tests=self.tests - {key}, values=values)
        return replace(kept, only=frozenset(), only_label="") if key == ONLY else kept

    def parts(self, batches: Optional[Mapping[str, str]] = None) -> list[tuple[str, str]]:
        """(key, words) of every condition, for the chips; `batches`: batch_id -> name."""
        found = [(key, label) for key, label in TESTS.items() if key in self.tests]
        for facet, label in FACETS.items():
            chosen = sorted(value_label(facet, value, batches) for value in self.values.get(facet, ()))
            if chosen:
                more = f" 等 {len(chosen)} 个" if len(chosen) > 2 else ""
                found.append((facet, f"{label} {'、'.join(chosen[:2])}{more}"))
        return [*found, (ONLY, self.only_label)] if self.only else found


@dataclass(frozen=True)
class Preset:
    """A filter with a name; `own` ones the person saved."""

    key: str
    label: str
    filter: QueueFilter
    own: bool = False


def _preset(key: str, label: str, *tests: str, **values: Iterable[str]) -> Preset:
    held = {facet: frozenset(chosen) for facet, chosen in values.items()}
    return Preset(key, label, QueueFilter(frozenset(tests), held))


PRESETS: tuple[Preset, ...] = (
    _preset("open_1", "一级 · 未判定", "open", level=("1",)),
    _preset("open", "未判定", "open"),
    _preset("all", "全部"),
    _preset("mine", "我的", "mine"),
    _preset("in_view", "本视野", "in_view"),
    _preset("doubt", "存疑", "doubt"),
    _preset("risk", "疑似永农/红线", "risk"),
    _preset("incomplete", "举证不全", "incomplete"),
    _preset("no_evidence", "尚无举证", "no_evidence"),
    _preset("against", "与建议不一致", "against"),
    _preset("returned", "被退回", "returned"),
    _preset("rectify", "待整改", "rectify"),
    _preset("unrectified", "未整改面积 > 0", "unrectified"),
    _preset("overdue", "已超期", "overdue"),
    _preset("due_week", "7 天内到期", due=("week",)),
    _preset("illegal", "违法", "illegal"),
    _preset("done", "已判定", "done"),
    _preset("clues", "线索", "clues"),
    _preset("shapeless", "无边界", "shapeless"),
    _preset("aside", "被拆分/作废/已并入", "aside"),
)
PRESET_BY_KEY = {preset.key: preset for preset in PRESETS}


def to_text(presets: Iterable[Preset]) -> str:
    """The person's own presets as JSON for the settings."""
    return json.dumps(
        [
            {
                "label": preset.label,
                "tests": sorted(preset.filter.tests),
                "values": {facet: sorted(held) for facet, held in preset.filter.values.items()},
                "text": preset.filter.text,
            }
            for preset in presets
        ],
        ensure_ascii=False,
    )


def from_text(text: str) -> list[Preset]:
    """Own presets of the settings; what cannot be read, or is not known any more, is left out."""
    try:
        items = json.loads(text or "[]")
    except ValueError:
        return []
    found = [_read(item) for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return [preset for preset in found if preset is not None]


def _read(item: Mapping[str, Any]) -> Optional[Preset]:
    label, tests, values = item.get("label"), item.get("tests"), item.get("values")
    if not isinstance(label, str) or not label or not isinstance(tests, list) or not isinstance(values, dict):
        return None
    held = {
        facet: frozenset(str(value) for value in chosen)
        for facet, chosen in values.items()
        if facet in FACETS and isinstance(chosen, list) and chosen
    }
    known = frozenset(str(test) for test in tests) & TESTS.keys()
    return Preset(f"own:{label}", label, QueueFilter(known, held, str(item.get("text") or "")), own=True)
