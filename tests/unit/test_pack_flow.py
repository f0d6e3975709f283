"""flow.yaml, cards.yaml, minerals.yaml and the forecast of returns.yaml are checked with file, line and field."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from weipian_plugin.core.conditions import CONDITIONS
from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.pack_flow import STEP_IDS
from weipian_plugin.workbench.packs import load_pack

RULES = Path(__file__).resolve().parents[2] / "resources" / "rules"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RULES / "national-2023", tmp_path / "national-2023"))


@pytest.mark.parametrize("name", ["national-2023", "chongqing-2023", "north-2026"])
def test_shipped_packs_are_whole(name):
    pack = load_pack(RULES / name)
    assert [step.id for step in pack.flow.steps] == list(STEP_IDS)
    assert pack.minerals["rare_earth"].strategic
    assert not pack.minerals["limestone"].strategic
    assert len(next(c for c in pack.cards if c.id == "eight_bans").lines) == 8
    used = {name for card in pack.cards for name in card.when}
    used |= {name for step in pack.flow.steps for q in step.questions for name in q.when}
    used |= {name for reason in pack.return_reasons for name in reason.when}
    assert used <= set(CONDITIONS)
    assert pack.ask_fields["lines"].choices == ("土地", "规划违建", "矿产")
    for sub in pack.sub_types["illegal"]:
        assert "lines" in sub.asks, sub.id
    names = [n for subs in pack.sub_types.values() for s in subs for n in (s.label, *s.aliases)]
    assert len(names) == len(set(names))  # one name, one meaning


def test_what_chongqing_adds():
    pack = load_pack(RULES / "chongqing-2023")
    assert "282号令" in next(c for c in pack.cards if c.id == "decree_282").clause
    assert pack.rules["R-28"].source == "S"
    assert "八不准" in pack.rules["R-17"].clause
    assert (pack.region, load_pack(RULES / "north-2026").region) == ("south", "north")
    assert pack.sub_type("illegal", "农村宅基地").id == "illegal_homestead"  # older tables name the verdict beside it
    assert pack.sub_type("other", "农村宅基地").id == "homestead"


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("flow.yaml", "when: [date_open]", "when: [data_open]", "没有这个条件：data_open（是不是“date_open”？）"),
        ("flow.yaml", "field: road_width,", "field: road_with,", "没有这个填写项：road_with（是不是“road_width”？）"),
        ("flow.yaml", "rules: [R-13]", "rules: [R-99]", "没有这个规则：R-99"),
        ("flow.yaml", "- id: road\n", "- id: rod\n", "没有这一步：rod（是不是“road”？）"),
        ("flow.yaml", "why: 超过上限的属公路，须有用地批准, ", "", "缺少“why”"),
        ("flow.yaml", "  doc_no: [批准文号", "  doc_noo: [批准文号", "没有这个填写项：doc_noo"),
        ("cards.yaml", "    when: [house,", "    wenn: [house,", "不认识的项“wenn”"),
        ("minerals.yaml", "label: 锡,", "label: 钨,", "“钨”已经属于 tungsten"),
        ("minerals.yaml", "strategic: true, aliases: [钨矿]", "strategic: ja, aliases: [钨矿]", "不能是“ja”"),
        ("returns.yaml", "when: [photo_away,", "when: [photos_away,", "没有这个条件：photos_away"),
        ("returns.yaml", "{prime} 亩，须说明", "{prima} 亩，须说明", "不能用 {prima}（是不是“prime”？）"),
        ("returns.yaml", ', why: "{foreign}"', "", "就要写 why"),
        ("judgements.yaml", "kind: choices, choices: [土地, 规划违建, 矿产]", "kind: choices", "要写 choices"),
        ("judgements.yaml", "label: 已批宅基地,", "label: 农村宅基地（违法）,", "重复"),
    ],
)
def test_what_is_wrong_is_told_by_file_and_line(base, file, old, new, words):
    path = base / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    with pytest.raises(WeipianError) as caught:
        load_pack(base)
    told = [str(p) for p in caught.value.problems]
    assert any(words in item and file in item for item in told), told
    near = [p.line for p in caught.value.problems if words in str(p)]
    assert any(abs(found - line) <= 1 for found in near) or file == "judgements.yaml", (line, near)


def test_a_pack_without_these_files_has_no_flow(base):
    for name in ("flow.yaml", "cards.yaml", "minerals.yaml"):
        (base / name).unlink()
    pack = load_pack(base)
    assert pack.flow.steps == ()
    assert pack.cards == ()
