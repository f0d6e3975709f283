"""Where the layers of a delivery are: a file, a folder or a zip, and which files belong to it."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Optional

from ..core.errors import WeipianError, os_reason
from ..sources.tables import SUFFIXES as TABLES
from .archive import ZIPS, unpack

KML = (".kml", ".ovkml")
JSON = (".json", ".geojson", ".geojsonl", ".ndjson", ".jsonl")
VECTORS = (".shp", ".gpkg", *JSON, *KML, ".dxf", ".gml", ".tab", ".mif", ".fgb", ".sqlite")
FORMATS = (*VECTORS, *TABLES)
_ACCESS = (".mdb", ".accdb")
_UNZIP = "请先用解压软件解压，再选择解压出来的文件夹或文件（也可以重新压缩成 zip）"
_PICTURE = "图片和扫描件里没有图斑的坐标，请向下发单位要 Shapefile、GDB 或 Excel 表格；图片可以作为举证材料附到图斑上"
_SHEET = "请用 WPS 或 Excel 打开后另存为 .xlsx 再导入"
_WORD = "请把其中的表格复制到 Excel 里，另存为 .xlsx 再导入"
_PROJECT = "工程文件里没有数据，请选择它引用的 Shapefile、GDB 或 GeoPackage"
#: What people send instead of data, what it is, and what they can do.
CONVERT: dict[str, tuple[str, str]] = {
    **dict.fromkeys((".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".z01", ".001"), ("这种压缩包", _UNZIP)),
    ".dwg": ("DWG 图纸", "请在 CAD 中另存为 DXF（ASCII，2004 或 2010 版）再导入"),
    ".dgn": ("DGN 图纸", "请在 CAD 中另存为 DXF（ASCII，2004 或 2010 版）再导入"),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".heic", ".img"), ("图片", _PICTURE)),
    ".pdf": ("PDF 文件", _PICTURE),
    **dict.fromkeys((".doc", ".docx", ".wps", ".rtf"), ("文字文档", _WORD)),
    **dict.fromkeys((".et", ".ett", ".xlsb", ".numbers"), ("这种电子表格", _SHEET)),
    **dict.fromkeys((".mxd", ".aprx", ".lyr", ".lyrx", ".qgs", ".qgz", ".qlr", ".wor"), ("工程或样式文件", _PROJECT)),
    **dict.fromkeys((".mpk", ".lpk", ".lpkx", ".ppkx"), ("ArcGIS 打包文件", _UNZIP)),
    **dict.fromkeys((".gdbtable", ".gdbtablx", ".gdbindexes", ".atx", ".spx"), (
        "File GDB 里的单个文件", "请选择整个 .gdb 文件夹，或把它压缩成 zip 再选择")),
}  # fmt: skip
_MAGIC = ((b"Rar!\x1a\x07", ".rar"), (b"7z\xbc\xaf\x27\x1c", ".7z"), (b"AC10", ".dwg"), (b"%PDF-", ".pdf"))
#: Everything that ArcGIS, QGIS or GDAL lay beside a .shp.
_SIDE_CARS = (
    "shp", "shx", "dbf", "prj", "cpg", "qpj", "qmd", "qix", "sbn", "sbx", "idm", "ind", "cst", "shp.xml",
    "fbn", "fbx", "ain", "aih", "ixs", "mxs", "atx",
)  # fmt: skip
#: What belongs to one layer of MapInfo, a drawing or an XML beside its main file.
_COMPANIONS = {".tab": ("dat", "map", "id", "ind"), ".mif": ("mid",), ".gml": ("xsd", "gfs"), ".csv": ("csvt", "prj")}
_MAX_DEPTH = 8
_MAX_FOLDERS = 5000
_BLOCK = 1 << 20


def is_gdb(path: Path) -> bool:
    """A FileGDB is a folder named *.gdb."""
    return path.is_dir() and path.suffix.lower() == ".gdb"


@contextmanager
def opened(path: Path) -> Iterator[Path]:
    """The file or folder to look into; a zip is unpacked into a temporary folder for that long.

    Raises:
        WeipianError: E_FILE_MISSING, E_FILE_UNREADABLE, E_DISK_FULL, E_MDB, E_FORMAT_UNSUPPORTED,
            E_FORMAT_CONVERT.
    """
    try:
        if not path.exists():
            raise WeipianError("E_FILE_MISSING", path=path)
        root = path if path.is_dir() else _file(path)
        loose = root.is_dir() and not is_gdb(root) and _loose_gdb(root)
        if not loose and not _packed(root):
            yield root
            return
        folder = Path(tempfile.mkdtemp(prefix="weipian_"))
        try:
            if loose:
                shutil.copytree(root, folder / f"{root.name[:60]}.gdb", ignore=shutil.ignore_patterns("*.lock"))
            else:
                unpack(root, folder)
            yield folder
        finally:  # Windows may still hold a file of it; that is no reason to lose the import
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:  # a stick pulled out, a share that went away, a file that Excel holds
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail=os_reason(error)) from error


def _file(path: Path) -> Path:
    """The file itself, or what it is a part of.

    Raises:
        WeipianError: E_MDB, E_FORMAT_CONVERT, E_FORMAT_UNSUPPORTED.
    """
    suffix = path.suffix.lower()
    if is_gdb(path.parent):
        return path.parent
    if path.name.startswith("~$"):
        raise WeipianError("E_FORMAT_CONVERT", path=path, kind="Office 的临时文件", remedy="请选择同名的原文件")
    if suffix in _ACCESS:
        raise WeipianError("E_MDB", path=path)
    _refuse(path, suffix if suffix in CONVERT else _kind_by_content(path))
    if _packed(path) or suffix in FORMATS:
        shape = _sibling(path, ".shp") if suffix == ".dbf" else None
        return shape or path
    shape = _sibling(path, ".shp") if suffix[1:] in _SIDE_CARS else None
    if shape is None:
        raise WeipianError("E_FORMAT_UNSUPPORTED", path=path)
    return shape


def _refuse(path: Path, suffix: str) -> None:
    if suffix in CONVERT:
        kind, remedy = CONVERT[suffix]
        raise WeipianError("E_FORMAT_CONVERT", path=path, kind=kind, remedy=remedy)


def _kind_by_content(path: Path) -> str:
    """Suffix that the first bytes tell where the name tells another."""
    with path.open("rb") as stream:
        head = stream.read(16)
    return next((suffix for magic, suffix in _MAGIC if head.startswith(magic)), "")


def _packed(path: Path) -> bool:
    return path.suffix.lower() in ZIPS and path.is_file()


def _loose_gdb(folder: Path) -> bool:
    """A FileGDB whose folder lost its suffix."""
    return any(folder.glob("*00000001.gdbtable"))


def _sibling(path: Path, suffix: str) -> Optional[Path]:
    """The file of the same name with another suffix, whatever its case."""
    for other in sorted(path.parent.iterdir()):
        if other.stem == path.stem and other.suffix.lower() == suffix:
            return other
    return None


def datasets(root: Path, named: Path) -> tuple[list[Path], list[Path]]:
    """Readable (vector datasets, tables and texts) in `root`, by name; `named` is what messages name.

    Raises:
        WeipianError: E_MDB, E_FORMAT_CONVERT, E_FORMAT_UNSUPPORTED when there is none; E_FILE_UNREADABLE
            when parts miss.
    """
    if root.is_file() or is_gdb(root):
        table = root.suffix.lower() in TABLES and root.is_file()
        found, others = ([], [root]) if table else ([root], [])
    else:
        found, others, refused = _walk(root)
        if not found and not others:
            _refuse(named, refused)
            raise WeipianError("E_MDB" if refused in _ACCESS else "E_FORMAT_UNSUPPORTED", path=named)
    missing = {path: _missing_part(path) for path in found}
    complete = [path for path in found if not missing[path]]
    if found and not complete and not others:
        detail = f"缺少同名的 {missing[found[0]]} 文件"
        raise WeipianError("E_FILE_UNREADABLE", path=found[0].name, detail=detail)

    def place(path: Path) -> str:
        return str(path.relative_to(root))

    return sorted(complete, key=place), sorted(others, key=place)


def _walk(root: Path) -> tuple[list[Path], list[Path], str]:
    """(vectors, tables and texts, suffix of something else that was met) below a folder."""
    found: list[Path] = []
    others: list[Path] = []
    refused = ""
    for count, (folder, names, files) in enumerate(os.walk(root)):
        here = Path(folder)
        found += [here / n for n in names if n.lower().endswith(".gdb")]
        deep = len(here.relative_to(root).parts) >= _MAX_DEPTH or count >= _MAX_FOLDERS
        workspace = "workspace.gpkg" in files  # one of ours is no delivery
        names[:] = [] if deep or workspace else sorted(n for n in names if not n.lower().endswith(".gdb"))
        for path in [] if workspace else [here / name for name in sorted(files)]:
            suffix = path.suffix.lower()
            if path.name.startswith(("~$", "._")):
                continue
            if suffix in VECTORS and (suffix != ".json" or _looks_geojson(path)):
                found.append(path)
            elif suffix in TABLES and not (suffix == ".dbf" and _sibling(path, ".shp")):
                others.append(path)
            elif suffix in CONVERT or suffix in _ACCESS:
                refused = max(refused, suffix, key=_weight)
    return found, others, refused


def _weight(suffix: str) -> int:
    """A database or an archive explains an empty folder better than a picture does."""
    order = ("", ".jpg", ".pdf", ".doc", ".dwg", ".rar", ".mdb")
    for place, known in enumerate(order):
        if suffix == known or (suffix in CONVERT and known in CONVERT and CONVERT[suffix] == CONVERT[known]):
            return place
    return len(order) if suffix in _ACCESS else 1


def _looks_geojson(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            head = stream.read(4096)
    except OSError:
        return False
    return any(mark in head for mark in (b'"coordinates"', b'"FeatureCollection"', b"esriGeometryPolygon"))


def _missing_part(path: Path) -> str:
    """Suffix of what a shapefile cannot be read without, "" when nothing is missing."""
    if path.suffix.lower() != ".shp":
        return ""
    return next((suffix for suffix in (".shx", ".dbf") if _sibling(path, suffix) is None), "")


def dbf_of(shape: Path) -> Optional[Path]:
    """The .dbf of a .shp, whatever the case of its suffix."""
    return _sibling(shape, ".dbf")


def files_of(path: Path, dataset: Path, members: Sequence[Path] = ()) -> list[Path]:
    """Every file that belongs to the delivery, in the order of names.

    `path` is what was delivered, `dataset` what is read (`members`, when it is several files); a zip
    stays one file, exactly as received.
    """
    if _packed(path):
        return [path]
    if members:
        return sorted(members)
    if is_gdb(dataset):
        home = path if path.is_dir() and path not in (dataset, *dataset.parents) else dataset
        return sorted(p for p in home.rglob("*") if p.is_file() and p.suffix.lower() != ".lock")
    suffix = dataset.suffix.lower()
    if suffix == ".shp" or suffix in _COMPANIONS:
        parts = _SIDE_CARS if suffix == ".shp" else (suffix[1:], *_COMPANIONS[suffix])
        start = f"{dataset.stem}.".lower()
        beside = [p for p in dataset.parent.iterdir() if p.is_file() and p.name.lower().startswith(start)]
        return sorted(p for p in beside if p.name.lower()[len(start) :] in parts)
    wal = dataset.with_name(dataset.name + "-wal")
    return [dataset, wal] if wal.is_file() and wal.stat().st_size else [dataset]


def digest(files: Sequence[Path]) -> str:
    """sha256 over the contents in the order given; of one file it is the file's own sha256.

    Raises:
        WeipianError: E_FILE_UNREADABLE.
    """
    total = hashlib.sha256()
    path = Path()
    try:
        for path in files:
            with path.open("rb") as stream:
                for block in iter(lambda: stream.read(_BLOCK), b""):
                    total.update(block)
    except OSError as error:
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail=os_reason(error)) from error
    return total.hexdigest()
