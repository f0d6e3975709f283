"""What a person does with the geometry of patches: split, draw a boundary, register a clue, and take it back."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.model import Patch
from ..store import records
from . import clues, drawing, splitting
from .acting import Acting


class HandWork(Acting):
    """The part of a session that works by hand on the map; each method is one action."""

    def _guard(self, patch_uid: str, patch_id: str) -> Patch:
        patch = super()._guard(patch_uid, patch_id)
        splitting.refuse_parent(self._ws, patch)
        return patch

    # -- splitting -------------------------------------------------------------------------------

    def check_splittable(self, patch_uid: str) -> None:
        """Raise with a sentence where this patch cannot be split; errors of `splitting.check_splittable`."""
        splitting.check_splittable(self._ws, self._patch(patch_uid))

    def plan_cut(self, patch_uid: str, lines: Sequence[bytes]) -> splitting.SplitPlan:
        """What cutting by WKB lines (lon/lat EPSG:4490) would give; changes nothing. See `plan_lines`."""
        return splitting.plan_lines(self._patch(patch_uid), lines)

    def plan_paste(self, patch_uid: str, text: str, crs: str = "", *, in_order: bool = False) -> splitting.SplitPlan:
        """What pasted sub-polygons would give; changes nothing. See `splitting.plan_text`."""
        return splitting.plan_text(self._patch(patch_uid), text, crs, in_order=in_order)

    def plan_parts(self, patch_uid: str, parts: Sequence[bytes], *, in_order: bool = False) -> splitting.SplitPlan:
        """What drawn or selected polygons (WKB, EPSG:4490) would give. See `splitting.plan_parts`."""
        return splitting.plan_parts(self._patch(patch_uid), parts, in_order=in_order)

    def split(self, patch_uid: str, patch_id: str, plan: splitting.SplitPlan) -> tuple[list[Patch], str]:
        """Split a patch as planned; the children and what is worth saying. Errors of `splitting.split`."""
        return splitting.split(self._ws, self.guard(patch_uid, patch_id), plan, self.who)

    def unsplit(self, patch_uid: str, patch_id: str) -> list[Patch]:
        """取消拆分: the children go, the parent is whole again. Raises E_SPLIT_NOT, E_SPLIT_WORKED."""
        return splitting.unsplit(self._ws, self.guard(patch_uid, patch_id), self.who)

    def children(self, patch_uid: str) -> list[Patch]:
        """The child patches of a split patch."""
        return records.children(self._ws, patch_uid)

    # -- boundaries ------------------------------------------------------------------------------

    def check_drawable(self, patch_uid: str) -> None:
        """Raise with a sentence where no boundary may be drawn; errors of `drawing.check_drawable`."""
        drawing.check_drawable(self._patch(patch_uid))

    def draw_boundary(self, patch_uid: str, patch_id: str, wkb: bytes) -> str:
        """Give a patch without boundary a drawn one (WKB, EPSG:4490). Returns what is worth saying."""
        _, said = drawing.draw(self._ws, self._guard(patch_uid, patch_id), wkb, self.who)
        return said

    def paste_boundary(self, patch_uid: str, patch_id: str, text: str, crs: str = "") -> str:
        """The same from pasted text; errors of `drawing.read_boundary`."""
        return self.draw_boundary(patch_uid, patch_id, drawing.read_boundary(self._patch(patch_uid), text, crs))

    # -- clues -----------------------------------------------------------------------------------

    def add_clue(self, draft: clues.ClueDraft) -> tuple[Patch, str]:
        """Register a clue; the patch and what is worth saying. Errors of `clues.add_clue`."""
        return clues.add_clue(self._ws, draft, self.who)

    # -- undo ------------------------------------------------------------------------------------

    def _take_back(self, action: str, subject: str, seq: int) -> None:
        """Reverse the action `seq`; new patches go with what was already undone on them."""
        if action == "split":
            splitting.unsplit(self._ws, self._patch(subject), self.who, "undo")
        elif action == "clue":
            clues.withdraw_clue(self._ws, self._patch(subject), self.who)
        else:
            self._ws.reverse(seq, self.who)
