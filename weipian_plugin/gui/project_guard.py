"""The user's project stays as it was: what our group changes of it is put back, and it never counts as an edit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Optional

from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRectangle
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject, QTimer


class ProjectGuard(QObject):
    """Remembers CRS and extent from before us; keeps our doings out of the question whether to save."""

    def __init__(self, project: QgsProject, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self._project, self._canvas = project, canvas
        self._view: Optional[tuple[QgsCoordinateReferenceSystem, QgsRectangle]] = None
        self._crs: Optional[QgsCoordinateReferenceSystem] = None
        self._ours: Optional[QgsCoordinateReferenceSystem] = None

    def remember(self) -> None:
        """What CRS and extent are now, unless that is known already."""
        if self._view is None:
            self._view = (self._canvas.mapSettings().destinationCrs(), self._canvas.extent())
            self._crs = self._project.crs()

    def forget(self) -> None:
        """Another project was opened: what we knew is of the one before."""
        self._view = self._crs = self._ours = None

    def use_crs(self, crs: Optional[QgsCoordinateReferenceSystem]) -> None:
        """Give project and map this CRS; only for a project that holds nothing but our group."""
        if crs is None or not crs.isValid():
            return
        self._ours = crs
        with self.undisturbed():
            self._project.setCrs(crs)
            self._canvas.setDestinationCrs(crs)

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """What is done inside is no edit of the project; the layer tree tells QGIS of it a moment later."""
        dirty = self._project.isDirty()
        try:
            yield
        finally:
            if not dirty:
                self._project.setDirty(False)
                QTimer.singleShot(0, self._clean)

    def _clean(self) -> None:
        self._project.setDirty(False)

    def restore(self, *, alone: bool) -> None:
        """Put CRS and extent back; the CRS only where it is still the one that we set."""
        if self._view is None:
            return
        crs, extent = self._view
        with self.undisturbed():
            if alone and self._crs is not None and self._ours is not None and self._project.crs() == self._ours:
                self._project.setCrs(self._crs)
                self._canvas.setDestinationCrs(crs)
            if not extent.isEmpty() and self._canvas.mapSettings().destinationCrs() == crs:
                self._canvas.setExtent(extent)
        self.forget()
