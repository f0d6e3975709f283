"""Where each file of a drop belongs: said by a person, by the hand-out it came back with, by its name, by its view.

Nothing is written here. A file that came before keeps its place: what a person moved away is not laid back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

from ..core.errors import WeipianError
from ..core.model import Patch, ReviewStatus
from ..core.proof import Evidence
from ..photos.exif import PhotoFacts
from ..photos.matching import PhotoMatch, match
from ..photos.names import IdFinder
from ..photos.weighing import Known
from ..store import records
from ..store.unplaced import ASIDE
from ..store.workspace import Workspace
from .evidence_acts import rectifying
from .evidence_in import SHARED, Prepared
from .evidence_sources import Source
from .pack_shelf import PackShelf, workspace_default
from .splitting import concerned, refuse_parent

if TYPE_CHECKING:
    from .hand_in import Hint

_HERE = "早已归在这个图斑"
_ASIDE = "以前有人定为不作举证，没有再归"
_MOVED = "以前归到过 {ids}，后来被人移走，没有再归回去"


@dataclass(frozen=True)
class Lay:
    """A link that is to be: `confidence` high, medium, low, empty when a person said so."""

    patch: Patch
    purpose: str
    reason: str
    confidence: str = ""
    doubt: bool = False


@dataclass(frozen=True)
class Step:
    """One file: where it goes; where it lies already (`old`); or why it goes nowhere."""

    source: Source
    item: Prepared
    lays: tuple[Lay, ...] = ()
    old: tuple[Lay, ...] = ()
    reason: str = ""
    candidates: tuple[str, ...] = ()  # patch_uids, best first
    firm: bool = False  # said by a person, a name or a hand-out: goes before what the position says


class Planner:
    """What is known of the workspace before a drop.

    Raises:
        WeipianError: E_PATCH_MISSING, E_PATCH_VOID, E_SPLIT_PARENT for the patch that was named.
    """

    def __init__(self, ws: Workspace, patch_uid: str = "", purpose: str = "") -> None:
        self._purpose = purpose
        self._patches = records.patches(ws)
        self._by_uid = {patch.patch_uid: patch for patch in self._patches}
        self._shelf = PackShelf(ws, workspace_default(ws))
        self.evidence = records.evidence(ws)
        self._links: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for uid, evidence_id, proves in records.links(ws):
            self._links[evidence_id].append((uid, proves))
        self._begun = _begun(ws)
        self._target = self._checked(ws, patch_uid) if patch_uid else None

    def _checked(self, ws: Workspace, patch_uid: str) -> Patch:
        patch = self._by_uid.get(patch_uid)
        if patch is None:
            raise WeipianError("E_PATCH_MISSING", patch_id=patch_uid)
        if patch.review_status is ReviewStatus.VOID:
            raise WeipianError("E_PATCH_VOID", patch_id=patch.patch_id)
        refuse_parent(ws, patch)
        return patch

    def number(self, patch_uid: str) -> str:
        """The number of a patch as people know it."""
        patch = self._by_uid.get(patch_uid)
        return patch.patch_id if patch is not None else ""

    def forget(self, evidence_ids: Collection[str]) -> None:
        """Match these as if they lay nowhere: what they were laid by has been put right."""
        for evidence_id in evidence_ids:
            self._links.pop(evidence_id, None)

    def plan(self, files: Sequence[tuple[Source, Prepared]], hints: Mapping[Path, Hint]) -> list[Step]:
        """Where each file goes, in the order given."""
        if self._target is not None:
            target = self._target
            return [
                Step(s, item, (self._lay(target, item, "附在这个图斑上"),), self._old(item), firm=True)
                for s, item in files
            ]
        named = IdFinder(self._patches)
        steps: dict[int, Step] = {}
        asked: list[tuple[int, Source, Prepared, bool]] = []
        for number, (source, item) in enumerate(files):
            hint = hints.get(source.path)
            patch = self._by_uid.get(hint.patch_uid) if hint is not None else None
            if hint is not None and patch is not None:
                lays = self._lays(patch, item, hint.reason, "high", hint.purpose)
                steps[number] = Step(source, item, lays, self._old(item), firm=True)
                continue
            by_name = bool(named.of_path(source.path)[1])
            if self._old(item) and not by_name:
                steps[number] = Step(source, item, old=self._old(item))
            else:
                asked.append((number, source, item, by_name))
        found = match([(s.path, _facts(item.evidence)) for _, s, item, _ in asked], self._patches, known=self._known())
        for (number, source, item, by_name), result in zip(asked, found):
            steps[number] = self._matched(source, item, result, firm=by_name)
        return _agreed([steps[number] for number in range(len(files))])

    def _matched(self, source: Source, item: Prepared, found: PhotoMatch, *, firm: bool) -> Step:
        old = self._old(item)
        if item.known and item.evidence.match.get(ASIDE) and not old and not firm:
            return Step(source, item, reason=_ASIDE, candidates=found.candidates)
        if found.patch_uid is None:
            return Step(source, item, old=old, reason=found.reason, candidates=found.candidates)
        patch = self._by_uid[found.patch_uid]
        lays = self._lays(patch, item, found.reason, found.confidence, doubt=found.doubt)
        # Laid there before by this program, and lying there no more: a person knew better.
        before = item.evidence.match.get("placed") or ()
        here = {lay.patch.patch_uid for lay in old}
        left = [lay for lay in lays if lay.patch.patch_uid in before and lay.patch.patch_uid not in here]
        if left and item.known:
            ids = "、".join(lay.patch.patch_id for lay in left)
            lays = tuple(lay for lay in lays if lay not in left)
            return Step(source, item, lays, old, _MOVED.format(ids=ids), found.candidates, firm)
        return Step(source, item, lays, old, found.reason, found.candidates, firm)

    def _lays(
        self, patch: Patch, item: Prepared, reason: str, confidence: str, purpose: str = "", *, doubt: bool = False
    ) -> tuple[Lay, ...]:
        """The patch itself; of one that was split, the children that this evidence is about."""
        wanted: Sequence[Patch] = [patch]
        if patch.split_state == "parent":
            children = [p for p in self._patches if p.parent_uid == patch.patch_uid and p.wkb]
            wanted = concerned(item.evidence, children) if children else [patch]
        return tuple(self._lay(p, item, reason, confidence, purpose, doubt=doubt) for p in wanted)

    def _lay(
        self, patch: Patch, item: Prepared, reason: str, confidence: str = "", purpose: str = "", *, doubt: bool = False
    ) -> Lay:
        pack = self._shelf.pack_for(patch.batch_id)
        wanted = self._purpose or (purpose if purpose in pack.requirements else "")
        use = wanted or item.guess_purpose(pack, rectifying=self._after(patch, item.evidence))
        return Lay(patch, use, reason, confidence, doubt)

    def _after(self, patch: Patch, item: Evidence) -> bool:
        """Whether a photo shows what became of the place: not one from before the first step of the case."""
        begun = self._begun.get(patch.patch_uid, "")
        return rectifying(patch) and not (item.taken_at and begun and item.taken_at[:10] < begun)

    def _old(self, item: Prepared) -> tuple[Lay, ...]:
        """Where a file lies that was there before."""
        links = self._links.get(item.evidence.evidence_id, ()) if item.known else ()
        return tuple(Lay(self._by_uid[uid], proves, _HERE) for uid, proves in links if uid in self._by_uid)

    def _known(self) -> list[Known]:
        """Photos on their patches: those taken beside them follow."""
        return [
            Known(_facts(self.evidence[evidence_id]), tuple(dict.fromkeys(uid for uid, _ in links)))
            for evidence_id, links in self._links.items()
            if evidence_id in self.evidence and self.evidence[evidence_id].kind == "photo"
        ]


def _agreed(steps: list[Step]) -> list[Step]:
    """One content under several names: where a name or a person says where it belongs, the position is not asked."""
    firm: dict[str, list[Lay]] = defaultdict(list)
    for step in steps:
        if step.firm:
            firm[step.item.evidence.sha256] += step.lays
    return [
        step
        if step.firm or step.item.evidence.sha256 not in firm
        else replace(step, lays=once(firm[step.item.evidence.sha256]), reason="")
        for step in steps
    ]


def once(lays: Sequence[Lay]) -> tuple[Lay, ...]:
    """Each patch and purpose once, the first said."""
    return tuple({(lay.patch.patch_uid, lay.purpose): lay for lay in reversed(lays)}.values())[::-1]


def _facts(item: Evidence) -> PhotoFacts:
    """What matching wants to know; documents are matched by name alone."""
    if item.kind != "photo":
        return PhotoFacts()
    known: dict[str, Any] = {name: getattr(item, name) for name in SHARED}
    return PhotoFacts(**known, more=item.facts)


def _begun(ws: Workspace) -> dict[str, str]:
    """Patch -> day of the first step of its case, ISO."""
    days: dict[str, str] = {}
    for action in records.actions(ws):
        day: Optional[str] = action.date
        if day and day < days.get(action.patch_uid, "9999"):
            days[action.patch_uid] = day
    return days
