"""What follows a drop: previews, fingerprints of pictures, photos that show the same picture, checks.

Fingerprint and likeness are derived from files that are there, so they are an entry of the journal of their own that
nobody takes back alone: undoing the drop takes the likeness with it (`Workspace.reverse`). Work that was cut short
is taken up by the next drop.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

import numpy as np

from ..core.feedback import Feedback
from ..core.journal import canonical
from ..core.model import Patch
from ..core.proof import Evidence
from ..core.rulepack import RulePack
from ..photos.file_checks import PREVIEW_AGREES
from ..photos.likeness import agreement, phash
from ..store import proofs, records
from ..store.workspace import Transaction, Workspace
from . import believing
from .attach_reading import THREADS
from .attach_report import AttachReport
from .pack_shelf import PackShelf, workspace_default

if TYPE_CHECKING:
    from .pictures import Picture

#: Photos at a time: their small grey pictures are in memory together, and what is done is done when stopped.
_BATCH = 200


def look(ws: Workspace, who: str, feedback: Feedback) -> int:
    """Look at every photo that was not looked at yet; returns how many. Cancelling ends it early.

    Raises:
        WeipianError: E_DISK_FULL, E_WS_LOCKED …; the photos are attached all the same.
    """
    waiting = [item for item in records.evidence(ws).values() if item.kind == "photo" and not _looked_at(ws, item)]
    done = 0
    for start in range(0, len(waiting), _BATCH):
        batch = waiting[start : start + _BATCH]
        seen = _look_at(ws, batch, feedback, start, len(waiting))
        _keep(ws, who, seen)
        done += len(seen)
        if feedback.cancelled():
            break
    feedback.progress(100)
    return done


def finish(folder: Path, who: str, feedback: Feedback) -> int:
    """As `look`, of a workspace by its folder."""
    with Workspace.open(Path(folder)) as ws:
        return look(ws, who, feedback)


def _looked_at(ws: Workspace, item: Evidence) -> bool:
    from . import pictures  # Qt: documents go in without it

    return bool(item.phash) and pictures.thumb_file(pictures.cache_of(ws.folder), item.sha256).is_file()


def _look_at(
    ws: Workspace, batch: Sequence[Evidence], feedback: Feedback, start: int, total: int
) -> list[tuple[Evidence, np.ndarray]]:
    """Decode in threads; those that nothing can be seen of are left out."""
    from . import pictures

    cache = pictures.cache_of(ws.folder)

    def one(item: Evidence) -> Optional[tuple[Evidence, np.ndarray]]:
        if feedback.cancelled():
            return None
        path = ws.evidence_file(item.sha256, item.original_name)
        found = pictures.look_at(path, item.sha256, cache, item.orientation)
        if found.grey is None:
            return None
        return replace(item, phash=phash(found.grey), facts=_compared(item, found)), found.grey

    seen: list[tuple[Evidence, np.ndarray]] = []
    with ThreadPoolExecutor(THREADS, thread_name_prefix="weipian-look") as pool:
        for number, found in enumerate(pool.map(one, batch), start + 1):
            if number % 8 == 0:
                feedback.progress(100 * number / total)
                feedback.message(f"已归好，正在做缩略图：{number} / {total}（可以继续工作）")
            if found is not None:
                seen.append(found)
    return seen


def _compared(item: Evidence, found: Picture) -> Mapping[str, Any]:
    """Facts of a photo; facts["thumb"]["agrees"] says how little its preview agrees with it, where it does not.

    Some programs turn the picture and leave the preview as it was, so the best of four turns counts.
    """
    preview = item.facts.get("thumb")
    if not found.readable or found.grey is None or found.embedded is None or not isinstance(preview, Mapping):
        return item.facts
    best = -1.0
    for turn in range(4):
        agrees = agreement(found.grey, np.ascontiguousarray(np.rot90(found.embedded, turn)))
        if agrees is None or agrees >= PREVIEW_AGREES:
            return item.facts
        best = max(best, agrees)
    return {**item.facts, "thumb": {**preview, "agrees": round(best, 3)}}


def _mark_strange(change: Transaction, item: Evidence) -> None:
    """Keep how little a preview agrees; what was changed of the photo meanwhile stays."""
    agrees = (item.facts.get("thumb") or {}).get("agrees")
    if agrees is None:
        return
    facts = json.loads((change.get("evidence", item.evidence_id) or {}).get("facts") or "{}")
    facts["thumb"] = {**(facts.get("thumb") or {}), "agrees": agrees}
    change.put("evidence", {"evidence_id": item.evidence_id, "facts": canonical(facts)})


def _keep(ws: Workspace, who: str, seen: Sequence[tuple[Evidence, np.ndarray]]) -> None:
    from . import likening

    alike = likening.find(ws, seen) if seen else []
    with ws.transaction("pictures", "workspace", who) as change:
        there = set(records.evidence_ids(ws).values())  # an undo may have come in between
        items = [item for item, _ in seen if item.evidence_id in there]
        if items:
            change.put_columns(
                "evidence", {"evidence_id": [i.evidence_id for i in items], "phash": [i.phash for i in items]}
            )
        for item in items:
            _mark_strange(change, item)
        for pair in alike:
            if pair.evidence_id in there and pair.other_id in there:
                change.put("likeness", proofs.likeness_row(pair))


def checks_of(ws: Workspace, report: AttachReport) -> dict[str, list[dict[str, Any]]]:
    """Evidence id -> what was checked of it on arrival, on each patch that it was laid on."""
    by_uid = {patch.patch_uid: patch for patch in records.patches(ws)}
    shelf, evidence = PackShelf(ws, workspace_default(ws)), records.evidence(ws)
    by_batch: dict[str, tuple[RulePack, list[tuple[Patch, Evidence, str]]]] = {}
    for placed in report.matched:
        patch, item = by_uid.get(placed.patch_uid), evidence.get(placed.evidence_id)
        if patch is not None and item is not None:
            known = by_batch.setdefault(patch.batch_id, (shelf.pack_for(patch.batch_id), []))
            known[1].append((patch, item, placed.purpose))
    found: dict[str, list[dict[str, Any]]] = {}
    for pack, items in by_batch.values():
        for evidence_id, checks in believing.checks_on_arrival(ws, pack, items).items():
            found.setdefault(evidence_id, []).extend(checks)
    return found
