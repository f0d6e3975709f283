"""weipian:exportreport and the hidden weipian:rendersheets that its child processes run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFile,
    QgsProcessingParameterString,
)  # fmt: skip

from ..workbench import headless, rendering
from ..workbench.exporting import export_report
from .base import ProcessingFeedback, WeipianAlgorithm


class ExportReport(WeipianAlgorithm):
    """Ledger, sheets and package in one go."""

    ID = "exportreport"
    TITLE = "导出成果"
    HELP = (
        "一键导出台账、图斑核查表 PDF、举证材料、成果图层和校验清单。"
        "范围：all、open、batch:批次名、month:2026-05、year:2026。"
    )

    def initAlgorithm(self, _config: Any = None) -> None:  # noqa: N802 - QGIS's name
        """Declare parameters."""
        self.add_workspace()
        self.addParameter(
            QgsProcessingParameterFile(
                "OUTPUT", self.tr("输出文件夹"), behavior=QgsProcessingParameterFile.Behavior.Folder, optional=True
            )
        )
        self.addParameter(QgsProcessingParameterString("SCOPE", self.tr("范围"), defaultValue="all", optional=True))
        self.addParameter(QgsProcessingParameterBoolean("SHEETS", self.tr("图斑核查表 PDF"), defaultValue=True))
        self.addParameter(QgsProcessingParameterBoolean("PACKAGE", self.tr("举证材料包"), defaultValue=True))
        self.add_pack("规则包（编号或文件夹，不填按各批次选用的）")

    def work(
        self, folder: Path, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Export."""
        output = self.parameterAsString(parameters, "OUTPUT", context)
        result = export_report(
            folder,
            Path(output) if output else folder / "exports",
            self.parameterAsString(parameters, "SCOPE", context) or "all",
            sheets=self.parameterAsBool(parameters, "SHEETS", context),
            package=self.parameterAsBool(parameters, "PACKAGE", context),
            who=headless.operator(),
            feedback=feedback,
            pack=self.pack(parameters, context),
        )
        return {"LEDGER": str(result.ledger), "FOLDER": str(result.folder)}, result.report()


class RenderSheets(WeipianAlgorithm):
    """Draws a job of map sheets; run by the export in a process of its own."""

    ID = "rendersheets"
    TITLE = "核查表出图（内部）"
    HELP = "由导出成果调用。"

    def flags(self) -> Any:
        """Not for the toolbox; rendering belongs on the process's main thread."""
        return (
            super().flags()
            | QgsProcessingAlgorithm.Flag.FlagHideFromToolbox
            | QgsProcessingAlgorithm.Flag.FlagNoThreading
        )

    def initAlgorithm(self, _config: Any = None) -> None:  # noqa: N802 - QGIS's name
        """Declare parameters."""
        self.addParameter(QgsProcessingParameterFile("JOB", self.tr("任务文件")))

    def processAlgorithm(  # noqa: N802 - QGIS's name
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Draw; results lie beside the job file."""
        job = Path(self.parameterAsString(parameters, "JOB", context))
        return {"RESULTS": str(rendering.draw_job(job, ProcessingFeedback(feedback)))}
