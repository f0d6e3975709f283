"""Evidence: the checklist that fills itself, a strip of pictures, and what the checks say of the current one."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Optional

from qgis.PyQt.QtCore import QPoint, Qt, QUrl, pyqtSignal
from qgis.PyQt.QtGui import (
    QCursor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from qgis.PyQt.QtWidgets import (
    QAction,
    QFileDialog,
    QHBoxLayout,
    QListWidgetItem,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..core.advice_model import CheckItem
from ..core.proof import BAD, WARN, LinkedEvidence
from ..core.rulepack import UNCONFIRMED_MARK
from . import check_marks
from .compat import describe, icon, no_input_method, take_copy, tone
from .evidence_strip import ID, PHOTO, EvidenceStrip
from .evidence_texts import caption, document_line, purpose_text, when
from .thumbnails import ThumbnailLoader
from .widgets import RichText, coloured

_KINDS = "*.jpg *.jpeg *.png *.heic *.heif *.tif *.tiff *.pdf *.doc *.docx *.xls *.xlsx *.zip"
#: Lines below the strip: what is wrong with the photo fits in them, the rest scrolls.
_DETAIL_LINES = 3
#: A list of purposes this long has those that are asked for in front and the others behind 更多.
_SHORT_MENU = 12


class EvidencePanel(QWidget):
    """Renders checklist and files; what is to be done with them goes out as signals."""

    files_offered = pyqtSignal(list, str)  # list[Path], purpose id or ""
    open_requested = pyqtSignal(str)  # evidence id
    aim_requested = pyqtSignal(str)
    document_requested = pyqtSignal(str)
    unlink_requested = pyqtSignal(str)
    purpose_requested = pyqtSignal(str, str, str)  # evidence id, what it proves now, what it shall prove
    fact_requested = pyqtSignal(str)  # requirement id
    view_requested = pyqtSignal(str)  # evidence id of a photo: show it large
    current_changed = pyqtSignal(str)  # evidence id, empty without one
    left = pyqtSignal()  # Esc in the strip: the keyboard goes back to the panel

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._items: tuple[CheckItem, ...] = ()
        self._links: tuple[LinkedEvidence, ...] = ()
        self._purposes: dict[str, str] = {}
        #: Purposes offered for a photo and for a document, requirement ids; empty: none can be chosen.
        self.choices: dict[str, tuple[str, ...]] = {}
        self._dragging = False
        self.checks = RichText(4, self)
        self.checks.anchorClicked.connect(self._item_clicked)
        self.strip = EvidenceStrip(self)
        self.detail = RichText(_DETAIL_LINES, self)
        self.loader = ThumbnailLoader(self)
        self.loader.loaded.connect(self.strip.set_picture)
        self.add = self._button(self.tr("添加照片/文件…"), self.tr("添加照片或文件"))
        self.add.setToolTip(self.tr("选择照片或文件作为举证；也可以把文件直接拖到这里"))
        self.add.setIcon(icon("add_photo", self))
        self.add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.add.clicked.connect(lambda _checked=False: self.choose_files(""))
        self.aim = self._button(self.tr("方位角…"), "")
        self.aim.clicked.connect(lambda _checked=False: self._ask_facts(self.strip.current_id()))
        self.use = self._button(self.tr("用途…"), "")
        self.use.setToolTip(self.tr("所选照片证明什么：现场、全景、近景、内部、路宽、整改后…（F3）"))
        self.use.clicked.connect(lambda _checked=False: self.ask_purpose(self.strip.current_id()))
        self.large = self._button(self.tr("大图"), "")
        self.large.setToolTip(self.tr("看大图，左右键逐张（O，或在照片上按回车）"))
        self.large.clicked.connect(lambda _checked=False: self.view_requested.emit(self.strip.current_id()))
        self._connect()
        self._current(None)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        for button in (self.add, self.aim, self.use, self.large):
            row.addWidget(button)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        for widget in (self.checks, self.strip, self.detail):
            layout.addWidget(widget)
        layout.addLayout(row)

    def _button(self, text: str, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        describe(button, name or text.rstrip("…"))
        no_input_method(button)
        return button

    def _connect(self) -> None:
        strip = self.strip
        strip.open_requested.connect(self._open)
        strip.facts_requested.connect(self._ask_facts)
        strip.purpose_requested.connect(self.ask_purpose)
        strip.unlink_requested.connect(self.unlink_requested)
        strip.left.connect(self.left)
        strip.customContextMenuRequested.connect(self._menu)
        strip.currentItemChanged.connect(lambda item, _old: self._current(item, told=True))

    def set_choices(self, choices: dict[str, tuple[str, ...]]) -> None:
        """Requirement ids that a photo and a document may prove, by `photo` and `document`."""
        self.choices = dict(choices)
        self._current(self.strip.currentItem())

    # -- showing --------------------------------------------------------------------------
    def show_evidence(
        self, checklist: Sequence[CheckItem], evidence: Sequence[LinkedEvidence], purposes: dict[str, str]
    ) -> None:
        """Show the requirements with their state, and the files; `purposes` is id -> Chinese label."""
        self._links, self._purposes = tuple(evidence), dict(purposes)
        self.show_checklist(checklist)
        self.strip.show_links(evidence, purposes)
        self.strip.setVisible(bool(evidence))
        self.large.setVisible(any(link.evidence.kind == "photo" for link in evidence))
        self._current(self.strip.currentItem())
        photos = [(link.path, link.evidence.orientation or 1) for link in evidence if link.evidence.kind == "photo"]
        papers = [link.path for link in evidence if link.evidence.kind != "photo"]
        self.loader.request(photos, papers, self.strip.picture_size)

    def show_checklist(self, checklist: Sequence[CheckItem]) -> None:
        """Only the requirements: they change with the choice, the files do not."""
        self._items = tuple(checklist)
        self.checks.set_html(self._checks_html())
        self.checks.setToolTip("\n".join(f"{item.label}：{item.hint}" for item in checklist if item.hint))
        describe(self.checks, "举证清单", self.checks.toPlainText())

    def title(self) -> str:
        """举证 n / m for the section, and how many files are not what they should be."""
        counts = f" {sum(1 for item in self._items if item.done)} / {len(self._items)}" if self._items else ""
        bad = sum(1 for link in self._links if check_marks.badge(link).outcome == BAD)
        return f"举证{counts}" + (f" · ✖ {bad} 件有问题" if bad else "")

    def link(self, evidence_id: str) -> Optional[LinkedEvidence]:
        """A file of the patch on the panel."""
        return next((link for link in self._links if link.evidence.evidence_id == evidence_id), None)

    def _counted(self) -> str:
        """What is there already: a folded section shows no thumbnails."""
        photos = sum(link.evidence.kind == "photo" for link in self._links)
        counts = ((photos, self.tr("{n} 张照片")), (len(self._links) - photos, self.tr("{n} 份文件")))
        there = "、".join(text.format(n=count) for count, text in counts if count)
        return self.tr("已有 {there}；").format(there=there) if there else ""

    def _checks_html(self) -> str:
        if not self._items:
            return coloured(self, f"{self._counted()}选定判定后列出所需举证", "muted")
        parts = []
        for number, item in enumerate(self._items):
            label = escape(item.label) + (f" {item.have}/{item.need}" if item.need > 1 else "")
            label += "" if item.confirmed else f"（{UNCONFIRMED_MARK}）"
            text = coloured(self, ("✔ " if item.done else "✖ ") + label, "good" if item.done else "bad")
            if not item.done:
                text = f'<a href="need:{number}">{text}</a>'
            parts.append(text.replace(" ", "&nbsp;") if len(item.label) < 12 and "<a" not in text else text)
        return " &nbsp;".join(parts).replace("<span&nbsp;", "<span ")

    def _current(self, item: Optional[QListWidgetItem], *, told: bool = False) -> None:
        """The buttons and the lines below speak of this file."""
        photo = item is None or bool(item.data(PHOTO))
        self.aim.setText(self.tr("方位角…") if photo else self.tr("文号…"))
        self.aim.setToolTip(
            self.tr("手工填写所选照片的拍摄位置和方位角（打印时注明“手工”）；按键 F2")
            if photo
            else self.tr("填写所选文件的文号、日期和批准面积，核查表和填报抄录会用到；按键 F2")
        )
        self.aim.setEnabled(item is not None)
        self.use.setEnabled(item is not None and bool(self.choices.get("photo" if photo else "document")))
        link = self.link(item.data(ID)) if item is not None else None
        html = self._detail_html(link) if link is not None else self._summary_html()
        self.detail.set_html(html)
        self.detail.setVisible(bool(html))
        describe(self.detail, "举证核验", self.detail.toPlainText())
        if told:
            self.current_changed.emit(item.data(ID) if item is not None else "")

    def _detail_html(self, link: LinkedEvidence) -> str:
        item = link.evidence
        parts = [escape(item.original_name), escape(purpose_text(link.purpose, self._purposes))]
        parts.append(escape(when(item) if item.kind == "photo" else document_line(item)))
        head = coloured(self, " · ".join(part for part in parts if part), "muted")
        checks = check_marks.short_html(self, link.checks)
        if not checks and item.kind == "photo":
            text, name = caption(link)
            checks = coloured(self, escape(text), name)
        return f"{checks}<br>{head}" if checks else head

    def _summary_html(self) -> str:
        """While no file is chosen: which ones are not what they should be."""
        said, number = [], 0
        for link in self._links:
            number += link.evidence.kind == "photo"
            badge = check_marks.badge(link)
            if badge.outcome in (BAD, WARN):
                name = f"{number}" if link.evidence.kind == "photo" else escape(link.evidence.original_name)
                said.append(coloured(self, f"{badge.mark}&nbsp;{name}&nbsp;{escape(badge.word)}", badge.tone))
        return " &nbsp;".join(said)

    # -- acting ---------------------------------------------------------------------------
    def choose_files(self, purpose: str) -> None:
        """Ask for files that prove `purpose` (empty: found out by kind)."""
        title = next((f"选择文件：{item.label}" for item in self._items if item.id == purpose), "选择照片或文件")
        kinds = f"照片和文件 ({_KINDS});;所有文件 (*)"
        names, _kind = QFileDialog.getOpenFileNames(self, title, "", kinds)
        if names:
            self.files_offered.emit([Path(name) for name in names], purpose)

    def _item_clicked(self, url: QUrl) -> None:
        number = int(url.path()) if url.path().isdigit() else -1
        if not 0 <= number < len(self._items):
            return
        item = self._items[number]
        if item.kind not in ("photo", "document"):
            self.fact_requested.emit(item.id)
        elif not any(self._could_be(link, item) for link in self._links):
            self.choose_files(item.id)
        else:
            self._popup(self.requirement_menu(item), QCursor.pos())

    def _could_be(self, link: LinkedEvidence, item: CheckItem) -> bool:
        return link.evidence.kind == item.kind and link.purpose != item.id

    def requirement_menu(self, item: CheckItem) -> QMenu:
        """For a requirement that is not met: add a file, or say that one of those here is it."""
        menu = QMenu(self)
        title = menu.addAction(item.label + (f"：{item.hint}" if item.hint and len(item.hint) < 40 else ""))
        title.setEnabled(False)
        add = menu.addAction(self.tr("选择文件…"))
        add.triggered.connect(lambda _checked=False: self.choose_files(item.id))
        menu.addSeparator()
        number = 0
        for link in self._links:
            number += link.evidence.kind == "photo"
            if not self._could_be(link, item):
                continue
            name = f"{number}  {link.evidence.original_name}" if item.kind == "photo" else link.evidence.original_name
            now = self._purposes.get(link.purpose, "") or self.tr("未注明用途")
            seen = f"{caption(link)[0]}，" if item.kind == "photo" else ""
            words = self.tr("用已有的 {name}（{seen}现为{now}）").format(name=name, seen=seen, now=now)
            self._offer(menu.addAction(words), link, item.id)
        return menu

    def _offer(self, action: QAction, link: LinkedEvidence, purpose: str) -> None:
        evidence_id, before = link.evidence.evidence_id, link.purpose
        action.triggered.connect(lambda _checked=False: self.purpose_requested.emit(evidence_id, before, purpose))

    def purpose_menu(self, evidence_id: str, parent: Optional[QMenu] = None) -> QMenu:
        """What a file may prove, each with a digit to press; what it proves now is ticked."""
        menu = parent.addMenu(self.tr("用途\tF3")) if parent is not None else QMenu(self)
        link = self.link(evidence_id)
        ids = self.choices.get(link.evidence.kind, ()) if link is not None else ()
        asked = [item.id for item in self._items if item.id in ids]
        first = [*asked, *(name for name in ids if name not in asked)] if len(ids) < _SHORT_MENU else asked
        rest = [name for name in ids if name not in first]
        target = menu
        for number, purpose in enumerate([*first, *rest], 1):
            if rest and purpose == rest[0]:
                target = menu.addMenu(self.tr("更多"))
            label = self._purposes.get(purpose, purpose)
            action = target.addAction(f"&{number}  {label}" if number < 10 else label)
            action.setCheckable(True)
            action.setChecked(link is not None and purpose == link.purpose)
            if link is not None:
                self._offer(action, link, purpose)
        return menu

    def ask_purpose(self, evidence_id: str, at: Optional[QPoint] = None) -> None:
        """Let the person say what a file proves: a menu with digits."""
        link = self.link(evidence_id)
        if link is not None and self.choices.get(link.evidence.kind):
            self._popup(self.purpose_menu(evidence_id), at or self.use.mapToGlobal(QPoint(0, self.use.height())))

    def _popup(self, menu: QMenu, at: QPoint) -> None:
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)
        first = next((action for action in menu.actions() if action.isEnabled()), None)
        if first is not None:
            menu.setActiveAction(first)

    def _open(self, evidence_id: str) -> None:
        """A photo is shown large, a document by its own window or the program of the system."""
        link = self.link(evidence_id)
        photo = link is not None and link.evidence.kind == "photo"
        (self.view_requested if photo else self.open_requested).emit(evidence_id)

    def _ask_facts(self, evidence_id: str) -> None:
        """What no file says of itself: of a photo where it was taken, of a document its number."""
        link = self.link(evidence_id)
        if link is not None:
            photo = link.evidence.kind == "photo"
            (self.aim_requested if photo else self.document_requested).emit(evidence_id)

    def _menu(self, at: QPoint) -> None:
        item = self.strip.itemAt(at)
        if item is None:
            return
        self.strip.setCurrentItem(item)
        self._popup(self.file_menu(item.data(ID)), self.strip.viewport().mapToGlobal(at))

    def file_menu(self, evidence_id: str) -> QMenu:
        """What can be done with one file."""
        menu, link = QMenu(self), self.link(evidence_id)
        photo = link is not None and link.evidence.kind == "photo"
        entries = [
            (self.tr("看大图\tO") if photo else self.tr("打开"), lambda: self._open(evidence_id)),
            (self.tr("拍摄方位…\tF2") if photo else self.tr("文号和日期…\tF2"), lambda: self._ask_facts(evidence_id)),
        ]
        if photo:
            entries.insert(1, (self.tr("打开原文件"), lambda: self.open_requested.emit(evidence_id)))
            scan = (self.tr("这是文件扫描件…"), lambda: self.document_requested.emit(evidence_id))
            entries.append(scan)
        for text, act in entries:
            menu.addAction(text).triggered.connect(lambda _checked=False, act=act: act())
        self.purpose_menu(evidence_id, menu)
        menu.addSeparator()
        away = menu.addAction(self.tr("移出本图斑\tDel"))
        away.triggered.connect(lambda _checked=False: self.unlink_requested.emit(evidence_id))
        return menu

    # -- files dropped here ---------------------------------------------------------------
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt name
        """Files may be dropped; a frame shows where they go."""
        if event.mimeData().hasUrls():
            take_copy(event)
            self._show_drop(on=True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:  # noqa: N802 - Qt name
        """They are dropped elsewhere."""
        self._show_drop(on=False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt name
        """Offer the dropped files."""
        self._show_drop(on=False)
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            take_copy(event)
            self.files_offered.emit(paths, "")

    def _show_drop(self, *, on: bool) -> None:
        self._dragging = on
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt name
        """The frame while files are over the panel."""
        super().paintEvent(event)
        if self._dragging:
            painter = QPainter(self)
            painter.setPen(QPen(tone(self, "mode"), 2, Qt.PenStyle.DashLine))
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))
