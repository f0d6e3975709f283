"""weipian:rejudge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingParameterString

from ..workbench import headless
from ..workbench.rejudging import rejudge, write_html
from .base import PACK, ProcessingFeedback, WeipianAlgorithm


class Rejudge(WeipianAlgorithm):
    """Advice with another rule pack beside that of the batch."""

    ID = "rejudge"
    TITLE = "换规则包对比"
    HELP = "用另一个规则包重新给出建议，列出与现用规则包不同的图斑；不写判定，不改动任何内容。"

    def initAlgorithm(self, _config: Any = None) -> None:  # noqa: N802 - QGIS's name
        """Declare parameters."""
        self.add_workspace()
        self.addParameter(QgsProcessingParameterString("BATCH", self.tr("批次名称（不填为全部）"), optional=True))
        self.addParameter(QgsProcessingParameterString(PACK, self.tr("另一个规则包（编号或文件夹）")))

    def work(
        self, folder: Path, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Compare."""
        batch = self.parameterAsString(parameters, "BATCH", context)
        found = rejudge(folder, batch, self.pack(parameters, context), headless.operator(), feedback)
        feedback.message(found.headline())
        page = write_html(found, folder / "exports")
        return {"CHANGED": len(found.differences), "REPORT": str(page)}, found.report()
