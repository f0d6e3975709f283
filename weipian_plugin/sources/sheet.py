"""A table as rows of text under one row of headers, wherever it came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

from ..core.findings import Finding

Cells = list[Optional[str]]


@dataclass
class Sheet:
    """`rows` are as long as `header`; `first_row` is the number in the file of the first of them (from 1).

    `title`: the text above the header; `merged`: (row, column) of cells that repeat a merged value.
    """

    path: Path
    name: str
    header: tuple[str, ...]
    rows: list[Cells]
    encoding: str = ""
    encoding_reason: str = "该格式自带编码，不需要判断"
    hidden: bool = False
    title: str = ""
    first_row: int = 1
    notes: list[Finding] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Number of rows."""
        return len(self.rows)
