"""Acting on an open workspace: one transaction an action, and taking it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Optional

from ..core.errors import WeipianError
from ..core.model import Patch
from ..core.rulepack import RulePack
from ..store import records
from ..store.workspace import Transaction, Workspace
from .reading import Reader
from .resources import default_pack

ACTION_LABELS: Mapping[str, str] = {
    "judge": "判定", "review": "状态变更", "case": "查处整改登记", "attach": "附举证", "unlink": "移除举证",
    "photo": "照片信息", "layers": "图层设置", "import": "导入", "overlay": "套合分析", "undo": "撤销",
    "export": "导出", "document": "文件信息", "take": "沿用往期举证", "confirm": "确认边界变化", "void": "作废",
    "withdraw": "撤回批次", "platform": "平台状态导入",
    "register": "审批登记", "register_link": "审批登记对应", "cropland": "耕地口径",
    "split": "拆分", "unsplit": "取消拆分", "draw": "绘制边界", "clue": "登记线索",
}  # fmt: skip
#: What one person may take back step by step.
_UNDOABLE = (
    "judge", "review", "case", "attach", "unlink", "photo", "document", "take", "confirm", "void", "withdraw",
    "platform", "split", "unsplit", "draw", "clue", "register_link",
)  # fmt: skip

#: Chinese names of actions that change more than one line of the list.
WIDE_ACTIONS = tuple(ACTION_LABELS[key] for key in ("withdraw", "platform", "void"))
#: Those with which patches or boundaries come and go.
HAND_ACTIONS = tuple(ACTION_LABELS[key] for key in ("split", "unsplit", "draw", "clue"))


class Acting(Reader):
    """The writing half of a session: who acts, on which patch, and the way back."""

    def __init__(self, workspace: Workspace, who: str, pack: Optional[RulePack] = None) -> None:
        super().__init__(workspace, pack or default_pack())
        self.who = who
        self._done: list[int] = []
        self._mark = workspace.head()[0]

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
        self._did()

    def _put_patch(self, change: Transaction, patch: Patch) -> None:
        change.put("patch", records.patch_row(patch))

    def _did(self) -> None:
        """Put the action just committed on the undo stack; one that changed nothing left no row."""
        seq = self._ws.head()[0]
        if seq > self._mark:
            self._done.append(seq)
            self._mark = seq

    def adopt(self) -> None:
        """Take what long work of the same person has just committed (a status table) onto the undo stack."""
        self._did()

    # -- undo ------------------------------------------------------------------------------------

    def undo_depth(self) -> int:
        """How many own actions can be taken back."""
        return len(self._done)

    def can_undo(self) -> str:
        """Chinese name of what `undo` would take back, empty if nothing."""
        row = self._last()
        return ACTION_LABELS.get(row[0], row[0]) if row else ""

    def _last(self) -> Optional[tuple[str, str]]:
        if not self._done:
            return None
        row = self._ws.connection.execute(
            "SELECT action, subject FROM journal WHERE origin = ? AND seq = ?", (self._ws.origin, self._done[-1])
        ).fetchone()
        return (row[0], row[1]) if row and row[0] in _UNDOABLE else None

    def undo(self) -> str:
        """Take the last own action back; returns its Chinese name.

        Raises:
            WeipianError: E_NOTHING_TO_UNDO.
        """
        last = self._last()
        if last is None:
            raise WeipianError("E_NOTHING_TO_UNDO")
        self._take_back(*last, self._done[-1])
        self._done.pop()
        self._mark = self._ws.head()[0]
        return ACTION_LABELS.get(last[0], last[0])

    def _take_back(self, _action: str, _subject: str, seq: int) -> None:
        """Reverse the action `seq` of this origin."""
        self._ws.reverse(seq, self.who)

    def last_subject(self) -> str:
        """The patch (or evidence) that the last own action was about; the panel goes there after undo."""
        last = self._last()
        return last[1] if last else ""
