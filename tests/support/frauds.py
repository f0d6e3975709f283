"""A small workspace with photos that were meant to deceive: one picture for five patches, an old one, one facing away.

Positions are laid out by hand: at 29.78° N one second of arc is 30.79 m northwards and 26.85 m eastwards, so
0.001° are 110.9 m and 96.7 m. Five patches of 0.001° side stand in a row 0.005° (483 m) apart; each
photographer stands 0.0002° (22 m) south of the middle of a patch's southern edge.
"""

from __future__ import annotations

import random
from pathlib import Path

import shapely

from weipian_plugin.core.model import Patch, ReviewStatus
from weipian_plugin.store import records
from weipian_plugin.workbench.session import Session

WEST, SOUTH, SIDE, STEP = 106.75, 29.78, 0.001, 0.005
BEFORE, AFTER = "2025-10-06", "2026-05-01"


def patch_id(number: int) -> str:
    """Number of the patch, 1 to 5."""
    return f"500112SJBG2621018{number}"


def stand(number: int) -> tuple[float, float]:
    """lon, lat of somebody 22 m south of a patch."""
    return WEST + (number - 1) * STEP + SIDE / 2, SOUTH - 0.0002


def township(folder: Path, who: str = "张经办") -> Session:
    """A workspace with the five patches and no evidence."""
    session = Session.create(folder, "古路镇", who)
    with session.workspace.transaction("import", "b1", who) as change:
        change.put(
            "batch", {"batch_id": "b1", "name": "2026 上半年", "created_at": "2026-06-01", "issued_on": "2026-06-01"}
        )
        for number in range(1, 6):
            west = WEST + (number - 1) * STEP
            box = shapely.MultiPolygon([shapely.box(west, SOUTH, west + SIDE, SOUTH + SIDE)])
            change.put(
                "patch",
                records.patch_row(
                    Patch(
                        patch_uid=f"u{number}", patch_id=patch_id(number), batch_id="b1", wkb=shapely.to_wkb(box),
                        area_m2=10718.84, monitor_level=1, monitor_class="new_nonagri", village_name="柏树村",
                        image_before=BEFORE, image_after=AFTER, review_status=ReviewStatus.ASSESSED,
                    )
                ),
            )  # fmt: skip
    return session


def photo(
    path: Path, lon: float, lat: float, azimuth: float, taken: str, seed: int = 0, camera: str = "HUAWEI LYA-AL00"
) -> Path:
    """A JPEG whose EXIF says this; pictures of different seeds look different. `taken`: 2026:06-10 09:30:00 as EXIF."""
    import piexif
    from PIL import Image, ImageDraw

    rng = random.Random(seed)  # noqa: S311 - a picture, not a secret
    image = Image.new("RGB", (1200, 900), (120 + rng.randrange(80), 150, 90))
    draw = ImageDraw.Draw(image)
    for _ in range(60):
        x, y, size = rng.randrange(1200), rng.randrange(900), rng.randrange(30, 260)
        draw.rectangle((x, y, x + size, y + size // 2), fill=tuple(rng.randrange(256) for _ in range(3)))
    gps = {
        piexif.GPSIFD.GPSLatitudeRef: b"N", piexif.GPSIFD.GPSLatitude: _dms(lat),
        piexif.GPSIFD.GPSLongitudeRef: b"E", piexif.GPSIFD.GPSLongitude: _dms(lon),
        piexif.GPSIFD.GPSImgDirectionRef: b"T", piexif.GPSIFD.GPSImgDirection: (round(azimuth * 100), 100),
    }  # fmt: skip
    exif = {
        "0th": {piexif.ImageIFD.Make: camera.split()[0].encode(), piexif.ImageIFD.Model: camera.split()[1].encode()},
        "Exif": {piexif.ExifIFD.DateTimeOriginal: taken.encode()},
        "GPS": gps,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, quality=90, exif=piexif.dump(exif))
    return path


def _dms(value: float) -> tuple[tuple[int, int], ...]:
    degrees = int(value)
    minutes = int((value - degrees) * 60)
    return (degrees, 1), (minutes, 1), (round(((value - degrees) * 60 - minutes) * 60 * 10000), 10000)


def deceive(session: Session, folder: Path) -> dict[str, Path]:
    """Attach: an honest photo of each patch 1, 2, 3; the first one for all five; an old one to 2; one facing away to 3."""
    shots = {
        "honest1": photo(folder / "IMG_20260610_093000.jpg", *stand(1), 3.5, "2026:06:10 09:30:00", 1),
        "honest2": photo(folder / "IMG_20260610_094000.jpg", *stand(2), 357.2, "2026:06:10 09:40:00", 2),
        "honest3": photo(folder / "IMG_20260610_095000.jpg", *stand(3), 10.1, "2026:06:10 09:50:00", 3),
        "old": photo(folder / "IMG_20240315_101500.jpg", *stand(4), 1.4, "2024:03:15 10:15:00", 4),
        "away": photo(folder / "IMG_20260610_101000.jpg", *stand(5), 178.6, "2026:06:10 10:10:00", 5),
    }
    for number in range(1, 6):
        session.attach(f"u{number}", patch_id(number), [shots["honest1"]])
    session.attach("u2", patch_id(2), [shots["honest2"]])
    session.attach("u3", patch_id(3), [shots["honest3"]])
    session.attach("u4", patch_id(4), [shots["old"]])
    session.attach("u5", patch_id(5), [shots["away"]])
    return shots
