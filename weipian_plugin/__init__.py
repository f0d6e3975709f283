"""卫片执法助手: satellite change patches from delivery to closure. GPL-2.0-or-later."""

from __future__ import annotations

from typing import Any


def classFactory(iface: Any) -> Any:  # noqa: N802 - the name QGIS calls
    """Hand QGIS the plugin object."""
    from .plugin import WeipianPlugin

    return WeipianPlugin(iface)
