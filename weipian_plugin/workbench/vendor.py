"""Libraries that the zip carries because QGIS on Windows does not (docs/adr/0004)."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys

from ..core.errors import WeipianError
from .resources import plugin_folder

_REQUIRED = ("numpy", "shapely", "yaml", "openpyxl", "exifread")


def ensure() -> None:
    """Make the carried libraries importable, last on the path: a copy that QGIS has goes first."""
    carried = plugin_folder() / "_vendor"
    if carried.is_dir() and str(carried) not in sys.path:
        sys.path.append(str(carried))
    _load_shapely()


def _load_shapely() -> None:
    """Bind shapely to the GEOS that it brings, not to the one QGIS loaded first.

    On Linux the dynamic loader looks into the program's libraries first: a shapely wheel (GEOS 3.13)
    inside QGIS (GEOS 3.11) then calls QGIS's GEOS for old functions and its own for new ones, and dies
    in the middle of it (`equals_identical`: segmentation fault). RTLD_DEEPBIND turns that order round.
    """
    if "shapely" in sys.modules or not hasattr(os, "RTLD_DEEPBIND"):
        return
    with contextlib.suppress(ImportError):  # `check` says what is missing
        importlib.import_module("numpy")
        flags = sys.getdlopenflags()
        sys.setdlopenflags(flags | os.RTLD_DEEPBIND)
        try:
            importlib.import_module("shapely")
        finally:
            sys.setdlopenflags(flags)


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
