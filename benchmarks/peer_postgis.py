"""The peer PostGIS: a server of our own under build/, unix socket only, loaded by ogr2ogr, ended afterwards.

The data is loaded and analysed before anything is timed. A repetition is one statement in a session that is
already warm and stores its result in a temporary table, which needs no journal and no client.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from county import scratch
from harness import ChildError, clean_environment, note

#: 1/k² of EPSG:4545 at the centroid of a piece; Gauss's mean radius at 29.7° north on CGCS2000.
_SCALE = "cosh((ST_X(ST_Centroid(g)) - 500000.0) / 6367282.2) ^ 2"
_STATEMENT = f"""
CREATE TEMP TABLE result AS
SELECT p.jcbh, d.dlbm, sum(ST_Area(g) / {_SCALE}) AS m2
FROM patches p JOIN dltb d ON ST_Intersects(p.geom, d.geom), LATERAL (SELECT ST_Intersection(p.geom, d.geom) AS g) i
WHERE ST_Area(g) > 0 GROUP BY 1, 2;
"""
_WARM = "SELECT count(ST_Intersection(p.geom, d.geom)) FROM patches p JOIN dltb d ON ST_Intersects(p.geom, d.geom)"
_SETTINGS = {"one process": 0, "with 2 workers": 2}
_OPTIONS = {
    "listen_addresses": "",
    "shared_buffers": "2GB",
    "work_mem": "128MB",
    "maintenance_work_mem": "512MB",
    "jit": "off",
    "fsync": "off",
    "autovacuum": "off",
}
Rows = list[list[object]]


def programs() -> Path:
    """The folder of the newest server that has PostGIS.

    Raises:
        ChildError: there is none.
    """
    with_postgis = {p.parts[-3] for p in Path("/usr/share/postgresql").glob("*/extension/postgis.control")}
    found = [p for p in Path("/usr/lib/postgresql").glob("*/bin") if p.parent.name in with_postgis]
    if not found:
        raise ChildError("PostGIS is not installed (tools/bench_postgis.sh)")
    return max(found, key=lambda p: float(p.parent.name))


class PostGIS:
    """A server with these layers (table name -> file). It never raises before it is asked something."""

    def __init__(self, layers: Mapping[str, Path]) -> None:
        self.setting, self.version, self._failure = "", "", ""
        self._server: subprocess.Popen[bytes] | None = None
        self._folders: list[Path] = []
        # postgres refuses to run as root; Debian's package brings a user for it.
        self._user = "postgres" if os.geteuid() == 0 else None
        try:
            self._start(programs())
            self._load(layers)
            self._choose()
        except (ChildError, OSError, subprocess.CalledProcessError, KeyError) as error:
            said = getattr(error, "stderr", None) or str(error)
            self._failure = str(said).strip().splitlines()[-1][:160] if str(said).strip() else type(error).__name__
            note(f"  PostGIS failed: {said}")
            self.close()

    def _folder(self, parent: Path | None) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="pg", dir=parent))
        self._folders.append(folder)
        if self._user:
            entry = pwd.getpwnam(self._user)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
        return folder

    def _data_folder(self) -> Path:
        """Under build/, or in the temporary folder where the server's user cannot get to build/."""
        folder = self._folder(scratch())
        reach = ["test", "-w", str(folder)]
        if subprocess.run(reach, check=False, user=self._user).returncode:
            folder = self._folder(None)
        return folder

    def _start(self, bin_folder: Path) -> None:
        data, self._socket = self._data_folder(), self._folder(None)
        group = pwd.getpwnam(self._user).pw_gid if self._user else None
        env = clean_environment({"LC_ALL": "C"})
        init = [str(bin_folder / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(
            init, check=True, capture_output=True, text=True, user=self._user, group=group, env=env, cwd=data
        )
        options = [part for key, value in _OPTIONS.items() for part in ("-c", f"{key}={value}")]
        log = (self._socket / "log").open("wb")
        self._server = subprocess.Popen(
            [str(bin_folder / "postgres"), "-D", str(data), "-k", str(self._socket), *options],
            stdout=log, stderr=subprocess.STDOUT, user=self._user, group=group, env=env, cwd=data,
        )  # fmt: skip
        log.close()
        for _ in range(100):
            try:
                self._sql("SELECT 1", database="postgres")
            except subprocess.CalledProcessError:
                if self._server.poll() is not None:
                    break
                time.sleep(0.1)
            else:
                return
        raise ChildError("the server did not start: " + (self._socket / "log").read_text(errors="replace")[-300:])

    def _sql(self, *statements: str, database: str = "bench") -> str:
        """Run statements in one session; what psql printed."""
        command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(self._socket), "-U", "postgres"]
        done = subprocess.run(
            [*command, "-d", database], input="\n".join(statements), capture_output=True, text=True, check=True
        )
        return done.stdout

    def _load(self, layers: Mapping[str, Path]) -> None:
        self._sql("CREATE DATABASE bench;", database="postgres")
        self._sql("CREATE EXTENSION postgis;")
        target = f"PG:host={self._socket} user=postgres dbname=bench"
        start = time.perf_counter()
        for table, path in layers.items():
            command = ["ogr2ogr", "-f", "PostgreSQL", target, str(path), "-nln", table, "-lco", "GEOMETRY_NAME=geom"]
            command += ["-nlt", "GEOMETRY", "--config", "PG_USE_COPY", "YES", "-lco", "SPATIAL_INDEX=GIST"]
            subprocess.run(command, check=True, capture_output=True, text=True, env=clean_environment())
            self._sql(f"ANALYZE {table};")
        note(f"  PostGIS loaded and indexed in {time.perf_counter() - start:.1f} s (not counted)")
        self.version = self._sql("SELECT postgis_full_version();").strip()

    def _choose(self) -> None:
        """Serial or parallel, whichever is faster here."""
        best = {name: min(self._timed(name)[0] for _ in range(2)) for name in _SETTINGS}
        self.setting = min(best, key=lambda name: best[name])

    def _timed(self, setting: str) -> tuple[float, Rows]:
        output = self._sql(
            f"SET max_parallel_workers_per_gather = {_SETTINGS[setting]};",
            "SET min_parallel_table_scan_size = 0;",
            "SET parallel_setup_cost = 10;",
            f"{_WARM} WHERE p.ctid < '(1,0)';",
            "\\timing on",
            _STATEMENT,
            "\\timing off",
            "COPY result TO STDOUT WITH (FORMAT csv);",
        )
        found = re.search(r"^Time: ([0-9.]+) ms", output, re.MULTILINE)
        if not found:
            raise ChildError("psql told no time")
        rows: Rows = []
        for line in output[found.end() :].splitlines():
            parts = line.split(",")
            if len(parts) == 3:
                rows.append([parts[0], "landuse", parts[1], float(parts[2])])
        return float(found.group(1)) / 1000, rows

    def overlay(self) -> tuple[float, Rows]:
        """Seconds of the statement, and m² by patch and class.

        Raises:
            ChildError: the server is not there or refused.
        """
        if self._failure:
            raise ChildError(self._failure)
        try:
            return self._timed(self.setting)
        except subprocess.CalledProcessError as error:
            raise ChildError(str(error.stderr)[-300:]) from error

    def close(self) -> None:
        """End the server that was started here, and remove its files."""
        if self._server is not None and self._server.poll() is None:
            self._server.terminate()
            try:
                self._server.wait(20)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait(20)
        self._server = None
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)
        self._folders = []
