"""A seeded county for the overlay benchmark: a complete land-use mosaic, constraints, patches.

Grid cells whose shared edges are densified and bent by one smooth map, so that neighbours share every
vertex, as in a surveyed mosaic (about 40 vertices a parcel).
"""

from __future__ import annotations

from collections.abc import Sequence
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


def _write(path: Path, layer: str, geoms: Sequence[object], codes: Sequence[str]) -> None:
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(4545)
    dataset = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    table = dataset.CreateLayer(layer, srs, ogr.wkbPolygon)
    table.CreateField(ogr.FieldDefn("DLBM", ogr.OFTString))
    table.StartTransaction()
    for geom, code in zip(shapely.to_wkb(geoms), codes):
        feature = ogr.Feature(table.GetLayerDefn())
        feature.SetField("DLBM", code)
        feature.SetGeometry(ogr.CreateGeometryFromWkb(geom))
        table.CreateFeature(feature)
    table.CommitTransaction()
    table = dataset = None


def generate(folder: Path, cells: int, patches: int, seed: int = 7) -> None:
    """Write dltb, prime, redline, urban and patches (.gpkg, EPSG:4545); `cells` a side."""
    rng = np.random.default_rng(seed)
    i, j = (a.ravel() for a in np.meshgrid(np.arange(cells), np.arange(cells)))
    x, y = _X + i * _CELL, _Y + j * _CELL
    # Densified on a fixed step, so that both sides of an edge get the same vertices.
    parcels = shapely.transform(shapely.segmentize(shapely.box(x, y, x + _CELL, y + _CELL), _CELL / 10), _bend)
    codes = rng.choice(CODES, len(parcels))
    _write(folder / "dltb.gpkg", "dltb", parcels, codes)
    farm = np.isin(codes, ("0101", "0103"))
    _write(folder / "prime.gpkg", "prime", parcels[farm], codes[farm])
    side = cells * _CELL
    for name, vertices, count in (("redline", 40000, 5), ("urban", 9000, 3)):
        rings = []
        for k in range(count):
            angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
            radius = side / 9 * (1 + 0.2 * np.sin(5 * angle + k) + 0.02 * np.sin(311 * angle))
            centre = (_X + side * (k + 0.5) / count, _Y + side * rng.uniform(0.2, 0.8))
            rings.append(shapely.Polygon(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]) + centre))
        _write(folder / f"{name}.gpkg", name, rings, ["0101"] * count)
    centre = rng.uniform(0.03, 0.97, (patches, 2)) * side + np.array([_X, _Y])
    size = np.exp(rng.uniform(np.log(5), np.log(65), patches))
    angle = np.sort(rng.uniform(0, 2 * np.pi, (patches, 16)), axis=1)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=2) * size[:, None, None] + centre[:, None, :]
    _write(folder / "patches.gpkg", "patches", shapely.polygons(ring), [""] * patches)
