"""One way to tell a clerk what went wrong and what to do."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtWidgets import QMessageBox, QWidget

from ...core.errors import WeipianError

LOG_HINT = "详细信息：视图 → 面板 → 日志消息 → “卫片执法助手”"
#: Only these have more to tell in the log than on the screen.
_LOGGED = frozenset({"E_UNEXPECTED", "E_RENDER", "E_RULES", "E_LIBRARY"})


def error_text(error: WeipianError) -> str:
    """Message and remedy as one text, with a hint at the log where the log says more."""
    # In a window it is answered there; the sentence also names the parameter of the command line.
    remedy = "请先在本窗口中选择。" if error.code == "E_QUESTION" else error.remedy
    text = f"{error.message}。\n{remedy}"
    return f"{text}\n{LOG_HINT}" if error.code in _LOGGED else text


def error_box(parent: Optional[QWidget], error: WeipianError) -> QMessageBox:
    """The message box, not yet shown."""
    box = QMessageBox(parent)
    box.setObjectName("weipian_error")
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("卫片执法助手")
    box.setText(error.message)
    hint = f"\n\n{LOG_HINT}" if error.code in _LOGGED else ""
    box.setInformativeText(f"{error.remedy}{hint}\n\n错误代码 {error.code}")
    box.setStandardButtons(QMessageBox.StandardButton.Ok)
    box.button(QMessageBox.StandardButton.Ok).setText("知道了")
    return box
