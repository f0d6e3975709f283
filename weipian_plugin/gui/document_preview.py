"""What a document looks like, beside the form: picture, first page or text, read off the GUI's thread."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from qgis.PyQt.QtCore import QSize, Qt, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QDesktopServices, QImage, QPixmap, QResizeEvent
from qgis.PyQt.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from ..core.errors import WeipianError
from ..workbench import runner
from ..workbench.document_glance import Glance, look_into
from .compat import describe, line_height
from .picture_reading import read_picture

_KEEP = Qt.AspectRatioMode.KeepAspectRatio
_SMOOTH = Qt.TransformationMode.SmoothTransformation
#: Pixels of the longer side that a page is rendered with: legible in the window, some hundredths of a second.
_SIDE = 1400


class DocumentPreview(QWidget):
    """Shows a file; `glanced` carries what could be read of it."""

    glanced = pyqtSignal(object)

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._path, self._turn = Path(), 0
        self._whole = QPixmap()
        self._handle: Optional[runner.Handle] = None
        self.picture = QLabel(self)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.picture.setWordWrap(True)
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        describe(self.picture, self.tr("预览"))
        describe(self.text, self.tr("文件里的文字"))
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.picture)
        self.stack.addWidget(self.text)
        self.note = QLabel(self)
        self.note.setWordWrap(True)
        self.open_button = QPushButton(self.tr("打开原文件"), self)
        self.open_button.setAutoDefault(False)
        self.open_button.clicked.connect(lambda _checked=False: self.open_file())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.note)
        layout.addWidget(self.open_button)
        self.setMinimumWidth(line_height(self) * 18)

    def show_file(self, path: Path) -> None:
        """Read the file in a task and show what comes."""
        self.cancel()
        self._path, self._whole = path, QPixmap()
        self.picture.setText(self.tr("正在读取…"))
        self.note.hide()

        def read(_feedback: object) -> tuple[Glance, QImage]:
            glance = look_into(path, _SIDE)
            if glance.kind == "picture":
                shown = read_picture(str(path), QSize(_SIDE, _SIDE))
                return Glance("picture", note=shown.note), shown.image
            return glance, _image(glance)

        self._turn += 1
        turn = self._turn
        self._handle = runner.run(
            self.tr("预览文件"), read, lambda found: self._read(turn, found), lambda error: self._failed(turn, error)
        )

    def cancel(self) -> None:
        """What is still being read is not wanted any more."""
        self._turn += 1  # a task that has just ended still reports
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _read(self, turn: int, found: tuple[Glance, QImage]) -> None:
        if turn != self._turn:
            return
        self._handle = None
        glance, image = found
        self._whole = QPixmap.fromImage(image)
        self.text.setPlainText(glance.text)
        self.stack.setCurrentWidget(self.text if glance.kind == "text" else self.picture)
        self.picture.setText("")
        if self._whole.isNull():
            self.picture.setText(glance.note or self.tr("没有预览"))
        note = self.tr("共 {count} 页，这里是第 1 页").format(count=glance.pages) if glance.pages > 1 else ""
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self._fit()
        self.glanced.emit(glance)

    def _failed(self, turn: int, error: WeipianError) -> None:
        if turn == self._turn:
            self._handle = None
            self.picture.setText(str(error))

    def open_file(self) -> None:
        """With the program of the system."""
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path))):
            self.note.setText(self.tr("系统没有打开此类文件的程序"))
            self.note.show()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt name
        """The page fills what there is."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._whole.isNull():
            return
        ratio = self.picture.devicePixelRatioF()
        shown = self._whole.scaled(self.picture.size() * ratio, _KEEP, _SMOOTH)
        shown.setDevicePixelRatio(ratio)
        self.picture.setPixmap(shown)


def _image(glance: Glance) -> QImage:
    if glance.pixels is None:
        return QImage()
    height, width = glance.pixels.shape[:2]
    # A copy: the bytes of the array go when the glance goes.
    return QImage(glance.pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()
