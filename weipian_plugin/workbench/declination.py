"""磁偏角: one value for the workspace, added to the directions that files give from magnetic north."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Optional

import shapely

from ..core.errors import WeipianError
from ..core.proof import Evidence
from ..photos.tracks import metres
from ..store import glance, records
from . import evidence_in
from .evidence_acts import EvidenceActs

#: 古路镇, where the dossier gives the declination (World Magnetic Model), and how far around it that serves, metres.
_PLACE, _REACH_M = (106.7492, 29.7799), 60_000.0
_THERE_DEG = -2.95
#: More than this is no declination of any inhabited place in China, degrees.
_MOST_DEG = 30.0
_SETTING = "declination"


class Declination(EvidenceActs):
    """The part of a session that corrects magnetic directions."""

    #: Where the suggestion comes from, for the person who takes it over.
    DECLINATION_SOURCE = (
        "参考值来自世界磁场模型（WMM）：渝北区古路镇 2025 年年中 −2.95°（2023 年年中 −3.06°），"
        "周围 60 公里内相差不到半度；其他地方请查当地数值。"
    )

    def declination(self) -> Optional[float]:
        """Degrees east that are added to magnetic directions; None: nothing was set."""
        return evidence_in.declination(self._ws)

    def suggested_declination(self) -> Optional[float]:
        """The value of the dossier where the patches lie around its place; None elsewhere: nothing is computed."""
        boxes = glance.boundaries(self._ws)
        if not boxes:
            return None
        lon, lat = _middle(boxes)
        return _THERE_DEG if metres((lon, lat), _PLACE) <= _REACH_M else None

    def set_declination(self, value: Optional[float]) -> int:
        """Keep the value and turn every magnetic direction that no person overruled; gives how many changed.

        Args:
            value: degrees, east positive; None: directions stay as the files have them.

        Raises:
            WeipianError: E_DECLINATION.
        """
        if value is not None and not abs(value) <= _MOST_DEG:  # NaN fails the comparison too
            raise WeipianError("E_DECLINATION", value=value)
        photos = [e for e in records.evidence(self._ws).values() if e.kind == "photo"]
        changed = [new for e in photos if (new := _turned(e, value)) != e]
        if not changed and value == self.declination():
            return 0
        with self.acting("declination", "workspace") as change:
            change.put("setting", records.setting_row(_SETTING, "" if value is None else repr(float(value))))
            for item in changed:
                change.put("evidence", records.evidence_row(item))
        return sum(e.azimuth_ref == "M" and e.azimuth_raw is not None for e in changed)


def _turned(item: Evidence, value: Optional[float]) -> Evidence:
    """A photo with its magnetic direction under this declination, also in what the file said before a person did."""
    checks = dict(item.checks)
    said = checks.get("exif")
    if isinstance(said, Mapping) and said.get("azimuth_ref") == "M" and said.get("azimuth_raw") is not None:
        checks["exif"] = {**said, **_derived(float(said["azimuth_raw"]), value)}
    if item.azimuth_ref != "M" or item.azimuth_raw is None:
        return replace(item, checks=checks)
    notes = checks.get("notes")
    if isinstance(notes, list):
        checks["notes"] = [_note(value) if str(note).startswith("方位角以磁北为准") else note for note in notes]
    return replace(item, checks=checks, **_derived(item.azimuth_raw, value))


def _derived(raw: float, value: Optional[float]) -> dict[str, Any]:
    return {"azimuth": (raw + (value or 0.0)) % 360, "declination": value}


def _note(value: Optional[float]) -> str:
    """The sentence that reading a magnetic photo gives."""
    return "方位角以磁北为准" + ("，未作磁偏角改正" if value is None else f"，已按磁偏角 {value:+.2f}° 改正")


def _middle(boxes: Mapping[str, bytes]) -> tuple[float, float]:
    """Middle of the patches, degrees."""
    bounds = shapely.total_bounds(shapely.from_wkb(list(boxes.values()), on_invalid="ignore"))
    return float(bounds[0] + bounds[2]) / 2, float(bounds[1] + bounds[3]) / 2
