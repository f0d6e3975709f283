"""Pictures to try likeness on, made from the real ones in `../shared/realdata` (never copied into the repository).

Originals: ten photographs as they came from the cameras, sixteen cuttings of the four largest (other content, so
other pictures), and tiles of real aerial and satellite images of two dates. Copies: what happens to a picture on
its way through chat programs and editors: encoded again (JPEG 30–90), made smaller (long side 480–2048), cropped
by 10 % (of the width, the height or both, at a random side or the middle), and all of it together.

Different pictures of one site:
* real: tiles of two dates of one place (aerial 2008/2019 and 2010/2020, satellite), some kilometres of them;
* made: a second shot of a real photograph: the camera turned and rolled a little (homography), near things shifted
  against far ones (a depth field), other exposure and white balance, clouds (a smooth change of light), other sensor
  noise, a thing that moved (but for the quickest), and encoded on its own, in steps from a quick second press of a
  resting hand to a step aside.
What it does not show: frames of a camera on a tripod within the same second, where nothing moves, are the same
picture for any method that sees 256 pixels; there are no real bursts of a village's cameras among the real data.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from qgis.PyQt.QtCore import QRect, QSize, Qt
from qgis.PyQt.QtGui import QColor, QImage, QImageReader, QPainter

PHOTOS = (
    "huawei_cltl29_gps_nodir", "iphone4_rome_T177", "iphone5_seattle_T093_orient3", "iphone6_madrid_T211",
    "iphone7_grandcanyon_M290", "nikon_p6000_gps_nodir", "nokia83_helsinki_M056", "orientation_6",
    "pixel_gps_nodir", "sony_hx5v_M046",
)  # fmt: skip
LARGE = (
    "iphone5_seattle_T093_orient3",
    "iphone6_madrid_T211",
    "iphone7_grandcanyon_M290",
    "nokia83_helsinki_M056",
)
IMAGERY = (
    ("dsifn", "dsifn_xian/dsifn_before_20080101.tif", "dsifn_xian/dsifn_after_20190101.tif", 5, 2),
    (
        "naip", "naip_1m_5m_nd/m_4709963_se_14_1_20100629.tif", "naip_1m_5m_nd/m_4709963_se_14_1_20200831.tif", 4, 3,
    ),
    ("s2", "oscd_chongqing_s2/chongqing_pre_4545.tif", "oscd_chongqing_s2/chongqing_post_4545.tif", 2, 3),
    ("landsat", "landsat_pucallpa/1985.tif", "landsat_pucallpa/2020.tif", 3, 2),
)  # fmt: skip


def read(path: Path) -> QImage:
    """A picture, upright, at full size."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    return reader.read().convertToFormat(QImage.Format.Format_RGB888)


def array(image: QImage) -> np.ndarray:
    """uint8 rows × columns × RGB."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    raw = np.frombuffer(image.constBits().asstring(image.bytesPerLine() * image.height()), np.uint8)
    return raw.reshape(image.height(), image.bytesPerLine())[:, : 3 * image.width()].reshape(image.height(), -1, 3)


def image_of(pixels: np.ndarray) -> QImage:
    """The picture of an array."""
    pixels = np.ascontiguousarray(pixels, np.uint8)
    height, width, _ = pixels.shape
    return QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def smaller(image: QImage, side: int) -> QImage:
    """Long side at most `side`."""
    if max(image.width(), image.height()) <= side:
        return image
    return image.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)


def tiles(folder: Path) -> Iterator[tuple[str, QImage, QImage]]:
    """Name, before, after of each tile of the real images."""
    from osgeo import gdal

    for name, first, second, columns, rows in IMAGERY:
        pair = []
        for path in (first, second):
            data = gdal.Open(str(folder / "imagery" / path)).ReadAsArray()
            bands = data[[2, 1, 0]] if name == "landsat" else data[:3]
            low, high = np.percentile(bands, (1, 99))
            pair.append(np.clip((bands.astype(float) - low) / max(high - low, 1) * 255, 0, 255).transpose(1, 2, 0))
        height, width = (min(p.shape[i] for p in pair) for i in (0, 1))
        for row in range(rows):
            for column in range(columns):
                window = np.s_[
                    row * height // rows : (row + 1) * height // rows,
                    column * width // columns : (column + 1) * width // columns,
                ]
                yield f"{name}-{row}{column}", image_of(pair[0][window]), image_of(pair[1][window])


def originals(folder: Path) -> Iterator[tuple[str, QImage]]:
    """Name and picture of each photograph and cutting."""
    for name in PHOTOS:
        image = read(folder / "photos" / f"{name}.jpg")
        yield name, image
        if name in LARGE:
            width, height = image.width() // 2, image.height() // 2
            for number, (x, y) in enumerate(((0, 0), (width, 0), (0, height), (width, height))):
                yield f"{name}-{number}", image.copy(QRect(x, y, width, height))


def cropped(image: QImage, rng: np.random.Generator, share: float = 0.1) -> QImage:
    """Without `share` of the width, of the height or of both, taken from a random side or evenly."""
    width, height = image.width(), image.height()
    which = rng.integers(3)
    keep_x = 1 - share if which != 1 else 1.0
    keep_y = 1 - share if which != 0 else 1.0
    at = rng.choice([0.0, 0.5, 1.0, rng.random()], 2)
    size = QSize(round(width * keep_x), round(height * keep_y))
    return image.copy(
        QRect(
            round((width - size.width()) * at[0]), round((height - size.height()) * at[1]), size.width(), size.height()
        )
    )


def marked(image: QImage, rng: np.random.Generator) -> QImage:
    """With a watermark over the lower left: a dark bar and white lines, as the cameras of work apps print."""
    image = image.copy()
    painter = QPainter(image)
    width, height = round(image.width() * rng.uniform(0.3, 0.5)), round(image.height() * rng.uniform(0.15, 0.25))
    x, y = round(image.width() * 0.02), image.height() - height - round(image.height() * 0.02)
    painter.fillRect(x, y, width, height, QColor(0, 0, 0, 120))
    for line in range(5):
        top = y + round(height * (0.1 + 0.18 * line))
        at = x + round(width * 0.05)
        while at < x + width * rng.uniform(0.5, 0.9):
            step = max(2, round(width * 0.03))
            painter.fillRect(at, top, round(step * rng.uniform(0.4, 0.9)), max(2, round(height * 0.1)), QColor("white"))
            at += step
    painter.end()
    return image


def second_shot(image: QImage, rng: np.random.Generator, still: float) -> QImage:
    """Another photograph of the same place a moment later. `still` 0: a quick second press, 1: a step aside."""
    pixels = array(smaller(image, 1280)).astype(np.float32)
    height, width, _ = pixels.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    u, v = (x - width / 2) / width, (y - height / 2) / width

    def small(low: float, high: float) -> float:
        return float(rng.choice([-1, 1]) * (low + (high - low) * still * rng.random() + low * still))

    roll = np.radians(small(0.3, 2.0))
    depth = _smooth(rng, height, width, 3)
    # Ground is near below, far above; single things stand out of it.
    depth = np.clip(0.5 * (v * width / height + 0.5) + 0.5 * depth, 0, 1)
    near_x, near_y = small(0.006, 0.04), small(0.002, 0.015)
    fx = u * np.cos(roll) - v * np.sin(roll) + small(0.004, 0.04) + near_x * depth
    fy = u * np.sin(roll) + v * np.cos(roll) + small(0.004, 0.03) + near_y * depth
    lens = 1 + small(0.002, 0.03) * fx + small(0.002, 0.03) * fy
    zoom = 0.95 - 0.12 * still  # room at the edges
    out = _sample(pixels, (fx / lens * zoom + 0.5) * width - 0.5, (fy / lens * zoom) * width + height / 2 - 0.5)
    if still > 0.2:  # a thing that moved: a piece from elsewhere in the picture, with soft edges
        h, w = int(height * rng.uniform(0.05, 0.1)), int(width * rng.uniform(0.03, 0.08))
        r, c, r2, c2 = (int(rng.integers(0, n)) for n in (height - h, width - w, height - h, width - w))
        soft = np.outer(np.hanning(h), np.hanning(w))[..., None].astype(np.float32) ** 0.3
        piece = out[r2 : r2 + h, c2 : c2 + w].copy()
        out[r : r + h, c : c + w] = piece * soft + out[r : r + h, c : c + w] * (1 - soft)
    light = 1 + 0.15 * (_smooth(rng, height, width, 2) - 0.5)
    out = 255 * np.clip(out / 255, 0, 1) ** rng.uniform(0.85, 1.15)
    out = out * light[..., None] * rng.uniform(0.93, 1.07, 3).astype(np.float32)
    return image_of(np.clip(out + rng.normal(0, 3, out.shape), 0, 255))


def first_shot(image: QImage, rng: np.random.Generator) -> QImage:
    """The shot before it, of the same size and framing, so that both went through a camera."""
    pixels = array(smaller(image, 1280)).astype(np.float32)
    height, width, _ = pixels.shape
    edge = 0.025
    cut = pixels[int(height * edge) : int(height * (1 - edge)), int(width * edge) : int(width * (1 - edge))]
    return image_of(np.clip(cut + rng.normal(0, 3, cut.shape), 0, 255))


def _smooth(rng: np.random.Generator, height: int, width: int, knots: int) -> np.ndarray:
    """A smooth random field 0–1."""
    coarse = rng.random((knots + 1, knots + 2))
    rows = np.linspace(0, knots, height)
    columns = np.linspace(0, knots + 1, width)
    across = np.stack([np.interp(columns, np.arange(knots + 2), row) for row in coarse])
    low = np.minimum(rows.astype(int), knots - 1)
    part = (rows - low)[:, None]
    return ((1 - part) * across[low] + part * across[low + 1]).astype(np.float32)


def _sample(pixels: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Bilinear, the edge repeated."""
    height, width, _ = pixels.shape
    x, y = np.clip(x, 0, width - 1.001), np.clip(y, 0, height - 1.001)
    c, r = x.astype(int), y.astype(int)
    a, b = (x - c)[..., None], (y - r)[..., None]
    top = pixels[r, c] * (1 - a) + pixels[r, c + 1] * a
    return top * (1 - b) + (pixels[r + 1, c] * (1 - a) + pixels[r + 1, c + 1] * a) * b
