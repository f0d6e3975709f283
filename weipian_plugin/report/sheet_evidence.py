"""Documents and photos on a sheet: where each photo was taken, what speaks against it, pairs side by side."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.proof import BAD, WARN
from .flow import BODY, Flow
from .layout_parts import GREY, LEFT, RED, WIDTH, Ink
from .model import PhotoItem, SheetContent
from .photo_map import PhotoMap
from .sheet_photos import PhotoCache

_GAP = 1.5
_CAPTION, _DOUBT = Ink(7), Ink(7, RED, True)
_WARNING, _GOOD = Ink(7, "#8A4B00", True), Ink(7, "#1E6B2E")
_PAD = 1.0
_MAP_HEIGHT, _SIDE = 80.0, 44.0
_PAIR_HEIGHT = 64.0
_DOCUMENT_HEADS = ("材料", "文号", "机关", "日期", "面积", "有效期至")
_DOCUMENT_WIDTHS = (46.0, 44.0, 36.0, 20.0, 20.0, 20.0)


def draw_documents(flow: Flow, content: SheetContent) -> None:
    """A table of the documents, under each what its checks found."""
    if not content.documents:
        return
    flow.need(16)
    flow.row(_DOCUMENT_HEADS, _DOCUMENT_WIDTHS, head=True)
    for paper in content.documents:
        name = f"{paper.kind}（同时证明 {paper.shared} 个其他图斑）" if paper.shared else paper.kind
        flow.row((name, paper.number, paper.authority, paper.date, paper.area, paper.valid), _DOCUMENT_WIDTHS)
        for outcome, text in paper.checks:
            flow.line(f"　{text}", _ink(outcome, 8))


def draw_photos(flow: Flow, numeral: str, content: SheetContent, photos: PhotoCache, photo_map: PhotoMap) -> None:
    """The whole section: map, pictures with their checks, pairs."""
    if not content.photos:
        flow.bar(f"{numeral}、现场照片", 8)
        flow.line("没有现场照片", Ink(8.5, GREY))
        return
    doubtful = sum(photo.verdict == BAD for photo in content.photos) + sum("✖" in t for t in content.photo_notes)
    flow.bar(f"{numeral}、现场照片", 30)
    flow.line(_summary(content, doubtful), Ink(8.5, RED, True) if doubtful else BODY)
    _map(flow, content, photo_map)
    _grid(flow, content, photos)
    for text in content.photo_notes:
        flow.line(text, _DOUBT if "✖" in text else _WARNING)
    if content.photo_total > len(content.photos):
        text = f"共 {content.photo_total} 张照片，此处印出 {len(content.photos)} 张，其余见 02_现场照片 文件夹。"
        flow.line(text, Ink(8, GREY), frame=False)
    _pairs(flow, content, photos)


def _summary(content: SheetContent, doubtful: int) -> str:
    """How many photos there are and how many do not convince, in a sentence."""
    manual = sum(photo.manual for photo in content.photos)
    hand = f"，其中 {manual} 张的位置、方位或时间为手工填写" if manual else ""
    warned = sum(photo.verdict == WARN for photo in content.photos) + sum("⚠" in t for t in content.photo_notes)
    parts = [f"共 {content.photo_total} 张{hand}"]
    if doubtful:
        parts.append(f"✖ {doubtful} 张核对不符，见各照片下的说明")
    if warned:
        parts.append(f"⚠ {warned} 张存疑")
    if not doubtful and not warned and any(photo.verdict for photo in content.photos):
        parts.append("没有核对不符的照片")
    return "；".join(parts)


def _map(flow: Flow, content: SheetContent, photo_map: PhotoMap) -> None:
    """照片位置图, beside it what the signs mean and which photos are not on it."""
    if not photo_map.possible(content):
        return
    flow.y += _GAP
    flow.need(_MAP_HEIGHT + _GAP)
    width = WIDTH - _SIDE - _GAP
    notes = photo_map.draw(flow.page, LEFT, flow.y, width, _MAP_HEIGHT, content)
    x, y = LEFT + width + _GAP, flow.y
    flow.sheet.text(flow.page, x, y, _SIDE, 5.4, "照片位置图", Ink(8.5, bold=True), pad=0)
    y += 6
    for text, ink in notes:
        high = min(flow.sheet.height(text, _SIDE, ink, 0), flow.y + _MAP_HEIGHT - y)
        if high < 3:
            break
        flow.sheet.text(flow.page, x, y, _SIDE, high, text, ink, pad=0)
        y += high + 0.6
    flow.y += _MAP_HEIGHT


def _grid(flow: Flow, content: SheetContent, photos: PhotoCache) -> None:
    """Pictures two or three a row; a row is as high as the longest of its captions."""
    across = 2 if len(content.photos) in (1, 2, 4) else 3
    width = (WIDTH - (across - 1) * _GAP) / across
    height = width * (0.66 if across == 2 else 0.72)
    flow.y += _GAP
    for at in range(0, len(content.photos), across):
        row = content.photos[at : at + across]
        texts = [_caption(photo, small=not photos.upright(photo.path)) for photo in row]
        below = max(_height(flow, lines, width) for lines in texts)
        flow.need(height + below + _GAP)
        for column, (photo, lines) in enumerate(zip(row, texts)):
            _photo(flow, LEFT + column * (width + _GAP), width, height, below, photo, lines, photos)
        flow.y += height + below + _GAP


def _caption(photo: PhotoItem, *, small: bool) -> list[tuple[str, Ink]]:
    """Lines under a picture with their inks: what it is, where and when, then what the checks found."""
    hand = "　手工" if photo.manual else ""
    purpose = f"　{photo.purpose}" if photo.purpose else ""
    shifted = "（由火星坐标换算）" if photo.shifted else ""
    only = "　（印的是预览图）" if small and photo.preview else ""
    lines = [
        (f"照片 {photo.number}{purpose}{hand}{only}", Ink(7.5, bold=True)),
        (f"{photo.taken_at}　方位角 {photo.azimuth}", _CAPTION),
        (f"位置 {photo.position}{shifted}", _CAPTION),
        (photo.where, _CAPTION),
    ]
    lines += [(text, _ink(outcome)) for outcome, text in photo.checks]
    if not photo.checks and photo.good:
        lines.append((photo.good, _GOOD if photo.good.startswith("✔") else _WARNING))
    return lines


def _ink(outcome: str, size: float = 7.0) -> Ink:
    chosen = _DOUBT if outcome == BAD else _WARNING
    return Ink(size, chosen.color, chosen.bold)


def _height(flow: Flow, lines: Sequence[tuple[str, Ink]], width: float) -> float:
    return sum(_line_height(flow, text, ink, width) for text, ink in lines) + 1.2


def _line_height(flow: Flow, text: str, ink: Ink, width: float) -> float:
    return len(flow.sheet.wrap(text, width - 2 * _PAD, ink)) * flow.sheet.line_height(ink)


def _photo(
    flow: Flow, x: float, width: float, height: float, below: float,
    photo: PhotoItem, lines: Sequence[tuple[str, Ink]], photos: PhotoCache,
) -> None:  # fmt: skip
    _picture(flow, x, width, height, photo, photos)
    y = flow.y + height
    bad = photo.verdict == BAD
    flow.sheet.text(flow.page, x, y, width, below, "", _CAPTION, True, "#FFF1F1" if bad else None)
    y += 0.6
    for text, ink in lines:
        high = _line_height(flow, text, ink, width)
        flow.sheet.text(flow.page, x, y, width, high, text, ink, pad=_PAD, fit=False)
        y += high


def _picture(flow: Flow, x: float, width: float, height: float, photo: PhotoItem, photos: PhotoCache) -> None:
    path = photos.upright(photo.path) or photos.upright(photo.preview)
    if path:
        flow.sheet.picture(flow.page, x, flow.y, width, height, path)
        return
    heic = photo.path.lower().endswith((".heic", ".heif"))
    text = "照片不在工作区" if not photo.path else "HEIC 照片在此电脑不能显示，原件见文件夹" if heic else "照片无法显示"
    flow.sheet.text(flow.page, x, flow.y, width, height, text, Ink(9, GREY, align="center"), True, "#F5F5F5")


def _pairs(flow: Flow, content: SheetContent, photos: PhotoCache) -> None:
    """整改前后 from the same viewpoint, side by side."""
    numbers = {photo.number: photo for photo in content.photos}
    width = (WIDTH - _GAP) / 2
    for before, after in content.pairs:
        if before not in numbers or after not in numbers:
            continue
        flow.y += _GAP
        flow.need(5.4 + _PAIR_HEIGHT + 5.4)
        text = f"整改前后对比（同一拍摄点）：照片 {before} → 照片 {after}"
        flow.sheet.text(flow.page, LEFT, flow.y, WIDTH, 5.4, text, Ink(8.5, bold=True), pad=0)
        flow.y += 5.4
        for column, (name, number) in enumerate((("整改前", before), ("整改后", after))):
            photo, x = numbers[number], LEFT + column * (width + _GAP)
            _picture(flow, x, width, _PAIR_HEIGHT, photo, photos)
            caption = (
                f"{name}　照片 {number}　{photo.taken_at}　方位角 {photo.azimuth}{'　手工' if photo.manual else ''}"
            )
            flow.sheet.text(flow.page, x, flow.y + _PAIR_HEIGHT, width, 5.4, caption, _CAPTION, True)
        flow.y += _PAIR_HEIGHT + 5.4
