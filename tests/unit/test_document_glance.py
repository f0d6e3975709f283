"""What is shown of documents and what they seem to say; files made here by hand or by another library."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from weipian_plugin.sources.pages import first_page
from weipian_plugin.workbench.document_glance import hints, look_into


def packed(path: Path, members: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as sink:
        for name, text in members.items():
            sink.writestr(name, text)
    return path


def test_the_text_of_a_word_file(tmp_path) -> None:
    xml = (
        '<?xml version="1.0"?><w:document xmlns:w="x"><w:body><w:p><w:r><w:t>批</w:t></w:r><w:r>'
        '<w:t xml:space="preserve">复 A&amp;B</w:t></w:r></w:p><w:p/><w:p><w:r><w:t>二</w:t></w:r></w:p></w:body></w:document>'
    )
    glance = look_into(packed(tmp_path / "a.docx", {"word/document.xml": xml}), 100)
    assert (glance.kind, glance.text) == ("text", "批复 A&B\n二")


def test_the_text_of_an_ofd_file_by_pages(tmp_path) -> None:
    page = "<ofd:Page><ofd:TextObject><ofd:TextCode X='1'>第{n}页</ofd:TextCode></ofd:TextObject></ofd:Page>"
    members = {f"Doc_0/Pages/Page_{n}/Content.xml": page.format(n=n) for n in (0, 1)}
    assert look_into(packed(tmp_path / "a.ofd", members), 100).text == "第0页\n第1页"


def test_a_bomb_is_read_in_part(tmp_path) -> None:
    xml = "<w:p><w:t>" + "啊" * 20_000_000
    started = time.perf_counter()
    glance = look_into(packed(tmp_path / "a.docx", {"word/document.xml": xml}), 100)
    assert time.perf_counter() - started < 5
    assert len(glance.text) <= 20_000


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_plain_text(tmp_path, encoding) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("界址点坐标成果表".encode(encoding))
    assert look_into(path, 100).text == "界址点坐标成果表"


@pytest.mark.parametrize("name", ["a.docx", "a.ofd", "a.pdf", "a.doc", "a.wps", "a", "a.xlsx"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"%PDF-1.4\nbroken"])
def test_damaged_and_other_files_say_what_to_do(tmp_path, name, content) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    glance = look_into(path, 100)
    assert glance.kind == "none"
    assert "打开原文件" in glance.note


def test_a_page_is_as_long_as_asked(tmp_path) -> None:
    path = tmp_path / "图 a.pdf"
    Image.new("RGB", (400, 300), (10, 200, 30)).save(path, "PDF")
    page = first_page(path, 200)
    if page is None:
        pytest.skip("this GDAL renders no PDF")
    assert page.pixels.shape == (150, 200, 3)
    assert page.pages == 1
    assert tuple(page.pixels[75, 100]) == pytest.approx((10, 200, 30), abs=6)


@pytest.mark.parametrize(
    ("name", "text", "number", "day", "area"),
    [
        ("渝府地〔2024〕123号.pdf", "", "渝府地〔2024〕123号", "", ""),
        (
            "批复.docx",
            "渝北府地[2026] 9 号\n用地面积为 12.5 亩\n2026年 3月5日",
            "渝北府地[2026]9号",
            "2026-03-05",
            "12.5",
        ),
        (
            "a.docx",
            "2023年1月1日申请；批准用地总面积0.8公顷（其中耕地0.5公顷）。\n2024年12月31日",
            "",
            "2024-12-31",
            "12",
        ),
        ("a.docx", "面积为 3000 平方米，备案面积3000平方米", "", "", "4.5"),
        ("a.docx", "离村 5 亩地远，13年，二〇二四年", "", "", ""),
        ("a.docx", "2024年13月40日", "", "", ""),
    ],
)
def test_what_a_document_seems_to_say(name, text, number, day, area) -> None:
    found = hints(name, text)
    assert (found.doc_no, found.doc_date, found.area_mu) == (number, day, area)


def test_hints_of_a_long_text_come_at_once() -> None:
    started = time.perf_counter()
    hints("a", "批准用地面积" * 3000 + "一" * 20_000)
    assert time.perf_counter() - started < 1
