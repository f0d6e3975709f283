"""Renderings off the thread of the desktop: nothing of them is left, cancelled or done, without Python's collector."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

pytest.importorskip("qgis.gui")
from qgis.core import QgsMapSettings, QgsRasterLayer, QgsRectangle
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QSize
from test_map import make_image

from weipian_plugin.gui import gallery_thumbs, prefetch
from weipian_plugin.gui.gallery_thumbs import Thumbs
from weipian_plugin.gui.prefetch import FrameCache, FrameJob, Prefetcher

pytestmark = pytest.mark.qgis
BOX = (106.7995, 29.7995, 106.8015, 29.8015)


@pytest.fixture
def layer(qapp, tmp_path) -> QgsRasterLayer:
    return QgsRasterLayer(str(make_image(tmp_path / "after.tif", 200)), "after")


@pytest.fixture
def outlived() -> list[bool]:
    """Of every rendering that ended: it was still there when its own signal came to the last who listens."""
    return []


@pytest.fixture
def made(monkeypatch, outlived: list[bool]) -> Iterator[list]:
    """Weak references to every rendering; the collector rests meanwhile."""
    found: list = []

    def kept(kind: type) -> type:
        class Job(kind):  # type: ignore[misc]
            def __init__(self, settings: QgsMapSettings) -> None:
                super().__init__(settings)
                found.append(weakref.ref(self))

            def start(self) -> None:
                seen = weakref.ref(self)  # connected last, so told last
                self.finished.connect(lambda: outlived.append(seen() is not None))
                super().start()

        return Job

    for module, name in ((prefetch, "QgsMapRendererSequentialJob"), (gallery_thumbs, "QgsMapRendererParallelJob")):
        monkeypatch.setattr(module, name, kept(getattr(module, name)))
    gc.collect()
    gc.disable()
    yield found
    gc.enable()


def wanted(layer: QgsRasterLayer, number: int) -> FrameJob:
    settings = QgsMapSettings()
    settings.setDestinationCrs(layer.crs())
    settings.setOutputSize(QSize(200, 150))
    extent = QgsRectangle(layer.extent())
    extent.scale(1 + number / 10)
    settings.setExtent(extent)
    return FrameJob("image_after", settings, (layer,))


def test_pictures_that_were_made_leave_no_rendering_behind(qapp, qtbot, layer, made, outlived) -> None:
    canvas = QgsMapCanvas()
    qtbot.addWidget(canvas)
    prefetcher = Prefetcher(canvas, FrameCache())
    prefetcher.want([wanted(layer, n) for n in range(5)], urgent=True)
    qtbot.waitUntil(lambda: prefetcher.idle, timeout=5000)
    assert len(prefetcher.cache) == 5
    assert len(made) == 5
    qtbot.waitUntil(lambda: not any(ref() for ref in made), timeout=2000)
    assert outlived == [True] * 5
    prefetcher.close()


def test_closing_waits_for_every_rendering_that_was_given_up(qapp, qtbot, layer, made) -> None:
    canvas = QgsMapCanvas()
    qtbot.addWidget(canvas)
    prefetcher = Prefetcher(canvas, FrameCache())
    for number in range(6):
        prefetcher.want([wanted(layer, number)], urgent=True)
    jobs = [job for job in (ref() for ref in made) if job is not None]
    assert len(jobs) > 2
    prefetcher.close()
    assert not any(job.isActive() for job in jobs)


def test_pictures_nobody_wants_any_more_leave_none_either(qapp, qtbot, layer, made) -> None:
    canvas = QgsMapCanvas()
    qtbot.addWidget(canvas)
    prefetcher = Prefetcher(canvas, FrameCache())
    for number in range(6):
        prefetcher.want([wanted(layer, number)], urgent=True)
    qtbot.waitUntil(lambda: prefetcher.idle, timeout=5000)
    assert len(made) == 6
    qtbot.waitUntil(lambda: not any(ref() for ref in made), timeout=2000)
    prefetcher.close()


def test_what_is_needed_now_waits_for_no_picture_of_later(qapp, qtbot, layer, made) -> None:
    canvas = QgsMapCanvas()
    qtbot.addWidget(canvas)
    prefetcher = Prefetcher(canvas, FrameCache())
    order: list[FrameJob] = []
    prefetcher.ready.connect(lambda job, _frame: order.append(job))
    later, now = wanted(layer, 1), wanted(layer, 2)
    prefetcher.want([later], urgent=True)  # it runs
    prefetcher.want([now, later], urgent=True)  # a key is held
    qtbot.waitUntil(lambda: len(order) == 2, timeout=5000)
    assert [job.key for job in order] == [now.key, later.key]
    prefetcher.close()


def test_small_pictures_leave_none_behind(qapp, qtbot, layer, made, outlived) -> None:
    thumbs = Thumbs(lambda _role, _batch: [layer], None)
    thumbs.want([(f"u{n}", "image_after", "b", BOX) for n in range(4)])
    qtbot.waitUntil(lambda: thumbs.get("u3", "image_after") is not None, timeout=5000)
    thumbs.want([("u9", "image_after", "b", BOX)])
    thumbs.forget()  # the gallery is closed while it renders
    assert len(made) == 5
    qtbot.waitUntil(lambda: not any(ref() for ref in made), timeout=3000)
    qtbot.waitUntil(lambda: outlived == [True] * 5, timeout=2000)
