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


def stop_if_cancelled(feedback: Feedback) -> None:
    """Raise E_CANCELLED once the user wants out."""
    if feedback.cancelled():
        raise WeipianError("E_CANCELLED")
