"""The things of the domain as frozen values. Areas are m² (ellipsoidal CGCS2000) unless named *_mu.

Geometry crosses this package only as WKB bytes beside an authority id. Dates are ISO text
(`2026-05-01`), instants ISO text with offset. Vocabulary: dossier section 10.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Optional


class Verdict(str, Enum):
    """Top level of 合法性判定."""

    LEGAL = "legal"
    ILLEGAL = "illegal"
    OTHER = "other"

    @property
    def label(self) -> str:
        """Chinese name as printed."""
        return {"legal": "合法", "illegal": "违法", "other": "其他"}[self.value]


class ReviewStatus(str, Enum):
    """How far a patch has come towards 审核结束 (transitions in `states`)."""

    RECEIVED = "received"
    ASSESSED = "assessed"
    ASSIGNED = "assigned"
    SURVEYED = "surveyed"
    JUDGED = "judged"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    FINISHED = "finished"
    VOID = "void"

    @property
    def label(self) -> str:
        """Chinese name as printed."""
        return _REVIEW_LABELS[self.value]


_REVIEW_LABELS = {
    "received": "已接收",
    "assessed": "已套合",
    "assigned": "已派单",
    "surveyed": "已外核",
    "judged": "已判定",
    "submitted": "已填报",
    "returned": "已退回",
    "finished": "审核结束",
    "void": "作废/图形灭失",
}


class CaseStatus(str, Enum):
    """How far enforcement and rectification have come; only while the verdict is 违法."""

    NONE = "none"
    STOPPED = "stopped"
    FILED = "filed"
    TRANSFERRED = "transferred"
    PENALISED = "penalised"
    ENFORCING = "enforcing"
    RECTIFYING = "rectifying"
    RECTIFIED = "rectified"
    ACCEPTED = "accepted"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """Chinese name as printed."""
        return _CASE_LABELS[self.value]


_CASE_LABELS = {
    "none": "无",
    "stopped": "已制止",
    "filed": "已立案",
    "transferred": "已移交",
    "penalised": "已处罚",
    "enforcing": "催告强执",
    "rectifying": "整改中",
    "rectified": "已整改",
    "accepted": "已验收",
    "closed": "已销号",
}

#: Every role a layer can be given (design section 4).
ROLES: tuple[str, ...] = (
    "landuse",
    "prime_farmland",
    "eco_redline",
    "urban_boundary",
    "plan_zone",
    "approval",
    "supply",
    "title",
    "temp_land",
    "facility_agri",
    "rural_house",
    "mining_right",
    "village",
    "grid",
    "image_before",
    "image_after",
)
#: Pictures among the roles, and all roles that are looked at and not intersected.
IMAGE_ROLES: tuple[str, ...] = ("image_before", "image_after")
LOOKED_AT_ROLES: tuple[str, ...] = (*IMAGE_ROLES, "village", "grid")
ROLE_LABELS: Mapping[str, str] = {
    "landuse": "地类图斑（DLTB）",
    "prime_farmland": "永久基本农田",
    "eco_redline": "生态保护红线",
    "urban_boundary": "城镇开发边界",
    "plan_zone": "规划分区",
    "approval": "农转用批准范围",
    "supply": "供地范围",
    "title": "不动产登记",
    "temp_land": "临时用地",
    "facility_agri": "设施农用地",
    "rural_house": "农村宅基地",
    "mining_right": "矿业权",
    "village": "村界",
    "grid": "网格",
    "image_before": "前时相影像",
    "image_after": "后时相影像",
}
#: Roles that say "somebody approved this land"; overlaps among them are unioned.
APPROVAL_ROLES: tuple[str, ...] = ("approval", "supply", "title", "temp_land", "facility_agri", "rural_house")
#: `class_code` of the land-use pseudo classes: not covered by any parcel, covered twice.
GAP_CODE = "__gap__"
DUPLICATE_CODE = "__dup__"
LEVEL_LABELS: Mapping[int, str] = {1: "一级", 2: "二级", 3: "三级"}
LEVEL_MARKS: Mapping[int, str] = {1: "①", 2: "②", 3: "③"}


@dataclass(frozen=True)
class Batch:
    """A delivery (批次)."""

    batch_id: str
    name: str
    issued_on: Optional[str] = None
    due_on: Optional[str] = None
    source_sha256: str = ""
    source_name: str = ""
    source_schema: str = "{}"
    crs: str = ""
    patch_count: int = 0
    created_at: str = ""
    kind: str = ""  # "clue": found by ourselves, in no issued count
    pack_id: str = ""  # the rule pack chosen for it, empty: the workspace's default
    pack_version: str = ""


#: Batch of the clues that nobody issued (巡查, 网格员报告, 群众举报).
CLUE_BATCH = "clues"


@dataclass(frozen=True)
class Patch:
    """An issued, split or found polygon (图斑). `wkb` is MultiPolygon, lon/lat degrees, EPSG:4490.

    `geometry_source`: issued, drawn, or none (无边界: `wkb` is None, at most a centre point is known).
    `origin`: delivery, patrol, grid, report. `split_state`: "", parent (被拆分), child (拆分).
    """

    patch_uid: str
    patch_id: str
    batch_id: str
    wkb: Optional[bytes] = None
    delivered_wkb: Optional[bytes] = None
    delivered_crs: str = ""
    parent_uid: Optional[str] = None
    split_state: str = ""
    origin: str = "delivery"
    monitor_class: Optional[str] = None
    monitor_level: Optional[int] = None
    level_source: Optional[str] = None
    patch_type: Optional[str] = None
    county_code: Optional[str] = None
    town_name: Optional[str] = None
    village_name: Optional[str] = None
    image_before: Optional[str] = None
    image_after: Optional[str] = None
    geometry_source: str = "issued"
    area_m2: float = 0.0
    issued_area: Optional[float] = None
    issued_unit: Optional[str] = None
    adopted_area_m2: Optional[float] = None
    adopted_source: Optional[str] = None
    source_attributes: Mapping[str, Optional[str]] = field(default_factory=dict)
    review_status: ReviewStatus = ReviewStatus.RECEIVED
    case_status: CaseStatus = CaseStatus.NONE
    assignee: Optional[str] = None
    due_on: Optional[str] = None
    remark: Optional[str] = None
    centre_lon: Optional[float] = None
    centre_lat: Optional[float] = None
    issued_farmland_m2: Optional[float] = None  # 下发的占耕面积, for a township without the layers
    issued_prime_m2: Optional[float] = None
    overlay_mark: Optional[str] = None
    review_source: Optional[str] = None  # what moved the review axis last when it was not a person here
    return_reason: Optional[str] = None

    @property
    def area_in_force(self) -> float:
        """m² that every figure counts with: adopted, else computed, else issued (marked so wherever shown)."""
        if self.adopted_area_m2 is not None:
            return self.adopted_area_m2
        if self.wkb is not None or self.issued_area is None:
            return self.area_m2
        return self.issued_area * SQUARE_METRES.get(self.issued_unit or "", 1.0)


#: m² in one unit of an issued area; 1 亩 = 2000/3 m².
SQUARE_METRES: Mapping[str, float] = {"m2": 1.0, "mu": 2000 / 3, "ha": 10000.0}


@dataclass(frozen=True)
class LayerAssignment:
    """A layer of the user in a role. `source` is a file path (GDAL opens it), `layer` its sub-layer.

    Imagery: `source` may be a folder of rasters (a mosaic) or, with `kind` "tiles", a QGIS provider URI without
    any key; `batch_id` empty means every batch; `taken_on` is a day (ISO), `taken_source` delivery, file or manual.
    """

    role: str
    source: str
    layer: str = ""
    class_field: str = ""
    scheme: str = ""
    crs: str = ""
    taken_on: str = ""
    batch_id: str = ""
    taken_source: str = ""
    kind: str = ""  # "" a file, "folder" a mosaic, "tiles" an XYZ/WMTS service


@dataclass(frozen=True)
class OverlayRow:
    """Patch x layer role x class, m² ellipsoidal. `detail`: attributes of the features met (approvals)."""

    patch_uid: str
    patch_id: str
    role: str
    class_code: str
    area_m2: float
    share: float
    fingerprint: str = ""
    computed_at: str = ""
    net_m2: Optional[float] = None  # land use: without 田坎 (× (1 − KCXS)); None where the layer does not tell
    detail: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class Reissue:
    """A patch that a later delivery holds again. `differences`: what changed, field -> [before, after]."""

    batch_id: str
    patch_uid: str
    change: str  # same | attributes | geometry
    differences: Mapping[str, Sequence[Optional[str]]] = field(default_factory=dict)
    at: str = ""


@dataclass(frozen=True)
class PatchRelation:
    """A patch lies where another one lies: `kind` earlier (往期图斑) or clue; share of the smaller one."""

    patch_uid: str
    other_uid: str
    kind: str
    overlap_m2: float = 0.0
    share: float = 0.0
    reason: str = ""
    at: str = ""


@dataclass(frozen=True)
class Clue:
    """What is known of a patch that nobody issued; instants ISO text, empty when not known."""

    patch_uid: str
    finder: str = ""
    found_at: str = ""
    stopped_at: str = ""
    reported_at: str = ""
    grid_l3: str = ""
    grid_l4: str = ""
    note: str = ""
    by: str = ""
    at: str = ""


@dataclass(frozen=True)
class PlatformStatus:
    """The last state of a patch in the official platform, as its table said (dossier 1.6 A)."""

    patch_uid: str
    fill_state: str = ""
    audit_stage: str = ""
    return_state: str = ""
    return_reason: str = ""
    split_state: str = ""
    opinion: str = ""
    raw: Mapping[str, Optional[str]] = field(default_factory=dict)
    source_name: str = ""
    source_sha256: str = ""
    imported_at: str = ""


@dataclass(frozen=True)
class RegisterEntry:
    """A row of an approval register kept as a table (宅基地审批, 农转用). Area m²; personal columns stay out."""

    entry_id: str
    register: str  # the role it stands in: rural_house, approval …
    holder: str = ""
    doc_no: str = ""
    doc_date: str = ""
    village: str = ""
    approved_m2: Optional[float] = None
    people: Optional[int] = None
    lon: Optional[float] = None
    lat: Optional[float] = None
    attributes: Mapping[str, Optional[str]] = field(default_factory=dict)
    source_name: str = ""
    source_sha256: str = ""
    row_no: int = 0


@dataclass(frozen=True)
class Judgement:
    """A person's decision. `doubt` (存疑) may stand beside a verdict or alone (verdict None)."""

    patch_uid: str
    verdict: Optional[Verdict]
    doubt: bool = False
    sub_type: str = ""
    basis: str = ""
    rule_ids: tuple[str, ...] = ()
    pack_version: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    advice: str = ""
    against_reason: str = ""
    by: str = ""
    at: str = ""
    judgement_id: str = ""
    pack_id: str = ""
    role: str = ""  # filler or checker: what the person was at that moment
    seen: str = ""  # which imagery had been on the screen: after, before+after; empty: not known


@dataclass(frozen=True)
class ImageProblem:
    """Why the imagery of a patch cannot serve: `role` image_before or image_after, `reason` a code of the pack."""

    patch_uid: str
    role: str
    reason: str
    note: str = ""
    by: str = ""
    at: str = ""


@dataclass(frozen=True)
class ViewFrame:
    """The frame in which a patch was judged, for the report: centre lon/lat in degrees, width on the ground in m."""

    patch_uid: str
    lon: float
    lat: float
    width_m: float
    by: str = ""
    at: str = ""


@dataclass(frozen=True)
class CaseAction:
    """A step of enforcement or rectification; see `states.CASE_ACTIONS` for the kinds.

    Areas are text in 亩 (decimal, two places) as the clerk entered them, empty when not given.
    """

    patch_uid: str
    kind: str
    date: str
    doc_no: str = ""
    office: str = ""
    person: str = ""
    way: str = ""  # demolish | regularise | confiscate | mining
    demolished_mu: str = ""
    reclaimed_mu: str = ""
    regularised_mu: str = ""
    note: str = ""
    evidence_ids: tuple[str, ...] = ()
    action_id: str = ""
    by: str = ""
    at: str = ""
