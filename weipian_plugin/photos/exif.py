"""Reading what a photo says about itself: when, where, which way (dossier 4.3).

Nothing is invented: a direction of 0 without a reference is what many programs write for "unknown",
a position of 0, 0 is a camera without a fix. Whatever is left out or assumed stands in the notes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Optional, Union

from ..core.errors import WeipianError
from .container import Container, NotAnImageError, inspect
from .files import open_photo
from .lens import field_of_view, focal35_mm, focal_mm
from .places import Direction, Position, direction, position, speed_kmh
from .source import Source
from .tags import Tags, maker_position
from .times import Times, read_times, time_in_name
from .values import number, text, within
from .xmp import Xmp, read_xmp

#: Endings that are taken for photos, lower case.
PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".jfif", ".jpe", ".png", ".tif", ".tiff", ".heic", ".heif"})
#: Degrees across a phone's picture where the photo does not say it (26 mm equivalent: 67° lying, 53° upright).
DEFAULT_FOV_DEG = 65.0
#: Makers of drones, as they write themselves.
_DRONES = ("DJI", "AUTEL", "PARROT", "YUNEEC", "SKYDIO")


@dataclass(frozen=True)
class PhotoFacts:
    """What a photo says. None is "not known", never 0.

    `taken_at` ISO text with offset; `lon`, `lat` degrees; `azimuth` degrees clockwise from true north
    (magnetic when `azimuth_ref` is M and no declination was given), 0 ≤ azimuth < 360; `azimuth_ref`
    T, M or None; `azimuth_raw` as the file has it, `declination` what was added (None: nothing);
    `accuracy_m` horizontal, `altitude_m` above the sea, metres; `orientation` 1–8; sizes in pixels as stored;
    `fov_deg` across the upright picture; `source` exif, or inferred when all there is comes from the
    file's name; `notes` Chinese sentences.

    `more`, each only when known: gps_time, digitized_at, modified_at (ISO; gps_time UTC), offset_assumed,
    taken_from (digitized, gps, name; absent: the camera's clock), datum, software, lens, focal_mm, focal35_mm,
    pitch_deg, roll_deg, azimuth_from (exif, xmp, gimbal; gpstrack: only a direction of travel, not used), dop,
    speed_kmh, thumb {width, height}, has_exif, has_xmp, xmp_tool, history, drone, maker_position.
    """

    taken_at: Optional[str] = None
    lon: Optional[float] = None
    lat: Optional[float] = None
    azimuth: Optional[float] = None
    azimuth_ref: Optional[str] = None
    accuracy_m: Optional[float] = None
    orientation: Optional[int] = None
    camera: str = ""
    width: Optional[int] = None
    height: Optional[int] = None
    source: str = "exif"
    notes: tuple[str, ...] = ()
    fov_deg: Optional[float] = None
    altitude_m: Optional[float] = None
    azimuth_raw: Optional[float] = None
    declination: Optional[float] = None
    more: Mapping[str, Any] = field(default_factory=dict)


def is_photo(path: Union[str, Path]) -> bool:
    """Whether the name has the ending of a photo, in any case."""
    return Path(path).suffix.lower() in PHOTO_SUFFIXES


def read_photo(
    path: Union[str, Path], declination_deg: Optional[float] = None, data: Optional[bytes] = None
) -> PhotoFacts:
    """Read a photo's own account; a photo without EXIF gives facts that say so in the notes.

    Args:
        path: of a jpg, png, tiff or heic file.
        declination_deg: of the magnetic needle, east positive, added to directions with reference M; None: nothing
            is added.
        data: the whole file, if it was read already.

    Raises:
        WeipianError: E_FILE_MISSING, E_FILE_UNREADABLE, E_PHOTO_UNREADABLE (no picture), E_LIBRARY.
    """
    path = Path(path)
    container, tags = open_photo(path, data)
    notes: list[str] = []
    if not container.complete:
        notes.append("文件不完整（可能没有传完），图像下部会缺失")
    xmp = read_xmp(tags.xmp)
    if not tags.values and tags.damaged:
        notes.append("拍摄信息（EXIF）已损坏，读不出来；请手工填写位置和方位角")
        facts = _facts(container, tags, xmp, declination_deg, [])
    elif _silent(tags, xmp):
        notes.append(str(WeipianError("E_PHOTO_NO_EXIF", path=path.name)))
        facts = _facts(container, tags, xmp, declination_deg, [])
    else:
        facts = _facts(container, tags, xmp, declination_deg, notes)
    return replace(_infer(path, facts, notes), notes=tuple(notes))


def _silent(tags: Tags, xmp: Xmp) -> bool:
    """Whether nothing is left of what the camera wrote: chat programs keep the orientation at most."""
    speaks = ("GPS ", "EXIF DateTime", "Image Make", "Image Model", "Image DateTime")
    of_xmp = (xmp.lon, xmp.direction, xmp.gimbal_yaw)
    return not any(name.startswith(speaks) for name in tags.values) and all(value is None for value in of_xmp)


def _facts(container: Container, tags: Tags, xmp: Xmp, declination: Optional[float], notes: list[str]) -> PhotoFacts:
    if tags.turned:
        notes.append("拍摄信息（EXIF）的字节顺序标错了，已按另一种顺序读出，请核对")
    elif tags.damaged:
        notes.append("拍摄信息（EXIF）有一部分已损坏，只采用了能读出的内容")
    times = read_times(tags.values, notes)
    place = position(tags.values, xmp, notes)
    look = direction(tags.values, xmp, declination, notes)
    hidden = place.lon is None and maker_position(tags)
    if hidden:
        notes.append("厂商私有信息里似乎另有位置，但写法不公开、不能确定，没有采用")
    turned = within(number(tags.values, "Image Orientation"), 1, 8)
    orientation = None if turned is None else int(turned)
    return PhotoFacts(
        times.taken,
        place.lon,
        place.lat,
        look.azimuth,
        look.ref,
        place.accuracy_m,
        orientation,
        _camera(tags.values),
        container.width,
        container.height,
        fov_deg=field_of_view(tags.values, container.width, container.height, orientation),
        altitude_m=place.altitude_m,
        azimuth_raw=look.raw,
        declination=look.declination,
        more=_more(tags, xmp, times, place, look, hidden=hidden),
    )


def _more(tags: Tags, xmp: Xmp, times: Times, place: Position, look: Direction, *, hidden: bool) -> dict[str, Any]:
    """The keys of `PhotoFacts.more`; what is not known is left out."""
    values = tags.values
    make = text(values, "Image Make").upper()
    found = {
        "gps_time": times.gps,
        "digitized_at": times.digitized,
        "modified_at": times.modified,
        "offset_assumed": times.assumed or None,
        "taken_from": times.origin if times.taken and times.origin != "camera" else None,
        "datum": place.datum,
        "software": text(values, "Image Software")[:200],
        "lens": text(values, "EXIF LensModel")[:200],
        "focal_mm": focal_mm(values),
        "focal35_mm": focal35_mm(values),
        "pitch_deg": xmp.pitch,
        "roll_deg": xmp.roll,
        "azimuth_from": look.origin,
        "dop": within(number(values, "GPS GPSDOP"), 1e-9, 1e4),
        "speed_kmh": speed_kmh(values),
        "thumb": _preview_size(tags.preview),
        "xmp_tool": xmp.tool,
        "history": list(xmp.history),
        "drone": (xmp.drone or make.startswith(_DRONES)) or None,
        "maker_position": hidden or None,
    }
    known = {key: value for key, value in found.items() if value not in (None, "", [])}
    return {**known, "has_exif": bool(values), "has_xmp": xmp.there}


def _preview_size(preview: bytes) -> Optional[dict[str, Optional[int]]]:
    try:
        inside = inspect(Source.of(preview))
    except NotAnImageError:
        return None
    return {"width": inside.width, "height": inside.height}


def _infer(path: Path, facts: PhotoFacts, notes: list[str]) -> PhotoFacts:
    """A time from the file's name when the photo has none."""
    found = time_in_name(path) if facts.taken_at is None else None
    if found is None:
        return facts
    taken_at, said = found
    notes.append(said)
    nothing_else = facts.lon is None and facts.azimuth is None
    return replace(
        facts,
        taken_at=taken_at,
        source="inferred" if nothing_else else facts.source,
        more={**facts.more, "taken_from": "name"},
    )


def _camera(tags: Mapping[str, Any]) -> str:
    make, model = text(tags, "Image Make")[:100], text(tags, "Image Model")[:100]
    return model if model.upper().startswith(make.upper()) else f"{make} {model}".strip()
