"""The shipped pack is complete and consistent, and a broken one is refused by file and line."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from weipian_plugin.core.advice_rules import PARAM_KEYS, TEXT_KEYS
from weipian_plugin.core.areas import class_of
from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.fields import CANONICAL
from weipian_plugin.core.rulepack import SOURCE_TAGS, THRESHOLD_KEYS, RulePack
from weipian_plugin.workbench.pack_files import CASES, PackError
from weipian_plugin.workbench.packs import FILES, OPTIONAL, load_pack

RULES = Path(__file__).resolve().parents[2] / "resources" / "rules"
FOLDER = RULES / "chongqing-2023"
BASE = RULES / "national-2023"


@pytest.fixture(scope="module")
def pack() -> RulePack:
    return load_pack(FOLDER)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The base pack, which holds every file."""
    return Path(shutil.copytree(BASE, tmp_path / "pack"))


def test_every_file_of_the_folder_is_read():
    assert {p.name for p in BASE.glob("*.yaml")} - {*OPTIONAL, CASES} == set(FILES)


def test_head(pack):
    assert pack.label == "2023-修订·古路镇 v0.1"
    assert any("自然资办发〔2021〕65号" in t for t in pack.based_on)
    assert len(pack.fingerprint) == 64


def test_every_sub_type_is_complete(pack):
    ids = [s.id for items in pack.sub_types.values() for s in items]
    assert len(ids) == len(set(ids))
    for verdict, items in pack.sub_types.items():
        for item in items:
            assert item.verdict == verdict
            assert item.source in SOURCE_TAGS
            assert item.clause or item.source in {"S", "P", "P?", "K"}
            assert item.requires, item.id
            assert item.asks, item.id
            assert set(item.requires) <= set(pack.requirements)
            assert set(item.asks) <= set(pack.ask_fields)


# The lists of dossier 2.1, retyped from it.
LEGAL = "批供手续齐全 供地手续 登记发证 增减挂钩 往年审批 当年审批 其他合法用地"
OTHER = (
    "临时用地 设施农用地 农村道路 实地未变化 实地伪变化 伪图斑提取错误 不改变原用地性质的光伏用地 已批宅基地 油田用地 "
    "203范围内 推填土 大棚及种植设施 非卫片关心变化 采矿用地（合法矿区） 合法矿区内的矿山修复治理 生态修复用地 边角细缝 "
    "边坡治理 出入口 地下管廊（网） 电力设施 水面高架桥 农村土坟 灾毁地块 紧急用地 省外飞地 SM JY 其他"
)
ILLEGAL = (
    "厂房类 光伏 硬化 文旅 采矿用地 挖湖造景 公共管理和公共服务 城镇住宅 特殊用地 高速高铁 国省干道 地方城镇道路 圈占 "
    "堆放压占 农村宅基地（违法） 未报即用 边报边用 未供即用 超占用地 擅自改变用途 非法批地 违法方式供地 其他违法用地"
)


@pytest.mark.parametrize(("verdict", "labels"), [("legal", LEGAL), ("other", OTHER), ("illegal", ILLEGAL)])
def test_catalogue_of_the_dossier_is_there(pack, verdict, labels):
    assert {s.label for s in pack.sub_types[verdict]} >= set(labels.split())


@pytest.mark.parametrize("verdict", ["legal", "other"])
def test_legal_and_other_need_a_site_photo(pack, verdict):
    """The plan: 合法 and 其他 need 带方位角的现场照片 (省外飞地, SM, JY are out of reach)."""
    for item in pack.sub_types[verdict]:
        assert "site_photo" in item.requires or item.id in {"enclave", "sm", "jy"}
    assert pack.requirements["site_photo"].needs == ("position", "azimuth", "aim", "in_time", "own")


def test_lookup_by_id_label_and_alias(pack):
    assert pack.sub_type("other", "rural_road") is pack.sub_type("other", "农村道路")
    assert pack.sub_type("other", "203范围及开天窗").id == "within_203"
    assert pack.sub_type("legal", "农村道路") is None
    assert pack.sub_type("other", "") is None


def test_monitor_classes(pack):
    levels = {c.label: c.level for c in pack.monitor_classes.values()}
    assert levels == {"新增非农建设类": 1, "年度内持续变化类": 1, "其他新增建设类": 2, "其他变化类": 3}
    assert pack.monitor_class("其他新增建设").level == 2


# Dossier 3.3 (TD/T 1055-2019); the exceptions that code by prefix gets wrong.
@pytest.mark.parametrize(
    ("code", "group", "cropland"),
    [
        ("0101", "agri", True), ("0103", "agri", True), ("0404", "unused", False), ("1006", "agri", False),
        ("1109", "construction", False), ("1201", "construction", False), ("1202", "agri", False),
        ("1103", "agri", False), ("1101", "unused", False), ("05H1", "construction", False),
        ("08H2A", "construction", False), ("0201K", "agri", False), ("0602C", "construction", False),
        ("09", "construction", False), ("1107A", "agri", False), ("06H1", "construction", False),
    ],
)  # fmt: skip
def test_land_classes(pack, code, group, cropland):
    land = class_of(code, pack.landuse)
    assert (land.group, land.cropland) == (group, cropland)


def test_unknown_land_class(pack):
    assert class_of("1399", pack.landuse) is None


def test_thresholds_of_the_dossier(pack):
    expected = {
        "approval_uncovered_mu": "0.001", "road_width_min_m": "1", "road_width_max_m": "8", "identity_mu": "0.01",
        "penal_prime_mu": "5", "penal_cropland_mu": "10", "camera_max_distance_m": "50",
        "camera_half_angle_deg": "32.5", "camera_length_m": "300", "camera_accuracy_m": "20",
    }  # fmt: skip
    assert {k: pack.thresholds[k] for k in expected} == {k: Decimal(v) for k, v in expected.items()}
    assert load_pack(BASE).threshold("road_width_min_m") == 2  # J13: northern China 2.0 m, in the south 1.0 m (P?)
    assert set(THRESHOLD_KEYS) <= set(pack.thresholds)


def test_unconfirmed_entries_say_so(pack):
    assert pack.rules["R-04"].display.endswith("（未经核实）")
    assert pack.rules["R-07"].display == "永久基本农田"
    assert not pack.sub_type("illegal", "mineral_changed").confirmed


def test_rules_and_patch_types(pack):
    assert set(TEXT_KEYS) <= set(pack.rules)
    assert set(PARAM_KEYS) <= set(pack.rules)
    assert pack.patch_type_label("GF") == "光伏"
    assert pack.patch_type_label("1") == "耕地"
    assert pack.patch_type_label("新码") == "新码"
    assert pack.patch_type_label(None) == ""


def test_aliases_are_unambiguous(pack):
    names = [n.upper() for aliases in pack.aliases.values() for n in aliases]
    assert len(names) == len(set(names))
    assert set(pack.aliases) == set(CANONICAL)
    assert "JCBH" in pack.aliases["patch_id"]


def test_return_reasons(pack):
    labels = {r.label: r.requirement for r in pack.return_reasons}
    assert labels["需补充实地照片"] == "site_photo"
    assert len(labels) == 14


@pytest.mark.parametrize(
    ("facts", "office"),
    [
        ({"sub_type": "facility_agri"}, "规建环办"),
        ({"texts": ["10kV 输电线路"]}, "经发办"),
        ({"landuse": "1003"}, "村建中心"),
        ({"landuse": "1107A"}, "农服中心"),
        ({"patch_type": "CK"}, "规划自然资源所"),
        ({"landuse": "0101"}, None),
    ],
)
def test_office_by_cause(pack, facts, office):
    found = pack.office_for(**facts)
    assert (found.label if found else None) == office


# --- broken packs -------------------------------------------------------------------------------
def broken(copy: Path, name: str, old: str, new: str) -> int:
    """Replace the first `old` in a file and return the line (1-based) where it stood."""
    path = copy / name
    text = path.read_text(encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return line


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("judgements.yaml", "requires: [oil_doc, site_photo]", "requires: [oil_dok, site_photo]", "oil_dok"),
        ("judgements.yaml", "asks: [project, doc_date, doc_no]", "asks: [projekt]", "projekt"),
        ("judgements.yaml", "id: grave, label: 农村土坟", "id: slope, label: 农村土坟", "重复"),
        ("judgements.yaml", "label: 出入口, verdict: other", "label: 出入口, verdict: others", "others"),
        ("judgements.yaml", "source: K, clause: 土地管理法", "clause: 土地管理法", "source"),
        ("classes.yaml", "level: 2", "level: 4", "1 到 3"),
        ("evidence.yaml", "minimum: 2", "minimum: 两张", "数字"),
        ("evidence.yaml", "field: household", "field: nobody", "nobody"),
        ("evidence.yaml", "needs: [position, aim,", "needs: [position, eye,", "eye"),
        ("thresholds.yaml", "value: 0.001", "value: -1", "不小于 0"),
        ("thresholds.yaml", "value: 0.001", "value: nan", "不小于 0"),
        ("thresholds.yaml", "id: road_width_min_m, value: 2", "id: road_width_min_m, value: 9", "不能大于"),
        (
            "offices.yaml",
            "offices: []",
            "offices: [{id: a, label: 甲, source: S, sub_types: [power_station]}]",
            "power_station",
        ),
        ("landuse.yaml", "group: construction", "group: building", "building"),
        ("landuse.yaml", 'code: "0102"', 'code: "0101"', "重复"),
        ("patch_types.yaml", "label: 光伏", "lable: 光伏", "lable"),
        ("aliases.yaml", "image_after: [HSX,", "image_after: [QSX,", "image_before"),
        ("aliases.yaml", "image_after:", "image_later:", "image_later"),
        ("returns.yaml", "requirement: supply_doc", "requirement: none_such", "none_such"),
        ("rules.yaml", "压占永久基本农田 {area} 亩", "压占永久基本农田 {mianji} 亩", "mianji"),
        ("rules.yaml", "压占生态保护红线 {area} 亩", "压占生态保护红线 {area 亩", "花括号"),
        ("rules.yaml", "压占永久基本农田 {area} 亩", "压占永久基本农田 {area.real} 亩", "area.real"),
        ("rules.yaml", '"1006=other/rural_road"', '"1006=other/road"', "road"),
        ("rules.yaml", '"2020-07-03"', '"2020-13-03"', "2020-07-03"),
        ("rules.yaml", "needs_roles: [approval,", "needs_roles: [approvals,", "approvals"),
        ("rules.yaml", "severity: info", "severity: mild", "mild"),
    ],
)
def test_a_broken_pack_names_file_and_line(copy, name, old, new, words):
    line = broken(copy, name, old, new)
    with pytest.raises(WeipianError) as caught:
        load_pack(copy)
    assert caught.value.code == "E_RULES"
    assert f"{name} 第 {line} 行" in caught.value.message
    assert words in caught.value.message


def test_yaml_syntax_error_names_the_line(copy):
    path = copy / "classes.yaml"
    path.write_text("classes:\n  - {id: a, label: 甲\n  - {id: b}\n", encoding="utf-8")
    with pytest.raises(WeipianError, match=r"classes\.yaml 第 3 行：YAML 写法不对"):
        load_pack(copy)


def test_duplicate_key(copy):
    path = copy / "pack.yaml"
    path.write_text("id: a\nversion: 1\nlabel: b\nid: c\n", encoding="utf-8")
    with pytest.raises(WeipianError, match=r"pack\.yaml 第 4 行：“id”写了两次"):
        load_pack(copy)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", 1),
        (b"- a\n", 1),
        ("id: a\nversion: 1\nlabel: 古路".encode("gbk"), 3),
        (b"id: !!python/object/apply:os.system [ls]\n", 1),
        (b"id: a\nversion: \x07\n", 2),
        (b"[" * 5000, 1),
    ],
)
def test_hostile_or_foreign_files(copy, content, line):
    (copy / "pack.yaml").write_bytes(content)
    with pytest.raises(WeipianError, match=rf"pack\.yaml 第 {line} 行"):
        load_pack(copy)


def test_missing_file(copy):
    (copy / "offices.yaml").unlink()
    with pytest.raises(WeipianError, match=r"offices\.yaml"):
        load_pack(copy)


def test_missing_rule_and_threshold(copy):
    broken(copy, "rules.yaml", "id: R-13", "id: R-99")
    with pytest.raises(PackError) as caught:
        load_pack(copy)
    said = "\n".join(map(str, caught.value.problems))
    assert "缺少规则 R-13" in said
    assert "软件里没有规则 R-99" in said


def test_windows_edits_are_fine(copy):
    """Notepad writes a BOM and CRLF; the pack is the same, and so is its fingerprint."""
    for path in copy.glob("*.yaml"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_pack(copy) == load_pack(BASE)
    head = copy / "pack.yaml"
    head.write_bytes(b"\xef\xbb\xbf" + head.read_bytes())
    assert load_pack(copy) == load_pack(BASE)


def test_an_edit_shows_in_the_fingerprint(copy):
    broken(copy, "thresholds.yaml", "value: 0.001", "value: 0.002")
    changed = load_pack(copy)
    assert changed.threshold("approval_uncovered_mu") == Decimal("0.002")
    assert changed.fingerprint != load_pack(BASE).fingerprint


def test_codes_and_words_are_never_reinterpreted(copy):
    """YAML 1.1 would read 0101 as octal 65 and NO as false."""
    broken(copy, "landuse.yaml", 'code: "0101"', "code: 0101")
    broken(copy, "patch_types.yaml", "id: ND", "id: NO")
    pack = load_pack(copy)
    assert pack.landuse["0101"].name == "水田"
    assert pack.patch_types["NO"] == "农村道路"
