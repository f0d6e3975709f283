"""Plain shapely, in the environment of the peers: what anybody would write, and the part that nobody can avoid."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import geopandas
import numpy as np
import shapely
from peer_geopandas import scaled
from service import serve

_THREADS = 2


def _measure(pieces: Any) -> Any:
    return scaled(shapely.area(pieces), shapely.get_x(shapely.centroid(pieces)))


def redline(patches: str, layer: str) -> dict[str, Any]:
    """Boxes that meet, then `shapely.intersection` of each pair; reading is not counted."""
    given = geopandas.read_file(patches, columns=["JCBH"])
    ours, large = given.geometry.to_numpy(), geopandas.read_file(layer).geometry.to_numpy()
    start = time.perf_counter()
    patch, polygon = shapely.STRtree(large).query(ours)
    pieces = shapely.intersection(ours[patch], large[polygon])
    planar = shapely.area(pieces)
    areas = np.zeros(len(planar))
    areas[planar > 0] = _measure(pieces[planar > 0])
    sums = np.bincount(patch, weights=areas, minlength=len(ours))
    seconds = time.perf_counter() - start
    whole = _measure(ours)
    names = given["JCBH"].tolist()
    rows = [[names[i], "eco_redline", "", float(sums[i])] for i in np.flatnonzero(sums)]
    vertices = int(shapely.get_num_coordinates(large).sum())
    return {"seconds": seconds, "areas": rows, "pairs": len(patch), "vertices": vertices,
            "whole": dict(zip(names, whole.tolist()))}  # fmt: skip


class _Pairs:
    """The true pairs of a county, found beforehand, and how to fetch their parcels again."""

    def __init__(self, patches: str, landuse: str) -> None:
        given = geopandas.read_file(patches, columns=[]).geometry.to_numpy()
        parcels = geopandas.read_file(landuse, columns=[], fid_as_index=True)
        patch, parcel = shapely.STRtree(parcels.geometry.to_numpy()).query(given, predicate="intersects")
        pieces = shapely.area(shapely.intersection(given[patch], parcels.geometry.to_numpy()[parcel]))
        order = np.argsort(patch[pieces > 0], kind="stable")
        self.patches = given
        self.patch, parcel = patch[pieces > 0][order], parcel[pieces > 0][order]
        self.parcels, self.of_pair = np.unique(parcel, return_inverse=True)
        self.blobs = shapely.to_wkb(parcels.geometry.to_numpy()[self.parcels])


def unavoidable(patches: str, landuse: str, runs: int) -> dict[str, Any]:
    """Seconds of reading the geometry of the parcels that are truly met, and of intersecting the true pairs.

    The pairs are known beforehand and their geometry lies in memory as WKB: no index, no file, no sums, no
    results. Intersections on two threads, cut between patches.
    """
    pairs = _Pairs(patches, landuse)
    parse, intersect = [], []
    middle = int(pairs.patch[len(pairs.patch) // 2])
    cut = int(np.searchsorted(pairs.patch, middle))
    parts = [slice(0, cut), slice(cut, None)]
    with ThreadPoolExecutor(_THREADS) as pool:
        for _ in range(runs):
            start = time.perf_counter()
            parcels = shapely.from_wkb(pairs.blobs)
            parse.append(time.perf_counter() - start)
            left, right = pairs.patches[pairs.patch], parcels[pairs.of_pair]
            start = time.perf_counter()
            list(pool.map(shapely.intersection, [left[p] for p in parts], [right[p] for p in parts]))
            intersect.append(time.perf_counter() - start)
    return {"parse": parse, "intersect": intersect, "pairs": len(pairs.patch), "parcels": len(pairs.parcels)}


def read(source: str, layer: str) -> dict[str, Any]:
    """One plain read by OGR in C (pyogrio): all features, geometry as WKB, all columns; nothing is made of it."""
    from pyogrio.raw import read as plain

    start = time.perf_counter()
    found = plain(source, layer=layer)
    return {"seconds": time.perf_counter() - start, "features": len(found[2])}


if __name__ == "__main__":
    serve({"redline": redline, "unavoidable": unavoidable, "read": read})
