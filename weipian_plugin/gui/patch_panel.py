"""Who this patch is and what it overlaps: header, overlay bar, identity line, constraint line."""

from __future__ import annotations

from decimal import Decimal
from html import escape
from typing import Optional

from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtWidgets import QApplication, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from ..core.areas import BASIS_LABELS, NET, AreaSummary, adopted_label, issued_cropland, issued_prime, mu
from ..core.imagery import SHORT_LABELS
from ..core.model import LEVEL_LABELS, SQUARE_METRES, Clue, Patch
from ..workbench.clues import SOURCES
from ..workbench.reading import area_source
from ..workbench.views import PatchView
from .compat import describe, icon, write_in
from .widgets import ElidedLabel, LevelBadge, OverlayBar, RichText, coloured

#: Rasters are looked at so long after the panel is painted, ms.
_LATER = 60
_UNIT_LABELS = {"m2": "平方米", "mu": "亩", "ha": "公顷"}
_PARTS = (
    ("cropland", "耕地"),
    ("agri_other", "非耕农用"),
    ("unused", "未利用"),
    ("construction", "建设"),
    ("unknown", "未分类"),
    ("uncovered", "未覆盖"),
)
_TONE_OF = {"agri_other": "agri"}


def identity_text(summary: AreaSummary) -> str:
    """地块 = 耕地 + … as words; parts that are rarely there only when they are not 0."""
    names = {"cropland": "耕地(净)"} if summary.basis == NET else {}
    shown = [
        f"{names.get(name, label)} {getattr(summary, name) or 0:.{2 if getattr(summary, name) else 0}f}"
        for name, label in _PARTS
        if name not in ("unknown", "uncovered") or getattr(summary, name)
    ]
    text = f"地块 {summary.total:.2f} = " + " + ".join(shown)
    return text + (f" − 重复 {summary.duplicate:.2f}" if summary.duplicate else "")


def basis_text(summary: AreaSummary) -> str:
    """How 耕地 is counted, and what the 田坎 in it are where the layer tells."""
    text = f"耕地按{BASIS_LABELS[summary.basis]}"
    if summary.ridges is not None:
        text += f"，田坎 {summary.ridges:.2f} 亩"
    return text + ("；地类图斑没有扣除系数（KCXS），不能扣除田坎" if summary.net_refused else "")


def percent(part: Decimal, whole: Decimal) -> str:
    """Share as whole per cent, "<1 %" rather than a zero that is none."""
    if not part or not whole:
        return "0 %"
    share = 100 * part / whole
    return "<1 %" if share < 1 else f"{share:.0f} %"


def issued_text(patch: Patch) -> str:
    """The area as issued and as adopted, in the units they came in; empty if none was issued."""
    parts = []
    if patch.issued_area is not None:
        unit = _UNIT_LABELS.get(patch.issued_unit or "", patch.issued_unit or "")
        parts.append(f"下发 {patch.issued_area:.2f} {unit}".rstrip())
    if patch.adopted_area_m2 is not None:
        source = f"（{adopted_label(patch)}）" if adopted_label(patch) else ""
        parts.append(f"采用 {patch.adopted_area_m2:.2f} 平方米{source}")
    if parts:
        parts.insert(len(parts) if patch.adopted_area_m2 is None else 1, f"计算 {patch.area_m2:.2f} 平方米")
    return " · ".join(parts)


def story_text(view: PatchView) -> str:
    """Where a patch comes from or went: split, drawn, a clue; empty for an ordinary one."""
    patch, parts = view.patch, []
    names = "、".join(view.family)
    if patch.split_state == "parent":
        parts.append(f"▤ 已拆分为 {names}，本图斑只能查看")
    elif patch.parent_uid:
        parts.append(f"拆分自 {names}，面积平差后 {mu(patch.area_in_force):.2f} 亩")
    if view.clue is not None:
        parts.append(clue_text(view.clue, patch.origin))
    elif patch.wkb is None:
        area = f"面积 {mu(patch.area_in_force):.2f} 亩（{area_source(patch)}）" if patch.area_in_force else "没有边界"
        parts.append(f"▲ {area}，可用菜单“绘制边界”")
    elif patch.geometry_source == "drawn" and patch.origin == "delivery":
        parts.append(f"边界为自绘：{_drawn_text(patch)}")
    if view.merged_into:
        parts.append(f"→ 已并入图斑 {view.merged_into}")
    return "；".join(parts)


def _drawn_text(patch: Patch) -> str:
    """「下发 0.85 亩，计算 1.05 亩（采用）」."""
    computed = f"计算 {mu(patch.area_m2):.2f} 亩"
    if patch.issued_area is None:
        return computed
    issued = mu(patch.issued_area * SQUARE_METRES.get(patch.issued_unit or "", 1.0))
    adopted = mu(patch.area_in_force) == mu(patch.area_m2)
    return f"下发 {issued:.2f} 亩，{computed}" + ("（采用）" if adopted else f"，采用 {mu(patch.area_in_force):.2f} 亩")


def clue_text(clue: Clue, origin: str) -> str:
    """「线索（巡查）· 发现 …」 with who and when."""
    times = (("发现", clue.found_at), ("制止", clue.stopped_at), ("报告", clue.reported_at))
    people = (("发现人", clue.finder), ("三级网格长", clue.grid_l3), ("四级网格员", clue.grid_l4))
    parts = [f"{label} {text[:16].replace('T', ' ')}" for label, text in times if text]
    parts += [f"{label} {text}" for label, text in people if text]
    return " · ".join([f"线索（{SOURCES.get(origin, '')}）", *parts, *([clue.note] if clue.note else [])])


def dates_text(view: PatchView, *, looked: bool) -> str:
    """「前 2025-10-06 ▸ 后 2026-05-01」: the delivered days, else (when `looked`) those of the imagery."""
    days = []
    for role, delivered in (("image_before", view.patch.image_before), ("image_after", view.patch.image_after)):
        state = view.images.get(role) if looked and not delivered else None
        days.append(delivered or (state.date if state is not None else "") or "？")
    return f"前 {days[0]} ▸ 后 {days[1]}"


def images_text(view: PatchView) -> str:
    """What is wrong with the imagery of this patch; empty when it serves or the workspace has none."""
    said = [
        f"{SHORT_LABELS[role]}{state.short}"
        for role, state in view.images.items()
        if state.reason and (state.given or state.by)
    ]
    said += [state.conflict for state in view.images.values() if state.conflict]
    return "▲ " + "；".join(said) if said else ""


def images_tip(view: PatchView) -> str:
    """File, day and who marked it, a line a time."""
    lines = []
    for role, state in view.images.items():
        if state.given or state.by:
            parts = [state.source, state.caption, state.short, f"{state.by} 标记" if state.by else ""]
            lines.append(f"{SHORT_LABELS[role]}：" + "，".join(part for part in parts if part))
    return "\n".join(lines)


class PatchPanel(QWidget):
    """Renders a PatchView; knows no session."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.level = LevelBadge(self)
        self.patch_id = QLabel(self)
        font = self.patch_id.font()
        font.setBold(True)
        self.patch_id.setFont(font)
        self.patch_id.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy = QToolButton(self)
        self.copy.setAutoRaise(True)
        self.copy.setIcon(icon("copy", self))
        self.copy.setToolTip(self.tr("复制图斑编号"))
        describe(self.copy, self.tr("复制图斑编号"))
        self.copy.clicked.connect(lambda _checked=False: QApplication.clipboard().setText(self.patch_id.text()))
        self.village = ElidedLabel(self)
        self.village.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.facts = ElidedLabel(self)
        self.images = RichText(2, self)
        self._view: Optional[PatchView] = None
        self._labels: tuple[str, ...] = ()
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(_LATER)
        self._late.timeout.connect(self._show_images)
        self.story = RichText(2, self)
        self.bar = OverlayBar(self)
        self.identity = RichText(2, self)
        self.overlaps = RichText(3, self)

        #: Number and village: the dock keeps them in sight above what scrolls.
        self.head = QWidget(self)
        head = QHBoxLayout(self.head)
        head.setContentsMargins(0, 2, 2, 0)
        head.addWidget(self.level)
        head.addWidget(self.patch_id)
        head.addWidget(self.copy)
        head.addWidget(self.village, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.head)
        for widget in (self.facts, self.images, self.story, self.bar, self.identity, self.overlaps):
            layout.addWidget(widget)

    def set_compact(self, *, compact: bool) -> None:
        """Leave dates, class and the bar out where a step of the work needs their room; the figures stay."""
        self.facts.setVisible(not compact)
        self.bar.setVisible(not compact)

    def spare(self) -> int:
        """Pixels that `set_compact` gives."""
        return int(self.facts.sizeHint().height() + self.bar.sizeHint().height() + 2 * self.layout().spacing())

    def show_view(self, view: PatchView, class_label: str, type_label: str) -> None:
        """Show one patch; the labels are the Chinese names of its class and type."""
        patch = view.patch
        self.level.set_level(patch.monitor_level, LEVEL_LABELS.get(patch.monitor_level or 0, ""))
        derived = patch.level_source == "derived"
        by_hand = self.tr("等级由人选定") if patch.level_source == "manual" else self.tr("等级随数据下发")
        self.level.setToolTip(self.tr("等级由规则推出，下发数据未给") if derived else by_hand)
        self.patch_id.setText(patch.patch_id)
        describe(self.patch_id, f"图斑编号 {patch.patch_id}")
        split = {"parent": "（被拆分）", "child": "（拆分）"}.get(patch.split_state, "")
        self.village.setText(split + (patch.village_name or patch.town_name or ""))
        story = story_text(view)
        self.story.set_html(escape(story))
        self.story.setToolTip(story)
        self.story.setVisible(bool(story))
        self._view, self._labels = view, (class_label, type_label, patch.review_status.label)
        if getattr(view.images, "ready", True):
            self._show_images()
        else:  # rasters are looked at once the panel is painted
            self.images.hide()
            self._late.start()
        facts = self._show_facts(looked=False)
        issued = issued_text(patch)
        self.facts.setToolTip("\n".join(text for text in (facts, issued, patch.remark) if text))
        write_in(self.facts, "muted")
        self._show_areas(view)

    def _show_facts(self, *, looked: bool) -> str:
        dates = dates_text(self._view, looked=looked) if self._view is not None else ""
        facts = " · ".join(text for text in (dates, *self._labels) if text)
        self.facts.setText(facts)
        return facts

    def _show_images(self) -> None:
        """What is wrong with the imagery, and days that only the imagery knows."""
        view = self._view
        if view is None:
            return
        wanting, tip = images_text(view), images_tip(view)
        self.images.set_html(coloured(self, escape(wanting), "warn"))
        self.images.setVisible(bool(wanting))
        self.images.setToolTip(tip)
        self._show_facts(looked=True)

    def _show_areas(self, view: PatchView) -> None:
        summary = view.summary
        if summary is None or not summary.has_landuse:
            self.bar.set_parts([])
            total = f"地块 {summary.total:.2f} 亩 · " if summary is not None else ""
            crop = issued_cropland(view.patch, summary)
            total += f"耕地 <b>{crop:.2f}</b>（下发值） · " if crop is not None else ""
            missing = "▲ 尚无地类套合：菜单“图层与套合”" if view.patch.wkb else "没有边界，不能套合"
            self.identity.set_html(total + coloured(self, missing, "warn"))
        else:
            parts = [(_TONE_OF.get(name, name), label, getattr(summary, name)) for name, label in _PARTS]
            self.bar.set_parts(parts)
            # Without these spaces the sum stays on one line of the narrow dock.
            text = escape(identity_text(summary)).replace(" + ", "+")
            for value in {f"{summary.total:.2f}", f"耕地 {summary.cropland:.2f}", f"耕地(净) {summary.cropland:.2f}"}:
                text = text.replace(value, f"<b>{value}</b>", 1)
            text += " " + (coloured(self, "✔", "good") if summary.identity_ok else self._difference(summary))
            if summary.net_refused:
                text += " " + coloured(self, "▲ 没有 KCXS，耕地未扣田坎", "warn")
            self.identity.set_html(text)
        issued = issued_text(view.patch)
        tip = "单位亩，平差后两位小数。" + (f"\n{issued}" if issued else "")
        self.identity.setToolTip(tip + (f"\n{basis_text(summary)}" if summary is not None else ""))
        prime = issued_prime(view.patch, summary)
        if summary is not None:
            self.overlaps.set_html(self._overlap_html(summary, prime))
        else:
            self.overlaps.set_html("" if prime is None else self._issued_prime(prime))
        self.overlaps.setVisible(summary is not None or prime is not None)

    def _issued_prime(self, prime: Decimal) -> str:
        """永农 as the delivery states it: no layer was there to measure it."""
        if not prime:
            return "永农 0（下发值）"
        return "<b>" + coloured(self, f"▲ 永农 {prime:.2f} 亩（下发值）", "bad") + "</b>"

    def _difference(self, summary: AreaSummary) -> str:
        return coloured(self, f"✖ 差 {summary.difference:.2f}", "bad")

    def _overlap_html(self, summary: AreaSummary, prime: Optional[Decimal] = None) -> str:
        parts = [
            self._issued_prime(prime) if prime is not None else self._constraint("永农", summary.prime, summary.total),
            self._constraint("红线", summary.redline, summary.total),
        ]
        if summary.urban is None:
            parts.append(coloured(self, "开发边界未给", "muted"))
        elif summary.urban:
            parts.append(f"开发边界内 {summary.urban:.2f}（{percent(summary.urban, summary.total)}）")
        else:
            parts.append("开发边界外")
        approved = summary.approvals.get("approved_union")
        if approved is None:
            approved = max(summary.approvals.values(), default=None)
        if approved is None:
            parts.append(coloured(self, "批文图层未给", "muted"))
        else:
            parts.append(f"批文覆盖 {percent(approved, summary.total)}")
        return " · ".join(parts).replace(" %", "&nbsp;%")  # a figure keeps its sign on its line

    def _constraint(self, label: str, mu: Optional[Decimal], total: Decimal) -> str:
        if mu is None:
            return coloured(self, f"{label}未给", "muted")
        if not mu:
            return f"{label} 0"
        text = f"▲ {label} {mu:.2f} 亩（{percent(mu, total)}）"
        return "<b>" + coloured(self, escape(text), "bad") + "</b>"
