"""Photos, their checks and documents on 核查表.pdf, in 自检报告.html and in 照片清单.csv."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
import re
import subprocess
import unicodedata
from pathlib import Path

import numpy as np
import pytest
import test_sheets as sheets
from report_samples import META, Verdict, photo

from weipian_plugin.core.certify import CertState
from weipian_plugin.core.proof import Check, Evidence, LinkedEvidence
from weipian_plugin.report.contents import sheet_job
from weipian_plugin.report.model import SheetJob
from weipian_plugin.report.package import write_photo_list
from weipian_plugin.report.selfcheck import write_selfcheck
from weipian_plugin.workbench.exporting import export_report

pytestmark = sheets.pytestmark
application = sheets.application
assignments = sheets.assignments
#: The patch of `sheets.located` is 0.001° wide around this point; 0.001° are 110.9 m north, 96.6 m east there.
EAST, NORTH = sheets.WEST + 0.005, sheets.SOUTH + 0.005
LABELS = {"site_photo": "现场照片", "after_photo": "整改后照片", "approval_doc": "用地批准文件"}
REUSED = Check("same_file", "bad", "同一张照片还用于图斑 A、B（共 3 个图斑），而它拍不到本图斑", others=("e9",))
AWAY = Check("looks_at", "bad", "背对图斑：方位角 180°")
FAR = Check("distance", "warn", "距图斑边界 130 米，较远")
GOOD = Check("looks_at", "ok", "镜头朝向图斑")
UNKNOWN = Check("azimuth", "unknown", "方位角未知")


def shot(number: int, checks=(GOOD,), south_m: float = 100.0, azimuth=0.0, **more) -> LinkedEvidence:
    """A photo so far south of the middle of the patch."""
    fields = {key: more.pop(key) for key in ("pair", "shared", "purpose", "confidence", "reason") if key in more}
    lat = None if south_m is None else NORTH - south_m / 110_900
    link = photo(number, lon=None if lat is None else EAST, lat=lat, azimuth=azimuth, **more)
    return dataclasses.replace(link, checks=tuple(checks), **fields)


def paper(number: int, checks=(), **more) -> LinkedEvidence:
    evidence = Evidence(f"d{number}", "document", "cd" * 32, "批文.pdf", **more)
    return LinkedEvidence(evidence, "approval_doc", checks=tuple(checks), shared=("B", "C"))


def drawn(assignments, folder: Path, evidence, **more) -> str:
    """The whole text of the sheet, without white space."""
    patch = sheets.located(1, evidence=tuple(evidence), labels=LABELS, **more)
    (result,) = sheets.render([patch], assignments, folder)
    assert not result.error
    return blocks(result.path)


def blocks(path: str) -> str:
    """The text box by box, as it was drawn, without white space."""
    raw = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, check=True).stdout.decode("utf-8")
    raw = "".join(unicodedata.normalize("NFKC", c) if "\u2e80" <= c <= "\u2fd5" else c for c in raw)
    return "".join(raw.translate(str.maketrans("⻚⻋⻓⻅⻆⺠", "页车长见角民")).split())


def test_each_photo_says_what_speaks_against_it(assignments, tmp_path):
    text = drawn(
        assignments, tmp_path,
        [shot(1), shot(2, (AWAY, REUSED), azimuth=180.0), shot(3, (FAR,), source="manual"), shot(4, (UNKNOWN,), azimuth=None)],
    )  # fmt: skip
    for expected in (
        "照片位置图", "共4张，其中1张的位置、方位或时间为手工填写；✖1张核对不符，见各照片下的说明；⚠1张存疑",
        "照片02现场照片", "✖不符：同一张照片还用于图斑A、B（共3个图斑），而它拍不到本图斑", "✖不符：背对图斑：方位角180°",
        "照片03现场照片手工", "⚠存疑：距图斑边界130米，较远", "✔各项核对未见问题",
        "？无从核对：方位角，不能证明拍的是本图斑", "照片04：方位角未知，只标位置", "03⚠手",
    ):  # fmt: skip
        assert expected in text, expected
    # what means a fraud stands before what is only far off
    assert text.index("同一张照片还用于") < text.index("背对图斑：方位角180°")


def test_a_photo_far_off_is_named_and_the_map_stays_at_the_patch(assignments, tmp_path):
    text = drawn(assignments, tmp_path, [shot(1), dataclasses.replace(shot(2, (AWAY,), 5000.0), distance_m=4945.0)])
    assert "照片02：距图斑4.9公里，朝向图斑，在图外" in text
    # the patch is 111 m high, the camera 45 m south of it: with room around they fit into 80 mm at 1:2500
    assert "1:2500" in text


def test_without_a_photo_near_the_patch_there_is_no_map(assignments, tmp_path):
    text = drawn(assignments, tmp_path, [shot(1, south_m=None, azimuth=None), shot(2, south_m=5000.0)])
    assert "照片位置图" not in text
    assert "现场照片" in text


def test_the_wedge_points_where_the_photo_was_aimed(assignments, tmp_path):
    """One camera south of the patch; the blue of its wedge lies on the side that it was aimed at."""
    places = {}
    for azimuth in (0.0, 180.0):
        patch = sheets.located(1, evidence=(shot(1, azimuth=azimuth, fov_deg=60.0),), labels=LABELS)
        (result,) = sheets.render([patch], [], tmp_path / str(azimuth))
        page = sheets.pixels(result.path, 2).astype(int)
        blue = (page[:, :, 2] - page[:, :, 0] > 60) & (page[:, :, 2] - page[:, :, 1] > 30)
        # the heading bars are blue, too, and wider than any wedge
        blue[blue.sum(axis=1) > 120] = False
        red = (page[:, :, 0] > 180) & (page[:, :, 1] < 90) & (page[:, :, 2] < 90)
        red = red[: page.shape[0] // 2 + 60]
        places[azimuth] = (np.nonzero(red)[0].max(), np.nonzero(blue[: len(red)])[0])
    south_edge, rows = places[0.0]
    assert np.median(rows) < places[180.0][1].mean()
    assert (places[180.0][1] > places[180.0][0]).mean() > 0.95  # all of it south of the patch
    assert (rows <= south_edge).any()  # reaches the patch


def test_pairs_stand_side_by_side_in_the_order_of_time(assignments, tmp_path):
    after = shot(1, taken_at="2026-08-02T10:00:00", pair="e2", purpose="after_photo")
    before = shot(2, taken_at="2026-07-03T10:00:00", pair="e1")
    text = drawn(assignments, tmp_path, [after, before])
    assert "整改前后对比（同一拍摄点）：照片02→照片01" in text
    assert "整改前照片022026-07-0310:00" in text
    assert "整改后照片012026-08-0210:00" in text


def test_documents_with_what_their_checks_found(assignments, tmp_path):
    over = Check("doc_area", "bad", "批准 12.50 亩，用了 18.32 亩，超出 5.82 亩")
    fields = {"doc_no": "渝府地〔2025〕12号", "doc_authority": "某市人民政府", "doc_date": "2025-11-03",
              "doc_area_mu": "12.50", "valid_until": "2027-11-02"}  # fmt: skip
    text = drawn(assignments, tmp_path, [paper(1, (over,), **fields), paper(2)], verdict=Verdict.LEGAL)
    for expected in (
        "用地批准文件（同时证明2个其他图斑）", "渝府地〔2025〕12号", "某市人民政府", "2025-11-03", "12.50亩",
        "2027-11-02", "✖不符：批准12.50亩，用了18.32亩，超出5.82亩",
    ):  # fmt: skip
        assert expected in text, expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (CertState("signed", "村负责人 2026-06-20 签字"), "✔已签字：村负责人2026-06-20签字"),
        (CertState("void", "签字后移除了照片"), "✖已失效：签字后移除了照片"),
        (CertState(), "○未承诺：还没有村级承诺"),
    ],
)
def test_the_word_of_the_village_stands_by_the_signatures(assignments, tmp_path, word, expected):
    text = drawn(assignments, tmp_path, [], certification=word)
    assert expected in text
    assert text.index(expected) > text.index("签字确认")


def test_more_photos_than_room_leave_no_doubt_out(assignments, tmp_path):
    """14 of 15 are in doubt: the honest one gives way, those without room are named."""
    shots = [shot(1), *(shot(n, (AWAY,), azimuth=180.0) for n in range(2, 16))]
    text = drawn(assignments, tmp_path, shots)
    assert "共15张照片，此处印出12张" in text
    assert "✖14张核对不符" in text
    for number in range(2, 16):
        assert f"照片{number:02d}" in text
    assert "照片15（未印出）：✖不符：背对图斑" in text
    assert "照片01现场照片" not in text


def test_long_names_and_many_lines_stay_on_the_page(assignments, tmp_path):
    long = "重庆市某某区某某镇农村产业融合发展示范园第十七村民小组大坪上水库边" * 3
    labels = {"site_photo": long}
    checks = [Check("edited", "bad", f"{long}，第{n}处") for n in range(4)]
    patch = sheets.located(1, evidence=tuple(shot(n, checks) for n in range(1, 13)), labels=labels)
    (result,) = sheets.render([patch], assignments, tmp_path)
    text = "".join(sheets.text_of(result.path).split())
    assert text.count("第3处") == 12
    pages = int(re.search(r"第1页/共(\d+)页", text)[1])
    assert pages == 6  # 2 + the map with a row, then rows of 130 mm: two a page, and the signatures
    for page in range(2, pages + 1):
        ink = np.nonzero((sheets.pixels(result.path, page) < 200).any(axis=(1, 2)))[0]
        assert ink.max() < 0.985 * 585


def test_a_job_with_photos_and_documents_survives_json(tmp_path):
    evidence = (shot(1, (AWAY, FAR), pair="e2", fov_deg=68.5), shot(2, pair="e1"), paper(3, (REUSED,)))
    report = sheets.located(1, evidence=evidence, labels=LABELS, certification=CertState("void", "变了"))
    job = sheet_job([report], META, [], {}, tmp_path)
    assert SheetJob.from_json(job.to_json()) == job
    assert json.loads(job.to_json())["sheets"][0]["photos"][0]["fov_deg"] == 68.5
    assert job.sheets[0].certificate_void


def test_the_photo_list_has_every_outcome(tmp_path):
    link = shot(1, (AWAY, FAR, UNKNOWN), confidence="medium", reason="位置相近", shared=("B", "C"), pair="e2",
                fov_deg=68.4, accuracy_m=8.0, shift="gcj02", source="manual")  # fmt: skip
    alike = Check("same_picture", "warn", "与另一张画面相同", others=("e7", "e8"))
    link = dataclasses.replace(link, checks=(*link.checks, alike))
    path = write_photo_list(tmp_path, [sheets.located(1, evidence=(link, shot(2, ())))])
    rows = list(csv.DictReader(path.open(encoding="utf-8-sig")))
    assert list(rows[0])[:15] == [
        "图斑编号", "村(社区)", "序号", "用途", "文件", "原文件名", "拍摄时间", "经度", "纬度", "方位角", "方位角基准",
        "距图斑(米)", "朝向图斑", "信息来源", "sha256",
    ]  # fmt: skip
    expected = {
        "信息来源": "手工", "举证编号": "e1", "核对结论": "不符", "归图斑把握": "中", "归图斑依据": "位置相近",
        "视场角": "68", "位置误差(米)": "8", "坐标换算": "由 GCJ-02 换算", "同一文件还用于": "B、C",
        "相同画面的举证": "e7、e8", "整改前后对应照片": "e2", "核对：朝向": "不符：背对图斑：方位角 180°",
        "核对：距离": "存疑：距图斑边界 130 米，较远", "核对：方位角": "不明：方位角未知",
        "核对：画面重复": "存疑：与另一张画面相同", "核对：时间": "",
    }  # fmt: skip
    assert {key: rows[0][key] for key in expected} == expected
    assert (rows[1]["核对结论"], rows[1]["归图斑把握"]) == ("未核对", "人工")


def test_the_self_check_names_what_does_not_convince(tmp_path):
    evil = Check("place", "bad", "<b>在图外</b>")
    reports = [
        sheets.located(
            1, evidence=(shot(1), shot(2, (FAR, REUSED, AWAY)), paper(3, (evil,))), certification=CertState()
        ),
        sheets.located(2, evidence=(shot(4, (UNKNOWN,)),), certification=CertState("void", "照片换了")),
    ]
    page = write_selfcheck(tmp_path, reports, META).read_text(encoding="utf-8")
    part = page[page.index("举证可信度") :]
    for expected in (
        "✖ 不符 2 份，⚠ 存疑 0 份", "有 1 张照片与用于其他图斑的照片相同或画面相同", "照片 02　IMG_2.jpg",
        "&lt;b&gt;在图外&lt;/b&gt;", "⚠ 存疑", "距图斑边界 130 米", "✖ 已失效 1 个，○ 未承诺 1 个", "照片换了",
    ):  # fmt: skip
        assert expected in part, expected
    assert "照片 01　" not in part  # nothing speaks against it
    assert part.index("在图外") < part.index("距图斑边界 130 米")  # what is plainly wrong first


def test_three_frauds_are_plain_in_everything_that_leaves(tmp_path):
    from tests.support.frauds import deceive, patch_id, township
    from weipian_plugin.core.feedback import Silent

    session = township(tmp_path / "w")
    deceive(session, tmp_path / "in")
    session.close()
    result = export_report(tmp_path / "w", tmp_path / "out", feedback=Silent(), who="张经办")
    page = (result.folder / "自检报告.html").read_text(encoding="utf-8")
    texts = {n: blocks(str(result.folder / "图斑" / patch_id(n) / "核查表.pdf")) for n in (2, 4, 5)}
    rows = list(csv.DictReader((result.folder / "照片清单.csv").open(encoding="utf-8-sig")))
    for number, check, words in (
        (2, "用于几个图斑", "共 5 个图斑"),
        (4, "时间", "旧照片：2024-03-15 拍摄"),
        (5, "朝向", "背对图斑：方位角 179°"),
    ):
        assert words in page
        assert "".join(words.split()) in texts[number]
        assert any(
            row["图斑编号"] == patch_id(number) and row["核对结论"] == "不符" and words in row[f"核对：{check}"]
            for row in rows
        )
    assert math.isclose(float(next(r for r in rows if r["原文件名"] == "IMG_20260610_101000.jpg")["方位角"]), 178.6)
