"""weipian:overlaypatches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingParameterString

from ..workbench import headless, layer_json, layer_profiles, layer_work
from .base import ProcessingFeedback, WeipianAlgorithm, json_parameter

_SHORTHANDS = {
    "LANDUSE": ("landuse", "地类图斑（DLTB）"),
    "PRIME_FARMLAND": ("prime_farmland", "永久基本农田"),
    "ECO_REDLINE": ("eco_redline", "生态保护红线"),
    "URBAN_BOUNDARY": ("urban_boundary", "城镇开发边界"),
    "APPROVALS": ("approval", "农转用批准范围（图层或登记表）"),
}


class OverlayPatches(WeipianAlgorithm):
    """Patches x layers -> areas by class."""

    ID = "overlaypatches"
    TITLE = "套合分析"
    HELP = (
        "把工作区里的图斑与地类、永农、红线、开发边界和审批图层套合，按椭球面积统计；审批登记表（xlsx、csv）"
        "按位置、文号、村名和姓名与图斑对应。没有给出图层时用工作区已有的图层。"
    )

    def initAlgorithm(self, _config: Any = None) -> None:  # noqa: N802 - QGIS's name
        """Declare parameters; layers are given as paths (`file` or `file|layername=x`)."""
        self.add_workspace()
        for name, (_, label) in _SHORTHANDS.items():
            self.addParameter(QgsProcessingParameterString(name, self.tr(label), optional=True))
        for name, label in (
            (
                "LAYERS",
                self.tr(
                    "其他图层（JSON：角色 → source、layer、class_field、scheme、crs；审批类可以是登记表；"
                    "image_before、image_after 的 source 可以是文件夹，另有 taken_on、batch）"
                ),
            ),
            ("PROFILE", self.tr("图层方案（名称或方案文件）")),
            ("CROPLAND", self.tr("耕地口径：gross 毛面积 / net 扣除田坎，空为不改变")),
            ("ANSWERS", self.tr("问题的回答（JSON，例如 landuse_scheme）")),
        ):
            self.addParameter(QgsProcessingParameterString(name, label, optional=True))

    def work(
        self, folder: Path, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Overlay."""

        def text(name: str) -> str:
            return str(self.parameterAsString(parameters, name, context)).strip()

        plain = {role: text(name) for name, (role, _) in _SHORTHANDS.items() if text(name)}
        more = layer_json.parse(text("LAYERS"))
        answers = json_parameter(text("ANSWERS"), "ANSWERS", '{"landuse_scheme": "TD/T 1055"}')
        scheme = layer_json.scheme_answer(answers)
        wanted = layer_json.wanted(plain, more, folder)
        layers, tables = list(wanted.layers), list(wanted.tables)
        if text("PROFILE"):
            layers, tables = layer_profiles.complete(text("PROFILE"), layers, tables)
        result = layer_work.run(
            folder, headless.operator(), feedback, layers or None, tables or None, text("CROPLAND"), scheme
        )
        return {"PATCHES": result.patches}, result.report()
