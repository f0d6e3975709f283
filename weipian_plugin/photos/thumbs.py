"""The small preview that a camera puts into its photo: there even when the picture cannot be decoded."""

from __future__ import annotations

from pathlib import Path
from typing import Optional, Union

from ..core.errors import WeipianError, os_reason
from .container import NotAnImageError
from .tags import read_tags


def embedded_thumbnail(path: Union[str, Path]) -> Optional[bytes]:
    """The preview as JPEG bytes, not turned upright; None without one.

    Qt reads no HEIC on most machines; this shows something of such a photo all the same.

    Raises:
        WeipianError: E_FILE_MISSING, E_FILE_UNREADABLE, E_PHOTO_UNREADABLE, E_LIBRARY.
    """
    path = Path(path)
    if not path.is_file():
        raise WeipianError("E_FILE_MISSING", path=path)
    try:
        _, tags, _ = read_tags(path, thumbnail=True)
    except NotAnImageError as error:
        raise WeipianError("E_PHOTO_UNREADABLE", path=path, detail=error) from error
    except OSError as error:
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail=os_reason(error)) from error
    found = tags.get("JPEGThumbnail")
    return found if isinstance(found, bytes) and found[:2] == b"\xff\xd8" else None
