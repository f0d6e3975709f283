"""What every benchmark needs: child processes, interleaved medians, rows of the table.

Each side of a comparison lives in a process of its own. Ours starts a fresh one for every repetition, so that
nothing is kept warm in it but the file cache; a peer may stay open, which can only favour it. The start of the
processes and imports are not counted on either side.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
#: Repetitions of which the median counts; fewer only to try the benchmarks themselves.
RUNS = int(os.environ.get("WEIPIAN_BENCH_RUNS", "5"))
MARK = "@@ "
#: No single answer takes so long; a child that does is ended.
LONGEST_S = 1200.0
PEER_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
Row = dict[str, Any]


class ChildError(RuntimeError):
    """A child process said why it failed, or ended without an answer."""


def note(text: str) -> None:
    """A line for whoever waits."""
    print(text, file=sys.stderr, flush=True)


def clean_environment(extra: Optional[Mapping[str, str]] = None) -> dict[str, str]:
    """Variables of a child: no screen, the system's programs first."""
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONDONTWRITEBYTECODE": "1", **(extra or {})}
    env.pop("VIRTUAL_ENV", None)
    return env


class Child:
    """A process that answers JSON requests line by line; `service.serve` is its other end."""

    def __init__(self, script: str, *arguments: str, python: Path = Path(sys.executable), **env: str) -> None:
        if not python.exists():
            raise ChildError(f"{python.name} of the peers is missing: run tools/bench_venv.sh")
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the child
        self._process = subprocess.Popen(
            [str(python), str(HERE / script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env=clean_environment(env),
        )

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, command: str, **values: Any) -> dict[str, Any]:
        """Send one request and wait for its answer.

        Raises:
            ChildError: the child failed or died; with what it said.
        """
        pipes = self._process
        if pipes.stdin is None or pipes.stdout is None:
            raise ChildError("no pipes")
        try:
            pipes.stdin.write(json.dumps({"command": command, **values}) + "\n")
            pipes.stdin.flush()
        except BrokenPipeError as error:
            raise ChildError(self._said()) from error
        watch = threading.Timer(LONGEST_S, self._process.kill)
        watch.start()
        try:
            for line in pipes.stdout:
                if line.startswith(MARK):
                    answer: dict[str, Any] = json.loads(line[len(MARK) :])
                    if "error" in answer:
                        raise ChildError(answer["error"])
                    return answer
        finally:
            watch.cancel()
        raise ChildError(self._said())

    def _said(self) -> str:
        self._process.wait(30)
        self._errors.seek(0)
        tail = self._errors.read().decode("utf-8", "replace").strip()[-1500:]
        return f"ended with status {self._process.returncode}: {tail}"

    def close(self) -> None:
        """End the process, by force if it does not listen."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(20)
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._errors.close()


def once(script: str, command: str, *, python: Path = Path(sys.executable), env: Optional[Mapping[str, str]] = None,
         **values: Any) -> dict[str, Any]:  # fmt: skip
    """One request to a process that ends afterwards."""
    with Child(script, python=python, **(env or {})) as child:
        return child.ask(command, **values)


@dataclass
class Side:
    """The figures of one side; `failure` says why there are none."""

    seconds: list[float] = field(default_factory=list)
    failure: str = ""

    def label(self, peer: str) -> str:
        """The peer's name, and that it ran once or why it has no figure."""
        if self.failure:
            return f"{peer}: no figure, {self.failure}"
        return f"{peer} (single run)" if len(self.seconds) == 1 < RUNS else peer

    @property
    def median(self) -> Optional[float]:
        """Of the repetitions; None after a failure."""
        return statistics.median(self.seconds) if self.seconds and not self.failure else None


def interleave(ours: Callable[[], float], peers: Mapping[str, Callable[[], float]], runs: int = RUNS,
               single: tuple[str, ...] = ()) -> tuple[Side, dict[str, Side]]:  # fmt: skip
    """Ours and every peer in turn, `runs` times; those in `single` only the first time.

    A peer that fails keeps its reason and is left out from then on; ours has to work.
    """
    mine, others = Side(), {name: Side() for name in peers}
    for turn in range(runs):
        mine.seconds.append(ours())
        for name, call in peers.items():
            side = others[name]
            if side.failure or (turn and name in single):
                continue
            try:
                side.seconds.append(call())
            except (ChildError, OSError) as error:
                side.failure = str(error).splitlines()[-1][:160] if str(error) else type(error).__name__
                note(f"  {name} failed: {error}")
    return mine, others


def faster(name: str, mine: Side, peer: str, other: Side, target: Optional[float], unit: str = "s") -> Row:
    """A row that is judged by how many times longer the peer takes."""
    value, reference = mine.median, other.median
    ratio = reference / value if reference and value else None
    ok = None if ratio is None or target is None else ratio >= target
    return {"name": name, "value": value, "unit": unit, "peer": other.label(peer), "peer_value": reference,
            "ratio": ratio, "target": target, "ok": ok}  # fmt: skip


def limit(name: str, value: Optional[float], unit: str, peer: str, peer_value: Optional[float],
          target: Optional[float]) -> Row:  # fmt: skip
    """A row whose ratio is ours to the peer's and must not exceed `target`."""
    ratio = value / peer_value if value is not None and peer_value else None
    ok = None if ratio is None or target is None else ratio <= target
    return {"name": name, "value": value, "unit": unit, "peer": f"limit: {peer}", "peer_value": peer_value,
            "ratio": ratio, "target": target, "ok": ok}  # fmt: skip


def figure(name: str, value: Optional[float], unit: str, peer: str = "", peer_value: Optional[float] = None) -> Row:
    """A row that is only reported."""
    return {"name": name, "value": value, "unit": unit, "peer": peer, "peer_value": peer_value, "ratio": None,
            "target": None, "ok": None}  # fmt: skip
