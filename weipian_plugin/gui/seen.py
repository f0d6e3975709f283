"""Which imagery of a patch was on the screen: no verdict before the later one was looked at."""

from __future__ import annotations

from typing import Any

from ..core.errors import WeipianError
from ..workbench.views import PatchView

AFTER, BEFORE = "image_after", "image_before"


class Seen:
    """Which imagery of which patch has been on the screen, as long as the workspace is open."""

    def __init__(self) -> None:
        self._roles: dict[str, set[str]] = {}

    def note(self, uid: str, role: str) -> None:
        """Imagery of this time was painted with the whole patch in view."""
        self._roles.setdefault(uid, set()).add(role)

    def roles(self, uid: str) -> set[str]:
        """What has been seen of a patch: image_before, image_after."""
        return set(self._roles.get(uid, ()))


def must_wait(the_map: Any, view: PatchView) -> bool:
    """Whether there is a later image of this patch that was not painted yet.

    Without a map, without such an image, or where a person marked what is wrong with it, nobody has to wait.
    """
    if the_map is None or not hasattr(the_map, "shown_roles"):
        return False
    uid = view.patch.patch_uid
    state = view.images.get(AFTER)
    if state is not None and state.reason and state.by:
        return False
    return bool(the_map.has_image(uid, AFTER)) and AFTER not in the_map.shown_roles(uid)


def refuse_unseen(the_map: Any, view: PatchView) -> None:
    """Raise E_NOT_SEEN while the later image is still to come."""
    if must_wait(the_map, view):
        raise WeipianError("E_NOT_SEEN")


def seen(the_map: Any, view: PatchView) -> str:
    """For the judgement: before+after, after, before, none (there is no imagery to see), empty when not known."""
    if the_map is None or not hasattr(the_map, "shown_roles"):
        return ""
    uid = view.patch.patch_uid
    shown = the_map.shown_roles(uid) or ()
    words = [word for role, word in ((BEFORE, "before"), (AFTER, "after")) if role in shown]
    if not words and not the_map.has_image(uid, AFTER):
        return "none"
    return "+".join(words)
