"""weipian:attachphotos."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingParameterFile, QgsProcessingParameterString

from ..core.errors import WeipianError
from ..workbench import headless
from ..workbench.attaching import attach, patch_named
from .base import ProcessingFeedback, WeipianAlgorithm


class AttachPhotos(WeipianAlgorithm):
    """A folder, a zip or one file of photos and documents in."""

    ID = "attachphotos"
    TITLE = "附照片文件夹"
    HELP = (
        "把文件夹（或 zip 压缩包、单个文件）里的现场照片和文件复制进工作区，按编号、位置和方位角归到图斑；"
        "归不上的列出来。填写图斑编号时，全部附在该图斑上。重复运行不会重复保存。"
    )

    def initAlgorithm(self, _config: Any = None) -> None:  # noqa: N802 - QGIS's name
        """Declare parameters."""
        self.add_workspace()
        # QGIS offers folders to choose from and takes any text: a zip or a single file is welcome, too.
        folder = QgsProcessingParameterFile.Behavior.Folder
        self.addParameter(QgsProcessingParameterFile("FOLDER", self.tr("照片文件夹或 zip 压缩包"), behavior=folder))
        self.addParameter(
            QgsProcessingParameterString(
                "PATCH_ID", self.tr("图斑编号（不填：按编号、位置和方位角归位）"), optional=True
            )
        )

    def work(
        self, folder: Path, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Attach."""
        given = self.parameterAsString(parameters, "FOLDER", context).strip()
        if not given:
            raise WeipianError("E_FILE_MISSING", path="FOLDER")
        wanted = self.parameterAsString(parameters, "PATCH_ID", context).strip()
        uid = patch_named(folder, wanted) if wanted else ""
        result = attach(folder, [Path(given)], headless.operator(), feedback, uid)
        return {"MATCHED": len(result.matched), "UNMATCHED": len(result.unmatched)}, result.report()
