"""Which field holds the land-use code, and by which classification the codes are to be read.

用地用海分类 reuses the digits of TD/T 1055 with other meanings (1001 is 铁路 here and 工业 there), so
a scheme is taken for granted only where the layer leaves no doubt.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ..core.errors import WeipianError

#: Field taken when none is named.
DEFAULT_FIELD = "DLBM"
#: Put before codes of another classification: they keep their areas and match no class of TD/T 1055.
FOREIGN_PREFIX = "YDYH:"
#: A parcel without a code.
NO_CODE = "未填"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: All codes of TD/T 1055-2019 (dossier 3.3) without their A/K/C suffix.
_CODES = _words(
    "0101 0102 0103 0201 0202 0203 0204 0301 0302 0303 0304 0305 0306 0307 0401 0402 0403 0404 05H1 0508 0601 0602"
    " 0603 0701 0702 08H1 08H2 0809 0810 09 1001 1002 1003 1004 1005 1006 1007 1008 1009 1101 1102 1103 1104 1105 1106"
    " 1107 1108 1109 1110 1201 1202 1203 1204 1205 1206 1207 1208"
)
#: Codes that the other classification does not have.
_ONLY_HERE = _words("05H1 0508 08H1 08H2 0809 0810 0404 1006 1007 1008 1009 1103 1104 1105 1106 1107 1108 1109 1110")
#: Codes that mean something else there; 0702 and 1202 too, but beside farmland they occur here everywhere.
_CONFLICTS = _words("0601 0602 0603 1001 1002 1003 1101 1102 1201 1203 1204 1205 1206 1207 1208")
_FARMLAND = _words("0101 0102 0103 0301")
#: Names that only this classification gives these codes.
_NAMES: Mapping[str, str] = {
    "1202": "设施农用地", "0702": "农村宅基地", "0602": "采矿用地", "0601": "工业用地", "1001": "铁路用地",
    "1003": "公路用地", "1101": "河流水面", "1102": "湖泊水面", "1203": "田坎", "1206": "裸土地", "1201": "空闲地",
}  # fmt: skip
#: Columns of the DLTB of the land survey.
_DLTB_FIELDS = _words("KCDLBM TBDLMJ KCMJ TKXS GDLX ZZSXDM TBXHDM CZCSXM")


def code_field(fields: Sequence[str], wanted: str, layer: str) -> str:
    """The field of the class, whatever its case; `wanted` empty means DLBM.

    Raises:
        WeipianError: E_LAYER_FIELD.
    """
    name = wanted or DEFAULT_FIELD
    if name in fields:
        return name
    for field in fields:
        if field.lower() == name.lower():
            return field
    raise WeipianError("E_LAYER_FIELD", path=layer, field=name)


def base_code(code: str) -> str:
    """A code without its A/K/C suffix; H is part of the code."""
    code = code.strip().upper()
    return code.rstrip("AKC") if code[:2].isdigit() else code


def is_tdt1055(scheme: str) -> bool:
    """True if an assignment names TD/T 1055 (三调)."""
    text = scheme.lower()
    return "1055" in text or "三调" in text or "国土调查" in text


def foreign_codes(codes: Collection[str]) -> list[str]:
    """Those of base codes that TD/T 1055 does not have, in order."""
    return sorted(set(codes) - _CODES)


def recognise(pairs: Collection[tuple[str, str]], layer: str, fields: Sequence[str], label: str) -> None:
    """Make sure that `pairs` of (code, name) are TD/T 1055.

    Raises:
        WeipianError: E_LANDUSE_SCHEME when there is any doubt.
    """
    codes = {base_code(code) for code, _ in pairs if code.strip()}
    if not codes:
        return
    structure = "DLTB" in layer.upper() or len(_DLTB_FIELDS & {f.upper() for f in fields}) >= 2
    named = any(_NAMES.get(base_code(code)) == name.strip() for code, name in pairs)
    # A stray code is a finding of the summary; a tenth of unknown ones is another classification.
    foreign = len(codes - _CODES) / len(codes)
    if foreign == 0 and (codes & _ONLY_HERE or (codes & _FARMLAND and not codes & _CONFLICTS)):
        return
    if foreign <= 0.1 and (structure or named):
        return
    raise WeipianError("E_LANDUSE_SCHEME", path=label)
