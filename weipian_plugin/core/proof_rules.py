"""What a rule pack says about believing evidence: limits, programs that edit pictures, documents that grant land."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Optional

#: Limits of proofs.yaml and their units; all of them editable, for no official number is known (dossier 4.1).
LIMIT_UNITS: Mapping[str, str] = {
    "compass_deg": "deg",
    "speed_km_h": "km_h",
    "clock_gap_s": "s",
    "edit_gap_s": "s",
    "same_azimuth_count": "count",
    "same_azimuth_deg": "deg",
    "same_azimuth_apart_m": "m",
    "altitude_gap_m": "m",
    "place_far_m": "m",
    "doc_area_mu": "mu",
    "doc_apart_m": "m",
    "outline_outside_m2": "m2",
}
#: Units as they are printed.
UNIT_LABELS: Mapping[str, str] = {
    "deg": "°", "km_h": " 公里/小时", "s": " 秒", "count": " 张", "m": " 米", "mu": " 亩", "m2": " 平方米",
}  # fmt: skip
#: What a program that left its name in a picture is: it edits, only shows and turns, burns words in, or takes it.
SOFTWARE_KINDS: tuple[str, ...] = ("editor", "viewer", "watermark", "camera")
#: What a document is asked: grants an area of land, has to be older than what was built, runs out.
DOCUMENT_LISTS: tuple[str, ...] = ("grants", "before_building", "limited")


@dataclass(frozen=True)
class Software:
    """A program by the words that it leaves in a picture, lower case."""

    id: str
    label: str
    source: str = "K"
    kind: str = "editor"
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProofRules:
    """proofs.yaml of a pack. `documents`: name of DOCUMENT_LISTS -> requirement ids."""

    limits: Mapping[str, Decimal] = field(default_factory=dict)
    limit_sources: Mapping[str, str] = field(default_factory=dict)
    software: tuple[Software, ...] = ()
    documents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def limit(self, key: str) -> float:
        """A limit in its unit.

        Raises:
            KeyError: the loader refuses packs without the keys that the code uses.
        """
        return float(self.limits[key])

    def program(self, text: str) -> Optional[Software]:
        """The program that a tag names; of several the one that edits. None for what the pack does not know."""
        word = text.casefold()
        found = [item for item in self.software if any(name in word for name in item.names)]
        return min(found, key=lambda item: SOFTWARE_KINDS.index(item.kind), default=None)
