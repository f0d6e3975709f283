"""A user's own project — groups, order, themes, edits, layouts — is after closing what it was before."""

from __future__ import annotations

import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsLayerTreeModel,
    QgsMapThemeCollection,
    QgsPointXY,
    QgsPrintLayout,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.gui import QgsLayerTreeMapCanvasBridge, QgsMapCanvas
from qgis.PyQt import sip
from qgis.PyQt.QtXml import QDomDocument
from test_map import make_image

from weipian_plugin.core.model import LayerAssignment
from weipian_plugin.gui.map_controller import MapController

pytestmark = pytest.mark.qgis


@pytest.fixture
def canvas(qapp):
    canvas = QgsMapCanvas()
    canvas.resize(600, 400)
    canvas.show()
    project = QgsProject.instance()
    project.clear()
    bridge = QgsLayerTreeMapCanvasBridge(project.layerTreeRoot(), canvas)
    bridge.setAutoSetupOnFirstLayer(False)
    yield canvas
    sip.delete(bridge)
    project.clear()
    canvas.deleteLater()


@pytest.fixture
def project(canvas, tmp_path, qtbot):
    """Two layers, one in a group, with an order of their own, a theme and a layout; saved, so clean."""
    project = QgsProject.instance()
    project.setCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    canvas.setDestinationCrs(project.crs())
    roads = QgsVectorLayer("LineString?crs=EPSG:4490&field=name:string", "道路", "memory")
    houses = QgsVectorLayer("Point?crs=EPSG:4490&field=name:string", "房屋", "memory")
    project.addMapLayer(roads, False)
    project.addMapLayer(houses, False)
    root = project.layerTreeRoot()
    root.addLayer(houses)
    group = root.addGroup("我的组")
    group.addLayer(roads)
    group.setCustomProperty("mine", "1")
    root.setHasCustomLayerOrder(True)
    root.setCustomLayerOrder([roads, houses])
    themes = project.mapThemeCollection()
    model = QgsLayerTreeModel(root)
    themes.insert("晴天", QgsMapThemeCollection.createThemeFromCurrentState(root, model))
    model.deleteLater()
    layout = QgsPrintLayout(project)
    layout.initializeDefaults()
    layout.setName("附图")
    project.layoutManager().addLayout(layout)
    canvas.setExtent(QgsRectangle(11_880_000, 3_470_000, 11_900_000, 3_480_000))
    assert project.write(str(tmp_path / "mine.qgz"))
    qtbot.wait(50)  # what a tree tells its canvas comes a moment later
    project.setDirty(False)

    def touched(*_: object) -> None:  # the desktop takes whatever happens to tree and map for an edit
        project.setDirty(True)

    signals = (root.addedChildren, root.removedChildren, root.visibilityChanged, canvas.layersChanged)
    for signal in signals:
        signal.connect(touched)
    yield project
    for signal in signals:
        signal.disconnect(touched)


def tree(project) -> str:
    """The layer tree as it would be saved."""
    from qgis.core import QgsReadWriteContext

    document = QDomDocument()
    element = document.createElement("tree")
    document.appendChild(element)
    project.layerTreeRoot().writeXml(element, QgsReadWriteContext())
    return document.toString()


def state(project, canvas) -> dict[str, object]:
    extent = canvas.extent()
    themes = project.mapThemeCollection()
    return {
        "tree": tree(project),
        "layers": sorted(project.mapLayers()),
        "order": [layer.name() for layer in project.layerTreeRoot().layerOrder()],
        "crs": project.crs().authid(),
        "canvas crs": canvas.mapSettings().destinationCrs().authid(),
        "extent": tuple(
            round(x, 3) for x in (extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum())
        ),
        "themes": {n: sorted(la.name() for la in themes.mapThemeVisibleLayers(n)) for n in themes.mapThemes()},
        "layouts": [layout.name() for layout in project.layoutManager().layouts()],
        "dirty": project.isDirty(),
        "entries": sorted(project.entryList("", "")) + sorted(project.subkeyList("", "")),
        "variables": dict(project.customVariables()),
    }


def work(canvas, session, tmp_path, qtbot) -> None:
    """What a clerk does: look, compare in every way, decide, close."""
    for role, value in (("image_before", 60), ("image_after", 200)):
        source = str(make_image(tmp_path / f"{role}.tif", value))
        session.assign(LayerAssignment(role=role, source=source, taken_on="2026-05-01"))
    made = MapController(canvas, session)
    made.load()
    qtbot.wait(20)
    made.show_patch(session.patch_view("u1"))
    made.prefetch(["u2"])
    for _ in range(4):
        made.cycle_compare()
        qtbot.wait(60)
    made.hold_before(True)
    made.hold_before(False)
    made.hold_overlays(True)
    made.show_patch(session.patch_view("u2"))
    session.judge("u1", session.patch_view("u1").patch.patch_id, verdict="", doubt=True, basis="外业")
    made.refresh_patch("u1")
    qtbot.wait(100)
    made.close()
    qtbot.wait(50)


def test_a_saved_project_is_untouched_and_asks_for_no_saving(project, canvas, session, tmp_path, qtbot) -> None:
    before, items, children = state(project, canvas), len(canvas.scene().items()), len(canvas.children())
    assert not before["dirty"]
    work(canvas, session, tmp_path, qtbot)
    assert state(project, canvas) == before
    assert len(canvas.scene().items()) == items
    assert not canvas.isFrozen()
    qtbot.waitUntil(lambda: len(canvas.children()) == children, timeout=3000)  # nor lives anything on there
    assert state(project, canvas) == before


def test_an_edit_of_the_users_own_is_neither_ended_nor_forgotten(project, canvas, session, tmp_path, qtbot) -> None:
    houses = next(layer for layer in project.mapLayers().values() if layer.name() == "房屋")
    assert houses.startEditing()
    feature = QgsFeature(houses.fields())
    feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(106.8, 29.8)))
    houses.addFeature(feature)
    project.setDirty(True)
    before = state(project, canvas)
    work(canvas, session, tmp_path, qtbot)
    assert houses.isEditable()
    assert houses.editBuffer().isModified()
    assert houses.featureCount() == 1
    assert state(project, canvas) == before
    houses.rollBack()


def test_changes_made_meanwhile_stay_unsaved_changes(project, canvas, session, qtbot) -> None:
    made = MapController(canvas, session)
    made.load()
    qtbot.wait(30)
    project.setTitle("改了标题")
    assert project.isDirty()
    made.show_patch(session.patch_view("u1"))
    qtbot.wait(30)
    made.close()
    qtbot.wait(30)
    assert project.isDirty()
    assert project.title() == "改了标题"
