"""How far each piece of evidence can be believed, for the patch that it is shown with."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Optional

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ..core.closure import completion_of, since_reopening
from ..core.dates import Span, parse_date
from ..core.document_checks import LandUse, Paper, area_of, check_document
from ..core.model import Patch, ReviewStatus
from ..core.proof import Check, Evidence, LinkedEvidence
from ..core.proof_limits import Limits
from ..core.rulepack import RulePack
from ..geo.area import ellipsoidal_area
from ..geo.viewcone import to_metres
from ..photos.checks import Alike, Around, Site, Use, check_photo
from ..photos.pairs import pairs
from ..photos.sequences import metres_between
from ..photos.sighting import Sight, sights
from ..store import records
from ..store.proof_index import FileFacts, PatchFacts
from ..store.workspace import Workspace
from .clock import today
from .proof_index import ProofIndex, shape_of
from .village_layer import Villages

#: From good to bad, for one mark on a thumbnail.
#: Purposes that show the land after rectification.
_CLOSING = frozenset({"after_photo"})
#: So many patches and files are remembered with their checks.
_KEPT = 4096


@dataclass(frozen=True)
class _Ground:
    """A patch as checks need it."""

    patch: Patch
    shape: Optional[BaseGeometry]
    built: Optional[Span]
    completed: Optional[Span]
    today: str
    altitudes: Mapping[str, float] = field(default_factory=dict)  # of its photos, m

    @property
    def mark(self) -> tuple[Any, ...]:
        """What the checks of its evidence depend on, besides the evidence."""
        p = self.patch
        return (
            p.patch_uid, hash(p.wkb), p.centre_lon, p.centre_lat, p.image_before, p.image_after, p.village_name,
            p.area_in_force, self.built, self.completed, self.today,
        )  # fmt: skip


class Believer:
    """Checks by the rules of one pack; built once for an open workspace, it follows what is committed.

    `index` and `villages` may be shared by the believers of several packs.
    """

    def __init__(
        self,
        ws: Workspace,
        pack: RulePack,
        index: Optional[ProofIndex] = None,
        villages: Optional[Villages] = None,
    ) -> None:
        self._ws = ws
        self.limits = Limits.of(pack)
        self.index = index or ProofIndex(ws)
        self._files = str(ws.folder / "evidence")
        self._villages = villages or Villages(ws)
        self._grounds: dict[str, _Ground] = {}
        self._known: dict[tuple[Any, ...], LinkedEvidence] = {}
        self._version = (-1, -1)
        self._mark = (-1, "")

    def checks(self, patch: Patch, evidence: Evidence, purpose: str) -> tuple[Check, ...]:
        """Everything that was tested of one file for one patch."""
        return self.linked(patch, evidence, purpose).checks

    def linked(
        self, patch: Patch, item: Evidence, purpose: str, confidence: str = "", reason: str = ""
    ) -> LinkedEvidence:
        """One piece of evidence as the patch sees it, with its checks."""
        return self.all_linked(patch, [(item, purpose, confidence, reason)])[0]

    def all_linked(self, patch: Patch, items: Sequence[tuple[Evidence, str, str, str]]) -> list[LinkedEvidence]:
        """(evidence, purpose, confidence, reason) of one patch as it sees them, in their order."""
        self._follow()
        ground = self._ground(patch)
        mark = ground.mark
        mates = self._mates(ground, items)
        if len(self._known) + len(items) > _KEPT:
            self._known.clear()
        known = self._known
        fresh = [i for i, (item, purpose, *_) in enumerate(items) if (item.evidence_id, purpose, mark) not in known]
        seen = sights([(items[i][0], ground.shape) for i in fresh if items[i][0].kind == "photo"], self.limits)
        ahead = iter(seen)
        for i in fresh:
            item, purpose = items[i][:2]
            photo = item.kind == "photo"
            found = self._photo(ground, item, purpose, next(ahead)) if photo else self._document(ground, item, purpose)
            known[(item.evidence_id, purpose, mark)] = replace(found, path=self._path(item))
        return [
            replace(
                known[(item.evidence_id, purpose, mark)],
                confidence=confidence,
                reason=reason,
                pair=mates.get(item.evidence_id, ""),
            )
            for item, purpose, confidence, reason in items
        ]

    @staticmethod
    def _mates(ground: _Ground, items: Sequence[tuple[Evidence, str, str, str]]) -> dict[str, str]:
        """Photos from the same viewpoint before and after rectification, each the other's."""
        if not any(purpose in _CLOSING for _, purpose, *_ in items):
            return {}
        done = ground.completed.first if ground.completed is not None else ""
        return pairs([(item, purpose) for item, purpose, *_ in items], done)

    def _path(self, item: Evidence) -> str:
        """As `Workspace.evidence_file`, whose folder is asked for once."""
        suffix = os.path.splitext(item.original_name)[1].lower().rstrip(".")
        return os.path.join(self._files, item.sha256[:2], item.sha256 + suffix)

    def _follow(self) -> None:
        self.index.refresh()
        self._villages.refresh()
        version = (self.index.version, self._villages.version)
        head = (self._ws.head()[0], today())
        if version != self._version:
            self._version = version
            self._known.clear()
        if head != self._mark:
            self._mark = head
            self._grounds.clear()

    def _ground(self, patch: Patch) -> _Ground:
        known = self._grounds.get(patch.patch_uid)
        if known is not None and known.patch is patch:
            return known
        uid = patch.patch_uid
        judgement = records.judgements(self._ws, uid).get(uid)
        found = _Ground(
            patch,
            shape_of(patch.wkb, patch.centre_lon, patch.centre_lat),
            parse_date(judgement.answers.get("built_on")) if judgement else None,
            completion_of(since_reopening(records.actions(self._ws, uid))),
            today(),
            self._altitudes(uid),
        )
        self._grounds[uid] = found
        return found

    # -- photos ----------------------------------------------------------------------------------

    def _photo(self, ground: _Ground, item: Evidence, purpose: str, seen: Optional[Sight]) -> LinkedEvidence:
        patch = ground.patch
        uses = self._uses(ground, item, item.evidence_id)
        site = Site(
            patch_id=patch.patch_id,
            image_before=patch.image_before or "",
            image_after=patch.image_after or "",
            today=ground.today,
            village=patch.village_name or "",
            closing=purpose in _CLOSING,
            completed=ground.completed,
        )
        checks = check_photo(item, site, seen, self._around(ground, item, uses), self.limits)
        return LinkedEvidence(
            evidence=item,
            purpose=purpose,
            distance_m=None if seen is None else seen.distance_m,
            looks_at=None if seen is None else seen.looks_at,
            checks=checks,
            shared=tuple(dict.fromkeys(use.patch_id for use in uses)),
        )

    def _around(self, ground: _Ground, item: Evidence, uses: tuple[Use, ...]) -> Around:
        tracks, key = self.index.tracks, item.evidence_id
        same_deg, apart_m = self.limits["same_azimuth_deg"], self.limits["same_azimuth_apart_m"]
        preview = "thumb" in item.facts
        peers = [] if preview else [self.index.files.get(shot.evidence_id) for shot in tracks.peers(key)]
        return Around(
            uses=uses,
            alikes=self._alikes(ground, item),
            moves=tuple(tracks.moves(key)),
            constant=tracks.constant(key, same_deg, apart_m),
            misordered=tracks.misordered(key),
            village_here=self._villages.of(item.lon, item.lat, ground.patch.village_name or ""),
            altitudes=tuple(high for other, high in ground.altitudes.items() if other != key),
            peers_with_preview=sum(1 for peer in peers if peer is not None and peer.preview),
        )

    def _altitudes(self, patch_uid: str) -> dict[str, float]:
        files = (self.index.files.get(key) for key in self.index.files_of(patch_uid))
        return {f.evidence_id: f.altitude_m for f in files if f is not None and f.altitude_m is not None}

    def _others(self, patch: Patch, evidence_id: str) -> list[PatchFacts]:
        """The other patches that a file is linked to: not the same land before it was split, nothing void."""
        found = []
        for uid in self.index.patches_of(evidence_id):
            other = self.index.patch(uid) if uid != patch.patch_uid else None
            if other is None or other.split_state == "parent" or other.review_status == ReviewStatus.VOID.value:
                continue
            if uid == patch.parent_uid or other.parent_uid == patch.patch_uid:
                continue
            found.append(other)
        return found

    def _uses(self, ground: _Ground, photo: Evidence, evidence_id: str) -> tuple[Use, ...]:
        """Other patches of a file, and whether `photo` meets them."""
        others = self._others(ground.patch, evidence_id)
        if not others:
            return ()
        shapes = [self.index.shape(other.patch_uid) for other in others]
        seen = sights([(photo, shape) for shape in shapes], self.limits)
        return tuple(
            Use(
                other.patch_uid,
                other.patch_id,
                None if look is None else look.looks_at,
                None if look is None else look.distance_m,
                away,
            )
            for other, look, away in zip(others, seen, apart(ground.shape, shapes))
        )

    def _alikes(self, ground: _Ground, item: Evidence) -> tuple[Alike, ...]:
        found = []
        for other_id, (kind, score) in self.index.alike(item.evidence_id).items():
            other = self.index.files[other_id]
            found.append(
                Alike(
                    other_id,
                    other.name,
                    kind,
                    score,
                    self._uses(ground, item, other_id),
                    ground.patch.patch_uid in self.index.patches_of(other_id),
                    *self._differs(item, other),
                )
            )
        return tuple(found)

    def _differs(self, item: Evidence, other: FileFacts) -> tuple[Optional[float], Optional[float]]:
        """Metres and seconds between what two files say of the same picture, where a camera said it."""
        one, two = self.index.tracks.shot(item.evidence_id), self.index.tracks.shot(other.evidence_id)
        if one is None or two is None or "exif" not in (one.source, two.source) or one.source != two.source:
            return None, None
        apart_m = None
        if one.lon is not None and one.lat is not None and two.lon is not None and two.lat is not None:
            apart_m = metres_between(one.lon, one.lat, two.lon, two.lat)
        gap = abs(one.at - two.at) if one.at is not None and two.at is not None else None
        return apart_m, gap

    # -- documents -------------------------------------------------------------------------------

    def _document(self, ground: _Ground, item: Evidence, purpose: str) -> LinkedEvidence:
        patch, kind = ground.patch, item.doc_kind or purpose
        asked = kind if kind in self._granting() else purpose
        uses, approved = self._land_under(ground, item)
        paper = Paper(
            purpose=asked,
            area_m2=patch.area_in_force,
            patch_id=patch.patch_id,
            today=ground.today,
            built=ground.built,
            image_after=patch.image_after or "",
            uses=uses,
            approved_mu=approved,
            beside_mu=self._beside(ground, item),
            outside_m2=self._outside(ground, item),
        )
        shared = tuple(dict.fromkeys(other.patch_id for other in self._others(patch, item.evidence_id)))
        return LinkedEvidence(item, purpose, checks=check_document(item, paper, self.limits), shared=shared)

    def _granting(self) -> Sequence[str]:
        return self.limits.rules.documents.get("grants", ())

    def _land_under(self, ground: _Ground, item: Evidence) -> tuple[tuple[LandUse, ...], Optional[Decimal]]:
        """Other patches under the same number, and the largest area that a document with it states."""
        found: dict[str, LandUse] = {}
        approved = area_of(item)
        granting = set(self._granting())
        for key in (item.evidence_id, *self.index.numbered(item.doc_no)):
            stated = (
                area_of(replace(item, doc_area_mu=self.index.files[key].doc_area_mu))
                if key in self.index.files
                else None
            )
            approved = stated if approved is None or (stated is not None and stated > approved) else approved
            for other in self._others(ground.patch, key):
                if granting & self.index.patches_of(key)[other.patch_uid]:
                    area = other.adopted_area_m2 if other.adopted_area_m2 is not None else other.area_m2
                    found[other.patch_uid] = LandUse(other.patch_uid, other.patch_id, area)
        away = apart(ground.shape, [self.index.shape(uid) for uid in found])
        return tuple(replace(use, apart_m=metres) for use, metres in zip(found.values(), away)), approved

    def _beside(self, ground: _Ground, item: Evidence) -> Decimal:
        """Areas of the other granting documents of the patch, 亩, each number once."""
        granting, total = set(self._granting()), Decimal(0)
        seen = {item.doc_no}
        for key in self.index.files_of(ground.patch.patch_uid):
            other = self.index.files[key]
            purposes = self.index.patches_of(key).get(ground.patch.patch_uid, set())
            if other.kind == "photo" or key == item.evidence_id or other.doc_no in seen or not granting & purposes:
                continue
            seen.add(other.doc_no)
            total += area_of(replace(item, doc_area_mu=other.doc_area_mu)) or Decimal(0)
        return total

    def _outside(self, ground: _Ground, item: Evidence) -> Optional[float]:
        """m² of the patch outside the approved outline of the document, None without one."""
        if not item.outline or ground.patch.wkb is None or ground.shape is None:
            return None
        approved = shapely.from_wkb(item.outline, on_invalid="ignore")
        if approved is None or approved.is_empty:
            return None
        left = shapely.difference(shapely.make_valid(ground.shape), shapely.make_valid(approved))
        return sum(ellipsoidal_area(part) for part in shapely.get_parts(left) if part.geom_type == "Polygon")


def apart(one: Optional[BaseGeometry], others: Sequence[Optional[BaseGeometry]]) -> list[Optional[float]]:
    """Metres from a shape in lon/lat to others, None where one is not known."""
    found: list[Optional[float]] = [None] * len(others)
    known = [i for i, other in enumerate(others) if other is not None and not other.is_empty]
    if one is None or one.is_empty or not known:
        return found
    middle = shapely.centroid(one)
    shapes = np.empty(len(known), dtype=object)
    shapes[:] = [others[i] for i in known]
    here, there = to_metres(one, middle.x, middle.y), to_metres(shapes, middle.x, middle.y)
    for i, distance in zip(known, shapely.distance(here, there)):
        found[i] = float(distance)
    return found


def checks_on_arrival(
    ws: Workspace, pack: RulePack, placed: Sequence[tuple[Patch, Evidence, str]]
) -> dict[str, list[dict[str, Any]]]:
    """evidence_id -> checks as plain values with `patch_id`, for files that were just laid on patches.

    Kept as `Evidence.checks["checks"]` and in the report of the ingest: what was known on arrival. The panel
    always tests anew, because what is known of a file changes with those that come after it.
    """
    believer, found = Believer(ws, pack), {}
    for patch, item, purpose in placed:
        plain = [{**check.plain(), "patch_id": patch.patch_id} for check in believer.checks(patch, item, purpose)]
        found.setdefault(item.evidence_id, []).extend(plain)
    return found
