"""Intervals against published figures and exact coverage."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from calibrate.audit.intervals import clopper_pearson, rate_interval, ratio_interval


def one(*values: int) -> list[np.ndarray]:
    return [np.array([value], dtype=np.int64) for value in values]


@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17, table I: methods 5 and 3.
    [(15, 148, 0.0578, 0.1617), (81, 263, 0.2553, 0.3662)],
)
def test_small_groups_get_the_exact_interval_and_large_ones_wilsons(
    x: int, n: int, low: float, high: float
) -> None:
    # Newcombe prints four decimals.
    assert rate_interval(x, n) == pytest.approx((low, high), abs=5e-5)


def test_nobody_of_ten_has_the_upper_end_of_the_closed_form() -> None:
    # (1 - high)^10 = 0.025
    assert clopper_pearson(0, 10) == pytest.approx((0.0, 1 - 0.025**0.1), abs=1e-12)
    assert clopper_pearson(10, 10) == pytest.approx((0.025**0.1, 1.0), abs=1e-12)


def test_a_rate_of_nobody_has_no_interval() -> None:
    assert np.isnan(rate_interval(0, 0)).all()


def test_ratio_interval_agrees_with_koopmans_example() -> None:
    # Koopman (1984), Biometrics 40: 36/40 against 16/80 gives 2.94 to 7.15.
    low, high = ratio_interval(*one(36, 40, 16, 80))
    assert low[0] == pytest.approx(2.94, abs=5e-3)
    assert high[0] == pytest.approx(7.15, abs=5e-3)


def test_turning_the_ratio_around_turns_its_interval_around() -> None:
    low, high = ratio_interval(*one(26, 48, 206, 259))
    low_back, high_back = ratio_interval(*one(206, 259, 26, 48))
    # Bisection stops at a double's precision on the log scale.
    assert low[0] * high_back[0] == pytest.approx(1, abs=1e-12)
    assert high[0] * low_back[0] == pytest.approx(1, abs=1e-12)


def test_nobody_counted_in_the_group_still_has_an_upper_end() -> None:
    low, high = ratio_interval(*one(0, 20, 10, 20))
    assert low[0] == 0
    assert 0 < high[0] < 1


def test_nobody_counted_in_the_reference_has_no_ratio() -> None:
    assert np.isnan(ratio_interval(*one(5, 20, 0, 20))).all()


def test_everybody_counted_on_both_sides_is_a_ratio_of_one_with_two_ends() -> None:
    low, high = ratio_interval(*one(30, 30, 30, 30))
    # At theta below 1 the statistic is n (1 - theta)/theta, so the end is n/(n + z²).
    assert low[0] == pytest.approx(30 / (30 + 1.959963984540054**2), abs=1e-9)
    assert high[0] == pytest.approx(1 / low[0], abs=1e-9)


@pytest.mark.parametrize(
    ("n1", "n0", "rate1", "rate0"),
    [(15, 40, 0.1, 0.2), (20, 20, 0.3, 0.3), (12, 100, 0.5, 0.4), (50, 60, 0.1, 0.1)],
)
def test_ratio_interval_covers_about_nineteen_times_of_twenty(
    n1: int, n0: int, rate1: float, rate0: float
) -> None:
    x1, x0 = (grid.ravel() for grid in np.meshgrid(np.arange(n1 + 1), np.arange(n0 + 1)))
    chance = binom.pmf(x1, n1, rate1) * binom.pmf(x0, n0, rate0)
    low, high = ratio_interval(x1, np.full_like(x1, n1), x0, np.full_like(x0, n0))
    covers = (low <= rate1 / rate0) & (rate1 / rate0 <= high)
    has_ratio = ~np.isnan(low)
    coverage = chance[covers].sum() / chance[has_ratio].sum()
    # Exact enumeration: only the discreteness of counts moves it off 0.95.
    assert 0.93 <= coverage <= 0.985
