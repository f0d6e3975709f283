"""影像: which imagery each batch has, of which day, in which CRS, and how many patches it covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Optional

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...core.errors import WeipianError
from ...core.imagery import BASEMAP, DATE_LABELS, FOLDER, SHORT_LABELS, TILES, ImageSource
from ...core.model import IMAGE_ROLES, LayerAssignment
from ...workbench import mosaics
from ...workbench.layer_guess import guess_image
from ...workbench.session import Session
from ..compat import describe, tone
from .image_form import ImageForm
from .task_bar import WorkDialog
from .tile_form import TileDialog

_FROM = "weipian/imagery_from"
_SUFFIXES = "*.tif *.tiff *.img *.jp2 *.vrt *.dat *.ecw *.sid *.jpg *.png"


class ImageryDialog(WorkDialog):
    """The list of sources and a form for the chosen one; `changed` is true once something was stored."""

    def __init__(self, session: Session, batch_id: str = "", parent: Optional[QWidget] = None) -> None:
        super().__init__("影像", parent)
        self._session = session
        self._batch_id = batch_id
        self._batches = {batch.batch_id: batch.name for batch in session.batches()}
        self.sources: list[ImageSource] = []
        self.changed = False
        self._build()
        self.size_by_text(56, 34)
        self.refresh()

    def _build(self) -> None:
        self.table = QTableWidget(0, 7, self)
        headers = (
            self.tr("时相"), self.tr("批次"), self.tr("影像"), self.tr("日期"), self.tr("坐标系"),
            self.tr("大小"), self.tr("图斑"),
        )  # fmt: skip
        self.table.setHorizontalHeaderLabels(list(headers))
        self.table.verticalHeader().hide()
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.itemSelectionChanged.connect(self._show_chosen)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        describe(self.table, self.tr("影像清单"))
        top = QHBoxLayout()
        for text, then in (
            (self.tr("添加文件…"), self._add_files),
            (self.tr("添加文件夹…"), self._add_folder),
            (self.tr("添加在线地图…"), self._add_tiles),
        ):
            button = QPushButton(text, self)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, then=then: then())
            top.addWidget(button)
        top.addStretch(1)
        hint = QLabel(self.tr("只读取影像，不在影像旁边写任何文件。文件夹里的影像会拼在一起显示。"), self)
        hint.setWordWrap(True)
        self.form = ImageForm(self._batches, self)
        self.form.applied.connect(self._apply)
        self.form.removed.connect(self._remove)
        self.form.pyramids.connect(self._build_pyramids)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setText(self.tr("关闭"))
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(hint)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.form)
        layout.addWidget(self.notice)
        layout.addWidget(self.task)
        layout.addWidget(self.buttons)

    # -- the list --------------------------------------------------------------------------------

    def refresh(self, chosen: Optional[LayerAssignment] = None) -> None:
        """Read the sources again and show them."""
        self.sources = self._session.images()
        counts = self._session.image_counts()
        self.table.setRowCount(len(self.sources))
        for row, source in enumerate(self.sources):
            self._show_row(row, source, counts.get(source.assignment))
        wanted = next((i for i, s in enumerate(self.sources) if s.assignment == chosen), 0 if self.sources else -1)
        self.table.selectRow(wanted)
        self._show_chosen()

    def _show_row(self, row: int, source: ImageSource, count: Optional[int]) -> None:
        batch = self._batches.get(source.assignment.batch_id, self.tr("全部批次"))
        day = source.date.text or self.tr("不详")
        if source.date.text:
            day += f"（{DATE_LABELS.get(source.date.source, '')}）"
        elif source.role != BASEMAP:
            day = self.tr("随下发标注")
        mark = "✖ " if source.problem else "▲ " if source.warnings else ""
        texts = (
            SHORT_LABELS[source.role], batch, mark + source.name, day, source.crs or "—", source.size,
            "—" if count is None else str(count),
        )  # fmt: skip
        tip = "\n".join(part for part in (source.assignment.source, source.problem, *source.warnings) if part)
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            item.setToolTip(tip)
            if source.problem:
                item.setForeground(tone(self, "bad"))
            self.table.setItem(row, column, item)

    def chosen(self) -> Optional[ImageSource]:
        """The source of the selected line."""
        row = self.table.currentRow()
        return self.sources[row] if 0 <= row < len(self.sources) else None

    def _show_chosen(self) -> None:
        source = self.chosen()
        if source is None:
            self.form.hide()
            self.tell(self.tr("还没有影像。添加前时相、后时相影像后，面板才能对比；没有影像也可以判定，但会注明。"))
            return
        missing = bool(source.problem)
        suggested = self._session.suggested_crs(source.assignment) if missing else []
        self.form.show_source(source, suggested, slow=self._slow(source))
        said = [source.problem] if source.problem else list(source.warnings)
        if missing and suggested:
            said.append(self.tr("从坐标数值看，可能是 {}，请核对后在“坐标系”里选择。").format("、".join(suggested)))
        self.tell("\n".join(said), "bad" if missing else "warn")

    def _slow(self, source: ImageSource) -> int:
        """How many large rasters of the source have no pyramids."""
        if source.assignment.kind == TILES or source.problem:
            return 0
        try:
            return len(mosaics.lacks_pyramids(mosaics.open_source(source.assignment)))
        except WeipianError:
            return 0

    # -- adding ----------------------------------------------------------------------------------

    def _start_folder(self) -> str:
        return str(QgsSettings().value(_FROM, "") or str(Path.home()))

    def _add_files(self) -> None:
        kinds = f"{self.tr('影像')} ({_SUFFIXES});;{self.tr('所有文件')} (*)"
        chosen, _ = QFileDialog.getOpenFileNames(self, self.tr("添加影像"), self._start_folder(), kinds)
        if chosen:
            QgsSettings().setValue(_FROM, str(Path(chosen[0]).parent))
            self.add_paths(chosen)

    def _add_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("影像文件夹"), self._start_folder())
        if chosen:
            QgsSettings().setValue(_FROM, str(Path(chosen).parent))
            self.add_paths([chosen])

    def add_paths(self, paths: Sequence[str], role: str = "") -> None:
        """Files or folders, read in the background; the role is told by the name, else by what is still lacking."""
        layers = []
        for path in paths:
            place = Path(path)
            wanted = role or guess_image(place.name) or self._lacking(layers)
            layers.append(
                LayerAssignment(wanted, str(place), batch_id=self._batch_id, kind=FOLDER if place.is_dir() else "")
            )

        def read(feedback: Any) -> list[LayerAssignment]:
            for layer in layers:
                mosaics.pieces(layer, mosaics.open_source(layer, feedback))  # the mosaic is made here, not by the map
            return layers

        self.tell("")
        self.task.start(self.tr("正在读取影像"), read, self._take, self.fail)

    def _lacking(self, coming: Sequence[LayerAssignment]) -> str:
        held = {s.role for s in self.sources if s.assignment.batch_id in ("", self._batch_id)}
        held |= {layer.role for layer in coming}
        return next((role for role in reversed(IMAGE_ROLES) if role not in held), "image_after")

    def _take(self, layers: Sequence[LayerAssignment]) -> None:
        self._session.add_images(layers)
        self.changed = True
        last = layers[-1]
        self.refresh(next((a for a in self._session.image_assignments() if Path(a.source) == Path(last.source)), None))

    def _add_tiles(self) -> None:
        dialog = TileDialog(self._batches, self._batch_id, self)
        try:
            if dialog.exec() and dialog.layer is not None:
                self._take([dialog.layer])
        except WeipianError as error:
            self.fail(error)

    # -- changing --------------------------------------------------------------------------------

    def _apply(self, changed: LayerAssignment) -> None:
        source = self.chosen()
        if source is None:
            return
        try:
            self._session.change_image(source.assignment, changed)
        except WeipianError as error:
            self.fail(error)
            return
        self.changed = True
        self.refresh(changed)

    def _remove(self) -> None:
        source = self.chosen()
        if source is None:
            return
        try:
            self._session.remove_images([source.assignment])
        except WeipianError as error:
            self.fail(error)
            return
        self.changed = True
        self.refresh()
        self.tell(self.tr("已移除“{}”，影像文件没有动。").format(source.name), "good")

    def _build_pyramids(self) -> None:
        source = self.chosen()
        if source is None:
            return
        try:
            rasters = mosaics.lacks_pyramids(mosaics.open_source(source.assignment))
        except WeipianError as error:  # the file went away since it was listed
            self.fail(error)
            return
        self.task.start(
            self.tr("正在生成影像金字塔"),
            lambda feedback: mosaics.build_pyramids(rasters, feedback),
            lambda number: self._pyramids_built(source, number),
            self.fail,
        )

    def _pyramids_built(self, source: ImageSource, number: int) -> None:
        self.changed = True
        self.refresh(replace(source.assignment))
        self.tell(self.tr("{} 个影像的金字塔已生成，放在本机缓存里，没有改动影像文件夹。").format(number), "good")


def run_imagery(parent: QWidget, session: Session, batch_id: str = "") -> bool:
    """Open the dialog; true when something was stored."""
    dialog = ImageryDialog(session, batch_id, parent)
    try:
        dialog.exec()
        return dialog.changed
    finally:
        dialog.deleteLater()
