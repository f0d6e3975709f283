"""村级承诺清单.pdf: what a village signs for, with number and QR; plain values in, A4 pages out.

Drawn with Qt's PDF writer instead of a print layout: there is no map in it, and a village of several hundred
patches would need thousands of layout items.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import WeipianError
from .layout_parts import BLUE, GREY, LEFT, WIDTH, Ink
from .paper import Paper

_HEADS = ("序号", "图斑编号", "等级", "面积(亩)", "核查情况", "照片", "文件", "材料核对码")
_WIDTHS = (10.0, 44.0, 13.0, 19.0, 48.0, 11.0, 11.0, 30.0)
_QR = 26.0
_SIGNING = 46.0  # height of the block that is signed
_BOTTOM = 283.0


@dataclass(frozen=True)
class CertificateRow:
    """One patch of the list, as texts; `code` is the beginning of the digest of its material."""

    patch_id: str
    level: str
    area_mu: str
    finding: str
    photos: int
    documents: int
    code: str


@dataclass(frozen=True)
class CertificateList:
    """The whole list. `sentence` is what the village answers for; `printed_at` ISO with offset."""

    number: str
    village: str
    town: str
    title: str
    sentence: str
    rows: Sequence[CertificateRow]
    printed_by: str
    printed_at: str


def draw_certificate(content: CertificateList, path: Path) -> int:
    """Write the PDF (the folder is made); gives the number of pages. Drawn twice: each page says of how many.

    Raises:
        WeipianError: E_LIBRARY without segno, E_WRITE; no half-written file is left.
    """
    pages = _draw(content, path, 1)
    return _draw(content, path, pages) if pages > 1 else pages


def _draw(content: CertificateList, path: Path, pages: int) -> int:
    matrix = qr_matrix(content.number)
    paper = Paper(path, f"村级承诺清单 {content.number}", pages)
    try:
        y = _heading(paper, content, matrix)
        y = _table(paper, content, y)
        if y + _SIGNING > _BOTTOM:
            y = _continue(paper, content)
        _signing(paper, content, y + 3)
        _foot(paper, content)
    except BaseException:
        paper.abandon()
        raise
    return paper.finish()


def qr_matrix(text: str) -> Sequence[Sequence[int]]:
    """The dark modules of a QR of the text, a row a line; medium error correction.

    Raises:
        WeipianError: E_LIBRARY.
    """
    try:
        import segno
    except ImportError as error:
        raise WeipianError("E_LIBRARY", name="segno") from error
    return [list(row) for row in segno.make(text, error="m", micro=False).matrix]


def _heading(paper: Paper, content: CertificateList, matrix: Sequence[Sequence[int]]) -> float:
    wide = WIDTH - _QR - 4
    paper.text(LEFT, 12, wide, 9, "卫片执法图斑举证材料村级承诺清单", Ink(16, bold=True))
    place = f"{content.town}{content.village}"
    paper.text(LEFT, 22, wide, 6, f"村（社区）：{place or '　　　　　　'}　　共 {len(content.rows)} 个图斑", Ink(10.5))
    paper.text(LEFT, 28, wide, 5.5, content.title, Ink(9, GREY))
    paper.text(
        LEFT, 33.5, wide, 5.5, f"打印 {content.printed_by} {content.printed_at[:16].replace('T', ' ')}", Ink(9, GREY)
    )
    paper.modules(LEFT + WIDTH - _QR, 9, _QR, matrix)
    paper.text(LEFT + WIDTH - _QR - 14, 36, _QR + 14, 6, content.number, Ink(11, bold=True, align="right"), pad=0)
    return 44.0


def _table(paper: Paper, content: CertificateList, y: float) -> float:
    y = _head_row(paper, y)
    for number, row in enumerate(content.rows, 1):
        cells = (
            str(number), row.patch_id, row.level, row.area_mu, row.finding, str(row.photos), str(row.documents),
            row.code,
        )  # fmt: skip
        inks = [Ink(8.5, align="center")] * len(cells)
        inks[1] = inks[4] = Ink(8.5)
        inks[3] = Ink(8.5, align="right")
        high = max(6.2, *(paper.height(text, wide, ink) for text, wide, ink in zip(cells, _WIDTHS, inks)))
        if y + high > _BOTTOM:
            y = _head_row(paper, _continue(paper, content))
        paper.row(LEFT, y, _WIDTHS, high, cells, inks)
        y += high
    return y


def _head_row(paper: Paper, y: float) -> float:
    inks = [Ink(8.5, bold=True, align="center")] * len(_HEADS)
    paper.row(LEFT, y, _WIDTHS, 6.4, _HEADS, inks, fill="#DCE6F5")
    return y + 6.4


def _continue(paper: Paper, content: CertificateList) -> float:
    """The next page under its own line, so that a page that got loose is known."""
    _foot(paper, content)
    paper.new_page()
    paper.text(LEFT, 10, WIDTH, 5.5, f"{content.number}　{content.town}{content.village}　（续）", Ink(9, GREY), pad=0)
    return 17.0


def _signing(paper: Paper, content: CertificateList, y: float) -> None:
    paper.text(LEFT, y, WIDTH, 8, content.sentence, Ink(12, BLUE, True))
    lines = ("签字人（村负责人）：", "签字日期：　　　　年　　月　　日")
    paper.text(LEFT, y + 11, 92, 9, lines[0], Ink(11))
    paper.line(LEFT + 40, y + 19.5, LEFT + 92, y + 19.5)
    paper.text(LEFT, y + 23, 100, 9, lines[1], Ink(11))
    paper.frame(LEFT + 118, y + 9, 62, 30)
    paper.text(LEFT + 118, y + 20, 62, 8, "（盖章处）", Ink(10, GREY, align="center"))
    note = "签字后材料如有增减或改动，本承诺对该图斑自动失效，须重新打印、签字。核对码由图斑的全部材料算出。"
    paper.text(LEFT, y + 33, 114, 8, note, Ink(8, GREY))


def _foot(paper: Paper, content: CertificateList) -> None:
    paper.text(LEFT, 286, 150, 5, f"{content.number}　卫片执法助手打印", Ink(7.5, GREY), pad=0)
    paper.text(
        LEFT + WIDTH - 36, 286, 36, 5, f"第 {paper.page} 页 / 共 {paper.pages} 页", Ink(7.5, GREY, align="right"), pad=0
    )
