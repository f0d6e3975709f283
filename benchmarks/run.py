"""Collect the benchmark modules, print a table, write build/bench.json.

A module `bench_*.py` beside this file offers `run() -> list[dict]`; each dict has `name`, `value`,
`unit`, and, where something is compared, `peer`, `peer_value`, `ratio` (peer / ours), `target`
(the least ratio, or for `limit` benches the most), `ok`. Medians of 5. Ratios are judged, absolute
figures only reported.

    run.py [NAME ...]      only the modules whose name contains one of NAME
"""

from __future__ import annotations

import importlib.util
import json
import sys
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
KEYS = ("name", "value", "unit", "peer", "peer_value", "ratio", "target", "ok")


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
    return "–" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


def table(rows: list[Mapping[str, Any]]) -> str:
    """Rows as an aligned text table."""
    lines = [("name", "value", "unit", "peer", "peer value", "ratio", "target", "ok")]
    for row in rows:
        verdict = "–" if row["ok"] is None else "yes" if row["ok"] else "NO"
        lines.append(
            (
                row["name"],
                number(row["value"]),
                row["unit"] or "",
                row["peer"] or "–",
                number(row["peer_value"]),
                number(row["ratio"]),
                number(row["target"]),
                verdict,
            )
        )
    widths = [max(len(line[i]) for line in lines) for i in range(len(KEYS))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)


def main(names: list[str]) -> int:
    """Run the modules and return the exit status: 1 when a judged ratio or a module failed."""
    sys.path.insert(0, str(ROOT))
    sys.path.insert(0, str(HERE))
    rows: list[Mapping[str, Any]] = []
    broken = []
    for path in sorted(HERE.glob("bench_*.py")):
        if names and not any(name in path.stem for name in names):
            continue
        started = time.perf_counter()
        try:
            rows += [{key: row.get(key) for key in KEYS} for row in load(path).run()]
        except Exception:  # noqa: BLE001 - one broken bench must not hide the others; it is reported and fails the run
            traceback.print_exc()
            broken.append(path.stem)
        print(f"{path.stem}: {time.perf_counter() - started:.1f} s", file=sys.stderr)
    output = ROOT / "build" / "bench.json"
    if not names:
        output.parent.mkdir(exist_ok=True)
        output.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    print(table(rows))
    for name in broken:
        print(f"{name}: did not run")
    return 1 if broken or any(row["ok"] is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
