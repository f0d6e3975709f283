"""核查表.pdf, one a patch, drawn with one print layout that is reused (main thread of a process with QGIS)."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsLayoutItemPage,
    QgsPointXY,
    QgsPrintLayout,
    QgsProject,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QCoreApplication, QEvent

from ..core.errors import WeipianError
from ..core.feedback import Feedback, stop_if_cancelled
from . import map_parts
from .layout_parts import BLUE, BOTTOM, GREY, LEFT, PAGE_WIDTH, RED, TOP, WIDTH, Ink, Sheet
from .map_frames import DPI, MapFrame, export_pdf
from .model import SHEET_NAME, SheetContent, SheetJob, SheetResult
from .photo_map import PhotoMap
from .sheet_pages import draw_judgement
from .sheet_photos import PhotoCache

_PAIR_W, _PAIR_H = 92.0, 62.0
_OVER_W, _SIDE_W = 118.0, 64.0
#: EPSG codes of the CGCS2000 zones: first, last, width, first meridian, step (dossier 3.8).
_ZONES = ((4491, 4501, 6, 75, 6), (4502, 4512, 6, 75, 6), (4513, 4533, 3, 75, 3), (4534, 4554, 3, 75, 3))


def render_sheets(job: SheetJob, feedback: Feedback) -> list[SheetResult]:
    """Draw every sheet of the job; a patch that fails is reported in its result and the rest go on.

    Raises:
        WeipianError: E_CANCELLED; sheets drawn so far stay in the output folder.
    """
    drawer = SheetDrawer(job)
    results = []
    try:
        for number, sheet in enumerate(job.sheets):
            stop_if_cancelled(feedback)
            feedback.message(f"正在出核查表 {sheet.patch_id}（{number + 1}/{len(job.sheets)}）")
            try:
                results.append(SheetResult(sheet.patch_id, path=str(drawer.draw(sheet))))
            except (WeipianError, OSError, RuntimeError, ValueError) as error:
                failure = error if isinstance(error, WeipianError) else _render_error(sheet.patch_id, error)
                results.append(SheetResult(sheet.patch_id, error=str(failure)))
            drawer.forget()
            feedback.progress(100 * (number + 1) / len(job.sheets))
    finally:
        drawer.close()
    return results


def _crs_label(crs: QgsCoordinateReferenceSystem) -> str:
    """Chinese name of a CGCS2000 system with its code, another's own name."""
    code = int(crs.authid().rpartition(":")[2] or 0) if crs.authid().startswith("EPSG:") else 0
    if code == 4490:
        return "CGCS2000 经纬度（EPSG:4490）"
    for first, last, width, start, step in _ZONES:
        if first <= code <= last:
            return f"CGCS2000 高斯-克吕格 {width} 度带，中央经线 {start + step * (code - first)}°（{crs.authid()}）"
    return f"{crs.description() or crs.authid()}（{crs.authid()}）"


def _render_error(patch_id: str, error: Exception) -> WeipianError:
    return WeipianError("E_RENDER", patch_id=patch_id, detail=str(error) or type(error).__name__)


class SheetDrawer:
    """One project and one layout for all sheets of a job."""

    def __init__(self, job: SheetJob) -> None:
        self.job = job
        self._folder = Path(tempfile.mkdtemp(prefix="weipian"))
        self.project = QgsProject()
        self.layout = QgsPrintLayout(self.project)
        self.layout.initializeDefaults()
        self.layout.pageCollection().page(0).setPageSize("A4", QgsLayoutItemPage.Portrait)
        self.layout.renderContext().setDpi(DPI)
        self.sheet = Sheet(self.layout)
        self.layers = map_parts.open_layers(self.project, job.layers, job.landuse, self.sheet.family)
        self.outline = map_parts.patch_layer(self.project)
        self.maps = [MapFrame(self.sheet) for _ in range(3)]
        self.photos = PhotoCache(self._folder)
        self.photo_map = PhotoMap(self.project, self.sheet, self.layers, self.outline)

    def close(self) -> None:
        """Let go of layers and temporary files."""
        self.layout.clear()
        self.project.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def forget(self) -> None:
        """Free what the last sheet left: removed items wait for an event loop, and undo keeps copies of them."""
        self.layout.undoStack().stack().clear()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def draw(self, content: SheetContent) -> Path:
        """Draw one sheet and give its path; the file appears only when it is complete."""
        self.photo_map.rest()
        self.sheet.clear()
        y = self._heading(content)
        y = self.sheet.pairs(0, self.sheet.bar(0, y, "一、基本信息"), content.basic)
        geometry = _geometry(content)
        crs = self._crs(geometry)
        box = self._box(geometry, crs)
        y = self._before_after(content, y + 2.2, box, crs)
        self._overlay(content, y + 2.2, box, crs)
        self.photo_map.aim(box, crs)
        draw_judgement(self.sheet, content, self.photos, self.photo_map)
        self._footers()
        target = Path(self.job.output, content.folder, SHEET_NAME)
        return export_pdf(self.layout, target, self._folder, content.patch_id)

    def _heading(self, content: SheetContent) -> float:
        meta, sheet = self.job.meta, self.sheet
        sheet.text(0, LEFT, TOP - 4, WIDTH, 9, "卫片执法图斑核查表", Ink(17, bold=True, align="center"))
        place = "　".join(part for part in (content.heading or meta.town_name, meta.scope_label) if part)
        sheet.text(0, LEFT, TOP + 5, WIDTH, 5, place, Ink(8.5, GREY, align="center"))
        if meta.draft:
            sheet.text(0, LEFT, TOP - 4, 30, 8, "【草稿】", Ink(14, RED, True))
        sheet.text(0, LEFT, TOP + 10.5, 130, 6.5, f"图斑编号：{content.patch_id}", Ink(11, bold=True), pad=0)
        level = f"监测等级：{content.level}" if content.level else "监测等级：未定"
        sheet.text(0, LEFT + 130, TOP + 10.5, WIDTH - 130, 6.5, level, Ink(11, BLUE, True, "right"), pad=0)
        return TOP + 18

    def _crs(self, geometry: Optional[QgsGeometry]) -> QgsCoordinateReferenceSystem:
        if self.job.crs:
            return QgsCoordinateReferenceSystem(self.job.crs)
        longitude = geometry.boundingBox().center().x() if geometry else 108.0
        return QgsCoordinateReferenceSystem(map_parts.zone_crs(longitude))

    def _box(self, geometry: Optional[QgsGeometry], crs: QgsCoordinateReferenceSystem) -> Optional[QgsRectangle]:
        """Bounding box in the map CRS, and the geometry into the outline layer."""
        if geometry is None:
            return None
        map_parts.show_patch(self.outline, geometry)
        source = QgsCoordinateReferenceSystem(map_parts.DISPLAY_CRS)
        moved = QgsGeometry(geometry)
        try:
            moved.transform(QgsCoordinateTransform(source, crs, self.project))
        except QgsCsException as error:
            raise WeipianError("E_CRS_INVALID", crs=crs.authid()) from error
        return moved.boundingBox()

    def _before_after(
        self, content: SheetContent, y: float, box: Optional[QgsRectangle], crs: QgsCoordinateReferenceSystem
    ) -> float:
        sheet = self.sheet
        frame, scale, judged = self._picture_frame(content, box, crs)
        y = sheet.bar(0, y, "二、前后时相影像（判定时所见范围）" if judged else "二、前后时相影像")
        dates = (content.before_caption, content.after_caption)
        days, notes = (content.before_day, content.after_day), (content.before_note, content.after_note)
        for at, (role, name) in enumerate((("image_before", "前时相"), ("image_after", "后时相"))):
            x = LEFT + at * (WIDTH - _PAIR_W)
            plan = self.layers.plans.get(role)
            day = days[at] or _date_caption(plan.taken_on if plan else "", dates[at])
            shown = self.layers.seen(role, frame, crs, content.batch_id) if frame else []
            scale_text = f"1:{scale}" if scale else ""
            caption = "　".join(part for part in (name, day, scale_text, notes[at] if shown else "") if part)
            sheet.text(0, x, y, _PAIR_W, 5, caption, Ink(8.5, bold=True, align="center"))
            if frame is None or not shown:
                self.maps[at].hide()
                sheet.text(
                    0, x, y + 5, _PAIR_W, _PAIR_H, (notes[at] or f"无{name}影像") if box else "图斑无图形",
                    Ink(11, GREY, align="center"), frame=True, fill="#F5F5F5",
                )  # fmt: skip
                continue
            self.maps[at].show(0, x, y + 5, _PAIR_W, _PAIR_H, frame, crs, [self.outline, *shown])
        return y + 5 + _PAIR_H

    def _picture_frame(
        self, content: SheetContent, box: Optional[QgsRectangle], crs: QgsCoordinateReferenceSystem
    ) -> tuple[Optional[QgsRectangle], int, bool]:
        """Frame and scale of both pictures, and whether it is the one that the patch was judged in."""
        if box is None:
            return None, 0, False
        if len(content.frame) == 3 and not crs.isGeographic():
            lon, lat, width_m = content.frame
            source = QgsCoordinateReferenceSystem(map_parts.DISPLAY_CRS)
            try:
                centre = QgsCoordinateTransform(source, crs, self.project).transform(QgsPointXY(lon, lat))
            except QgsCsException:
                centre = None
            found = map_parts.judged_frame(centre, width_m, box, _PAIR_W, _PAIR_H) if centre is not None else None
            if found is not None:
                return (*found, True)
        scale = map_parts.scale_for(box, _PAIR_W, _PAIR_H)
        return map_parts.frame_for(box, _PAIR_W, _PAIR_H, scale), scale, False

    def _overlay(
        self, content: SheetContent, y: float, box: Optional[QgsRectangle], crs: QgsCoordinateReferenceSystem
    ) -> None:
        sheet = self.sheet
        y = sheet.bar(0, y, "三、套合分析") + 1.2
        height = BOTTOM - 9 - y
        frame = None
        if box is None:
            self.maps[2].hide()
            sheet.text(0, LEFT, y, _OVER_W, height, "图斑无图形", Ink(11, GREY, align="center"), True, "#F5F5F5")
        else:
            scale = map_parts.scale_for(box, _OVER_W, height)
            frame = map_parts.frame_for(box, _OVER_W, height, scale)
            layers = self.layers.vectors()
            if not self.layers.by_role.get("landuse"):
                layers += self.layers.seen("image_after", frame, crs, content.batch_id)
            self.maps[2].show(0, LEFT, y, _OVER_W, height, frame, crs, [self.outline, *layers])
            sheet.north(0, LEFT + _OVER_W - 9, y + 2)
            note = f"比例尺 1:{scale}　坐标系 {_crs_label(crs)}，方格北向上"
            problems = f"　未绘出：{'、'.join(self.layers.problems)}" if self.layers.problems else ""
            sheet.text(
                0, LEFT, y + height + 0.8, WIDTH, 4.4, f"{note}　面积为 CGCS2000 椭球面积{problems}",
                Ink(7, RED if problems else GREY), pad=0,
            )  # fmt: skip
        side = self._areas(content, LEFT + _OVER_W + 4, y)
        if frame is not None:
            self._legend(LEFT + _OVER_W + 4, side + 3, y + height, frame, crs)

    def _areas(self, content: SheetContent, x: float, y: float) -> float:
        sheet, name, value = self.sheet, 34.0, _SIDE_W - 34.0
        sheet.text(0, x, y, name, 5.2, "项目", Ink(8, bold=True, align="center"), True, "#DCE6F5")
        sheet.text(0, x + name, y, value, 5.2, "面积（亩）", Ink(8, bold=True, align="center"), True, "#DCE6F5")
        y += 5.2
        for at, (label, text) in enumerate(content.areas):
            fill = "#FFF2CC" if not at else None
            sheet.text(0, x, y, name, 5, label, Ink(8, bold=not at), True, fill)
            sheet.text(0, x + name, y, value, 5, text, Ink(8, bold=not at, align="right"), True, fill)
            y += 5
        ink = Ink(7.5, GREY) if content.identity_ok else Ink(7.5, "#9C0006", True)
        sheet.text(0, x, y, _SIDE_W, 8, content.identity, ink, True, None if content.identity_ok else "#FFC7CE")
        return y + 8

    def _legend(
        self, x: float, y: float, bottom: float, frame: QgsRectangle, crs: QgsCoordinateReferenceSystem
    ) -> None:
        """Symbols of what this map shows, in two columns, as far as there is room."""
        entries = [("图斑范围", map_parts.patch_symbol())]
        for role, label in map_parts.ROLE_LABELS.items():
            if role in (*map_parts.IMAGE_ROLES, "landuse", "village", "grid", "plan_zone"):
                continue
            if self.layers.by_role.get(role):
                entries.append((label, map_parts.role_symbol(role)))
        plan = self.layers.plans.get("landuse")
        for layer in self.layers.by_role.get("landuse", []):
            for key in map_parts.classes_in(layer, plan.class_field or "DLBM", frame, crs, self.project):
                label = map_parts.LAND_COLOURS.get(key, ("未分类",))[0]
                entries.append((label, map_parts.land_symbol(key)))
        self.sheet.text(0, x, y, _SIDE_W, 5, "图例", Ink(8.5, bold=True), pad=0)
        y += 5.5
        rows = max(int((bottom - y) // 5), 1)
        columns = 1 if len(entries) <= rows else 2
        for at, (label, symbol) in enumerate(entries[: rows * columns]):
            left, top = x + (at // rows) * _SIDE_W / columns, y + at % rows * 5
            self.sheet.box(0, left + 0.6, top + 0.6, 7, 3.6, symbol)
            self.sheet.text(0, left + 8.6, top, _SIDE_W / columns - 9, 4.8, label, Ink(7.5), pad=0.4)

    def _footers(self) -> None:
        meta = self.job.meta
        pages = self.layout.pageCollection().pageCount()
        anchor = f"日志锚点 {meta.anchor[:16]}" if meta.anchor else "无日志锚点"
        when = meta.produced_at[:16].replace("T", " ")
        left = f"规则包 {meta.pack_version or '—'}　{anchor}　制表 {meta.produced_by} {when}"
        for page in range(pages):
            self.sheet.text(page, LEFT, BOTTOM + 2, 140, 5, left, Ink(7, GREY), pad=0)
            number = f"第 {page + 1} 页 / 共 {pages} 页"
            self.sheet.text(page, PAGE_WIDTH - LEFT - 46, BOTTOM + 2, 46, 5, number, Ink(7, GREY, align="right"), pad=0)
            if meta.draft:
                self.sheet.text(
                    page, LEFT, BOTTOM + 6, WIDTH, 4.5, "草稿，不得作为正式上报材料", Ink(7.5, RED, True), pad=0
                )


def _date_caption(taken_on: str, issued: str) -> str:
    """The day on which the image shown was taken; what the delivery says goes beside it, and never instead."""
    if not taken_on:
        return f"{issued}（下发标注）" if issued else "日期不详"
    return f"{taken_on}（下发标注 {issued}）" if issued and issued != taken_on else taken_on


def _geometry(content: SheetContent) -> Optional[QgsGeometry]:
    """The geometry of a sheet, None without one.

    Raises:
        ValueError: the text is no WKB.
    """
    if not content.wkb_hex:
        return None
    geometry = QgsGeometry()
    geometry.fromWkb(bytes.fromhex(content.wkb_hex))
    if geometry.isNull() or geometry.isEmpty():
        raise ValueError("图形无法读取")
    geometry.convertToMultiType()
    return geometry
