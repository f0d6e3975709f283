"""The door of this package: look at a delivery, then read it."""

from __future__ import annotations

from . import health
from .inspecting import inspect
from .model import (
    DEFAULT_CLASSES,
    UNIT_LABELS,
    ClassTable,
    Delivery,
    ImportOptions,
    Inspection,
    Question,
    Rejected,
)
from .reading import question_error, read

__all__ = [
    "DEFAULT_CLASSES",
    "UNIT_LABELS",
    "ClassTable",
    "Delivery",
    "ImportOptions",
    "Inspection",
    "Question",
    "Rejected",
    "health",
    "inspect",
    "question_error",
    "read",
]
