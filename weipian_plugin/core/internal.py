"""内审: the office's own check before a patch is submitted, apart from 县审."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from .model import Judgement
from .office import InternalCheck

PASSED, RETURNED = "pass", "returned"
LABELS = {PASSED: "内审通过", RETURNED: "内审退回"}


def result(judgement: Optional[Judgement], checks: Sequence[InternalCheck]) -> str:
    """`pass`, `returned`, or empty while the judgement in force was not checked.

    A check is of one judgement: whoever judges anew asks for a new check.

    Args:
        judgement: the one in force.
        checks: those of the same patch, in order; the last counts.
    """
    if judgement is None or judgement.verdict is None or not checks:
        return ""
    last = checks[-1]
    return last.result if last.judgement_id == judgement.judgement_id else ""
