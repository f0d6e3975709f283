"""Which column of a delivery is what: aliases, then what was said, then a question."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Optional

from ..core.errors import WeipianError
from ..core.fields import FieldMatch, match_fields, normalise
from . import values
from .asking import FIELD_PREFIX, Notes
from .model import Question

Row = Mapping[str, Optional[str]]
#: Reads whole columns: headers -> rows of these only.
Columns = Callable[[Sequence[str]], Sequence[Row]]
#: Two columns that name one of these: the first is taken and said; nothing hangs on it.
_DESCRIPTIVE = frozenset({"county_name", "town_name", "village_name", "remark", "batch", "issued_on"})
_CENTRE = frozenset({"centroid_x", "centroid_y"})
_AREAS = frozenset({"area_issued", "farmland_issued", "ppf_issued"})
_NAMES: Mapping[str, str] = {
    "patch_id": "图斑编号", "county_code": "县级代码", "county_name": "县名称", "town_name": "乡镇",
    "village_name": "村", "patch_type": "图斑类型", "monitor_class": "图斑分类", "monitor_level": "监测等级",
    "area_issued": "监测面积", "farmland_issued": "耕地面积", "ppf_issued": "永久基本农田面积",
    "image_before": "前时相", "image_after": "后时相", "centroid_x": "中心点横坐标（经度）",
    "centroid_y": "中心点纵坐标（纬度）", "batch": "批次", "issued_on": "下发时间", "remark": "备注",
}  # fmt: skip
_AMBIGUOUS_CHOICES = (
    ("farmland", "耕地面积"),
    ("supply", "已供地面积（不作耕地面积用）"),
    ("ignore", "不采用，只保留原值"),
)
#: Two areas are the same figure in other units when they agree this well.
_SAME_SHARE = 0.01


@dataclass(frozen=True)
class _Chosen:
    mapping: dict[str, str]
    told: frozenset[str]  # canonical names that a person settled


def choose_columns(
    headers: Sequence[str],
    aliases: Mapping[str, Sequence[str]],
    rows: Sequence[Row],
    columns: Columns,
    notes: Notes,
    has_geometry: bool = True,
    hint: str = "",
) -> FieldMatch:
    """The columns in force; without a patch id, or where a column may mean two things, there is a question.

    `rows` is a sample; `columns` reads whole columns where the sample cannot tell; `hint` is the column that
    serves as patch id when no alias knows one.

    Raises:
        WeipianError: E_FIELD_UNKNOWN, E_ANSWER.
    """
    match = match_fields(headers, aliases)
    chosen = _told(headers, match, notes)
    for header in match.ambiguous:
        _ambiguous(header, chosen, columns, notes)
    for canonical, names in match.doubles.items():
        if canonical not in chosen.told and not (has_geometry and canonical in _CENTRE):
            left = [name for name in names if name not in [chosen.mapping[k] for k in chosen.told]]
            if len(left) > 1:
                _double(canonical, left, rows, columns, chosen, notes)
    if "patch_id" not in chosen.mapping and hint:
        chosen.mapping["patch_id"] = hint
        notes.warn("W_ID_HINT", f"没有图斑编号字段，用“{hint}”作为编号，请核对", hint)
    if "patch_id" not in chosen.mapping:
        text = "没有认出图斑编号字段，哪一列是图斑编号？"
        notes.questions.append(Question("patch_id", text, tuple((h, h) for h in headers)))
    named = match_fields(list(chosen.mapping.values()), {k: [v] for k, v in chosen.mapping.items()}).units
    return replace(match, mapping=chosen.mapping, units=named)


def _told(headers: Sequence[str], match: FieldMatch, notes: Notes) -> _Chosen:
    """Aliases overruled by FIELD_MAP, by answers under a canonical name, and by what was said before."""
    asked: dict[str, str] = {}
    for key, value in notes.memory.answers.items():
        if key.startswith(FIELD_PREFIX) and (value in headers or not value):
            asked[key[len(FIELD_PREFIX) :]] = value
    recalled = dict(asked)
    for canonical in _NAMES:
        if notes.told(canonical):
            asked[canonical] = notes.told(canonical)
    asked.update({k: str(v) for k, v in notes.options.field_map.items()})
    for canonical, header in asked.items():
        if header and header not in headers:
            raise WeipianError("E_FIELD_UNKNOWN", field=header, fields="、".join(headers) or "（无）")
        before = recalled.get(canonical) == header and canonical not in notes.options.field_map
        before = before and not notes.told(canonical)
        label = f"{_NAMES.get(canonical, canonical)} ← {header or '没有'}"
        notes.settle(FIELD_PREFIX + canonical, header, label, recalled=before)
    mapping = {k: v for k, v in match.mapping.items() if v not in asked.values() and k not in asked}
    mapping.update({k: v for k, v in asked.items() if v})
    return _Chosen(mapping, frozenset(k for k in asked if asked[k]) & frozenset(mapping))


def _ambiguous(header: str, chosen: _Chosen, columns: Columns, notes: Notes) -> None:
    """A header with two meanings (GDMJ): asked, unless nothing but zeros stands in it."""
    if header in chosen.mapping.values():
        return
    key = normalise(header).upper()
    if not notes.told(key) and not notes.before(key):
        figures = [values.number(row.get(header)) for row in columns([header])]
        if not any(figures):
            return
    text = f"字段 {header} 在不同标准里分别指“耕地面积”和“已供地面积”，这里是哪一种？"
    accept = {
        "耕地": "farmland",
        "farmland_issued": "farmland",
        "已供地": "supply",
        "供地": "supply",
        "不采用": "ignore",
    }
    value = notes.choose(Question(key, text, _AMBIGUOUS_CHOICES), accept=accept)
    if value == "farmland":
        chosen.mapping["farmland_issued"] = header


def _double(
    canonical: str, names: Sequence[str], rows: Sequence[Row], columns: Columns, chosen: _Chosen, notes: Notes
) -> None:
    """Several columns for one thing: the only filled one, or any if they agree, or what a person says."""
    label = _NAMES.get(canonical, canonical)
    cells = columns(list(names)) if canonical not in _DESCRIPTIVE else rows
    filled = [name for name in names if any(_filled(row.get(name)) for row in cells)]
    if len(filled) <= 1 or _agree(filled, cells, canonical):
        chosen.mapping[canonical] = (filled or list(names))[0]
        return
    if canonical in _DESCRIPTIVE:
        chosen.mapping[canonical] = filled[0]
        notes.warn(
            "W_FIELD_DOUBLE", f"{'、'.join(filled)} 都像是{label}，采用 {filled[0]}；不对请在字段对应中改", filled[0]
        )
        return
    shown = [(name, f"{name}（例如 {_example(name, cells)}）") for name in filled]
    value = notes.choose(Question(canonical, f"{'、'.join(filled)} 都像是{label}，用哪一列？", tuple(shown)))
    chosen.mapping[canonical] = value or filled[0]


def _filled(cell: Optional[str]) -> bool:
    """Neither blank nor a zero."""
    text = values.text(cell)
    return bool(text) and values.number(text) != 0


def _agree(names: Sequence[str], rows: Sequence[Row], canonical: str) -> bool:
    """Whether the columns say the same in every row, areas also in another unit."""
    if canonical in _AREAS:
        return all(_same_figure(names[0], other, rows) for other in names[1:])
    return all(values.code(row.get(names[0])) == values.code(row.get(other)) for row in rows for other in names[1:])


def _same_figure(first: str, second: str, rows: Sequence[Row]) -> bool:
    """Whether two columns hold one area, equal or a constant factor of known units apart."""
    pairs = [(values.number(row.get(first)) or 0.0, values.number(row.get(second)) or 0.0) for row in rows]
    if any((a > 0) != (b > 0) for a, b in pairs):
        return False
    ratios = [b / a for a, b in pairs if a > 0]
    known = (1.0, 0.0015, 2000 / 3, 1e-4, 1e4, 15.0, 1 / 15)
    return any(all(abs(r / factor - 1) <= _SAME_SHARE for r in ratios) for factor in known)


def _example(name: str, rows: Sequence[Row]) -> str:
    return next((values.text(row.get(name)) for row in rows if _filled(row.get(name))), "空")
