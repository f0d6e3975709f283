"""Layers that patches are measured against, over the extent of any raster.

    constraints.py RASTER OUT [--seed N] [--patches FILE]

writes DLTB, YJJBNTBHTB, STBHHX, CZKFBJ, 农转用, 供地, 临时用地, 设施农用地 and 村界 as GeoPackages
into OUT and `layers.json` (role -> layer), so that the same job runs on real imagery. With
`--patches` the approvals lie on some of those patches; without, on some fields. Everything here is
invented from the seed.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import shapely
from geographiclib.geodesic import Geodesic
from land import CROPLAND, NAMES, Land, make_land
from osgeo import gdal, ogr, osr
from shapely.geometry.base import BaseGeometry

VILLAGES = ("柏树村", "双桥村", "青石村", "梨园村")
EPSG = 4545
CGCS2000 = Geodesic(6378137.0, 1 / 298.257222101)
Row = tuple[BaseGeometry, Mapping[str, object]]


def _transform() -> osr.CoordinateTransformation:
    """EPSG:4545 east/north -> lon/lat."""
    plane, degrees = osr.SpatialReference(), osr.SpatialReference()
    plane.ImportFromEPSG(EPSG)
    degrees.ImportFromEPSG(4490)
    for system in (plane, degrees):
        system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return osr.CoordinateTransformation(plane, degrees)


def lonlat(x: float, y: float) -> tuple[float, float]:
    """One place in degrees."""
    lon, lat, _ = _transform().TransformPoint(x, y)
    return lon, lat


def ellipsoidal_m2(shape: BaseGeometry) -> float:
    """Area on the CGCS2000 ellipsoid by GeographicLib, independent of the plugin."""
    total = 0.0
    transform = _transform()
    for part in shapely.get_parts(shape):
        for ring, sign in ((part.exterior, 1), *((hole, -1) for hole in part.interiors)):
            polygon = CGCS2000.Polygon()
            for lon, lat, _ in transform.TransformPoints([tuple(c[:2]) for c in ring.coords[:-1]]):
                polygon.AddPoint(lat, lon)
            total += sign * abs(polygon.Compute()[2])
    return total


def write_layer(path: Path, name: str, rows: Iterable[Row], fields: Sequence[tuple[str, int]]) -> None:
    """A GeoPackage layer of multipolygons in EPSG:4545; a field of width 0 is a number."""
    path.unlink(missing_ok=True)
    gdal.SetConfigOption("OGR_CURRENT_DATE", "2026-05-12T00:00:00.000Z")
    source = ogr.GetDriverByName("GPKG").CreateDataSource(str(path), options=["VERSION=1.2"])
    plane = osr.SpatialReference()
    plane.ImportFromEPSG(EPSG)
    layer = source.CreateLayer(name, plane, ogr.wkbMultiPolygon)
    for field_name, width in fields:
        definition = ogr.FieldDefn(field_name, ogr.OFTString if width else ogr.OFTReal)
        if width:
            definition.SetWidth(width)
        layer.CreateField(definition)
    layer.StartTransaction()
    for shape, values in rows:
        feature = ogr.Feature(layer.GetLayerDefn())
        for key, value in values.items():
            feature.SetField(key, value)
        parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"]
        feature.SetGeometry(ogr.CreateGeometryFromWkb(shapely.to_wkb(shapely.MultiPolygon(parts))))
        layer.CreateFeature(feature)
    layer.CommitTransaction()


def villages(land: Land) -> list[tuple[str, str, BaseGeometry]]:
    """Name, 12-digit code and shape: four quarters along field edges."""
    xmin, ymin, xmax, ymax = land.extent
    groups: dict[int, list[BaseGeometry]] = {0: [], 1: [], 2: [], 3: []}
    for parcel in land.parcels:
        c = parcel.shape.representative_point()
        groups[(c.x > xmin + (xmax - xmin) * 0.47) + 2 * (c.y < ymin + (ymax - ymin) * 0.52)].append(parcel.shape)
    return [(VILLAGES[i], f"500112199{201 + i}", shapely.union_all(shapes)) for i, shapes in groups.items()]


def prime_farmland(land: Land) -> list[BaseGeometry]:
    """Cropland of the valley: parcels as a whole, a few left out."""
    return [
        parcel.shape
        for i, parcel in enumerate(land.parcels)
        if parcel.code in CROPLAND and land.height(*parcel.shape.representative_point().coords[0]) < 0.5 and i % 7
    ]


def red_line(land: Land) -> BaseGeometry:
    """The highest wood."""
    woods = [p.shape for p in land.parcels if p.code in ("0301", "0302", "0305")]
    high = [w for w in woods if land.height(*w.representative_point().coords[0]) > 0.62]
    return shapely.union_all(high or woods).buffer(6).buffer(-5).simplify(0.5)


def urban(land: Land) -> BaseGeometry:
    """A stretch on both sides of the main road."""
    xmin, ymin, xmax, ymax = land.extent
    part = land.roads[0].intersection(shapely.box(xmin + (xmax - xmin) * 0.52, ymin, xmax, ymax))
    return part.buffer(min(150, (ymax - ymin) * 0.16)).intersection(shapely.box(*land.extent)).simplify(1.0)


def _grown(shape: BaseGeometry, margin: float = 3.0) -> BaseGeometry:
    return shape.buffer(margin, join_style="mitre")


def _half(shape: BaseGeometry, share: float = 0.58) -> BaseGeometry:
    """The western part of a patch, a little wider on the other sides."""
    xmin, ymin, xmax, ymax = shape.bounds
    return _grown(shape).intersection(shapely.box(xmin - 9, ymin - 9, xmin + (xmax - xmin) * share, ymax + 9))


#: cover -> (file stem, share of the patch or None for all, document number, date, project, expiry).
APPROVALS = {
    "approved": ("农转用", None, "渝府地〔2024〕{n}号", "2024-08-16", "工业集中区标准厂房", ""),
    "approved_part": ("农转用", 0.58, "渝府地〔2025〕{n}号", "2025-03-20", "农产品加工车间", ""),
    "approved_late": ("农转用", None, "渝府地〔2026〕{n}号", "2026-06-30", "物流堆场", ""),
    "supply_only": ("供地", None, "渝北地供〔2024〕{n}号", "2024-11-02", "停车场", ""),
    "temp": ("临时用地", None, "渝北临用〔2025〕{n}号", "2025-07-01", "道路工程施工便道及弃土场", "2027-06-30"),
    "temp_expired": ("临时用地", None, "渝北临用〔2021〕{n}号", "2021-09-10", "管线工程材料堆场", "2023-09-09"),
    "facility": ("设施农用地", None, "设农备〔2025〕{n}号", "2025-04-11", "蔬菜大棚基地", ""),
    "facility_part": ("设施农用地", 0.5, "设农备〔2025〕{n}号", "2025-05-20", "育苗大棚", ""),
    "house": ("农村宅基地", None, "渝北宅〔2024〕{n}号", "2024-12-05", "农村宅基地", ""),
}
APPROVAL_FIELDS = (("PZWH", 60), ("PZSJ", 10), ("XMMC", 100), ("YXQZ", 10), ("PZMJ", 0))
ROLE_FILES = {
    "approval": "农转用", "supply": "供地", "temp_land": "临时用地",
    "facility_agri": "设施农用地", "rural_house": "农村宅基地",
}  # fmt: skip


def approvals(covers: Iterable[tuple[str, BaseGeometry]]) -> dict[str, list[Row]]:
    """Rows per file; approved building land is also supplied, as 批供手续齐全 wants it."""
    rows: dict[str, list[Row]] = {stem: [] for stem in ROLE_FILES.values()}
    for number, (cover, shape) in enumerate(covers, start=11):
        stem, share, document, date, project, expiry = APPROVALS[cover]
        area = _grown(shape) if share is None else _half(shape, share)
        values = {"PZWH": document.format(n=number), "PZSJ": date, "XMMC": project, "YXQZ": expiry}
        rows[stem].append((area, {**values, "PZMJ": round(ellipsoidal_m2(area), 2)}))
        if cover == "approved":
            supply = {**values, "PZWH": f"渝北地供〔2025〕{number}号", "PZSJ": "2025-01-20"}
            rows["供地"].append((_grown(shape, 1.5), {**supply, "PZMJ": round(ellipsoidal_m2(area), 2)}))
    return rows


def write_all(out: Path, land: Land, covers: Iterable[tuple[str, BaseGeometry]]) -> dict[str, dict[str, str]]:
    """Write every layer; returns role -> {source, layer, class_field, scheme}."""
    out.mkdir(parents=True, exist_ok=True)
    named = villages(land)

    def unit(shape: BaseGeometry) -> tuple[str, str]:
        inner = shape.representative_point()
        return next(((code, name) for name, code, area in named if area.contains(inner)), ("", ""))

    def dltb() -> Iterable[Row]:
        for number, parcel in enumerate(land.parcels, start=1):
            code, name = unit(parcel.shape)
            yield parcel.shape, {
                "BSM": f"500112211{number:09d}", "TBBH": f"{number:04d}", "DLBM": parcel.code,
                "DLMC": NAMES[parcel.code], "ZLDWDM": f"{code}0000000", "ZLDWMC": name,
                "TBMJ": round(ellipsoidal_m2(parcel.shape), 2),
            }  # fmt: skip

    landuse = (("BSM", 18), ("TBBH", 8), ("DLBM", 5), ("DLMC", 60), ("ZLDWDM", 19), ("ZLDWMC", 255), ("TBMJ", 0))
    write_layer(out / "DLTB.gpkg", "DLTB", dltb(), landuse)
    prime = [
        (s, {"YJJBNTTBBH": f"{i:06d}", "YJJBNTMJ": round(s.area, 2)}) for i, s in enumerate(prime_farmland(land), 1)
    ]
    write_layer(out / "YJJBNTBHTB.gpkg", "YJJBNTBHTB", prime, (("YJJBNTTBBH", 20), ("YJJBNTMJ", 0)))
    line = [(red_line(land), {"HXMC": "示例生态保护红线", "HXLX": "水源涵养"})]
    write_layer(out / "STBHHX.gpkg", "STBHHX", line, (("HXMC", 100), ("HXLX", 50)))
    growth = [(urban(land), {"GHFQMC": "城镇集中建设区"})]
    write_layer(out / "CZKFBJ.gpkg", "CZKFBJ", growth, (("GHFQMC", 50),))
    areas = [(shape, {"ZLDWDM": code, "ZLDWMC": name}) for name, code, shape in named]
    write_layer(out / "村界.gpkg", "村界", areas, (("ZLDWDM", 12), ("ZLDWMC", 100)))
    for stem, rows in approvals(covers).items():
        write_layer(out / f"{stem}.gpkg", stem, rows, APPROVAL_FIELDS)
    files = {
        "landuse": "DLTB", "prime_farmland": "YJJBNTBHTB", "eco_redline": "STBHHX", "urban_boundary": "CZKFBJ",
        "village": "村界", **ROLE_FILES,
    }  # fmt: skip
    layers = {role: {"source": str(out / f"{stem}.gpkg"), "layer": stem} for role, stem in files.items()}
    layers["landuse"].update(class_field="DLBM", scheme="td1055")
    return layers


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("raster", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=20260501)
    parser.add_argument("--patches", type=Path)
    given = parser.parse_args()
    raster = gdal.Open(str(given.raster))
    x, dx, _, y, _, dy = raster.GetGeoTransform()
    extent = (x, y + dy * raster.RasterYSize, x + dx * raster.RasterXSize, y)
    land = make_land(extent, np.random.default_rng(given.seed))
    shapes: list[BaseGeometry] = []
    if given.patches:
        source = ogr.Open(str(given.patches))
        shapes = [shapely.from_wkb(bytes(f.GetGeometryRef().ExportToWkb())) for f in source.GetLayer(0)]
    else:
        shapes = [p.shape for p in land.parcels if p.code in CROPLAND]
    shapes = sorted((s for s in shapes if s.is_valid), key=lambda s: -s.area)
    covers = list(zip(APPROVALS, shapes[2::3]))
    given.out.mkdir(parents=True, exist_ok=True)
    layers = write_all(given.out, land, covers)
    (given.out / "layers.json").write_text(json.dumps(layers, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    _main()
