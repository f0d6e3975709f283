"""Who is at the keyboard of this machine, and 内审 by another person than the one who judged.

Roles keep honest people from mistakes. A name is what was typed; there is no password, and the journal proves
what was written in which order, not who sat there.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from ..core import internal
from ..core.errors import WeipianError
from ..core.model import ReviewStatus
from ..core.office import InternalCheck
from ..core.people import ROLES, Person, bare, same_person
from ..store import office, records
from .clock import now
from .reasons import Reasons


class People(Reasons):
    """The part of a session that knows who acts and as what."""

    @property
    def role(self) -> str:
        """filler, checker or viewer: what the person at the keyboard is in this workspace."""
        return next((p.role for p in self.people() if p.name == self.who), "filler")

    def people(self) -> list[Person]:
        """Who works here, the one seen last first."""
        return office.people(self._ws)

    def sit_down(self, name: str, role: str = "") -> Person:
        """Somebody takes the keyboard: every action from now on stands under this name.

        An empty role keeps the one known, or is filler. On read-only media nothing is kept.

        Raises:
            WeipianError: E_PERSON, E_ROLE.
        """
        name = " ".join(name.split())
        if not bare(name):
            raise WeipianError("E_PERSON")
        known = next((p for p in self.people() if same_person(p.name, name)), None)
        role = role or (known.role if known is not None else "filler")
        if role not in ROLES:
            raise WeipianError("E_ROLE", value=role)
        person = Person(known.name if known is not None else name, role, now())
        if not self._ws.read_only:
            with self._ws.transaction("person", person.name, person.name) as change:
                change.put("person", office.person_row(person))
        self.who = person.name
        return person

    # -- 内审 --------------------------------------------------------------------------------------

    def check_internal(
        self, patch_uid: str, patch_id: str, result: str, reasons: Sequence[str] = (), note: str = ""
    ) -> None:
        """Pass the judgement in force or return it to the filler; `reasons` are ids or words of the pick-list.

        Raises:
            WeipianError: E_PATCH_MISMATCH, E_ROLE_CHECKER, E_CHECK_STATE, E_CHECK_SELF, E_CHECK_REASON, E_ANSWER.
        """
        patch = self._guard(patch_uid, patch_id)
        if result not in internal.LABELS:
            raise WeipianError("E_ANSWER", key="内审", value=result, choices="、".join(internal.LABELS))
        if self.role != "checker":
            raise WeipianError("E_ROLE_CHECKER", name=self.who, role=ROLES[self.role])
        judgement = records.judgements(self._ws, patch_uid).get(patch_uid)
        if judgement is None or judgement.verdict is None or patch.review_status is not ReviewStatus.JUDGED:
            raise WeipianError("E_CHECK_STATE", patch_id=patch_id, state=patch.review_status.label)
        if same_person(judgement.by, self.who):
            raise WeipianError("E_CHECK_SELF", patch_id=patch_id, name=self.who)
        given = tuple(dict.fromkeys(text.strip() for text in reasons if text.strip()))
        if result == internal.RETURNED and not given and not note.strip():
            raise WeipianError("E_CHECK_REASON")
        check = InternalCheck(
            check_id=str(uuid.uuid4()),
            patch_uid=patch_uid,
            judgement_id=judgement.judgement_id,
            result=result,
            reasons=given,
            note=note.strip(),
            by=self.who,
            at=now(),
        )
        with self.acting("check", patch_uid) as change:
            change.put("internal_check", office.internal_check_row(check))

    def check_result(self, patch_uid: str) -> str:
        """`pass`, `returned`, or empty while the judgement in force was not checked."""
        judgement = records.judgements(self._ws, patch_uid).get(patch_uid)
        return internal.result(judgement, office.internal_checks(self._ws, patch_uid))

    def refuse_returned(self, patch_uid: str, patch_id: str) -> None:
        """What the checker returned is judged again before it is submitted.

        Raises:
            WeipianError: E_CHECK_RETURNED.
        """
        if self.check_result(patch_uid) == internal.RETURNED:
            raise WeipianError("E_CHECK_RETURNED", patch_id=patch_id)

    def check_text(self, check: InternalCheck) -> str:
        """One line: what the check said, by whom, on which day."""
        batch_id = self._patch(check.patch_uid).batch_id
        why = "、".join(self.reason_text("internal", item, batch_id=batch_id) for item in check.reasons)
        said = "；".join(part for part in (why, check.note) if part)
        return f"{internal.LABELS[check.result]} {check.by} {check.at[:10]}" + (f"：{said}" if said else "")
