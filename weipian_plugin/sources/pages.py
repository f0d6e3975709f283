"""The first page of a PDF as a picture, by GDAL's PDF driver; not every GDAL has one that renders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

import numpy as np
from osgeo import gdal

from .quiet import quiet

#: Points of an inch; a page is measured at this resolution first.
_POINTS = 72.0
#: Resolutions that are asked for; a plan of a metre's width is rendered coarser, a stamp not finer.
_LEAST_DPI, _MOST_DPI = 4.0, 300.0


@dataclass(frozen=True)
class Page:
    """RGB bytes (height, width, 3), and how many pages the document has."""

    pixels: Any
    pages: int


def first_page(path: Path, side: int) -> Optional[Page]:
    """The first page, about `side` pixels long; None where it cannot be rendered (no driver, locked, damaged)."""
    with quiet():
        try:
            whole = _open(str(path), _POINTS)
            if whole is None:
                return None
            pages = max(1, len(whole.GetSubDatasets()))
            name = f"PDF:1:{path}" if pages > 1 else str(path)
            longest = max(whole.RasterXSize, whole.RasterYSize)
            del whole
            page = _open(name, min(_MOST_DPI, max(_LEAST_DPI, _POINTS * side / max(1, longest))))
            if page is None or page.RasterCount < 3:
                return None
            width, height = page.RasterXSize, page.RasterYSize
            scale = min(1.0, side / max(width, height))
            size = {"buf_xsize": max(1, round(width * scale)), "buf_ysize": max(1, round(height * scale))}
            bands = page.ReadAsArray(**size)
        except RuntimeError:  # with GDAL's exceptions on, as some QGIS have them
            return None
    if bands is None or bands.ndim != 3:
        return None
    return Page(np.ascontiguousarray(bands[:3].transpose(1, 2, 0).astype(np.uint8)), pages)


def _open(name: str, dpi: float) -> Any:
    return gdal.OpenEx(name, gdal.OF_RASTER | gdal.OF_READONLY, ["PDF"], [f"DPI={dpi:.2f}"])
