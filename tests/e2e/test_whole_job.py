"""The built plugin in a clean profile does the whole job through qgis_process, as a user's script would."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import qgis_env  # noqa: E402

pytestmark = pytest.mark.slow


@dataclass
class Job:
    """A finished run: where it lies and what each algorithm returned."""

    workspace: Path
    sample: dict[str, Any]
    results: dict[str, dict[str, Any]]
    headless: qgis_env.Headless

    @property
    def export(self) -> Path:
        """The exported folder."""
        return Path(self.results["exportreport"]["FOLDER"])

    def report(self, algorithm: str) -> dict[str, Any]:
        """REPORT_JSON of the last run."""
        path = self.workspace / "exports" / f"last_{algorithm}.json"
        return dict(json.loads(path.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> Job:
    if not (qgis_env.PLUGINS / qgis_env.NAME / "metadata.txt").is_file():
        pytest.skip("the plugin has not been built: make plugin")
    folder = tmp_path_factory.mktemp("job")
    where = qgis_env.sample_paths(sample)
    workspace = folder / "工作区"
    here: dict[str, Any] = {"WORKSPACE": workspace}
    headless = qgis_env.Headless(folder / "profile")
    plan: list[tuple[str, dict[str, Any]]] = [
        ("importpatches", {**here, "INPUT": where["delivery"], "BATCH": where["batch"]}),
        ("overlaypatches", {**here, **qgis_env.overlay_parameters(where["layers"])}),
        ("attachphotos", {**here, "FOLDER": where["photos"]}),
        ("advise", here),
        ("applydecisions", {**here, "TABLE": where["decisions"]}),
        ("exportreport", {**here, "OUTPUT": folder / "成果", "SCOPE": "all", "SHEETS": True, "PACKAGE": True}),
        ("verifyworkspace", here),
    ]
    results = {name: headless.run(name, parameters) for name, parameters in plan}
    return Job(workspace, where, results, headless)


def test_everything_is_taken_in(job: Job) -> None:
    assert job.results["importpatches"]["IMPORTED"] == job.sample["patches"]
    assert job.results["importpatches"]["REJECTED"] == 0
    assert job.results["overlaypatches"]["PATCHES"] == job.sample["patches"]
    assert job.results["applydecisions"]["REJECTED"] == 0
    assert job.results["verifyworkspace"]["OK"] is True


@pytest.mark.parametrize(
    "algorithm",
    ["importpatches", "overlaypatches", "attachphotos", "advise", "applydecisions", "exportreport", "verifyworkspace"],
)
def test_every_step_leaves_its_report(job: Job, algorithm: str) -> None:
    report = job.report(algorithm)
    assert report["ok"] is True
    assert report["schema"]


def test_what_is_not_clear_is_listed_not_guessed(job: Job) -> None:
    """One photo without EXIF, one between two patches that looks away from both."""
    assert job.results["attachphotos"]["UNMATCHED"] == 2
    waiting = job.report("attachphotos")["unmatched"]
    assert sorted(item["file"][:4] for item in waiting) == ["IMG_", "微信图片"]
    assert {item["patch_id"] for item in waiting} == {""}
    (between,) = (item for item in waiting if item["file"].startswith("IMG_"))
    assert len(between["candidates"]) > 1


def test_areas_sum_and_no_patch_is_off(job: Job) -> None:
    assert job.report("overlaypatches")["identity_bad"] == []


def test_areas_agree_with_the_delivery(job: Job) -> None:
    """The delivery states GeographicLib's area of each patch; ours is an independent computation."""
    query = "SELECT patch_id, area_m2, source_attributes FROM patch"
    with sqlite3.connect(f"file:{job.workspace / 'workspace.gpkg'}?mode=ro", uri=True) as connection:
        rows = connection.execute(query).fetchall()
    assert len(rows) == job.sample["patches"]
    for patch_id, area, attributes in rows:
        issued = float(json.loads(attributes)["JCMJ"])
        assert area == pytest.approx(issued, rel=2e-6, abs=0.006), patch_id


def test_some_cases_are_closed(job: Job) -> None:
    with sqlite3.connect(f"file:{job.workspace / 'workspace.gpkg'}?mode=ro", uri=True) as connection:
        closed = connection.execute("SELECT patch_id FROM patch WHERE case_status = 'closed'").fetchall()
    assert sorted(row[0] for row in closed) == sorted(job.sample["closed"])


def test_export_has_the_contract_s_files(job: Job) -> None:
    assert job.export.parent.name == "成果"
    for name in ("台账.xlsx", "图斑成果.gpkg", "图斑成果.shp", "照片清单.csv", "自检报告.html", "manifest.json"):
        assert (job.export / name).is_file(), name
    assert (job.export / "图斑成果.cpg").read_text().strip().upper() == "UTF-8"
    folders = sorted(path.name for path in (job.export / "图斑").iterdir())
    assert len(folders) == job.sample["patches"]
    for folder in (job.export / "图斑").iterdir():
        assert (folder / "核查表.pdf").read_bytes()[:5] == b"%PDF-"
        for name in ("01_审批备案", "02_现场照片", "05_查处整改"):
            assert not (folder / name).exists() or (folder / name).is_dir()


def test_ledger_has_its_sheets_and_all_patches(job: Job) -> None:
    book = openpyxl.load_workbook(job.export / "台账.xlsx")
    for name in ("台账", "违法图斑清单", "汇总", "整改统计", "校核", "说明"):
        assert name in book.sheetnames
    cells = [str(c.value) for row in book["台账"].iter_rows() for c in row if c.value is not None]
    assert sum(1 for text in cells if text.startswith("500112SJBG2621")) == job.sample["patches"]


def test_manifest_matches_every_file(job: Job) -> None:
    manifest = json.loads((job.export / "manifest.json").read_text(encoding="utf-8"))
    listed = manifest["files"]
    entries = {e["path"]: e["sha256"] for e in listed} if isinstance(listed, list) else listed
    assert entries
    for name, digest in entries.items():
        found = hashlib.sha256((job.export / name).read_bytes()).hexdigest()
        assert found == (digest if isinstance(digest, str) else digest["sha256"]), name
    on_disk = {p.relative_to(job.export).as_posix() for p in job.export.rglob("*") if p.is_file()}
    assert on_disk - set(entries) == {"manifest.json"}


def test_the_originals_stay_as_they_were(job: Job) -> None:
    kept = list((job.workspace / "sources").rglob("*.shp"))
    assert len(kept) == 1
    assert kept[0].read_bytes() == Path(job.sample["delivery"]).read_bytes()


def test_the_same_delivery_twice_is_refused_with_a_sentence(job: Job) -> None:
    parameters: dict[str, Any] = {
        "WORKSPACE": job.workspace,
        "INPUT": job.sample["delivery"],
        "BATCH": job.sample["batch"],
    }
    done: subprocess.CompletedProcess[str] = job.headless.call("importpatches", parameters)
    assert done.returncode != 0
    assert "E_BATCH_EXISTS" in done.stdout + done.stderr
    report = job.report("importpatches")
    assert report["ok"] is False
    assert "Traceback" not in json.dumps(report)


def test_a_missing_file_makes_no_workspace(job: Job, tmp_path: Path) -> None:
    done = job.headless.call(
        "importpatches", {"WORKSPACE": tmp_path / "新", "INPUT": tmp_path / "没有.shp", "BATCH": "一"}
    )
    assert done.returncode != 0
    assert "E_FILE_MISSING" in done.stdout + done.stderr
    assert not (tmp_path / "新" / "workspace.gpkg").exists()
