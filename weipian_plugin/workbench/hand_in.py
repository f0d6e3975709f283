"""What a returned folder says of its own photos: numbers of the hand-out's list, and what a QField project noted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from .handout import LIST_NAME, read_list

#: `3.jpg`, `03-1.jpg`, `3号 (2).jpg`, `3_近景.jpg`: the number of the list stands first, alone.
_NUMBER = re.compile(r"^\s*0*(\d{1,4})(?!\d)\s*(?:号|#|$|[-_ 　.（(])")
#: Folders above a photo that are asked for a number: `3/IMG_0001.jpg`.
_LEVELS = 2


@dataclass(frozen=True)
class Hint:
    """Where a returned file belongs by what came with it, and the reason in words."""

    patch_uid: str
    reason: str


def read_mapping(files: Sequence[Path]) -> Mapping[Path, Hint]:
    """Returned files -> the patch that they were taken for; empty without a list of ours.

    A file is read by the list that lies nearest above it, so that several returned folders may lie side by side.
    """
    lists = {file.parent: read_list(file) for file in files if file.name == LIST_NAME}
    found: dict[Path, Hint] = {}
    for file in files:
        above = next((parent for parent in file.parents if parent in lists), None)
        if above is None:
            continue
        number = _number_of(file, above)
        uid = lists[above].get(number) if number is not None else None
        if uid:
            found[file] = Hint(uid, f"按派发清单的序号 {number}")
    return found


def _number_of(file: Path, above: Path) -> Optional[int]:
    names = [file.stem]
    for parent in list(file.parents)[:_LEVELS]:
        if parent == above:
            break
        names.append(parent.name)
    for name in names:
        matched = _NUMBER.match(name)
        if matched:
            return int(matched.group(1))
    return None
