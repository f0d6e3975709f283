"""Progress and cancellation of long work, without Qt."""

from __future__ import annotations

from typing import Protocol

from .errors import WeipianError


class Feedback(Protocol):
    """What a long function tells its caller and asks it."""

    def progress(self, percent: float) -> None:
        """Report 0–100."""

    def message(self, text: str) -> None:
        """Tell what is being done, in Chinese."""

    def cancelled(self) -> bool:
        """True once the user wants out."""


class Silent:
    """Feedback for tests and short calls."""

    def progress(self, percent: float) -> None:
        """Ignore."""

    def message(self, text: str) -> None:
        """Ignore."""

    def cancelled(self) -> bool:
        """Never."""
        return False


class Part:
    """A stretch of somebody else's progress bar, from `start` to `end` percent."""

    def __init__(self, inner: Feedback, start: float, end: float) -> None:
        self._inner, self._start, self._end = inner, start, end

    def progress(self, percent: float) -> None:
        """Report 0–100 of this stretch."""
        self._inner.progress(self._start + (self._end - self._start) * percent / 100)

    def message(self, text: str) -> None:
        """Pass on."""
        self._inner.message(text)

    def cancelled(self) -> bool:
        """Pass on."""
        return self._inner.cancelled()


def stop_if_cancelled(feedback: Feedback) -> None:
    """Raise E_CANCELLED once the user wants out."""
    if feedback.cancelled():
        raise WeipianError("E_CANCELLED")
