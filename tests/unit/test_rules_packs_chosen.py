"""Batches and their packs: kept in the workspace, chosen, offered, compared; other PCs judge the same."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from shapely import to_wkb
from shapely.geometry import MultiPolygon, box

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.model import Batch, OverlayRow, Patch, ReviewStatus
from weipian_plugin.store import kept_packs, records
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench import pack_library
from weipian_plugin.workbench.advising import advise_all
from weipian_plugin.workbench.decisions import apply_decisions
from weipian_plugin.workbench.importing import ImportOptions, import_delivery
from weipian_plugin.workbench.rejudging import rejudge, write_html
from weipian_plugin.workbench.session import Session
from weipian_plugin.workbench.verifying import verify_workspace

RULES = Path(__file__).resolve().parents[2] / "resources" / "rules"
MU = 2000 / 3


class Quiet:
    """Feedback that says nothing."""

    stop = False

    def progress(self, percent: float) -> None:
        pass

    def message(self, text: str) -> None:
        pass

    def cancelled(self) -> bool:
        return self.stop


def _patch(uid: str, batch: str, kind: str) -> Patch:
    square = MultiPolygon([box(106.80, 29.80, 106.8002, 29.8002)])
    return Patch(
        uid, f"P{uid}", batch, wkb=to_wkb(square), patch_type=kind, area_m2=1 * MU, review_status=ReviewStatus.ASSESSED
    )


NONE = ("prime_farmland", "eco_redline", "approval", "temp_land", "facility_agri")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Two batches: a road of 1.5 m in each, which fits in the south (1 m) and not in the north (2 m)."""
    monkeypatch.setattr(pack_library, "user_folder", lambda: None)
    with Workspace.create(tmp_path / "ws", "两批") as ws, ws.transaction("import", "b", "测试") as change:
        for batch in ("b1", "b2"):
            change.put("batch", records.batch_row(Batch(batch, f"批次{batch}", created_at=batch)))
            uid = f"u{batch}"
            change.put("patch", records.patch_row(_patch(uid, batch, "ND")))
            rows = [OverlayRow(uid, f"P{uid}", "landuse", "1006", MU, 1.0)]
            rows += [OverlayRow(uid, f"P{uid}", role, "", 0.0, 0.0) for role in NONE]
            for row in rows:
                change.put("overlay", records.overlay_row(row))
    return tmp_path / "ws"


def judge(session: Session, uid: str, width: str = "1.5") -> None:
    session.judge(uid, f"P{uid}", "other", "rural_road", answers={"road_width": width}, against_reason="现场核实")


def test_each_batch_is_judged_by_its_own_pack(folder):
    with Session.open(folder, "张三") as session:
        session.choose_pack("b2", "north-2026")
        assert [session.pack_for(b).id for b in ("b1", "b2")] == ["chongqing-2023", "north-2026"]
        for uid in ("ub1", "ub2"):
            judge(session, uid)
        south, north = session.patch_view("ub1"), session.patch_view("ub2")
        assert (south.pack.id, south.advice.leaning) == ("chongqing-2023", "other")
        assert (north.pack.id, north.advice.leaning) == ("north-2026", "illegal")  # 1.5 m: dossier J13
        assert north.judgement.pack_id == "north-2026"
        assert south.judgement.pack_version == session.pack_for("b1").version
    report = advise_all(folder, "李四", Quiet())["patches"]
    assert (report["Pub1"]["leaning"], report["Pub2"]["leaning"]) == ("other", "illegal")
    forced = advise_all(folder, "李四", Quiet(), "north-2026")["patches"]
    assert (forced["Pub1"]["leaning"], forced["Pub2"]["leaning"]) == ("illegal", "illegal")
    with Session.open(folder, "张三") as session:
        assert session.pack_for("b1").id == "chongqing-2023"  # one call with PACK changes nothing
    assert verify_workspace(folder).ok


def test_the_first_verdict_keeps_the_pack_and_choosing_is_undone(folder):
    with Session.open(folder, "张三") as session:
        assert session.batches()[0].pack_id == ""
        judge(session, "ub1")
        kept = session.batches()[0]
        assert (kept.pack_id, kept.pack_version) == ("chongqing-2023", session.pack.version)
        session.choose_pack("b1", "north-2026")
        assert session.pack_for("b1").id == "north-2026"
        assert session.patch_view("ub1").judgement.pack_id == "chongqing-2023"  # the verdict stays as it was made
        assert session.undo() == "选用规则包"
        assert session.pack_for("b1").id == "chongqing-2023"
        session.redo()
        assert session.pack_for("b1").id == "north-2026"
        session.choose_pack("b1", "north-2026")
        assert session.undo() == "选用规则包"  # choosing the same again was nothing
        assert session.pack_for("b1").id == "chongqing-2023"


def own_pack(folder: Path, name: str = "chongqing-2023", version: str = "0.2.0", width: str = "3") -> Path:
    """A pack in the workspace: Chongqing's, with another lower limit of roads."""
    target = folder / "packs" / "自己的"
    shutil.copytree(RULES / "chongqing-2023", target)
    head = (target / "pack.yaml").read_text(encoding="utf-8")
    head = head.replace("id: chongqing-2023", f"id: {name}").replace('version: "0.1.0"', f'version: "{version}"')
    (target / "pack.yaml").write_text(head, encoding="utf-8")
    rows = f'thresholds:\n  - {{id: road_width_min_m, value: {width}, source: "P?"}}\n'
    (target / "thresholds.yaml").write_text(rows, encoding="utf-8")
    return target


def test_a_newer_pack_is_offered_and_the_kept_one_stays(folder):
    with Session.open(folder, "张三") as session:
        judge(session, "ub1")
        assert session.pack_offers() == []
    own_pack(folder)
    with Session.open(folder, "张三") as session:
        (offer,) = session.pack_offers()
        assert (offer.batch_id, offer.ref.version, offer.newer) == ("b1", "0.2.0", True)
        assert session.pack_for("b1").threshold("road_width_min_m") == 1
        assert session.patch_view("ub1").advice.leaning == "other"
        session.decline_pack([offer])
        assert session.pack_offers() == []
        session.choose_pack("b1", offer.ref.id, offer.ref.version)
        assert session.patch_view("ub1").advice.leaning == "illegal"  # 1.5 m is now below 3 m


def test_an_edit_without_a_new_version_is_noticed(folder):
    path = own_pack(folder)
    with Session.open(folder, "张三") as session:
        session.choose_pack("b1", "chongqing-2023", "0.2.0")
        session.choose_pack("b2", "chongqing-2023", "0.2.0")
    rows = path / "thresholds.yaml"
    rows.write_text(rows.read_text(encoding="utf-8").replace("value: 3", "value: 4"), encoding="utf-8")
    with Session.open(folder, "张三") as session:
        offers = session.pack_offers()
        assert [(o.batch_id, o.newer) for o in offers] == [("b1", False), ("b2", False)]
        session.choose_pack("b1", "chongqing-2023", "0.2.0")
        widths = [session.pack_for(b).threshold("road_width_min_m") for b in ("b1", "b2")]
        assert widths == [Decimal(4), Decimal(3)]
        versions = [b.pack_version for b in session.batches()]
        assert versions[0].startswith("0.2.0+")
        assert versions[1] == "0.2.0"


def test_another_pc_without_the_pack_judges_the_same(folder, tmp_path):
    own_pack(folder, "town-2026")
    with Session.open(folder, "张三") as session:
        session.choose_pack("b1", "town-2026")
        judge(session, "ub1")
    away = Path(shutil.copytree(folder, tmp_path / "stick"))
    shutil.rmtree(away / "packs")
    with Session.open(away, "李四") as session:
        assert session.patch_view("ub1").pack.id == "town-2026"
        assert session.patch_view("ub1").advice.leaning == "illegal"
        (info,) = [i for i in session.packs() if i.ref.id == "town-2026"]
        assert (info.ref.origin, info.batches, info.usable) == ("kept", ("批次b1",), True)


def test_a_broken_pack_is_never_used(folder):
    path = own_pack(folder)
    (path / "offices.yaml").write_text("offices: [{id: a}]\n", encoding="utf-8")
    with Session.open(folder, "张三") as session:
        with pytest.raises(WeipianError) as caught:
            session.choose_pack("b1", "chongqing-2023", "0.2.0")
        assert caught.value.code == "E_RULES"
        assert session.batches()[0].pack_id == ""
        with pytest.raises(WeipianError) as caught:
            session.choose_pack("b1", "no-such")
        assert caught.value.code == "E_PACK_UNKNOWN"
        with pytest.raises(WeipianError) as caught:
            session.choose_pack("no-batch", "north-2026")
        assert caught.value.code == "E_PACK_BATCH"
        judge(session, "ub1")  # the default gives way to the shipped pack
        assert session.pack_for("b1").threshold("road_width_min_m") == 1


def test_a_kept_pack_that_lacks_what_is_new_gets_it_from_the_base(folder):
    """A pack kept by an older program knows fewer rules than this one needs."""
    with Session.open(folder, "张三") as session:
        judge(session, "ub1")
        kept = kept_packs.pack(session.workspace, "chongqing-2023", session.batches()[0].pack_version)
        packs = json.loads(kept.files)
        base = packs[0]["files"]
        assert "  - id: R-25\n" in base["rules.yaml"]
        base["rules.yaml"] = base["rules.yaml"].partition("  - id: R-25\n")[0]
        base["thresholds.yaml"] = base["thresholds.yaml"].replace("value: 8, unit: m,", "value: 7, unit: m,")
        with session.workspace.transaction("pack", "b1", "测试") as change:
            old = kept._replace(files=json.dumps(packs), fingerprint="older")
            change.put("pack", kept_packs.pack_row(old))
        pack = session.pack_for("b1")
        assert "R-25" in pack.rules
        assert pack.threshold("road_width_max_m") == 7
        assert session.pack_troubles() == []
        with session.workspace.transaction("pack", "b1", "测试") as change:
            change.put("pack", kept_packs.pack_row(old._replace(files="{")))
        assert session.pack_for("b1").id == "chongqing-2023"
        assert any("chongqing-2023" in text for text in session.pack_troubles())


def test_words_of_a_province_in_a_table_of_decisions(folder):
    table = folder.parent / "判定.csv"
    table.write_text("图斑编号,判定,道路宽度,理由\nPub2,农村道路,5,\nPub1,农村道路,5,\n", encoding="utf-8")
    with Session.open(folder, "张三") as session:
        session.choose_pack("b2", "north-2026")
    found = apply_decisions(folder, table, "张三", Quiet())
    assert [row.patch_id for row in found.applied] == ["Pub2"]
    assert [(row.patch_id, row.code) for row in found.rejected] == [("Pub1", "E_VERDICT_UNKNOWN")]
    with Session.open(folder, "张三") as session:
        judgement = session.patch_view("ub2").judgement
        assert (judgement.verdict.value, judgement.sub_type) == ("other", "rural_road")


def test_compare_two_packs(folder):
    with Session.open(folder, "张三") as session:
        judge(session, "ub1")
        before = session.workspace.head()
    found = rejudge(folder, "批次b1", "north-2026", "张三", Quiet())
    (row,) = found.differences
    assert (row.patch_id, row.before.leaning, row.after.leaning) == ("Pub1", "other", "illegal")
    assert "leaning" in row.changes
    assert row.against_verdict
    assert found.report()["changed"] == 1
    assert "与已作判定相反的 1 个" in found.headline()
    page = write_html(found, folder / "exports").read_text(encoding="utf-8")
    assert "Pub1" in page
    assert "（相反）" in page
    assert rejudge(folder, "", "chongqing-2023", "张三", Quiet()).differences == []
    assert rejudge(folder, "", "north-2026", "张三", Quiet()).patches == 2
    with Session.open(folder, "张三") as session:
        assert session.workspace.head() == before  # nothing was written
    stopped = Quiet()
    stopped.stop = True
    with pytest.raises(WeipianError) as caught:
        rejudge(folder, "", "north-2026", "张三", stopped)
    assert caught.value.code == "E_CANCELLED"


def test_the_default_of_new_batches(folder):
    with Session.open(folder, "张三") as session:
        session.set_default_pack("north-2026")
        assert session.pack.id == "north-2026"
    with Session.open(folder, "张三") as session:
        assert session.pack.id == "north-2026"
        assert session.pack_for("b1").id == "north-2026"
        judge(session, "ub1")
        session.set_default_pack("chongqing-2023")
        assert session.pack_for("b1").id == "north-2026"  # it was kept with the first verdict
        assert session.pack_for("b2").id == "chongqing-2023"


def _delivery(path: Path) -> Path:
    corner = [(106.80, 29.80), (106.801, 29.80), (106.801, 29.801), (106.80, 29.801), (106.80, 29.80)]
    feature = {
        "type": "Feature",
        "properties": {"JCBH": "500112SJBG26210001", "TBLX": "20"},
        "geometry": {"type": "Polygon", "coordinates": [corner]},
    }
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}), encoding="utf-8")
    return path


def test_an_import_keeps_the_pack_that_was_named(tmp_path, monkeypatch):
    monkeypatch.setattr(pack_library, "user_folder", lambda: None)
    path, ws = _delivery(tmp_path / "五月.geojson"), tmp_path / "ws"
    with pytest.raises(WeipianError) as caught:
        import_delivery(ws, path, "五月", ImportOptions(), "张三", Quiet(), create=True, pack="no-such")
    assert caught.value.code == "E_PACK_UNKNOWN"
    assert not ws.exists()
    import_delivery(ws, path, "五月", ImportOptions(), "张三", Quiet(), create=True, pack="north-2026")
    with Session.open(ws, "张三") as session:
        (batch,) = session.batches()
        assert (batch.pack_id, session.pack_for(batch.batch_id).id) == ("north-2026", "north-2026")
        assert session.pack.id == "chongqing-2023"
        (kept,) = kept_packs.packs(session.workspace)
        assert kept.fingerprint == session.pack_for(batch.batch_id).fingerprint


def _town(folder: Path, limit: str) -> Path:
    own = folder / "packs" / "town"
    own.mkdir(parents=True, exist_ok=True)
    head = 'id: our-town\nextends: chongqing-2023\nversion: "1.0"\nlabel: 我们镇\n'
    (own / "pack.yaml").write_text(head, encoding="utf-8")
    (own / "thresholds.yaml").write_text(
        f"thresholds:\n  - {{id: road_width_max_m, value: {limit}}}\n", encoding="utf-8"
    )
    return own


def test_a_workspace_goes_on_with_the_packs_it_brought_along(folder):
    own = _town(folder, "6")
    with Session.open(folder, "张三") as session:
        session.set_default_pack("our-town")
        session.choose_pack("b1", "our-town")
    shutil.rmtree(own)  # another PC
    with Session.open(folder, "李四") as session:
        assert session.pack.id == "our-town"  # not the shipped default without a word
        session.choose_pack("b2", "our-town", "1.0")
        assert session.pack_for("b2").threshold("road_width_max_m") == Decimal(6)
        assert session.pack_named("our-town").load().id == "our-town"
        with pytest.raises(WeipianError, match="your-town"):
            session.pack_named("your-town")
    assert verify_workspace(folder).ok


def test_an_edited_pack_for_one_call_is_told_from_the_kept_one(folder, tmp_path):
    own = _town(folder, "6")
    with Session.open(folder, "张三") as session:
        session.choose_pack("b1", "our-town")
    _town(folder, "1.2")
    found = rejudge(folder, "批次b1", str(own), "张三", Quiet())
    assert found.before != found.after
    assert [item.patch_id for item in found.differences] == []  # nothing was answered yet
    table = tmp_path / "判定.csv"
    table.write_text("图斑编号,判定,二级类,道路宽度,理由\nPub1,其他,农村道路,1.5,现场核实\n", encoding="utf-8")
    assert not apply_decisions(folder, table, "张三", Quiet(), str(own)).rejected
    with Session.open(folder, "张三") as session:
        judgement = session.patch_view("ub1").judgement
        assert judgement.pack_version.startswith("1.0+")
        kept = kept_packs.pack(session.workspace, judgement.pack_id, judgement.pack_version)
        assert "1.2" in kept.files  # what the verdict names can be looked up
        assert session.pack_for("b1").version == "1.0"
    assert verify_workspace(folder).ok


def test_a_row_keeps_the_facts_that_it_does_not_speak_of(folder, tmp_path):
    table = tmp_path / "判定.csv"
    for text in (
        "判定,二级类,用地主体,建设时间,理由\nPub1,违法,硬化,某厂,2026-01,现场",
        "判定,二级类,用地主体,理由\nPub1,违法,圈占,,现场",
    ):
        table.write_text(f"图斑编号,{text}\n", encoding="utf-8")
        assert not apply_decisions(folder, table, "张三", Quiet()).rejected
    with Session.open(folder, "张三") as session:
        judgement = session.patch_view("ub1").judgement
    assert (judgement.sub_type, dict(judgement.answers)) == (
        "illegal_enclosure", {"actor": "某厂", "built_on": "2026-01"},
    )  # fmt: skip
