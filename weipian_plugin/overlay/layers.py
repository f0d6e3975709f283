"""The features of one assigned layer near some patches, valid and in the frame."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

import numpy as np
import shapely

from ..core.errors import WeipianError
from ..core.findings import Finding
from ..core.model import APPROVAL_ROLES, ROLE_LABELS, LayerAssignment
from ..core.personal import is_personal
from ..sources.crs import Transformer
from ..sources.near import Near, Neighbourhood
from ..sources.reader import FeatureSource, open_source
from .frame import Frame
from .huge import SHELF, Pieces
from .landuse import FOREIGN_PREFIX, NO_CODE, code_field, is_tdt1055, recognise
from .shapes import HUGE, polygonal, repair, split_huge

#: Roles whose rows carry the attributes of the features met.
DETAILED_ROLES = (*APPROVAL_ROLES, "mining_right")
#: Rows looked at besides the patches' neighbourhood to recognise the classification.
_SAMPLE = 200
#: From this length of WKB on a polygon is huge: 16 bytes a vertex.
_HUGE_BYTES = HUGE * 16
#: Share of a parcel that is 田坎, as the survey has it; more is a percentage or an error.
_MOST_KCXS = 1.0


@dataclass
class Features:
    """Pieces of features near a chunk of patches and the pairs whose boxes meet.

    `patch`, `piece`: a pair an entry, ascending by patch; positions in the chunk and in `geoms`. `owner`: of
    each piece the position of its feature in `codes`, `net` (1 - KCXS, or None) and `attributes`.
    No geometry is shared with any other chunk.
    """

    patch: Any
    piece: Any
    geoms: Any
    owner: Any
    codes: list[str]
    net: Optional[Any]
    attributes: list[dict[str, str]]


@dataclass
class _Trouble:
    """Feature ids by what was wrong with them; a set, because neighbouring chunks meet the same feature."""

    repaired: set[int] = field(default_factory=set)
    broken: set[int] = field(default_factory=set)
    flat: set[int] = field(default_factory=set)
    uncoded: set[int] = field(default_factory=set)
    deducted: set[int] = field(default_factory=set)


class Layer:
    """An open layer in a role. `features` may be asked by several threads at once, all else by one."""

    def __init__(self, assignment: LayerAssignment) -> None:
        self.assignment = assignment
        self.role = assignment.role
        self.source: FeatureSource = open_source(Path(assignment.source), assignment.layer, crs=assignment.crs)
        self.label = f"{ROLE_LABELS.get(self.role, self.role)}：{Path(assignment.source).name}|{self.source.layer}"
        if not self.source.crs:
            raise WeipianError("E_LAYER_CRS", path=self.label)
        kind = self.source.geometry_type.lower()
        if "point" in kind or "line" in kind or kind == "none":
            raise WeipianError("E_NOT_POLYGON", geometry=self.source.geometry_type, path=self.label)
        self.code_field = self._net_field = self._name_field = ""
        if self.role == "landuse" or (self.role == "plan_zone" and assignment.class_field):
            self.code_field = code_field(self.source.fields, assignment.class_field, self.label)
        if self.role == "landuse":
            self._net_field = next((f for f in self.source.fields if f.upper() == "KCXS"), "")
        if self.role == "landuse" and not assignment.scheme:
            self._name_field = next((f for f in self.source.fields if f.upper() == "DLMC"), "")
        self._prefix = ""
        self._pairs: set[tuple[str, str]] = set()
        self._trouble = _Trouble()
        self._pieces: dict[int, Pieces] = {}
        self._cutting, self._noting = threading.Lock(), threading.Lock()
        self._reached = False

    def enter(self, frame: Frame, patches: Any) -> None:
        """Prepare the way into the frame and back; `patches` are all geometries of the run.

        Raises:
            WeipianError: E_CRS_DATUM, E_CRS_INVALID, E_LANDUSE_SCHEME.
        """
        self._frame = frame
        self._there = Transformer(self.source.crs, frame.crs)
        if self.role == "landuse" and not self.assignment.scheme:
            self._pairs.update(
                (row[0] or "", row[-1] or "") for row in self.source.sample(self._code_fields(), _SAMPLE)
            )
            self.check_scheme()
        elif self.role == "landuse" and not is_tdt1055(self.assignment.scheme):
            self._prefix = FOREIGN_PREFIX
        self._pieces.update(SHELF.of(self._shelf_key()))
        boxes = frame.boxes(patches, Transformer(frame.crs, self.source.crs))
        self._hood: Neighbourhood = self.source.surroundings(boxes, self._fields())

    def check_scheme(self) -> None:
        """Raise E_LANDUSE_SCHEME if the codes met so far leave a doubt and no scheme was named."""
        if self.role == "landuse" and not self.assignment.scheme:
            recognise(self._pairs, self.source.layer, self.source.fields, self.label)

    def _code_fields(self) -> list[str]:
        return [f for f in dict.fromkeys((self.code_field, self._name_field)) if f]

    def _fields(self) -> list[str]:
        if self.code_field:
            return [self.code_field, *([self._net_field] if self._net_field else [])]
        if self.role in DETAILED_ROLES:
            return [f for f in self.source.fields if not is_personal(f)]
        return []

    def features(self, which: Any, geoms: Any) -> Features:
        """What lies near the patches with the positions `which`; `geoms` are theirs, in the frame."""
        near = self._hood.near(which, self._pieces.keys())
        huge = [i for i, fid in enumerate(near.fids) if fid in self._pieces or len(near.wkb[i] or b"") > _HUGE_BYTES]
        small = np.ones(len(near.fids), dtype=bool)
        small[huge] = False
        shapes, place = self._small(near, np.flatnonzero(small))
        keep = place[near.feature] >= 0
        patch, piece = [near.box[keep]], [place[near.feature[keep]]]
        pieces, owner = [shapes], [np.flatnonzero(place >= 0)]
        count = len(shapes)
        for at in huge:
            found = self._huge(near.fids[at], near.wkb[at])
            of_patch, of_piece = found.tree.query(geoms)
            mine, local = np.unique(of_piece, return_inverse=True)
            # A copy of one's own: no geometry is ever touched by two threads.
            pieces.append(shapely.from_wkb(shapely.to_wkb(found.geoms[mine])))
            patch.append(of_patch)
            piece.append(local + count)
            owner.append(np.full(len(mine), at))
            count += len(mine)
        all_patch = np.concatenate(patch)
        order = np.argsort(all_patch, kind="stable")
        codes, net, attributes = self._values(near)
        return Features(
            all_patch[order],
            np.concatenate(piece)[order],
            np.concatenate(pieces),
            np.concatenate(owner),
            codes,
            net,
            attributes,
        )

    def _values(self, near: Near) -> tuple[list[str], Optional[Any], list[dict[str, str]]]:
        """(codes, 1 - KCXS, attributes) of each feature."""
        count = len(near.fids)
        if not self.code_field:
            names = list(near.values)
            rows = zip(*(near.values[name] for name in names)) if names else ()
            return [""] * count, None, [{k: v or "" for k, v in zip(names, row)} for row in rows]
        raw = near.values[self.code_field]
        codes = [self._prefix + text if (text := (code or "").strip()) else NO_CODE for code in raw]
        with self._noting:
            if NO_CODE in codes:
                self._trouble.uncoded.update(fid for fid, code in zip(near.fids, codes) if code == NO_CODE)
            if self.role == "landuse" and not self.assignment.scheme:
                self._pairs.update((code or "", "") for code in set(raw))
        net = self._net(near) if self._net_field else None
        return codes, net, []

    def _net(self, near: Near) -> Any:
        """1 - KCXS of each parcel; 1 where it is not given, noted where it makes no sense."""
        known: dict[Optional[str], float] = {}
        for text in set(near.values[self._net_field]):
            try:
                known[text] = float(text or 0)
            except ValueError:
                known[text] = math.nan
        share = np.array([known[text] for text in near.values[self._net_field]], dtype=np.float64)
        wrong = ~((share >= 0) & (share < _MOST_KCXS))
        if wrong.any():
            with self._noting:
                self._trouble.deducted.update(near.fids[i] for i in np.flatnonzero(wrong).tolist())
        return 1 - np.where(wrong, 0.0, share)

    def _small(self, near: Near, at: Any) -> tuple[Any, Any]:
        """(polygons in the frame, position of each feature among them or -1) of the features at `at`."""
        place = np.full(len(near.fids), -1, dtype=np.intp)
        blobs = [near.wkb[i] for i in at.tolist()]
        given = np.array([blob is not None for blob in blobs], dtype=bool)
        at = at[given]
        geoms = shapely.from_wkb(np.array([b for b in blobs if b is not None], dtype=object), on_invalid="ignore")
        broken = shapely.is_missing(geoms) | ~np.isfinite(shapely.bounds(geoms)).all(axis=1)
        geoms[broken] = shapely.Polygon()
        invalid = np.flatnonzero(~shapely.is_valid(geoms))
        for i in invalid.tolist():
            geoms[i] = repair(geoms[i])
        geoms = polygonal(geoms)
        empty = shapely.is_empty(geoms)
        fids = np.array(near.fids, dtype=object)[at]
        with self._noting:
            self._reached = self._reached or bool(len(near.fids))
            self._trouble.broken.update(fids[broken].tolist())
            self._trouble.repaired.update(fids[invalid].tolist())
            self._trouble.flat.update(fids[empty & ~broken].tolist())
        geoms, at = geoms[~empty], at[~empty]
        place[at] = np.arange(len(at))
        return self._into_frame(geoms), place

    def _into_frame(self, geoms: Any) -> Any:
        moved = geoms if self._there.identity or not len(geoms) else self._there.geometry(geoms)
        return self._frame.shift(moved) if len(geoms) else geoms

    def _huge(self, fid: int, wkb: Optional[bytes]) -> Pieces:
        """The pieces of a huge polygon, cut once a process."""
        with self._cutting:
            if fid not in self._pieces:
                found = SHELF.get((self._shelf_key(), fid), lambda: self._cut(wkb))
                self._pieces[fid] = found
            found = self._pieces[fid]
        if found.repaired:
            with self._noting:
                self._trouble.repaired.add(fid)
        return found

    def _shelf_key(self) -> tuple[Any, ...]:
        return (str(self.assignment.source), self.source.fingerprint, self.source.crs, self._frame.key)

    def _cut(self, wkb: Optional[bytes]) -> tuple[Any, bool]:
        """(pieces, whether it had to be repaired); not cut where the pieces would not sum to the whole."""
        geom = polygonal(np.array([shapely.from_wkb(wkb, on_invalid="ignore")], dtype=object))
        whole = self._into_frame(geom)[0]
        pieces = split_huge(whole)
        if pieces is not None:
            return pieces, False
        valid = bool(shapely.is_valid(geom[0]))
        if not valid:
            whole = self._into_frame(polygonal(np.array([repair(geom[0])], dtype=object)))[0]
            pieces = split_huge(whole)
        return (np.array([whole], dtype=object) if pieces is None else pieces), not valid

    def findings(self) -> list[Finding]:
        """What was wrong with the features met."""
        said = (
            ("W_GEOMETRY_REPAIRED", self._trouble.repaired, "有 {n} 个图形自相交，已临时修复后参与套合（{ids}）"),
            ("W_GEOMETRY_BROKEN", self._trouble.broken, "有 {n} 个图形读不出来，没有参与套合（{ids}）"),
            ("W_NOT_POLYGON", self._trouble.flat, "有 {n} 个图形不是面，没有参与套合（{ids}）"),
            ("W_CLASS_EMPTY", self._trouble.uncoded, "有 {n} 个图斑没有填地类编码，记为“未填”（{ids}）"),
            ("W_KCXS", self._trouble.deducted, "有 {n} 个图斑的扣除系数不在 0 到 1 之间，没有扣除田坎（{ids}）"),
        )
        found = []
        if not self._reached:
            text = "附近没有任何图斑，面积都按 0 计；如果不应如此，请检查是否选错了图层或坐标系"
            found.append(Finding("W_LAYER_AWAY", f"{self.label} {text}", self.label))
        for code, fids, text in said:
            if fids:
                ids = "要素 " + "、".join(str(f) for f in sorted(fids)[:5]) + ("……" if len(fids) > 5 else "")
                found.append(Finding(code, f"{self.label} " + text.format(n=len(fids), ids=ids), self.label))
        if self._prefix:
            text = f"{self.label} 采用{self.assignment.scheme}，不能按三调工作分类归类，面积记为未分类"
            found.append(Finding("W_SCHEME_FOREIGN", text, self.label))
        return found

    def close(self) -> None:
        """Release the file; no thread may be asking."""
        self.source.close()
