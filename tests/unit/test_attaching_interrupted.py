"""Killed, cancelled, out of disk, twice at once: never half a file, never a second record, the next run finishes."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("qgis.PyQt")
from tests.support.frauds import patch_id, photo, stand, township
from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.feedback import Silent
from weipian_plugin.core.hashing import file_sha256
from weipian_plugin.store import evidence_files, proofs, records
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench.attaching import attach

ROOT = Path(__file__).resolve().parents[2]
COUNT = 24
_CHILD = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from weipian_plugin.core.feedback import Silent
from weipian_plugin.workbench.attaching import attach
print("ready", flush=True)
attach(Path(sys.argv[1]), [Path(sys.argv[2])], sys.argv[3], Silent())
print("done", flush=True)
"""


@pytest.fixture(scope="module")
def photos(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("in") / "照片"
    for number in range(COUNT):
        side = number % 5 + 1
        photo(folder / f"IMG_{number:03d}.jpg", *stand(side), 0.0, f"2026:06:10 09:{number:02d}:00", number)
    (folder / "批复.pdf").write_bytes(b"%PDF-1.4 " + bytes(range(256)) * 4000)
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    township(tmp_path / "ws").close()
    return tmp_path / "ws"


def sound(home: Path) -> int:
    """Every file in the store is what its name says; every record has its file; gives the number of records."""
    for path in (home / "evidence").rglob("*"):
        if path.is_file():
            assert path.suffix != ".part"
            assert file_sha256(path) == path.stem
    with Workspace.open(home) as ws:
        assert ws.check_journal() == []
        items = records.evidence(ws)
        assert len({item.sha256 for item in items.values()}) == len(items)
        for item in items.values():
            assert ws.evidence_file(item.sha256, item.original_name).is_file()
        links = records.links(ws)
        assert len(set(links)) == len(links)
        return len(items)


def child(home: Path, photos: Path, who: str = "张三") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _CHILD.format(root=str(ROOT)), str(home), str(photos), who],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip


def finish(home: Path, photos: Path) -> None:
    report = attach(home, [photos], "张三", Silent())
    assert len(report.matched) == COUNT
    assert len(report.unmatched) == 1
    assert sound(home) == COUNT + 1
    assert list((home / "cache" / "incoming").iterdir()) == []
    with Workspace.open(home) as ws:
        assert len(records.links(ws)) == COUNT
        assert all(item.phash for item in records.evidence(ws).values() if item.kind == "photo")


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_killed_at_any_moment(tmp_path: Path, photos: Path) -> None:
    pick, found = random.Random(20260501), []  # noqa: S311 - moments, no secrets
    for turn in range(8):
        home = tmp_path / str(turn)
        township(home).close()
        with child(home, photos) as running:
            assert running.stdout is not None
            assert running.stdout.readline() == "ready\n"
            time.sleep(pick.uniform(0.0, 0.05 * turn))
            running.send_signal(signal.SIGKILL)
        found.append(sound(home))
        finish(home, photos)
    assert set(found) <= {0, COUNT + 1}  # all or nothing
    assert 0 in found


class Stops(Silent):
    """Wants out after so many questions."""

    def __init__(self, after: int) -> None:
        self._left = after

    def cancelled(self) -> bool:
        self._left -= 1
        return self._left < 0


@pytest.mark.parametrize("after", [0, 3, 12, 26])
def test_cancelled_leaves_nothing_behind(home: Path, photos: Path, after: int) -> None:
    with pytest.raises(WeipianError) as caught:
        attach(home, [photos], "张三", Stops(after))
    assert caught.value.code == "E_CANCELLED"
    assert [path for path in (home / "evidence").rglob("*") if path.is_file()] == []
    assert sound(home) == 0
    finish(home, photos)


def test_cancelled_after_the_links_only_the_pictures_wait(home: Path, photos: Path) -> None:
    class LinksOnly(Silent):
        linked = False

        def progress(self, percent: float) -> None:
            self.linked = self.linked or percent >= 50

        def cancelled(self) -> bool:
            return self.linked

    report = attach(home, [photos], "张三", LinksOnly())
    assert len(report.matched) == COUNT
    with Workspace.open(home) as ws:
        assert not any(item.phash for item in records.evidence(ws).values())
    finish(home, photos)  # the next drop makes up for it


def test_a_full_disk_links_nothing_and_what_is_whole_is_used_again(home: Path, photos: Path, monkeypatch) -> None:
    real, written = evidence_files._write, []

    def full(sink: Any, data: bytes) -> None:
        if len(written) >= 10:
            sink.write(data[: len(data) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(len(data))
        real(sink, data)

    monkeypatch.setattr(evidence_files, "_write", full)
    with pytest.raises(WeipianError) as caught:
        attach(home, [photos], "张三", Silent())
    assert caught.value.code == "E_DISK_FULL"
    assert sound(home) == 0
    kept = sum(1 for path in (home / "evidence").rglob("*") if path.is_file())
    assert kept == 10
    assert list((home / "cache" / "incoming").iterdir()) == []
    written.clear()
    monkeypatch.setattr(evidence_files, "_write", lambda sink, data: (written.append(len(data)), real(sink, data))[1])
    finish(home, photos)
    assert len(written) == COUNT + 1 - kept


def test_two_at_once_make_one_record_of_each(home: Path, photos: Path) -> None:
    running = [child(home, photos, who) for who in ("张三", "李四")]
    for process in running:
        out, _ = process.communicate(timeout=120)
        assert out.endswith("done\n")
        assert process.returncode == 0
    assert sound(home) == COUNT + 1
    finish(home, photos)


def test_repeated_changes_nothing(home: Path, photos: Path) -> None:
    finish(home, photos)
    with Workspace.open(home) as ws:
        before = ws.head()
    report = attach(home, [photos], "张三", Silent())
    assert not any(item.new for item in report.matched)
    assert all("早已在工作区里" in item.notes[0] for item in report.matched)
    with Workspace.open(home) as ws:
        assert ws.head() == before


def test_what_a_dead_run_left_goes_at_once_and_a_living_one_is_left_alone(home: Path, photos: Path) -> None:
    dead, alive = home / "cache" / "incoming" / "dead", home / "cache" / "incoming" / "alive"
    for folder in (dead, alive):
        folder.mkdir(parents=True)
        (folder / "lock").touch()
        (folder / "0.part").write_bytes(b"half")
    unknown = home / "cache" / "incoming" / "unknown"  # no lock to ask: left for a day
    unknown.mkdir()
    old = home / "evidence" / "aa" / "x.part"
    old.parent.mkdir()
    for path, age in ((old, 90_000), (old.with_name("young.part"), 60)):
        path.write_bytes(b"half")
        os.utime(path, (time.time() - age, time.time() - age))
    lock = evidence_files.FileLock(alive / "lock")
    assert lock.take()
    evidence_files.sweep(home)
    assert not dead.exists()
    assert (alive / "0.part").exists()
    assert unknown.exists()
    assert [path.name for path in old.parent.iterdir()] == ["young.part"]
    lock.release()
    os.utime(unknown, (0, 0))
    evidence_files.sweep(home)
    assert not unknown.exists()
    assert not alive.exists()


def test_a_file_cut_short_in_the_store_is_put_right_by_the_next_drop(home: Path, photos: Path) -> None:
    finish(home, photos)
    files = sorted(path for path in (home / "evidence").rglob("*") if path.is_file())
    files[0].write_bytes(b"short")
    files[1].unlink()
    finish(home, photos)


def test_undo_takes_pictures_and_likeness_back_and_redo_brings_them_again(home: Path, tmp_path: Path) -> None:
    from PIL import Image

    from weipian_plugin.workbench.session import Session

    first = photo(tmp_path / "a" / f"{patch_id(1)}.jpg", *stand(1), 0.0, "2026:06:10 09:00:00", 3)
    again = tmp_path / "b" / f"{patch_id(2)}.jpg"
    again.parent.mkdir()
    Image.open(first).save(again, quality=55)
    attach(home, [first], "张三", Silent())
    attach(home, [again], "李四", Silent())
    with Session.open(home, "李四") as session:
        ws = session.workspace
        assert len(proofs.likenesses(ws)) == 1
        prints = {item.sha256: item.phash for item in records.evidence(ws).values()}
        assert all(prints.values())
        assert session.undo_depth() == 1  # one drop is one step
        session.undo()
        assert proofs.likenesses(ws) == []
        assert len(records.evidence(ws)) == 1
        assert ws.check_journal() == []
        session.redo()
        assert len(proofs.likenesses(ws)) == 1
        assert {item.sha256: item.phash for item in records.evidence(ws).values()} == prints
        assert ws.check_journal() == []
    with Session.open(home, "张三") as session:  # the other one's likeness goes with the photo that it is about
        session.undo()
        assert proofs.likenesses(session.workspace) == []
        assert session.workspace.check_journal() == []


def test_pictures_that_come_later_are_in_nobodys_way(home: Path, tmp_path: Path) -> None:
    from weipian_plugin.workbench.attach_pictures import finish as look
    from weipian_plugin.workbench.session import Session

    path = photo(tmp_path / "x.jpg", *stand(1), 0.0, "2026:06:10 09:00:00")
    with Session.open(home, "张三") as session:
        session.attach("u1", patch_id(1), [path])
        item = next(iter(records.evidence(session.workspace).values()))
        session.set_photo_facts(item.evidence_id, 106.7505, 29.7799, 10.0, "")
        look(home, "张三", Silent())
        session.undo()
        now = records.evidence(session.workspace)[item.evidence_id]
        assert now.azimuth == pytest.approx(0.0)
        assert now.phash
        session.undo()
        assert records.evidence(session.workspace) == {}
        assert session.workspace.check_journal() == []
