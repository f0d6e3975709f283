"""Commands that work on the map by hand: split and unsplit, draw a boundary, register a clue."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Optional

from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QAction, QDialog, QFileDialog, QMenu

from ..core.errors import WeipianError
from . import changes
from .compat import line_height
from .guard import guarded
from .review import Review
from .small_dialogs import ask_text

POLYGON = "polygon"
_ENTRIES = (
    ("split", "拆分当前图斑…"),
    ("unsplit", "取消拆分"),
    ("boundary", "绘制边界（无边界图斑）"),
    ("paste_boundary", "粘贴边界…"),
    ("selected_boundary", "用选中的面作边界"),
    ("clue", "登记线索…"),
    ("clue_table", "导入线索表…"),
)
_TABLES = "线索表或图层 (*.xlsx *.xls *.csv *.geojson *.json *.gpkg *.shp)"


class HandCommands(QObject):
    """Starts the tools and dialogs, hands their results to the session, shows what came of it."""

    def __init__(self, review: Review) -> None:
        super().__init__(review)
        self.review = review
        self.dialog: Optional[QDialog] = None
        self._drawing = False
        self._entries: dict[str, QAction] = {}

    def report_error(self, error: WeipianError) -> None:
        """As the review does."""
        self.review.report_error(error)

    def table(self) -> dict[str, Callable[[], Any]]:
        """Key of the menu and the keyboard -> what it does."""
        return {
            "split": self.split,
            "unsplit": self.unsplit,
            "boundary": self.draw_boundary,
            "paste_boundary": self.paste_boundary,
            "selected_boundary": self.selected_boundary,
            "clue": self.clue,
            "clue_table": self.clue_table,
        }

    def fill_menu(self, menu: QMenu, run: Callable[[str], None]) -> None:
        """The entries of this kind; which of them are possible is seen when the menu opens."""
        for key, label in _ENTRIES:
            action = menu.addAction(label)
            action.triggered.connect(lambda _checked=False, key=key: run(key))
            self._entries[key] = action
        menu.aboutToShow.connect(self._enable)

    @guarded
    def _enable(self) -> None:
        view = self.review.view
        patch = view.patch if view is not None else None
        possible = {
            "split": patch is not None and bool(patch.wkb) and not patch.split_state,
            "unsplit": patch is not None and bool(patch.split_state),
            "boundary": patch is not None and (patch.wkb is None or patch.geometry_source == "drawn"),
            "clue": self.review.session is not None,
        }
        possible["paste_boundary"] = possible["selected_boundary"] = possible["boundary"]
        possible["clue_table"] = possible["clue"]
        for key, action in self._entries.items():
            action.setEnabled(possible[key])

    def close(self) -> None:
        """Close what stands open: its patch may be gone."""
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.close()
        if self._drawing and self.review.map is not None:
            self.review.map.stop_drawing()
        self._drawing = False

    def _hands(self) -> Any:
        return getattr(self.review.map, "hands", None)

    def _open(self, dialog: QDialog) -> None:
        self.close()
        self.dialog = dialog
        dialog.finished.connect(lambda _code: self._gone(dialog))
        dialog.destroyed.connect(lambda *_: self._gone(dialog))
        # Over the panel, so that the whole map stays free to draw on.
        dialog.adjustSize()
        corner = self.review.dock.mapToGlobal(self.review.dock.rect().bottomRight())
        dialog.move(corner.x() - dialog.width(), max(0, corner.y() - dialog.height() - line_height(dialog) * 2))
        dialog.show()

    def _gone(self, dialog: QDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None

    # -- splitting -------------------------------------------------------------------------------
    @guarded
    def split(self) -> None:
        """拆分 of the patch on the screen."""
        from .dialogs.split import SplitDialog

        session, patch = self.review.opened(), self.review.current().patch
        session.check_splittable(patch.patch_uid)
        if patch.wkb is None:
            raise WeipianError("E_SPLIT_NO_BOUNDARY", patch_id=patch.patch_id)
        dialog = SplitDialog(session, patch.patch_uid, self._hands(), self.review.dock)
        dialog.accepted_plan.connect(self._split_planned)
        self._open(dialog)
        dialog.start_drawing()

    @guarded
    def _split_planned(self, plan: Any) -> None:
        children, said = self.review.opened().split(plan.patch_uid, plan.patch_id, plan)
        self.close()
        uids = [child.patch_uid for child in children]
        changes.patches_changed(self.review, [plan.patch_uid, *uids], show=uids[0])
        names = "、".join(f"…{child.patch_id[-6:]}" for child in children)
        self.review.tell(f"已拆分为 {names}")
        if said:
            self.review.tell(said, "warn")

    @guarded
    def unsplit(self) -> None:
        """取消拆分 of the patch on the screen, or of the one it was split from."""
        session, patch = self.review.opened(), self.review.current().patch
        uid = patch.parent_uid or patch.patch_uid
        parent = session.patch_view(uid).patch
        gone = session.unsplit(parent.patch_uid, parent.patch_id)
        changes.patches_changed(self.review, [uid], [child.patch_uid for child in gone], show=uid)
        self.review.tell(f"已取消拆分 …{parent.patch_id[-6:]}")

    # -- boundaries ------------------------------------------------------------------------------
    @guarded
    def draw_boundary(self) -> None:
        """绘制边界 of a patch that came without one; a finished polygon is saved, 撤销 takes it back."""
        session, patch = self.review.opened(), self.review.current().patch
        session.check_drawable(patch.patch_uid)
        if self.review.map is None:
            raise WeipianError("E_SPLIT_NO_BOUNDARY", patch_id=patch.patch_id)
        self.close()
        self._drawing = True
        self.review.map.start_drawing(POLYGON, lambda wkb: self._boundary_drawn(patch.patch_uid, patch.patch_id, wkb))
        self.review.dock.notice.show_text("在地图上沿边界逐点点击，右键或回车结束；退格退一个点，Esc 放弃。", "good")

    @guarded
    def _boundary_drawn(self, uid: str, patch_id: str, wkb: bytes) -> None:
        said = self.review.opened().draw_boundary(uid, patch_id, wkb)
        self._after_drawing(uid, said)

    @guarded
    def paste_boundary(self) -> None:
        """粘贴边界 of a patch that came without one."""
        session, patch = self.review.opened(), self.review.current().patch
        session.check_drawable(patch.patch_uid)
        said = "WKT、GeoJSON、界址点（J1,1,X,Y），或在 QGIS 里复制的要素"
        text = ask_text(self.review.dock, "粘贴边界", said, lines=True)
        if text:
            self._after_drawing(patch.patch_uid, session.paste_boundary(patch.patch_uid, patch.patch_id, text))

    @guarded
    def selected_boundary(self) -> None:
        """The polygons selected in QGIS as the boundary of a patch that came without one."""
        from .selected import selected_polygons, together

        session, patch = self.review.opened(), self.review.current().patch
        session.check_drawable(patch.patch_uid)
        wkb = together(selected_polygons(self._hands()))
        self._after_drawing(patch.patch_uid, session.draw_boundary(patch.patch_uid, patch.patch_id, wkb))

    def _after_drawing(self, uid: str, said: str) -> None:
        self.close()
        changes.patches_changed(self.review, [uid], show=uid)
        row = self.review.opened().queue_row(uid)
        self.review.tell(f"边界已保存，计算面积 {row.area_mu:.2f} 亩")
        if said:
            self.review.tell(said, "warn")

    # -- clues -----------------------------------------------------------------------------------
    @guarded
    def clue(self) -> None:
        """登记线索."""
        from ..workbench.clock import now
        from .dialogs.clue import ClueDialog

        self.review.opened()
        dialog = ClueDialog(self._hands(), now(), self.review.dock)
        dialog.submitted.connect(self._clue_entered)
        self._open(dialog)

    @guarded
    def clue_table(self) -> None:
        """导入线索表: a row a clue, done at once because such tables are short."""
        from ..core.feedback import Silent
        from ..workbench.clue_tables import import_table

        session = self.review.opened()
        chosen, _filter = QFileDialog.getOpenFileName(self.review.dock, "导入线索表", "", _TABLES)
        if not chosen:
            return
        report = import_table(session.folder, Path(chosen), session.who, Silent())
        self.review.reload()
        bad = [f"第 {row.row} 行：{row.reason}" for row in report.rejected]
        if bad:
            more = f" 等 {len(bad)} 行" if len(bad) > 3 else ""
            self.review.tell(f"登记 {len(report.added)} 条；" + "；".join(bad[:3]) + more, "warn")
        else:
            self.review.tell(f"已登记 {len(report.added)} 条线索")

    @guarded
    def _clue_entered(self, draft: Any) -> None:
        try:
            patch, said = self.review.opened().add_clue(draft)
        except WeipianError as error:
            if self.dialog is not None:
                self.dialog.report_error(error)  # type: ignore[attr-defined]
            return
        self.close()
        changes.show_added(self.review, patch.patch_uid)
        self.review.tell(f"已登记线索 {patch.patch_id}，可以接着附照片")
        if said:
            self.review.tell(said, "warn")
