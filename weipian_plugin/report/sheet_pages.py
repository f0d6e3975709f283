"""The pages after the maps: judgement, proofs, case, photos, signatures. They flow over as many pages as needed."""

from __future__ import annotations

from collections.abc import Sequence

from .layout_parts import BLUE, BOTTOM, GREY, LEFT, RED, TOP, WIDTH, Ink, Sheet
from .model import PhotoItem, SheetContent
from .sheet_photos import PhotoCache

_CAPTION_H = 12.5
#: Height in mm that a paragraph takes besides its lines.
_PAD = 1.8
_BODY = Ink(8.5)
_SIGNERS = ("核查人（签字）", "核查人（签字）", "村负责人（签字）", "规建环办负责人（签字）")
_VERDICT_COLOURS = {"合法": "#1E6B2E", "违法": RED, "其他": BLUE}


class Flow:
    """A cursor that opens a new page when a block does not fit."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.page = sheet.add_page()
        self.y = TOP

    def need(self, height: float) -> None:
        """Make room for a block of this height in mm."""
        if self.y + height > BOTTOM and self.y > TOP:
            self.page = self.sheet.add_page()
            self.y = TOP

    def bar(self, text: str, follow: float = 12) -> None:
        """A section heading that does not stay alone at the foot of a page."""
        if self.y > TOP:
            self.y += 3
        self.need(5.6 + follow)
        self.y = self.sheet.bar(self.page, self.y, text)

    def line(self, text: str, ink: Ink = _BODY, frame: bool = True) -> None:
        """One paragraph over the whole width, broken over pages if it is longer than one."""
        lines = self.sheet.wrap(text, WIDTH - 4, ink)
        step = self.sheet.line_height(ink)
        while lines:
            self.need(min(len(lines), 3) * step + _PAD)
            room = max(int((BOTTOM - self.y - _PAD) / step), 1)
            part, lines = lines[:room], lines[room:]
            high = len(part) * step + _PAD
            self.sheet.text(self.page, LEFT, self.y, WIDTH, high, "\n".join(part), ink, frame, pad=2, fit=False)
            self.y += high


def draw_judgement(sheet: Sheet, content: SheetContent, photos: PhotoCache) -> None:
    """Everything from 四 on."""
    flow = Flow(sheet)
    sheet.text(
        flow.page, LEFT, flow.y - 5, WIDTH, 5, f"图斑编号：{content.patch_id}", Ink(8.5, GREY, align="right"), pad=0
    )
    flow.y += 1
    _verdict(flow, content)
    _proofs(flow, content)
    if content.case_lines:
        flow.bar("六、查处整改")
        for text in content.case_lines:
            flow.line(text)
    _photo_strip(flow, content, photos)
    _signatures(flow)


def _verdict(flow: Flow, content: SheetContent) -> None:
    flow.bar("四、核查判定")
    color = _VERDICT_COLOURS.get(content.verdict, GREY)
    flow.line(f"合法性判定：{content.verdict or '未判定'}", Ink(11, color, True))
    for text in content.verdict_lines:
        flow.line(text)
    if content.advice_lines:
        flow.line("规则提示（软件根据套合结果列出，供参考，不是结论）", Ink(8, GREY, True))
        for text in content.advice_lines:
            flow.line(text, Ink(8))


def _proofs(flow: Flow, content: SheetContent) -> None:
    """The checklist in two columns: a mark and a word, never colour alone."""
    flow.bar("五、证明材料清单")
    if not content.checklist:
        flow.line("尚未判定，没有对应的材料清单" if not content.verdict else "该判定没有规定材料", Ink(8.5, GREY))
        return
    half = WIDTH / 2
    for at in range(0, len(content.checklist), 2):
        flow.need(5.4)
        for column in range(2):
            item = content.checklist[at + column] if at + column < len(content.checklist) else None
            x = LEFT + column * half
            if item is None:
                flow.sheet.text(flow.page, x, flow.y, half, 5.4, "", _BODY, True)
                continue
            done, label, have = item
            flow.sheet.text(flow.page, x, flow.y, half - 30, 5.4, label, Ink(8), True)
            mark = f"{'已有' if done else '缺少'}（{have}）"
            ink = Ink(8, "#1E6B2E" if done else RED, not done, "center")
            flow.sheet.text(flow.page, x + half - 30, flow.y, 30, 5.4, mark, ink, True)
        flow.y += 5.4


def _photo_strip(flow: Flow, content: SheetContent, photos: PhotoCache) -> None:
    across = 3 if len(content.photos) <= 3 else 4
    gap = 1.5
    width = (WIDTH - (across - 1) * gap) / across
    height = width * 0.72
    row = height + _CAPTION_H + gap
    flow.bar("七、现场照片" if content.case_lines else "六、现场照片", row if content.photos else 8)
    if not content.photos:
        flow.line("没有现场照片", Ink(8.5, GREY))
        return
    flow.y += gap
    for at in range(0, len(content.photos), across):
        flow.need(row)
        for column, photo in enumerate(content.photos[at : at + across]):
            _photo(flow, LEFT + column * (width + gap), width, height, photo, photos)
        flow.y += row
    if content.photo_total > len(content.photos):
        text = f"共 {content.photo_total} 张照片，此处印出 {len(content.photos)} 张，其余见 02_现场照片 文件夹。"
        flow.line(text, Ink(8, GREY), frame=False)


def _photo(flow: Flow, x: float, width: float, height: float, photo: PhotoItem, photos: PhotoCache) -> None:
    path = photos.upright(photo.path)
    if path:
        flow.sheet.picture(flow.page, x, flow.y, width, height, path)
    else:
        text = "照片无法显示" if photo.path else "照片不在工作区"
        flow.sheet.text(flow.page, x, flow.y, width, height, text, Ink(9, GREY, align="center"), True, "#F5F5F5")
    manual = "　手工" if photo.manual else ""
    lines: Sequence[str] = (
        f"照片 {photo.number}　{photo.taken_at}",
        f"位置 {photo.position}",
        f"方位角 {photo.azimuth}{manual}",
    )
    caption = "\n".join(lines)
    flow.sheet.text(flow.page, x, flow.y + height, width, _CAPTION_H, caption, Ink(7), True)


def _signatures(flow: Flow) -> None:
    """Blank cells to sign in; the village signs for truthfulness."""
    flow.bar("签字确认", 35)
    text = "以上内容经现场核实，情况属实。核查人不少于两人。"
    flow.line(text, Ink(8, GREY))
    half, label, high = WIDTH / 2, 38.0, 10.5
    for at, name in enumerate(_SIGNERS):
        x, y = LEFT + at % 2 * half, flow.y + at // 2 * high
        flow.sheet.text(flow.page, x, y, label, high, name, Ink(8.5), True, "#F2F5FB")
        flow.sheet.text(flow.page, x + label, y, half - label, high, "", _BODY, True)
    flow.y += 2 * high
    flow.sheet.text(flow.page, LEFT, flow.y, label, 7, "日期", Ink(8.5), True, "#F2F5FB")
    blank = "　　　　年　　　月　　　日"
    flow.sheet.text(flow.page, LEFT + label, flow.y, WIDTH - label, 7, blank, Ink(8.5), True)
    flow.y += 7
