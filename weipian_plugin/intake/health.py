"""The checks of dossier 1.4 over a delivery that was read: one report with severity, counts and every row met."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Optional

import numpy as np
import shapely

from ..core.fields import match_fields, split_unit
from ..core.model import Patch
from ..geo.comparing import shared
from . import values
from .crs_guess import PROVINCES
from .files import is_gdb
from .model import UNIT_LABELS, Check, CheckItem, Delivery, Inspection
from .patches import differs

_LABELS = {
    "county_code": "县级代码", "patch_type": "图斑类型", "area_issued": "监测面积", "image_before": "前时相",
    "image_after": "后时相", "village_name": "村",
}  # fmt: skip
#: Columns whose figures must fit together where a delivery carries them (dossier 1.4 and 3.1).
_PARTS: Mapping[str, Sequence[str]] = {
    "agri": ("NYDMJ", "农用地面积", "占农用地面积"),
    "built": ("JSYDMJ", "建设用地面积", "占建设用地面积"),
    "unused": ("WLYDMJ", "未利用地面积", "占未利用地面积"),
}
_OTHER_PROVINCES = ("71", "81", "82")
_PICTURES = (".jpg", ".jpeg", ".tif", ".tiff", ".png")
_SLIVER_M2 = 0.1
_ROUNDING = 0.011  # of parts given to two decimals
_GEOMETRY_CODES = (
    "R_GEOMETRY_EMPTY", "R_GEOMETRY_BROKEN", "R_GEOMETRY_INVALID", "R_NOT_POLYGON", "R_MULTIPATCH", "R_COORDINATES",
    "R_POINTS",
)  # fmt: skip


def run(inspection: Inspection, found: Delivery) -> tuple[Check, ...]:
    """Every check, also those that met nothing."""
    checks = (
        _rows(inspection, found), _crs(inspection, found), _ids(found), _required(inspection, found),
        _codes(inspection, found), _geometry(inspection, found), _findings(
            found, ("W_OVERLAP",), "self_overlap", "批内重叠", "图斑之间没有重叠", "处图斑互相重叠"),
        _earlier(inspection, found), _areas(inspection, found), _sums(inspection, found),
        _images(inspection, found),
    )  # fmt: skip
    return tuple(check for check in checks if check is not None)


def _check(check_id: str, title: str, items: Sequence[CheckItem], fine: str, met: str, severity: str = "warn") -> Check:
    """A check that is fine without items."""
    if not items:
        return Check(check_id, title, "ok", fine)
    return Check(check_id, title, severity, met, tuple(items))


def _rows(inspection: Inspection, found: Delivery) -> Check:
    """Every row is imported, an update, or refused with its reason."""
    refused = [CheckItem(r.row, r.patch_id, r.reason) for r in found.rejected]
    taken = len(found.patches) + len(found.updates)
    text = f"{inspection.count} 行中读入 {taken} 行，未导入 {len(refused)} 行"
    severity = "error" if taken + len(refused) != inspection.count else "warn"
    return _check("rows", "完整性", refused, text, text, severity)


def _crs(inspection: Inspection, found: Delivery) -> Check:
    """The mathematical basis, and patches that lie where no patch can lie."""
    codes = ("W_OUTSIDE_CHINA", "W_ZONE", "W_CRS_PLACE", "W_GCJ02")
    items = _told(found, codes)
    text = f"{inspection.crs or '没有坐标'}，{inspection.crs_reason}" + (
        f"，位于{inspection.place}" if inspection.place else ""
    )
    return _check("crs", "数学基础", items, text, text)


def _told(found: Delivery, codes: Iterable[str]) -> list[CheckItem]:
    """Findings of these codes as items."""
    known = {patch.patch_id: patch for patch in found.patches}
    wanted = [f for f in found.findings if f.code in codes]
    return [
        _of(found, known[f.subject], f.message) if f.subject in known else CheckItem(0, f.subject, f.message)
        for f in wanted
    ]


def _of(found: Delivery, patch: Patch, reason: str, **areas: Optional[float]) -> CheckItem:
    return CheckItem(found.rows.get(patch.patch_uid, 0), patch.patch_id, reason, patch_uid=patch.patch_uid, **areas)


def _ids(found: Delivery) -> Check:
    items = [
        CheckItem(r.row, r.patch_id, r.reason) for r in found.rejected if r.code in ("R_ID_DUPLICATE", "R_ID_EMPTY")
    ]
    met = f"{len(items)} 行编号重复或为空"
    return _check("id_unique", "监测编号唯一", items, "编号齐全，没有重复", met, "error")


def _required(inspection: Inspection, found: Delivery) -> Check:
    """Columns that a patch is worked with, and empty cells in them."""
    items = [
        CheckItem(0, "", f"没有{label}这一列") for name, label in _LABELS.items() if name not in inspection.mapping
    ]
    for name, label in _LABELS.items():
        header = inspection.mapping.get(name)
        if header:
            items += [
                _of(found, p, f"{label}为空") for p in found.patches if not values.text(p.source_attributes.get(header))
            ]
    return _check("required", "必填字段", items, "常用字段齐全，没有空值", f"{len(items)} 处缺列或空值")


def _codes(inspection: Inspection, found: Delivery) -> Check:
    """County codes of six digits in a known province; TBLX against the pack's table."""
    known, items = inspection.options.context.patch_types, []
    for patch in found.patches:
        code, kind = patch.county_code or "", patch.patch_type or ""
        if code and not (len(code) == 6 and code.isdigit()):
            items.append(_of(found, patch, f"县级代码 {code} 不是 6 位数字"))
        elif code and code[:2] not in PROVINCES and code[:2] not in _OTHER_PROVINCES:
            items.append(_of(found, patch, f"县级代码 {code} 不属于任何省份"))
        if kind and known and kind not in known:
            items.append(_of(found, patch, f"图斑类型 {kind} 不在代码表里（原值保留）"))
    return _check("codes", "代码一致性", items, "行政区代码和图斑类型都在代码表里", f"{len(items)} 个代码不在代码表里")


def _geometry(inspection: Inspection, found: Delivery) -> Check:
    """Invalid, missing, curved and three-dimensional geometries."""
    uid = {row: patch_uid for patch_uid, row in found.rows.items()}
    items = [
        CheckItem(i.row, i.patch_id, f"{i.reason}，{'已修复' if i.row in uid else '未导入'}", i.before_m2, i.after_m2,
                  uid.get(i.row, ""))
        for i in inspection.invalid
    ]  # fmt: skip
    listed = {item.row for item in items}
    items += [
        CheckItem(r.row, r.patch_id, r.reason)
        for r in found.rejected
        if r.code in _GEOMETRY_CODES and r.row not in listed
    ]
    severity = "warn" if items else "info"
    items += [CheckItem(0, f.subject, f.message) for f in found.findings if f.code in ("W_Z", "W_M", "W_CURVE")]
    return _check("geometry", "图形", items, "没有自相交、未闭合、空图形和曲线", f"{len(items)} 项图形问题", severity)


def _findings(found: Delivery, codes: Iterable[str], check_id: str, title: str, fine: str, met: str) -> Check:
    items = _told(found, codes)
    return _check(check_id, title, items, fine, f"{len(items)} {met}")


def _earlier(inspection: Inspection, found: Delivery) -> Optional[Check]:
    """Overlap with patches of earlier batches, those of the same id left out."""
    earlier = inspection.options.context.earlier
    mine = [p for p in found.patches if p.wkb]
    if not earlier or not mine:
        return None
    old: Any = shapely.from_wkb(np.array([item.wkb for item in earlier], dtype=object))
    new: Any = shapely.from_wkb(np.array([p.wkb for p in mine], dtype=object))
    left, right = shapely.STRtree(old).query(new, predicate="intersects")
    another = np.array([mine[i].patch_id != earlier[j].patch_id for i, j in zip(left, right)], dtype=bool)
    left, right = left[another], right[another]
    areas, _ = shared(new[left], old[right])
    items = []
    for i, j, area in sorted(zip(left.tolist(), right.tolist(), areas.tolist())):
        if area >= _SLIVER_M2:
            reason = f"与批次“{earlier[j].batch}”的图斑 {earlier[j].patch_id} 重叠 {area:.2f} 平方米"
            items.append(_of(found, mine[i], reason, after_m2=area))
    return _check(
        "earlier_overlap", "与往期图斑重叠", items, "与往期图斑没有重叠", f"{len(items)} 处与往期图斑重叠", "info"
    )


def _areas(inspection: Inspection, found: Delivery) -> Check:
    """Issued, computed and adopted area; the adopted one never replaces either of the others."""
    items, issued_sum, computed_sum = [], 0.0, 0.0
    for patch in found.patches:
        computed_sum += patch.area_m2
        if patch.issued_area is None or not patch.issued_unit:
            continue
        issued = values.square_metres(patch.issued_area, patch.issued_unit)
        issued_sum += issued
        if patch.geometry_source == "none":
            reason = f"下发 {issued:.2f}，没有边界，采用下发值"
            items.append(_of(found, patch, reason, before_m2=issued))
        elif differs(issued, patch):
            reason = (
                f"下发 {issued:.2f}，计算 {patch.area_m2:.2f}，采用计算值（平方米），相差 {_share(issued, patch):.1%}"
            )
            items.append(_of(found, patch, reason, before_m2=issued, after_m2=patch.area_m2))
    unit = UNIT_LABELS.get(inspection.unit, "未知")
    text = f"下发合计 {issued_sum:.2f}，计算合计 {computed_sum:.2f} 平方米（下发单位{unit}：{inspection.unit_reason}）"
    return _check("area", "下发面积与计算面积", items, text, f"{len(items)} 个图斑相差超过 1% 或没有边界；{text}")


def _share(issued: float, patch: Patch) -> float:
    return abs(issued - patch.area_m2) / patch.area_m2 if patch.area_m2 else 1.0


def _sums(inspection: Inspection, found: Delivery) -> Optional[Check]:
    """监测 = 农用 + 建设 + 未利用, 农用 >= 耕地, 监测 >= 基本农田, nothing below 0."""
    parts = dict(match_fields(inspection.fields, _PARTS).mapping)
    named = ("area_issued", "farmland_issued", "ppf_issued")
    columns = {**{k: v for k, v in inspection.mapping.items() if k in named}, **parts}
    if len(columns) < 2:
        return None
    items = []
    for patch in found.patches:
        cells = {k: _figure(patch.source_attributes.get(v), v, inspection.unit) for k, v in columns.items()}
        items += [_of(found, patch, reason) for reason in _misfits({k: v for k, v in cells.items() if v is not None})]
    return _check("sums", "面积勾稽", items, "各分项面积勾稽一致", f"{len(items)} 处面积不勾稽")


def _figure(cell: Optional[str], header: str, unit: str) -> Optional[float]:
    """A figure in m² where the unit is known, else as it stands."""
    figure = values.number(cell)
    own = split_unit(header)[1] or unit
    return values.square_metres(figure, own) if figure is not None and own else figure


def _misfits(cells: Mapping[str, float]) -> list[str]:
    """What does not fit in one row."""
    found = [f"{_PART_LABELS[name]}是负数（{value:g}）" for name, value in cells.items() if value < 0]
    whole = cells.get("area_issued")
    slack = max(_ROUNDING, abs(whole or 0.0) * 1e-4) * 3
    if whole is not None and all(name in cells for name in _PARTS):
        total = sum(cells[name] for name in _PARTS)
        if abs(total - whole) > slack:
            found.append(f"农用＋建设＋未利用＝{total:.2f}，监测面积是 {whole:.2f} 平方米")
    for small, large in (
        ("farmland_issued", "agri"),
        ("farmland_issued", "area_issued"),
        ("ppf_issued", "area_issued"),
    ):
        if small in cells and large in cells and cells[small] > cells[large] + slack:
            found.append(
                f"{_PART_LABELS[small]} {cells[small]:.2f} 大于{_PART_LABELS[large]} {cells[large]:.2f} 平方米"
            )
    return found


_PART_LABELS: Mapping[str, str] = {
    "agri": "农用地面积", "built": "建设用地面积", "unused": "未利用地面积", "area_issued": "监测面积",
    "farmland_issued": "耕地面积", "ppf_issued": "永久基本农田面积",
}  # fmt: skip


def _images(inspection: Inspection, found: Delivery) -> Optional[Check]:
    """As many picture sheets as patches, where a folder or zip brings any."""
    count = _pictures(Path(inspection.path))
    if not count:
        return None
    rows = len(found.patches) + len(found.updates)
    items = [] if count == rows else [CheckItem(0, "", f"影像 {count} 幅，图斑 {rows} 个")]
    text = f"影像 {count} 幅，图斑 {rows} 个"
    return _check("images", "影像数量", items, f"{text}，一致", f"{text}，不一致")


def _pictures(path: Path) -> int:
    """Number of pictures in the delivered folder or zip."""
    if path.is_dir() and not is_gdb(path):
        return sum(1 for _, _, files in os.walk(path) for name in files if name.lower().endswith(_PICTURES))
    if path.suffix.lower() in (".zip", ".kmz") and path.is_file():
        try:
            with zipfile.ZipFile(path) as archive:
                return sum(1 for name in archive.namelist() if name.lower().endswith(_PICTURES))
        except (zipfile.BadZipFile, OSError):
            return 0
    return 0
