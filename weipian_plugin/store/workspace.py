"""The workspace: one GeoPackage, an evidence store, the deliveries as received.

Every change goes through :meth:`Workspace.transaction`: its record changes and one journal row are
committed together, on disk (`synchronous=FULL`) before the call returns. The row carries each changed
record before and after, so state is a function of the journal and undo is the change set reversed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import time
import uuid
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Optional

from ..core.errors import WeipianError
from ..core.journal import GENESIS, JournalRow, canonical, check_chain, digest, next_hlc
from .files import place, still_built_on, translate
from .gpkg import register_functions
from .schema import MIGRATIONS, SCHEMA_VERSION, TABLES
from .transaction import Change, Row, Transaction, pack, unpack, whole_record

FILE_NAME = "workspace.gpkg"
_SUBFOLDERS = ("evidence", "sources", "exports", "backups")
#: Journal texts longer than this go to `journal_payload`, compressed, and leave their digest behind.
_INLINE_LIMIT = 16_384
#: Of zlib: the first level is four times faster than the sixth and a sixth larger.
_LEVEL = 1
#: Records of these kinds are history: undoing them marks them withdrawn and deletes nothing.
_HISTORY = ("judgement", "case_action")
#: What is computed from a record's file after the record was made: an undo neither minds nor changes it.
_DERIVED = {"evidence": ("phash",)}
#: The table of names came with the third version.
_HAS_PEOPLE = "SELECT 1 FROM sqlite_master WHERE name = 'person'"


def _connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    uri = path.resolve().as_uri()
    connection = sqlite3.connect(
        f"{uri}?mode=ro&immutable=1" if read_only else f"{uri}?mode=rw", uri=True, isolation_level=None, timeout=5
    )
    connection.row_factory = sqlite3.Row
    register_functions(connection)
    # 64 MB of pages: an overlay of a county is written at its end, not page by page with a sync each.
    for pragma in (
        "cache_size=-65536",
        "foreign_keys=ON",
        "synchronous=FULL",
        "busy_timeout=5000",
        "recursive_triggers=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def home_of(folder: Path) -> str:
    """Identity of this copy on this machine: another machine or folder is another origin."""
    return hashlib.sha256(f"{uuid.getnode()}:{folder.resolve()}".encode()).hexdigest()


class Workspace:
    """An open workspace folder. One instance belongs to one thread."""

    def __init__(self, folder: Path, connection: sqlite3.Connection, *, read_only: bool) -> None:
        self.folder = folder
        self.read_only = read_only
        self.connection = connection
        self.name = self.meta("name") or folder.name
        self.origin = self._origin()

    # -- opening ---------------------------------------------------------------------------------

    @classmethod
    def create(cls, folder: Path, name: str) -> Workspace:
        """Make a workspace in an absent or empty folder.

        Raises:
            WeipianError: E_WS_NOT_EMPTY, E_DISK_FULL, E_WS_READONLY, E_WRITE.
        """
        # Our own sub-folders may be there already: a failed import reports into exports/. So may what a
        # process that was killed while building left behind.
        if folder.exists() and (not folder.is_dir() or any(not _ours(f.name) for f in folder.iterdir())):
            raise WeipianError("E_WS_NOT_EMPTY", path=folder)
        target = folder / FILE_NAME
        # Built beside its place and renamed, so that a crash never leaves half a workspace.
        building = folder / f".{FILE_NAME}.{uuid.uuid4().hex}"
        try:
            for name_ in _SUBFOLDERS:
                (folder / name_).mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(building)) as connection:
                register_functions(connection)
                for script in MIGRATIONS:
                    connection.executescript(script)
                connection.execute("INSERT INTO meta VALUES ('schema_version', ?)", (str(SCHEMA_VERSION),))
                connection.execute("INSERT INTO meta VALUES ('name', ?)", (name or folder.name,))
                connection.commit()
            place(building, target)
        except FileExistsError as error:
            raise WeipianError("E_WS_NOT_EMPTY", path=folder) from error
        except (OSError, sqlite3.Error) as error:
            raise translate(error, folder) from error
        finally:
            with suppress(OSError):
                building.unlink(missing_ok=True)
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Workspace:
        """Open an existing workspace, upgrading an older one after a backup.

        Raises:
            WeipianError: E_WS_MISSING, E_WS_NEWER, E_WS_OLDER, E_WS_LOCKED, E_WS_DAMAGED.
        """
        path = folder / FILE_NAME
        if not path.is_file():
            raise WeipianError("E_WS_MISSING", path=folder)
        read_only = not (os.access(path, os.W_OK) and os.access(folder, os.W_OK))
        try:
            connection = _connect(path, read_only=read_only)
        except sqlite3.Error as error:
            raise translate(error, folder) from error
        # Left open, the file could not be moved or deleted on Windows.
        with ExitStack() as failing:
            failing.callback(connection.close)
            ws = cls._opened(folder, connection, read_only=read_only)
            failing.pop_all()
        return ws

    @classmethod
    def _opened(cls, folder: Path, connection: sqlite3.Connection, *, read_only: bool) -> Workspace:
        """The workspace behind a connection, in the newest version."""
        try:
            version = int(connection.execute("SELECT value FROM meta WHERE name = 'schema_version'").fetchone()[0])
            if version > SCHEMA_VERSION:
                raise WeipianError("E_WS_NEWER", found=version, supported=SCHEMA_VERSION)
            if version < SCHEMA_VERSION and read_only:
                raise WeipianError("E_WS_OLDER", path=folder)
            if version < SCHEMA_VERSION:
                _upgrade(connection, folder / FILE_NAME, version)
            return cls(folder, connection, read_only=read_only)
        except (TypeError, ValueError) as error:
            raise WeipianError("E_WS_DAMAGED", path=folder, detail=error) from error
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                raise WeipianError("E_WS_DAMAGED", path=folder, detail=error) from error
            raise translate(error, folder) from error
        except sqlite3.Error as error:
            raise translate(error, folder) from error

    def close(self) -> None:
        """Give the file free; closing twice is harmless."""
        self.connection.close()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def meta(self, name: str) -> Optional[str]:
        """A value of the `meta` table."""
        row = self.connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else row[0]

    def data_version(self) -> int:
        """A number that changes when somebody else commits."""
        return int(self.connection.execute("PRAGMA data_version").fetchone()[0])

    def note(self, name: str, value: str) -> None:
        """Set a value of the `meta` table: conveniences of the panel, never records. Best effort."""
        if not self.read_only and self.meta(name) != value:
            with suppress(sqlite3.OperationalError):
                self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def _origin(self) -> str:
        """The origin of this copy; a copy met for the first time starts a chain of its own."""
        key = f"origin:{home_of(self.folder)}"
        known = self.meta(key)
        if known or self.read_only:
            return known or ""
        origin = str(uuid.uuid4())
        try:
            self.connection.execute("INSERT INTO meta VALUES (?, ?)", (key, origin))
        except sqlite3.Error as error:
            raise translate(error, self.folder) from error
        return origin

    # -- writing ---------------------------------------------------------------------------------

    @contextmanager
    def transaction(self, action: str, subject: str, who: str) -> Iterator[Transaction]:
        """Commit the changes made inside and their journal row together, or nothing at all.

        Raises:
            WeipianError: E_WS_READONLY, E_WS_LOCKED, E_DISK_FULL, E_WRITE; and whatever the body raises.
        """
        if self.read_only:
            raise WeipianError("E_WS_READONLY", path=self.folder)
        try:
            self.connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise translate(error, self.folder) from error
        try:
            self._refuse_viewer(action, who)
            change = Transaction(self.connection)
            yield change
            if change.changes or action in ("export", "copy"):
                self._append(action, subject, who, change.changes)
            self.connection.execute("COMMIT")
        except BaseException as error:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            if isinstance(error, (sqlite3.Error, OSError)):
                raise translate(error, self.folder) from error
            raise

    def check_writer(self, who: str) -> None:
        """Raise E_WS_READONLY or E_ROLE_VIEWER before files are copied in for somebody who may not save them."""
        if self.read_only:
            raise WeipianError("E_WS_READONLY", path=self.folder)
        self._refuse_viewer("", who)

    def _refuse_viewer(self, action: str, who: str) -> None:
        """Who only looks changes nothing but the own role; the name is as honest as the person who typed it."""
        if action == "person" or self.connection.execute(_HAS_PEOPLE).fetchone() is None:
            return
        row = self.connection.execute("SELECT role FROM person WHERE name = ?", (who,)).fetchone()
        if row is not None and row["role"] == "viewer":
            raise WeipianError("E_ROLE_VIEWER", name=who)

    def _append(self, action: str, subject: str, who: str, changes: Sequence[Change]) -> None:
        head = self.connection.execute(
            "SELECT seq, hash FROM journal WHERE origin = ? ORDER BY seq DESC LIMIT 1", (self.origin,)
        ).fetchone()
        last = self.connection.execute("SELECT max(hlc) FROM journal").fetchone()[0] or ""
        fields: Row = {
            "origin": self.origin,
            "seq": head["seq"] + 1 if head else 1,
            "hlc": next_hlc(last, int(time.time() * 1000)),
            "who": who,
            "action": action,
            "subject": subject,
            "before": self._text(pack(changes, "before")),
            "after": self._text(pack(changes, "after")),
            "prev_hash": head["hash"] if head else GENESIS,
        }
        fields["hash"] = digest(fields)
        names = ", ".join(f'"{name}"' for name in fields)
        self.connection.execute(f"INSERT INTO journal ({names}) VALUES ({', '.join('?' * 10)})", list(fields.values()))

    def _text(self, value: Any) -> str:
        text = canonical(value)
        if len(text) <= _INLINE_LIMIT:
            return text
        sha = hashlib.sha256(text.encode()).hexdigest()
        self.connection.execute(
            "INSERT INTO journal_payload SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM journal_payload WHERE sha256 = ?)",
            (sha, zlib.compress(text.encode(), _LEVEL), sha),
        )
        return canonical({"payload": sha})

    # -- undo ------------------------------------------------------------------------------------

    def reverse(self, seq: int, who: str, action: str = "undo") -> str:
        """Undo the action `seq` of this origin as a new action; history rows are marked withdrawn.

        Reversing an undo is redo: `action` names what the journal is to say. Returns the action reversed.

        Raises:
            WeipianError: E_NOTHING_TO_UNDO without such an action, E_UNDO_CHANGED if a record has been
                changed since or somebody decided anew.
        """
        row = self.connection.execute(
            'SELECT action, subject, "before", "after" FROM journal WHERE origin = ? AND seq = ?', (self.origin, seq)
        ).fetchone()
        if row is None:
            raise WeipianError("E_NOTHING_TO_UNDO")
        befores, afters = self._load(row["before"]), self._load(row["after"])
        with self.transaction(action, row["subject"], who) as change, still_built_on():
            for before, after in zip(reversed(befores), reversed(afters)):
                table, key, told, whole = after
                now = change.get(table, *key)
                computed = {name: now[name] for name in _DERIVED.get(table, ())} if now is not None else {}
                if told is not None:
                    told = {**told, **computed}
                if (now is None) != (told is None) or (now and told and {**now, **told} != now):
                    raise WeipianError("E_UNDO_CHANGED")
                if table in _HISTORY and now is not None and self._followed(table, now):
                    raise WeipianError("E_UNDO_CHANGED")
                if before[2] is not None:
                    record = before[2] if whole else {**dict(zip(TABLES[table].key, key)), **before[2]}
                    change.put(table, {**record, **computed})
                elif table in _HISTORY and told is not None:
                    change.put(table, {**told, "withdrawn": 1})
                else:
                    if table == "evidence":
                        self._forget_likeness(change, key[0])
                    change.delete(table, *key)
        return str(row["action"])

    def _forget_likeness(self, change: Transaction, evidence_id: str) -> None:
        """A photo goes: so does what its picture was found to be like."""
        pairs = self.connection.execute(
            "SELECT evidence_id, other_id FROM likeness WHERE ? IN (evidence_id, other_id)", (evidence_id,)
        ).fetchall()
        for one, other in pairs:
            change.delete("likeness", one, other)

    def _followed(self, table: str, row: Row) -> bool:
        """Whether a later record of the same patch is in force: what came before it cannot be taken back."""
        spec = TABLES[table].key[0]
        found = self.connection.execute(
            f"SELECT 1 FROM {table} WHERE patch_uid = ? AND withdrawn = 0 AND fid > (SELECT fid FROM {table} "
            f'WHERE "{spec}" = ?) LIMIT 1',
            (row["patch_uid"], row[spec]),
        ).fetchone()
        return found is not None

    def changes(self, text: str) -> list[tuple[str, tuple[Any, ...], Optional[Row], bool]]:
        """(table, key, record, whether it is whole) of the `before` or `after` of a journal row."""
        return self._load(text)

    def _load(self, text: str) -> list[tuple[str, tuple[Any, ...], Optional[Row], bool]]:
        value = json.loads(text)
        if isinstance(value, dict):
            (body,) = self.connection.execute(
                "SELECT body FROM journal_payload WHERE sha256 = ?", (value["payload"],)
            ).fetchone()
            value = json.loads(zlib.decompress(body))
        return list(unpack(value))

    # -- journal ---------------------------------------------------------------------------------

    def head(self) -> tuple[int, str]:
        """(seq, hash) of the last row of this origin; (0, genesis) before the first."""
        row = self.connection.execute(
            "SELECT seq, hash FROM journal WHERE origin = ? ORDER BY seq DESC LIMIT 1", (self.origin,)
        ).fetchone()
        return (row["seq"], row["hash"]) if row else (0, GENESIS)

    def steps(self, after: int, since: str = "") -> list[tuple[int, str, str, str, str]]:
        """(seq, who, action, subject, hlc) of this origin's rows after a number, not older than a clock value."""
        rows = self.connection.execute(
            "SELECT seq, who, action, subject, hlc FROM journal WHERE origin = ? AND seq > ? AND hlc >= ? ORDER BY seq",
            (self.origin, after, since),
        )
        return [tuple(row) for row in rows]

    def journal(self, subject: str = "") -> list[JournalRow]:
        """Rows in total order (hlc, origin, seq), of one subject or all."""
        where, values = ("WHERE subject = ?", (subject,)) if subject else ("", ())
        rows = self.connection.execute(
            f'SELECT origin, seq, hlc, who, action, subject, "before", "after", prev_hash, hash '
            f"FROM journal {where} ORDER BY hlc, origin, seq",
            values,
        )
        return [JournalRow(*row) for row in rows]

    def check_journal(self) -> list[str]:
        """Every break in any chain, and every record that differs from what the journal says of it."""
        rows = self.journal()
        problems: list[str] = []
        for origin in sorted({row.origin for row in rows}):
            problems += check_chain(sorted((r for r in rows if r.origin == origin), key=lambda r: r.seq))
        state: dict[tuple[str, tuple[Any, ...]], Optional[Row]] = {}
        for row in rows:
            try:
                for table, key, after, whole in self._load(row.after):
                    known = None if whole or after is None else state.get((table, key))
                    state[table, key] = (
                        after if whole or after is None else {**(known or whole_record(table, {})), **after}
                    )
            except (TypeError, KeyError, IndexError, ValueError, zlib.error):
                problems.append(f"日志 {row.origin[:8]} 第 {row.seq} 条：附带内容丢失或损坏")
        for table, spec in TABLES.items():
            names = ", ".join(f'"{c}"' for c in spec.columns)
            found = {
                tuple(r[k] for k in spec.key): dict(r) for r in self.connection.execute(f"SELECT {names} FROM {table}")
            }
            told = {key: row for (name, key), row in state.items() if name == table and row is not None}
            for key in found.keys() | told.keys():
                if found.get(key) != told.get(key):
                    problems.append(f"表 {table} 的记录 {'/'.join(map(str, key))} 与日志不一致，可能在插件之外被改动")
        return problems

    # -- files -----------------------------------------------------------------------------------

    def evidence_file(self, sha256: str, original_name: str) -> Path:
        """Where the evidence with this content lies."""
        return self.folder / "evidence" / sha256[:2] / f"{sha256}{Path(original_name).suffix.lower()}"

    def keep_evidence(self, source: Path, sha256: str) -> Path:
        """Copy a file in under its content's name; whole or not at all, twice is once."""
        target = self.evidence_file(sha256, source.name)
        self._copy(source, target)
        return target

    def keep_sources(self, files: Sequence[Path], sha256: str) -> None:
        """Keep a delivery exactly as received under `sources/<sha>/`."""
        root = Path(os.path.commonpath([file.parent for file in files])) if files else self.folder
        if root.suffix.lower() == ".gdb":  # a FileGDB is known by the name of its folder
            root = root.parent
        for file in files:
            self._copy(file, self.folder / "sources" / sha256 / file.relative_to(root))

    def _copy(self, source: Path, target: Path) -> None:
        if target.exists():
            return
        part = target.with_name(f"{target.name[:40]}.{uuid.uuid4().hex[:8]}.part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with source.open("rb") as reader, part.open("wb") as writer:
                shutil.copyfileobj(reader, writer, 1 << 20)
                writer.flush()
                os.fsync(writer.fileno())
            part.replace(target)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise translate(error, target) from error


def _ours(name: str) -> bool:
    return name in _SUBFOLDERS or name.startswith(f".{FILE_NAME}.")


def _upgrade(connection: sqlite3.Connection, path: Path, version: int) -> None:
    """Run the missing migrations, each in a transaction, after a backup beside the workspace."""
    backups = path.parent / "backups"
    try:
        backups.mkdir(exist_ok=True)
        with closing(sqlite3.connect(backups / f"workspace_v{version}_{time.strftime('%Y%m%d-%H%M%S')}.gpkg")) as copy:
            connection.backup(copy)
    except OSError as error:
        raise translate(error, path) from error
    for number in range(version, SCHEMA_VERSION):
        connection.executescript(
            f"BEGIN IMMEDIATE; {MIGRATIONS[number]}; "
            f"UPDATE meta SET value = '{number + 1}' WHERE name = 'schema_version'; COMMIT;"
        )
