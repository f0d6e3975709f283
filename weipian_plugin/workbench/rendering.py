"""Map sheets in a process of their own: never in the GUI's project or a thread (docs/adr/0006)."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Optional

import shapely
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QProcess, QProcessEnvironment

from ..core.errors import WeipianError
from ..core.feedback import Feedback, stop_if_cancelled
from ..report.handout_sheet import HandoutJob
from ..report.model import SheetJob, SheetResult
from .resources import plugin_folder

_POLL_MS = 200


class _FileFeedback:
    """Feedback of a child: progress into a file that the parent polls; the parent kills to cancel."""

    def __init__(self, path: Path, inner: Feedback) -> None:
        self._path, self._inner = path, inner

    def progress(self, percent: float) -> None:
        """Report 0–100."""
        self._path.write_text(f"{percent:.1f}", encoding="ascii")
        self._inner.progress(percent)

    def message(self, text: str) -> None:
        """Tell the log."""
        self._inner.message(text)

    def cancelled(self) -> bool:
        """True once the user wants out."""
        return self._inner.cancelled()


def draw_job(job_file: Path, feedback: Feedback) -> Path:
    """Draw a job of any kind on this process's main thread; returns the file with the results (JSON)."""
    from ..report import handout_sheet
    from ..report.sheets import render_sheets

    feedback = _FileFeedback(job_file.with_suffix(".progress"), feedback)
    text = job_file.read_text(encoding="utf-8")
    if json.loads(text).get("schema") == handout_sheet.JOB_SCHEMA:
        drawn = handout_sheet.draw_handout(handout_sheet.HandoutJob.from_json(text), feedback)
        results = [SheetResult("", path=str(drawn))]
    else:
        results = render_sheets(SheetJob.from_json(text), feedback)
    path = job_file.with_suffix(".results")
    path.write_text(json.dumps([asdict(r) for r in results], ensure_ascii=False), encoding="utf-8")
    return path


def render(job: SheetJob, feedback: Feedback) -> list[SheetResult]:
    """Draw the sheets of a job: in a child process from the desktop, here when already headless.

    Raises:
        WeipianError: E_RENDER when the child cannot be run or dies, E_CANCELLED.
    """
    return _render(job.to_json(), feedback)


def render_handout(job: HandoutJob, feedback: Feedback) -> Path:
    """Draw what goes to the field; errors as `render`, E_WRITE."""
    return Path(_render(job.to_json(), feedback)[0].path)


def _render(job: str, feedback: Feedback) -> list[SheetResult]:
    with tempfile.TemporaryDirectory(prefix="weipian-") as name:
        job_file = Path(name) / "job.json"
        job_file.write_text(job, encoding="utf-8")
        if QgsApplication.platform() == "desktop":
            _run_child(job_file, Path(name), feedback)
            path = job_file.with_suffix(".results")
        else:
            path = draw_job(job_file, feedback)
        return [SheetResult(**item) for item in json.loads(path.read_text(encoding="utf-8"))]


def find_qgis_process() -> Optional[Path]:
    """The headless QGIS beside the desktop that runs now."""
    prefix = Path(QgsApplication.prefixPath())
    here = Path(QgsApplication.applicationDirPath())
    for folder in (here, here / "bin", prefix / "bin", prefix.parent.parent / "bin", prefix.parent / "bin"):
        # Debian's wrapper `qgis_process` passes an option that 3.22 does not know, so .bin goes first.
        for pattern in ("qgis_process.bin", "qgis_process-qgis*.bat", "qgis_process", "qgis_process.exe"):
            for found in sorted(folder.glob(pattern)):
                return found
    return None


def _environment(config: Path) -> QProcessEnvironment:
    environment = QProcessEnvironment.systemEnvironment()
    environment.insert("QGIS_PLUGINPATH", str(plugin_folder().parent))
    environment.insert("QGIS_CUSTOM_CONFIG_PATH", str(config))
    # The child must see the same shapely, wherever this QGIS got it from.
    paths = [str(Path(shapely.__file__).resolve().parent.parent), os.environ.get("PYTHONPATH", "")]
    environment.insert("PYTHONPATH", os.pathsep.join(path for path in paths if path))
    if sys.platform.startswith("linux"):
        environment.insert("QT_QPA_PLATFORM", "offscreen")
    return environment


def _run_child(job_file: Path, work: Path, feedback: Feedback) -> None:
    program = find_qgis_process()
    if program is None:
        raise WeipianError("E_RENDER", patch_id="（全部）", detail="找不到 qgis_process")
    environment = _environment(work / "config")
    _start(program, ["plugins", "enable", plugin_folder().name], environment, None, feedback)
    _start(program, ["run", "weipian:rendersheets", f"--JOB={job_file}"], environment, job_file, feedback)
    if not job_file.with_suffix(".results").is_file():
        raise WeipianError("E_RENDER", patch_id="（全部）", detail="出图进程没有给出结果")


def _start(
    program: Path, arguments: list[str], environment: QProcessEnvironment, job_file: Optional[Path], feedback: Feedback
) -> None:
    """Run to the end, passing progress on; cancelled, the child is killed."""
    process = QProcess()
    process.setProcessEnvironment(environment)
    process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
    process.start(str(program), arguments)
    if not process.waitForStarted(10_000):
        raise WeipianError("E_RENDER", patch_id="（全部）", detail=process.errorString())
    while not process.waitForFinished(_POLL_MS) and process.state() != QProcess.ProcessState.NotRunning:
        if feedback.cancelled():
            process.kill()
            process.waitForFinished(5_000)
            stop_if_cancelled(feedback)
        if job_file is not None:
            _pass_progress(job_file.with_suffix(".progress"), feedback)
    if process.exitCode() != 0:
        output = bytes(process.readAll()).decode("utf-8", "replace")
        raise WeipianError("E_RENDER", patch_id="（全部）", detail=output[-400:])


def _pass_progress(path: Path, feedback: Feedback) -> None:
    try:
        feedback.progress(float(path.read_text(encoding="ascii")))
    except (OSError, ValueError):
        return
