"""One place where failures of a call turn into a sentence for the clerk."""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from typing import Any, TypeVar

from qgis.core import Qgis, QgsMessageLog

from ..core.errors import WeipianError
from .compat import LOG_TAG

F = TypeVar("F", bound=Callable[..., Any])


def as_error(error: BaseException) -> WeipianError:
    """Any failure as one of the catalogue; what nobody expected goes to the log with its trace."""
    if isinstance(error, WeipianError):
        return error
    trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    QgsMessageLog.logMessage(trace, LOG_TAG, Qgis.MessageLevel.Critical)
    if isinstance(error, ImportError):
        return WeipianError("E_LIBRARY", name=error.name or str(error))
    return WeipianError("E_UNEXPECTED", detail=f"{type(error).__name__}: {error}")


def guarded(method: F) -> F:
    """Wrap a method so that a failure reaches `self.report_error(WeipianError)`; it then returns None.

    Slots and shortcuts end here: an exception that left them would open QGIS's traceback dialog.
    """

    @functools.wraps(method)
    def wrapper(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return method(self, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the last line of defence of the user interface
            self.report_error(as_error(error))
            return None

    return wrapper  # type: ignore[return-value]
