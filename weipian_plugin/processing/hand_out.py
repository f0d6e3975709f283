"""weipian:handout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingParameterFile, QgsProcessingParameterString

from ..core.errors import WeipianError
from ..workbench import headless
from ..workbench.handing_out import FORMATS, hand_out_of
from ..workbench.handout import Choice
from .base import ProcessingFeedback, WeipianAlgorithm

_ALL = ",".join(FORMATS)


class HandOut(WeipianAlgorithm):
    """What a village or a warden takes to the field."""

    ID = "handout"
    TITLE = "外业派发"
    HELP = (
        "按村或人员生成外业派发文件夹：按最近邻顺序编号的派发单 PDF、手机地图 KML（奥维可用）和 QField 项目。"
        "村、人员都不填时派发全部未办图斑。照片交回后用“附照片文件夹”归到图斑。"
    )

    def initAlgorithm(self, _config: Any = None) -> None:  # noqa: N802 - QGIS's name
        """Declare parameters."""
        self.add_workspace()
        folder = QgsProcessingParameterFile.Behavior.Folder
        self.addParameter(QgsProcessingParameterFile("OUTPUT", self.tr("输出文件夹"), behavior=folder, optional=True))
        for name, words in (("VILLAGE", self.tr("村（社区）")), ("PERSON", self.tr("人员"))):
            self.addParameter(QgsProcessingParameterString(name, words, optional=True))
        self.addParameter(
            QgsProcessingParameterString(
                "FORMATS",
                self.tr("形式（pdf、kml、qfield，用逗号分开）"),
                defaultValue=",".join(FORMATS),
                optional=True,
            )
        )

    def work(
        self, folder: Path, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Write the folder."""
        text = self.parameterAsString(parameters, "FORMATS", context) or ",".join(FORMATS)
        formats = [
            part.strip().lower() for part in text.replace("，", ",").replace("、", ",").split(",") if part.strip()
        ]
        unknown = [form for form in formats if form not in FORMATS]
        if unknown:
            raise WeipianError("E_ANSWER", key="FORMATS", value="、".join(unknown), choices="、".join(FORMATS))
        choice = Choice(
            self.parameterAsString(parameters, "VILLAGE", context).strip(),
            self.parameterAsString(parameters, "PERSON", context).strip(),
        )
        output = self.parameterAsString(parameters, "OUTPUT", context)
        place = Path(output) if output else folder / "exports"
        made = hand_out_of(folder, headless.operator(), choice, place, feedback, formats)
        found = {form.upper(): str(path) for form, path in made.files.items()}
        return {"FOLDER": str(made.folder), **found}, made.report()
