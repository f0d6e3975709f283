"""Where the layers of a delivery are: a file, a folder or a zip, and which files belong to it."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..core.errors import WeipianError
from ..core.names import safe_name
from .encoding import common_share, strict

FORMATS = (".shp", ".gpkg", ".geojson", ".json", ".kml")
_ZIPS = (".zip", ".kmz")
_ACCESS = (".mdb", ".accdb")
#: Everything that ArcGIS, QGIS or GDAL lay beside a .shp.
_SIDE_CARS = (
    "shp", "shx", "dbf", "prj", "cpg", "qpj", "qmd", "qix", "sbn", "sbx", "idm", "ind", "cst", "shp.xml",
    "fbn", "fbx", "ain", "aih", "ixs", "mxs", "atx",
)  # fmt: skip
_MAX_DEPTH = 4
_BLOCK = 1 << 20


def is_gdb(path: Path) -> bool:
    """A FileGDB is a folder named *.gdb."""
    return path.is_dir() and path.suffix.lower() == ".gdb"


@contextmanager
def opened(path: Path) -> Iterator[Path]:
    """The file or folder to look into; a zip is unpacked into a temporary folder for that long.

    Raises:
        WeipianError: E_FILE_MISSING, E_FILE_UNREADABLE, E_DISK_FULL, E_MDB, E_FORMAT_UNSUPPORTED.
    """
    if not path.exists():
        raise WeipianError("E_FILE_MISSING", path=path)
    suffix = path.suffix.lower()
    if suffix in _ACCESS:
        raise WeipianError("E_MDB", path=path)
    if path.is_file() and suffix in _ZIPS:
        with tempfile.TemporaryDirectory(prefix="weipian_") as folder:
            _unpack(path, Path(folder))
            yield Path(folder)
        return
    if path.is_file() and suffix not in FORMATS:
        shape = _sibling(path, ".shp") if suffix[1:] in _SIDE_CARS else None
        if shape is None:
            raise WeipianError("E_FORMAT_UNSUPPORTED", path=path)
        path = shape
    yield path


def _sibling(path: Path, suffix: str) -> Path | None:
    """The file of the same name with another suffix, whatever its case."""
    for other in sorted(path.parent.iterdir()):
        if other.stem == path.stem and other.suffix.lower() == suffix:
            return other
    return None


def _member_name(info: zipfile.ZipInfo) -> str:
    """Name of a zip member; Windows' own zip writes GBK and does not say so."""
    if info.flag_bits & 0x800:
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    texts = [text for text in (strict(raw, "utf-8"), strict(raw, "gbk")) if text is not None]
    return max(texts, key=common_share) if texts else info.filename


def _unpack(path: Path, folder: Path) -> None:
    """Unpack every member below `folder`, names made safe, nothing outside it."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            if sum(info.file_size for info in members) > shutil.disk_usage(folder).free:
                raise WeipianError("E_DISK_FULL", path=folder)
            for info in members:
                parts = [p for p in _member_name(info).replace("\\", "/").split("/") if p not in ("", ".", "..")]
                if not parts or parts[0] == "__MACOSX" or parts[-1].startswith("._"):
                    continue
                target = folder.joinpath(*(safe_name(part, 120) for part in parts))
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(info) as source, target.open("wb") as sink:
                    shutil.copyfileobj(source, sink, _BLOCK)
    except RuntimeError as error:  # zipfile's way to ask for a password
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail="压缩包有密码，请先解压") from error
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail=f"压缩包损坏：{error}") from error


def datasets(root: Path, named: Path) -> list[Path]:
    """Every readable dataset in `root`, in the order of names; `named` is what messages name.

    Raises:
        WeipianError: E_MDB, E_FORMAT_UNSUPPORTED when there is none; E_FILE_UNREADABLE when parts miss.
    """
    if root.is_file() or is_gdb(root):
        found = [root]
    else:
        found, access = [], False
        for folder, names, files in os.walk(root):
            here = Path(folder)
            found += [here / n for n in names if n.lower().endswith(".gdb")]
            deep = len(here.relative_to(root).parts) >= _MAX_DEPTH
            names[:] = [] if deep else sorted(n for n in names if not n.lower().endswith(".gdb"))
            found += [here / f for f in files if f.lower().endswith(FORMATS) and not f.lower().endswith(".json")]
            access = access or any(f.lower().endswith(_ACCESS) for f in files)
        if not found:
            raise WeipianError("E_MDB" if access else "E_FORMAT_UNSUPPORTED", path=named)
    missing = {path: _missing_part(path) for path in found}
    complete = [path for path in found if not missing[path]]
    if not complete:
        detail = f"缺少同名的 {missing[found[0]]} 文件"
        raise WeipianError("E_FILE_UNREADABLE", path=found[0].name, detail=detail)
    return sorted(complete, key=lambda p: str(p.relative_to(root)))


def _missing_part(path: Path) -> str:
    """Suffix of what a shapefile cannot be read without, "" when nothing is missing."""
    if path.suffix.lower() != ".shp":
        return ""
    return next((suffix for suffix in (".shx", ".dbf") if _sibling(path, suffix) is None), "")


def dbf_of(shape: Path) -> Path | None:
    """The .dbf of a .shp, whatever the case of its suffix."""
    return _sibling(shape, ".dbf")


def files_of(path: Path, dataset: Path, members: Sequence[Path] = ()) -> list[Path]:
    """Every file that belongs to the delivery, in the order of names.

    `path` is what was delivered, `dataset` what is read; a zip stays one file, exactly as received.
    """
    if path.is_file() and path.suffix.lower() in _ZIPS:
        return [path]
    if members:
        return sorted(members)
    if is_gdb(dataset):
        return sorted(p for p in dataset.rglob("*") if p.is_file() and p.suffix.lower() != ".lock")
    if dataset.suffix.lower() == ".shp":
        start = f"{dataset.stem}.".lower()
        beside = [p for p in dataset.parent.iterdir() if p.is_file() and p.name.lower().startswith(start)]
        return sorted(p for p in beside if p.name.lower()[len(start) :] in _SIDE_CARS)
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
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail=error.strerror or "") from error
    return total.hexdigest()
