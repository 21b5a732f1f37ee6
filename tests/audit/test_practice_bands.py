"""Groups compared band by band: least squares, and a test that knows of managers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from calibrate.audit.practice_bands import compare_in_bands, score_p


def draw(seed: int, n: int = 300) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    band, cluster = rng.integers(0, 4, n), rng.integers(0, 25, n)
    is_group = rng.random(n) < 0.2 + 0.15 * band
    value = 2.0 * band + rng.normal(0, 1, n)
    return value, is_group, band, cluster


@pytest.mark.parametrize("seed", range(4))
def test_gap_and_errors_are_those_of_least_squares_with_a_level_for_each_band(seed: int) -> None:
    """HC1 of people and its sandwich over managers, written out with matrices."""
    value, is_group, band, cluster = draw(seed)
    found = compare_in_bands(value, is_group, band, cluster, is_share=False)
    x = np.column_stack([is_group, band == 0, band == 1, band == 2, band == 3]).astype(float)
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ value
    scores = x * (value - x @ beta)[:, None]
    by_manager = np.array([scores[cluster == c].sum(axis=0) for c in range(25)])
    people = (inverse @ (scores.T @ scores) @ inverse)[0, 0] * 300 / 295
    managers = (inverse @ (by_manager.T @ by_manager) @ inverse)[0, 0] * 25 / 24
    residual = is_group - np.array([is_group[band == b].mean() for b in range(4)])[band]
    a = np.array([(residual[cluster == c] ** 2).sum() for c in range(25)])
    degrees = a.sum() ** 2 / (a**2).sum() - 1
    half = max(t.ppf(0.975, 295) * people**0.5, t.ppf(0.975, degrees) * managers**0.5)
    assert found.difference == pytest.approx(beta[0])
    assert found.high - found.difference == pytest.approx(half)


def test_one_manager_who_gives_everything_is_no_proof() -> None:
    """Ten managers of ten people; all rewards stand under one of them, who has the group."""
    cluster = np.repeat(np.arange(10), 10)
    is_group = (cluster == 0) | (np.arange(100) % 10 == 0)
    value = np.where(cluster == 0, 5.0, 1.0) + np.random.default_rng(0).normal(0, 0.1, 100)
    found = compare_in_bands(value, is_group, np.zeros(100, int), cluster, is_share=False)
    assert found.p_value < 1e-6
    assert found.p_clustered > 0.2


@pytest.mark.parametrize("share_of_managers", [0.0, 0.4])
def test_score_test_keeps_its_level_when_managers_differ(share_of_managers: float) -> None:
    """1,000 worlds without a gap. 5 % is 50; three standard errors more are 71."""
    rng = np.random.default_rng(11)
    n, n_managers = 240, 30
    cluster = np.arange(n) % n_managers
    n_found = 0
    for _ in range(1000):
        manager = rng.normal(0, share_of_managers**0.5, n_managers)[cluster]
        value = manager + rng.normal(0, (1 - share_of_managers) ** 0.5, n)
        # Groups sit together: some managers have many of them.
        is_group = rng.random(n) < rng.beta(1, 2, n_managers)[cluster]
        band = rng.integers(0, 3, n)
        found = compare_in_bands(value, is_group, band, cluster, is_share=False)
        n_found += found.p_clustered <= 0.05
    assert n_found <= 71


def test_single_manager_proves_nothing_and_nobody_varies_is_not_told() -> None:
    ones = np.ones(4)
    assert score_p(ones, np.array([1.0, 2.0, 1.0, 2.0]), np.zeros(4, int)) == 1.0
    assert np.isnan(score_p(ones, np.zeros(4), np.arange(4)))


def test_no_band_with_both_groups_says_nothing() -> None:
    is_group = np.array([True, True, False, False])
    found = compare_in_bands(np.arange(4.0), is_group, np.array([0, 0, 1, 1]), None, is_share=False)
    assert (found.n, found.n_reference) == (0, 0)
    assert np.isnan(found.difference)
