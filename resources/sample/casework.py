"""What the clerk brings to the sample: site photos, papers and the table of decisions."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import shapely
from constraints import APPROVALS, ellipsoidal_m2, lonlat
from geographiclib.geodesic import Geodesic
from openpyxl import Workbook
from patches import SamplePatch
from scenes import Shot, write_paper, write_photo

COLUMNS = (
    "图斑编号", "判定", "二级类", "判定依据说明", "理由", "用地主体", "项目名称", "建设时间", "实地用途", "批准文号",
    "道路宽度", "动作", "日期", "文号", "单位", "责任人", "整改方式", "拆除面积", "复耕面积", "补办面积", "附件",
    "附件用途", "备注",
)  # fmt: skip
#: kind and cover -> 判定, 二级类, 判定依据说明, 用地主体, 实地用途.
JUDGED: Mapping[tuple[str, str], tuple[str, str, str, str, str]] = {
    ("works", "approved"): ("合法", "批供手续齐全", "农转用和供地覆盖图斑，批准在动工前", "示例实业公司", "标准厂房"),
    ("works", "approved_part"): ("违法", "超占用地", "批准范围以外部分未办理手续", "示例食品厂", "加工车间"),
    ("works", ""): ("违法", "厂房类", "未取得任何用地手续建设厂房，占用永久基本农田", "甲村合作社", "仓库"),
    ("hard", ""): ("违法", "硬化", "未经批准硬化耕地作停车场，占用永久基本农田", "乙户", "停车场"),
    ("hard", "approved_late"): ("违法", "边报边用", "批文日期晚于后时相，动工时尚未批准", "示例物流公司", "物流堆场"),
    ("yard", ""): ("违法", "堆放压占", "未经批准堆放建筑材料", "丙户", "材料堆场"),
    ("house", ""): ("违法", "农村宅基地（违法）", "未经批准占用耕地建房", "丁户", "住宅"),
    ("house", "house"): ("其他", "已批宅基地", "持有宅基地批准书，在批准范围内建房", "戊户", "住宅"),
    ("soil", "temp"): ("其他", "临时用地", "临时用地批文在有效期内，未建永久建筑", "示例路桥公司", "弃土场"),
    ("soil", "temp_expired"): ("违法", "临时用地超期或建永久建筑", "到期后未复垦", "示例管道公司", "材料堆场"),
    ("soil", ""): ("其他", "推填土", "土地平整，未建设", "己组", "土地整理"),
    ("greenhouse", "facility"): ("其他", "设施农用地", "已上图入库，用途相符", "示例农业公司", "蔬菜大棚"),
    ("greenhouse", "facility_part"): ("违法", "设施农用地超范围或改变用途", "备案范围以外占用永农", "庚户", "育苗大棚"),
    ("solar", ""): ("违法", "光伏", "光伏方阵未取得用地手续", "示例新能源公司", "光伏电站"),
    ("road", ""): ("其他", "农村道路", "村内生产道路，实测宽 4.2 米", "双桥村", "农村道路"),
    ("road_building", ""): ("违法", "地方城镇道路", "路面宽 9 米，超过农村道路宽度，无批准文件", "青石村", "在建道路"),
    ("pit", ""): ("违法", "采矿用地", "林地内采石，未取得采矿许可证和用地手续", "辛户", "采石场"),
    ("pond", ""): ("违法", "挖湖造景", "在永久基本农田上挖塘", "壬户", "鱼塘"),
    ("unchanged", ""): ("其他", "实地未变化", "现场仍种植农作物，影像差异为作物长势", "癸户", "耕地"),
    ("hard", "supply_only"): ("合法", "供地手续", "持有供地批准文件，范围覆盖图斑", "示例投资公司", "停车场"),
}  # fmt: skip
#: These are demolished, reclaimed, accepted and closed in the sample; both lie wholly on cropland.
CLOSED = (("hard", ""), ("pond", ""))
#: These stand half way.
FILED = (("works", ""), ("solar", ""), ("road_building", ""), ("pit", ""))
PAPERS = {
    "农转用": ("建设用地批准书", "农转用批文", "approval_doc"),
    "供地": ("国有建设用地划拨决定书", "供地手续", "supply_doc"),
    "临时用地": ("临时使用土地批准书", "临时用地批文", "temp_land_doc"),
    "复垦": ("临时用地土地复垦方案", "复垦方案", "reclaim_plan"),
    "设施农用地": ("设施农用地备案表", "设施农用地备案材料", "facility_filing"),
    "农村宅基地": ("农村宅基地批准书", "宅基地批准书", "house_approval"),
}  # fmt: skip


def mu(area_m2: float) -> str:
    """亩 with two decimals, half up."""
    return str((Decimal(repr(area_m2)) * 3 / 2000).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def _stand(shape: shapely.Geometry, bearing: float, gap: float) -> tuple[float, float, float]:
    """Lon, lat of a place `gap` m outside the patch on the side `bearing`, and the azimuth back to it."""
    aim = shape.representative_point()
    ray = shapely.LineString(
        [aim, (aim.x + 900 * np.sin(np.radians(bearing)), aim.y + 900 * np.cos(np.radians(bearing)))]
    )
    edge = ray.intersection(shape).length
    x, y = aim.x + (edge + gap) * np.sin(np.radians(bearing)), aim.y + (edge + gap) * np.cos(np.radians(bearing))
    (lon, lat), (to_lon, to_lat) = lonlat(x, y), lonlat(aim.x, aim.y)
    return lon, lat, Geodesic.WGS84.Inverse(lat, lon, to_lat, to_lon)["azi1"] % 360


def _stamp(taken: str, lon: float, lat: float, azimuth: float) -> tuple[str, ...]:
    return (f"时间 {taken[:16]}", f"东经 {lon:.6f}° 北纬 {lat:.6f}°", f"方位角 {azimuth:.0f}°（示例照片）")


def _day(number: int) -> str:
    """When the patch of this number was visited."""
    return f"2026-05-{18 + number % 9:02d}"


def _name(number: int) -> str:
    """Name of the photo of a patch, as phones give it."""
    return f"IMG_{_day(number).replace('-', '')}_{number:03d}.jpg"


def _shots(patches: Sequence[SamplePatch], rng: np.random.Generator) -> Iterator[Shot]:
    """About twenty photos: most are right, some have the faults that come in by phone."""
    for number, patch in enumerate(patches):
        key = (patch.plan.kind, patch.plan.cover)
        if number % 6 == 5 and key not in CLOSED:
            continue  # nobody has been there yet
        taken = f"{_day(number)} {9 + number % 7:02d}:{(number * 13) % 60:02d}:{(number * 29) % 60:02d}"
        side = float(rng.uniform(0, 360))
        lon, lat, azimuth = _stand(patch.shape, side, float(rng.uniform(8, 24)))
        name, stamp = _name(number), _stamp(taken, lon, lat, azimuth)
        shot = Shot(name, patch.plan.kind, lon, lat, azimuth, taken, "M" if number % 4 == 1 else "T", stamp=stamp)
        if shot.reference == "M":  # a compass shows 3 degrees more here: declination is about -3
            shot = Shot(name, shot.kind, lon, lat, azimuth + 3.0, taken, "M", stamp=stamp)
        if number == 6:
            shot = Shot(
                name, shot.kind, lon, lat, azimuth + 175, taken, stamp=_stamp(taken, lon, lat, (azimuth + 175) % 360)
            )
        elif number == 13:
            shot = Shot(f"微信图片_{number}.jpg", shot.kind, None, None, None, taken, exif=False)
        elif number == 15:
            shot = Shot(name, shot.kind, lon, lat, None, taken)
        elif number == 2:
            shot = Shot(f"{patch.patch_id}_现场.jpg", shot.kind, lon, lat, azimuth, taken, stamp=stamp)
        yield shot
    closed = [patch for patch in patches if (patch.plan.kind, patch.plan.cover) in CLOSED]
    for hour, patch in enumerate(closed, start=10):  # one person cannot be at two places at once
        taken = f"2026-07-16 {hour}:20:30"
        lon, lat, azimuth = _stand(patch.shape, float(rng.uniform(0, 360)), 9.0)
        stamp = _stamp(taken, lon, lat, azimuth)
        yield Shot(f"整改后/{patch.patch_id}_整改后.jpg", "restored", lon, lat, azimuth, taken, stamp=stamp)


def write_photos(folder: Path, patches: Sequence[SamplePatch], rng: np.random.Generator) -> int:
    """Draw and save the photos; returns how many."""
    return len([write_photo(folder, shot, rng) for shot in _shots(patches, rng)])


def _papers(folder: Path, patches: Sequence[SamplePatch]) -> dict[str, list[tuple[str, str, str]]]:
    """Approval scans; patch_id -> (file, purpose, document number)."""
    made: dict[str, list[tuple[str, str, str]]] = {}
    covered = [p for p in patches if p.plan.cover]
    for number, patch in enumerate(covered, start=11):
        stem, _, document, date, project, expiry = APPROVALS[patch.plan.cover]
        title, label, purpose = PAPERS[stem]
        numbers = [(title, label, purpose, document.format(n=number), date)]
        if patch.plan.cover == "approved":
            numbers.append((*PAPERS["供地"], f"渝北地供〔2025〕{number}号", "2025-01-20"))
        if patch.plan.cover == "temp":
            numbers.append((*PAPERS["复垦"], f"渝北复垦〔2025〕{number}号", date))
        for heading, tag, use, text, when in numbers:
            lines = [
                f"项目名称：{project}",
                f"批准（备案）文号：{text}",
                f"批准时间：{when}",
                f"批准面积：{mu(patch.shape.area)} 亩",
            ]
            lines += [f"有效期至：{expiry}"] if expiry else []
            lines += [f"涉及图斑：{patch.patch_id}"]
            name = f"{patch.patch_id}_{tag}.pdf"
            write_paper(folder / name, heading, text, lines, "示例区规划和自然资源局", when)
            made.setdefault(patch.patch_id, []).append((f"{folder.name}/{name}", use, text))
    return made


def _notice(folder: Path, patch: SamplePatch, number: int) -> str:
    """The stop notice of an illegal patch."""
    name = f"{patch.patch_id}_责令停止违法行为通知书.pdf"
    lines = [
        f"图斑编号：{patch.patch_id}",
        f"面积：{mu(ellipsoidal_m2(patch.shape))} 亩",
        "请立即停止违法用地行为，听候处理。",
    ]
    title, text = "责令停止违法行为通知书", f"镇责停〔2026〕{number}号"
    write_paper(folder / name, title, text, lines, "示例镇人民政府", "2026-05-28")
    return f"{folder.name}/{name}"


def decisions(folder: Path, patches: Sequence[SamplePatch]) -> list[dict[str, str]]:
    """Rows of the table: every patch is judged, the illegal ones are pursued, some are closed."""
    papers = _papers(folder, patches)
    rows: list[dict[str, str]] = []
    for number, patch in enumerate(patches, start=1):
        key = (patch.plan.kind, patch.plan.cover)
        verdict, sub_type, basis, actor, use = JUDGED[key]
        known = papers.get(patch.patch_id, [])
        for file, purpose, _ in known:
            rows.append({"图斑编号": patch.patch_id, "附件": file, "附件用途": purpose})
        judged = {
            "图斑编号": patch.patch_id, "判定": verdict, "二级类": sub_type, "判定依据说明": basis, "用地主体": actor,
            "建设时间": "2026-02" if verdict == "违法" else "2025-11", "实地用途": use,
            "理由": "现场核实后判定（示例）",
            "批准文号": known[0][2] if known else "", "项目名称": APPROVALS[patch.plan.cover][4] if known else "",
        }  # fmt: skip
        if patch.plan.kind == "road":  # the photo of the road shows the tape across it, too
            judged["道路宽度"] = "4.2"
            width = {"附件": f"照片/{_name(number - 1)}", "附件用途": "road_width_photo"}
            rows.append({"图斑编号": patch.patch_id, **width})
        rows.append(judged)
        if verdict == "违法":
            rows += _pursue(folder, patch, number, key)
        elif number % 2:
            rows.append({"图斑编号": patch.patch_id, "动作": "已填报"})
    return rows


def _pursue(folder: Path, patch: SamplePatch, number: int, key: tuple[str, str]) -> Iterator[dict[str, str]]:
    """Steps of enforcement: all are stopped, some filed, those of `CLOSED` go through to the end."""

    def step(action: str, date: str, **more: str) -> dict[str, str]:
        return {"图斑编号": patch.patch_id, "动作": action, "日期": date, **more}

    notice = _notice(folder, patch, number)
    stop = {"文号": f"镇责停〔2026〕{number}号", "责任人": "规建环办", "附件": notice, "附件用途": "stop_notice"}
    yield step("制止", "2026-05-28", **stop)
    if key in FILED:
        yield step("立案", "2026-06-08", 文号=f"示例立〔2026〕{number}号", 单位="执法办", 责任人="执法办")
    if key in CLOSED:
        area = mu(ellipsoidal_m2(patch.shape))
        yield step("开始整改", "2026-06-20", 单位="规建环办", 责任人="网格员", 整改方式="拆除复耕")
        yield step("整改完成", "2026-07-15", 责任人="网格员", 整改方式="拆除复耕", 拆除面积=area, 复耕面积=area)
        yield step("已填报", "")
        yield step("审核结束", "")
        yield step("验收", "2026-07-20", 责任人="规建环办、农服中心", 备注="已恢复耕种条件")
        yield step("销号", "2026-07-22", 责任人="规建环办", 备注="现场核实已复耕")


def write_tables(folder: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """The same table as csv (UTF-8 with mark, as Excel wants it) and xlsx (all cells text)."""
    with (folder / "判定表.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    book = Workbook()
    sheet = book.active
    sheet.title = "判定表"
    sheet.append(list(COLUMNS))
    for row in rows:
        sheet.append([row.get(name, "") for name in COLUMNS])
    for column in sheet.columns:
        for cell in column:
            cell.number_format = "@"
    sheet.freeze_panes = "B2"
    book.save(folder / "判定表.xlsx")
