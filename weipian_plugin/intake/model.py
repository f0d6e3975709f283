"""What an import asks, answers and hands over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from ..core.findings import Finding
from ..core.model import Patch

#: Spelling of a monitor class -> (id of the class, level or None); dossier 1.3.
ClassTable = Mapping[str, tuple[str, Optional[int]]]
DEFAULT_CLASSES: ClassTable = {
    "新增非农建设类": ("new_nonagri", 1),
    "年度内持续变化类": ("continuous_change", 1),
    "其他新增建设类": ("other_new_build", 2),
    "其他变化类": ("other_change", 3),
}
#: Questions that ANSWERS may answer; besides these the canonical names and ambiguous headers of `core.fields`.
ANSWER_KEYS: frozenset[str] = frozenset(
    {"layer", "encoding", "crs", "axis", "unit", "datum", "gcj02", "repair", "GDMJ", "split_reissue", "missing", "rows"}
)
UNIT_LABELS: Mapping[str, str] = {"m2": "平方米", "mu": "亩", "ha": "公顷"}


@dataclass(frozen=True)
class Remembered:
    """What was answered for a layout before: `answers` by key, of which batch, where it lay (lon/lat degrees).

    `traits` tells layouts that are nearly the same: format, county code, then the columns.
    """

    answers: Mapping[str, str] = field(default_factory=dict)
    batch: str = ""
    bounds: tuple[float, ...] = ()
    traits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Earlier:
    """A patch that is in the workspace already; `wkb` lon/lat EPSG:4490."""

    batch: str
    patch_id: str
    patch_uid: str
    wkb: bytes


@dataclass(frozen=True)
class Context:
    """What is known besides the delivery: patches of earlier batches and the codes of the rule pack."""

    earlier: tuple[Earlier, ...] = ()
    patch_types: Mapping[str, str] = field(default_factory=dict)
    villages: tuple[tuple[str, bytes], ...] = ()  # (name, wkb lon/lat EPSG:4490) of the village layer


@dataclass(frozen=True)
class Recalled:
    """An answer that was not given this time but taken over from an earlier batch."""

    key: str
    value: str
    label: str
    batch: str
    question: Optional[Question] = None  # what to ask where the answer is to be changed


@dataclass(frozen=True)
class CheckItem:
    """One thing that a check met: row in the file from 1 (0: none), id, reason, areas in m² where they matter."""

    row: int
    patch_id: str
    reason: str
    before_m2: Optional[float] = None
    after_m2: Optional[float] = None
    patch_uid: str = ""


@dataclass(frozen=True)
class Check:
    """A check of dossier 1.4 and what it met; `severity` is ok, info, warn or error."""

    check_id: str
    title: str
    severity: str
    summary: str
    items: tuple[CheckItem, ...] = ()


@dataclass(frozen=True)
class ImportOptions:
    """What the user settled beforehand; `answers` holds replies to questions by their key.

    `field_map` canonical name -> header. `classes` None means the four classes of the plan.
    """

    layer: str = ""
    crs: str = ""
    encoding: str = ""
    field_map: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    classes: Optional[ClassTable] = None
    memory: Mapping[str, Remembered] = field(default_factory=dict)  # by signature of the layout
    context: Context = field(default_factory=Context)

    def answer(self, key: str) -> str:
        """The option of that name, else the answer of that name, else ""."""
        own = {"layer": self.layer, "crs": self.crs, "encoding": self.encoding}.get(key, "")
        return (own or str(self.answers.get(key, "") or "")).strip()


@dataclass(frozen=True)
class Question:
    """Something that is asked, never guessed silently; the most plausible choice stands first."""

    key: str  # one of ANSWER_KEYS
    text: str
    choices: tuple[tuple[str, str], ...]  # (value, label)

    def as_dict(self) -> dict[str, Any]:
        """For REPORT_JSON."""
        return {"key": self.key, "text": self.text, "choices": [{"value": v, "label": t} for v, t in self.choices]}


@dataclass(frozen=True)
class Inspection:
    """A delivery looked at but not imported. `axis` is "xy" (x east) or "yx" (x north)."""

    path: Path
    layers: tuple[str, ...] = ()
    layer: str = ""
    encoding: str = ""
    encoding_reason: str = ""
    crs: str = ""
    crs_reason: str = ""
    fields: tuple[str, ...] = ()
    mapping: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    unit_reason: str = ""
    sample: tuple[Mapping[str, Optional[str]], ...] = ()
    count: int = 0
    questions: tuple[Question, ...] = ()
    findings: tuple[Finding, ...] = ()
    axis: str = "xy"
    geometry_type: str = ""
    columns: tuple[Mapping[str, Any], ...] = ()  # name, type, width, decimals as found
    options: ImportOptions = field(default_factory=ImportOptions)
    recalled: tuple[Recalled, ...] = ()
    signature: str = ""
    traits: tuple[str, ...] = ()  # of the layout, as in `Remembered`
    settled: Mapping[str, str] = field(default_factory=dict)  # every answer in force, to be remembered
    repair: bool = True  # False: rows with an invalid geometry are rejected
    opened_with: Mapping[str, str] = field(default_factory=dict)  # the answers given to `open_layer`
    kind: str = ""  # "" polygons; "centres" a table of centre points; "ids" a table without coordinates
    invalid: tuple[CheckItem, ...] = ()  # geometries that would be repaired, with their areas
    gcj02: bool = False  # coordinates are GCJ-02 and are to be converted
    bounds: tuple[float, ...] = ()  # lon/lat of what was looked at, by the CRS assumed
    preview: tuple[bytes, ...] = ()  # WKB lon/lat of the first patches, by the CRS assumed
    place: str = ""  # where that is, in words


@dataclass(frozen=True)
class AttributeUpdate:
    """Attributes for a patch that the workspace may hold already, every value as delivered."""

    patch_id: str
    attributes: Mapping[str, Optional[str]]
    row: int = 0


@dataclass(frozen=True)
class Rejected:
    """A row that is not imported: its number in the file from 1, its id as found, and why."""

    row: int
    patch_id: str
    code: str
    reason: str


@dataclass(frozen=True)
class Delivery:
    """Checked patches. `sha256` is over the contents of `files` in the order of their names."""

    patches: list[Patch]
    rejected: list[Rejected]
    findings: list[Finding]
    schema: str
    sha256: str
    files: Sequence[Path]
    crs: str
    updates: Sequence[AttributeUpdate] = ()
    rows: Mapping[str, int] = field(default_factory=dict)  # patch_uid -> row in the file from 1
