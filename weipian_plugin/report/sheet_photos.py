"""Photos made ready for a sheet: upright, small, readable by the layout."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QImageReader

#: Longer side in pixels: 60 mm at 200 dpi; pictures go into the PDF lossless, so more costs megabytes.
_LONG_SIDE = 480


class PhotoCache:
    """Upright copies in a temporary folder: layout pictures ignore the EXIF orientation (qgis/QGIS#34868)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, str] = {}

    def upright(self, path: str) -> str:
        """Path of the upright copy, empty when the photo cannot be read."""
        if path not in self._made:
            self._made[path] = self._make(path)
        return self._made[path]

    def _make(self, path: str) -> str:
        if not path or not Path(path).is_file():
            return ""
        reader = QImageReader(path)
        reader.setDecideFormatFromContent(True)
        reader.setAutoTransform(True)
        size = reader.size()
        if size.isValid() and max(size.width(), size.height()) > _LONG_SIDE:
            factor = _LONG_SIDE / max(size.width(), size.height())
            reader.setScaledSize(QSize(max(int(size.width() * factor), 1), max(int(size.height() * factor), 1)))
        image = reader.read()
        if image.isNull():
            return ""
        target = self._folder / f"photo{len(self._made)}.jpg"
        return str(target) if image.save(str(target), "JPG", 88) else ""
