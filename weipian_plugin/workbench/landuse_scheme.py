"""By which classification a land-use layer is coded: recognised, or asked with the codes that leave a doubt.

用地用海分类 uses the digits of 三调 with other meanings (dossier 3.3), so a doubt is never guessed away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core.errors import WeipianError
from ..core.model import LayerAssignment
from ..overlay.landuse import base_code, code_field, foreign_codes, is_tdt1055, recognise
from ..sources.reader import open_source

KEY = "landuse_scheme"
TDT1055, YDYH = "TD/T 1055", "用地用海分类"
CHOICES: tuple[tuple[str, str], ...] = (
    (TDT1055, "三调工作分类（TD/T 1055，DLTB 用的就是它）"),
    (YDYH, "用地用海分类（国土空间规划；不归入三大类，面积记为未分类）"),
)
#: Rows looked at.
_SAMPLE = 2000
_SHOWN = 8


@dataclass(frozen=True)
class SchemeGuess:
    """`scheme` is empty where it has to be asked; `codes` are samples "code name" as found."""

    scheme: str
    reason: str
    codes: tuple[str, ...] = ()

    @property
    def sure(self) -> bool:
        """True when nobody needs to be asked."""
        return bool(self.scheme)

    def question(self, layer: str) -> dict[str, Any]:
        """The question as REPORT_JSON states it."""
        shown = "、".join(self.codes)
        text = f"土地利用图层“{layer}”采用哪一种分类标准？{self.reason}。编码举例：{shown}"
        return {"key": KEY, "text": text, "choices": [{"value": v, "label": t} for v, t in CHOICES]}


def scheme_named(text: str) -> str:
    """The scheme that an answer names.

    Raises:
        WeipianError: E_ANSWER for a text that names none.
    """
    if not text.strip():
        return ""
    if is_tdt1055(text) or text.strip().lower() in ("tdt1055", "sandiao"):
        return text.strip()
    if "用地用海" in text or text.strip().lower() == "ydyh":
        return YDYH
    raise WeipianError("E_ANSWER", key=KEY, value=text, choices="、".join(v for v, _ in CHOICES))


def recognised(assignment: LayerAssignment) -> SchemeGuess:
    """Look at the first rows of the layer.

    Raises:
        WeipianError: those of `open_source`, E_LAYER_FIELD.
    """
    with open_source(Path(assignment.source), assignment.layer, crs=assignment.crs) as source:
        field = code_field(source.fields, assignment.class_field, Path(assignment.source).name)
        name = next((f for f in source.fields if f.upper() == "DLMC"), "")
        pairs: dict[tuple[str, str], None] = {}
        for number, (_, _, values) in enumerate(source.read(None, [f for f in dict.fromkeys((field, name)) if f])):
            pairs[(values[field] or "", values.get(name) or "")] = None
            if number >= _SAMPLE:
                break
        layer, fields = source.layer, list(source.fields)
    codes = tuple(" ".join(part for part in pair if part) for pair in list(pairs)[:_SHOWN] if pair[0])
    try:
        recognise(pairs, layer, fields, assignment.source)
    except WeipianError as error:
        if error.code != "E_LANDUSE_SCHEME":
            raise
        return SchemeGuess("", _doubt(list(pairs)), codes)
    return SchemeGuess(TDT1055, "编码和字段与三调工作分类相符", codes)


def _doubt(pairs: Sequence[tuple[str, str]]) -> str:
    """Why it cannot be told."""
    foreign = foreign_codes({base_code(code) for code, _ in pairs if code.strip()})
    if not all(code.isdigit() for code in foreign):
        return f"其中 {'、'.join(foreign[:3])} 等不是标准的地类编码，请先核对地类字段选得对不对"
    if foreign:
        return f"其中 {'、'.join(foreign[:3])} 等编码三调没有"
    return "这些编码在两种分类里都有，含义不同"


def asked(questions: Sequence[dict[str, Any]]) -> WeipianError:
    """The E_QUESTION of what has to be answered first; `params["details"]` go into REPORT_JSON."""
    return WeipianError(
        "E_QUESTION", questions="；".join(q["text"].rstrip("？") for q in questions), details=list(questions)
    )
