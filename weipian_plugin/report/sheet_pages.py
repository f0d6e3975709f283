"""The pages after the maps: judgement, proofs, case, photos, signatures. They flow over as many pages as needed."""

from __future__ import annotations

from .flow import BODY as _BODY
from .flow import Flow
from .layout_parts import BLUE, GREY, LEFT, RED, WIDTH, Ink, Sheet
from .model import SheetContent
from .photo_map import PhotoMap
from .sheet_evidence import draw_documents, draw_photos
from .sheet_photos import PhotoCache

_SIGNERS = ("核查人（签字）", "核查人（签字）", "村负责人（签字）", "规建环办负责人（签字）")
_VERDICT_COLOURS = {"合法": "#1E6B2E", "违法": RED, "其他": BLUE}


def draw_judgement(sheet: Sheet, content: SheetContent, photos: PhotoCache, photo_map: PhotoMap) -> None:
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
    draw_photos(flow, "七" if content.case_lines else "六", content, photos, photo_map)
    _signatures(flow, content)


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
    draw_documents(flow, content)


def _signatures(flow: Flow, content: SheetContent) -> None:
    """Blank cells to sign in; the village signs for truthfulness."""
    flow.bar("签字确认", 42)
    if content.certificate:
        ink = Ink(8.5, RED, True) if content.certificate_void else Ink(8.5)
        flow.line(f"村级承诺（对真实性、准确性负责）　{content.certificate}", ink)
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
