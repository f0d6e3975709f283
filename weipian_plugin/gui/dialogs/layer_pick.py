"""Choosing the file of a role: the menu behind the button of a row, and what the file becomes there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Optional, Protocol

from qgis.core import QgsSettings
from qgis.PyQt.QtWidgets import QFileDialog, QMenu, QWidget

from ...core.errors import WeipianError
from ...core.model import APPROVAL_ROLES, ROLE_LABELS, LayerAssignment
from .layer_rows import IMAGE_ROLES, assignment_for, is_table, sublayers

_FROM = "weipian/layers_from"
VECTOR_FILTER = "矢量图层 (*.shp *.gpkg *.geojson *.zip *.kml *.kmz);;所有文件 (*)"
TABLE_FILTER = "图层或登记表 (*.shp *.gpkg *.geojson *.zip *.kml *.kmz *.xlsx *.xls *.csv);;所有文件 (*)"
RASTER_FILTER = "影像 (*.tif *.tiff *.img *.jp2 *.vrt *.dat);;所有文件 (*)"


class Chooser(Protocol):
    """What the menu needs of the dialog."""

    def choose(self, index: int, path: str, layer: str = "") -> None:
        """Put a file into a row."""

    def clear_row(self, index: int) -> None:
        """Take the file out of a row."""

    def add_row(self, role: str) -> None:
        """A further row of an approval role."""


def start_folder() -> str:
    """Where files were chosen last."""
    return str(QgsSettings().value(_FROM, "") or str(Path.home()))


def ask_folder(parent: QWidget, title: str) -> str:
    """A folder, empty after 取消; remembered for the next time."""
    chosen = QFileDialog.getExistingDirectory(parent, title, start_folder())
    if chosen:
        QgsSettings().setValue(_FROM, str(chosen))
    return str(chosen)


def fill_menu(
    menu: QMenu, row: LayerAssignment, own: Sequence[tuple[str, str, str]], dialog: Chooser, index: int
) -> None:
    """File, FileGDB, layers of the open project, 清除, 再加一个文件."""
    menu.clear()

    def add(text: str, then: object) -> None:
        menu.addAction(text).triggered.connect(lambda _checked=False: then())

    add("登记表或图层文件…" if row.role in APPROVAL_ROLES else "文件…", lambda: _browse(dialog, row, index))
    if row.role not in IMAGE_ROLES:
        add("FileGDB 文件夹…", lambda: _browse_folder(dialog, row, index))
    if own:
        menu.addSection("当前工程中的图层")
    for name, path, layer in own:
        add(name, lambda path=path, layer=layer: dialog.choose(index, path, layer))
    if row.source:
        menu.addSeparator()
        add("清除", lambda: dialog.clear_row(index))
        if row.role in APPROVAL_ROLES:
            add("再加一个文件", lambda: dialog.add_row(row.role))


def _browse(dialog: Chooser, row: LayerAssignment, index: int) -> None:
    kinds = RASTER_FILTER if row.role in IMAGE_ROLES else TABLE_FILTER if row.role in APPROVAL_ROLES else VECTOR_FILTER
    chosen, _ = QFileDialog.getOpenFileName(dialog, ROLE_LABELS[row.role], start_folder(), kinds)
    if chosen:
        QgsSettings().setValue(_FROM, str(Path(chosen).parent))
        dialog.choose(index, chosen)


def _browse_folder(dialog: Chooser, row: LayerAssignment, index: int) -> None:
    chosen = QFileDialog.getExistingDirectory(dialog, ROLE_LABELS[row.role], start_folder())
    if chosen:
        QgsSettings().setValue(_FROM, str(Path(chosen).parent))
        dialog.choose(index, chosen)


def chosen_for(row: LayerAssignment, path: str, layer: str) -> Optional[LayerAssignment]:
    """The file in the role of the row; None when it holds no polygons or does not open.

    Raises:
        WeipianError: E_REGISTER_ROLE for a table where only a layer can be, E_FILE_UNREADABLE for a broken one.
    """
    if is_table(path) and row.role not in APPROVAL_ROLES:
        raise WeipianError("E_REGISTER_ROLE", role=ROLE_LABELS[row.role])
    if row.role not in IMAGE_ROLES and not sublayers(path):
        return None
    return assignment_for(row.role, path, layer)
