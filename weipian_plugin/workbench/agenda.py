"""今天要办: what waits for somebody, by batch; and where the panel stood when it was closed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta

from ..core import dispatch
from ..core.model import Batch, CaseStatus, ReviewStatus
from ..store import desk, dispatches, office
from .acting import Acting
from .clock import today as this_day
from .views import QueueRow

#: Days before the deadline from which a patch counts as due, and after which a 移交 should have been answered.
SOON_DAYS = 7
FEEDBACK_DAYS = 15
#: `meta` names: where the panel stood, what was chosen but not submitted, what was copied into the platform.
_PLACE, _DRAFTS, _TICKS = "desk_place", "desk_drafts", "desk_fill"


@dataclass(frozen=True)
class Todo:
    """One line: so many patches wait for the same thing. `tone`: bad, warn or link."""

    key: str
    label: str
    uids: tuple[str, ...]
    tone: str = "link"
    hint: str = ""


@dataclass(frozen=True)
class BatchAgenda:
    """What waits in one batch; `batch_id` empty: in all of them together."""

    batch_id: str
    name: str
    due_on: str
    done: int
    total: int
    todos: tuple[Todo, ...]

    @property
    def urgency(self) -> int:
        """0 overdue or returned, 1 due, 2 anything else, 3 nothing to do."""
        keys = {todo.key for todo in self.todos}
        if keys & {"overdue", "returned"}:
            return 0
        return 1 if "due" in keys else 2 if keys else 3


@dataclass(frozen=True)
class DeskFacts:
    """What the lines of the queue do not say. `waiting`: day of a 移交 without 反馈; `checks`: last 内审."""

    assigned: frozenset[str] = frozenset()
    waiting: Mapping[str, str] = field(default_factory=dict)
    checks: Mapping[str, str] = field(default_factory=dict)
    checker: bool = False  # somebody here does 内审
    late: frozenset[str] = frozenset()  # 派单 past its deadline, and nobody was there


@dataclass(frozen=True)
class Place:
    """Where the panel stood: patch, centre lon/lat in degrees, width on the ground in m, way of comparing."""

    patch_uid: str = ""
    lon: float = 0.0
    lat: float = 0.0
    width_m: float = 0.0
    compare: str = ""


def day_before(today: str, days: int) -> str:
    """The ISO day so many days before `today` (after it when negative)."""
    return (date.fromisoformat(today) - timedelta(days=days)).isoformat()


def agenda(
    rows: Sequence[QueueRow],
    batches: Sequence[Batch],
    facts: DeskFacts,
    today: str,
    *,
    soon_days: int = SOON_DAYS,
    feedback_days: int = FEEDBACK_DAYS,
) -> list[BatchAgenda]:
    """One entry a batch, the most urgent first; above them all together when there are several.

    `rows` are lines of the queue; split, void and merged ones wait for nobody. Days are ISO text.
    """
    tests = _tests(facts, today, soon_days, feedback_days)
    by_batch: dict[str, list[QueueRow]] = {}
    for row in rows:
        if row.workable:
            by_batch.setdefault(row.batch_id, []).append(row)
    found = [
        _entry(batch.batch_id, batch.name, batch.due_on or "", by_batch[batch.batch_id], tests)
        for batch in batches
        if batch.batch_id in by_batch
    ]
    found.sort(key=lambda entry: (entry.urgency, entry.due_on or "9999"))
    if len(found) > 1:
        everything = [row for row in rows if row.workable]
        found.insert(0, _entry("", "全部批次", "", everything, tests))
    return found


Test = tuple[str, str, str, str, Callable[[QueueRow], bool]]


def _tests(facts: DeskFacts, today: str, soon_days: int, feedback_days: int) -> list[Test]:
    """(key, label, tone, hint, test) of each line, the most urgent first."""
    soon, long_ago = day_before(today, -soon_days), day_before(today, feedback_days)

    def unchecked(row: QueueRow) -> bool:
        waits = row.review_status is ReviewStatus.JUDGED and bool(row.verdict)
        return facts.checker and waits and row.patch_uid not in facts.checks

    def silent(row: QueueRow) -> bool:
        since = facts.waiting.get(row.patch_uid, "")
        return row.case_status is CaseStatus.TRANSFERRED and bool(since) and since <= long_ago

    def unassigned(row: QueueRow) -> bool:
        early = row.review_status in (ReviewStatus.RECEIVED, ReviewStatus.ASSESSED)
        return early and not row.finished and row.patch_uid not in facts.assigned

    return [
        ("overdue", "已超期", "bad", "期限已过，还没有判定", lambda r: _open(r) and "" < r.due_on < today),
        ("returned", "被退回", "bad", "审核退回，等待改正", lambda r: r.review_status is ReviewStatus.RETURNED),
        ("late", "派单逾期", "bad", "期限已过，没有照片或外核", lambda r: _open(r) and r.patch_uid in facts.late),
        ("internal", "内审退回", "bad", "内审没有通过", lambda r: facts.checks.get(r.patch_uid) == "returned"),
        ("due", f"{soon_days} 天内到期", "warn", "还没有判定", lambda r: _open(r) and today <= r.due_on <= soon),
        ("open_1", "一级未判定", "warn", "一级图斑优先", lambda r: not r.finished and r.level == 1),
        ("waiting", "移交未反馈", "warn", f"移交 {feedback_days} 天以上没有反馈", silent),
        ("unchecked", "待内审", "link", "已判定，还没有内审", unchecked),
        ("doubt", "存疑", "warn", "需要外业或补充材料", lambda r: r.doubt),
        ("unassigned", "未派单", "link", "还没有派给任何人", unassigned),
        ("open", "未判定", "link", "", lambda r: not r.finished),
        ("rectify", "待整改", "link", "违法，还没有销号", _unclosed),
    ]  # fmt: skip


def _open(row: QueueRow) -> bool:
    return not row.finished


def _unclosed(row: QueueRow) -> bool:
    return row.verdict == "illegal" and row.case_status is not CaseStatus.CLOSED


def _entry(batch_id: str, name: str, due_on: str, rows: Sequence[QueueRow], tests: Iterable[Test]) -> BatchAgenda:
    todos = []
    for key, label, tone, hint, test in tests:
        uids = tuple(row.patch_uid for row in rows if test(row))
        if uids:
            todos.append(Todo(key, label, uids, tone, hint))
    return BatchAgenda(batch_id, name, due_on, sum(row.finished for row in rows), len(rows), tuple(todos))


class Desk(Acting):
    """The part of a session that the start screen needs; conveniences, no records."""

    def desk_facts(self) -> DeskFacts:
        """What 今天要办 counts beside the lines of the queue."""
        return DeskFacts(
            assigned=frozenset(desk.assigned(self._ws)),
            waiting=desk.transfers(self._ws),
            checks=desk.last_checks(self._ws),
            checker=any(person.role == "checker" for person in office.people(self._ws)),
            late=frozenset(item.patch_uid for item in dispatch.late(dispatches.sent(self._ws), this_day())),
        )

    def last_place(self) -> Place:
        """Where the panel stood when it was last closed; an empty one when that is not known."""
        try:
            known = json.loads(desk.notes(self._ws, [_PLACE])[_PLACE] or "{}")
            return Place(
                str(known.get("patch_uid", "")),
                *(float(known.get(name, 0)) for name in ("lon", "lat", "width_m")),
                str(known.get("compare", "")),
            )
        except (ValueError, TypeError, AttributeError):  # written by hand or by another version
            return Place()

    def keep_place(self, place: Place) -> None:
        """Open here next time."""
        self._ws.note(_PLACE, json.dumps(asdict(place)))

    def drafts(self) -> dict[str, dict[str, object]]:
        """patch_uid -> what was chosen and typed but not submitted; unreadable notes give none."""
        try:
            known = json.loads(desk.notes(self._ws, [_DRAFTS])[_DRAFTS] or "{}")
            return {str(uid): dict(draft) for uid, draft in known.items()}
        except (ValueError, TypeError, AttributeError):
            return {}

    def keep_drafts(self, drafts: Mapping[str, Mapping[str, object]]) -> None:
        """Keep what is not submitted over a restart or a crash; it is no decision and in no journal."""
        self._ws.note(_DRAFTS, json.dumps(drafts, ensure_ascii=False))

    def fill_ticks(self) -> dict[str, dict[str, list[str]]]:
        """Fields of 填报抄录 that were copied: profile -> patch_uid -> field ids; unreadable notes give none."""
        try:
            known = json.loads(desk.notes(self._ws, [_TICKS])[_TICKS] or "{}")
            return {str(p): {str(u): [str(f) for f in done] for u, done in m.items()} for p, m in known.items()}
        except (ValueError, TypeError, AttributeError):
            return {}

    def keep_fill_ticks(self, ticks: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        """Keep the ticks for the next time."""
        self._ws.note(_TICKS, json.dumps(ticks))
