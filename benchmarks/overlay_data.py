"""A seeded county of our own, for machines without the generator of the county of reference.

    overlay_data.py FOLDER PARCELS SEED

Grid cells whose shared edges are densified and bent by one smooth map, so that neighbours share every
vertex, as in a surveyed mosaic (about 40 vertices a parcel). Files and columns are named as there.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import shapely
from osgeo import ogr, osr

CODES = ("0101", "0103", "0201", "0301", "0307", "1006", "1104", "0702")
_X, _Y, _CELL = 370000.0, 3290000.0, 55.0


def _bend(coords: np.ndarray) -> np.ndarray:
    """An injective map: waves much longer than their height."""
    x, y = coords[:, 0], coords[:, 1]
    dx = 9 * np.sin(y / 31) + 4 * np.sin(x / 83 + y / 17)
    return np.column_stack([x + dx, y + 9 * np.sin(x / 29) + 3 * np.sin((x + y) / 57)])


def _write(folder: Path, layer: str, geoms: Sequence[object], columns: Mapping[str, Sequence[str]]) -> None:
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(4545)
    path = folder / f"{layer}.gpkg"
    path.unlink(missing_ok=True)
    dataset = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    table = dataset.CreateLayer(layer, srs, ogr.wkbPolygon)
    for name in columns:
        table.CreateField(ogr.FieldDefn(name, ogr.OFTString))
    table.StartTransaction()
    for wkb, *values in zip(shapely.to_wkb(geoms), *columns.values()):
        feature = ogr.Feature(table.GetLayerDefn())
        for name, value in zip(columns, values):
            feature.SetField(name, value)
        feature.SetGeometry(ogr.CreateGeometryFromWkb(wkb))
        table.CreateFeature(feature)
    table.CommitTransaction()
    table = dataset = None


def _zones(rng: np.random.Generator, side: float, vertices: int, count: int) -> list[object]:
    """Some large polygons with waves along their edge."""
    rings = []
    for k in range(count):
        angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
        radius = side / (3 * count) * (1 + 0.2 * np.sin(5 * angle + k) + 0.02 * np.sin(311 * angle))
        centre = (_X + side * (k + 0.5) / count, _Y + side * rng.uniform(0.2, 0.8))
        rings.append(shapely.Polygon(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]) + centre))
    return rings


def generate(folder: Path, parcels: int, patches: Sequence[int] = (100, 2000, 20000), seed: int = 7) -> None:
    """Write dltb, yjjbnt, redline, ugb and patches_N (.gpkg, EPSG:4545) and at last stats.json."""
    rng = np.random.default_rng(seed)
    cells = max(4, round(parcels**0.5))
    i, j = (a.ravel() for a in np.meshgrid(np.arange(cells), np.arange(cells)))
    x, y = _X + i * _CELL, _Y + j * _CELL
    # Densified on a fixed step, so that both sides of an edge get the same vertices.
    mosaic = shapely.transform(shapely.segmentize(shapely.box(x, y, x + _CELL, y + _CELL), _CELL / 10), _bend)
    codes = rng.choice(CODES, len(mosaic))
    names = [f"class {code}" for code in codes]
    _write(folder, "dltb", mosaic, {"DLBM": codes, "DLMC": names})
    farm = np.isin(codes, ("0101", "0103"))
    _write(folder, "yjjbnt", mosaic[farm], {"DLBM": codes[farm]})
    side = cells * _CELL
    for name, vertices, count in (("redline", 40000, 6), ("ugb", 7000, 4)):
        zones = _zones(rng, side, vertices, count)
        _write(folder, name, zones, {"BHMC": [f"{name}{k}" for k in range(count)]})
    for count in patches:
        own = np.random.default_rng(seed * 1000 + count)
        centre = own.uniform(0.03, 0.97, (count, 2)) * side + np.array([_X, _Y])
        size = np.exp(own.uniform(np.log(5), np.log(65), count))
        angle = np.sort(own.uniform(0, 2 * np.pi, (count, 16)), axis=1)
        ring = np.stack([np.cos(angle), np.sin(angle)], axis=2) * size[:, None, None] + centre[:, None, :]
        shapes = shapely.polygons(ring)
        shapes = np.where(shapely.is_valid(shapes), shapes, shapely.convex_hull(shapes))
        numbers = [f"500112{2024}{n:06d}" for n in range(count)]
        areas = [f"{area:.2f}" for area in shapely.area(shapes)]
        _write(folder, f"patches_{count}", shapes, {"JCBH": numbers, "JCMJ": areas})
    (folder / "stats.json").write_text(json.dumps({"parcels": len(mosaic)}), encoding="utf-8")


if __name__ == "__main__":
    size = int(sys.argv[2])
    generate(Path(sys.argv[1]), size, (20, 100) if size < 5000 else (100, 2000, 20000), seed=int(sys.argv[3]))
