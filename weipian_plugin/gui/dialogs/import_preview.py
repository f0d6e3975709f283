"""A small map of where a delivery would lie, over what the workspace already has there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFillSymbol,
    QgsGeometry,
    QgsMapLayer,
    QgsRectangle,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QLabel, QVBoxLayout, QWidget

from ...workbench.importing import Inspection
from ...workbench.session import Session
from ..compat import describe, line_height
from ..map_layers import open_assigned

#: What helps to see whether a place is right, drawn in this order.
_ROLES = ("village", "landuse", "image_after")
_MARGIN = 1.6


class ImportPreview(QWidget):
    """The first patches at the guessed place; the caption says the place in words."""

    def __init__(self, session: Session, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._session = session
        self.patches: Optional[QgsVectorLayer] = None
        self._grounds: Optional[list[QgsMapLayer]] = None
        self.canvas = QgsMapCanvas(self)
        self.canvas.setCanvasColor(Qt.GlobalColor.white)
        self.canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4490"))
        self.canvas.setFixedHeight(line_height(self) * 9)
        describe(self.canvas, "位置预览")
        self.caption = QLabel(self)
        self.caption.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.canvas)
        layout.addWidget(self.caption)

    def show_place(self, found: Inspection) -> None:
        """Draw the patches of an inspection; hidden when nothing can be placed."""
        self.setVisible(bool(found.preview))
        self.canvas.setLayers([])
        self.patches = None
        if not found.preview:
            return
        self.patches = _layer(found.preview)
        grounds = self._ground_layers()
        self.canvas.setLayers([self.patches, *grounds])
        box = QgsRectangle(*found.bounds) if len(found.bounds) == 4 else self.patches.extent()
        box.grow(max(box.width(), box.height(), 0.002) * (_MARGIN - 1) / 2)
        self.canvas.setExtent(box)
        self.canvas.refresh()
        shown = "、".join(layer.name() for layer in grounds) or "还没有指定村界或地类图层作参照"
        guessed = "" if found.crs else "（按最可能的坐标系，尚未确认）"
        self.caption.setText(f"位置：{found.place}{guessed} · 参照：{shown}")

    def _ground_layers(self) -> list[QgsMapLayer]:
        """Layers of the workspace that can be opened, opened once."""
        if self._grounds is None:
            assigned = {item.role: item for item in self._session.assignments()}
            opened = [open_assigned(assigned[role]) for role in _ROLES if role in assigned]
            self._grounds = [layer for layers, _ in opened for layer in layers]
        return self._grounds

    def release(self) -> None:
        """Let go of the layers before the dialog goes."""
        self.canvas.stopRendering()
        self.canvas.setLayers([])
        self.patches, self._grounds = None, None


def _layer(wkbs: Sequence[bytes]) -> QgsVectorLayer:
    """The patches as a layer in memory, EPSG:4490."""
    first = QgsGeometry()
    first.fromWkb(wkbs[0])
    kind = "Point" if first.type() == 0 else "MultiPolygon"
    layer = QgsVectorLayer(f"{kind}?crs=EPSG:4490", "下发图斑", "memory")
    features = []
    for wkb in wkbs:
        geometry = QgsGeometry()
        geometry.fromWkb(wkb)
        feature = QgsFeature()
        feature.setGeometry(geometry)
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    layer.updateExtents()
    if kind == "MultiPolygon":
        symbol = QgsFillSymbol.createSimple(
            {"color": "230,60,40,60", "outline_color": "#c81e1e", "outline_width": "0.5"}
        )
        layer.setRenderer(QgsSingleSymbolRenderer(symbol))
    return layer
