"""A large workspace opens on what is needed first; the lines of the queue are read beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Optional

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..core.errors import WeipianError
from ..workbench import runner
from ..workbench.block_cache import BlockCache
from ..workbench.views import PatchView, QueueRow
from .dock import WeipianDock
from .guard import guarded
from .verdict_panel import Choice

if TYPE_CHECKING:
    from ..core.feedback import Feedback
    from ..workbench.session import Session

#: From so many patches on the queue is read beside the panel; fewer are there at once.
LARGE = 3000
#: The panel is painted before the reading begins, ms.
_AFTER_PAINT = 80
Taken = Callable[[Sequence[QueueRow]], None]


def _read(folder: Path, who: str) -> tuple[str, list[QueueRow]]:
    """The journal's head and the lines, over a connection of the task's own."""
    from ..workbench.session import Session

    with Session.open(folder, who) as session:
        return session.anchor(), session.queue()


class QueueReading(QObject):
    """Reads the queue in a task; `finish` gives it at once to whoever cannot wait."""

    def __init__(self, session: Session, taken: Taken, failed: Callable[[WeipianError], None]) -> None:
        super().__init__()
        self._session, self._failed = session, failed
        self._taken: Optional[Taken] = taken
        self._task: Optional[runner.Handle] = None
        QTimer.singleShot(_AFTER_PAINT, self._start)

    def _start(self) -> None:
        if self._taken is None:
            return
        folder, who = self._session.folder, self._session.who

        def read(_feedback: Feedback) -> tuple[str, list[QueueRow]]:
            return _read(folder, who)

        self._task = runner.run(self.tr("读取图斑队列"), read, self._came, self._broke)

    def finish(self) -> None:
        """The lines now, read here; what the task brings afterwards is left aside."""
        if self._taken is not None:
            self._cancel()
            self._give(self._session.queue())

    def stop(self) -> None:
        """The workspace is closed: nobody waits any more."""
        self._taken = None
        self._cancel()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _came(self, found: tuple[str, list[QueueRow]]) -> None:
        anchor, rows = found
        if self._taken is not None:  # what was decided meanwhile is not in them
            self._give(rows if anchor == self._session.anchor() else self._session.queue())

    def _broke(self, error: WeipianError) -> None:
        if self._taken is not None and error.code != "E_CANCELLED":
            self._taken = None
            self._failed(error)

    def _give(self, rows: Sequence[QueueRow]) -> None:
        taken, self._taken = self._taken, None
        if taken is not None:
            taken(rows)


class WorkspaceHolder(QObject):
    """The open workspace of the panel: taken up, read anew, given free. `Review` does the work in it."""

    #: The queue of a large workspace is there, after its first patch.
    rows_read = pyqtSignal()
    #: All lines were read anew; what was worked out of a patch before may have changed with a layer or a pack.
    rows_taken = pyqtSignal()

    def __init__(self, dock: WeipianDock, make_map: Optional[Callable[[Any], Any]] = None) -> None:
        super().__init__(dock)
        self.dock = dock
        self.session: Optional[Session] = None
        self.map: Any = None
        self._make_map = make_map
        self.view: Optional[PatchView] = None
        self.drafts: dict[str, Choice] = {}
        self.batch_id = ""
        self._opening: Optional[QueueReading] = None
        self._blocks = BlockCache()

    # What `Review` brings along.
    report_error: Callable[[WeipianError], None]
    tell: Callable[..., None]
    show_patch: Callable[[str], None]
    refresh_counts: Callable[[], None]
    leave_patch: Callable[[], None]

    @guarded
    def set_session(self, session: Optional[Session]) -> None:
        """Work in another workspace; the former one is closed."""
        self.close_session()
        self.session = session
        if session is None:
            self.dock.header.show_name("", None, "")
            self.dock.show_empty("还没有打开工作区。", "新建/打开工作区…", "workspace")
            return
        if self._make_map is not None:
            self._blocks.hold()
            self.map = self._make_map(session)
            self.map.message.connect(lambda text: self.tell(text, "warn"))
        self.reload(first=True)

    def close_session(self) -> None:
        """Take the map group away and give the workspace free."""
        self._stop_opening()
        self.leave_patch()
        self.view, self.drafts, self.batch_id = None, {}, ""
        try:
            if self.map is not None:
                self.map.close()
        finally:
            self._blocks.release()
            self.map = None
            if self.session is not None:
                self.session.close()
            self.session = None

    @guarded
    def reload(self, *, first: bool = False) -> None:
        """Read everything anew: after an import, an overlay, a merge. A large workspace shows its last patch first."""
        session = self.opened()
        self.dock.notice.clear()  # what was wrong before is found again, or is no more
        session.catalogue.forget()  # imagery may lie there anew
        self._stop_opening()
        if first and session.patch_count() > LARGE:
            self.dock.queue.set_rows([], _today())
            self._show_header(_today())
            self.dock.show_review()
            self.show_patch(session.opening_patch())
            self._opening = QueueReading(session, self._take_rows_late, self.report_error)
            return
        self._take_rows(session.queue(self.batch_id), first=first)

    def ready(self) -> None:
        """Whoever needs the lines of the queue has them now, also right after opening."""
        if self._opening is not None:
            self._opening.finish()

    def _stop_opening(self) -> None:
        if self._opening is not None:
            self._opening.stop()
            self._opening = None

    @guarded
    def _take_rows_late(self, rows: Sequence[QueueRow]) -> None:
        """The lines came after the first patch: everything else stays where it is."""
        self._opening = None
        self._take_rows(rows, first=True, page=False)
        self.rows_read.emit()

    def _take_rows(self, rows: Sequence[QueueRow], *, first: bool, page: bool = True) -> None:
        """All lines; with `page` the patches come before whatever page is open."""
        session, queue = self.opened(), self.dock.queue
        queue.set_rows(list(rows), _today())
        self.rows_taken.emit()
        self._show_header(_today())
        if not rows:
            self.view = None
            self.dock.show_empty("工作区里还没有图斑。先导入下发的图斑数据。", "导入图斑…", "import")
            return
        if page:
            self.dock.show_review()
        self.refresh_counts()
        problems = self.map.load(None if self.batch_id else rows) if self.map is not None else None
        last = session.last_patch() if first and page else queue.selected()
        if first:
            self._choose_first_filter()
        self.show_patch(last if queue.model.row_of(last) is not None else self._first_patch())
        if problems:
            self.tell("；".join(problems), "warn")
        if session.read_only:
            self.tell("工作区是只读的：可以查看，不能保存。请复制到可写的本机磁盘。", "warn")

    def _show_header(self, today: str) -> None:
        session = self.opened()
        batches = session.batches()
        issued = [b for b in batches if b.kind != "clue"]
        chosen = next((b for b in batches if b.batch_id == self.batch_id), issued[-1] if len(issued) == 1 else None)
        dues = sorted(b.due_on for b in batches if b.due_on)
        # Of several batches the first deadline that has not passed counts.
        due = chosen.due_on if chosen else next((d for d in dues if d >= today), dues[-1] if dues else None)
        name = f"{session.name} · {chosen.name}" if chosen and chosen.name != session.name else session.name
        if chosen is None and len(issued) > 1:
            name += f" · {len(issued)} 个批次"
        self.dock.header.show_name(name, due, today)

    def _choose_first_filter(self) -> None:
        counts = self.dock.queue.model.counts()
        key = next((k for k in ("open_1", "open", "rectify") if counts[k]), "all")
        self.dock.queue.set_filter(key)

    def _first_patch(self) -> str:
        model = self.dock.queue.model
        return model.uid_at(0) or (model.rows[0].patch_uid if model.rows else "")

    def opened(self) -> Session:
        """The open Session; raises E_WS_MISSING without one."""
        if self.session is None:
            raise WeipianError("E_WS_MISSING", path="（未打开）")
        return self.session


def _today() -> str:
    """The clerk's calendar day, ISO text."""
    return date.today().isoformat()  # noqa: DTZ011 - the clerk's, not UTC's
