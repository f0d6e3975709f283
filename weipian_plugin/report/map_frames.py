"""A map with its scale bar on a layout, and the way of a layout into a PDF."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsLayoutExporter,
    QgsLayoutItemMap,
    QgsLayoutItemScaleBar,
    QgsLayoutPoint,
    QgsLayoutRenderContext,
    QgsLayoutSize,
    QgsMapLayer,
    QgsPrintLayout,
    QgsRectangle,
    QgsUnitTypes,
)
from qgis.PyQt.QtGui import QColor

from ..core.errors import WeipianError, os_reason
from . import map_parts
from .layout_parts import Ink, Sheet, frame_item

DPI = 200
_MM = QgsUnitTypes.LayoutMillimeters


class MapFrame:
    """A map item that is moved from page to page and from patch to patch."""

    def __init__(self, sheet: Sheet) -> None:
        self.item = QgsLayoutItemMap(sheet.layout)
        self.item.setKeepLayerSet(True)
        self.item.setBackgroundColor(QColor("#FFFFFF"))
        frame_item(self.item, True)
        sheet.layout.addLayoutItem(self.item)
        self.bar = self._scale_bar(sheet)

    def _scale_bar(self, sheet: Sheet) -> QgsLayoutItemScaleBar:
        bar = QgsLayoutItemScaleBar(sheet.layout)
        bar.setStyle("Single Box")
        bar.setLinkedMap(self.item)
        bar.setUnits(QgsUnitTypes.DistanceMeters)
        bar.setUnitLabel("米")
        bar.setNumberOfSegments(2)
        bar.setNumberOfSegmentsLeft(0)
        bar.setHeight(1.2)
        bar.setBoxContentSpace(0.8)
        bar.setLabelBarSpace(0.8)
        bar.setBackgroundEnabled(True)
        bar.setBackgroundColor(QColor(255, 255, 255))
        text = bar.textFormat()
        text.setFont(sheet.font(Ink(6)))
        text.setSize(6)
        bar.setTextFormat(text)
        sheet.layout.addLayoutItem(bar)
        return bar

    def show(
        self, page: int, x: float, y: float, width: float, height: float, frame: QgsRectangle,
        crs: QgsCoordinateReferenceSystem, layers: Sequence[QgsMapLayer],
    ) -> None:  # fmt: skip
        """Put the map to its place (mm); `zoomToExtent`, because `setExtent` would resize the item."""
        item, bar = self.item, self.bar
        item.setVisibility(True)
        item.attemptResize(QgsLayoutSize(width, height, _MM))
        item.attemptMove(QgsLayoutPoint(x, y, _MM), page=page)
        item.setCrs(crs)
        item.setLayers(list(layers))
        item.zoomToExtent(frame)
        bar.setVisibility(True)
        bar.setUnitsPerSegment(map_parts.nice_length(frame.width() / 7))
        bar.update()
        size = bar.minimumSize()
        bar.attemptResize(size)
        bar.attemptMove(QgsLayoutPoint(x + 1, y + height - size.height() - 1, _MM), page=page)

    def hide(self) -> None:
        """Take map and scale bar out of sight."""
        self.item.setVisibility(False)
        self.bar.setVisibility(False)

    def away(self) -> None:
        """Hide, and stand on the first page, so that later pages may be taken away."""
        self.hide()
        for item in (self.item, self.bar):
            item.attemptMove(QgsLayoutPoint(0, 0, _MM), page=0)


def export_pdf(layout: QgsPrintLayout, target: Path, work: Path, name: str) -> Path:
    """Write a layout to `target`; it appears only when it is complete.

    Some drivers cannot create a Chinese name: the file is made in `work` and moved. `name` is said in errors.

    Raises:
        WeipianError: E_RENDER, E_WRITE.
    """
    draft = work / "sheet.pdf"
    settings = QgsLayoutExporter.PdfExportSettings()
    settings.dpi = DPI
    settings.textRenderFormat = Qgis.TextRenderFormat.AlwaysText
    settings.forceVectorOutput = False
    settings.flags |= QgsLayoutRenderContext.FlagLosslessImageRendering
    outcome = QgsLayoutExporter(layout).exportToPdf(str(draft), settings)
    if outcome != QgsLayoutExporter.Success or not draft.is_file():
        raise WeipianError("E_RENDER", patch_id=name, detail=f"导出代码 {int(outcome)}")
    part = target.with_name("sheet.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(str(draft), str(part))
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise WeipianError("E_WRITE", path=target, detail=os_reason(error)) from error
    return target
