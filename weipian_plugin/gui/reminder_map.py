"""Draws the map of a reminder: after-image rendered off the GUI's thread, then outlines, numbers, scale and north."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsMapLayer,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QObject, QPointF, QRectF, QSize, Qt, QTimer
from qgis.PyQt.QtGui import QBrush, QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QPolygonF

from ..workbench.reminder_map import HEIGHT, WIDTH, MapPlan
from .spent_jobs import SpentJobs

#: A tile service that does not answer keeps nobody waiting longer, ms.
_PATIENCE = 20_000
_RED, _WHITE, _INK = QColor("#e60000"), QColor("#ffffff"), QColor("#1c1c1c")
_GROUND = QColor("#f0f0ec")
_TEXT = 26  # pixels


class ReminderMap(QObject):
    """One map at a time; a new one takes the place of what is still being drawn."""

    def __init__(self, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self._job: Optional[QgsMapRendererParallelJob] = None
        self._dying: list[QgsMapRendererParallelJob] = []
        self._spent = SpentJobs(self)
        self._plan: Optional[MapPlan] = None
        self._done: Optional[Callable[[QImage], None]] = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PATIENCE)
        self._timer.timeout.connect(self._impatient)

    def draw(self, plan: MapPlan, layers: Sequence[QgsMapLayer], done: Callable[[QImage], None]) -> None:
        """Render; `done` gets the finished picture, without imagery where there is none."""
        self.cancel()
        self._plan, self._done = plan, done
        usable = [layer for layer in layers if layer.isValid()]
        settings = QgsMapSettings()
        settings.setDestinationCrs(QgsCoordinateReferenceSystem(plan.crs))
        settings.setTransformContext(QgsProject.instance().transformContext())
        settings.setLayers(usable)
        settings.setOutputSize(QSize(WIDTH, HEIGHT))
        settings.setExtent(QgsRectangle(*plan.extent))
        settings.setBackgroundColor(_GROUND)
        settings.setOutputImageFormat(QImage.Format.Format_ARGB32_Premultiplied)
        self._job = QgsMapRendererParallelJob(settings)
        self._job.finished.connect(self._finished)
        self._job.start()
        self._timer.start()

    def cancel(self) -> None:
        """Nobody waits for it any more."""
        self._timer.stop()
        self._done = None
        if self._job is not None:
            job, self._job = self._job, None
            self._dying.append(job)
            job.cancelWithoutBlocking()

    def _impatient(self) -> None:
        if self._job is not None:
            self._job.cancelWithoutBlocking()  # what is there so far is better than nothing

    def _finished(self) -> None:
        job = self.sender()
        self._spent.add(job)
        if job in self._dying:
            self._dying.remove(job)
            return
        if job is not self._job or self._plan is None:
            return
        self._timer.stop()
        self._job = None
        image = job.renderedImage()
        if image.isNull():
            image = QImage(QSize(WIDTH, HEIGHT), QImage.Format.Format_ARGB32_Premultiplied)
            image.fill(_GROUND)
        paint(image, self._plan)
        done, self._done = self._done, None
        if done is not None:
            done(image)


def paint(image: QImage, plan: MapPlan) -> None:
    """Outlines, numbers, title, scale bar and north arrow over the picture."""
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = QFont()
    font.setPixelSize(_TEXT)
    font.setBold(True)
    painter.setFont(font)
    for patch in plan.patches:
        _outline(painter, patch.rings)
    for patch in plan.patches:
        _number(painter, patch.label, patch.x, patch.y, over=bool(patch.rings))
    _tag(painter, plan.title, 0, 0)
    _bar(painter, plan)
    _north(painter)
    painter.end()


def _outline(painter: QPainter, rings: Sequence[Sequence[tuple[float, float]]]) -> None:
    path = QPainterPath()
    for ring in rings:
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in ring]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((_WHITE, 7), (_RED, 4)):
        painter.setPen(QPen(color, width))
        painter.drawPath(path)


def _number(painter: QPainter, label: str, x: float, y: float, *, over: bool) -> None:
    """In a white lozenge with a red edge, above the point so that a small patch stays visible."""
    metrics = QFontMetricsF(painter.font())
    wide = max(metrics.horizontalAdvance(label) + 18, _TEXT * 1.5)
    high = _TEXT * 1.45
    lift = high * 1.4 if over else high
    left = min(max(x - wide / 2, 4), WIDTH - wide - 4)
    top = min(max(y - lift - high / 2, 50), HEIGHT - high - 4)
    box = QRectF(left, top, wide, high)
    painter.setPen(QPen(_RED, 3))
    painter.drawLine(QPointF(x, y), QPointF(box.center().x(), box.bottom()))
    painter.setBrush(QBrush(_RED))
    painter.drawEllipse(QPointF(x, y), 5, 5)
    painter.setBrush(QBrush(_WHITE))
    painter.drawRoundedRect(box, high / 2, high / 2)
    painter.setPen(_RED)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), label)


def _tag(painter: QPainter, text: str, left: float, top: float) -> None:
    if not text:
        return
    wide = QFontMetricsF(painter.font()).horizontalAdvance(text) + 28
    box = QRectF(left, top, wide, _TEXT * 1.7)
    painter.fillRect(box, QColor(255, 255, 255, 225))
    painter.setPen(_INK)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)


def _bar(painter: QPainter, plan: MapPlan) -> None:
    text = f"{plan.bar_m:g} 米" if plan.bar_m < 1000 else f"{plan.bar_m / 1000:g} 千米"
    left, bottom = 24.0, HEIGHT - 22.0
    painter.fillRect(QRectF(left - 14, bottom - 48, plan.bar_px + 28, 58), QColor(255, 255, 255, 225))
    painter.setPen(QPen(_INK, 4))
    painter.drawLine(QPointF(left, bottom), QPointF(left + plan.bar_px, bottom))
    for x in (left, left + plan.bar_px):
        painter.drawLine(QPointF(x, bottom - 8), QPointF(x, bottom))
    box = QRectF(left, bottom - 44, plan.bar_px, 34)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextDontClip), text)


def _north(painter: QPainter) -> None:
    box = QRectF(WIDTH - 58, 8, 50, 86)
    painter.fillRect(box, QColor(255, 255, 255, 225))
    painter.setPen(_INK)
    painter.drawText(QRectF(box.left(), box.top() + 2, box.width(), 34), int(Qt.AlignmentFlag.AlignCenter), "北")
    x = box.center().x()
    painter.setBrush(QBrush(_INK))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawPolygon(
        QPolygonF([QPointF(x, box.top() + 38), QPointF(x + 13, box.bottom() - 8), QPointF(x, box.bottom() - 18),
                   QPointF(x - 13, box.bottom() - 8)])
    )  # fmt: skip
