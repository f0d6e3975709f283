"""Files of a patch copied out for the platform: under the limit, originals untouched, losses told."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("qgis.core")
from PIL import Image

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.feedback import Feedback
from weipian_plugin.core.hashing import file_sha256
from weipian_plugin.core.proof import Evidence, LinkedEvidence
from weipian_plugin.workbench.filling_photos import copy_out, new_folder, smaller

pytestmark = pytest.mark.qgis
LIMIT = 200_000


class Quiet(Feedback):
    """Runs to the end, or is cancelled at once."""

    def __init__(self, cancelled: bool = False) -> None:
        self._cancelled = cancelled

    def progress(self, percent: float) -> None:
        self.percent = percent

    def message(self, text: str) -> None:
        pass

    def cancelled(self) -> bool:
        return self._cancelled


def noisy(path: Path, size: tuple[int, int], orientation: int = 1) -> Path:
    """A picture that compresses badly: left half red, right half noise."""
    image = Image.effect_noise(size, 90).convert("RGB")
    image.paste((255, 0, 0), (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(path, "JPEG", quality=98, exif=exif)
    return path


def link(path: Path, number: int, kind: str = "photo", purpose: str = "site_photo") -> LinkedEvidence:
    return LinkedEvidence(Evidence(f"e{number}", kind, "0" * 64, path.name), purpose, path=str(path))


def label(purpose: str) -> str:
    return {"site_photo": "现场照片", "approval_doc": "批文/材料"}.get(purpose, purpose)


def test_small_files_are_copied_byte_for_byte_in_order(tmp_path: Path) -> None:
    small = noisy(tmp_path / "a.JPG", (120, 90))
    paper = tmp_path / "批复.pdf"
    paper.write_bytes(b"%PDF-1.4 x")
    out = tmp_path / "out"
    files = [link(paper, 1, "document", "approval_doc"), link(small, 2), link(small, 2, purpose="before_photo")]
    done = copy_out(files, label, out, LIMIT, Quiet())
    assert [item.name for item in done] == ["01_现场照片.jpg", "02_批文_材料.pdf"]  # photos first, each file once
    assert file_sha256(out / done[0].name) == file_sha256(small)
    assert (out / done[1].name).read_bytes() == paper.read_bytes()
    assert all(item.kept and not item.note for item in done)


def test_a_large_picture_is_made_smaller_upright_and_said(tmp_path: Path) -> None:
    """Orientation 6 of EXIF: to be seen upright it is turned 90° clockwise, so the left half comes up."""
    large = noisy(tmp_path / "b.jpg", (1600, 900), orientation=6)
    before = (file_sha256(large), large.stat().st_mtime_ns)
    assert large.stat().st_size > LIMIT
    done = copy_out([link(large, 1)], label, tmp_path / "out", LIMIT, Quiet())
    copy = tmp_path / "out" / done[0].name
    assert copy.stat().st_size <= LIMIT
    assert (file_sha256(large), large.stat().st_mtime_ns) == before
    assert not done[0].kept
    assert "EXIF" in done[0].note
    assert "原件未动" in done[0].note
    with Image.open(copy) as image:
        assert image.width < image.height
        red, green, blue = image.convert("RGB").getpixel((image.width // 2, image.height // 5))
        assert red > 200
        assert max(green, blue) < 80
        assert image.getexif().get(0x0112, 1) == 1


def test_what_cannot_be_made_smaller_is_said_and_left_out(tmp_path: Path) -> None:
    paper = tmp_path / "大.pdf"
    paper.write_bytes(b"%PDF" + b"x" * (LIMIT + 1))
    broken = tmp_path / "c.jpg"
    broken.write_bytes(b"\xff\xd8" + b"x" * (LIMIT + 1))
    gone = tmp_path / "d.jpg"
    out = tmp_path / "out"
    done = copy_out([link(paper, 1, "document"), link(broken, 2), link(gone, 3)], label, out, LIMIT, Quiet())
    assert [item.name for item in done] == ["", "", ""]
    assert all("没有复制" in item.note for item in done)
    assert list(out.iterdir()) == []


def test_no_picture_becomes_useless(tmp_path: Path) -> None:
    assert smaller(noisy(tmp_path / "e.jpg", (1600, 900)), 500) == b""


def test_cancelling_and_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    small = noisy(tmp_path / "a.jpg", (120, 90))
    with pytest.raises(WeipianError) as caught:
        copy_out([link(small, 1)], label, tmp_path / "out", LIMIT, Quiet(cancelled=True))
    assert caught.value.code == "E_CANCELLED"
    (tmp_path / "file").write_text("x")
    with pytest.raises(WeipianError) as caught:
        copy_out([link(small, 1)], label, tmp_path / "file" / "out", LIMIT, Quiet())
    assert caught.value.code == "E_WRITE"


def test_a_folder_is_never_written_twice(tmp_path: Path) -> None:
    first = new_folder(tmp_path, "A/1")
    first.mkdir()
    assert first.name == "A_1_填报附件"
    assert new_folder(tmp_path, "A/1").name == "A_1_填报附件_2"
