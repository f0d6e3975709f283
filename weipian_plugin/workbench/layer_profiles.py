"""Layers and registers of a district under a name, kept in the QGIS profile of the user and given to a colleague.

Where the layers lie under one folder their paths are kept relative to it, so that another PC needs to be told
that folder once.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path, PurePosixPath
from typing import Any, Optional

from qgis.core import QgsApplication

from ..core.areas import BASIS_LABELS, GROSS
from ..core.errors import WeipianError, os_reason
from ..core.model import ROLE_LABELS, ROLES, LayerAssignment
from ..core.names import safe_name
from .clock import now
from .registers import RegisterSource

SCHEMA = "weipian.layers/1"
SUFFIX = ".json"


@dataclass(frozen=True)
class LayerProfile:
    """What a district's layers are. `source` in `layers` and `tables` counts from `root` unless it is absolute."""

    name: str
    county_codes: tuple[str, ...] = ()
    root: str = ""
    cropland: str = GROSS
    layers: tuple[LayerAssignment, ...] = ()
    tables: tuple[RegisterSource, ...] = ()
    saved_at: str = ""

    @property
    def relative(self) -> bool:
        """True when a folder has to be known to find the files."""
        return any(not _absolute(item.source) for item in (*self.layers, *self.tables))


@dataclass(frozen=True)
class Resolved:
    """A profile on this machine: files that are there, and those that are not (role and path, Chinese)."""

    layers: tuple[LayerAssignment, ...]
    tables: tuple[RegisterSource, ...]
    missing: tuple[str, ...]


def folder() -> Path:
    """Where the profiles of this user lie."""
    return Path(QgsApplication.qgisSettingsDirPath()) / "weipian" / "layer_profiles"


def _file(name: str) -> Path:
    return folder() / (safe_name(name) + SUFFIX)


def profiles() -> list[LayerProfile]:
    """All profiles of this user by name; a file that cannot be read is left out."""
    found = []
    for path in sorted(folder().glob(f"*{SUFFIX}")):
        try:
            found.append(read(path))
        except WeipianError:
            continue
    return sorted(found, key=lambda profile: profile.name)


def get(name: str) -> LayerProfile:
    """The profile of this name.

    Raises:
        WeipianError: E_PROFILE_MISSING, E_PROFILE.
    """
    if not name.strip() or not _file(name).is_file():
        raise WeipianError("E_PROFILE_MISSING", name=name)
    return read(_file(name))


def for_county(codes: Iterable[str]) -> Optional[LayerProfile]:
    """The profile that names one of these county codes, the one saved last."""
    wanted = set(codes)
    found = [profile for profile in profiles() if wanted.intersection(profile.county_codes)]
    return max(found, key=lambda profile: profile.saved_at, default=None)


def save(
    name: str,
    county_codes: Sequence[str],
    layers: Sequence[LayerAssignment],
    tables: Sequence[RegisterSource] = (),
    cropland: str = GROSS,
) -> LayerProfile:
    """Keep layers under a name, in place of the profile that had it.

    Raises:
        WeipianError: E_PROFILE_NAME, E_WRITE.
    """
    if not name.strip():
        raise WeipianError("E_PROFILE_NAME")
    layers = [item for item in layers if not item.batch_id]  # another workspace has other batches
    root = common_root([item.source for item in (*layers, *tables)])
    profile = LayerProfile(
        name.strip(),
        tuple(dict.fromkeys(code[:6] for code in county_codes if code)),
        root,
        cropland,
        tuple(replace(item, source=_shorten(item.source, root)) for item in layers),
        tuple(replace(item, source=_shorten(item.source, root)) for item in tables),
        now(),
    )
    write(profile, _file(profile.name))
    return profile


def delete(name: str) -> None:
    """Forget a profile; the layers themselves stay.

    Raises:
        WeipianError: E_PROFILE_MISSING, E_WRITE.
    """
    path = _file(name)
    if not path.is_file():
        raise WeipianError("E_PROFILE_MISSING", name=name)
    try:
        path.unlink()
    except OSError as error:
        raise WeipianError("E_WRITE", path=path, detail=os_reason(error)) from error


def bring_in(path: Path, root: str = "") -> LayerProfile:
    """Take the profile file of a colleague over; `root` is where the layers lie on this PC.

    Raises:
        WeipianError: E_FILE_MISSING, E_PROFILE, E_WRITE.
    """
    profile = read(path)
    profile = at_root(profile, root) if root else profile
    write(profile, _file(profile.name))
    return profile


def move(name: str, root: str) -> LayerProfile:
    """Tell a profile where its layers lie now."""
    profile = at_root(get(name), root)
    write(profile, _file(name))
    return profile


def at_root(profile: LayerProfile, root: str) -> LayerProfile:
    """The profile with another folder."""
    return replace(profile, root=str(Path(root)))


def resolve(profile: LayerProfile) -> Resolved:
    """The files of a profile on this machine."""
    missing: list[str] = []

    def found(items: Sequence[Any]) -> list[Any]:
        there = []
        for item in items:
            path = item.source if _absolute(item.source) else str(Path(profile.root) / item.source)
            if path.startswith("/vsi") or (Path(path).exists() and (_absolute(item.source) or profile.root)):
                there.append(replace(item, source=path))
            else:
                missing.append(f"{ROLE_LABELS.get(item.role, item.role)}：{path}")
        return there

    return Resolved(tuple(found(profile.layers)), tuple(found(profile.tables)), tuple(missing))


def complete(
    name_or_file: str, layers: Sequence[LayerAssignment], tables: Sequence[RegisterSource]
) -> tuple[list[LayerAssignment], list[RegisterSource]]:
    """What a call names, and from the profile the roles that it does not name.

    Raises:
        WeipianError: E_PROFILE_MISSING, E_PROFILE, E_FILE_MISSING naming every file that is not there.
    """
    path = Path(name_or_file)
    if path.suffix.lower() == SUFFIX and path.is_file():
        profile = read(path)
        if profile.relative and not Path(profile.root or " ").is_dir():
            profile = at_root(profile, str(path.resolve().parent))
    else:
        profile = get(name_or_file)
    there = resolve(profile)
    if there.missing:
        raise WeipianError("E_FILE_MISSING", path="；".join(there.missing))
    named = {item.role for item in (*layers, *tables)}
    return (
        [*layers, *(item for item in there.layers if item.role not in named)],
        [*tables, *(item for item in there.tables if item.role not in named)],
    )


def common_root(sources: Sequence[str]) -> str:
    """The folder that all files lie under, "" when they do not, or only under a drive or the file system."""
    paths = [Path(source) for source in sources if source and not source.startswith("/vsi")]
    if not paths or not all(path.is_absolute() for path in paths):
        return ""
    try:
        root = Path(os.path.commonpath([str(path.parent) for path in paths]))
    except ValueError:  # two drives
        return ""
    return "" if root == Path(root.anchor) else str(root)


def _shorten(source: str, root: str) -> str:
    if not root or source.startswith("/vsi"):
        return source
    return Path(source).relative_to(root).as_posix()


def _absolute(source: str) -> bool:
    return source.startswith("/vsi") or Path(source).is_absolute() or PurePosixPath(source).is_absolute()


def write(profile: LayerProfile, path: Path) -> None:
    """Write a profile file.

    Raises:
        WeipianError: E_WRITE.
    """
    body = {"schema": SCHEMA, **asdict(profile)}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(body, ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError as error:
        raise WeipianError("E_WRITE", path=path, detail=os_reason(error)) from error


def read(path: Path) -> LayerProfile:
    """Read a profile file.

    Raises:
        WeipianError: E_FILE_MISSING, E_PROFILE.
    """
    path = Path(path)
    if not path.is_file():
        raise WeipianError("E_FILE_MISSING", path=path)
    try:
        body = json.loads(path.read_text(encoding="utf-8-sig"))
        if not isinstance(body, dict) or body.get("schema") != SCHEMA:
            raise WeipianError("E_PROFILE", path=path, detail="不是图层方案文件")
        return _profile(body)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise WeipianError("E_PROFILE", path=path, detail="文件不完整") from error


def _profile(body: Mapping[str, Any]) -> LayerProfile:
    cropland = str(body.get("cropland") or GROSS)
    layers = tuple(_item(LayerAssignment, item) for item in body.get("layers") or ())
    tables = tuple(_item(RegisterSource, item) for item in body.get("tables") or ())
    return LayerProfile(
        name=str(body["name"]),
        county_codes=tuple(str(code) for code in body.get("county_codes") or ()),
        root=str(body.get("root") or ""),
        cropland=cropland if cropland in BASIS_LABELS else GROSS,
        layers=tuple(item for item in layers if item.role in ROLES),
        tables=tuple(item for item in tables if item.role in ROLES),
        saved_at=str(body.get("saved_at") or ""),
    )


def _item(kind: Any, values: Mapping[str, Any]) -> Any:
    """A value from what a newer or older version wrote: unknown keys are left out."""
    known = {f.name for f in fields(kind)}
    return kind(**{key: str(value or "") for key, value in values.items() if key in known})
