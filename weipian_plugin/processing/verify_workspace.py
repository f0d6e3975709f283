"""weipian:verifyworkspace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingContext

from ..workbench.verifying import verify_workspace
from .base import ProcessingFeedback, WeipianAlgorithm


class VerifyWorkspace(WeipianAlgorithm):
    """Is everything still what the journal says it is?"""

    ID = "verifyworkspace"
    TITLE = "核验工作区"
    HELP = (
        "重新计算每个文件的校验值，指出被改动、丢失和凭空出现的文件；并核验日志链、记录、面积平衡、孤立文件"
        "和已失效的村级承诺。"
    )

    def initAlgorithm(self, _config: Any = None) -> None:  # noqa: N802 - QGIS's name
        """Declare parameters."""
        self.add_workspace()

    def work(
        self, folder: Path, _parameters: dict[str, Any], _context: QgsProcessingContext, feedback: ProcessingFeedback
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Verify."""
        result = verify_workspace(folder, feedback)
        return {"OK": result.ok}, {"ok": result.ok, **result.report()}
