"""Packs laid over each other, and hostile or careless files: everything wrong at once, by file, line and field."""

from __future__ import annotations

import shutil
import time
from decimal import Decimal
from pathlib import Path

import pytest

from weipian_plugin.core.conditions import CONDITIONS
from weipian_plugin.core.errors import WeipianError
from weipian_plugin.workbench.pack_checks import check_pack
from weipian_plugin.workbench.pack_files import PackError, PackFiles, read_files
from weipian_plugin.workbench.packs import build_pack, load_pack

RULES = Path(__file__).resolve().parents[2] / "resources" / "rules"


@pytest.fixture
def shelf(tmp_path):
    """A folder with the shipped base and room for packs over it."""
    shutil.copytree(RULES / "national-2023", tmp_path / "national-2023")
    return tmp_path


def pack(shelf: Path, name: str = "own-2026", extends: str = "national-2023", **files: str) -> Path:
    folder = shelf / name
    folder.mkdir()
    head = f'id: {name}\nversion: "1"\nlabel: 自己的\n' + (f"extends: {extends}\n" if extends else "")
    (folder / "pack.yaml").write_text(head + files.pop("head", ""), encoding="utf-8")
    for stem, text in files.items():
        (folder / f"{stem}.yaml").write_text(text, encoding="utf-8")
    return folder


def problems(folder: Path) -> list[str]:
    return [str(p) for p in check_pack(str(folder)).problems]


# --- laying over ----------------------------------------------------------------------------------
def test_only_what_is_written_is_replaced(shelf):
    own = load_pack(
        pack(
            shelf,
            thresholds="thresholds:\n  - {id: road_width_max_m, value: 6.5}\n",
            evidence="requirements:\n  - {id: site_photo, minimum: 3}\n",
            rules="rules:\n  - {id: R-07, clause: 某县〔2026〕1号, texts: {occupied: '占永农 {area} 亩'}}\n",
        )
    )
    base = load_pack(shelf / "national-2023")
    assert own.extends == ("national-2023",)
    assert own.threshold("road_width_max_m") == Decimal("6.5")
    assert own.threshold("road_width_min_m") == base.threshold("road_width_min_m")
    assert own.threshold_sources["road_width_max_m"] == base.threshold_sources["road_width_max_m"]
    assert (own.requirements["site_photo"].minimum, own.requirements["site_photo"].label) == (
        3,
        base.requirements["site_photo"].label,
    )
    assert list(own.requirements) == list(base.requirements)  # an entry that is rewritten keeps its place
    assert own.rules["R-07"].clause == "某县〔2026〕1号"
    assert own.rules["R-07"].texts["occupied"] == "占永农 {area} 亩"
    assert own.rules["R-07"].texts["issued"] == base.rules["R-07"].texts["issued"]
    assert own.fingerprint != base.fingerprint


def test_new_entries_their_place_and_lists(shelf):
    own = load_pack(
        pack(
            shelf,
            evidence="requirements:\n  - {id: lease, before: temp_land_doc, label: 合同, kind: document, source: K}\n",
            judgements="sub_types:\n  - {id: facility_agri, requires: [+, lease]}\n  - {id: slope, requires: [lease]}\n",
            aliases="aliases:\n  patch_id: [+, 本地编号]\n  remark: [说明]\n",
        )
    )
    base = load_pack(shelf / "national-2023")
    ids = list(own.requirements)
    assert ids[ids.index("lease") + 1] == "temp_land_doc"
    assert own.sub_type("other", "facility_agri").requires == (
        *base.sub_type("other", "facility_agri").requires,
        "lease",
    )
    assert own.sub_type("other", "slope").requires == ("lease",)
    assert own.aliases["patch_id"] == (*base.aliases["patch_id"], "本地编号")
    assert own.aliases["remark"] == ("说明",)


def test_remove(shelf):
    own = load_pack(
        pack(shelf, judgements="remove: {sub_types: [sm, jy]}\n", returns="remove: {returns: [large_works]}\n")
    )
    base = load_pack(shelf / "national-2023")
    assert {s.id for s in base.sub_types["other"]} - {s.id for s in own.sub_types["other"]} == {"sm", "jy"}
    assert len(base.return_reasons) - len(own.return_reasons) == 1


def test_three_layers_and_a_base_found_elsewhere(shelf, tmp_path):
    pack(shelf, "province-2026", thresholds="thresholds:\n  - {id: penal_prime_mu, value: 4.5}\n")
    town = pack(shelf, "town-2026", "province-2026", thresholds="thresholds:\n  - {id: penal_cropland_mu, value: 9}\n")
    own = load_pack(town)
    assert own.extends == ("national-2023", "province-2026")
    assert (own.threshold("penal_prime_mu"), own.threshold("penal_cropland_mu")) == (Decimal("4.5"), 9)
    (tmp_path / "away").mkdir()
    away = Path(shutil.move(str(town), tmp_path / "away" / "镇包"))
    with pytest.raises(PackError, match="province-2026"):
        load_pack(away)
    assert load_pack(away, [shelf]) == own


def test_the_base_of_another_pc_goes_with_the_pack(shelf):
    files = read_files(pack(shelf, thresholds="thresholds:\n  - {id: road_width_max_m, value: 6.5}\n"))
    again = PackFiles.from_text(files.text())
    assert again.fingerprint == files.fingerprint
    assert build_pack(again) == build_pack(files)


def test_a_damaged_copy_is_told():
    for text in ("", "{}", "[]", '[{"id": "a"}]', "[1]", '[{"id": "a", "files": 5}]'):
        with pytest.raises(WeipianError) as caught:
            PackFiles.from_text(text)
        assert caught.value.code == "E_PACK_STORED"


# --- everything at once -----------------------------------------------------------------------------
def test_all_mistakes_at_once_with_file_line_and_field(shelf):
    folder = pack(
        shelf,
        head="lable: 多\n",
        thresholds=(
            "thresholds:\n"
            "  - {id: road_width_min_m, value: 一米}\n"
            "  - {id: penal_prime_m, value: 5, unit: mu, label: 永农, source: P}\n"
            "  - {id: penal_cropland_mu, value: 6667, unit: m2}\n"
        ),
        judgements="sub_types:\n  - {id: slope, requires: [oil_dok], asks: [projekt]}\n",
        rules="rules:\n  - {id: R-07, texts: {occupied: 压占永农}}\n  - {id: R-10, texts: {occupied: '{mianji} {area} {percent}'}}\n",
        offices="remove: {offices: [nobody]}\n",
        thresold="a: 1\n",
    )
    found = check_pack(str(folder)).problems
    table = {(p.file.partition("/")[2], p.line): (p.field, p.message) for p in found}
    expected = {
        ("pack.yaml", 5): ("lable", "label"),
        ("thresholds.yaml", 2): ("road_width_min_m › value", "一米"),
        ("thresholds.yaml", 3): ("penal_prime_m", "penal_prime_mu"),
        ("thresholds.yaml", 4): ("penal_cropland_mu › unit", "mu"),
        ("judgements.yaml", 2): ("slope", "是不是"),
        ("rules.yaml", 2): ("R-07 › texts › occupied", "{area}"),
        ("rules.yaml", 3): ("R-10 › texts › occupied", "{mianji}"),
        ("offices.yaml", 1): ("offices", "nobody"),
        ("thresold.yaml", 1): ("", "thresholds.yaml"),
    }
    for place, (field, words) in expected.items():
        assert place in table, (place, sorted(table))
        assert field in table[place][0]
        assert words in table[place][1]
    judgements = [p.message for p in found if p.file.endswith("judgements.yaml")]
    assert any("oil_doc" in text for text in judgements)  # the near miss is named
    assert any("project" in text for text in judgements)
    assert list(found) == sorted(found, key=lambda p: (p.file, p.line))


@pytest.mark.parametrize("extends", ["own-2026", "b-2026"])
def test_a_circle_of_extends(shelf, extends):
    folder = pack(shelf, extends=extends)
    if extends != "own-2026":
        pack(shelf, "b-2026", "own-2026")
    (said,) = [text for text in problems(folder) if "圈" in text]
    assert "own-2026" in said
    assert "第 4 行" in said


def test_an_unknown_base_is_told_with_a_near_miss(shelf):
    (said,) = [text for text in problems(pack(shelf, extends="national-2032")) if "找不到" in text]
    assert "（是不是“national-2023”？）" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("thresholds:\n\t- {id: a}\n", "Tab"),
        ("thresholds:\n  - {id: a\n", "括号"),
        ("thresholds:\n  - id: a: b\n", "冒号"),
        ("thresholds: *nothing\n", "& 定义"),
        ("thresholds: !!python/object/apply:os.system [ls]\n", "不允许的标记"),
        ("thresholds: !mine [1]\n", "不允许的标记"),
        ("thresholds: &a [*a]\n", "嵌套太深"),
        ("a: &a {<<: {b: 1}}\n", "<<"),
        ("thresholds: {? [a]: 1}\n", "名称只能是文字"),
        ("thresholds: 5\n", "清单"),
        ("thresholds:\n  - 5\n", "名称: 值"),
        ("--- {a: 1}\n--- {b: 1}\n", "一份内容"),
    ],
)
def test_careless_and_hostile_yaml_is_a_sentence(shelf, text, words):
    said = problems(pack(shelf, thresholds=text))
    assert any("thresholds.yaml 第" in line and words in line for line in said), said


def test_a_bomb_of_aliases_goes_off_quietly(shelf):
    lines = ['a0: &a0 ["x","x","x","x","x","x","x","x","x","x"]']
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    folder = pack(shelf, thresholds="\n".join(lines))
    began = time.monotonic()
    said = problems(folder)
    assert any("别名" in line for line in said), said
    assert time.monotonic() - began < 20  # 10**12 values would never end


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("thresholds: 古".encode("gbk"), "UTF-8"),
        ("thresholds: []".encode("utf-16"), "UTF-16"),
        (b"#" * 2_000_001, "太大"),
        (b"a: \x00\n", "不能使用的字符"),
        (b"[" * 5000, "嵌套太深"),
    ],
)
def test_foreign_bytes_are_a_sentence(shelf, raw, words):
    folder = pack(shelf)
    (folder / "thresholds.yaml").write_bytes(raw)
    said = problems(folder)
    assert any("thresholds.yaml" in line and words in line for line in said), said
    with pytest.raises(WeipianError):
        load_pack(folder)


def test_no_folder_no_pack(tmp_path):
    with pytest.raises(WeipianError) as caught:
        check_pack(str(tmp_path / "nothing"))
    assert caught.value.code == "E_PACK_UNKNOWN"
    assert "chongqing-2023" in caught.value.remedy
    (said,) = problems(tmp_path)
    assert "pack.yaml" in said


def test_the_examples_of_the_documentation_work(shelf):
    """What docs/rules.md shows can be copied into a pack as it stands."""
    text = (RULES.parents[1] / "docs" / "rules.md").read_text(encoding="utf-8")
    blocks = [part.partition("```")[0] for part in text.split("```yaml\n")[1:]]
    judgements = [b for b in blocks if b.startswith(("sub_types", "opinions", "remove"))]
    named = {"thresholds": "thresholds:", "evidence": "requirements:", "rules": "rules:"}
    files = {name: next(b for b in blocks if sign in b) for name, sign in named.items()}
    files["cases"] = next(b for b in blocks if b.startswith("cases:"))
    assert len(judgements) == 3
    found = check_pack(str(pack(shelf, judgements="\n".join(judgements), **files)))
    assert [str(p) for p in found.problems] == []
    (case,) = found.cases
    assert case.ok, case.differences
    own = load_pack(shelf / "own-2026")
    assert own.sub_type("other", "pond_repair").label == "山坪塘整治"
    assert own.sub_type("other", "sm") is None
    assert own.opinion("非农违法").verdict == "illegal"
    assert own.rules["R-04"].param("date_fields")[-1] == "批地日期"


def test_every_condition_is_documented():
    text = (RULES.parents[1] / "docs" / "rules.md").read_text(encoding="utf-8")
    assert [name for name in CONDITIONS if f"`{name}`" not in text] == []


@pytest.mark.parametrize(
    ("text", "line"),
    [("thresholds: []\n", 1), ("thresholds: abc\n", 1), ("thresholds:\n  - [a]\n", 1), ("thresholds:\n  - {}\n", 2)],
)
def test_a_slip_in_a_list_is_told_once_where_it_is(shelf, text, line):
    (found,) = check_pack(str(pack(shelf, thresholds=text))).problems
    assert (found.file, found.line, found.field) == ("own-2026/thresholds.yaml", line, "thresholds")


def test_remove_in_another_file_says_where_it_belongs(shelf):
    (said,) = problems(pack(shelf, head="remove: {sub_types: [sm]}\n"))
    assert "own-2026/pack.yaml 第 5 行" in said
    assert "judgements.yaml" in said


def test_a_head_that_cannot_be_read_is_all_that_is_told(shelf):
    folder = pack(shelf)
    (folder / "pack.yaml").write_bytes((folder / "pack.yaml").read_text(encoding="utf-8").encode("gbk"))
    (said,) = problems(folder)
    assert "GBK" in said


def test_aliases_do_not_multiply_what_is_told(shelf):
    bomb = "".join(f"x{i}: &x{i} {{<<: *x{i - 1}, b: *x{i - 1}, c: *x{i - 1}}}\n" for i in range(1, 12))
    said = problems(pack(shelf, rules="x0: &x0 {a: 1}\n" + bomb))
    assert sum("<<" in line for line in said) == 11
