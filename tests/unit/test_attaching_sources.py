"""What is dropped comes in whatever it is packed in and however its names are written."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

pytest.importorskip("qgis.PyQt")
from tests.support.frauds import patch_id, photo, stand, township
from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.feedback import Silent
from weipian_plugin.store import records
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench.attach_report import AttachReport
from weipian_plugin.workbench.attaching import attach, attach_folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    township(tmp_path / "ws").close()
    return tmp_path / "ws"


def shot(path: Path, number: int = 1, seed: int = 0, azimuth: float = 0.0) -> Path:
    """A photo taken south of a patch, looking north at it unless turned."""
    return photo(path, *stand(number), azimuth, "2026:06:10 09:30:00", seed)


def take(home: Path, *paths: Path, **more: str) -> AttachReport:
    return attach(home, paths, "张三", Silent(), **more)


def where(report: AttachReport) -> dict[str, str]:
    return {item.file: item.patch_id for item in report.matched}


def zipped(path: Path, members: dict[str, bytes], encoding: str = "utf-8") -> Path:
    """A zip as a foreign program writes it (APPNOTE 4.3): names in these bytes, without the flag for UTF-8."""
    body, directory = b"", b""
    for name, data in members.items():
        coded = name.encode(encoding)
        common = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 0x5C21, zlib.crc32(data), len(data), len(data), len(coded), 0)
        directory += b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + coded
        body += b"PK\3\4" + common + coded + data
    end = struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(directory), len(body), 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body + directory + b"PK\5\6" + end)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_names_in_a_zip_are_read_whoever_wrote_them(home: Path, tmp_path: Path, encoding: str) -> None:
    data = shot(tmp_path / "x.jpg").read_bytes()
    archive = zipped(tmp_path / "柏树村.zip", {f"现场照片/{patch_id(2)}/东侧近景.jpg": data}, encoding=encoding)
    report = take(home, archive)
    assert where(report) == {f"柏树村.zip/现场照片/{patch_id(2)}/东侧近景.jpg": patch_id(2)}
    with Workspace.open(home) as ws:
        assert [e.original_name for e in records.evidence(ws).values()] == ["东侧近景.jpg"]


def test_the_name_of_the_zip_itself_counts(home: Path, tmp_path: Path) -> None:
    data = shot(tmp_path / "x.jpg").read_bytes()
    report = take(home, zipped(tmp_path / f"{patch_id(3)}.zip", {"IMG_0001.jpg": data}))
    assert list(where(report).values()) == [patch_id(3)]


def test_a_zip_in_a_zip(home: Path, tmp_path: Path) -> None:
    inner = zipped(tmp_path / "i.zip", {"IMG_1.jpg": shot(tmp_path / "x.jpg").read_bytes()}).read_bytes()
    report = take(home, zipped(tmp_path / "各村.zip", {f"{patch_id(4)}.zip": inner}))
    assert where(report) == {f"各村.zip/{patch_id(4)}.zip/IMG_1.jpg": patch_id(4)}


def test_a_zip_cannot_write_outside_the_store(home: Path, tmp_path: Path) -> None:
    data = shot(tmp_path / "x.jpg").read_bytes()
    archive = zipped(
        tmp_path / "a.zip", {"../../escaped.jpg": data, "/rooted.jpg": data + b"1", "good.jpg": data + b"2"}
    )
    before = {path for path in tmp_path.rglob("*") if "ws" not in path.parts}
    report = take(home, archive)
    assert {path for path in tmp_path.rglob("*") if "ws" not in path.parts} == before
    assert sorted(item.file for item in report.skipped) == ["a.zip/../../escaped.jpg", "a.zip/rooted.jpg"]
    assert all("压缩包之外" in item.reason for item in report.skipped)
    assert list(where(report)) == ["a.zip/good.jpg"]


def test_a_locked_zip_says_so(home: Path, tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("x.jpg", b"12345")
    raw = bytearray(archive.read_bytes())
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):  # bit 0 of the flags: encrypted
        raw[raw.index(mark) + place] |= 1
    archive.write_bytes(bytes(raw))
    report = take(home, archive, shot(tmp_path / "y.jpg"))
    assert [(item.file, item.code) for item in report.skipped] == [("a.zip", "E_FILE_UNREADABLE")]
    assert "密码" in report.skipped[0].reason


def test_a_bomb_and_a_torn_zip_are_refused_and_nothing_else_is_lost(home: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        made.writestr("big.pdf", b"\0" * (300 << 20))
    whole = zipped(tmp_path / "torn.zip", {"x.jpg": shot(tmp_path / "x.jpg").read_bytes()}).read_bytes()
    (tmp_path / "torn.zip").write_bytes(whole[: len(whole) // 2])
    report = take(home, tmp_path / "bomb.zip", tmp_path / "torn.zip", shot(tmp_path / "y.jpg", 1, 9))
    assert [item.file for item in report.skipped] == ["bomb.zip", "torn.zip"]
    assert "异常" in report.skipped[0].reason
    assert list(where(report)) == ["y.jpg"]
    assert sum(path.stat().st_size for path in (home / "evidence").rglob("*") if path.is_file()) < 10 << 20


def test_a_damaged_member_is_listed_and_its_neighbours_come_in(home: Path, tmp_path: Path) -> None:
    first, second = shot(tmp_path / "x.jpg").read_bytes(), shot(tmp_path / "y.jpg", 2, 5).read_bytes()
    archive = zipped(tmp_path / "a.zip", {"x.jpg": first, "y.jpg": second})
    raw = bytearray(archive.read_bytes())
    raw[raw.index(first) + 5000] ^= 0xFF  # its checksum is wrong now
    archive.write_bytes(bytes(raw))
    report = take(home, archive)
    assert [item.file for item in report.skipped] == ["a.zip/x.jpg"]
    assert where(report) == {"a.zip/y.jpg": patch_id(2)}


def test_a_folder_is_walked_to_its_end_and_never_in_circles(home: Path, tmp_path: Path) -> None:
    root = tmp_path / "照片"
    deep = root / "一" / "二" / "三" / "四" / "五"
    shot(deep / f"{patch_id(2)}.JPG")
    os.symlink(root, deep / "回头")
    for junk in (".hidden.jpg", "Thumbs.db", ".DS_Store", "desktop.ini", "~$文件.docx"):
        (deep / junk).write_bytes(b"x")
    (root / "__MACOSX").mkdir()
    (root / "__MACOSX" / "._a.jpg").write_bytes(b"x")
    report = take(home, root)
    assert where(report) == {f"一/二/三/四/五/{patch_id(2)}.JPG": patch_id(2)}
    assert not report.unmatched
    assert not report.skipped


def test_the_workspace_is_no_evidence_of_itself(home: Path, tmp_path: Path) -> None:
    shot(tmp_path / "来件" / "a.jpg")
    (home / "exports" / "x.pdf").write_bytes(b"%PDF")
    report = take(home, tmp_path)
    assert [item.file for item in report.matched] == ["来件/a.jpg"]
    assert [item.file for item in report.skipped] == ["ws"]


@pytest.mark.skipif(os.name == "nt", reason="names on Windows are Unicode")
def test_a_name_that_is_no_unicode_is_read_as_chinese(home: Path, tmp_path: Path) -> None:
    name = "东侧近景".encode("gb18030") + b".jpg"
    folder = os.fsencode(tmp_path / "in")
    os.mkdir(folder)
    data = shot(tmp_path / "x.jpg").read_bytes()
    with open(os.path.join(folder, name), "wb") as stream:
        stream.write(data)
    report = take(home, tmp_path / "in")
    assert list(where(report)) == ["东侧近景.jpg"]
    assert (home / "exports" / "last_attachphotos.json").read_text("utf-8").count("东侧近景.jpg") == 1


def test_what_is_no_photo_is_kept_or_refused_with_a_word(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / patch_id(1)
    folder.mkdir()
    for name in ("承诺书.mp4", "批复.pdf", "图.webp", "打包.rar", "x.crdownload", "IMG_1.AAE"):
        (folder / name).write_bytes(f"content of {name}".encode())
    report = take(home, folder)
    assert {item.file: item.purpose for item in report.matched}.keys() == {"承诺书.mp4", "批复.pdf", "图.webp"}
    film = next(item for item in report.matched if item.file == "承诺书.mp4")
    assert film.purpose == "document"
    assert "不计入" in film.notes[0]
    assert {item.file: item.code for item in report.skipped} == {
        "打包.rar": "E_EVIDENCE_KIND", "x.crdownload": "E_EVIDENCE_KIND", "IMG_1.AAE": "E_EVIDENCE_KIND",
    }  # fmt: skip


def test_a_folder_that_is_not_there(home: Path, tmp_path: Path) -> None:
    for call in (lambda: attach_folder(home, tmp_path / "no", "张三", Silent()), lambda: take(home, tmp_path / "no")):
        with pytest.raises(WeipianError) as caught:
            call()
        assert caught.value.code == "E_FILE_MISSING"


def test_a_large_file_streams_through(home: Path, tmp_path: Path, monkeypatch) -> None:
    from weipian_plugin.store import evidence_files

    monkeypatch.setattr(evidence_files, "WHOLE", 1000)
    monkeypatch.setattr(evidence_files, "_BLOCK", 777)
    picture = shot(tmp_path / "a.jpg")
    report = take(home, picture)
    assert list(where(report).values()) == [patch_id(1)]  # its EXIF was read all the same
    with Workspace.open(home) as ws:
        item = next(iter(records.evidence(ws).values()))
        assert ws.evidence_file(item.sha256, item.original_name).read_bytes() == picture.read_bytes()
    assert list((home / "cache" / "incoming").iterdir()) == []
