"""Layers as a call names them, the question about the land-use scheme, what a folder holds, the whole work."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
import shapely

from tests.unit.vector_files import write
from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.feedback import Silent
from weipian_plugin.core.model import Batch, LayerAssignment, Patch
from weipian_plugin.store import records
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench import landuse_scheme, layer_json, layer_work
from weipian_plugin.workbench.layer_guess import guess_by_columns, guess_role
from weipian_plugin.workbench.layer_scan import scan
from weipian_plugin.workbench.registers import RegisterSource
from weipian_plugin.workbench.resources import default_pack
from weipian_plugin.workbench.session import Session

WHOLE = shapely.box(106.79, 29.79, 106.83, 29.82)


def land(path: Path, code: str, name: str = "", **more: str) -> Path:
    return write(path, [(WHOLE, {"DLBM": code, "DLMC": name, **more})], "EPSG:4490")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    square = shapely.multipolygons([shapely.box(106.80, 29.80, 106.8005, 29.8004)])
    with Workspace.create(tmp_path / "ws", "试") as ws, ws.transaction("import", "b1", "试") as change:
        change.put("batch", records.batch_row(Batch("b1", "一")))
        patch = Patch("p1", "P1", "b1", wkb=shapely.to_wkb(square), area_m2=2145.0, county_code="500112")
        change.put("patch", records.patch_row(patch))
    return tmp_path / "ws"


def house_table(path: Path) -> Path:
    book = openpyxl.Workbook()
    for row in (
        ["户主", "村", "批准文号", "批准面积(平方米)", "经度", "纬度"],
        ["甲一", "古路村", "1号", 100, 106.8002, 29.8002],
    ):
        book.active.append(row)
    book.save(path)
    return path


# -- LAYERS ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("{", "E_PARAMETER", "不是 JSON"),
        ("3", "E_PARAMETER", "不是 JSON 对象"),
        ('{"landuze": "a.gpkg"}', "E_LAYER_ROLE", "landuze"),
        ('{"landuse": {"sorce": "a.gpkg"}}', "E_PARAMETER", "sorce"),
        ('{"landuse": {"layer": "a"}}', "E_PARAMETER", "没有写 source"),
        ('{"landuse": 3}', "E_PARAMETER", "landuse"),
        ('{"landuse": {"source": ["a"]}}', "E_PARAMETER", "source"),
        ('{"landuse": "gibt_es_nicht.gpkg"}', "E_FILE_MISSING", "gibt_es_nicht"),
        ('[{"source": "x.gpkg"}]', "E_PARAMETER", "role"),
        ('{"landuse": {"source": "ws", "scheme": "我不知道"}}', "E_ANSWER", "我不知道"),
    ],
)
def test_what_is_wrong_with_layers_is_named(folder: Path, text: str, code: str, said: str) -> None:
    with pytest.raises(WeipianError) as caught:
        layer_json.wanted({}, layer_json.parse(text), folder)
    assert caught.value.code == code
    assert said in str(caught.value)


def test_relative_paths_count_from_the_workspace_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "else").mkdir()
    monkeypatch.chdir(tmp_path / "else")
    path = land(folder.parent / "DLTB.gpkg", "0103")
    found = layer_json.wanted({"landuse": "DLTB.gpkg|layername=DLTB"}, {}, folder)
    assert (found.layers[0].source, found.layers[0].layer) == (str(path.resolve()), "DLTB")


def test_a_list_may_leave_the_role_to_the_name(folder: Path) -> None:
    land(folder.parent / "DLTB.gpkg", "0103")
    house_table(folder.parent / "宅基地审批.xlsx")
    text = json.dumps(["DLTB.gpkg", {"source": "宅基地审批.xlsx", "unit": "m2"}], ensure_ascii=False)
    found = layer_json.wanted({}, layer_json.parse(text), folder)
    assert [layer.role for layer in found.layers] == ["landuse"]
    assert [(table.role, table.unit) for table in found.tables] == [("rural_house", "m2")]


def test_answers_of_the_overlay() -> None:
    assert layer_json.scheme_answer({}) == ""
    assert layer_json.scheme_answer({"landuse_scheme": "三调"}) == "三调"
    assert layer_json.scheme_answer({"landuse_scheme": "ydyh"}) == "用地用海分类"
    for answers, code in (({"crs": "x"}, "E_PARAMETER"), ({"landuse_scheme": "x"}, "E_ANSWER")):
        with pytest.raises(WeipianError) as caught:
            layer_json.scheme_answer(answers)
        assert caught.value.code == code


# -- the question ------------------------------------------------------------------------------------


def test_codes_of_neither_classification_point_at_the_field(folder: Path) -> None:
    """A1 stands neither in TD/T 1055 nor in 用地用海分类: most likely it is the wrong column."""
    path = land(folder.parent / "自编.gpkg", "A1", "")
    with pytest.raises(WeipianError) as caught:
        layer_work.run(folder, "试", Silent(), [LayerAssignment("landuse", str(path))])
    (question,) = caught.value.params["details"]
    assert "A1 等不是标准的地类编码" in question["text"]


def test_a_doubtful_scheme_is_a_question(folder: Path) -> None:
    path = land(folder.parent / "用地.gpkg", "1001", "")
    with pytest.raises(WeipianError) as caught:
        layer_work.run(folder, "试", Silent(), [LayerAssignment("landuse", str(path))])
    assert caught.value.code == "E_QUESTION"
    (question,) = caught.value.params["details"]
    assert question["key"] == "landuse_scheme"
    assert "1001" in question["text"]
    assert [choice["value"] for choice in question["choices"]] == ["TD/T 1055", "用地用海分类"]
    with Session.open(folder, "试") as session:
        assert session.assignments() == []
    report = layer_work.run(folder, "试", Silent(), [LayerAssignment("landuse", str(path))], scheme="用地用海分类")
    with Session.open(folder, "试") as session:
        summary = session.patch_view("p1").summary
        assert summary is not None
        assert summary.unknown == summary.total
        assert session.assignments()[0].scheme == "用地用海分类"
    assert report.patches == 1


def test_a_plain_scheme_is_not_asked(tmp_path: Path) -> None:
    path = land(tmp_path / "DLTB.gpkg", "0103", "旱地", TBDLMJ="1", KCDLBM="1203")
    guess = landuse_scheme.recognised(LayerAssignment("landuse", str(path)))
    assert guess.sure
    assert guess.codes == ("0103 旱地",)


# -- the work ----------------------------------------------------------------------------------------


def test_images_alone_are_assigned_and_the_rest_is_said_to_lack(folder: Path) -> None:
    image = folder.parent / "后时相_20260501.tif"
    image.write_bytes(b"")
    found = layer_json.wanted({}, {"image_after": [str(image)]}, folder)
    assert found.layers[0].taken_on == "2026-05-01"
    report = layer_work.run(folder, "试", Silent(), found.layers)
    body = report.report()
    assert body["patches"] == 0
    assert {item["role"] for item in body["lacking"]} >= {"landuse", "prime_farmland", "approval"}
    with Session.open(folder, "试") as session:
        assert [a.role for a in session.assignments()] == ["image_after"]
    path = land(folder.parent / "DLTB.gpkg", "0103")
    layer_work.run(folder, "试", Silent(), [LayerAssignment("landuse", str(path), scheme="三调")])
    layer_work.run(folder, "试", Silent(), found.layers)  # images later leave the land use where it is
    with Session.open(folder, "试") as session:
        assert {a.role for a in session.assignments()} == {"landuse", "image_after"}


def test_nothing_at_all_is_an_error(folder: Path) -> None:
    with pytest.raises(WeipianError) as caught:
        layer_work.run(folder, "试", Silent())
    assert caught.value.code == "E_NO_OVERLAY"


def test_a_table_alone_works_and_a_broken_one_changes_nothing(folder: Path) -> None:
    table = house_table(folder.parent / "宅基地.xlsx")
    report = layer_work.run(folder, "试", Silent(), None, [RegisterSource("rural_house", str(table))])
    assert report.report()["registers"]["links"] == {"location": 1}
    bad = folder.parent / "坏.xlsx"
    bad.write_bytes(b"PK no book")
    path = land(folder.parent / "DLTB.gpkg", "0103")
    with pytest.raises(WeipianError) as caught:
        layer_work.run(
            folder,
            "试",
            Silent(),
            [LayerAssignment("landuse", str(path), scheme="三调")],
            [RegisterSource("rural_house", str(bad))],
        )
    assert caught.value.code == "E_FILE_UNREADABLE"
    with Session.open(folder, "试") as session:
        assert session.assignments() == []
        assert [s.source for s in session.register_sources()] == [str(table)]


def test_net_cropland_from_the_layer(folder: Path) -> None:
    path = land(folder.parent / "DLTB.gpkg", "0103", "旱地", KCXS="0.2")
    report = layer_work.run(folder, "试", Silent(), [LayerAssignment("landuse", str(path), scheme="三调")], basis="net")
    assert report.report()["cropland"]["basis"] == "net"
    with Session.open(folder, "试") as session:
        summary = session.patch_view("p1").summary
        assert summary is not None
        # 2145 m² are 3.22 亩 (3.2175); four fifths 2.574, one fifth 0.6435
        assert (str(summary.total), str(summary.cropland), str(summary.agri_other)) == ("3.22", "2.58", "0.64")
        assert summary.identity_ok
        session.set_cropland_basis("gross")
        assert str(session.patch_view("p1").summary.cropland) == "3.22"


def test_net_without_kcxs_says_so(folder: Path) -> None:
    path = land(folder.parent / "DLTB.gpkg", "0103", "旱地")
    report = layer_work.run(folder, "试", Silent(), [LayerAssignment("landuse", str(path), scheme="三调")], basis="net")
    assert report.net_refused
    assert report.report()["cropland"] == {"asked": "net", "basis": "gross", "label": "毛面积（含田坎）"}
    assert any("KCXS" in line for line in report.lines()[0])
    with pytest.raises(WeipianError) as caught:
        layer_work.run(folder, "试", Silent(), basis="brutto")
    assert caught.value.code == "E_ANSWER"


# -- folders -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("XS_XMKJFW.shp", "approval"),
        ("ZZ_NYDZYFW", "approval"),
        ("ZZ_TDZSFW.shp", "approval"),
        ("LSYD_XMZDFW", "temp_land"),
        ("2024年供地.shp", "supply"),
        ("设施农上图.gpkg", "facility_agri"),
        ("采矿权.shp", "mining_right"),
        ("GHFQ.shp", "plan_zone"),
        ("征地批文库.shp", "approval"),
    ],
)
def test_names_of_the_field(name: str, role: str) -> None:
    assert guess_role(name) == role


def test_columns_tell_where_names_do_not() -> None:
    assert guess_by_columns(["BSM", "YJJBNTTBMJ", "DLBM", "KCXS"]) == "prime_farmland"
    assert guess_by_columns(["DLBM", "TBDLMJ"]) == "landuse"
    assert guess_by_columns(["HXMC", "HXLX"]) == "eco_redline"
    assert guess_by_columns(["GHFQDM", "GHFQMC"]) == ""  # 开发边界 and 规划分区 have both
    assert guess_by_columns(["名称"]) == ""


def test_a_folder_with_databases_a_zip_and_a_register(tmp_path: Path) -> None:
    for name in ("永久基本农田", "生态保护红线", "城镇开发边界", "说明"):
        write(tmp_path / "三区三线下发版.gpkg", [(WHOLE, {"BSM": "1"})], "EPSG:4490", layer=name)
    deep = tmp_path / "国土" / "2025"
    deep.mkdir(parents=True)
    write(deep / "无名.shp", [(WHOLE, {"DLBM": "0103", "TBDLMJ": "1"})], "EPSG:4490", driver="ESRI Shapefile")
    write(tmp_path / "ZZ_NYDZYFW.shp", [(WHOLE, {"XMMC": "1"})], "EPSG:4490", driver="ESRI Shapefile")
    with zipfile.ZipFile(tmp_path / "设施农.zip", "w") as archive:
        for part in (tmp_path).glob("ZZ_NYDZYFW.*"):
            archive.write(part, "设施农用地" + part.suffix)
    for part in tmp_path.glob("ZZ_NYDZYFW.*"):
        part.rename(deep / part.name)
    house_table(tmp_path / "宅基地审批台账.xlsx")
    (tmp_path / "~$宅基地审批台账.xlsx").write_bytes(b"")
    (tmp_path / "坏.gpkg").write_bytes(b"nothing")
    found = {
        (hit.assignment.role, Path(hit.assignment.source).name, hit.assignment.layer, hit.reason)
        for hit in scan(tmp_path, default_pack())
    }
    assert found == {
        ("prime_farmland", "三区三线下发版.gpkg", "永久基本农田", "图层名"),
        ("eco_redline", "三区三线下发版.gpkg", "生态保护红线", "图层名"),
        ("urban_boundary", "三区三线下发版.gpkg", "城镇开发边界", "图层名"),
        ("facility_agri", "设施农.zip", "", "图层名"),
        ("rural_house", "宅基地审批台账.xlsx", "Sheet", "登记表"),
        ("landuse", "无名.shp", "", "字段"),
        ("approval", "ZZ_NYDZYFW.shp", "", "图层名"),
    }


def test_a_table_takes_the_place_of_its_own_role_only(folder: Path) -> None:
    first, second = house_table(folder.parent / "宅基地.xlsx"), house_table(folder.parent / "农转用.xlsx")
    layer_work.run(folder, "试", Silent(), None, [RegisterSource("rural_house", str(first))])
    report = layer_work.run(folder, "试", Silent(), None, [RegisterSource("approval", str(second))])
    first.unlink()  # what was read stays readable
    with Session.open(folder, "试") as session:
        assert {(s.role, s.source) for s in session.register_sources()} == {
            ("rural_house", str(first)),
            ("approval", str(second)),
        }
        assert {m.entry.register for m in session.patch_view("p1").registers} == {"rural_house", "approval"}
    assert report.report()["registers"]["links"] == {"location": 2}
