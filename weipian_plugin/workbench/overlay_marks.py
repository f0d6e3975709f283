"""What was overlaid with what: one mark a patch, so that only what changed is computed again.

The mark is `<outline>-<layers>`: a digest of the patch's outline, and one of all roles with their layers (file,
time, size, layer, class field, scheme, CRS), which the setting `overlay_layers` takes apart again. A patch
whose mark is the one wanted has its rows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from ..core.findings import Finding
from ..core.journal import canonical
from ..core.model import APPROVAL_ROLES, LayerAssignment
from ..overlay.engine import APPROVED_UNION, VERSION
from ..overlay.frame import Target
from ..sources.reader import fingerprint

#: A finding without which of the layers' surroundings were looked at would mislead.
_ONLY_OF_ALL = ("W_LAYER_AWAY",)
#: Earlier sets of layers that are remembered.
_MOST_OVERLAYS = 20


def _digest(text: bytes) -> str:
    return hashlib.blake2b(text, digest_size=8).hexdigest()


def layer_marks(layers: Sequence[LayerAssignment]) -> dict[str, str]:
    """Role -> digest of its layers as they are now, in order of role; `approved_union` where there are approvals."""
    parts: dict[str, list[str]] = {}
    for layer in sorted(layers, key=lambda item: item.role):
        told = canonical(
            [
                VERSION,
                fingerprint(Path(layer.source), layer.layer),
                layer.source,
                layer.class_field,
                layer.scheme,
                layer.crs,
            ]
        )
        parts.setdefault(layer.role, []).append(told)
        if layer.role in APPROVAL_ROLES:
            parts.setdefault(APPROVED_UNION, []).append(told)
    return {role: _digest(canonical(told).encode()) for role, told in sorted(parts.items())}


def geometry_mark(target: Target) -> str:
    """Digest of the outline (the delivered one makes the checked one) and of the area its parts are scaled to."""
    told = f"|{len(target.delivered_wkb or b'')}|{target.delivered_crs}|{target.area_m2!r}"
    return _digest((target.wkb or b"") + told.encode())


def layers_mark(layers: Mapping[str, str]) -> str:
    """Digest of all roles with their layers, the second half of a patch's mark."""
    return _digest(canonical(dict(layers)).encode())


def mark(geometry: str, layers: Mapping[str, str]) -> str:
    """The mark of a patch whose rows are up to date."""
    return f"{geometry}-{layers_mark(layers)}"


def load_layers(text: str) -> dict[str, dict[str, str]]:
    """`layers_mark` -> role -> digest, of the overlays whose marks patches may carry."""
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}


def dump_layers(known: Mapping[str, Mapping[str, str]], now: Mapping[str, str]) -> str:
    """As `load_layers`, with the overlay of now last; the oldest are forgotten, their patches computed again."""
    key = layers_mark(now)
    kept = [(k, dict(v)) for k, v in known.items() if k != key][-_MOST_OVERLAYS:]
    return json.dumps(dict([*kept, (key, dict(now))]), ensure_ascii=False)


def stale_roles(
    now: Optional[str], geometry: str, layers: Mapping[str, str], earlier: Mapping[str, Mapping[str, str]]
) -> frozenset[str]:
    """Roles that have to be computed again for a patch with the mark `now`."""
    outline, _, key = (now or "").partition("-")
    if outline != geometry:
        return frozenset(layers)
    without = {role: digest for role, digest in layers.items() if role != "village"}
    if key == layers_mark(without):  # overlaid within a split or a drawing, its village not looked for yet
        return frozenset(layers) - frozenset(without)
    if key not in earlier:
        return frozenset(layers)
    stale = {role for role, digest in layers.items() if earlier[key].get(role) != digest}
    if stale & {*APPROVAL_ROLES, APPROVED_UNION}:
        stale |= {role for role in layers if role in APPROVAL_ROLES} | {APPROVED_UNION}
    return frozenset(stale)


@dataclass(frozen=True)
class Told:
    """A finding that is kept with the workspace: of a layer's role, of a patch where `patch` is true."""

    role: str
    patch: bool
    finding: Finding


def load_findings(text: str) -> list[Told]:
    """Findings of earlier overlays, none if there were none."""
    items = json.loads(text) if text else []
    return [
        Told(item["role"], item["patch"], Finding(item["code"], item["message"], item["subject"])) for item in items
    ]


def dump_findings(told: Sequence[Told]) -> str:
    """Findings -> text."""
    return canonical([{"role": item.role, "patch": item.patch, **vars(item.finding)} for item in told])


def merge_findings(
    known: Sequence[Told],
    fresh: Sequence[Told],
    roles: Mapping[str, bool],
    patches: frozenset[str],
    present: frozenset[str],
) -> list[Told]:
    """Earlier findings that still hold, then the new ones.

    Args:
        known: findings of earlier overlays.
        fresh: findings of this one.
        roles: roles given now -> whether every patch was computed again.
        patches: ids of the patches computed again.
        present: ids of all patches.
    """
    kept = []
    for item in known:
        gone = item.role not in roles or roles[item.role]
        if item.patch:
            gone = item.role not in roles or item.finding.subject in patches or item.finding.subject not in present
        if not gone:
            kept.append(item)
    said = {(item.finding.code, item.finding.subject) for item in kept}
    new = [
        item
        for item in fresh
        if item.patch
        or roles.get(item.role)
        or (item.finding.code not in _ONLY_OF_ALL and (item.finding.code, item.finding.subject) not in said)
    ]
    return kept + new
