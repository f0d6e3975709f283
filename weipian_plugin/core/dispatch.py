"""派单: days in China's calendar, who is late, and the text that goes to a village's chat group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .model import ReviewStatus

#: Until one of these is reached somebody still has to go there.
_IN_FIELD = (ReviewStatus.RECEIVED, ReviewStatus.ASSESSED, ReviewStatus.ASSIGNED)
#: A person is sent within so many days unless the last 派单 says otherwise.
DEFAULT_DAYS = 7
LATE_HEADS = ("村(社区)", "责任人", "图斑编号", "派单日期", "期限", "逾期天数", "状态")
_WEEK = "一二三四五六日"


def plus_days(day: str, days: int) -> str:
    """The ISO day so many calendar days later. Public holidays are not known here, so every day counts."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def days_between(first: str, last: str) -> int:
    """Calendar days from `first` to `last` (ISO); negative when `last` is earlier."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def weekday(day: str) -> str:
    """周三, of an ISO day; empty for anything else."""
    try:
        return f"周{_WEEK[date.fromisoformat(day).weekday()]}"
    except ValueError:
        return ""


def proposed_due(today: str, days: int, batch_due: str = "") -> str:
    """The deadline to begin with: so many days from today, not after the batch's own while that is still to come."""
    due = plus_days(today, max(days, 0))
    return min(due, batch_due) if batch_due and batch_due >= today else due


@dataclass(frozen=True)
class Sent:
    """One patch that somebody was sent to. Days ISO text; `photos`: photos laid on it, `fresh`: since it was sent."""

    patch_uid: str
    patch_id: str
    batch_id: str
    village: str
    person: str
    due_on: str
    sent_on: str
    status: ReviewStatus
    photos: int = 0
    fresh: int = 0

    @property
    def answered(self) -> bool:
        """Somebody was there: it was surveyed, or photos of it came; a returned patch needs photos taken since."""
        if self.status is ReviewStatus.RETURNED:
            return self.fresh > 0
        return self.photos > 0 or self.status not in _IN_FIELD

    def late_days(self, today: str) -> int:
        """Days past the deadline, 0 on the last day itself, without one, or once it was answered."""
        if self.answered or not self.due_on:
            return 0
        return max(0, days_between(self.due_on, today))


def late(sent: Sequence[Sent], today: str) -> list[Sent]:
    """Those past their deadline, by village and person, the longest overdue first."""
    found = [item for item in sent if item.late_days(today)]
    return sorted(found, key=lambda s: (s.village, s.person, s.due_on, s.patch_id))


def late_cells(item: Sent, today: str) -> tuple[str, ...]:
    """The texts of one line under LATE_HEADS."""
    return (
        item.village, item.person, item.patch_id, item.sent_on, item.due_on, str(item.late_days(today)),
        item.status.label,
    )  # fmt: skip


@dataclass(frozen=True)
class Stop:
    """A patch as the reminder speaks of it: what it is and where (lon/lat degrees CGCS2000, None: no boundary)."""

    patch_id: str
    level: str = ""
    kind: str = ""
    area_mu: str = ""
    lon: float = 0.0
    lat: float = 0.0
    placed: bool = True
    due_on: str = ""
    late_days: int = 0
    person: str = ""


def reminder_text(village: str, stops: Sequence[Stop], today: str, photos: int = 3, town: str = "") -> str:
    """What is sent to a village's chat group: which patches, where, until when, and how to photograph them."""
    place = "".join(part for part in (town, village) if part) or "外业核查"
    people = "、".join(dict.fromkeys(stop.person for stop in stops if stop.person))
    lines = [f"【卫片图斑核查】{place} {len(stops)} 个图斑", _addressed(people, stops, today)]
    several_due = len({stop.due_on for stop in stops}) > 1
    for number, stop in enumerate(stops, 1):
        lines += _stop_lines(number, stop, len(stops) > 1, with_due=several_due)
    lines += [
        "拍照要求：",
        f"① 每个图斑至少 {photos} 张：1 张拍到全貌，其余从不同方向拍近处；",
        "② 打开手机定位，用手机自带相机拍，人站在图斑边上，镜头朝向图斑；",
        "③ 发送时勾选“原图”，或用“文件”发送；不要截图，不要转发别人压缩过的照片。",
    ]
    return "\n".join(line for line in lines if line)


def _addressed(people: str, stops: Sequence[Stop], today: str) -> str:
    dues = sorted({stop.due_on for stop in stops if stop.due_on})
    worst = max((stop.late_days for stop in stops), default=0)
    who = f"请{people}" if people else "请安排专人"
    if not dues:
        return f"{who}尽快到现场核查并交回照片。"
    until = f"{dues[0]}（{weekday(dues[0])}）" + ("起各图斑期限" if len(dues) > 1 else "")
    if worst:
        return f"{who}立即到现场核查并交回照片：期限 {until}，最长已逾期 {worst} 天。"
    left = days_between(today, dues[0])
    if left < 0:
        return f"{who}尽快补齐照片，期限 {until}已过。"
    return f"{who}在 {until}前到现场核查并交回照片，" + (f"还有 {left} 天。" if left else "今天到期。")


def _stop_lines(number: int, stop: Stop, numbered: bool, *, with_due: bool) -> list[str]:
    mark = f"{number}. " if numbered else ""
    what = " ".join(part for part in (stop.level, stop.kind, f"{stop.area_mu} 亩" if stop.area_mu else "") if part)
    where = f"东经 {stop.lon:.6f}，北纬 {stop.lat:.6f}" if stop.placed else "没有边界，位置见附图或来电询问"
    due = f"；期限 {stop.due_on}" if with_due and stop.due_on else ""
    due += f"，已逾期 {stop.late_days} 天" if stop.late_days else ""
    return [f"{mark}{stop.patch_id}" + (f" {what}" if what else ""), f"　位置：{where}{due}"]
