"""One append-only hash chain per origin: what a row is, how it is hashed, how the chain is checked.

Proves order and integrity against the anchors printed on handed-in reports, and no more: who can
write the file can also write a new chain, but not one that ends in an anchor already printed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True)
class JournalRow:
    """One committed action. `before` and `after` are canonical JSON text."""

    origin: str
    seq: int
    hlc: str
    who: str
    action: str
    subject: str
    before: str
    after: str
    prev_hash: str
    hash: str


def canonical(value: Any) -> str:
    """JSON with sorted keys, no spaces, Unicode kept: equal values give equal text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(fields: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of every field but `hash`."""
    body = {key: value for key, value in fields.items() if key != "hash"}
    return hashlib.sha256(canonical(body).encode()).hexdigest()


def next_hlc(last: str, now_ms: int) -> str:
    """Hybrid logical clock `<milliseconds, 13 digits>-<counter, 6 digits>`, never running backwards."""
    ms, counter = (int(part) for part in last.split("-")) if last else (0, 0)
    return f"{now_ms:013d}-{0:06d}" if now_ms > ms else f"{ms:013d}-{counter + 1:06d}"


def check_chain(rows: Iterable[JournalRow]) -> list[str]:
    """Walk the rows of one origin in seq order; every break is told in Chinese, none is []."""
    problems: list[str] = []
    prev, expected, last_hlc = GENESIS, 1, ""
    for row in rows:
        where = f"日志 {row.origin[:8]} 第 {row.seq} 条"
        if row.seq != expected:
            problems.append(f"{where}：序号不连续，应为第 {expected} 条")
        if row.prev_hash != prev:
            problems.append(f"{where}：与上一条接不上")
        if row.hlc <= last_hlc:
            problems.append(f"{where}：时间先后颠倒")
        if digest(row.__dict__) != row.hash:
            problems.append(f"{where}：内容被改动过")
        prev, expected, last_hlc = row.hash, row.seq + 1, row.hlc
    return problems
