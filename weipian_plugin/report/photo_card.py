"""怎样发原图: one A4 page for villages, with pictograms of our own drawing."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import QPointF, QRectF
from qgis.PyQt.QtGui import QPainterPath

from .layout_parts import BLUE, GREY, LEFT, RED, WIDTH, Ink
from .paper import Paper

_GREEN, _SKY, _PALE, _DARK = "#1A7431", "#DCE6F5", "#F4F7FC", "#2B3A55"
_TOP, _STEP, _PICTURE = 44.0, 47.0, 50.0
#: (heading, what to do) of each step, in the order of the pictures.
_STEPS = (
    ("打开定位", "拍照前打开手机的“位置信息（定位）”；\n在相机设置里打开“保存地理位置”。"),
    (
        "对着图斑拍 {photos} 张",
        "站在图斑边上，镜头朝向图斑：\n1 张拍到全貌，其余从不同方向拍近处。\n手机拿平、拍稳，不要加滤镜。",
    ),
    ("微信发送，勾“原图”", "选好照片后，先点下面的“原图”，看到打上勾，\n再点“发送”。"),
    ("或者用“文件”发送", "点“＋”→“文件”→ 选照片 → 发送。\n用文件发送，照片信息不会丢。"),
)
_WHY = "不勾“原图”，微信会压缩照片，拍摄的位置、方向和时间就没有了，照片不能作为举证，还要重拍。"
_NOT = "不要截图　　不要拼图、裁剪　　不要转发别人压缩过的照片"


def draw_photo_card(path: Path, office: str, photos: int) -> None:
    """Write the PDF (the folder is made).

    Raises:
        WeipianError: E_WRITE; no half-written file is left.
    """
    paper = Paper(path, "怎样发原图")
    try:
        _heading(paper)
        for number, (title, text) in enumerate(_STEPS):
            _step(paper, number, title.format(photos=photos), text)
        _warning(paper, _TOP + len(_STEPS) * _STEP + 1)
        _foot(paper, office)
    except BaseException:
        paper.abandon()
        raise
    paper.finish()


def _heading(paper: Paper) -> None:
    paper.box(0, 0, 210, 36, BLUE)
    paper.text(LEFT, 5, WIDTH, 16, "怎样拍、怎样发现场照片", Ink(30, "#FFFFFF", True, "center"))
    paper.text(LEFT, 22, WIDTH, 9, "卫片图斑现场举证 · 村（社区）用", Ink(14, "#FFFFFF", align="center"))


def _step(paper: Paper, number: int, title: str, text: str) -> None:
    y = _TOP + number * _STEP
    paper.box(LEFT, y, WIDTH, _STEP - 4, _PALE, 3)
    _PICTURES[number](paper, LEFT + 4, y + 2)
    x = LEFT + _PICTURE + 8
    paper.circle(x + 6.5, y + 9, 6.5, BLUE)
    paper.text(x, y + 2.5, 13, 13, str(number + 1), Ink(20, "#FFFFFF", True, "center"), pad=0)
    paper.text(x + 16, y + 2.5, WIDTH - _PICTURE - 26, 13, title, Ink(22, _DARK, True))
    paper.text(x, y + 17, WIDTH - _PICTURE - 11, _STEP - 22, text, Ink(14.5), top=True)


def _warning(paper: Paper, y: float) -> None:
    paper.frame(LEFT, y, WIDTH, 31, "#FFF5F4", RED)
    paper.text(LEFT + 2, y + 1.5, WIDTH - 4, 14, _WHY, Ink(13.5, RED, True))
    x = LEFT + 4
    for part in _NOT.split("　　"):
        _cross(paper, x + 3, y + 23.2, 2.6)
        paper.text(x + 7, y + 18, 62, 10.5, part, Ink(13.5))
        x += 40 if len(part) < 6 else 55


def _foot(paper: Paper, office: str) -> None:
    paper.text(LEFT, 276, 110, 8, office, Ink(14, _DARK, True))
    paper.text(
        LEFT + 86, 276, WIDTH - 86, 8, "联系人：　　　　　　　电话：　　　　　　　　　", Ink(12, GREY, align="right")
    )
    paper.line(LEFT, 285, LEFT + WIDTH, 285, 0.4, BLUE)


# -- pictograms, each in a field of 46 x 39 mm ---------------------------------------------------


def _phone(paper: Paper, x: float, y: float, screen: str = "#FFFFFF") -> None:
    """A telephone of 22 x 38 mm."""
    paper.box(x, y, 22, 38.5, _DARK, 3)
    paper.box(x + 1.6, y + 3.4, 18.8, 31.4, screen)
    paper.circle(x + 11, y + 36.7, 1, "#FFFFFF")


def _pin(paper: Paper, x: float, y: float, size: float) -> None:
    """A place mark whose tip is at (x, y)."""
    path = QPainterPath(QPointF(x, y))
    path.cubicTo(x - size * 0.2, y - size * 0.5, x - size * 0.5, y - size * 0.7, x - size * 0.5, y - size)
    path.arcTo(QRectF(x - size * 0.5, y - size * 1.5, size, size), 180, -180)
    path.cubicTo(x + size * 0.5, y - size * 0.7, x + size * 0.2, y - size * 0.5, x, y)
    paper.path(path, RED)
    paper.circle(x, y - size, size * 0.2, "#FFFFFF")


def _switch(paper: Paper, x: float, y: float) -> None:
    """A switch that is on."""
    paper.box(x, y, 11, 6, _GREEN, 3)
    paper.circle(x + 8, y + 3, 2.3, "#FFFFFF")


def _place_picture(paper: Paper, x: float, y: float) -> None:
    _phone(paper, x + 3, y, _SKY)
    _pin(paper, x + 14, y + 21, 9)
    _switch(paper, x + 8.5, y + 26)
    for radius in (3.0, 5.5, 8.0):
        path = QPainterPath()
        box = QRectF(x + 30 - radius, y + 10 - radius, 2 * radius, 2 * radius)
        path.arcMoveTo(box, -50)
        path.arcTo(box, -50, 100)
        paper.path(path, "", BLUE, 1.1)


def _aim_picture(paper: Paper, x: float, y: float) -> None:
    """Seen from above: three places, each looking at the patch."""
    paper.polygon([(x + 14, y + 11), (x + 31, y + 9), (x + 34, y + 23), (x + 18, y + 26)], "#F7D9D6", RED, 0.9)
    paper.text(x + 14, y + 13, 20, 9, "图斑", Ink(12, RED, True, "center"))
    # where it stands (dx, dy) and the two ends of what it sees
    for sx, sy, ends in (
        (6.0, 35.0, ((12.0, 20.0), (27.0, 28.0))),
        (43.0, 31.0, ((30.0, 25.0), (34.0, 15.0))),
        (22.0, 1.5, ((19.0, 11.0), (28.0, 10.0))),
    ):
        paper.polygon([(x + sx, y + sy), *((x + ex, y + ey) for ex, ey in ends)], "#CFE8D5", _GREEN, 0.4)
        paper.circle(x + sx, y + sy, 2.1, _GREEN)


def _original_picture(paper: Paper, x: float, y: float) -> None:
    _phone(paper, x + 3, y)
    for row in range(2):
        for column in range(2):
            _photo(paper, x + 6.2 + column * 8.2, y + 5 + row * 9)
    paper.box(x + 4.6, y + 25, 18.8, 9.8, "#E9E9E9")
    paper.circle(x + 8, y + 30, 2.2, _GREEN)
    _tick(paper, x + 8, y + 30, 1.4)
    paper.text(x + 10.5, y + 26, 12, 8, "原图", Ink(10.5, bold=True), pad=0)
    paper.box(x + 29, y + 24.5, 16, 10, _GREEN, 1.5)
    paper.text(x + 29, y + 24.5, 16, 10, "发送", Ink(13, "#FFFFFF", True, "center"), pad=0)
    _arrow(paper, x + 25.8, y + 29.5, 2.6)


def _file_picture(paper: Paper, x: float, y: float) -> None:
    _sheet(paper, x + 3, y + 6)
    _photo(paper, x + 7.5, y + 16, 1.5)
    _arrow(paper, x + 26, y + 20, 6)
    paper.box(x + 34, y + 11, 12, 18, "#FFFFFF", 2)
    paper.frame(x + 34, y + 11, 12, 18, "", _DARK)
    _tick(paper, x + 40, y + 20, 4.2, _GREEN, 1.4)
    paper.text(x + 1, y + 31.5, 24, 7, "文件", Ink(12, _DARK, True, "center"))


def _photo(paper: Paper, x: float, y: float, scale: float = 1.0) -> None:
    """A small landscape, 7 x 7.6 mm."""
    paper.box(x, y, 7 * scale, 7.6 * scale, "#BFD7F2")
    paper.polygon(
        [(x, y + 7.6 * scale), (x + 2.4 * scale, y + 3 * scale), (x + 4.4 * scale, y + 5.6 * scale),
         (x + 5.4 * scale, y + 4.4 * scale), (x + 7 * scale, y + 7.6 * scale)], _GREEN,
    )  # fmt: skip
    paper.circle(x + 5.4 * scale, y + 1.8 * scale, 0.9 * scale, "#F2B705")


def _sheet(paper: Paper, x: float, y: float) -> None:
    paper.polygon([(x, y), (x + 13, y), (x + 19, y + 6), (x + 19, y + 25), (x, y + 25)], "#FFFFFF", _DARK, 0.9)
    paper.polygon([(x + 13, y), (x + 13, y + 6), (x + 19, y + 6)], _SKY, _DARK, 0.9)


def _arrow(paper: Paper, x: float, y: float, size: float) -> None:
    paper.line(x - size / 2, y, x + size / 2, y, 1.0, BLUE)
    paper.polygon([(x + size / 2 + 1.4, y), (x + size / 2 - 0.8, y - 1.7), (x + size / 2 - 0.8, y + 1.7)], BLUE)


def _tick(paper: Paper, x: float, y: float, size: float, color: str = "#FFFFFF", width: float = 0.8) -> None:
    paper.line(x - size * 0.8, y, x - size * 0.2, y + size * 0.65, width, color)
    paper.line(x - size * 0.2, y + size * 0.65, x + size * 0.9, y - size * 0.7, width, color)


def _cross(paper: Paper, x: float, y: float, size: float) -> None:
    paper.line(x - size, y - size, x + size, y + size, 1.3, RED)
    paper.line(x - size, y + size, x + size, y - size, 1.3, RED)


_PICTURES = (_place_picture, _aim_picture, _original_picture, _file_picture)
