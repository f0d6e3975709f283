"""Everything of the panel that is no single decision: workspace, import, layers, photos, export, verify."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QObject, Qt, QTimer
from qgis.PyQt.QtWidgets import QMainWindow

from ..core.errors import WeipianError
from ..core.model import ReviewStatus
from ..core.states import REVIEW_STEPS
from .approval_work import ApprovalWork
from .attach_work import AttachWork
from .batch_work import BatchWork
from .certify_work import CertifyWork
from .compare_work import CompareWork
from .desk_work import DeskWork
from .dispatch_work import DispatchWork
from .evidence_work import EvidenceWork
from .fact_work import FactCommands
from .guard import guarded
from .hand_work import HandCommands
from .handout_work import HandoutWork
from .imagery_work import ImageryCommands
from .judging_work import JudgingWork
from .key_help import key_name
from .key_labels import KeyLabels
from .lane_work import LaneWork
from .main_menu import MainMenu
from .pack_work import PackWork
from .photo_work import PhotoWork
from .queue_work import QueueWork
from .review import Review
from .shortcuts import Shortcuts

if TYPE_CHECKING:
    from ..workbench.session import Session
    from ..workbench.verifying import VerifyReport

_REVIEWS = (
    (ReviewStatus.SUBMITTED, "提交审核"),
    (ReviewStatus.FINISHED, "审核结束"),
    (ReviewStatus.RETURNED, "退回重办…"),
)
#: Commands that need no workspace, and those that say so when there is none.
_ALWAYS = ("workspace", "enter", "leave", "help", "wide")
_NEEDS_WORKSPACE = (
    "import", "import_status", "layers", "photos_folder", "handout", "export", "verify", "fill", "imagery",
)  # fmt: skip
#: After the empty panel is painted, ms.
_WARM_DELAY = 150
_SIZED_KEY = "weipian/dock_sized"
LAST_KEY = "weipian/last_workspace"


class Commands(QObject):
    """The menu, the keys and what they start; failures end in the panel's notice."""

    def __init__(self, review: Review) -> None:
        super().__init__(review)
        self.review = review
        self.dock = review.dock
        self.work = EvidenceWork(review)
        self.batch_work = BatchWork(review)
        self.approval_work = ApprovalWork(review)
        self.hands = HandCommands(review)
        self.looking = CompareWork(review)
        self.desk = DeskWork(self)
        self.packs = PackWork(review)
        self.judging = JudgingWork(review)
        self.sending = DispatchWork(review)
        #: Parts that bring commands of their own: `table()` gives key -> what it does, `close()` tidies up.
        self.features: tuple[Any, ...] = (
            self.hands,
            self.desk,
            self.packs,
            FactCommands(review),
            ImageryCommands(review),
            self.looking,
            self.judging,
            QueueWork(review),
            self.sending,
            CertifyWork(review),
            attaching := AttachWork(review, self.work.attach),
            PhotoWork(review, self.work),
            self.work.documents,
            waiting := LaneWork(review, self.run, attaching.bar),
            self.work.entry,
            HandoutWork(review),
        )
        self._busy: Any = None
        self._reopened = False
        self._ready = False
        self.menu = self._make_menu()
        self.menu.counts["lane"] = waiting.count
        self.dock.header.set_menu(self.menu)
        self.dock.empty_button.clicked.connect(lambda _checked=False: self.run(self.dock.empty_key))
        self.dock.visibilityChanged.connect(self._shown)
        self.shortcuts = Shortcuts(self.dock.content, self.by_key, self.report_error)
        review.key_of = self._key_text
        self.key_labels = KeyLabels(self.dock, self.shortcuts, self._key_text)

    def report_error(self, error: WeipianError) -> None:
        """As the review does."""
        self.review.report_error(error)

    def close(self) -> None:
        """Give keys and workspace back."""
        if self._busy is not None:
            self._busy.cancel()
            self._busy = None
        self.shortcuts.close()
        self.menu.deleteLater()
        self._close_session()
        self.desk.unload()

    @guarded
    def _close_session(self) -> None:
        for feature in self.features:
            feature.close()
        self.review.close_session()

    # -- menu -----------------------------------------------------------------------------
    def _make_menu(self) -> MainMenu:
        menu = MainMenu(self.dock, self.run, self._table, self._key_text)
        self.hands.fill_menu(menu.submenus["拆分、边界、线索"], self.run)
        self._reviews = menu.submenus["审核（当前图斑）"]
        self._reviews.aboutToShow.connect(self._fill_reviews)
        self._batches = menu.submenus["批次"]
        self._batches.aboutToShow.connect(self._fill_batches)
        return menu

    def _key_text(self, key: str) -> str:
        """The key of a command as it is now, empty where it has none."""
        action = self.shortcuts.actions.get(key)
        return key_name(action.shortcut()) if action is not None else ""

    @guarded
    def _fill_reviews(self) -> None:
        self._reviews.clear()
        if self.review.session is None or self.review.view is None:
            return
        patch = self.review.view.patch
        title = self._reviews.addAction(f"…{patch.patch_id[-4:]} {patch.review_status.label}")
        title.setEnabled(False)
        for target, label in _REVIEWS:
            action = self._reviews.addAction(label)
            action.setEnabled(target in REVIEW_STEPS[patch.review_status])
            action.triggered.connect(lambda _checked=False, target=target: self.review.set_review(target))
        self.batch_work.fill_reviews(self._reviews)

    @guarded
    def _fill_batches(self) -> None:
        self._batches.clear()
        session = self.review.session
        if session is None:
            return
        current = self.review.batch_id
        for batch_id, name in [("", "全部批次"), *((b.batch_id, b.name) for b in session.batches())]:
            action = self._batches.addAction(name)
            action.setCheckable(True)
            action.setChecked(batch_id == current)
            action.triggered.connect(lambda _checked=False, chosen=batch_id: self.review.choose_batch(chosen))
        self.batch_work.fill_batches(self._batches)

    @guarded
    def run(self, key: str) -> None:
        """Do a command of the menu or of the keyboard."""
        review, table = self.review, self._table()
        if review.session is None and key not in _ALWAYS and not key.endswith("_end"):
            if key in _NEEDS_WORKSPACE:
                review.tell("请先新建或打开工作区。", "warn")
            return
        if key not in _ALWAYS:
            review.ready()
        table[key]()
        self.desk.note_soon()

    def _table(self) -> dict[str, Callable[[], Any]]:
        """Command -> what it does, of the panel and of its features."""
        review = self.review
        table: dict[str, Callable[[], Any]] = {
            "legal": lambda: self._press("legal"),
            "illegal": lambda: self._press("illegal"),
            "other": lambda: self._press("other"),
            "doubt": lambda: self._press("doubt"),
            "submit": review.submit,
            "next": lambda: review.step(1, unfinished=False),
            "previous": lambda: review.step(-1, unfinished=False),
            "next_open": lambda: review.step(1, unfinished=True),
            "previous_open": lambda: review.step(-1, unfinished=True),
            "compare": lambda: self._on_map("cycle_compare"),
            "before": lambda: self._on_map("hold_before", True),
            "before_end": lambda: self._on_map("hold_before", False),
            "overlays": lambda: self._on_map("hold_overlays", True),
            "overlays_end": lambda: self._on_map("hold_overlays", False),
            "undo": review.undo,
            "fit": lambda: review.view is not None and self._on_map("show_patch", review.view),
            "goto": review.go_to,
            "photos": lambda: review.view is not None and self.dock.evidence.choose_files(""),
            "discard": review.discard,
            "workspace": self.choose_workspace,
            "import": self._import,
            "gaps": lambda: review.view is not None and self.approval_work.gaps(),
            "import_status": self.batch_work.import_status,
            "layers": self._layers,
            "export": self._export,
            "verify": self._verify,
            "reload": lambda: review.session is not None and review.reload(),
        }
        for feature in self.features:
            table.update(feature.table())
        return table

    def by_key(self, key: str) -> None:
        """A key was pressed: on the start screen only some of them act, on a step of the case Enter takes it."""
        if self.desk.waits(key) or (key == "submit" and self.dock.case.press_focused()):
            return
        self.run(key)

    def _press(self, key: str) -> None:
        if self.review.view is not None:
            self.dock.verdict.press(key)

    def _on_map(self, method: str, *arguments: Any) -> None:
        if self.review.map is not None:
            said = getattr(self.review.map, method)(*arguments)
            if isinstance(said, str) and said:
                self.review.tell(said)

    # -- workspace ------------------------------------------------------------------------
    @guarded
    def choose_workspace(self) -> None:
        """Make or open a workspace and work in it."""
        from .dialogs.workspace import ask_workspace

        session = ask_workspace(self.dock)
        if session is not None:
            self.open(session)

    def open(self, session: Session) -> None:
        """Work in an open Session; its folder is opened again next time."""
        QgsSettings().setValue(LAST_KEY, str(session.folder))
        for feature in self.features:  # what stands open is about patches of the former one
            feature.close()
        self.review.set_session(session)
        self.desk.opened()
        self.packs.opened()

    def _shown(self, visible: bool) -> None:
        if visible:
            self._widen_once()
        self._reopen_once()
        if visible and self.review.session is None:
            QTimer.singleShot(_WARM_DELAY, self._warm)

    @guarded
    def _warm(self) -> None:
        """The panel is open and nothing else: have ready what every workspace needs first."""
        if self.review.session is None and self._ready:
            from ..workbench import resources, session  # noqa: F401 - imported so that it is there

            with suppress(WeipianError):  # said when a workspace is opened
                resources.default_pack()

    def set_ready(self) -> None:
        """QGIS has started and made its first project; one opened before that would be asked about and lost."""
        self._ready = True
        self._reopen_once()

    def _reopen_once(self) -> None:
        shown = self.dock.isVisible()
        if self._ready and shown and not self._reopened and self.review.session is None:
            self._reopened = True
            self._reopen()

    def _widen_once(self) -> None:
        """The width of the design on the very first day; afterwards the person's own."""
        settings, window = QgsSettings(), self.dock.parent()
        if isinstance(window, QMainWindow) and not settings.value(_SIZED_KEY, False, type=bool):
            settings.setValue(_SIZED_KEY, True)
            width = self.dock.content.sizeHint().width()
            QTimer.singleShot(0, lambda: window.resizeDocks([self.dock], [width], Qt.Orientation.Horizontal))

    @guarded
    def _reopen(self) -> None:
        """The workspace of last time, if it is still there."""
        text = str(QgsSettings().value(LAST_KEY, "") or "")
        if not text or not (Path(text) / "workspace.gpkg").is_file():
            self.review.set_session(None)
            return
        from ..workbench.session import Session
        from .dialogs.workspace import operator

        self.review.set_session(None)
        self.review.set_session(Session.open(Path(text), operator()))
        self.desk.opened()
        self.packs.opened()
        self.judging.change_person()

    def _session(self) -> Session:
        if self.review.session is None:
            raise WeipianError("E_WS_MISSING", path="（未打开）")
        return self.review.session

    # -- work -----------------------------------------------------------------------------
    def _import(self) -> None:
        from .dialogs.import_delivery import run_import

        to_send: list[str] = []  # the batch, when the clerk goes on to 派单
        if run_import(self.dock, self._session(), zoom=self._show_imported, send=to_send.append):
            self.review.reload(first=True)
            if to_send:
                self.sending.open(to_send[0])
            self.approval_work.offer_profile()

    def _show_imported(self, patch_uid: str) -> None:
        """Behind the dialog: the patch of a row of the check table."""
        self.review.reload()
        self.review.show_patch(patch_uid)

    def _layers(self) -> None:
        from .dialogs.layers import run_layers

        if run_layers(self.dock, self._session()):
            self.review.reload()

    def _export(self) -> None:
        from .dialogs.export import run_export

        run_export(self.dock, self._session())

    def _start(self, text: str, function: Callable[[Any], Any], done: Callable[[Any], None]) -> None:
        if self._busy is not None:
            self.review.tell("上一项任务还在进行，请等它结束。", "warn")
            return
        from ..workbench import runner

        def finished(result: Any) -> None:
            self._busy = None
            done(result)

        def failed(error: WeipianError) -> None:
            self._busy = None
            self.report_error(error)

        self.review.tell(f"{text}……", "warn")
        self._busy = runner.run(text, function, finished, failed)

    def _verify(self) -> None:
        from ..workbench.verifying import verify_workspace

        folder = self._session().folder
        self._start("核验工作区", lambda feedback: verify_workspace(folder, feedback), self._verified)

    @guarded
    def _verified(self, report: VerifyReport) -> None:
        if report.ok:
            text = "核验通过：日志链、记录和举证文件都没有被改动。"
            text += f"另有 {len(report.notes)} 条提示：{report.notes[0]}" if report.notes else ""
            self.dock.notice.show_text(text, "good")  # too long for the bottom line
            return
        texts = list(report.problems)
        more = f" 等 {len(texts)} 项" if len(texts) > 3 else ""
        self.review.tell("核验发现问题：" + "；".join(texts[:3]) + more, "warn")
