"""Pick-lists of reasons: those of the rule pack, and what the office added in this workspace."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ..core.errors import WeipianError
from ..core.journal import canonical
from ..store import records
from .acting import Acting

#: `return`: what reviewers return patches for; the others are the office's own.
KINDS = ("against", "revision", "internal", "imagery", "return")
_SETTING = "reasons:"


@dataclass(frozen=True)
class Reason:
    """One entry of a pick-list; `own` was added by the office and has its text as id."""

    id: str
    label: str
    own: bool = False


class Reasons(Acting):
    """The part of a session that knows why things are decided otherwise or sent back."""

    def reasons(self, kind: str, batch_id: str = "") -> list[Reason]:
        """The pick-list of a kind (KINDS), first that of the batch's pack; empty for an unknown kind."""
        pack = self.pack_for(batch_id) if batch_id else self.pack
        if kind == "return":
            given = pack.return_reasons
        else:
            given = pack.reasons.get(kind, ())
            given += pack.return_reasons if kind == "internal" else ()
        own = [Reason(text, text, own=True) for text in self._own(kind)]
        return [*(Reason(item.id, item.label) for item in given), *own]

    def add_reason(self, kind: str, text: str) -> None:
        """Add to a pick-list for everybody who works here; one that stands there already is not doubled.

        Raises:
            WeipianError: E_ANSWER for a kind that is none, E_REASON_REQUIRED without text.
        """
        text = " ".join(text.split())
        if kind not in KINDS:
            raise WeipianError("E_ANSWER", key="理由清单", value=kind, choices="、".join(KINDS))
        if not text:
            raise WeipianError("E_REASON_REQUIRED")
        if any(text in (item.id, item.label) for item in self.reasons(kind)):
            return
        with self._ws.transaction("reason", kind, self.who) as change:
            change.put("setting", records.setting_row(_SETTING + kind, canonical([*self._own(kind), text])))

    def _own(self, kind: str) -> list[str]:
        found = json.loads(records.setting(self._ws, _SETTING + kind) or "[]")
        return [str(text) for text in found]

    def reason_text(self, kind: str, reason_id: str, note: str = "", batch_id: str = "") -> str:
        """The reason as it is kept: the words of the pick-list, then what was typed; an unknown id is words."""
        label = next((item.label for item in self.reasons(kind, batch_id) if item.id == reason_id), reason_id)
        parts = [part for part in (label.strip(), note.strip()) if part]
        return "；".join(dict.fromkeys(parts))
