"""图斑成果.gpkg and 图斑成果.shp: the delivery returned value for value, with the results beside it (needs osgeo)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Optional, Union

from ..core.errors import WeipianError
from ..core.model import LEVEL_LABELS
from .facts import (
    SPLIT_LABELS,
    approval_no,
    area_mark,
    cropland_mu,
    is_clue,
    is_rectified,
    prime_mu,
    rectified_way,
    sub_type,
    total_mu,
    verdict_of,
)
from .model import PatchReport

if TYPE_CHECKING:
    from osgeo import ogr

RESULT_NAME = "图斑成果"
_CRS = 4490
#: dBASE: longest text field in bytes, longest field name in bytes.
_DBF_TEXT, _DBF_NAME = 254, 10
_Value = Union[str, float, None]


@dataclass(frozen=True)
class _Field:
    """A result field: name in the GeoPackage, name of at most ten bytes in the Shapefile, whether an area."""

    name: str
    short: str
    area: bool
    value: Callable[[PatchReport], Union[str, Decimal, None]]


def _land(name: str) -> Callable[[PatchReport], Optional[Decimal]]:
    return lambda r: getattr(r.summary, name) if r.summary and r.summary.has_landuse else None


def _overlap(name: str) -> Callable[[PatchReport], Optional[Decimal]]:
    return lambda r: getattr(r.summary, name) if r.summary else None


def _verdict(report: PatchReport) -> str:
    verdict = verdict_of(report)
    return verdict.label if verdict else ""


_FIELDS: tuple[_Field, ...] = (
    _Field("图斑编号_系统", "WP_TBBH", False, lambda r: r.patch.patch_id),
    _Field("图斑标识_系统", "WP_UID", False, lambda r: r.patch.patch_uid),
    _Field("拆分状态", "WP_CFZT", False, lambda r: SPLIT_LABELS.get(r.patch.split_state, "")),
    _Field("原图斑标识", "WP_YTBID", False, lambda r: r.patch.parent_uid or ""),
    _Field("批次名称", "WP_PC", False, lambda r: r.batch.name),
    _Field("等级", "WP_DJ", False, lambda r: LEVEL_LABELS.get(r.patch.monitor_level or 0, "")),
    _Field("判定", "WP_PD", False, _verdict),
    _Field("二级类", "WP_EJL", False, sub_type),
    _Field("判定依据", "WP_PDYJ", False, lambda r: r.judgement.basis if r.judgement else ""),
    _Field("图斑面积_亩", "WP_TBMJ", True, total_mu),
    _Field("面积来源", "WP_MJLY", False, area_mark),
    _Field("耕地_亩", "WP_GDMJ", True, cropland_mu),
    _Field("永久基本农田_亩", "WP_YNMJ", True, prime_mu),
    _Field("非耕农用地_亩", "WP_FGNYD", True, _land("agri_other")),
    _Field("未利用地_亩", "WP_WLYD", True, _land("unused")),
    _Field("建设用地_亩", "WP_JSYD", True, _land("construction")),
    _Field("未分类_亩", "WP_WFL", True, _land("unknown")),
    _Field("未覆盖_亩", "WP_WFG", True, _land("uncovered")),
    _Field("重复_亩", "WP_CF", True, _land("duplicate")),
    _Field("生态保护红线_亩", "WP_HXMJ", True, _overlap("redline")),
    _Field("城镇开发边界_亩", "WP_CZKF", True, _overlap("urban")),
    _Field("审批文号", "WP_SPWH", False, approval_no),
    _Field("填报状态", "WP_TBZT", False, lambda r: r.patch.review_status.label),
    _Field("查处状态", "WP_CCZT", False, lambda r: r.patch.case_status.label),
    _Field(
        "是否整改", "WP_SFZG", False, lambda r: "是" if is_rectified(r) else ("否" if _verdict(r) == "违法" else "")
    ),
    _Field("整改归类", "WP_ZGFS", False, rectified_way),
    _Field("剩余未整改_亩", "WP_SYMJ", True, lambda r: r.open_mu),
    _Field("备注_系统", "WP_BZ", False, lambda r: r.patch.remark or ""),
)


def write_result(folder: Path, reports: Sequence[PatchReport]) -> tuple[Path, Path]:
    """Write both files into `folder` (EPSG:4490, MultiPolygon) and give their paths.

    The Shapefile is what other software reads; its texts end at 254 bytes and its names at ten, the
    GeoPackage has everything whole.

    Raises:
        WeipianError: E_WRITE, E_LIBRARY without GDAL.
    """
    try:
        from osgeo import gdal, ogr, osr
    except ImportError as error:
        raise WeipianError("E_LIBRARY", name="GDAL (osgeo)") from error
    reports = [report for report in reports if not is_clue(report)]  # nobody issued them, nobody gets them back
    originals = list(dict.fromkeys(name for r in reports for name in r.patch.source_attributes))
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(_CRS)
    crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    paths = (folder / f"{RESULT_NAME}.gpkg", folder / f"{RESULT_NAME}.shp")
    with ogr.ExceptionMgr() if hasattr(ogr, "ExceptionMgr") else _Raising(gdal, ogr):
        for path, driver in zip(paths, ("GPKG", "ESRI Shapefile")):
            try:
                folder.mkdir(parents=True, exist_ok=True)
                _write(path, driver, reports, originals, crs)
            except (RuntimeError, OSError) as error:
                raise WeipianError("E_WRITE", path=path, detail=str(error)) from error
    return paths


class _Raising:
    """GDAL exceptions for a block (GDAL before 3.7 has no such manager); the former choice comes back."""

    def __init__(self, *modules: Any) -> None:
        self._modules = modules
        self._before = [module.GetUseExceptions() for module in modules]

    def __enter__(self) -> None:
        for module in self._modules:
            module.UseExceptions()

    def __exit__(self, *_: object) -> None:
        # GDAL stacks its error handlers: last in, first out.
        for module, before in reversed(tuple(zip(self._modules, self._before))):
            if not before:
                module.DontUseExceptions()


def _write(path: Path, driver: str, reports: Sequence[PatchReport], originals: Sequence[str], crs: Any) -> None:
    from osgeo import ogr

    shape = driver == "ESRI Shapefile"
    maker = ogr.GetDriverByName(driver)
    if path.exists():
        maker.DeleteDataSource(str(path))
    source = maker.CreateDataSource(str(path))
    options = ["ENCODING=UTF-8"] if shape else ["FID=wp_fid", "GEOMETRY_NAME=wp_geom"]
    layer = source.CreateLayer(RESULT_NAME, crs, ogr.wkbMultiPolygon, options)
    names = _names(originals, shape)
    widths = _widths(reports, originals) if shape else {}
    for name, out in zip(originals, names):
        field = ogr.FieldDefn(out, ogr.OFTString)
        if shape:
            field.SetWidth(widths[name])
        layer.CreateField(field)
    for item in _FIELDS:
        layer.CreateField(_definition(item, names, shape))
    layer.StartTransaction()
    for report in reports:
        layer.CreateFeature(_feature(layer, report, originals, shape))
    layer.CommitTransaction()
    layer.SyncToDisk()
    if shape:
        path.with_suffix(".cpg").write_text("UTF-8", encoding="ascii")


def _definition(item: _Field, taken: Sequence[str], shape: bool) -> ogr.FieldDefn:
    from osgeo import ogr

    name = item.short if shape else item.name
    while name.casefold() in {other.casefold() for other in taken}:  # a delivery that has been through here before
        name = f"{name[: _DBF_NAME - 1]}1" if shape and not name.endswith("1") else f"{name}_"
    field = ogr.FieldDefn(name, ogr.OFTReal if item.area else ogr.OFTString)
    if shape:
        field.SetWidth(16 if item.area else _DBF_TEXT)
        field.SetPrecision(2 if item.area else 0)
    return field


def _feature(layer: ogr.Layer, report: PatchReport, originals: Sequence[str], shape: bool) -> ogr.Feature:
    from osgeo import ogr

    feature = ogr.Feature(layer.GetLayerDefn())
    for index, name in enumerate(originals):
        _set(feature, index, report.patch.source_attributes.get(name), shape)
    for index, item in enumerate(_FIELDS, len(originals)):
        value = item.value(report)
        _set(feature, index, float(value) if isinstance(value, Decimal) else value, shape)
    if report.patch.wkb:
        geometry = ogr.CreateGeometryFromWkb(report.patch.wkb)
        feature.SetGeometry(ogr.ForceToMultiPolygon(geometry))
    return feature


def _set(feature: ogr.Feature, index: int, value: _Value, shape: bool) -> None:
    """NULL stays NULL, an empty text an empty text."""
    if value is None:
        feature.SetFieldNull(index)
    elif isinstance(value, str) and shape:
        feature.SetField(index, _cut(value, _DBF_TEXT))
    else:
        feature.SetField(index, value)


def _cut(text: str, limit: int) -> str:
    """At most `limit` bytes of UTF-8, never half a character."""
    return text.encode("utf-8")[:limit].decode("utf-8", "ignore")


def _names(originals: Iterable[str], shape: bool) -> list[str]:
    """Names of the original fields as the format allows them, unique without regard to case."""
    reserved = {"fid", "geom", "wp_fid", "wp_geom"}
    taken: set[str] = set()
    out = []
    for original in originals:
        name = _cut(original, _DBF_NAME) if shape else (f"{original}_" if original.casefold() in reserved else original)
        candidate, number = name, 1
        while candidate.casefold() in taken:
            number += 1
            suffix = f"_{number}"
            candidate = (_cut(name, _DBF_NAME - len(suffix)) if shape else name) + suffix
        taken.add(candidate.casefold())
        out.append(candidate)
    return out


def _widths(reports: Sequence[PatchReport], originals: Sequence[str]) -> dict[str, int]:
    """Bytes that the values of each original field need, 1 to 254."""
    width = dict.fromkeys(originals, 1)
    for report in reports:
        for name, value in report.patch.source_attributes.items():
            width[name] = max(width[name], len((value or "").encode("utf-8")))
    return {name: min(value, _DBF_TEXT) for name, value in width.items()}
