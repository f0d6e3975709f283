"""weipian:checkpack."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingParameterFile,
    QgsProcessingParameterString,
)  # fmt: skip

from ..workbench.pack_checks import check_pack
from .base import PACK, WORKSPACE, ProcessingFeedback, WeipianAlgorithm


class CheckPack(WeipianAlgorithm):
    """A rule pack, everything wrong with it and its test cases."""

    ID = "checkpack"
    TITLE = "检查规则包"
    HELP = "检查规则包：一次列出全部错误（文件、行号、项、应当怎样写），并运行规则包自带的测试用例。"

    def initAlgorithm(self, _config: Any = None) -> None:  # noqa: N802 - QGIS's name
        """Declare parameters."""
        self.addParameter(QgsProcessingParameterString(PACK, self.tr("规则包（文件夹或编号）")))
        self.addParameter(
            QgsProcessingParameterFile(
                WORKSPACE, self.tr("工作区文件夹"), behavior=QgsProcessingParameterFile.Behavior.Folder, optional=True
            )
        )

    def folder(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Path:
        """The workspace, or a new temporary folder for the report where none was given."""
        named = self.parameterAsString(parameters, WORKSPACE, context)
        return Path(named) if named else Path(tempfile.mkdtemp(prefix="weipian-"))

    def work(
        self, folder: Path, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Check."""
        given = self.parameterAsString(parameters, WORKSPACE, context)
        found = check_pack(self.pack(parameters, context), folder if given else None)
        for problem in found.problems:
            feedback.message(str(problem))
        for case in found.failed:
            feedback.message(f"用例 {case.id} {case.label}：{'；'.join(case.differences)}")
        if found.ok:
            feedback.message(f"没有发现错误；测试用例 {len(found.cases)} 个全部符合")
        return {"OK": found.ok, "PROBLEMS": len(found.problems), "FAILED_CASES": len(found.failed)}, found.report()
