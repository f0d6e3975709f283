"""The data of the benchmarks: the county of reference, made once, and what is derived from it.

The generator lies outside the repository; without it a smaller-minded one of our own (`overlay_data.py`) makes
a county of the same shape, and every row says which one was used. Everything is cached under build/bench-data;
the variable WEIPIAN_BENCH_DATA names another folder.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from harness import HERE, PEER_PYTHON, ROOT, clean_environment, note

GENERATOR = ROOT.parent / "shared" / "tools" / "gen_county.py"
SEED = 7
#: All formats are written up to here; larger counties as GeoPackage alone.
ALL_FORMATS = 10_000
#: What the largest redline of the performance notes has.
XL_VERTICES = 1_310_000
_STALE_S = 3600
ROLES = {"landuse": "dltb", "prime_farmland": "yjjbnt", "eco_redline": "redline", "urban_boundary": "ugb"}


def data_folder() -> Path:
    """Where the counties lie."""
    return Path(os.environ.get("WEIPIAN_BENCH_DATA") or ROOT / "build" / "bench-data")


def scratch() -> Path:
    """Where the workspaces, caches and the server of a run lie."""
    folder = data_folder() / "work"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@dataclass(frozen=True)
class County:
    """A generated county on disk."""

    folder: Path
    parcels: int
    made_by: str

    @property
    def label(self) -> str:
        """Short name for a row, e.g. `500k parcels`."""
        size = short(self.parcels)
        return f"{size} parcels" + ("" if self.made_by == "gen_county" else " (own generator)")

    def layer(self, name: str) -> Path:
        """A GeoPackage of the county: dltb, yjjbnt, redline, ugb, patches_2000 …"""
        return self.folder / f"{name}.gpkg"

    def patches(self, count: int) -> Path:
        """The patches, as GeoPackage."""
        return self.layer(f"patches_{count}")

    def classes(self) -> list[str]:
        """The land classes that occur."""
        cached = self.folder / "classes.json"
        if not cached.exists():
            answer = _derive("classes", self.layer("dltb"))
            cached.write_text(json.dumps(answer), encoding="utf-8")
        found: list[str] = json.loads(cached.read_text(encoding="utf-8"))
        return found

    def class_layers(self) -> Path:
        """A GeoPackage with a table `c<code>` for each class, each indexed, for QGIS's algorithm."""
        return self._derived("dltb_classes.gpkg", "class_layers", ",".join(self.classes()))

    def large_redline(self) -> Path:
        """The redline with vertices added along its edges until it has 1.31 million."""
        return self._derived("redline_xl.gpkg", "densify", str(XL_VERTICES), source="redline")

    def shapefile(self) -> Path:
        """The land use as shapefile in UTF-8 without any spatial index, as deliveries come."""
        return self._derived("plain/dltb.shp", "shapefile")

    def geodatabase(self) -> Path:
        """The land use as FileGDB."""
        return self._derived("plain/dltb.gdb", "geodatabase")

    def _derived(self, name: str, what: str, *more: str, source: str = "dltb") -> Path:
        path = self.folder / name
        marker = path.with_name(path.name + ".ready")
        if not marker.exists():
            note(f"  writing {name} of {self.label}")
            path.parent.mkdir(exist_ok=True)
            if path.is_dir():
                shutil.rmtree(path)
            path.unlink(missing_ok=True)
            _derive(what, self.layer(source), str(path), *more)
            marker.touch()
        return path


def _derive(what: str, source: Path, *arguments: str) -> object:
    """Run `county_files.py`, which needs GDAL, in a process of its own."""
    command = [sys.executable, str(HERE / "county_files.py"), what, str(source), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=clean_environment())
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return json.loads(done.stdout.splitlines()[-1])


def county(parcels: int) -> County:
    """The county with about so many parcels, generated unless it is there."""
    there = GENERATOR.exists() and PEER_PYTHON.exists()
    maker = "gen_county" if there and os.environ.get("WEIPIAN_BENCH_GENERATOR") != "own" else "overlay_data"
    folder = data_folder() / f"{'county' if maker == 'gen_county' else 'own'}{short(parcels, largest='k')}"
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / ".lock"
    _wait_for(lock)
    if not (folder / "stats.json").exists():
        note(f"  generating a county of {parcels} parcels with {maker}.py")
        lock.write_text(str(os.getpid()), encoding="ascii")
        try:
            _generate(maker, parcels, folder)
        finally:
            lock.unlink(missing_ok=True)
    return County(folder, parcels, maker)


def short(count: int, largest: str = "M") -> str:
    """2000 -> 2k, 1000000 -> 1M."""
    if largest == "M" and count >= 1_000_000:
        return f"{count // 1_000_000}M"
    return f"{count // 1000}k" if count >= 1000 else str(count)


def _wait_for(lock: Path) -> None:
    """Until whoever generates this county has finished, or clearly has given up."""
    told = False
    while lock.exists() and time.time() - lock.stat().st_mtime < _STALE_S and _alive(lock):
        if not told:
            note(f"  waiting: another process generates {lock.parent.name}")
        told = True
        time.sleep(1)


def _alive(lock: Path) -> bool:
    """False only if the lock names a process that is gone."""
    owner = lock.read_text(encoding="ascii").strip()
    return not owner.isdigit() or Path("/proc", owner).exists() or not Path("/proc/self").exists()


def _generate(maker: str, parcels: int, folder: Path) -> None:
    if maker == "gen_county":
        command = [str(PEER_PYTHON), str(GENERATOR), "--parcels", str(parcels), "--seed", str(SEED)]
        command += ["--out", str(folder)] + (["--gpkg-only"] if parcels > ALL_FORMATS else [])
    else:
        if not GENERATOR.exists():
            note(f"  {GENERATOR.name} is not beside this repository: its own generator is used, figures differ")
        command = [sys.executable, str(HERE / "overlay_data.py"), str(folder), str(parcels), str(SEED)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=clean_environment())
    if done.returncode or not (folder / "stats.json").exists():
        raise RuntimeError(f"{maker}: {done.stderr[-2000:]}")


def warm(*paths: Path) -> None:
    """Bring files into the file cache, so that no side pays for the disk."""
    for path in paths:
        for file in [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file()):
            with file.open("rb") as stream:
                while stream.read(1 << 24):
                    pass
