"""Libraries that the zip carries because QGIS on Windows does not (docs/adr/0004)."""

from __future__ import annotations

import importlib
import sys

from ..core.errors import WeipianError
from .resources import plugin_folder

_REQUIRED = ("numpy", "shapely", "yaml", "openpyxl", "exifread")


def ensure() -> None:
    """Make the carried libraries importable, last on the path: a copy that QGIS has goes first."""
    carried = plugin_folder() / "_vendor"
    if carried.is_dir() and str(carried) not in sys.path:
        sys.path.append(str(carried))


def forget() -> None:
    """Take the carried libraries off the path again (unload)."""
    carried = str(plugin_folder() / "_vendor")
    if carried in sys.path:
        sys.path.remove(carried)


def check() -> None:
    """Import what the work needs.

    Raises:
        WeipianError: E_LIBRARY naming the library that is missing.
    """
    for name in _REQUIRED:
        try:
            importlib.import_module(name)
        except ImportError as error:
            raise WeipianError("E_LIBRARY", name=name) from error
