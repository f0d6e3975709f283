"""Each file ends where a careful person would put it, also the second time and after somebody has moved it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("qgis.PyQt")
from tests.support.frauds import patch_id, photo, stand, township
from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.feedback import Silent
from weipian_plugin.core.model import CaseAction, CaseStatus, ReviewStatus
from weipian_plugin.store import records
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench.attach_report import AttachReport
from weipian_plugin.workbench.attaching import attach
from weipian_plugin.workbench.session import Session


@pytest.fixture
def home(tmp_path: Path) -> Path:
    township(tmp_path / "ws").close()
    return tmp_path / "ws"


def take(home: Path, *paths: Path, **more: str) -> AttachReport:
    return attach(home, paths, "张三", Silent(), **more)


def links(home: Path) -> list[tuple[str, str]]:
    with Workspace.open(home) as ws:
        return [(uid, purpose) for uid, _, purpose in records.links(ws)]


def test_position_direction_and_names(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    photo(folder / "a.jpg", *stand(3), 0.0, "2026:06:10 09:00:00", 1)
    photo(folder / patch_id(5) / "b.jpg", *stand(5), 0.0, "2026:06:10 09:30:00", 2)
    photo(folder / "远处.jpg", 106.90, 29.90, 0.0, "2026:06:10 10:00:00", 3)
    report = take(home, folder)
    assert {item.file: (item.patch_id, item.confidence) for item in report.matched} == {
        "a.jpg": (patch_id(3), "high"),
        f"{patch_id(5)}/b.jpg": (patch_id(5), "high"),
    }
    assert [item.file for item in report.unmatched] == ["远处.jpg"]
    found = next(item for item in report.matched if item.file == "a.jpg")
    lon, lat = stand(3)
    assert found.understood["lon"] == pytest.approx(lon, abs=1e-6)
    assert found.understood["lat"] == pytest.approx(lat, abs=1e-6)
    assert found.understood["azimuth"] == 0.0
    assert found.understood["camera"] == "HUAWEI LYA-AL00"
    assert {check["id"]: check["outcome"] for check in found.checks}["looks_at"] == "ok"
    assert all(check["patch_id"] == patch_id(3) for check in found.checks)
    with Workspace.open(home) as ws:
        item = records.evidence(ws)[found.evidence_id]
        assert (item.width, item.height) == (1200, 900)
        assert item.match["placed"] == ["u3"]
        assert item.match["reason"] == found.reason
        row = records.select(ws, "evidence_link", "WHERE patch_uid = 'u3'")[0]
        assert (row["confidence"], row["reason"], row["by"]) == ("high", found.reason, "张三")
        assert row["at"]


def test_one_photo_in_five_folders_is_one_record_on_five_patches(home: Path, tmp_path: Path) -> None:
    first = photo(tmp_path / "in" / patch_id(1) / "x.jpg", *stand(1), 0.0, "2026:06:10 09:00:00")
    for number in range(2, 6):
        target = tmp_path / "in" / patch_id(number) / f"x{number}.jpg"
        target.parent.mkdir()
        shutil.copy(first, target)
    shutil.copy(first, tmp_path / "in" / "又一份.jpg")  # no name of its own: it is where the others are
    report = take(home, tmp_path / "in")
    with Workspace.open(home) as ws:
        assert len(records.evidence(ws)) == 1
    assert sorted(uid for uid, _ in links(home)) == ["u1", "u2", "u3", "u4", "u5"]
    assert {item.patch_uid for item in report.matched if item.file == "又一份.jpg"} == {f"u{n}" for n in range(1, 6)}
    assert not any(item.new for item in take(home, tmp_path / "in").matched)
    assert len(links(home)) == 5


def test_one_content_under_two_endings_is_one_file(home: Path, tmp_path: Path) -> None:
    first = photo(tmp_path / "in" / "a.jpg", *stand(1), 0.0, "2026:06:10 09:00:00")
    shutil.copy(first, tmp_path / "in" / "b.jpeg")
    report = take(home, tmp_path / "in")
    assert {item.file for item in report.matched} == {"a.jpg", "b.jpeg"}
    assert len([path for path in (home / "evidence").rglob("*") if path.is_file()]) == 1
    with Workspace.open(home) as ws:
        item = next(iter(records.evidence(ws).values()))
        assert ws.evidence_file(item.sha256, item.original_name).is_file()


def test_what_a_person_moved_or_took_off_is_not_brought_back(home: Path, tmp_path: Path) -> None:
    path = photo(tmp_path / "in" / patch_id(1) / "x.jpg", *stand(1), 0.0, "2026:06:10 09:00:00")
    evidence_id = take(home, path).matched[0].evidence_id
    with Session.open(home, "李四") as session:
        session.relink([evidence_id], "u2", patch_id(2), reason="看过现场")
    report = take(home, path)
    assert links(home) == [("u2", "site_photo")]
    assert [(item.file, item.patch_id) for item in report.unmatched] == [("x.jpg", "")]
    assert patch_id(1) in report.unmatched[0].reason
    with Session.open(home, "李四") as session:
        session.unlink("u2", evidence_id)
        session.set_aside([evidence_id], "拍糊了")
    take(home, path)
    assert links(home) == []


def test_a_photo_of_a_rectified_patch_shows_it_after_unless_it_is_older(home: Path, tmp_path: Path) -> None:
    with Workspace.open(home) as ws, ws.transaction("case", "u1", "张三") as change:
        patch = records.patch(ws, "u1")
        assert patch is not None
        change.put("patch", records.patch_row(replace(patch, case_status=CaseStatus.RECTIFYING)))
        change.put(
            "case_action",
            records.action_row(CaseAction(action_id="a1", patch_uid="u1", kind="order", date="2026-06-09")),
        )
    folder = tmp_path / "in"
    photo(folder / "新.jpg", *stand(1), 0.0, "2026:06:10 09:00:00", 1)
    photo(folder / "旧.jpg", *stand(1), 0.0, "2026:06:01 09:00:00", 2)
    photo(folder / "别处.jpg", *stand(2), 0.0, "2026:06:10 11:00:00", 3)
    report = take(home, folder)
    assert {item.file: item.purpose for item in report.matched} == {
        "新.jpg": "after_photo", "旧.jpg": "site_photo", "别处.jpg": "site_photo",
    }  # fmt: skip


def test_all_on_one_patch(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    photo(folder / f"{patch_id(4)}.jpg", *stand(4), 0.0, "2026:06:10 09:00:00")
    (folder / "说明.pdf").write_bytes(b"%PDF-1.4")
    report = take(home, folder, patch_uid="u2", purpose="site_photo")
    assert {(item.file, item.patch_id, item.confidence) for item in report.matched} == {
        (f"{patch_id(4)}.jpg", patch_id(2), ""), ("说明.pdf", patch_id(2), ""),
    }  # fmt: skip
    assert set(links(home)) == {("u2", "site_photo")}


def test_a_patch_that_takes_no_evidence(home: Path, tmp_path: Path) -> None:
    path = photo(tmp_path / "x.jpg", *stand(1), 0.0, "2026:06:10 09:00:00")
    with Workspace.open(home) as ws, ws.transaction("void", "u1", "张三") as change:
        patch = records.patch(ws, "u1")
        assert patch is not None
        change.put("patch", records.patch_row(replace(patch, review_status=ReviewStatus.VOID)))
    for uid, code in (("u1", "E_PATCH_VOID"), ("nobody", "E_PATCH_MISSING")):
        with pytest.raises(WeipianError) as caught:
            take(home, path, patch_uid=uid)
        assert caught.value.code == code
    assert not [path for path in (home / "evidence").rglob("*") if path.is_file()]


def test_magnetic_directions_get_the_declination_of_the_workspace(home: Path, tmp_path: Path) -> None:
    import piexif

    path = photo(tmp_path / "x.jpg", *stand(1), 2.5, "2026:06:10 09:00:00")
    exif = piexif.load(str(path))
    exif["GPS"][piexif.GPSIFD.GPSImgDirectionRef] = b"M"
    piexif.insert(piexif.dump(exif), str(path))
    with Workspace.open(home) as ws, ws.transaction("layers", "workspace", "张三") as change:
        change.put("setting", records.setting_row("declination", "-2.2"))
    take(home, path)
    with Workspace.open(home) as ws:
        item = next(iter(records.evidence(ws).values()))
    assert item.azimuth == pytest.approx(0.3)
    assert item.azimuth_raw == pytest.approx(2.5)
    assert (item.declination, item.azimuth_ref) == (-2.2, "M")


def test_the_report_can_be_saved_as_a_table(home: Path, tmp_path: Path) -> None:
    photo(tmp_path / "in" / "a.jpg", *stand(3), 0.0, "2026:06:10 09:00:00", 1)
    (tmp_path / "in" / "b.rar").write_bytes(b"x")
    report = take(home, tmp_path / "in")
    report.save(tmp_path / "t.csv")
    lines = (tmp_path / "t.csv").read_text("utf-8-sig").splitlines()
    assert lines[0].split(",")[:3] == ["文件", "图斑编号", "结果"]
    assert {line.split(",")[2] for line in lines[1:]} == {"已归", "没有附上"}
    assert report.summary() == "已附 1 个：归到 1 个图斑，1 个没有附上"
