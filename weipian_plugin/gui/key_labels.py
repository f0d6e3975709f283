"""Keys on buttons and in hints: as they are now, also right after somebody changed them in QGIS's shortcut manager."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject

if TYPE_CHECKING:
    from .dock import WeipianDock
    from .shortcuts import Shortcuts

_VERDICTS = ("legal", "illegal", "other", "doubt")
_RETURN = "回车"


class KeyLabels(QObject):
    """Follows the actions of the panel; `key_of` gives the key of a command, empty where it has none."""

    def __init__(self, dock: WeipianDock, shortcuts: Shortcuts, key_of: Callable[[str], str]) -> None:
        super().__init__(shortcuts)
        self._dock, self._key_of = dock, key_of
        for key in (*_VERDICTS, "submit"):
            shortcuts.actions[key].changed.connect(self.show)
        self.show()

    def show(self) -> None:
        """Write them."""
        self._dock.verdict.set_keys({key: self._key_of(key) for key in _VERDICTS})
        key = self._key_of("submit")
        self._dock.submit.setText(f"{self.tr('提交并下一个')}  {'⏎' if key == _RETURN else key}".rstrip())
        tip = self.tr("保存判定并到下一个未判定的图斑")
        self._dock.submit.setToolTip(f"{tip}（{key}）" if key else tip)
