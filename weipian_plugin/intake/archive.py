"""Zips: unpacked below one folder, whatever their members are called and however large they claim to be."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
import zlib
from pathlib import Path

from ..core.errors import WeipianError
from ..core.names import safe_name
from .encoding import common_share, strict

ZIPS = (".zip", ".kmz", ".ovkmz")
#: Pictures, scans and rasters are no layers; there may be gigabytes of them beside the table.
_SKIPPED = (
    ".tif", ".tiff", ".jpg", ".jpeg", ".png", ".bmp", ".gif", ".heic", ".img", ".ovr", ".mp4", ".mov", ".avi",
    ".pdf", ".doc", ".docx", ".ppt", ".pptx", ".exe", ".dll",
)  # fmt: skip
_BLOCK = 1 << 20
_MAX_MEMBERS = 50_000
#: A delivery is not packed this tightly; blank columns of a .dbf alone come near 300.
_MAX_RATIO = 500
_RATIO_FROM = 1 << 28
_MAX_NESTED = 2
_MAX_NAME, _MAX_PATH = 150, 180  # bytes of a name, characters below the folder


def unpack(path: Path, folder: Path, depth: int = 0) -> None:
    """Unpack the members that may hold data below `folder`, nothing outside it; zips inside as well.

    Raises:
        WeipianError: E_FILE_UNREADABLE with the reason, E_DISK_FULL.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir() and _wanted(info)]
            _check_size(path, members, folder)
            for info in members:
                target = folder / _place(member_name(info))
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(info) as source, target.open("wb") as sink:
                    shutil.copyfileobj(source, sink, _BLOCK)
    except RuntimeError as error:  # zipfile's way to ask for a password; NotImplementedError is one of them
        why = "压缩方式不支持，请先解压" if isinstance(error, NotImplementedError) else "压缩包有密码，请先解压"
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail=why) from error
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, zlib.error) as error:
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail=f"压缩包损坏：{error}") from error
    _unpack_nested(folder, depth)
    _name_geodatabases(folder)


def member_name(info: zipfile.ZipInfo) -> str:
    """Name of a zip member; Windows' own zip writes GBK and does not say so."""
    if info.flag_bits & 0x800:
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    texts = [text for text in (strict(raw, "utf-8"), strict(raw, "gbk")) if text is not None]
    return max(texts, key=common_share) if texts else info.filename


def _wanted(info: zipfile.ZipInfo) -> bool:
    parts = info.filename.replace("\\", "/").split("/")
    return parts[0] != "__MACOSX" and not parts[-1].startswith("._") and not parts[-1].lower().endswith(_SKIPPED)


def _check_size(path: Path, members: list[zipfile.ZipInfo], folder: Path) -> None:
    total = sum(info.file_size for info in members)
    packed = max(path.stat().st_size, 1)
    if len(members) > _MAX_MEMBERS or (total > _RATIO_FROM and total / packed > _MAX_RATIO):
        detail = f"压缩包异常：解开后有 {len(members)} 个文件、{total / 1e9:.1f} GB，请解压后只选择图斑数据"
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail=detail)
    if total > shutil.disk_usage(folder).free:
        raise WeipianError("E_DISK_FULL", path=folder)


def _place(name: str) -> Path:
    """Where a member goes: safe names that no disk finds too long, one stem staying one stem."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")] or ["_"]
    folders = [_short(part, "") for part in parts[:-1]]
    stem, dot, suffix = parts[-1].partition(".") if ".shp." in parts[-1].lower() else _split(parts[-1])
    place = Path(*folders, _short(stem, dot + suffix))
    if len(str(place)) > _MAX_PATH:
        digest = hashlib.sha256("/".join(folders).encode("utf-8", "replace")).hexdigest()[:12]
        kept = ".gdb" if any(f.lower().endswith(".gdb") for f in folders) else ""
        place = Path(digest + kept, place.name)
    return place


def _split(name: str) -> tuple[str, str, str]:
    stem, dot, suffix = name.rpartition(".")
    return (stem, dot, suffix) if stem else (name, "", "")


def _short(stem: str, suffix: str) -> str:
    if len((stem + suffix).encode("utf-8", "replace")) > _MAX_NAME:
        mark = hashlib.sha256(stem.encode("utf-8", "replace")).hexdigest()[:8]
        tail = stem[-4:] if stem.lower().endswith(".gdb") else ""
        stem = f"{stem[:36]}_{mark}{tail}"
    return safe_name(stem + suffix, 160)


def _unpack_nested(folder: Path, depth: int) -> None:
    for inner in sorted(p for p in folder.rglob("*") if p.suffix.lower() in ZIPS and p.is_file()):
        if depth >= _MAX_NESTED:
            return
        place = inner.with_name(f"{inner.stem[:40]}_")
        place.mkdir(exist_ok=True)
        unpack(inner, place, depth + 1)
        inner.unlink()


def _name_geodatabases(folder: Path) -> None:
    """A FileGDB whose folder lost its name (zipped from the inside) gets one that GDAL knows it by."""
    for table in sorted(folder.rglob("*00000001.gdbtable")):
        home = table.parent
        if home.suffix.lower() == ".gdb":
            continue
        inner = folder / "数据库.gdb" if home == folder else home.with_name(home.name + ".gdb")
        if home != folder:
            home.rename(inner)
            continue
        inner.mkdir()
        for item in [p for p in folder.iterdir() if p.is_file()]:
            item.rename(inner / item.name)
