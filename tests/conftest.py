"""What every tier shares: where the repository, the sample and the data of others lie."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def realdata() -> Path:
    """Real data of other people; it lies beside the repository and never in it."""
    folder = ROOT.parent / "shared" / "realdata"
    if not folder.is_dir():
        pytest.skip("real data is not on this machine")
    return folder


@pytest.fixture(scope="session")
def sample(root: Path) -> Path:
    """The generated sample (`make sample`)."""
    folder = root / "build" / "sample"
    if not (folder / "sample.json").is_file():
        pytest.skip("the sample has not been generated: make sample")
    return folder
