"""What every tier shares: where the repository, the sample and the data of others lie."""

from __future__ import annotations

import sys
from collections.abc import Iterator
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


@pytest.fixture(autouse=True)
def _shapefiles_as_written() -> Iterator[None]:
    """QGIS sets SHAPE_ENCODING to nothing; files that a test writes must come out in the encoding it names."""
    gdal = pytest.importorskip("osgeo.gdal")
    before = gdal.GetConfigOption("SHAPE_ENCODING")
    gdal.SetConfigOption("SHAPE_ENCODING", None)
    yield
    gdal.SetConfigOption("SHAPE_ENCODING", before)
