"""Symbols of the map, built from `resources/styles/map.yaml` so that a district can change a colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import yaml
from qgis.core import (
    QgsExpressionContextUtils,
    QgsFillSymbol,
    QgsLinePatternFillSymbolLayer,
    QgsLineSymbol,
    QgsPalLayerSettings,
    QgsPointPatternFillSymbolLayer,
    QgsRuleBasedRenderer,
    QgsSimpleFillSymbolLayer,
    QgsSimpleLineSymbolLayer,
    QgsSingleSymbolRenderer,
    QgsSymbolLayer,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsUnitTypes,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor

from ..core.errors import WeipianError
from .compat import resource

_LINES = {
    "solid": Qt.PenStyle.SolidLine,
    "dash": Qt.PenStyle.DashLine,
    "dot": Qt.PenStyle.DotLine,
    "dashdot": Qt.PenStyle.DashDotLine,
}
_HATCH_ANGLES = {"forward": 45.0, "backward": -45.0, "horizontal": 0.0, "vertical": 90.0}
#: Labels of patches and thin outlines of parcels appear below this scale denominator.
LABEL_SCALE = 15000
PARCEL_SCALE = 25000
_DARK = QColor(0, 0, 0, 150)


@lru_cache(maxsize=1)
def style_table() -> Mapping[str, Any]:
    """The style file, read once.

    Raises:
        WeipianError: E_RULES naming the file and where it is wrong.
    """
    path = resource("styles", "map.yaml")
    try:
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise WeipianError("E_RULES", detail=f"{path.name}：{error}") from error
    if not isinstance(table, dict) or not {"levels", "statuses", "roles", "landuse", "hidden"} <= set(table):
        raise WeipianError("E_RULES", detail=f"{path.name}：缺少 levels、statuses、roles、landuse 或 hidden")
    return table


#: Variable of the layer of patches: patch_uid of the one on the screen.
CURRENT = "weipian_current"


def level_color(level: int | None) -> QColor:
    """Colour of a patch's outline by its level, None is 未定级."""
    levels = style_table()["levels"]
    return QColor(levels.get(str(level or 0), levels["0"])["color"])


def status_mark(status: str) -> str:
    """The sign that stands for a status in labels."""
    return str(style_table()["statuses"][status]["mark"])


def _line(color: QColor, width: float, style: str) -> QgsSimpleLineSymbolLayer:
    layer = QgsSimpleLineSymbolLayer(color, width, _LINES[style])
    layer.setPenJoinStyle(Qt.PenJoinStyle.MiterJoin)
    return layer


def _hatch(style: Mapping[str, Any], width: float) -> list[QgsSymbolLayer]:
    """Pattern layers of a `hatch` entry, without any for none."""
    kind = style.get("hatch", "none")
    if kind == "none":
        return []
    color, spacing = QColor(style["color"]), float(style["spacing"])
    if kind == "dots":
        dots = QgsPointPatternFillSymbolLayer()
        dots.setDistanceX(spacing)
        dots.setDistanceY(spacing)
        dots.setDisplacementX(spacing / 2)
        marker = dots.subSymbol()
        marker.setColor(color)
        marker.setSize(width)
        marker.symbolLayer(0).setStrokeColor(_DARK)
        return [dots]
    angles = (45.0, -45.0) if kind == "cross" else (_HATCH_ANGLES[kind],)
    layers: list[QgsSymbolLayer] = []
    for angle in angles:
        lines = QgsLinePatternFillSymbolLayer()
        lines.setLineAngle(angle)
        lines.setDistance(spacing)
        stroke = QgsLineSymbol.createSimple({})
        stroke.changeSymbolLayer(0, _line(color, width, "solid"))
        lines.setSubSymbol(stroke)
        layers.append(lines)
    return layers


def _invisible() -> QgsSimpleFillSymbolLayer:
    """A fill that paints nothing: a fill symbol needs one layer."""
    return QgsSimpleFillSymbolLayer(QColor(0, 0, 0, 0), Qt.BrushStyle.NoBrush, QColor(0, 0, 0, 0), Qt.PenStyle.NoPen)


def _fill_symbol(layers: Sequence[QgsSymbolLayer]) -> QgsFillSymbol:
    """A fill symbol of these layers, bottom first.

    One by one, because the constructor that takes a list leaves its members to Python, and QGIS crashes.
    """
    symbol = QgsFillSymbol.createSimple({})
    symbol.changeSymbolLayer(0, _invisible())
    for layer in layers:
        symbol.appendSymbolLayer(layer)
    return symbol


def patch_renderer() -> QgsRuleBasedRenderer:
    """Filling by what was decided and, above it, outline by level: two independent sets of rules.

    The patch that is looked at has no filling: what it shows is what is judged.
    """
    root = QgsRuleBasedRenderer.Rule(None)
    table = style_table()
    for status, style in table["statuses"].items():
        symbol = _fill_symbol(_hatch(style, float(style.get("width", 0.3))))
        label = f"{style['mark']} {style['label']}".strip()
        rule = f'"status" = \'{status}\' AND coalesce("patch_uid" <> @{CURRENT}, true)'
        root.appendChild(QgsRuleBasedRenderer.Rule(symbol, 0, 0, rule, label))
    for level, style in table["levels"].items():
        width = float(style["width"])
        casing = _line(_DARK, width + 0.5, "solid")
        outline = _line(QColor(style["color"]), width, style["line"])
        symbol = _fill_symbol([casing, outline])
        for index in range(symbol.symbolLayerCount()):
            symbol.symbolLayer(index).setRenderingPass(1)
        root.appendChild(QgsRuleBasedRenderer.Rule(symbol, 0, 0, f'"level" = {int(level)}', style["label"]))
    renderer = QgsRuleBasedRenderer(root)
    renderer.setUsingSymbolLevels(True)
    return renderer


def patch_labels() -> QgsVectorLayerSimpleLabeling:
    """The tail of the id and the mark of the status, with a halo, only where it can be read."""
    text = QgsTextFormat()
    text.setSize(9)
    text.setSizeUnit(QgsUnitTypes.RenderUnit.RenderPoints)
    text.setColor(QColor("#101010"))
    halo = QgsTextBufferSettings()
    halo.setEnabled(True)
    halo.setSize(0.8)
    halo.setColor(QColor(255, 255, 255, 220))
    text.setBuffer(halo)
    settings = QgsPalLayerSettings()
    settings.fieldName = f'if("patch_uid" = @{CURRENT}, \'\', "label")'
    settings.isExpression = True
    settings.placement = QgsPalLayerSettings.Placement.Horizontal
    settings.centroidInside = True
    settings.setFormat(text)
    settings.scaleVisibility = True
    settings.minimumScale = LABEL_SCALE
    settings.maximumScale = 0
    return QgsVectorLayerSimpleLabeling(settings)


def mark_current(layer: QgsVectorLayer, uid: str) -> None:
    """Tell the style which patch is looked at; the next rendering shows it."""
    QgsExpressionContextUtils.setLayerVariable(layer, CURRENT, uid)


def style_patches(layer: QgsVectorLayer) -> None:
    """Give the patch layer its look."""
    layer.setRenderer(patch_renderer())
    layer.setLabeling(patch_labels())
    layer.setLabelsEnabled(True)


def _role_symbol(style: Mapping[str, Any]) -> QgsFillSymbol:
    layers: list[QgsSymbolLayer] = []
    opacity = float(style.get("opacity", 0))
    if opacity > 0:
        color = QColor(style["fill"])
        color.setAlphaF(opacity)
        layers.append(QgsSimpleFillSymbolLayer(color, Qt.BrushStyle.SolidPattern, color, Qt.PenStyle.NoPen))
    layers.extend(_hatch(style, float(style.get("hatch_width", 0.2))))
    layers.append(_line(QColor(style["outline"]), float(style["width"]), style.get("line", "solid")))
    return _fill_symbol(layers)


def _landuse_renderer(class_field: str) -> QgsRuleBasedRenderer:
    """Thin parcel outlines with a light filling by the first two digits of the class code."""
    root = QgsRuleBasedRenderer.Rule(None)
    quoted = class_field.replace('"', '""')
    for style in style_table()["landuse"]:
        fill = QColor(style["color"])
        fill.setAlphaF(0.25)
        symbol = _fill_symbol(
            [
                QgsSimpleFillSymbolLayer(fill, Qt.BrushStyle.SolidPattern, fill, Qt.PenStyle.NoPen),
                _line(QColor(style["color"]), 0.2, "solid"),
            ]
        )
        codes = ",".join(f"'{prefix}'" for prefix in style["prefixes"])
        rule = QgsRuleBasedRenderer.Rule(symbol, 0, 0, "", style["label"])
        if codes:
            rule.setFilterExpression(f'left("{quoted}", 2) IN ({codes})')
        else:
            rule.setIsElse(True)
        root.appendChild(rule)
    return QgsRuleBasedRenderer(root)


def style_role(layer: QgsVectorLayer, role: str, class_field: str = "") -> None:
    """Give a layer in a role the colours that people know it by."""
    if role == "landuse" and class_field:
        layer.setRenderer(_landuse_renderer(class_field))
        layer.setScaleBasedVisibility(True)
        layer.setMinimumScale(PARCEL_SCALE)
        return
    style = style_table()["roles"].get(role, style_table()["roles"]["plan_zone"])
    layer.setRenderer(QgsSingleSymbolRenderer(_role_symbol(style)))
