"""Every filter with every kind of change: what is shown, the selected patch, the place scrolled to, the counts."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

pytest.importorskip("qgis.PyQt")
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weipian_plugin.core.model import CaseStatus, ReviewStatus
from weipian_plugin.gui.queue_filters import PRESETS, QueueFilter, from_text, to_text
from weipian_plugin.gui.queue_model import QueueModel
from weipian_plugin.gui.queue_view import QueuePanel
from weipian_plugin.workbench.views import QueueRow

pytestmark = pytest.mark.qgis
TODAY, WHO = "2026-06-20", "张三"
VIEW = (106.70, 29.70, 106.75, 29.80)
Facts = tuple[int, int, int]


def make(number: int, pick: random.Random) -> QueueRow:
    x, y = 106.6 + pick.random() / 4, 29.6 + pick.random() / 4
    verdict = pick.choice(("", "", "legal", "illegal", "other"))
    status = pick.choice((ReviewStatus.JUDGED, ReviewStatus.SUBMITTED, ReviewStatus.RETURNED))
    return QueueRow(
        patch_uid=f"u{number}",
        patch_id=f"500112SJBG{number:06d}",
        batch_id=pick.choice(("b1", "b2")),
        level=pick.choice((1, 2, 3, None)),
        monitor_class="",
        village=pick.choice(("乌牛村", "古路村", "菜子村")),
        area_mu=Decimal(pick.randrange(1, 900)) / 100,
        verdict=verdict,
        doubt=pick.random() < 0.2,
        review_status=status if verdict else pick.choice((ReviewStatus.ASSESSED, ReviewStatus.VOID)),
        case_status=pick.choice((CaseStatus.NONE, CaseStatus.CLOSED)) if verdict == "illegal" else CaseStatus.NONE,
        prime_mu=pick.choice((None, Decimal(0), Decimal("0.41"), Decimal("3.30"))),
        redline_mu=pick.choice((None, Decimal("0.10"))),
        due_on=pick.choice(("", "2026-06-19", "2026-06-20", "2026-06-27", "2026-06-28", "2026-09-01")),
        bbox=None if pick.random() < 0.1 else (x, y, x + 0.001, y + 0.001),
        evidence_count=pick.randrange(3),
        split_state=pick.choice(("", "", "", "parent", "child")),
        origin=pick.choice(("delivery", "delivery", "patrol")),
        assignee=pick.choice(("", WHO, "李四")),
        judged_by=pick.choice(("", WHO)) if verdict else "",
        office=pick.choice(("", "农业服务中心")),
    )


#: Of each preset, in plain words of Python: what a row must be. Written apart from the filters themselves.
def plain(row: QueueRow, facts: Facts, key: str) -> bool:
    work = row.split_state != "parent" and not row.merged_into and row.review_status is not ReviewStatus.VOID
    filed = row.review_status in (ReviewStatus.JUDGED, ReviewStatus.SUBMITTED, ReviewStatus.FINISHED)
    still = work and not (filed and row.verdict)
    box = row.bbox or (999.0, 999.0, 999.0, 999.0)
    told: dict[str, Callable[[], bool]] = {
        "open_1": lambda: still and row.level == 1,
        "open": lambda: still,
        "all": lambda: True,
        "mine": lambda: work and (row.assignee == WHO or (not row.assignee and row.judged_by == WHO)),
        "in_view": lambda: work and box[0] <= 106.75 and box[2] >= 106.70 and box[1] <= 29.80 and box[3] >= 29.70,
        "doubt": lambda: work and row.doubt,
        "risk": lambda: work and bool(row.prime_mu or row.redline_mu),
        "incomplete": lambda: work and facts[0] == 1,
        "no_evidence": lambda: work and row.evidence_count == 0,
        "against": lambda: work and facts[1] == 1,
        "returned": lambda: work and row.review_status is ReviewStatus.RETURNED,
        "rectify": lambda: work and row.verdict == "illegal" and row.case_status is not CaseStatus.CLOSED,
        "unrectified": lambda: work and row.verdict == "illegal" and facts[2] == 1,
        "overdue": lambda: still and bool(row.due_on) and row.due_on < TODAY,
        "due_week": lambda: still and "2026-06-20" <= row.due_on <= "2026-06-27",
        "illegal": lambda: work and row.verdict == "illegal",
        "done": lambda: work and not still,
        "clues": lambda: work and row.origin != "delivery",
        "shapeless": lambda: work and row.bbox is None,
        "aside": lambda: not work,
    }
    return told[key]()


def plain_order(rows: list[QueueRow], order: str, down: bool) -> list[str]:
    keys: dict[str, Callable[[QueueRow], tuple]] = {
        "level": lambda r: (r.level or 9, -(r.prime_mu or Decimal(0)), r.patch_id),
        "due": lambda r: (r.due_on or "9999", r.patch_id),
        "id": lambda r: (r.patch_id,),
        "village": lambda r: (r.village, r.patch_id),
        "area": lambda r: (r.area_mu, r.patch_id),
    }
    return [row.patch_uid for row in sorted(rows, key=keys[order], reverse=down)]


class World:
    """The model, or a panel over it, and beside it plain lists that are told the same."""

    def __init__(self, target) -> None:
        self.target = target
        self.model: QueueModel = getattr(target, "model", target)
        self.rows: dict[str, QueueRow] = {}
        self.facts: dict[str, Facts] = {}
        self.key, self.word, self.order, self.down = "all", "", "level", False
        self.model.set_today(TODAY)
        self.target.set_person(WHO)
        self.target.set_view(VIEW)

    def set_rows(self, rows: list[QueueRow]) -> None:
        if hasattr(self.target, "table"):
            self.model.set_today(TODAY)
        self.target.set_rows(rows, TODAY) if isinstance(self.target, QueuePanel) else self.target.set_rows(rows)
        same = {r.patch_uid for r in rows if self.rows.get(r.patch_uid) == r}
        self.facts = {uid: facts for uid, facts in self.facts.items() if uid in same}
        self.rows = {row.patch_uid: row for row in rows}

    def update(self, row: QueueRow) -> None:
        self.target.update_row(row)
        if self.rows[row.patch_uid] != row:
            self.facts.pop(row.patch_uid, None)
        self.rows[row.patch_uid] = row

    def change(self, rows: list[QueueRow], removed: list[str]) -> None:
        self.target.change_rows(rows, removed)
        for row in rows:
            if self.rows.get(row.patch_uid) != row:
                self.facts.pop(row.patch_uid, None)
            self.rows[row.patch_uid] = row
        for uid in removed:
            self.rows.pop(uid, None)
            self.facts.pop(uid, None)

    def tell(self, facts: dict[str, Facts]) -> None:
        if isinstance(self.target, QueuePanel):
            self.target.set_facts(facts, computing=False)
        else:
            self.target.set_facts(facts)
        self.facts.update({uid: told for uid, told in facts.items() if uid in self.rows})

    def filter(self, key: str, word: str = "") -> None:
        self.target.set_filter(key, word)
        self.key, self.word = key, word

    def sort(self, order: str, down: bool) -> None:
        self.target.set_order(order, down=down)
        self.order, self.down = order, down

    def passing(self, key: str) -> list[QueueRow]:
        unknown = (-1, -1, -1)
        return [r for uid, r in self.rows.items() if plain(r, self.facts.get(uid, unknown), key)]

    def expected(self) -> list[str]:
        found = [r for r in self.passing(self.key) if self.word in f"{r.patch_id.lower()} {r.village}"]
        return plain_order(found, self.order, self.down)

    def check(self) -> None:
        shown = [self.model.uid_at(i) for i in range(self.model.rowCount())]
        assert shown == self.expected()
        assert [self.model.find(uid) for uid in shown] == list(range(len(shown)))
        hidden = self.rows.keys() - set(shown)
        assert all(self.model.find(uid) == -1 for uid in hidden)
        assert self.model.counts() == {p.key: len(self.passing(p.key)) for p in PRESETS}
        counted = [r for r in self.rows.values() if r.counted]
        assert self.model.progress() == (sum(r.finished for r in counted), len(counted))


def told(rows: list[QueueRow], pick: random.Random) -> dict[str, Facts]:
    return {row.patch_uid: (pick.randrange(2), pick.randrange(2), pick.randrange(2)) for row in rows}


OPERATIONS = ("update", "change", "rows", "filter", "sort", "facts", "same")


def act(world: World, name: str, pick: random.Random) -> None:
    uids = list(world.rows)
    if name == "update" and uids:
        uid = pick.choice(uids)
        fresh = make(int(uid[1:]), pick)
        world.update(replace(fresh, patch_id=world.rows[uid].patch_id))
    elif name == "same" and uids:
        world.update(world.rows[pick.choice(uids)])
    elif name == "change":
        added = [make(pick.randrange(200), pick) for _ in range(pick.randrange(4))]
        kept = {row.patch_uid: row for row in added}
        gone = [uid for uid in pick.sample(uids, min(len(uids), pick.randrange(3))) if uid not in kept]
        world.change(list(kept.values()), gone)
    elif name == "rows":
        numbers = pick.sample(range(200), pick.randrange(40))
        world.set_rows([make(n, pick) for n in numbers])
    elif name == "filter":
        world.filter(pick.choice(PRESETS).key, pick.choice(("", "", "古路", "00001", "乌牛村")))
    elif name == "sort":
        world.sort(pick.choice(("level", "due", "id", "village", "area")), pick.random() < 0.5)
    elif name == "facts" and uids:
        world.tell(told([world.rows[uid] for uid in pick.sample(uids, len(uids) // 2)], pick))


@given(seed=st.integers(0, 2**32), operations=st.lists(st.sampled_from(OPERATIONS), max_size=25))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_model_does_as_plain_lists_do(qapp, seed: int, operations: list[str]) -> None:
    pick = random.Random(seed)  # noqa: S311 - seeded
    world = World(QueueModel(today=TODAY))
    world.set_rows([make(n, pick) for n in range(pick.randrange(30))])
    world.check()
    for name in operations:
        act(world, name, pick)
        world.check()


@pytest.fixture
def panel(qapp, qtbot) -> QueuePanel:
    found = QueuePanel()
    qtbot.addWidget(found)
    found.resize(380, 260)
    found.show()
    return found


@pytest.mark.parametrize("operation", ["update", "same", "change", "sort", "facts", "reload", "undo"])
@pytest.mark.parametrize("preset", [preset.key for preset in PRESETS])
def test_selection_scroll_and_counts_survive(panel: QueuePanel, qapp, preset: str, operation: str) -> None:
    pick = random.Random(f"{preset}{operation}")  # noqa: S311 - seeded
    world = World(panel)
    world.set_rows([make(n, pick) for n in range(150)])
    world.tell(told(list(world.rows.values()), pick))
    world.filter(preset)
    shown = world.expected()
    if not shown:
        pytest.skip("nothing passes in this world")
    selected = shown[len(shown) // 2]
    panel.select(selected)
    qapp.processEvents()
    signalled: list[str] = []
    panel.patch_selected.connect(signalled.append)
    bar = panel.table.verticalScrollBar()
    offset = panel.model.find(selected) - bar.value()
    if operation == "reload":
        world.set_rows(list(world.rows.values()))
    elif operation == "undo":  # one row there and back again
        other = next(uid for uid in world.rows if uid != selected)
        before = world.rows[other]
        world.update(replace(before, verdict="other", review_status=ReviewStatus.JUDGED))
        world.update(before)
    else:
        keep = world.rows[selected]
        act(world, operation, pick)
        if operation in ("update", "change"):
            world.change([keep], [])
    qapp.processEvents()
    world.check()
    assert panel.selected() == selected
    assert signalled == []
    line = panel.model.find(selected)
    index = panel.table.currentIndex()
    assert (index.row() if index.isValid() else -1) == line
    if line >= 0 and operation != "sort":
        most = bar.maximum()
        assert bar.value() == min(max(line - offset, 0), most)


def test_conditions_combine_and_say_so(panel: QueuePanel) -> None:
    pick = random.Random(7)  # noqa: S311 - seeded
    world = World(panel)
    world.set_rows([make(n, pick) for n in range(200)])
    wanted = QueueFilter(frozenset({"open", "risk"})).with_value("village", "古路村", on=True)
    wanted = wanted.with_value("level", "1", on=True).with_value("level", "2", on=True)
    panel.set_conditions(wanted)
    shown = {panel.model.uid_at(i) for i in range(panel.model.rowCount())}
    rows = [r for r in world.passing("open") if plain(r, (-1, -1, -1), "risk")]
    assert shown == {r.patch_uid for r in rows if r.village == "古路村" and r.level in (1, 2)}
    assert shown
    assert panel.preset() == ""
    assert panel.presets.currentText() == f"自选条件（{len(shown)}）"
    assert panel.current_filter() == wanted


def test_patches_named_one_by_one_are_called_what_they_are(panel: QueuePanel) -> None:
    """今天要办 sends 待内审; 自选条件 would say nothing of it."""
    pick = random.Random(7)  # noqa: S311 - seeded
    world = World(panel)
    world.set_rows([make(n, pick) for n in range(9)])
    uids = [row.patch_uid for row in world.passing("open")][:2]
    panel.show_only(uids, "待内审")
    assert panel.presets.currentText() == f"待内审（{panel.model.rowCount()}）"


def test_full_width_and_upper_case_find_the_same(panel: QueuePanel) -> None:
    world = World(panel)
    world.set_rows([make(n, random.Random(n)) for n in range(30)])  # noqa: S311 - seeded
    panel.set_filter("all", "ｓｊｂｇ０００００７")
    assert [panel.model.uid_at(i) for i in range(panel.model.rowCount())] == ["u7"]


def test_own_presets_come_back_and_broken_ones_are_left_out() -> None:
    kept = from_text(to_text([p for p in PRESETS if p.key in ("open_1", "due_week")]))
    assert [(p.label, p.filter) for p in kept] == [
        (p.label, p.filter) for p in PRESETS if p.key in ("open_1", "due_week")
    ]
    assert from_text("{") == []
    assert from_text('[{"label": "x", "tests": ["no such"], "values": {"no": ["1"]}}]')[0].filter == QueueFilter()
    assert from_text('[{"label": 3}, 5, "x"]') == []


def test_only_what_is_worked_on_and_not_known_yet_is_advised(qapp) -> None:
    pick = random.Random(5)  # noqa: S311 - rows, no secret
    rows = [make(number, pick) for number in range(60)]
    model = QueueModel(today=TODAY)
    model.set_rows(rows)
    model.set_facts({row.patch_uid: (1, 0, 0) for row in rows[:30]})
    worked_on = [at for at, row in enumerate(rows) if row.workable]
    assert model.table.to_advise(every=True) == worked_on
    assert model.table.to_advise(every=False) == [at for at in worked_on if at >= 30]
    assert 0 < len(worked_on) < 60
