"""The files of a patch copied out for the platform, none above the size that it takes.

Originals are never touched. Only a picture that is too large is compressed again, and the list says so: its
EXIF (time, position, azimuth) is lost in the copy.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from qgis.PyQt.QtCore import QBuffer, QByteArray, QIODevice, Qt
from qgis.PyQt.QtGui import QImage, QImageReader

from ..core.errors import WeipianError, os_reason
from ..core.feedback import Feedback, stop_if_cancelled
from ..core.names import safe_name
from ..core.proof import LinkedEvidence

#: Qualities tried in turn, then smaller and smaller pictures at the last of them.
_QUALITIES = (92, 85, 75, 65)
_SHRINK = 0.8
_SMALLEST = 640  # px of the longer side: less shows nothing
_MB = 1024 * 1024


@dataclass(frozen=True)
class OutFile:
    """One file: its name in the folder (empty: not copied) and what is to be said of it."""

    original: str
    name: str
    size: int
    note: str = ""
    kept: bool = True  # byte for byte the original


def copy_out(
    evidence: Sequence[LinkedEvidence],
    label: Callable[[str], str],
    folder: Path,
    limit: int,
    feedback: Feedback,
) -> list[OutFile]:
    """Copy photos first, then documents, as 01_…, 02_… into a new folder; `limit` is bytes a file.

    `label` gives the Chinese name of a purpose.

    Raises:
        WeipianError: E_WRITE, E_CANCELLED.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WeipianError("E_WRITE", path=folder, detail=os_reason(error)) from error
    unique: dict[str, LinkedEvidence] = {}
    for link in evidence:
        unique.setdefault(link.evidence.evidence_id, link)
    ordered = sorted(unique.values(), key=lambda link: link.evidence.kind != "photo")
    done = []
    for number, link in enumerate(ordered, 1):
        stop_if_cancelled(feedback)
        done.append(_one(link, f"{number:02d}_{safe_name(label(link.purpose), 40)}", folder, limit))
        feedback.progress(100 * number / len(ordered))
    return done


def new_folder(parent: Path, patch_id: str) -> Path:
    """A folder named after the patch that does not exist yet."""
    base = safe_name(f"{patch_id}_填报附件", 80)
    number, folder = 1, parent / base
    while folder.exists():
        number += 1
        folder = parent / f"{base}_{number}"
    return folder


def _one(link: LinkedEvidence, stem: str, folder: Path, limit: int) -> OutFile:
    name = link.evidence.original_name
    source = Path(link.path)
    if not link.path or not source.is_file():
        return OutFile(name, "", 0, f"{name}：举证文件不见了，没有复制", kept=False)
    suffix = (source.suffix or Path(name).suffix).lower()
    size = source.stat().st_size
    try:
        if size <= limit:
            target = folder / (stem + suffix)
            shutil.copyfile(source, target)
            return OutFile(name, target.name, size)
        data = smaller(source, limit) if link.evidence.kind == "photo" else b""
        if not data:
            text = f"{name}：{size / _MB:.1f} MB，超过平台上限 {limit / _MB:g} MB，不能自动压缩，没有复制"
            return OutFile(name, "", size, text, kept=False)
        target = folder / f"{stem}.jpg"
        target.write_bytes(data)
    except OSError as error:
        raise WeipianError("E_WRITE", path=folder, detail=os_reason(error)) from error
    text = (
        f"{target.name}：由 {size / _MB:.1f} MB 压缩为 {len(data) / _MB:.1f} MB，"
        "副本不再带拍摄时间和方位（EXIF），原件未动"
    )
    return OutFile(name, target.name, len(data), text, kept=False)


def smaller(source: Path, limit: int) -> bytes:
    """A picture as JPEG of at most `limit` bytes, upright; empty when it cannot be read or made small enough."""
    reader = QImageReader(str(source))
    reader.setAutoTransform(True)  # the orientation of the EXIF goes with it, so the pixels are turned
    reader.setDecideFormatFromContent(True)
    image = reader.read()
    if image.isNull():
        return b""
    if image.hasAlphaChannel():
        image = image.convertToFormat(QImage.Format.Format_RGB32)
    for quality in _QUALITIES:
        data = _jpeg(image, quality)
        if data and len(data) <= limit:
            return data
    while max(image.width(), image.height()) * _SHRINK >= _SMALLEST:
        image = image.scaled(
            int(image.width() * _SHRINK), int(image.height() * _SHRINK),
            Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation,
        )  # fmt: skip
        data = _jpeg(image, _QUALITIES[-1])
        if data and len(data) <= limit:
            return data
    return b""


def _jpeg(image: QImage, quality: int) -> bytes:
    array = QByteArray()
    buffer = QBuffer(array)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return bytes(array.data()) if image.save(buffer, "JPEG", quality) else b""
