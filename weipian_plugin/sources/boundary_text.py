"""界址点 text files: the 报批 format with its header, and the plain lists of points that people make of it.

`J1,1,X,Y` is point, ring, northing, easting. Parcels begin with `点数,面积,编号,名称,图形属性,图幅号,用途,地类编码,@`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Optional

from ..core.findings import Finding
from .coordinates import coordinate
from .delivered import Row
from .memory import MemoryLayer
from .rings import Point, is_open, wkb_of_rings
from .text import decode, read_text

_PARCEL = ("界址点数", "地块面积", "地块编号", "地块名称", "图形属性", "图幅号", "地块用途", "地类编码")
_ID = "地块编号"
_SPLIT = re.compile(r"[,，;；\t ]+")
_HEAD_BYTES = 1 << 16
_DATUMS = ((("80", "西安"), "EPSG:4610"), (("54", "北京"), "EPSG:4214"))
_SHOWN = 3


@dataclass
class _Parcel:
    values: dict[str, Optional[str]]
    rings: dict[str, list[Point]] = field(default_factory=dict)
    first_name: str = ""
    ring: str = ""


@dataclass
class _Text:
    """What one file holds."""

    path: Path
    header: dict[str, str] = field(default_factory=dict)
    parcels: list[_Parcel] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)


def is_boundary_text(path: Path) -> bool:
    """True for a text that holds boundary points rather than a table."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(_HEAD_BYTES)
    except OSError:
        return False
    text = decode(raw)[0]
    if "[地块坐标]" in text or "[属性描述]" in text or re.search(r",\s*@\s*$", text, re.MULTILINE):
        return True
    lines = [line.strip() for line in text.splitlines() if line.strip()][:60]
    if len(lines) < 3 or (len([t for t in _SPLIT.split(lines[0]) if t]) > 1 and not any(c.isdigit() for c in lines[0])):
        return False  # names of columns: a table
    points = [found for found in map(_point, lines) if found is not None]
    return len(points) >= 3 and len(points) >= 0.7 * len(lines) - 1


def read_boundary_texts(paths: Sequence[Path]) -> MemoryLayer:
    """All parcels of one or more files as one layer.

    Raises:
        WeipianError: E_FILE_UNREADABLE.
    """
    texts, encodings = [], []
    for path in paths:
        content, encoding, reason = read_text(path)
        texts.append(_parse(path, content))
        encodings.append((encoding, reason))
    name = paths[0].stem if len(paths) == 1 else f"界址点文本（{len(paths)} 个文件）"
    layer = MemoryLayer(paths[0], name, (), [], axis="yx")
    layer.encoding, layer.encoding_reason = encodings[0]
    _fill(layer, texts)
    systems = [_crs(text) for text in texts]
    layer.crs = systems[0][0] if len({crs for crs, _ in systems}) == 1 else ""
    layer.notes += [Finding("W_TEXT_CRS", note) for note in dict.fromkeys(n for _, notes in systems for n in notes)]
    if len({crs for crs, _ in systems}) > 1:
        layer.notes.append(Finding("W_TEXT_CRS", "各个文本文件写的坐标系不一样，请分开导入"))
    return layer


def shapes_in(content: str) -> list[bytes]:
    """WKB of the parcels in a text, coordinates as written; what is no parcel is passed over."""
    found = (wkb_of_rings(list(parcel.rings.values())) for parcel in _parse(Path(), content).parcels)
    return [wkb for wkb in found if wkb is not None]


def _point(line: str) -> Optional[tuple[str, str, Point]]:
    """(name, ring, point as written) of a line, None for anything else."""
    tokens = [t for t in _SPLIT.split(line.strip().rstrip(",;，；")) if t]
    if not 2 <= len(tokens) <= 6:
        return None
    values = [coordinate(t) for t in tokens]
    if len(tokens) >= 4 and tokens[1].isdigit() and values[2] is not None and values[3] is not None:
        return tokens[0], tokens[1], (values[2], values[3])
    named = values[0] is None or (len(tokens) == 3 and tokens[0].isdigit() and _counts(tokens, values[2]))
    first = 1 if named else 0
    if len(tokens) < first + 2 or values[first] is None or values[first + 1] is None:
        return None
    if named and not re.fullmatch(r"[A-Za-z\u4e00-\u9fff]*[-_]?\d+", tokens[0]):
        return None
    return tokens[0] if named else "", "", (values[first] or 0.0, values[first + 1] or 0.0)


def _counts(tokens: Sequence[str], third: Optional[float]) -> bool:
    """Whether the whole number in front of two others counts the point: no height is so large or so exact."""
    return abs(third or 0) > 100 or (len(tokens[0]) <= 4 and "." in tokens[1] and "." in tokens[2])


def _parse(path: Path, content: str) -> _Text:
    """Line by line; what is neither header, parcel nor point is noted by its number."""
    text = _Text(path)
    fresh = True
    for number, raw in enumerate(content.splitlines(), 1):
        line = raw.strip().lstrip("\ufeff")
        if line in ("", "@") or line.startswith("["):
            fresh = fresh or not line.startswith("[")
            continue
        if _heads_parcel(line):
            text.parcels.append(_Parcel(_parcel_values(line)))
            fresh = False
            continue
        found = _point(line)
        if found is not None:
            _take(text, found, fresh)
            fresh = False
        elif "=" in line or "＝" in line:
            key, _, value = line.replace("＝", "=").partition("=")
            text.header[key.strip()] = value.strip()
        elif text.parcels and text.parcels[-1].rings:
            text.unread.append(number)
            fresh = True
    return text


def _heads_parcel(line: str) -> bool:
    """Whether a parcel begins here: the line ends in @, or where that was left out, names its kind of figure."""
    if line.endswith("@") or (line.count(",") >= 5 and line.rstrip(",").endswith("@")):
        return True
    cells = [cell.strip() for cell in re.split(r"[,，]", line)]
    return len(cells) > 5 and cells[0].isdigit() and "面" in cells[3:6]


def _parcel_values(line: str) -> dict[str, Optional[str]]:
    cells = [c.strip() for c in re.split(r"[,，]", line.rstrip().rstrip("@").rstrip())]
    while len(cells) > len(_PARCEL) and not cells[-1]:
        cells.pop()
    names = [*_PARCEL, *(f"列{i + 1}" for i in range(len(_PARCEL), len(cells)))]
    return dict(zip(names, cells))


def _take(text: _Text, found: tuple[str, str, Point], fresh: bool) -> None:
    """Put a point into the parcel it belongs to; without parcel lines a new one begins where the numbers do."""
    name, ring, point = found
    headed = bool(text.parcels) and bool(text.parcels[-1].values)
    if not headed:
        last = text.parcels[-1] if text.parcels else None
        points = last.rings.get(last.ring, []) if last else []
        closed = len(points) > 3 and points[0] == points[-1]
        restarts = bool(last) and bool(name) and name == last.first_name and point != (points[0] if points else None)
        again = bool(last) and bool(ring) and bool(points) and _number(ring) < _number(last.ring)
        if last is None or fresh or again or (restarts and (not ring or ring == last.ring)) or (closed and not ring):
            text.parcels.append(_Parcel({}, first_name=name))
    parcel = text.parcels[-1]
    parcel.first_name = parcel.first_name or name
    if not ring:
        points = parcel.rings.get(parcel.ring, [])
        closed = len(points) > 3 and points[0] == points[-1]
        ring = str(len(parcel.rings) + 1) if closed or not parcel.rings else parcel.ring
    parcel.ring = ring
    parcel.rings.setdefault(ring, []).append(point)


def _number(ring: str) -> int:
    return int(ring) if ring.isdigit() else 0


def _fill(layer: MemoryLayer, texts: Sequence[_Text]) -> None:
    """Rows of all parcels; columns that no file fills are left out, `文件名` tells nameless parcels apart."""
    opened_rings = 0
    counts: list[str] = []
    rows: list[Row] = []
    for text in texts:
        for i, parcel in enumerate(text.parcels, 1):
            number = len(rows) + 1
            rings = list(parcel.rings.values())
            opened_rings += sum(1 for ring in rings if is_open(ring))
            place = text.path.stem if len(text.parcels) == 1 else f"{text.path.stem}_{i}"
            values = {**parcel.values, "文件名": place, **text.header}
            stated, present = parcel.values.get("界址点数") or "", sum(map(len, rings))
            if stated.isdigit() and int(stated) not in (present, present - len(rings)):
                counts.append(f"{parcel.values.get(_ID) or place}（写 {stated} 个，实有 {present} 个）")
            rows.append((number, _polygon(layer, number, parcel, rings), values))
    names = dict.fromkeys(name for _, _, values in rows for name in values)
    used = [n for n in names if any(values.get(n) for _, _, values in rows)]
    layer.rows = [(fid, wkb, {name: values.get(name) for name in used}) for fid, wkb, values in rows]
    layer.fields = tuple(used)
    layer.id_hint = next(name for name in (_ID, "地块名称", "文件名") if name in used)
    if opened_rings:
        layer.notes.append(Finding("W_RING_OPEN", f"{opened_rings} 圈界址点首尾不闭合，已连到起点"))
    if counts:
        more = f"等 {len(counts)} 个" if len(counts) > _SHOWN else ""
        layer.notes.append(
            Finding("W_POINT_COUNT", f"界址点数与写明的不符：{'、'.join(counts[:_SHOWN])}{more}，请核对")
        )
    for text in texts:
        if text.unread:
            lines = "、".join(map(str, text.unread[:_SHOWN]))
            message = f"{text.path.name} 有 {len(text.unread)} 行看不懂（第 {lines} 行），没有采用"
            layer.notes.append(Finding("W_TEXT_LINE", message))


def _polygon(layer: MemoryLayer, number: int, parcel: _Parcel, rings: list[list[Point]]) -> Optional[bytes]:
    kind = (parcel.values.get("图形属性") or "").strip()
    if kind in ("点", "线"):
        layer.refused[number] = ("R_NOT_POLYGON", f"图形属性是“{kind}”，不是面")
        return None
    wkb = wkb_of_rings(rings)
    if wkb is None:
        count = sum(map(len, rings))
        layer.refused[number] = ("R_POINTS", f"只有 {count} 个界址点，至少要三个不同的点才能成面")
    return wkb


def _crs(text: _Text) -> tuple[str, list[str]]:
    """(authid of what the header says, "" when it does not say enough; what should be known)."""
    notes = []
    shifts = [v for v in re.split(r"[,，]", text.header.get("转换参数", "")) if (coordinate(v) or 0) != 0]
    if shifts:
        notes.append("文件写有转换参数，导入时没有使用，请核对坐标是否已经转换")
    datum = text.header.get("坐标系", "")
    if not datum:
        return "", notes
    if "2000" not in datum:
        for words, code in _DATUMS:
            if any(word in datum for word in words):
                return code, notes
    points = [p for parcel in text.parcels for ring in parcel.rings.values() for p in ring]
    if not points:
        return "", notes
    largest = max(median(abs(p[0]) for p in points), median(abs(p[1]) for p in points))
    if largest <= 180:
        return "EPSG:4490", notes
    prefix = int(largest // 1_000_000) if largest >= 10_000_000 else 0
    zone, width = _digits(text.header.get("带号", "")), _digits(text.header.get("几度分带", ""))
    if zone and prefix and zone != prefix:
        notes.append(f"文件写的带号是 {zone}，但横坐标以 {prefix} 开头，请确认坐标系")
        return "", notes
    return _epsg(prefix or zone, width, bool(prefix)), notes


def _digits(text: str) -> int:
    found = re.search(r"\d+", text)
    return int(found.group()) if found else 0


def _epsg(zone: int, width: int, prefixed: bool) -> str:
    """CGCS2000 Gauss-Krüger by zone; a central meridian in the place of the zone is understood."""
    width = width if width in (3, 6) else 3
    if zone > 60:
        zone = round(zone / 3) if width == 3 else round((zone + 3) / 6)
    if width == 3 and 25 <= zone <= 45:
        return f"EPSG:{(4488 if prefixed else 4509) + zone}"
    if 13 <= zone <= 23:
        return f"EPSG:{(4478 if prefixed else 4489) + zone}"
    return ""
