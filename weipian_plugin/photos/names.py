"""Patch ids in the names of files and folders."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..core.model import Patch, ReviewStatus

#: How many folders up from the file are read: <patch>/<purpose>/<day>/photo.jpg is as deep as people go.
_FOLDERS = 3
#: Ids of digits only and this short also occur as counters (IMG_12), so they must stand first.
_SHORT = 4
#: What village names end in; people leave it out, and nothing shorter than this is a name.
_VILLAGE_ENDS, _VILLAGE_LEAST = ("村民委员会", "社区居委会", "居委会", "村委会", "社区", "村"), 2


def normal(text: str) -> str:
    """One form for full-width and half-width, upper and lower case."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _word(char: str) -> bool:
    """Letters and digits of ASCII make a token; `_`, `-`, Chinese and everything else end it."""
    return char.isascii() and char.isalnum()


class IdFinder:
    """Looks patch ids up in text: time grows with the text, not with the number of patches."""

    def __init__(self, patches: Sequence[Patch]) -> None:
        by_id: dict[str, list[Patch]] = defaultdict(list)
        for patch in patches:
            key = normal(patch.patch_id)
            if key:
                by_id[key].append(patch)
        # A void patch gives way to a living one of the same id.
        self._villages = _village_words(patches)
        self._by_id = {
            key: [p for p in found if p.review_status is not ReviewStatus.VOID] or found for key, found in by_id.items()
        }
        self._lengths = sorted({len(key) for key in self._by_id}, reverse=True)

    def patches(self, key: str) -> list[Patch]:
        """The patches of a normalised id; several when batches repeat it."""
        return self._by_id[key]

    def find(self, text: str) -> list[str]:
        """The ids that stand as whole tokens in a text, the longest at each place, in order, each once."""
        text = normal(text)
        found: list[tuple[int, int]] = []
        for start in range(len(text)):
            if start and _word(text[start]) and _word(text[start - 1]):
                continue
            for length in self._lengths:
                end = start + length
                if end > len(text) or text[start:end] not in self._by_id:
                    continue
                if end < len(text) and _word(text[end - 1]) and _word(text[end]):
                    continue
                if length < _SHORT and text[start:end].isdigit() and start:
                    continue
                found.append((start, end))
                break
        whole = [a for a in found if not any(b != a and b[0] <= a[0] and a[1] <= b[1] for b in found)]
        return list(dict.fromkeys(text[start:end] for start, end in whole))

    def of_path(self, path: Path) -> tuple[str, list[str]]:
        """Where ids were found (`文件名`, `文件夹名` or empty) and which; the nearest name decides."""
        ids = self.find(path.stem)
        if ids:
            return "文件名", ids
        for folder in list(path.parents)[:_FOLDERS]:
            ids = self.find(folder.name)
            if ids:
                return "文件夹名", ids
        return "", []

    def village_of_path(self, path: Path) -> str:
        """The village that a file or folder name holds, as the patches write it; empty if none or several do."""
        for name in (path.stem, *(folder.name for folder in list(path.parents)[:_FOLDERS])):
            text = normal(name)
            words = [word for word in self._villages if word in text]
            longest = [w for w in words if not any(w != other and w in other for other in words)]
            villages = {village for word in longest for village in self._villages[word]}
            if len(villages) == 1:
                return villages.pop()
        return ""


def _village_words(patches: Iterable[Patch]) -> dict[str, set[str]]:
    """How people write the villages of the patches -> their names there."""
    words: dict[str, set[str]] = defaultdict(set)
    for village in {p.village_name for p in patches if p.village_name}:
        full = normal(village)
        short = next((full[: -len(end)] for end in _VILLAGE_ENDS if full.endswith(end)), full)
        for word in (full, short, f"{short}村", f"{short}社区"):
            if len(word) >= _VILLAGE_LEAST:
                words[word].add(village)
    return dict(words)
