"""文件信息: what a document says, its preview, the patches it proves, its approved boundary."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Optional

from qgis.core import QgsCoordinateReferenceSystem
from qgis.gui import QgsProjectionSelectionDialog
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ...core.errors import WeipianError
from ...core.rulepack import RulePack
from ...workbench.document_glance import Glance, Hints, hints
from ...workbench.documents import Shared, outline_text
from ...workbench.outlines import polygon_layers
from ...workbench.session import Session
from ...workbench.views import QueueRow
from ..compat import describe, line_height, turn_page_not_value, write_in
from ..document_preview import DocumentPreview
from ..document_uses import DocumentUses
from ..guard import guarded

_VECTORS = "矢量文件 (*.shp *.gpkg *.kml *.kmz *.geojson *.json *.dxf *.zip *.txt);;所有文件 (*)"
_UNKNOWN_CRS = ("E_CRS_UNKNOWN",)


class DocumentDialog(QDialog):
    """Writes through the session when accepted; `shared` says what became of the patches that were added."""

    def __init__(
        self,
        session: Session,
        evidence_id: str,
        pack: RulePack,
        *,
        rows: Sequence[QueueRow] = (),
        shown: Sequence[str] = (),
        parent: Optional[QWidget] = None,
    ) -> None:
        super().__init__(parent)
        item = session.evidence_item(evidence_id)
        if item is None:
            raise WeipianError("E_EVIDENCE_MISSING", name=evidence_id)
        self._session, self._id, self.item = session, evidence_id, item
        self.shared = Shared()
        self.setWindowTitle(self.tr("文件信息 · {name}").format(name=item.original_name))
        lying = [use.patch_uid for use in session.document_uses(evidence_id)]
        self.uses = DocumentUses(rows, lying, shown, self)
        self.preview = DocumentPreview(self)
        self.preview.glanced.connect(self._glanced)
        self.error = QLabel(self)
        self.error.setWordWrap(True)
        write_in(self.error, "bad")
        self.error.hide()
        left = QVBoxLayout()
        left.addLayout(self._form(pack))
        left.addWidget(QLabel(self.tr("本文件证明的图斑（一举多用）"), self))
        left.addWidget(self.uses, 1)
        left.addWidget(self.error)
        sides = QHBoxLayout()
        sides.addLayout(left, 5)
        sides.addWidget(self.preview, 6)
        layout = QVBoxLayout(self)
        layout.addLayout(sides, 1)
        layout.addWidget(self._buttons())
        self.resize(line_height(self) * 54, line_height(self) * 34)
        self.number.setFocus()
        self.preview.show_file(session.evidence_path(evidence_id))

    # -- building --------------------------------------------------------------------------------
    def _form(self, pack: RulePack) -> QFormLayout:
        item = self.item
        self.kind = QComboBox(self)
        self.kind.addItem(self.tr("（还不知道）"), "")
        for requirement in pack.requirements.values():
            if requirement.kind == "document":
                self.kind.addItem(requirement.label, requirement.id)
        if item.doc_kind and self.kind.findData(item.doc_kind) < 0:
            self.kind.addItem(item.doc_kind, item.doc_kind)
        self.kind.setCurrentIndex(max(0, self.kind.findData(item.doc_kind or self._proves(pack))))
        turn_page_not_value(self.kind)
        self.number = QLineEdit(item.doc_no, self)
        self.authority = QLineEdit(item.doc_authority, self)
        self.authority.setPlaceholderText(self.tr("例如 重庆市人民政府"))
        self.day = QLineEdit(item.doc_date, self)
        self.day.setPlaceholderText("2026-05-01")
        self.area = QLineEdit(item.doc_area_mu, self)
        self.area.textChanged.connect(self.uses.set_approved)
        self.valid = QLineEdit(item.valid_until, self)
        self.valid.setPlaceholderText(self.tr("没有期限就留空"))
        form = QFormLayout()
        rows = (
            (self.tr("种类"), self.kind),
            (self.tr("文号"), self.number),
            (self.tr("批准机关"), self.authority),
            (self.tr("日期"), self.day),
            (self.tr("批准面积（亩）"), self.area),
            (self.tr("有效期至"), self.valid),
        )
        for label, widget in rows:
            describe(widget, label)
            form.addRow(label, widget)
        self.hint = QLabel(self)
        self.hint.setWordWrap(True)
        write_in(self.hint, "muted")
        self.hint.hide()
        form.addRow("", self.hint)
        form.addRow(self.tr("批准范围"), self._outline_row())
        form.addRow("", self.outline)
        self.uses.set_approved(item.doc_area_mu)
        return form

    def _proves(self, pack: RulePack) -> str:
        """The kind that its links already say, if they agree."""
        purposes = {use.purpose for use in self._session.document_uses(self._id)}
        known = [purpose for purpose in purposes if purpose in pack.requirements]
        return known[0] if len(known) == 1 and pack.requirements[known[0]].kind == "document" else ""

    def _outline_row(self) -> QHBoxLayout:
        self.outline = QLabel(self)
        self.outline.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.drawn = QLabel(self.tr("图上紫色虚线"), self)
        write_in(self.drawn, "muted")
        self.outline_button = QPushButton(self.tr("选择矢量文件…"), self)
        self.outline_off = QPushButton(self.tr("去掉"), self)
        for button, slot in ((self.outline_button, self.choose_outline), (self.outline_off, self.drop_outline)):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, slot=slot: slot())
        row = QHBoxLayout()
        row.addWidget(self.outline_button)
        row.addWidget(self.outline_off)
        row.addWidget(self.drawn, 1)
        self._show_outline()
        return row

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self)
        box.button(QDialogButtonBox.StandardButton.Ok).setText(self.tr("确定"))
        box.button(QDialogButtonBox.StandardButton.Cancel).setText(self.tr("取消"))
        box.accepted.connect(self._accept)
        box.rejected.connect(self.reject)
        return box

    # -- what the file seems to say --------------------------------------------------------------
    def _glanced(self, glance: Glance) -> None:
        found = hints(self.item.original_name, glance.text)
        filled = self._take(found)
        if filled:
            self.hint.setText(self.tr("{fields}由文件名或文字带出，请核对").format(fields="、".join(filled)))
            self.hint.show()

    def _take(self, found: Hints) -> list[str]:
        """Fill what is empty and was never entered; names of the fields that were filled."""
        values = (
            (self.tr("文号"), self.number, found.doc_no),
            (self.tr("日期"), self.day, found.doc_date),
            (self.tr("面积"), self.area, found.area_mu),
        )
        entered = any((self.item.doc_no, self.item.doc_date, self.item.doc_area_mu))
        filled = []
        for label, edit, value in values:
            if value and not entered and not edit.text() and not edit.isModified():
                edit.setText(value)
                filled.append(label)
        return filled

    # -- boundary --------------------------------------------------------------------------------
    def _show_outline(self) -> None:
        told = outline_text(self.item)
        # A long file name is cut in its middle: the area behind it is what counts.
        room = line_height(self) * 16
        shown = self.outline.fontMetrics().elidedText(told, Qt.TextElideMode.ElideMiddle, room)
        self.outline.setText(shown or self.tr("没有"))
        self.outline.setToolTip(told)
        self.drawn.setVisible(bool(told))
        self.outline_off.setEnabled(bool(told))

    def choose_outline(self) -> None:
        """Pick a vector file; it is kept beside the document at once."""
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("批准（勘测定界）范围"), "", _VECTORS)
        if chosen:
            self.take_outline(Path(chosen))

    @guarded
    def take_outline(self, path: Path) -> None:
        """Lay the polygons of a file on the document; layer and CRS are asked for where the file leaves them open."""
        layer = self._layer_of(path)
        if layer is None:
            return
        try:
            self._session.attach_outline(self._id, path, layer)
        except WeipianError as error:
            if error.code not in _UNKNOWN_CRS:
                raise
            crs = self._ask_crs()
            if not crs:
                raise
            self._session.attach_outline(self._id, path, layer, crs)
        self.error.hide()
        self._reload()

    def _layer_of(self, path: Path) -> Optional[str]:
        """Name of the layer, empty when there is one only; None after 取消."""
        names = [info.name for info in polygon_layers(path)]
        if len(names) < 2:
            return ""
        dialog = QInputDialog(self)
        dialog.setWindowTitle(self.tr("批准范围"))
        dialog.setLabelText(self.tr("文件里有几个图层，哪一个是批准范围？"))
        dialog.setComboBoxItems(names)
        dialog.setOkButtonText(self.tr("确定"))
        dialog.setCancelButtonText(self.tr("取消"))
        return str(dialog.textValue()) if dialog.exec() else None

    def _ask_crs(self) -> str:
        dialog = QgsProjectionSelectionDialog(self)
        dialog.setWindowTitle(self.tr("文件没有坐标系，请选择"))
        dialog.setCrs(QgsCoordinateReferenceSystem("EPSG:4545"))
        return str(dialog.crs().authid() or dialog.crs().toWkt()) if dialog.exec() else ""

    @guarded
    def drop_outline(self) -> None:
        """Take the boundary off the document."""
        self._session.remove_outline(self._id)
        self._reload()

    def _reload(self) -> None:
        self.item = self._session.evidence_item(self._id) or self.item
        self._show_outline()

    # -- accepting -------------------------------------------------------------------------------
    def report_error(self, error: WeipianError) -> None:
        """Below the list; the form stays open."""
        self.error.setText(f"✖ {error.message}。{error.remedy}")
        self.error.show()

    def _accept(self) -> None:
        if self.uses.number.text().strip() and not self.uses.add_typed():
            self.uses.number.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._write()

    @guarded
    def _write(self) -> None:
        self._session.set_document(
            self._id,
            str(self.kind.currentData() or ""),
            self.number.text(),
            self.authority.text(),
            self.day.text(),
            self.area.text(),
            self.valid.text(),
        )
        if self.uses.removed():
            self._session.unlink_document(self._id, self.uses.removed())
        if self.uses.added():
            self.shared = self._session.link_document(self._id, self.uses.added())
        self.accept()

    def done(self, result: int) -> None:
        """The preview is not waited for."""
        self.preview.cancel()
        super().done(result)
