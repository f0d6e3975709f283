"""外业派发: for whom, in which forms, where to; afterwards the folder to copy or to print from."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ...workbench.handing_out import Handout, hand_out_of
from ...workbench.handout import Choice, choices
from ...workbench.session import Session
from ..compat import describe, line_height
from .task_bar import WorkDialog


class HandoutDialog(WorkDialog):
    """A village or a person, or exactly the patches of the list."""

    def __init__(self, session: Session, shown: tuple[str, ...] = (), parent: Optional[QWidget] = None) -> None:
        super().__init__("外业派发包", parent)
        self._session, self._shown = session, shown
        self.result: Optional[Handout] = None
        villages, people = choices(session)
        self.who = QComboBox(self)
        self.who.addItem(self.tr("全部未办图斑"), Choice())
        if shown:
            self.who.addItem(self.tr("队列里现在列出的 {n} 个图斑").format(n=len(shown)), Choice(patch_uids=shown))
        for name, count in villages.items():
            self.who.addItem(self.tr("村：{name}（{n}）").format(name=name, n=count), Choice(village=name))
        for name, count in people.items():
            self.who.addItem(self.tr("人员：{name}（{n}）").format(name=name, n=count), Choice(person=name))
        describe(self.who, self.tr("给谁"))
        self.forms = {
            "pdf": QCheckBox(self.tr("派发单（PDF，打印带走：总图、清单、每个图斑的图和二维码）"), self),
            "kml": QCheckBox(self.tr("手机地图（KML，奥维等可以导入）"), self),
            "qfield": QCheckBox(self.tr("QField 项目（手机拍照直接登记到图斑）"), self),
        }
        for form, box in self.forms.items():
            box.setChecked(form != "qfield")
        self.output = QLineEdit(str(session.pending_export_dir()), self)
        describe(self.output, self.tr("导出到"))
        self.browse = QPushButton(self.tr("浏览…"), self)
        self.browse.setAutoDefault(False)
        self.browse.clicked.connect(self._browse)
        self._lay_out()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.output, 1)
        row.addWidget(self.browse)
        form = QFormLayout()
        form.addRow(self.tr("给谁"), self.who)
        for at, box in enumerate(self.forms.values()):
            form.addRow("" if at else self.tr("内容"), box)
        form.addRow(self.tr("导出到"), row)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setText(self.tr("关闭"))
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.open_folder = self.buttons.addButton(self.tr("打开文件夹"), role)
        self.make = self.buttons.addButton(self.tr("生成"), role)
        self.make.setDefault(True)
        self.open_folder.hide()
        self.open_folder.clicked.connect(self._open_folder)
        self.make.clicked.connect(lambda _checked=False: self.start())
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.notice)
        layout.addWidget(self.task)
        layout.addWidget(self.buttons)
        self.task.busy_changed.connect(self._busy)
        self.setMinimumWidth(line_height(self) * 34)

    def _browse(self, _checked: bool = False) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("导出到"), self.output.text())
        if chosen:
            self.output.setText(chosen)

    def start(self) -> None:
        """Make the folder in the background."""
        folder, who, output = self._session.folder, self._session.who, Path(self.output.text().strip())
        choice: Choice = self.who.currentData()
        forms = [form for form, box in self.forms.items() if box.isChecked()]
        if not forms:
            self.tell(self.tr("请至少选一种内容。"), "warn")
            return
        self.tell("")
        self.task.start(
            self.tr("正在生成外业派发包"),
            lambda feedback: hand_out_of(folder, who, choice, output, feedback, forms),
            self._done,
            self.fail,
        )

    def _done(self, result: Handout) -> None:
        self.result = result
        text = self.tr("已生成 {n} 个图斑的派发包，直线合计 {km:.1f} 公里。\n{folder}").format(
            n=len(result.route.stops), km=result.route.length_m / 1000, folder=result.folder
        )
        if result.route.without:
            text += "\n" + self.tr("没有位置、未列入：{names}").format(names="、".join(result.route.without))
        self.tell(text, "warn" if result.route.without else "good")
        self.open_folder.show()

    def _open_folder(self, _checked: bool = False) -> None:
        if self.result is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.result.folder)))

    def _busy(self, busy: bool) -> None:
        for widget in (self.who, self.output, self.browse, self.make, *self.forms.values()):
            widget.setEnabled(not busy)
