"""Views of patches that were put together already: the next one is ready before it is asked for."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Optional

from ..store.workspace import Workspace
from .clock import today
from .views import PatchView

#: A patch on the screen, its neighbours in both directions, and what its draft asks for.
_KEPT = 24
#: What lies outside the workspace (files of imagery) is looked at again after this, s.
_FRESH_S = 30.0
Key = tuple[str, ...]  # patch_uid, verdict, sub-type and answers of a choice not yet saved


class Ahead:
    """Keeps views while the workspace stays as it is: any commit, of whomever, and a new day empty it."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace
        self._mark: tuple[object, ...] = ()
        self._views: OrderedDict[Key, tuple[float, PatchView]] = OrderedDict()

    def clear(self) -> None:
        """Forget every view."""
        self._views.clear()

    def get(self, key: Key, make: Callable[[], PatchView]) -> PatchView:
        """The view of this key as the workspace is now, made unless it is there."""
        mark = (self._ws.head(), self._ws.data_version(), today())
        if mark != self._mark:
            self._mark = mark
            self._views.clear()
        known = self._known(key)
        if known is None:
            known = make()
            self._views[key] = (time.monotonic(), known)
            while len(self._views) > _KEPT:
                self._views.popitem(last=False)
        return known

    def _known(self, key: Key) -> Optional[PatchView]:
        made, view = self._views.get(key, (0.0, None))
        if view is None or time.monotonic() - made > _FRESH_S:
            return None
        self._views.move_to_end(key)
        return view
