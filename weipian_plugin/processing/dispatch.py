"""weipian:dispatch and weipian:certifylist."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingParameterFile,
    QgsProcessingParameterString,
)  # fmt: skip

from ..workbench import headless
from ..workbench.dispatch_tables import dispatch_table, print_lists
from .base import ProcessingFeedback, WeipianAlgorithm


class DispatchPatches(WeipianAlgorithm):
    """派单 from a table."""

    ID = "dispatch"
    TITLE = "派单"
    HELP = (
        "按表派单（csv、xlsx 等）。列：图斑编号（或村，表示该村全部未判定的图斑）、责任人、期限和说明（可不填）；"
        "也可用英文列名 patch_id、village、person、due。不能派的行写明原因，其他行照办；报告里列出已逾期的图斑。"
    )

    def initAlgorithm(self, _config: Any = None) -> None:  # noqa: N802 - QGIS's name
        """Declare parameters."""
        self.add_workspace()
        self.addParameter(QgsProcessingParameterFile("TABLE", self.tr("派单表")))

    def work(
        self, folder: Path, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Send."""
        table = Path(self.parameterAsString(parameters, "TABLE", context))
        result = dispatch_table(folder, table, headless.operator(), feedback)
        applied = sum(len(row.patch_ids) for row in result.applied)
        outputs = {"APPLIED": applied, "REJECTED": len(result.rejected), "LATE": len(result.late)}
        return outputs, result.report()


class CertifyList(WeipianAlgorithm):
    """The lists that villages sign."""

    ID = "certifylist"
    TITLE = "打印村级承诺清单"
    HELP = (
        "打印一个村（不填村名则每个村一份）的举证材料承诺清单 PDF，每份有编号和二维码，签字盖章后在面板里签收。"
        "还没有举证材料的图斑不列入。"
    )

    def flags(self) -> Any:
        """Fonts and PDF belong on the main thread."""
        return super().flags() | QgsProcessingAlgorithm.Flag.FlagNoThreading

    def initAlgorithm(self, _config: Any = None) -> None:  # noqa: N802 - QGIS's name
        """Declare parameters."""
        self.add_workspace()
        self.addParameter(QgsProcessingParameterString("VILLAGE", self.tr("村（社区），不填为每个村"), optional=True))
        self.addParameter(
            QgsProcessingParameterFile(
                "OUTPUT", self.tr("输出文件夹"), behavior=QgsProcessingParameterFile.Behavior.Folder, optional=True
            )
        )

    def work(
        self, folder: Path, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Print."""
        output = self.parameterAsString(parameters, "OUTPUT", context)
        village = self.parameterAsString(parameters, "VILLAGE", context)
        result = print_lists(folder, village, Path(output) if output else None, headless.operator(), feedback)
        patches = sum(item.patches for item in result.printed)
        return {"LISTS": len(result.printed), "PATCHES": patches}, result.report()
