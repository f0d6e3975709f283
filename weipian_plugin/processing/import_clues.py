"""weipian:importclues."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingParameterFile, QgsProcessingParameterString

from ..workbench import headless
from ..workbench.clue_tables import import_table
from .base import ProcessingFeedback, WeipianAlgorithm


class ImportClues(WeipianAlgorithm):
    """Clues without a delivery, from a table or layer."""

    ID = "importclues"
    TITLE = "导入线索"
    HELP = (
        "逐行登记巡查、网格员报告、群众举报的线索（xlsx、csv、GeoJSON 等；列：来源、发现人、发现时间、制止时间、"
        "报告时间、三级网格长、四级网格员、村、说明、经度、纬度或 WKT）。"
        "线索不计入下发图斑和填报率；登记过的不重复登记。"
    )

    def initAlgorithm(self, _config: Any = None) -> None:  # noqa: N802 - QGIS's name
        """Declare parameters."""
        self.add_workspace()
        self.addParameter(QgsProcessingParameterFile("TABLE", self.tr("线索表或线索图层")))
        source = self.tr("没有“来源”列时的来源（巡查、网格员报告、群众举报）")
        self.addParameter(QgsProcessingParameterString("SOURCE", source, optional=True))

    def work(
        self, folder: Path, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Register."""
        table = Path(self.parameterAsString(parameters, "TABLE", context))
        origin = str(self.parameterAsString(parameters, "SOURCE", context))
        result = import_table(folder, table, headless.operator(), feedback, origin)
        return {"APPLIED": len(result.added), "REJECTED": len(result.rejected)}, result.report()
