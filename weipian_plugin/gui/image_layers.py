"""Imagery as map layers: files and mosaics with a stretch that reads no whole raster, tile services with their key."""

from __future__ import annotations

from typing import Optional

from qgis.core import (
    QgsBilinearRasterResampler,
    QgsCoordinateReferenceSystem,
    QgsMapLayer,
    QgsRasterLayer,
)

from ..core.errors import WeipianError
from ..core.imagery import BASEMAP, SHORT_LABELS, TILES, host_of, offset_of
from ..core.model import LayerAssignment
from ..workbench.mosaics import Piece, open_source, pieces, source_date, stretch_layer
from .tile_keys import tile_keys

#: Which batch a layer belongs to, empty for every batch; and its day as text.
BATCH_PROPERTY = "weipian/batch"
DAY_PROPERTY = "weipian/day"
#: Of a folder, so many files that cannot be used are named.
_TOLD = 3


def open_imagery(assignment: LayerAssignment) -> tuple[list[QgsMapLayer], list[str]]:
    """The layers of a source, top first, and in Chinese what of it could not be opened."""
    if assignment.kind == TILES:
        return _open_tiles(assignment)
    label = SHORT_LABELS[assignment.role]
    try:
        opened = open_source(assignment)
        found = pieces(assignment, opened)
    except WeipianError as error:
        return [], [f"{label}：{error}"]
    taken = source_date(assignment, opened)
    day = taken.text
    layers: list[QgsMapLayer] = []
    problems = [f"{label}：{text}" for text in opened.problems[:_TOLD]]
    if len(opened.problems) > _TOLD:
        problems.append(f"{label}：共有 {len(opened.problems)} 个文件用不上")
    for piece in found:
        layer = None if piece.problem else _open_piece(piece, f"{label} {day or '日期不详'}")
        if layer is None:
            problems.append(f"{label}：{piece.problem or f'打不开 {piece.name}，请确认文件没有损坏'}")
        else:
            # When a file was written names its time only where the delivery does not.
            _mark(layer, assignment, day if taken.source != "written" else "")
            layers.append(layer)
    return layers, list(dict.fromkeys(problems))


def _mark(layer: QgsMapLayer, assignment: LayerAssignment, day: str) -> None:
    layer.setCustomProperty(BATCH_PROPERTY, assignment.batch_id)
    layer.setCustomProperty(DAY_PROPERTY, day)


def _open_piece(piece: Piece, name: str) -> Optional[QgsRasterLayer]:
    options = QgsRasterLayer.LayerOptions()
    options.skipCrsValidation = True  # or a dialog asks while the workspace opens
    options.loadDefaultStyle = False  # a .qml beside the file is none of ours, and its statistics may be dear
    layer = QgsRasterLayer(piece.path, name, "gdal", options)
    if not layer.isValid():
        return None
    crs = QgsCoordinateReferenceSystem()
    crs.createFromUserInput(piece.crs)
    if crs.isValid():
        layer.setCrs(crs)
    if layer.resampleFilter() is not None:
        layer.resampleFilter().setZoomedOutResampler(QgsBilinearRasterResampler())
    stretch_layer(layer, piece.path)
    layer.setAbstract("\n".join(raster.path for raster in piece.rasters[:20]))
    return layer


def _open_tiles(assignment: LayerAssignment) -> tuple[list[QgsMapLayer], list[str]]:
    """A tile service; the network is used when it is drawn, because a person chose it."""
    host = host_of(assignment.source)
    tile_keys().use(host)
    label = SHORT_LABELS[assignment.role]
    name = assignment.layer or host
    if assignment.role == BASEMAP:
        title = f"底图 {name}（日期不详）"
    else:
        title = f"{label} {assignment.taken_on}（在线 {name}）"
    offset = offset_of(assignment.source)
    options = QgsRasterLayer.LayerOptions()
    options.skipCrsValidation = True
    layer = QgsRasterLayer(assignment.source, f"▲ 位置有偏移 {title}" if offset else title, "wms", options)
    if not layer.isValid():
        return [], [f"{label}：{name} 打不开，请检查地址和网络"]
    _mark(layer, assignment, assignment.taken_on)
    return [layer], []
