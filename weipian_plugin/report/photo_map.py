"""照片位置图: the patch on the later image with a numbered wedge for each photo.

A wedge stands where the photo was taken, opens as wide as its field of view and points where it was aimed; a circle
says how sure the position is. Marks stand beside the numbers, so that nothing is told by colour alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Optional

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsFeature,
    QgsFillSymbol,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
    QgsRendererCategory,
    QgsVectorLayer,
)

from ..core.proof import BAD, WARN
from ..geo.viewcone import view_sector
from . import map_parts
from .layout_parts import GREY, RED, Ink, Sheet
from .map_frames import MapFrame
from .model import PhotoItem, SheetContent

#: Degrees: a phone's main camera, where the photo does not tell (photos.exif.DEFAULT_FOV_DEG).
_USUAL_FOV = 65.0
#: Metres from the patch beyond which a photo is named and not drawn: the patch would become a dot.
_FAR_M = 400.0
#: A wedge reaches to the patch, but at least and at most these shares of the map's width.
_SHORTEST, _LONGEST = 0.09, 0.35
#: Numbers nearer than this share of the map's width are written together.
_TOGETHER = 0.045
_SCALES = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
_COLOURS = {"ok": "31,95,208", "warn": "230,130,0", "bad": "200,0,0"}
_INKS = {"ok": "#1F5FD0", "warn": "#8A4B00", "bad": RED}
_SIGNS = {"ok": "", "warn": "⚠", "bad": "✖"}


class PhotoMap:
    """One map item with its layers, moved from sheet to sheet."""

    def __init__(self, project: QgsProject, sheet: Sheet, layers: map_parts.MapLayers, outline: QgsVectorLayer) -> None:
        self._project, self._sheet, self._layers, self._outline = project, sheet, layers, outline
        self._map = MapFrame(sheet)
        self._wedges = _layer(project, "照片", 45)
        self._circles = _layer(project, "位置误差", 0)
        self._crs: Optional[QgsCoordinateReferenceSystem] = None
        self._box: Optional[QgsRectangle] = None
        self.rest()

    def rest(self) -> None:
        """Out of sight and on the first page, because the others are taken away between two sheets."""
        self._map.away()

    def aim(self, box: Optional[QgsRectangle], crs: QgsCoordinateReferenceSystem) -> None:
        """The patch of the next sheet: its bounding box in `crs`, None without a boundary."""
        self._box, self._crs = box, crs

    def possible(self, content: SheetContent) -> bool:
        """Whether there is a patch and a photo taken near it."""
        if self._box is None or self._crs is None or self._crs.isGeographic():
            return False
        return bool(self._places(content.photos))

    def draw(
        self, page: int, x: float, y: float, width: float, height: float, content: SheetContent
    ) -> list[tuple[str, Ink]]:
        """Put the map to its place (mm) and give the lines that explain it; only when it is `possible`."""
        places = self._places(content.photos)
        near = [photo for photo in content.photos if photo.number in places]
        frame, scale = self._frame(near, places, width, height)
        self._fill(near, frame.width())
        images = self._layers.seen("image_after", frame, self._crs, content.batch_id)
        self._map.show(
            page, x, y, width, height, frame, self._crs, [self._wedges, self._circles, self._outline, *images]
        )
        for text, sign, at in _written(near, places, frame):
            left = x + (at.x() - frame.xMinimum()) / frame.width() * width
            top = y + (frame.yMaximum() - at.y()) / frame.height() * height
            wide = 2.6 + 1.9 * sum(1 if char.isascii() else 1.7 for char in text)
            left = min(max(left - wide / 2, x), x + width - wide)
            top = min(max(top - 2.1, y), y + height - 4.2)
            ink = Ink(7.5, _INKS[sign], True, "center")
            self._sheet.text(page, left, top, wide, 4.2, text, ink, True, "#FFFFFF", 0.2)
        self._sheet.north(page, x + width - 9, y + 2)
        return self._notes(content, places, scale, bool(images))

    def _places(self, photos: Sequence[PhotoItem]) -> dict[str, QgsPointXY]:
        """Where photos stand in the map's CRS, of those that are drawn."""
        source = QgsCoordinateReferenceSystem(map_parts.DISPLAY_CRS)
        transform = QgsCoordinateTransform(source, self._crs, self._project)
        found = {}
        reach = max(_FAR_M, 2 * max(self._box.width(), self._box.height()))
        for photo in photos:
            if photo.lon is None or photo.lat is None:
                continue
            try:
                point = transform.transform(QgsPointXY(photo.lon, photo.lat))
            except QgsCsException:
                continue
            if self._box.buffered(reach).contains(point):
                found[photo.number] = point
        return found

    def _frame(
        self, photos: Sequence[PhotoItem], places: Mapping[str, QgsPointXY], width: float, height: float
    ) -> tuple[QgsRectangle, int]:
        """Patch, photos and their wedges, and the scale."""
        box = QgsRectangle(self._box)
        for photo in photos:
            box.combineExtentWith(places[photo.number])
        reach = _SHORTEST * max(box.width() * 1.35, box.height() * 1.35 * width / height)
        for photo in photos:
            if photo.azimuth_deg is not None:
                box.combineExtentWith(_ahead(places[photo.number], photo.azimuth_deg, reach))
        scale = _round_scale(1.25 * 1000 * max(box.width() / width, box.height() / height, 1e-6))
        return map_parts.frame_for(box, width, height, scale), scale

    def _fill(self, photos: Sequence[PhotoItem], across: float) -> None:
        wedges, circles = [], []
        for photo in photos:
            if photo.azimuth_deg is not None:
                length = min(max((photo.distance_m or 0) + 0.03 * across, _SHORTEST * across), _LONGEST * across)
                half = min(photo.fov_deg or _USUAL_FOV, 359.0) / 2
                wedges.append(_feature(photo, photo.azimuth_deg, half, length, _sign(photo)))
            radius = photo.accuracy_m if photo.accuracy_m else 0.0
            circles.append(_feature(photo, 0.0, 180.0, min(max(radius, 0.006 * across), 0.5 * across), _sign(photo)))
        for layer, features in ((self._wedges, wedges), (self._circles, circles)):
            layer.dataProvider().truncate()
            layer.dataProvider().addFeatures(features)
            layer.updateExtents()

    def _notes(
        self, content: SheetContent, places: Mapping[str, QgsPointXY], scale: int, image: bool
    ) -> list[tuple[str, Ink]]:
        small = Ink(7.5)
        lines = [
            (f"1:{scale}　底图 {'后时相影像' if image else '无影像'}", Ink(7, GREY)),
            ("红线：图斑　扇形：拍摄方向和视场　圆：位置误差", Ink(7, GREY)),
            ("✖ 核对不符　⚠ 存疑　手：手工填写", Ink(7, GREY)),
        ]
        if any(photo.azimuth_deg is not None and photo.fov_deg is None for photo in content.photos):
            lines.append((f"照片没有记录视场的，按常见手机 {_USUAL_FOV:.0f}° 绘制", Ink(7, GREY)))
        for photo in content.photos:
            if photo.lon is None or photo.lat is None:
                lines.append((f"照片 {photo.number}：没有位置，未标出", small))
            elif photo.number not in places:
                ink = Ink(7.5, _INKS[_sign(photo)], True)
                lines.append((f"照片 {photo.number}：{photo.where}，在图外", ink))
            elif photo.azimuth_deg is None:
                lines.append((f"照片 {photo.number}：方位角未知，只标位置", small))
        return lines


def _round_scale(needed: float) -> int:
    """The next larger round scale from 1:500 on, in finer steps than the other maps: photos stand close together."""
    base = 10 ** math.floor(math.log10(max(needed, 500.0)))
    return int(next(step * base for step in _SCALES if step * base >= max(needed, 500.0) * (1 - 1e-9)))


def _layer(project: QgsProject, name: str, opacity: int) -> QgsVectorLayer:
    """An empty layer of wedges or circles, one colour for each sign, dashed where a person typed it."""
    layer = QgsVectorLayer(f"Polygon?crs={map_parts.DISPLAY_CRS}&field=sign:string(12)", name, "memory")
    categories = []
    for sign, colour in _COLOURS.items():
        for hand in ("", "手"):
            symbol = QgsFillSymbol.createSimple(
                {
                    "color": f"{colour},{round(opacity * 2.55)}",
                    "outline_color": f"{colour},255",
                    "outline_width": "0.5" if opacity else "0.3",
                    "outline_style": "dash" if hand else "solid",
                }
            )
            categories.append(QgsRendererCategory(sign + hand, symbol, sign))
    layer.setRenderer(QgsCategorizedSymbolRenderer("sign", categories))
    project.addMapLayer(layer, False)
    return layer


def _ahead(at: QgsPointXY, azimuth: float, length: float) -> QgsPointXY:
    """The point so far in a direction; grid and true north differ by a degree or two, which does not matter here."""
    angle = math.radians(azimuth)
    return QgsPointXY(at.x() + length * math.sin(angle), at.y() + length * math.cos(angle))


def _sign(photo: PhotoItem) -> str:
    return {BAD: "bad", WARN: "warn"}.get(photo.verdict, "ok")


def _feature(photo: PhotoItem, azimuth: float, half: float, length_m: float, sign: str) -> QgsFeature:
    """A sector of a circle on the ground, in lon/lat."""
    ring = view_sector(photo.lon or 0.0, photo.lat or 0.0, azimuth, half, length_m)
    feature = QgsFeature()
    feature.setGeometry(QgsGeometry.fromPolygonXY([[QgsPointXY(x, y) for x, y in ring.exterior.coords]]))
    feature.setAttributes([sign + ("手" if photo.manual else "")])
    return feature


def _written(
    photos: Sequence[PhotoItem], places: Mapping[str, QgsPointXY], frame: QgsRectangle
) -> list[tuple[str, str, QgsPointXY]]:
    """Numbers with marks, the worst sign of each group, and where they stand: in the wedge, near ones together."""
    groups: list[tuple[QgsPointXY, list[PhotoItem]]] = []
    step = 0.055 * frame.width()
    for photo in photos:
        at = places[photo.number]
        if photo.azimuth_deg is not None:
            at = _ahead(at, photo.azimuth_deg, step)
        else:
            at = QgsPointXY(at.x(), at.y() + 0.6 * step)
        group = next((g for g in groups if g[0].distance(at) < _TOGETHER * frame.width()), None)
        if group is None:
            groups.append((at, [photo]))
        else:
            group[1].append(photo)
    worst = ("bad", "warn", "ok")
    return [
        (
            " ".join(f"{p.number}{_SIGNS[_sign(p)]}{'手' if p.manual else ''}" for p in group),
            min((_sign(p) for p in group), key=worst.index),
            at,
        )
        for at, group in groups
    ]
