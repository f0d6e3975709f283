"""Make or open a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from qgis.core import QgsApplication, QgsSettings
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ...core.errors import WeipianError
from ...core.names import safe_name
from ...workbench.session import Session
from ..compat import describe, line_height, write_in
from ..guard import as_error

RECENT_KEY = "weipian/recent_workspaces"
WHO_KEY = "weipian/who"
_RECENT_LENGTH = 8
FILE_NAME = "workspace.gpkg"


def recent() -> list[str]:
    """Folders opened lately, newest first; those that are gone are left out."""
    value = QgsSettings().value(RECENT_KEY, [])
    folders = [value] if isinstance(value, str) else list(value or [])
    return [folder for folder in folders if folder and (Path(folder) / FILE_NAME).is_file()]


def remember(folder: Path) -> None:
    """Put a folder at the top of the recent ones."""
    folders = [str(folder), *(f for f in recent() if f != str(folder))]
    QgsSettings().setValue(RECENT_KEY, folders[:_RECENT_LENGTH])


def operator() -> str:
    """Name of the person at the keyboard: as entered last, else as the system knows him."""
    saved = str(QgsSettings().value(WHO_KEY, "") or "")
    return saved or QgsApplication.userFullName() or QgsApplication.userLoginName()


def open_workspace(path: Path, who: str) -> Session:
    """Open a workspace given its folder or its workspace.gpkg, and remember it.

    Raises:
        WeipianError: as `Session.open`.
    """
    path = Path(path)
    folder = path.parent if path.name == FILE_NAME else path
    session = Session.open(folder, who)
    _used(session, who)
    return session


def create_workspace(path: Path, name: str, who: str) -> Session:
    """Make a workspace and open it.

    Raises:
        WeipianError: as `Session.create`.
    """
    session = Session.create(Path(path), name, who)
    _used(session, who)
    return session


def _used(session: Session, who: str) -> None:
    remember(session.folder)
    QgsSettings().setValue(WHO_KEY, who)


class WorkspaceDialog(QDialog):
    """Two tabs, 打开 and 新建; after `accept` the open session stands in `session`."""

    def __init__(self, create: bool = False, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("工作区")
        self.session: Optional[Session] = None
        self.who = QLineEdit(operator(), self)
        self.who.setPlaceholderText("姓名，写入每一条操作记录")
        describe(self.who, "经办人")
        self.tabs = QTabWidget(self)
        self.tabs.addTab(self._open_page(), "打开工作区")
        self.tabs.addTab(self._new_page(), "新建工作区")
        self.error = QLabel(self)
        self.error.setWordWrap(True)
        write_in(self.error, "bad")
        self.error.hide()
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText("取消")
        self.buttons.accepted.connect(self._accepted)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        form = QFormLayout()
        form.addRow("经办人", self.who)
        layout.addLayout(form)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.error)
        layout.addWidget(self.buttons)
        self.tabs.currentChanged.connect(self._tab_changed)
        self.tabs.setCurrentIndex(1 if create or not self.list.count() else 0)
        self._tab_changed(self.tabs.currentIndex())
        self.resize(line_height(self) * 34, line_height(self) * 20)

    def _open_page(self) -> QWidget:
        page = QWidget(self)
        layout = QVBoxLayout(page)
        layout.addWidget(QLabel("最近使用", page))
        self.list = QListWidget(page)
        describe(self.list, "最近使用的工作区")
        for folder in recent():
            item = QListWidgetItem(f"{Path(folder).name}\n{folder}")
            item.setData(Qt.ItemDataRole.UserRole, folder)
            item.setToolTip(folder)
            self.list.addItem(item)
        self.list.setCurrentRow(0 if self.list.count() else -1)
        self.list.itemSelectionChanged.connect(self._recent_chosen)
        self.list.itemDoubleClicked.connect(self._double_clicked)
        layout.addWidget(self.list, 1)
        self.open_folder = QLineEdit(page)
        self.open_folder.setPlaceholderText("含有 workspace.gpkg 的文件夹")
        describe(self.open_folder, "工作区文件夹")
        layout.addLayout(self._with_browse(self.open_folder, "打开工作区文件夹"))
        self._recent_chosen()
        return page

    def _new_page(self) -> QWidget:
        page = QWidget(self)
        form = QFormLayout(page)
        self.name = QLineEdit(page)
        self.name.setPlaceholderText("例如 古路镇 2026 上半年")
        self.name.textChanged.connect(self._show_target)
        self.new_folder = QLineEdit(str(QgsSettings().value("weipian/new_in", "") or str(Path.home())), page)
        self.new_folder.textChanged.connect(self._show_target)
        describe(self.name, "名称")
        describe(self.new_folder, "放在哪个文件夹里")
        self.target = QLabel(page)
        self.target.setWordWrap(True)
        form.addRow("名称", self.name)
        form.addRow("放在", self._with_browse(self.new_folder, "工作区放在哪个文件夹里"))
        form.addRow("将新建", self.target)
        note = QLabel("工作区是一个文件夹，可以整个复制、压缩、用 U 盘带走；请放在本机磁盘上。", page)
        note.setWordWrap(True)
        form.addRow(note)
        self._show_target()
        return page

    def _with_browse(self, edit: QLineEdit, title: str) -> QHBoxLayout:
        button = QPushButton("浏览…", self)
        button.setAutoDefault(False)

        def browse(_checked: bool = False) -> None:
            chosen = QFileDialog.getExistingDirectory(self, title, edit.text())
            if chosen:
                edit.setText(chosen)

        button.clicked.connect(browse)
        row = QHBoxLayout()
        row.addWidget(edit, 1)
        row.addWidget(button)
        return row

    def _show_target(self, _text: str = "") -> None:
        name = self.name.text().strip()
        self.target.setText(str(self.new_path()) if name else "（先填名称）")

    def new_path(self) -> Path:
        """The folder that 新建 would make."""
        return Path(self.new_folder.text().strip() or str(Path.home())) / safe_name(self.name.text().strip())

    def _recent_chosen(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.open_folder.setText(item.data(Qt.ItemDataRole.UserRole))

    def _double_clicked(self, _item: QListWidgetItem) -> None:
        self._accepted()

    def _tab_changed(self, index: int) -> None:
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText("新建" if index else "打开")
        self.error.hide()

    def _accepted(self) -> None:
        try:
            self.session = self._make()
        except Exception as error:  # noqa: BLE001 - becomes a sentence in the dialog, the trace goes to the log
            self._refuse(as_error(error))
            return
        self.accept()

    def _make(self) -> Session:
        who = self.who.text().strip()
        if not who:
            self.who.setFocus()
            raise WeipianError("E_WHO_MISSING")
        if self.tabs.currentIndex() == 0:
            folder = self.open_folder.text().strip()
            if not folder:
                raise WeipianError("E_WS_MISSING", path="（没有选择文件夹）")
            return open_workspace(Path(folder), who)
        name = self.name.text().strip()
        if not name:
            self.name.setFocus()
            raise WeipianError("E_WS_NAME")
        session = create_workspace(self.new_path(), name, who)
        QgsSettings().setValue("weipian/new_in", self.new_folder.text().strip())
        return session

    def _refuse(self, error: WeipianError) -> None:
        self.error.setText(f"✖ {error.message}。{error.remedy}")
        self.error.show()


def ask_workspace(parent: Optional[QWidget] = None, create: bool = False) -> Optional[Session]:
    """Let the user make or open a workspace; None when he thought better of it."""
    dialog = WorkspaceDialog(create, parent)
    try:
        dialog.exec()
        return dialog.session
    finally:
        dialog.deleteLater()
