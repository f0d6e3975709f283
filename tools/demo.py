"""The whole job headless on the sample, then pictures of the desktop: `make demo`.

    demo.py [--real FILE]

With `--real` the patches of FILE (any delivery) are taken instead of the sample's; images that lie
beside it (`*before*.tif`, `*after*.tif`) and invented constraint layers over them complete the job.
Everything lies under build/demo afterwards; the table says what and how long it took.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qgis_env import ROOT, Headless, overlay_parameters, results_table, run_in_desktop, sample_paths

DEMO = ROOT / "build" / "demo"
SAMPLE = ROOT / "build" / "sample"
SIZE = (1366, 768)


def real_input(delivery: Path) -> dict[str, Any]:
    """The job on somebody's delivery: images beside it, invented layers over the first image."""
    folder = delivery if delivery.is_dir() else delivery.parent
    files = sorted(delivery.glob("*.shp")) if delivery.is_dir() else [delivery]
    images = {
        role: next((str(p) for p in sorted(folder.glob("*.tif")) if word in p.name.lower()), "")
        for role, word in (("image_before", "before"), ("image_after", "after"))
    }
    raster = images["image_after"] or images["image_before"]
    if not files or not raster:
        sys.exit(f"{folder} 里需要一份图斑（.shp）和文件名含 before、after 的影像（.tif）")
    out = DEMO / "layers"
    script = ROOT / "resources" / "sample" / "constraints.py"
    subprocess.run([sys.executable, str(script), raster, str(out), "--patches", str(files[0])], check=True)
    layers = json.loads((out / "layers.json").read_text(encoding="utf-8"))
    layers.update({role: {"source": path} for role, path in images.items() if path})
    return {"delivery": str(files[0]), "batch": files[0].stem, "layers": layers, "photos": "", "decisions": ""}


def steps(job: Mapping[str, Any], workspace: Path) -> list[tuple[str, dict[str, Any]]]:
    """Algorithms in the order of the job."""
    here = {"WORKSPACE": workspace}
    answers = {"ANSWERS": json.dumps(job["answers"], ensure_ascii=False)} if job.get("answers") else {}
    plan: list[tuple[str, dict[str, Any]]] = [
        ("importpatches", {**here, "INPUT": job["delivery"], "BATCH": job["batch"], **answers}),
        ("overlaypatches", {**here, **overlay_parameters(job["layers"])}),
    ]
    if job["photos"]:
        plan.append(("attachphotos", {**here, "FOLDER": job["photos"]}))
    plan.append(("advise", here))
    if job["decisions"]:
        plan.append(("applydecisions", {**here, "TABLE": job["decisions"]}))
    plan.append(("exportreport", {**here, "OUTPUT": DEMO / "export", "SCOPE": "all", "SHEETS": True, "PACKAGE": True}))
    plan.append(("verifyworkspace", here))
    return plan


def run_job(job: Mapping[str, Any], workspace: Path) -> tuple[list[tuple[str, float, str]], dict[str, Any]]:
    """Run the steps; returns the table and the last results by algorithm."""
    headless = Headless(DEMO / "profile")
    rows: list[tuple[str, float, str]] = []
    results: dict[str, Any] = {}
    for algorithm, parameters in steps(job, workspace):
        started = time.perf_counter()
        results[algorithm] = headless.run(algorithm, parameters)
        said = ", ".join(f"{k}={v}" for k, v in results[algorithm].items() if isinstance(v, (int, bool)))
        rows.append((algorithm, time.perf_counter() - started, said))
        print(results_table(rows[-1:]), flush=True)
        if algorithm == "advise":
            shutil.copytree(workspace, DEMO / "workspace_undecided")
    return rows, results


def pdf_pages(folder: Path, limit: int = 3) -> list[Path]:
    """The first sheets as pictures."""
    made = []
    for sheet in sorted(folder.rglob("*核查表.pdf"))[:limit]:
        target = DEMO / f"sheet_{sheet.parent.name}"
        subprocess.run(
            ["pdftoppm", "-r", "80", "-png", "-f", "1", "-l", "1", "-singlefile", str(sheet), str(target)], check=True
        )
        made.append(target.with_suffix(".png"))
    return made


def screenshots(job: Mapping[str, Any]) -> list[Path]:
    """Pictures of the dock at each step of the work, taken in the real desktop on copies of the workspace."""
    pictures = DEMO / "screens"
    pictures.mkdir(parents=True, exist_ok=True)
    done = DEMO / "workspace_desktop"
    shutil.copytree(DEMO / "workspace", done)
    arguments = {
        "fresh": str(DEMO / "workspace_undecided"), "done": str(done), "pictures": str(pictures), "size": SIZE,
        "advice": job.get("advice", ""), "closed": next(iter(job.get("closed", [])), ""),
    }  # fmt: skip
    script = Path(__file__).with_name("desktop_tour.py")
    status, text = run_in_desktop(script, arguments, DEMO / "desktop.log", size=SIZE)
    made = sorted(pictures.glob("*.png"))
    if status or not made:
        sys.exit(f"the desktop tour failed ({status}):\n{text[-3000:]}")
    return made


def main() -> None:
    """Run everything and say where it lies."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", type=Path)
    parser.add_argument("--no-desktop", action="store_true")
    given = parser.parse_args()
    shutil.rmtree(DEMO, ignore_errors=True)
    DEMO.mkdir(parents=True)
    job = real_input(given.real.resolve()) if given.real else sample_paths(SAMPLE)
    workspace = DEMO / "workspace"
    rows, results = run_job(job, workspace)
    if not results["verifyworkspace"].get("OK"):
        sys.exit("verifyworkspace says that the workspace is not in order")
    started = time.perf_counter()
    sheets = pdf_pages(Path(results["exportreport"]["FOLDER"]))
    screens = [] if given.no_desktop else screenshots(job)
    rows.append(("desktop", time.perf_counter() - started, f"{len(screens)} screenshots, {len(sheets)} sheets"))
    print(results_table(rows[-1:]))
    print(f"total {sum(seconds for _, seconds, _ in rows):.1f} s")
    export = results["exportreport"]
    for label, path in (
        ("workspace", workspace), ("export", Path(export["FOLDER"])), ("ledger", Path(export["LEDGER"])),
        ("sheets", DEMO / "sheet_*.png"), ("screens", DEMO / "screens"),
    ):  # fmt: skip
        print(f"{label:<10} {os.path.relpath(path, ROOT)}")


if __name__ == "__main__":
    main()
