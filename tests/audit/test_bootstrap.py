"""Counts drawn again, against the laws they follow."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, chi2

from calibrate.audit.bootstrap import (
    ENDS,
    USUAL,
    Levels,
    bound_difference,
    bound_ratio,
    divide_extremes,
    resample_groups,
    resample_pooled,
    subtract_extremes,
)

#: Three bands; the measures are "at or above the middle" and "in the lowest".
VALUE = np.array([[0, 1], [1, 0], [1, 0]])


def test_drawn_rates_have_the_mean_and_variance_of_the_binomial() -> None:
    groups = [Levels(np.array([20, 50, 30]), VALUE), Levels(np.array([4, 6, 10]), VALUE)]
    drawn = resample_groups(groups, np.random.default_rng(1), 20_000)
    assert drawn.shape == (2, 20_000, 2)
    for g, (n, p) in enumerate([(100, 0.8), (20, 0.8)]):
        rates = drawn[0, :, g]
        # Four standard errors of a mean and of a variance of 20,000 draws.
        assert abs(rates.mean() - p) < 4 * (p * (1 - p) / n / 20_000) ** 0.5
        assert rates.var() == pytest.approx(p * (1 - p) / n, rel=4 * (2 / 20_000) ** 0.5)


@pytest.mark.parametrize("n", [3, 40, 400, 4_000])
def test_two_levels_follow_the_binomial_at_every_size(n: int) -> None:
    group = Levels(np.array([n - n // 3, n // 3]), np.array([[0], [1]]))
    drawn = resample_groups([group], np.random.default_rng(2), 20_000)[0, :, 0]
    p = n // 3 / n
    x, times = np.unique(np.rint(drawn * n), return_counts=True)
    expected = 20_000 * binom.pmf(x, n, p)
    large = expected >= 5
    # Pearson's test would refuse a right law in 1 of 1,000 cases; the seed is fixed.
    statistic = ((times - expected)[large] ** 2 / expected[large]).sum()
    assert chi2.sf(statistic, max(1, large.sum() - 1)) > 0.001


def test_every_draw_keeps_the_people_of_its_group() -> None:
    groups = [Levels(np.array([1, 0, 0]), VALUE), Levels(np.array([3, 3, 4]), VALUE)]
    drawn = resample_groups(groups, np.random.default_rng(1), 500)
    # Whoever is not in the lowest band is at or above the middle.
    np.testing.assert_allclose(drawn.sum(axis=0), 1.0, rtol=1e-15)
    assert (drawn[1, :, 0] == 1).all()
    assert set(np.rint(drawn[0, :, 1] * 10).astype(int)) <= set(range(11))


def test_a_group_drawn_from_all_has_the_rate_of_all() -> None:
    pooled = Levels(np.array([10, 60, 30]), VALUE)
    drawn = resample_pooled(pooled, np.array([400, 25]), np.random.default_rng(1), 20_000)
    for g, n in enumerate((400, 25)):
        assert abs(drawn[0, :, g].mean() - 0.9) < 4 * (0.09 / n / 20_000) ** 0.5


def test_the_same_seed_draws_the_same() -> None:
    groups = [Levels(np.array([5, 50, 30]), VALUE)]
    one, other = (resample_groups(groups, np.random.default_rng([7, 1])) for _ in range(2))
    assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize(
    "rates",
    [(0.3, 0.3), (0.3, 0.2), (0.3, 0.3, 0.3, 0.3), (0.3, 0.2, 0.2, 0.2), (0.3, 0.27, 0.25, 0.3)],
)
def test_intervals_over_all_groups_cover_where_the_middle_of_the_draws_does_not(
    rates: tuple[float, ...],
) -> None:
    rng = np.random.default_rng(20261122)
    p, n = np.array(rates), np.array([550, 150, 120, 100])[: len(rates)]
    covered = {"ratio": 0, "difference": 0, "percentile": 0}
    yes = np.array([[0], [1]])
    for _ in range(200):
        x = rng.binomial(n, p)
        groups = [Levels(np.array([m - k, k]), yes) for k, m in zip(x, n, strict=True)]
        drawn = resample_groups(groups, rng, 500)[0]
        pooled = Levels(np.array([n.sum() - x.sum(), x.sum()]), yes)
        null = resample_pooled(pooled, n, rng, 500)[0]
        ratios, differences = divide_extremes(drawn), subtract_extremes(drawn)
        ratio = bound_ratio(
            float(divide_extremes(x / n)),
            ratios,
            float(np.quantile(divide_extremes(null), USUAL[0])),
        )
        gap = bound_difference(
            float(subtract_extremes(x / n)), differences,
            float(np.quantile(subtract_extremes(null), USUAL[1])),
        )  # fmt: skip
        low, high = np.quantile(ratios, ENDS)
        covered["ratio"] += ratio.low <= divide_extremes(p) <= ratio.high
        covered["difference"] += gap.low <= subtract_extremes(p) <= gap.high
        covered["percentile"] += bool(low <= divide_extremes(p) <= high)
    # 95 % less 2.6 standard errors of 200 audits.
    assert min(covered["ratio"], covered["difference"]) >= 0.91 * 200
    if len(set(rates)) == 1:
        assert covered["percentile"] == 0
