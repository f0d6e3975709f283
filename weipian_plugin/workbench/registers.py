"""Use case: approval registers in the workspace, and which of their entries lie on which patch.

Links found by place, number or name are stored so that one can ask across patches; what a person confirmed or
took off stays as it was said.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Optional

import numpy as np
import shapely

from ..core.errors import WeipianError
from ..core.feedback import Feedback, stop_if_cancelled
from ..core.fields import normalise
from ..core.findings import Finding
from ..core.model import Judgement, Patch
from ..core.registers import (
    CONFIRMED,
    DOC_NO,
    HOLDER,
    LOCATION,
    REMOVED,
    SUGGESTED,
    Claim,
    RegisterIndex,
    RegisterMatch,
    fold,
    ordered,
)
from ..core.rulepack import RulePack
from ..geo.viewcone import look_many
from ..store import records
from ..store.workspace import Transaction, Workspace
from .clock import now
from .pack_shelf import pack_of, workspace_default
from .register_tables import RegisterTable, read_register
from .resources import default_pack

#: Setting that holds which tables were read: JSON list of RegisterSource.
SOURCES = "registers"
#: Who stands behind a link that no person made.
AUTOMATIC = "自动对应"
#: Degrees that are certainly more than one metre anywhere in China, for the first look at boxes.
_DEGREE_A_METRE = 1 / 60_000
_SPLIT = "、,，;；/\n"
#: Answers of the clerk that name a holder, and those that name a document.
_NAME_ANSWERS = ("actor", "household", "project")
_DOC_ANSWERS = ("doc_no", "cert_no", "filing_no", "linkage_no", "licence_no")


@dataclass(frozen=True)
class RegisterSource:
    """A table in the role of a register. `sheet` of a workbook, `unit` of the area where the header is silent."""

    role: str
    source: str
    sheet: str = ""
    unit: str = ""


@dataclass(frozen=True)
class RegisterReport:
    """What reading the registers gave: entries by role, links by reason, what was odd."""

    entries: Mapping[str, int]
    links: Mapping[str, int]
    findings: tuple[Finding, ...] = ()
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # file -> canonical -> header

    def report(self) -> dict[str, Any]:
        """The part `registers` of REPORT_JSON."""
        return {
            "entries": dict(self.entries),
            "links": dict(self.links),
            "columns": {name: dict(found) for name, found in self.columns.items()},
            "findings": [vars(item) for item in self.findings],
        }


def sources(ws: Workspace) -> list[RegisterSource]:
    """The tables that were read into the workspace."""
    return [RegisterSource(**item) for item in json.loads(records.setting(ws, SOURCES) or "[]")]


def read_tables(
    tables: Sequence[RegisterSource], feedback: Feedback, pack: Optional[RulePack] = None
) -> list[RegisterTable]:
    """Read the rows of register tables; nothing is stored. `pack` names the columns.

    Raises:
        WeipianError: those of `read_register`, E_CANCELLED.
    """
    read = []
    for table in tables:
        stop_if_cancelled(feedback)
        feedback.message(f"正在读取登记表 {Path(table.source).name}")
        read.append(read_register(Path(table.source), table.role, pack or default_pack(), table.sheet, table.unit))
    return read


def store(
    folder: Path, tables: Sequence[RegisterSource], read: Sequence[RegisterTable], who: str, feedback: Feedback
) -> RegisterReport:
    """Make what was read the registers of the workspace and lay their entries on the patches.

    Unchanged rows keep their id and what was said of them; tables that are no longer named go.

    Raises:
        WeipianError: E_CANCELLED, those of the workspace.
    """
    with Workspace.open(Path(folder)) as ws:
        with ws.transaction("register", "workspace", who) as change:
            _store(ws, change, read, tables)
        links = _relink(ws, workspace_default(ws), who, feedback)
    entries: dict[str, int] = {}
    for found in read:
        entries[found.role] = entries.get(found.role, 0) + len(found.entries)
    findings = tuple(item for found in read for item in found.findings)
    return RegisterReport(entries, links, findings, {found.source_name: found.columns for found in read})


def read_into(folder: Path, tables: Sequence[RegisterSource], who: str, feedback: Feedback) -> RegisterReport:
    """Read register tables into the workspace; errors of `read_tables` and `store`."""
    return store(folder, tables, read_tables(tables, feedback, pack_of(Path(folder))), who, feedback)


def _store(ws: Workspace, change: Transaction, read: Sequence[RegisterTable], wanted: Sequence[RegisterSource]) -> None:
    """Put the entries of the tables, take away those whose table or row is gone, and their links."""
    names = {(s.role, Path(s.source).name) for s in wanted}
    fresh = {entry.entry_id: entry for table in read for entry in table.entries}
    again = {(table.role, table.source_name) for table in read}
    gone = set()
    for entry_id, entry in records.register_entries(ws).items():
        place = (entry.register, entry.source_name)
        if place not in names or (place in again and entry_id not in fresh):
            gone.add(entry_id)
    _drop(ws, change, gone)
    for entry in fresh.values():
        change.put("register_entry", records.register_row(entry))
    change.put("setting", sources_row(wanted))


def _drop(ws: Workspace, change: Transaction, gone: set[str]) -> None:
    """Take entries away, and what was laid on patches of them."""
    for row in records.register_links(ws) if gone else ():
        if row["entry_id"] in gone:
            change.delete("register_link", row["patch_uid"], row["entry_id"])
    for entry_id in sorted(gone):
        change.delete("register_entry", entry_id)


def drop_tables(ws: Workspace, change: Transaction, tables: Iterable[RegisterSource]) -> None:
    """Take the entries of these tables away."""
    names = {(table.role, Path(table.source).name) for table in tables}
    entries = records.register_entries(ws).items() if names else ()
    _drop(ws, change, {key for key, entry in entries if (entry.register, entry.source_name) in names})


def sources_row(tables: Sequence[RegisterSource]) -> dict[str, Any]:
    """The setting that names the tables."""
    text = json.dumps([asdict(item) for item in tables], ensure_ascii=False, sort_keys=True)
    return records.setting_row(SOURCES, text)


def relink(folder: Path, who: str, feedback: Feedback) -> dict[str, int]:
    """Lay the entries there are on the patches there are; how many links by reason."""
    with Workspace.open(Path(folder)) as ws:
        return _relink(ws, workspace_default(ws), who, feedback)


def _relink(ws: Workspace, pack: RulePack, who: str, feedback: Feedback) -> dict[str, int]:
    matcher = Matcher(ws, pack)
    if not len(matcher.index):
        return {}
    patches = [p for p in records.patches(ws) if p.split_state != "parent"]
    judged = records.judgements(ws)
    said = {(row["patch_uid"], row["entry_id"]): str(row["reason"]) for row in records.register_links(ws)}
    wanted: dict[tuple[str, str], str] = {}
    counts: dict[str, int] = {}
    for number, patch in enumerate(patches):
        if number % 200 == 0:
            stop_if_cancelled(feedback)
        for match in matcher.found(patch, judged.get(patch.patch_uid), suggesting=False):
            wanted[patch.patch_uid, match.entry.entry_id] = reason_text(match.how, match.detail)
            counts[match.how] = counts.get(match.how, 0) + 1
    fixed = {key for key, reason in said.items() if how_of(reason) in (CONFIRMED, REMOVED)}
    changed = {k: r for k, r in wanted.items() if k not in fixed and said.get(k) != r}
    stale = [k for k in said if k not in wanted and k not in fixed]
    if changed or stale:
        at = now()
        with ws.transaction("register", "workspace", who) as change:
            for uid, entry_id in stale:
                change.delete("register_link", uid, entry_id)
            for (uid, entry_id), reason in changed.items():
                change.put("register_link", link_row(uid, entry_id, reason, AUTOMATIC, at))
    return counts


def reason_text(how: str, detail: str = "") -> str:
    """The column `reason`: the word, and the Chinese detail behind a colon."""
    return f"{how}:{detail}" if detail else how


def how_of(reason: str) -> str:
    """The word of the column `reason`."""
    return reason.partition(":")[0]


def link_row(patch_uid: str, entry_id: str, reason: str, by: str, at: str) -> dict[str, Any]:
    """A record of register_link."""
    return {"patch_uid": patch_uid, "entry_id": entry_id, "reason": reason, "by": by, "at": at}


class Matcher:
    """The registers of a workspace, ready to be asked about one patch after another."""

    def __init__(self, ws: Workspace, pack: RulePack) -> None:
        self._ws, self._pack = ws, pack
        self.index = RegisterIndex(records.register_entries(ws).values())
        self._placed = [e for e in self.index.entries.values() if e.lon is not None and e.lat is not None]
        points = shapely.points([e.lon for e in self._placed], [e.lat for e in self._placed]) if self._placed else []
        self._tree = shapely.STRtree(np.array(points, dtype=object))
        self._near = float(pack.threshold("register_near_m"))
        self._kinds: dict[str, str] = {}
        self._seq = -1
        self._laid: dict[str, list[tuple[str, str]]] = {}
        self._names = {normalise(name) for name in pack.register_names}
        self._doc_nos = {normalise(name) for name in pack.register_doc_nos}

    def claim(self, patch: Patch, judgement: Optional[Judgement]) -> Claim:
        """What a patch and the clerk's answers say of holder, document and village."""
        names, doc_nos = [], []
        for key, value in patch.source_attributes.items():
            kind = self._kind(key) if value else ""
            if kind == "name":
                names += _parts(value or "")
            elif kind == "doc_no":
                doc_nos.append(value or "")
        answers = judgement.answers if judgement else {}
        for key in _NAME_ANSWERS:
            names += _parts(str(answers.get(key) or ""))
        doc_nos += [str(answers[key]) for key in _DOC_ANSWERS if answers.get(key)]
        return Claim(patch.village_name or "", tuple(dict.fromkeys(names)), tuple(dict.fromkeys(doc_nos)))

    def _kind(self, key: str) -> str:
        """What a column of the delivery holds; the same few columns come with every patch."""
        if key not in self._kinds:
            name = normalise(key)
            self._kinds[key] = "name" if name in self._names else "doc_no" if name in self._doc_nos else ""
        return self._kinds[key]

    def found(self, patch: Patch, judgement: Optional[Judgement], *, suggesting: bool = True) -> list[RegisterMatch]:
        """Entries that lie on the patch, and suggestions unless not `suggesting`, without what was said by hand."""
        claim = self.claim(patch, judgement)
        hits = [RegisterMatch(e, DOC_NO, detail) for e, detail in self.index.by_doc_no(claim)]
        hits += [RegisterMatch(e, HOLDER, detail) for e, detail in self.index.by_holder(claim)]
        hits += self._by_place(patch)
        if suggesting:
            hits += [RegisterMatch(e, SUGGESTED, detail) for e, detail in self.index.suggestions(claim)]
        return list(ordered(hits))

    def _by_place(self, patch: Patch) -> list[RegisterMatch]:
        """Entries whose point lies in the patch or within the distance of the pack."""
        if patch.wkb:
            shape = shapely.from_wkb(patch.wkb)
        elif patch.centre_lon is not None and patch.centre_lat is not None:
            shape = shapely.Point(patch.centre_lon, patch.centre_lat)  # 无边界
        else:
            return []
        if not self._placed:
            return []
        margin = self._near * _DEGREE_A_METRE
        xmin, ymin, xmax, ymax = shape.bounds
        found = []
        for at in self._tree.query(shapely.box(xmin - margin, ymin - margin, xmax + margin, ymax + margin)).tolist():
            entry = self._placed[at]
            distance = look_many(entry.lon or 0.0, entry.lat or 0.0, None, [shape])[0].distance_m
            if distance <= self._near:
                where = "登记位置在图斑内" if distance <= 0 else f"登记位置距图斑 {distance:.0f} 米"
                found.append(RegisterMatch(entry, LOCATION, where))
        return found

    def matches(self, patch: Patch, judgement: Optional[Judgement]) -> tuple[RegisterMatch, ...]:
        """Everything that lies on a patch: stored links, what its present answers say, suggestions."""
        if not len(self.index):
            return ()
        stored = {row["entry_id"]: str(row["reason"]) for row in records.register_links(self._ws, patch.patch_uid)}
        removed = {key for key, reason in stored.items() if how_of(reason) == REMOVED}
        hits = [m for m in self.found(patch, judgement) if m.entry.entry_id not in removed]
        hits += [
            RegisterMatch(self.index.entries[key], CONFIRMED, reason.partition(":")[2])
            for key, reason in stored.items()
            if how_of(reason) == CONFIRMED and key in self.index.entries
        ]
        return tuple(self._with_family(match, patch) for match in ordered(hits))

    def _with_family(self, match: RegisterMatch, patch: Patch) -> RegisterMatch:
        if not match.certain:
            return match
        places = self._places()
        others = {
            number: None
            for entry_id in sorted(self.index.family(match.entry))
            for uid, number in places.get(entry_id, ())
            if uid != patch.patch_uid
        }
        return RegisterMatch(match.entry, match.how, match.detail, self.index.twins(match.entry), tuple(others))

    def _places(self) -> dict[str, list[tuple[str, str]]]:
        """Which patches each entry was laid on, read again after any action."""
        seq = self._ws.head()[0]
        if self._seq != seq:
            self._seq, self._laid = seq, records.entry_patches(self._ws)
        return self._laid


def _parts(value: str) -> Iterable[str]:
    for mark in _SPLIT:
        value = value.replace(mark, "\n")
    return [part.strip() for part in value.split("\n") if len(fold(part)) > 1]


def require_entry(matcher: Matcher, entry_id: str) -> None:
    """Raise E_REGISTER_MISSING unless the workspace holds this entry."""
    if entry_id not in matcher.index.entries:
        raise WeipianError("E_REGISTER_MISSING", entry=entry_id)
