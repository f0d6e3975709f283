"""Evidence: a file that proves something for a patch, what is known of it, and how far it can be believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Optional

#: Outcomes of a check, from good to bad. "unknown": the fact that it needs is not there.
OK, NOTE, WARN, BAD, UNKNOWN = "ok", "note", "warn", "bad", "unknown"
#: What photo facts come from; `manual` is printed 手工 wherever it is shown.
EXIF, INFERRED, MANUAL = "exif", "inferred", "manual"


@dataclass(frozen=True)
class Check:
    """One test of a piece of evidence: what was measured, and a plain sentence. It never blocks work.

    `id` names the test (looks_at, distance, time_window, place, speed, azimuth, same_azimuth, same_file,
    same_picture, edited, clock, gcj02; documents: doc_reused, doc_date, doc_area, doc_valid, doc_outline);
    `numbers` are the figures behind the sentence, with their unit in the name (distance_m, share …);
    `others` are evidence ids that it speaks of, `patches` numbers of patches that it speaks of.
    """

    id: str
    outcome: str
    text: str
    numbers: Mapping[str, Any] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    patches: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Evidence:
    """A file in the evidence store. `azimuth` degrees clockwise from true north, None if unknown (never 0).

    Lengths in metres, angles in degrees, position lon/lat CGCS2000 (WGS84 is the same to a metre). `facts` is all
    that the file says of itself besides (see `photos.exif.PhotoFacts.more`); `match` is why it lies where it
    lies: {reason, confidence, candidates: [patch_uid …]}.
    """

    evidence_id: str
    kind: str  # photo | document
    sha256: str
    original_name: str
    taken_at: Optional[str] = None
    lon: Optional[float] = None
    lat: Optional[float] = None
    azimuth: Optional[float] = None
    azimuth_ref: Optional[str] = None
    accuracy_m: Optional[float] = None
    source: str = EXIF
    checks: Mapping[str, object] = field(default_factory=dict)
    doc_no: str = ""
    doc_date: str = ""
    doc_area_mu: str = ""
    added_at: str = ""
    added_by: str = ""
    width: Optional[int] = None  # pixels as stored, before turning
    height: Optional[int] = None
    orientation: Optional[int] = None  # EXIF 1–8
    camera: str = ""
    fov_deg: Optional[float] = None  # horizontal field of view of the upright picture, None: not known
    altitude_m: Optional[float] = None
    azimuth_raw: Optional[float] = None  # as the file has it, before the declination
    declination: Optional[float] = None  # added to azimuth_raw; None: nothing was added
    phash: str = ""  # photos.likeness, hex; empty: the picture could not be decoded
    shift: str = ""  # "gcj02": lon/lat were converted back from GCJ-02, the original stands in facts
    facts: Mapping[str, Any] = field(default_factory=dict)
    match: Mapping[str, Any] = field(default_factory=dict)
    parent_id: str = ""  # the document that an approval vector belongs to
    doc_kind: str = ""  # a requirement id of the pack: what kind of document it is
    doc_authority: str = ""  # 批准机关
    valid_until: str = ""  # last day of validity, ISO; empty: not limited or not known
    outline: Optional[bytes] = None  # approved boundary, MultiPolygon WKB EPSG:4490


@dataclass(frozen=True)
class LinkedEvidence:
    """Evidence as one patch sees it: what it proves, how far the camera stood, whether it looks there."""

    evidence: Evidence
    purpose: str  # a requirement id of the evidence matrix, e.g. site_photo, approval_doc, after_photo
    distance_m: Optional[float] = None
    looks_at: Optional[bool] = None  # None: cannot be known
    path: str = ""
    checks: tuple[Check, ...] = ()
    confidence: str = ""  # high | medium | low as matched; empty: laid here by a person
    reason: str = ""  # why it was laid here
    pair: str = ""  # evidence id of the photo from the same viewpoint before/after rectification
    shared: tuple[str, ...] = ()  # numbers of other patches that the same file is linked to

    def bad(self, *ids: str) -> Optional[Check]:
        """The first of these checks that came out bad, None when none did."""
        return next((check for check in self.checks if check.id in ids and check.outcome == BAD), None)


@dataclass(frozen=True)
class Likeness:
    """Two photos show the same picture: `kind` same_picture (re-encoded, resized) or cropped; score 0–1."""

    evidence_id: str
    other_id: str
    kind: str
    score: float
    at: str = ""


@dataclass(frozen=True)
class Dispatch:
    """派单: who goes to a patch and until when (立即安排专人). Days ISO; the person also stands in patch.assignee."""

    patch_uid: str
    person: str
    village: str = ""
    due_on: str = ""
    note: str = ""
    by: str = ""
    at: str = ""


@dataclass(frozen=True)
class Certificate:
    """A village's word for the truth of what was handed in (各村对真实性和准确性负责).

    Made when its list is printed; `number` is printed as text and QR. It holds when it is signed (`signed_on`,
    `evidence_id` of the scan) and not withdrawn, for each patch whose digest is still what was signed.
    """

    certificate_id: str
    number: str
    village: str
    batch_id: str = ""
    made_at: str = ""
    made_by: str = ""
    signed_by: str = ""
    signed_on: str = ""
    evidence_id: str = ""
    by: str = ""
    at: str = ""
    withdrawn: int = 0


@dataclass(frozen=True)
class Certified:
    """One patch of a certificate with the digest of its evidence and field facts as they were signed for."""

    certificate_id: str
    patch_uid: str
    digest: str
    summary: str = ""  # what the digest covered, in words, to say what changed
