"""The door of this package: look at a delivery, then read it."""

from __future__ import annotations

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
    "inspect",
    "question_error",
    "read",
]
