"""The peer geopandas, in the environment of the peers: `geopandas.overlay`, areas by class and patch."""

from __future__ import annotations

import time
from typing import Any

import geopandas
import numpy as np
from service import serve

#: CGCS2000, to bring planar Gauss-Krueger areas to the ellipsoid (see `scaled`).
A, F = 6378137.0, 1 / 298.257222101
E2 = F * (2 - F)
#: North latitude of the county of reference; the radius changes by 1e-5 a degree, the area by 1e-8 of that.
LATITUDE = np.radians(29.7)
RADIUS = A * np.sqrt(1 - E2) / (1 - E2 * np.sin(LATITUDE) ** 2)


def scaled(planar: Any, east: Any) -> Any:
    """Planar m² -> ellipsoidal m², by the scale factor cosh(E/R) at the centroid."""
    return planar / np.cosh((east - 500000.0) / RADIUS) ** 2


def overlay(patches: str, landuse: str) -> dict[str, Any]:
    """Read both files, overlay, sum by patch and class."""
    start = time.perf_counter()
    ours = geopandas.read_file(patches, columns=["JCBH"])
    parcels = geopandas.read_file(landuse, columns=["DLBM"])
    pieces = geopandas.overlay(ours, parcels, how="intersection", keep_geom_type=True)
    shapes = pieces.geometry
    pieces["m2"] = scaled(shapes.area, shapes.centroid.x)
    sums = pieces.groupby(["JCBH", "DLBM"], sort=False)["m2"].sum()
    seconds = time.perf_counter() - start
    rows = [[patch, "landuse", code, area] for (patch, code), area in sums.items() if area > 0]
    return {"seconds": seconds, "areas": rows}


if __name__ == "__main__":
    serve({"overlay": overlay})
