"""The evidence package: files under the names of dossier 5.4, 照片清单.csv and manifest.json."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Optional

from ..core.check_words import PHOTO_CHECKS, WORDS, spoken, worst
from ..core.errors import WeipianError, os_reason
from ..core.feedback import Feedback, stop_if_cancelled
from ..core.hashing import file_sha256
from ..core.names import safe_name, unique_names
from ..core.proof import LinkedEvidence
from .contents import patch_folders
from .facts import CASE_PURPOSES
from .model import APPROVAL_FOLDER, CASE_FOLDER, PHOTO_FOLDER, PatchReport, ReportMeta

MANIFEST, PHOTO_LIST = "manifest.json", "照片清单.csv"
MANIFEST_SCHEMA = "weipian.manifest/1"
_SOURCES = {"exif": "照片自带", "inferred": "推断", "manual": "手工"}
_LIST_HEADERS = (
    "图斑编号", "村(社区)", "序号", "用途", "文件", "原文件名", "拍摄时间", "经度", "纬度", "方位角", "方位角基准",
    "距图斑(米)", "朝向图斑", "信息来源", "sha256", "举证编号", "核对结论", "归图斑把握", "归图斑依据", "视场角",
    "位置误差(米)", "坐标换算", "同一文件还用于", "相同画面的举证", "整改前后对应照片",
    *(f"核对：{name}" for name in PHOTO_CHECKS.values()),
)  # fmt: skip
_CONFIDENCE = {"high": "高", "medium": "中", "low": "低"}
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


@dataclass(frozen=True)
class CopiedFile:
    """One evidence file in the package; `path` is relative to the export, empty when it is missing."""

    patch_uid: str
    evidence_id: str
    number: int
    path: str
    error: str = ""


def copy_evidence(folder: Path, reports: Sequence[PatchReport], feedback: Feedback) -> list[CopiedFile]:
    """Copy the linked files of each patch into its three folders; a missing file is reported, not fatal.

    Raises:
        WeipianError: E_WRITE, E_CANCELLED.
    """
    places = patch_folders(reports)
    copied: list[CopiedFile] = []
    for index, report in enumerate(reports):
        stop_if_cancelled(feedback)
        base = folder / places[report.patch.patch_uid]
        for sub in (APPROVAL_FOLDER, PHOTO_FOLDER, CASE_FOLDER):
            _make(base / sub)
        names = unique_names([_file_name(report, number, e) for number, e in enumerate(report.evidence, 1)], 120)
        for number, (linked, name) in enumerate(zip(report.evidence, names), 1):
            copied.append(_copy(folder, base / sub_folder(linked) / name, report, number, linked))
        feedback.progress(100 * (index + 1) / len(reports))
    return copied


def sub_folder(linked: LinkedEvidence) -> str:
    """Which of the three folders of a patch a file belongs to."""
    if linked.purpose in CASE_PURPOSES:
        return CASE_FOLDER
    return PHOTO_FOLDER if linked.evidence.kind == "photo" else APPROVAL_FOLDER


def _file_name(report: PatchReport, number: int, linked: LinkedEvidence) -> str:
    """Photos: {图斑编号}_{村}_{01}_{方位角}_{yyyymmddHHMM}.jpg; documents: number and their own name."""
    shot = linked.evidence
    suffix = Path(linked.path or shot.original_name).suffix.lower()
    if shot.kind != "photo":
        return f"{number:02d}_{safe_name(Path(shot.original_name).stem, 60)}{suffix}"
    azimuth = f"{round(shot.azimuth) % 360:03d}" if shot.azimuth is not None else "方位不明"
    digits = re.sub(r"\D", "", (shot.taken_at or "")[:16])
    parts = (report.patch.patch_id, report.patch.village_name or "", f"{number:02d}", azimuth, digits or "时间不明")
    return safe_name("_".join(part for part in parts if part), 100) + suffix


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WeipianError("E_WRITE", path=folder, detail=os_reason(error)) from error


def _copy(folder: Path, target: Path, report: PatchReport, number: int, linked: LinkedEvidence) -> CopiedFile:
    uid, evidence_id = report.patch.patch_uid, linked.evidence.evidence_id
    source = Path(linked.path) if linked.path else None
    if source is None or not source.is_file():
        missing = WeipianError("E_EVIDENCE_MISSING", name=linked.evidence.original_name)
        return CopiedFile(uid, evidence_id, number, "", missing.message)
    try:
        shutil.copy2(source, target)
    except OSError as error:
        raise WeipianError("E_WRITE", path=target, detail=os_reason(error)) from error
    if file_sha256(target) != linked.evidence.sha256:
        note = f"文件内容与登记的校验值不一致：{linked.evidence.original_name}"
        return CopiedFile(uid, evidence_id, number, target.relative_to(folder).as_posix(), note)
    return CopiedFile(uid, evidence_id, number, target.relative_to(folder).as_posix())


def write_photo_list(folder: Path, reports: Sequence[PatchReport], copied: Sequence[CopiedFile] = ()) -> Path:
    """照片清单.csv, UTF-8 with BOM so that Excel reads it; no cell can become a formula.

    Raises:
        WeipianError: E_WRITE.
    """
    files = {(item.patch_uid, item.evidence_id): item.path for item in copied}
    path = folder / PHOTO_LIST
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(_LIST_HEADERS)
            for report in reports:
                photos = [linked for linked in report.evidence if linked.evidence.kind == "photo"]
                for number, linked in enumerate(photos, 1):
                    place = files.get((report.patch.patch_uid, linked.evidence.evidence_id), "")
                    writer.writerow([csv_cell(text) for text in _photo_row(report, number, linked, place)])
    except OSError as error:
        raise WeipianError("E_WRITE", path=path, detail=os_reason(error)) from error
    return path


def _photo_row(report: PatchReport, number: int, linked: LinkedEvidence, place: str) -> list[str]:
    shot = linked.evidence
    facing = {True: "是", False: "否", None: "无法判断"}[linked.looks_at]
    return [
        report.patch.patch_id,
        report.patch.village_name or "",
        str(number),
        linked.purpose,
        place,
        shot.original_name,
        shot.taken_at or "",
        "" if shot.lon is None else f"{shot.lon:.7f}",
        "" if shot.lat is None else f"{shot.lat:.7f}",
        "" if shot.azimuth is None else f"{shot.azimuth:.1f}",
        {"T": "真北", "M": "磁北"}.get(shot.azimuth_ref or "", ""),
        "" if linked.distance_m is None else f"{linked.distance_m:.0f}",
        facing,
        _SOURCES.get(shot.source, shot.source),
        shot.sha256,
        shot.evidence_id,
        WORDS[worst(linked.checks)] if linked.checks else "未核对",
        _CONFIDENCE.get(linked.confidence, linked.confidence or "人工"),
        linked.reason,
        "" if shot.fov_deg is None else f"{shot.fov_deg:.0f}",
        "" if shot.accuracy_m is None else f"{shot.accuracy_m:.0f}",
        "由 GCJ-02 换算" if shot.shift else "",
        "、".join(linked.shared),
        "、".join(other for check in linked.checks if check.id == "same_picture" for other in check.others),
        linked.pair,
        *(_outcome(linked, name) for name in PHOTO_CHECKS),
    ]


def _outcome(linked: LinkedEvidence, name: str) -> str:
    """What a check found, in words; empty when it was not made."""
    return "；".join(spoken(check).split(" ", 1)[1] for check in linked.checks if check.id == name)


def csv_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula: those get a leading apostrophe, numbers stay numbers."""
    if text.startswith(_DANGEROUS) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def write_manifest(folder: Path, meta: ReportMeta, extra: Optional[Mapping[str, object]] = None) -> Path:
    """manifest.json: sha256 and size of every other file of the export, and who made it from which journal head.

    Raises:
        WeipianError: E_WRITE.
    """
    path = folder / MANIFEST
    try:
        files = sorted(item for item in folder.rglob("*") if item.is_file() and item != path)
        listed = [
            {"path": item.relative_to(folder).as_posix(), "bytes": item.stat().st_size, "sha256": file_sha256(item)}
            for item in files
        ]
        body = {"schema": MANIFEST_SCHEMA, "meta": asdict(meta), **(extra or {}), "files": listed}
        path.write_text(json.dumps(body, ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError as error:
        raise WeipianError("E_WRITE", path=path, detail=os_reason(error)) from error
    return path
