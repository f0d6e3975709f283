"""Layers, registers and how 耕地 is counted: what a person sets for a workspace, one action each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..core import areas
from ..core.errors import WeipianError
from ..core.model import ROLES, LayerAssignment
from ..core.registers import CONFIRMED, REMOVED
from ..store import records
from .acting import Acting
from .clock import now
from .reading import CROPLAND
from .registers import RegisterSource, drop_tables, link_row, require_entry, sources, sources_row


class LayerSettings(Acting):
    """The part of a session that says which data counts and how."""

    def assign_all(self, layers: Sequence[LayerAssignment]) -> None:
        """These layers and no others have a role; one action.

        Raises:
            WeipianError: E_LAYER_ROLE.
        """
        for layer in layers:
            if layer.role not in ROLES:
                raise WeipianError("E_LAYER_ROLE", role=layer.role)
        ordered = sorted(layers, key=lambda a: (ROLES.index(a.role), a.source, a.layer))
        with self._ws.transaction("layers", "workspace", self.who) as change:
            change.put("setting", records.assignments_row(ordered))
        self._mark = self._ws.head()[0]

    def register_sources(self) -> list[RegisterSource]:
        """Tables that were read as approval registers."""
        return sources(self._ws)

    def keep_register_sources(self, tables: Sequence[RegisterSource]) -> None:
        """Note which tables are registers; they are read with the next overlay (`layer_work.run`).

        Tables that are no longer named take their entries and links with them at once.
        """
        kept = {(table.role, table.source) for table in tables}
        gone = [s for s in self.register_sources() if (s.role, s.source) not in kept]
        with self._ws.transaction("register", "workspace", self.who) as change:
            drop_tables(self._ws, change, gone)
            change.put("setting", sources_row(tables))
        self._mark = self._ws.head()[0]

    def register_counts(self) -> Mapping[str, int]:
        """How many entries each table gave, by the name of the file."""
        counts: dict[str, int] = {}
        for entry in self.matcher().index.entries.values():
            counts[entry.source_name] = counts.get(entry.source_name, 0) + 1
        return counts

    def link_entry(self, patch_uid: str, patch_id: str, entry_id: str, *, belongs: bool) -> None:
        """Confirm that an entry of a register belongs to a patch, or take it off; automatic matching keeps to it.

        Raises:
            WeipianError: E_PATCH_MISMATCH, E_REGISTER_MISSING.
        """
        self._guard(patch_uid, patch_id)
        require_entry(self.matcher(), entry_id)
        row = link_row(patch_uid, entry_id, CONFIRMED if belongs else REMOVED, self.who, now())
        with self.acting("register_link", patch_uid) as change:
            change.put("register_link", row)

    def set_cropland_basis(self, basis: str) -> None:
        """Count 耕地 gross or net of 田坎 from now on.

        Raises:
            WeipianError: E_ANSWER for anything else.
        """
        if basis not in areas.BASIS_LABELS:
            raise WeipianError("E_ANSWER", key="cropland", value=basis, choices="gross、net")
        if basis == self.cropland_basis():
            return
        with self._ws.transaction("cropland", "workspace", self.who) as change:
            change.put("setting", records.setting_row(CROPLAND, basis))
        self._mark = self._ws.head()[0]

    def net_refused(self) -> bool:
        """True when some 耕地 of the overlay has no KCXS, so that it cannot be counted net."""
        codes = records.landuse_without_net(self._ws)
        lands = [self.pack.land_class(code) for code in codes]
        return any(land is not None and land.cropland for land in lands)

    def county_codes(self) -> list[str]:
        """Codes of the counties that the patches lie in (six digits), the most frequent first."""
        return records.county_codes(self._ws)
