"""Pictures read in a thread of their own: a 12-megapixel photo takes a tenth of a second that no key waits for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, Optional

from qgis.PyQt.QtCore import QObject, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QImage, QImageReader

from ..workbench import pictures

_KEEP = Qt.AspectRatioMode.KeepAspectRatio
_SMOOTH = Qt.TransformationMode.SmoothTransformation
#: Pictures above this many megapixels are left to the system's viewer: they would need gigabytes.
_LIMIT_MP = 200
_HEIC = (".heic", ".heif")
_QUARTER = 4  # of QImageIOHandler::Transformations: the sides are swapped


class Picture(NamedTuple):
    """What was read: upright, null where nothing can be shown; `whole` its size before scaling."""

    image: QImage
    whole: QSize
    note: str = ""  # why it is not shown, or not in full


def cache_of(path: str) -> Optional[Path]:
    """The folder for derived files of the workspace whose evidence lies at `path`; None for other files."""
    folders = Path(path).parents
    return pictures.cache_of(folders[2]) if len(folders) > 2 and folders[1].name == "evidence" else None


def read_picture(path: str, box: Optional[QSize] = None, orientation: int = 1) -> Picture:
    """A picture upright by its EXIF orientation, within `box` if one is given and never enlarged. Any thread.

    `orientation` is that of the file, for the preview inside a file that Qt cannot read.
    """
    reader = QImageReader(path)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    stored = reader.size()
    flags = reader.transformation()
    turned = bool(int(getattr(flags, "value", flags)) & _QUARTER)
    whole = stored.transposed() if turned else stored
    if stored.isValid() and stored.width() * stored.height() > _LIMIT_MP * 1_000_000:
        note = f"照片太大（{stored.width()} × {stored.height()}），请用“打开原文件”查看"
        return _embedded(path, note, orientation)
    if stored.isValid() and box is not None:
        inner = whole.scaled(box, _KEEP)
        if inner.width() < whole.width():
            reader.setScaledSize(inner.transposed() if turned else inner)
    image = reader.read()
    if image.isNull():
        return _embedded(path, unreadable(path), orientation)
    return Picture(image, whole if whole.isValid() else image.size())


def unreadable(path: str) -> str:
    """Why a picture is not shown, and what to do."""
    suffix = Path(path).suffix.lower()
    if suffix in _HEIC:
        return (
            "HEIC：此电脑不能显示这种格式，位置和方位角照样读取。"
            "请在手机上转成 JPG（iPhone：设置 → 相机 → 格式 → 兼容性最佳），或用“打开原文件”查看"
        )
    if not Path(path).is_file():
        return "文件不在工作区里，请用“核验工作区”查明"
    return "文件打不开，可能已损坏。请向拍摄人要原图重新附上"


def _embedded(path: str, note: str, orientation: int) -> Picture:
    """The small preview that the camera put into the file, if there is one."""
    seen = pictures.look_at(Path(path), Path(path).stem, cache_of(path), orientation)
    image = QImage(seen.thumb_path) if seen.thumb_path else QImage()
    return Picture(image, image.size(), note)


def read_thumbnail(path: str, box: QSize, orientation: int = 1) -> Picture:
    """A small picture: the one in the cache, else made and kept there. Any thread."""
    sha, cache = Path(path).stem, cache_of(path)
    note = unreadable(path) if Path(path).suffix.lower() in _HEIC and not _reads_heic() else ""
    kept = pictures.thumb_file(cache, sha) if cache is not None else None
    image = QImage(str(kept)) if kept is not None and kept.is_file() else QImage()
    if image.isNull():
        seen = pictures.look_at(Path(path), sha, cache, orientation)
        image = QImage(seen.thumb_path) if seen.thumb_path else QImage()
        if image.isNull():  # no picture, or nowhere to keep it
            return read_picture(path, box, orientation) if seen.readable else Picture(image, QSize(), unreadable(path))
        note = "" if seen.readable else unreadable(path)
    return Picture(image.scaled(box, _KEEP, _SMOOTH), image.size(), note)


def _reads_heic() -> bool:
    return bool({bytes(name.data()) for name in QImageReader.supportedImageFormats()} & {b"heic", b"heif"})


class PictureReading(QObject):
    """Runs readings one after the other, the first asked first; `done(key, picture)` comes in the GUI's thread."""

    done = pyqtSignal(object, object)
    _came = pyqtSignal(object, object)

    def __init__(self, parent: QObject, workers: int = 1) -> None:
        super().__init__(parent)
        self._workers = workers
        self._pool: Optional[ThreadPoolExecutor] = None
        self._waiting: OrderedDict[object, Callable[[], Picture]] = OrderedDict()
        self._running: set[object] = set()
        self._came.connect(self._finished)

    def ask(self, wanted: Sequence[tuple[object, Callable[[], Picture]]]) -> None:
        """(key, what reads it), the most urgent first; what waited before is forgotten."""
        self._waiting = OrderedDict((key, read) for key, read in wanted if key not in self._running)
        self._next()

    def busy(self) -> bool:
        """Whether anything is read or waits."""
        return bool(self._waiting or self._running)

    def stop(self) -> None:
        """Forget what waits and let the threads go."""
        self._waiting.clear()
        if self._pool is not None:
            self._pool.shutdown(wait=False)
            self._pool = None

    def _next(self) -> None:
        while self._waiting and len(self._running) < self._workers:
            key, read = self._waiting.popitem(last=False)
            self._running.add(key)
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="weipian-picture")
            self._pool.submit(self._read, key, read)

    def _read(self, key: object, read: Callable[[], Picture]) -> None:
        """In the thread: whatever happens, somebody waits for an answer."""
        try:
            picture = read()
        except Exception as error:  # noqa: BLE001 - a library may raise anything on a damaged file
            picture = Picture(QImage(), QSize(), f"读取失败：{error}")
        try:
            self._came.emit(key, picture)
        except RuntimeError:  # the panel was closed meanwhile
            return

    def _finished(self, key: object, picture: Picture) -> None:
        self._running.discard(key)
        self.done.emit(key, picture)
        self._next()
