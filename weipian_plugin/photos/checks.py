"""Can a photo be believed, for one patch: every test with its numbers and a plain sentence. None blocks work.

Pure: what is known of other files and patches is given (`Around`). The tests: where the camera stood and
looked, when, which way; `file_checks` looks at the picture and the file themselves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from statistics import median
from typing import Optional

from ..core.dates import Span, parse_date
from ..core.proof import BAD, MANUAL, NOTE, OK, UNKNOWN, WARN, Check, Evidence
from ..core.proof_limits import Limits
from . import file_checks
from .file_checks import Alike, Use
from .moments import china_day
from .sequences import Constant, Move, Shot
from .sighting import Sight

__all__ = ["Alike", "Around", "Site", "Use", "check_photo"]

#: Mainland China and the sea around it, lon/lat degrees: west, south, east, north.
_CHINA = (73.0, 3.0, 136.0, 54.0)
#: So many other altitudes make a comparison.
_ALTITUDES = 2
#: Shots further apart say nothing of how fast somebody went, s.
_SAME_OUTING_S = 12 * 3600


@dataclass(frozen=True)
class Site:
    """The patch and what the photo is for. Days ISO text; `completed` 整改完成, only for photos that prove it."""

    patch_id: str
    image_before: str = ""
    image_after: str = ""
    today: str = ""
    village: str = ""
    closing: bool = False  # the photo is to show the land after rectification
    completed: Optional[Span] = None


@dataclass(frozen=True)
class Around:
    """What other photos say about this one."""

    uses: tuple[Use, ...] = ()  # other patches that the same file is linked to
    alikes: tuple[Alike, ...] = ()  # other files with the same picture
    moves: tuple[Move, ...] = ()  # to the shots before and after it
    constant: Optional[Constant] = None
    misordered: Optional[Shot] = None
    altitudes: tuple[float, ...] = ()  # of other photos of the patch, m
    village_here: str = ""  # the village whose land the camera stood on, where boundaries are known
    peers_with_preview: int = 0  # shots of the same camera that carry a preview, when this one has none


def check_photo(
    photo: Evidence, site: Site, seen: Optional[Sight], around: Around, limits: Limits
) -> tuple[Check, ...]:
    """All tests of one photo for one patch, in the order they are read."""
    if photo.azimuth is not None and not math.isfinite(photo.azimuth):
        photo = replace(photo, azimuth=None)  # no direction, whoever wrote it
    found = (
        _looks_at(photo, seen, limits),
        _distance(photo, seen, limits),
        _time_window(photo, site),
        _place(photo, site, seen, around, limits),
        _speed(photo, around, limits),
        _azimuth(photo),
        _same_azimuth(photo, around, limits),
        file_checks.same_file(seen, around.uses, limits),
        file_checks.same_picture(seen, around.alikes, limits),
        file_checks.edited(photo, limits, around.peers_with_preview),
        file_checks.clock(photo, around.misordered, limits),
        _gcj02(photo),
    )
    return tuple(check for check in found if check is not None)


def _course(degrees: float) -> str:
    """A direction in words, 0 to 359."""
    return f"{round(degrees) % 360}°"


def metres(value: float) -> str:
    """A distance in words."""
    if value < 10:
        return f"{value:.1f} 米"
    return f"{value:.0f} 米" if value < 1000 else f"{value / 1000:.{1 if value < 1e5 else 0}f} 公里"


def _placed(photo: Evidence) -> bool:
    return photo.lon is not None and photo.lat is not None


def _looks_at(photo: Evidence, seen: Optional[Sight], limits: Limits) -> Check:
    if not _placed(photo):
        return Check("looks_at", UNKNOWN, "没有位置，看不出是否朝向图斑；可手工补填")
    if seen is None:
        return Check("looks_at", UNKNOWN, "图斑没有边界和位置，无从核对朝向")
    numbers: dict[str, object] = {
        "distance_m": round(seen.distance_m, 1),
        "bearing_deg": round(seen.bearing % 360, 1),
    }
    if seen.down:
        said = f"俯拍，机位距图斑 {metres(seen.distance_m)}"
        return Check(
            "looks_at", OK if seen.looks_at else WARN, said if seen.looks_at else f"{said}，不一定拍到", numbers
        )
    if photo.azimuth is None or seen.looks_at is None:
        return Check("looks_at", UNKNOWN, f"没有方位角，看不出镜头朝向；图斑在 {_course(seen.bearing)} 方向", numbers)
    off = seen.off_deg or 0.0
    numbers.update(azimuth_deg=round(photo.azimuth, 1), fov_deg=round(seen.fov_deg, 1), off_deg=round(off, 1))
    outcome, said = _view(photo.azimuth, seen, off, limits)
    return Check("looks_at", outcome, said, numbers)


def _view(azimuth: float, seen: Sight, off: float, limits: Limits) -> tuple[str, str]:
    """What a known azimuth means for a known place: outcome and sentence."""
    if seen.looks_at and seen.distance_m == 0:
        return OK, f"站在图斑内拍摄，方位角 {_course(azimuth)}"
    if seen.looks_at:
        return OK, f"镜头朝向图斑：方位角 {_course(azimuth)}，图斑中心在 {_course(seen.bearing)} 方向"
    if off == 0:
        return BAD, f"朝向图斑一侧，但距图斑 {metres(seen.distance_m)}，超出视域 {limits.shown('camera_length_m')}"
    aside = f"方位角 {_course(azimuth)}，图斑中心在 {_course(seen.bearing)} 方向，偏出视场 {off:.0f}°"
    if off <= limits["compass_deg"] and seen.distance_m <= limits["camera_length_m"]:
        return WARN, f"没有对准图斑：{aside}，在罗盘误差 {limits.shown('compass_deg')}以内，请看照片核实"
    turn = abs((azimuth - seen.bearing + 180) % 360 - 180)
    return BAD, f"{'背对图斑' if turn > 90 else '没有朝向图斑'}：{aside}"


def _distance(photo: Evidence, seen: Optional[Sight], limits: Limits) -> Check:
    if not _placed(photo) or seen is None:
        return Check("distance", UNKNOWN, "没有位置，不知道离图斑多远" if not _placed(photo) else "图斑没有边界")
    limit, error = limits["camera_max_distance_m"], photo.accuracy_m
    numbers: dict[str, object] = {"distance_m": round(seen.distance_m, 1), "limit_m": limit}
    if error is not None:
        numbers["accuracy_m"] = round(error, 1)
    said = "站在图斑内" if seen.distance_m == 0 else f"距图斑边界 {metres(seen.distance_m)}"
    said += f"（定位精度 ±{metres(error)}）" if error is not None else ""
    if seen.distance_m > limits["camera_length_m"]:
        return Check("distance", BAD, f"{said}，太远，超出视域 {limits.shown('camera_length_m')}", numbers)
    if seen.distance_m > limit:
        over = f"{said}，超过 {limits.shown('camera_max_distance_m')}"
        if error is not None and seen.distance_m - error <= limit:
            return Check("distance", NOTE, f"{over}，但在定位误差以内", numbers)
        return Check("distance", WARN, over, numbers)
    if error is not None and error > limits["camera_accuracy_m"]:
        return Check("distance", WARN, f"{said}，定位精度差于 {limits.shown('camera_accuracy_m')}", numbers)
    return Check("distance", OK, said, numbers)


def _time_window(photo: Evidence, site: Site) -> Check:
    day = china_day(photo.taken_at)
    if not day:
        return Check("time_window", UNKNOWN, "没有拍摄时间，不知道是否在后时相以后")
    by = "（时间取自文件名，是保存时间）" if photo.source == "inferred" else ""
    numbers: dict[str, object] = {"taken_on": day}
    if site.today and day > site.today:
        return Check("time_window", BAD, f"拍摄时间 {day} 晚于今天（{site.today}）{by}", numbers)
    outcome, said = _after_completion(day, site, numbers) if site.closing else _after_image(day, site, numbers)
    # The file was saved on that day: it was taken then or before, so "after" is not certain and "too old" is.
    return Check("time_window", NOTE if by and outcome == OK else outcome, said + by, numbers)


def _after_image(day: str, site: Site, numbers: dict[str, object]) -> tuple[str, str]:
    """Against the two images between which the patch changed."""
    before, after = parse_date(site.image_before), parse_date(site.image_after)
    if before is not None and day < before.first:
        numbers["image_before"] = before.first
        return BAD, f"旧照片：{day} 拍摄，早于前时相影像（{before.shown}）"
    if after is None:
        return UNKNOWN, f"{day} 拍摄；图斑没有后时相日期，无从核对"
    numbers["image_after"] = after.first
    if day < after.first:
        return BAD, f"旧照片：{day} 拍摄，早于后时相影像（{after.shown}），不能反映后时相以后的现状"
    if day <= after.last and after.first != after.last:
        return NOTE, f"{day} 拍摄，后时相只写到 {after.shown}，先后分不清"
    return OK, f"{day} 拍摄，在后时相（{after.shown}）以后"


def _after_completion(day: str, site: Site, numbers: dict[str, object]) -> tuple[str, str]:
    """Against the day on which rectification was completed."""
    done = site.completed
    if done is None:
        return NOTE, f"{day} 拍摄；还没有登记整改完成日期，登记后再核对"
    numbers["completed"] = done.last
    if day < done.first:
        return BAD, f"旧照片：{day} 拍摄，早于整改完成（{done.shown}），不能证明整改到位"
    if day < done.last:
        return NOTE, f"{day} 拍摄，整改完成只写到 {done.shown}，先后分不清"
    return OK, f"{day} 拍摄，在整改完成（{done.shown}）以后"


def _place(photo: Evidence, site: Site, seen: Optional[Sight], around: Around, limits: Limits) -> Check:
    if photo.lon is None or photo.lat is None:
        return Check("place", UNKNOWN, "没有位置")
    numbers: dict[str, object] = {"lon": photo.lon, "lat": photo.lat}
    where = f"{photo.lon:.5f}, {photo.lat:.5f}"
    west, south, east, north = _CHINA
    if not (west <= photo.lon <= east and south <= photo.lat <= north):
        return Check("place", BAD, f"位置 {where} 不在中国境内", numbers)
    odd = _odd_place(photo, site, seen, around, limits, numbers)
    if odd is not None:
        return Check("place", *odd, numbers)
    inside = f"在 {around.village_here} 范围内" if around.village_here else "在图斑附近"
    said = f"位置 {where}，{inside}" if seen is not None else f"位置 {where}，图斑没有边界，无从核对"
    if photo.source == MANUAL:
        return Check("place", NOTE, f"{said}；手工填写", numbers)
    return Check("place", OK if seen is not None else UNKNOWN, said, numbers)


def _odd_place(
    photo: Evidence, site: Site, seen: Optional[Sight], around: Around, limits: Limits, numbers: dict[str, object]
) -> Optional[tuple[str, str]]:
    """What does not fit about a place in China: outcome and sentence; None when nothing."""
    if seen is not None and seen.distance_m > limits["place_far_m"]:
        numbers["distance_m"] = round(seen.distance_m)
        return BAD, f"拍摄点离图斑 {metres(seen.distance_m)}，超过 {limits.shown('place_far_m')}，不在现场"
    if around.village_here and site.village and around.village_here != site.village:
        said = f"拍摄点在 {around.village_here}，图斑在 {site.village}"
        beside = seen is not None and (seen.looks_at or seen.distance_m <= limits["camera_max_distance_m"])
        return (NOTE if beside else WARN), said  # who stands beside the patch may stand across the boundary
    high = _altitude(photo, around, limits, numbers)
    return (WARN, high) if high else None


def _altitude(photo: Evidence, around: Around, limits: Limits, numbers: dict[str, object]) -> str:
    """What is odd about the altitude against the other photos of the patch, empty when nothing."""
    if photo.altitude_m is None or len(around.altitudes) < _ALTITUDES or photo.facts.get("drone"):
        return ""
    usual = median(around.altitudes)
    numbers.update(altitude_m=round(photo.altitude_m, 1), usual_altitude_m=round(usual, 1))
    if abs(photo.altitude_m - usual) <= limits["altitude_gap_m"]:
        return ""
    return (
        f"海拔 {photo.altitude_m:.0f} 米，同一图斑其他照片约 {usual:.0f} 米，相差超过 {limits.shown('altitude_gap_m')}"
    )


def _camera(photo: Evidence) -> str:
    """Whose shots are compared: nothing tells two phones of one model apart."""
    return "同一型号相机的" if photo.camera else "同样没有写相机型号的"


def _speed(photo: Evidence, around: Around, limits: Limits) -> Optional[Check]:
    moves = [move for move in around.moves if move.seconds <= _SAME_OUTING_S]
    if not moves or photo.facts.get("drone"):
        return None
    worst = max(moves, key=lambda move: move.km_h)
    numbers = {
        "km_h": round(worst.km_h, 1), "distance_m": round(worst.distance_m), "seconds": round(worst.seconds),
        "limit_km_h": limits["speed_km_h"],
    }  # fmt: skip
    others = (worst.other.evidence_id,)
    gap = f"{worst.seconds:.0f} 秒" if worst.seconds < 120 else f"{worst.seconds / 60:.0f} 分钟"
    said = f"与{_camera(photo)} {worst.other.name} 相隔 {gap}、相距 {metres(worst.distance_m)}"
    if worst.km_h <= limits["speed_km_h"]:
        return Check("speed", OK, f"{said}，说得通", numbers, others)
    said += f"，合 {worst.km_h:.0f} 公里/小时，超过 {limits.shown('speed_km_h')}"
    if worst.certain:
        return Check("speed", BAD, f"{said}；两张编号相连，位置或时间必有一个不对", numbers, others)
    return Check("speed", WARN, f"{said}；如果不是另一部手机拍的，位置或时间必有一个不对", numbers, others)


def _azimuth(photo: Evidence) -> Check:
    if photo.azimuth is None:
        return Check("azimuth", UNKNOWN, "没有方位角；可手工补填，报告上注明手工")
    numbers: dict[str, object] = {"azimuth_deg": round(photo.azimuth, 1)}
    if photo.source == MANUAL:
        return Check("azimuth", NOTE, f"方位角 {_course(photo.azimuth)}，手工填写", numbers)
    raw = photo.azimuth_raw if photo.azimuth_raw is not None and math.isfinite(photo.azimuth_raw) else photo.azimuth
    if raw % 360 == 0:
        return Check("azimuth", WARN, "方位角正好是 0°，可能是手机没有测得，请看照片核实", numbers)
    if photo.azimuth_ref == "M":
        numbers["azimuth_raw_deg"] = round(raw, 1)
        if photo.declination is None:
            said = f"方位角 {_course(raw)}，以磁北为准，没有改正磁偏角"
            return Check("azimuth", NOTE, said, numbers)
        numbers["declination_deg"] = photo.declination
        said = f"方位角 {_course(photo.azimuth)}（磁北 {_course(raw)}，已改正磁偏角 {photo.declination:+.2f}°）"
        return Check("azimuth", OK, said, numbers)
    return Check("azimuth", OK, f"方位角 {_course(photo.azimuth)}", numbers)


def _same_azimuth(photo: Evidence, around: Around, limits: Limits) -> Optional[Check]:
    run = around.constant
    if run is None or len(run.shots) < 2:
        return None
    numbers = {"shots": len(run.shots), "places": run.places, "azimuth_deg": round(run.azimuth, 1)}
    others = tuple(shot.evidence_id for shot in run.shots)
    count = int(limits["same_azimuth_count"])
    if len(run.shots) < count or run.places < count:
        return None
    said = (
        f"{_camera(photo)}连续 {len(run.shots)} 张、{run.places} 个地点的方位角都是 {run.azimuth:.1f}°，"
        "可能是罗盘失灵或后来填写的"
    )
    return Check("same_azimuth", WARN, said, numbers, others)


def _gcj02(photo: Evidence) -> Optional[Check]:
    if photo.shift != "gcj02":
        return None
    return Check("gcj02", NOTE, "位置原为 GCJ-02（高德、腾讯）坐标，已换算；原值保留")
