"""Layers of ours that a person takes out of the layer tree: forgotten before they die, and said once."""

from __future__ import annotations

from typing import Callable, Optional

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from .map_layers import Loaded


class LayersGone(QObject):
    """Follows the removals of a project; `loaded` gives what is on the map now, `changed` is told before they go."""

    message = pyqtSignal(str)

    def __init__(
        self, project: QgsProject, loaded: Callable[[], Optional[Loaded]], changed: Callable[[], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._project, self._loaded, self._changed = project, loaded, changed
        self._names: list[str] = []
        self._of: Optional[Loaded] = None
        project.layersWillBeRemoved.connect(self._leaving)

    def close(self) -> None:
        """Follow no longer."""
        self._project.layersWillBeRemoved.disconnect(self._leaving)

    def _leaving(self, ids: list[str]) -> None:
        loaded = self._loaded()
        names = loaded.forget(ids) if loaded is not None else []
        if not names:
            return
        self._changed()
        self._of = loaded
        self._names += names
        # A project that is closed takes its layers along: then there is nothing to say.
        QTimer.singleShot(0, self._tell)

    def _tell(self) -> None:
        names, self._names = self._names, []
        if names and self._loaded() is self._of:
            shown = "、".join(names[:3]) + (self.tr(" 等 {} 个").format(len(names)) if len(names) > 3 else "")
            text = self.tr("已从图层树移除：{}。数据不受影响；要找回来，点菜单里的“重新读取”。")
            self.message.emit(text.format(shown))
