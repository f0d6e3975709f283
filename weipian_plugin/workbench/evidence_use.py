"""What evidence proves for a patch, changed by hand: one undoable action."""

from __future__ import annotations

from typing import Optional

from ..core.errors import WeipianError
from ..core.proof import Evidence
from ..store import records
from .acting import Acting
from .clock import now


class EvidenceUse(Acting):
    """The part of a session that says what a file is laid on a patch for."""

    def evidence_item(self, evidence_id: str) -> Optional[Evidence]:
        """What is known of a file, wherever it lies; None when there is none with this id."""
        return records.evidence(self._ws, evidence_id).get(evidence_id)

    def set_purpose(self, patch_uid: str, patch_id: str, evidence_id: str, purpose: str, before: str) -> None:
        """Let a file prove something else for this patch; on other patches it stays what it is.

        Args:
            patch_uid: of the patch.
            patch_id: its number as the person sees it.
            evidence_id: of the file, which lies on the patch.
            purpose: a requirement id of the pack that judges the patch.
            before: what it proved until now.

        Raises:
            WeipianError: E_PATCH_MISSING, E_PATCH_MISMATCH, E_SPLIT_PARENT, E_EVIDENCE_MISSING when the file does
                not lie on the patch for this any more.
        """
        patch = self._guard(patch_uid, patch_id)
        with self._ws.transaction("purpose", patch_uid, self.who) as change:
            row = change.get("evidence_link", patch_uid, evidence_id, before)
            if row is None:
                raise WeipianError("E_EVIDENCE_MISSING", name=f"…{patch.patch_id[-4:]} {evidence_id}")
            if purpose == before:
                return
            change.delete("evidence_link", patch_uid, evidence_id, before)
            if change.get("evidence_link", patch_uid, evidence_id, purpose) is None:
                kept = {name: row.get(name) or "" for name in ("confidence", "reason")}
                new = records.link_row(patch_uid, evidence_id, purpose, **kept, by=self.who, at=now())
                change.put("evidence_link", new)
