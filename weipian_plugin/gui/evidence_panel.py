"""Evidence: the checklist that fills itself, and a strip of pictures with what each one sees."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Optional

from qgis.PyQt.QtCore import QPoint, QSize, Qt, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QDragEnterEvent, QDropEvent, QIcon, QPixmap
from qgis.PyQt.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QListView,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..core.advice_model import CheckItem
from ..core.proof import LinkedEvidence
from ..core.rulepack import UNCONFIRMED_MARK
from .compat import describe, icon, line_height, no_input_method, tone
from .thumbnails import ThumbnailLoader
from .widgets import RichText, coloured

_ID = int(Qt.ItemDataRole.UserRole)
_PATH = _ID + 1
_PHOTO = _ID + 2  # whether it is one
_KINDS = "*.jpg *.jpeg *.png *.heic *.heif *.tif *.tiff *.pdf *.doc *.docx *.xls *.xlsx *.zip"


def distance_text(metres: float) -> str:
    """Metres as they are, kilometres above one."""
    return f"{metres:.0f} m" if metres < 1000 else f"{metres / 1000:.1f} km"


def caption(link: LinkedEvidence) -> tuple[str, str]:
    """(what the picture sees, tone): azimuth, distance, whether it looks at the patch, 手工.

    An unknown azimuth is said to be unknown and never shown as 0°.
    """
    evidence = link.evidence
    if evidence.kind != "photo":
        return (evidence.doc_no or "文件"), "muted"
    azimuth = "方位？" if evidence.azimuth is None else f"{evidence.azimuth:.0f}°"
    distance = "" if link.distance_m is None else f" {distance_text(link.distance_m)}"
    hand = " 手工" if evidence.source == "manual" else ""
    if link.looks_at is None:
        why = " ？" if evidence.lon is not None else " 无定位"
        return azimuth + distance + why + hand, "muted"
    mark, name = (" ✔", "good") if link.looks_at else (" ✖未指向", "warn")
    return azimuth + distance + mark + hand, name


def tip(link: LinkedEvidence, purposes: dict[str, str]) -> str:
    """Everything known about a file, line by line."""
    evidence = link.evidence
    lines = [evidence.original_name, purposes.get(link.purpose, link.purpose)]
    lines.append(caption(link)[0] if evidence.kind == "photo" else "")
    lines.append(f"拍摄 {evidence.taken_at}" if evidence.taken_at else "")
    if evidence.doc_no or evidence.doc_date:
        lines.append(f"{evidence.doc_no} {evidence.doc_date}".strip())
    return "\n".join(line for line in lines if line)


class EvidencePanel(QWidget):
    """Renders checklist and files; what is to be done with them goes out as signals."""

    files_offered = pyqtSignal(list, str)  # list[Path], purpose id or ""
    open_requested = pyqtSignal(str)  # evidence id
    aim_requested = pyqtSignal(str)
    document_requested = pyqtSignal(str)
    unlink_requested = pyqtSignal(str)
    fact_requested = pyqtSignal(str)  # requirement id

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._items: tuple[CheckItem, ...] = ()
        self.checks = RichText(4, self)
        self.checks.anchorClicked.connect(self._item_clicked)
        self.strip = self._make_strip()
        self.loader = ThumbnailLoader(self)
        self.loader.loaded.connect(self._thumbnail)
        self.add = QToolButton(self)
        self.add.setText(self.tr("添加照片/文件…"))
        self.add.setToolTip(self.tr("选择照片或文件作为举证；也可以把文件直接拖到这里"))
        self.add.setIcon(icon("add_photo", self))
        self.add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        describe(self.add, self.tr("添加照片或文件"))
        self.add.clicked.connect(lambda _checked=False: self.choose_files(""))
        self.aim = QToolButton(self)
        self.aim.clicked.connect(lambda _checked=False: self._ask_facts())
        self._current(None)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.add)
        row.addWidget(self.aim)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.checks)
        layout.addWidget(self.strip)
        layout.addLayout(row)

    def _make_strip(self) -> QListWidget:
        strip = QListWidget(self)
        strip.setViewMode(QListView.ViewMode.IconMode)
        strip.setFlow(QListView.Flow.LeftToRight)
        strip.setWrapping(False)
        strip.setMovement(QListView.Movement.Static)
        strip.setUniformItemSizes(True)
        strip.setAcceptDrops(False)
        strip.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        strip.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        strip.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        line = line_height(strip)
        self._size = QSize(line * 7, int(line * 4.5))
        strip.setIconSize(self._size)
        strip.setGridSize(QSize(self._size.width() + line, self._size.height() + int(line * 1.5)))
        strip.setFixedHeight(
            self._size.height() + int(line * 1.5) + strip.horizontalScrollBar().sizeHint().height() + 4
        )
        describe(strip, self.tr("举证照片和文件"))
        no_input_method(strip)
        strip.itemDoubleClicked.connect(lambda item: self.open_requested.emit(item.data(_ID)))
        strip.customContextMenuRequested.connect(self._menu)
        strip.currentItemChanged.connect(lambda item, _old: self._current(item))
        return strip

    # -- showing --------------------------------------------------------------------------
    def show_evidence(
        self, checklist: Sequence[CheckItem], evidence: Sequence[LinkedEvidence], purposes: dict[str, str]
    ) -> None:
        """Show the requirements with their state, and the files; `purposes` is id -> Chinese label."""
        self.show_checklist(checklist)
        self.strip.clear()
        self.aim.setEnabled(False)
        paths = []
        for link in evidence:
            text, name = caption(link)
            item = QListWidgetItem(text)
            item.setData(_ID, link.evidence.evidence_id)
            item.setData(_PATH, link.path)
            item.setData(_PHOTO, link.evidence.kind == "photo")
            item.setToolTip(tip(link, purposes))
            item.setData(int(Qt.ItemDataRole.AccessibleTextRole), tip(link, purposes).replace("\n", "，"))
            item.setForeground(tone(self.strip, name))
            item.setIcon(QIcon(self._blank()))
            self.strip.addItem(item)
            if link.path:
                paths.append(link.path)
        self.strip.setVisible(bool(evidence))
        self.loader.request(paths, self._size)

    def show_checklist(self, checklist: Sequence[CheckItem]) -> None:
        """Only the requirements: they change with the choice, the files do not."""
        self._items = tuple(checklist)
        self.checks.set_html(self._checks_html())
        describe(self.checks, "举证清单", self.checks.toPlainText())

    def title(self) -> str:
        """举证 n / m for the section."""
        if not self._items:
            return "举证"
        return f"举证 {sum(1 for item in self._items if item.done)} / {len(self._items)}"

    def _checks_html(self) -> str:
        if not self._items:
            return coloured(self, "选定判定后列出所需举证", "muted")
        parts = []
        for number, item in enumerate(self._items):
            label = escape(item.label) + (f" {item.have}/{item.need}" if item.need > 1 else "")
            label += "" if item.confirmed else f"（{UNCONFIRMED_MARK}）"
            text = coloured(self, ("✔ " if item.done else "✖ ") + label, "good" if item.done else "bad")
            if not item.done:
                text = f'<a href="need:{number}">{text}</a>'
            parts.append(text.replace(" ", "&nbsp;") if len(item.label) < 12 and "<a" not in text else text)
        return " &nbsp;".join(parts).replace("<span&nbsp;", "<span ")

    def _blank(self) -> QPixmap:
        pixmap = QPixmap(self._size)
        pixmap.fill(Qt.GlobalColor.transparent)
        return pixmap

    def _thumbnail(self, path: str, pixmap: QPixmap) -> None:
        for i in range(self.strip.count()):
            item = self.strip.item(i)
            if item.data(_PATH) == path:
                item.setIcon(QIcon(pixmap))

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
        if item.kind in ("photo", "document"):
            self.choose_files(item.id)
        else:
            self.fact_requested.emit(item.id)

    def _current(self, item: Optional[QListWidgetItem]) -> None:
        photo = item is None or bool(item.data(_PHOTO))
        self.aim.setText(self.tr("方位角…") if photo else self.tr("文号…"))
        self.aim.setToolTip(
            self.tr("手工填写所选照片的拍摄位置和方位角（打印时注明“手工”）")
            if photo
            else self.tr("填写所选文件的文号、日期和批准面积，核查表和填报抄录会用到")
        )
        self.aim.setEnabled(item is not None)

    def _ask_facts(self) -> None:
        """What no file says of itself: of a photo where it was taken, of a document its number."""
        item = self.strip.currentItem()
        if item is not None:
            (self.aim_requested if item.data(_PHOTO) else self.document_requested).emit(item.data(_ID))

    def _menu(self, at: QPoint) -> None:
        item = self.strip.itemAt(at)
        if item is None:
            return
        evidence_id = item.data(_ID)
        menu = QMenu(self)
        menu.addAction(self.tr("打开")).triggered.connect(lambda _c=False: self.open_requested.emit(evidence_id))
        facts = self.tr("拍摄方位…") if item.data(_PHOTO) else self.tr("文号和日期…")
        self.strip.setCurrentItem(item)
        menu.addAction(facts).triggered.connect(lambda _c=False: self._ask_facts())
        menu.addSeparator()
        menu.addAction(self.tr("移出本图斑")).triggered.connect(
            lambda _c=False: self.unlink_requested.emit(evidence_id)
        )
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.strip.viewport().mapToGlobal(at))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt name
        """Files may be dropped."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt name
        """Offer the dropped files."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.files_offered.emit(paths, "")
