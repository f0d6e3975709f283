"""Figures of many repetitions; no QGIS."""

from __future__ import annotations

from collections.abc import Iterable


def p95(values: Iterable[float]) -> float:
    """The value that 95 of 100 do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-95 * len(ordered) // 100) - 1)]
