"""A clerk who imports: answers what is asked from what he knows of the delivery."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Optional

from weipian_plugin.core.feedback import Silent
from weipian_plugin.core.model import Patch
from weipian_plugin.store import records
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench.importing import ImportOptions, ImportResult, import_delivery, inspect_delivery

_ROUNDS = 6


@dataclass(frozen=True)
class Knows:
    """What the covering letter of a delivery says; empty means that it says nothing."""

    layer: str = ""
    crs: str = ""
    axis: str = ""
    unit: str = ""
    patch_id: str = ""
    encoding: str = ""
    others: Mapping[str, str] = field(default_factory=dict)
    upfront: Mapping[str, str] = field(default_factory=dict)  # said before anything is asked


def _layer(knows: Knows, values: list[str]) -> str:
    return next((v for v in values if knows.layer and knows.layer in v), values[0] if values else "")


#: Key of a question -> the answer. What is not here gets the first choice, the most plausible one.
POLICY: dict[str, Callable[[Knows, list[str]], str]] = {
    "layer": _layer,
    "crs": lambda knows, values: knows.crs or values[0],
    "axis": lambda knows, values: knows.axis or values[0],
    "unit": lambda knows, values: knows.unit or values[0],
    "patch_id": lambda knows, values: knows.patch_id or values[0],
    "encoding": lambda knows, values: knows.encoding or values[0],
    "repair": lambda knows, values: "yes",
    "gcj02": lambda knows, values: "keep",
    "rows": lambda knows, values: "patches",
    "GDMJ": lambda knows, values: "farmland" if "farmland" in values else values[0],
}


@dataclass(frozen=True)
class Outcome:
    """What came of an import: the result, the patches as stored, the questions that were asked."""

    result: ImportResult
    patches: list[Patch]
    asked: tuple[str, ...]


def answer(path: Path, knows: Knows, options: Optional[ImportOptions] = None) -> tuple[ImportOptions, list[str]]:
    """Inspect and answer until nothing is asked any more."""
    options = options or ImportOptions(answers=dict(knows.upfront))
    asked: list[str] = []
    for _ in range(_ROUNDS):
        questions = inspect_delivery(path, options).questions
        if not questions:
            break
        answers: dict[str, Any] = dict(options.answers)
        for question in questions:
            values = [value for value, _ in question.choices]
            if not values:  # nothing to choose from: the import says so
                return options, [*asked, question.key]
            known = knows.others.get(question.key)
            rule = POLICY.get(question.key, POLICY.get(question.key.upper()))
            answers[question.key] = known or (rule(knows, values) if rule else values[0])
            asked.append(question.key)
        options = replace(options, answers=answers)
    return options, asked


@lru_cache(maxsize=1)
def _empty() -> Path:
    """An empty workspace to copy; building one costs twenty writes to the disk."""
    folder = Path(tempfile.mkdtemp(prefix="weipian_empty_"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    Workspace.create(folder, "测试").close()
    return folder


def bring_in(folder: Path, path: Path, knows: Optional[Knows] = None) -> Outcome:
    """Import `path` into a new workspace at `folder`.

    Raises:
        WeipianError: whatever the import raises.
    """
    options, asked = answer(path, knows or Knows())
    shutil.copytree(_empty(), folder)
    result = import_delivery(folder, path, "批次", options, "测试员", Silent())
    with Workspace.open(folder) as ws:
        return Outcome(result, records.patches(ws), tuple(asked))
