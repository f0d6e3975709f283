"""The small preview that a camera puts into its photo: there even when the picture cannot be decoded."""

from __future__ import annotations

from pathlib import Path
from typing import Optional, Union

from .files import open_photo


def embedded_thumbnail(path: Union[str, Path], data: Optional[bytes] = None) -> Optional[bytes]:
    """The preview as JPEG bytes, not turned upright; None without one.

    Qt reads no HEIC on most machines; this shows something of such a photo all the same.

    Raises:
        WeipianError: E_FILE_MISSING, E_FILE_UNREADABLE, E_PHOTO_UNREADABLE, E_LIBRARY.
    """
    return open_photo(path, data)[1].preview or None
