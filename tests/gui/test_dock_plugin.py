"""initGui and unload mirror each other: loaded, unloaded and loaded again, nothing is left."""

from __future__ import annotations

import pytest

pytest.importorskip("qgis.gui")
from qgis.core import QgsApplication
from qgis.gui import QgsGui, QgsMapCanvas, QgsMessageBar
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QApplication, QDockWidget, QMainWindow

from weipian_plugin import classFactory

pytestmark = pytest.mark.qgis


class Iface(QObject):
    """The few calls of QgisInterface that the entry point makes."""

    initializationCompleted = pyqtSignal()  # noqa: N815 - QGIS's name

    def __init__(self, window: QMainWindow) -> None:
        super().__init__()
        self.window = window
        self.canvas = QgsMapCanvas(window)
        self.bar = QgsMessageBar(window)
        self.icons: list = []
        self.menu: list = []

    def mainWindow(self):  # noqa: N802
        return self.window

    def mapCanvas(self):  # noqa: N802
        return self.canvas

    def messageBar(self):  # noqa: N802
        return self.bar

    def addToolBarIcon(self, action):  # noqa: N802
        self.icons.append(action)

    def removeToolBarIcon(self, action):  # noqa: N802
        self.icons.remove(action)

    def addPluginToMenu(self, _name, action):  # noqa: N802
        self.menu.append(action)

    def removePluginMenu(self, _name, action):  # noqa: N802
        self.menu.remove(action)

    def addDockWidget(self, area, dock):  # noqa: N802
        self.window.addDockWidget(area, dock)

    def removeDockWidget(self, dock):  # noqa: N802
        self.window.removeDockWidget(dock)


def state(iface: Iface) -> tuple:
    QApplication.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
    return (
        len(iface.icons),
        len(iface.menu),
        [d.objectName() for d in iface.window.findChildren(QDockWidget)],
        [a.text() for a in QgsGui.shortcutsManager().listActions()],
        [p.id() for p in QgsApplication.processingRegistry().providers()],
    )


def test_load_unload_load_leaves_nothing(qapp, qtbot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    iface = Iface(window)
    before = state(iface)
    plugin = classFactory(iface)
    for _time in range(2):
        plugin.initGui()
        loaded = state(iface)
        assert loaded[:3] == (1, 1, ["WeipianDock"])
        assert "weipian" in loaded[4]
        assert not plugin.dock.isUserVisible()
        plugin.unload()
        assert state(iface) == before


def test_the_action_opens_and_closes_the_dock(qapp, qtbot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.show()
    plugin = classFactory(Iface(window))
    plugin.initGui()
    try:
        plugin.commands._reopened = True
        plugin.action.trigger()
        assert plugin.dock.isVisible()
        assert plugin.action.isChecked()
        plugin.action.trigger()
        assert not plugin.dock.isVisible()
        assert not plugin.action.isChecked()
    finally:
        plugin.unload()


def test_headless_registers_the_provider_only(qapp) -> None:
    plugin = classFactory(None)
    plugin.initProcessing()
    assert QgsApplication.processingRegistry().providerById("weipian") is not None
    plugin.unload()
    assert QgsApplication.processingRegistry().providerById("weipian") is None
