"""Evidence package, photo list, manifest, self check and the job file."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import json
from decimal import Decimal

import pytest
from report_samples import META, Verdict, photo, report, summary

from weipian_plugin.core.advice import CheckItem
from weipian_plugin.core.areas import LandClass
from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.feedback import Silent
from weipian_plugin.core.model import LayerAssignment
from weipian_plugin.core.proof import Evidence, LinkedEvidence
from weipian_plugin.report.contents import patch_folders, sheet_job
from weipian_plugin.report.model import SheetJob
from weipian_plugin.report.package import copy_evidence, csv_cell, write_manifest, write_photo_list
from weipian_plugin.report.selfcheck import missing_of, write_selfcheck


def stored(folder, name, text="x"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path), hashlib.sha256(text.encode()).hexdigest()


def document(number, path, sha, purpose, name="批文.pdf"):
    return LinkedEvidence(Evidence(f"d{number}", "document", sha, name), purpose, path=path)


def test_files_go_to_their_folders_under_the_names_of_the_dossier(tmp_path):
    store, out = tmp_path / "store", tmp_path / "out"
    store.mkdir()
    shot, shot_sha = stored(store, "aa.jpg")
    paper, paper_sha = stored(store, "bb.pdf", "y")
    evidence = (
        dataclasses.replace(photo(1, path=shot), evidence=dataclasses.replace(photo(1).evidence, sha256=shot_sha)),
        document(2, paper, paper_sha, "approval_doc"),
        document(3, paper, paper_sha, "stop_notice", "停工:通知.pdf"),
        document(4, "", "", "case_doc"),
    )
    copied = copy_evidence(out, [report(1, patch_id="A/1", evidence=evidence)], Silent())
    found = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())
    assert found == [
        "图斑/A_1/01_审批备案/02_批文.pdf",
        "图斑/A_1/02_现场照片/A_1_甲村_01_092_202607031020.jpg",
        "图斑/A_1/05_查处整改/03_停工_通知.pdf",
    ]
    assert [bool(item.error) for item in copied] == [False, False, False, True]


def test_changed_evidence_is_reported(tmp_path):
    path, _ = stored(tmp_path, "aa.pdf")
    copied = copy_evidence(tmp_path / "out", [report(1, evidence=(document(1, path, "00", "approval_doc"),))], Silent())
    assert "校验值" in copied[0].error


def test_ids_that_differ_only_for_a_database_get_folders_of_their_own():
    folders = patch_folders([report(1, patch_id="a/b"), report(2, patch_id="A_B"), report(3, patch_id="CON")])
    assert len({name.casefold() for name in folders.values()}) == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [("=1", "'=1"), ("+a", "'+a"), ("@x", "'@x"), ("-1.5", "-1.5"), ("-a", "'-a"), ("甲村", "甲村"), ("", "")],
)
def test_csv_cells_are_no_formulas(text, expected):
    assert csv_cell(text) == expected


def test_photo_list_is_utf8_with_bom(tmp_path):
    path = write_photo_list(tmp_path, [report(1, patch_id="=cmd", evidence=(photo(1, source="manual", azimuth=None),))])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(path.open(encoding="utf-8-sig")))
    assert (rows[0]["图斑编号"], rows[0]["方位角"], rows[0]["信息来源"]) == ("'=cmd", "", "手工")


def test_manifest_lists_every_file_with_its_digest(tmp_path):
    (tmp_path / "图斑").mkdir()
    stored(tmp_path / "图斑", "a.txt", "abc")
    body = json.loads(write_manifest(tmp_path, META).read_text(encoding="utf-8"))
    # sha256("abc"), FIPS 180-2 appendix B.1
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert body["files"] == [{"path": "图斑/a.txt", "bytes": 3, "sha256": digest}]
    assert body["meta"]["anchor"] == META.anchor


def test_self_check_says_what_is_missing_and_escapes(tmp_path):
    items = (CheckItem("site_photo", "<现场照片>", False, 0, 1), CheckItem("a", "批文", True, 1, 1))
    bad = report(1, verdict=Verdict.ILLEGAL, checklist=items, open_mu=Decimal("3.00"), summary=summary("3.00", "1.00"))
    assert missing_of(bad) == [
        "地类面积与图斑面积不平衡，差值 2.00 亩",
        "缺<现场照片>（0/1）",
        "违法图斑尚未整改到位（无，剩余 3.00 亩）",
    ]
    page = write_selfcheck(tmp_path, [bad, report(2)], META).read_text(encoding="utf-8")
    assert "&lt;现场照片&gt;" in page
    assert "尚未判定" in page
    assert "<script" not in page
    assert "http" not in page


def test_a_sheet_job_survives_json(tmp_path):
    layers = [LayerAssignment("landuse", "a.gpkg", "dltb", "DLBM", "td1055")]
    table = {"0103": LandClass("0103", "旱地", "agri", True)}
    job = sheet_job([report(1, verdict=Verdict.LEGAL, evidence=(photo(),))], META, layers, table, tmp_path)
    assert SheetJob.read(job.write(tmp_path / "job.json")) == job
    assert job.landuse == {"0103": ("旱地", "cropland")}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "other/9", "output": ""}'])
def test_a_damaged_job_is_a_sentence(text):
    with pytest.raises(WeipianError) as caught:
        SheetJob.from_json(text)
    assert caught.value.code == "E_FILE_UNREADABLE"


def test_a_sheet_says_hand_made_aim_and_keeps_doubt_out():
    from weipian_plugin.report.contents import sheet_content

    content = sheet_content(report(1, verdict=Verdict.LEGAL, evidence=(photo(source="manual"),)), "f")
    assert content.photos[0].manual
    assert content.identity_ok
    assert dict(content.areas)["耕地"] == "1.50"
    assert "存疑" not in json.dumps(dataclasses.asdict(content), ensure_ascii=False)
