"""Records of the office's own work: 改判, 内审, people."""

from __future__ import annotations

import json

from ..core.journal import canonical
from ..core.office import InternalCheck, Revision
from ..core.people import Person
from .records import select, where
from .workspace import Row, Workspace


def revision_row(item: Revision) -> Row:
    """Revision -> record."""
    return dict(item.__dict__)


def revisions(ws: Workspace, patch_uid: str = "") -> list[Revision]:
    """改判 of one patch or all, in order."""
    return [Revision(**row) for row in select(ws, "revision", *where(patch_uid=patch_uid))]


def internal_check_row(item: InternalCheck) -> Row:
    """InternalCheck -> record."""
    return {**item.__dict__, "reasons": canonical(list(item.reasons))}


def internal_checks(ws: Workspace, patch_uid: str = "") -> list[InternalCheck]:
    """内审 of one patch or all, in order; the last of a patch counts."""
    rows = select(ws, "internal_check", *where(patch_uid=patch_uid))
    return [InternalCheck(**{**row, "reasons": tuple(json.loads(row["reasons"] or "[]"))}) for row in rows]


def person_row(item: Person) -> Row:
    """Person -> record."""
    return dict(item.__dict__)


def people(ws: Workspace) -> list[Person]:
    """Who works here, the one seen last first."""
    return [Person(**row) for row in select(ws, "person", "ORDER BY at DESC, fid")]
