"""An open workspace as the panel sees it: read a patch, decide, attach, follow the case, undo.

Each method is one action, on disk before it returns. A Session belongs to the GUI's thread; long work
(import, overlay, export …) has modules of its own that open the workspace by folder.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ..core import areas, states
from ..core.errors import WeipianError
from ..core.model import APPROVAL_ROLES, ROLES, CaseAction, CaseStatus, LayerAssignment, Verdict
from ..store import records
from ..store.workspace import Workspace
from .acting import ACTION_LABELS
from .agenda import Desk
from .bulk_judging import BulkJudging
from .certifying import Certifying
from .clock import CHINA, check_date, now
from .declination import Declination
from .dispatching import Dispatching
from .documents import Documents
from .evidence_acts import EvidenceActs
from .evidence_use import EvidenceUse
from .handwork import HandWork
from .imagery import Imagery
from .lane import Lane
from .layer_settings import LayerSettings
from .pack_choice import PackChoice
from .patch_facts import FactWork
from .shifting import Shifting
from .succession import Succession


class Session(
    Succession,
    Lane,
    Dispatching,
    Certifying,
    Documents,
    Shifting,
    Declination,
    EvidenceActs,
    EvidenceUse,
    HandWork,
    BulkJudging,
    LayerSettings,
    Desk,
    Imagery,
    PackChoice,
    FactWork,
):
    """The one door of the panel to a workspace."""

    @classmethod
    def create(cls, folder: Path, name: str, who: str) -> Session:
        """Make a workspace and open it; errors of `Workspace.create`."""
        return cls(Workspace.create(Path(folder), name), who)

    @classmethod
    def open(cls, folder: Path, who: str) -> Session:
        """Open a workspace; errors of `Workspace.open`."""
        return cls(Workspace.open(Path(folder)), who)

    def close(self) -> None:
        """Give the workspace free."""
        self.catalogue.close()
        self._ws.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def folder(self) -> Path:
        """The workspace folder."""
        return self._ws.folder

    @property
    def name(self) -> str:
        """Name of the workspace."""
        return self._ws.name

    @property
    def read_only(self) -> bool:
        """True on read-only media: everything can be looked at, nothing saved."""
        return self._ws.read_only

    def anchor(self) -> str:
        """`<origin> #<seq> <hash>` of the journal head, as printed on reports."""
        seq, digest = self._ws.head()
        return f"{self._ws.origin[:8]} #{seq} {digest[:16]}"

    # -- enforcement -----------------------------------------------------------------------------

    def add_action(self, action: CaseAction, patch_id: str, reason: str = "") -> None:
        """Record a step of enforcement or rectification.

        Raises:
            WeipianError: E_CASE_NOT_ILLEGAL, E_TRANSITION, E_REASON_REQUIRED, E_DATE_INVALID,
                E_AREA_INVALID, E_CLOSURE naming what is missing.
        """
        patch = self._guard(action.patch_uid, patch_id)
        judgement = records.judgements(self._ws, action.patch_uid).get(action.patch_uid)
        if judgement is None or judgement.verdict is not Verdict.ILLEGAL:
            raise WeipianError("E_CASE_NOT_ILLEGAL", patch_id=patch_id)
        kind = states.CASE_ACTIONS[action.kind]
        action = self._checked(action, reason)
        target = kind.leads_to
        if target is not None:
            states.check_case(patch_id, patch.case_status, target, reason or action.note)
            if target is CaseStatus.CLOSED:
                missing = self.patch_view(action.patch_uid).closure_missing
                if missing:
                    raise WeipianError("E_CLOSURE", patch_id=patch_id, missing="；".join(missing))
            patch = replace(patch, case_status=target)
        with self._ws.transaction("case", action.patch_uid, self.who) as change:
            change.put("case_action", records.action_row(action))
            self._put_patch(change, patch)

    def _checked(self, action: CaseAction, reason: str) -> CaseAction:
        amounts: dict[str, str] = {}
        for name in ("demolished_mu", "reclaimed_mu", "regularised_mu"):
            text = getattr(action, name)
            try:
                amounts[name] = str(areas.parse_mu(text)) if text.strip() else ""
            except ValueError as error:
                raise WeipianError("E_AREA_INVALID", value=text) from error
        day = check_date(action.date)
        if not day:
            raise WeipianError("E_DATE_INVALID", value="（空）")
        note = "；".join(part for part in (action.note.strip(), reason.strip()) if part)
        return replace(action, **amounts, date=day, note=note, by=self.who, at=now(), action_id=str(uuid.uuid4()))

    # -- layers and settings ---------------------------------------------------------------------

    def assignments(self) -> list[LayerAssignment]:
        """Layers that were given a role."""
        return records.assignments(self._ws)

    def assign(self, assignment: LayerAssignment) -> None:
        """Give a layer a role, in place of the layer that had it; approval roles may hold several files.

        Raises:
            WeipianError: E_LAYER_ROLE.
        """
        if assignment.role not in ROLES:
            raise WeipianError("E_LAYER_ROLE", role=assignment.role)
        kept = [
            a
            for a in self.assignments()
            if a.role != assignment.role
            or a.batch_id != assignment.batch_id
            or (a.role in APPROVAL_ROLES and a.source != assignment.source)
        ]
        self._assign([*kept, assignment])

    def _assign(self, layers: Sequence[LayerAssignment]) -> None:
        with self._ws.transaction("layers", "workspace", self.who) as change:
            change.put(
                "setting", records.assignments_row(sorted(layers, key=lambda a: (ROLES.index(a.role), a.source)))
            )

    def pending_export_dir(self) -> Path:
        """Where exports go unless another folder is chosen."""
        return self.folder / "exports"

    def journal_text(self, patch_uid: str) -> list[str]:
        """History of one patch, a line an action."""
        lines = []
        for row in self._ws.journal(patch_uid):
            at = datetime.fromtimestamp(int(row.hlc.split("-")[0]) / 1000, CHINA)
            lines.append(f"{at:%Y-%m-%d %H:%M} {row.who} {ACTION_LABELS.get(row.action, row.action)}")
        return lines
