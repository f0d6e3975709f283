"""What the panel, the map and the large view say of a file, in the same words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from ..core.proof import Evidence, LinkedEvidence
from . import check_marks

_SOURCES = {"manual": "手工", "inferred": "推断"}
_CONFIDENCE = {"high": "把握大", "medium": "把握一般", "low": "把握小"}
_REFS = {"T": "真北", "M": "磁北"}


def distance_text(metres: float) -> str:
    """Metres as they are, kilometres above one."""
    return f"{metres:.0f} m" if metres < 1000 else f"{metres / 1000:.1f} km"


def caption(link: LinkedEvidence) -> tuple[str, str]:
    """(what the picture sees, tone): azimuth, distance, whether it looks at the patch, 手工.

    An unknown azimuth is said to be unknown and never shown as 0°.
    """
    evidence = link.evidence
    if evidence.kind != "photo":
        return (evidence.doc_no or "文件"), "muted"
    azimuth = "方位？" if evidence.azimuth is None else f"{evidence.azimuth:.0f}°"
    distance = "" if link.distance_m is None else f" {distance_text(link.distance_m)}"
    hand = " 手工" if evidence.source == "manual" else ""
    if link.looks_at is None:
        why = " ？" if evidence.lon is not None else " 无定位"
        return azimuth + distance + why + hand, "muted"
    mark, name = (" ✔", "good") if link.looks_at else (" ✖未指向", "warn")
    return azimuth + distance + mark + hand, name


def when(evidence: Evidence) -> str:
    """The instant of a photo to the minute, as it was on the clock there; empty when unknown."""
    return (evidence.taken_at or "")[:16].replace("T", " ")


def document_line(evidence: Evidence) -> str:
    """Number, authority, date, area and validity of a document, as far as they are known."""
    parts = [evidence.doc_authority, evidence.doc_no, evidence.doc_date]
    parts.append(f"{evidence.doc_area_mu} 亩" if evidence.doc_area_mu else "")
    parts.append(f"有效期至 {evidence.valid_until}" if evidence.valid_until else "")
    return " · ".join(part for part in parts if part)


def purpose_text(purpose: str, purposes: Mapping[str, str]) -> str:
    """What a file proves, in words; a file whose kind nobody has said yet proves nothing in particular."""
    return purposes.get(purpose, "用途未注明")


def tip(link: LinkedEvidence, purposes: Optional[Mapping[str, str]] = None) -> str:
    """Everything known about a file, line by line, its checks last."""
    evidence = link.evidence
    lines = [evidence.original_name, (purposes or {}).get(link.purpose, "")]
    lines.append(caption(link)[0] if evidence.kind == "photo" else document_line(evidence))
    lines.append(f"拍摄 {when(evidence)}" if evidence.taken_at else "")
    lines.append(check_marks.plain(link.checks))
    return "\n".join(line for line in lines if line)


def facts(link: LinkedEvidence, purposes: Mapping[str, str]) -> list[tuple[str, str]]:
    """(label, value) of what is understood of a photo; what is not known is said to be unknown."""
    item = link.evidence
    rows = [
        ("用途", purpose_text(link.purpose, purposes)),
        ("拍摄时间", when(item) or "不明"),
        ("拍摄位置", _position(item)),
        ("方位角", _azimuth(item)),
        ("距图斑边界", "不明" if link.distance_m is None else distance_text(link.distance_m)),
        ("视场角", f"{item.fov_deg:.0f}°" if item.fov_deg else "照片没有写，按 65° 画（虚线）"),
        ("海拔", "" if item.altitude_m is None else f"{item.altitude_m:.0f} m"),
        ("设备", item.camera or str(item.checks.get("camera") or "")),
        ("像素", f"{item.width} × {item.height}" if item.width and item.height else ""),
        ("软件", str(item.facts.get("software") or "")),
        ("也用于", "、".join(f"…{number[-4:]}" for number in link.shared)),
        ("归到这里", "，".join(text for text in (link.reason, _CONFIDENCE.get(link.confidence, "")) if text)),
        ("附上", " ".join(text for text in (item.added_at[:16].replace("T", " "), item.added_by) if text)),
    ]
    return [(label, value) for label, value in rows if value]


def _position(item: Evidence) -> str:
    if item.lon is None or item.lat is None:
        return "不明（没有定位）"
    parts = [f"{item.lon:.6f}, {item.lat:.6f}"]
    parts.append(f"±{item.accuracy_m:.0f} m" if item.accuracy_m else "")
    parts.append(_SOURCES.get(item.source, ""))
    parts.append("已由 GCJ-02 换算" if item.shift == "gcj02" else "")
    return " ".join(part for part in parts if part)


def _azimuth(item: Evidence) -> str:
    if item.azimuth is None:
        return "不明"
    text = f"{item.azimuth:.0f}°"
    if item.source == "manual":
        return f"{text} 手工"
    if item.declination is not None and item.azimuth_raw is not None:
        return f"{text}（磁北 {item.azimuth_raw:.0f}°，磁偏角 {item.declination:+.1f}°）"
    return text + (f"（{_REFS[item.azimuth_ref]}）" if item.azimuth_ref in _REFS else "")
