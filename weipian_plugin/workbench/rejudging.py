"""Use case: advise again with another rule pack and show what differs. Writes no verdict, changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Optional

from ..core.advice import Advice, advise
from ..core.errors import WeipianError, os_reason
from ..core.feedback import Feedback, stop_if_cancelled
from ..core.model import CLUE_BATCH, Judgement, OverlayRow, Patch, ReviewStatus
from ..core.names import safe_name
from ..core.proof import LinkedEvidence
from ..core.rulepack import RulePack
from ..store import records
from .clock import now
from .session import Session

LEANINGS = {"legal": "合法", "illegal": "违法", "other": "其他", "": "不能判断"}
#: What can differ, the weightiest first.
LEANING, SUB_TYPE, DOUBT, RULES, MISSING = "leaning", "sub_type", "doubt", "rules", "missing"
CHANGES = {LEANING: "倾向", SUB_TYPE: "二级类", DOUBT: "存疑", RULES: "规则", MISSING: "缺少的材料"}


@dataclass(frozen=True)
class Told:
    """What the advice says with one pack."""

    leaning: str  # legal | illegal | other | "" cannot be told
    sub_type: str  # its label
    doubt: bool
    headline: str
    rule_ids: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def short(self) -> str:
        """E.g. 违法·农村宅基地（存疑）."""
        name = "·".join(part for part in (LEANINGS[self.leaning], self.sub_type) if part)
        return f"{name}（存疑）" if self.doubt and self.leaning else name


@dataclass(frozen=True)
class Difference:
    """One patch with both packs, and the verdict that stands."""

    patch_uid: str
    patch_id: str
    village: str
    before: Told
    after: Told
    changes: tuple[str, ...]
    verdict: str = ""  # legal | illegal | other, empty: not judged
    verdict_label: str = ""

    @property
    def rules_new(self) -> tuple[str, ...]:
        """Rules that only the other pack names."""
        return tuple(rule for rule in self.after.rule_ids if rule not in self.before.rule_ids)

    @property
    def rules_gone(self) -> tuple[str, ...]:
        """Rules that only the pack of the batch names."""
        return tuple(rule for rule in self.before.rule_ids if rule not in self.after.rule_ids)

    @property
    def missing_new(self) -> tuple[str, ...]:
        """Evidence that only the other pack asks for."""
        return tuple(text for text in self.after.missing if text not in self.before.missing)

    @property
    def missing_gone(self) -> tuple[str, ...]:
        """Evidence that the other pack does not ask for any more."""
        return tuple(text for text in self.before.missing if text not in self.after.missing)

    @property
    def against_verdict(self) -> bool:
        """The other pack points elsewhere than the verdict that stands, and the pack of the batch did not."""
        return bool(self.verdict and self.after.leaning) and self.after.leaning != self.verdict == self.before.leaning

    def report(self) -> dict[str, Any]:
        """For REPORT_JSON."""
        return {
            "patch_id": self.patch_id,
            "changes": list(self.changes),
            "before": vars(self.before),
            "after": vars(self.after),
            "rules_new": list(self.rules_new),
            "rules_gone": list(self.rules_gone),
            "missing_new": list(self.missing_new),
            "missing_gone": list(self.missing_gone),
            "verdict": self.verdict,
            "verdict_label": self.verdict_label,
            "against_verdict": self.against_verdict,
        }


@dataclass(frozen=True)
class Rejudgement:
    """The patches looked at and those where the advice differs."""

    scope: str
    before: str  # the packs of the batches
    after: str
    patches: int
    differences: Sequence[Difference]
    at: str

    def counts(self) -> dict[str, int]:
        """How many patches differ in what."""
        return {key: sum(key in item.changes for item in self.differences) for key in CHANGES}

    @property
    def against(self) -> int:
        """Verdicts that the other pack would speak against."""
        return sum(item.against_verdict for item in self.differences)

    def headline(self) -> str:
        """The outcome in one sentence."""
        if not self.differences:
            return f"{self.patches} 个图斑的建议都一样"
        parts = [f"{CHANGES[key]} {count}" for key, count in self.counts().items() if count]
        said = f"{self.patches} 个图斑中有 {len(self.differences)} 个的建议不同：{'，'.join(parts)}"
        return f"{said}；与已作判定相反的 {self.against} 个" if self.against else said

    def report(self) -> dict[str, Any]:
        """The REPORT_JSON."""
        return {
            "scope": self.scope,
            "pack_before": self.before,
            "pack_after": self.after,
            "patches": self.patches,
            "changed": len(self.differences),
            "counts": self.counts(),
            "against_verdict": self.against,
            "headline": self.headline(),
            "differences": [item.report() for item in self.differences],
        }


def rejudge(folder: Path, batch: str, pack: str, who: str, feedback: Feedback) -> Rejudgement:
    """Advise every patch of a batch with its own pack and with `pack`.

    Args:
        batch: name or id of a batch, empty for all.
        pack: id, `id@version` or folder of the other pack.

    Raises:
        WeipianError: E_PACK_UNKNOWN, E_PACK_BATCH, E_RULES, E_CANCELLED.
    """
    with Session.open(Path(folder), who) as session:
        other = session.loaded(session.pack_named(pack))
        patches, scope = _patches(session, batch)
        feedback.message(f"正在用“{other.label}”重新给出 {len(patches)} 个图斑的建议")
        used: dict[tuple[str, str], str] = {}
        found: list[Difference] = []
        for number, (patch, rows, judgement, evidence) in enumerate(_known(session, patches)):
            stop_if_cancelled(feedback)
            feedback.progress(100 * number / max(1, len(patches)))
            own = session.pack_for(patch.batch_id)
            used[own.id, own.version] = f"{own.label}（{own.id} {own.version}）"
            before = advise(own, session.facts_of(own, patch, rows, judgement, evidence))
            after = advise(other, session.facts_of(other, patch, rows, judgement, evidence))
            difference = _difference(patch, judgement, (own, before), (other, after))
            if difference.changes:
                found.append(difference)
        name = f"{other.label}（{other.id} {other.version}）"
        return Rejudgement(scope, "、".join(used.values()), name, len(patches), found, now())


def _patches(session: Session, word: str) -> tuple[list[Patch], str]:
    chosen = session.batch_named(word) if word.strip() else None
    patches = session.patches(chosen.batch_id) if chosen else session.patches()
    living = [
        p
        for p in patches
        if p.split_state != "parent" and p.review_status is not ReviewStatus.VOID and p.batch_id != CLUE_BATCH
    ]
    return living, chosen.name if chosen else "全部批次"


_Known = tuple[Patch, Sequence[OverlayRow], Optional[Judgement], tuple[LinkedEvidence, ...]]


def _known(session: Session, patches: Sequence[Patch]) -> Iterator[_Known]:
    """What is known of each patch, read in a few queries for all of them."""
    ws = session.workspace
    rows: dict[str, list[OverlayRow]] = {}
    for row in records.overlay(ws):
        rows.setdefault(row.patch_uid, []).append(row)
    judged = records.judgements(ws)
    items = records.evidence(ws)
    links: dict[str, list[tuple[str, str]]] = {}
    for uid, evidence_id, purpose in records.links(ws):
        links.setdefault(uid, []).append((evidence_id, purpose))
    for patch in patches:
        uid = patch.patch_uid
        evidence = tuple(session.linked(patch, items[key], purpose) for key, purpose in links.get(uid, ()))
        yield patch, rows.get(uid, ()), judged.get(uid), evidence


def _told(pack: RulePack, advice: Advice) -> Told:
    found = pack.sub_type(advice.leaning or "", advice.sub_type)
    return Told(
        leaning=advice.leaning or "",
        sub_type=found.label if found else "",
        doubt=advice.doubt,
        headline=advice.headline,
        rule_ids=advice.rule_ids,
        missing=advice.missing,
    )


def _difference(
    patch: Patch, judgement: Optional[Judgement], before: tuple[RulePack, Advice], after: tuple[RulePack, Advice]
) -> Difference:
    old, new = _told(*before), _told(*after)
    pairs = {
        LEANING: (old.leaning, new.leaning),
        SUB_TYPE: (old.sub_type, new.sub_type),
        DOUBT: (old.doubt, new.doubt),
        RULES: (set(old.rule_ids), set(new.rule_ids)),
        MISSING: (set(old.missing), set(new.missing)),
    }
    verdict = judgement.verdict if judgement else None
    sub = before[0].sub_type(verdict.value, judgement.sub_type) if judgement and verdict else None
    label = "·".join(part for part in (verdict.label if verdict else "", sub.label if sub else "") if part)
    return Difference(
        patch_uid=patch.patch_uid,
        patch_id=patch.patch_id,
        village=patch.village_name or "",
        before=old,
        after=new,
        changes=tuple(key for key, (one, two) in pairs.items() if one != two),
        verdict=verdict.value if verdict else "",
        verdict_label=label or ("存疑" if judgement and judgement.doubt else ""),
    )


_STYLE = (
    "body{font:14px/1.6 'Microsoft YaHei','Noto Sans CJK SC',sans-serif;margin:24px;color:#222}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #bbb;padding:4px 8px;text-align:left;"
    "vertical-align:top}th{background:#f0f0f0}td.no{white-space:nowrap}b.warn{color:#a33}p.small{color:#555}"
)
_HEADS = ("图斑编号", "村", "现用规则包的建议", "另一规则包的建议", "规则增减", "材料增减", "已作判定")


def write_html(found: Rejudgement, parent: Path) -> Path:
    """Write the differences as a page for people; returns its path.

    Raises:
        WeipianError: E_WRITE.
    """
    path = parent / f"规则包对比_{safe_name(found.scope, 60)}_{found.at[:19].replace(':', '').replace('T', '-')}.html"
    head = "".join(f"<th>{name}</th>" for name in _HEADS)
    body = "".join(_line(item) for item in found.differences)
    page = (
        f'<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>规则包对比</title><style>{_STYLE}</style>'
        f"</head><body><h1>规则包对比</h1><p>{escape(found.headline())}</p><p>范围：{escape(found.scope)}<br>"
        f"现用：{escape(found.before)}<br>另一：{escape(found.after)}</p><p class=small>只比较建议，没有改动任何判定。"
        f"{escape(found.at)}</p><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></body></html>"
    )
    try:
        parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise WeipianError("E_WRITE", path=path, detail=os_reason(error)) from error
    return path


def signed(new: Sequence[str], gone: Sequence[str]) -> str:
    """＋ what came, － what went."""
    return "\n".join([*(f"＋{text}" for text in new), *(f"－{text}" for text in gone)])


def _line(item: Difference) -> str:
    verdict = escape(item.verdict_label or "未判定")
    cells = (
        f"<td class=no>{escape(item.patch_id)}</td>",
        f"<td>{escape(item.village)}</td>",
        f"<td>{escape(item.before.short)}</td>",
        f"<td>{escape(item.after.short)}</td>",
        f"<td>{escape(signed(item.rules_new, item.rules_gone))}</td>",
        f"<td>{_lines(signed(item.missing_new, item.missing_gone))}</td>",
        f"<td>{f'<b class=warn>▲ {verdict}（相反）</b>' if item.against_verdict else verdict}</td>",
    )
    return f"<tr>{''.join(cells)}</tr>"


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.splitlines())
