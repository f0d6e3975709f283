"""What a document proves by the words in its name, as villages and offices call their papers."""

from __future__ import annotations

from pathlib import Path

import pytest

from weipian_plugin.workbench.evidence_in import purpose_of
from weipian_plugin.workbench.session import Session


@pytest.mark.parametrize(
    ("name", "purpose"),
    [
        ("设施农用地备案材料.pdf", "facility_filing"),
        ("古路镇设施农用地备案表.pdf", "facility_filing"),  # 表 instead of 材料
        ("临时用地批复〔2018〕9号.docx", "temp_land_doc"),  # 批复 instead of 批文
        ("临时用地复垦方案.pdf", "reclaim_plan"),  # what is named in full goes first
        ("宅基地情况说明.docx", "explanation"),
        ("宅基地批准书.pdf", "house_approval"),
        ("扫描件1.pdf", "document"),
        ("材料.pdf", "document"),
    ],
)
def test_a_document_is_known_by_its_name(tmp_path: Path, name: str, purpose: str) -> None:
    with Session.create(tmp_path / "工作区", "古路镇", "张经办") as session:
        assert purpose_of("document", name, session.pack) == purpose
