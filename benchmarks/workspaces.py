"""Workspaces to measure on: imported once a run, put back before every repetition."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Optional

from agreement import Areas, keyed
from county import ROLES, County, scratch
from harness import Child, note, once

#: The last answer of every overlay is kept for rows on memory and areas.
Answer = dict[str, Any]


class Bench:
    """A workspace with the patches of a county, and our overlay on it."""

    def __init__(self, county: County, count: int, layers: Sequence[Mapping[str, str]], name: str) -> None:
        self.layers = list(layers)
        self._live = scratch() / name / "ws"
        self._pristine = scratch() / name / "pristine"
        self.cache = scratch() / name / "cache"
        shutil.rmtree(self._live.parent, ignore_errors=True)
        self._live.parent.mkdir(parents=True)
        self.imported = once("ours.py", "prepare", workspace=str(self._live), delivery=str(county.patches(count)))
        if self.imported["patches"] != count:
            raise RuntimeError(f"imported {self.imported['patches']} of {count} patches")
        note(f"  imported {count} patches in {self.imported['seconds']:.1f} s")
        # The same place again and again: a workspace that is opened elsewhere starts a journal of its own.
        shutil.copytree(self._live, self._pristine)
        self.last: Answer = {}
        self._living: Optional[Child] = None

    def restore(self, *, uncached: bool = False) -> None:
        """The state before any overlay, on disk; with `uncached` nothing is left of our own cache either."""
        shutil.rmtree(self._live)
        shutil.copytree(self._pristine, self._live)
        if uncached:
            shutil.rmtree(self.cache, ignore_errors=True)
        os.sync()

    def overlay(self, *, fresh: bool = False, **options: Any) -> float:
        """Seconds of the use case from the state that the workspace is in.

        In a process that lives on, as QGIS does and as the peers' processes do; nothing that an earlier
        repetition prepared is left in it. With `fresh` in a process of its own.
        """
        values = {"workspace": str(self._live), "layers": self.layers, **options}
        env = {"XDG_CACHE_HOME": str(self.cache), "LOCALAPPDATA": str(self.cache)}
        if fresh:
            self.last = once("ours.py", "overlay", env=env, **values)
        else:
            self._living = self._living or Child("ours.py", **env)
            self.last = self._living.ask("overlay", **values)
        return float(self.last["seconds"])

    def first(self, *, uncached: bool = False, **options: Any) -> float:
        """Restore, then overlay."""
        self.restore(uncached=uncached)
        return self.overlay(fresh=uncached or bool(options.pop("fresh", False)), **options)

    def areas(self) -> Areas:
        """What stands in the workspace now."""
        return keyed(once("ours.py", "areas", workspace=str(self._live))["areas"])

    def official(self) -> dict[str, float]:
        """The official area of every patch by its id, m²."""
        return {str(k): float(v) for k, v in once("ours.py", "official", workspace=str(self._live))["areas"].items()}

    @property
    def folder(self) -> Path:
        """The workspace."""
        return self._live

    def close(self) -> None:
        """End the process, free the disk."""
        if self._living is not None:
            self._living.close()
        shutil.rmtree(self._live.parent, ignore_errors=True)


def layers_of(county: County, *roles: str, landuse: Optional[Path] = None) -> list[dict[str, str]]:
    """Assignments of the county's layers to these roles."""
    out = []
    for role in roles:
        source = landuse if landuse is not None and role == "landuse" else county.layer(ROLES[role])
        out.append({"role": role, "source": str(source)})
    return out
