"""weipian:importpatches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingParameterFile, QgsProcessingParameterString

from ..workbench import headless, importing
from .base import WORKSPACE, ProcessingFeedback, WeipianAlgorithm, json_parameter


class ImportPatches(WeipianAlgorithm):
    """A delivery in, checked patches in the workspace."""

    ID = "importpatches"
    TITLE = "导入图斑"
    MAKES_FOLDER = True
    HELP = "把下发的图斑（Shapefile、GDB、GeoPackage、zip 等）检查后导入工作区；工作区不存在时新建。"

    def initAlgorithm(self, _config: Any = None) -> None:  # noqa: N802 - QGIS's name
        """Declare parameters."""
        self.addParameter(QgsProcessingParameterString("INPUT", self.tr("下发数据（文件、文件夹或 zip）")))
        self.addParameter(
            QgsProcessingParameterFile(
                WORKSPACE, self.tr("工作区文件夹"), behavior=QgsProcessingParameterFile.Behavior.Folder
            )
        )
        self.addParameter(QgsProcessingParameterString("BATCH", self.tr("批次名称"), optional=True))
        for name, label in (
            ("LAYER", "图层"), ("CRS", "坐标系，例如 EPSG:4545"), ("ENCODING", "编码"),
            ("FIELD_MAP", "字段对应（JSON）"), ("ANSWERS", "问题的答案（JSON）"),
        ):  # fmt: skip
            self.addParameter(QgsProcessingParameterString(name, self.tr(label), optional=True))
        self.add_pack("本批次的规则包（编号或文件夹，不填用工作区的默认）")

    def work(
        self, folder: Path, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Import."""

        def text(name: str) -> str:
            return str(self.parameterAsString(parameters, name, context))

        options = importing.ImportOptions(
            layer=text("LAYER"),
            crs=text("CRS"),
            encoding=text("ENCODING"),
            field_map=json_parameter(text("FIELD_MAP"), "FIELD_MAP", '{"patch_id": "JCBH"}'),
            answers=json_parameter(text("ANSWERS"), "ANSWERS", '{"unit": "m2"}'),
        )
        result = headless.import_into(
            folder, Path(text("INPUT")), text("BATCH"), options, feedback, self.pack(parameters, context)
        )
        feedback.message(result.headline())
        page = headless.write_import_page(folder, result, feedback)
        return (
            {"IMPORTED": result.imported, "REJECTED": len(result.rejected), "REPORT": page},
            result.report(),
        )
