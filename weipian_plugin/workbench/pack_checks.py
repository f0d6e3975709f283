"""Check a rule pack: everything wrong by file, line and field, and its own test cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from ..core.errors import WeipianError
from .pack_cases import CaseResult, run_cases
from .pack_files import CASES, HEAD, PackFiles, is_pack, read_files
from .pack_library import OTHER, PackRef, named, places, reference
from .pack_yaml import Problem, Problems, read_yaml
from .packs import check_files


@dataclass(frozen=True)
class CheckReport:
    """What was found; `cases` only where the pack itself is right."""

    pack_id: str
    version: str
    label: str
    problems: tuple[Problem, ...] = ()
    cases: tuple[CaseResult, ...] = ()

    @property
    def ok(self) -> bool:
        """Nothing is wrong, and every test case comes out as it should."""
        return not self.problems and all(case.ok for case in self.cases)

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        """Test cases that do not come out as they should."""
        return tuple(case for case in self.cases if not case.ok)

    def report(self) -> dict[str, Any]:
        """For REPORT_JSON."""
        return {
            "pack": {"id": self.pack_id, "version": self.version, "label": self.label},
            "pack_ok": self.ok,
            "problems": [
                {"file": p.file, "line": p.line, "field": p.field, "message": p.message} for p in self.problems
            ],
            "cases": {
                "count": len(self.cases),
                "failed": [
                    {"id": case.id, "label": case.label, "line": case.line, "differences": list(case.differences)}
                    for case in self.failed
                ],
            },
        }


def check_pack(word: str, workspace: Optional[Path] = None) -> CheckReport:
    """Check a pack by folder, or by id where no such folder is.

    Raises:
        WeipianError: E_PACK_UNKNOWN.
    """
    folder = Path(word.strip()).expanduser() if word.strip() else None
    try:
        there = folder is not None and folder.is_dir()
    except OSError:
        there = False
    if there and folder is not None:
        return check_reference(reference(folder.resolve(), OTHER, [place for _, place in places(workspace)]))
    return check_reference(named(word, workspace))


def check_reference(ref: PackRef) -> CheckReport:
    """Check a pack that was found."""
    problems = Problems()
    if ref.files is not None:
        files: Optional[PackFiles] = ref.files
    elif ref.folder is not None:
        files = read_files(ref.folder, [place for _, place in places()], problems)
    else:
        files = None
        problems.add(Problem(ref.id, 0, "", ref.trouble))
    cases: Sequence[CaseResult] = ()
    if files is not None and all(HEAD in contents for _, contents in files.chain):
        pack = check_files(files, problems)
        raw = files.chain[-1][1].get(CASES)
        if pack is not None and raw is not None:
            cases = run_cases(pack, read_yaml(f"{files.id}/{CASES}", raw, problems), problems)
    listed = sorted(problems, key=lambda problem: (problem.file, problem.line))
    return CheckReport(ref.id, ref.version, ref.label, tuple(listed), tuple(cases))


__all__ = ["CheckReport", "WeipianError", "check_pack", "check_reference", "is_pack"]
