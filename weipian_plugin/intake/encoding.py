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
GDAL_NAMES = {
    "utf-8": "UTF-8",
    "gbk": "CP936",
    "gb18030": "GB18030",
    "big5": "CP950",
    "cp1252": "CP1252",
    "latin-1": "ISO-8859-1",
}
_LDID = {0x4D: "gbk", 0x7A: "gbk", 0x4F: "big5", 0x78: "big5", 0x01: "cp437", 0x02: "cp850", 0x03: "cp1252"}
_CHINESE = ("utf-8", "gbk", "gb18030", "big5")
_SAMPLE_VALUES = 4000
_MAX_BYTES = 64 * 1024 * 1024
#: Weight of a character: Chinese text is nearly all level 1 of GB 2312, names of places add level 2 and rare ones.
_COMMON, _LEVEL2, _TRADITIONAL, _RARE, _FOREIGN = 1.0, 0.75, 0.55, 0.3, -1.0
#: Below this the text is no Chinese; a declared encoding may be this much worse than the best and still be believed.
_ENOUGH, _MARGIN = 0.5, 0.2
_STRUCTURE = 0.3
_LISTED_ROWS = 20


@dataclass(frozen=True)
class DbfField:
    """A column as the file header describes it; `width` in bytes."""

    raw_name: bytes
    kind: str
    width: int
    decimals: int


@dataclass(frozen=True)
class DbfText:
    """Header of a DBF and the distinct non-ASCII texts in it.

    A text is (bytes, True when it fills its column); `rows` tells the record from 1 where each was met first,
    0 for the name of a column.
    """

    ldid: int
    records: int
    fields: tuple[DbfField, ...]
    texts: tuple[tuple[bytes, bool], ...]
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Encoding:
    """The answer: GDAL's name of the encoding, why (Chinese), and whether the text was really proven.

    `choices` (name, decoded sample) are offered where it is not sure; `mixed` lists rows in another encoding.
    """

    name: str
    reason: str
    sure: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    mixed: tuple[int, ...] = ()


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
    texts = {(f.raw_name, len(f.raw_name) >= 10): 0 for f in fields if not f.raw_name.isascii()}
    for text, row in _values(data, header_size, record_size, fields):
        texts.setdefault(text, row)
        if len(texts) >= _SAMPLE_VALUES:
            break
    return DbfText(data[29], records, tuple(fields), tuple(texts), tuple(texts.values()))


def _values(data: bytes, start: int, size: int, fields: Iterable[DbfField]) -> Iterable[tuple[tuple[bytes, bool], int]]:
    """Non-ASCII values of the text columns, record by record, with the record's number."""
    spans = []
    offset = 1
    for item in fields:
        if item.kind == "C":
            spans.append((offset, offset + item.width))
        offset += item.width
    if size < 1:
        return
    for row, begin in enumerate(range(start, len(data) - size + 1, size), 1):
        record = data[begin : begin + size]
        if record.isascii():
            continue
        for left, right in spans:
            cell = record[left:right]
            if not cell.isascii():
                value = cell.rstrip(b" \0")
                yield (value, len(value) >= right - left - 1), row


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


def _weight(character: str) -> float:
    """How likely a non-ASCII letter is in a Chinese table."""
    raw = character.encode("gb2312", "ignore")
    if len(raw) == 2:
        return _COMMON if 0xB0 <= raw[0] <= 0xD7 else _LEVEL2 if raw[0] >= 0xD8 else _FOREIGN
    if not ("\u3400" <= character <= "\u9fff" or character >= "\U00020000"):
        return _FOREIGN
    raw = character.encode("big5", "ignore")
    return _TRADITIONAL if len(raw) == 2 and 0xA4 <= raw[0] <= 0xC6 else _RARE


def score(text: str) -> float:
    """Mean weight of the non-ASCII letters, 1 when there are none; below 0.5 it is hardly Chinese."""
    letters = [
        c for c in text if ord(c) > 127 and unicodedata.category(c) in ("Lo", "Lu", "Ll", "Lm", "Co", "Cn", "Cc")
    ]
    return sum(map(_weight, letters)) / len(letters) if letters else 1.0


def _odd(text: str) -> bool:
    """Control characters that no text holds, and what a decoder puts for a byte it cannot read."""
    return any(c == "\ufffd" or (unicodedata.category(c) in ("Cc", "Cs") and c not in "\t\r\n") for c in text)


def _decodes(texts: Iterable[tuple[bytes, bool]], codec: str) -> Optional[str]:
    """All texts in one string, None as soon as one does not decode or holds an odd character."""
    parts = []
    for raw, full in texts:
        text = _decode(raw, full, codec)
        if text is None or _odd(text):
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
    found += [("utf-8", "按 UTF-8 逐字校验"), ("gbk", "按 GBK 逐字校验"), ("gb18030", "按 GB18030 逐字校验")]
    return [*found, ("big5", "按 Big5（繁体）逐字校验")]


def guess(dbf: Path) -> Encoding:
    """The encoding of the DBF of a shapefile, proven against every non-ASCII text sampled.

    Raises:
        OSError: cannot be read.
        ValueError: not a DBF.
    """
    table = read_dbf(dbf)
    candidates = _candidates(_label_of_cpg(dbf), table.ldid)
    if not table.texts:
        codec = next((c for c, _ in candidates if c in _CHINESE), "utf-8")
        return Encoding(gdal_name(codec), "文字全部是英文和数字，编码不影响读取")
    decoded: dict[str, str] = {}
    for codec, _ in candidates:
        if codec and codec not in decoded and _ascii_based(codec):
            text = _decodes(table.texts, codec)
            if text is not None:
                decoded[codec] = text
    return _best(candidates, decoded, table) if decoded else _torn(candidates, table)


def _ascii_based(codec: str) -> bool:
    """False for UTF-16 and the like, which no DBF can be in, whatever its .cpg says."""
    return "A1".encode(codec, "ignore") == b"A1"


def _best(candidates: list[tuple[str, str]], decoded: dict[str, str], table: DbfText) -> Encoding:
    """The first candidate that reads nearly as well as the best one."""
    declared = {codec for codec, why in candidates if why.startswith((".cpg", "DBF"))}
    scores = {codec: _plausible(codec, text, codec in declared) for codec, text in decoded.items()}
    top = max(scores.values())
    refuted = []
    for codec, why in candidates:
        if codec in scores and scores[codec] >= top - _MARGIN:
            break
        if why.startswith((".cpg", "DBF")):
            refuted.append(f"{why}，但文字对不上")
    likely = [c for c in scores if c in _CHINESE and (c != "big5" or c in declared)]
    rivals = [c for c in likely if decoded[c] != decoded[codec] and scores[c] >= top - _MARGIN]
    strangers = _strangers(codec, table)
    if strangers:
        choices = _offers([codec, "utf-8"], table)
        rows = tuple(sorted({table.rows[i] for i in strangers} - {0}))
        reason = f"文字混用了两种编码：多数行是 {gdal_name(codec)}，第 {listed(rows)} 行却是 UTF-8"
        return Encoding(gdal_name(codec), reason, False, choices, rows)
    if scores[codec] >= _ENOUGH and not rivals:
        return Encoding(gdal_name(codec), _sentence(why, refuted))
    choices = _offers([codec, *rivals, *(c for c in ("utf-8", "gbk") if c in decoded)], table)
    if rivals:
        reason = "；".join([*refuted, f"{why}，但文字太少，换一种编码也读得通，请核对样例"])
    else:
        reason = _sentence(why, refuted) + "，但文字不像常用汉字，请核对样例"
    return Encoding(gdal_name(codec), reason, len(choices) < 2, choices if len(choices) > 1 else ())


def _strangers(codec: str, table: DbfText) -> list[int]:
    """Texts that are UTF-8 in a table that is not: two characters of it never come about by chance."""
    if codec not in ("gbk", "gb18030", "big5"):
        return []
    found = []
    for i, (raw, full) in enumerate(table.texts):
        text = _decode(raw, full, "utf-8")
        if text is None or _odd(text) or sum(1 for c in text if ord(c) > 0x7FF) < 2 or not table.rows:
            continue
        if score(text) >= _ENOUGH and score(text) > score(_decode(raw, full, codec) or ""):
            found.append(i)
    return found


def _plausible(codec: str, text: str, declared: bool) -> float:
    """`score`, higher for UTF-8: bytes of another encoding hardly ever form its sequences by chance."""
    found = score(text)
    if codec == "utf-8" and found > 0 and any(ord(c) > 0x7FF for c in text):
        return found + _STRUCTURE
    return found - (_STRUCTURE if codec == "big5" and not declared else 0)


def _torn(candidates: list[tuple[str, str]], table: DbfText) -> Encoding:
    """No encoding reads every text: rows in two of them, or broken bytes; the one that reads most stands first."""
    codes = list(dict.fromkeys([*(c for c, _ in candidates if c in _CHINESE), "utf-8", "gb18030"]))
    failed = {c: [i for i, (raw, full) in enumerate(table.texts) if _bad(raw, full, c)] for c in codes}
    best = min(codes, key=lambda c: (len(failed[c]), codes.index(c)))
    other = "gb18030" if best == "utf-8" else "utf-8"
    choices = _offers([best, other, "gb18030"], table)
    rows = tuple(sorted({table.rows[i] for i in failed[best]} - {0}))
    readable = [i for i in failed[best] if not _bad(*table.texts[i], other)]
    if rows and len(readable) == len(failed[best]):
        names = f"{gdal_name(best)}，第 {listed(rows)} 行却是 {gdal_name(other)}"
        return Encoding(gdal_name(best), f"文字混用了两种编码：多数行是 {names}", False, choices, rows)
    reason = "没有一种编码能完整读出全部文字，请核对样例后指定"
    if rows:
        reason = f"第 {listed(rows)} 行的文字已损坏，没有一种编码能完整读出，请核对样例后指定"
    return Encoding(gdal_name(best), reason, False, choices, rows)


def _bad(raw: bytes, full: bool, codec: str) -> bool:
    """Whether one text cannot be Chinese in this encoding."""
    text = _decode(raw, full, codec)
    return text is None or _odd(text) or score(text) < 0


def listed(rows: Iterable[int]) -> str:
    """Row numbers for a sentence."""
    numbers = list(rows)
    text = "、".join(str(n) for n in numbers[:_LISTED_ROWS])
    return text + (f" 等 {len(numbers)}" if len(numbers) > _LISTED_ROWS else "")


def _offers(codes: Iterable[str], table: DbfText) -> tuple[tuple[str, str], ...]:
    """(GDAL name, the first text as it would read) for a question."""
    offers: dict[str, str] = {}
    for codec in codes:
        sample = "、".join(raw.decode(codec, "replace") for raw, _ in table.texts[:3])
        offers.setdefault(gdal_name(codec), f"{gdal_name(codec)}：{sample[:40]}")
    return tuple(offers.items())


def _sentence(why: str, refuted: list[str]) -> str:
    """The reason as the clerk reads it."""
    return "；".join([*refuted, f"{why}，已用文件中的文字验证"])
