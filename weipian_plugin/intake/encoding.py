"""Which encoding the text of a shapefile really has: .cpg, then LDID, then UTF-8, then GBK, each checked."""

from __future__ import annotations

import codecs
import struct
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

#: Python codec -> the name that GDAL (iconv) knows it by.
GDAL_NAMES = {"utf-8": "UTF-8", "gbk": "CP936", "gb18030": "GB18030", "big5": "CP950", "cp1252": "CP1252"}
_LDID = {0x4D: "gbk", 0x7A: "gbk", 0x4F: "big5", 0x78: "big5", 0x01: "cp437", 0x02: "cp850", 0x03: "cp1252"}
_CHINESE = ("utf-8", "gbk", "gb18030", "big5")
_SAMPLE_VALUES = 4000
_MAX_BYTES = 64 * 1024 * 1024
#: Real Chinese is nearly all level-1 characters of GB 2312; text read with the wrong codec is not.
_COMMON_SHARE = 0.5


@dataclass(frozen=True)
class DbfField:
    """A column as the file header describes it; `width` in bytes."""

    raw_name: bytes
    kind: str
    width: int
    decimals: int


@dataclass(frozen=True)
class DbfText:
    """Header of a DBF and the distinct non-ASCII texts in it as (bytes, True when it fills its column)."""

    ldid: int
    records: int
    fields: tuple[DbfField, ...]
    texts: tuple[tuple[bytes, bool], ...]


@dataclass(frozen=True)
class Encoding:
    """The answer: GDAL's name of the encoding, why (Chinese), and whether the text was really proven."""

    name: str
    reason: str
    sure: bool = True


def read_dbf(path: Path) -> DbfText:
    """Header and non-ASCII text of a DBF.

    Raises:
        OSError: cannot be read.
        ValueError: not a DBF, or cut off in the header.
    """
    with path.open("rb") as stream:
        data = stream.read(_MAX_BYTES)
    if len(data) < 33:
        raise ValueError("header")
    records, header_size, record_size = struct.unpack_from("<IHH", data, 4)
    fields = []
    position = 32
    while position + 32 <= min(header_size, len(data)) and data[position] != 0x0D:
        raw = data[position : position + 32]
        name, width, decimals = raw[:11].split(b"\0", 1)[0], raw[16], raw[17]
        kind = chr(raw[11])
        if kind == "C":
            width, decimals = width + 256 * decimals, 0
        fields.append(DbfField(name, kind, width, decimals))
        position += 32
    texts = {(f.raw_name, len(f.raw_name) >= 10): None for f in fields if not f.raw_name.isascii()}
    for text in _values(data, header_size, record_size, fields):
        texts[text] = None
        if len(texts) >= _SAMPLE_VALUES:
            break
    return DbfText(data[29], records, tuple(fields), tuple(texts))


def _values(data: bytes, start: int, size: int, fields: Iterable[DbfField]) -> Iterable[tuple[bytes, bool]]:
    """Non-ASCII values of the text columns, record by record."""
    spans = []
    offset = 1
    for item in fields:
        if item.kind == "C":
            spans.append((offset, offset + item.width))
        offset += item.width
    if size < 1:
        return
    for begin in range(start, len(data) - size + 1, size):
        record = data[begin : begin + size]
        if record.isascii():
            continue
        for left, right in spans:
            cell = record[left:right]
            if not cell.isascii():
                value = cell.rstrip(b" \0")
                yield value, len(value) >= right - left - 1


def strict(raw: bytes, codec: str) -> Optional[str]:
    """Text of `raw`, None when it is not in this encoding."""
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return None


def _decode(raw: bytes, full: bool, codec: str) -> Optional[str]:
    """Strictly decoded text; a value that fills its column may be cut inside its last character."""
    tries = (strict(raw[: len(raw) - drop], codec) for drop in range(4 if full else 1))
    return next((text for text in tries if text is not None), None)


def _decodes(texts: Iterable[tuple[bytes, bool]], codec: str) -> Optional[str]:
    """All texts in one string, None as soon as one does not decode or holds an odd character."""
    parts = []
    for raw, full in texts:
        text = _decode(raw, full, codec)
        if text is None or any(unicodedata.category(c) in ("Cc", "Co", "Cn", "Cs") or c == "\ufffd" for c in text):
            return None
        parts.append(text)
    return "".join(parts)


def common_share(text: str) -> float:
    """Share of level-1 GB 2312 characters among the non-ASCII letters; 1 when there are none."""
    letters = [c for c in text if ord(c) > 127 and unicodedata.category(c)[0] == "L"]
    if not letters:
        return 1.0
    raw = [c.encode("gb2312", "ignore") for c in letters]
    return sum(1 for r in raw if len(r) == 2 and 0xB0 <= r[0] <= 0xD7) / len(letters)


def codec_of(label: str) -> str:
    """Python codec of a .cpg text or a user's word for it, "" when nobody knows it."""
    text = label.strip().strip("\ufeff").upper().replace("ANSI", "").replace("OEM", "").strip(" _-:")
    if not text:
        return ""
    known = {
        "936": "gbk", "CP936": "gbk", "MS936": "gbk", "GBK": "gbk", "GB2312": "gbk", "GB18030": "gb18030",
        "54936": "gb18030", "65001": "utf-8", "UTF8": "utf-8", "UTF-8": "utf-8", "950": "big5", "CP950": "big5",
        "BIG5": "big5", "1252": "cp1252", "8859_1": "latin-1", "88591": "latin-1", "ISO-8859-1": "latin-1",
    }  # fmt: skip
    if text in known:
        return known[text]
    try:
        return codecs.lookup(text if not text.isdigit() else f"cp{text}").name
    except LookupError:
        return ""


def gdal_name(codec: str) -> str:
    """The name to hand to GDAL."""
    return GDAL_NAMES.get(codec, codec.upper().replace("ISO8859-1", "ISO-8859-1"))


def _label_of_cpg(dbf: Path) -> str:
    """Text of the .cpg beside a DBF, whatever the case of its name; "" without one."""
    for suffix in (".cpg", ".CPG", ".Cpg"):
        path = dbf.with_suffix(suffix)
        if path.is_file():
            return path.read_bytes()[:64].decode("ascii", "ignore").strip()
    return ""


def _candidates(label: str, ldid: int) -> list[tuple[str, str]]:
    """(codec, Chinese name of where it comes from) in the order they are to be tried."""
    found = []
    if label:
        found.append((codec_of(label), f".cpg 文件写的是 {label}"))
    if ldid in _LDID:
        found.append((_LDID[ldid], f"DBF 文件头的语言标记是 0x{ldid:02X}"))
    return [*found, ("utf-8", "按 UTF-8 逐字校验"), ("gbk", "按 GBK 逐字校验")]


def guess(dbf: Path) -> Encoding:
    """The encoding of the DBF of a shapefile, proven against every non-ASCII text sampled.

    Raises:
        OSError: cannot be read.
        ValueError: not a DBF.
    """
    table = read_dbf(dbf)
    label = _label_of_cpg(dbf)
    candidates = _candidates(label, table.ldid)
    if not table.texts:
        codec = next((c for c, _ in candidates if c in _CHINESE), "utf-8")
        return Encoding(gdal_name(codec), "文字全部是英文和数字，编码不影响读取")
    refuted: list[str] = []
    fallback: Optional[tuple[str, str]] = None
    for codec, why in candidates:
        text = _decodes(table.texts, codec) if codec else None
        if text is not None and codec in _CHINESE and common_share(text) >= _COMMON_SHARE:
            return Encoding(gdal_name(codec), _sentence(why, refuted))
        if text is not None and fallback is None and codec in _CHINESE:
            fallback = (codec, why)
        if why.startswith((".cpg", "DBF")):
            refuted.append(f"{why}，但文字对不上")
    if fallback:
        return Encoding(gdal_name(fallback[0]), _sentence(fallback[1], []) + "，但文字不像常用汉字，请核对样例", False)
    codec = next((c for c, _ in candidates if c), "gbk")
    return Encoding(gdal_name(codec), "没有一种编码能完整读出全部文字，请核对样例后指定", False)


def _sentence(why: str, refuted: list[str]) -> str:
    """The reason as the clerk reads it."""
    return "；".join([*refuted, f"{why}，已用文件中的文字验证"])
