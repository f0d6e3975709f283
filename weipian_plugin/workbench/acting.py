"""Acting on an open workspace: one transaction an action, and taking it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Optional

from ..core.errors import WeipianError
from ..core.model import Patch
from ..core.rulepack import RulePack
from ..core.trail import REDO, UNDO, Done, Trail
from ..store import records
from ..store.workspace import Transaction, Workspace
from .clock import CHINA, today
from .pack_shelf import workspace_default
from .reading import Reader

ACTION_LABELS: Mapping[str, str] = {
    "judge": "判定", "review": "状态变更", "case": "查处整改登记", "attach": "附举证", "unlink": "移除举证",
    "pictures": "照片比对",
    "photo": "照片信息", "layers": "图层设置", "import": "导入", "overlay": "套合分析", "undo": "撤销",
    "export": "导出", "document": "文件信息", "take": "沿用往期举证", "confirm": "确认边界变化", "void": "作废",
    "withdraw": "撤回批次", "platform": "平台状态导入",
    "register": "审批登记", "register_link": "审批登记对应", "cropland": "耕地口径",
    "split": "拆分", "unsplit": "取消拆分", "draw": "绘制边界", "clue": "登记线索", "redo": "重做",
    "pack": "选用规则包", "pack_kept": "保存规则包", "pack_default": "默认规则包", "pack_declined": "不换规则包",
    "field": "转外业", "bulk_judge": "批量判定", "facts": "图斑信息",
    "check": "内审", "person": "换人", "reason": "理由清单",
    "image": "影像标记", "purpose": "举证用途", "frame": "画面范围", "aside": "不作举证",
    "share": "一举多用", "outline": "批准范围",
    "dispatch": "派单", "cert_print": "打印承诺清单", "cert_sign": "承诺签收", "cert_withdraw": "承诺作废",
    "office": "单位名称",
    "shift": "坐标换算", "declination": "磁偏角", "rematch": "重新归图斑",
}  # fmt: skip
#: What one person may take back step by step.
UNDOABLE = (
    "judge", "review", "case", "attach", "unlink", "photo", "document", "take", "confirm", "void", "withdraw",
    "platform", "split", "unsplit", "draw", "clue", "register_link", "field", "check", "bulk_judge", "facts",
    "pack", "image", "aside", "purpose",
    "dispatch", "cert_sign", "cert_withdraw", "share", "outline",
    "shift", "declination", "rematch",
)  # fmt: skip
#: Nobody goes back behind new patches or a new overlay: what came after was decided on other figures.
_BARRIERS = ("import", "overlay")

#: Chinese names of actions that change more than one line of the list.
WIDE_ACTIONS = tuple(
    ACTION_LABELS[key] for key in ("withdraw", "platform", "void", "bulk_judge", "pack", "dispatch", "share")
)
#: Those with which patches or boundaries come and go.
HAND_ACTIONS = tuple(ACTION_LABELS[key] for key in ("split", "unsplit", "draw", "clue"))


class Acting(Reader):
    """The writing half of a session: who acts, on which patch, and the way back."""

    def __init__(self, workspace: Workspace, who: str, pack: Optional[RulePack] = None) -> None:
        super().__init__(workspace, pack or workspace_default(workspace))
        self.who = who
        self._trail = Trail(UNDOABLE, _BARRIERS)

    @property
    def workspace(self) -> Workspace:
        """The store, for the other use cases of this package only."""
        return self._ws

    def guard(self, patch_uid: str, patch_id: str) -> Patch:
        """The patch, after making sure it is the one that the person sees.

        Raises:
            WeipianError: E_PATCH_MISSING, E_PATCH_MISMATCH.
        """
        patch = self._patch(patch_uid)
        if patch.patch_id != patch_id:
            raise WeipianError("E_PATCH_MISMATCH", expected=patch_id, found=patch.patch_id)
        return patch

    def _guard(self, patch_uid: str, patch_id: str) -> Patch:
        """As `guard`, for work on the patch itself: one that was split can only be looked at."""
        return self.guard(patch_uid, patch_id)

    @contextmanager
    def acting(self, action: str, subject: str) -> Iterator[Transaction]:
        """One action, on disk when this is left, and on the undo stack; `action` is a key of ACTION_LABELS."""
        with self._ws.transaction(action, subject, self.who) as change:
            yield change

    def _put_patch(self, change: Transaction, patch: Patch) -> None:
        change.put("patch", records.patch_row(patch))

    # -- undo and redo ---------------------------------------------------------------------------
    # The stacks are read from the journal: what this person did on this copy today, since the last import or
    # overlay, can be taken back step by step, also after QGIS was closed or killed.

    def _followed(self) -> Trail:
        """The trail, with what was journalled since it was asked last."""
        last = 0 if self._ws.head()[0] < self._trail.seq else self._trail.seq
        if not last:
            self._trail = Trail(UNDOABLE, _BARRIERS)
        for seq, who, action, subject, hlc in self._ws.steps(last, self._midnight() if not last else ""):
            day = datetime.fromtimestamp(int(hlc.split("-")[0]) / 1000, CHINA).date().isoformat()
            self._trail.take(Done(seq, who, action, subject, day))
        return self._trail

    @staticmethod
    def _midnight() -> str:
        """The clock of the journal at the beginning of today, China time."""
        start = datetime.fromisoformat(today()).replace(tzinfo=CHINA)
        return f"{int(start.timestamp() * 1000):013d}"

    def undo_steps(self) -> list[Done]:
        """What can be taken back, the next one first."""
        return self._followed().back(self.who, today())

    def redo_steps(self) -> list[Done]:
        """What can be done again, the next one first."""
        return self._followed().again(self.who, today())

    def undo_depth(self) -> int:
        """How many own actions can be taken back."""
        return len(self.undo_steps())

    def undo_labels(self, most: Optional[int] = None) -> list[str]:
        """What undo would take back step by step, e.g. 判定 …0183, the next one first; all or so many."""
        return [self._named(step) for step in self.undo_steps()[:most]]

    def redo_labels(self, most: Optional[int] = None) -> list[str]:
        """What redo would do again step by step, the next one first; all or so many."""
        return [self._named(step) for step in self.redo_steps()[:most]]

    def _named(self, step: Done) -> str:
        # A decision on several is about more than the patch that it stands under.
        patch = records.patch(self._ws, step.subject) if step.action != "bulk_judge" else None
        label = ACTION_LABELS.get(step.action, step.action)
        return f"{label} …{patch.patch_id[-4:]}" if patch is not None else label

    def can_undo(self) -> str:
        """Chinese name of what `undo` would take back, empty if nothing."""
        return _first(self.undo_steps())

    def can_redo(self) -> str:
        """Chinese name of what `redo` would do again, empty if nothing."""
        return _first(self.redo_steps())

    def undo(self) -> str:
        """Take the last own action back; returns its Chinese name.

        Raises:
            WeipianError: E_NOTHING_TO_UNDO, E_UNDO_CHANGED when somebody changed the same record since.
        """
        steps = self.undo_steps()
        if not steps:
            raise WeipianError("E_NOTHING_TO_UNDO")
        self._take_back(steps[0].action, steps[0].subject, steps[0].seq)
        return _first(steps)

    def redo(self) -> str:
        """Do again what was undone last; returns its Chinese name.

        Raises:
            WeipianError: E_NOTHING_TO_REDO, E_UNDO_CHANGED when somebody changed the same record since.
        """
        steps = self.redo_steps()
        if not steps:
            raise WeipianError("E_NOTHING_TO_REDO")
        self._ws.reverse(steps[0].seq, self.who, REDO)
        return _first(steps)

    def _take_back(self, _action: str, _subject: str, seq: int) -> None:
        """Reverse the action `seq` of this origin."""
        self._ws.reverse(seq, self.who, UNDO)

    def last_subject(self, *, redo: bool = False) -> str:
        """The patch (or evidence) that the next undo or redo is about; the panel goes there afterwards."""
        steps = self.redo_steps() if redo else self.undo_steps()
        return steps[0].subject if steps else ""


def _first(steps: list[Done]) -> str:
    return ACTION_LABELS.get(steps[0].action, steps[0].action) if steps else ""
