"""Imagery of a batch as values: what a source is, how a patch stands on it, which day it shows, what a tile URL is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Optional
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from .dates import Span, parse_date
from .model import LayerAssignment

FOLDER, TILES = "folder", "tiles"
#: Tiles without a date lie here: they show the place, and are neither 前时相 nor 后时相.
BASEMAP = "basemap"
SHORT_LABELS: Mapping[str, str] = {"image_before": "前时相", "image_after": "后时相", BASEMAP: "底图"}
#: What the software finds by itself; a rule pack may word them otherwise under the same id.
AUTOMATIC: Mapping[str, str] = {
    "missing": "缺影像", "cropped": "影像不完整", "undated": "日期不详", "no_crs": "影像没有坐标系",
}  # fmt: skip
#: Where the day of an image comes from, the surest first.
DATE_LABELS: Mapping[str, str] = {
    "manual": "手工填写", "metadata": "影像元数据", "name": "文件名", "delivery": "下发标注", "written": "文件时间标签",
}  # fmt: skip
#: Tile services whose pictures are moved by the domestic offset (dossier 8): end of the host -> what it is.
OFFSET_HOSTS: Mapping[str, str] = {
    "amap.com": "高德（GCJ-02）", "autonavi.com": "高德（GCJ-02）", "gtimg.com": "腾讯（GCJ-02）",
    "map.qq.com": "腾讯（GCJ-02）", "google.cn": "谷歌中国（GCJ-02）", "bdimg.com": "百度（BD-09）",
    "bdstatic.com": "百度（BD-09）", "baidu.com": "百度（BD-09）", "geoq.cn": "智图 GeoQ（GCJ-02）",
}  # fmt: skip
TIANDITU_HOST = "tianditu.gov.cn"
#: Parameters of a URL that hold somebody's key; they stay out of the workspace.
_KEYS = frozenset({"tk", "key", "ak", "token", "access_token", "apikey", "api_key"})
#: A box in degrees is turned against the pixels, so its corners stick out a little at the edge of an image.
_WHOLE = 0.97


@dataclass(frozen=True)
class ImageDate:
    """The day of an image as ISO text (a month or year is possible) and where it comes from (DATE_LABELS)."""

    text: str = ""
    source: str = ""

    @property
    def span(self) -> Optional[Span]:
        """The days it may mean, None when not known."""
        return parse_date(self.text)


@dataclass(frozen=True)
class ImageSource:
    """One source as the dialog lists it: a raster, a folder, a tile service. `files` counts rasters."""

    assignment: LayerAssignment
    name: str
    date: ImageDate = field(default_factory=ImageDate)
    crs: str = ""
    files: int = 1
    size: str = ""  # 「20000×20000，0.50 米，8 位 3 波段」
    problem: str = ""  # Chinese, why it does not serve
    warnings: tuple[str, ...] = ()

    @property
    def role(self) -> str:
        """image_before, image_after or basemap."""
        return self.assignment.role

    @property
    def title(self) -> str:
        """「后时相 2026-05-01」; a base map is never called so."""
        if self.role == BASEMAP:
            return f"底图 {self.name}（日期不详）"
        return f"{SHORT_LABELS[self.role]} {self.date.text or '日期不详'}"


@dataclass(frozen=True)
class ImageState:
    """How a patch stands on the imagery of a time. `reason` empty: it serves.

    `covered` is the share of the patch's box that is seen; None when nothing was given. `by` names the person who
    marked it. `conflict` tells that the file and the delivery name different days.
    """

    role: str
    reason: str = ""
    label: str = ""
    detail: str = ""
    date: str = ""
    dated: bool = False
    date_source: str = ""
    source: str = ""
    by: str = ""
    covered: Optional[float] = None
    conflict: str = ""
    given: bool = True

    @property
    def short(self) -> str:
        """The reason with its measure, for one line; empty when the image serves."""
        return f"{self.label}（{self.detail}）" if self.label and self.detail else self.label

    @property
    def caption(self) -> str:
        """The date with where it comes from when that is not the delivery."""
        if not self.date:
            return "日期不详"
        source = DATE_LABELS.get(self.date_source, "")
        return self.date if self.date_source in ("delivery", "") else f"{self.date}（{source}）"


def whole(covered: float) -> bool:
    """True when so much of a box is seen that nothing is missing."""
    return covered >= _WHOLE


def missing_percent(covered: float) -> str:
    """「缺 35%」, never 0 and never 100 for a part."""
    return f"缺 {min(max(round(100 * (1 - covered)), 1), 99)}%"


def best_date(own: ImageDate, delivered: Optional[str]) -> ImageDate:
    """The day of what is seen: a person's entry, the file's own, then the delivery's; when a file was written, last."""
    if own.text and own.source != "written":
        return own
    if delivered and parse_date(delivered):
        return ImageDate(delivered, "delivery")
    return own


def date_conflict(own: ImageDate, delivered: Optional[str]) -> str:
    """A sentence where the image and the delivery name days that exclude each other, else empty.

    A file is mostly written after the day it shows; one written before it contradicts.
    """
    mine, theirs = own.span, parse_date(delivered)
    if mine is None or theirs is None or own.source == "delivery":
        return ""
    if mine.before(theirs) or (mine.after(theirs) and own.source != "written"):
        return f"影像日期 {own.text}（{DATE_LABELS.get(own.source, '')}）与下发标注 {delivered} 不一致"
    return ""


def of_batch(layers: Iterable[LayerAssignment], role: str, batch_id: str) -> list[LayerAssignment]:
    """The sources of a role for a batch, its own before those of every batch."""
    mine = [a for a in layers if a.role == role and a.batch_id in ("", batch_id)]
    return sorted(mine, key=lambda a: a.batch_id == "")


def offset_of(url: str) -> str:
    """What a tile URL's host offsets its pictures by, empty for one without offset."""
    host = (urlsplit(_target(url)).hostname or "").lower()
    return next((what for end, what in OFFSET_HOSTS.items() if host == end or host.endswith("." + end)), "")


def _target(url: str) -> str:
    """The http address inside a provider URI, or the text itself."""
    found = re.search(r"(?:^|&)url=([^&]+)", url)
    return unquote(found.group(1)) if found else url


def host_of(url: str) -> str:
    """The host of a tile URL or provider URI, lower case."""
    return (urlsplit(_target(url)).hostname or "").lower()


def without_key(url: str) -> tuple[str, str, str]:
    """A URL without the key in it -> (URL, name of the parameter, key); names of templates such as {x} stay."""
    head, mark, query = url.partition("?")
    if not mark:
        return url, "", ""
    name = key = ""
    kept = []
    for part in query.split("&"):
        parameter, _, value = part.partition("=")
        if parameter.lower() in _KEYS and value:
            name, key = parameter, unquote(value)
        else:
            kept.append(part)
    return head + (mark + "&".join(kept) if kept else ""), name, key


def xyz_uri(url: str, lowest: int = 0, highest: int = 18) -> str:
    """The QGIS `wms` provider URI of an XYZ address with {x} {y} {z}, the key taken out.

    Raises:
        ValueError: it is no http(s) address with the three placeholders.
    """
    address = without_key(url.strip())[0]
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("不是 http(s) 地址")
    if "{x}" not in address or "{z}" not in address or not ("{y}" in address or "{-y}" in address):
        raise ValueError("地址里要有 {x}、{y}、{z}")
    return f"type=xyz&url={quote(address, safe=':/?{}-.,_=')}&zmin={lowest}&zmax={highest}"


def wmts_uri(url: str) -> str:
    """The QGIS `wms` provider URI of a WMTS GetTile address, read from its own parameters; the key taken out.

    Raises:
        ValueError: the address lacks what WMTS needs.
    """
    address = without_key(url.strip())[0]
    parts = urlsplit(address)
    values = {name.lower(): value for name, value in parse_qsl(parts.query, keep_blank_values=True)}
    if parts.scheme not in ("http", "https") or not values.get("layer") or not values.get("tilematrixset"):
        raise ValueError("WMTS 地址里要有 LAYER 和 TILEMATRIXSET")
    crs = "EPSG:4490" if values["tilematrixset"] == "c" else "EPSG:3857"
    base = f"{parts.scheme}://{parts.netloc}{parts.path}?SERVICE=WMTS&REQUEST=GetCapabilities&VERSION=1.0.0"
    picked = {
        "crs": crs, "dpiMode": "7", "format": values.get("format") or "image/png", "layers": values["layer"],
        "styles": values.get("style") or "default", "tileMatrixSet": values["tilematrixset"],
    }  # fmt: skip
    return "&".join(f"{name}={value}" for name, value in picked.items()) + f"&url={quote(base, safe=':/')}"
