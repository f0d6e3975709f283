"""Use case: layers into roles, tables into registers, then the overlay; what is still lacking is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Optional

from ..core import areas
from ..core.errors import WeipianError
from ..core.feedback import Feedback
from ..core.model import APPROVAL_ROLES, IMAGE_ROLES, LOOKED_AT_ROLES, ROLE_LABELS, ROLES, LayerAssignment
from . import landuse_scheme, overlaying, registers
from .pack_shelf import pack_of
from .register_tables import RegisterTable
from .registers import RegisterReport, RegisterSource
from .session import Session

#: Roles without which the advice keeps to 存疑.
_DECIDING = ("landuse", "prime_farmland", "eco_redline", "urban_boundary", "plan_zone")


@dataclass(frozen=True)
class WorkReport:
    """What was done: the overlay (None where no layer can be intersected), the registers, what lacks."""

    overlay: Optional[overlaying.OverlayReport]
    registers: Optional[RegisterReport]
    lacking: tuple[str, ...]
    basis: str
    net_refused: bool = False
    layers: Sequence[LayerAssignment] = ()
    images: Sequence[Mapping[str, Any]] = ()  # what each source of imagery says of itself

    @property
    def patches(self) -> int:
        """How many patches were overlaid."""
        return self.overlay.patches if self.overlay else 0

    def lines(self) -> tuple[list[str], bool]:
        """What to tell the person, and whether anything of it is amiss."""
        lines = [f"{self.patches} 个图斑套合完成。" if self.overlay else "没有可套合的图层，影像和登记表已保存。"]
        trouble = self.overlay is None
        if self.registers is not None and self.registers.entries:
            count, linked = sum(self.registers.entries.values()), sum(self.registers.links.values())
            lines.append(f"审批登记 {count} 条，与图斑对应 {linked} 处。")
        if self.overlay and self.overlay.identity_bad:
            bad = self.overlay.identity_bad
            lines.append(f"面积不平衡 {len(bad)} 个：{'、'.join(bad[:_SHOWN])}")
            trouble = True
        findings = [
            *(self.overlay.findings if self.overlay else ()),
            *(self.registers.findings if self.registers else ()),
        ]
        told = [
            f"{f.subject}：{f.message}" if f.subject and f.subject not in f.message else f.message for f in findings
        ]
        lines += told[:_SHOWN]
        if len(told) > _SHOWN:
            lines.append(f"……另有 {len(told) - _SHOWN} 项")
        if self.net_refused:
            lines.append(f"{NO_KCXS}，耕地仍按毛面积。")
            trouble = True
        if self.lacking:
            lines.append("还没有：" + "、".join(ROLE_LABELS[role] for role in self.lacking))
        return lines, trouble or bool(told)

    def report(self) -> dict[str, Any]:
        """The REPORT_JSON of design section 5."""
        body = self.overlay.report() if self.overlay else {"patches": 0, "rows": 0, "identity_bad": [], "findings": []}
        body["lacking"] = [{"role": role, "label": ROLE_LABELS[role]} for role in self.lacking]
        used = areas.GROSS if self.net_refused else self.basis
        body["cropland"] = {"asked": self.basis, "basis": used, "label": areas.BASIS_LABELS[used]}
        body["layers"] = [{"role": item.role, "source": item.source, "layer": item.layer} for item in self.layers]
        body["images"] = list(self.images)
        if self.registers is not None:
            body["registers"] = self.registers.report()
        return body


_SHOWN = 5
NO_KCXS = "地类图斑没有扣除系数（KCXS），不能扣除田坎"


def run(
    folder: Path,
    who: str,
    feedback: Feedback,
    layers: Optional[Sequence[LayerAssignment]] = None,
    tables: Optional[Sequence[RegisterSource]] = None,
    basis: str = "",
    scheme: str = "",
) -> WorkReport:
    """Overlay the patches and lay the registers on them; None takes what the workspace holds.

    `basis` gross or net, empty leaves it; `scheme` answers the question landuse_scheme.
    Layers given together are all there are, except that images take the place of those of the same time and batch,
    and alone leave the others as they were; tables take the place of the tables in their own roles.

    Raises:
        WeipianError: E_QUESTION (key landuse_scheme), E_LAYER_ROLE, E_LAYER_FIELD, E_NO_OVERLAY with nothing at
            all to work with, those of the overlay and of the registers, E_CANCELLED.
    """
    folder = Path(folder)
    for layer in layers or ():
        if layer.role not in ROLES:
            raise WeipianError("E_LAYER_ROLE", role=layer.role)
    with Session.open(folder, who) as session:
        stored = session.assignments()
        held = session.register_sources()
        layers = session.checked_images(layers) if layers else layers
        wanted = [_named(layer, scheme) for layer in _merged(stored, layers)]
        overlaid = [layer for layer in wanted if layer.role not in LOOKED_AT_ROLES]
        if not overlaid and not wanted and not (held if tables is None else tables):
            raise WeipianError("E_NO_OVERLAY")
        check_schemes(wanted)
    if basis and basis not in areas.BASIS_LABELS:
        raise WeipianError("E_ANSWER", key="cropland", value=basis, choices="gross、net")
    # Whatever may be wrong with the tables is found before anything is written.
    read = None if tables is None else registers.read_tables(tables, feedback, pack_of(folder))
    changed = sorted(wanted, key=str) != sorted(stored, key=str)
    done = _overlay(folder, who, feedback, wanted if changed else None, wanted) if overlaid else None
    with Session.open(folder, who) as session:
        if not overlaid and changed:
            session.assign_all(wanted)
        if basis:
            session.set_cropland_basis(basis)
        basis = session.cropland_basis()
        refused = basis == areas.NET and session.net_refused()
        images = session.image_report()
    found = _registers(folder, who, feedback, tables, read, held)
    given = {layer.role for layer in wanted} | {table.role for table in (*held, *(tables or ()))}
    return WorkReport(done, found, _lacking(given), basis, refused, tuple(wanted), images)


def _registers(
    folder: Path,
    who: str,
    feedback: Feedback,
    tables: Optional[Sequence[RegisterSource]],
    read: Optional[Sequence[RegisterTable]],
    held: Sequence[RegisterSource],
) -> Optional[RegisterReport]:
    if tables and read is not None:
        roles = {table.role for table in tables}
        kept = [table for table in held if table.role not in roles]
        return registers.store(folder, [*kept, *tables], read, who, feedback)
    if held:
        with Session.open(folder, who) as session:
            entries: dict[str, int] = {}
            for entry in session.matcher().index.entries.values():
                entries[entry.register] = entries.get(entry.register, 0) + 1
        return RegisterReport(entries, registers.relink(folder, who, feedback))
    return None


def _merged(stored: Sequence[LayerAssignment], layers: Optional[Sequence[LayerAssignment]]) -> list[LayerAssignment]:
    """What counts from now on: images replace those of the same time and batch, and alone nothing else."""
    if not layers:
        return list(stored)
    places = {(layer.role, layer.batch_id) for layer in layers}
    others = [layer for layer in stored if (layer.role, layer.batch_id) not in places]
    if all(layer.role in LOOKED_AT_ROLES for layer in layers):
        return [*others, *layers]
    return [*layers, *(layer for layer in others if layer.role in IMAGE_ROLES)]


def _named(layer: LayerAssignment, scheme: str) -> LayerAssignment:
    """A land-use layer whose classification was just answered."""
    asks = layer.role == "landuse" and not layer.scheme
    return replace(layer, scheme=landuse_scheme.scheme_named(scheme)) if asks and scheme else layer


def check_schemes(layers: Sequence[LayerAssignment]) -> None:
    """Make sure that the classification of every land-use layer is settled.

    Raises:
        WeipianError: E_QUESTION where a land-use layer leaves a doubt; those of `recognised`.
    """
    questions = []
    for layer in layers:
        if layer.role == "landuse" and not layer.scheme:
            guess = landuse_scheme.recognised(layer)
            if not guess.sure:
                questions.append(guess.question(Path(layer.source).name))
    if questions:
        raise landuse_scheme.asked(questions)


def _overlay(
    folder: Path,
    who: str,
    feedback: Feedback,
    assignments: Optional[Sequence[LayerAssignment]],
    wanted: Sequence[LayerAssignment],
) -> overlaying.OverlayReport:
    try:
        return overlaying.overlay_patches(folder, who, feedback, assignments)
    except WeipianError as error:
        if error.code != "E_LANDUSE_SCHEME":
            raise
        # The codes near the patches left a doubt that the first rows of the layer did not.
        land = next(layer for layer in wanted if layer.role == "landuse" and not layer.scheme)
        guess = replace(landuse_scheme.recognised(land), reason="图斑附近的编码不全属于三调工作分类")
        raise landuse_scheme.asked([guess.question(Path(land.source).name)]) from error


def _lacking(given: set[str]) -> tuple[str, ...]:
    """Deciding roles without a layer, and 农转用 where no approval at all was given."""
    missing = [role for role in _DECIDING if role not in given]
    if not given.intersection(APPROVAL_ROLES):
        missing.append("approval")
    return tuple(missing)
