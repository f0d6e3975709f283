"""What a document looks like and what it seems to say: for the preview beside the form, never a judgement.

Word and OFD files are zips of XML; the text is taken out piece by piece, bounded, without an XML parser.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any, Optional

from ..core.dates import parse_date
from ..sources.pages import first_page
from ..sources.text import decode

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".gif", ".webp", ".heic", ".heif"})
_PLAIN = frozenset({".txt", ".csv", ".wkt"})
#: Bytes of XML that are looked at, characters that are shown.
_XML, _SHOWN = 4 << 20, 20_000
_BROKEN = (OSError, zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError, zlib.error, EOFError, ValueError)
_NUMBER = re.compile(r"[\u4e00-\u9fa5]{1,14}[〔\[【(（]\s?(?:19|20)\d{2}\s?[〕\]】)）]\s?第?\s?\d{1,5}\s?号")
_DAY = re.compile(r"(?:19|20)\d{2}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日")
_AREA = re.compile(r"(\d{1,7}(?:\.\d{1,4})?)\s?(亩|公顷|平方米)")
_APPROVED = re.compile(r"(?:批准|用地|总|土地|占地|备案)[\u4e00-\u9fa5]{0,6}面积[^\d。；]{0,10}$")
_IN_MU = {"亩": 1.0, "公顷": 15.0, "平方米": 0.0015}


@dataclass(frozen=True)
class Glance:
    """`kind` picture | page | text | none. `pixels` RGB (height, width, 3) of a page; `note` what to do otherwise."""

    kind: str
    text: str = ""
    pixels: Optional[Any] = None
    pages: int = 0
    note: str = ""


@dataclass(frozen=True)
class Hints:
    """What name and text seem to say: number, day (ISO) and area (亩); empty where nothing is clear."""

    doc_no: str = ""
    doc_date: str = ""
    area_mu: str = ""


def look_into(path: Path, side: int) -> Glance:
    """What can be shown of a file; safe in any thread.

    Args:
        path: of the file in the evidence store.
        side: pixels of the longer side of a page.
    """
    suffix = path.suffix.lower()
    if suffix in PICTURES:
        return Glance("picture")
    if suffix == ".pdf":
        page = first_page(path, side)
        if page is None:
            return Glance("none", note="这份 PDF 本机不能预览，请按“打开原文件”查看")
        return Glance("page", pixels=page.pixels, pages=page.pages)
    try:
        text = _text(path, suffix)
    except _BROKEN:
        return Glance("none", note="文件打不开，可能已损坏或有密码，请按“打开原文件”查看")
    if text is None:
        return Glance("none", note=f"{suffix[1:].upper() or '这种'} 文件不能在这里预览，请按“打开原文件”查看")
    return Glance("text", text=text[:_SHOWN] or "（没有文字）")


def _text(path: Path, suffix: str) -> Optional[str]:
    if suffix == ".docx":
        return _paragraphs(_members(path, ("word/document.xml",)), r"</w:p>", r"<w:t(?: [^>]*)?>([^<]*)</w:t>")
    if suffix == ".ofd":
        xml = _members(path, re.compile(r"(?:^|/)Pages/Page_\d+/Content\.xml$"))
        return _paragraphs(xml, r"</ofd:TextObject>", r"<ofd:TextCode[^>]*>([^<]*)</ofd:TextCode>")
    if suffix in _PLAIN:
        with path.open("rb") as stream:
            return decode(stream.read(_SHOWN * 4))[0]
    return None


def _members(path: Path, wanted: Any) -> str:
    """XML of the wanted members, together at most `_XML` bytes unpacked."""
    pieces, left = [], _XML
    with zipfile.ZipFile(path) as packed:
        names = wanted if isinstance(wanted, tuple) else sorted(n for n in packed.namelist() if wanted.search(n))
        for name in names:
            with packed.open(name) as stream:
                pieces.append(stream.read(left))
            left -= len(pieces[-1])
            if left <= 0:
                break
    return b"\n".join(pieces).decode("utf-8", "replace")


def _paragraphs(xml: str, end: str, piece: str) -> str:
    found = ["".join(unescape(text) for text in re.findall(piece, part)) for part in re.split(end, xml)]
    return "\n".join(line for line in found if line.strip())


def hints(name: str, text: str) -> Hints:
    """Number, day and area as they stand in the text or the name; a person checks them.

    The number is the first one, the day the last one (documents are dated at their end), the area the first that
    is called an area.
    """
    number = _NUMBER.search(text) or _NUMBER.search(name)
    days = _DAY.findall(text) or _DAY.findall(name)
    span = parse_date(re.sub(r"\s", "", days[-1])) if days else None
    return Hints(
        re.sub(r"\s", "", number.group()) if number else "",
        span.first if span is not None and span.first == span.last else "",
        _area(text),
    )


def _area(text: str) -> str:
    for found in _AREA.finditer(text):
        if _APPROVED.search(text[max(0, found.start() - 24) : found.start()]):
            return f"{float(found.group(1)) * _IN_MU[found.group(2)]:.4f}".rstrip("0").rstrip(".")
    return ""
