"""The commands 派单, 催办提醒 and 怎样发原图."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Optional

from qgis.PyQt.QtCore import QMimeData, QObject, QUrl
from qgis.PyQt.QtGui import QDesktopServices, QImage
from qgis.PyQt.QtWidgets import QApplication

from ..core.errors import WeipianError
from ..workbench.dispatching import DispatchResult, Reminder
from .guard import guarded
from .reminder_map import ReminderMap
from .review import Review
from .small_dialogs import ask_text

#: Pressed again so soon, the key puts the map alone on the clipboard: some chats take either text or picture, s.
_AGAIN = 60.0
_AFTER = "image_after"


class DispatchWork(QObject):
    """Opens the table of villages, copies reminders, prints the card for villages."""

    def __init__(self, review: Review) -> None:
        super().__init__(review)
        self.review = review
        self.maps = ReminderMap(self)
        self._last: Optional[tuple[tuple[str, ...], datetime, QImage]] = None

    def report_error(self, error: WeipianError) -> None:
        """As the review does."""
        self.review.report_error(error)

    def table(self) -> dict[str, Callable[[], Any]]:
        """Key of the menu and the keyboard -> what it does."""
        return {"dispatch": self.open, "reminder": self.remind, "photo_card": self.photo_card}

    def close(self) -> None:
        """Another workspace comes: what is being drawn belongs to the former one."""
        self.maps.cancel()
        self._last = None

    # -- sending ---------------------------------------------------------------------------------
    @guarded
    def open(self, batch_id: str = "") -> None:
        """The table of villages; `batch_id` after an import, otherwise what the list shows."""
        from .dialogs.dispatch import DispatchDialog

        review = self.review
        queue = review.dock.queue.model
        shown = queue.shown_uids() if not batch_id else []
        current = review.view.patch.patch_uid if review.view is not None else ""
        dialog = DispatchDialog(
            review.opened(), queue.rows, shown=shown, current=current, batch_id=batch_id, parent=review.dock
        )
        dialog.remind_wanted.connect(self.copy)
        dialog.exec()
        result = dialog.result_of
        dialog.deleteLater()
        if result is not None:
            self._dispatched(result)

    def _dispatched(self, result: DispatchResult) -> None:
        review = self.review
        review.reload()
        if review.view is not None:
            review.show_patch(review.view.patch.patch_uid)
        text = self.tr("已派单 {count} 个图斑（{hint}）").format(count=len(result.done), hint=review.undo_hint())
        if result.refused:
            number, why = result.refused[0]
            text += self.tr("；{count} 个没有派：{number} {why}").format(
                count=len(result.refused), number=number, why=why
            )
        review.tell(text, "warn" if result.refused else "good")

    # -- reminding -------------------------------------------------------------------------------
    @guarded
    def remind(self) -> None:
        """What the village of the patch on the screen still owes, onto the clipboard."""
        review = self.review
        patch = review.current().patch
        review.assert_shown(patch.patch_id)
        self.copy(review.opened().outstanding(patch.patch_uid))

    @guarded
    def copy(self, uids: Sequence[str]) -> None:
        """Text at once, text and map as soon as it is drawn; a second time within a minute the map alone."""
        review = self.review
        now = datetime.now().astimezone()
        if self._last is not None and self._last[0] == tuple(uids) and (now - self._last[1]).total_seconds() < _AGAIN:
            QApplication.clipboard().setImage(self._last[2])
            self._last = None
            review.tell(self.tr("已单独复制附图，可以粘贴到群里。"))
            return
        found = review.opened().reminder(uids)
        QApplication.clipboard().setText(found.text)
        if found.map is None:
            review.tell(self.tr("提醒文字已复制；图斑没有边界，没有附图。"))
            return
        review.tell(self.tr("提醒文字已复制，正在画附图……"), "hint")
        layers = review.map.images(_AFTER, found.map.batch_id) if review.map is not None else []
        self.maps.draw(found.map, layers, lambda image: self._drawn(found, tuple(uids), image))

    @guarded
    def _drawn(self, found: Reminder, uids: tuple[str, ...], image: QImage) -> None:
        board = QApplication.clipboard()
        if board.text() == found.text:  # nobody copied anything else meanwhile
            data = QMimeData()
            data.setText(found.text)
            data.setImageData(image)
            board.setMimeData(data)
        self._save(image, found.image)
        self._last = (uids, datetime.now().astimezone(), image)
        key = self.review.key_of("reminder")
        words = self.tr(
            "提醒已复制（{count} 个图斑，文字和附图），可粘贴到群里；再按 {key} 只复制附图。图存为 exports/提醒/{name}"
        )
        self.review.tell(self.tr("已复制提醒和附图"))
        # too long for the bottom line
        self.review.dock.notice.show_text(words.format(count=len(uids), key=key, name=found.image.name), "good")

    def _save(self, image: QImage, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WeipianError("E_WRITE", path=path, detail=error.strerror or str(error)) from error
        if not image.convertToFormat(QImage.Format.Format_RGB32).save(str(path), "PNG"):
            raise WeipianError("E_WRITE", path=path, detail=self.tr("图片没有写进去"))

    # -- the card --------------------------------------------------------------------------------
    @guarded
    def photo_card(self) -> None:
        """怎样发原图, as a page to print or send to villages."""
        session = self.review.opened()
        office = ask_text(
            self.review.dock, self.tr("怎样发原图"), self.tr("卡片落款（单位名称，可不填）"), session.office_name()
        )
        if office is None:
            return
        path = session.photo_card(office)
        self.review.tell(self.tr("已生成 {name}").format(name=path.name))
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
