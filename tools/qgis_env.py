"""How QGIS is started on this machine: environment, profile, command line, desktop under Xvfb.

Shared by the demo, `make run` and the end-to-end tests.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Union

ROOT = Path(__file__).resolve().parent.parent
PLUGINS = ROOT / "build" / "plugins"
NAME = "weipian_plugin"
Value = Union[str, int, float, bool, Path]


def qgis_process() -> str:
    """The program itself: Debian's wrapper passes an option that QGIS 3.22 does not know."""
    for name in ("/usr/bin/qgis_process.bin", "qgis_process.bin", "qgis_process"):
        found = shutil.which(name)
        if found:
            return found
    raise FileNotFoundError("qgis_process")


def environment(profile: Path, plugins: Path = PLUGINS, *, offscreen: bool = True) -> dict[str, str]:
    """Variables of a QGIS that uses our environment's libraries and a profile of its own."""
    env = dict(os.environ)
    env["PATH"] = os.pathsep.join(("/usr/bin", "/bin", env.get("PATH", "")))
    env["PYTHONPATH"] = sysconfig.get_paths()["purelib"]
    env["QGIS_PLUGINPATH"] = str(plugins)
    env["QGIS_CUSTOM_CONFIG_PATH"] = str(profile)
    env["PYTHONDONTWRITEBYTECODE"] = "1"
    env.pop("VIRTUAL_ENV", None)
    if offscreen:
        env["QT_QPA_PLATFORM"] = "offscreen"
        env.setdefault("XDG_RUNTIME_DIR", str(profile))
    else:
        env.pop("QT_QPA_PLATFORM", None)
    return env


class Headless:
    """The product's command line in a clean profile."""

    def __init__(self, profile: Path, plugins: Path = PLUGINS) -> None:
        profile.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.env = environment(profile, plugins)
        self.program = qgis_process()
        done = subprocess.run(
            [self.program, "plugins", "enable", NAME], env=self.env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"the plugin could not be enabled:\n{done.stdout}\n{done.stderr}")

    def call(self, algorithm: str, parameters: Mapping[str, Value]) -> subprocess.CompletedProcess[str]:
        """Run one algorithm and return the finished process."""
        arguments = [f"--{key}={_text(value)}" for key, value in parameters.items()]
        command = [self.program, "--json", "run", f"weipian:{algorithm}", *arguments]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, check=False)

    def run(self, algorithm: str, parameters: Mapping[str, Value]) -> dict[str, Any]:
        """Run one algorithm and return its results.

        Raises:
            RuntimeError: it failed; the text is what it said.
        """
        done = self.call(algorithm, parameters)
        start = done.stdout.find("{")
        if done.returncode or start < 0:
            raise RuntimeError(f"weipian:{algorithm} failed ({done.returncode})\n{done.stdout}\n{done.stderr}")
        results: dict[str, Any] = json.loads(done.stdout[start:])["results"]
        return results


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def desktop_profile(folder: Path, plugins: Path = PLUGINS) -> Path:
    """A clean desktop profile in Chinese with the plugin enabled."""
    settings = folder / "profiles" / "default" / "QGIS"
    settings.mkdir(parents=True, exist_ok=True)
    lines = (
        "[PythonPlugins]", f"{NAME}=true", "[locale]", "overrideFlag=true", "userLocale=zh-Hans",
        "[qgis]", "showTips=false", "checkVersion=false", "newProjectDefault=false",
        "[Projections]", "defaultProjectCrs=EPSG:4490", "unknownCrsBehavior=NoAction",
    )  # fmt: skip
    if not (settings / "QGIS3.ini").exists():
        (settings / "QGIS3.ini").write_text("\n".join(lines) + "\n", encoding="utf-8")
    home = folder / "profiles" / "default" / "python" / "plugins"
    home.mkdir(parents=True, exist_ok=True)
    link = home / NAME
    if not link.exists():
        link.symlink_to((plugins / NAME).resolve(), target_is_directory=True)
    return folder


class Screen:
    """An X server of our own; ended by `close`, and only that one."""

    def __init__(self, width: int, height: int) -> None:
        read, write = os.pipe()
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
        self.process = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as pipe:
            self.display = f":{pipe.readline().strip()}"

    def close(self) -> None:
        """End the server."""
        self.process.terminate()
        self.process.wait(10)


def run_in_desktop(
    script: Path, arguments: Mapping[str, Any], log: Path, *, size: tuple[int, int] = (1366, 768), limit_s: float = 240
) -> tuple[int, str]:
    """Start desktop QGIS under Xvfb, run `script` inside it (it ends QGIS); returns exit status and output."""
    screen = Screen(*size)
    with tempfile.TemporaryDirectory() as folder:
        profile = desktop_profile(Path(folder))
        env = environment(profile, offscreen=False)
        env.pop("QGIS_CUSTOM_CONFIG_PATH")
        env.update(
            DISPLAY=screen.display, LANG="C.UTF-8", WEIPIAN_DESKTOP=json.dumps(dict(arguments), ensure_ascii=False)
        )
        command = [
            "/usr/bin/qgis",
            "--noversioncheck",
            "--nologo",
            "--profiles-path",
            str(profile),
            "--code",
            str(script),
        ]
        try:
            with log.open("w", encoding="utf-8") as output:
                process = subprocess.Popen(command, env=env, stdout=output, stderr=subprocess.STDOUT)
                status = _wait(process, limit_s)
        finally:
            screen.close()
    return status, log.read_text(encoding="utf-8", errors="replace")


def _wait(process: subprocess.Popen[bytes], limit_s: float) -> int:
    """Wait for QGIS to end; past the limit it is ended by force."""
    deadline = time.monotonic() + limit_s
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.2)
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
        return -1
    return int(process.returncode or 0)


def sample_paths(folder: Path) -> dict[str, Any]:
    """sample.json with absolute paths."""
    where: dict[str, Any] = json.loads((folder / "sample.json").read_text(encoding="utf-8"))
    for key in ("delivery", "photos", "decisions"):
        if where.get(key):
            where[key] = str(folder / where[key])
    for spec in where["layers"].values():
        spec["source"] = str(folder / spec["source"])
    return where


#: Parameters of `weipian:overlaypatches` that stand for a role.
SHORTHANDS: Mapping[str, str] = {
    "LANDUSE": "landuse", "PRIME_FARMLAND": "prime_farmland", "ECO_REDLINE": "eco_redline",
    "URBAN_BOUNDARY": "urban_boundary",
}  # fmt: skip


def overlay_parameters(layers: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Shorthands for the four constraint layers, LAYERS (JSON) for everything else and for land use's scheme."""
    parameters = {name: layers[role]["source"] for name, role in SHORTHANDS.items() if role in layers}
    rest: dict[str, Any] = {role: spec for role, spec in layers.items() if role not in SHORTHANDS.values()}
    if "scheme" in layers.get("landuse", {}):
        parameters.pop("LANDUSE", None)
        rest["landuse"] = layers["landuse"]
    parameters["LAYERS"] = json.dumps(rest, ensure_ascii=False)
    return parameters


def results_table(rows: Sequence[tuple[str, float, str]]) -> str:
    """step, seconds, what came out."""
    return "\n".join(f"{name:<18} {seconds:7.1f} s  {text}" for name, seconds, text in rows)
