"""Draw the township from above, before and after, two pixels a metre (EPSG:4545 GeoTIFF, JPEG inside)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import shapely
from land import CROPLAND, Land, noise, rectangle
from osgeo import gdal, osr
from PIL import Image, ImageDraw, ImageFilter
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

#: Mean colour (RGB) of a land use in October and in May.
TONES = {
    "0101": ((142, 136, 98), (96, 118, 84)), "0103": ((132, 122, 92), (112, 122, 72)),
    "0201": ((84, 104, 62), (78, 108, 60)), "0301": ((48, 70, 46), (44, 72, 42)), "0302": ((70, 96, 58), (70, 104, 56)),
    "0305": ((78, 92, 58), (76, 98, 56)), "0404": ((124, 124, 82), (112, 128, 76)),
    "0601": ((158, 156, 152), (160, 158, 154)), "0702": ((150, 142, 130), (152, 144, 132)),
    "08H2": ((156, 142, 126), (158, 144, 128)), "1003": ((150, 150, 148), (154, 154, 152)),
    "1006": ((176, 170, 158), (180, 174, 162)), "1101": ((74, 96, 86), (82, 104, 92)),
    "1104": ((62, 84, 80), (70, 94, 88)), "1202": ((150, 142, 120), (148, 144, 120)),
    "1206": ((158, 132, 98), (160, 134, 100)),
}  # fmt: skip
ROOFS = ((96, 100, 108), (150, 84, 66), (176, 178, 182), (122, 76, 62), (86, 112, 150))
SUPER = 2  # pixels a metre


class Canvas:
    """A picture of `land.extent` that takes plane coordinates."""

    def __init__(self, land: Land, pixels: np.ndarray) -> None:
        self.land = land
        size = (pixels.shape[1] * SUPER, pixels.shape[0] * SUPER)
        image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
        self.image = image.resize(size, Image.Resampling.BICUBIC)
        self.draw = ImageDraw.Draw(self.image)

    def xy(self, coordinates: object) -> list[tuple[float, float]]:
        """Plane coordinates to pixels."""
        xmin, _, _, ymax = self.land.extent
        return [((x - xmin) * SUPER, (ymax - y) * SUPER) for x, y in np.asarray(coordinates)[:, :2]]

    def fill(self, shape: BaseGeometry, colour: Sequence[float]) -> None:
        """Paint polygons, holes left as they are."""
        if shape.is_empty:
            return
        xmin, _, _, ymax = self.land.extent
        west, south, east, north = shape.bounds
        left, top = max(0, int((west - xmin) * SUPER) - 1), max(0, int((ymax - north) * SUPER) - 1)
        size = (int((east - west) * SUPER) + 4, int((north - south) * SUPER) + 4)
        mask = Image.new("L", size, 0)
        pen = ImageDraw.Draw(mask)

        def local(coordinates: object) -> list[tuple[float, float]]:
            return [(x - left, y - top) for x, y in self.xy(coordinates)]

        for part in shapely.get_parts(shape):
            if isinstance(part, Polygon) and not part.is_empty:
                pen.polygon(local(part.exterior.coords), fill=255)
                for hole in part.interiors:
                    pen.polygon(local(hole.coords), fill=0)
        self.image.paste(tuple(int(v) for v in colour), (left, top), mask)

    def line(self, shape: BaseGeometry, colour: Sequence[float], width_m: float) -> None:
        """Draw lines `width_m` wide."""
        for part in shapely.get_parts(shape):
            if part.length > 0:
                points = self.xy(part.coords)
                self.draw.line(points, fill=tuple(int(v) for v in colour), width=max(1, round(width_m * SUPER)))

    def dot(self, x: float, y: float, radius: float, colour: Sequence[float]) -> None:
        """A tree crown or a heap."""
        xmin, _, _, ymax = self.land.extent
        px, py, r = (x - xmin) * SUPER, (ymax - y) * SUPER, radius * SUPER
        self.draw.ellipse((px - r, py - r, px + r, py + r), fill=tuple(int(v) for v in colour))

    def roof(self, shape: Polygon, colour: Sequence[float], rise: float = 4.0) -> None:
        """A roof: shadow to the north-west, a lit and a dark half along the ridge."""
        self.fill(shapely.affinity.translate(shape, -rise * 0.7, rise * 0.8), (46, 48, 46))
        self.fill(shape, colour)
        ring = np.array(shape.minimum_rotated_rectangle.exterior.coords)[:4]
        sides = np.hypot(*np.diff(ring[:3], axis=0).T)
        a, b, c, d = ring if sides[0] > sides[1] else np.roll(ring, -1, axis=0)
        ridge = [(a + d) / 2, (b + c) / 2]
        self.fill(Polygon([ridge[0], ridge[1], c, d]).intersection(shape), [v * 0.8 for v in colour])

    def pixels(self) -> np.ndarray:
        """Two pixels a metre."""
        return np.asarray(self.image, dtype=np.float32)


def _labels(land: Land) -> np.ndarray:
    """Index of the parcel under every pixel."""
    image = Image.new("I", (land.relief.shape[1], land.relief.shape[0]), 0)
    pen = ImageDraw.Draw(image)
    xmin, _, _, ymax = land.extent
    for index, parcel in sorted(enumerate(land.parcels), key=lambda item: -item[1].shape.area):
        pen.polygon([(x - xmin, ymax - y) for x, y in parcel.shape.exterior.coords], fill=index)
    return np.asarray(image)


def ground(land: Land, season: int, rng: np.random.Generator) -> np.ndarray:
    """Fields, woods, water and roads without buildings; `season` 0 is October, 1 is May."""
    labels = _labels(land)
    rows, columns = np.indices(labels.shape, dtype=np.float32)
    tones = np.array([TONES[p.code][season] for p in land.parcels], dtype=np.float32)
    steady = np.random.default_rng(len(land.parcels))  # a field keeps its character between the seasons
    spread = np.array([9 if p.code in CROPLAND else 5 for p in land.parcels])[:, None]
    tones += steady.normal(0, 1, (len(tones), 1)) * spread + steady.normal(0, 2.6, tones.shape)
    tones += rng.normal(0, 1, (len(tones), 1)) * spread * 0.6
    picture = tones[labels]
    angles = np.array([p.angle for p in land.parcels], dtype=np.float32)[labels]
    across = columns * np.sin(angles) + rows * np.cos(angles)
    period = np.array([{"0101": 5.5, "0103": 3.4, "0201": 5.0}.get(p.code, 0.0) for p in land.parcels])[labels]
    depth = np.array([{"0101": 5.0, "0103": 7.0, "0201": 13.0}.get(p.code, 0.0) for p in land.parcels])[labels]
    wave = np.sin(2 * np.pi * across / np.where(period > 0, period, 1)) * depth
    picture += np.where(period > 0, wave, 0)[:, :, None]
    woods = np.array([{"0301": 26, "0302": 20, "0305": 16, "0201": 8}.get(p.code, 0) for p in land.parcels])[labels]
    crowns = noise(rng, labels.shape, 9, 2) - 0.5
    picture += (crowns * 2.4 * woods)[:, :, None]
    calm = np.array([0.2 if p.code in ("1101", "1104", "1003", "1006") else 1.0 for p in land.parcels])[labels]
    grain = (noise(rng, labels.shape, 60, 5) - 0.5) * 26 + rng.normal(0, 3.2, labels.shape)
    picture += (grain * calm)[:, :, None]
    slope = np.gradient(np.asarray(land.relief) * 90)
    picture *= (1 + np.clip((slope[0] - slope[1]) * 0.35, -0.22, 0.22) * calm)[:, :, None]
    edge = np.zeros(labels.shape, dtype=np.float32)
    edge[:, 1:] += labels[:, 1:] != labels[:, :-1]
    edge[1:, :] += labels[1:, :] != labels[:-1, :]
    picture -= (np.clip(edge, 0, 1) * 15 * calm)[:, :, None]
    return np.clip(picture, 8, 250)


def _built(canvas: Canvas, land: Land) -> None:
    """Buildings, road markings and hedgerow trees that both dates show."""
    steady = np.random.default_rng(17)
    for parcel in land.parcels:
        if parcel.code in CROPLAND and steady.random() < 0.4:
            for at in steady.random(int(steady.integers(1, 5))):
                point = parcel.shape.exterior.interpolate(at, normalized=True)
                size = steady.uniform(1.6, 3.4)
                canvas.dot(point.x - 1.2, point.y + 1.4, size, (40, 48, 34))
                canvas.dot(point.x, point.y, size, (58 + steady.uniform(-12, 16), 84, 50))
    for house in land.houses:
        canvas.roof(house, ROOFS[int(steady.integers(len(ROOFS) - 1))])
    for line in (land.roads[0],):
        canvas.line(line, (212, 208, 196), 0.5)


def before(land: Land, rng: np.random.Generator) -> np.ndarray:
    """The earlier image."""
    canvas = Canvas(land, ground(land, 0, rng))
    _built(canvas, land)
    return _sensor(canvas.pixels(), rng, warm=3.0)


def after(land: Land, changes: Sequence[tuple[str, BaseGeometry]], rng: np.random.Generator) -> np.ndarray:
    """The later image, with what was done on each changed patch."""
    canvas = Canvas(land, ground(land, 1, rng))
    _built(canvas, land)
    for kind, shape in changes:
        for part in shapely.get_parts(shape):
            change(canvas, kind, part, rng)
    return _sensor(canvas.pixels(), rng, warm=-2.0)


def _sensor(pixels: np.ndarray, rng: np.random.Generator, warm: float) -> np.ndarray:
    """Noise, a slight blur and the tint of the day."""
    noisy = pixels + rng.normal(0, 2.0, pixels.shape) + np.array([warm, 0, -warm])
    image = Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(0.8)))


def _soil(canvas: Canvas, shape: Polygon, colour: Sequence[float], rng: np.random.Generator, heaps: float) -> None:
    """Bare, uneven ground: mottled colour, wheel tracks, heaps a cell of `heaps` m² each."""
    canvas.fill(shape, colour)
    xmin, ymin, xmax, ymax = shape.bounds
    for _ in range(int(shape.area / 10)):
        x, y = rng.uniform(xmin, xmax), rng.uniform(ymin, ymax)
        if shape.contains(shapely.Point(x, y)):
            canvas.dot(x, y, rng.uniform(0.4, 1.7), np.array(colour) + rng.normal(0, 11) + rng.normal(0, 3, 3))
    for _ in range(max(2, int(shape.area / 900))):
        ends = shapely.LineString(np.column_stack([rng.uniform(xmin, xmax, 2), rng.uniform(ymin, ymax, 2)]))
        canvas.line(ends.intersection(shape.buffer(-1)), np.array(colour) * 0.86, 0.7)
    for _ in range(int(shape.area / heaps)):
        x, y = rng.uniform(xmin, xmax), rng.uniform(ymin, ymax)
        if shape.buffer(-3).contains(shapely.Point(x, y)):
            canvas.dot(x - 1.6, y + 1.6, 3.0, np.array(colour) * 0.5)
            canvas.dot(x, y, 2.8, np.array(colour) * 1.1)


class Site:
    """Main direction and size of a patch, for what is laid out on it."""

    def __init__(self, shape: Polygon) -> None:
        box = shape.minimum_rotated_rectangle
        ring = np.array(box.exterior.coords)
        sides = np.diff(ring[:3], axis=0)
        lengths = np.hypot(*sides.T)
        along = sides[int(np.argmax(lengths))]
        self.shape = shape
        self.angle = float(np.arctan2(along[1], along[0]))
        self.length, self.depth = float(lengths.max()), float(lengths.min())
        self.x, self.y = shape.centroid.x, shape.centroid.y

    def beside(self, offset: float) -> tuple[float, float]:
        """A place `offset` m across the main direction from the middle."""
        return self.x - offset * float(np.sin(self.angle)), self.y + offset * float(np.cos(self.angle))


def _hard(canvas: Canvas, site: Site, rng: np.random.Generator) -> None:
    """Concrete in slabs."""
    _soil(canvas, site.shape, (192, 190, 184), rng, 1e9)
    forward = np.array([np.cos(site.angle), np.sin(site.angle)])
    side = np.array([-forward[1], forward[0]]) * site.depth
    for step in np.arange(-site.length, site.length, 6.0):
        centre = np.array([site.x, site.y]) + step * forward
        joint = shapely.LineString([centre - side, centre + side]).intersection(site.shape)
        canvas.line(joint, (170, 168, 162), 0.5)


def _yard(canvas: Canvas, site: Site, rng: np.random.Generator) -> None:
    """Concrete with stacks of material."""
    _hard(canvas, site, rng)
    for _ in range(int(site.shape.area / 160)):
        x, y = site.x + rng.normal(0, site.depth / 3), site.y + rng.normal(0, site.depth / 3)
        item = rectangle(x, y, 7, 2.6, site.angle)
        if site.shape.contains(item):
            canvas.fill(item, ROOFS[int(rng.integers(len(ROOFS)))])


def _buildings(canvas: Canvas, site: Site, rng: np.random.Generator, *, works: bool) -> None:
    """One or two works halls, or a house."""
    _soil(canvas, site.shape, (186, 178, 166), rng, 1e9)
    rows = 2 if works and site.depth > 34 else 1
    for row in range(rows):
        x, y = site.beside((row - (rows - 1) / 2) * site.depth * 0.46)
        wide = site.depth * (0.56 if rows == 1 else 0.34)
        roof = rectangle(x, y, site.length * 0.74, wide, site.angle).intersection(site.shape)
        if isinstance(roof, Polygon):
            canvas.roof(roof, (92, 128, 176) if works else (168, 92, 74), 6.0 if works else 4.5)


def _rows(canvas: Canvas, site: Site, rng: np.random.Generator, *, solar: bool) -> None:
    """Solar panels or greenhouses in rows."""
    _soil(canvas, site.shape, (150, 140, 108) if solar else (142, 138, 108), rng, 1e9)
    pitch, wide = (6.0, 3.6) if solar else (10.5, 8.0)
    inner = site.shape.buffer(-2)
    for offset in np.arange(-site.depth / 2 + pitch / 2, site.depth / 2, pitch):
        bar = rectangle(*site.beside(offset), site.length, wide, site.angle).intersection(inner)
        canvas.fill(shapely.affinity.translate(bar, -0.8, 0.9), (70, 72, 66))
        canvas.fill(bar, (44, 56, 92) if solar else (214, 220, 222))


def _pit(canvas: Canvas, site: Site, rng: np.random.Generator) -> None:
    """A quarry with benches."""
    _soil(canvas, site.shape, (204, 192, 168), rng, 500)
    for inset in (8, 15, 22):
        ring = site.shape.buffer(-inset)
        if not ring.is_empty:
            canvas.line(ring.boundary, (150, 136, 112), 1.2)


def change(canvas: Canvas, kind: str, shape: Polygon, rng: np.random.Generator) -> None:
    """Draw what the later image shows on one patch; "unchanged" draws nothing."""
    site = Site(shape)
    if kind in ("soil", "road_building"):
        _soil(canvas, shape, (172, 138, 100), rng, 700 if kind == "soil" else 1e9)
    elif kind in ("hard", "yard"):
        (_hard if kind == "hard" else _yard)(canvas, site, rng)
    elif kind in ("works", "house"):
        _buildings(canvas, site, rng, works=kind == "works")
    elif kind in ("greenhouse", "solar"):
        _rows(canvas, site, rng, solar=kind == "solar")
    elif kind == "pit":
        _pit(canvas, site, rng)
    elif kind == "road":
        canvas.fill(shape, (186, 184, 178))
        canvas.line(shape.buffer(-0.3).boundary, (206, 204, 196), 0.5)
    elif kind == "pond":
        canvas.fill(shape, (156, 134, 100))
        canvas.fill(shape.buffer(-2.5), (76, 104, 100))


def write_geotiff(path: Path, pixels: np.ndarray, extent: tuple[float, float, float, float]) -> None:
    """One RGB GeoTIFF in EPSG:4545 with overviews, JPEG compressed."""
    height, width, _ = pixels.shape
    memory = gdal.GetDriverByName("MEM").Create("", width, height, 3, gdal.GDT_Byte)
    memory.SetGeoTransform(
        (extent[0], (extent[2] - extent[0]) / width, 0, extent[3], 0, -(extent[3] - extent[1]) / height)
    )
    plane = osr.SpatialReference()
    plane.ImportFromEPSG(4545)
    memory.SetProjection(plane.ExportToWkt())
    for band in range(3):
        memory.GetRasterBand(band + 1).WriteArray(pixels[:, :, band].astype(np.uint8))
    options = ["COMPRESS=JPEG", "PHOTOMETRIC=YCBCR", "JPEG_QUALITY=78", "TILED=YES"]
    gdal.GetDriverByName("GTiff").CreateCopy(str(path), memory, options=options).FlushCache()
