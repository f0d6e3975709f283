"""The changes of one action: written into the tables as they come, and packed for the journal."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Optional, Union

from . import bulk
from .schema import TABLES

Row = dict[str, Any]
#: (table, key, before, after), or many records of one table.
Change = Union[tuple[str, tuple[Any, ...], Optional[Row], Optional[Row]], bulk.Bulk]


def _encode(value: Any) -> Any:
    return {"$b": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _decode(value: Any) -> Any:
    return base64.b64decode(value["$b"]) if isinstance(value, dict) else value


def whole_record(table: str, row: Row) -> Row:
    """A record of the journal; columns that did not exist when it was written are NULL."""
    return {**dict.fromkeys(TABLES[table].columns), **{k: _decode(v) for k, v in row.items()}}


def pack(changes: Sequence[Change], side: str) -> list[Any]:
    """One side ("before" or "after") of a change set as JSON values."""
    packed: list[Any] = []
    for change in changes:
        if isinstance(change, bulk.Bulk):
            packed.append(bulk.pack(change, side, _encode))
            continue
        row = change[2 if side == "before" else 3]
        packed.append([change[0], list(change[1]), None if row is None else {k: _encode(v) for k, v in row.items()}])
    return packed


def unpack(values: Sequence[Any]) -> Iterator[tuple[str, tuple[Any, ...], Optional[Row], bool]]:
    """(table, key, record or None, whether the record is whole) of one side of a change set."""
    for item in values:
        if isinstance(item, dict):
            for key, row in bulk.unpack(item, _decode):
                yield item["table"], key, row, False
        else:
            table, key, row = item
            yield table, tuple(key), None if row is None else whole_record(table, row), True


class Transaction:
    """Record changes of one action; nothing is visible to others before it is committed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.changes: list[Change] = []

    def get(self, table: str, *key: Any) -> Optional[Row]:
        """The record with this key, or None."""
        spec = TABLES[table]
        where = " AND ".join(f'"{column}" IS ?' for column in spec.key)
        columns = ", ".join(f'"{c}"' for c in spec.columns)
        row = self._connection.execute(f"SELECT {columns} FROM {table} WHERE {where}", key).fetchone()
        return None if row is None else dict(row)

    def find(self, table: str, column: str, value: Any) -> Optional[Row]:
        """A record with this value in a column, or None."""
        names = ", ".join(f'"{c}"' for c in TABLES[table].columns)
        row = self._connection.execute(
            f'SELECT {names} FROM {table} WHERE "{column}" IS ? LIMIT 1', (value,)
        ).fetchone()
        return None if row is None else dict(row)

    def put(self, table: str, row: Mapping[str, Any]) -> None:
        """Insert the record or change the columns given of the one with the same key."""
        spec = TABLES[table]
        key = tuple(row[column] for column in spec.key)
        before = self.get(table, *key)
        after = {column: row.get(column, (before or {}).get(column)) for column in spec.columns}
        if before == after:
            return
        columns = list(spec.columns)
        if before is None:
            names, marks = ", ".join(f'"{c}"' for c in columns), ", ".join("?" * len(columns))
            self._connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", [after[c] for c in columns])
        else:
            assignments = ", ".join(f'"{c}" = ?' for c in columns)
            where = " AND ".join(f'"{c}" IS ?' for c in spec.key)
            self._connection.execute(
                f"UPDATE {table} SET {assignments} WHERE {where}", [*(after[c] for c in columns), *key]
            )
        self.changes.append((table, key, before, after))

    def delete(self, table: str, *key: Any) -> None:
        """Remove the record with this key, if there is one."""
        before = self.get(table, *key)
        if before is None:
            return
        where = " AND ".join(f'"{c}" IS ?' for c in TABLES[table].key)
        self._connection.execute(f"DELETE FROM {table} WHERE {where}", key)
        self.changes.append((table, key, before, None))

    def put_columns(self, table: str, columns: Mapping[str, Sequence[Any]]) -> None:
        """As `put` for many records, given column by column; columns not given keep their values."""
        change = bulk.put(self._connection, table, columns)
        if change is not None:
            self.changes.append(change)

    def delete_many(self, table: str, keys: Sequence[tuple[Any, ...]]) -> None:
        """As `delete` for many records."""
        change = bulk.delete(self._connection, table, keys)
        if change is not None:
            self.changes.append(change)
