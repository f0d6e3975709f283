"""Huge polygons in pieces, kept for the next overlay of this process.

Cutting a boundary of a million vertices takes half a second and serves every patch after that. What is
kept is bounded and known by the layer's fingerprint, so that a changed file is cut anew.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import shapely

#: Vertices kept at most, about 100 bytes each.
_MOST_VERTICES = 2_500_000


@dataclass(frozen=True)
class Pieces:
    """The pieces of one polygon in the frame and a tree over them; `repaired` if it was not valid."""

    geoms: Any
    tree: Any
    repaired: bool
    vertices: int


class _Shelf:
    """Least recently used goes first; several threads may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[Hashable, int], Pieces] = OrderedDict()
        self._vertices = 0

    def get(self, key: tuple[Hashable, int], make: Callable[[], tuple[Any, bool]]) -> Pieces:
        """The pieces under `key`, cut by `make` -> (pieces, repaired) where they are not there."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        geoms, repaired = make()
        vertices = int(shapely.get_num_coordinates(geoms).sum()) if len(geoms) else 0
        found = Pieces(geoms, shapely.STRtree(geoms), repaired, vertices)
        with self._lock:
            self._kept[key] = found
            self._vertices = sum(item.vertices for item in self._kept.values())
            while self._vertices > _MOST_VERTICES and len(self._kept) > 1:
                _, old = self._kept.popitem(last=False)
                self._vertices -= old.vertices
        return found

    def of(self, layer: Hashable) -> dict[int, Pieces]:
        """Feature id -> pieces of all polygons of a layer that are there; keys are (layer, feature id)."""
        with self._lock:
            return {key[1]: found for key, found in self._kept.items() if key[0] == layer}

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._vertices = 0


SHELF = _Shelf()
