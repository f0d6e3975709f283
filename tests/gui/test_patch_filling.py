"""A large workspace fills the map in slices; whoever needs a patch before that gets it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from qgis.core import QgsProject, QgsRectangle
from shapely import to_wkb
from shapely.geometry import MultiPolygon, box

from weipian_plugin.gui.map_layers import patch_layer
from weipian_plugin.gui.patch_filling import PatchFilling

pytestmark = pytest.mark.qgis
COUNT = 4500


@pytest.fixture
def many(session):
    """Rows like those of the queue, each with a square of its own along a line."""
    (pattern,) = [row for row in session.queue() if row.patch_uid == "u2"]
    rows = [replace(pattern, patch_uid=f"m{i}", patch_id=f"M{i:05d}") for i in range(COUNT)]
    shapes = {f"m{i}": to_wkb(MultiPolygon([box(i, 0, i + 0.5, 0.5)])) for i in range(COUNT)}
    return rows, shapes


@pytest.fixture
def layer(qapp):
    made = patch_layer((), {})
    QgsProject.instance().addMapLayer(made, False)
    yield made
    QgsProject.instance().removeMapLayer(made.id())


def test_patches_come_while_the_panel_answers(qtbot, layer, many):
    rows, shapes = many
    fids: dict[str, int] = {}
    PatchFilling(layer, rows, shapes, fids)
    assert layer.featureCount() == 0  # nothing is waited for
    qtbot.waitUntil(lambda: layer.featureCount() == COUNT, timeout=5000)
    assert layer.extent() == QgsRectangle(0, 0, COUNT - 0.5, 0.5)
    # each id leads to its own square
    for uid in ("m0", "m2999", f"m{COUNT - 1}"):
        feature = layer.getFeature(fids[uid])
        assert feature["patch_uid"] == uid
        assert feature.geometry().boundingBox().xMinimum() == int(uid[1:])


def test_what_is_missing_comes_at_once_when_it_is_needed(qtbot, layer, many):
    rows, shapes = many
    fids: dict[str, int] = {}
    filling = PatchFilling(layer, rows, shapes, fids)
    qtbot.waitUntil(lambda: 0 < layer.featureCount() < COUNT, timeout=5000)
    filling.finish()
    assert len(fids) == layer.featureCount() == COUNT
    filling.finish()  # nothing is put in twice
    qtbot.wait(30)
    assert layer.featureCount() == COUNT


def test_a_layer_that_goes_is_filled_no_further(qtbot, layer, many):
    rows, shapes = many
    fids: dict[str, int] = {}
    filling = PatchFilling(layer, rows, shapes, fids)
    filling.stop()
    qtbot.wait(30)
    assert fids == {}
    assert layer.featureCount() == 0
