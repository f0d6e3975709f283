"""Records of evidence beside the files themselves: likeness, 派单, certificates."""

from __future__ import annotations

from typing import NamedTuple, Optional

from ..core.proof import Certificate, Certified, Dispatch, Likeness
from .records import select, where
from .workspace import Row, Workspace


def likeness_row(item: Likeness) -> Row:
    """Likeness -> record."""
    return dict(item.__dict__)


def likenesses(ws: Workspace, evidence_id: str = "") -> list[Likeness]:
    """Photos that show the same picture, of one file (on either side) or all."""
    if not evidence_id:
        return [Likeness(**row) for row in select(ws, "likeness")]
    tail = "WHERE evidence_id = ? OR other_id = ?"
    return [Likeness(**row) for row in select(ws, "likeness", tail, (evidence_id, evidence_id))]


class Hashed(NamedTuple):
    """What is needed of a photo to compare it with others."""

    evidence_id: str
    sha256: str
    original_name: str
    added_at: str
    orientation: Optional[int]
    phash: str


def hashed(ws: Workspace) -> list[Hashed]:
    """Every photo with the hash of its picture, in the order of their arrival."""
    rows = ws.connection.execute(
        "SELECT evidence_id, sha256, original_name, added_at, orientation, phash FROM evidence "
        "WHERE kind = 'photo' AND phash <> '' ORDER BY added_at, evidence_id"
    )
    return [Hashed(*row) for row in rows]


def dispatch_row(item: Dispatch) -> Row:
    """Dispatch -> record."""
    return dict(item.__dict__)


def dispatches(ws: Workspace, patch_uid: str = "") -> dict[str, Dispatch]:
    """派单 by patch, one or all."""
    return {row["patch_uid"]: Dispatch(**row) for row in select(ws, "dispatch", *where(patch_uid=patch_uid))}


def certificate_row(item: Certificate) -> Row:
    """Certificate -> record."""
    return dict(item.__dict__)


def certificates(ws: Workspace, certificate_id: str = "") -> dict[str, Certificate]:
    """Certificates by id, one or all, withdrawn ones too."""
    rows = select(ws, "certificate", *where(certificate_id=certificate_id))
    return {row["certificate_id"]: Certificate(**row) for row in rows}


def certified_row(item: Certified) -> Row:
    """Certified -> record."""
    return dict(item.__dict__)


def certified(ws: Workspace, certificate_id: str = "", patch_uid: str = "") -> list[Certified]:
    """What certificates cover: of one certificate, of one patch, or all."""
    rows = select(ws, "certified", *where(certificate_id=certificate_id, patch_uid=patch_uid))
    return [Certified(**row) for row in rows]
