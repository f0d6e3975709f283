"""What stands behind the table of layers: a row a role, tables of registers as rows, layers of the open project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from qgis.core import QgsMapLayer, QgsProject, QgsProviderRegistry

from ...core.model import IMAGE_ROLES, ROLES, LayerAssignment
from ...workbench.landuse_scheme import SchemeGuess, recognised
from ...workbench.layer_guess import guess_date, guess_role
from ...workbench.layer_scan import CLASS_FIELDS, RASTER_SUFFIXES, VECTOR_SUFFIXES, Hit, columns, polygon_layers, scan
from ...workbench.register_tables import is_table, sheet_names
from ...workbench.registers import RegisterSource
from ...workbench.resources import default_pack
from ..map_layers import PROPERTY

__all__ = ["IMAGE_ROLES", "RASTER_SUFFIXES", "VECTOR_SUFFIXES", "is_table"]

#: Roles whose features carry a class that areas are summed by.
CLASS_ROLES = ("landuse", "plan_zone")


def sublayers(path: str) -> list[str]:
    """Names of the polygon layers in a file or FileGDB folder, or the sheets of a workbook.

    Empty when a layer file does not open. Raises E_FILE_UNREADABLE for a broken workbook.
    """
    return sheet_names(Path(path)) if is_table(path) else polygon_layers(Path(path))


def fields_of(path: str, layer: str) -> list[str]:
    """Column names of a vector layer; empty when it does not open."""
    return columns(Path(path), layer)


def assignment_for(role: str, path: str, layer: str = "") -> LayerAssignment:
    """A file in a role with what its name and columns tell: sub-layer, class field, date of the imagery."""
    if role in IMAGE_ROLES:
        return LayerAssignment(role=role, source=path, taken_on=guess_date(Path(path).name))
    names = sublayers(path)
    if is_table(path):
        return LayerAssignment(role=role, source=path, layer=layer or _fitting(role, names))
    chosen = layer or _fitting(role, names)
    found = fields_of(path, chosen) if role in CLASS_ROLES else []
    field = next((name for name in CLASS_FIELDS if name in found), "")
    return LayerAssignment(role=role, source=path, layer=chosen if len(names) > 1 else "", class_field=field)


def _fitting(role: str, names: Sequence[str]) -> str:
    """The sub-layer whose name says this role, else the only or first one."""
    return next((name for name in names if guess_role(name) == role), names[0] if names else "")


def layers_in(folder: Path) -> list[Hit]:
    """Files and tables below a folder that say what they are, each with the reason."""
    return scan(folder, default_pack())


def scheme_of(row: LayerAssignment) -> SchemeGuess:
    """What the codes of a land-use layer tell; errors of `recognised`."""
    return recognised(row)


def project_layers(project: QgsProject, raster: bool) -> list[tuple[str, str, str]]:
    """(name, file, sub-layer) of the person's own layers that lie in files."""
    kind = QgsMapLayer.LayerType.RasterLayer if raster else QgsMapLayer.LayerType.VectorLayer
    found = []
    for layer in project.mapLayers().values():
        if layer.type() != kind or layer.customProperty(PROPERTY) or not layer.isValid():
            continue
        provider = layer.dataProvider().name()
        if provider not in ("ogr", "gdal"):
            continue
        parts = QgsProviderRegistry.instance().decodeUri(provider, layer.source())
        path = str(parts.get("path") or "")
        if path and Path(path).exists():
            found.append((str(layer.name()), path, str(parts.get("layerName") or "")))
    return sorted(found)


def rows_for(assignments: Sequence[LayerAssignment], tables: Sequence[RegisterSource] = ()) -> list[LayerAssignment]:
    """A row for each layer and table, and an empty one (source "") for each role without any."""
    given = [*assignments, *(of_table(table) for table in tables)]
    rows: list[LayerAssignment] = []
    for role in ROLES:
        mine = [a for a in given if a.role == role]
        rows.extend(mine or [LayerAssignment(role=role, source="")])
    return rows


def of_table(table: RegisterSource) -> LayerAssignment:
    """A table as a row: its sheet stands for the sub-layer, the unit of its area for the class field."""
    return LayerAssignment(role=table.role, source=table.source, layer=table.sheet, class_field=table.unit)


def parted(rows: Sequence[LayerAssignment]) -> tuple[list[LayerAssignment], list[RegisterSource]]:
    """Rows that hold something: layers, and tables as registers."""
    layers, tables = [], []
    for row in rows:
        if row.source and is_table(row.source):
            tables.append(RegisterSource(row.role, row.source, row.layer, row.class_field))
        elif row.source:
            layers.append(row)
    return layers, tables


def with_source(row: LayerAssignment, chosen: LayerAssignment) -> LayerAssignment:
    """A row after its file was chosen; what the person had set about the date stays, the scheme is the file's."""
    scheme = row.scheme if row.source == chosen.source else ""
    return replace(chosen, scheme=scheme, taken_on=chosen.taken_on or row.taken_on, batch_id=row.batch_id)
