"""Commands of 填报抄录: follow the patch, copy its files out, save the page for another PC."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Optional

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QFileDialog

from ..core.errors import WeipianError
from ..core.names import safe_name
from ..core.rulepack import RulePack
from ..workbench.filling import FormProfile, fill, profiles
from ..workbench.resources import default_pack
from ..workbench.views import PatchView
from .compat import line_height, write_in
from .fill_page import FillPage
from .guard import guarded
from .review import Review

#: QgsSettings: the platform that was chosen last, and where files were put last.
PROFILE_KEY, FOLDER_KEY = "weipian/fill_profile", "weipian/fill_folder"
#: Above so many patches a page is too long for a browser on an old PC.
_MANY = 500


class FillWork(QObject):
    """Serves the window; one window at a time."""

    def __init__(self, review: Review) -> None:
        super().__init__(review)
        self.review = review
        self.page: Optional[FillPage] = None
        self._uid = ""
        self._profile: Optional[FormProfile] = None
        self._ticks: dict[str, dict[str, list[str]]] = {}
        self._busy: Any = None

    def report_error(self, error: WeipianError) -> None:
        """As the review does."""
        self.review.report_error(error)

    def table(self) -> dict[str, Callable[[], Any]]:
        """Key of the menu and the keyboard -> what it does."""
        return {"fill": self.open}

    def close(self) -> None:
        """The workspace goes."""
        self._uid, self._ticks = "", {}
        if self._busy is not None:
            self._busy.cancel()
            self._busy = None
        if self.page is not None:
            page, self.page = self.page, None
            page.close()
            page.deleteLater()

    @guarded
    def open(self) -> None:
        """Show the window for the patch on the screen."""
        self.review.current()
        if self.page is None:
            self.page = FillPage(self.review.dock)
            self.page.stepped.connect(self._step)
            self.page.profile_chosen.connect(self._choose_profile)
            self.page.copied.connect(self._copied)
            self.page.restarted.connect(self._restarted)
            self.page.files_wanted.connect(self._files)
            self.page.page_wanted.connect(self._save_page)
            self._ticks = self.review.opened().fill_ticks()
        self._uid = ""
        self.follow()
        if not self.page.isVisible():
            corner = self.review.dock.mapToGlobal(self.review.dock.rect().topLeft())
            self.page.move(max(0, corner.x() - self.page.width() - line_height(self.page)), max(0, corner.y()))
        self.page.show()
        self.page.raise_()
        self.page.activateWindow()

    @guarded
    def follow(self) -> None:
        """The window shows the patch that the panel shows."""
        view = self.review.view
        if self.page is None or not (self.page.isVisible() or not self._uid):
            return
        if view is None or view.patch.patch_uid == self._uid:
            return
        self._uid = view.patch.patch_uid
        pack = self._pack(view)
        known = profiles(pack) or profiles(default_pack())
        chosen = str(QgsSettings().value(PROFILE_KEY, "") or "")
        self._profile = next((p for p in known if p.id == chosen), known[0])
        self.page.set_profiles(known, self._profile.id)
        self._show(view)

    def _show(self, view: PatchView) -> None:
        if self.page is None or self._profile is None:
            return
        done = self._marks().get(self._uid, [])
        self.page.show_fields(view.patch.patch_id, fill(self._profile, view, self._pack(view)), done, self._overall())

    def _pack(self, view: PatchView) -> RulePack:
        return getattr(view, "pack", None) or self.review.opened().pack

    def _marks(self) -> dict[str, list[str]]:
        return self._ticks.setdefault(self._profile.id if self._profile is not None else "", {})

    def _overall(self) -> str:
        judged = [row for row in self.review.dock.queue.model.rows if row.workable and row.verdict]
        begun = sum(bool(self._marks().get(row.patch_uid)) for row in judged)
        text = self.tr("已判定 {total} 个图斑，抄过 {begun} 个").format(total=len(judged), begun=begun)
        view = self.review.view
        if view is not None and (view.judgement is None or view.judgement.verdict is None):
            text = "▲ " + self.tr("本图斑还没有判定，判定的字段是空的") + "。" + text
        return text

    # -- the window -----------------------------------------------------------------------
    @guarded
    def _step(self, step: int) -> None:
        self.review.step(step, unfinished=False)
        self.follow()

    @guarded
    def _choose_profile(self, name: str) -> None:
        QgsSettings().setValue(PROFILE_KEY, name)
        self._uid = ""
        self.follow()

    @guarded
    def _copied(self, name: str) -> None:
        done = self._marks().setdefault(self._uid, [])
        if name not in done:
            done.append(name)
            self.review.opened().keep_fill_ticks(self._ticks)
        if self.page is not None:
            self.page.note.setText(self._overall())

    @guarded
    def _restarted(self) -> None:
        self._marks().pop(self._uid, None)
        self.review.opened().keep_fill_ticks(self._ticks)

    # -- files ----------------------------------------------------------------------------
    def _ask_folder(self) -> Optional[Path]:
        start = str(QgsSettings().value(FOLDER_KEY, "") or "") or str(self.review.opened().pending_export_dir())
        chosen = QFileDialog.getExistingDirectory(self.page, self.tr("附件放到哪个文件夹"), start)
        if not chosen:
            return None
        QgsSettings().setValue(FOLDER_KEY, chosen)
        return Path(chosen)

    @guarded
    def _files(self, folder: Optional[Path] = None) -> None:
        """Copy photos and documents of this patch out; in the background, large pictures take their time."""
        from ..workbench import runner
        from ..workbench.filling_photos import copy_out, new_folder

        view, profile = self.review.current(), self._profile
        if profile is None or not view.evidence:
            self._say(self.tr("本图斑没有照片和附件。"), "warn")
            return
        parent = folder or self._ask_folder()
        if parent is None or self._busy is not None:
            return
        target = new_folder(parent, view.patch.patch_id)
        labels = {key: item.label for key, item in self._pack(view).requirements.items()}
        files = view.evidence

        def done(result: Any) -> None:
            self._busy = None
            self._copied_out(target, result)

        def failed(error: WeipianError) -> None:
            self._busy = None
            self._say(f"{error.message}。{error.remedy}", "bad")

        self._busy = runner.run(
            self.tr("取出照片和附件"),
            lambda feedback: copy_out(
                files, lambda purpose: labels.get(purpose, purpose), target, profile.attachment_bytes, feedback
            ),
            done,
            failed,
        )

    @guarded
    def _copied_out(self, target: Path, result: list[Any]) -> None:
        notes = [item.note for item in result if item.note]
        count = sum(bool(item.name) for item in result)
        text = self.tr("已取出 {count} 个文件到 {folder}").format(count=count, folder=target)
        self._say("\n".join([text, *notes]), "warn" if notes else "good")

    @guarded
    def _save_page(self, everything: bool) -> None:
        from ..workbench.filling_html import write_page

        view, profile, session = self.review.current(), self._profile, self.review.opened()
        if profile is None:
            return
        views = [view]
        if everything:
            rows = [r for r in self.review.dock.queue.model.rows if r.workable and r.verdict]
            views = [session.patch_view(row.patch_uid) for row in rows[:_MANY]]
            if not views:
                self._say(self.tr("还没有已判定的图斑。"), "warn")
                return
        name = "填报抄录_" + (safe_name(session.name, 40) if everything else safe_name(view.patch.patch_id, 60))
        start = Path(str(QgsSettings().value(FOLDER_KEY, "") or session.pending_export_dir())) / f"{name}.html"
        chosen, _kind = QFileDialog.getSaveFileName(
            self.page, self.tr("存为网页"), str(start), self.tr("网页 (*.html)")
        )
        if not chosen:
            return
        path = Path(chosen if chosen.lower().endswith((".html", ".htm")) else f"{chosen}.html")
        write_page(path, profile, [(v.patch.patch_id, fill(profile, v, self._pack(v))) for v in views])
        QgsSettings().setValue(FOLDER_KEY, str(path.parent))
        self._say(self.tr("已存 {count} 个图斑：{path}").format(count=len(views), path=path), "good")

    def _say(self, text: str, kind: str) -> None:
        if self.page is not None:
            write_in(self.page.note, kind)
            self.page.note.setText(text)
