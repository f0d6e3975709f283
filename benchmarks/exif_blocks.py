"""EXIF blocks with known content, written here and by piexif, and what strangers' phones may make of them.

Nothing of the plugin is used: what a block holds is known from writing it.
"""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Optional

import piexif

BYTE, ASCII, SHORT, LONG, RATIONAL, SBYTE, UNDEFINED, SSHORT, SLONG, SRATIONAL, FLOAT, DOUBLE = range(1, 13)
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
#: (tag, type, count, payload in the order of the block)
Entry = tuple[int, int, int, bytes]


@dataclass(frozen=True)
class Truth:
    """What a block says: degrees, local time as EXIF writes it; None where it says nothing."""

    lon: Optional[float] = None
    lat: Optional[float] = None
    azimuth: Optional[float] = None
    taken: Optional[str] = None


@dataclass
class Block:
    """A block, what it says, and where its directory entries lie (only known for our own writer)."""

    data: bytes
    truth: Truth = Truth()
    entries: list[int] = field(default_factory=list)
    order: str = "<"


def rationals(order: str, *pairs: tuple[int, int]) -> bytes:
    """RATIONAL payload."""
    return b"".join(struct.pack(order + "II", *pair) for pair in pairs)


def text(value: str) -> tuple[int, int, bytes]:
    """Type, count and payload of an ASCII value."""
    data = value.encode() + b"\0"
    return ASCII, len(data), data


def _directory(order: str, start: int, entries: list[Entry], following: int) -> tuple[bytes, list[int]]:
    """One directory with its values behind it, and the places of its entries."""
    head, tail = struct.pack(order + "H", len(entries)), b""
    values, places = start + 2 + 12 * len(entries) + 4, []
    for tag, kind, count, payload in sorted(entries):
        places.append(start + len(head))
        if len(payload) <= 4:
            value = payload.ljust(4, b"\0")
        else:
            value = struct.pack(order + "I", values + len(tail))
            tail += payload + b"\0" * (len(payload) % 2)
        head += struct.pack(order + "HHI", tag, kind, count) + value
    return head + struct.pack(order + "I", following) + tail, places


def write(
    order: str,
    zeroth: list[Entry],
    exif: list[Entry] = (),  # type: ignore[assignment]
    gps: list[Entry] = (),  # type: ignore[assignment]
    preview: bytes = b"",
    pointer: int = LONG,
) -> tuple[bytes, list[int]]:
    """A TIFF block of its directories, and the places of all entries; `pointer` is the type of the GPS pointer."""
    data = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    places: list[int] = []
    pointers = [(0x8769, list(exif)), (0x8825, list(gps))]
    blank = [(tag, LONG, 1, b"\0" * 4) for tag, part in pointers if part]
    start = 8 + len(_directory(order, 8, [*zeroth, *blank], 0)[0])
    parts, real = b"", []
    for tag, part in pointers:
        if part:
            here = start + len(parts)
            kind = pointer if tag == 0x8825 else LONG
            real.append((tag, kind, 1, struct.pack(order + ("H" if kind == SHORT else "I"), here)))
            made, found = _directory(order, here, part, 0)
            parts, places = parts + made, places + found
    second = b""
    following = 0
    if preview:
        following = start + len(parts)
        place = following + 2 + 3 * 12 + 4
        second, found = _directory(
            order,
            following,
            [
                (0x103, SHORT, 1, struct.pack(order + "H", 6)),
                (0x201, LONG, 1, struct.pack(order + "I", place)),
                (0x202, LONG, 1, struct.pack(order + "I", len(preview))),
            ],
            0,
        )
        places, second = places + found, second + preview
    first, found = _directory(order, 8, [*zeroth, *real], following)
    return data + first + parts + second, found + places


def _dms(rng: random.Random, limit: int) -> tuple[tuple[tuple[int, int], ...], float]:
    degrees, minutes, hundredths = rng.randrange(limit), rng.randrange(60), rng.randrange(6000)
    return ((degrees, 1), (minutes, 1), (hundredths, 100)), degrees + minutes / 60 + hundredths / 360_000


def valid(rng: random.Random) -> Block:
    """An honest block with position, direction and time, written here in either byte order or by piexif."""
    lat, north = _dms(rng, 60)
    lon, east = _dms(rng, 140)
    hundredths = rng.randrange(36000)
    year, month, day, minute = rng.randrange(10, 27), rng.randrange(1, 13), rng.randrange(1, 29), rng.randrange(60)
    taken = f"20{year:02d}:{month:02d}:{day:02d} 09:{minute:02d}:15"
    ns, ew = rng.choice("NS"), rng.choice("EW")
    truth = Truth(east * (1 if ew == "E" else -1), north * (1 if ns == "N" else -1), hundredths / 100, taken)
    if rng.random() < 0.3:
        made = piexif.dump(
            {
                "0th": {0x10F: b"HUAWEI", 0x110: b"P60", 0x112: 6},
                "Exif": {0x9003: taken.encode(), 0x9011: b"+08:00", 0x920A: (558, 100), 0xA405: 26},
                "GPS": {1: ns.encode(), 2: lat, 3: ew.encode(), 4: lon, 16: b"T", 17: (hundredths, 100)},
            }
        )
        return Block(made[6:], truth)
    order = rng.choice("<>")
    short = struct.Struct(order + "H").pack
    exif = [
        (0x9003, *text(taken)),
        (0x9011, *text("+08:00")),
        (0x920A, RATIONAL, 1, rationals(order, (558, 100))),
        (0xA405, SHORT, 1, short(26)),
        (0x927C, UNDEFINED, 40, rng.randbytes(40)),
        (0x9286, UNDEFINED, 24, b"ASCII\0\0\0lat=1.0 lon=2.0 "),
    ]
    gps = [
        (1, *text(ns)),
        (2, RATIONAL, 3, rationals(order, *lat)),
        (3, *text(ew)),
        (4, RATIONAL, 3, rationals(order, *lon)),
        (5, BYTE, 1, b"\0"),
        (6, RATIONAL, 1, rationals(order, (26180, 100))),
        (16, *text("T")),
        (17, RATIONAL, 1, rationals(order, (hundredths, 100))),
        (31, RATIONAL, 1, rationals(order, (65, 10))),
    ]
    zeroth = [(0x10F, *text("HUAWEI")), (0x110, *text("P60")), (0x112, SHORT, 1, short(rng.randrange(1, 9)))]
    preview = picture(b"") if rng.random() < 0.3 else b""
    data, entries = write(order, zeroth, exif, gps, preview)
    return Block(data, truth, entries, order)


# -- what may become of a block -------------------------------------------------------------------
def _flip(rng: random.Random, block: Block) -> bytes:
    data = bytearray(block.data)
    for _ in range(rng.randrange(1, 25)):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def _cut(rng: random.Random, block: Block) -> bytes:
    return block.data[: rng.randrange(len(block.data))]


def _noise(rng: random.Random, block: Block) -> bytes:
    start = rng.randrange(len(block.data))
    return block.data[:start] + rng.randbytes(rng.randrange(1, 64)) + block.data[start + rng.randrange(64) :]


def _turned(_rng: random.Random, block: Block) -> bytes:
    return (b"MM" if block.data[:2] == b"II" else b"II") + block.data[2:]


def _entry(rng: random.Random, block: Block, *, what: str) -> bytes:
    """Another type, count, value or tag number in one or more directory entries."""
    data = bytearray(block.data)
    for place in rng.sample(block.entries, min(len(block.entries), rng.randrange(1, 4))):
        if what == "type":
            data[place + 2 : place + 4] = struct.pack(block.order + "H", rng.choice([*range(14), 129, 65535]))
        elif what == "count":
            count = rng.choice([0, 2, 4, 5, 999, 1000, 65536, 1 << 28, (1 << 32) - 1])
            data[place + 4 : place + 8] = struct.pack(block.order + "I", count)
        elif what == "value":
            value = rng.choice([0, 4, 8, place, len(data) - 1, len(data), 1 << 31, (1 << 32) - 1, rng.getrandbits(32)])
            data[place + 8 : place + 12] = struct.pack(block.order + "I", value)
        else:
            data[place : place + 2] = struct.pack(
                block.order + "H", rng.choice([2, 4, 17, 0x8769, 0x8825, 0x9003, 700])
            )
    return bytes(data)


def _values(rng: random.Random, block: Block) -> bytes:
    """Every tag of position, direction and time with a value of any type, x/0 and what is no text among them."""
    order = block.order
    made: list[list[Entry]] = [[], []]
    for part, tags in enumerate(
        (range(0x20), (0x9003, 0x9004, 0x9010, 0x9011, 0x920A, 0xA002, 0xA003, 0xA20E, 0xA405))
    ):
        for tag in tags:
            kind = rng.choice(list(SIZES))
            count = rng.choice([0, 1, 1, 2, 3, 3, 7, 20])
            payload = rng.choice([rng.randbytes(SIZES[kind] * count), b"\0" * SIZES[kind] * count])
            made[part].append((tag, kind, count, payload))
    gps, exif = made
    return write(order, [(0x112, SHORT, 1, rng.randbytes(2))], exif, gps, pointer=rng.choice([LONG, SHORT]))[0]


def _loop(rng: random.Random, block: Block) -> bytes:
    """Directories that point to themselves, to each other, or into the header."""
    data = bytearray(block.data)
    for place in block.entries:
        if data[place : place + 2] in (b"\x69\x87", b"\x87\x69", b"\x25\x88", b"\x88\x25"):
            data[place + 8 : place + 12] = struct.pack(block.order + "I", rng.choice([0, 4, 8, place - 2, place]))
    count = struct.unpack_from(block.order + "H", data, 8)[0]
    following = 8 + 2 + 12 * count
    if following + 4 <= len(data):
        struct.pack_into(block.order + "I", data, following, rng.choice([8, following, 1, len(data) - 2]))
    return bytes(data)


def _huge(rng: random.Random, block: Block) -> bytes:
    """Thousands of entries that each ask for much."""
    kind, count = rng.choice([(RATIONAL, 999), (ASCII, 65000), (LONG, 1 << 30), (DOUBLE, 999)])
    tag = rng.choice([2, 17, 0x10F, 0x9003, 0x8825, 0x8769])
    entry = struct.pack(block.order + "HHII", tag, kind, count, rng.choice([8, 9, 0]))
    number = rng.choice([500, 5000])
    return block.data[:4] + struct.pack(block.order + "IH", 8, rng.choice([number, 65535])) + entry * number


MUTATIONS: dict[str, Callable[[random.Random, Block], bytes]] = {
    "bits turned": _flip,
    "cut off": _cut,
    "noise put in": _noise,
    "byte order mark wrong": _turned,
    "types changed": lambda rng, block: _entry(rng, block, what="type"),
    "counts changed": lambda rng, block: _entry(rng, block, what="count"),
    "offsets changed": lambda rng, block: _entry(rng, block, what="value"),
    "tags changed": lambda rng, block: _entry(rng, block, what="tag"),
    "values of any type": _values,
    "directories in loops": _loop,
    "huge directories": _huge,
}


# -- files around a block ------------------------------------------------------------------------------
def _segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def picture(block: bytes, *others: bytes, size: tuple[int, int] = (4000, 3000)) -> bytes:
    """A JPEG of headers only: `others` are further APP1 contents. No decoder is asked."""
    app1 = b"".join(
        _segment(0xE1, content[:65000]) for content in (b"Exif\0\0" + block if block else b"", *others) if content
    )
    frame = _segment(0xC0, struct.pack(">BHHB", 8, size[1], size[0], 1) + b"\x01\x11\0")
    return b"\xff\xd8" + app1 + frame + _segment(0xDA, b"\x01\x01\0\0\x3f\0") + b"\x12\x34\xff\xd9"


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(block: bytes, *texts: bytes, size: tuple[int, int] = (400, 300)) -> bytes:
    """A PNG of headers only; `texts` are contents of iTXt chunks."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0))
    more = b"".join(_chunk(b"iTXt", content) for content in texts)
    exif = _chunk(b"eXIf", block) if block else b""
    return b"\x89PNG\r\n\x1a\n" + head + exif + more + _chunk(b"IDAT", b"\0") + _chunk(b"IEND", b"")


def _box(name: bytes, *content: bytes) -> bytes:
    inside = b"".join(content)
    return struct.pack(">I", len(inside) + 8) + name + inside


def heic(
    block: bytes,
    xmp: bytes = b"",
    *,
    method: int = 0,
    size: tuple[int, int] = (4032, 3024),
    prefix: bytes = b"Exif\0\0",
) -> bytes:
    """A HEIC of boxes only (ISO/IEC 14496-12, 23008-12); `method` 0 keeps the items in mdat, 1 in idat."""
    items = [struct.pack(">I", len(prefix)) + prefix + block, *([xmp] if xmp else [])]
    infos = [b"\x02\0\0\0" + struct.pack(">HH", 1, 0) + b"Exif\0"]
    if xmp:
        infos.append(b"\x02\0\0\0" + struct.pack(">HH", 2, 0) + b"mime\0application/rdf+xml\0")
    iinf = _box(b"iinf", b"\0\0\0\0", struct.pack(">H", len(infos)), *(_box(b"infe", info) for info in infos))
    ispe = _box(b"iprp", _box(b"ipco", _box(b"ispe", b"\0\0\0\0", struct.pack(">II", *size))))
    ftyp = _box(b"ftyp", b"heic\0\0\0\0mif1heic")
    payload = b"".join(items)

    def meta(start: int) -> bytes:
        rows, place = b"", start
        for number, item in enumerate(items, 1):
            rows += struct.pack(">HHHHII", number, method, 0, 1, place, len(item))
            place += len(item)
        iloc = _box(b"iloc", b"\x01\0\0\0", b"\x44\0", struct.pack(">H", len(items)), rows)
        idat = _box(b"idat", payload) if method else b""
        return _box(b"meta", b"\0\0\0\0", iinf, iloc, ispe, idat)

    if method:
        return ftyp + meta(0)
    start = len(ftyp) + len(meta(0)) + 8
    return ftyp + meta(start) + _box(b"mdat", payload)


def any_file(rng: random.Random, block: bytes) -> tuple[str, bytes]:
    """The block in a file of some kind, mostly a JPEG: (name, bytes)."""
    which = rng.random()
    if which < 0.7:
        return "a.jpg", picture(block)
    if which < 0.8:
        return "a.png", png(block)
    if which < 0.9:
        return "a.heic", heic(block, method=rng.randrange(2))
    return "a.tif", block


def made(rng: random.Random) -> tuple[str, str, bytes, Any]:
    """One file: (what was done to it, name, bytes, Truth if nothing was done)."""
    block = valid(rng)
    if rng.random() < 0.05:
        return "untouched", "a.jpg", picture(block.data), block.truth
    what = "huge directories" if rng.random() < 0.02 else rng.choice(list(MUTATIONS)[:-1])
    # Where the entries of piexif's blocks lie is not known: those are changed byte by byte only.
    while not block.entries and what not in ("bits turned", "cut off", "noise put in", "byte order mark wrong"):
        block = valid(rng)
    name, data = any_file(rng, MUTATIONS[what](rng, block))
    return what, name, data, None
