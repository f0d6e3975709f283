"""Which layer plays which role, and the overlay with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Optional

from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialogButtonBox,
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

from ...core.areas import BASIS_LABELS
from ...core.errors import WeipianError
from ...core.model import APPROVAL_ROLES, ROLE_LABELS, LayerAssignment
from ...workbench import layer_work
from ...workbench.clock import check_date
from ...workbench.landuse_scheme import CHOICES, SchemeGuess
from ...workbench.layer_profiles import LayerProfile, Resolved
from ...workbench.layer_work import WorkReport
from ...workbench.registers import RegisterSource
from ...workbench.session import Session
from ..compat import describe, tone, turn_page_not_value
from ..guard import as_error
from .layer_pick import ask_folder, chosen_for, fill_menu
from .layer_profile_bar import ProfileBar
from .layer_rows import (
    CLASS_ROLES,
    IMAGE_ROLES,
    assignment_for,
    fields_of,
    is_table,
    layers_in,
    parted,
    project_layers,
    rows_for,
    scheme_of,
    sublayers,
    with_source,
)
from .task_bar import WorkDialog

SCHEMES = (("", "自动判断"), *((value, text.partition("（")[0]) for value, text in CHOICES))
UNITS = (("", "面积单位：看列名"), ("m2", "面积：平方米"), ("mu", "面积：亩"), ("ha", "面积：公顷"))
_HEADERS = ("用途", "数据", "子图层 / 工作表", "地类字段 / 日期 / 单位", "分类标准", "")
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
        self.report: Optional[WorkReport] = None
        self._guesses: dict[tuple[str, str, str], SchemeGuess] = {}
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
        self.set_rows(session.assignments(), session.register_sources())
        self._offer()
        self.size_by_text(60, 40)

    def _build(self) -> None:
        self.folder_button = QPushButton("从文件夹自动识别…", self)
        self.folder_button.clicked.connect(self._folder_clicked)
        hint = QLabel("只读取，不修改您的图层。没有的图层可以空着，面板上会写明“未提供”。", self)
        hint.setWordWrap(True)
        self.bar = ProfileBar(self._session.county_codes(), self)
        self.bar.applied.connect(self._profile_applied)
        self.bar.said.connect(self.tell)
        self.bar.failed.connect(self.fail)
        self.bar.save_requested.connect(self._save_profile)
        self.offer = QPushButton(self)
        self.offer.hide()
        self.offer.clicked.connect(lambda _checked=False: self.bar.apply(str(self.offer.property("profile"))))
        self.basis = QComboBox(self)
        for value, text in BASIS_LABELS.items():
            self.basis.addItem(f"耕地按{text}", value)
        self.basis.setCurrentIndex(self.basis.findData(self._session.cropland_basis()))
        self.basis.setToolTip(
            "净面积 = 图斑面积 ×（1 − 扣除系数 KCXS），田坎计入非耕农用地。台账、核查表和统计都会注明口径。"
        )
        describe(self.basis, "耕地口径")
        top = QHBoxLayout()
        top.addWidget(self.bar)
        top.addWidget(self.basis)
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
        layout.addWidget(hint)
        layout.addWidget(self.offer)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.notice)
        layout.addWidget(self.task)
        layout.addWidget(self.buttons)

    # -- the table -------------------------------------------------------------------------------

    def set_rows(self, assignments: Sequence[LayerAssignment], tables: Sequence[RegisterSource] = ()) -> None:
        """Show these layers and tables and an empty row for each role without any."""
        self.rows = rows_for(assignments, tables)
        self.table.setRowCount(len(self.rows))
        for index in range(len(self.rows)):
            self._show_row(index)

    def assignments(self) -> list[LayerAssignment]:
        """What the table says: layers, and tables in the shape of a layer."""
        return [row for row in self.rows if row.source]

    # -- profiles --------------------------------------------------------------------------------

    def _offer(self) -> None:
        """For a workspace without layers: those of its county, one click away."""
        profile = None if self.assignments() else self.bar.offered()
        if profile is not None:
            self.offer.setText(
                f"采用“{profile.name}”的图层方案（{len(profile.layers) + len(profile.tables)} 个图层和登记表）"
            )
            self.offer.setProperty("profile", profile.name)
            self.offer.show()

    def _profile_applied(self, profile: LayerProfile, there: Resolved) -> None:
        self.offer.hide()
        self.set_rows(there.layers, there.tables)
        self.basis.setCurrentIndex(max(self.basis.findData(profile.cropland), 0))
        count = len(there.layers) + len(there.tables)
        if there.missing:
            self.tell(f"采用了 {count} 个；找不到：\n" + "\n".join(there.missing), "warn")
        else:
            self.tell(f"采用了“{profile.name}”的 {count} 个图层和登记表，请核对后运行套合。", "good")

    def _save_profile(self, name: str) -> None:
        layers, tables = parted(self.rows)
        self.bar.keep(name, layers, tables, str(self.basis.currentData()))

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
        if is_table(row.source):
            return self._combo(index, "class_field", UNITS, row.class_field)
        if row.role in CLASS_ROLES:
            names = fields_of(row.source, row.layer)
            return self._combo(index, "class_field", [("", "请选择字段"), *((n, n) for n in names)], row.class_field)
        return None

    def _scheme_widget(self, index: int) -> Optional[QWidget]:
        row = self.rows[index]
        if row.source and is_table(row.source):
            count = self._session.register_counts().get(Path(row.source).name, 0)
            return QLabel(f"登记表 {count} 条" if count else "登记表", self.table)
        if row.role != "landuse" or not row.source:
            return None
        guess = self._guess(row)
        first = "请选择分类标准" if guess is not None and not guess.sure else "自动判断：三调" if guess else "自动判断"
        combo = self._combo(index, "scheme", (("", first), *SCHEMES[1:]), row.scheme)
        if guess is not None:
            combo.setToolTip(f"{guess.reason}\n编码举例：{'、'.join(guess.codes)}")
        return combo

    def _guess(self, row: LayerAssignment) -> Optional[SchemeGuess]:
        """What the codes tell, looked at once a file; None when the layer does not open or has no class field."""
        key = (row.source, row.layer, row.class_field)
        if key not in self._guesses:
            try:
                self._guesses[key] = scheme_of(row)
            except WeipianError:
                return None
        return self._guesses[key]

    def _ask_scheme(self, row: LayerAssignment) -> None:
        """Say why the classification has to be chosen."""
        guess = self._guess(row) if row.role == "landuse" and not row.scheme else None
        if guess is not None and not guess.sure:
            shown = "、".join(guess.codes)
            self.tell(f"请选择地类图斑的分类标准：{guess.reason}。编码举例：{shown}", "warn")

    def _combo(self, index: int, attribute: str, items: Sequence[tuple[str, str]], value: str) -> QComboBox:
        combo = QComboBox(self.table)
        for data, label in items:
            combo.addItem(label, data)
        combo.setCurrentIndex(max(combo.findData(value), 0))
        combo.setProperty("row", index)
        combo.setProperty("attribute", attribute)
        turn_page_not_value(combo)
        combo.activated.connect(self._combo_chosen)
        return combo

    def _combo_chosen(self, _index: int) -> None:
        combo = self.sender()
        index, attribute = int(combo.property("row")), str(combo.property("attribute"))
        self.rows[index] = replace(self.rows[index], **{attribute: str(combo.currentData() or "")})
        if attribute == "layer":
            row = self.rows[index]
            self.rows[index] = with_source(row, assignment_for(row.role, row.source, row.layer))
        if attribute in ("layer", "class_field"):
            self._show_row(index)
            self._ask_scheme(self.rows[index])

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
        row = self.rows[index]
        fill_menu(menu, row, project_layers(self._project, row.role in IMAGE_ROLES), self, index)

    def choose(self, index: int, path: str, layer: str = "") -> None:
        """Put a file into a row."""
        row = self.rows[index]
        try:
            chosen = chosen_for(row, path, layer)
        except WeipianError as error:
            self.fail(error)
            return
        if chosen is None:
            self.tell(f"{ROLE_LABELS[row.role]}：{path} 里没有面图层，或文件打不开。", "bad")
            return
        self.tell("")
        self.rows[index] = with_source(row, chosen)
        self._show_row(index)
        self._ask_scheme(self.rows[index])

    def clear_row(self, index: int) -> None:
        """Take the file out of a row."""
        self._set_all([row for number, row in enumerate(self.rows) if number != index and row.source])

    def _set_all(self, rows: Sequence[LayerAssignment]) -> None:
        self.set_rows(*parted(rows))

    def add_row(self, role: str) -> None:
        """A further, still empty row of an approval role."""
        index = max(number for number, row in enumerate(self.rows) if row.role == role) + 1
        self.rows.insert(index, LayerAssignment(role=role, source=""))
        self.table.setRowCount(len(self.rows))
        for number in range(len(self.rows)):
            self._show_row(number)

    def _folder_clicked(self, _checked: bool = False) -> None:
        chosen = ask_folder(self, "存放图层的文件夹")
        if chosen:
            self.take_folder(Path(chosen))

    def take_folder(self, folder: Path) -> list[LayerAssignment]:
        """Fill the rows that are still empty with files whose names say their role; returns those."""
        present = {(row.role, row.source, row.layer) for row in self.assignments()}
        held = {row.role for row in self.assignments()}
        hits = [
            (hit.assignment, hit.reason)
            for hit in layers_in(folder)
            if hit.assignment.role not in held
            or (
                hit.assignment.role in APPROVAL_ROLES
                and (hit.assignment.role, hit.assignment.source, hit.assignment.layer) not in present
            )
        ]
        found = [item for item, _ in hits]
        self._set_all([*self.assignments(), *found])
        names = "、".join(f"{ROLE_LABELS[item.role]}（{Path(item.source).name}，凭{why}）" for item, why in hits)
        if found:
            self.tell(f"识别到 {len(found)} 个：{names}。请核对后保存。", "good")
            for item in found:
                self._ask_scheme(item)
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
            layers, tables = self._checked()
            self._store(layers)
            if sorted(tables, key=str) != sorted(self._session.register_sources(), key=str):
                self._session.keep_register_sources(tables)
                self.changed = True
            if str(self.basis.currentData()) != self._session.cropland_basis():
                self._session.set_cropland_basis(str(self.basis.currentData()))
                self.changed = True
        except Exception as error:  # noqa: BLE001 - becomes a sentence in the dialog, the trace goes to the log
            self.fail(as_error(error))
            return False
        return True

    def _checked(self) -> tuple[list[LayerAssignment], list[RegisterSource]]:
        layers, tables = parted([replace(row, taken_on=check_date(row.taken_on)) for row in self.assignments()])
        _check_class_field(layers)
        return layers, tables

    def _store(self, wanted: Sequence[LayerAssignment]) -> None:
        if sorted(wanted, key=str) != sorted(self._session.assignments(), key=str):
            self._session.assign_all(wanted)
            self.changed = True

    def start_overlay(self) -> None:
        """Store, then overlay every patch in the background."""
        if not self.save():
            return
        folder, who = self._session.folder, self._session.who
        tables = self._session.register_sources()
        self.tell("")
        self.task.start(
            "正在套合分析",
            lambda feedback: layer_work.run(folder, who, feedback, tables=tables),
            self._done,
            self._failed,
        )

    def _failed(self, error: WeipianError) -> None:
        if error.code == "E_CANCELLED":
            self.tell("已取消套合。图层设置已保存，套合结果仍是取消前的。", "warn")
        else:
            self.fail(error)

    def _done(self, report: WorkReport) -> None:
        self.report = report
        self.changed = True
        lines, trouble = report.lines()
        self.tell("\n".join(lines), "warn" if trouble else "good")
        for index, row in enumerate(self.rows):
            if row.source and is_table(row.source):
                self._show_row(index)

    def _busy(self, busy: bool) -> None:
        for widget in (self.table, self.bar, self.basis, self.folder_button, self.save_button, self.run_button):
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
