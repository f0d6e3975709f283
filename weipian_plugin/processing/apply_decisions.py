"""weipian:applydecisions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingParameterFile

from ..workbench import headless
from ..workbench.decisions import apply_decisions
from .base import ProcessingFeedback, WeipianAlgorithm


class ApplyDecisions(WeipianAlgorithm):
    """Decisions and case steps from a table."""

    ID = "applydecisions"
    TITLE = "按表登记判定与查处整改"
    HELP = "逐行登记判定、查处整改步骤和附件（csv 或 xlsx，首行为列名）；不符合流程的行会列出原因，不会写入。"

    def initAlgorithm(self, _config: Any = None) -> None:  # noqa: N802 - QGIS's name
        """Declare parameters."""
        self.add_workspace()
        self.addParameter(QgsProcessingParameterFile("TABLE", self.tr("判定表（csv、xlsx）")))
        self.add_pack("规则包（编号或文件夹，不填按各批次选用的）")

    def work(
        self, folder: Path, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Apply."""
        table = Path(self.parameterAsString(parameters, "TABLE", context))
        result = apply_decisions(folder, table, headless.operator(), feedback, self.pack(parameters, context))
        return {"APPLIED": len(result.applied), "REJECTED": len(result.rejected)}, result.report()
