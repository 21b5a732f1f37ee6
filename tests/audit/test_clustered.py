"""The closed form against matrices, and against a world with teams."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student

from calibrate.audit.clustered import (
    ClusterCells,
    NullSums,
    clustered_p,
    judge_null_sums,
    null_imposed_p,
    number_clusters,
)
from calibrate.audit.inference import fisher_midp


def dense_p(y: np.ndarray, group: np.ndarray, cluster: np.ndarray) -> float:
    """CR2 with Satterthwaite degrees of freedom, spelled out with (P, P) matrices."""
    X = np.column_stack([np.ones(len(y)), group])
    bread = np.linalg.inv(X.T @ X)
    M = np.eye(len(y)) - X @ bread @ X.T
    beta = bread @ X.T @ y
    residual = y - X @ beta
    contrast = np.array([0.0, 1.0])
    variance, columns = 0.0, []
    for c in np.unique(cluster):
        inside = cluster == c
        values, vectors = np.linalg.eigh(M[np.ix_(inside, inside)])
        root = vectors @ np.diag(np.maximum(values, 1e-300) ** -0.5) @ vectors.T
        p = root @ X[inside] @ bread @ contrast
        variance += float(p @ residual[inside]) ** 2
        columns.append(M[:, inside] @ p)
    G = np.column_stack(columns)
    B = G.T @ G
    degrees = np.trace(B) ** 2 / np.trace(B @ B)
    return float(2 * student.sf(abs(beta[1]) / variance**0.5, degrees))


def our_p(y: np.ndarray, group: np.ndarray, manager: np.ndarray) -> float:
    cells = ClusterCells.build(group, number_clusters(manager))
    sums = cells.add_up(y.astype(float))
    sides = [cells.spread_out(g, values) for g in (1, 0) for values in (cells.n, sums)]
    return clustered_p(*sides)


@pytest.mark.parametrize("seed", range(6))
def test_closed_form_equals_dense_matrices(seed: int) -> None:
    rng = np.random.default_rng(seed)
    people, managers = 90, (6, 12, 30)[seed % 3]
    manager = rng.integers(0, managers, people)
    manager[rng.random(people) < 0.1] = -1
    group = (rng.random(people) < 0.35).astype(np.int64)
    y = rng.random(people) if seed % 2 else (rng.random(people) < 0.3).astype(float)
    expected = dense_p(y, group, number_clusters(manager))
    # Both are sums of some ninety doubles; eigenvectors cost a few digits.
    assert our_p(y, group, manager) == pytest.approx(expected, rel=1e-8)


def test_people_without_a_manager_are_clusters_of_one() -> None:
    assert number_clusters(np.array([5, -1, 5, -1])).tolist() == [0, 1, 0, 2]


def test_a_group_under_one_manager_cannot_be_told_from_the_manager() -> None:
    y = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 0], dtype=float)
    group = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    manager = np.array([1, 1, 1, 1, 2, 2, 3, 3, 4, 4])
    assert our_p(y, group, manager) == 1.0


def test_all_under_the_same_manager_leaves_the_clustered_p_empty() -> None:
    y = np.array([0, 1, 0, 1, 1, 1], dtype=float)
    assert np.isnan(our_p(y, np.array([1, 1, 1, 0, 0, 0]), np.zeros(6, np.int64)))


def test_an_outcome_that_never_varies_leaves_the_clustered_p_empty() -> None:
    y = np.ones(8)
    assert np.isnan(our_p(y, np.array([1, 0] * 4), np.arange(8) // 2))


def test_lenient_teams_alone_do_not_make_the_larger_p_fire_too_often() -> None:
    # No gap at all; teams of 10 differ (ICC about 0.3) and group shares differ by team.
    rng = np.random.default_rng(20261121)
    n_teams, size, worlds = 30, 10, 300
    fired_alone = fired = 0
    for _ in range(worlds):
        manager = np.repeat(np.arange(n_teams), size)
        rate = rng.beta(0.3 * 7 / 3, 0.7 * 7 / 3, n_teams)
        y = (rng.random(n_teams * size) < rate[manager]).astype(float)
        group = (rng.random(n_teams * size) < rng.choice([0.1, 0.7], n_teams)[manager]) * 1
        x = [int(y[group == g].sum()) for g in (1, 0)]
        n = [int((group == g).sum()) for g in (1, 0)]
        alone = fisher_midp(x[0], n[0], x[1], n[1])
        fired_alone += alone <= 0.05
        fired += max(alone, our_p(y, group, manager)) <= 0.05
    # Three binomial standard errors above 5 % of 300 worlds: 0.05 + 3 * 0.0126.
    assert fired / worlds <= 0.088
    assert fired_alone / worlds > 0.12


def draw_sides(seed: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    n1, n0 = rng.integers(0, 4, 30).astype(float), rng.integers(0, 6, 30).astype(float)
    rate = rng.beta(0.8, 2, 30)
    y1, y0 = (rng.binomial(n.astype(int), rate).astype(float) for n in (n1, n0))
    return n1, y1, n0, y0


def test_null_imposed_p_is_that_of_the_matrix_of_people() -> None:
    n1, y1, n0, y0 = draw_sides(1)
    sides = [
        (side, c, float(i < y[c]))
        for side, n, y in ((1, n1, y1), (0, n0, y0))
        for c in range(30) for i in range(int(n[c]))
    ]  # fmt: skip
    side, team, outcome = (np.array(column) for column in zip(*sides, strict=True))
    weight = np.where(side == 1, 1 / n1.sum(), -1 / n0.sum())
    rest, variance = outcome - outcome.mean(), outcome.var()
    mates = (team[:, None] == team) & ~np.eye(len(team), dtype=bool)
    rho = min(1.0, max(0.0, np.outer(rest, rest)[mates].mean() / variance))
    assert 0 < rho < 1
    spread = variance * (np.eye(len(team)) + rho * mates)
    t = abs(weight @ outcome) / np.sqrt(weight @ spread @ weight)
    k = np.bincount(team, weight)
    expected = 2 * student.sf(t, (k**2).sum() ** 2 / (k**4).sum())
    # Sums in another order: twelve digits.
    assert null_imposed_p(n1, y1, n0, y0, y1 + y0) == pytest.approx(expected, rel=1e-11)


def test_null_imposed_p_without_each_cluster_is_that_of_the_others() -> None:
    n1, y1, n0, y0 = draw_sides(2)
    quick = judge_null_sums(NullSums.list_up(n1, y1, n0, y0, y1 + y0).left_out())
    for c in range(30):
        rest = [np.delete(column, c) for column in (n1, y1, n0, y0, y1 + y0)]
        # Fourth powers are subtracted from their sum.
        assert quick[c] == pytest.approx(null_imposed_p(*rest), rel=1e-9)


def test_null_imposed_p_of_nothing_that_varies_is_empty() -> None:
    n, none = np.array([3.0, 2.0]), np.zeros(2)
    assert np.isnan(null_imposed_p(n, none, n, none, none))
    assert np.isnan(null_imposed_p(n, n, n, n, 2 * n))
    assert np.isnan(null_imposed_p(none, none, n, n / 2, n / 2))


def test_a_small_group_in_few_teams_is_no_sure_thing() -> None:
    # Nobody of 40 in 20 teams of two is counted, of 800 others a quarter, by whole teams. The group
    # itself then varies by nothing, and CR2 is as sure as of the others alone. By hand:
    # the mean is 200/840 = 5/21, and as teams are all of one mind their people's correlation is 1.
    n1, y1 = np.r_[[2.0] * 20, np.zeros(100)], np.zeros(120)
    n0, y0 = np.r_[np.zeros(20), [8.0] * 100], np.r_[np.zeros(20), [8.0] * 25, np.zeros(75)]
    variance = 5 / 21 * 16 / 21
    k2 = 20 * (2 / 40) ** 2 + 100 * (8 / 800) ** 2
    k4 = 20 * (2 / 40) ** 4 + 100 * (8 / 800) ** 4
    t = 0.25 / (variance * k2) ** 0.5
    found = null_imposed_p(n1, y1, n0, y0, y1 + y0)
    assert found == pytest.approx(2 * student.sf(t, k2**2 / k4), rel=1e-10)
    assert found > 1_000 * clustered_p(n1, y1, n0, y0)


def test_groups_spread_alike_over_managers_lose_no_degree_of_freedom() -> None:
    """Five and five under each of 40: k is 0 everywhere, and 1/200 - 1/200 leaves rounding alone.

    Then only chance between people is left: t = 2 / sqrt(var / 100) on the normal curve.
    """
    five = np.full(40, 5.0)
    y1, y0 = np.tile([10.0, 12.0], 20), np.tile([11.0, 13.0], 20)
    squares = np.tile([200.0, 210.0], 20)
    mean = (y1.sum() + y0.sum()) / 400
    variance = squares.sum() / 400 - mean**2
    pairs = ((y1 + y0 - 10 * mean) ** 2).sum() - 400 * variance
    rho = min(1.0, max(0.0, pairs / (variance * 40 * 10 * 9)))
    z = (y0.sum() - y1.sum()) / 200 / (variance * (1 - rho) / 100) ** 0.5
    assert null_imposed_p(five, y1, five, y0, squares) == pytest.approx(2 * norm.sf(z), rel=1e-6)
