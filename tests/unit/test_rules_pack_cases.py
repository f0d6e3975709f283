"""Every shipped pack carries test cases of its own and passes them; a wrong expectation is found."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from weipian_plugin.workbench.pack_cases import CaseResult, run_cases
from weipian_plugin.workbench.pack_checks import check_pack
from weipian_plugin.workbench.pack_files import CASES
from weipian_plugin.workbench.pack_yaml import Problems, read_yaml
from weipian_plugin.workbench.packs import load_pack

RULES = Path(__file__).resolve().parents[2] / "resources" / "rules"
PACKS = sorted(path.parent for path in RULES.glob("*/pack.yaml"))
LEAST = {"national-2023": 25}


def cases_of(folder: Path) -> list[CaseResult]:
    problems = Problems()
    raw = (folder / CASES).read_bytes()
    found = run_cases(load_pack(folder), read_yaml(f"{folder.name}/{CASES}", raw, problems), problems)
    assert list(map(str, problems)) == []
    return found


ALL = [
    pytest.param(folder, case, id=f"{folder.name}-{case.id}")
    for folder in PACKS
    for case in (cases_of(folder) if (folder / CASES).is_file() else [])
]


@pytest.mark.parametrize(("folder", "case"), ALL)
def test_case_of_a_pack(folder, case):
    assert case.differences == (), f"{folder.name}/{CASES} 第 {case.line} 行 {case.label}"


@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_every_pack_carries_cases(folder):
    assert len(cases_of(folder)) >= LEAST.get(folder.name, 8)


@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_every_shipped_pack_is_right(folder):
    found = check_pack(str(folder))
    assert [str(problem) for problem in found.problems] == []
    assert found.ok


@pytest.fixture
def copy(tmp_path):
    return Path(shutil.copytree(RULES / "national-2023", tmp_path / "pack"))


CASE = """cases:
  - id: x
    label: 没有手续
    source: P
    basis: J2
    facts:
      area: 12
      landuse: {"0103": 12}
      layers: {prime_farmland: 0, eco_redline: 0, approval: 0, temp_land: 0, facility_agri: 0}
    expect: {leaning: illegal, doubt: false, sub_type: "", rules: [R-02], not_rules: [R-07], says: [12.00 亩]}
"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("leaning: illegal", "leaning: legal", "倾向应为“合法”，实际“违法”"),
        ("leaning: illegal", "never: [illegal]", "不应倾向“违法”"),
        ("doubt: false", "doubt: true", "应当存疑，实际不存疑"),
        ('sub_type: ""', "sub_type: illegal_homestead", "二级类应为 illegal_homestead"),
        ("rules: [R-02], not", "rules: [R-13], not", "应当提到规则 R-13"),
        ("not_rules: [R-07]", "not_rules: [R-10]", "不应提到规则 R-10"),
        ("says: [12.00 亩]", "says: [13.00 亩]", "理由里应当有“13.00 亩”"),
        ("doubt: false", "lacks: [月球照片]", "缺少的材料里应当有 月球照片"),
    ],
)
def test_a_case_that_does_not_come_out_is_told(copy, old, new, words):
    (copy / CASES).write_text(CASE, encoding="utf-8")
    assert check_pack(str(copy)).ok
    (copy / CASES).write_text(CASE.replace(old, new, 1), encoding="utf-8")
    found = check_pack(str(copy))
    assert found.problems == ()
    assert not found.ok
    (failed,) = found.failed
    assert failed.line == 2
    assert any(words in text for text in failed.differences), failed.differences


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("area: 12\n", "area: 十二\n", 7, "数字"),
        ("area: 12\n", "aera: 12\n", 7, "area"),
        ('"0103": 12', '"9999": 12', 8, "9999"),
        ("eco_redline: 0", "eco_redlin: 0", 9, "eco_redline"),
        ("rules: [R-02]", "rules: [R-002]", 10, "R-02"),
        ("leaning: illegal", "leaning: illegall", 10, "illegal"),
        ("basis: J2", "basis:", 5, "basis"),
        ("source: P", "source: X", 4, "P"),
        ("landuse: {", 'answers: {road_widht: 2}\n      landuse: {', 8, "road_width"),
        ("landuse: {", 'answers: {changed: 变了}\n      landuse: {', 8, "是"),
        ("landuse: {", 'attributes: {supply: {PZSJ: "2024"}}\n      landuse: {', 8, "supply"),
    ],
)  # fmt: skip
def test_a_case_that_is_written_wrongly_names_its_line(copy, old, new, line, words):
    (copy / CASES).write_text(CASE.replace(old, new, 1), encoding="utf-8")
    found = check_pack(str(copy))
    assert not found.ok
    assert any(p.line == line and words in p.message and p.file.endswith(CASES) for p in found.problems), [
        str(p) for p in found.problems
    ]


def test_cases_do_not_change_what_a_pack_is(copy):
    before = load_pack(copy).fingerprint
    (copy / CASES).write_text(CASE, encoding="utf-8")
    assert load_pack(copy).fingerprint == before
