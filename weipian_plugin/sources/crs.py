"""Coordinate systems: what a layer says it is in, and how to get from one to another.

Coordinates are always lon/lat or east/north, whatever axis order the authority defines. CGCS2000 and
WGS84 are treated as coincident (metre level, dossier 3.8); Xian 1980 and Beijing 1954 need parameters
that are not public and are refused.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Optional

import numpy as np
import shapely
from osgeo import osr

from ..core.errors import WeipianError
from ..geo.gauss_kruger import GaussKruger
from .quiet import quiet

#: Names of the datum as EPSG, ESRI and domestic software write it, letters and digits only.
_CGCS2000 = {"china2000", "dchina2000", "cgcs2000", "dcgcs2000", "chinageodeticcoordinatesystem2000"}
_WGS84 = {"wgs84", "wgs1984", "dwgs1984", "dwgs84", "worldgeodeticsystem1984", "worldgeodeticsystem1984ensemble"}
_DEGREE_M = 111320.0
_AUTHID = re.compile(r"\s*(?:EPSG:)?(\d{4,6})\s*", re.IGNORECASE)


def _parse(crs: str) -> Optional[Any]:
    """A SpatialReference in traditional axis order, None if GDAL cannot read `crs`."""
    srs = osr.SpatialReference()
    match = _AUTHID.fullmatch(crs)
    with quiet():
        try:
            code = srs.ImportFromEPSG(int(match.group(1))) if match else srs.ImportFromWkt(crs)
        except RuntimeError:  # raised where the host process switched GDAL's exceptions on
            return None
    if code != 0 or not (srs.IsGeographic() or srs.IsProjected()):
        return None
    srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return srs


def spatial_reference(crs: str) -> Any:
    """`EPSG:n`, a bare code or WKT -> osr.SpatialReference in lon/lat or east/north order.

    Raises:
        WeipianError: E_CRS_INVALID.
    """
    srs = _parse(crs) if crs.strip() else None
    if srs is None:
        raise WeipianError("E_CRS_INVALID", crs=crs.strip()[:60] or "（空）")
    return srs


def is_geographic(crs: str) -> bool:
    """True for degrees, False for a projected CRS. Raises E_CRS_INVALID."""
    return bool(spatial_reference(crs).IsGeographic())


def label_of(crs: str) -> str:
    """A short name for messages: authid and name, or the name alone."""
    srs = _parse(crs) if crs.strip() else None
    if srs is None:
        return crs.strip()[:60] or "（空）"
    authid = authid_of(crs)
    return f"{authid}（{srs.GetName()}）" if authid else str(srs.GetName())


def _datum(srs: Any) -> str:
    """cgcs2000, wgs84 or the bare letters of any other datum name.

    A name of ours over another ellipsoid (a .prj put together by hand) is none of ours.
    """
    name = re.sub(r"[^a-z0-9]", "", str(srs.GetAttrValue("DATUM") or "").lower())
    if not _ours(srs):
        return name if name not in _CGCS2000 | _WGS84 else f"{name}?"
    if name in _CGCS2000:
        return "cgcs2000"
    return "wgs84" if name in _WGS84 else name


def _ours(srs: Any) -> bool:
    """True for the ellipsoid of CGCS2000 (GRS 80) or WGS 84: half a millimetre apart."""
    return abs(srs.GetSemiMajor() - 6378137.0) < 0.01 and abs(srs.GetInvFlattening() - 298.25722) < 1e-4


def datum_label(crs: str) -> str:
    """西安80, 北京54, CGCS2000, WGS84 or the name of the datum, for a sentence. Raises E_CRS_INVALID."""
    srs = spatial_reference(crs)
    axis, name = float(srs.GetSemiMajor()), _datum(srs)
    if name in ("cgcs2000", "wgs84"):
        return name.upper()
    if abs(axis - 6378140.0) < 0.5 or "xian" in name:
        return "西安80"
    if abs(axis - 6378245.0) < 0.5 or "beijing" in name:
        return "北京54"
    return str(srs.GetAttrValue("DATUM") or "未知基准")


def nameless_cgcs2000(crs: str) -> str:
    """The CGCS2000 CRS with the parameters of one whose datum has a name of its own; "" for any other.

    Software that makes up names ("D_自定义") keeps the ellipsoid; well-known datums on the same ellipsoid
    (ETRS89, NAD83 …) are in PROJ's database and do not count. Raises E_CRS_INVALID.
    """
    srs = spatial_reference(crs)
    if _datum(srs) in ("cgcs2000", "wgs84") or not _ours(srs) or _known_datum(srs):
        return ""
    if srs.IsGeographic():
        return "EPSG:4490"
    zone = _zone_of(srs)
    code = _epsg_of_zone(zone, str(srs.GetName())) if zone is not None else None
    return f"EPSG:{code}" if code else ""


def _known_datum(srs: Any) -> bool:
    """Whether PROJ knows the geographic CRS underneath under some code."""
    base = srs.CloneGeogCS()
    if base is None:
        return False
    if base.GetAuthorityName(None):
        return True
    return any(confidence >= 90 for _, confidence in base.FindMatches() or [])


def read_prj(raw: bytes) -> str:
    """What the bytes of a .prj or .qpj say: authid or WKT, "" when they say nothing that can be read.

    GDAL reads WKT 1 in UTF-8 only; Windows programs leave UTF-16, GBK names and WKT 2 as well.
    """
    codec = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    for name in (codec, "gbk", "latin-1"):
        try:
            text = raw.decode(name).replace("\0", "").strip()
        except UnicodeDecodeError:
            continue
        srs = _parse(text) if text else None
        if srs is None or str(srs.GetName()).startswith("Undefined"):
            continue
        try:
            return authid_of(text) or text
        except WeipianError:
            continue
    return ""


def same_datum(crs: str) -> bool:
    """True if `crs` is on CGCS2000, or on WGS84, which is coincident at the metre level.

    Raises:
        WeipianError: E_CRS_INVALID.
    """
    return _datum(spatial_reference(crs)) in ("cgcs2000", "wgs84")


def _projection_zone(srs: Any) -> Optional[GaussKruger]:
    """The Gauss-Krüger zone by parameters, whatever the CRS is called; None if it is none."""
    return _zone_of(srs) if srs.IsProjected() and _datum(srs) == "cgcs2000" else None


def _zone_of(srs: Any) -> Optional[GaussKruger]:
    """Meridian and false origin of a transverse Mercator in metres with scale 1 on the equator, else None."""
    if srs.GetAttrValue("PROJECTION") not in ("Transverse_Mercator", "Gauss_Kruger"):
        return None
    plain = (
        srs.GetNormProjParm(osr.SRS_PP_SCALE_FACTOR, 1.0) == 1.0
        and srs.GetNormProjParm(osr.SRS_PP_LATITUDE_OF_ORIGIN, 0.0) == 0.0
        and abs(srs.GetLinearUnits() - 1.0) < 1e-12
    )
    if not plain:
        return None
    return GaussKruger(
        srs.GetNormProjParm(osr.SRS_PP_CENTRAL_MERIDIAN, 0.0),
        srs.GetNormProjParm(osr.SRS_PP_FALSE_EASTING, 0.0),
        srs.GetNormProjParm(osr.SRS_PP_FALSE_NORTHING, 0.0),
    )


def gauss_kruger_of(crs: str) -> Optional[GaussKruger]:
    """The zone of a CGCS2000 Gauss-Krüger CRS, None for any other. Raises E_CRS_INVALID."""
    return _projection_zone(spatial_reference(crs))


def _epsg_of_zone(zone: GaussKruger, name: str) -> Optional[int]:
    """EPSG 4491-4554 with the parameters of `zone`.

    Three- and six-degree zones without prefix coincide where the meridian is the same; then the name
    decides, and the three-degree one is taken when it does not.
    """
    six = re.search(r"gauss|gk", name, re.IGNORECASE) and not re.search(r"3.?degree", name, re.IGNORECASE)
    ranges = (range(4491, 4513), range(4513, 4555))
    for codes in ranges if six else ranges[::-1]:
        for code in codes:
            if GaussKruger.from_epsg(code) == zone:
                return code
    return None


@lru_cache(maxsize=256)
def authid_of(crs: str) -> Optional[str]:
    """`EPSG:n` of a WKT (or authid), matched by parameters; None if there is no such code.

    Raises:
        WeipianError: E_CRS_INVALID.
    """
    srs = spatial_reference(crs)
    zone = _projection_zone(srs)
    if zone is not None:
        code = _epsg_of_zone(zone, str(srs.GetName()))
        return f"EPSG:{code}" if code else None
    if srs.IsGeographic() and _datum(srs) in ("cgcs2000", "wgs84") and srs.GetAngularUnits() < 0.0175:
        return "EPSG:4490" if _datum(srs) == "cgcs2000" else "EPSG:4326"
    if srs.GetAuthorityName(None) == "EPSG" and srs.GetAuthorityCode(None):
        return f"EPSG:{srs.GetAuthorityCode(None)}"
    for match, confidence in srs.FindMatches() or []:
        if confidence >= 90 and match.GetAuthorityName(None) == "EPSG":
            return f"EPSG:{match.GetAuthorityCode(None)}"
    return None


class Transformer:
    """Coordinates from `src` to `dst` (authid or WKT), both in lon/lat or east/north order.

    Raises:
        WeipianError: E_CRS_INVALID, or E_CRS_DATUM when the datums are not coincident.
    """

    def __init__(self, src: str, dst: str) -> None:
        source, target = spatial_reference(src), spatial_reference(dst)
        self._check_datums(src, dst)
        self._zones = (_projection_zone(source), _projection_zone(target))
        self._degrees = bool(source.IsGeographic())
        lonlat = tuple(srs.IsGeographic() and _datum(srs) in ("cgcs2000", "wgs84") for srs in (source, target))
        self.identity = (
            bool(source.IsSame(target))
            or all(lonlat)
            or (self._zones[0] is not None and self._zones[0] == self._zones[1])
        )
        self._native = all(zone is not None or flat for zone, flat in zip(self._zones, lonlat))
        self._osr = None if self._native else osr.CoordinateTransformation(source, target)

    @staticmethod
    def _check_datums(src: str, dst: str) -> None:
        first, second = _datum(spatial_reference(src)), _datum(spatial_reference(dst))
        coincident = ("cgcs2000", "wgs84")
        if first != second and not (first in coincident and second in coincident):
            raise WeipianError("E_CRS_DATUM", crs=label_of(src if first not in coincident else dst))

    @property
    def straight(self) -> bool:
        """True if straight edges stay straight: nothing changes, or the false origin only."""
        first, second = self._zones
        same = first is not None and second is not None and first.central_meridian == second.central_meridian
        return self.identity or same

    def array(self, coords: Any) -> Any:
        """An (n, 2) array of coordinates -> a new one in `dst`.

        Raises:
            WeipianError: E_CRS_DATUM where PROJ has no value (outside the projection's domain).
        """
        if self.identity or not len(coords):
            return np.array(coords, dtype=np.float64)
        first, second = self._zones
        if self.straight and first is not None and second is not None:
            shift = (second.false_easting - first.false_easting, second.false_northing - first.false_northing)
            return np.asarray(coords, dtype=np.float64) + shift
        if self._osr is None:
            lon, lat = first.inverse(coords[:, 0], coords[:, 1]) if first else (coords[:, 0], coords[:, 1])
            return np.column_stack(second.forward(lon, lat) if second else (lon, lat))
        return np.asarray(self._osr.TransformPoints(np.asarray(coords)[:, :2].tolist()))[:, :2]

    def xy(self, x: float, y: float) -> tuple[float, float]:
        """One point."""
        east, north = self.array(np.array([[x, y]], dtype=np.float64))[0]
        return float(east), float(north)

    def geometry(self, geom: Any, densify_m: float = 100.0) -> Any:
        """A shapely geometry (or an array of them), edges densified to `densify_m` before they bend."""
        if not self.straight and densify_m > 0:
            geom = shapely.segmentize(geom, densify_m / (_DEGREE_M if self._degrees else 1.0))
        return shapely.transform(geom, self._placed)

    def _placed(self, coords: Any) -> Any:
        """`array`, with infinity where there is no value: a ring whose ends are NaN counts as open, and GEOS throws."""
        with np.errstate(over="ignore", invalid="ignore"):
            found = self.array(coords)
        return np.where(np.isnan(found), np.inf, found) if np.isnan(found).any() else found

    def bounds(self, bbox: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """A box that encloses the transformed box, its edges densified."""
        x0, y0, x1, y1 = bbox
        if x0 == x1 and y0 == y1:  # the box of one point has no edges
            east, north = self.xy(x0, y0)
            return (east, north, east, north)
        ring = shapely.segmentize(shapely.box(x0, y0, x1, y1), max(x1 - x0, y1 - y0, 1e-9) / 8)
        lines = self.array(shapely.get_coordinates(ring))
        return (*map(float, lines.min(axis=0)), *map(float, lines.max(axis=0)))
