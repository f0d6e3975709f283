"""Checks of documents; areas and days worked out by hand (1 亩 = 2000/3 m²)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from weipian_plugin.core.dates import parse_date
from weipian_plugin.core.document_checks import LandUse, Paper, check_document, number_key
from weipian_plugin.core.proof import Evidence
from weipian_plugin.core.proof_limits import Limits
from weipian_plugin.workbench.packs import load_pack

LIMITS = Limits.of(load_pack(Path(__file__).resolve().parents[2] / "resources" / "rules" / "national-2023"))
MU = 2000 / 3


def document(**more) -> Evidence:
    base = {"doc_no": "渝府地〔2024〕12号", "doc_date": "2024-03-01", "doc_area_mu": "8.00"}
    return Evidence("d1", "document", "0" * 64, "批文.pdf", **{**base, **more})


def outcomes(item: Evidence, **more) -> dict:
    base = {"purpose": "approval_doc", "area_m2": 6 * MU, "patch_id": "A1", "today": "2026-07-01"}
    return {check.id: check for check in check_document(item, Paper(**{**base, **more}), LIMITS)}


def test_an_approval_in_order():
    found = outcomes(document(valid_until="2027-03-01"), built=parse_date("2025-05"), outside_m2=0.0)
    assert {key: check.outcome for key, check in found.items()} == dict.fromkeys(
        ("doc_reused", "doc_date", "doc_area", "doc_valid", "doc_outline"), "ok"
    )


@pytest.mark.parametrize(
    ("approved", "outcome"),
    [
        (Decimal("14.00"), "note"),  # 6 + 5.5 + 2.5: just enough, 一举多用
        (Decimal("13.99"), "note"),  # within 0.01 亩
        (Decimal("13.98"), "bad"),
        (None, "note"),
    ],
)
def test_one_document_for_several_patches_is_judged_by_area(approved, outcome):
    uses = (LandUse("u2", "A2", 5.5 * MU, 300.0), LandUse("u3", "A3", 2.5 * MU, 40.0))
    check = outcomes(document(), uses=uses, approved_mu=approved)["doc_reused"]
    assert check.outcome == outcome
    assert check.numbers["used_mu"] == "14.00"
    assert check.patches == ("A2", "A3")


def test_far_apart_is_said():
    uses = (LandUse("u2", "A2", 1 * MU, 5200.0),)
    assert outcomes(document(), uses=uses, approved_mu=Decimal(8))["doc_reused"].outcome == "warn"
    assert "5.2 公里" in outcomes(document(), uses=uses, approved_mu=Decimal(8))["doc_reused"].text


@pytest.mark.parametrize(
    ("built", "after", "outcome"),
    [
        ("2024-02", "", "warn"),  # 补办
        ("2024-03-01", "", "ok"),
        ("2024-03", "", "ok"),  # the first of March is no later than any day of March
        ("2024", "", "note"),  # a day within the year
        ("2025", "", "ok"),
        ("", "2024-02-10", "warn"),
        ("", "2025-02-10", "note"),
    ],
)
def test_an_approval_after_building_is_no_original_one(built, after, outcome):
    found = outcomes(document(), built=parse_date(built), image_after=after)
    assert found["doc_date"].outcome == outcome


def test_a_day_to_come_is_wrong_on_any_document():
    assert outcomes(document(doc_date="2026-07-02"))["doc_date"].outcome == "bad"
    assert outcomes(document(doc_date="2026-07-02"), purpose="stop_notice")["doc_date"].outcome == "bad"
    assert outcomes(document(), purpose="stop_notice", built=parse_date("2024-02")) == {}


@pytest.mark.parametrize(
    ("granted", "beside", "outcome"),
    [("6.00", "0", "ok"), ("5.99", "0", "ok"), ("5.98", "0", "warn"), ("5.00", "1.00", "note"), ("", "0", "unknown")],
)
def test_area(granted, beside, outcome):
    check = outcomes(document(doc_area_mu=granted), beside_mu=Decimal(beside))["doc_area"]
    assert check.outcome == outcome
    assert check.numbers["used_mu"] == "6.00"


@pytest.mark.parametrize(
    ("until", "built", "outcome"),
    [
        ("2026-06-30", "", "warn"),
        ("2026-07-01", "", "ok"),
        ("2024-12-31", "2025-01", "bad"),
        ("2025-06-01", "2025-01", "warn"),
    ],
)
def test_validity(until, built, outcome):
    assert outcomes(document(valid_until=until), built=parse_date(built))["doc_valid"].outcome == outcome


def test_a_paper_that_runs_out_needs_its_last_day():
    assert outcomes(document(), purpose="temp_land_doc")["doc_valid"].outcome == "unknown"
    assert "doc_valid" not in outcomes(document())


@pytest.mark.parametrize(("outside", "outcome"), [(9.0, "ok"), (11.0, "warn"), (6 * MU, "bad")])
def test_outline(outside, outcome):
    assert outcomes(document(), outside_m2=outside)["doc_outline"].outcome == outcome


def test_numbers_are_the_same_however_their_brackets_are_written():
    assert number_key("渝府地〔2024〕12号") == number_key(" 渝府地(2024) 12号") == number_key("渝府地【2024】12号")
    assert number_key("渝府地〔2024〕12号") != number_key("渝府地〔2024〕13号")
