"""The Processing provider `weipian`: the product's command line."""

from __future__ import annotations

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from ..workbench.resources import resource
from .advise import Advise
from .apply_decisions import ApplyDecisions
from .attach_photos import AttachPhotos
from .check_pack import CheckPack
from .dispatch import CertifyList, DispatchPatches
from .export_report import ExportReport, RenderSheets
from .hand_out import HandOut
from .import_clues import ImportClues
from .import_patches import ImportPatches
from .import_status import ImportStatus
from .overlay_patches import OverlayPatches
from .rejudge import Rejudge
from .verify_workspace import VerifyWorkspace


class WeipianProvider(QgsProcessingProvider):
    """All algorithms of design section 5."""

    def id(self) -> str:
        """Provider id."""
        return "weipian"

    def name(self) -> str:
        """Name in the toolbox."""
        return self.tr("卫片执法助手")

    def icon(self) -> QIcon:
        """Icon in the toolbox."""
        return QIcon(str(resource("icons", "weipian.svg")))

    def loadAlgorithms(self) -> None:  # noqa: N802 - QGIS's name
        """Register the algorithms."""
        for algorithm in (
            ImportPatches, ImportStatus, ImportClues, OverlayPatches, AttachPhotos, Advise, ApplyDecisions,
            DispatchPatches, CertifyList, ExportReport, VerifyWorkspace, CheckPack, Rejudge, HandOut, RenderSheets,
        ):  # fmt: skip
            self.addAlgorithm(algorithm())
