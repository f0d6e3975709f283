"""Which files below a folder play which role: by the names of files and layers, by columns, tables as registers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import WeipianError
from ..core.model import APPROVAL_ROLES, LayerAssignment
from ..core.rulepack import RulePack
from ..sources.reader import list_layers, open_source
from ..sources.tables import read_sheets
from .layer_guess import guess_by_columns, guess_date, guess_image, guess_role
from .register_tables import header_of, is_table

VECTOR_SUFFIXES = (".shp", ".gpkg", ".gdb", ".geojson", ".zip", ".kml", ".kmz", ".fgb")
RASTER_SUFFIXES = (".tif", ".tiff", ".img", ".jp2", ".vrt", ".dat")
BOOK_SUFFIXES = (".xlsx", ".xls", ".csv")
#: Folders in folders looked through, and files opened at most: a whole disk is no folder of layers.
_DEPTH = 4
_MOST = 400
#: Columns that hold the class of a land-use or zone layer.
CLASS_FIELDS = ("DLBM", "dlbm", "地类编码", "GHFQDM", "GHFQMC", "YDYHFLDM", "YDYHFL")
#: Columns of a table of house approvals, of which so many must be there.
_REGISTER_SIGNS = ("holder", "doc_no", "approved", "people", "village")
_SIGNS = 3
_BIGGEST_TABLE = 50 << 20


@dataclass(frozen=True)
class Hit:
    """A file in a role and why; a table has its sheet in `layer`."""

    assignment: LayerAssignment
    reason: str


def scan(folder: Path, pack: RulePack) -> list[Hit]:
    """Every layer and table below `folder` that says what it is, one a role except approvals.

    Files that do not open are passed over: they are not ours to judge here.
    """
    hits: list[Hit] = []
    taken: set[str] = set()
    for path in _files(folder):
        try:
            found = list(_in_file(path, pack))
        except WeipianError:
            continue
        for hit in found:
            role = hit.assignment.role
            if role in APPROVAL_ROLES or role not in taken:
                taken.add(role)
                hits.append(hit)
    return hits


def _files(folder: Path, depth: int = 0) -> Iterator[Path]:
    """Files with a suffix of ours, FileGDB folders as one, in order of name; nothing hidden."""
    seen = 0
    folders = []
    try:
        # What was unpacked goes before the archive it came from.
        inside = sorted(folder.iterdir(), key=lambda path: (path.suffix.lower() == ".zip", path.name))
    except OSError:
        return
    for path in inside:
        suffix = path.suffix.lower()
        if path.name.startswith((".", "~$")):
            continue
        if path.is_dir() and suffix != ".gdb":
            folders.append(path)
        elif suffix in (*VECTOR_SUFFIXES, *RASTER_SUFFIXES, *BOOK_SUFFIXES):
            seen += 1
            if seen <= _MOST:
                yield path
    if depth + 1 < _DEPTH:
        for path in folders:
            yield from _files(path, depth + 1)


def _in_file(path: Path, pack: RulePack) -> Iterator[Hit]:
    suffix = path.suffix.lower()
    if suffix in RASTER_SUFFIXES:
        role = guess_image(path.name)
        if role:
            yield Hit(LayerAssignment(role, str(path), taken_on=guess_date(path.name)), "文件名")
    elif suffix in BOOK_SUFFIXES and is_table(str(path)):
        yield from _in_table(path, pack)
    else:
        yield from _in_layers(path)


def _in_layers(path: Path) -> Iterator[Hit]:
    layers = [info for info in list_layers(path) if _polygonal(info.geometry_type)]
    several = len(layers) > 1
    of_file = guess_role(path.name)
    named = [(guess_role(info.name), info.name) for info in layers]
    for role, name in named:
        # In a database of several layers the file's name speaks for none of them.
        found, why = (role, "图层名") if role else ("", "")
        if not found and not several:
            found, why = of_file, "文件名"
        if not found:
            found, why = guess_by_columns(columns(path, name)), "字段"
        if found:
            yield Hit(assignment(found, path, name if several else ""), why)


def _polygonal(kind: str) -> bool:
    return "Polygon" in kind or "Surface" in kind or "Unknown" in kind


def _in_table(path: Path, pack: RulePack) -> Iterator[Hit]:
    role = guess_role(path.name)
    if path.stat().st_size > _BIGGEST_TABLE:
        return
    for sheet in read_sheets(path):
        found = header_of(sheet.header, pack.register_columns)
        if sheet.hidden or sum(key in found for key in _REGISTER_SIGNS) < _SIGNS:
            continue
        mine = guess_role(sheet.name) or role or guess_role(sheet.title)
        if mine in APPROVAL_ROLES:
            yield Hit(LayerAssignment(mine, str(path), layer=sheet.name), "登记表")
            return


def assignment(role: str, path: Path, layer: str = "") -> LayerAssignment:
    """A layer in a role with the column of its class."""
    field = ""
    if role in ("landuse", "plan_zone"):
        names = columns(path, layer)
        field = next((name for name in CLASS_FIELDS if name in names), "")
    return LayerAssignment(role=role, source=str(path), layer=layer, class_field=field)


def columns(path: Path, layer: str = "") -> list[str]:
    """Column names of a layer; none when it does not open."""
    try:
        with open_source(path, layer) as source:
            return list(source.fields)
    except WeipianError:
        return []


def polygon_layers(path: Path) -> list[str]:
    """Names of the polygon layers in a file or FileGDB folder; none when it does not open."""
    try:
        return [info.name for info in list_layers(path) if _polygonal(info.geometry_type)]
    except WeipianError:
        return []
