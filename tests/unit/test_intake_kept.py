"""What was read of a delivery is kept between two looks, and only while its files are the same."""

from __future__ import annotations

import os

import pytest
from intake_samples import ALIASES, square

from weipian_plugin.core.feedback import Silent
from weipian_plugin.intake import delivery, inspecting, kept, layers
from weipian_plugin.intake.delivery import ImportOptions

#: Dossier 12: 106.75E, 29.78N in EPSG:4545.
X, Y = 379122.118, 3296381.231


def table(path, ids):
    """A CSV with WKT in EPSG:4545, of which nothing says so."""
    rows = [f'{name},{3.0 + i},"{square(X + 200 * i, Y, 100)}"' for i, name in enumerate(ids)]
    path.write_text("\n".join(["图斑编号,面积,图形", *rows]), encoding="utf-8")
    return path


def look(path, **answers):
    return delivery.inspect(path, ALIASES, ImportOptions(answers=answers))


@pytest.fixture
def passes(monkeypatch):
    """Counts the loadings of a file and the passes over its rows."""
    counts = {"loaded": 0, "passes": 0}
    load, one_pass = layers._candidates, inspecting._pass

    def count(key, function):
        def counted(*args):
            counts[key] += 1
            return function(*args)

        return counted

    monkeypatch.setattr(layers, "_candidates", count("loaded", load))
    monkeypatch.setattr(inspecting, "_pass", count("passes", one_pass))
    kept.drop()
    yield counts
    kept.drop()


def test_an_answer_does_not_read_the_file_again(tmp_path, passes):
    path = table(tmp_path / "a.csv", ["A", "B"])
    assert {q.key for q in look(path).questions} == {"crs", "unit"}
    assert {q.key for q in look(path, crs="EPSG:4545").questions} == {"unit"}
    answered = look(path, crs="EPSG:4545", unit="mu")
    assert answered.questions == ()
    assert passes == {"loaded": 1, "passes": 1}
    assert [p.patch_id for p in delivery.read(answered, Silent()).patches] == ["A", "B"]
    assert passes["loaded"] == 1


def test_a_changed_file_is_read_again(tmp_path, passes):
    path = table(tmp_path / "a.csv", ["A", "B"])
    assert look(path).count == 2
    time = path.stat().st_mtime_ns
    table(path, ["A", "C"])  # the same size, a moment later
    os.utime(path, ns=(time + 1_000_000, time + 1_000_000))
    assert [row["图斑编号"] for row in look(path).sample] == ["A", "C"]
    assert passes == {"loaded": 2, "passes": 2}


def test_an_answer_that_changes_what_the_rows_are_reads_them_again(tmp_path, passes):
    path = table(tmp_path / "a.csv", ["A", "B"])
    assert look(path, axis="xy", crs="EPSG:4545").bounds != ()
    look(path, crs="EPSG:4545")
    assert passes == {"loaded": 1, "passes": 2}


def test_only_the_last_delivery_is_kept(tmp_path, passes):
    first, second = table(tmp_path / "a.csv", ["A"]), table(tmp_path / "b.csv", ["B"])
    for path in (first, second, first):
        assert look(path).count == 1
    assert passes == {"loaded": 3, "passes": 3}
