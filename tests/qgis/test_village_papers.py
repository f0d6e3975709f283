"""Papers for villages: the list that is signed, its QR, and the card; read back from the PDF."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest

pytest.importorskip("qgis.gui")

from weipian_plugin.core import certify
from weipian_plugin.core.errors import WeipianError
from weipian_plugin.report.certificate_sheet import CertificateList, CertificateRow, draw_certificate, qr_matrix
from weipian_plugin.report.photo_card import draw_photo_card

pytestmark = [
    pytest.mark.qgis,
    pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed"),
]
NUMBER = certify.make_number("2026-05-01", 5)


def text_of(path: Path, *, layout: bool = True) -> str:
    words = ["pdftotext", "-layout" if layout else "-raw", str(path), "-"]
    return plain(subprocess.run(words, capture_output=True, check=True).stdout.decode())


def plain(text: str) -> str:
    """Some fonts give 片 the code of the radical ⽚ in the text of a PDF; searching programs fold them."""
    return unicodedata.normalize("NFKC", text)


def picture_of(path: Path, dpi: int = 100) -> tuple[int, int, bytes]:
    done = subprocess.run(
        ["pdftoppm", "-gray", "-r", str(dpi), "-f", "1", "-l", "1", str(path)], capture_output=True, check=True
    )
    kind, width, height, _most, pixels = re.match(
        rb"(P5)\s+(\d+)\s+(\d+)\s+(\d+)\s(.*)", done.stdout, re.DOTALL
    ).groups()
    assert kind == b"P5"
    return int(width), int(height), pixels


def make_list(count: int, finding: str = "违法 · 工矿商服") -> CertificateList:
    rows = [
        CertificateRow(f"500112SJBG2621{i:04d}", "一级", f"{i}.50", finding, 3, 1, f"{i:08X}")
        for i in range(1, count + 1)
    ]
    return CertificateList(NUMBER, "古路村", "古路镇", "古路镇 2026 上半年　批次：五月", certify.SENTENCE, rows, "张三",
                           "2026-05-20T09:30:00+08:00")  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def application():
    from qgis.core import QgsApplication

    existing = QgsApplication.instance()
    app = existing or QgsApplication([], False)
    if existing is None:
        app.initQgis()
    return app


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (30, 1), (33, 2), (120, 4)])
def test_every_patch_stands_on_it_once_with_its_code(tmp_path: Path, count: int, pages: int) -> None:
    path = tmp_path / "村级承诺" / "清单.pdf"
    assert draw_certificate(make_list(count), path) == pages
    text = text_of(path)
    for i in range(1, count + 1):
        assert text.count(f"500112SJBG2621{i:04d}") == 1
        assert f"{i:08X}" in text
    assert text.count("\f") == pages  # pdftotext ends each page so
    assert text.count(NUMBER) >= 2 * pages - 1  # on each page, that one got loose is known
    assert "真实性和准确性负责" in text
    assert "签字人" in text.replace(" ", "")
    assert f"共{count}个图斑" in text.replace(" ", "")
    assert list(tmp_path.rglob("*.pdf")) == [path]  # no half-written file beside it


def test_long_findings_wrap_and_lose_nothing(tmp_path: Path) -> None:
    finding = "其他 · 设施农用地（上图入库，含辅助设施用房、看护房、农机具存放点以及晾晒场等附属用地）"
    draw_certificate(make_list(3, finding), tmp_path / "a.pdf")
    text = re.sub(r"\s", "", text_of(tmp_path / "a.pdf", layout=False))
    assert text.count(plain(finding).replace(" ", "")) == 3


def test_the_qr_is_one_of_the_standard_and_is_printed_as_it_is(tmp_path: Path) -> None:
    matrix = qr_matrix(NUMBER)
    size = len(matrix)
    assert (size - 17) % 4 == 0  # ISO/IEC 18004: 17 + 4 × version
    finder = [
        [1, 1, 1, 1, 1, 1, 1], [1, 0, 0, 0, 0, 0, 1], [1, 0, 1, 1, 1, 0, 1], [1, 0, 1, 1, 1, 0, 1],
        [1, 0, 1, 1, 1, 0, 1], [1, 0, 0, 0, 0, 0, 1], [1, 1, 1, 1, 1, 1, 1],
    ]  # fmt: skip
    for top, left in ((0, 0), (0, size - 7), (size - 7, 0)):
        assert [list(row[left : left + 7]) for row in matrix[top : top + 7]] == finder
    path = tmp_path / "a.pdf"
    draw_certificate(make_list(1), path)
    width, _height, pixels = picture_of(path, 254)  # ten dots a millimetre
    one = 260 / (size + 8)  # 26 mm with a quiet zone of four modules, its corner at 172, 9 mm
    for down, row in enumerate(matrix):
        for across, dark in enumerate(row):
            x, y = round(1720 + (across + 4.5) * one), round(90 + (down + 4.5) * one)
            assert (pixels[y * width + x] < 128) == bool(dark), (down, across)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(WeipianError) as caught:
        draw_certificate(make_list(1), tmp_path / "file" / "a.pdf")
    assert caught.value.code == "E_WRITE"


def test_the_card_says_how_many_photos_and_whose_it_is(tmp_path: Path) -> None:
    draw_photo_card(tmp_path / "卡.pdf", "古路镇规建环办", 3)
    text = re.sub(r"\s", "", text_of(tmp_path / "卡.pdf"))
    for words in ("对着图斑拍3张", "勾“原图”", "文件", "打开定位", "古路镇规建环办", "不要截图"):
        assert plain(words) in text
    assert text_of(tmp_path / "卡.pdf").count("\f") == 1
