"""The queue: order, combined filters, and what a single changed row does to them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

pytest.importorskip("qgis.PyQt")
from qgis.PyQt.QtCore import QAbstractItemModel

from weipian_plugin.core.model import CaseStatus, ReviewStatus
from weipian_plugin.gui.queue_model import PRESETS, QueueModel, status_text
from weipian_plugin.workbench.views import QueueRow

pytestmark = pytest.mark.qgis


def row(uid: str, level: int = 1, prime: str | None = None, **changes) -> QueueRow:
    base = QueueRow(
        patch_uid=uid,
        patch_id=f"P{uid}",
        batch_id="b",
        level=level,
        monitor_class="",
        village="乌牛村",
        area_mu=Decimal("1.00"),
        verdict="",
        doubt=False,
        review_status=ReviewStatus.ASSESSED,
        case_status=CaseStatus.NONE,
        prime_mu=None if prime is None else Decimal(prime),
        redline_mu=None,
        due_on="2026-06-30",
        bbox=None,
    )
    return replace(base, **changes)


def shown(model: QueueModel) -> list[str]:
    return [model.uid_at(i) for i in range(model.rowCount())]


def judged(item: QueueRow, verdict: str = "illegal") -> QueueRow:
    return replace(item, verdict=verdict, review_status=ReviewStatus.JUDGED)


@pytest.fixture
def model(qapp) -> QueueModel:
    found = QueueModel(today="2026-07-01")
    found.set_rows([row("a", 2), row("b", 1, "0.10"), row("c", 1, "0.90"), row("d", 3), row("e", 1)])
    return found


def test_order_is_level_then_larger_prime_overlap_then_number(model: QueueModel) -> None:
    assert shown(model) == ["c", "b", "e", "a", "d"]


@pytest.mark.parametrize(
    ("preset", "text", "expected"),
    [
        ("all", "", "cbead"),
        ("open_1", "", "cbe"),
        ("risk", "", "cb"),
        ("risk", "pb", "b"),
        ("all", "乌牛 pa", "a"),
        ("all", "无此村", ""),
        ("illegal", "", ""),
        ("overdue", "", "cbead"),
        ("no_evidence", "", "cbead"),
    ],
)
def test_filters_combine(model: QueueModel, preset: str, text: str, expected: str) -> None:
    model.set_filter(preset, text)
    assert shown(model) == list(expected)


def test_search_reads_the_session_text_too(model: QueueModel) -> None:
    model.set_rows([row("a", text="养猪场"), row("b")])
    model.set_filter("all", "养猪")
    assert shown(model) == ["a"]


@pytest.mark.parametrize("preset", [preset.key for preset in PRESETS])
@pytest.mark.parametrize(
    "change",
    [
        judged,
        lambda r: replace(r, doubt=True),
        lambda r: replace(r, review_status=ReviewStatus.RETURNED, verdict="legal"),
        lambda r: replace(r, verdict="illegal", case_status=CaseStatus.CLOSED, review_status=ReviewStatus.JUDGED),
        lambda r: replace(r, evidence_count=3),
        lambda r: replace(r, prime_mu=Decimal("5.00")),
    ],
)
def test_one_updated_row_leaves_the_list_as_a_full_reload_would(model: QueueModel, preset: str, change) -> None:
    model.set_filter(preset)
    for uid in "abcde":
        model.update_row(change(model.row_of(uid)))
        fresh = QueueModel(today="2026-07-01")
        fresh.set_rows(model.rows)
        fresh.set_filter(preset)
        assert shown(model) == shown(fresh)
        assert [model.find(u) for u in "abcde"] == [fresh.find(u) for u in "abcde"]


def test_neighbour_goes_on_from_a_row_that_left_the_filter(model: QueueModel) -> None:
    model.set_filter("open_1")
    model.update_row(judged(model.row_of("b")))
    assert shown(model) == ["c", "e"]
    assert model.neighbour("b", 1, unfinished=True) == "e"
    assert model.neighbour("b", -1, unfinished=False) == "c"


def test_next_unfinished_wraps_round_once_and_then_says_none(model: QueueModel) -> None:
    assert model.neighbour("d", 1, unfinished=True) == "c"
    for uid in "abce":
        model.update_row(judged(model.row_of(uid)))
    assert model.neighbour("d", 1, unfinished=True) == ""
    assert model.neighbour("a", 1, unfinished=True) == "d"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "○ 未判"),
        ({"doubt": True}, "? 存疑"),
        ({"doubt": True, "verdict": "illegal"}, "? 违法"),
        ({"verdict": "legal"}, "✔ 合法"),
        ({"verdict": "illegal", "case_status": CaseStatus.CLOSED}, "■ 销号"),
        ({"verdict": "legal", "review_status": ReviewStatus.RETURNED}, "↩ 退回"),
    ],
)
def test_state_is_told_by_mark_and_word(change: dict, expected: str) -> None:
    assert status_text(row("a", **change)) == expected


def test_counts_and_progress(model: QueueModel) -> None:
    model.update_row(judged(model.row_of("c")))
    counts = model.counts()
    assert (counts["open"], counts["open_1"], counts["rectify"], counts["all"]) == (4, 2, 1, 5)
    assert model.progress() == (1, 5)


def test_qt_finds_no_fault_with_the_model(model: QueueModel, qtmodeltester) -> None:
    assert isinstance(model, QAbstractItemModel)
    qtmodeltester.check(model)
    model.set_filter("risk")
    qtmodeltester.check(model)
