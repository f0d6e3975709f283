"""Photos before and after rectification from the same viewpoint, so that they can be shown side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..core.proof import Evidence
from .moments import china_day, seconds
from .tracks import metres

#: Error of a position of which the phone says nothing, and the most and least that is allowed for two, metres.
_USUAL_M, _LEAST_M, _MOST_M = 15.0, 10.0, 30.0
#: Two directions that show the same, degrees: compasses err by that much together.
TURN_DEG = 25.0
_AFTER = "after_photo"


def pairs(evidence: Sequence[tuple[Evidence, str]], rectified_on: str = "") -> dict[str, str]:
    """After-photo id -> before-photo id and the other way round, of the photos of one patch.

    Both have a position and a direction that agree within what phones err, and a time; the one before was taken on
    an earlier day, and not after `rectified_on`; the one after not before that day. Every photo has one partner at
    most, the best fit first; the order of `evidence` changes nothing.

    Args:
        evidence: files with what they prove (a requirement id) for the patch.
        rectified_on: first day of the rectification, ISO; empty when not known.
    """
    photos = {e.evidence_id: (e, purpose) for e, purpose in evidence if e.kind == "photo" and _complete(e)}
    after = [e for e, purpose in photos.values() if purpose == _AFTER and china_day(e.taken_at) >= rectified_on]
    before = [
        e for e, purpose in photos.values()
        if purpose != _AFTER and (not rectified_on or china_day(e.taken_at) <= rectified_on)
    ]  # fmt: skip
    fits = sorted(
        (misfit, late.evidence_id, early.evidence_id)
        for late in after for early in before if (misfit := _misfit(early, late)) <= 1
    )  # fmt: skip
    found: dict[str, str] = {}
    for _, late_id, early_id in fits:
        if late_id not in found and early_id not in found:
            found[late_id], found[early_id] = early_id, late_id
    return found


def _complete(e: Evidence) -> bool:
    return None not in (e.lon, e.lat, e.azimuth) and bool(china_day(e.taken_at))


def _misfit(early: Evidence, late: Evidence) -> float:
    """0 for the same view, 1 where place and direction together are as far off as phones err; infinite if no pair."""
    if china_day(early.taken_at) >= china_day(late.taken_at) or (seconds(early.taken_at) or 0) > (
        seconds(late.taken_at) or math.inf
    ):
        return math.inf
    allowed = math.hypot(early.accuracy_m or _USUAL_M, late.accuracy_m or _USUAL_M)
    allowed = min(max(allowed, _LEAST_M), _MOST_M)
    apart = metres((early.lon or 0.0, early.lat or 0.0), (late.lon or 0.0, late.lat or 0.0))
    turn = abs(((early.azimuth or 0.0) - (late.azimuth or 0.0) + 180) % 360 - 180)
    return max(apart / allowed, turn / TURN_DEG)
