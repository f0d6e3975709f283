"""Opening a photo for what it says beside its pixels."""

from __future__ import annotations

from pathlib import Path
from typing import Optional, Union

from ..core.errors import WeipianError, os_reason
from .pieces import Container, NotAnImageError
from .source import Source
from .tags import Tags, read_tags


def open_photo(path: Union[str, Path], data: Optional[bytes] = None) -> tuple[Container, Tags]:
    """What a file holds beside its pixels; only its head and its end are read.

    Args:
        path: of the file; with `data` only its name counts.
        data: the whole file, if it was read already.

    Raises:
        WeipianError: E_FILE_MISSING, E_FILE_UNREADABLE, E_PHOTO_UNREADABLE (no picture), E_LIBRARY.
    """
    path = Path(path)
    try:
        if data is not None:
            return read_tags(Source.of(data))
        if not path.is_file():
            raise WeipianError("E_FILE_MISSING", path=path)
        # Read, not mapped: a memory stick pulled out under a map takes QGIS with it.
        with path.open("rb") as stream:
            return read_tags(Source(stream))
    except NotAnImageError as error:
        raise WeipianError("E_PHOTO_UNREADABLE", path=path, detail=error) from error
    except OSError as error:
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail=os_reason(error)) from error
