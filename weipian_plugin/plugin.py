"""The entry: dock, action, Processing provider. `unload` undoes what `initGui` did."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any, Optional

from qgis.core import Qgis, QgsApplication, QgsMessageLog, QgsSettings
from qgis.PyQt.QtCore import QCoreApplication, Qt, QTranslator
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction

from .core.errors import WeipianError
from .workbench import vendor

MENU = "卫片执法助手"


class WeipianPlugin:
    """What QGIS loads. `iface` is None inside qgis_process."""

    def __init__(self, iface: Any) -> None:
        self.iface = iface
        self.provider: Any = None
        self.action: Optional[QAction] = None
        self.dock: Any = None
        self.commands: Any = None
        self._translator: Optional[QTranslator] = None
        vendor.ensure()

    # -- Processing -----------------------------------------------------------------------
    def initProcessing(self) -> None:  # noqa: N802 - the name QGIS calls
        """Register the algorithms; all that qgis_process needs."""
        if self.provider is not None:
            return
        try:
            vendor.check()
        except WeipianError as error:
            self._warn(error)
            return
        from .processing.provider import WeipianProvider

        self.provider = WeipianProvider()
        QgsApplication.processingRegistry().addProvider(self.provider)

    # -- desktop --------------------------------------------------------------------------
    def initGui(self) -> None:  # noqa: N802 - the name QGIS calls
        """Put the action, the dock and the provider in place."""
        self._translate()
        self.initProcessing()
        if self.provider is None:
            return  # a library is missing; the message bar says which and what to do
        from .gui.compat import resource
        from .gui.dock import WeipianDock
        from .gui.menu import Commands
        from .gui.review import Review

        self.dock = WeipianDock(self.iface.mainWindow())
        review = Review(self.dock, self._make_map)
        self.commands = Commands(review)
        self.action = QAction(QIcon(str(resource("icons", "weipian.svg"))), MENU, self.iface.mainWindow())
        self.action.setObjectName("WeipianAction")
        self.action.setCheckable(True)
        self.action.setToolTip("卫片执法助手：打开或关闭面板（Ctrl+Alt+W 打开并开始核查）")
        # `triggered`, not `toggled`: a dock hidden behind another tab must not close.
        self.action.triggered.connect(self.dock.setUserVisible)
        self.dock.visibilityChanged.connect(self.action.setChecked)
        self.iface.addToolBarIcon(self.action)
        self.iface.addPluginToMenu(MENU, self.action)
        self.iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self.iface.mainWindow().resizeDocks(
            [self.dock], [self.dock.widget().sizeHint().width()], Qt.Orientation.Horizontal
        )
        self.dock.setUserVisible(False)
        if self.iface.mainWindow().isVisible():
            self.commands.set_ready()
        else:
            self.iface.initializationCompleted.connect(self.commands.set_ready)

    def _make_map(self, session: Any) -> Any:
        from .gui.map_controller import MapController

        return MapController(self.iface.mapCanvas(), session)

    def unload(self) -> None:
        """Leave nothing behind: dock, keys, actions, map group, tasks, provider, translator."""
        if self.commands is not None:
            from .workbench import runner

            runner.cancel_all()
            with suppress(TypeError):  # connected only when QGIS was still starting
                self.iface.initializationCompleted.disconnect(self.commands.set_ready)
            self.commands.close()
            self.commands = None
        if self.action is not None:
            self.dock.visibilityChanged.disconnect(self.action.setChecked)
            self.action.triggered.disconnect(self.dock.setUserVisible)
            self.iface.removeToolBarIcon(self.action)
            self.iface.removePluginMenu(MENU, self.action)
            self.action.deleteLater()
            self.action = None
        if self.dock is not None:
            self.iface.removeDockWidget(self.dock)
            self.dock.deleteLater()
            self.dock = None
        if self.provider is not None:
            QgsApplication.processingRegistry().removeProvider(self.provider)
            self.provider = None
        if self._translator is not None:
            QCoreApplication.removeTranslator(self._translator)
            self._translator = None
        vendor.forget()

    # -- inside ---------------------------------------------------------------------------
    def _translate(self) -> None:
        """Chinese is the source; other languages come from i18n/weipian_<locale>.qm if there is one."""
        locale = str(QgsSettings().value("locale/userLocale", "zh-Hans") or "zh-Hans")
        if locale.startswith("zh"):
            return
        package = Path(__file__).resolve().parent
        for folder in (package / "i18n", package.parent / "i18n"):
            translator = QTranslator()
            if folder.is_dir() and translator.load(f"weipian_{locale[:2]}", str(folder)):
                QCoreApplication.installTranslator(translator)
                self._translator = translator
                return

    def _warn(self, error: WeipianError) -> None:
        QgsMessageLog.logMessage(str(error), MENU, Qgis.MessageLevel.Critical)
        if self.iface is not None:
            bar = self.iface.messageBar()
            bar.pushMessage(MENU, f"{error.message}。{error.remedy}", Qgis.MessageLevel.Critical, 0)
