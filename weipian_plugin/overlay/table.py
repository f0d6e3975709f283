"""The result of an overlay, column by column: a county has 100 000 rows, and objects cost more than geometry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Optional

import numpy as np

from ..core.findings import Finding
from ..core.model import OverlayRow
from .frame import Target

Detail = tuple[Mapping[str, str], ...]


@dataclass
class Part:
    """Rows of one role from a chunk: `patch` positions in the run, ellipsoidal m², details where there are any."""

    patch: Sequence[int]
    codes: Sequence[str]
    area: Sequence[float]
    net: Sequence[Optional[float]]
    detail: Mapping[int, Detail]


@dataclass
class OverlayResult:
    """Rows by patch, role and class as parallel columns, and what was met on the way.

    `patch` are positions in `targets`; `detail` holds only the rows that have any.
    """

    targets: Sequence[Target]
    patch: list[int]
    role: list[str]
    code: list[str]
    area: list[float]
    share: list[float]
    net: list[Optional[float]]
    detail: dict[int, Detail]
    fingerprints: Mapping[str, str]
    findings: list[Finding]
    layer_findings: Mapping[str, Sequence[Finding]]

    def __len__(self) -> int:
        return len(self.patch)

    @cached_property
    def rows(self) -> list[OverlayRow]:
        """The same as values."""
        targets = self.targets
        return [
            OverlayRow(
                patch_uid=targets[at].patch_uid,
                patch_id=targets[at].patch_id,
                role=self.role[i],
                class_code=self.code[i],
                area_m2=self.area[i],
                share=self.share[i],
                fingerprint=self.fingerprints[self.role[i]],
                net_m2=self.net[i],
                detail=self.detail.get(i, ()),
            )
            for i, at in enumerate(self.patch)
        ]


def collect(
    targets: Sequence[Target], totals: Any, parts: Mapping[str, Sequence[Part]], fingerprints: Mapping[str, str]
) -> OverlayResult:
    """Put the parts of all chunks in order: by patch, then by role as given, then as the part has them.

    `totals` are the areas that shares refer to.
    """
    flat = [(number, part) for number, role in enumerate(parts) for part in parts[role]]
    patch = np.array([at for _, part in flat for at in part.patch], dtype=np.intp)
    role = np.repeat([number for number, _ in flat], [len(part.patch) for _, part in flat]).astype(np.intp)
    order = np.lexsort((np.arange(len(patch)), role, patch))
    area = np.array([value for _, part in flat for value in part.area])
    codes = [code for _, part in flat for code in part.codes]
    net = [value for _, part in flat for value in part.net]
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.arange(len(order))
    starts = np.cumsum([0, *(len(part.patch) for _, part in flat)]).tolist()
    details = {
        int(place[start + i]): items for start, (_, part) in zip(starts, flat) for i, items in part.detail.items()
    }
    of = totals[patch] if len(patch) else area
    share = np.divide(area, of, out=np.zeros(len(area)), where=of > 0)
    names = list(parts)
    rows = order.tolist()
    return OverlayResult(
        targets,
        patch[order].tolist(),
        [names[number] for number in role[order].tolist()],
        [codes[i] for i in rows],
        area[order].tolist() if rows else [],
        share[order].tolist() if rows else [],
        [net[i] for i in rows],
        details,
        fingerprints,
        [],
        {},
    )
