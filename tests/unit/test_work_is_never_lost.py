"""Whatever comes in whatever order: judgements, evidence, cases and delivered values stay where they were put."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import pytest
import shapely
from vector_files import write

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.feedback import Silent
from weipian_plugin.core.model import ReviewStatus
from weipian_plugin.store import records
from weipian_plugin.workbench.importing import ImportOptions, import_delivery
from weipian_plugin.workbench.session import Session
from weipian_plugin.workbench.statuses import StatusOptions, import_status

pytest.importorskip("hypothesis")
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

NUMBERS = ("A1", "A2", "A3", "A4")
STATES = ("未提交", "市级待审核", "省级待审核", "已打回", "审核结束", "不存在的状态")
#: By a rule: an unknown number, a step that is not legal, a table without a usable row.
REFUSALS = ("E_PATCH_MISSING", "E_TRANSITION", "E_LAYER_EMPTY")
#: number -> (width factor, place, attribute); place 9 is elsewhere.
_ROW = st.tuples(
    st.sampled_from(NUMBERS), st.sampled_from((1.0, 1.5)), st.sampled_from((0, 0, 0, 9)), st.sampled_from("甲乙丙")
)
_STEP = st.one_of(
    st.tuples(st.just("deliver"), st.lists(_ROW, min_size=1, max_size=4, unique_by=lambda row: row[0])),
    st.tuples(st.just("judge"), st.sampled_from(NUMBERS), st.sampled_from(("legal", "illegal", "other"))),
    st.tuples(st.just("attach"), st.sampled_from(NUMBERS)),
    st.tuples(st.just("void"), st.sampled_from(NUMBERS)),
    st.tuples(st.just("status"), st.lists(st.tuples(st.sampled_from(NUMBERS), st.sampled_from(STATES)), max_size=4)),
)


class World:
    """A workspace and what must be found in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workspace = folder / "ws"
        self.count = itertools.count(1)
        self.uids: set[str] = set()
        self.judgements: set[str] = set()
        self.links: set[tuple[str, str, str]] = set()
        self.void: set[str] = set()
        self.values: dict[str, set[str]] = {}  # patch_uid -> names of attributes
        Session.create(self.workspace, "古路镇", "张经办").close()

    def deliver(self, rows) -> None:
        number = next(self.count)
        squares = []
        for pid, width, place, value in rows:
            x = 106.75 + 0.002 * (NUMBERS.index(pid) + place)
            shape = shapely.box(x, 29.78, x + 0.001 * width, 29.781)
            squares.append((shape, {"JCBH": pid, "BZ": value, f"列{number % 3}": value}))
        path = write(self.folder / f"{number}.geojson", squares, "EPSG:4490", driver="GeoJSON")
        import_delivery(self.workspace, path, "", ImportOptions(crs="EPSG:4490"), "张经办", Silent())

    def judge(self, pid: str, verdict: str) -> None:
        with Session.open(self.workspace, "张经办") as session:
            patch = session.find(pid)
            if patch.review_status is ReviewStatus.RECEIVED:
                session.set_review(patch.patch_uid, pid, ReviewStatus.ASSESSED)
            session.judge(patch.patch_uid, pid, verdict, against_reason="核实")

    def attach(self, pid: str) -> None:
        path = self.folder / f"证{next(self.count)}.pdf"
        path.write_text(path.name, encoding="utf-8")
        with Session.open(self.workspace, "张经办") as session:
            session.attach(session.find(pid).patch_uid, pid, [path])

    def void_(self, pid: str) -> None:
        with Session.open(self.workspace, "张经办") as session:
            session.void(session.find(pid).patch_uid, pid, "void", "重复")

    def status(self, rows) -> None:
        path = self.folder / f"状态{next(self.count)}.csv"
        path.write_text("图斑编号,审核阶段\n" + "".join(f"{a},{b}\n" for a, b in rows), encoding="utf-8")
        import_status(self.workspace, path, StatusOptions(), "张经办", Silent())

    def check(self) -> None:
        """Everything that was there is there, and what is there now must stay."""
        with Session.open(self.workspace, "张经办") as session:
            ws = session.workspace
            patches = {patch.patch_uid: patch for patch in session.patches()}
            judgements = {row[0] for row in ws.connection.execute("SELECT judgement_id FROM judgement")}
            links = set(records.links(ws))
            void = {uid for uid, patch in patches.items() if patch.review_status is ReviewStatus.VOID}
            assert self.uids <= patches.keys()
            assert self.judgements <= judgements
            assert self.links <= links
            assert self.void <= void
            for uid, names in self.values.items():
                assert names <= patches[uid].source_attributes.keys()
            alive = [p.patch_id for uid, p in patches.items() if uid not in void]
            # One number in force twice only where it was delivered at two places.
            shapes = {uid: shapely.from_wkb(p.wkb) for uid, p in patches.items() if uid not in void}
            for one, other in itertools.combinations(shapes, 2):
                if patches[one].patch_id == patches[other].patch_id:
                    assert not shapely.intersects(shapes[one], shapes[other]), alive
            assert ws.check_journal() == []
            self.uids, self.judgements, self.links, self.void = set(patches), judgements, links, void
            self.values = {uid: set(patch.source_attributes) for uid, patch in patches.items()}


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(_STEP, min_size=2, max_size=7))
def test_work_is_never_lost(steps) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        world.deliver([(pid, 1.0, 0, "甲") for pid in NUMBERS[:3]])
        world.check()
        for name, *arguments in steps:
            try:
                {"void": world.void_}.get(name, getattr(world, name))(*arguments)
            except WeipianError as error:
                if error.code not in REFUSALS:
                    raise
            world.check()
