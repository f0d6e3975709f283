"""Who works in a workspace. A name is what was typed: it tells who said he acted, and proves nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

#: What a person may be at the keyboard of one machine.
ROLES: Mapping[str, str] = {"filler": "填报", "checker": "内审", "viewer": "只看"}


@dataclass(frozen=True)
class Person:
    """A name with its role, and when it was seen last (ISO instant)."""

    name: str
    role: str = "filler"
    at: str = ""


def bare(name: str) -> str:
    """A name without what differs by chance: width, case and blanks."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def same_person(one: str, other: str) -> bool:
    """Whether two typed names are one."""
    return bare(one) == bare(other)
