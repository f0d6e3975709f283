"""A delivery that comes again: nothing doubled, nothing lost, what changed is told. Areas by hand."""

import json
import math

import pytest
import shapely
from vector_files import write

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.feedback import Silent
from weipian_plugin.core.model import CaseAction, Patch, ReviewStatus
from weipian_plugin.core.reissue import merge_attributes
from weipian_plugin.store import records
from weipian_plugin.workbench import importing
from weipian_plugin.workbench.importing import ImportOptions, import_delivery
from weipian_plugin.workbench.session import Session

# 100 m in degrees at 29.78°N on a sphere of R = 6 371 km, near enough for boxes about 100 m wide.
DX = 100 / (111_195 * math.cos(math.radians(29.78)))
DY = 100 / 111_195


def box(column, row=0, width=1.0, height=1.0):
    """A square of about 100 m; columns and rows lie 200 m apart."""
    x, y = 106.75 + 2 * column * DX, 29.78 + 2 * row * DY
    return shapely.box(x, y, x + width * DX, y + height * DY)


def row(number, column, *, width=1.0, **more):
    return (box(column, width=width), {"JCBH": f"A{number}", "JCMJ": "10000", "CMC": "柏树村", "BZ": "", **more})


@pytest.fixture
def folder(tmp_path):
    Session.create(tmp_path / "工作区", "古路镇", "张经办").close()
    return tmp_path / "工作区"


def deliver(folder, name, rows, batch="", **answers):
    path = folder.parent / name / "图斑.geojson"
    path.parent.mkdir()
    write(path, rows, "EPSG:4490", driver="GeoJSON")
    options = ImportOptions(crs="EPSG:4490", answers={"unit": "m2", **answers})
    return import_delivery(folder, path, batch or name, options, "张经办", Silent())


def patches(folder, batch_id=""):
    with Session.open(folder, "张经办") as session:
        return {patch.patch_id: patch for patch in session.patches(batch_id)}


def reissue_rows(folder):
    with Session.open(folder, "张经办") as session:
        ids = {patch.patch_uid: patch.patch_id for patch in session.patches()}
        return {(ids[item.patch_uid], item.change): item for item in records.reissues(session.workspace)}


FIRST = [row(1, 0), row(2, 1), row(3, 2)]


def test_the_same_again_changes_nothing_and_says_so(folder):
    first = deliver(folder, "一", FIRST)
    before = patches(folder)
    again = deliver(folder, "二", FIRST)
    assert again.identical
    assert again.imported == 0
    assert again.batch.batch_id == first.batch.batch_id
    assert "与批次“一”完全相同，没有导入新图斑" in again.headline()
    assert patches(folder) == before
    with Session.open(folder, "张经办") as session:
        assert [batch.name for batch in session.batches()] == ["一"]
        assert len(session.workspace.journal()) == 1


@pytest.mark.parametrize(
    ("days", "issued"),
    [(("2026/4/3", "2026年4月20日"), "2026-04-20"), (("202604", ""), "2026-04"), (("待定", "2026"), "")],
)
def test_the_newest_day_in_the_column_of_issue_is_that_of_the_batch(folder, days, issued):
    rows = [row(number, number, 下发日期=day) for number, day in enumerate(days)]
    assert deliver(folder, "四月", rows).batch.issued_on == issued


def test_a_changed_attribute_is_taken_over_and_all_work_stays(folder):
    deliver(folder, "一", FIRST)
    with Session.open(folder, "张经办") as session:
        uid = session.find("A2").patch_uid
        session.set_review(uid, "A2", ReviewStatus.ASSESSED)
        session.judge(uid, "A2", "illegal", against_reason="现场建房")
        session.add_action(CaseAction(uid, "stop", "2026-06-02", doc_no="责停1号"), "A2")
    result = deliver(folder, "二", [row(1, 0), row(2, 1, CMC="乌牛村", BZ="补充"), row(4, 3)])
    assert result.imported == 1
    found = patches(folder)
    assert set(found) == {"A1", "A2", "A3", "A4"}
    assert found["A2"].village_name == "乌牛村"
    assert found["A2"].source_attributes["BZ"] == "补充"
    assert found["A2"].review_status is ReviewStatus.JUDGED
    assert found["A2"].case_status.value == "stopped"
    rows = reissue_rows(folder)
    assert set(rows) == {("A1", "same"), ("A2", "attributes")}
    differences = rows["A2", "attributes"].differences
    assert list(differences["CMC"]) == ["柏树村", "乌牛村"]
    assert list(differences["village_name"]) == ["柏树村", "乌牛村"]
    checked = {item.patch_uid for check in result.checks for item in check.items if item.patch_uid}
    assert checked <= {patch.patch_uid for patch in found.values()}  # the panel can go there
    report = result.report()["reissue"]
    assert report["counts"] == {"new": 1, "same": 1, "changed": 1, "elsewhere": 0, "missing": 1}
    assert report["missing"] == ["A3"]
    assert set(patches(folder, result.batch.batch_id)) == {"A1", "A2", "A4"}
    with Session.open(folder, "张经办") as session:
        assert {line.patch_id for line in session.queue(result.batch.batch_id)} == {"A1", "A2", "A4"}
        after = json.dumps([entry.after for entry in session.workspace.journal()][-1], ensure_ascii=False)
        assert "乌牛村" in after
        assert session.workspace.check_journal() == []


def test_a_changed_boundary_is_applied_and_stays_visible_until_judged_or_confirmed(folder):
    deliver(folder, "一", FIRST)
    with Session.open(folder, "张经办") as session:
        for number in ("A1", "A2"):
            uid = session.find(number).patch_uid
            session.set_review(uid, number, ReviewStatus.ASSESSED)
            session.judge(uid, number, "other", against_reason="实地未变化")
    deliver(folder, "二", [row(1, 0, width=1.5), row(2, 1, width=0.8), row(3, 2)])
    found = patches(folder)
    assert found["A1"].area_m2 == pytest.approx(15_000, rel=0.005)
    differences = reissue_rows(folder)["A1", "geometry"].differences
    assert float(differences["area_m2"][0]) == pytest.approx(10_000, rel=0.005)
    assert float(differences["shared_m2"][1]) == pytest.approx(10_000, rel=0.005)
    assert float(differences["shared_share"][1]) == pytest.approx(1.0, abs=1e-4)  # the old one lies in the new one
    assert found["A1"].overlay_mark is None
    with Session.open(folder, "张经办") as session:
        first, second = found["A1"].patch_uid, found["A2"].patch_uid
        assert "判定可能受影响" in session.lineage(first).boundary
        assert "判定可能受影响" in session.lineage(second).boundary
        session.judge(first, "A1", "other", against_reason="已按新边界核对")
        assert session.lineage(first).boundary == ""
        session.confirm_boundary(second, "A2")
        assert session.lineage(second).boundary == ""
        assert session.undo() == "确认边界变化"
        assert "判定可能受影响" in session.lineage(second).boundary
        assert session.lineage(found["A3"].patch_uid).boundary == ""


def test_another_format_or_system_of_the_same_boundaries_is_no_change(folder, tmp_path):
    deliver(folder, "一", FIRST)
    path = tmp_path / "同一批.gpkg"
    from weipian_plugin.sources.crs import Transformer

    to_plane = Transformer("EPSG:4490", "EPSG:4545")
    rows = [(to_plane.geometry(geom, densify_m=0), {**values, "JCMJ": "10000.00"}) for geom, values in FIRST]
    write(path, rows, "EPSG:4545")
    options = ImportOptions(answers={"unit": "m2"})
    result = import_delivery(folder, path, "二", options, "张经办", Silent())
    assert result.identical
    assert len(patches(folder)) == 3


def test_the_same_number_elsewhere_is_another_patch(folder):
    deliver(folder, "一", FIRST)
    result = deliver(folder, "二", [row(1, 5), row(2, 1, BZ="x")])
    assert result.imported == 1
    assert result.report()["reissue"]["elsewhere"] == ["A1"]
    assert any(item.code == "W_ID_ELSEWHERE" for item in result.findings)
    with Session.open(folder, "张经办") as session:
        assert sum(patch.patch_id == "A1" for patch in session.patches()) == 2


@pytest.mark.parametrize(("answer", "status"), [("", ReviewStatus.RECEIVED), ("void", ReviewStatus.VOID)])
def test_a_patch_that_does_not_come_again_stays_unless_one_says_otherwise(folder, answer, status):
    deliver(folder, "一", FIRST)
    deliver(folder, "二", FIRST[:2], **({"missing": answer} if answer else {}))
    assert patches(folder)["A3"].review_status is status


def test_an_unknown_answer_is_refused(folder):
    deliver(folder, "一", FIRST)
    with pytest.raises(WeipianError) as caught:
        deliver(folder, "二", FIRST[:2], missing="删除")
    assert caught.value.code == "E_ANSWER"
    assert len(patches(folder)) == 3


def test_a_name_that_is_taken_is_refused_and_the_name_of_the_file_gets_a_number(folder):
    deliver(folder, "一", FIRST)
    with pytest.raises(WeipianError) as caught:
        deliver(folder, "二", [row(1, 0, BZ="改")], batch="一")
    assert caught.value.code == "E_BATCH_EXISTS"
    for name in ("三", "四"):
        path = folder.parent / name / "图斑.geojson"
        path.parent.mkdir()
        write(path, [row(1, 0, BZ=name)], "EPSG:4490", driver="GeoJSON")
        import_delivery(folder, path, "", ImportOptions(crs="EPSG:4490", answers={"unit": "m2"}), "张经办", Silent())
    with Session.open(folder, "张经办") as session:
        assert [batch.name for batch in session.batches()] == ["一", "图斑", "图斑（2）"]


def test_a_void_patch_is_not_woken_by_a_new_delivery(folder):
    deliver(folder, "一", FIRST)
    with Session.open(folder, "张经办") as session:
        session.void(session.find("A1").patch_uid, "A1", "vanished", "房屋已拆")
    result = deliver(folder, "二", FIRST)
    assert result.imported == 1
    with Session.open(folder, "张经办") as session:
        status = sorted(p.review_status.value for p in session.patches() if p.patch_id == "A1")
        assert status == ["received", "void"]


def split(folder, number):
    """As the use case of splitting writes it: the parent marked, two children with halves of it."""
    with Session.open(folder, "张经办") as session:
        parent = session.find(number)
        x0, y0, x1, y1 = shapely.from_wkb(parent.wkb).bounds
        middle = (x0 + x1) / 2
        with session.workspace.transaction("split", parent.patch_uid, "张经办") as change:
            change.put("patch", {**records.patch_row(parent), "split_state": "parent"})
            for i, (west, east) in enumerate(((x0, middle), (middle, x1)), 1):
                wkb = shapely.to_wkb(shapely.MultiPolygon([shapely.box(west, y0, east, y1)]))
                child = Patch(
                    f"{parent.patch_uid}-{i}", f"{number}_{i}", parent.batch_id, wkb, parent_uid=parent.patch_uid,
                    split_state="child", area_m2=parent.area_m2 / 2, village_name=parent.village_name,
                    monitor_level=parent.monitor_level,
                )  # fmt: skip
                change.put("patch", records.patch_row(child))


def test_a_split_patch_keeps_its_children_and_its_boundary_is_asked_about(folder):
    deliver(folder, "一", FIRST)
    split(folder, "A1")
    before = patches(folder)
    second = [row(1, 0, width=1.5, CMC="乌牛村"), row(2, 1), row(3, 2)]
    with pytest.raises(WeipianError) as caught:
        deliver(folder, "二", second)
    assert caught.value.code == "E_QUESTION"
    (question,) = caught.value.params["details"]
    assert question["key"] == "split_reissue"
    assert [choice["value"] for choice in question["choices"]] == ["keep", "replace"]
    assert patches(folder) == before
    kept = deliver(folder, "三", second, split_reissue="keep")
    found = patches(folder)
    assert found["A1"].wkb == before["A1"].wkb
    assert found["A1_1"].village_name == "乌牛村"
    assert {"A1", "A1_1", "A1_2", "A2", "A3"} == set(patches(folder, kept.batch.batch_id))
    deliver(folder, "四", [row(1, 0, width=1.4), row(2, 1), row(3, 2)], split_reissue="replace")
    found = patches(folder)
    assert found["A1"].area_m2 == pytest.approx(14_000, rel=0.005)
    assert found["A1_1"].wkb == before["A1_1"].wkb


def test_earlier_patches_are_found_by_place_and_by_number_and_lend_their_evidence(folder, tmp_path):
    deliver(folder, "一", FIRST)
    paper = tmp_path / "设施农用地备案.pdf"
    paper.write_bytes(b"%PDF-1.4 test")
    with Session.open(folder, "张经办") as session:
        uid = session.find("A1").patch_uid
        session.set_review(uid, "A1", ReviewStatus.ASSESSED)
        session.attach(uid, "A1", [paper])
        session.judge(uid, "A1", "other", against_reason="设施农用地")
    x0, y0, x1, y1 = box(0).bounds
    beside = shapely.box(x0 + 0.7 * (x1 - x0), y0, x1 + 0.7 * (x1 - x0), y1)
    result = deliver(
        folder,
        "二",
        [
            (beside, {"JCBH": "B1", "JCMJ": "10000"}),  # 30 % of A1
            (box(9), {"JCBH": "B2", "JCMJ": "10000", "往期图斑编号": "A2"}),
            (box(12), {"JCBH": "B3", "JCMJ": "10000"}),
        ],
    )
    relations = {item["patch_id"]: item for item in result.report()["relations"]}
    assert set(relations) == {"B1", "B2"}
    assert relations["B1"]["other_id"] == "A1"
    assert relations["B1"]["share"] == pytest.approx(0.3, abs=1e-3)
    assert relations["B1"]["overlap_m2"] == pytest.approx(3_000, rel=0.01)
    assert relations["B2"]["other_id"] == "A2"
    with Session.open(folder, "张经办") as session:
        uid = session.find("B1").patch_uid
        (earlier,) = session.earlier(uid)
        assert earlier.line() == "往期图斑 A1（重叠 30%，判定 其他，举证 1 件）"
        assert session.take_evidence(uid, "B1", earlier.patch_uid) == 1
        (mine,) = session.patch_view(uid).evidence
        (its,) = session.patch_view(earlier.patch_uid).evidence
        assert mine.evidence.evidence_id == its.evidence.evidence_id
        assert mine.purpose == its.purpose
        assert session.take_evidence(uid, "B1", earlier.patch_uid) == 0
        assert session.undo() == "沿用往期举证"
        assert session.patch_view(uid).evidence == ()
        assert session.workspace.check_journal() == []


def test_a_withdrawn_batch_is_void_as_one_action(folder):
    deliver(folder, "一", FIRST)
    second = deliver(folder, "二", [row(1, 0, BZ="再发"), row(7, 7), row(8, 8)])
    with Session.open(folder, "张经办") as session:
        assert session.withdraw_batch(second.batch.batch_id, "县局撤回") == 2
        status = {patch.patch_id: patch.review_status.value for patch in session.patches()}
        assert status == {"A1": "received", "A2": "received", "A3": "received", "A7": "void", "A8": "void"}
        assert session.undo() == "撤回批次"
        assert session.find("A7").review_status is ReviewStatus.RECEIVED


def test_void_after_a_decision_needs_a_reason_and_keeps_the_work(folder):
    deliver(folder, "一", FIRST)
    with Session.open(folder, "张经办") as session:
        uid = session.find("A1").patch_uid
        session.set_review(uid, "A1", ReviewStatus.ASSESSED)
        session.judge(uid, "A1", "other", against_reason="实地未变化")
        with pytest.raises(WeipianError) as caught:
            session.void(uid, "A1", "void")
        assert caught.value.code == "E_VOID_REASON"
        session.void(uid, "A1", "void", "重复下发")
        view = session.patch_view(uid)
        assert view.patch.review_status is ReviewStatus.VOID
        assert view.judgement is not None
        assert view.patch.remark == "作废：重复下发"
        with pytest.raises(WeipianError) as caught:
            session.void(uid, "A1", "void", "再来")
        assert caught.value.code == "E_TRANSITION"


def table(folder, name, header, lines, batch="", **answers):
    """Import a csv: in townships a delivery is often a table and pictures."""
    path = folder.parent / f"{name}.csv"
    path.write_text("\n".join(",".join(cells) for cells in (header, *lines)) + "\n", encoding="utf-8")
    options = ImportOptions(answers=answers)
    return import_delivery(folder, path, batch or name, options, "张经办", Silent())


def test_ids_alone_add_attributes_to_the_patches_that_are_there(folder):
    deliver(folder, "一", FIRST)
    header = ("图斑编号", "村名称", "项目名称", "监测等级")
    result = table(
        folder,
        "补充",
        header,
        [("A1", "乌牛村", "机耕道", "一级"), ("A2", "柏树村", "厂房", ""), ("X9", "柏树村", "无", "")],
    )
    found = patches(folder)
    assert set(found) == {"A1", "A2", "A3"}
    assert found["A1"].source_attributes["项目名称"] == "机耕道"
    assert found["A1"].source_attributes["JCMJ"] == "10000"
    assert found["A1"].village_name == "乌牛村"
    assert (found["A1"].monitor_level, found["A1"].level_source) == (1, "issued")
    assert found["A2"].source_attributes["项目名称"] == "厂房"
    assert found["A3"].source_attributes.get("项目名称") is None
    assert [(item.patch_id, item.code) for item in result.rejected] == [("X9", "R_ID_UNKNOWN")]
    rows = reissue_rows(folder)
    assert list(rows["A1", "attributes"].differences["项目名称"]) == [None, "机耕道"]
    assert list(rows["A1", "attributes"].differences["village_name"]) == ["柏树村", "乌牛村"]
    with Session.open(folder, "张经办") as session:
        assert session.workspace.check_journal() == []
    with pytest.raises(WeipianError) as caught:
        table(folder, "全不认识", header, [("Y1", "柏树村", "x", "")])
    assert caught.value.code == "E_ALL_REJECTED"


def test_areas_of_a_table_of_attributes_are_in_the_unit_of_their_header(folder):
    deliver(folder, "一", FIRST)
    table(folder, "补充", ("图斑编号", "耕地面积(亩)"), [("A1", "3"), ("A2", "")], rows="update")
    assert patches(folder)["A1"].issued_farmland_m2 == pytest.approx(2000)  # 15 亩 are a hectare
    assert patches(folder)["A2"].issued_farmland_m2 is None


def test_the_same_table_of_attributes_twice_changes_nothing(folder):
    deliver(folder, "一", FIRST)
    rows = [("A1", "机耕道"), ("A2", "厂房")]
    table(folder, "补充", ("图斑编号", "项目名称"), rows)
    with Session.open(folder, "张经办") as session:
        head = session.workspace.head()
    again = table(folder, "再补充", ("图斑编号", "项目名称"), rows)
    assert again.identical
    with Session.open(folder, "张经办") as session:
        assert session.workspace.head() == head


def test_a_patch_without_boundary_gets_the_one_that_is_issued_later(folder):
    x0, y0, x1, y1 = box(0).bounds
    header = ("图斑编号", "中心点经度", "中心点纬度", "监测面积(平方米)")
    middle = (f"{(x0 + x1) / 2:.7f}", f"{(y0 + y1) / 2:.7f}")
    table(folder, "表", header, [("A1", *middle, "9800")], crs="EPSG:4490", unit="m2")
    first = patches(folder)["A1"]
    assert first.wkb is None
    assert first.area_in_force == pytest.approx(9800)
    with Session.open(folder, "张经办") as session:
        uid = session.find("A1").patch_uid
        session.set_review(uid, "A1", ReviewStatus.ASSESSED)
        session.judge(uid, "A1", "other", against_reason="实地未变化")
    result = deliver(folder, "图", [row(1, 0)])
    assert result.imported == 0
    found = patches(folder)["A1"]
    assert found.patch_uid == first.patch_uid
    assert found.geometry_source == "issued"
    assert found.area_in_force == pytest.approx(10_000, rel=0.005)
    assert found.review_status is ReviewStatus.JUDGED
    # And a table once more: the boundary that is known stays.
    table(folder, "表二", header, [("A1", *middle, "9900")], crs="EPSG:4490", unit="m2")
    again = patches(folder)["A1"]
    assert again.wkb == found.wkb
    assert again.issued_area == 9900


def test_ids_alone_make_no_workspace(tmp_path):
    path = tmp_path / "表.csv"
    path.write_text("图斑编号,项目名称\nA1,机耕道\n", encoding="utf-8")
    with pytest.raises(WeipianError) as caught:
        import_delivery(tmp_path / "新", path, "一", ImportOptions(), "张经办", Silent(), create=True)
    assert caught.value.code == "E_ALL_REJECTED"
    assert "A1" in str(caught.value)
    assert not (tmp_path / "新").exists()


def test_a_judgement_made_while_a_delivery_is_compared_is_not_overwritten(folder, monkeypatch):
    deliver(folder, "一", FIRST)
    plain = importing.earlier.find_relations
    calls = []

    def meanwhile(*arguments):
        if not calls:
            calls.append(1)
            with Session.open(folder, "李经办") as session:
                uid = session.find("A2").patch_uid
                session.set_review(uid, "A2", ReviewStatus.ASSESSED)
                session.judge(uid, "A2", "other", against_reason="实地未变化")
        return plain(*arguments)

    monkeypatch.setattr(importing.earlier, "find_relations", meanwhile)
    deliver(folder, "二", [row(1, 0), row(2, 1, CMC="乌牛村"), row(3, 2)])
    found = patches(folder)["A2"]
    assert (found.village_name, found.review_status) == ("乌牛村", ReviewStatus.JUDGED)
    with Session.open(folder, "张经办") as session:
        assert [batch.name for batch in session.batches()] == ["一", "二"]
        assert session.workspace.check_journal() == []


@pytest.mark.parametrize(
    ("old", "new", "differences"),
    [
        ({"图斑编号": "1"}, {"图斑编\ufffd": "1"}, {}),  # cut in UTF-8: three characters and a byte
        ({"图斑编\ufffd": "1"}, {"图斑编号": "1"}, {}),
        (
            {"占永久基本农田面积": "5"},
            {"占永久基本": "6"},
            {"占永久基本农田面积": ["5", "6"]},
        ),  # cut in GBK: five characters
        ({"村": "甲"}, {"村名": "甲"}, {"村名": [None, "甲"]}),  # short enough to be whole
        ({"a": "1"}, {"a": "1.00"}, {}),
        ({"a": "007"}, {"a": "7"}, {"a": ["007", "7"]}),
        ({"a": None}, {"a": ""}, {}),
        ({"a": "x"}, {}, {}),
        ({"a": "x"}, {"a": None}, {"a": ["x", None]}),
    ],
)
def test_what_counts_as_a_changed_attribute(old, new, differences):
    merged, told = merge_attributes(old, new)
    assert told == differences
    assert merged == {**old, **{name: pair[1] for name, pair in differences.items()}}


def test_a_patch_really_split_comes_again_and_is_whole_again(folder):
    deliver(folder, "一", FIRST)
    with Session.open(folder, "张经办") as session:
        parent = session.find("A1")
        x0, y0, x1, y1 = shapely.from_wkb(parent.wkb).bounds
        line = shapely.LineString([((x0 + x1) / 2, y0 - DY), ((x0 + x1) / 2, y1 + DY)])
        session.split(parent.patch_uid, "A1", session.plan_cut(parent.patch_uid, [shapely.to_wkb(line)]))
    result = deliver(
        folder, "二", [row(1, 0, CMC="乌牛村"), row(2, 1), row(3, 2), (box(0), {"JCBH": "N1", "JCMJ": "10000"})]
    )
    assert result.report()["reissue"]["counts"]["changed"] == 1
    others = {item["other_id"]: item for item in result.report()["relations"]}
    assert set(others) == {"A1_1", "A1_2"}  # the halves, not the parent
    assert all(item["share"] == 1.0 for item in others.values())
    assert {patch.village_name for pid, patch in patches(folder).items() if pid.startswith("A1")} == {"乌牛村"}
    with Session.open(folder, "张经办") as session:
        parent = session.find("A1")
        with pytest.raises(WeipianError):
            session.take_evidence(parent.patch_uid, "A1", session.find("A2").patch_uid)
        session.unsplit(parent.patch_uid, "A1")
        assert session.find("A1").split_state == ""
        assert session.workspace.check_journal() == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("6782.890000000000327", "6782.89", True),  # the same double, printed in full by a shapefile
        ("0.67828903222233063", "0.6782890322223306", True),
        ("6782.890000000000327", "6782.88", False),
        ("12.5", "12.50", True),
        ("007", "7", False),
        ("50011220269901000001", "50011220269901000002", False),  # ids: one double, two numbers
        ("nan", "nan.0", False),
    ],
)
def test_a_number_is_the_same_however_it_is_written(one, other, same):
    _, told = merge_attributes({"a": one}, {"a": other})
    assert (told == {}) is same


def test_voiding_the_missing_ones_with_a_delivery_known_already_is_not_silently_dropped(folder):
    deliver(folder, "一", FIRST)
    deliver(folder, "二", FIRST[:2])
    again = deliver(folder, "三", FIRST[:2], missing="void")
    assert again.identical
    (finding,) = [item for item in again.findings if item.code == "W_NOT_VOIDED"]
    assert "A3" in finding.message
