"""在线地图: 天地图 with the user's own key, or another XYZ/WMTS address. Nothing is fetched before it is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from ...core.errors import WeipianError
from ...core.imagery import BASEMAP, SHORT_LABELS, TIANDITU_HOST, host_of, offset_of
from ...core.model import IMAGE_ROLES, LayerAssignment
from ...workbench.imagery import tiles
from ...workbench.tile_services import tile_services
from ..compat import describe, write_in
from ..tile_keys import tile_keys
from .errors import error_text


class TileDialog(QDialog):
    """`layer` is the service to add, without any key, once accepted."""

    def __init__(self, batches: Mapping[str, str], batch_id: str, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("添加在线地图"))
        self.layer: Optional[LayerAssignment] = None
        self.service = QComboBox(self)
        for service in tile_services():
            self.service.addItem(service.label, service.url)
        self.service.addItem(self.tr("其他地址（XYZ 或 WMTS）"), "")
        self.name = QLineEdit(self)
        self.address = QLineEdit(self)
        self.address.setPlaceholderText(self.tr("XYZ 地址（含 {z}、{x}、{y}）或 WMTS 地址"))
        self.key = QLineEdit(self)
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.role = QComboBox(self)
        self.role.addItem(self.tr("底图（日期不详，不能当前/后时相）"), BASEMAP)
        for role in IMAGE_ROLES:
            self.role.addItem(self.tr("{}（知道拍摄日期）").format(SHORT_LABELS[role]), role)
        self.day = QLineEdit(self)
        self.day.setPlaceholderText("2026-05-01")
        self.batch = QComboBox(self)
        self.batch.addItem(self.tr("全部批次"), "")
        for known, text in batches.items():
            self.batch.addItem(text, known)
        self.batch.setCurrentIndex(max(self.batch.findData(batch_id), 0))
        self.said = QLabel(self)
        self.said.setWordWrap(True)
        self._build()
        self._service_chosen()

    def _build(self) -> None:
        self.form = QFormLayout()
        rows: tuple[tuple[str, QWidget], ...] = (
            (self.tr("服务"), self.service), (self.tr("地址"), self.address), (self.tr("名称"), self.name),
            (self.tr("密钥"), self.key), (self.tr("用作"), self.role), (self.tr("拍摄日期"), self.day),
            (self.tr("批次"), self.batch),
        )  # fmt: skip
        for text, widget in rows:
            self.form.addRow(text, widget)
            describe(widget, text)
        hint = QLabel(
            self.tr(
                "显示时会联网，只有选了在线地图才会。密钥要自己申请，只存在 QGIS 的认证库里（加密），"
                "不写进工作区、工程和日志。涉密数据请不要与在线地图一起打开。"
            ),
            self,
        )
        hint.setWordWrap(True)
        write_in(hint, "muted")
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self)
        box.button(QDialogButtonBox.StandardButton.Ok).setText(self.tr("添加"))
        box.button(QDialogButtonBox.StandardButton.Cancel).setText(self.tr("取消"))
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(self.form)
        layout.addWidget(hint)
        layout.addWidget(self.said)
        layout.addWidget(box)
        self.service.currentIndexChanged.connect(lambda _index: self._service_chosen())
        self.role.currentIndexChanged.connect(lambda _index: self._role_chosen())
        self.address.textChanged.connect(lambda _text: self._warn())
        self.resize(self.sizeHint().width() * 3 // 2, self.sizeHint().height())

    def _service_chosen(self) -> None:
        url = str(self.service.currentData())
        self.address.setEnabled(not url)
        self.address.setText(url)
        self.address.setCursorPosition(0)
        self.name.setText(self.service.currentText() if url else "")
        held = bool(url) and tile_keys().has(host_of(url))
        hint = self.tr("已存有密钥，空着就用它") if held else self.tr("需要时填写自己的密钥（tk）")
        self.key.setPlaceholderText(hint)
        self._role_chosen()

    def _role_chosen(self) -> None:
        self.day.setEnabled(self.role.currentData() != BASEMAP)
        self._warn()

    def _warn(self) -> None:
        offset = offset_of(self.address.text().strip())
        text = (
            self.tr("▲ 这是 {}：图上位置偏移几百米，与图斑对不上，不能用来量算、描边或判断占用。").format(offset)
            if offset
            else ""
        )
        write_in(self.said, "warn")
        self.said.setText(text)

    def accept(self) -> None:
        """Check the address, put the key away, close."""
        role = str(self.role.currentData())
        day = self.day.text().strip() if role != BASEMAP else ""
        if role != BASEMAP and not day:
            self._refuse(error_text(WeipianError("E_IMAGE_DATED")))
            return
        try:
            batch = str(self.batch.currentData() or "")
            layer, inside = tiles(role, self.address.text(), self.name.text(), batch, day)
            key, host = self.key.text().strip() or inside, host_of(layer.source)
            if key:
                tile_keys().keep(host, key)
        except WeipianError as error:
            self._refuse(error_text(error))
            return
        if host.endswith(TIANDITU_HOST) and not tile_keys().has(host):
            self._refuse(self.tr("天地图需要密钥（tk）：请在天地图网站注册后申请，再填到“密钥”里。"))
            return
        self.layer = layer
        super().accept()

    def _refuse(self, text: str) -> None:
        write_in(self.said, "bad")
        self.said.setText("✖ " + text)
