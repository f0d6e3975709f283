"""Use case: is a photo that comes in the same picture as another one in the workspace?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Optional

import numpy as np

from ..core.feedback import Feedback, Silent
from ..core.proof import Evidence, Likeness
from ..photos import likeness
from ..store import proofs
from ..store.workspace import Workspace
from . import pictures
from .clock import now

#: Grey pictures of known photos held while comparing: 50 KB each.
_HELD = 512


def find(
    ws: Workspace, fresh: Sequence[tuple[Evidence, np.ndarray]], feedback: Optional[Feedback] = None
) -> list[Likeness]:
    """Which fresh photos show the same picture as one in the workspace or as each other; each pair once.

    `evidence_id` of a pair is the photo that arrived first. Files with the same bytes are no pairs: they are one
    file. Stopped early, what was found until then is returned.

    Args:
        ws: with the hashes (`Evidence.phash`) of the photos looked at before.
        fresh: photos with their grey pictures (`pictures.look_at`); already recorded or not.
        feedback: progress and cancellation.
    """
    feedback = feedback or Silent()
    ours = {item.evidence_id for item, _ in fresh}
    known = [item for item in proofs.hashed(ws) if item.evidence_id not in ours]
    mine = [
        proofs.Hashed(item.evidence_id, item.sha256, item.original_name, item.added_at, item.orientation,
                      item.phash or likeness.phash(grey))
        for item, grey in fresh
    ]  # fmt: skip
    everyone = [*known, *mine]
    greys = {item.evidence_id: grey for item, grey in fresh}
    cache = pictures.cache_of(ws.folder)

    @lru_cache(maxsize=_HELD)
    def grey_of(item: proofs.Hashed) -> Optional[np.ndarray]:
        path = ws.evidence_file(item.sha256, item.original_name)
        return pictures.grey_of(path, item.sha256, cache, item.orientation)

    found: dict[tuple[str, str], Likeness] = {}
    asked: set[frozenset[str]] = set()
    near = likeness.candidates([item.phash for item in mine], [item.phash for item in everyone])
    for number, (item, candidates) in enumerate(zip(mine, near)):
        if feedback.cancelled():
            break
        feedback.progress(100 * number / len(mine))
        for _, index, turn in candidates:
            other = everyone[index]
            pair = frozenset((item.evidence_id, other.evidence_id))
            if len(pair) < 2 or pair in asked or item.sha256 == other.sha256:
                continue
            grey = greys.get(other.evidence_id)
            grey = grey if grey is not None else grey_of(other)
            if grey is None:
                continue
            same = likeness.same_picture(likeness.turned(greys[item.evidence_id], likeness.TURNS[turn]), grey)
            if same is not None or turn == 0:
                asked.add(pair)
            if same is not None:
                row = _pair(item, other, *same)
                found[row.evidence_id, row.other_id] = row
    return list(found.values())


def _pair(one: proofs.Hashed, other: proofs.Hashed, kind: str, score: float) -> Likeness:
    first, second = sorted((one, other), key=lambda item: (item.added_at, item.evidence_id))
    return Likeness(first.evidence_id, second.evidence_id, kind, score, now())
