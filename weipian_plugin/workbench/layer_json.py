"""Layers as the command line names them: LAYERS and ANSWERS as JSON, shorthands, relative paths."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Union
from urllib.parse import urlsplit

from ..core.dates import parse_date
from ..core.errors import WeipianError
from ..core.imagery import FOLDER
from ..core.model import IMAGE_ROLES, ROLES, SQUARE_METRES, LayerAssignment
from .imagery import tiles
from .landuse_scheme import CHOICES, scheme_named
from .landuse_scheme import KEY as SCHEME_KEY
from .layer_guess import guess_date, guess_role
from .register_tables import is_table
from .registers import RegisterSource

#: How LAYERS is written, for the sentence about one that is not.
EXAMPLE = '{"landuse": {"source": "DLTB.gpkg"}, "rural_house": "宅基地审批.xlsx"}'
_KEYS = ("source", "layer", "sheet", "class_field", "scheme", "crs", "taken_on", "unit", "batch")


@dataclass(frozen=True)
class Wanted:
    """What a call names: layers to overlay or to look at, tables to read as registers."""

    layers: tuple[LayerAssignment, ...] = ()
    tables: tuple[RegisterSource, ...] = ()


def parse(text: str) -> dict[str, list[Any]]:
    """LAYERS as role -> items. A list of objects may leave `role` out: it is then told by the file's name.

    Raises:
        WeipianError: E_PARAMETER, E_LAYER_ROLE.
    """
    try:
        value = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError) as error:
        place = f"，第 {error.colno} 个字符处" if isinstance(error, json.JSONDecodeError) else ""
        raise _wrong(f"不是 JSON{place}") from error
    if isinstance(value, list):
        pairs = [_with_role(item) for item in value]
    elif isinstance(value, dict):
        pairs = [
            (role, item) for role, items in value.items() for item in (items if isinstance(items, list) else [items])
        ]
    else:
        raise _wrong("不是 JSON 对象")
    found: dict[str, list[Any]] = {}
    for role, item in pairs:
        if role not in ROLES:
            raise WeipianError("E_LAYER_ROLE", role=role)
        found.setdefault(role, []).append(item)
    return found


def _wrong(detail: str) -> WeipianError:
    return WeipianError("E_PARAMETER", name="LAYERS", detail=detail, example=EXAMPLE)


def _with_role(item: Any) -> tuple[str, Any]:
    values = dict(item) if isinstance(item, dict) else {"source": item} if isinstance(item, str) else None
    if values is None:
        raise _wrong("清单里的每一项应当是对象或文件名")
    role = str(values.pop("role", "") or "")
    if not role:
        source, _, layer = str(values.get("source", "")).partition("|layername=")
        role = guess_role(str(values.get("layer") or layer)) or guess_role(source)
        if not role:
            raise _wrong(f"“{source}”没有写 role，从文件名也看不出用途")
    return role, values


def scheme_answer(answers: Mapping[str, Any]) -> str:
    """The reply to `landuse_scheme`, the only question that the overlay asks.

    Raises:
        WeipianError: E_PARAMETER for another key, E_ANSWER.
    """
    for key in answers:
        if key != SCHEME_KEY:
            example = json.dumps({SCHEME_KEY: CHOICES[0][0]}, ensure_ascii=False)
            raise WeipianError("E_PARAMETER", name="ANSWERS", detail=f"没有问题“{key}”", example=example)
    return scheme_named(str(answers.get(SCHEME_KEY) or ""))


def wanted(plain: Mapping[str, str], more: Mapping[str, Sequence[Any]], folder: Path) -> Wanted:
    """The layers and tables of a call. Relative paths count from the working directory, then from the workspace.

    Args:
        plain: role -> source of the shorthands.
        more: what `parse` gave.

    Raises:
        WeipianError: E_PARAMETER, E_ANSWER, E_FILE_MISSING, E_REGISTER_ROLE.
    """
    layers: list[LayerAssignment] = []
    tables: list[RegisterSource] = []
    items = [*plain.items(), *((role, item) for role, items in more.items() for item in items)]
    for role, item in items:
        found = _one(role, item, folder)
        if isinstance(found, RegisterSource):
            tables.append(found)
        else:
            layers.append(found)
    return Wanted(tuple(layers), tuple(tables))


def _one(role: str, item: Any, folder: Path) -> Union[LayerAssignment, RegisterSource]:
    if not isinstance(item, (str, Mapping)):
        raise _wrong(f"{role} 应当是文件名或对象")
    values = {"source": item} if isinstance(item, str) else dict(item)
    for key, value in values.items():
        if key not in _KEYS:
            raise _wrong(f"{role} 里有不认识的项“{key}”，可用的有 {'、'.join(_KEYS)}")
        if value is not None and not isinstance(value, (str, int, float)):
            raise _wrong(f"{role} 的 {key} 应当是文字")
    text = {key: str(value) for key, value in values.items() if value is not None}
    source, _, tail = text.get("source", "").partition("|layername=")
    if not source.strip():
        raise _wrong(f"{role} 没有写 source")
    if role in IMAGE_ROLES:
        return _image(role, source.strip(), text, folder)
    path = locate(source.strip(), folder)
    if is_table(path):
        unit = text.get("unit", "")
        if unit and unit not in SQUARE_METRES:
            raise WeipianError("E_ANSWER", key="unit", value=unit, choices="、".join(SQUARE_METRES))
        return RegisterSource(role, path, text.get("sheet", "") or text.get("layer", "") or tail, unit)
    return LayerAssignment(
        role=role,
        source=path,
        layer=text.get("layer", "") or tail.partition("|")[0],
        class_field=text.get("class_field", ""),
        scheme=scheme_named(text.get("scheme", "")) if role == "landuse" else text.get("scheme", ""),
        crs=text.get("crs", ""),
        taken_on=text.get("taken_on", ""),
    )


def _image(role: str, source: str, text: Mapping[str, str], folder: Path) -> LayerAssignment:
    """A raster, a folder of rasters or a tile service that has a day; `batch` is a name or an id, told apart later.

    Raises:
        WeipianError: E_FILE_MISSING, E_DATE_INVALID, E_TILE_URL, E_IMAGE_DATED.
    """
    day = text.get("taken_on", "").strip()
    if day and parse_date(day) is None:
        raise WeipianError("E_DATE_INVALID", value=day)
    batch = text.get("batch", "").strip()
    if urlsplit(source).scheme.lower() in ("http", "https"):
        if not day:
            raise WeipianError("E_IMAGE_DATED")
        return tiles(role, source, batch_id=batch, taken_on=day)[0]
    path = Path(locate(source, folder))
    named = "" if day or path.is_dir() else guess_date(path.stem)
    return LayerAssignment(
        role, str(path), crs=text.get("crs", ""), taken_on=day or named, batch_id=batch,
        taken_source="manual" if day else "name" if named else "", kind=FOLDER if path.is_dir() else "",
    )  # fmt: skip


def locate(source: str, folder: Path) -> str:
    """The absolute path of a source; GDAL's own names (/vsi…) stay as they are.

    Raises:
        WeipianError: E_FILE_MISSING.
    """
    if source.startswith("/vsi"):
        return source
    path = Path(source)
    for start in (Path(), folder, folder.parent):
        if (start / path).exists():
            return str((start / path).resolve())
    raise WeipianError("E_FILE_MISSING", path=source)
