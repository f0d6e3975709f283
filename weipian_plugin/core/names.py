"""File and folder names that every Windows disk accepts, made from ids and titles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_SPACE = re.compile(r"\s+")
#: Device names of Windows, reserved with and without an extension (superscript digits included).
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)", re.IGNORECASE)
_EMPTY = "未命名"


def safe_name(text: str, limit: int = 80) -> str:
    """`text` as one file or folder name: never empty, at most `limit` characters, deterministic.

    Characters that Windows forbids become `_`, control and format characters go, trailing dots and
    spaces go, device names get a leading `_`.
    """
    text = unicodedata.normalize("NFC", text)
    text = "".join(c for c in _SPACE.sub(" ", text) if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))
    text = _FORBIDDEN.sub("_", text).strip()
    text = text[: max(limit, 1)].rstrip(". ")
    if _RESERVED.match(text):
        text = f"_{text}"[: max(limit, 1)].rstrip(". ")
    return text or _EMPTY[: max(limit, 1)]


def unique_names(texts: Iterable[str], limit: int = 80) -> list[str]:
    """Safe names in the order given, no two of them equal on a disk that ignores case.

    The first of a clash keeps its name, the others get `_2`, `_3` …; a name that is only equal after
    a suffix is avoided too. `limit` below 16 is taken as 16, or the suffixes would not fit.
    """
    limit = max(limit, 16)
    wanted = [safe_name(text, limit) for text in texts]
    first = {name.casefold() for name in wanted}
    taken: set[str] = set()
    done = []
    for name in wanted:
        candidate, number = name, 1
        while candidate.casefold() in taken or (number > 1 and candidate.casefold() in first):
            number += 1
            suffix = f"_{number}"
            candidate = safe_name(name[: max(limit - len(suffix), 1)].rstrip(". ") + suffix, limit)
        taken.add(candidate.casefold())
        done.append(candidate)
    return done
