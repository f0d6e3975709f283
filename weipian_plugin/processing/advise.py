"""weipian:advise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingContext

from ..workbench import headless
from ..workbench.advising import advise_all
from .base import ProcessingFeedback, WeipianAlgorithm


class Advise(WeipianAlgorithm):
    """Advice on every patch."""

    ID = "advise"
    TITLE = "判定建议"
    HELP = "按规则包给出每个图斑的建议、依据、数字和缺少的举证；只是建议，由人判定。"

    def initAlgorithm(self, _config: Any = None) -> None:  # noqa: N802 - QGIS's name
        """Declare parameters."""
        self.add_workspace()
        self.add_pack("规则包（编号或文件夹，不填按各批次选用的）")

    def work(
        self, folder: Path, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Advise."""
        return {}, advise_all(folder, headless.operator(), feedback, self.pack(parameters, context))
