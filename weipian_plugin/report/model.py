"""What a report is made from: plain values that the workbench fills in and the report package prints.

Areas are 亩 (Decimal or its text) with two decimals unless named `*_m2`. Dates are ISO text.
`SheetJob` survives JSON, so that a child process without the workspace can draw the sheets.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

from ..core.errors import WeipianError, os_reason

if TYPE_CHECKING:
    from ..core.advice import Advice, CheckItem
    from ..core.areas import AreaSummary
    from ..core.certify import CertState
    from ..core.hand_in import HandInFinding
    from ..core.imagery import ImageState
    from ..core.model import Batch, CaseAction, Clue, Judgement, LayerAssignment, OverlayRow, Patch, ViewFrame
    from ..core.proof import LinkedEvidence
    from ..core.registers import RegisterMatch

#: Bumped when a job file changes its meaning.
JOB_SCHEMA = "weipian.sheetjob/1"
#: Sub-folders of one patch in the evidence package (dossier 5.4).
APPROVAL_FOLDER, PHOTO_FOLDER, CASE_FOLDER = "01_审批备案", "02_现场照片", "05_查处整改"
PATCHES_FOLDER = "图斑"
SHEET_NAME = "核查表.pdf"


#: Field of a report -> ids of the answers (resources/rules/<pack>/judgements.yaml) that say the same.
_ANSWERS: Mapping[str, tuple[str, ...]] = {
    "party": ("actor", "household"),
    "approval_no": ("doc_no", "cert_no", "linkage_no", "filing_no", "licence_no"),
    "approval_mu": ("doc_area",),
}


@dataclass(frozen=True)
class PatchReport:
    """One patch as it is reported.

    `summary` is None before the overlay ran. `open_mu` is the illegal area not yet rectified, None
    unless the verdict is 违法. Labels are what the rule pack prints. The texts after `overlay` are
    what nobody but a person knows; those left empty are looked up in `judgement.answers` (see
    :meth:`fact`) and else stay blank.
    """

    patch: Patch
    batch: Batch
    summary: Optional[AreaSummary] = None
    judgement: Optional[Judgement] = None
    evidence: tuple[LinkedEvidence, ...] = ()
    actions: tuple[CaseAction, ...] = ()
    advice: Optional[Advice] = None
    checklist: tuple[CheckItem, ...] = ()
    open_mu: Optional[Decimal] = None
    overlay: tuple[OverlayRow, ...] = ()
    registers: tuple[RegisterMatch, ...] = ()  # entries of approval registers that lie or may lie here
    sub_type_label: str = ""
    patch_type_label: str = ""
    monitor_class_label: str = ""
    closure_missing: tuple[str, ...] = ()
    centroid: Optional[tuple[float, float]] = None  # lon, lat degrees CGCS2000, a point inside the patch
    place: str = ""  # 组/小地名
    grid_person: str = ""  # 网格长/网格员
    actual_use: str = ""  # 实地用途
    project: str = ""  # 项目名称
    party: str = ""  # 用地主体/当事人
    built_on: str = ""  # 建设时间
    approval_no: str = ""  # 审批(备案)文号
    approval_mu: str = ""  # 审批面积
    surveyor: str = ""  # 外业人员
    surveyed_on: str = ""  # 外业日期
    review_note: str = ""  # 审核意见/退回原因
    office: str = ""  # 整改责任科室
    rectify_due: str = ""  # 整改期限
    hand_entered: tuple[str, ...] = ()  # names of figures that a person typed, printed 手填
    family: tuple[str, ...] = ()  # numbers of the children of a split patch, or of the parent of a child
    clue: Optional[Clue] = None  # what is known of a patch that nobody issued
    merged_into: str = ""  # number of the patch that covers this clue
    images: Mapping[str, ImageState] = field(default_factory=dict)  # role -> how it stands on the imagery
    frame: Optional[ViewFrame] = None  # the frame in which it was judged
    hand_in: tuple[HandInFinding, ...] = ()  # what is open at hand-in, and evidence that cannot be believed
    certification: Optional[CertState] = None  # the village's word for what it handed in
    labels: Mapping[str, str] = field(default_factory=dict)  # purpose or kind of document -> what it is called
    previews: Mapping[str, str] = field(default_factory=dict)  # evidence id -> small picture of an undecodable photo
    revisions: tuple[tuple[str, ...], ...] = ()  # lines of 改判清单 (heads: core.revision.HEADS), oldest first

    def fact(self, name: str) -> str:
        """A text field, or the answer of the judgement that says the same, or empty."""
        own = str(getattr(self, name, "") or "")
        if own or self.judgement is None:
            return own
        answers = self.judgement.answers
        texts = (str(answers.get(key) or "") for key in (name, *_ANSWERS.get(name, ())))
        return next((text for text in texts if text.strip()), "")


@dataclass(frozen=True)
class ReportMeta:
    """Who made the report, when, from what. `anchor` is the journal head printed on every sheet."""

    title: str
    workspace_name: str
    scope_label: str
    produced_at: str
    produced_by: str
    anchor: str = ""
    draft: bool = False
    pack_version: str = ""
    pack_label: str = ""
    town_name: str = ""
    draft_reasons: tuple[str, ...] = ()
    cropland: str = "毛面积（含田坎）"  # how 耕地 is counted, as every report states it


@dataclass(frozen=True)
class PhotoItem:
    """One photo on a sheet; texts are ready to print, `path` is absolute. `manual` prints 手工."""

    path: str
    number: str
    taken_at: str = ""
    position: str = ""
    azimuth: str = ""
    manual: bool = False
    purpose: str = ""
    where: str = ""  # how far from the patch and whether it looks there, in words
    verdict: str = ""  # outcome of the worst check (core.proof); empty: not checked
    checks: tuple[tuple[str, str], ...] = ()  # outcome and sentence of what speaks against it, worst first
    good: str = ""  # said when nothing does
    lon: Optional[float] = None  # degrees CGCS2000
    lat: Optional[float] = None
    azimuth_deg: Optional[float] = None  # from true north
    fov_deg: Optional[float] = None
    accuracy_m: Optional[float] = None
    distance_m: Optional[float] = None
    shifted: bool = False  # the position was converted back from GCJ-02
    preview: str = ""  # printed where the photo itself cannot be decoded


@dataclass(frozen=True)
class DocumentItem:
    """One document on a sheet; texts ready to print."""

    kind: str
    number: str = ""
    authority: str = ""
    date: str = ""
    area: str = ""
    valid: str = ""
    name: str = ""
    checks: tuple[tuple[str, str], ...] = ()
    good: str = ""
    shared: int = 0  # how many other patches it proves, too


@dataclass(frozen=True)
class SheetContent:
    """Everything printed on the sheet of one patch, as text. `wkb_hex` is EPSG:4490, empty if none."""

    patch_uid: str
    patch_id: str
    folder: str  # relative to SheetJob.output
    wkb_hex: str = ""
    level: str = ""
    heading: str = ""
    basic: tuple[tuple[str, str], ...] = ()  # label, value
    areas: tuple[tuple[str, str], ...] = ()  # label, 亩
    identity: str = ""
    identity_ok: bool = True
    before_caption: str = ""
    after_caption: str = ""
    batch_id: str = ""
    before_day: str = ""  # day and its source of the image shown, ready to print; empty: taken from the layer
    after_day: str = ""
    before_note: str = ""  # why the image cannot serve, printed in its place or beside its date
    after_note: str = ""
    frame: tuple[float, ...] = ()  # lon, lat, width in m of the frame it was judged in; empty: the usual one
    verdict: str = ""
    verdict_lines: tuple[str, ...] = ()  # 二级类, 依据, 理由 … one paragraph each
    advice_lines: tuple[str, ...] = ()
    checklist: tuple[tuple[bool, str, str], ...] = ()  # done, label, have/need
    case_lines: tuple[str, ...] = ()
    photos: tuple[PhotoItem, ...] = ()
    photo_total: int = 0  # how many there are; a sheet shows the first few
    photo_notes: tuple[str, ...] = ()  # what is said of photos that are not shown
    pairs: tuple[tuple[str, str], ...] = ()  # numbers of photos before and after, from the same viewpoint
    documents: tuple[DocumentItem, ...] = ()
    certificate: str = ""  # the village's word: mark, state and sentence
    certificate_void: bool = False


@dataclass(frozen=True)
class LayerPlan:
    """A layer to draw: role, GDAL source, sub-layer, class field, CRS override, acquisition date."""

    role: str
    source: str
    layer: str = ""
    class_field: str = ""
    crs: str = ""
    taken_on: str = ""
    scheme: str = ""
    batch_id: str = ""  # imagery of one batch; empty: of every batch

    @staticmethod
    def of(assignment: LayerAssignment) -> LayerPlan:
        """The plain form of a layer assignment."""
        return LayerPlan(
            role=assignment.role,
            source=assignment.source,
            layer=assignment.layer,
            class_field=assignment.class_field,
            crs=assignment.crs,
            taken_on=assignment.taken_on,
            scheme=assignment.scheme,
            batch_id=assignment.batch_id,
        )


@dataclass(frozen=True)
class SheetJob:
    """A set of sheets to draw. `landuse` maps DLBM to (name, group); group is cropland, agri, construction, unused."""

    output: str
    meta: ReportMeta
    sheets: tuple[SheetContent, ...] = ()
    layers: tuple[LayerPlan, ...] = ()
    landuse: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    crs: str = ""  # map CRS, e.g. EPSG:4545; empty: the 3-degree zone of the patch

    def to_json(self) -> str:
        """UTF-8 JSON text that :meth:`from_json` reads back to an equal value."""
        return json.dumps({"schema": JOB_SCHEMA, **asdict(self)}, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> SheetJob:
        """Read what :meth:`to_json` wrote.

        Raises:
            WeipianError: E_FILE_UNREADABLE when it is not such a job.
        """
        try:
            raw = json.loads(text)
            schema = raw.pop("schema")
            job = _job(raw)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise WeipianError("E_FILE_UNREADABLE", path="核查表任务", detail=str(error)) from error
        if schema != JOB_SCHEMA:
            raise WeipianError("E_FILE_UNREADABLE", path="核查表任务", detail=f"版本 {schema}")
        return job

    def write(self, path: Path) -> Path:
        """Write the job file and give its path back."""
        path.write_text(self.to_json(), encoding="utf-8")
        return path

    @classmethod
    def read(cls, path: Path) -> SheetJob:
        """Read a job file; see :meth:`from_json` for errors."""
        try:
            return cls.from_json(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise WeipianError("E_FILE_UNREADABLE", path=path, detail=os_reason(error)) from error


@dataclass(frozen=True)
class SheetResult:
    """What became of one sheet: `path` when drawn, `error` (Chinese) when not."""

    patch_id: str
    path: str = ""
    error: str = ""


def _tuples(value: Any) -> Any:
    """JSON lists -> tuples, all the way down."""
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _plain(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _tuples(value) for key, value in raw.items()}


def _sheet(raw: Mapping[str, Any]) -> SheetContent:
    photos = tuple(PhotoItem(**_plain(photo)) for photo in raw["photos"])
    documents = tuple(DocumentItem(**_plain(paper)) for paper in raw["documents"])
    return SheetContent(**{**_plain(raw), "photos": photos, "documents": documents})


def _job(raw: Mapping[str, Any]) -> SheetJob:
    return SheetJob(
        output=raw["output"],
        meta=ReportMeta(**_plain(raw["meta"])),
        sheets=tuple(_sheet(sheet) for sheet in raw["sheets"]),
        layers=tuple(LayerPlan(**_plain(layer)) for layer in raw["layers"]),
        landuse={code: (name, group) for code, (name, group) in raw["landuse"].items()},
        crs=raw["crs"],
    )
