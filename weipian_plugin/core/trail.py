"""What can be taken back and done again, read from the journal, so that a restart forgets nothing.

The journal of one copy is walked in order. Each person has an own stack: an action goes onto it, an undo takes
the top off and keeps it for redo, a new action forgets what could be done again, and after a barrier (new
patches, a new overlay) nobody can go back behind it. Only what was done on the present day counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

UNDO, REDO = "undo", "redo"


@dataclass(frozen=True)
class Done:
    """One row of the journal: what was done, by whom, on which day (ISO date)."""

    seq: int
    who: str
    action: str
    subject: str
    day: str


@dataclass
class _Stacks:
    back: list[Done] = field(default_factory=list)
    again: list[Done] = field(default_factory=list)


class Trail:
    """The stacks of everybody after the rows taken so far.

    Args:
        undoable: actions that can be taken back one by one.
        barriers: actions that nobody goes back behind.
    """

    def __init__(self, undoable: Iterable[str], barriers: Iterable[str]) -> None:
        self._undoable, self._barriers = frozenset(undoable), frozenset(barriers)
        self._people: dict[str, _Stacks] = {}
        self.seq = 0

    def take(self, row: Done) -> None:
        """Follow the next row of the journal."""
        self.seq = row.seq
        if row.action in self._barriers:
            self._people.clear()
            return
        stacks = self._people.setdefault(row.who, _Stacks())
        if row.action in (UNDO, REDO):
            source, target = (stacks.back, stacks.again) if row.action == UNDO else (stacks.again, stacks.back)
            if source:
                # The row that did it last is the one to reverse; the action stays what it was.
                target.append(replace(source.pop(), seq=row.seq, day=row.day))
        elif row.action in self._undoable:
            stacks.back.append(row)
            stacks.again.clear()

    def back(self, who: str, day: str) -> list[Done]:
        """What this person can take back on this day, the next one first; `seq` is the row to reverse."""
        return _of_day(self._people.get(who, _Stacks()).back, day)

    def again(self, who: str, day: str) -> list[Done]:
        """What this person can do again on this day, the next one first; `seq` is the row to reverse."""
        return _of_day(self._people.get(who, _Stacks()).again, day)


def _of_day(stack: list[Done], day: str) -> list[Done]:
    found = []
    for item in reversed(stack):
        if item.day != day:
            break
        found.append(item)
    return found
