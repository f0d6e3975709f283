"""All evidence of a workspace in memory, by file, patch, camera, picture and number; kept up to date by the journal.

Read whole once; afterwards only what the journal says was written since. So that looking at the next patch
costs nothing however many photos there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Optional

import shapely
from shapely.geometry.base import BaseGeometry

from ..core.document_checks import number_key
from ..photos.moments import seconds
from ..photos.sequences import Shot, Tracks
from ..store import proof_index
from ..store.proof_index import FileFacts, PatchFacts
from ..store.workspace import Workspace

#: A chain of pictures that each resemble the next is followed so far.
_CHAIN = 60


class ProofIndex:
    """The index; `version` grows whenever anything in it changed."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._mark = -1
        self.version = 0
        self._patches: dict[str, Optional[PatchFacts]] = {}
        self._shapes: dict[str, Optional[BaseGeometry]] = {}
        self._clear()

    def _clear(self) -> None:
        self.files: dict[str, FileFacts] = {}
        self.tracks = Tracks()
        self._patches_of: dict[str, dict[str, set[str]]] = {}
        self._files_of: dict[str, dict[str, None]] = {}
        self._alike: dict[str, dict[str, tuple[str, float]]] = {}
        self._numbers: dict[str, dict[str, None]] = {}

    # -- keeping up ------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Take in what was committed since, here or elsewhere."""
        mark = proof_index.journal_mark(self._ws)
        if mark == self._mark:
            return
        if self._mark < 0 or mark < self._mark or not self._follow():
            self._read()
        self._mark = mark

    def _read(self) -> None:
        self._clear()
        self._patches.clear()
        self._shapes.clear()
        for item in proof_index.files(self._ws):
            self._put(item)
        for evidence_id, patch_uid, purpose in proof_index.links(self._ws):
            self._link(evidence_id, patch_uid, purpose)
        for one, other, kind, score in proof_index.likenesses(self._ws):
            self._pair(one, other, kind, score)
        self.version += 1

    def _follow(self) -> bool:
        """Apply the changes since the mark; False where reading all anew is the shorter way."""
        for change in proof_index.changes_since(self._ws, self._mark):
            if change is None:
                return False
            self._apply(*change)
        return True

    def _apply(self, table: str, key: tuple[Any, ...], row: Optional[dict[str, Any]]) -> None:
        if table == "patch":
            if key[0] in self._patches:  # also one that was asked for while it was not there
                del self._patches[key[0]]
                self._shapes.pop(key[0], None)
                self.version += 1
            return
        self.version += 1
        if table == "evidence":
            self._drop(key[0])
            if row is not None:
                self._put(proof_index.file_of(row))
        elif table == "evidence_link":
            patch_uid, evidence_id, purpose = key
            self._unlink(evidence_id, patch_uid, purpose)
            if row is not None:
                self._link(evidence_id, patch_uid, purpose)
        else:
            one, other = key
            self._alike.get(one, {}).pop(other, None)
            self._alike.get(other, {}).pop(one, None)
            if row is not None:
                self._pair(one, other, row["kind"], row["score"])

    def _put(self, item: FileFacts) -> None:
        self.files[item.evidence_id] = item
        if item.kind == "photo":
            self.tracks.put(_shot(item))
        elif item.doc_no:
            self._numbers.setdefault(number_key(item.doc_no), {})[item.evidence_id] = None

    def _drop(self, evidence_id: str) -> None:
        item = self.files.pop(evidence_id, None)
        if item is None:
            return
        self.tracks.drop(evidence_id)
        self._numbers.get(number_key(item.doc_no), {}).pop(evidence_id, None)

    def _link(self, evidence_id: str, patch_uid: str, purpose: str) -> None:
        self._patches_of.setdefault(evidence_id, {}).setdefault(patch_uid, set()).add(purpose)
        self._files_of.setdefault(patch_uid, {})[evidence_id] = None

    def _unlink(self, evidence_id: str, patch_uid: str, purpose: str) -> None:
        uses = self._patches_of.get(evidence_id, {})
        uses.get(patch_uid, set()).discard(purpose)
        if not uses.get(patch_uid):
            uses.pop(patch_uid, None)
            self._files_of.get(patch_uid, {}).pop(evidence_id, None)

    def _pair(self, one: str, other: str, kind: str, score: float) -> None:
        self._alike.setdefault(one, {})[other] = (kind, score)
        self._alike.setdefault(other, {})[one] = (kind, score)

    # -- asking ----------------------------------------------------------------------------------

    def patches_of(self, evidence_id: str) -> dict[str, set[str]]:
        """patch_uid -> purposes that a file is linked for."""
        return self._patches_of.get(evidence_id, {})

    def files_of(self, patch_uid: str) -> Iterable[str]:
        """evidence ids linked to a patch."""
        return self._files_of.get(patch_uid, {})

    def numbered(self, doc_no: str) -> Iterable[str]:
        """evidence ids of the documents with this number."""
        return self._numbers.get(number_key(doc_no), {}) if doc_no.strip() else {}

    def alike(self, evidence_id: str) -> dict[str, tuple[str, float]]:
        """Other files with the same picture: id -> (kind, score), also by way of a third one (the weakest score)."""
        if not self._alike.get(evidence_id):
            return {}
        found: dict[str, tuple[str, float]] = {}
        waiting = [(evidence_id, "same_picture", 1.0)]
        while waiting and len(found) < _CHAIN:
            at, kind, score = waiting.pop(0)
            for other, (how, level) in self._alike.get(at, {}).items():
                if other != evidence_id and other not in found and other in self.files:
                    worse = "cropped" if "cropped" in (kind, how) else how
                    found[other] = (worse, min(score, level))
                    waiting.append((other, *found[other]))
        return found

    def patch(self, patch_uid: str) -> Optional[PatchFacts]:
        """One patch."""
        if patch_uid not in self._patches:
            self._patches[patch_uid] = proof_index.patch(self._ws, patch_uid)
        return self._patches[patch_uid]

    def shape(self, patch_uid: str) -> Optional[BaseGeometry]:
        """Boundary of a patch in lon/lat, its centre where it has none, None where nothing is known."""
        if patch_uid not in self._shapes:
            found = self.patch(patch_uid)
            self._shapes[patch_uid] = None if found is None else shape_of(found.wkb, found.centre_lon, found.centre_lat)
        return self._shapes[patch_uid]


def shape_of(wkb: Optional[bytes], lon: Optional[float], lat: Optional[float]) -> Optional[BaseGeometry]:
    """A boundary, or the point that is known instead."""
    if wkb:
        return shapely.from_wkb(wkb, on_invalid="ignore")
    return shapely.Point(lon, lat) if lon is not None and lat is not None else None


def _shot(item: FileFacts) -> Shot:
    return Shot(
        item.evidence_id, item.name, item.camera, seconds(item.taken_at), item.lon, item.lat, item.azimuth,
        item.accuracy_m, item.altitude_m, item.source,
    )  # fmt: skip
