"""The desktop QGIS in which the review desk is measured, and what lies ready for it on disk."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from county import County, county, data_folder, scratch
from harness import HERE, ROOT, clean_environment, note
from workspaces import layers_of

sys.path.insert(0, str(ROOT / "tools"))

import qgis_env

SCREEN = (1366, 768)
ROLES = ("landuse", "prime_farmland", "eco_redline", "urban_boundary")
#: Days of the two pictures, as the delivery would say them.
DAYS = {"image_before": "2025-10-06", "image_after": "2026-05-01"}
#: A desktop that does not answer within this is ended, s.
LONGEST_S = 420.0
#: What the prepared workspace is made from; another state of it is another workspace.
_MADE_FROM = ("weipian_plugin/store/schema.py", "weipian_plugin/overlay/engine.py", "benchmarks/desk_data.py")


@dataclass(frozen=True)
class Desk:
    """A prepared workspace beside its county and imagery."""

    pristine: Path
    patches: int
    county: County

    def run(self, parts: Sequence[str], **job: Any) -> dict[str, Any]:
        """Measure parts in a fresh desktop on a fresh copy of the workspace.

        Raises:
            RuntimeError: a part failed or QGIS ended early; the text says why.
        """
        live, table, out = (scratch() / "desk" / name for name in ("ws", "table", "out.json"))
        for folder in (live, table):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.pristine, live)
        if "table" in parts:  # QGIS must not touch ours: opening a layer switches the journal of the file
            shutil.copytree(self.pristine, table, ignore=shutil.ignore_patterns("evidence", "sources"))
        if job.get("images"):
            _exchange_images(live, job.pop("images"))
        _make("settle", str(live))
        os.sync()
        out.unlink(missing_ok=True)
        os.environ["WEIPIAN_BENCH_HERE"] = str(HERE)
        arguments = {"parts": list(parts), "workspace": str(live), "table": str(table / "workspace.gpkg"),
                     "out": str(out), "size": SCREEN, "patches": self.patches, **job}  # fmt: skip
        status, said = qgis_env.run_in_desktop(
            HERE / "desk_script.py", arguments, scratch() / "desk" / "qgis.log", size=SCREEN, limit_s=LONGEST_S
        )
        answer: dict[str, Any] = json.loads(out.read_text(encoding="utf-8")) if out.exists() else {}
        if "error" in answer or set(parts) - set(answer):
            raise RuntimeError(answer.get("error") or f"QGIS ended with status {status}: {said[-1500:]}")
        return answer


def desk(patches: int, parcels: int, pixels: int) -> Desk:
    """The workspace over a county with two pictures of `pixels` × `pixels`, made unless it is there."""
    place = county(parcels)
    images = [{"role": role, "source": str(picture(place, pixels, role, "jpeg")), "taken_on": day}
              for role, day in DAYS.items()]  # fmt: skip
    state = hashlib.sha256()
    for name in _MADE_FROM:
        state.update((ROOT / name).read_bytes())
    pristine = data_folder() / f"desk{patches}-{state.hexdigest()[:8]}" / place.folder.name
    if not (pristine / ".ready").exists():
        for old in data_folder().glob(f"desk{patches}-*"):
            shutil.rmtree(old)
        layers = json.dumps(layers_of(place, *ROLES))
        said = _make("workspace", str(pristine), str(place.patches(patches)), layers, json.dumps(images))
        note(f"  made a workspace of {said['patches']} patches in {said['seconds']:.0f} s")
        (pristine / ".ready").touch()
    return Desk(pristine, patches, place)


def picture(place: County, pixels: int, role: str, kind: str) -> Path:
    """A picture of the county, made unless it is there; `kind` as in `desk_data.image`."""
    path = place.folder / f"{role}_{pixels}_{kind}.tif"
    if not path.exists():
        part = path.with_suffix(".part.tif")
        extent = json.dumps(_extent(place.layer("dltb")))
        said = _make("image", str(part), extent, str(pixels), str(len(role)), kind)
        part.rename(path)
        note(f"  made {path.name} in {said['seconds']:.0f} s")
    return path


def _extent(layer: Path) -> list[float]:
    """xmin, ymin, xmax, ymax of a layer, a square that holds it."""
    from osgeo import ogr

    source = ogr.Open(str(layer))
    xmin, xmax, ymin, ymax = source.GetLayer(0).GetExtent()
    side = max(xmax - xmin, ymax - ymin) + 400
    return [xmin - 200, ymin - 200, xmin - 200 + side, ymin - 200 + side]


def _make(*arguments: str) -> Mapping[str, Any]:
    command = [sys.executable, str(HERE / "desk_data.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=clean_environment())
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def _exchange_images(workspace: Path, images: Mapping[str, str]) -> None:
    """Other files in the roles of imagery."""
    said = [{"role": role, "source": str(source), "taken_on": DAYS[role]} for role, source in images.items()]
    _make("assign", str(workspace), json.dumps(said))
