"""100 000 rows in the queue: first paint, filter, sort, against the same rows behind Qt's proxy."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from desk_tools import Painted, idle, until
from desk_walk import begin
from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, QSortFilterProxyModel, Qt
from qgis.PyQt.QtWidgets import QTableView

WORDS = ("古路村", "乌牛村", "菜子村", "希望村", "石坪村", "龙桥村", "双凤村", "新岭村")

#: Orders of the list that are sorted in turn, and how often all lines are taken over anew.
ORDERS = ("id", "village", "area", "due", "level")
TAKES = 3


def rows(count: int) -> list[Any]:
    """Seeded rows of the queue."""
    from weipian_plugin.core.model import CaseStatus, ReviewStatus
    from weipian_plugin.workbench.views import QueueRow

    pick = random.Random(5)  # noqa: S311 - seeded data, nothing secret
    made = []
    for i in range(count):
        village, prime = pick.choice(WORDS), pick.choice((None, Decimal(0), Decimal("0.41"), Decimal(i % 97) / 10))
        verdict = pick.choice(("", "", "illegal", "other", "legal"))
        made.append(
            QueueRow(
                patch_uid=f"u{i}", patch_id=f"500112SJBG{i:08d}", batch_id="b", level=pick.choice((1, 2, 3)),
                monitor_class="", village=village, area_mu=Decimal(pick.randrange(1, 9000)) / 100, verdict=verdict,
                doubt=False, review_status=ReviewStatus.JUDGED if verdict else ReviewStatus.ASSESSED,
                case_status=CaseStatus.NONE, prime_mu=prime, redline_mu=Decimal(0), due_on="2026-06-30",
                bbox=(106.7, 29.7, 106.71, 29.71), text=f"500112sjbg{i:08d} {village}",
            )
        )  # fmt: skip
    return made


class PlainModel(QAbstractTableModel):
    """The same rows as a plain table model, for Qt's proxy to filter and sort."""

    def __init__(self, found: Sequence[Any]) -> None:
        super().__init__()
        self._rows = found

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's signature
        return 0 if parent.isValid() else 5

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        row = self._rows[index.row()]
        return (row.level, row.patch_id, row.village, float(row.area_mu), row.verdict)[index.column()]


def _timed(painted: Painted, change: Any) -> float:
    painted.reset()
    start = time.perf_counter()
    change()
    until(painted.all, "the list")
    return time.perf_counter() - start


def measure(plugin: Any, job: Mapping[str, Any]) -> dict[str, dict[str, list[float]]]:
    """Seconds of each kind, ours in the dock and the proxy in a table view of the same size."""
    begin(plugin)
    found = rows(job["rows"])
    return {"ours": _ours(plugin, found, job["repeat"]), "proxy": _proxy(plugin, found, job["proxy_repeat"])}


def _ours(plugin: Any, found: Sequence[Any], repeat: int) -> dict[str, list[float]]:
    """In the dock: `take` is from the lines as read to the painted list, `first` a list opened on them."""
    queue = plugin.dock.queue
    kept = list(queue.model.rows)
    painted = Painted(queue.table.viewport())
    times: dict[str, list[float]] = {"take": [], "first": [], "filter": [], "sort": []}
    for number in range(repeat):
        if number < TAKES:
            times["take"].append(_timed(painted, lambda: queue.set_rows(found, "2026-05-01")))
            idle(1.0)  # the counts beside the presets follow
        if number == 0:
            _must_be_right(queue, found)
        times["first"].append(_first_paint(queue))
        times["filter"].append(_timed(painted, lambda n=number: queue.set_filter("open", WORDS[n % len(WORDS)])))
        times["filter"].append(_timed(painted, lambda: queue.set_filter("all")))
        for order in ORDERS:
            times["sort"].append(_timed(painted, lambda order=order: queue.set_order(order)))
    painted.stop()
    queue.set_rows(kept, "2026-05-01")
    return times


def _must_be_right(queue: Any, found: Sequence[Any]) -> None:
    """Speed counts for nothing if the list is not the filtered and sorted one.

    Raises:
        RuntimeError: it is not.
    """
    queue.set_filter("open", WORDS[0])
    wanted = {row.patch_uid for row in found if not row.verdict and row.village == WORDS[0]}
    if set(queue.model.shown_uids()) != wanted:
        raise RuntimeError("the filter shows other lines than it should")
    queue.set_filter("all")
    queue.set_order("area")
    shown = [queue.model.row_of(uid).area_mu for uid in queue.model.shown_uids()]
    if len(shown) != len(found) or shown not in (sorted(shown), sorted(shown, reverse=True)):
        raise RuntimeError("the list is not in the order of the areas")
    queue.set_order("level")


def _first_paint(queue: Any) -> float:
    """A list of the same size as the one in the dock, opened on the model as it is."""
    view = QTableView(queue)
    view.setGeometry(queue.table.geometry())
    painted = Painted(view.viewport())

    def open_it() -> None:
        view.setModel(queue.model)
        view.show()
        view.raise_()

    seconds = _timed(painted, open_it)
    painted.stop()
    view.hide()
    view.deleteLater()
    return seconds


def _proxy(plugin: Any, found: Sequence[Any], repeat: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {"first": [], "filter": [], "sort": []}
    for number in range(repeat):
        view = QTableView(plugin.dock.queue)
        proxy = QSortFilterProxyModel(view)
        proxy.setSourceModel(PlainModel(found))
        proxy.setFilterKeyColumn(2)
        view.setGeometry(plugin.dock.queue.table.geometry())
        painted = Painted(view.viewport())

        def first(view: QTableView = view, proxy: QSortFilterProxyModel = proxy) -> None:
            view.setModel(proxy)
            view.show()
            view.raise_()

        times["first"].append(_timed(painted, first))
        word = WORDS[number % len(WORDS)]
        times["filter"].append(_timed(painted, lambda proxy=proxy, word=word: proxy.setFilterFixedString(word)))
        proxy.setFilterFixedString("")
        times["sort"].append(_timed(painted, lambda proxy=proxy: proxy.sort(3)))
        painted.stop()
        view.hide()
        view.deleteLater()
    return times
