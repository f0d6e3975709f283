"""Import of a delivery: choose it, check on one page what was understood, import, see what became of it."""

from __future__ import annotations

from collections.abc import Callable, Set
from pathlib import Path
from typing import Optional

from qgis.core import QgsCoordinateReferenceSystem, QgsSettings
from qgis.gui import QgsProjectionSelectionWidget
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ...core.errors import WeipianError
from ...workbench import intake_memory
from ...workbench.importing import (
    SUFFIXES,
    ImportOptions,
    ImportResult,
    Inspection,
    import_delivery,
    inspect_delivery,
)
from ...workbench.session import Session
from ..compat import describe, line_height, tone, turn_page_not_value
from ..map_layers import crs_of
from .field_table import FieldTable
from .import_preview import ImportPreview
from .import_result import ResultPage
from .import_texts import (
    batch_name,
    crs_told,
    encoding_told,
    joined,
    kind,
    recalled_told,
    repairs_told,
)
from .task_bar import WorkDialog

FILTER = f"下发数据 ({' '.join(f'*{suffix}' for suffix in SUFFIXES)});;所有文件 (*)"
ENCODINGS = (("", "自动判断"), ("UTF-8", "UTF-8"), ("GB18030", "GBK / GB18030"))
UNITS = {"m2": "平方米", "mu": "亩", "ha": "公顷", "": "未知"}


class ImportDialog(WorkDialog):
    """The whole import in one window; `imported` is true once a batch is in the workspace.

    With `profile`, answers are also taken from and kept in the user's profile, for a new workspace.
    `zoom_to` carries the uid of an imported patch that is to be looked at.
    """

    zoom_to = pyqtSignal(str)

    def __init__(
        self, session: Session, path: Optional[Path] = None, parent: Optional[QWidget] = None, *, profile: bool = False
    ) -> None:
        super().__init__("导入下发图斑", parent)
        self._session = session
        self._profile = profile
        self.inspection: Optional[Inspection] = None
        self.result: Optional[ImportResult] = None
        self.imported = False
        self.send_now = False  # the clerk goes on to 派单
        self._answers: dict[str, str] = {}
        self._asked: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {}
        self._late: set[str] = set()
        self._filling = False
        self._build()
        self.size_by_text(58, 40)
        if path is not None:
            self.choose(Path(path))

    # -- building --------------------------------------------------------------------------------

    def _build(self) -> None:
        self.path = QLineEdit(self)
        self.path.setReadOnly(True)
        self.path.setPlaceholderText(
            "Shapefile、FileGDB 文件夹、GeoPackage、GeoJSON、KML、DXF、界址点 TXT、Excel 表，或它们的 zip"
        )
        describe(self.path, "下发数据")
        self.file_button = QPushButton("选文件…", self)
        self.folder_button = QPushButton("选文件夹…", self)
        self.file_button.clicked.connect(self._browse_file)
        self.folder_button.clicked.connect(self._browse_folder)
        top = QHBoxLayout()
        top.addWidget(self.path, 1)
        top.addWidget(self.file_button)
        top.addWidget(self.folder_button)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self._empty_page())
        self.pages.addWidget(self._check_page())
        self.pages.addWidget(self._result_page())
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setText("关闭")
        self.import_button = self.buttons.addButton("导入", QDialogButtonBox.ButtonRole.ActionRole)
        self.import_button.setEnabled(False)
        self.import_button.clicked.connect(self._import_clicked)
        self.send_button = self.buttons.addButton("立即派单…", QDialogButtonBox.ButtonRole.AcceptRole)
        self.send_button.setToolTip("按村把这一批图斑派给责任人，写明期限")
        self.send_button.hide()
        self.send_button.clicked.connect(self._send_now)
        self.buttons.rejected.connect(self.reject)
        self.task.busy_changed.connect(self._busy)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.notice)
        layout.addWidget(self.task)
        layout.addWidget(self.buttons)

    def _empty_page(self) -> QWidget:
        text = QLabel("选择下发的图斑数据。导入前会在这里列出识别到的编码、坐标系、字段和面积单位，供您核对。", self)
        text.setWordWrap(True)
        page = QWidget(self)
        layout = QVBoxLayout(page)
        layout.addWidget(text)
        layout.addStretch(1)
        return page

    def _make_form(self, page: QWidget) -> QWidget:
        """What was understood of the file, each line with its reason."""
        self.batch = QLineEdit(page)
        self.layer = QComboBox(page)
        self.encoding = QComboBox(page)
        for value, label in ENCODINGS:
            self.encoding.addItem(label, value)
        self.crs = QgsProjectionSelectionWidget(page)
        option = QgsProjectionSelectionWidget.CrsOption
        for shown in (option.LayerCrs, option.ProjectCrs, option.CurrentCrs, option.DefaultCrs):
            self.crs.setOptionVisible(shown, False)
        self.crs.setNotSetText("未知，请选择")
        self.crs.setOptionVisible(option.CrsNotSet, True)
        for combo in (self.layer, self.encoding, self.crs):
            turn_page_not_value(combo)
        self.count, self.encoding_note, self.crs_note, self.unit_note = (QLabel(page) for _ in range(4))
        for button in (self.file_button, self.folder_button):
            button.setAutoDefault(False)
        for label in (self.count, self.encoding_note, self.crs_note, self.unit_note):
            label.setWordWrap(True)
        self.form = QWidget(page)
        form = QFormLayout(self.form)
        form.setContentsMargins(0, 0, 0, 0)
        for title, widget, note in (
            ("批次名称", self.batch, None),
            ("图层", self.layer, self.count),
            ("编码", self.encoding, self.encoding_note),
            ("坐标系", self.crs, self.crs_note),
            ("面积单位", None, self.unit_note),
        ):
            box = QVBoxLayout()
            box.setSpacing(1)
            for part in (widget, note):
                if part is not None:
                    box.addWidget(part)
                    describe(part, title)
            form.addRow(title, box)
        return self.form

    def _check_page(self) -> QWidget:
        page = QWidget(self)
        form = self._make_form(page)
        self.questions = QGroupBox("导入前请先回答", page)
        self.question_form = QFormLayout(self.questions)
        self.preview = ImportPreview(self._session, page)
        self.preview.hide()
        self.recalled = QLabel(page)
        self.recalled.setWordWrap(True)
        self.recalled.linkActivated.connect(self._ask_again)
        self.fields = FieldTable(page)
        self.findings = QLabel(page)
        self.findings.setWordWrap(True)
        layout = QVBoxLayout(page)
        layout.addWidget(self.questions)
        layout.addWidget(form)
        layout.addWidget(self.recalled)
        layout.addWidget(self.preview)
        layout.addWidget(self.findings)
        self.fields_title = QLabel("字段对应", page)
        layout.addWidget(self.fields_title)
        layout.addWidget(self.fields, 1)
        layout.addStretch()
        self.layer.activated.connect(self._layer_chosen)
        self.encoding.activated.connect(self._changed)
        self.crs.crsChanged.connect(self._crs_chosen)
        self.fields.changed.connect(self._changed)
        area = self.check_area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(page)
        return area

    def _result_page(self) -> QWidget:
        page = ResultPage(self)
        self.result_title, self.result_text, self.checks = page.title, page.text, page.checks
        self.checks.zoom_to.connect(self.zoom_to)
        self.result_page = page
        return page

    # -- choosing --------------------------------------------------------------------------------

    def _start_folder(self) -> str:
        return str(QgsSettings().value("weipian/import_from", "") or str(Path.home()))

    def _browse_file(self, _checked: bool = False) -> None:
        chosen, _filter = QFileDialog.getOpenFileName(self, "下发数据", self._start_folder(), FILTER)
        if chosen:
            self.choose(Path(chosen))

    def _browse_folder(self, _checked: bool = False) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "FileGDB 或存放下发数据的文件夹", self._start_folder())
        if chosen:
            self.choose(Path(chosen))

    def choose(self, path: Path) -> None:
        """Take a file or folder and look at it in the background."""
        QgsSettings().setValue("weipian/import_from", str(path.parent))
        self.path.setText(str(path))
        self.inspection, self._answers, self._asked = None, {}, {}
        self.batch.setText("")
        self._inspect(self.options())

    def _inspect(self, options: ImportOptions) -> None:
        path, folder = Path(self.path.text()), self._session.folder
        self.tell("")
        self.import_button.setEnabled(False)
        self.task.start(
            "正在检查数据", lambda _feedback: inspect_delivery(path, options, folder), self._inspected, self._not
        )

    def _not(self, error: WeipianError) -> None:
        self.fail(error)
        if error.code == "E_QUESTION" and self.inspection is not None:
            self._ask_more(error)
        self.import_button.setEnabled(self.inspection is not None and not self.inspection.questions)

    def _changed(self, *_: object) -> None:
        """Something was corrected: look again with it."""
        if not self._filling and self.inspection is not None and not self.task.busy:
            self._inspect(self.options())

    def _layer_chosen(self, _index: int) -> None:
        self._take_layer(str(self.layer.currentText()))

    def _take_layer(self, name: str) -> None:
        """Another layer: what was said about the last one no longer holds."""
        self._asked = {key: value for key, value in self._asked.items() if key == "layer"}
        self._answers = {}
        self.fields.forget()
        self.answer("layer", name)

    def _crs_chosen(self, crs: QgsCoordinateReferenceSystem) -> None:
        if not self._filling and crs.isValid():
            self.answer("crs", crs.authid() or crs.toWkt(QgsCoordinateReferenceSystem.WktVariant.WKT2_2018))

    def options(self) -> ImportOptions:
        """What a person settled on this page; layer and CRS are answers like any other."""
        return ImportOptions(
            encoding=str(self.encoding.currentData() or ""),
            field_map=self.fields.overrides(),
            answers=dict(self._answers),
            memory=intake_memory.from_profile() if self._profile else {},
        )

    # -- checking --------------------------------------------------------------------------------

    def _inspected(self, found: Inspection) -> None:
        self.inspection = found
        self._filling = True
        if not self.batch.isModified():
            self.batch.setText(batch_name(found, {batch.name for batch in self._session.batches()}))
        self._ask(found)
        for part in (self.form, self.fields_title, self.fields):
            part.setVisible(bool(found.layer))
        self.layer.clear()
        self.layer.addItems(list(found.layers) or [found.layer])
        self.layer.setCurrentIndex(self.layer.findText(found.layer))
        # Where it was asked, the question stays and can be answered anew.
        choose = self.layer.count() > 1 and "layer" not in self._asked
        self.layer.setVisible(choose)
        self.count.setText(joined("" if choose else found.layer, f"{found.count} 个要素", kind(found.geometry_type)))
        self.encoding.setVisible(bool(found.encoding) or self.encoding.currentIndex() > 0)
        self.encoding_note.setText(encoding_told(found))
        self.crs.setCrs(crs_of(found.crs))
        self.crs_note.setText(crs_told(found))
        self.unit_note.setText(joined(UNITS.get(found.unit, found.unit), found.unit_reason))
        self.fields.fill(found.fields, found.mapping, found.sample)
        self.recalled.setText(recalled_told(found, tone(self, "link").name()))
        self.recalled.setVisible(bool(found.recalled))
        self.preview.show_place(found)
        texts = [f"▲ {item.message}" for item in found.findings]
        self.findings.setText("\n".join(texts))
        self.findings.setVisible(bool(texts))
        self._filling = False
        self.pages.setCurrentIndex(1)
        self.import_button.setEnabled(not found.questions)
        if found.questions:
            self.tell(f"还有 {len(found.questions)} 个问题需要回答，回答后才能导入。", "warn")
            self.check_area.verticalScrollBar().setValue(0)
        self._focus_next(bool(found.questions))

    def _focus_next(self, asked: bool) -> None:
        """The keyboard goes to what comes next: the first open question, else 导入."""
        combos = [combo for combo in self.questions.findChildren(QComboBox) if combo.currentIndex() == 0]
        (combos[0] if asked and combos else self.import_button).setFocus()
        self.import_button.setDefault(not asked)

    def _ask_again(self, key: str) -> None:
        """An answer of an earlier batch is to be changed."""
        found = self.inspection
        question = next((r.question for r in found.recalled if r.key == key and r.question), None) if found else None
        if question is not None:
            self._asked[key] = (question.text, tuple(question.choices))
            self._show_asked({key})
            self.check_area.verticalScrollBar().setValue(0)
            self._focus_next(True)

    def _ask_more(self, error: WeipianError) -> None:
        """Questions that only come up while importing (patches that come again)."""
        for item in error.params.get("details", []):
            self._asked[item["key"]] = (item["text"], tuple((c["value"], c["label"]) for c in item["choices"]))
            self._late.add(item["key"])
        self._show_asked(self._late)

    def _ask(self, found: Inspection) -> None:
        """Open questions, and those answered before so that an answer can be changed."""
        for question in found.questions:
            self._asked[question.key] = (question.text, tuple(question.choices))
        self._show_asked({question.key for question in found.questions})

    def _show_asked(self, still_open: Set[str]) -> None:
        """One row of the form a question."""
        while self.question_form.rowCount():
            self.question_form.removeRow(0)
        for key, (text, choices) in self._asked.items():
            combo = QComboBox(self.questions)
            combo.addItem("请选择……", "")
            for value, label in choices:
                combo.addItem(label, value)
            if key not in still_open:
                combo.setCurrentIndex(max(combo.findData(self._answers.get(key, "")), 0))
            describe(combo, text)
            turn_page_not_value(combo)
            combo.setProperty("question", key)
            combo.activated.connect(self._answered)
            label = QLabel(text, self.questions)
            label.setWordWrap(True)
            if key == "repair" and self.inspection is not None:
                label.setToolTip(repairs_told(self.inspection))
            self.question_form.addRow(label)
            self.question_form.addRow(combo)
        self.questions.setVisible(bool(self._asked))

    def _answered(self, _index: int) -> None:
        combo = self.sender()
        key, value = str(combo.property("question")), str(combo.currentData() or "")
        if value and key == "layer":
            self._take_layer(value)
        elif value:
            self.answer(key, value)

    def answer(self, key: str, value: str) -> None:
        """Settle a question and look again."""
        self._answers[key] = value
        self._late.discard(key)
        if self.inspection is not None and not self.task.busy:
            self._inspect(self.options())

    # -- importing -------------------------------------------------------------------------------

    def _import_clicked(self, _checked: bool = False) -> None:
        if self.pages.currentIndex() == 1:
            self.start_import()

    def start_import(self) -> None:
        """Import what the page shows, in the background."""
        folder, path, name = self._session.folder, Path(self.path.text()), self.batch.text().strip()
        options, who = self.options(), self._session.who
        self.tell("")
        self.task.start(
            "正在导入图斑",
            lambda feedback: import_delivery(folder, path, name, options, who, feedback),
            self._done,
            self._not,
        )

    def _done(self, result: ImportResult) -> None:
        self.result = result
        self.imported = True
        self.result_page.show_result(result)
        if self._profile:
            intake_memory.to_profile(result.inspection, result.batch.name)
        self.pages.setCurrentIndex(2)
        self.import_button.setEnabled(False)
        if not result.identical:
            self.tell("下一步：立即派单，安排专人现场核查；再在“图层与套合”中运行套合。", "good")
            self.send_button.show()
            self.send_button.setDefault(True)
            self.send_button.setFocus()

    def _send_now(self, _checked: bool = False) -> None:
        self.send_now = True
        self.accept()

    def _busy(self, busy: bool) -> None:
        for widget in (self.pages, self.file_button, self.folder_button):
            widget.setEnabled(not busy)
        if busy:
            self.import_button.setEnabled(False)


def run_import(
    parent: Optional[QWidget],
    session: Session,
    path: Optional[Path] = None,
    zoom: Optional[Callable[[str], None]] = None,
    send: Optional[Callable[[str], None]] = None,
) -> bool:
    """Show the import; true if a batch came into the workspace.

    `zoom` shows a patch by its uid; `send` gets the id of the batch when the clerk goes on to 派单.
    """
    dialog = ImportDialog(session, path, parent, profile=True)
    dialog.setMinimumWidth(line_height(dialog) * 36)
    if zoom is not None:
        dialog.zoom_to.connect(zoom)
    try:
        dialog.exec()
        if send is not None and dialog.send_now and dialog.result is not None:
            send(dialog.result.batch.batch_id)
        return dialog.imported
    finally:
        dialog.preview.release()
        dialog.deleteLater()
