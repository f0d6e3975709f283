"""Where the shipped resources lie: inside the built plugin, beside the package in a checkout."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ..core.rulepack import RulePack
from .packs import load_pack

#: Folder of the pack that a new workspace starts with.
DEFAULT_PACK = "chongqing-2023"
_PACKAGE = Path(__file__).resolve().parent.parent


def plugin_folder() -> Path:
    """The package folder."""
    return _PACKAGE


def resource(*parts: str) -> Path:
    """A file or folder under `resources/`."""
    inside = _PACKAGE / "resources"
    return (inside if inside.is_dir() else _PACKAGE.parent / "resources").joinpath(*parts)


@lru_cache(maxsize=1)
def default_pack() -> RulePack:
    """The rule pack that ships with the plugin, read once.

    Raises:
        WeipianError: E_RULES naming file and line.
    """
    return load_pack(resource("rules", DEFAULT_PACK))
