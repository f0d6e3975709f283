"""Keys of tile services: in QGIS's authentication database, put into a request while it leaves, and nowhere else.

No authentication method of QGIS can add a parameter to an address, so the key is an encrypted setting of the
authentication database. Layers, projects, the workspace and logs hold the address without it.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Optional

from qgis.core import QgsApplication, QgsNetworkAccessManager
from qgis.PyQt.QtCore import QUrl, QUrlQuery
from qgis.PyQt.QtNetwork import QNetworkRequest

from ..core.errors import WeipianError
from ..core.imagery import TIANDITU_HOST

_SETTING = "weipian/tile_key/"
#: Parameter that takes the key where an address does not say, by end of host.
_PARAMETERS = {TIANDITU_HOST: "tk"}


def realm(host: str) -> str:
    """What a key belongs to: all servers of 天地图 share one, any other host has its own."""
    return next((end for end in _PARAMETERS if host == end or host.endswith("." + end)), host)


class TileKeys:
    """The keys of this user. Requests from all threads pass through, so known keys are a plain dict."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, str]] = {}
        self._processor = ""

    def has(self, host: str) -> bool:
        """Whether a key is stored for a host, without asking for the master password."""
        name = _SETTING + realm(host)
        return realm(host) in self._known or bool(QgsApplication.authManager().existsAuthSetting(name))

    def keep(self, host: str, key: str, parameter: str = "") -> None:
        """Store a key, encrypted; QGIS may ask for its master password.

        Raises:
            WeipianError: E_TILE_KEY.
        """
        place = realm(host)
        parameter = parameter or _PARAMETERS.get(place, "key")
        if not QgsApplication.authManager().storeAuthSetting(_SETTING + place, f"{parameter}={key.strip()}", True):
            raise WeipianError("E_TILE_KEY")
        self._known[place] = (parameter, key.strip())
        self._attend()

    def drop(self, host: str) -> None:
        """Forget the key of a host."""
        QgsApplication.authManager().removeAuthSetting(_SETTING + realm(host))
        self._known.pop(realm(host), None)

    def use(self, host: str) -> bool:
        """Have the key of a host ready for its requests; False when there is none or it stays locked. Main thread."""
        place = realm(host)
        if place not in self._known:
            if not self.has(host):
                return False
            value = QgsApplication.authManager().authSetting(_SETTING + place, "", True)
            parameter, _, key = str(value or "").partition("=")
            if not key:
                return False
            self._known[place] = (parameter, key)
        self._attend()
        return True

    def _attend(self) -> None:
        if not self._processor:
            self._processor = str(QgsNetworkAccessManager.setRequestPreprocessor(self._add_key))

    def _add_key(self, request: QNetworkRequest) -> None:
        url = request.url()
        held = self._known.get(realm(url.host().lower()))
        if held is None:
            return
        query = QUrlQuery(url)
        if query.hasQueryItem(held[0]):
            return
        query.addQueryItem(held[0], bytes(QUrl.toPercentEncoding(held[1])).decode("ascii"))
        with_key = QUrl(url)
        with_key.setQuery(query)
        request.setUrl(with_key)

    def close(self) -> None:
        """Let requests go as they are again."""
        if self._processor:
            with suppress(KeyError, ValueError):  # QGIS forgot it by itself
                QgsNetworkAccessManager.removeRequestPreprocessor(self._processor)
            self._processor = ""
        self._known.clear()


_KEYS: Optional[TileKeys] = None


def tile_keys() -> TileKeys:
    """The one that all layers share."""
    global _KEYS  # noqa: PLW0603 - requests of the whole program pass through one place
    if _KEYS is None:
        _KEYS = TileKeys()
    return _KEYS
