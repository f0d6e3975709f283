"""Which imagery of which patch has been on the screen; judging asks before it takes a verdict."""

from __future__ import annotations


class Seen:
    """Roles (image_before, image_after) by patch, as long as the workspace is open."""

    def __init__(self) -> None:
        self._roles: dict[str, set[str]] = {}

    def note(self, uid: str, role: str) -> None:
        """Imagery of this time was painted with the whole patch in view."""
        self._roles.setdefault(uid, set()).add(role)

    def roles(self, uid: str) -> set[str]:
        """What has been seen of a patch."""
        return set(self._roles.get(uid, ()))
