"""Text files of unknown encoding: BOM, UTF-16, UTF-8, GBK, in that order."""

from __future__ import annotations

import codecs
from pathlib import Path

from ..core.errors import WeipianError, os_reason

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LABELS = {"utf-8": "UTF-8", "gb18030": "GB18030", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
#: A text of coordinates or a table of this many bytes is no delivery of a county.
MAX_BYTES = 512 << 20


def read_bytes(path: Path) -> bytes:
    """The whole file.

    Raises:
        WeipianError: E_FILE_UNREADABLE (also when it is empty or beyond `MAX_BYTES`).
    """
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail=os_reason(error)) from error
    if size > MAX_BYTES:
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail=f"文件有 {size / 1e9:.1f} GB，太大")
    if not raw.strip(b"\0 \r\n\t"):
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail="文件是空的")
    return raw


def decode(raw: bytes) -> tuple[str, str, str]:
    """(text, name of the encoding, Chinese reason)."""
    for mark, codec in _BOMS:
        if raw.startswith(mark):
            text = raw[len(mark) :].decode(codec, "replace")
            return text, _LABELS[codec], f"文件开头有 {_LABELS[codec]} 标记"
    head = raw[:4000]
    if head.count(0) > len(head) // 5:
        codec = "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
        return raw.decode(codec, "replace"), "UTF-16", "按字节特征判断为 UTF-16"
    for codec, why in (("utf-8", "按 UTF-8 逐字校验通过"), ("gb18030", "不是 UTF-8，按 GBK（GB18030）逐字校验通过")):
        try:
            return raw.decode(codec), _LABELS[codec], why
        except UnicodeDecodeError:
            continue
    bad = {codec: raw.decode(codec, "replace").count("\ufffd") for codec in ("gb18030", "utf-8")}
    codec = min(bad, key=lambda name: bad[name])
    return (
        raw.decode(codec, "replace"),
        _LABELS[codec],
        f"有 {bad[codec]} 处文字不能用 {_LABELS[codec]} 读出，请核对样例",
    )


def read_text(path: Path) -> tuple[str, str, str]:
    """`decode` of a file; errors as `read_bytes`."""
    return decode(read_bytes(path))
