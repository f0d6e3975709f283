"""Which layer plays which role, and the overlay with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Optional

from qgis.core import QgsProject, QgsSettings
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...core.errors import WeipianError
from ...core.model import APPROVAL_ROLES, ROLE_LABELS, LayerAssignment
from ...workbench.clock import check_date
from ...workbench.overlaying import OverlayReport, overlay_patches
from ...workbench.session import Session
from ..compat import describe, tone
from ..guard import as_error
from .layer_rows import (
    CLASS_ROLES,
    IMAGE_ROLES,
    assignment_for,
    fields_of,
    layers_in,
    project_layers,
    rows_for,
    sublayers,
    with_source,
)
from .task_bar import WorkDialog

VECTOR_FILTER = "矢量图层 (*.shp *.gpkg *.geojson *.zip *.kml);;所有文件 (*)"
RASTER_FILTER = "影像 (*.tif *.tiff *.img *.jp2 *.vrt *.dat);;所有文件 (*)"
SCHEMES = (("", "自动判断"), ("TD/T 1055", "三调工作分类"), ("用地用海分类", "用地用海分类"))
_HEADERS = ("用途", "数据", "子图层", "地类字段 / 时相日期", "分类标准", "")
_ROLE, _SOURCE, _LAYER, _DETAIL, _SCHEME, _BUTTON = range(6)


class LayersDialog(WorkDialog):
    """The table of roles; `changed` is true once something was stored."""

    def __init__(
        self, session: Session, parent: Optional[QWidget] = None, project: Optional[QgsProject] = None
    ) -> None:
        super().__init__("图层与套合", parent)
        self._session = session
        self._project = project or QgsProject.instance()
        self.rows: list[LayerAssignment] = []
        self.report: Optional[OverlayReport] = None
        self.changed = False
        self.table = QTableWidget(0, len(_HEADERS), self)
        self.table.setHorizontalHeaderLabels(list(_HEADERS))
        self.table.verticalHeader().hide()
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        describe(self.table, "图层用途")
        header = self.table.horizontalHeader()
        for column in range(len(_HEADERS)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_SOURCE, QHeaderView.ResizeMode.Stretch)
        self._build()
        self.set_rows(session.assignments())
        self.size_by_text(60, 40)

    def _build(self) -> None:
        self.folder_button = QPushButton("从文件夹自动识别…", self)
        self.folder_button.clicked.connect(self._folder_clicked)
        hint = QLabel("只读取，不修改您的图层。没有的图层可以空着，面板上会写明“未提供”。", self)
        hint.setWordWrap(True)
        top = QHBoxLayout()
        top.addWidget(hint, 1)
        top.addWidget(self.folder_button)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setText("关闭")
        self.save_button = self.buttons.addButton("保存", QDialogButtonBox.ButtonRole.ActionRole)
        self.run_button = self.buttons.addButton("保存并运行套合", QDialogButtonBox.ButtonRole.ActionRole)
        self.run_button.setDefault(True)
        self.save_button.clicked.connect(self._save_clicked)
        self.run_button.clicked.connect(self._run_clicked)
        self.buttons.rejected.connect(self.reject)
        self.task.busy_changed.connect(self._busy)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.notice)
        layout.addWidget(self.task)
        layout.addWidget(self.buttons)

    # -- the table -------------------------------------------------------------------------------

    def set_rows(self, assignments: Sequence[LayerAssignment]) -> None:
        """Show these assignments and an empty row for each role without any."""
        self.rows = rows_for(assignments)
        self.table.setRowCount(len(self.rows))
        for index in range(len(self.rows)):
            self._show_row(index)

    def assignments(self) -> list[LayerAssignment]:
        """What the table says."""
        return [row for row in self.rows if row.source]

    def _show_row(self, index: int) -> None:
        row = self.rows[index]
        label = ROLE_LABELS[row.role]
        self.table.setItem(index, _ROLE, QTableWidgetItem(f"✔ {label}" if row.source else f"　 {label}"))
        source = QTableWidgetItem(row.source or "未提供")
        source.setToolTip(row.source)
        if not row.source:
            source.setForeground(tone(self, "muted"))
        self.table.setItem(index, _SOURCE, source)
        for column, widget in (
            (_LAYER, self._layer_widget(index)),
            (_DETAIL, self._detail_widget(index)),
            (_SCHEME, self._scheme_widget(index)),
            (_BUTTON, self._button(index)),
        ):
            former = self.table.cellWidget(index, column)
            if former is not None:
                former.hide()  # Qt deletes it later, and until then it would show beside its successor
            self.table.removeCellWidget(index, column)
            if widget is not None:
                describe(widget, f"{label} {_HEADERS[column] or '选择'}")
                self.table.setCellWidget(index, column, widget)
            else:
                self.table.setItem(index, column, QTableWidgetItem(""))

    def _layer_widget(self, index: int) -> Optional[QWidget]:
        row = self.rows[index]
        names = sublayers(row.source) if row.source and row.role not in IMAGE_ROLES else []
        if len(names) < 2:
            return None
        return self._combo(index, "layer", [(name, name) for name in names], row.layer)

    def _detail_widget(self, index: int) -> Optional[QWidget]:
        row = self.rows[index]
        if not row.source:
            return None
        if row.role in IMAGE_ROLES:
            edit = QLineEdit(row.taken_on, self.table)
            edit.setPlaceholderText("如 2026-05-01")
            edit.setProperty("row", index)
            edit.textEdited.connect(self._date_edited)
            return edit
        if row.role in CLASS_ROLES:
            names = fields_of(row.source, row.layer)
            return self._combo(index, "class_field", [("", "请选择字段"), *((n, n) for n in names)], row.class_field)
        return None

    def _scheme_widget(self, index: int) -> Optional[QWidget]:
        row = self.rows[index]
        if row.role != "landuse" or not row.source:
            return None
        return self._combo(index, "scheme", SCHEMES, row.scheme)

    def _combo(self, index: int, attribute: str, items: Sequence[tuple[str, str]], value: str) -> QComboBox:
        combo = QComboBox(self.table)
        for data, label in items:
            combo.addItem(label, data)
        combo.setCurrentIndex(max(combo.findData(value), 0))
        combo.setProperty("row", index)
        combo.setProperty("attribute", attribute)
        combo.activated.connect(self._combo_chosen)
        return combo

    def _combo_chosen(self, _index: int) -> None:
        combo = self.sender()
        index, attribute = int(combo.property("row")), str(combo.property("attribute"))
        self.rows[index] = replace(self.rows[index], **{attribute: str(combo.currentData() or "")})
        if attribute == "layer":
            row = self.rows[index]
            self.rows[index] = with_source(row, assignment_for(row.role, row.source, row.layer))
            self._show_row(index)

    def _date_edited(self, text: str) -> None:
        index = int(self.sender().property("row"))
        self.rows[index] = replace(self.rows[index], taken_on=text.strip())

    def _button(self, index: int) -> QToolButton:
        button = QToolButton(self.table)
        button.setText("选择…")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        menu.aboutToShow.connect(lambda: self._fill_menu(menu, index))
        button.setMenu(menu)
        return button

    def _fill_menu(self, menu: QMenu, index: int) -> None:
        menu.clear()
        row = self.rows[index]
        raster = row.role in IMAGE_ROLES

        def add(text: str, then: object) -> None:
            menu.addAction(text).triggered.connect(lambda _checked=False: then())

        add("文件…", lambda: self._browse(index, folder=False))
        if not raster:
            add("FileGDB 文件夹…", lambda: self._browse(index, folder=True))
        own = project_layers(self._project, raster)
        if own:
            menu.addSection("当前工程中的图层")
        for name, path, layer in own:
            add(name, lambda path=path, layer=layer: self.choose(index, path, layer))
        if row.source:
            menu.addSeparator()
            add("清除", lambda: self.clear_row(index))
            if row.role in APPROVAL_ROLES:
                add("再加一个文件", lambda: self.add_row(row.role))

    def _browse(self, index: int, folder: bool) -> None:
        start = str(QgsSettings().value("weipian/layers_from", "") or str(Path.home()))
        if folder:
            chosen = QFileDialog.getExistingDirectory(self, ROLE_LABELS[self.rows[index].role], start)
        else:
            kinds = RASTER_FILTER if self.rows[index].role in IMAGE_ROLES else VECTOR_FILTER
            chosen, _ = QFileDialog.getOpenFileName(self, ROLE_LABELS[self.rows[index].role], start, kinds)
        if chosen:
            QgsSettings().setValue("weipian/layers_from", str(Path(chosen).parent))
            self.choose(index, chosen)

    def choose(self, index: int, path: str, layer: str = "") -> None:
        """Put a file into a row."""
        row = self.rows[index]
        chosen = assignment_for(row.role, path, layer)
        if row.role not in IMAGE_ROLES and not sublayers(path):
            self.tell(f"{ROLE_LABELS[row.role]}：{path} 里没有面图层，或文件打不开。", "bad")
            return
        self.tell("")
        self.rows[index] = with_source(row, chosen)
        self._show_row(index)

    def clear_row(self, index: int) -> None:
        """Take the file out of a row."""
        rows = [row for number, row in enumerate(self.rows) if number != index and row.source]
        self.set_rows(rows)

    def add_row(self, role: str) -> None:
        """A further, still empty row of an approval role."""
        index = max(number for number, row in enumerate(self.rows) if row.role == role) + 1
        self.rows.insert(index, LayerAssignment(role=role, source=""))
        self.table.setRowCount(len(self.rows))
        for number in range(len(self.rows)):
            self._show_row(number)

    def _folder_clicked(self, _checked: bool = False) -> None:
        start = str(QgsSettings().value("weipian/layers_from", "") or str(Path.home()))
        chosen = QFileDialog.getExistingDirectory(self, "存放图层的文件夹", start)
        if chosen:
            QgsSettings().setValue("weipian/layers_from", chosen)
            self.take_folder(Path(chosen))

    def take_folder(self, folder: Path) -> list[LayerAssignment]:
        """Fill the rows that are still empty with files whose names say their role; returns those."""
        present = {(row.role, row.source) for row in self.assignments()}
        held = {row.role for row in self.assignments()}
        found = [
            item
            for item in layers_in(folder)
            if (item.role in APPROVAL_ROLES and (item.role, item.source) not in present) or item.role not in held
        ]
        self.set_rows([*self.assignments(), *found])
        names = "、".join(f"{ROLE_LABELS[item.role]}（{Path(item.source).name}）" for item in found)
        if found:
            self.tell(f"识别到 {len(found)} 个：{names}。请核对后保存。", "good")
        else:
            self.tell("没有认出新的图层。文件名含 DLTB、永久基本农田、生态保护红线、前时相 等字样时才能识别。", "warn")
        return found

    # -- storing and running ---------------------------------------------------------------------

    def _save_clicked(self, _checked: bool = False) -> None:
        if self.save():
            self.tell("已保存。", "good")

    def _run_clicked(self, _checked: bool = False) -> None:
        self.start_overlay()

    def save(self) -> bool:
        """Store what the table says; false, with a sentence, if it cannot be."""
        try:
            wanted = [replace(row, taken_on=check_date(row.taken_on)) for row in self.assignments()]
            _check_class_field(wanted)
            self._store(wanted)
        except Exception as error:  # noqa: BLE001 - becomes a sentence in the dialog, the trace goes to the log
            self.fail(as_error(error))
            return False
        return True

    def _store(self, wanted: Sequence[LayerAssignment]) -> None:
        before = self._session.assignments()
        for role in {row.role for row in before} | {row.role for row in wanted}:
            old = [row for row in before if row.role == role]
            new = [row for row in wanted if row.role == role]
            if sorted(old, key=str) == sorted(new, key=str):
                continue
            if old:
                self._session.unassign(role)
            for row in new:
                self._session.assign(row)
            self.changed = True

    def start_overlay(self) -> None:
        """Store, then overlay every patch in the background."""
        if not self.save():
            return
        folder, who = self._session.folder, self._session.who
        self.tell("")
        self.task.start("正在套合分析", lambda feedback: overlay_patches(folder, who, feedback), self._done, self.fail)

    def _done(self, report: OverlayReport) -> None:
        self.report = report
        self.changed = True
        text = f"{report.patches} 个图斑套合完成。"
        if report.identity_bad:
            text += f"\n面积不平衡 {len(report.identity_bad)} 个：{'、'.join(report.identity_bad[:5])}"
        findings = [f"{item.subject}：{item.message}" if item.subject else item.message for item in report.findings]
        if findings:
            more = f"\n……另有 {len(findings) - 5} 项" if len(findings) > 5 else ""
            text += "\n" + "\n".join(findings[:5]) + more
        self.tell(text, "warn" if report.identity_bad or findings else "good")

    def _busy(self, busy: bool) -> None:
        for widget in (self.table, self.folder_button, self.save_button, self.run_button):
            widget.setEnabled(not busy)


def _check_class_field(rows: Sequence[LayerAssignment]) -> None:
    """Raise E_LAYER_FIELD while it is not said where the land-use class stands."""
    for row in rows:
        if row.role == "landuse" and not row.class_field:
            raise WeipianError("E_LAYER_FIELD", path=row.source, field="（未选择地类字段）")


def run_layers(parent: Optional[QWidget], session: Session, folder: Optional[Path] = None) -> bool:
    """Show the table; true if assignments or areas changed. `folder` is looked through at once."""
    dialog = LayersDialog(session, parent)
    try:
        if folder is not None:
            dialog.take_folder(folder)
        dialog.exec()
        return dialog.changed
    finally:
        dialog.deleteLater()
