"""Raters of one group on people of both."""

from __future__ import annotations

import numpy as np
import pytest

from calibrate.audit.origins.rater_groups import difference_in_differences


def test_means_of_four_cells_by_hand() -> None:
    points = np.array([80.0, 70, 60, 50, 55, 65, 70, 90])
    on_group = np.array([1, 1, 0, 0, 1, 1, 0, 0], dtype=bool)
    by_group = np.array([1, 1, 1, 1, 0, 0, 0, 0], dtype=bool)
    found = difference_in_differences(points, on_group, by_group, np.arange(8), np.arange(8))
    # (75 − 55) − (60 − 80) = 40.
    assert found.estimate == 40
    # Each form alone: squares 2 (5/2)² in three cells and 2 (10/2)² in the last, times 8/7.
    assert found.error == pytest.approx(((3 * 12.5 + 50) * 8 / 7) ** 0.5, abs=1e-12)
    assert found.degrees == 3


def test_an_empty_cell_says_nothing() -> None:
    side = np.array([True, True, False])
    found = difference_in_differences(np.ones(3), side, side, np.arange(3), np.arange(3))
    assert np.isnan(found.estimate)


def simulate(rng: np.random.Generator, favour: float) -> tuple[float, float, float]:
    """160 people, half of each group, each marked by 6 others; raters have levels of their own."""
    n = 160
    group = np.arange(n) % 2 == 0
    employee = np.repeat(np.arange(n), 6)
    rater = (employee + rng.integers(1, n, 6 * n)) % n
    points = (
        rng.normal(0, 8, n)[employee] + rng.normal(0, 6, n)[rater] + rng.normal(0, 8, 6 * n)
        + favour * (group[employee] & group[rater])
    )  # fmt: skip
    found = difference_in_differences(points, group[employee], group[rater], employee, rater)
    return found.estimate, found.error, abs(found.estimate) / found.error


def test_without_favour_the_test_seldom_fires_although_raters_and_people_differ() -> None:
    rng = np.random.default_rng(11)
    n_fired = sum(simulate(rng, 0.0)[2] > 1.99 for _ in range(150))
    # At most 5 % of 150 are expected: 7.5 with a standard deviation of 2.7, two of which make 13.
    assert n_fired <= 13


def test_a_planted_favour_of_eight_points_is_estimated() -> None:
    rng = np.random.default_rng(12)
    found = np.array([simulate(rng, 8.0) for _ in range(60)])
    # The mean of 60 estimates has a standard error of one eighth of one's.
    assert found[:, 0].mean() == pytest.approx(8, abs=3 * found[:, 1].mean() / 60**0.5)
    assert (found[:, 2] > 1.99).mean() > 0.8
