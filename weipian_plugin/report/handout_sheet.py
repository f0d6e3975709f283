"""外业派发单.pdf: an overview with the way, a list, then each patch with its map, its place and room for notes."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsFeature,
    QgsGeometry,
    QgsLineSymbol,
    QgsMapLayer,
    QgsMarkerSymbol,
    QgsPalLayerSettings,
    QgsPointXY,
    QgsPrintLayout,
    QgsProject,
    QgsRectangle,
    QgsSingleSymbolRenderer,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtGui import QColor, QFont, QImage

from ..core.errors import WeipianError, os_reason
from ..core.feedback import Feedback, stop_if_cancelled
from . import map_parts
from .kml import Mark
from .layout_parts import BLUE, BOTTOM, GREY, LEFT, PAGE_WIDTH, TOP, WIDTH, Ink, Sheet
from .map_frames import MapFrame, export_pdf
from .model import LayerPlan
from .qfield import clip_image, write_project

JOB_SCHEMA = "weipian.handoutjob/1"
SHEET_NAME = "外业派发单.pdf"
#: Blocks of a patch: three a page.
_BLOCK, _MAP_W, _MAP_H = 86.0, 92.0, 72.0
_QR = 24.0
_OVERVIEW_H = 112.0
_ROW = 5.4
_COLUMNS = (
    ("序号", 10.0),
    ("图斑编号", 44.0), ("村", 24.0), ("等级", 10.0), ("亩", 14.0), ("截止", 20.0), ("经度，纬度", 38.0),
    ("已拍", 26.0),
)  # fmt: skip
_PATCH_CRS = map_parts.DISPLAY_CRS


@dataclass(frozen=True)
class HandoutItem:
    """One patch as it is printed. `lon`, `lat` degrees; `wkb_hex` EPSG:4490, empty without boundary."""

    number: int
    patch_id: str
    village: str
    level: str
    area_mu: str
    due_on: str
    wanted: tuple[str, ...]
    lon: float
    lat: float
    batch_id: str = ""
    wkb_hex: str = ""
    patch_uid: str = ""

    @property
    def place(self) -> str:
        """Longitude and latitude as printed."""
        return f"{self.lon:.6f}，{self.lat:.6f}"

    @property
    def code(self) -> str:
        """What the QR says: text, because a link would send the place to somebody's server."""
        return f"{self.number} {self.patch_id}\n经度 {self.lon:.6f}\n纬度 {self.lat:.6f}\n(WGS84)"


@dataclass(frozen=True)
class HandoutJob:
    """Everything that a hand-out prints; `output` is the folder, `project` its folder for QField, empty: none."""

    output: str
    title: str
    lines: tuple[str, ...]
    items: tuple[HandoutItem, ...]
    layers: tuple[LayerPlan, ...] = ()
    footer: str = ""
    pdf: bool = True
    project: str = ""
    purposes: tuple[tuple[str, str], ...] = ()  # what a photo may be for: id, label

    def to_json(self) -> str:
        """UTF-8 JSON text that :meth:`from_json` reads back to an equal value."""
        return json.dumps({"schema": JOB_SCHEMA, **asdict(self)}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> HandoutJob:
        """Read what :meth:`to_json` wrote."""
        raw: dict[str, Any] = json.loads(text)
        raw.pop("schema")
        items = tuple(HandoutItem(**{**item, "wanted": tuple(item["wanted"])}) for item in raw.pop("items"))
        layers = tuple(LayerPlan(**layer) for layer in raw.pop("layers"))
        purposes = tuple((key, label) for key, label in raw.pop("purposes"))
        return cls(**{**raw, "lines": tuple(raw["lines"])}, items=items, layers=layers, purposes=purposes)


def draw_handout(job: HandoutJob, feedback: Feedback) -> Path:
    """Write the project for QField and draw the PDF (main thread of a process with QGIS); gives the folder.

    Raises:
        WeipianError: E_RENDER, E_WRITE, E_CANCELLED.
    """
    if job.project:
        marks = [_mark(item) for item in job.items]
        folder = Path(job.output, job.project)
        image = clip_image([plan.source for plan in job.layers], marks, folder)
        write_project(folder, job.title, marks, job.purposes, image)
        stop_if_cancelled(feedback)
    if job.pdf:
        _draw_pdf(job, feedback)
    return Path(job.output)


def _mark(item: HandoutItem) -> Mark:
    lines = (item.village, f"截止 {item.due_on}" if item.due_on else "", "要带回：" + "、".join(item.wanted))
    wkb = bytes.fromhex(item.wkb_hex) if item.wkb_hex else None
    return Mark(str(item.number), lines, item.lon, item.lat, None, wkb, item.patch_uid, item.patch_id)


def _draw_pdf(job: HandoutJob, feedback: Feedback) -> None:
    work = Path(tempfile.mkdtemp(prefix="weipian"))
    project = QgsProject()
    drawer = _Drawer(job, project, work)
    try:
        drawer.draw(feedback)
    except OSError as error:
        raise WeipianError("E_WRITE", path=job.output, detail=os_reason(error)) from error
    finally:
        drawer.layout.clear()
        project.clear()
        shutil.rmtree(work, ignore_errors=True)


class _Drawer:
    """One layout; the pages share symbols and layers, each map is an item of its own."""

    def __init__(self, job: HandoutJob, project: QgsProject, work: Path) -> None:
        self.job, self.project, self.work = job, project, work
        self.layout = QgsPrintLayout(project)
        self.layout.initializeDefaults()
        page = self.layout.pageCollection().page(0)
        page.setPageSize("A4", page.Portrait)
        self.layout.renderContext().setDpi(200)
        self.sheet = Sheet(self.layout)
        self.layers = map_parts.open_layers(project, job.layers, {}, self.sheet.family)
        self.outlines = self._outlines()
        self.points = self._points()
        self.way = self._way()
        longitude = job.items[0].lon if job.items else 108.0
        self.crs = QgsCoordinateReferenceSystem(map_parts.zone_crs(longitude))

    def draw(self, feedback: Feedback) -> Path:
        """All pages, then the file."""
        y = self._heading()
        y = self._overview(y)
        page, y = self._list(y + 2)
        for at, item in enumerate(self.job.items):
            stop_if_cancelled(feedback)
            if y + _BLOCK > BOTTOM:
                page, y = self.sheet.add_page(), TOP
            self._block(page, y, item)
            y += _BLOCK + 3
            feedback.progress(90 * (at + 1) / len(self.job.items))
        self._footers()
        target = export_pdf(self.layout, Path(self.job.output, SHEET_NAME), self.work, self.job.title)
        feedback.progress(100)
        return target

    # -- layers ---------------------------------------------------------------------------
    def _outlines(self) -> QgsVectorLayer:
        layer = map_parts.patch_layer(self.project)
        features = []
        for item in self.job.items:
            geometry = _shape(item)
            if geometry is not None:
                feature = QgsFeature()
                feature.setGeometry(geometry)
                features.append(feature)
        layer.dataProvider().addFeatures(features)
        layer.updateExtents()
        return layer

    def _points(self) -> QgsVectorLayer:
        layer = QgsVectorLayer(f"Point?crs={_PATCH_CRS}&field=n:string", "序号", "memory")
        features = []
        for item in self.job.items:
            feature = QgsFeature(layer.fields())
            feature.setAttributes([str(item.number)])
            feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(item.lon, item.lat)))
            features.append(feature)
        layer.dataProvider().addFeatures(features)
        layer.updateExtents()
        symbol = QgsMarkerSymbol.createSimple({"name": "circle", "size": "1.6", "color": "#E60000"})
        layer.setRenderer(QgsSingleSymbolRenderer(symbol))
        label = QgsPalLayerSettings()
        label.fieldName = "n"
        text = QgsTextFormat()
        text.setFont(QFont(self.sheet.family))
        text.setSize(9)
        text.setColor(QColor("#B00000"))
        buffer = QgsTextBufferSettings()
        buffer.setEnabled(True)
        buffer.setSize(0.9)
        text.setBuffer(buffer)
        label.setFormat(text)
        layer.setLabeling(QgsVectorLayerSimpleLabeling(label))
        layer.setLabelsEnabled(True)
        self.project.addMapLayer(layer, False)
        return layer

    def _way(self) -> QgsVectorLayer:
        layer = QgsVectorLayer(f"LineString?crs={_PATCH_CRS}", "行走顺序", "memory")
        if len(self.job.items) > 1:
            feature = QgsFeature()
            feature.setGeometry(QgsGeometry.fromPolylineXY([QgsPointXY(i.lon, i.lat) for i in self.job.items]))
            layer.dataProvider().addFeature(feature)
            layer.updateExtents()
        style = {"line_color": "#4472C4", "line_width": "0.5", "line_style": "dash"}
        layer.setRenderer(QgsSingleSymbolRenderer(QgsLineSymbol.createSimple(style)))
        self.project.addMapLayer(layer, False)
        return layer

    def _moved(self, geometry: QgsGeometry) -> QgsRectangle:
        moved = QgsGeometry(geometry)
        source = QgsCoordinateReferenceSystem(_PATCH_CRS)
        moved.transform(QgsCoordinateTransform(source, self.crs, self.project))
        return moved.boundingBox()

    def _ground(self, frame: QgsRectangle, batch_id: str) -> list[QgsMapLayer]:
        return self.layers.seen("image_after", frame, self.crs, batch_id)

    # -- pages ----------------------------------------------------------------------------
    def _heading(self) -> float:
        sheet = self.sheet
        sheet.text(0, LEFT, TOP - 4, WIDTH, 9, self.job.title, Ink(16, bold=True, align="center"))
        y = TOP + 5.5
        for line in self.job.lines:
            high = sheet.height(line, WIDTH, Ink(9), 0)
            sheet.text(0, LEFT, y, WIDTH, high, line, Ink(9), pad=0)
            y += high
        return y + 1

    def _overview(self, y: float) -> float:
        box = QgsGeometry.fromMultiPointXY([QgsPointXY(i.lon, i.lat) for i in self.job.items])
        frame = self._moved(box)
        for item in self.job.items:
            shape = _shape(item)
            if shape is not None:
                frame.combineExtentWith(self._moved(shape))
        scale = map_parts.snap_scale(
            1.15 * 1000 * max(frame.width() / WIDTH, frame.height() / _OVERVIEW_H, 0.2)
        )  # never closer than 1:500
        shown = map_parts.frame_for(frame, WIDTH, _OVERVIEW_H, scale)
        layers = [self.points, self.way, self.outlines, *self._ground(shown, self._batch())]
        MapFrame(self.sheet).show(0, LEFT, y, WIDTH, _OVERVIEW_H, shown, self.crs, layers)
        self.sheet.north(0, LEFT + WIDTH - 9, y + 2)
        note = f"1:{scale}　虚线是建议的行走顺序（直线相连）"
        self.sheet.text(0, LEFT, y + _OVERVIEW_H + 0.6, WIDTH, 4.4, note, Ink(7, GREY), pad=0)
        return y + _OVERVIEW_H + 5

    def _batch(self) -> str:
        """The one batch of all items; of several, none in particular."""
        batches = {item.batch_id for item in self.job.items}
        return batches.pop() if len(batches) == 1 else ""

    def _list(self, y: float) -> tuple[int, float]:
        """The table over as many pages as it needs; gives the page and the y below it."""
        page = 0
        y = self._list_head(page, y)
        for item in self.job.items:
            if y + _ROW > BOTTOM:
                page = self.sheet.add_page()
                y = self._list_head(page, TOP)
            x = LEFT
            cells = (
                str(item.number), item.patch_id, item.village, item.level, item.area_mu, item.due_on, item.place, "",
            )  # fmt: skip
            for (_, width), text in zip(_COLUMNS, cells):
                self.sheet.text(page, x, y, width, _ROW, text, Ink(7.5, align="center"), True)
                x += width
            y += _ROW
        return page, y + 4

    def _list_head(self, page: int, y: float) -> float:
        x = LEFT
        for name, width in _COLUMNS:
            self.sheet.text(page, x, y, width, _ROW, name, Ink(8, bold=True, align="center"), True, "#DCE6F5")
            x += width
        return y + _ROW

    def _block(self, page: int, y: float, item: HandoutItem) -> None:
        sheet = self.sheet
        title = f"{item.number}　{item.patch_id}"
        sheet.text(page, LEFT, y, WIDTH, 6.4, title, Ink(10.5, "#FFFFFF", True), fill=BLUE, pad=2)
        y += 7.4
        shape = _shape(item)
        box = self._moved(shape or QgsGeometry.fromPointXY(QgsPointXY(item.lon, item.lat)).buffer(0.0003, 8))
        scale = map_parts.scale_for(box, _MAP_W, _MAP_H)
        frame = map_parts.frame_for(box, _MAP_W, _MAP_H, scale)
        layers = [self.points, self.outlines, *self._ground(frame, item.batch_id)]
        MapFrame(sheet).show(page, LEFT, y, _MAP_W, _MAP_H, frame, self.crs, layers)
        sheet.north(page, LEFT + _MAP_W - 9, y + 2)
        x, width = LEFT + _MAP_W + 4, WIDTH - _MAP_W - 4
        facts = (
            f"村（社区）　{item.village or '—'}",
            f"监测等级　{item.level or '—'}　　面积　{item.area_mu} 亩",
            f"截止　{item.due_on or '—'}",
            f"经度 {item.lon:.6f}",
            f"纬度 {item.lat:.6f}（WGS84）",
        )
        sheet.text(page, x, y, width - _QR - 2, _QR, "\n".join(facts), Ink(8.5), pad=0)
        code = self._qr(item)
        if code:
            sheet.picture(page, x + width - _QR, y, _QR, _QR, code)
        y += _QR + 1
        wanted = "要带回：" + ("、".join(item.wanted) if item.wanted else "现场照片")
        sheet.text(page, x, y, width, 12, wanted, Ink(9, bold=True), True, "#FFF2CC")
        sheet.text(page, x, y + 13, width, 25, "", Ink(), True)
        hint = "现场情况（用途、主体、建设时间）："
        sheet.text(page, x, y + 13, width, 5, hint, Ink(7.5, GREY))
        sheet.text(page, x, y + 39.5, width, 6.5, "外业人员：　　　　　　　日期：", Ink(8.5), pad=0)

    def _qr(self, item: HandoutItem) -> str:
        """A picture of the code, empty where the library is not there: the same is printed as text."""
        try:
            import segno
        except ImportError:
            return ""
        buffer = io.BytesIO()
        segno.make(item.code, error="m", micro=False).save(buffer, kind="png", scale=8, border=2)
        path = self.work / f"qr{item.number}.png"
        return str(path) if QImage.fromData(buffer.getvalue()).save(str(path)) else ""

    def _footers(self) -> None:
        pages = self.layout.pageCollection().pageCount()
        for page in range(pages):
            self.sheet.text(page, LEFT, BOTTOM + 2, 140, 5, self.job.footer, Ink(7, GREY), pad=0)
            number = f"第 {page + 1} 页 / 共 {pages} 页"
            self.sheet.text(page, PAGE_WIDTH - LEFT - 46, BOTTOM + 2, 46, 5, number, Ink(7, GREY, align="right"), pad=0)


def _shape(item: HandoutItem) -> Optional[QgsGeometry]:
    if not item.wkb_hex:
        return None
    geometry = QgsGeometry()
    geometry.fromWkb(bytes.fromhex(item.wkb_hex))
    return None if geometry.isNull() or geometry.isEmpty() else geometry
