"""A photo looked at once: upright, small, of any kind, and alike ones found in a workspace."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import numpy as np
import piexif
import pytest
from PIL import Image

from weipian_plugin.core.feedback import Silent
from weipian_plugin.core.proof import Evidence
from weipian_plugin.photos import likeness
from weipian_plugin.store import proofs, records
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench import likening, pictures
from weipian_plugin.workbench.attaching import attach

REAL = Path(__file__).resolve().parents[3] / "shared" / "realdata" / "photos"


def _corners() -> np.ndarray:
    """Upright 640 × 480: black upper left, dark grey upper right, light grey lower left, white lower right."""
    grey = np.zeros((480, 640), np.uint8)
    grey[:240, 320:], grey[240:, :320], grey[240:, 320:] = 80, 160, 255
    return grey


#: How a camera stores the upright picture for each orientation (JEITA CP-3451 table 4.6.4, row 0 and column 0).
STORED = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.T,
    6: lambda a: np.rot90(a, 1),
    7: lambda a: a[::-1, ::-1].T,
    8: lambda a: np.rot90(a, -1),
}


def _jpeg(path: Path, stored: np.ndarray, orientation: int, preview: bool = False) -> Path:
    image = Image.fromarray(np.ascontiguousarray(stored)).convert("RGB")
    exif: dict[str, object] = {"0th": {piexif.ImageIFD.Orientation: orientation}}
    if preview:
        small = BytesIO()
        image.resize((stored.shape[1] // 4, stored.shape[0] // 4)).save(small, "JPEG")
        exif.update({"1st": {}, "thumbnail": small.getvalue()})
    image.save(path, quality=95, exif=piexif.dump(exif))
    return path


def _means(grey: np.ndarray) -> list[float]:
    rows, columns = grey.shape[0] // 2, grey.shape[1] // 2
    return [
        float(part.mean()) for half in (grey[:rows], grey[rows:]) for part in (half[:, :columns], half[:, columns:])
    ]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright(tmp_path: Path, orientation: int) -> None:
    stored = STORED[orientation](_corners())
    path = _jpeg(tmp_path / "a.jpg", stored, orientation, preview=True)
    seen = pictures.look_at(path, "ab" * 32, tmp_path)
    assert (seen.width, seen.height) == (stored.shape[1], stored.shape[0])
    assert seen.readable
    assert seen.grey.shape == (192, 256)
    assert _means(seen.grey) == pytest.approx([0, 80, 160, 255], abs=3)
    assert _means(seen.embedded) == pytest.approx([0, 80, 160, 255], abs=4)
    assert likeness.agreement(seen.grey, seen.embedded) > 0.98
    thumb = Image.open(seen.thumb_path)
    assert thumb.size == (320, 240)
    assert _means(np.asarray(thumb.convert("L"))) == pytest.approx([0, 80, 160, 255], abs=3)


def test_the_preview_is_written_whole_once_and_read_again(tmp_path: Path) -> None:
    path = _jpeg(tmp_path / "a.jpg", _corners(), 1)
    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(lambda _: pictures.look_at(path, "cd" * 32, tmp_path), range(12)))
    assert {item.thumb_path for item in seen} == {str(tmp_path / "thumbs" / "cd" / f"{'cd' * 32}.jpg")}
    assert [file.suffix for file in (tmp_path / "thumbs" / "cd").iterdir()] == [".jpg"]
    again = pictures.grey_of(tmp_path / "gone.jpg", "cd" * 32, tmp_path)
    assert np.abs(again.astype(int) - seen[0].grey).mean() < 2


@pytest.mark.parametrize("content", [b"", b"no picture", b"\xff\xd8\xff\xe1\xff\xffExif\0\0II*\0\xff\xff\xff\xff"])
def test_what_is_no_picture_is_not_readable(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.jpg").write_bytes(content)
    seen = pictures.look_at(tmp_path / "a.jpg", "ef" * 32, tmp_path)
    assert (seen.readable, seen.grey, seen.thumb_path) == (False, None, "")
    assert pictures.look_at(tmp_path / "none.jpg", "ef" * 32, tmp_path).readable is False


def test_a_cache_that_cannot_be_written_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    seen = pictures.look_at(_jpeg(tmp_path / "a.jpg", _corners(), 1), "ab" * 32, tmp_path / "cache")
    assert seen.thumb_path == ""
    assert seen.grey is not None


def test_other_formats_names_and_depths(tmp_path: Path) -> None:
    image = Image.fromarray(_corners())
    for name, mode, kind in (
        ("a.png", "RGBA", "PNG"),
        ("b.jpg", "L", "PNG"),
        ("c.bmp", "P", "BMP"),
        ("d.jpg", "CMYK", "JPEG"),
    ):
        image.convert("RGB" if mode == "CMYK" else mode).convert(mode).save(tmp_path / name, kind)
        seen = pictures.look_at(tmp_path / name, "aa" * 31 + name[:1].encode().hex(), tmp_path)
        assert seen.readable, name
        assert _means(seen.grey) == pytest.approx([0, 80, 160, 255], abs=4), name


def test_giants_and_drawings_are_not_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.fromarray(_corners()).save(tmp_path / "a.png")
    _jpeg(tmp_path / "a.jpg", _corners(), 1)
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"><rect width="640" height="480"/></svg>'
    (tmp_path / "b.jpg").write_text(svg)
    assert not pictures.look_at(tmp_path / "b.jpg", "", None).readable
    monkeypatch.setattr(pictures, "_MOST_OTHER", 640 * 480 - 1)
    assert not pictures.look_at(tmp_path / "a.png", "", None).readable
    assert pictures.look_at(tmp_path / "a.jpg", "", None).readable


def test_heic_shows_its_preview() -> None:
    path = REAL / "xiaomi_heic_gps_nodir.heic"
    if not path.is_file():
        pytest.skip("the real photos are not there")
    seen = pictures.look_at(path, "", None)
    assert seen.readable or seen.grey is not None


def _evidence(ws: Workspace, path: Path, number: int) -> tuple[Evidence, np.ndarray]:
    from weipian_plugin.core.hashing import file_sha256

    sha = file_sha256(path)
    ws.keep_evidence(path, sha)
    grey = pictures.look_at(path, sha, pictures.cache_of(ws.folder)).grey
    at = f"2026-06-01T08:00:0{number}+08:00"
    item = Evidence(f"e{9 - number}", "photo", sha, path.name, added_at=at, phash=likeness.phash(grey))
    with ws.transaction("attach", "workspace", "甲") as change:
        change.put("evidence", records.evidence_row(item))
    return item, grey


def _view(seed: int) -> Image.Image:
    rng = np.random.default_rng(seed)
    layers = [
        np.asarray(
            Image.fromarray(rng.integers(0, 255, (n, n), dtype=np.uint8)).resize((800, 600), Image.BICUBIC), float
        )
        for n in (5, 11, 23, 47, 95)
    ]
    return Image.fromarray(np.mean(layers, 0).astype(np.uint8))


def test_the_pairs_of_a_workspace(tmp_path: Path) -> None:
    """In order of arrival: a view, another view; then fresh: the first cropped, the first turned, a third view."""
    view = _view(1)
    files = {
        "a.jpg": view, "b.jpg": _view(2), "c.jpg": view.crop((40, 30, 780, 570)), "d.jpg": view.rotate(90, expand=True),
        "e.jpg": _view(3),
    }  # fmt: skip
    for name, image in files.items():
        image.save(tmp_path / name, quality=80)
    ws = Workspace.create(tmp_path / "w", "甲")
    items = [_evidence(ws, tmp_path / name, number) for number, name in enumerate(files)]
    found = {(p.evidence_id, p.other_id): p.kind for p in likening.find(ws, items[2:])}
    # e9 arrived first, e5 last
    assert found == {("e9", "e7"): "cropped", ("e9", "e6"): "same_picture", ("e7", "e6"): "cropped"}
    assert likening.find(ws, []) == []
    assert proofs.likenesses(ws) == []
    ws.close()


def test_a_picture_put_under_the_exif_of_another_is_told(tmp_path: Path) -> None:
    """The preview is the camera's, the picture is not; a program that only turned the picture is no forger."""
    own = _jpeg(tmp_path / "原片.jpg", _corners(), 1, preview=True)
    with Image.open(own) as image:
        exif, picture = piexif.load(image.info["exif"]), image.copy()
    other = np.random.default_rng(7).integers(0, 255, (6, 8), np.uint8)
    swapped = Image.fromarray(other).convert("RGB").resize((640, 480), Image.Resampling.BICUBIC)
    swapped.save(tmp_path / "换图.jpg", quality=95, exif=piexif.dump(exif))
    picture.rotate(90, expand=True).save(tmp_path / "转过.jpg", quality=95, exif=piexif.dump(exif))
    folder = tmp_path / "ws"
    with Workspace.create(folder, "测试"):
        pass
    photos = [own, tmp_path / "换图.jpg", tmp_path / "转过.jpg"]
    attach(folder, photos, "张三", Silent())
    with Workspace.open(folder) as ws:
        told = {item.original_name: item.facts["thumb"] for item in records.evidence(ws).values()}
    assert told["换图.jpg"]["agrees"] < 0.8
    assert told["换图.jpg"]["width"] == 160
    assert "agrees" not in told["原片.jpg"]
    assert "agrees" not in told["转过.jpg"]
