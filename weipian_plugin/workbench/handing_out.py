"""Use case: a folder for the field. One way, one set of numbers, in the forms that people carry: PDF, KML, QField."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Optional

from ..core.errors import WeipianError, os_reason
from ..core.feedback import Feedback, stop_if_cancelled
from ..core.names import safe_name
from ..report.handout_sheet import SHEET_NAME, HandoutItem, HandoutJob
from ..report.kml import Mark, kml
from ..report.model import LayerPlan
from ..report.qfield import PROJECT_NAME
from . import rendering
from .clock import CHINA
from .handout import LIST_NAME, Choice, Route, Stop, plan, write_list
from .session import Session

#: What can be made, in the order in which it is made; the list comes always.
FORMATS = ("pdf", "kml", "qfield")
KML_NAME = "图斑.kml"
_QFIELD = "外业项目_QField"


@dataclass(frozen=True)
class Handout:
    """What was written: the folder, its files by form, and the way."""

    folder: Path
    files: dict[str, Path]
    route: Route

    def report(self) -> dict[str, Any]:
        """The REPORT_JSON of design section 5."""
        return {
            "folder": str(self.folder),
            "files": {form: str(path) for form, path in self.files.items()},
            "patches": [stop.patch_id for stop in self.route.stops],
            "length_m": round(self.route.length_m, 1),
            "without_place": list(self.route.without),
        }


def hand_out(
    session: Session,
    choice: Choice,
    output: Path,
    feedback: Feedback,
    formats: Collection[str] = FORMATS,
    start: Optional[tuple[float, float]] = None,
) -> Handout:
    """Write the folder for the chosen patches under `output`; it appears only when it is complete.

    Raises:
        WeipianError: E_HANDOUT_EMPTY, E_WRITE, E_RENDER, E_CANCELLED.
    """
    route = plan(session, choice, start)
    when = datetime.now(CHINA)
    name = f"外业派发_{safe_name(choice.label, 40)}_{when:%Y%m%d-%H%M%S}"
    part = output / f".{name}.part"
    try:
        part.mkdir(parents=True)
    except OSError as error:
        raise WeipianError("E_WRITE", path=output, detail=os_reason(error)) from error
    try:
        files = _write(session, choice, route, part, feedback, formats, when)
        part.replace(output / name)
    except OSError as error:
        raise WeipianError("E_WRITE", path=output / name, detail=os_reason(error)) from error
    finally:
        with suppress(OSError):
            shutil.rmtree(part, ignore_errors=True)
    feedback.progress(100)
    return Handout(output / name, {form: output / name / path for form, path in files.items()}, route)


def hand_out_of(
    folder: Path, who: str, choice: Choice, output: Path, feedback: Feedback, formats: Collection[str] = FORMATS
) -> Handout:
    """The same for a workspace by its folder, for a thread of its own; errors also of `Session.open`."""
    with Session.open(folder, who) as session:
        return hand_out(session, choice, output, feedback, formats)


def _write(
    session: Session,
    choice: Choice,
    route: Route,
    folder: Path,
    feedback: Feedback,
    formats: Collection[str],
    when: datetime,
) -> dict[str, str]:
    title = f"卫片外业派发单　{choice.label.replace('_', '　')}"
    write_list(folder / LIST_NAME, route.stops)
    files = {"list": LIST_NAME}
    marks = [_mark(stop) for stop in route.stops]
    if "kml" in formats:
        (folder / KML_NAME).write_bytes(kml(title, marks))
        files["kml"] = KML_NAME
    stop_if_cancelled(feedback)
    project = _QFIELD if "qfield" in formats else ""
    pdf = "pdf" in formats
    if pdf or project:  # another process: neither a layout nor a project belongs into a thread of the desktop
        rendering.render_handout(_job(session, title, route, folder, when, pdf=pdf, project=project), feedback)
    if pdf:
        files["pdf"] = SHEET_NAME
    if project:
        write_list(folder / project / LIST_NAME, route.stops)  # comes back with the photos
        files["qfield"] = f"{project}/{PROJECT_NAME}"
    return files


def _mark(stop: Stop) -> Mark:
    lines = (
        stop.village,
        f"监测等级 {stop.level}" if stop.level else "",
        f"面积 {stop.area_mu} 亩",
        f"截止 {stop.due_on}" if stop.due_on else "",
        f"要带回：{'、'.join(stop.wanted)}" if stop.wanted else "",
    )
    return Mark(
        f"{stop.number} {stop.patch_id}", lines, stop.lon, stop.lat, stop.level, stop.wkb, stop.patch_uid, stop.patch_id
    )


def _job(
    session: Session, title: str, route: Route, folder: Path, when: datetime, *, pdf: bool, project: str
) -> HandoutJob:
    batches = {patch.patch_uid: patch.batch_id for patch in session.patches()}
    people = "、".join(dict.fromkeys(stop.person for stop in route.stops if stop.person))
    lines = [
        f"共 {len(route.stops)} 个图斑，按最近邻顺序编号，直线合计 {route.length_m / 1000:.1f} 公里。"
        + (f"　人员：{people}" if people else ""),
        "照片请用手机相机拍原图、打开定位、对着图斑拍；用微信发时选“原图”或作为文件发。"
        "照片按序号命名（如 3-1.jpg）或放进以序号命名的文件夹，连同“派发清单.csv”一起交回，软件会自动归到图斑。",
    ]
    if route.without:
        lines.append(f"没有位置、未列入的图斑：{'、'.join(route.without)}")
    return HandoutJob(
        output=str(folder),
        title=title,
        lines=tuple(lines),
        items=tuple(_item(stop, batches.get(stop.patch_uid, "")) for stop in route.stops),
        layers=_imagery(session),
        footer=f"{session.name}　制表 {session.who} {when:%Y-%m-%d %H:%M}",
        pdf=pdf,
        project=project,
        purposes=tuple((r.id, r.label) for r in session.pack.requirements.values() if r.kind == "photo"),
    )


def _imagery(session: Session) -> tuple[LayerPlan, ...]:
    return tuple(LayerPlan.of(layer) for layer in session.sheet_layers() if layer.role == "image_after")


def _item(stop: Stop, batch_id: str) -> HandoutItem:
    return HandoutItem(
        number=stop.number,
        patch_id=stop.patch_id,
        village=stop.village,
        level="" if stop.level is None else {1: "一级", 2: "二级", 3: "三级"}.get(stop.level, str(stop.level)),
        area_mu=str(stop.area_mu),
        due_on=stop.due_on,
        wanted=stop.wanted,
        lon=stop.lon,
        lat=stop.lat,
        batch_id=batch_id,
        wkb_hex=stop.wkb.hex() if stop.wkb else "",
        patch_uid=stop.patch_uid,
    )
