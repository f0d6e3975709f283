"""weipian:attachphotos."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingParameterFile

from ..workbench import headless
from ..workbench.attaching import attach_folder
from .base import ProcessingFeedback, WeipianAlgorithm


class AttachPhotos(WeipianAlgorithm):
    """A folder of photos and documents in."""

    ID = "attachphotos"
    TITLE = "附照片文件夹"
    HELP = "把文件夹里的现场照片和文件复制进工作区，按编号、位置和方位角归到图斑；归不上的列出来。"

    def initAlgorithm(self, _config: Any = None) -> None:  # noqa: N802 - QGIS's name
        """Declare parameters."""
        self.add_workspace()
        self.addParameter(
            QgsProcessingParameterFile(
                "FOLDER", self.tr("照片文件夹"), behavior=QgsProcessingParameterFile.Behavior.Folder
            )
        )

    def work(
        self, folder: Path, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Attach."""
        photos = Path(self.parameterAsString(parameters, "FOLDER", context))
        result = attach_folder(folder, photos, headless.operator(), feedback)
        return {"MATCHED": len(result.matched), "UNMATCHED": len(result.unmatched)}, result.report()
