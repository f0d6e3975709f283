"""What was met on the way and should be seen, though the work could go on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A remark for the report: `code` is stable, `message` Chinese, `subject` a patch id or a layer."""

    code: str
    message: str
    subject: str = ""
