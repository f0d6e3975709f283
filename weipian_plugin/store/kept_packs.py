"""Rule packs as batches keep them: the records of table `pack`, and which batches are still under work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Optional

from .workspace import Row, Workspace

_COLUMNS = "pack_id, version, fingerprint, label, {files}, at"


class KeptPack(NamedTuple):
    """A rule pack as a batch keeps it; `files` is the JSON text of the pack and those it extends."""

    pack_id: str
    version: str
    fingerprint: str
    label: str
    files: str
    at: str


def pack_row(item: KeptPack) -> Row:
    """KeptPack -> record."""
    return item._asdict()


def packs(ws: Workspace) -> list[KeptPack]:
    """Kept packs in the order they came, without their files."""
    rows = ws.connection.execute(f"SELECT {_COLUMNS.format(files=repr(''))} FROM pack ORDER BY fid")
    return [KeptPack(*row) for row in rows]


def pack(ws: Workspace, pack_id: str, version: str) -> Optional[KeptPack]:
    """A kept pack whole, None when it was not kept."""
    sql = f"SELECT {_COLUMNS.format(files='files')} FROM pack WHERE pack_id = ? AND version = ?"
    row = ws.connection.execute(sql, (pack_id, version)).fetchone()
    return None if row is None else KeptPack(*row)


def batches_under_work(ws: Workspace, done: Sequence[str]) -> set[str]:
    """Batches with a patch whose review status is none of `done`."""
    marks = ", ".join("?" * len(done))
    sql = f"SELECT DISTINCT batch_id FROM patch WHERE review_status NOT IN ({marks})"
    return {row[0] for row in ws.connection.execute(sql, tuple(done))}
