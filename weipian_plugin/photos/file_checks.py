"""Tests of the file and the picture: used twice, the same picture again, edited, a clock that is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Optional

from ..core.proof import BAD, INFERRED, MANUAL, NOTE, OK, UNKNOWN, WARN, Check, Evidence
from ..core.proof_limits import Limits
from .moments import instant
from .sequences import Shot
from .sighting import Sight

#: A preview whose sides are in another proportion than the picture's by more than this was not made from it.
_PROPORTION = 0.05
#: A preview that agrees less with its picture than this (correlation, 1 is all) was made from another one; a camera's
#: own agrees to 0.99 and more.
PREVIEW_AGREES = 0.8
#: Proportions that cameras use for the preview of every picture, with black bars where it does not fit.
_USUAL_PREVIEWS = (4 / 3, 3 / 2)
#: Actions of an XMP history that change nothing in the picture.
_HARMLESS_ACTIONS = frozenset({"created", "saved", "derived", "converted"})


@dataclass(frozen=True)
class Use:
    """Another patch that a file is linked to: whether its view meets it, how far the camera and the patch are."""

    patch_uid: str
    patch_id: str
    sees: Optional[bool] = None
    distance_m: Optional[float] = None  # camera to that patch, None without a position
    apart_m: Optional[float] = None  # that patch to the one that is asked about


@dataclass(frozen=True)
class Alike:
    """Another file with the same picture; `here`: it is linked to the patch that is asked about as well."""

    evidence_id: str
    name: str
    kind: str
    score: float
    uses: tuple[Use, ...] = ()
    here: bool = False
    apart_m: Optional[float] = None  # between the two positions
    seconds: Optional[float] = None  # between the two times


def _names(uses: Sequence[Use], most: int = 5) -> str:
    """Numbers of patches, the first in full, the others by their end where the beginnings are the same."""
    names = list(dict.fromkeys(use.patch_id for use in uses))
    first = names[0]
    more = f"等 {len(names)} 个" if len(names) > most else ""
    return "图斑 " + "、".join([first, *(_ending(name, first) for name in names[1:most])]) + more


def _ending(name: str, first: str) -> str:
    return f"…{name[-4:]}" if len(name) > 8 and name[:-4] == first[:-4] else name


def _far(use: Use, limits: Limits) -> bool:
    """One picture cannot show both patches, wherever it was taken."""
    reach = limits["camera_length_m"]
    if use.distance_m is not None:
        return use.distance_m > reach
    return use.apart_m is not None and use.apart_m > 2 * reach


def _misses(seen: Optional[Sight], limits: Limits) -> bool:
    """The view does not meet the patch that is asked about."""
    return seen is not None and (seen.looks_at is False or seen.distance_m > limits["camera_length_m"])


def same_file(seen: Optional[Sight], uses: Sequence[Use], limits: Limits) -> Optional[Check]:
    """The same file stands for other patches too: fine for a photo that shows them all, else told."""
    if not uses:
        return None
    patches = tuple(dict.fromkeys(use.patch_id for use in uses))
    numbers: dict[str, Any] = {"patches": len(patches) + 1}
    apart = [use.apart_m for use in uses if use.apart_m is not None]
    if apart:
        numbers["apart_m"] = round(max(apart))
    said = f"同一张照片还用于{_names(uses)}（共 {len(patches) + 1} 个图斑）"
    if _misses(seen, limits):
        return Check("same_file", BAD, f"{said}，而它拍不到本图斑", numbers, (), patches)
    missed = [use for use in uses if use.sees is False or _far(use, limits)]
    if missed and seen is not None and seen.looks_at:
        which = "那些图斑" if len(missed) == len(uses) else _names(missed)
        return Check("same_file", WARN, f"{said}，但拍不到{which}，那里应当另拍", numbers, (), patches)
    if missed:
        far = max((use.apart_m or 0 for use in missed), default=0)
        gap = f"，最远相距 {_shown(far)}" if far else ""
        return Check("same_file", BAD, f"{said}{gap}，一张照片不可能都拍到", numbers, (), patches)
    if seen is not None and seen.looks_at and all(use.sees for use in uses):
        return Check("same_file", NOTE, f"{said}，位置和朝向都拍得到", numbers, (), patches)
    return Check("same_file", WARN, f"{said}，没有位置或方位角，不能确认都拍得到", numbers, (), patches)


def _shown(value: float) -> str:
    return f"{value:.0f} 米" if value < 1000 else f"{value / 1000:.{1 if value < 1e5 else 0}f} 公里"


def same_picture(seen: Optional[Sight], alikes: Sequence[Alike], limits: Limits) -> Optional[Check]:
    """Another file shows the same picture: saved again, made smaller or cropped."""
    if not alikes:
        return None
    best = max(alikes, key=lambda item: item.score)
    others = tuple(item.evidence_id for item in alikes)
    uses = [use for item in alikes for use in item.uses]
    patches = tuple(dict.fromkeys(use.patch_id for use in uses))
    numbers: dict[str, Any] = {"score": round(best.score, 3), "files": len(alikes) + 1, "patches": len(patches)}
    files = "、".join(item.name for item in alikes[:3]) + (f"等 {len(alikes)} 张" if len(alikes) > 3 else "")
    how = "裁剪过的同一画面" if best.kind == "cropped" else "同一画面（重新保存或缩放）"
    said = f"与 {files} 是{how}，相似度 {best.score:.2f}"
    if uses:
        said += f"，那里用在{_names(uses)}"
    forged = _forged(alikes, limits, numbers)
    if forged:
        return Check("same_picture", BAD, f"{said}；{forged}", numbers, others, patches)
    if uses and not _misses(seen, limits) and seen is not None and seen.looks_at and all(use.sees for use in uses):
        return Check("same_picture", NOTE, f"{said}；位置和朝向都拍得到", numbers, others, patches)
    if uses:
        return Check("same_picture", BAD, f"{said}；一张照片冒充多处", numbers, others, patches)
    if any(item.here for item in alikes):
        return Check("same_picture", WARN, f"{said}，在本图斑重复使用，只算一张", numbers, others)
    return Check("same_picture", NOTE, f"{said}，那一张没有归到图斑", numbers, others)


def _forged(alikes: Sequence[Alike], limits: Limits, numbers: dict[str, Any]) -> str:
    """One picture with two positions or two times: one of them was written in afterwards. Empty when they agree."""
    apart = max((item.apart_m or 0.0 for item in alikes), default=0.0)
    gap = max((item.seconds or 0.0 for item in alikes), default=0.0)
    told = []
    if apart > 2 * limits["camera_accuracy_m"]:
        numbers["apart_m"] = round(apart)
        told.append(f"位置却相差 {_shown(apart)}")
    if gap > limits["clock_gap_s"]:
        numbers["gap_s"] = round(gap)
        told.append(f"拍摄时间却相差 {_span(gap)}")
    return "，".join(told) + "，拍摄信息被改过" if told else ""


def edited(photo: Evidence, limits: Limits, peers_with_preview: int = 0) -> Check:
    """What the file says of programs that changed it after the shutter."""
    facts = photo.facts
    if facts.get("has_exif") is False and not facts.get("has_xmp"):
        return Check("edited", UNKNOWN, "没有 EXIF（多半是微信没有发原图），无从核对是否修改过")
    if "has_exif" not in facts:
        return Check("edited", UNKNOWN, "入库时没有记录文件信息，无从核对是否修改过")
    found = [*_programs(facts, limits), *_history(facts), *_modified(photo, limits)]
    shape = _preview(photo, peers_with_preview)
    numbers: dict[str, Any] = {"software": str(facts.get("software") or "")}
    late = _late_seconds(photo)
    if late is not None:
        numbers["modified_after_s"] = round(late)
    bad = [text for outcome, text in (*found, *shape) if outcome == WARN]
    notes = [text for outcome, text in (*found, *shape) if outcome == NOTE]
    if bad:
        return Check("edited", WARN, "；".join([*bad, *notes]), numbers)
    if notes:
        return Check("edited", NOTE, "；".join(notes), numbers)
    said = "没有修图软件的痕迹" + ("" if late is None else "，修改时间与拍摄时间一致")
    return Check("edited", OK, said, numbers)


def _programs(facts: Mapping[str, Any], limits: Limits) -> list[tuple[str, str]]:
    said = []
    for name in dict.fromkeys(str(facts.get(key) or "").strip() for key in ("software", "xmp_tool")):
        program = limits.program(name) if name else None
        if program is None:
            continue
        if program.kind == "editor":
            said.append((WARN, f"用{program.label}处理过（{name[:60]}）"))
        elif program.kind == "viewer":
            said.append((NOTE, f"用{program.label}保存过，多半只是转了方向"))
        elif program.kind == "watermark":
            said.append((NOTE, f"用{program.label}拍摄，水印上的坐标可能是 GCJ-02"))
    return said


def _history(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Steps that an editing program wrote into the file's XMP."""
    steps = facts.get("history")
    if not isinstance(steps, (list, tuple)):
        return []
    texts = [" ".join(str(v) for v in step.values()) if isinstance(step, Mapping) else str(step) for step in steps]
    changed = [text for text in texts if not _HARMLESS_ACTIONS.issuperset(text.casefold().split()[:1])]
    if not changed:
        return []
    return [(WARN, f"文件里有 {len(changed)} 步编辑记录（{changed[0][:60]}）")]


def _late_seconds(photo: Evidence) -> Optional[float]:
    """How long after the shutter the file was changed last, by its own account."""
    taken, changed = instant(photo.taken_at), instant(str(photo.facts.get("modified_at") or ""))
    if taken is None or changed is None or photo.source == MANUAL:
        return None
    return (changed - taken).total_seconds()


def _modified(photo: Evidence, limits: Limits) -> list[tuple[str, str]]:
    late = _late_seconds(photo)
    if late is None or late <= limits["edit_gap_s"]:
        return []
    return [(WARN, f"拍摄后 {_span(late)}又修改过，超过 {limits.shown('edit_gap_s')}")]


def _span(seconds: float) -> str:
    """A length of time in words."""
    for limit, unit, name in ((300, 1, "秒"), (7200, 60, "分钟"), (172_800, 3600, "小时")):
        if seconds < limit:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds / 86400:.0f} 天"


def _preview(photo: Evidence, peers_with_preview: int) -> list[tuple[str, str]]:
    """The small picture inside the file was made by the camera, of the picture it lies in."""
    preview = photo.facts.get("thumb")
    if not isinstance(preview, Mapping):
        if peers_with_preview >= 2:
            return [(NOTE, f"没有内嵌预览，而同一型号相机的另外 {peers_with_preview} 张都有")]
        return []
    agrees = preview.get("agrees")
    if isinstance(agrees, (int, float)) and agrees < PREVIEW_AGREES:
        return [(WARN, f"内嵌预览与照片画面不一致（相似度 {agrees:.2f}）：画面改过，或拍摄信息取自另一张照片")]
    return _preview_shape(photo, preview)


def _preview_shape(photo: Evidence, preview: Mapping[str, Any]) -> list[tuple[str, str]]:
    """One in another shape tells of a crop."""
    width, height = _number(preview.get("width")), _number(preview.get("height"))
    if not width or not height or not photo.width or not photo.height:
        return []
    inner, outer = (
        max(width, height) / min(width, height),
        max(photo.width, photo.height) / min(photo.width, photo.height),
    )
    turned = (width > height) != (photo.width > photo.height) and abs(outer - 1) > _PROPORTION
    off = abs(inner / outer - 1)
    if off <= _PROPORTION:
        return [(NOTE, "内嵌预览横竖与照片不同，照片转过方向")] if turned else []
    usual = any(abs(inner / ratio - 1) <= _PROPORTION for ratio in _USUAL_PREVIEWS)
    said = f"内嵌预览的长宽比 {inner:.2f} 与照片 {outer:.2f} 不同"
    if usual:  # many cameras put every picture into a preview of 4:3, with black bars
        return [(NOTE, f"{said}，可能裁剪过，也可能是相机加了黑边")]
    return [(WARN, f"{said}，照片裁剪过")]


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def clock(photo: Evidence, misordered: Optional[Shot], limits: Limits) -> Check:
    """Whether the camera's clock agrees with the satellites, the day of arrival and the numbers of the files."""
    taken, added = instant(photo.taken_at), instant(photo.added_at)
    if taken is None or photo.source == MANUAL:
        by_hand = taken is not None
        return Check("clock", NOTE if by_hand else UNKNOWN, "时间或位置是手工填写的" if by_hand else "没有拍摄时间")
    numbers: dict[str, Any] = {}
    satellite = instant(str(photo.facts.get("gps_time") or ""))
    gap = None if satellite is None else (taken - satellite).total_seconds()
    if gap is not None:
        numbers["gps_gap_s"] = round(gap)
    late = 0.0 if added is None else (taken - added).total_seconds()
    if late > limits["clock_gap_s"]:
        numbers["after_arrival_s"] = round(late)
        said = f"拍摄时间 {_moment(photo.taken_at)} 晚于入库时间 {_moment(photo.added_at)}"
        return Check("clock", BAD, said, numbers)
    if gap is not None and abs(gap) > limits["clock_gap_s"]:
        return Check("clock", *_wrong(gap, photo, limits), numbers)
    if misordered is not None:
        said = f"文件编号与 {misordered.name} 相连，拍摄时间却前后颠倒"
        return Check("clock", WARN, said, numbers, (misordered.evidence_id,))
    if gap is None:
        why = "时间取自文件名" if photo.source == INFERRED else "没有卫星时间"
        return Check("clock", UNKNOWN, f"{why}，无从核对时钟", numbers)
    return Check("clock", OK, f"与卫星时间相差 {abs(gap):.0f} 秒", numbers)


def _wrong(gap: float, photo: Evidence, limits: Limits) -> tuple[str, str]:
    """How the clock differs from the satellites; a whole number of hours is a wrong time zone."""
    hours = round(gap / 3600)
    if abs(gap - hours * 3600) <= limits["clock_gap_s"] and 1 <= abs(hours) <= 23:
        zone = "，照片没有注明时区" if photo.facts.get("offset_assumed") else ""
        return WARN, f"与卫星时间相差 {abs(hours)} 小时，像是手机时区设错{zone}"
    if abs(gap) < 86400:
        return (
            WARN,
            f"与卫星时间相差 {abs(gap) / 60:.0f} 分钟，超过 {limits.shown('clock_gap_s')}，时钟不准或定位是旧的",
        )
    return BAD, f"与卫星时间相差 {abs(gap) / 86400:.1f} 天，拍摄时间不可信"


def _moment(text: Optional[str]) -> str:
    return (text or "")[:16].replace("T", " ")
