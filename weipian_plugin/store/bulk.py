"""Many records of one table changed at once: written with one statement, journalled column by column.

In the journal a bulk change is an object among the lists of the other changes:

    {"table", "key": [names], "keys": {name: column}, "columns": [names], "values": {name: column}, "absent"}

`keys` stand in `after` only; the two sides are parallel. A column is `{"all": value}` where every record has
the same, `{"of": [values], "at": [positions]}` where values repeat, else `{"each": [values]}`. `absent` is
true, or the positions, where there is no record on that side. Columns that are not named stay as they are.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Callable, Optional

from .schema import TABLES

Key = tuple[Any, ...]
Values = tuple[Any, ...]
#: Up to so many records are asked for one by one; from there on the table is read.
_FEW = 64


@dataclass(frozen=True)
class Bulk:
    """A bulk change: of each record its key and its values before and after, None where there is none."""

    table: str
    columns: tuple[str, ...]
    keys: Sequence[Key]
    before: Sequence[Optional[Values]]
    after: Sequence[Optional[Values]]


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _existing(
    connection: sqlite3.Connection, table: str, columns: Sequence[str], keys: Sequence[Key]
) -> dict[Key, Values]:
    """The values of those records that are there."""
    spec = TABLES[table]
    width = len(spec.key)
    sql = f"SELECT {_quoted((*spec.key, *columns))} FROM {table}"
    cursor = connection.cursor()
    cursor.row_factory = None
    if len(keys) <= _FEW:
        where = " AND ".join(f'"{name}" IS ?' for name in spec.key)
        rows = [row for key in keys for row in cursor.execute(f"{sql} WHERE {where}", key)]
        return {row[:width]: row[width:] for row in rows}
    wanted = set(keys)
    return {row[:width]: row[width:] for row in cursor.execute(sql) if row[:width] in wanted}


def put(connection: sqlite3.Connection, table: str, columns: Mapping[str, Sequence[Any]]) -> Optional[Bulk]:
    """Insert or change records given by columns, the key's among them; None if nothing changes."""
    spec = TABLES[table]
    names = tuple(name for name in columns if name not in spec.key)
    keys: list[Key] = list(zip(*(columns[name] for name in spec.key)))
    values: list[Values] = list(zip(*(columns[name] for name in names))) if names else [()] * len(keys)
    before = _existing(connection, table, names, keys)
    old = [before.get(key) for key in keys] if before else [None] * len(keys)
    if before:
        moved = [i for i, (was, now) in enumerate(zip(old, values)) if was != now]
        keys, values, old = [keys[i] for i in moved], [values[i] for i in moved], [old[i] for i in moved]
    fresh = [(*key, *row) for key, row, was in zip(keys, values, old) if was is None]
    other = [(*row, *key) for key, row, was in zip(keys, values, old) if was is not None]
    if fresh:
        marks = ", ".join("?" * (len(spec.key) + len(names)))
        connection.executemany(f"INSERT INTO {table} ({_quoted((*spec.key, *names))}) VALUES ({marks})", fresh)
    if other:
        assignments = ", ".join(f'"{name}" = ?' for name in names)
        where = " AND ".join(f'"{name}" = ?' for name in spec.key)
        connection.executemany(f"UPDATE {table} SET {assignments} WHERE {where}", other)
    return Bulk(table, names, keys, old, values) if keys else None


def delete(connection: sqlite3.Connection, table: str, keys: Sequence[Key]) -> Optional[Bulk]:
    """Remove the records with these keys; None if there are none."""
    spec = TABLES[table]
    names = tuple(name for name in spec.columns if name not in spec.key)
    before = _existing(connection, table, names, keys)
    gone = [key for key in dict.fromkeys(keys) if key in before]
    if not gone:
        return None
    where = " AND ".join(f'"{name}" = ?' for name in spec.key)
    connection.executemany(f"DELETE FROM {table} WHERE {where}", gone)
    return Bulk(table, names, gone, [before[key] for key in gone], [None] * len(gone))


# -- the journal -----------------------------------------------------------------------------------


def _column(values: Sequence[Any], encode: Callable[[Any], Any]) -> dict[str, Any]:
    first = values[0]
    if values.count(first) == len(values):
        return {"all": encode(first)}
    plain = bytes not in set(map(type, values))
    distinct = dict.fromkeys(values)
    if len(distinct) * 2 > len(values):
        return {"each": list(values) if plain else list(map(encode, values))}
    number = {value: i for i, value in enumerate(distinct)}
    return {"of": list(distinct) if plain else list(map(encode, distinct)), "at": [number[value] for value in values]}


def _values(column: Mapping[str, Any], count: int, decode: Callable[[Any], Any]) -> list[Any]:
    if "all" in column:
        return [decode(column["all"])] * count
    if "each" in column:
        return [decode(value) for value in column["each"]]
    distinct = [decode(value) for value in column["of"]]
    return [distinct[i] for i in column["at"]]


def pack(change: Bulk, side: str, encode: Callable[[Any], Any]) -> dict[str, Any]:
    """One side ("before" or "after") of a bulk change as JSON values."""
    spec = TABLES[change.table]
    rows: Sequence[Optional[Values]] = getattr(change, side)
    there = [row for row in rows if row is not None]
    out: dict[str, Any] = {"table": change.table, "count": len(rows), "columns": list(change.columns)}
    if len(there) < len(rows):
        out["absent"] = [i for i, row in enumerate(rows) if row is None] if there else True
    if there:
        out["values"] = {name: _column(c, encode) for name, c in zip(change.columns, zip(*there))}
    if side == "after":
        out["key"] = list(spec.key)
        out["keys"] = {name: _column(c, encode) for name, c in zip(spec.key, zip(*change.keys))}
    return out


def unpack(packed: Mapping[str, Any], decode: Callable[[Any], Any]) -> Iterator[tuple[Key, Optional[dict[str, Any]]]]:
    """(key, values by column or None) of each record; the key is () on the side that does not tell it."""
    count = int(packed["count"])
    gone = packed.get("absent", [])
    absent = set(range(count)) if gone is True else set(gone)
    names = packed["columns"]
    there = count - len(absent)
    columns = [_values(packed["values"][name], there, decode) for name in names] if there else []
    rows = iter(list(zip(*columns)) if columns else [()] * there)
    keys: list[Key] = [()] * count
    if "keys" in packed:
        keys = list(zip(*(_values(packed["keys"][name], count, decode) for name in packed["key"])))
    for i, key in enumerate(keys):
        if i in absent:
            yield key, None
        else:
            named = dict(zip(names, next(rows)))
            yield key, {**dict(zip(packed.get("key", ()), key)), **named}
