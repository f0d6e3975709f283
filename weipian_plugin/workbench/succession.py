"""The session's part in what comes again: earlier patches, changed boundaries, void, withdrawn batches."""

from __future__ import annotations

from collections.abc import Sequence

from . import earlier, voiding
from .acting import Acting


class Succession(Acting):
    """Delegates to the use cases; see `earlier` and `voiding` for what each may raise."""

    def lineage(self, patch_uid: str) -> earlier.Lineage:
        """Earlier patches, re-issues, a changed boundary to look at, the platform's last word."""
        return earlier.lineage(self, patch_uid)

    def earlier(self, patch_uid: str) -> list[earlier.EarlierPatch]:
        """Patches and clues that were at this place before, the largest share first."""
        return earlier.earlier(self, patch_uid)

    def take_evidence(self, patch_uid: str, patch_id: str, other_uid: str, evidence_ids: Sequence[str] = ()) -> int:
        """Link evidence of an earlier patch to this one too; gives how many links are new."""
        self._guard(patch_uid, patch_id)
        return earlier.take_evidence(self, patch_uid, patch_id, other_uid, evidence_ids)

    def confirm_boundary(self, patch_uid: str, patch_id: str) -> None:
        """The changed boundary was looked at; the judgement stands."""
        earlier.confirm_boundary(self, patch_uid, patch_id)

    def void(self, patch_uid: str, patch_id: str, reason: str, note: str = "") -> None:
        """作废 (`void`) or 图形灭失 (`vanished`); children of a split patch go with it."""
        voiding.void(self, patch_uid, patch_id, reason, note)

    def withdraw_batch(self, batch_id: str, note: str = "") -> int:
        """撤回批次: void every patch that this batch brought; gives how many."""
        return voiding.withdraw(self, batch_id, note)
