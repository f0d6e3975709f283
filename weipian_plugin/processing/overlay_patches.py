"""weipian:overlaypatches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingParameterString

from ..workbench import headless
from .base import ProcessingFeedback, WeipianAlgorithm, json_parameter

_SHORTHANDS = {
    "LANDUSE": ("landuse", "地类图斑（DLTB）"),
    "PRIME_FARMLAND": ("prime_farmland", "永久基本农田"),
    "ECO_REDLINE": ("eco_redline", "生态保护红线"),
    "URBAN_BOUNDARY": ("urban_boundary", "城镇开发边界"),
    "APPROVALS": ("approval", "农转用批准范围"),
}


class OverlayPatches(WeipianAlgorithm):
    """Patches x layers -> areas by class."""

    ID = "overlaypatches"
    TITLE = "套合分析"
    HELP = "把工作区里的图斑与地类、永农、红线、开发边界和审批图层套合，按椭球面积统计。"

    def initAlgorithm(self, _config: Any = None) -> None:  # noqa: N802 - QGIS's name
        """Declare parameters; layers are given as paths (`file` or `file|layername=x`)."""
        self.add_workspace()
        for name, (_, label) in _SHORTHANDS.items():
            self.addParameter(QgsProcessingParameterString(name, self.tr(label), optional=True))
        self.addParameter(
            QgsProcessingParameterString(
                "LAYERS", self.tr("其他图层（JSON：角色 → source、layer、class_field、scheme）"), optional=True
            )
        )

    def work(
        self, folder: Path, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Overlay."""
        plain = {
            role: self.parameterAsString(parameters, name, context)
            for name, (role, _) in _SHORTHANDS.items()
            if self.parameterAsString(parameters, name, context)
        }
        more = json_parameter(self.parameterAsString(parameters, "LAYERS", context), "LAYERS", headless.LAYERS_EXAMPLE)
        result = headless.overlay(folder, plain, more, feedback)
        return {"PATCHES": result.patches}, result.report()
