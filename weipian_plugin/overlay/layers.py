"""The features of one assigned layer near some patches, valid and in the frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

import numpy as np
import shapely

from ..core.errors import WeipianError
from ..core.findings import Finding
from ..core.model import APPROVAL_ROLES, ROLE_LABELS, LayerAssignment
from ..sources.crs import Transformer
from ..sources.reader import FeatureSource, open_source
from .frame import Frame
from .landuse import FOREIGN_PREFIX, NO_CODE, code_field, is_tdt1055, recognise
from .shapes import HUGE, polygonal, repair, split_huge

#: Columns with personal data of the protection registers: never copied (dossier 3.4).
_PERSONAL = frozenset(
    ("ZRRZJHM", "LXDH", "JZDZ", "SFZH", "身份证号", "身份证号码", "联系电话", "电话", "手机号", "住址")
)
#: Rows looked at besides the patches' neighbourhood to recognise the classification.
_SAMPLE = 2000


@dataclass
class Features:
    """Pieces of features: `owner` indexes `codes` and `attributes`, one entry a feature."""

    geoms: Any
    owner: Any
    codes: list[str]
    attributes: list[dict[str, str]]


@dataclass
class _Trouble:
    """Feature ids by what was wrong with them; a set, because neighbouring chunks meet the same feature."""

    repaired: set[int] = field(default_factory=set)
    broken: set[int] = field(default_factory=set)
    flat: set[int] = field(default_factory=set)
    uncoded: set[int] = field(default_factory=set)


class Layer:
    """An open layer in a role."""

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
        self.code_field = ""
        if self.role == "landuse" or (self.role == "plan_zone" and assignment.class_field):
            self.code_field = code_field(self.source.fields, assignment.class_field, self.label)
        self._name_field = next((f for f in self.source.fields if f.upper() == "DLMC"), "")
        self._prefix = ""
        self._pairs: set[tuple[str, str]] = set()
        self._trouble = _Trouble()
        self._split: dict[int, list[Any]] = {}
        self._frame: Optional[Frame] = None
        self._reached = False

    def enter(self, frame: Frame, patches: Any) -> None:
        """Prepare the way into the frame and back; `patches` are all geometries of the run.

        Raises:
            WeipianError: E_CRS_DATUM, E_CRS_INVALID, E_LANDUSE_SCHEME.
        """
        self._frame = frame
        self._patches = shapely.STRtree(patches)
        self._there = Transformer(self.source.crs, frame.crs)
        self._back = Transformer(frame.crs, self.source.crs)
        if self.role != "landuse":
            return
        if not self.assignment.scheme:
            self._sample()
        elif not is_tdt1055(self.assignment.scheme):
            self._prefix = FOREIGN_PREFIX

    def _sample(self) -> None:
        """Recognise the classification on the first rows of the layer."""
        fields = self._fields()
        for number, (_, _, values) in enumerate(self.source.read(None, fields)):
            self._note(values)
            if number >= _SAMPLE:
                break
        self.check_scheme()

    def check_scheme(self) -> None:
        """Raise E_LANDUSE_SCHEME if the codes met so far leave a doubt and no scheme was named."""
        if self.role == "landuse" and not self.assignment.scheme:
            recognise(self._pairs, self.source.layer, self.source.fields, self.label)

    def _note(self, values: dict[str, Optional[str]]) -> None:
        self._pairs.add((values[self.code_field] or "", values.get(self._name_field) or ""))

    def _fields(self) -> list[str]:
        if self.code_field:
            return [f for f in dict.fromkeys((self.code_field, self._name_field)) if f]
        if self.role in APPROVAL_ROLES:
            return [f for f in self.source.fields if f.upper() not in _PERSONAL]
        return []

    def near(self, geoms: Any) -> Features:
        """The features whose boxes meet those of `geoms` (of the frame)."""
        frame = self._frame
        if frame is None:
            raise WeipianError("E_UNEXPECTED", detail=self.label)
        boxes = frame.boxes(geoms, self._back)
        rows = [row for row in self.source.read_boxes(boxes, self._fields()) if row[1]]
        self._reached = self._reached or bool(rows)
        shapes = self._shapes(rows, frame)
        pieces: list[Any] = []
        owner: list[int] = []
        codes: list[str] = []
        attributes: list[dict[str, str]] = []
        for (fid, _, values), parts in zip(rows, shapes):
            pieces += parts
            owner += [len(codes)] * len(parts)
            codes.append(self._code(fid, values))
            attributes.append({} if self.code_field else {k: v or "" for k, v in values.items()})
        return Features(np.array(pieces, dtype=object), np.array(owner, dtype=np.intp), codes, attributes)

    def _code(self, fid: int, values: dict[str, Optional[str]]) -> str:
        if not self.code_field:
            return ""
        if self.role == "landuse":
            self._note(values)
        code = (values[self.code_field] or "").strip()
        if not code:
            self._trouble.uncoded.add(fid)
            return NO_CODE
        return self._prefix + code

    def _shapes(self, rows: Sequence[tuple[int, Optional[bytes], Any]], frame: Frame) -> list[list[Any]]:
        """Polygons in the frame of each row, repaired, the huge ones in pieces (kept for the next chunk)."""
        out: list[list[Any]] = [self._split.get(row[0], []) for row in rows]
        fresh = [i for i, row in enumerate(rows) if row[0] not in self._split]
        if not fresh:
            return out
        fids = np.array([rows[i][0] for i in fresh])
        geoms = shapely.from_wkb(np.array([rows[i][1] for i in fresh], dtype=object), on_invalid="ignore")
        broken = shapely.is_missing(geoms) | ~np.isfinite(shapely.bounds(geoms)).all(axis=1)
        geoms[broken] = shapely.Polygon()
        invalid = ~shapely.is_valid(geoms)
        self._trouble.broken.update(fids[broken].tolist())
        self._trouble.repaired.update(fids[invalid].tolist())
        for at in np.flatnonzero(invalid).tolist():
            geoms[at] = repair(geoms[at])
        geoms = polygonal(geoms)
        self._trouble.flat.update(fids[shapely.is_empty(geoms) & ~broken].tolist())
        geoms = frame.shift(self._there.geometry(geoms))
        huge = shapely.get_num_coordinates(geoms) > HUGE
        for i, fid, geom, cut, empty in zip(fresh, fids.tolist(), geoms, huge.tolist(), shapely.is_empty(geoms)):
            if cut:
                self._split[fid] = split_huge(geom, self._patches)
            out[i] = self._split[fid] if cut else [] if empty else [geom]
        return out

    def findings(self) -> list[Finding]:
        """What was wrong with the features met."""
        said = (
            ("W_GEOMETRY_REPAIRED", self._trouble.repaired, "有 {n} 个图形自相交，已临时修复后参与套合（{ids}）"),
            ("W_GEOMETRY_BROKEN", self._trouble.broken, "有 {n} 个图形读不出来，没有参与套合（{ids}）"),
            ("W_NOT_POLYGON", self._trouble.flat, "有 {n} 个图形不是面，没有参与套合（{ids}）"),
            ("W_CLASS_EMPTY", self._trouble.uncoded, "有 {n} 个图斑没有填地类编码，记为“未填”（{ids}）"),
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
        """Release the file."""
        self.source.close()
