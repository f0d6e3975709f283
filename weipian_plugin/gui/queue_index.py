"""The rows of the queue as columns: each is made when a filter or an order first asks for it, and kept in step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from itertools import islice
from operator import attrgetter, le
from typing import Any, Optional

import numpy as np
import numpy.typing as npt

from ..core.model import CaseStatus, ReviewStatus
from ..workbench.queue_reading import fold
from ..workbench.views import QueueRow
from .queue_filters import QueueFilter

Mask = npt.NDArray[np.bool_]
Box = tuple[float, float, float, float]
_NOWHERE = (np.nan, np.nan, np.nan, np.nan)
_ALL = slice(None)
#: Bits of a sort key that hold the rank of the number, so that no two keys are alike: two million patches.
_RANK_BITS = 21
_LAST_DAY = 99999999
UNKNOWN = -1


def _day(text: str) -> int:
    """An ISO date as a number that sorts; none is after all."""
    digits = text[:10].replace("-", "")
    return int(digits) if len(digits) == 8 and digits.isascii() and digits.isdigit() else _LAST_DAY


def _cents(area: Any) -> float:
    return float(area) * 100 if area else 0.0


def _box(row: QueueRow) -> Box:
    if row.bbox is not None:
        return row.bbox
    return (*row.centre, *row.centre) if row.centre is not None else _NOWHERE


#: An enum's own hash and value are slow; there is one object of each.
_WORDS = {id(status): status.value for status in (*ReviewStatus, *CaseStatus)}
_FILED = (ReviewStatus.JUDGED, ReviewStatus.SUBMITTED, ReviewStatus.FINISHED)
#: Columns that are put together from others, all slots at once; one slot asks the row.
_DERIVED = frozenset({"finished", "workable", "counted", "returned", "closed"})
_AREAS = frozenset({"prime", "redline", "area"})
_COLUMNS: Mapping[str, tuple[Any, Callable[[QueueRow], Any]]] = {
    "level": (np.int64, lambda row: row.level or 9),
    "prime": (np.int64, lambda row: _cents(row.prime_mu)),
    "redline": (np.int64, lambda row: _cents(row.redline_mu)),
    "area": (np.int64, lambda row: _cents(row.area_mu)),
    "due": (np.int64, lambda row: _day(row.due_on)),
    "finished": (np.bool_, lambda row: row.finished),
    "workable": (np.bool_, lambda row: row.workable),
    "counted": (np.bool_, lambda row: row.counted),
    "doubt": (np.bool_, lambda row: row.doubt),
    "bare": (np.bool_, lambda row: not row.evidence_count),
    "returned": (np.bool_, lambda row: row.review_status is ReviewStatus.RETURNED),
    "illegal": (np.bool_, lambda row: row.verdict == "illegal"),
    "closed": (np.bool_, lambda row: row.case_status is CaseStatus.CLOSED),
    "clue": (np.bool_, lambda row: row.origin != "delivery"),
    "shapeless": (np.bool_, lambda row: row.bbox is None),
}
_CATEGORIES: Mapping[str, Callable[[QueueRow], str]] = {
    "level": lambda row: str(row.level or ""),
    "status": lambda row: _WORDS[id(row.review_status)],
    "verdict": lambda row: row.verdict,
    "case": lambda row: _WORDS[id(row.case_status)],
    "class": lambda row: row.class_label or row.monitor_class,
    "village": lambda row: row.village,
    "office": lambda row: row.office,
    "assignee": lambda row: row.assignee,
    "batch": lambda row: row.batch_id,
    "judged_by": lambda row: row.judged_by,
}


class _Category:
    """A text column as numbers into its labels."""

    def __init__(self, values: Sequence[str]) -> None:
        self.labels = list(dict.fromkeys(values))
        self.code = {label: i for i, label in enumerate(self.labels)}
        self.codes = np.fromiter(map(self.code.__getitem__, values), np.int64, len(values))

    def set(self, slot: int, value: str) -> None:
        if value not in self.code:
            self.code[value] = len(self.labels)
            self.labels.append(value)
        self.codes[slot] = self.code[value]

    def among(self, values: frozenset[str], sel: slice) -> Mask:
        wanted = np.zeros(len(self.labels) + 1, dtype=np.bool_)
        wanted[[self.code[value] for value in values if value in self.code]] = True
        return wanted[self.codes[sel]]


class QueueIndex:
    """Rows in their slots with the columns over them; a slot stays as long as the rows are not replaced."""

    def __init__(self, rows: Sequence[QueueRow] = (), today: str = "", person: str = "") -> None:
        self.rows = list(rows)
        self.at = dict(zip(map(attrgetter("patch_uid"), self.rows), range(len(self.rows))))
        self.today, self.person = today, person
        self.view: Optional[Box] = None
        self._columns: dict[str, npt.NDArray[Any]] = {}
        self._categories: dict[str, _Category] = {}
        self._boxes: Optional[npt.NDArray[np.float64]] = None
        self._texts: Optional[list[str]] = None
        self._ranks: Optional[npt.NDArray[np.int64]] = None
        self._facts = {name: np.full(len(self.rows), UNKNOWN, np.int8) for name in ("incomplete", "against", "left")}

    def __len__(self) -> int:
        return len(self.rows)

    # -- columns --------------------------------------------------------------------------
    def column(self, name: str) -> npt.NDArray[Any]:
        """One value a slot."""
        if name not in self._columns:
            kind, read = _COLUMNS[name]
            if name in _DERIVED:
                self._columns[name] = self._derived(name)
            elif name in _AREAS:
                self._columns[name] = np.rint(np.fromiter(map(read, self.rows), np.float64, len(self.rows))).astype(
                    kind
                )
            else:
                self._columns[name] = np.fromiter(map(read, self.rows), kind, len(self.rows))
        return self._columns[name]

    def _is(self, attribute: str, *values: Any) -> Mask:
        """Slots whose enum is one of `values`."""
        held = np.fromiter(map(id, map(attrgetter(attribute), self.rows)), np.int64, len(self.rows))
        found: Mask = np.isin(held, [id(value) for value in values])
        return found

    def _derived(self, name: str) -> Mask:
        """As the properties of QueueRow say, which tests compare with."""
        if name == "returned":
            return self._is("review_status", ReviewStatus.RETURNED)
        if name == "closed":
            return self._is("case_status", CaseStatus.CLOSED)
        if name == "workable":
            count = len(self.rows)
            merged = np.fromiter(map(bool, map(attrgetter("merged_into"), self.rows)), np.bool_, count)
            parent = np.fromiter(map("parent".__eq__, map(attrgetter("split_state"), self.rows)), np.bool_, count)
            return ~merged & ~parent & ~self._is("review_status", ReviewStatus.VOID)
        workable: Mask = self.column("workable")
        if name == "counted":
            return workable & ~self.column("clue")
        judged = np.fromiter(map(bool, map(attrgetter("verdict"), self.rows)), np.bool_, len(self.rows))
        return ~workable | (judged & self._is("review_status", *_FILED))

    def category(self, name: str) -> _Category:
        """A text column."""
        if name not in self._categories:
            self._categories[name] = _Category(list(map(_CATEGORIES[name], self.rows)))
        return self._categories[name]

    def boxes(self) -> npt.NDArray[np.float64]:
        """Lon/lat boxes, a row a slot; NaN where nothing is known."""
        if self._boxes is None:
            self._boxes = np.array([_box(row) for row in self.rows], dtype=np.float64).reshape(-1, 4)
        return self._boxes

    def texts(self) -> list[str]:
        """What the search looks through."""
        if self._texts is None:
            self._texts = [row.text or _searched(row) for row in self.rows]
        return self._texts

    def ranks(self) -> npt.NDArray[np.int64]:
        """Where each slot stands by its number."""
        if self._ranks is None:
            ids = list(map(attrgetter("patch_id"), self.rows))
            if all(map(le, ids, islice(ids, 1, None))):  # as deliveries mostly come
                self._ranks = np.arange(len(ids))
                return self._ranks
            order = sorted(range(len(ids)), key=ids.__getitem__)
            self._ranks = np.empty(len(ids), np.int64)
            self._ranks[order] = np.arange(len(ids))
        return self._ranks

    def put(self, slot: int, row: QueueRow) -> None:
        """Another value in a slot; the number of a patch never changes."""
        self.rows[slot] = row
        for name, column in self._columns.items():
            value = _COLUMNS[name][1](row)
            column[slot] = round(value) if name in _AREAS else value
        for name, category in self._categories.items():
            category.set(slot, _CATEGORIES[name](row))
        if self._boxes is not None:
            self._boxes[slot] = _box(row)
        if self._texts is not None:
            self._texts[slot] = row.text or _searched(row)

    def set_facts(self, slot: int, incomplete: int, against: int, left: int) -> None:
        """What the background found of one patch: 1 yes, 0 no, UNKNOWN."""
        for name, value in (("incomplete", incomplete), ("against", against), ("left", left)):
            self._facts[name][slot] = value

    def facts(self, slot: int) -> tuple[int, int, int]:
        """As `set_facts` was told."""
        return tuple(int(self._facts[name][slot]) for name in ("incomplete", "against", "left"))  # type: ignore[return-value]

    def to_advise(self, *, every: bool) -> list[int]:
        """Slots of what is worked on and whose facts are not known, or of all that is worked on, in order."""
        wanted = self.column("workable")
        return [int(at) for at in np.flatnonzero(wanted if every else wanted & (self._facts["incomplete"] == UNKNOWN))]

    def has_facts(self) -> bool:
        """Whether the background has told of any patch."""
        return bool((self._facts["incomplete"] != UNKNOWN).any())

    def unknown(self) -> int:
        """How many workable patches the background has not told of."""
        return int(np.count_nonzero((self._facts["incomplete"] == UNKNOWN) & self.column("workable")))

    # -- filters --------------------------------------------------------------------------
    def mask(self, wanted: QueueFilter, sel: slice = _ALL) -> Mask:
        """Which slots of `sel` pass."""
        passed: Mask = np.ones(len(range(*sel.indices(len(self.rows)))), dtype=np.bool_)
        for test in wanted.tests:
            passed &= self._test(test, sel)
        for facet, values in wanted.values.items():
            passed &= self._among(facet, values, sel)
        if wanted.only:
            rows = self.rows[sel]
            passed &= np.fromiter((row.patch_uid in wanted.only for row in rows), np.bool_, len(rows))
        for word in wanted.words:
            texts = self.texts()[sel]
            passed &= np.fromiter((word in text for text in texts), np.bool_, len(texts))
        return passed

    def passes(self, wanted: QueueFilter, slot: int) -> bool:
        """Whether one slot passes."""
        return bool(self.mask(wanted, slice(slot, slot + 1))[0])

    def _among(self, facet: str, values: frozenset[str], sel: slice) -> Mask:
        if facet == "due":
            found: Mask = np.isin(self.due_codes(sel), [DUE_KEYS.index(v) for v in values if v in DUE_KEYS])
            return found
        return self.category(facet).among(values, sel)

    def due_codes(self, sel: slice = _ALL) -> npt.NDArray[np.int64]:
        """Index into DUE_KEYS a slot."""
        days = self.column("due")[sel]
        today = _day(self.today)
        start = date.fromisoformat(self.today) if self.today else date.max - timedelta(days=40)
        week, month = (_day((start + timedelta(days=n)).isoformat()) for n in (7, 30))
        codes = np.select([days == _LAST_DAY, days < today, days <= week, days <= month], [4, 0, 1, 2], 3)
        return np.where(self.column("finished")[sel], 5, codes)

    def _test(self, name: str, sel: slice) -> Mask:
        if name == "overdue":
            return (self.column("due")[sel] < _day(self.today)) & ~self.column("finished")[sel]
        if name in ("open", "aside"):
            return ~self.column("finished" if name == "open" else "workable")[sel]
        return self.column("workable")[sel] & self._of_workable(name, sel)

    def _of_workable(self, name: str, sel: slice) -> Mask:
        plain = {
            "done": "finished", "doubt": "doubt", "returned": "returned", "illegal": "illegal", "clues": "clue",
            "shapeless": "shapeless", "no_evidence": "bare",
        }  # fmt: skip
        if name in plain:
            found: Mask = self.column(plain[name])[sel]
        elif name in ("prime", "redline"):
            found = self.column(name)[sel] > 0
        elif name == "risk":
            found = (self.column("prime")[sel] > 0) | (self.column("redline")[sel] > 0)
        elif name == "rectify":
            found = self.column("illegal")[sel] & ~self.column("closed")[sel]
        elif name == "unrectified":
            found = self.column("illegal")[sel] & (self._facts["left"][sel] == 1)
        elif name == "mine":
            found = self._mine(sel)
        elif name == "in_view":
            found = self._in_view(sel)
        else:
            found = self._facts[name][sel] == 1
        return found

    def _mine(self, sel: slice) -> Mask:
        """Assigned to the person; what nobody has, to whom judged it."""
        me = frozenset({self.person}) if self.person else frozenset()
        nobody = self.category("assignee").among(frozenset({""}), sel)
        return self.category("assignee").among(me, sel) | (nobody & self.category("judged_by").among(me, sel))

    def _in_view(self, sel: slice) -> Mask:
        """Boxes that meet the map; all as long as no map tells where it is."""
        boxes = self.boxes()[sel]
        if self.view is None:
            return np.ones(len(boxes), dtype=np.bool_)
        xmin, ymin, xmax, ymax = self.view
        found: Mask = (boxes[:, 0] <= xmax) & (boxes[:, 2] >= xmin) & (boxes[:, 1] <= ymax) & (boxes[:, 3] >= ymin)
        return found

    def facet(self, name: str, passed: Mask) -> list[tuple[str, int]]:
        """(value, how many of `passed`) of a facet, the known order first, then the frequent ones."""
        if name == "due":
            counts = np.bincount(self.due_codes()[passed], minlength=len(DUE_KEYS))
            return [(key, int(count)) for key, count in zip(DUE_KEYS, counts)]
        category = self.category(name)
        counts = np.bincount(category.codes[passed], minlength=len(category.labels))
        whole = np.bincount(category.codes, minlength=len(category.labels))
        found = [(label, int(counts[i])) for i, label in enumerate(category.labels) if whole[i]]
        if name in ("level", "status", "verdict", "case"):
            return sorted(found, key=lambda item: _KNOWN.get(item[0], len(_KNOWN)))
        return sorted(found, key=lambda item: (not item[0], -item[1], item[0]))

    # -- orders ---------------------------------------------------------------------------
    def keys(self, order: str, *, down: bool, sel: slice = _ALL) -> npt.NDArray[np.int64]:
        """Sort keys, ascending, no two alike. `down` turns the order round."""
        ranks = self.ranks()[sel]
        high = self._high(order, sel)
        keys = (high << _RANK_BITS) | ranks
        return -keys if down else keys

    def _high(self, order: str, sel: slice) -> npt.NDArray[np.int64]:
        if order == "level":
            most = (1 << 36) - 1
            return (self.column("level")[sel] << 36) | (most - np.minimum(self.column("prime")[sel], most))
        if order in ("due", "area"):
            return np.asarray(self.column(order)[sel])
        if order in ("village", "status"):
            category = self.category(order)
            known = _KNOWN if order == "status" else {}
            by_label = sorted(
                range(len(category.labels)), key=lambda i: (known.get(category.labels[i], 0), category.labels[i])
            )
            place = np.empty(len(by_label), np.int64)
            place[by_label] = np.arange(len(by_label))
            return place[category.codes[sel]]
        return np.zeros(len(self.ranks()[sel]), np.int64)


DUE_KEYS = ("overdue", "week", "month", "later", "none", "over")
_KNOWN: Mapping[str, int] = {
    value: i
    for i, value in enumerate(
        ("1", "2", "3", *(s.value for s in ReviewStatus), "legal", "illegal", "other", *(s.value for s in CaseStatus))
    )
}


def _searched(row: QueueRow) -> str:
    """Of a row that brings no text of its own."""
    return fold(f"{row.patch_id} {row.village}")
