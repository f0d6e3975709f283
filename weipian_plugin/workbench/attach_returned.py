"""A field hand-out that came back: its own list or table says which photo was taken for which patch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

from ..core.errors import WeipianError
from ..core.proof import INFERRED
from .evidence_in import Prepared
from .evidence_sources import Source

if TYPE_CHECKING:
    from .hand_in import Hint

#: Only where one of these is there can something of ours have come back.
_SUFFIXES = frozenset({".csv", ".gpkg"})


class Returned:
    """What came with the files themselves.

    `tables` are files of the hand-out itself, which are no evidence; `hints` what they say of a path.
    """

    def __init__(self, files: Sequence[Source], scratch: Callable[[], Path]) -> None:
        self.tables: set[Path] = set()
        self.hints: Mapping[Path, Hint] = {}
        if any(source.path.suffix.lower() in _SUFFIXES for source in files):
            self._read(files, scratch)

    def _read(self, files: Sequence[Source], scratch: Callable[[], Path]) -> None:
        from . import hand_in, handing_out

        names = (hand_in.LIST_NAME, hand_in.DATA_NAME)
        tables = [source for source in files if source.name in names]
        if not tables:
            return
        unpacked: dict[Path, Path] = {}
        real: dict[Path, Path] = {}
        for source in files:
            place = source.real
            if place is None and source.archive is not None:
                home = unpacked.setdefault(source.archive, scratch().with_suffix(""))
                place = home / source.path.relative_to(source.archive)
                if source.name in names:
                    with suppress(OSError):
                        _copy(source, place)
            if place is not None:
                real[place] = source.path
        found = hand_in.read_mapping(list(real))
        self.hints = {real[place]: hint for place, hint in found.items() if place in real}
        if self.hints:
            from ..report.handout_sheet import SHEET_NAME
            from ..report.qfield import IMAGE_NAME

            # Without hints a list of that name is somebody's own document.
            own = {*names, handing_out.KML_NAME, SHEET_NAME, IMAGE_NAME}
            self.tables = {source.path for source in files if source.name in own and source.path not in self.hints}

    def left_out(self, files: Sequence[Source]) -> list[tuple[str, WeipianError]]:
        """The files of the hand-out itself, and that they are."""
        why = {"kind": "派发包自带的文件", "remedy": "照片已按其中的登记归位，不需要处理"}
        return [
            (source.label, WeipianError("E_EVIDENCE_KIND", path=source.label, **why))
            for source in files
            if source.path in self.tables
        ]

    def fill(self, path: Path, item: Prepared) -> Prepared:
        """The file with what the phone noted where the photo itself says nothing."""
        hint, was = self.hints.get(path), item.evidence
        if hint is None or item.known or was.kind != "photo":
            return item
        more: dict[str, Any] = {}
        if was.lon is None and hint.lon is not None:
            more.update(lon=hint.lon, lat=hint.lat)
        if was.azimuth is None and hint.azimuth is not None:
            more.update(azimuth=hint.azimuth, azimuth_ref="T")
        if not was.taken_at and hint.taken_at:
            more["taken_at"] = hint.taken_at
        notes = item.notes
        if more:
            said = {"lon": "位置", "azimuth": "方位角", "taken_at": "时间"}
            words = "、".join(word for name, word in said.items() if name in more)
            notes = (*notes, f"{words}取自外业登记")
            more["source"] = INFERRED if was.lon is None else was.source
            more["checks"] = {**was.checks, "notes": list(notes)}
        return replace(item, evidence=replace(was, **more), notes=notes)


def _copy(source: Source, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with source.opens() as stream, place.open("wb") as sink:
        block: Optional[bytes] = stream.read(1 << 20)
        while block:
            sink.write(block)
            block = stream.read(1 << 20)
