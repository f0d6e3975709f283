"""weipian:importstatus."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingParameterFile, QgsProcessingParameterString

from ..workbench import headless
from ..workbench.statuses import StatusOptions, import_status
from .base import ProcessingFeedback, WeipianAlgorithm, json_parameter


class ImportStatus(WeipianAlgorithm):
    """The platform's status table, joined by number."""

    ID = "importstatus"
    TITLE = "导入平台状态表"
    HELP = (
        "按图斑编号读入官方平台导出的状态表（xlsx、csv 等）：填报状态、审核阶段、打回状态、退回原因。"
        "审核状态按平台更新；不认识的编号、代码和相互矛盾的行列出，不猜测。"
    )

    def initAlgorithm(self, _config: Any = None) -> None:  # noqa: N802 - QGIS's name
        """Declare parameters."""
        self.add_workspace()
        self.addParameter(QgsProcessingParameterFile("TABLE", self.tr("状态表（xlsx、csv）")))
        for name, label in (("FIELD_MAP", "列对应（JSON）"), ("ANSWERS", "问题的答案（JSON）")):
            self.addParameter(QgsProcessingParameterString(name, self.tr(label), optional=True))

    def work(
        self, folder: Path, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Import."""

        def text(name: str) -> str:
            return str(self.parameterAsString(parameters, name, context))

        options = StatusOptions(
            json_parameter(text("FIELD_MAP"), "FIELD_MAP", '{"audit_stage": "审核阶段(系统)"}'),
            json_parameter(text("ANSWERS"), "ANSWERS", '{"sheet": "Sheet1"}'),
        )
        result = import_status(folder, Path(text("TABLE")), options, headless.operator(), feedback)
        feedback.message(result.headline())
        return {"APPLIED": len(result.applied), "REJECTED": len(result.rejected)}, result.report()
