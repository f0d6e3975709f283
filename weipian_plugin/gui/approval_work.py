"""What is done in the section 审批: gaps on the map, entries of registers confirmed or taken off."""

from __future__ import annotations

from qgis.PyQt.QtCore import QObject

from ..core.errors import WeipianError
from .approval_panel import gaps_of
from .guard import guarded
from .review import Review


class ApprovalWork(QObject):
    """Serves the approval panel of the dock; each decision is one undoable action of the Session."""

    def __init__(self, review: Review) -> None:
        super().__init__(review)
        self._review = review
        panel = review.dock.approvals
        panel.gaps_requested.connect(self.gaps)
        panel.entry_decided.connect(self.decide)

    def report_error(self, error: WeipianError) -> None:
        """As the review does."""
        self._review.report_error(error)

    @guarded
    def offer_profile(self) -> None:
        """Say after an import that the layers of this county are known, while the workspace has none."""
        from ..workbench.layer_profiles import for_county

        session = self._review.opened()
        profile = None if session.assignments() else for_county(session.county_codes())
        if profile is not None:
            text = f"有“{profile.name}”的图层方案，打开菜单“图层与套合…”一键采用。"
            self._review.tell(text, "warn")

    @guarded
    def gaps(self) -> None:
        """Show the parts that no approval covers on the map, or take them off again."""
        review = self._review
        if review.map is None:
            return
        gaps = gaps_of(review.current())
        if not gaps:
            review.tell("本图斑没有未覆盖的缺口，或还没有审批图层的套合结果。", "hint")
            return
        shown = review.map.toggle_gaps([wkt for _, _, wkt in gaps if wkt])
        review.tell(f"已高亮 {shown} 处缺口，再按一次取消" if shown else "已取消高亮", "hint")

    @guarded
    def decide(self, entry_id: str, belongs: bool) -> None:
        """Confirm an entry of a register on the patch on the screen, or take it off."""
        review = self._review
        patch = review.current().patch
        review.assert_shown(patch.patch_id)
        review.opened().link_entry(patch.patch_uid, patch.patch_id, entry_id, belongs=belongs)
        review.row_changed(patch.patch_uid)
        review.show_patch(patch.patch_uid)
        review.tell("已确认登记对应，可撤销。" if belongs else "已移除登记对应，可撤销。")
