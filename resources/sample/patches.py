"""Lay out the change patches of one delivery and write them as the county hands them over."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from land import CROPLAND, Land, rectangle
from osgeo import gdal, ogr, osr
from shapely.geometry.base import BaseGeometry

BEFORE, AFTER = "20251006", "20260501"
#: 图斑分类 -> 监测等级.
LEVELS = {"新增非农建设类": "一级", "年度内持续变化类": "一级", "其他新增建设类": "二级", "其他变化类": "三级"}


@dataclass(frozen=True)
class Plan:
    """What is to happen on one patch: drawing kind, TBLX, class, land it lies on, size in m, cover by approvals."""

    kind: str
    type_code: str
    monitor_class: str
    ground: str  # cropland | prime | wood | urban | any | road
    length: float
    depth: float
    cover: str = ""
    inside: bool = False  # wholly inside one parcel


A, B, C, D = LEVELS
PLANS = (
    Plan("works", "20", A, "urban", 92, 62, "approved"),
    Plan("works", "20", A, "urban", 70, 46, "approved"),
    Plan("works", "JZ", A, "cropland", 58, 40, "approved_part"),
    Plan("works", "JZ", A, "prime", 44, 30, "", inside=True),
    Plan("hard", "YH", A, "prime", 36, 26, "", inside=True),
    Plan("hard", "YH", B, "cropland", 64, 40, "approved_late"),
    Plan("yard", "YH", B, "cropland", 50, 38),
    Plan("house", "20", A, "prime", 19, 13, "", inside=True),
    Plan("house", "20", A, "cropland", 18, 13, "", inside=True),
    Plan("house", "20", A, "any", 17, 14, "house"),
    Plan("soil", "TD", D, "cropland", 70, 52, "temp"),
    Plan("soil", "TD", D, "any", 84, 50, "temp_expired"),
    Plan("soil", "DT", D, "cropland", 40, 34),
    Plan("greenhouse", "20", C, "cropland", 66, 44, "facility"),
    Plan("greenhouse", "20", C, "prime", 52, 36, "facility_part"),
    Plan("solar", "GF", C, "any", 74, 56),
    Plan("road", "ND", C, "road", 240, 4.2),
    Plan("road_building", "DL2", B, "road", 300, 9.0),
    Plan("pit", "CK", B, "wood", 86, 70),
    Plan("soil", "DT", D, "wood", 60, 44),
    Plan("pond", "KT", D, "prime", 46, 34, "", inside=True),
    Plan("unchanged", "QT", D, "cropland", 42, 30),
    Plan("hard", "YH", A, "urban", 56, 42, "supply_only"),
    Plan("works", "20", C, "cropland", 40, 30, "approved"),
)


@dataclass(frozen=True)
class SamplePatch:
    """One laid-out patch in EPSG:4545."""

    patch_id: str
    plan: Plan
    shape: BaseGeometry
    village: str = ""


def _shape(rng: np.random.Generator, x: float, y: float, plan: Plan, angle: float) -> BaseGeometry:
    """Outline as an interpreter draws it: rectangles, L shapes, rounded earthworks."""
    base = rectangle(x, y, plan.length, plan.depth, angle)
    if plan.kind in ("soil", "pit", "pond"):
        turn = np.linspace(0, 2 * np.pi, 15)[:-1]
        radius = 0.5 * (1 + 0.18 * np.cos(2 * turn + rng.uniform(0, 6)) + rng.normal(0, 0.06, turn.size))
        u, v = plan.length * radius * np.cos(turn), plan.depth * radius * np.sin(turn)
        ring = np.column_stack([x + u * np.cos(angle) - v * np.sin(angle), y + u * np.sin(angle) + v * np.cos(angle)])
        return shapely.Polygon(ring)
    if plan.kind in ("works", "hard", "yard") and plan.length > 50:
        corner = np.array(base.exterior.coords)[2]
        return base.difference(rectangle(corner[0], corner[1], plan.length * 0.5, plan.depth * 0.6, angle))
    return base


def _road(land: Land, rng: np.random.Generator, plan: Plan, number: int) -> BaseGeometry:
    """A strip that leaves an existing road and crosses the fields."""
    way = land.roads[1 + number % (len(land.roads) - 1)]
    at = way.interpolate(0.2 + 0.45 * (number % 2) + rng.uniform(0, 0.08), normalized=True)
    t = np.linspace(0, 1, 14)
    heading = (-1 if at.x > (land.extent[0] + land.extent[2]) / 2 else 1) * rng.uniform(0.85, 1.0)
    x = at.x + heading * (6 + t * plan.length)
    y = at.y + 22 * np.sin(t * 3.1 + rng.uniform(0, 1)) + t * rng.uniform(-40, 40)
    return shapely.LineString(np.column_stack([x, y])).buffer(plan.depth / 2, cap_style="flat")


def _suits(land: Land, plan: Plan, code: str, x: float, y: float, prime: BaseGeometry, urban: BaseGeometry) -> bool:
    """Whether a parcel is ground as the plan wants it."""
    point = shapely.Point(x, y)
    if plan.ground == "prime":
        return code in CROPLAND and prime.contains(point)
    if plan.ground == "urban":
        return urban.contains(point) and code in (*CROPLAND, "0201", "0404", "0305")
    if plan.ground == "cropland":
        return code in CROPLAND and not prime.contains(point) and not urban.contains(point)
    if plan.ground == "wood":
        return code in ("0301", "0302", "0305") and land.height(x, y) > 0.55
    return code not in ("1003", "1101", "0702", "0601", "08H2", "1006")


def lay_out(
    land: Land, prime: BaseGeometry, urban: BaseGeometry, count: int, rng: np.random.Generator
) -> list[SamplePatch]:
    """Find a place for `count` patches; they do not touch each other."""
    built = shapely.union_all([p.shape for p in land.parcels if p.code in ("1003", "1101", "0601", "08H2", "0702")])
    frame = shapely.box(*land.extent).buffer(-25)
    taken: list[BaseGeometry] = []
    found: list[SamplePatch] = []
    for number in range(count):
        plan = PLANS[number % len(PLANS)]
        shape = None
        for attempt in range(900):
            loose = attempt > 450  # no such ground left: take what there is
            if plan.ground == "road":
                trial = _road(land, rng, plan, number + attempt).intersection(frame)
            else:
                parcel = land.parcels[int(rng.integers(len(land.parcels)))]
                inner = parcel.shape.representative_point()
                if not (loose or _suits(land, plan, parcel.code, inner.x, inner.y, prime, urban)):
                    continue
                trial = _shape(rng, inner.x, inner.y, plan, parcel.angle)
                if plan.inside and not loose:
                    trial = trial.intersection(parcel.shape.buffer(-0.8))
                    if trial.area < plan.length * plan.depth * 0.55:
                        continue
            if trial.geom_type not in ("Polygon",) or not trial.is_valid or not frame.buffer(1).contains(trial):
                continue
            clash = trial.intersection(built).area > (30 if plan.ground == "road" else 0.5)
            if not clash and all(trial.distance(other) > 14 for other in taken):
                shape = trial
                break
        if shape is not None:
            taken.append(shape)
            shape = shapely.set_precision(shape, 0.001)
            found.append(SamplePatch(f"500112SJBG2621{1001 + number * 7:04d}", plan, shape))
    return found


def write_delivery(folder: Path, patches: list[SamplePatch], town: str) -> Path:
    """Shapefile as it comes down: GBK without .cpg, EPSG:4545, areas in m² rounded to 0.01."""
    from constraints import ellipsoidal_m2

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "2026年5月卫片执法图斑.shp"
    driver = ogr.GetDriverByName("ESRI Shapefile")
    source = driver.CreateDataSource(str(path))
    plane = osr.SpatialReference()
    plane.ImportFromEPSG(4545)
    layer = source.CreateLayer(path.stem, plane, ogr.wkbPolygon, options=["ENCODING=CP936"])
    texts = (
        ("JCBH", 30),
        ("XZQDM", 6),
        ("XMC", 50),
        ("XZMC", 50),
        ("CMC", 50),
        ("TBLX", 10),
        ("TBFL", 30),
        ("TBJB", 10),
    )
    for name, width in (*texts, ("QSX", 8), ("HSX", 8), ("PC", 30), ("XFSJ", 10), ("BZ", 254)):
        field = ogr.FieldDefn(name, ogr.OFTString)
        field.SetWidth(width)
        layer.CreateField(field)
    area = ogr.FieldDefn("JCMJ", ogr.OFTReal)
    area.SetWidth(18)
    area.SetPrecision(2)
    layer.CreateField(area)
    for patch in patches:
        feature = ogr.Feature(layer.GetLayerDefn())
        level = LEVELS[patch.plan.monitor_class]
        values = {
            "JCBH": patch.patch_id, "XZQDM": "500112", "XMC": "渝北区", "XZMC": town, "CMC": patch.village,
            "TBLX": patch.plan.type_code, "TBFL": patch.plan.monitor_class, "TBJB": level, "QSX": BEFORE, "HSX": AFTER,
            "PC": "2026年5月", "XFSJ": "2026-05-12", "BZ": "示例数据", "JCMJ": round(ellipsoidal_m2(patch.shape), 2),
        }  # fmt: skip
        for name, value in values.items():
            feature.SetField(name, value)
        feature.SetGeometry(ogr.CreateGeometryFromWkb(shapely.to_wkb(patch.shape)))
        layer.CreateFeature(feature)
    del layer, source
    gdal.Unlink(str(path.with_suffix(".cpg")))
    return path
