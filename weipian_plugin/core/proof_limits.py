"""The limits that evidence is believed by, as the checks and their sentences use them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Optional

from .proof_rules import LIMIT_UNITS, UNIT_LABELS, ProofRules, Software
from .rulepack import UNCONFIRMED_MARK, RulePack, is_confirmed

#: Thresholds of the pack that concern photos, and their units.
_CAMERA: Mapping[str, str] = {
    "camera_max_distance_m": "m", "camera_length_m": "m", "camera_half_angle_deg": "deg", "camera_accuracy_m": "m",
}  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """Numbers by id, in the unit that the id ends with, and where they come from."""

    values: Mapping[str, float]
    sources: Mapping[str, str]
    rules: ProofRules
    _programs: dict[str, Optional[Software]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, pack: RulePack) -> Limits:
        """The limits of a pack."""
        values = {key: float(pack.threshold(key)) for key in _CAMERA}
        sources = {key: pack.threshold_sources.get(key, "K") for key in _CAMERA}
        values.update({key: float(value) for key, value in pack.proofs.limits.items()})
        sources.update(pack.proofs.limit_sources)
        return cls(values, sources, pack.proofs)

    def __getitem__(self, key: str) -> float:
        return self.values[key]

    def program(self, name: str) -> Optional[Software]:
        """The program that a tag names; the same few names stand in thousands of photos."""
        if name not in self._programs:
            self._programs[name] = self.rules.program(name)
        return self._programs[name]

    def shown(self, key: str) -> str:
        """The limit with its unit for a sentence, marked where no source confirms it: 50 米（未经核实）."""
        unit = UNIT_LABELS[_CAMERA.get(key) or LIMIT_UNITS[key]]
        mark = "" if is_confirmed(self.sources.get(key, "K")) else f"（{UNCONFIRMED_MARK}）"
        return f"{self.values[key]:g}{unit}{mark}"
