"""Imagery of the batches in a session: which sources there are, how patches stand on them, marks, the frame seen."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Optional

from ..core.dates import parse_date
from ..core.errors import WeipianError
from ..core.imagery import (
    BASEMAP,
    FOLDER,
    TILES,
    ImageDate,
    ImageSource,
    ImageState,
    host_of,
    of_batch,
    offset_of,
    without_key,
    wmts_uri,
    xyz_uri,
)
from ..core.journal import canonical
from ..core.model import IMAGE_ROLES, ImageProblem, LayerAssignment, ViewFrame
from ..sources.rasters import suggest_crs
from ..store import records
from .acting import Acting
from .clock import now
from .imagery_states import box_of, labels_of
from .mosaics import Opened, Piece, entered_date, open_source, pieces, source_date

#: Setting with the tile services that show the place and no time, a JSON list of assignments.
BASEMAPS = "basemaps"
#: Ground width of a frame in m that makes sense, and how much another must differ to be kept anew.
_WIDTHS = (5.0, 500_000.0)
_SAME = 0.02


class Imagery(Acting):
    """The part of a session that knows what can be seen of the ground."""

    # -- sources ---------------------------------------------------------------------------------

    def image_assignments(self) -> list[LayerAssignment]:
        """Everything given as imagery: both times, then base maps."""
        times = [a for a in records.assignments(self._ws) if a.role in IMAGE_ROLES]
        return [*times, *self.basemaps()]

    def basemaps(self) -> list[LayerAssignment]:
        """Tile services without a date; role "basemap"."""
        return [LayerAssignment(**item) for item in json.loads(records.setting(self._ws, BASEMAPS) or "[]")]

    def images(self, batch_id: str = "") -> list[ImageSource]:
        """The sources of a batch, 前时相 first; every source of the workspace without one."""
        layers = self.image_assignments()
        if batch_id:
            layers = [a for role in (*IMAGE_ROLES, BASEMAP) for a in of_batch(layers, role, batch_id)]
        return [self.describe_image(layer) for layer in layers]

    def describe_image(self, layer: LayerAssignment) -> ImageSource:
        """What a source says of itself, given already or about to be; a failure stands in `problem`."""
        if layer.kind == TILES:
            return _describe_tiles(layer)
        try:
            opened = self.catalogue.frames(layer).opened
        except WeipianError as error:
            return ImageSource(layer, Path(layer.source).name, entered_date(layer), layer.crs, problem=str(error))
        return _describe_files(layer, opened)

    def image_pieces(self, layer: LayerAssignment) -> list[Piece]:
        """What a map opens for a source on disk; errors of `mosaics.open_source`."""
        return pieces(layer, self.catalogue.frames(layer).opened)

    def suggested_crs(self, layer: LayerAssignment) -> list[str]:
        """CRSs that fit the numbers of a source without one, the likeliest first."""
        try:
            opened = open_source(layer)
        except WeipianError:
            return []
        nameless = [r for r in opened.rasters if r.placed and not r.crs]
        return suggest_crs(nameless[0], self._longitude()) if nameless else []

    def _longitude(self) -> Optional[float]:
        """Longitude of a patch, degrees: all lie in one township."""
        for uid in self.patch_uids():
            box = box_of(self._patch(uid))
            if box is not None:
                return (box[0] + box[2]) / 2
        return None

    def add_images(self, layers: Sequence[LayerAssignment]) -> None:
        """Give further sources, on top of those that are there; the same in the same role and batch is replaced.

        Raises:
            WeipianError: E_IMAGE_ROLE, E_IMAGE_DATED for tiles as 前时相/后时相 without a day, E_DATE_INVALID,
                E_BATCH_UNKNOWN, those of opening a file.
        """
        checked = [self._checked_image(layer) for layer in layers]
        places = {(a.role, a.batch_id, a.source) for a in checked}
        kept = [a for a in self.image_assignments() if (a.role, a.batch_id, a.source) not in places]
        self._store_images([*checked, *kept])

    def remove_images(self, layers: Sequence[LayerAssignment]) -> None:
        """Take sources out; files stay where they are."""
        self._store_images([a for a in self.image_assignments() if a not in layers])

    def change_image(self, old: LayerAssignment, new: LayerAssignment) -> None:
        """Another role, batch, date or CRS for a source. Raises as `add_images`."""
        checked = self._checked_image(new)
        self._store_images([checked if a == old else a for a in self.image_assignments()])

    def _checked_image(self, layer: LayerAssignment, *, opens: bool = True) -> LayerAssignment:
        if layer.role not in (*IMAGE_ROLES, BASEMAP):
            raise WeipianError("E_IMAGE_ROLE", role=layer.role)
        known = {batch.batch_id: batch.name for batch in self.batches()}
        if layer.batch_id and layer.batch_id not in known:
            raise WeipianError("E_BATCH_UNKNOWN", name=layer.batch_id, choices="、".join(known.values()) or "（无）")
        if layer.taken_on and parse_date(layer.taken_on) is None:
            raise WeipianError("E_DATE_INVALID", value=layer.taken_on)
        if layer.kind == TILES:
            if layer.role != BASEMAP and not layer.taken_on:
                raise WeipianError("E_IMAGE_DATED")
            return replace(layer, taken_on="") if layer.role == BASEMAP else layer
        if layer.role == BASEMAP:
            raise WeipianError("E_IMAGE_ROLE", role=layer.role)
        if opens:
            open_source(layer)
        path = Path(layer.source).absolute()
        return replace(layer, source=str(path), kind=FOLDER if path.is_dir() else "")

    def _store_images(self, layers: Sequence[LayerAssignment]) -> None:
        others = [a for a in records.assignments(self._ws) if a.role not in IMAGE_ROLES]
        maps = [asdict(a) for a in layers if a.role == BASEMAP]
        with self._ws.transaction("layers", "workspace", self.who) as change:
            change.put("setting", records.assignments_row([*others, *(a for a in layers if a.role != BASEMAP)]))
            if maps or self.basemaps():
                change.put("setting", records.setting_row(BASEMAPS, canonical(maps)))
        self.catalogue.forget()

    def checked_images(self, layers: Sequence[LayerAssignment]) -> list[LayerAssignment]:
        """The same layers, imagery of them checked; a batch may be named by its name.

        A file that does not open is told in `image_report` and keeps no overlay from running.

        Raises:
            WeipianError: E_BATCH_UNKNOWN, E_DATE_INVALID, E_IMAGE_DATED.
        """
        ids = {batch.name: batch.batch_id for batch in self.batches()}
        return [
            self._checked_image(replace(a, batch_id=ids.get(a.batch_id, a.batch_id)), opens=False)
            if a.role in IMAGE_ROLES
            else a
            for a in layers
        ]

    def image_report(self) -> list[dict[str, Any]]:
        """What each source of imagery says of itself, for REPORT_JSON."""
        names = {batch.batch_id: batch.name for batch in self.batches()}
        counts = self.image_counts()
        return [
            {
                "role": source.role, "batch": names.get(source.assignment.batch_id, ""),
                "source": source.assignment.source, "files": source.files, "date": source.date.text,
                "date_source": source.date.source, "crs": source.crs, "patches": counts.get(source.assignment),
                "problem": source.problem, "warnings": list(source.warnings),
                "suggested_crs": self.suggested_crs(source.assignment) if source.problem else [],
            }
            for source in self.images()
        ]  # fmt: skip

    def image_counts(self) -> dict[LayerAssignment, int]:
        """How many patches of its batch the frame of each source on disk meets."""
        layers = [a for a in self.image_assignments() if a.role in IMAGE_ROLES and a.kind != TILES]
        boxes = [(patch.batch_id, box_of(patch)) for patch in self.patches()] if layers else []
        return {
            layer: self.catalogue.touched(layer, [box for batch, box in boxes if box and layer.batch_id in ("", batch)])
            for layer in layers
        }

    def sheet_layers(self) -> list[LayerAssignment]:
        """Layers for the sheets: imagery as what a map opens; tile services stay out, so nothing needs a network."""
        found = []
        for layer in records.assignments(self._ws):
            if layer.role not in IMAGE_ROLES:
                found.append(layer)
            elif layer.kind != TILES:
                try:
                    kinds = self.image_pieces(layer)
                except WeipianError:
                    found.append(layer)  # the sheet says that it does not open
                    continue
                day = self.catalogue.frames(layer).date.text
                found += [
                    replace(layer, source=piece.path, crs=piece.crs, kind="", taken_on=day)
                    for piece in kinds
                    if not piece.problem
                ]
        return found

    # -- patches ---------------------------------------------------------------------------------

    def image_state(self, patch_uid: str) -> Mapping[str, ImageState]:
        """role -> how the patch stands on the imagery of that time, looked at when first asked for."""
        return self.images_of(self._patch(patch_uid))

    def mark_image(self, patch_uid: str, patch_id: str, role: str, reason: str, note: str = "") -> None:
        """Say why the imagery of a time cannot serve for this patch; an empty reason takes the mark off.

        Raises:
            WeipianError: E_IMAGE_ROLE, E_IMAGE_REASON, E_PATCH_MISMATCH.
        """
        self._guard(patch_uid, patch_id)
        if role not in IMAGE_ROLES:
            raise WeipianError("E_IMAGE_ROLE", role=role)
        known = {**labels_of(self.pack), **self._own_reasons()}
        if reason and reason not in known:
            raise WeipianError("E_IMAGE_REASON", value=reason, choices="、".join(known))
        there = {mark.role for mark in records.image_problems(self._ws, patch_uid)}
        with self.acting("image", patch_uid) as change:
            if reason:
                row = ImageProblem(patch_uid, role, reason, " ".join(note.split()), self.who, now())
                change.put("image_problem", records.image_problem_row(row))
            elif role in there:
                change.delete("image_problem", patch_uid, role)

    def _own_reasons(self) -> dict[str, str]:
        """Reasons that the office added; their text is their id."""
        texts = json.loads(records.setting(self._ws, "reasons:imagery") or "[]")
        return {str(text): str(text) for text in texts}

    # -- the frame -------------------------------------------------------------------------------

    def keep_frame(self, patch_uid: str, lon: float, lat: float, width_m: float) -> None:
        """Remember the frame in which a patch was judged, for its sheet; one that hardly differs is not kept anew.

        Raises:
            WeipianError: E_FRAME for numbers that are no frame, E_PATCH_MISSING.
        """
        if not all(map(math.isfinite, (lon, lat, width_m))) or abs(lon) > 180 or abs(lat) > 90:
            raise WeipianError("E_FRAME", value=f"{lon}, {lat}, {width_m}")
        self._patch(patch_uid)
        width = min(max(float(width_m), _WIDTHS[0]), _WIDTHS[1])
        old = records.view_frames(self._ws, patch_uid).get(patch_uid)
        if self._ws.read_only or (old is not None and _same(old, lon, lat, width)):
            return
        frame = ViewFrame(patch_uid, round(float(lon), 8), round(float(lat), 8), round(width, 2), self.who, now())
        with self._ws.transaction("frame", patch_uid, self.who) as change:
            change.put("view_frame", records.view_frame_row(frame))

    def frame_of(self, patch_uid: str) -> Optional[ViewFrame]:
        """The frame kept for a patch."""
        return records.view_frames(self._ws, patch_uid).get(patch_uid)


def _same(old: ViewFrame, lon: float, lat: float, width_m: float) -> bool:
    near = _SAME * old.width_m / 111_320
    return (
        abs(old.width_m - width_m) <= _SAME * old.width_m and abs(old.lon - lon) <= near and abs(old.lat - lat) <= near
    )


def tiles(role: str, url: str, name: str = "", batch_id: str = "", taken_on: str = "") -> tuple[LayerAssignment, str]:
    """A tile service by its address -> (source without any key, the key that stood in the address).

    Raises:
        WeipianError: E_TILE_URL, E_DATE_INVALID.
    """
    bare, _, key = without_key(url.strip())
    wmts = "{x}" not in bare.lower() and "wmts" in bare.lower()
    try:
        uri = wmts_uri(bare) if wmts else xyz_uri(bare)
    except ValueError as error:
        raise WeipianError("E_TILE_URL", detail=error) from error
    if taken_on and parse_date(taken_on) is None:
        raise WeipianError("E_DATE_INVALID", value=taken_on)
    layer = LayerAssignment(
        role, uri, layer=name.strip() or host_of(uri), taken_on=taken_on, batch_id=batch_id, kind=TILES,
        taken_source="manual" if taken_on else "",
    )  # fmt: skip
    return layer, key


def _describe_tiles(layer: LayerAssignment) -> ImageSource:
    offset = offset_of(layer.source)
    warnings = (f"{offset}：位置偏移几百米，不能用来量算、描边或判断占用",) if offset else ()
    date = ImageDate(layer.taken_on, "manual") if layer.taken_on else ImageDate()
    return ImageSource(layer, layer.layer or host_of(layer.source), date, files=0, size="在线", warnings=warnings)


def _describe_files(layer: LayerAssignment, opened: Opened) -> ImageSource:
    rasters = opened.rasters
    crses = list(dict.fromkeys(layer.crs or raster.crs for raster in rasters))
    problem = ""
    bad = [piece for piece in pieces(layer, opened) if piece.problem]
    if bad:
        more = f"（共 {len(bad)} 个文件如此）" if len(bad) > 1 else ""
        problem = bad[0].problem + more
    warnings = list(opened.problems[:3])
    if len(crses) > 1:
        warnings.append(f"文件夹里有 {len(crses)} 种坐标系，分开叠放")
    size = rasters[0].pixels if len(rasters) == 1 else f"{len(rasters)} 个文件，{rasters[0].pixel_m:.2f} 米"
    return ImageSource(
        layer, Path(layer.source).name, source_date(layer, opened), "、".join(c[:20] or "无" for c in crses),
        len(rasters), size, problem, tuple(warnings),
    )  # fmt: skip
