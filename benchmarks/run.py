"""Collect the benchmark modules, print a table, write build/bench.json and build/bench_machine.json.

A module `bench_*.py` beside this file offers `run() -> list[dict]`; each dict has `name`, `value`,
`unit`, and, where something is compared, `peer`, `peer_value`, `ratio` (peer / ours), `target` (the least
ratio), `ok`. Where the peer's name begins with `limit:` the ratio is ours / the limit, or the part of a
tolerance that is used up, and `target` is the most it may be. Medians of 5. Ratios are judged, absolute
figures only reported.

    run.py [--output FOLDER] [--tiny] [NAME ...]      only the modules whose name contains one of NAME

A run of some modules only prints; the whole run, or one with `--output`, writes the files too. `--tiny` tries the
benchmarks themselves on a handful of parcels; its figures say nothing about speed.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
KEYS = ("name", "value", "unit", "peer", "peer_value", "ratio", "target", "ok")
HEADINGS = ("name", "value", "unit", "peer", "peer value", "ratio", "target", "ok")


def load(path: Path) -> Any:
    """Import one benchmark module by file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def number(value: Any) -> str:
    """Short text of a figure; a dash when there is none."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return str(value)


def verdict(ok: Any) -> str:
    """Yes, NO, or a dash for what is not judged."""
    return "–" if ok is None else "yes" if ok else "NO"


def table(rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as an aligned text table."""
    lines = [HEADINGS]
    for row in rows:
        figures = [number(row.get(key)) for key in ("peer_value", "ratio", "target")]
        peer = row.get("peer") or "–"
        lines.append((row["name"], number(row["value"]), row.get("unit") or "", peer, *figures, verdict(row.get("ok"))))
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)


def collect(paths: Sequence[Path], tiny: bool) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of the modules, and the names of those that broke."""
    rows: list[dict[str, Any]] = []
    broken = []
    for path in paths:
        started = time.perf_counter()
        try:
            module = load(path)
            produced = module.run(**(module.TINY if tiny else {}))
            found = [{key: row.get(key) for key in KEYS} for row in produced]
        except Exception:  # noqa: BLE001 - one broken bench must not hide the others; it is reported and fails the run
            traceback.print_exc()
            broken.append(path.stem)
            found = []
        rows += found
        print(f"{path.stem}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
        if found:
            print(table(found), file=sys.stderr, flush=True)
    return rows, broken


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Run the modules and return the exit status: 1 when a judged ratio or a module failed."""
    parser = argparse.ArgumentParser(description="Run the benchmarks.")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--tiny", action="store_true")
    given = parser.parse_args(list(arguments))
    sys.path[:0] = [str(HERE), str(ROOT)]
    if given.tiny:
        os.environ.update(WEIPIAN_BENCH_RUNS="1", WEIPIAN_BENCH_GENERATOR="own")
    machine = load(HERE / "machine.py")
    # A run that is ended leaves no server behind: unwinding closes what was started.
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    paths = sorted(HERE.glob("bench_*.py"))
    chosen = [path for path in paths if not given.names or any(name in path.stem for name in given.names)]
    if not chosen:
        parser.error(f"no benchmark of that name; there are {', '.join(path.stem[6:] for path in paths)}")
    facts = machine.describe()
    started = time.perf_counter()
    rows, broken = collect(chosen, given.tiny)
    facts["seconds"] = round(time.perf_counter() - started)
    if given.output or not (given.names or given.tiny):
        output = given.output or ROOT / "build"
        _write(output / "bench.json", rows)
        _write(output / "bench_machine.json", facts)
    print(f"\n{machine.text(facts)}\n\n{table(rows)}")
    missed = sum(row["ok"] is False for row in rows)
    print(f"\n{facts['seconds']} s in all; {missed} of {sum(row['ok'] is not None for row in rows)} judged rows missed")
    for name in broken:
        print(f"{name}: did not run")
    return 1 if broken or missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
