"""Content hashes of files."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Union

#: Bytes read at a time: a film of gigabytes must not fill the memory.
_CHUNK = 1 << 20


def file_sha256(path: Union[str, Path]) -> str:
    """SHA-256 of a file's content, 64 lower-case hexadecimal digits.

    Raises:
        OSError: the file cannot be read.
    """
    digest = hashlib.sha256()
    with Path(path).open("rb") as stream:
        for chunk in iter(lambda: stream.read(_CHUNK), b""):
            digest.update(chunk)
    return digest.hexdigest()
