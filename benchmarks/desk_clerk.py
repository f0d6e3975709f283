"""A clerk who judges one patch after the other by keyboard and never thinks."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from desk_tools import press, press_command, resident_mb, until
from desk_walk import Steps, begin
from qgis.PyQt.QtCore import Qt

#: Command of the verdict that the advice leans to.
VERDICTS = {"legal": "legal", "illegal": "illegal", "other": "other"}


def measure(plugin: Any, job: Mapping[str, Any]) -> dict[str, Any]:
    """Seconds and keys of every patch, memory along the way."""
    begin(plugin)
    steps = Steps(plugin)
    until(lambda: not hasattr(steps.review.map, "shown_roles") or steps.image_there(steps.uid()), "the first imagery")
    seconds, cpu, keys, memory = [], [], [], {}
    for number in range(1, job["clerk"] + 1):
        start, own = time.perf_counter(), time.process_time()
        keys.append(_judge(plugin, steps))
        seconds.append(time.perf_counter() - start)
        cpu.append(time.process_time() - own)
        if number in job["memory_at"]:
            memory[str(number)] = resident_mb()
    found = {"seconds": seconds, "cpu": cpu, "keys": keys, "memory": memory, "triage_keys": _triage(plugin, steps)}
    steps.stop()
    return found


def _judge(plugin: Any, steps: Steps) -> int:
    """Verdict, sub-type, submission of the patch on the screen; gives the number of keys. Then the next one is there.

    The verdict is the one that the advice leans to, 违法 where it leans nowhere; the evidence is complete.
    """
    view, count = steps.review.view, 0
    patch_uid = view.patch.patch_uid

    def key(command: str) -> None:
        nonlocal count
        press_command(plugin, command)
        count += 1

    key(VERDICTS.get(view.advice.leaning or "", "illegal"))
    count += _sub_type(plugin)
    steps.timed(lambda: key("submit_here" if plugin.dock.form.sub_type.hasFocus() else "submit"))
    row = plugin.dock.queue.model.row_of(patch_uid)
    if row is None or not row.verdict:
        raise RuntimeError(f"{view.patch.patch_id} was not judged: {plugin.dock.notice.text()}")
    return count


def _sub_type(plugin: Any) -> int:
    """Take the first sub-type by keyboard where none was filled in; gives the number of keys."""
    combo = plugin.dock.form.sub_type
    if combo.currentData():
        return 0
    until(combo.isVisible, "the fields of the verdict")
    keys = (Qt.Key.Key_Down, Qt.Key.Key_Return)  # in the list that the command opens
    press_command(plugin, "sub_type")
    for key in keys:
        press(key)
    until(lambda: bool(combo.currentData()), "the sub-type")
    return len(keys) + 1


def _triage(plugin: Any, steps: Steps) -> int:
    """The first look decides: this one has to be seen on the ground, or is in doubt. Gives the number of keys."""
    patch_uid, count = steps.uid(), 0
    for command in ("field", "doubt", "submit"):
        if command not in plugin.commands.shortcuts.actions:
            continue
        press_command(plugin, command)
        count += 1
        row = plugin.dock.queue.model.row_of(patch_uid)
        if row is None or row.doubt or row.review_status.value == "assigned":
            return count
    raise RuntimeError("no triage decision came about")
