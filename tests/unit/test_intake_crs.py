from __future__ import annotations

import pytest

from weipian_plugin.intake import crs_guess

# Dossier 12: (106.75E, 29.78N) in 4545, 4524 and 4544; the box is 100 m wide.
E108, N108 = 379122.118, 3296381.231
E105, N105 = 669235.612, 3297010.169


def box(x, y, size=100.0):
    return x, y, x + size, y + size


@pytest.mark.parametrize(
    ("extent", "county", "first"),
    [
        (box(106.75, 29.78, 0.001), "", "EPSG:4490"),
        (box(36_000_000 + E108, N108), "", "EPSG:4524"),
        (box(35_000_000 + E105, N105), "", "EPSG:4523"),
        (box(18_379_122, N108), "", "EPSG:4496"),  # 6° zone 18: 4491 + 5
        (box(E108, N108), "500112", "EPSG:4545"),
        # Districts of Chongqing in 4544, ../shared/realdata: 108E would put their east end outside the city
        ((592711.0, 3271748.5, 736935.6, 3362466.0), "500117", "EPSG:4544"),
        (box(E108, N108), "", "EPSG:4545"),
        (box(500_000, 4_400_000), "110101", "EPSG:4548"),  # Beijing: 117E = 4534 + 14
    ],
)
def test_first_choice(extent, county, first):
    assert crs_guess.guess(extent, county).choices[0][0] == first


def test_six_digits_offer_every_meridian():
    values = [value for value, _ in crs_guess.guess(box(E108, N108), "500112").choices]
    assert {f"EPSG:{code}" for code in range(4534, 4555)} <= set(values)
    assert {f"EPSG:{code}" for code in range(4502, 4513)} <= set(values)


def test_two_meridians_fit_and_both_stand_in_front():
    # 106.75E seen from 105E, or 109.75E seen from 108E: both are in Chongqing
    first = [value for value, _ in crs_guess.guess(box(E105, N105), "500112").choices[:2]]
    assert set(first) == {"EPSG:4544", "EPSG:4545"}


def test_nonsense_offers_everything_and_says_so():
    found = crs_guess.guess(box(-5e9, 2), "")
    assert "不像" in found.reason
    assert len(found.choices) == 43


@pytest.mark.parametrize(
    ("authid", "meridian"),
    [("EPSG:4545", 108), ("EPSG:4524", 108), ("EPSG:4509", 117), ("EPSG:4496", 105), ("EPSG:4490", None), ("", None)],
)
def test_central_meridian(authid, meridian):
    # PROJ: 4509 = CGCS2000 / Gauss-Kruger CM 117E, 4496 = zone 18
    assert crs_guess.central_meridian(authid) == meridian


@pytest.mark.parametrize(
    ("extent", "expected"),
    [
        ((29.78, 106.75, 29.781, 106.751), True),
        ((106.75, 29.78, 106.751, 29.781), False),
        (box(N108, E108), True),
        (box(E108, N108), False),
        (box(N108, 36_000_000 + E108), True),
        (box(36_000_000 + E108, N108), False),
    ],
)
def test_swapped(extent, expected):
    assert crs_guess.swapped(extent) is expected
