"""The tile services that the form offers, from resources/tiles.yaml: a district may add its own."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.errors import WeipianError
from .pack_yaml import Problems, read_yaml
from .resources import resource

_FILE = "tiles.yaml"


@dataclass(frozen=True)
class TileService:
    """A service by its address, which holds no key."""

    id: str
    label: str
    url: str


def tile_services() -> list[TileService]:
    """What can be chosen by name.

    Raises:
        WeipianError: E_RULES with file and line.
    """
    problems = Problems()
    try:
        raw = resource(_FILE).read_bytes()
    except OSError:
        return []
    found = [
        TileService(str(entry.need("id")), str(entry.need("label")), str(entry.need("url")))
        for entry in read_yaml(_FILE, raw, problems).entries("services")
    ]
    if len(problems):
        raise WeipianError("E_RULES", detail=str(next(iter(problems))))
    return found
