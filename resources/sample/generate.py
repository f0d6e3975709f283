"""Generate the sample: one month's delivery of an invented township, with everything that goes with it.

    generate.py OUT [--seed N] [--patches N]

Run it with the environment's Python. The same seed gives the same content. Nothing in it is real:
no place, person, document or photo.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import casework
import constraints
import imagery
import numpy as np
import shapely
from land import make_land
from osgeo import gdal
from patches import AFTER, BEFORE, lay_out, write_delivery

#: 1200 m x 1000 m near 106.75E 29.78N, EPSG:4545.
EXTENT = (378520.0, 3295880.0, 379720.0, 3296880.0)
TOWN = "示例镇"
README = """示例数据（全部虚构）
====================

由 resources/sample/generate.py 按种子 {seed} 生成：地点、单位、文号、照片都是编的，任何巧合均无意义。

下发/        区县下发的图斑：Shapefile（GBK，没有 .cpg），EPSG:4545，{patches} 个图斑，面积单位平方米
影像/        前时相_{before}.tif、后时相_{after}.tif（0.5 米）
图层/        DLTB（地类图斑，TD/T 1055）、YJJBNTBHTB（永久基本农田）、STBHHX（生态保护红线）、
             CZKFBJ（城镇开发边界）、农转用、供地、临时用地、设施农用地、农村宅基地、村界
照片/        外业照片 {photos} 张：多数带位置和方位角（T 真北、M 磁北）；有一张背对图斑、一张没有 EXIF（微信
             压缩）、一张没有方位角、一张文件名带图斑编号；“整改后”是整改完成后的照片
附件/        批文、备案、通知书的扫描件
判定表.csv   给 weipian:applydecisions 用：判定全部图斑，并登记制止、立案、整改、验收、销号
判定表.xlsx  同上
sample.json  各文件的位置，供脚本使用（路径相对于本文件夹）
"""


def generate(out: Path, seed: int, count: int) -> None:
    """Write the whole sample into `out`, replacing what an earlier run wrote there."""
    gdal.UseExceptions()
    for name in ("下发", "影像", "图层", "照片", "附件"):
        shutil.rmtree(out / name, ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    land = make_land(EXTENT, rng)
    prime = shapely.union_all(constraints.prime_farmland(land))
    named = constraints.villages(land)
    patches = [
        dataclasses.replace(patch, village=_village(patch.shape, named))
        for patch in lay_out(land, prime, constraints.urban(land), count, rng)
    ]
    delivery = write_delivery(out / "下发", patches, TOWN)
    covers = [(patch.plan.cover, patch.shape) for patch in patches if patch.plan.cover]
    layers = constraints.write_all(out / "图层", land, covers)
    (out / "影像").mkdir()
    images = {"image_before": f"影像/前时相_{BEFORE}.tif", "image_after": f"影像/后时相_{AFTER}.tif"}
    imagery.write_geotiff(out / images["image_before"], imagery.before(land, rng), EXTENT)
    changes = [(patch.plan.kind, patch.shape) for patch in patches]
    imagery.write_geotiff(out / images["image_after"], imagery.after(land, changes, rng), EXTENT)
    photos = casework.write_photos(out / "照片", patches, rng)
    casework.write_tables(out, casework.decisions(out / "附件", patches))
    for role, spec in layers.items():
        layers[role] = {**spec, "source": str(Path(spec["source"]).relative_to(out))}
    for role, path in images.items():
        layers[role] = {"source": path}
    where = {
        "delivery": str(delivery.relative_to(out)), "batch": "2026年5月", "layers": layers, "photos": "照片",
        "decisions": "判定表.csv", "patches": len(patches),
        "advice": next((p.patch_id for p in patches if p.plan.cover == "approved_part"), ""),
        "closed": [p.patch_id for p in patches if (p.plan.kind, p.plan.cover) in casework.CLOSED],
    }  # fmt: skip
    (out / "sample.json").write_text(json.dumps(where, ensure_ascii=False, indent=1), encoding="utf-8")
    note = README.format(seed=seed, patches=len(patches), before=BEFORE, after=AFTER, photos=photos)
    (out / "说明.txt").write_text(note, encoding="utf-8")
    size = sum(f.stat().st_size for f in out.rglob("*") if f.is_file()) / 1e6
    print(f"sample: {len(patches)} patches, {len(land.parcels)} parcels, {photos} photos, {size:.1f} MB")


def _village(shape: shapely.Geometry, named: list[tuple[str, str, shapely.Geometry]]) -> str:
    """The village that holds most of a patch."""
    return max(named, key=lambda item: item[2].intersection(shape).area)[0]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=20260501)
    parser.add_argument("--patches", type=int, default=24)
    given = parser.parse_args()
    generate(given.out.resolve(), given.seed, given.patches)
