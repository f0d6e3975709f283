"""What a returned folder says of its own photos: numbers of the hand-out's list, and what a QField project noted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import shapely

from ..core.errors import WeipianError
from ..report.qfield import DATA_NAME, PHOTOS
from ..sources.reader import open_source
from .handout import LIST_NAME, read_list

#: `3.jpg`, `03-1.jpg`, `3号 (2).jpg`, `3_近景.jpg`: the number of the list stands first, alone.
_NUMBER = re.compile(r"^\s*0*(\d{1,4})(?!\d)\s*(?:号|#|$|[-_ 　.（(])")
#: Folders above a photo that are asked for a number: `3/IMG_0001.jpg`.
_LEVELS = 2
_COLUMNS = ("patch_uid", "photo", "purpose", "note", "taken_at", "azimuth")


@dataclass(frozen=True)
class Hint:
    """Where a returned file belongs by what came with it, and the reason in words.

    What the phone noted besides stands in for what the photo itself does not say: `lon`, `lat` degrees WGS84,
    `azimuth` degrees entered by hand, `taken_at` China time; None or empty when not noted.
    """

    patch_uid: str
    reason: str
    purpose: str = ""
    note: str = ""
    lon: Optional[float] = None
    lat: Optional[float] = None
    azimuth: Optional[float] = None
    taken_at: str = ""


def read_mapping(files: Sequence[Path]) -> Mapping[Path, Hint]:
    """Returned files -> the patch that they were taken for; empty without a list or a table of ours.

    A file is read by the list that lies nearest above it, so that several returned folders may lie side by side;
    what a phone noted of a photo goes before its number.
    """
    lists = {file.parent: read_list(file) for file in files if file.name == LIST_NAME}
    found: dict[Path, Hint] = {}
    for file in files:
        above = next((parent for parent in file.parents if parent in lists), None)
        number = _number_of(file, above) if above is not None else None
        uid = lists[above].get(number) if above is not None and number is not None else None
        if uid:
            found[file] = Hint(uid, f"按派发清单的序号 {number}")
    given = set(files)
    for table in (file for file in files if file.name == DATA_NAME):
        with suppress(WeipianError):  # somebody else's file of that name
            found.update((path, hint) for path, hint in _noted(table) if path in given)
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


def _noted(table: Path) -> Iterator[tuple[Path, Hint]]:
    """The photos of a QField project that was brought back, as far as they name a patch."""
    with open_source(table, PHOTOS) as source:
        if not set(_COLUMNS) <= set(source.fields):
            return
        for _fid, wkb, values in source.read(fields=_COLUMNS):
            photo, uid = values["photo"] or "", values["patch_uid"] or ""
            if not photo or not uid:
                continue
            point = shapely.from_wkb(wkb) if wkb else None
            placed = point is not None and not point.is_empty
            yield (
                table.parent / photo.replace("\\", "/"),
                Hint(
                    uid,
                    "按外业项目里的登记",
                    values["purpose"] or "",
                    values["note"] or "",
                    float(point.x) if placed else None,
                    float(point.y) if placed else None,
                    _degrees(values["azimuth"]),
                    values["taken_at"] or "",
                ),
            )


def _degrees(text: Optional[str]) -> Optional[float]:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value % 360 if -360 <= value <= 360 else None
