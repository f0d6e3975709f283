"""How wide a photo looks: the horizontal field of view of the picture as it is seen upright."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Optional

from .values import number, within

#: Diagonal of the 36 x 24 mm frame. FocalLengthIn35mmFilm is the focal length that gives the same *diagonal* angle
#: on that frame (CIPA DCG-001; EXIF 2.3 tag 0xA405 refers to it), whatever the shape of the picture.
_DIAGONAL_MM = math.hypot(36.0, 24.0)
#: Longer than this a picture is a panorama or a strip cut out: its angle cannot be told from a focal length.
_LONGEST_SHAPE = 2.4
#: Millimetres of one FocalPlaneResolutionUnit (2 inch, 3 centimetre; EXIF 2.3).
_UNITS = {2: 25.4, 3: 10.0}


def focal_mm(tags: Mapping[str, Any]) -> Optional[float]:
    """Real focal length."""
    return within(number(tags, "EXIF FocalLength"), 0.5, 5000)


def focal35_mm(tags: Mapping[str, Any]) -> Optional[float]:
    """Focal length of the same view on 36 x 24 mm; 0 means unknown."""
    return within(number(tags, "EXIF FocalLengthIn35mmFilm"), 5, 5000)


def field_of_view(
    tags: Mapping[str, Any], width: Optional[int], height: Optional[int], orientation: Optional[int]
) -> Optional[float]:
    """Degrees across the upright picture; None when it cannot be told.

    Args:
        tags: of the photo.
        width: pixels as stored.
        height: pixels as stored.
        orientation: EXIF 1–8; from 5 on the sides change places when the picture is turned upright.
    """
    if not width or not height or max(width, height) > _LONGEST_SHAPE * min(width, height):
        return None
    if _cropped(tags, width, height):
        return None
    across = height if (orientation or 1) >= 5 else width
    tangent = _diagonal_tangent(tags)
    if tangent is None:
        return None
    angle = math.degrees(2 * math.atan(tangent * across / math.hypot(width, height)))
    return round(angle, 2) if 1 <= angle <= 150 else None


def _diagonal_tangent(tags: Mapping[str, Any]) -> Optional[float]:
    """Tangent of half the diagonal angle of view."""
    equivalent = focal35_mm(tags)
    if equivalent is not None:
        return _DIAGONAL_MM / 2 / equivalent
    focal = focal_mm(tags)
    unit = _UNITS.get(int(number(tags, "EXIF FocalPlaneResolutionUnit") or 2))
    sides = []
    for axis, length in (("X", "Width"), ("Y", "Length")):
        density = number(tags, f"EXIF FocalPlane{axis}Resolution")
        pixels = number(tags, f"EXIF ExifImage{length}")
        if focal is None or unit is None or not density or density <= 0 or not pixels:
            return None
        sides.append(pixels / density * unit)
    # Sensors from the smallest phone to the largest studio back; else the picture was made smaller afterwards.
    return math.hypot(*sides) / 2 / focal if focal and 3 <= math.hypot(*sides) <= 80 else None


def _cropped(tags: Mapping[str, Any], width: int, height: int) -> bool:
    """Whether the shape is another one than the camera noted: cut since, so the angle is a smaller one."""
    noted = number(tags, "EXIF ExifImageWidth"), number(tags, "EXIF ExifImageLength")
    if not noted[0] or not noted[1] or noted[0] <= 0 or noted[1] <= 0:
        return False
    shape, then = max(width, height) / min(width, height), max(noted) / min(noted)  # type: ignore[type-var, operator]
    return abs(shape / then - 1) > 0.02
