"""Pieces of a layer inside the patches of a chunk: how much ground they cover, counted once, and what they leave.

Areas inside this module are planar m² of the frame unless said otherwise; they decide what is exact, and
become ellipsoidal at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Optional

import numpy as np
import shapely

from ..geo.area import AREA
from .frame import Frame
from .layers import Features
from .shapes import mean_width, polygonal

#: Below this, gaps and duplicates are the arithmetic's: m², and relative to the patch.
NOISE_M2, NOISE = 1e-6, 1e-10
#: Pieces below this stay in the sums and out of lists, m² (design section 6).
SLIVER_M2 = 0.1
#: Snapping of the last resort where GEOS finds no topology, m (degrees in a frame in degrees: 0.1 m).
_LAST_GRID = 1e-6
#: Groups of more pieces than this are unioned without asking pair by pair.
_MOST_PAIRED = 24
#: Pieces told one by one at most, largest first.
_MOST_PIECES = 50
#: Decimals of degrees in texts: 0.01 mm.
_DECIMALS = 10


@dataclass
class Chunk:
    """Some patches: positions in the run, geometries of their own, centres, moments and ellipsoidal areas."""

    which: Any
    geoms: Any
    centres: Any
    moments: Any
    area: Any

    @classmethod
    def of(cls, frame: Frame, which: Any, geoms: Any) -> Chunk:
        """Measure and prepare; the geometries must belong to nobody else (prepared ones are not for sharing)."""
        bounds = shapely.bounds(geoms)
        centres = (bounds[:, :2] + bounds[:, 2:]) / 2
        moments = frame.moments(geoms, centres)
        shapely.prepare(geoms)
        return cls(which, geoms, centres, moments, frame.areas(moments, centres))

    def __len__(self) -> int:
        return len(self.which)


@dataclass
class Met:
    """Pieces of one role, one entry a piece, ascending by patch (position in the chunk).

    `feature` indexes `features.codes` and so on; `source` is the layer's polygon that the piece is cut from;
    `area` is ellipsoidal.
    """

    patch: Any
    feature: Any
    source: Any
    geom: Any
    moments: Any
    area: Any
    features: Features


def meet(frame: Frame, chunk: Chunk, features: Features) -> Met:
    """Intersect the patches of a chunk with what lies near them."""
    hit = shapely.intersects(chunk.geoms[features.patch], features.geoms[features.piece])
    patch, piece = features.patch[hit], features.piece[hit]
    geom = _cut(chunk, patch, features.geoms[piece])
    moments = frame.moments(geom, chunk.centres[patch])
    some = moments[:, AREA] > 0
    patch, piece, geom, moments = patch[some], piece[some], geom[some], moments[some]
    area = frame.areas(moments, chunk.centres[patch])
    return Met(patch, features.owner[piece], features.geoms[piece], geom, moments, area, features)


def _cut(chunk: Chunk, patch: Any, pieces: Any) -> Any:
    """The pieces inside their patches.

    An intersection costs ten predicates. So what lies in the patch stays as it is, what the patch lies in
    gives the patch, and the neighbours of a parcel that a patch copies, which touch it only, give nothing.
    """
    out = np.full(len(patch), shapely.Polygon(), dtype=object)
    todo = np.ones(len(patch), dtype=bool)
    lying_in_one = np.zeros(len(chunk), dtype=bool)
    outer, inner = shapely.bounds(chunk.geoms)[patch], shapely.bounds(pieces)
    for predicate, fits in (
        (shapely.equals_exact, (outer == inner).all(axis=1)),
        (shapely.covered_by, _encloses(inner, outer)),
        (shapely.covers, _encloses(outer, inner)),
    ):
        at = np.flatnonzero(fits & todo)
        at = at[predicate(chunk.geoms[patch[at]], pieces[at])]
        todo[at] = False
        out[at] = pieces[at]
        if predicate is not shapely.covers:
            out[at] = chunk.geoms[patch[at]]
            lying_in_one[patch[at]] = True
    beside = np.flatnonzero(todo & lying_in_one[patch])
    todo[beside[shapely.touches(chunk.geoms[patch[beside]], pieces[beside])]] = False
    rest = np.flatnonzero(todo)
    out[rest] = intersection(chunk.geoms[patch[rest]], pieces[rest])
    return out


def _encloses(outer: Any, inner: Any) -> Any:
    return (outer[:, :2] <= inner[:, :2]).all(axis=1) & (outer[:, 2:] >= inner[:, 2:]).all(axis=1)


def intersection(first: Any, second: Any) -> Any:
    """Pairwise intersection that finds a way where GEOS refuses one pair."""
    try:
        return shapely.intersection(first, second)
    except shapely.errors.GEOSException:
        return np.array([_one_pair(a, b) for a, b in zip(first, second)], dtype=object)


def _one_pair(a: Any, b: Any) -> Any:
    try:
        return shapely.intersection(a, b)
    except shapely.errors.GEOSException:
        return shapely.intersection(a, b, grid_size=_LAST_GRID)


def joined(parts: Sequence[Met]) -> Met:
    """The pieces of several layers as if they came from one."""
    if len(parts) == 1:
        return parts[0]
    offsets = np.cumsum([0, *(len(p.features.codes) for p in parts)])
    patch = np.concatenate([p.patch for p in parts])
    order = np.argsort(patch, kind="stable")
    nets = [np.ones(len(p.features.codes)) if p.features.net is None else p.features.net for p in parts]
    features = Features(
        patch=np.empty(0),
        piece=np.empty(0),
        geoms=np.empty(0, dtype=object),
        owner=np.empty(0),
        codes=[code for p in parts for code in p.features.codes],
        net=None if any(p.features.net is None for p in parts) else np.concatenate(nets),
        attributes=[item for p in parts for item in p.features.attributes],
    )
    feature = np.concatenate([p.feature + offset for p, offset in zip(parts, offsets)])
    return Met(
        patch[order],
        feature[order],
        np.concatenate([p.source for p in parts])[order],
        np.concatenate([p.geom for p in parts])[order],
        np.concatenate([p.moments for p in parts])[order],
        np.concatenate([p.area for p in parts])[order],
        features,
    )


@dataclass
class Cover:
    """Ground covered in each patch of a chunk, ellipsoidal m²: the union and the plain sum of the pieces."""

    area: Any
    total: Any


def cover(frame: Frame, chunk: Chunk, met: Met, *, whole: bool = False) -> Cover:
    """What the pieces cover, overlaps counted once.

    With `whole` the layer is expected to fill the patches: where its pieces sum to the patch in all moments
    nothing overlaps and nothing is missing, and no union is needed.
    """
    count = len(chunk)
    total = np.bincount(met.patch, weights=met.area, minlength=count)
    area = total.copy()
    starts = np.flatnonzero(np.diff(met.patch, prepend=-1))
    if not len(starts):
        return Cover(area, total)
    # Pieces of one feature never overlap, so a single feature needs no union.
    several = np.minimum.reduceat(met.feature, starts) != np.maximum.reduceat(met.feature, starts)
    if whole:
        several &= ~_fills(chunk, met, met.patch[starts])
    ends = np.append(starts[1:], len(met.patch))
    where = np.flatnonzero(several)
    where = where[_overlap(met, starts[where], ends[where])]
    unions = {int(met.patch[starts[i]]): _union(met.geom[starts[i] : ends[i]]) for i in where.tolist()}
    if unions:
        at = np.fromiter(unions, dtype=np.intp)
        area[at] = frame.areas(frame.moments(list(unions.values()), chunk.centres[at]), chunk.centres[at])
    return Cover(area, total)


def _overlap(met: Met, starts: Any, ends: Any) -> Any:
    """Mask of the groups of pieces in which polygons of two features share ground.

    Neighbours share an edge exactly where the layer is clean, and a predicate costs a tenth of a union. It
    is asked of the layer's polygons: cutting moves the ends of a shared edge by a last digit.
    """
    first, second = [np.empty(0, dtype=np.intp)], [np.empty(0, dtype=np.intp)]
    group = [np.empty(0, dtype=np.intp)]
    sizes = ends - starts
    for size in np.unique(sizes).tolist():
        mine = np.flatnonzero(sizes == size)
        if size > _MOST_PAIRED:
            continue
        i, j = np.triu_indices(size, 1)
        first.append((starts[mine][:, None] + i).ravel())
        second.append((starts[mine][:, None] + j).ravel())
        group.append(np.repeat(mine, len(i)))
    a, b, of = np.concatenate(first), np.concatenate(second), np.concatenate(group)
    one, other = shapely.bounds(met.geom[a]), shapely.bounds(met.geom[b])
    near = (one[:, :2] < other[:, 2:]).all(axis=1) & (other[:, :2] < one[:, 2:]).all(axis=1)
    near &= met.feature[a] != met.feature[b]
    a, b, of = a[near], b[near], of[near]
    out = sizes > _MOST_PAIRED
    out[of[~shapely.relate_pattern(met.source[a], met.source[b], "F********")]] = True
    return out


def _union(geoms: Any) -> Any:
    try:
        return shapely.union_all(geoms)
    except shapely.errors.GEOSException:
        return shapely.union_all(geoms, grid_size=_LAST_GRID)


def _fills(chunk: Chunk, met: Met, patches: Any) -> Any:
    """Mask of `patches` whose pieces sum to them in area, centre and spread."""
    target = chunk.moments[patches]
    apart = np.empty(target.shape)
    for column in range(target.shape[1]):
        sums = np.bincount(met.patch, weights=met.moments[:, column], minlength=len(chunk))
        apart[:, column] = np.abs(sums[patches] - target[:, column])
    noise = NOISE_M2 + NOISE * target[:, AREA]
    reach = np.sqrt(np.abs(target[:, -1] / np.where(target[:, AREA] > 0, target[:, AREA], 1.0))) + np.sqrt(
        target[:, AREA]
    )
    limits = np.column_stack([noise, noise * reach, noise * reach, noise * reach**2])
    return np.asarray((apart <= limits).all(axis=1))


def outside(frame: Frame, geom: Any, pieces: Any, name: str) -> tuple[dict[str, str], ...]:
    """What `pieces` leave of a patch: area, mean width and outline (lon/lat, EPSG:4490) of each part.

    The width is the shorter side of the rectangle with the part's area and perimeter. Parts below the
    sliver threshold are left out, the largest come first, `_MOST_PIECES` at most.
    """
    try:
        left = shapely.difference(geom, _union(pieces))
    except shapely.errors.GEOSException:
        left = shapely.difference(geom, _union(pieces), grid_size=_LAST_GRID)
    parts = shapely.get_parts(polygonal(np.array([left], dtype=object)))
    parts = parts[~shapely.is_empty(parts)]
    if not len(parts):
        return ()
    bounds = shapely.bounds(parts)
    centres = (bounds[:, :2] + bounds[:, 2:]) / 2
    area = frame.areas(frame.moments(parts, centres), centres)
    order = [i for i in np.argsort(-area, kind="stable").tolist() if area[i] >= SLIVER_M2][:_MOST_PIECES]
    shown = parts[order]
    width = mean_width(frame.metric(shown, centres[order]))
    texts = shapely.to_wkt(frame.lonlat(shown), rounding_precision=_DECIMALS)
    return tuple(
        {f"{name}_m2": f"{area[i]:.2f}", f"{name}_width_m": f"{w:.2f}", f"{name}_wkt": text}
        for i, w, text in zip(order, width.tolist(), texts.tolist())
    )


def details(count: int, met: Met, totals: Optional[Any] = None) -> list[tuple[dict[str, str], ...]]:
    """Attributes of every feature met in each patch with its own overlap, largest first, no slivers.

    With `totals` (the patches' areas) what of the patch lies outside the feature is told too.
    """
    sums: list[dict[int, float]] = [{} for _ in range(count)]
    for at, feature, area in zip(met.patch.tolist(), met.feature.tolist(), met.area.tolist()):
        sums[at][feature] = sums[at].get(feature, 0.0) + area
    out = []
    for at, features in enumerate(sums):
        order = sorted((f for f in features if features[f] >= SLIVER_M2), key=lambda f: (-features[f], f))
        rows = [{**met.features.attributes[f], "overlap_m2": f"{features[f]:.2f}"} for f in order]
        if totals is not None:
            for f, row in zip(order, rows):
                row["outside_m2"] = f"{max(0.0, float(totals[at]) - features[f]):.2f}"
        out.append(tuple(rows))
    return out
