"""Means and bands by team, partially pooled: closed forms, limits, and known truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from calibrate.effects.teams import pool_means, pool_shares, weigh_shares


def test_given_share_leaves_the_mean_that_henderson_gives() -> None:
    """γ = 1 (ρ = ½), n = 2 and 4: λ = 2/3 and 4/5, weights n / (1 + nγ) = 2/3 and 4/5."""
    weighed = weigh_shares(np.array([40.0, 70.0]), np.array([2.0, 4.0]), within=100.0)
    at = np.argmin(np.abs(weighed.share - 0.5))
    rho = weighed.share[at]
    gamma = rho / (1 - rho)
    w = np.array([2, 4]) / (1 + np.array([2, 4]) * gamma)
    mu = (w * [40, 70]).sum() / w.sum()
    assert weighed.mu[at] == pytest.approx(mu)
    pull = np.array([2, 4]) * gamma / (1 + np.array([2, 4]) * gamma)
    assert weighed.pooled[at] == pytest.approx(mu + pull * (np.array([40, 70]) - mu))
    # The nearest share looked at lies a quarter of a hundredth from one half.
    assert pull == pytest.approx([2 / 3, 4 / 5], abs=3e-3)


def test_error_is_that_of_the_mixed_model_equations() -> None:
    """PEV of μ + t_j from the inverse of the equations, with σ² from the quadratic form."""
    n, mean, within = np.array([3.0, 5.0, 2.0]), np.array([45.0, 60.0, 52.0]), 700.0
    weighed = weigh_shares(mean, n, within)
    at = int(np.argmax(weighed.weight))
    gamma = weighed.share[at] / (1 - weighed.share[at])
    equations = np.zeros((4, 4))
    equations[0, 0] = n.sum()
    equations[0, 1:] = equations[1:, 0] = n
    equations[1:, 1:] = np.diag(n + 1 / gamma)
    inverse = np.linalg.inv(equations)
    solution = inverse @ np.append((n * mean).sum(), n * mean)
    residual = within + (n * mean**2).sum() - solution @ np.append((n * mean).sum(), n * mean)
    s2 = residual / (n.sum() - 1)
    contrast = np.hstack([np.ones((3, 1)), np.eye(3)])
    assert weighed.pooled[at] == pytest.approx(contrast @ solution)
    assert weighed.error[at] ** 2 == pytest.approx(s2 * np.diag(contrast @ inverse @ contrast.T))


def test_single_team_has_students_interval_and_nothing_to_compare_with() -> None:
    score = np.array([40.0, 50.0, 60.0, 70.0])
    means = pool_means(score, np.zeros(4, dtype=np.int64), 1)
    half = t.ppf(0.95, 3) * score.std(ddof=1) / 2
    assert means.low[0] == pytest.approx(55 - half, rel=1e-6)
    assert means.high[0] == pytest.approx(55 + half, rel=1e-6)
    assert np.isnan(means.deviation).all()
    assert np.isnan(means.share)


def test_teams_of_one_person_tell_nothing_of_teams() -> None:
    means = pool_means(np.array([40.0, 50.0, 90.0]), np.arange(3), 3)
    assert means.pooled.tolist() == [40, 50, 90]
    assert np.isnan([*means.low, *means.deviation, means.share]).all()


def test_equal_scores_claim_no_certainty() -> None:
    means = pool_means(np.full(6, 50.0), np.repeat([0, 1], 3), 2)
    assert means.pooled.tolist() == [50, 50]
    assert np.isnan([*means.low, *means.high, *means.deviation]).all()


def test_people_without_a_score_or_a_team_count_for_nothing() -> None:
    score = np.array([40.0, 50, 60, 70, np.nan, 0.0])
    with_them = pool_means(score, np.array([0, 0, 1, 1, 1, -1]), 3)
    without = pool_means(score[:4], np.array([0, 0, 1, 1]), 3)
    assert with_them.n.tolist() == [2, 2, 0]
    assert with_them.pooled[:2].tolist() == without.pooled[:2].tolist()
    assert np.isnan(with_them.pooled[2])


def test_small_teams_are_pulled_harder_than_large_ones() -> None:
    rng = np.random.default_rng(2)
    team = np.repeat(np.arange(12), [2, 20] * 6)
    score = 50 + rng.normal(0, 5, 12)[team] + rng.normal(0, 10, len(team))
    means = pool_means(score, team, 12)
    kept = np.abs((means.pooled - means.mu) / (means.mean - means.mu))
    assert kept[0::2].max() < kept[1::2].min()


def test_scale_and_place_of_the_scores_carry_over() -> None:
    rng = np.random.default_rng(4)
    team = np.repeat(np.arange(5), 6)
    score = rng.uniform(20, 60, 30)
    first, second = pool_means(score, team, 5), pool_means(10 + 0.5 * score, team, 5)
    assert second.pooled == pytest.approx(10 + 0.5 * first.pooled)
    assert second.high == pytest.approx(10 + 0.5 * first.high)
    assert second.share == first.share


@pytest.mark.parametrize(("spread", "n_teams"), [(4.0, 10), (10.0, 10), (8.0, 4)])
def test_interval_holds_the_mean_of_nine_teams_in_ten(spread: float, n_teams: int) -> None:
    """100 invented companies each; the bounds are four Monte-Carlo errors about 0.90."""
    rng = np.random.default_rng(11)
    held, error, plain = [], [], []
    for _ in range(100):
        team = np.repeat(np.arange(n_teams), rng.integers(1, 13, n_teams))
        truth = 55 + rng.normal(0, spread, n_teams)
        score = truth[team] + rng.normal(0, 12, len(team))
        means = pool_means(score, team, n_teams)
        held += list((means.low <= truth) & (truth <= means.high))
        error += list((means.pooled - truth) ** 2)
        plain += list((means.mean - truth) ** 2)
    # Teams of one company share their estimate of ρ: about a third of them count.
    tolerance = 4 * np.sqrt(0.09 / (len(held) / 3))
    assert abs(np.mean(held) - 0.9) < tolerance
    assert np.mean(error) < np.mean(plain)


def test_no_difference_between_teams_leaves_intervals_that_are_not_empty() -> None:
    rng = np.random.default_rng(6)
    team = np.repeat(np.arange(8), 6)
    means = pool_means(50 + rng.normal(0, 10, 48), team, 8)
    assert (means.high - means.low > 2).all()
    assert np.abs(means.deviation).max() < 5


def test_pooled_bands_are_dirichlet_means_with_beta_intervals() -> None:
    """Every team alike: pulled to the shares of all, (n_k + A π_k) / (n + A) sums to 1."""
    band, team = np.tile([0, 1, 1, 2], 6), np.repeat(np.arange(6), 4)
    shares = pool_shares(band, team, 6, 4)
    assert shares.pooled.sum(axis=1) == pytest.approx(np.ones(6))
    assert shares.pooled[0] == pytest.approx([0.25, 0.5, 0.25, 0])
    assert (shares.low[:, :3] < shares.pooled[:, :3]).all()
    assert (shares.pooled[:, :3] < shares.high[:, :3]).all()


def test_teams_that_share_nothing_keep_their_own_bands() -> None:
    band, team = np.repeat([0, 1], 20), np.repeat([0, 1], 20)
    shares = pool_shares(band, team, 2, 2)
    assert shares.pooled[0, 0] > 0.95
    assert shares.pooled[1, 1] > 0.95


def test_single_band_is_certain_and_a_team_of_nobody_has_none() -> None:
    shares = pool_shares(np.array([1, 1, -1]), np.array([0, 1, 2]), 3, 2)
    assert shares.pooled[:2].tolist() == [[0, 1], [0, 1]]
    assert np.isnan(shares.pooled[2]).all()
