"""Rasters on disk: where they lie, how they were made, when they were taken, and what of a place they show.

Files are opened read-only and nothing beside them is written: GDAL's statistics files are switched off.
"""

from __future__ import annotations

import math
import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Optional

import numpy as np
from osgeo import gdal, osr

from ..core.dates import parse_date
from ..core.errors import WeipianError
from ..core.imagery import ImageDate
from .crs import authid_of, spatial_reference
from .quiet import quiet

SUFFIXES = (".tif", ".tiff", ".img", ".jp2", ".vrt", ".dat", ".ecw", ".sid", ".jpg", ".jpeg", ".png", ".bmp")
#: Pictures that are imagery only with a world file beside them.
_PICTURES = (".jpg", ".jpeg", ".png", ".bmp")
_WORLD = {".jpg": (".jgw", ".jpgw"), ".jpeg": (".jgw", ".jpegw"), ".png": (".pgw", ".pngw"), ".bmp": (".bpw", ".bmpw")}
_DEPTH, _MOST = 5, 5000
#: Beside a file, of at most so many bytes, that says when the satellite looked.
_SIDECARS = (".xml", "_MTL.txt", "_mtl.txt", "_metadata.txt", ".IMD", ".imd", ".tif.xml")
_SIDECAR_BYTES = 400_000
_TAGS = re.compile(
    r"(?:AcquisitionDate(?:Time)?|DATE_ACQUIRED|ReceiveTime|StartTime|CenterTime|firstLineTime|SENSING_TIME|"
    r"IMAGING_DATE|ImagingDate|拍摄时间|成像时间|获取时间)[\"'\s]*[>=:：]+\s*[\"']?"
    r"((?:19|20)\d{2}[-/. ]?\d{2}[-/. ]?\d{2})",
    re.IGNORECASE,
)
_KEYS = re.compile(r"acqui|sensing|imaging|date_acquired|receivetime|拍摄|成像|获取", re.IGNORECASE)
_DAY = re.compile(r"(?<!\d)((?:19|20)\d{2})[-_.年]?(0[1-9]|1[0-2])[-_.月]?(0[1-9]|[12]\d|3[01])日?(?!\d)")
_MONTH = re.compile(r"(?<!\d)((?:19[89]|20[0-4])\d)(?:[-_.年]?)(0[1-9]|1[0-2]|[1-9](?=月))月?(?!\d)")
_YEAR = re.compile(r"^((?:19[89]|20[0-4])\d)$|(?<!\d)((?:19[89]|20[0-4])\d)年")
_POINTS = 24
_WINDOW = 96
_DEGREE_M = 111_320.0


@dataclass(frozen=True)
class Raster:
    """A raster file. `transform` is GDAL's; `crs` authid or WKT, empty when the file does not say."""

    path: str
    driver: str
    width: int
    height: int
    transform: tuple[float, ...]
    crs: str
    bands: int
    dtype: str
    palette: str = ""  # digest of the colour table, empty without one
    nodata: Optional[float] = None
    overviews: int = 0
    placed: bool = True  # has a geotransform
    date: str = ""
    date_source: str = ""

    @property
    def taken(self) -> ImageDate:
        """When it was taken, as far as the file tells."""
        return ImageDate(self.date, self.date_source)

    @property
    def pixel_m(self) -> float:
        """Ground size of a pixel in metres, roughly where the CRS is in degrees."""
        size = math.hypot(self.transform[1], self.transform[4])
        x, y = self.transform[0], self.transform[3]
        degrees = not self.crs and abs(x) <= 180 and abs(y) <= 90
        if self.crs:
            try:
                degrees = bool(spatial_reference(self.crs).IsGeographic())
            except WeipianError:
                degrees = False
        return size * _DEGREE_M if degrees else size

    @property
    def pixels(self) -> str:
        """「20000×20000，0.50 米，uint16 4 波段」."""
        depth = {"Byte": "8 位", "UInt16": "16 位", "Int16": "16 位"}.get(self.dtype, self.dtype)
        return f"{self.width}×{self.height}，{self.pixel_m:.2f} 米，{depth} {self.bands} 波段"

    def record(self) -> dict[str, Any]:
        """As plain values for an index file."""
        return asdict(self)

    @classmethod
    def of(cls, record: dict[str, Any]) -> Raster:
        """Read what `record` gave."""
        return cls(**{**record, "transform": tuple(record["transform"])})


def can_read(suffix: str) -> bool:
    """False for a format whose driver this GDAL lacks (ECW and MrSID are licensed)."""
    needed = {".ecw": "ECW", ".sid": "MrSID"}.get(suffix.lower())
    return needed is None or gdal.GetDriverByName(needed) is not None


def _open(path: str) -> Any:
    with quiet(GDAL_PAM_ENABLED="NO", GTIFF_POINT_GEO_IGNORE=None):
        try:
            return gdal.OpenEx(path, gdal.OF_RASTER | gdal.OF_READONLY)
        except RuntimeError:  # where QGIS or a plugin switched GDAL's exceptions on
            return None


def read_raster(path: Path) -> Raster:
    """What a file says of itself.

    Raises:
        WeipianError: E_FILE_MISSING, E_IMAGE_DRIVER, E_IMAGE_UNREADABLE.
    """
    if not path.exists():
        raise WeipianError("E_FILE_MISSING", path=path)
    if not can_read(path.suffix):
        raise WeipianError("E_IMAGE_DRIVER", path=path.name, kind=path.suffix[1:].upper())
    data = _open(str(path))
    if data is None or not data.RasterCount:
        raise WeipianError("E_IMAGE_UNREADABLE", path=path)
    band = data.GetRasterBand(1)
    transform, placed = _placement(data)
    date = _date_of(data, path)
    table = band.GetColorTable()
    return Raster(
        path=str(path),
        driver=str(data.GetDriver().ShortName),
        width=data.RasterXSize,
        height=data.RasterYSize,
        transform=transform,
        crs=_crs_of(data),
        bands=data.RasterCount,
        dtype=str(gdal.GetDataTypeName(band.DataType)),
        palette=_digest(table) if table is not None else "",
        nodata=band.GetNoDataValue(),
        overviews=band.GetOverviewCount(),
        placed=placed,
        date=date.text,
        date_source=date.source,
    )


def _digest(table: Any) -> str:
    return str(hash(tuple(table.GetColorEntry(i) for i in range(table.GetCount()))))


def _placement(data: Any) -> tuple[tuple[float, ...], bool]:
    found = data.GetGeoTransform(can_return_null=True)
    if found is None and data.GetGCPCount():
        found = gdal.GCPsToGeoTransform(data.GetGCPs())
    if found is None or tuple(found) == (0.0, 1.0, 0.0, 0.0, 0.0, 1.0):
        return (0.0, 1.0, 0.0, 0.0, 0.0, 1.0), False
    return tuple(float(v) for v in found), True


def _crs_of(data: Any) -> str:
    wkt = data.GetProjection() or data.GetGCPProjection() or ""
    if not wkt:
        return ""
    try:
        return authid_of(wkt) or wkt
    except WeipianError:
        return ""  # a local or engineering CRS says nothing about the place


# -- when it was taken -----------------------------------------------------------------------------


def _date_of(data: Any, path: Path) -> ImageDate:
    for domain in ("IMAGERY", "IMD", ""):
        for key, value in (data.GetMetadata(domain) or {}).items():
            if _KEYS.search(key) and _iso(value):
                return ImageDate(_iso(value), "metadata")
    beside = _from_sidecar(path)
    if beside:
        return ImageDate(beside, "metadata")
    named = date_in_name(path.stem)
    if named:
        return ImageDate(named, "name")
    written = _iso(str(data.GetMetadataItem("TIFFTAG_DATETIME") or "").replace(":", "-", 2))
    return ImageDate(written, "written") if written else ImageDate()


def _iso(text: str) -> str:
    """The day in a text of metadata, empty without one."""
    found = _DAY.search(text.replace("/", "-").replace(" ", "T", 1) if text else "")
    day = "-".join(found.groups()) if found else ""
    return day if parse_date(day) else ""


def _from_sidecar(path: Path) -> str:
    for tail in _SIDECARS:
        beside = path.with_name(path.stem + tail) if not tail.startswith(".tif.") else Path(f"{path}.xml")
        try:
            if not beside.is_file() or beside.stat().st_size > _SIDECAR_BYTES:
                continue
            found = _TAGS.search(beside.read_bytes().decode("utf-8", "replace"))
        except OSError:
            continue
        day = _iso(re.sub(r"[/. ]", "-", found.group(1))) if found else ""
        if day:
            return day
    return ""


def date_in_name(name: str) -> str:
    """Day, month or year in a file or folder name as ISO text; empty when it says none."""
    for found in _DAY.finditer(name):
        if parse_date("-".join(found.groups())):
            return "-".join(found.groups())
    month = _MONTH.search(name)
    if month:
        return f"{month.group(1)}-{int(month.group(2)):02d}"
    year = _YEAR.search(name.strip())
    return (year.group(1) or year.group(2)) if year else ""


# -- folders ---------------------------------------------------------------------------------------


def rasters_in(folder: Path) -> list[Path]:
    """Every raster below a folder, sorted; pictures without a world file, previews and pyramids are passed over.

    A .vrt counts only where nothing else is there: it mostly shows the same files again.
    """
    found = sorted(_walk(folder, 0))
    real = [path for path in found if path.suffix.lower() != ".vrt"]
    return (real or found)[:_MOST]


def _walk(folder: Path, depth: int) -> Iterator[Path]:
    try:
        inside = list(folder.iterdir())
    except OSError:
        return
    for path in inside:
        if path.name.startswith((".", "~$")):
            continue
        if path.is_dir():
            if depth + 1 < _DEPTH and path.suffix.lower() != ".gdb":
                yield from _walk(path, depth + 1)
        elif path.suffix.lower() in SUFFIXES and _is_imagery(path):
            yield path


def _is_imagery(path: Path) -> bool:
    suffix, name = path.suffix.lower(), path.stem.lower()
    if name.endswith(("_thumb", "-thumb", "_browse", "-browse", "_pan_thumb")):
        return False
    if suffix == ".dat":  # ENVI: a header tells it from any other .dat
        return path.with_suffix(".hdr").is_file() or Path(f"{path}.hdr").is_file()
    worlds = (*_WORLD.get(suffix, ()), ".wld")
    return suffix not in _PICTURES or any(path.with_suffix(end).is_file() for end in worlds)


def suggest_crs(raster: Raster, lon: Optional[float]) -> list[str]:
    """CGCS2000 systems that the numbers of a raster without CRS fit, the likeliest first; `lon` is the county's."""
    x, y = raster.transform[0], raster.transform[3]
    if 70 <= x <= 140 and 0 <= y <= 60:
        return ["EPSG:4490", "EPSG:4326"]
    if not 0 < y < 7e6:
        return []
    zone = int(x // 1_000_000)
    if 25 <= zone <= 45:
        return [f"EPSG:{4513 + zone - 25}"]
    if 13 <= zone <= 23:
        return [f"EPSG:{4491 + zone - 13}"]
    if not 50_000 < x < 950_000 or lon is None:
        return []
    three, six = round(lon / 3), int(lon // 6)
    found = [f"EPSG:{4534 + three - 25}"] if 25 <= three <= 45 else []
    return [*found, *([f"EPSG:{4502 + six - 12}"] if 12 <= six <= 22 else [])]


# -- what of a place is seen -----------------------------------------------------------------------


class Looker:
    """Reads small windows of rasters; keeps the files that were read last open. One thread."""

    def __init__(self, most: int = 12) -> None:
        self._open: OrderedDict[str, Any] = OrderedDict()
        self._ways: dict[str, Any] = {}
        self._most = most

    def close(self) -> None:
        """Let go of every file."""
        self._open.clear()

    def seen(self, raster: Raster, crs: str, points: Any) -> Any:
        """Which of these places (n, 2) lon/lat CGCS2000 the raster shows: inside, and not nodata or black."""
        nothing = np.zeros(len(points), dtype=bool)
        plane = self.plane(crs, points)
        inverse = gdal.InvGeoTransform(raster.transform) if raster.placed else None
        if plane is None or inverse is None:
            return nothing
        column = inverse[0] + inverse[1] * plane[:, 0] + inverse[2] * plane[:, 1]
        row = inverse[3] + inverse[4] * plane[:, 0] + inverse[5] * plane[:, 1]
        with np.errstate(invalid="ignore"):
            inside = (column >= 0) & (row >= 0) & (column < raster.width) & (row < raster.height)
        if not inside.any():
            return nothing
        valid = self._valid(raster, column[inside], row[inside])
        nothing[inside] = valid
        return nothing

    def plane(self, crs: str, points: Any) -> Optional[Any]:
        """Lon/lat CGCS2000 in `crs`, whatever its datum: for looking at, metres do not matter. None if impossible."""
        if crs not in self._ways:
            try:
                way = osr.CoordinateTransformation(spatial_reference("EPSG:4490"), spatial_reference(crs))
            except (WeipianError, RuntimeError):
                way = None
            self._ways[crs] = way
        way = self._ways[crs]
        if way is None:
            return None
        with quiet():
            try:
                return np.asarray(way.TransformPoints(np.asarray(points)[:, :2].tolist()))[:, :2]
            except RuntimeError:
                return None

    def _valid(self, raster: Raster, column: Any, row: Any) -> Any:
        everything = np.ones(len(column), dtype=bool)
        data = self._dataset(raster.path)
        if data is None:
            return ~everything
        left, top = int(column.min()), int(row.min())
        width = min(int(column.max()) + 1, raster.width) - left
        height = min(int(row.max()) + 1, raster.height) - top
        size = (min(width, _WINDOW), min(height, _WINDOW))
        shown = _shown(data, (left, top, width, height), size)
        if shown is None:
            return ~everything
        across = np.clip(((column - left) * size[0] / width).astype(int), 0, size[0] - 1)
        down = np.clip(((row - top) * size[1] / height).astype(int), 0, size[1] - 1)
        return shown[down, across]

    def _dataset(self, path: str) -> Any:
        if path in self._open:
            self._open.move_to_end(path)
            return self._open[path]
        data = _open(path)
        if data is not None:
            self._open[path] = data
            while len(self._open) > self._most:
                self._open.popitem(last=False)
        return data


def _shown(data: Any, window: tuple[int, int, int, int], size: tuple[int, int]) -> Optional[Any]:
    """A grid over a window: True where there is a picture. None when it cannot be read."""
    first = data.GetRasterBand(1)
    with quiet():
        try:
            black = first.ReadAsArray(*window, *size) == 0
            shown = np.ones(black.shape, dtype=bool)
            if first.GetMaskFlags() != gdal.GMF_ALL_VALID:
                shown = first.GetMaskBand().ReadAsArray(*window, *size) > 0
            # A collar nobody declared is black in every band; a class 0 of a palette is none.
            for number in range(2, min(data.RasterCount, 3) + 1):
                black &= black.any() and data.GetRasterBand(number).ReadAsArray(*window, *size) == 0
        except (RuntimeError, AttributeError, TypeError):  # a window that does not come gives None
            return None
    return shown & ~black if data.RasterCount >= 3 else shown


def grid_over(box: tuple[float, float, float, float], number: int = _POINTS) -> Any:
    """Centres of number² cells over a box, (n, 2)."""
    west, south, east, north = box
    steps = (np.arange(number) + 0.5) / number
    x, y = np.meshgrid(west + (east - west) * steps, south + (north - south) * steps)
    return np.column_stack((x.ravel(), y.ravel()))


def stretch(path: str, sample: Sequence[float] = (0.1, 0.3, 0.5, 0.7, 0.9)) -> list[tuple[float, float]]:
    """Darkest and lightest 2 % of each of the first three bands, from small windows and never the whole raster."""
    data = _open(path)
    if data is None:
        return []
    found = []
    for number in range(1, min(data.RasterCount, 4) + 1):
        values = _sampled(data, number, sample)
        if not values.size:
            return []
        low, high = np.percentile(values, (2, 98))
        found.append((float(low), float(high if high > low else low + 1)))
    return found


def _sampled(data: Any, number: int, places: Sequence[float]) -> Any:
    band = data.GetRasterBand(number)
    edge = min(128, data.RasterXSize, data.RasterYSize)
    parts = []
    with quiet():
        for across in places:
            for down in places:
                left, top = int((data.RasterXSize - edge) * across), int((data.RasterYSize - edge) * down)
                try:
                    block = band.ReadAsArray(left, top, edge, edge)
                except RuntimeError:
                    block = None
                if block is not None:
                    parts.append(block.ravel().astype(np.float64))
    values = np.concatenate(parts) if parts else np.empty(0)
    values = values[np.isfinite(values)]
    nodata = band.GetNoDataValue()
    values = values[values != nodata] if nodata is not None else values
    return values[values != 0]
