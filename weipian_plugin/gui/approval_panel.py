"""审批: what covers the patch and what is left open, mining rights, entries of approval registers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from html import escape
from typing import Optional

from qgis.PyQt.QtCore import QUrl, pyqtSignal
from qgis.PyQt.QtWidgets import QVBoxLayout, QWidget

from ..core.areas import mu
from ..core.fields import normalise
from ..core.model import APPROVAL_ROLES, ROLE_LABELS, OverlayRow
from ..core.registers import REMOVED, RegisterMatch
from ..core.rulepack import RulePack
from ..workbench.views import PatchView
from .compat import describe
from .widgets import RichText, coloured

#: Lines of gaps, of approvals of one role and of entries that are listed; more are counted.
_GAPS, _FEATURES, _ENTRIES = 4, 2, 4
#: As many as there can be: the panel around it scrolls, and a scroll bar in a scrolled page is in the way.
_LINES = 60


def measure(detail: Mapping[str, str], key: str) -> Optional[Decimal]:
    """A measure of a detail in 亩, None where it is none."""
    try:
        return mu(Decimal(str(detail.get(key) or "")))
    except InvalidOperation:
        return None


def gaps_of(view: PatchView) -> list[tuple[Decimal, str, str]]:
    """(亩, mean width m, WKT lon/lat) of the parts that no approval covers, largest first."""
    found = []
    for row in view.overlay:
        if row.role == "approved_union":
            for detail in row.detail:
                area = measure(detail, "gap_m2")
                if area is not None:
                    found.append((area, str(detail.get("gap_width_m") or "？"), str(detail.get("gap_wkt") or "")))
    return sorted(found, key=lambda gap: -gap[0])


class ApprovalPanel(QWidget):
    """Renders a PatchView; knows no session."""

    gaps_requested = pyqtSignal()
    entry_decided = pyqtSignal(str, bool)  # entry id, belongs here

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.text = RichText(_LINES, self)
        self.text.anchorClicked.connect(self._clicked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.text)

    def show_view(self, view: PatchView, pack: RulePack) -> bool:
        """Show what is known; false when there is nothing to show."""
        lines = [*self._union(view), *self._entries(view), *self._roles(view, pack), *self._mining(view, pack)]
        self.text.set_html("<br>".join(lines))
        describe(self.text, "审批", self.text.toPlainText())
        return bool(lines)

    def title(self, view: PatchView) -> str:
        """审批, with what needs a look."""
        open_entries = sum(not match.certain for match in view.registers)
        gaps = len(gaps_of(view))
        parts = [f"缺口 {gaps} 处" if gaps else "", f"待确认 {open_entries} 条" if open_entries else ""]
        shown = " · ".join(part for part in parts if part)
        return f"审批 · {shown}" if shown else "审批"

    def _union(self, view: PatchView) -> Iterator[str]:
        """Coverage of all approvals together and the parts they leave open."""
        row = next((r for r in view.overlay if r.role == "approved_union"), None)
        gaps = gaps_of(view)
        if row is None or not (row.area_m2 or gaps):
            return
        text = f"审批合计覆盖 {mu(row.area_m2):.2f} 亩，未覆盖 <b>{_beyond(view, row):.2f}</b> 亩"
        if gaps:
            text += f'，{len(gaps)} 处 <a href="gaps:">高亮缺口</a>'
        yield text
        shown = [f"{area:.2f} 亩（宽约 {escape(width)} 米）" for area, width, _ in gaps[:_GAPS]]
        if shown:
            more = f" 等 {len(gaps)} 处" if len(gaps) > _GAPS else ""
            yield coloured(self, "缺口 " + "、".join(shown) + more, "warn")

    def _roles(self, view: PatchView, pack: RulePack) -> Iterator[str]:
        """Each approval met: what it covers, what the patch uses beyond it, its number and its own area."""
        for role in APPROVAL_ROLES:
            row = next((r for r in view.overlay if r.role == role and r.area_m2 > 0), None)
            if row is None:
                continue
            over = _beyond(view, row)
            text = f"{ROLE_LABELS[role]} {mu(row.area_m2):.2f} 亩"
            text += f"，超占 <b>{over:.2f}</b> 亩" if over else "，全部在内"
            features = [told for told in (_feature(d, pack) for d in _features(row)) if told]
            if features:
                more = f" 等 {len(features)} 宗" if len(features) > _FEATURES else ""
                text += "：" + escape("；".join(features[:_FEATURES])) + more
            yield text

    def _mining(self, view: PatchView, pack: RulePack) -> Iterator[str]:
        row = next((r for r in view.overlay if r.role == "mining_right"), None)
        if row is None or not row.area_m2:
            return
        text = f"矿业权范围内 {mu(row.area_m2):.2f} 亩，范围外 <b>{_beyond(view, row):.2f}</b> 亩"
        features = [told for told in (_feature(d, pack) for d in _features(row)) if told]
        yield text + ("：" + escape("；".join(features[:_FEATURES])) if features else "")

    def _entries(self, view: PatchView) -> Iterator[str]:
        for match in view.registers[:_ENTRIES]:
            yield self._entry(match, decided=view.patch.split_state == "parent")
        if len(view.registers) > _ENTRIES:
            yield coloured(self, f"另有 {len(view.registers) - _ENTRIES} 条登记", "muted")

    def _entry(self, match: RegisterMatch, decided: bool) -> str:
        """An entry and, unless its patch was split, what can be decided about it."""
        entry = match.entry
        parts = [f"{entry.village} {entry.holder}".strip(), entry.doc_no]
        parts.append("" if entry.approved_m2 is None else f"批准 {entry.approved_m2:g} ㎡")
        words = escape(" ".join(part for part in parts if part))
        label = ROLE_LABELS.get(entry.register, entry.register)
        why = coloured(self, escape(f"（{match.label}）"), "muted")
        links = [] if match.how == "confirmed" else [f'<a href="yes:{escape(entry.entry_id)}">确认</a>']
        if match.how != REMOVED:
            links.append(f'<a href="no:{escape(entry.entry_id)}">移除</a>')
        links = [] if decided else links
        mark = coloured(self, "✔", "good") if match.certain else coloured(self, "？", "warn")
        return f"{mark} {escape(label)}登记：{words}{why} {' '.join(links)}"

    def _clicked(self, url: QUrl) -> None:
        kind, _, key = url.toString().partition(":")
        if kind == "gaps":
            self.gaps_requested.emit()
        elif kind in ("yes", "no"):
            self.entry_decided.emit(key, kind == "yes")


def _beyond(view: PatchView, row: OverlayRow) -> Decimal:
    """亩 of the patch outside what a row covers, rounded once as in the advice."""
    return mu(max(view.patch.area_m2 - row.area_m2, 0.0))


def _features(row: OverlayRow) -> list[Mapping[str, str]]:
    """The features met, without the measures of the patch itself."""
    return [d for d in row.detail if "gap_m2" not in d and ("over_m2" not in d or "overlap_m2" in d)]


def _feature(detail: Mapping[str, str], pack: RulePack) -> str:
    """Name and number of an approval, and its own area as its layer states it beside what is used here."""
    found: dict[str, tuple[str, str]] = {}
    names = {normalise(key): key for key in detail}
    for canonical in ("project", "holder", "doc_no", "approved"):
        for alias in pack.register_columns.get(canonical, ()):
            key = names.get(normalise(alias))
            if key and str(detail[key]).strip():
                found[canonical] = (key, str(detail[key]).strip())
                break
    parts = [found[key][1] for key in ("project", "holder", "doc_no") if key in found]
    if "approved" in found:
        used = measure(detail, "overlap_m2")
        shown = f"批准面积 {found['approved'][1]}（{found['approved'][0]}）"
        parts.append(shown if used is None else f"{shown}，图斑内 {used:.2f} 亩")
    return " ".join(parts)
