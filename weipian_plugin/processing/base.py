"""What the algorithms share: feedback, error sentences, REPORT_JSON also when the call fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterFile,
    QgsProcessingParameterString,
)  # fmt: skip
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QIcon

from ..core.errors import WeipianError
from ..workbench import reporting, vendor
from ..workbench.resources import resource
from ..workbench.runner import unexpected

WORKSPACE = "WORKSPACE"
REPORT_JSON = "REPORT_JSON"
PACK = "PACK"


class ProcessingFeedback:
    """`core.feedback.Feedback` over QgsProcessingFeedback."""

    def __init__(self, feedback: QgsProcessingFeedback) -> None:
        self._feedback = feedback

    def progress(self, percent: float) -> None:
        """Report 0–100."""
        self._feedback.setProgress(percent)

    def message(self, text: str) -> None:
        """Tell what is being done."""
        self._feedback.pushInfo(text)

    def cancelled(self) -> bool:
        """True once the user wants out."""
        return bool(self._feedback.isCanceled())


class WeipianAlgorithm(QgsProcessingAlgorithm):
    """Base of the algorithms: subclasses say `ID`, `TITLE`, `HELP` and implement `work`."""

    ID = ""
    TITLE = ""
    HELP = ""
    MAKES_FOLDER = False  # the folder of the workspace may be made by this algorithm

    def name(self) -> str:
        """Algorithm id within the provider."""
        return self.ID

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr(self.TITLE)

    def shortHelpString(self) -> str:  # noqa: N802 - QGIS's name
        """Help beside the dialog."""
        return self.tr(self.HELP)

    def icon(self) -> QIcon:
        """Icon in the toolbox."""
        return QIcon(str(resource("icons", "weipian.svg")))

    def tr(self, text: str) -> str:
        """Translate in this algorithm's context."""
        return QCoreApplication.translate(type(self).__name__, text)

    def createInstance(self) -> WeipianAlgorithm:  # noqa: N802 - QGIS's name
        """A fresh algorithm for each run."""
        return type(self)()

    def add_workspace(self) -> None:
        """The WORKSPACE parameter."""
        self.addParameter(
            QgsProcessingParameterFile(
                WORKSPACE, self.tr("工作区文件夹"), behavior=QgsProcessingParameterFile.Behavior.Folder
            )
        )

    def add_pack(self, words: str) -> None:
        """The PACK parameter: id, id@version or folder of a rule pack; empty: each batch's own."""
        self.addParameter(QgsProcessingParameterString(PACK, self.tr(words), optional=True))

    def pack(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        """The rule pack of a call."""
        return str(self.parameterAsString(parameters, PACK, context)).strip()

    def folder(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Path:
        """The workspace folder of a call."""
        return Path(self.parameterAsString(parameters, WORKSPACE, context))

    def work(
        self, folder: Path, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Do it; returns (outputs, report)."""
        raise NotImplementedError

    def processAlgorithm(  # noqa: N802 - QGIS's name
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Run `work`; a failure becomes a sentence, and the report says so too."""
        folder = self.folder(parameters, context)
        try:
            vendor.check()
            outputs, report = self.work(folder, parameters, context, ProcessingFeedback(feedback))
        except WeipianError as error:
            self._fail(folder, error)
        except Exception as error:  # noqa: BLE001 - no traceback reaches a user, the log has it
            self._fail(folder, unexpected(error, folder))
        else:
            return {**outputs, REPORT_JSON: self._report(folder, report, feedback)}
        return {}

    def _report(self, folder: Path, report: dict[str, Any], feedback: QgsProcessingFeedback) -> str:
        """Write the report of what was done; where it cannot be written, what was done is done all the same."""
        try:
            return str(reporting.write_report(folder, self.ID, {"ok": True, **report}))
        except WeipianError as error:
            feedback.pushWarning(f"{error}（{error.code}）")
            return ""

    def _fail(self, folder: Path, error: WeipianError) -> None:
        # A folder that was mistyped is not made only to hold the report of it.
        if self.MAKES_FOLDER or folder.is_dir():
            reporting.write_failure(folder, self.ID, error)
        raise QgsProcessingException(f"{error}（{error.code}）") from error


def json_parameter(text: str, name: str, example: str) -> dict[str, Any]:
    """A parameter that holds a JSON object; empty is an empty object.

    Raises:
        WeipianError: E_PARAMETER.
    """
    try:
        value = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError) as error:
        place = f"，第 {error.colno} 个字符处" if isinstance(error, json.JSONDecodeError) else ""
        raise WeipianError("E_PARAMETER", name=name, detail=f"不是 JSON{place}", example=example) from error
    if not isinstance(value, dict):
        raise WeipianError("E_PARAMETER", name=name, detail="不是 JSON 对象", example=example)
    return value
