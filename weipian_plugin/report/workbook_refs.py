"""Names and ranges that the sheets of the ledger share."""

from __future__ import annotations

LEDGER, ILLEGAL, CHECK = "台账", "违法图斑清单", "校核"
#: First data row of 台账, 违法图斑清单 and 校核; row n of 校核 is about row n of 台账.
FIRST = 4


def span(letter: str, last: int) -> str:
    """The data cells of one column of the same sheet."""
    return f"{letter}${FIRST}:{letter}${last}"


def ref(sheet: str, letter: str, last: int) -> str:
    """The data cells of one column of another sheet, absolute."""
    return f"'{sheet}'!${letter}${FIRST}:${letter}${last}"
