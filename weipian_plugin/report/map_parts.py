"""Layers, symbols and extents of the sheet maps; every layer lives in a project of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Optional

from qgis.core import (
    QgsBilinearRasterResampler,
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsFeature,
    QgsFeatureRequest,
    QgsFillSymbol,
    QgsGeometry,
    QgsLinePatternFillSymbolLayer,
    QgsMapLayer,
    QgsPalLayerSettings,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsRendererCategory,
    QgsSingleSymbolRenderer,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtGui import QColor, QFont

from ..core.model import APPROVAL_ROLES, IMAGE_ROLES, ROLE_LABELS
from .model import LayerPlan
from .raster_style import stretch_layer

DISPLAY_CRS = "EPSG:4490"
#: 一级类 of DLBM -> name and colour, pale so that hatches and outlines read on top.
LAND_COLOURS: Mapping[str, tuple[str, str]] = {
    "01": ("耕地", "#FFF9C4"), "02": ("种植园用地", "#E4EFB6"), "03": ("林地", "#BFE0B5"), "04": ("草地", "#DDEFC9"),
    "05": ("商服用地", "#F6C6CE"), "06": ("工矿用地", "#D9BFA8"), "07": ("住宅用地", "#F4B6B0"),
    "08": ("公共管理服务用地", "#F3C9E2"), "09": ("特殊用地", "#D6C2E0"), "10": ("交通运输用地", "#D0D0D0"),
    "11": ("水域及水利设施", "#B8DDF0"), "12": ("其他土地", "#E8E0D2"),
}  # fmt: skip
_OTHER_LAND = ("未分类", "#F5F5F5")
_STEPS = (1, 2, 5)


def patch_symbol() -> QgsFillSymbol:
    """Red outline without fill (dossier 5.3)."""
    return QgsFillSymbol.createSimple({"style": "no", "outline_color": "#E60000", "outline_width": "0.8"})


def _hatch(color: str, angle: float, distance: float = 1.6) -> QgsFillSymbol:
    symbol = QgsFillSymbol.createSimple({"style": "no", "outline_color": color, "outline_width": "0.35"})
    lines = QgsLinePatternFillSymbolLayer()
    lines.setLineAngle(angle)
    lines.setDistance(distance)
    lines.setLineWidth(0.3)
    lines.setColor(QColor(color))
    symbol.appendSymbolLayer(lines)
    return symbol


def role_symbol(role: str) -> QgsFillSymbol:
    """The fixed look of a constraint or approval layer (dossier 5.3)."""
    if role == "prime_farmland":
        return _hatch("#6B9E00", 45)
    if role == "eco_redline":
        return _hatch("#E0303A", 135)
    outline = {"urban_boundary": ("#FF8C00", "dash"), "mining_right": ("#7A4B9A", "dash dot")}
    color, style = outline.get(role, ("#1F5FD0", "solid") if role in APPROVAL_ROLES else ("#7F7F7F", "dot"))
    return QgsFillSymbol.createSimple(
        {"style": "no", "outline_color": color, "outline_style": style, "outline_width": "0.6"}
    )


def land_symbol(key: str) -> QgsFillSymbol:
    """Fill of a first-level land-use class."""
    color = LAND_COLOURS.get(key, _OTHER_LAND)[1]
    return QgsFillSymbol.createSimple({"color": color, "outline_color": "#9E9E9E", "outline_width": "0.12"})


def zone_crs(longitude: float) -> str:
    """CGCS2000 / 3-degree Gauss-Krüger by central meridian (EPSG:4534–4554), lon/lat elsewhere."""
    meridian = round(longitude / 3) * 3
    return f"EPSG:{4534 + (meridian - 75) // 3}" if 75 <= meridian <= 135 else DISPLAY_CRS


def snap_scale(needed: float) -> int:
    """The next larger of 1:500, 1000, 2000, 5000, 10000, 20000, 50000 …"""
    base = 500 if needed <= 500 else 10 ** math.floor(math.log10(needed))
    return next(int(step * base) for step in (*_STEPS, 10, 20) if step * base >= needed * (1 - 1e-9))


def nice_length(metres: float) -> float:
    """The largest 1, 2, 5 x 10^n not above `metres`, for a scale bar."""
    base = 10 ** math.floor(math.log10(metres))
    return float(max(step * base for step in _STEPS if step * base <= metres * (1 + 1e-9)))


def frame_for(box: QgsRectangle, width_mm: float, height_mm: float, scale: int) -> QgsRectangle:
    """The extent in metres that a map of this size shows at `scale`, centred on `box`."""
    half_width, half_height = width_mm * scale / 2000, height_mm * scale / 2000
    centre = box.center()
    return QgsRectangle(
        centre.x() - half_width, centre.y() - half_height, centre.x() + half_width, centre.y() + half_height
    )


def scale_for(box: QgsRectangle, width_mm: float, height_mm: float) -> int:
    """Scale at which the box takes 1/2.5 of the map, snapped upwards."""
    return snap_scale(2.5 * 1000 * max(box.width() / width_mm, box.height() / height_mm, 1e-6))


def judged_frame(
    centre: QgsPointXY, width_m: float, box: QgsRectangle, width_mm: float, height_mm: float
) -> Optional[tuple[QgsRectangle, int]]:
    """The frame that a person saw (metres of the map's CRS) at a round scale, and that scale.

    Nothing that was seen is cut off, and the patch is in it whole; None where the two do not meet.
    """
    scale = snap_scale(1000 * width_m / width_mm)
    here = QgsRectangle(centre.x(), centre.y(), centre.x(), centre.y())
    frame = frame_for(here, width_mm, height_mm, scale)
    if not frame.intersects(box):
        return None
    while not frame.contains(box):
        scale = snap_scale(scale * 1.01)
        frame = frame_for(here, width_mm, height_mm, scale)
    return frame, scale


@dataclass
class MapLayers:
    """The layers of a job by role, and what could not be opened (Chinese sentences)."""

    project: QgsProject
    by_role: dict[str, list[QgsMapLayer]] = field(default_factory=dict)
    plans: dict[str, LayerPlan] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    batches: dict[str, str] = field(default_factory=dict)  # layer id -> batch that an image belongs to

    def vectors(self) -> list[QgsMapLayer]:
        """Overlay layers from top to bottom, land use last."""
        order = [role for role in ROLE_LABELS if role not in (*IMAGE_ROLES, "landuse", "village", "grid", "plan_zone")]
        return [layer for role in [*reversed(order), "landuse"] for layer in self.by_role.get(role, [])]

    def seen(
        self, role: str, extent: QgsRectangle, crs: QgsCoordinateReferenceSystem, batch_id: str = ""
    ) -> list[QgsMapLayer]:
        """Layers of the role whose own extent meets `extent` (given in `crs`); the batch's own first."""
        met = [layer for layer in self.by_role.get(role, []) if _meets(layer, extent, crs, self.project)]
        own = [layer for layer in met if batch_id and self.batches.get(layer.id()) == batch_id]
        return own + [layer for layer in met if not self.batches.get(layer.id())]


def _meets(layer: QgsMapLayer, extent: QgsRectangle, crs: QgsCoordinateReferenceSystem, project: QgsProject) -> bool:
    try:
        box = QgsCoordinateTransform(crs, layer.crs(), project).transformBoundingBox(extent)
    except QgsCsException:
        return False
    return layer.extent().intersects(box)


def open_layers(
    project: QgsProject, plans: Sequence[LayerPlan], landuse: Mapping[str, tuple[str, str]], family: str
) -> MapLayers:
    """Open and style every layer that a sheet draws; a layer that does not open is a problem, not an error."""
    found = MapLayers(project)
    for plan in plans:
        if plan.role not in ROLE_LABELS:
            continue
        layer = _open(plan)
        label = ROLE_LABELS[plan.role]
        if not layer.isValid():
            found.problems.append(f"{label}打不开")
            continue
        if plan.crs:
            layer.setCrs(QgsCoordinateReferenceSystem(plan.crs))
        if not layer.crs().isValid():
            found.problems.append(f"{label}没有坐标系")
            continue
        _style(layer, plan, landuse, family)
        project.addMapLayer(layer, False)
        found.by_role.setdefault(plan.role, []).append(layer)
        found.batches[layer.id()] = plan.batch_id
        found.plans.setdefault(plan.role, plan)
    return found


def _open(plan: LayerPlan) -> QgsMapLayer:
    name = ROLE_LABELS[plan.role]
    if plan.role in IMAGE_ROLES:
        options = QgsRasterLayer.LayerOptions()
        options.loadDefaultStyle = False  # as in the panel: a .qml beside the file is none of ours
        options.skipCrsValidation = True
        return QgsRasterLayer(plan.source, name, "gdal", options)
    return QgsVectorLayer(f"{plan.source}|layername={plan.layer}" if plan.layer else plan.source, name, "ogr")


def _style(layer: QgsMapLayer, plan: LayerPlan, landuse: Mapping[str, tuple[str, str]], family: str) -> None:
    if isinstance(layer, QgsRasterLayer):
        stretch_layer(layer, plan.source)
        layer.resampleFilter().setZoomedInResampler(QgsBilinearRasterResampler())
        layer.resampleFilter().setZoomedOutResampler(QgsBilinearRasterResampler())
    elif plan.role == "landuse":
        _style_landuse(layer, plan.class_field or "DLBM", landuse, family)
    else:
        layer.setRenderer(QgsSingleSymbolRenderer(role_symbol(plan.role)))


def _style_landuse(layer: QgsVectorLayer, name: str, landuse: Mapping[str, tuple[str, str]], family: str) -> None:
    """Colours by first-level class, labels by the names of the rule pack."""
    actual = next((f.name() for f in layer.fields() if f.name().upper() == name.upper()), "")
    if not actual:
        layer.setRenderer(QgsSingleSymbolRenderer(land_symbol("")))
        return
    quoted = '"' + actual.replace('"', '""') + '"'
    categories = [QgsRendererCategory(key, land_symbol(key), text) for key, (text, _) in LAND_COLOURS.items()]
    categories.append(QgsRendererCategory("", land_symbol(""), _OTHER_LAND[0]))
    layer.setRenderer(QgsCategorizedSymbolRenderer(f"left({quoted},2)", categories))
    pairs = ",".join(f"'{code}','{_sql(text)}'" for code, (text, _) in landuse.items())
    plain = f"left({quoted},4)"
    settings = QgsPalLayerSettings()
    settings.fieldName = f"coalesce(map_get(map({pairs}),{plain}),{quoted})" if pairs else quoted
    settings.isExpression = True
    text = QgsTextFormat()
    text.setFont(QFont(family))
    text.setSize(6)
    text.setColor(QColor("#404040"))
    buffer = QgsTextBufferSettings()
    buffer.setEnabled(True)
    buffer.setSize(0.5)
    text.setBuffer(buffer)
    settings.setFormat(text)
    layer.setLabeling(QgsVectorLayerSimpleLabeling(settings))
    layer.setLabelsEnabled(True)


def _sql(text: str) -> str:
    return text.replace("'", "''")


def classes_in(
    layer: QgsVectorLayer, name: str, extent: QgsRectangle, crs: QgsCoordinateReferenceSystem, project: QgsProject
) -> list[str]:
    """First-level classes that the land-use layer shows in `extent`, sorted."""
    index = next((i for i, f in enumerate(layer.fields()) if f.name().upper() == name.upper()), -1)
    if index < 0:
        return []
    try:
        box = QgsCoordinateTransform(crs, layer.crs(), project).transformBoundingBox(extent)
    except QgsCsException:
        return []
    request = QgsFeatureRequest(box)
    request.setSubsetOfAttributes([index])
    found = {str(feature[index] or "")[:2] for feature in layer.getFeatures(request)}
    return sorted(found)


def patch_layer(project: QgsProject) -> QgsVectorLayer:
    """An empty memory layer for the outline of the patch of the day."""
    layer = QgsVectorLayer(f"MultiPolygon?crs={DISPLAY_CRS}", "图斑", "memory")
    layer.setRenderer(QgsSingleSymbolRenderer(patch_symbol()))
    project.addMapLayer(layer, False)
    return layer


def show_patch(layer: QgsVectorLayer, geometry: QgsGeometry) -> None:
    """Put one geometry (EPSG:4490) into the patch layer instead of the last."""
    layer.dataProvider().truncate()
    feature = QgsFeature()
    feature.setGeometry(geometry)
    layer.dataProvider().addFeature(feature)
    layer.updateExtents()
