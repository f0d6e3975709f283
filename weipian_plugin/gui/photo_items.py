"""Photos on the map: a wedge from the camera towards what it saw, the circle of its accuracy, a numbered tag.

Place, aim and reach are those of the ground; a wedge is never so short that it cannot be seen nor so long that
it hides the map, and tags that would cover each other move aside and keep a line to their camera.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Optional

from qgis.core import QgsCoordinateTransform, QgsCsException, QgsDistanceArea, QgsPointXY, QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF
from qgis.PyQt.QtWidgets import QStyleOptionGraphicsItem, QWidget

from ..core.proof import BAD, LinkedEvidence
from .canvas_items import ScreenItem, to_canvas
from .evidence_texts import tip

#: Field of view where the file names no lens, degrees; the test of the view takes the same.
USUAL_FOV_DEG = 65.0
#: Semi-axes of CGCS2000, m; by its name QGIS would look it up in its database, 0.1 s the first time.
_CGCS2000 = (6_378_137.0, 6_356_752.314140)
#: The direction on the screen is taken from a point this far along the azimuth, m.
_STEP_M = 50.0
#: How far a wedge reaches on the ground, m: into the patch, or so far where that is not known.
_INTO_M, _UNKNOWN_M, _LEAST_M, _MOST_M = 10.0, 60.0, 15.0, 200.0
#: How long a wedge is drawn at least, text lines, and at most, share of the map's shorter side.
_LEAST_LINES, _MOST_SHARE = 3.0, 0.35
_CIRCLE_POINTS = 24
#: Length of a degree of latitude, m, near enough for a circle of accuracy.
_DEGREE_M = 111_000.0
#: Opacity of a wedge, 0–255; of more than so many photos each is paler, so that the map shows through them all.
_FILL, _FILL_CHOSEN, _MANY = 90, 150, 5
_GOOD, _AWAY, _UNKNOWN, _FALSE = QColor("#0aa34f"), QColor("#d35400"), QColor("#5c6bc0"), QColor("#b3201b")
_FLASH = QColor("#ffd400")
_RIM = QColor(255, 255, 255, 150)


@dataclass(frozen=True)
class Wedge:
    """A photo on the map: camera position, a point ahead of it (None: direction unknown), both lon/lat."""

    number: int
    position: QgsPointXY
    ahead: Optional[QgsPointXY]
    looks_at: Optional[bool]
    azimuth: Optional[float]
    evidence_id: str = ""
    reach_m: float = _UNKNOWN_M
    fov_deg: float = USUAL_FOV_DEG
    fov_known: bool = False  # of the lens; else the usual one, drawn dashed
    accuracy_m: Optional[float] = None
    manual: bool = False
    false: bool = False  # a check found it bad, whatever it looks at: used elsewhere, too old …
    tip: str = ""
    selected: bool = False

    @property
    def color(self) -> QColor:
        """Green towards the patch, orange away from it, blue where it cannot be known, red where a check is bad."""
        if self.false and self.looks_at is not False:
            return _FALSE
        return {True: _GOOD, False: _AWAY}.get(self.looks_at, _UNKNOWN)

    @property
    def text(self) -> str:
        """Number of the photo and in signs whether it looks at the patch, is doubtful, was placed by hand."""
        mark = {True: "✔", False: "✖"}.get(self.looks_at, "？")
        return f"{self.number} {mark}{'⚠' if self.false else ''}{'手' if self.manual else ''}"


class Drawn(NamedTuple):
    """A wedge on the screen, pixels; `bearing` degrees clockwise from up."""

    wedge: Wedge
    camera: QPointF
    bearing: Optional[float]
    radius: float
    tag: QRectF


def wedges_of(evidence: Sequence[LinkedEvidence], selected: str = "") -> list[Wedge]:
    """A wedge for each photo with a position, numbered as in the list of photos."""
    measure = QgsDistanceArea()
    measure.setEllipsoid(*_CGCS2000)
    photos = [item for item in evidence if item.evidence.kind == "photo"]
    found = []
    for number, link in enumerate(photos, 1):
        item = link.evidence
        if item.lon is None or item.lat is None:
            continue
        position = QgsPointXY(item.lon, item.lat)
        ahead = None
        if item.azimuth is not None:
            ahead = measure.computeSpheroidProject(position, _STEP_M, math.radians(item.azimuth))
        false = any(check.outcome == BAD and check.id not in ("looks_at", "distance") for check in link.checks)
        found.append(
            Wedge(
                number, position, ahead, link.looks_at, item.azimuth,
                evidence_id=item.evidence_id,
                reach_m=reach(link.distance_m, link.looks_at),
                fov_deg=item.fov_deg or USUAL_FOV_DEG,
                fov_known=item.fov_deg is not None,
                accuracy_m=item.accuracy_m,
                manual=item.source == "manual",
                false=false,
                tip=f"{number} · {tip(link)}",
                selected=bool(selected) and item.evidence_id == selected,
            )
        )  # fmt: skip
    return found


def reach(distance_m: Optional[float], looks_at: Optional[bool]) -> float:
    """How far a wedge reaches on the ground, m: a little into a patch that the photo looks at."""
    if distance_m is None or looks_at is False:
        return _UNKNOWN_M
    return min(max(distance_m + _INTO_M, _LEAST_M), _MOST_M)


class WedgeItem(ScreenItem):
    """All photo wedges of the current patch."""

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject) -> None:
        super().__init__(canvas)
        self._project = project
        self.wedges: tuple[Wedge, ...] = ()
        self.flash = False  # the selected one shines for a moment

    def set_wedges(self, wedges: Sequence[Wedge]) -> None:
        """Show these instead."""
        self.wedges = tuple(wedges)
        self.update()

    def set_flash(self, *, on: bool) -> None:
        """Let the selected wedge shine, or no more."""
        self.flash = on
        self.update()

    # -- places on the screen --------------------------------------------------------------------
    def bearing(self, wedge: Wedge) -> Optional[float]:
        """Direction on the screen, degrees clockwise from up; grid convergence and map rotation are in it."""
        step = self._step(wedge, to_canvas(self._map, self._project))
        if step is None or wedge.ahead is None:
            return None
        return math.degrees(math.atan2(step.x(), -step.y())) % 360

    def _step(self, wedge: Wedge, transform: QgsCoordinateTransform) -> Optional[QPointF]:
        """Pixels from the camera to the point _STEP_M ahead of it; to the north where the direction is unknown."""
        start = self._pixel(wedge.position, transform)
        north = QgsPointXY(wedge.position.x(), wedge.position.y() + _STEP_M / _DEGREE_M)
        end = self._pixel(wedge.ahead if wedge.ahead is not None else north, transform)
        return None if start is None or end is None else end - start

    def _pixel(self, point: QgsPointXY, transform: QgsCoordinateTransform) -> Optional[QPointF]:
        try:
            return self.toCanvasCoordinates(transform.transform(point))
        except QgsCsException:
            return None

    def drawn(self) -> list[Drawn]:
        """Every wedge near the screen, the selected one last, with tags that keep clear of each other."""
        transform = to_canvas(self._map, self._project)
        frame = self.boundingRect()
        near = frame.adjusted(-200, -200, 200, 200)
        line = QFontMetricsF(self._map.font()).height()
        found: list[Drawn] = []
        for wedge in self.wedges:
            camera, step = self._pixel(wedge.position, transform), self._step(wedge, transform)
            if camera is None or step is None or not near.contains(camera):
                continue
            ground = math.hypot(step.x(), step.y()) / _STEP_M * wedge.reach_m
            most = max(_MOST_SHARE * min(frame.width(), frame.height()), _LEAST_LINES * line)
            bearing = None if wedge.ahead is None else math.degrees(math.atan2(step.x(), -step.y())) % 360
            radius = min(max(ground, _LEAST_LINES * line), most)
            found.append(Drawn(wedge, camera, bearing, radius, QRectF()))
        return self._with_tags(sorted(found, key=lambda item: item.wedge.selected))

    def _with_tags(self, found: Sequence[Drawn]) -> list[Drawn]:
        """Give each its tag: on the camera, else behind it or around it, where none lies yet."""
        metrics = QFontMetricsF(self._map.font())
        line = metrics.height()
        taken: list[QRectF] = []
        placed: dict[int, QRectF] = {}
        for number, item in reversed(list(enumerate(found))):  # the selected one has the first choice
            size = (metrics.horizontalAdvance(item.wedge.text) + line * 0.6, line)
            boxes = [QRectF(x - size[0] / 2, y - size[1] / 2, *size) for x, y in _seats(item, line)]
            free = next((box for box in boxes if not any(box.intersects(other) for other in taken)), boxes[0])
            taken.append(free)
            placed[number] = free
        return [item._replace(tag=placed[number]) for number, item in enumerate(found)]

    def hit(self, place: QPointF) -> Optional[Wedge]:
        """The photo whose tag or camera lies under a pixel."""
        dot = QFontMetricsF(self._map.font()).height() * 0.4
        found = self.drawn()
        for item in reversed(found):
            if item.tag.contains(place):
                return item.wedge
        for item in reversed(found):
            away = item.camera - place
            if math.hypot(away.x(), away.y()) <= dot:
                return item.wedge
        return None

    # -- painting --------------------------------------------------------------------------------
    def paint(
        self, painter: QPainter, _option: Optional[QStyleOptionGraphicsItem] = None, _widget: Optional[QWidget] = None
    ) -> None:
        """Circles first, then wedges, tags on top; the selected photo over all others."""
        if not self.wedges:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        found = self.drawn()
        transform = to_canvas(self._map, self._project)
        for item in found:
            self._paint_circle(painter, item, transform)
        fill = min(_FILL, _FILL * _MANY // max(len(found), 1))
        for item in found:
            self._paint_wedge(painter, item, _FILL_CHOSEN if item.wedge.selected else fill)
        for item in found:
            self._paint_tag(painter, item)

    def _paint_circle(self, painter: QPainter, item: Drawn, transform: QgsCoordinateTransform) -> None:
        """Where the camera may have stood, by what the file says of its accuracy."""
        metres, wedge = item.wedge.accuracy_m, item.wedge
        if not metres or metres <= 0:
            return
        high = metres / _DEGREE_M
        wide = high / max(math.cos(math.radians(wedge.position.y())), 0.01)
        ring = []
        for number in range(_CIRCLE_POINTS):
            angle = 2 * math.pi * number / _CIRCLE_POINTS
            lon, lat = wedge.position.x() + wide * math.sin(angle), wedge.position.y() + high * math.cos(angle)
            pixel = self._pixel(QgsPointXY(lon, lat), transform)
            if pixel is None:
                return
            ring.append(pixel)
        pen, fill = QColor(wedge.color), QColor(wedge.color)
        pen.setAlpha(230 if wedge.selected else 120)
        fill.setAlpha(50 if wedge.selected else 16)
        painter.setPen(QPen(pen, 1.6 if wedge.selected else 1, Qt.PenStyle.DotLine))
        painter.setBrush(fill)
        painter.drawPolygon(QPolygonF(ring))

    def _paint_wedge(self, painter: QPainter, item: Drawn, opacity: int) -> None:
        wedge, radius = item.wedge, item.radius
        fill = QColor(wedge.color)
        fill.setAlpha(opacity)
        path = QPainterPath(item.camera)
        if item.bearing is not None:
            box = QRectF(item.camera.x() - radius, item.camera.y() - radius, 2 * radius, 2 * radius)
            # Qt counts counter-clockwise from three o'clock, azimuths run clockwise from twelve.
            path.arcTo(box, 90 - item.bearing - wedge.fov_deg / 2, wedge.fov_deg)
            path.closeSubpath()
            rim = _FLASH if wedge.selected and self.flash else _RIM
            painter.setPen(QPen(rim, 7 if wedge.selected else 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(path)
            # A lens that the file does not name is drawn with the usual angle, dashed.
            style = Qt.PenStyle.SolidLine if wedge.fov_known else Qt.PenStyle.DashLine
            painter.setPen(QPen(wedge.color, 2.6 if wedge.selected else 1.5, style))
            painter.setBrush(fill)
            painter.drawPath(path)
        dot = 5.0 if wedge.selected else 3.5
        painter.setPen(QPen(_FLASH if wedge.selected and self.flash else _RIM, 1.5))
        painter.setBrush(wedge.color)
        painter.drawEllipse(item.camera, dot, dot)

    def _paint_tag(self, painter: QPainter, item: Drawn) -> None:
        wedge, box, font = item.wedge, item.tag, self._map.font()
        if not box.contains(item.camera):
            painter.setPen(QPen(_RIM, 2.5))
            painter.drawLine(item.camera, box.center())
            painter.setPen(QPen(wedge.color, 1))
            painter.drawLine(item.camera, box.center())
        if wedge.selected:
            font.setBold(True)
            box = box.adjusted(-3, -2, 3, 2)
        painter.setPen(QPen(_FLASH if wedge.selected else QColor("white"), 2 if wedge.selected else 1))
        painter.setBrush(wedge.color)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.setPen(QColor("white"))
        painter.setFont(font)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, wedge.text)


def _seats(item: Drawn, line: float) -> list[tuple[float, float]]:
    """Middles of the tag, best first: on the camera, then behind it, then in rings around it."""
    x, y = item.camera.x(), item.camera.y()
    seats = [(x, y)]
    behind = math.radians((item.bearing or 0) + 180)
    for ring in (1.6, 2.8, 4.0, 5.2, 6.4):
        for turn in (0, 45, -45, 90, -90, 135, -135, 180):
            angle = behind + math.radians(turn)
            # Tags are wider than high.
            seats.append((x + 1.5 * ring * line * math.sin(angle), y - ring * line * math.cos(angle)))
    return seats
