"""Reports of invented patches with hand-calculable figures, shared by the report tests."""

from __future__ import annotations

from decimal import Decimal

from weipian_plugin.core.areas import AreaSummary
from weipian_plugin.core.model import Batch, CaseAction, CaseStatus, Judgement, Patch, ReviewStatus, Verdict
from weipian_plugin.core.proof import Evidence, LinkedEvidence
from weipian_plugin.report.model import PatchReport, ReportMeta

BATCH = Batch("b1", "七月一批", issued_on="2026-07-01", due_on="2026-07-20")
META = ReportMeta(
    title="古路镇2026年第3季度卫片执法",
    workspace_name="古路镇",
    scope_label="七月一批",
    produced_at="2026-07-10T09:00:00+08:00",
    produced_by="张三",
    anchor="0123456789abcdef" * 4,
    pack_version="2026.1",
    pack_label="通用规则包",
    town_name="古路镇",
)


def summary(
    total: str, crop: str, agri: str = "0", unused: str = "0", built: str = "0", **more: Decimal
) -> AreaSummary:
    return AreaSummary(
        total=Decimal(total),
        has_landuse=True,
        cropland=Decimal(crop),
        agri_other=Decimal(agri),
        unused=Decimal(unused),
        construction=Decimal(built),
        classes=(("0103", "旱地", Decimal(crop)),),
        **more,
    )


def report(number: int, **more) -> PatchReport:
    """A patch of 3.00 亩 = 1.50 + 1.00 + 0.25 + 0.25, level 1 + number % 3, village 甲村 or 乙村."""
    uid = f"u{number}"
    verdict = more.pop("verdict", None)
    judgement = more.pop("judgement", None)
    if verdict is not None:
        judgement = Judgement(uid, verdict, sub_type="厂房类", basis="现场核实", by="张三", at="2026-07-05")
    patch_fields = {
        "monitor_level": 1 + number % 3,
        "village_name": "甲村" if number % 2 else "乙村",
        "area_m2": 2000.0,
        "issued_area": 2000.0,
        "issued_unit": "m2",
        "image_before": "2025-12",
        "image_after": "2026-06",
        "review_status": ReviewStatus.JUDGED,
        **more.pop("patch", {}),
    }
    patch_id = more.pop("patch_id", f"500112202607{number:04d}")
    return PatchReport(
        patch=Patch(uid, patch_id, "b1", **patch_fields),
        batch=BATCH,
        judgement=judgement,
        summary=more.pop("summary", summary("3.00", "1.50", "1.00", "0.25", "0.25", prime=Decimal("0.40"))),
        **more,
    )


def rectified(number: int, way: str, **areas: str) -> PatchReport:
    """An illegal patch whose rectification leaves nothing open."""
    action = CaseAction(f"u{number}", "rectified", "2026-08-01", doc_no="补〔2026〕1号", way=way, **areas)
    return report(
        number,
        verdict=Verdict.ILLEGAL,
        actions=(CaseAction(f"u{number}", "stop", "2026-07-06", doc_no="停〔2026〕1号"), action),
        open_mu=Decimal("0.00"),
        patch={"case_status": CaseStatus.RECTIFIED},
    )


def photo(number: int = 1, **more) -> LinkedEvidence:
    fields = {"taken_at": "2026-07-03T10:20:30", "lon": 106.71, "lat": 29.87, "azimuth": 92.4, **more}
    path = fields.pop("path", "")
    purpose = fields.pop("purpose", "site_photo")
    evidence = Evidence(f"e{number}", "photo", "ab" * 32, f"IMG_{number}.jpg", **fields)
    return LinkedEvidence(evidence, purpose, 35.0, True, path)


def mixed() -> list[PatchReport]:
    """Three rectified in three ways, one still open, one legal, one other, one unjudged."""
    return [
        rectified(1, "demolish", demolished_mu="3.00", reclaimed_mu="3.00"),
        rectified(2, "regularise", regularised_mu="3.00"),
        rectified(3, "both", demolished_mu="1.00", regularised_mu="2.00"),
        report(4, verdict=Verdict.ILLEGAL, open_mu=Decimal("3.00"), patch={"case_status": CaseStatus.STOPPED}),
        report(5, verdict=Verdict.LEGAL, approval_no="渝府地〔2025〕12号", evidence=(photo(),)),
        report(6, verdict=Verdict.OTHER),
        report(7, summary=None, patch={"monitor_level": None, "village_name": None}),
    ]
