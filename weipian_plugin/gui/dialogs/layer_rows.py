"""What stands behind the table of layers: sub-layers and fields of a file, layers of the open project."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from qgis.core import QgsMapLayer, QgsProject, QgsProviderRegistry, QgsVectorLayer, QgsWkbTypes

from ...core.model import APPROVAL_ROLES, ROLES, LayerAssignment
from ...workbench.layer_guess import guess_date, guess_image, guess_role
from ..map_layers import CLASS_FIELDS, PROPERTY

IMAGE_ROLES = ("image_before", "image_after")
#: Roles whose features carry a class that areas are summed by.
CLASS_ROLES = ("landuse", "plan_zone")
VECTOR_SUFFIXES = (".shp", ".gpkg", ".gdb", ".geojson", ".zip")
RASTER_SUFFIXES = (".tif", ".tiff", ".img", ".jp2", ".vrt", ".dat")


def sublayers(path: str) -> list[str]:
    """Names of the polygon layers in a file or FileGDB folder; empty when it does not open."""
    found = QgsProviderRegistry.instance().querySublayers(path)
    return [
        item.name()
        for item in found
        if item.providerKey() == "ogr"
        and QgsWkbTypes.geometryType(item.wkbType())
        in (QgsWkbTypes.GeometryType.PolygonGeometry, QgsWkbTypes.GeometryType.UnknownGeometry)
    ]


def fields_of(path: str, layer: str) -> list[str]:
    """Column names of a vector layer; empty when it does not open."""
    options = QgsVectorLayer.LayerOptions()
    options.skipCrsValidation = True
    options.loadDefaultStyle = False
    opened = QgsVectorLayer(f"{path}|layername={layer}" if layer else path, "probe", "ogr", options)
    return list(opened.fields().names()) if opened.isValid() else []


def class_field(fields: Sequence[str]) -> str:
    """The column that most likely holds the class code, "" if none is known."""
    return next((name for name in CLASS_FIELDS if name in fields), "")


def assignment_for(role: str, path: str, layer: str = "") -> LayerAssignment:
    """A file in a role with what its name and columns tell: sub-layer, class field, date of the imagery."""
    if role in IMAGE_ROLES:
        return LayerAssignment(role=role, source=path, taken_on=guess_date(Path(path).name))
    names = sublayers(path)
    chosen = layer or _fitting(role, names)
    field = class_field(fields_of(path, chosen)) if role in CLASS_ROLES else ""
    return LayerAssignment(role=role, source=path, layer=chosen if len(names) > 1 else "", class_field=field)


def _fitting(role: str, names: Sequence[str]) -> str:
    """The sub-layer whose name says this role, else the only or first one."""
    return next((name for name in names if guess_role(name) == role), names[0] if names else "")


def layers_in(folder: Path) -> list[LayerAssignment]:
    """Every file below a folder (two levels) whose name says a role; sub-layers of databases too."""
    found: list[LayerAssignment] = []
    taken: set[str] = set()
    for path in _files(folder):
        for role, layer in _roles_in(path):
            if role in APPROVAL_ROLES or role not in taken:
                taken.add(role)
                found.append(assignment_for(role, str(path), layer))
    return found


def _files(folder: Path) -> list[Path]:
    wanted = (*VECTOR_SUFFIXES, *RASTER_SUFFIXES)
    paths = [*folder.glob("*"), *(p for p in folder.glob("*/*") if p.parent.suffix.lower() != ".gdb")]
    return sorted(path for path in paths if path.suffix.lower() in wanted)


def _roles_in(path: Path) -> Iterable[tuple[str, str]]:
    """(role, sub-layer): by the file's own name, else by the names of the layers in a database."""
    if path.suffix.lower() in RASTER_SUFFIXES:
        role = guess_image(path.name)
        return [(role, "")] if role else []
    role = guess_role(path.name)
    names = sublayers(str(path)) if path.suffix.lower() in (".gpkg", ".gdb", ".zip") else []
    if len(names) > 1:
        inside = [(guess_role(name), name) for name in names]
        hits = [(r, name) for r, name in inside if r]
        if hits:
            return hits
    return [(role, "")] if role else []


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


def rows_for(assignments: Sequence[LayerAssignment]) -> list[LayerAssignment]:
    """A row for each assignment and an empty one (source "") for each role without any."""
    rows: list[LayerAssignment] = []
    for role in ROLES:
        mine = [a for a in assignments if a.role == role]
        rows.extend(mine or [LayerAssignment(role=role, source="")])
    return rows


def with_source(row: LayerAssignment, chosen: LayerAssignment) -> LayerAssignment:
    """A row after its file was chosen; what the person had set about the date and the scheme stays."""
    return replace(chosen, scheme=row.scheme, taken_on=chosen.taken_on or row.taken_on)
