"""Folders of rasters as mosaics, and pyramids, in a cache of the user: nothing is written beside the imagery.

Everything here can be made again from the files; the cache may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from osgeo import gdal
from qgis.PyQt.QtCore import QStandardPaths

from ..core.errors import WeipianError
from ..core.feedback import Feedback, Silent, stop_if_cancelled
from ..core.imagery import FOLDER, TILES, ImageDate
from ..core.model import LayerAssignment
from ..report.raster_style import stretch_layer
from ..sources.quiet import quiet
from ..sources.rasters import Raster, date_in_name, rasters_in, read_raster

__all__ = ["stretch_layer"]  # the map shows deep bands as the sheets do
_INDEX = "weipian.images/2"
#: From this many pixels a raster without pyramids is slow to look at as a whole.
_LARGE = 4096 * 4096
_LEVELS = (4, 16, 64)
#: Ends of files beside a raster that give its place or its day.
_TELLING = frozenset(
    (".tfw", ".tifw", ".wld", ".jgw", ".jpgw", ".jpegw", ".pgw", ".pngw", ".bpw", ".bmpw", ".j2w", ".sdw", ".eww",
     ".prj", ".aux", ".hdr", ".xml", ".txt", ".imd")
)  # fmt: skip


@dataclass(frozen=True)
class Piece:
    """Something a map can open: a file, or rasters of one kind as a mosaic. `crs` is the one to use."""

    path: str
    crs: str
    rasters: tuple[Raster, ...]
    name: str
    problem: str = ""


@dataclass(frozen=True)
class Opened:
    """What a source consists of. `problems`: Chinese, of files that cannot be used."""

    rasters: tuple[Raster, ...]
    problems: tuple[str, ...] = ()


def cache_folder() -> Path:
    """Where mosaics and pyramids of this user lie."""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericCacheLocation)
    for parent in (place, tempfile.gettempdir()):
        folder = Path(parent) / "weipian" / "imagery"
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            return folder
    return Path(tempfile.mkdtemp(prefix="weipian-imagery"))


def open_source(assignment: LayerAssignment, feedback: Optional[Feedback] = None) -> Opened:
    """Read what the rasters of a source say; of a folder from the cache where no file has changed.

    Raises:
        WeipianError: E_FILE_MISSING, E_IMAGE_FOLDER, E_IMAGE_DRIVER, E_IMAGE_UNREADABLE, E_CANCELLED.
    """
    path = Path(assignment.source)
    if not path.exists():
        raise WeipianError("E_FILE_MISSING", path=assignment.source)
    if not path.is_dir():
        return Opened((read_raster(path),))
    files = rasters_in(path)
    if not files:
        raise WeipianError("E_IMAGE_FOLDER", path=assignment.source)
    index = cache_folder() / f"{_state(files)}.json"
    found = _load(index)
    if found is None:
        found = _read_all(files, feedback or Silent())
        _keep(index, found)
    if not found.rasters:
        raise WeipianError("E_IMAGE_UNREADABLE", path=assignment.source)
    return found


def _read_all(files: Sequence[Path], feedback: Feedback) -> Opened:
    rasters, problems = [], []
    for number, file in enumerate(files):
        stop_if_cancelled(feedback)
        feedback.progress(100 * number / len(files))
        try:
            rasters.append(read_raster(file))
        except WeipianError as error:
            problems.append(f"{file.name}：{error.message}")
    return Opened(tuple(rasters), tuple(problems))


def _state(files: Sequence[Path]) -> str:
    """Digest of the files as they are: path, size, time; of what lies beside them, because it may give the place."""
    digest = hashlib.sha256(_INDEX.encode())
    for file in (*files, *_beside(files)):
        with suppress(OSError):
            stat = file.stat()
            digest.update(f"{file}|{stat.st_size}|{stat.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()[:32]


def _beside(files: Sequence[Path]) -> list[Path]:
    """World files, CRS and metadata that lie beside rasters and are called as they are."""
    stems: dict[Path, set[str]] = {}
    for file in files:
        stems.setdefault(file.parent, set()).add(file.stem)
    found = []
    for folder, known in stems.items():
        with suppress(OSError):  # one listing: asking for each name takes minutes on a share
            for path in folder.iterdir():
                if path.suffix.lower() in _TELLING and known & _stems_of(path.name):
                    found.append(path)
    return sorted(found)


def _stems_of(name: str) -> set[str]:
    """What a raster beside a file may be called: a of a.tfw, a.tif.aux.xml and a_MTL.txt."""
    stem = Path(name).stem
    found = {stem, Path(stem).stem, Path(Path(stem).stem).stem}
    return found | {stem[: -len(tail)] for tail in ("_mtl", "_metadata") if stem.lower().endswith(tail)}


def _load(index: Path) -> Optional[Opened]:
    try:
        raw = json.loads(index.read_text(encoding="utf-8"))
        return Opened(tuple(Raster.of(item) for item in raw["rasters"]), tuple(raw["problems"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(index: Path, found: Opened) -> None:
    body = {"rasters": [raster.record() for raster in found.rasters], "problems": list(found.problems)}
    with suppress(OSError):
        part = index.with_suffix(".part")
        part.write_text(json.dumps(body), encoding="utf-8")
        part.replace(index)


def entered_date(source: LayerAssignment) -> ImageDate:
    """The day in an assignment; one that the file's name says was not typed by anybody."""
    kind = source.taken_source
    if not kind and source.kind != TILES:
        path = Path(source.source)
        kind = "name" if date_in_name(path.stem) == source.taken_on else ""
    return ImageDate(source.taken_on, kind or "manual")


def source_date(assignment: LayerAssignment, opened: Opened) -> ImageDate:
    """The day of a source as a whole: entered, else of its files where they agree, else of the folder's name."""
    if assignment.taken_on:
        return entered_date(assignment)
    found = {(raster.date, raster.date_source) for raster in opened.rasters if raster.date}
    days = {text for text, _ in found}
    if len(days) == 1 and all(raster.date for raster in opened.rasters):
        return ImageDate(*sorted(found)[0])
    named = date_in_name(Path(assignment.source).name) if assignment.kind == FOLDER else ""
    return ImageDate(named, "name") if named else ImageDate()


def pieces(assignment: LayerAssignment, opened: Optional[Opened] = None) -> list[Piece]:
    """What a map opens for a source: the file, or a mosaic for each kind of raster in the folder.

    Rasters that differ in CRS, bands, depth or palette cannot share a mosaic. What cannot be drawn has a `problem`.

    Raises:
        WeipianError: as `open_source`.
    """
    found = opened or open_source(assignment)
    groups: dict[tuple[Any, ...], list[Raster]] = {}
    result = []
    for raster in found.rasters:
        crs = assignment.crs or raster.crs
        problem = "" if raster.placed and crs else _problem(raster)
        if problem:
            result.append(Piece(raster.path, crs, (raster,), Path(raster.path).name, problem))
            continue
        alone = raster.transform[2] != 0 or raster.transform[4] != 0  # turned: no mosaic takes it
        kind = (crs, raster.bands, raster.dtype, raster.palette, raster.path if alone else "")
        groups.setdefault(kind, []).append(raster)
    for kind, rasters in groups.items():
        path = _with_pyramids(rasters[0].path) if len(rasters) == 1 else _mosaic(rasters)
        result.append(Piece(path, kind[0], tuple(rasters), Path(assignment.source).name))
    return result


def _problem(raster: Raster) -> str:
    """Why a raster cannot be laid on the map, with what to do."""
    code = "E_IMAGE_CRS" if raster.placed else "E_IMAGE_PLACE"
    return str(WeipianError(code, path=Path(raster.path).name, guess=""))


def _mosaic(rasters: Sequence[Raster]) -> str:
    """A VRT over these rasters in the cache; the first one alone if none can be made."""
    ordered = sorted(rasters, key=lambda raster: (raster.date, raster.path))  # the newest on top
    files = [raster.path for raster in ordered]
    target = cache_folder() / f"{_state([Path(file) for file in files])}.vrt"
    if not target.is_file():
        part = target.with_name(f"{target.stem}.part.vrt")
        with quiet(GDAL_PAM_ENABLED="NO"):
            try:
                # Without it, ground that no file shows would be black and hide what lies below.
                clear = rasters[0].nodata is None and not rasters[0].palette
                made = gdal.BuildVRT(str(part), files, resolution="highest", addAlpha=clear)
            except RuntimeError:
                made = None
            built = made is not None
            made = None  # written when it is let go
        if not built or not part.is_file():
            return files[-1]
        with suppress(OSError):
            part.replace(target)
    return str(target)


def _pyramid_file(path: str) -> Path:
    return cache_folder() / f"{_state([Path(path)])}.vrt"


def _with_pyramids(path: str) -> str:
    """The stand-in of a raster with pyramids in the cache, the file itself where none were made."""
    stand_in = _pyramid_file(path)
    return str(stand_in) if Path(f"{stand_in}.ovr").is_file() and stand_in.is_file() else path


def lacks_pyramids(opened: Opened) -> list[Raster]:
    """Large rasters without pyramids, neither in the file nor in the cache."""
    return [
        raster
        for raster in opened.rasters
        if raster.width * raster.height >= _LARGE
        and not raster.overviews
        and raster.placed
        and _with_pyramids(raster.path) == raster.path
    ]


def build_pyramids(rasters: Sequence[Raster], feedback: Feedback) -> int:
    """Make pyramids in the cache, for whole-township views; returns how many. Long work: off the main thread.

    Raises:
        WeipianError: E_CANCELLED, E_WRITE; half a pyramid is taken away.
    """
    for number, raster in enumerate(rasters):
        feedback.message(f"正在生成影像金字塔 {Path(raster.path).name}（{number + 1}/{len(rasters)}）")
        _build_one(raster.path, number, len(rasters), feedback)
    return len(rasters)


def _build_one(path: str, number: int, total: int, feedback: Feedback) -> None:
    target = _pyramid_file(path)
    pyramid = Path(f"{target}.ovr")

    def tick(done: float, _message: str, _data: Any) -> int:
        feedback.progress(100 * (number + done) / total)
        return 0 if feedback.cancelled() else 1

    with quiet(GDAL_PAM_ENABLED="NO", COMPRESS_OVERVIEW="DEFLATE", BIGTIFF_OVERVIEW="IF_SAFER"):
        try:
            made = gdal.BuildVRT(str(target), [path])
            made = None  # written when it is let go
            data = gdal.Open(str(target), gdal.GA_ReadOnly)
            failed = data is None or data.BuildOverviews("AVERAGE", list(_LEVELS), callback=tick) != 0
        except RuntimeError:
            failed = True
        data = made
    if failed:
        for left in (pyramid, target):
            with suppress(OSError):
                left.unlink()
        stop_if_cancelled(feedback)
        raise WeipianError("E_WRITE", path=pyramid, detail="金字塔没有生成")
