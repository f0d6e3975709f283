"""Boxes for what a photo's watermark shows: all of it in one line, or position, direction and time by themselves.

What is typed is read at once and said back in figures; what cannot be read is refused with a sentence, never guessed.
"""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from ..core.proof import INFERRED, MANUAL, Evidence
from ..core.watermark import Watermark, read_azimuth, read_position, read_time, read_watermark
from ..workbench.lane import HandFacts, time_mark
from .compat import describe, write_in

_WINDS = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")


def position_text(lon: Optional[float], lat: Optional[float]) -> str:
    """Longitude and latitude in degrees, empty when not known; seven digits are a centimetre."""
    if lon is None or lat is None:
        return ""
    return ", ".join(f"{value:.7f}".rstrip("0").rstrip(".") for value in (lon, lat))


def azimuth_text(azimuth: Optional[float]) -> str:
    """Degrees, empty when not known (never 0)."""
    return "" if azimuth is None else f"{azimuth:.1f}".rstrip("0").rstrip(".")


def wind(azimuth: float) -> str:
    """127 -> 东南."""
    return _WINDS[round(azimuth / 45) % 8]


def time_text(taken_at: Optional[str]) -> str:
    """2026-05-01T09:30:00+08:00 -> 2026-05-01 09:30:00; another offset stays as it is."""
    return (taken_at or "").replace("T", " ").replace("+08:00", "")


class _Box(QLineEdit):
    """A box that knows the value behind its text: what nobody touched is not rounded by being shown."""

    def __init__(self, parent: QWidget, name: str, hint: str) -> None:
        super().__init__(parent)
        self.setPlaceholderText(hint)
        describe(self, name)
        self.said = QLabel(parent)
        self.said.setWordWrap(True)
        font = self.said.font()
        font.setPointSizeF(max(7.0, font.pointSizeF() * 0.9))
        self.said.setFont(font)
        self.said.setSizePolicy(self.said.sizePolicy().Policy.Ignored, self.said.sizePolicy().verticalPolicy())
        self._shown = ""

    def show_value(self, text: str) -> None:
        """Show what is known."""
        self._shown = text
        self.setText(text)
        self.setCursorPosition(0)

    def touched(self) -> bool:
        """Whether the person changed it."""
        return self.text().strip() != self._shown.strip()

    def say(self, text: str, kind: str = "muted") -> None:
        """A line below the box; hidden when there is nothing to say."""
        self.said.setText(text)
        self.said.setVisible(bool(text))
        if text:
            write_in(self.said, kind)
        self.setAccessibleDescription(text)


class PhotoEntry(QWidget):
    """水印, 经纬度, 方位角, 时间 of one photo or of several at once."""

    #: Something was typed, carried over or taken from the map.
    changed = pyqtSignal()

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._known = HandFacts()
        self._near: Optional[tuple[float, float]] = None
        self._day = ""
        self._given: dict[str, object] = {}  # values behind what stands in a box
        self._spread_names: set[str] = set()  # those that came from the line with the whole watermark
        self._whole_read = False  # whether anything was understood of it
        self.whole = _Box(self, self.tr("水印全文"), self.tr("照着水印输入或粘贴：106.754011 29.777341 127 …"))
        self.whole.setToolTip(
            self.tr(
                "把水印上的文字一次输入或粘贴在这里，经纬度、方位角、时间会自动分到下面各格。\n"
                "只输小数部分也可以：.754011 .777341"
            )
        )
        self.position = _Box(self, self.tr("经纬度"), self.tr("106.754011, 29.777341 或 29°46′38″N 106°45′14″E"))
        self.azimuth = _Box(self, self.tr("方位角"), self.tr("127 或 东南；不知道就留空"))
        self.taken = _Box(self, self.tr("拍摄时间"), self.tr("2026-05-01 09:30，或只写 09:30"))
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        rows = (
            (self.tr("水印"), self.whole),
            (self.tr("经纬度"), self.position),
            (self.tr("方位角"), self.azimuth),
            (self.tr("时间"), self.taken),
        )
        for number, (label, box) in enumerate(rows):
            name = QLabel(label, self)
            name.setBuddy(box)
            grid.addWidget(name, 2 * number, 0)
            grid.addWidget(box, 2 * number, 1)
            grid.addWidget(box.said, 2 * number + 1, 1)
            box.textEdited.connect(self._typed_in)
        self.whole.textEdited.connect(self._spread)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(grid)
        self.setFocusProxy(self.whole)

    def begin(self, text: str) -> None:
        """Go on in the box of the watermark with what was begun outside of it."""
        self.whole.setFocus(Qt.FocusReason.OtherFocusReason)
        self.whole.selectAll()
        self.whole.insert(text)

    # -- showing --------------------------------------------------------------------------
    def show_photo(
        self, evidence: Optional[Evidence], near: Optional[tuple[float, float]] = None, day: str = ""
    ) -> None:
        """Show what is known of a photo; None: of several, where only what is typed will change.

        `near` completes positions of which only the ends are typed, `day` completes a time without one.
        """
        self._near, self._day, self._given = near, (evidence.taken_at if evidence else "") or day, {}
        self._spread_names, self._whole_read = set(), False
        self._known = (
            HandFacts(evidence.lon, evidence.lat, evidence.azimuth, evidence.taken_at or "")
            if evidence
            else HandFacts()
        )
        self.whole.show_value("")
        self.position.show_value(position_text(self._known.lon, self._known.lat))
        self.azimuth.show_value(azimuth_text(self._known.azimuth))
        self.taken.show_value(time_text(self._known.taken_at))
        for box in (self.whole, self.position, self.azimuth, self.taken):
            box.say("")
        if evidence is not None:
            self._say_sources(evidence)

    def _say_sources(self, evidence: Evidence) -> None:
        """Beside each value where it comes from; 手工 is said wherever it is so."""
        hand = evidence.checks.get("hand")
        by_hand = hand if isinstance(hand, list) else ["position", "azimuth", "time"]
        manual = evidence.source == MANUAL and evidence.kind == "photo" and "exif" in evidence.checks
        own = "" if evidence.source == INFERRED else self.tr("照片自带")
        for name, box, value in (
            ("position", self.position, evidence.lon),
            ("azimuth", self.azimuth, evidence.azimuth),
            ("time", self.taken, evidence.taken_at),
        ):
            if value is not None and value != "":
                box.say(self.tr("手工") if manual and name in by_hand else own)
        if time_mark(evidence):
            self.taken.say(time_mark(evidence), "warn")

    # -- typing ---------------------------------------------------------------------------
    def _typed_in(self, _text: str) -> None:
        box = self.sender()
        if box is not self.whole:
            name = {self.position: "position", self.azimuth: "azimuth", self.taken: "time"}.get(box, "")
            self._given.pop(name, None)
            self._spread_names.discard(name)
        self._echo()
        self.changed.emit()

    def _spread(self, text: str) -> None:
        """What was understood of the whole watermark goes into the boxes below."""
        self._forget_spread()
        found = read_watermark(text, self._near, self._day)
        if not found.anything and self.position.text().strip():
            found = read_azimuth(text) if text.strip() else found  # the position was carried over: 54 is the direction
        if found.lon is not None and found.lat is not None:
            self._give("position", (found.lon, found.lat), position_text(found.lon, found.lat), self.position)
            self._spread_names.add("position")
        if found.azimuth is not None:
            self._give("azimuth", found.azimuth, azimuth_text(found.azimuth), self.azimuth)
            self._spread_names.add("azimuth")
        if found.taken_at:
            self._give("time", found.taken_at, time_text(found.taken_at), self.taken)
            self._spread_names.add("time")
        self._whole_read = found.anything
        self.whole.say("；".join(found.notes), "warn")
        self._echo()
        self.changed.emit()

    def _forget_spread(self) -> None:
        """What the line gave before it was changed holds no longer."""
        texts = {
            "position": (self.position, position_text(self._known.lon, self._known.lat)),
            "azimuth": (self.azimuth, azimuth_text(self._known.azimuth)),
            "time": (self.taken, time_text(self._known.taken_at)),
        }
        for name in self._spread_names:
            self._given.pop(name, None)
            box, text = texts[name]
            box.setText(text)
        self._spread_names = set()

    def _give(self, name: str, value: object, text: str, box: _Box) -> None:
        self._given[name] = value
        box.setText(text)
        box.setCursorPosition(0)

    def _echo(self) -> None:
        """Say back what was read of each box that was changed."""
        if self.position.touched():
            found = self._position()
            ok = found.lon is not None and found.lat is not None
            text = position_text(found.lon, found.lat) if ok else ""
            said = text if text and text != self.position.text().strip() else ""
            self.position.say("；".join(part for part in (said, *found.notes) if part), "muted" if ok else "warn")
        if self.azimuth.touched():
            found = self._azimuth()
            if found.azimuth is None:
                self.azimuth.say("；".join(found.notes) or self.tr("不明"), "warn" if found.notes else "muted")
            else:
                coarse = self.tr("（只是大致方向，±22.5°）") if found.coarse else ""
                self.azimuth.say(f"{azimuth_text(found.azimuth)}° {wind(found.azimuth)}{coarse}")
        if self.taken.touched():
            found = read_time(self.taken.text(), self._day)
            text = time_text(found.taken_at)
            same = text == self.taken.text().strip()
            self.taken.say("；".join(found.notes) or ("" if same else text), "warn" if found.notes else "muted")

    def _position(self) -> Watermark:
        given = self._given.get("position")
        if isinstance(given, tuple):
            return Watermark(given[0], given[1])
        return read_position(self.position.text(), self._near)

    def _azimuth(self) -> Watermark:
        given = self._given.get("azimuth")
        return Watermark(azimuth=given) if isinstance(given, float) else read_azimuth(self.azimuth.text())

    # -- values ---------------------------------------------------------------------------
    def give(self, facts: HandFacts, why: str, *, turned: bool = True) -> None:
        """Values from the map or from another photo; `why` stands beside them. `turned`: the azimuth too."""
        if facts.lon is not None and facts.lat is not None:
            self._give("position", (facts.lon, facts.lat), position_text(facts.lon, facts.lat), self.position)
            self.position.say(why)
        if turned and facts.azimuth is not None:
            self._give("azimuth", facts.azimuth, azimuth_text(facts.azimuth), self.azimuth)
            self.azimuth.say(f"{azimuth_text(facts.azimuth)}° {wind(facts.azimuth)} · {why}")
        self.changed.emit()

    def touched(self) -> bool:
        """Whether there is anything to save."""
        return any(box.touched() for box in (self.position, self.azimuth, self.taken))

    def unread(self) -> Optional[tuple[QLineEdit, str]]:
        """The first box whose text cannot be read, and why; None when all is clear."""
        checks = (
            (self.position, self._position() if self.position.text().strip() else None),
            (self.azimuth, self._azimuth() if self.azimuth.text().strip() else None),
            (self.taken, read_time(self.taken.text(), self._day) if self.taken.text().strip() else None),
        )
        for box, found in checks:
            if found is None or not box.touched():
                continue
            read = {
                self.position: found.lat is not None and found.lon is not None,
                self.azimuth: found.azimuth is not None,
            }
            if not read.get(box, bool(found.taken_at)):
                return box, "；".join(found.notes) or self.tr("看不出写的是什么")
        if self.whole.text().strip() and not self._whole_read:
            return self.whole, self.tr("水印文字里没有看出经纬度、方位角或时间")
        return None

    def facts(self) -> HandFacts:
        """What is in the boxes; what was not touched is what was known. Ask `unread` first."""
        lon, lat, azimuth, taken = self._known.lon, self._known.lat, self._known.azimuth, ""
        if self.position.touched():
            found = self._position()
            lon, lat = (found.lon, found.lat) if found.lon is not None and found.lat is not None else (None, None)
        if self.azimuth.touched():
            azimuth = self._azimuth().azimuth
        if self.taken.touched():
            given = self._given.get("time")
            taken = given if isinstance(given, str) else read_time(self.taken.text(), self._day).taken_at
        return HandFacts(lon, lat, azimuth, taken)

    def facts_for(self, evidence: Evidence) -> HandFacts:
        """For one of several photos: what was typed, and of the rest what is known of this one."""
        said = self.facts()
        moved, turned = self.position.touched(), self.azimuth.touched()
        return HandFacts(
            said.lon if moved else evidence.lon,
            said.lat if moved else evidence.lat,
            said.azimuth if turned else evidence.azimuth,
            said.taken_at,
        )
