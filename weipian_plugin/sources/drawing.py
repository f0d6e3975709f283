"""DXF drawings: closed lines and hatches as polygons, the text inside as their id."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

import numpy as np
import shapely
from osgeo import gdal, ogr
from shapely.geometry.base import BaseGeometry

from ..core.errors import WeipianError
from ..core.findings import Finding
from .delivered import Row
from .memory import MemoryLayer
from .quiet import quiet
from .reader import clean_text
from .text import decode, read_bytes
from .wkb import ARC_STEP

_TEXTS, _ID = "注记", "注记编号"
_GAP_M, _GAP_DEG = 0.01, 1e-7  # ends that near are one point: drawn without snapping
_SAME = 1e-6  # relative difference in area of a hatch and its outline
_FORMAT = re.compile(r"\\[A-Za-z][^;\\{}]*;|[{}]")
_AREA = re.compile(r"(亩|平方米|平米|公顷|㎡|m²|m2|米)\s*$|^\d+\.\d+$", re.IGNORECASE)
_LABEL = re.compile(r"^.{0,10}?(编号|图斑号|地块号)\s*[:：]?\s*")
_BULGE = re.compile(rb"\n\s*42\r?\n\s*-?0*\.?0*[1-9]")
_CURVED = ("AcDbCircle", "AcDbEllipse", "AcDbSpline", "AcDbArc")
_SOLID = (ogr.wkbTIN, ogr.wkbPolyhedralSurface, ogr.wkbTriangle)


@dataclass
class _Content:
    """What a drawing holds that matters; `areas` (geometry, attributes, from a hatch)."""

    areas: list[tuple[BaseGeometry, dict[str, Optional[str]], bool]] = field(default_factory=list)
    texts: list[tuple[BaseGeometry, str]] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    opened: int = 0
    joined: int = 0
    curved: int = 0


def read_drawing(path: Path) -> MemoryLayer:
    """The areas of a drawing as one layer, its CRS unknown as drawings are.

    Raises:
        WeipianError: E_FILE_UNREADABLE, E_FORMAT_CONVERT for a binary drawing or one without closed lines.
    """
    raw = read_bytes(path)
    if raw.startswith(b"AutoCAD Binary DXF"):
        remedy = "请在 CAD 中另存为 ASCII 格式的 DXF（2004 或 2010 版）"
        raise WeipianError("E_FORMAT_CONVERT", path=path, kind="二进制 DXF", remedy=remedy)
    encoding = decode(raw)[1]
    # By what the text is: since 2007 drawings are UTF-8 and still carry the code page ANSI_936.
    content = _content(path, "CP936" if encoding == "GB18030" else "UTF-8")
    if not content.areas:
        remedy = "请在 CAD 中把图斑边界做成闭合的多段线（PEDIT 的“闭合”或 BOUNDARY）或填充，再另存为 DXF"
        raise WeipianError("E_FORMAT_CONVERT", path=path, kind="没有闭合线的图纸", remedy=remedy)
    areas, doubled = _distinct(content.areas)
    layer = MemoryLayer(path, path.stem, (*content.fields, _TEXTS, _ID), [], encoding=encoding)
    layer.encoding_reason = "按图纸内容判断"
    _fill(layer, areas, content.texts)
    start = raw.find(b"ENTITIES")
    curved = content.curved + len(_BULGE.findall(raw, max(start, 0)))
    for count, code, message in (
        (content.opened, "W_OPEN_LINE", "图纸里有 {count} 条不闭合的线，不是面，没有采用"),
        (content.joined, "W_RING_OPEN", "{count} 条线首尾相差不到 1 厘米，已按闭合处理"),
        (curved, "W_CURVE", "图纸里有 {count} 段圆弧或曲线，已按折线计算"),
        (doubled, "W_DOUBLE", "{count} 个填充或重复的线与另一个图形完全重合，只取一个"),
    ):
        if count:
            layer.notes.append(Finding(code, message.format(count=count)))
    return layer


def _content(path: Path, encoding: str) -> _Content:
    """Areas and texts of model space."""
    content = _Content()
    settings = {"DXF_MERGE_BLOCK_GEOMETRIES": "FALSE", "DXF_INLINE_BLOCKS": "TRUE", "DXF_ENCODING": encoding}
    with quiet(**settings, OGR_ARC_STEPSIZE=str(ARC_STEP)):
        try:
            dataset = gdal.OpenEx(str(path), gdal.OF_VECTOR | gdal.OF_READONLY, ["DXF"])
            layer = dataset.GetLayerByIndex(0) if dataset is not None else None
            if layer is None:
                raise WeipianError("E_FILE_UNREADABLE", path=path, detail="图纸已损坏，或不是 DXF")
            definition = layer.GetLayerDefn()
            names = [definition.GetFieldDefn(i).GetName() for i in range(definition.GetFieldCount())]
            content.fields = [name for name in names if name != "Text"]
            for feature in layer:
                _take(content, feature, names)
        except RuntimeError as error:
            raise WeipianError("E_FILE_UNREADABLE", path=path, detail=str(error)[:120]) from error
    return content


def _take(content: _Content, feature: Any, names: Sequence[str]) -> None:
    """One entity."""
    values = {
        name: clean_text(feature.GetFieldAsString(i)) if feature.IsFieldSetAndNotNull(i) else None
        for i, name in enumerate(names)
    }
    geom = feature.GetGeometryRef()
    if geom is None or geom.IsEmpty() or values.get("PaperSpace") == "1":
        return
    flat = ogr.GT_Flatten(geom.GetGeometryType())
    text = _FORMAT.sub("", (values.pop("Text", None) or "").replace("\\P", " ")).strip()
    geom = geom.GetLinearGeometry(ARC_STEP)
    geom.FlattenTo2D()
    if flat == ogr.wkbPoint:
        if text:
            content.texts.append((shapely.Point(geom.GetX(), geom.GetY()), text))
        return
    if flat in _SOLID:
        return
    shape = shapely.from_wkb(bytes(geom.ExportToWkb()), on_invalid="ignore")
    content.curved += any(word in (values.get("SubClasses") or "") for word in _CURVED)
    hatch = "Hatch" in (values.get("SubClasses") or "")
    for area in _areas(shape, content):
        content.areas.append((area, values, hatch))


def _areas(shape: Optional[BaseGeometry], content: _Content) -> list[BaseGeometry]:
    """Polygons as they are, closed lines as polygons."""
    if shape is None or shape.is_empty:
        return []
    kind = shape.geom_type
    if kind in ("Polygon", "MultiPolygon"):
        return [shape] if shape.area > 0 else []
    if kind != "LineString":
        return [area for part in getattr(shape, "geoms", ()) for area in _areas(part, content)]
    coords = shapely.get_coordinates(shape)
    gap = float(np.hypot(*(coords[0] - coords[-1])))
    near = gap <= (_GAP_DEG if np.abs(coords).max() <= 180 else _GAP_M)
    if len(coords) < 4 or not near:
        content.opened += 1
        return []
    if gap:
        content.joined += 1
        coords[-1] = coords[0]
    polygon = shapely.Polygon(coords)
    return [polygon] if polygon.area > 0 else []


def _distinct(
    areas: Sequence[tuple[BaseGeometry, dict[str, Optional[str]], bool]],
) -> tuple[list[tuple[BaseGeometry, dict[str, Optional[str]]]], int]:
    """(areas without those drawn twice, how many were): a line goes before the hatch that fills it."""
    kept: list[tuple[BaseGeometry, dict[str, Optional[str]]]] = []
    seen: dict[tuple[int, ...], list[BaseGeometry]] = {}
    for shape, values, _ in sorted(areas, key=lambda item: item[2]):
        size = max(shape.area**0.5, 1e-12)
        key = tuple(np.round(np.array(shape.bounds) / size, 2).tolist())
        twins = seen.setdefault(key, [])
        if any(abs(t.area - shape.area) <= _SAME * shape.area and t.equals_exact(shape, size * 1e-6) for t in twins):
            continue
        if any(
            t.is_valid and shape.is_valid and t.symmetric_difference(shape).area <= _SAME * shape.area for t in twins
        ):
            continue
        twins.append(shape)
        kept.append((shape, values))
    return kept, len(areas) - len(kept)


def _fill(
    layer: MemoryLayer,
    areas: Sequence[tuple[BaseGeometry, dict[str, Optional[str]]]],
    texts: Sequence[tuple[BaseGeometry, str]],
) -> None:
    """Rows with the texts that lie in each area and in no smaller one."""
    inside = _texts_of([shape for shape, _ in areas], texts)
    rows: list[Row] = []
    for number, ((shape, values), found) in enumerate(zip(areas, inside), 1):
        labels = {_TEXTS: ";".join(found) or None, _ID: _id_of(found)}
        wkb = bytes(shapely.to_wkb(shape, output_dimension=2))
        rows.append((number, wkb, {**{name: values.get(name) for name in layer.fields}, **labels}))
    layer.rows = rows
    for name in (_ID, "Layer"):
        named = [values.get(name) for _, _, values in rows if values.get(name)]
        # Frames and holes have no text; that most areas have one of their own decides.
        if named and len(named) >= 0.5 * len(rows) and len(set(named)) >= 0.9 * len(named):
            layer.id_hint = name
            return


def _texts_of(shapes: Sequence[BaseGeometry], texts: Sequence[tuple[BaseGeometry, str]]) -> list[list[str]]:
    """The texts of each shape; a text belongs to the smallest shape around it."""
    found: list[list[str]] = [[] for _ in shapes]
    if not texts:
        return found
    array: Any = np.array(list(shapes), dtype=object)
    sizes = shapely.area(array)
    fixed = np.where(shapely.is_valid(array), array, shapely.convex_hull(array))
    points: Any = np.array([point for point, _ in texts], dtype=object)
    text, shape = shapely.STRtree(fixed).query(points, predicate="covered_by")
    best: dict[int, int] = {}
    for t, s in zip(text.tolist(), shape.tolist()):
        if t not in best or sizes[s] < sizes[best[t]]:
            best[t] = s
    for t, s in sorted(best.items()):
        found[s].append(texts[t][1])
    return found


def _id_of(texts: Sequence[str]) -> Optional[str]:
    """The text that looks most like an id: one that says so, else the longest with digits that is no area."""
    for text in texts:
        if _LABEL.match(text) and _LABEL.sub("", text):
            return _LABEL.sub("", text)
    candidates = [text for text in texts if not _AREA.search(text)]
    if not candidates:
        return None
    return max(candidates, key=lambda text: (any(c.isdigit() for c in text), len(text) <= 40, len(text)))
