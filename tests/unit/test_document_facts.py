"""Documents: what they say, the patches they prove, the approved boundary out of a vector file."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
import shapely
from geographiclib.geodesic import Geodesic
from osgeo import ogr, osr

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.model import Batch, Patch, ReviewStatus
from weipian_plugin.store import records
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench.documents import outline_text
from weipian_plugin.workbench.outlines import polygon_layers, read_outline
from weipian_plugin.workbench.session import Session

PREFIX = "500112SJBG2621"
#: 0.001° x 0.001° at 29.8° N.
SQUARE = [(106.8, 29.8), (106.801, 29.8), (106.801, 29.801), (106.8, 29.801), (106.8, 29.8)]
#: GeographicLib on the CGCS2000 ellipsoid (Karney 2013).
AREA_M2 = 10714.9


def square_area() -> float:
    polygon = Geodesic(6378137.0, 1 / 298.257222101).Polygon()
    for lon, lat in SQUARE[:-1]:
        polygon.AddPoint(lat, lon)
    return abs(polygon.Compute()[2])


@pytest.fixture
def session(tmp_path: Path):
    with (
        Workspace.create(tmp_path / "ws", "古路镇") as ws,
        ws.transaction("import", "b1", "测试") as change,
    ):
        change.put("batch", records.batch_row(Batch("b1", "五月", patch_count=4)))
        for number in range(1, 5):
            x = 106.8 + (number - 1) / 100
            wkb = shapely.to_wkb(shapely.MultiPolygon([shapely.box(x, 29.8, x + 0.001, 29.801)]))
            patch = Patch(
                patch_uid=f"u{number}", patch_id=f"{PREFIX}000{number}", batch_id="b1", wkb=wkb, area_m2=2000.0,
                village_name="乌牛村", review_status=ReviewStatus.ASSESSED,
            )  # fmt: skip
            change.put("patch", records.patch_row(patch))
    with Session.open(tmp_path / "ws", "测试员") as opened:
        yield opened


def paper(session: Session, tmp_path: Path, name: str = "批复.pdf", purpose: str = "") -> str:
    file = tmp_path / name
    file.write_bytes(b"%PDF-1.4 " + name.encode())
    session.attach("u1", f"{PREFIX}0001", [file], purpose)
    return session.patch_view("u1").evidence[0].evidence.evidence_id


def geojson(path: Path, *rings, kind: str = "Polygon") -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {},
            "geometry": {"type": kind, "coordinates": [ring] if kind == "Polygon" else ring},
        }
        for ring in rings
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def test_what_a_document_says_is_kept_and_its_links_prove_its_kind(session, tmp_path) -> None:
    evidence_id = paper(session, tmp_path, purpose="document")
    session.set_document(
        evidence_id, "approval_doc", "渝府地〔2024〕123号", "重庆市人民政府", "2024年3月5日", "5.25", "2027-03-04"
    )
    (link,) = session.patch_view("u1").evidence
    item = link.evidence
    assert (item.doc_kind, item.doc_no, item.doc_authority) == ("approval_doc", "渝府地〔2024〕123号", "重庆市人民政府")
    assert (item.doc_date, item.doc_area_mu, item.valid_until) == ("2024-03-05", "5.25", "2027-03-04")
    assert link.purpose == "approval_doc"
    session.undo()
    (link,) = session.patch_view("u1").evidence
    assert (link.purpose, link.evidence.doc_no) == ("document", "")


def test_a_purpose_that_was_chosen_stays(session, tmp_path) -> None:
    evidence_id = paper(session, tmp_path, purpose="explanation")
    session.set_document(evidence_id, "approval_doc")
    assert session.patch_view("u1").evidence[0].purpose == "explanation"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"doc_date": "昨天"}, "E_DATE_INVALID"),
        ({"valid_until": "2026-13-01"}, "E_DATE_INVALID"),
        ({"area_mu": "很大"}, "E_AREA_INVALID"),
    ],
)
def test_what_is_no_date_or_area_is_refused(session, tmp_path, values, code) -> None:
    evidence_id = paper(session, tmp_path)
    with pytest.raises(WeipianError) as caught:
        session.set_document(evidence_id, **values)
    assert caught.value.code == code


def test_a_scan_becomes_a_document(session, tmp_path) -> None:
    from PIL import Image

    file = tmp_path / "扫描.jpg"
    Image.new("RGB", (30, 40)).save(file)
    session.attach("u1", f"{PREFIX}0001", [file])
    evidence_id = session.patch_view("u1").evidence[0].evidence.evidence_id
    session.set_document(evidence_id)
    (link,) = session.patch_view("u1").evidence
    assert (link.evidence.kind, link.purpose) == ("document", "document")
    session.set_document(evidence_id, "approval_doc", "甲")
    (link,) = session.patch_view("u1").evidence
    assert (link.evidence.kind, link.purpose) == ("document", "approval_doc")


def test_one_document_for_many_patches_is_one_step(session, tmp_path) -> None:
    evidence_id = paper(session, tmp_path, purpose="approval_doc")
    session.set_document(evidence_id, "approval_doc", "甲")
    found = session.link_document(evidence_id, ["u1", "u2", "u3", "u3", "nobody"])
    assert found.done == (f"{PREFIX}0002", f"{PREFIX}0003")
    assert found.already == (f"{PREFIX}0001",)
    assert found.refused == (("nobody", "工作区里没有这个图斑"),)
    uses = session.document_uses(evidence_id)
    assert [(use.patch_uid, use.purpose, use.village) for use in uses] == [
        (uid, "approval_doc", "乌牛村") for uid in ("u1", "u2", "u3")
    ]
    assert session.undo_labels(1)[0].startswith("一举多用")
    session.undo()
    assert [use.patch_uid for use in session.document_uses(evidence_id)] == ["u1"]


def test_taking_a_document_off(session, tmp_path) -> None:
    evidence_id = paper(session, tmp_path)
    session.link_document(evidence_id, ["u2", "u3"])
    assert session.unlink_document(evidence_id, ["u2", "u4"]) == 1
    assert [use.patch_uid for use in session.document_uses(evidence_id)] == ["u1", "u3"]


# -- outlines ---------------------------------------------------------------------------------------------
def test_the_outline_of_an_approval(session, tmp_path) -> None:
    evidence_id = paper(session, tmp_path)
    session.attach_outline(evidence_id, geojson(tmp_path / "范围.geojson", SQUARE))
    item = session.patch_view("u1").evidence[0].evidence
    shape = shapely.from_wkb(item.outline)
    assert shape.equals(shapely.Polygon(SQUARE))
    assert square_area() == pytest.approx(AREA_M2, abs=30)
    assert item.facts["outline"]["area_m2"] == pytest.approx(square_area(), rel=1e-6)
    assert outline_text(item).startswith("范围.geojson，1 个面，16.")
    child = session.evidence_item(item.facts["outline"]["evidence_id"])
    assert (child.parent_id, child.original_name) == (evidence_id, "范围.geojson")
    assert not session.lane()
    session.remove_outline(evidence_id)
    assert session.patch_view("u1").evidence[0].evidence.outline is None
    session.undo()
    assert session.patch_view("u1").evidence[0].evidence.outline is not None


def shapefile(folder: Path, crs: bool = True) -> Path:
    """The square in the three-degree zone 108E (EPSG:4545), written by GDAL, coordinates by PROJ."""
    lonlat, plane = osr.SpatialReference(), osr.SpatialReference()
    lonlat.ImportFromEPSG(4490)
    plane.ImportFromEPSG(4545)
    for srs in (lonlat, plane):
        srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    path = folder / "勘测定界.shp"
    source = ogr.GetDriverByName("ESRI Shapefile").CreateDataSource(str(path))
    layer = source.CreateLayer("勘测定界", plane if crs else None, ogr.wkbPolygon)
    geom = ogr.CreateGeometryFromWkt(shapely.Polygon(SQUARE).wkt)
    geom.Transform(osr.CoordinateTransformation(lonlat, plane))
    feature = ogr.Feature(layer.GetLayerDefn())
    feature.SetGeometry(geom)
    layer.CreateFeature(feature)
    del feature, layer, source
    return path


def test_a_shapefile_is_kept_whole_and_reprojected(session, tmp_path) -> None:
    evidence_id = paper(session, tmp_path)
    path = shapefile(tmp_path)
    outline = session.attach_outline(evidence_id, path)
    assert outline.area_m2 == pytest.approx(square_area(), rel=1e-6)
    assert shapely.from_wkb(outline.wkb).bounds == pytest.approx(shapely.Polygon(SQUARE).bounds, abs=1e-8)
    item = session.evidence_item(evidence_id)
    kept = session.evidence_path(item.facts["outline"]["evidence_id"])
    with zipfile.ZipFile(kept) as packed:
        assert {Path(name).suffix for name in packed.namelist()} >= {".shp", ".shx", ".dbf", ".prj"}
    assert read_outline(kept).area_m2 == outline.area_m2
    # Packed again it is the same file: nothing is kept twice.
    session.attach_outline(evidence_id, path)
    assert session.evidence_path(session.evidence_item(evidence_id).facts["outline"]["evidence_id"]) == kept


def test_a_file_without_a_crs_is_asked_about(session, tmp_path) -> None:
    evidence_id = paper(session, tmp_path)
    path = shapefile(tmp_path, crs=False)
    with pytest.raises(WeipianError) as caught:
        session.attach_outline(evidence_id, path)
    assert caught.value.code == "E_CRS_UNKNOWN"
    assert session.evidence_item(evidence_id).outline is None
    assert session.attach_outline(evidence_id, path, crs="EPSG:4545").area_m2 == pytest.approx(square_area(), rel=1e-6)


def test_a_list_of_points_is_placed_by_the_patch(session, tmp_path) -> None:
    evidence_id = paper(session, tmp_path)
    text = tmp_path / "界址点.txt"
    text.write_text("\n".join(f"J{n},1,{lat},{lon}" for n, (lon, lat) in enumerate(SQUARE, 1)), "utf-8")
    outline = session.attach_outline(evidence_id, text)
    assert outline.area_m2 == pytest.approx(square_area(), rel=1e-6)


def test_overlapping_polygons_count_once_and_closed_lines_are_polygons(tmp_path) -> None:
    twice = geojson(tmp_path / "a.geojson", SQUARE, SQUARE)
    assert read_outline(twice).area_m2 == pytest.approx(square_area(), rel=1e-6)
    lines = geojson(tmp_path / "b.geojson", SQUARE, kind="LineString")
    assert read_outline(lines).area_m2 == pytest.approx(square_area(), rel=1e-6)
    assert [layer.name for layer in polygon_layers(twice)] == ["a"]


@pytest.mark.parametrize("content", ["point", "empty", "no vector"])
def test_what_is_no_outline_is_said(session, tmp_path, content) -> None:
    evidence_id = paper(session, tmp_path)
    path = tmp_path / "x.geojson"
    if content == "point":
        geojson(path, [106.8, 29.8], kind="Point")
    elif content == "empty":
        path.write_bytes(b"")
    else:
        path.write_bytes(b"%PDF-1.4")
    with pytest.raises(WeipianError) as caught:
        session.attach_outline(evidence_id, path)
    assert caught.value.code in ("E_OUTLINE", "E_FILE_UNREADABLE")
    assert session.evidence_item(evidence_id).outline is None
