"""What the review desk is measured on: a workspace with everything in it, and two large pictures of the county.

    desk_data.py workspace TARGET DELIVERY LAYERS_JSON IMAGES_JSON
    desk_data.py assign TARGET LAYERS_JSON
    desk_data.py settle TARGET
    desk_data.py image TARGET EXTENT SIDE SEED KIND

Seeded; runs in a process of its own, in which shapely finds its own GEOS as inside QGIS.
"""

from __future__ import annotations

import io
import json
import random
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import ours
import shapely
from PIL import Image

from weipian_plugin.core.hashing import file_sha256
from weipian_plugin.core.model import Judgement, LayerAssignment, Patch, ReviewStatus, Verdict
from weipian_plugin.core.proof import Evidence
from weipian_plugin.store import records
from weipian_plugin.store.transaction import Transaction
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench.resources import default_pack
from weipian_plugin.workbench.session import Session

SEED = 11
VILLAGES = tuple(f"{first}{last}村" for first in "古乌菜希石龙双新" for last in "路牛子望坪桥凤岭溪湾河沟井塘田")
#: Of the patches: as many are 一级 and have their evidence, as many more are judged already.
FIRST_LEVEL, JUDGED = 20, 5
#: Different photographs that the evidence shares, and their size in pixels.
PHOTOS, PHOTO_SIZE = 120, (1600, 1200)
#: Every document that some sub-type asks for stands beside the photos, so that nothing is left to attach.
AT = "2026-05-02T09:00:00+08:00"


def workspace(target: str, delivery: str, layers: str, images: str) -> dict[str, Any]:
    """Import, overlay, then what weeks of work leave behind: levels, judgements, evidence, imagery."""
    start = time.perf_counter()
    said = ours.prepare(target, delivery)
    ours.overlay(target, json.loads(layers))
    assign(target, json.dumps([*json.loads(layers), *json.loads(images)]))
    with Workspace.open(Path(target)) as ws:
        _lived_in(ws)
    return {**said, "seconds": time.perf_counter() - start}


def _lived_in(ws: Workspace) -> None:
    pick = random.Random(SEED)  # noqa: S311 - seeded data, nothing secret
    files = _photos(ws, pick)
    patches = [_with_level(patch, i, pick) for i, patch in enumerate(records.patches(ws))]
    with ws.transaction("import", "benchmark", ours.WHO) as change:
        for i, patch in enumerate(patches):
            judged = patch.monitor_level != 1 and i % JUDGED == 0
            status = ReviewStatus.JUDGED if judged else patch.review_status
            change.put("patch", records.patch_row(replace(patch, review_status=status)))
            if judged:
                change.put("judgement", records.judgement_row(_judgement(patch, pick)))
            if patch.monitor_level == 1 or judged:
                _evidence(change, patch, files, pick)


def _with_level(patch: Patch, number: int, pick: random.Random) -> Patch:
    level = 1 if number % FIRST_LEVEL == 0 else pick.choice((2, 2, 3, 3, 3))
    return replace(
        patch,
        monitor_level=level,
        level_source="issued",
        village_name=pick.choice(VILLAGES),
        image_before="2025-10-06",
        image_after="2026-05-01",
    )


def _judgement(patch: Patch, pick: random.Random) -> Judgement:
    verdict = pick.choice((Verdict.ILLEGAL, Verdict.OTHER, Verdict.LEGAL))
    answers = {"actor": f"用地单位{pick.randrange(4000)}", "project": "项目", "built_on": "2026-03"}
    return Judgement(
        patch.patch_uid, verdict, basis="现场核实", answers=answers, by="张三", at=AT,
        judgement_id=f"bench-{patch.patch_uid}", against_reason="现场核实", pack_version=default_pack().version,
    )  # fmt: skip


def _photos(ws: Workspace, pick: random.Random) -> list[str]:
    """Photographs in the evidence store; gives their SHA-256."""
    found = []
    for number in range(PHOTOS):
        small = Image.frombytes("RGB", (40, 30), pick.randbytes(40 * 30 * 3))
        packed = io.BytesIO()
        small.resize(PHOTO_SIZE, Image.Resampling.BICUBIC).save(packed, "JPEG", quality=85)
        path = ws.folder / f"photo{number}.jpg"
        path.write_bytes(packed.getvalue())
        found.append(file_sha256(path))
        ws.keep_evidence(path, found[-1])
        path.unlink()
    return found


def _evidence(change: Transaction, patch: Patch, files: list[str], pick: random.Random) -> None:
    """Two photographs that look at the patch, and every document there is."""
    centre = shapely.from_wkb(patch.wkb).representative_point()
    kinds = ["site_photo", "site_photo"]
    kinds += [r.id for r in default_pack().requirements.values() if r.kind == "document"]
    for number, purpose in enumerate(kinds):
        photo = purpose == "site_photo"
        item = Evidence(
            f"{patch.patch_uid}-{number}", "photo" if photo else "document", pick.choice(files),
            f"{purpose}{number}.jpg", taken_at=AT if photo else None, lon=centre.x if photo else None,
            lat=centre.y - 0.0002 if photo else None, azimuth=0.0 if photo else None,
            azimuth_ref="T" if photo else None, doc_no="" if photo else f"渝府〔2026〕{number}号", added_at=AT,
        )  # fmt: skip
        change.put("evidence", records.evidence_row(item))
        link = {"patch_uid": patch.patch_uid, "evidence_id": item.evidence_id, "purpose": purpose}
        change.put("evidence_link", link)


def assign(target: str, layers: str) -> dict[str, Any]:
    """Give layers their roles."""
    with Session.open(Path(target), ours.WHO) as session:
        for spec in json.loads(layers):
            session.assign(LayerAssignment(**spec))
    return {}


def settle(target: str) -> dict[str, Any]:
    """Open it where it lies now, as on every day but the first: its origin and the last patch are known."""
    with Session.open(Path(target), ours.WHO) as session:
        session.remember(session.opening_patch())
    return {}


# -- imagery -----------------------------------------------------------------------------------


def image(target: str, extent: str, side: str, seed: str, kind: str) -> dict[str, Any]:
    """A picture of `side` × `side` pixels over an extent (xmin,ymin,xmax,ymax, EPSG:4545).

    `kind`: `jpeg` in tiles with overviews, as a delivery that somebody prepared; `plain` deflated strips without.
    """
    from osgeo import gdal

    gdal.UseExceptions()
    start, pixels = time.perf_counter(), int(side)
    xmin, _ymin, xmax, ymax = json.loads(extent)
    options = ["TILED=YES", "COMPRESS=JPEG", "PHOTOMETRIC=YCBCR", "JPEG_QUALITY=80"]
    if kind == "plain":
        options = ["COMPRESS=DEFLATE", "ZLEVEL=1", "PREDICTOR=2"]
    made = gdal.GetDriverByName("GTiff").Create(
        target, pixels, pixels, 3, gdal.GDT_Byte, [*options, "BIGTIFF=IF_SAFER"]
    )
    size = (xmax - xmin) / pixels
    made.SetGeoTransform((xmin, size, 0.0, ymax, 0.0, -size))
    made.SetProjection(_wkt(4545))
    for row, block in _blocks(pixels, int(seed)):
        made.WriteRaster(0, row, pixels, block.shape[1], block.tobytes())
    if kind == "jpeg":
        gdal.SetConfigOption("COMPRESS_OVERVIEW", "JPEG")
        gdal.SetConfigOption("PHOTOMETRIC_OVERVIEW", "YCBCR")
        made.BuildOverviews("AVERAGE", [n for n in (2, 4, 8, 16, 32, 64) if pixels // n > 128])
    made.FlushCache()
    del made
    return {"seconds": time.perf_counter() - start}


def _wkt(epsg: int) -> str:
    from osgeo import osr

    system = osr.SpatialReference()
    system.ImportFromEPSG(epsg)
    return str(system.ExportToWkt())


def _blocks(pixels: int, seed: int) -> Iterator[tuple[int, Any]]:
    """(first row, bands × rows × pixels) of something like fields: patches of colour with fine grain."""
    import numpy as np

    random_ = np.random.default_rng(seed)
    grain = random_.integers(0, 56, (3, 512, pixels), dtype=np.uint8)
    for row in range(0, pixels, 512):
        rows = min(512, pixels - row)
        fields = random_.integers(40, 180, (3, rows // 64 + 1, pixels // 96 + 1), dtype=np.uint8)
        colour = fields.repeat(64, axis=1)[:, :rows].repeat(96, axis=2)[:, :, :pixels]
        yield row, colour + grain[:, :rows]


COMMANDS: Mapping[str, Any] = {"workspace": workspace, "assign": assign, "settle": settle, "image": image}
if __name__ == "__main__":
    print(json.dumps(COMMANDS[sys.argv[1]](*sys.argv[2:])))
