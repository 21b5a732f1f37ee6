"""Rank agreement within and between teams."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from calibrate.effects.ranks import agree_between, agree_within


def test_within_one_team_it_is_spearmans_correlation() -> None:
    first, second = np.array([3.0, 1, 4, 1, 5, 9, 2, 6]), np.array([2.0, 7, 1, 8, 2, 8, 1, 8])
    found = agree_within(first, second, np.zeros(8, np.int64))
    assert found.value == pytest.approx(spearmanr(first, second).statistic)
    # Bonett and Wright: artanh r ± z √((1 + r²/2) / (n − 3)).
    half = 1.644854 * np.sqrt((1 + found.value**2 / 2) / 5)
    assert found.low == pytest.approx(np.tanh(np.arctanh(found.value) - half), abs=1e-6)


def test_between_teams_it_is_spearmans_correlation_of_means() -> None:
    rng = np.random.default_rng(1)
    team = np.repeat(np.arange(7), 5)
    first, second = rng.normal(size=35), rng.normal(size=35)
    means = [[x[team == j].mean() for j in range(7)] for x in (first, second)]
    assert agree_between(first, second, team).value == pytest.approx(spearmanr(*means).statistic)


def test_order_of_teams_alone_is_no_agreement_within_them() -> None:
    """Teams lie apart, and inside each the order is turned round."""
    team = np.repeat(np.arange(6), 4)
    inside = np.tile([0.0, 1, 2, 3], 6)
    assert agree_within(10 * team + inside, 10 * team - inside, team).value < -0.9
    assert agree_between(10 * team + inside, 10 * team - inside, team).value == 1


def test_equal_marks_or_few_people_give_no_figure() -> None:
    team = np.repeat([0, 1], 5)
    assert np.isnan(agree_within(np.full(10, 50.0), np.arange(10.0), team).value)
    assert np.isnan(agree_within(np.arange(3.0), np.arange(3.0), np.zeros(3, np.int64)).value)
    assert np.isnan(agree_between(np.arange(10.0), np.arange(10.0), team).value)


def test_interval_within_holds_no_relation_nine_times_in_ten() -> None:
    rng = np.random.default_rng(5)
    held = []
    for _ in range(400):
        team = np.repeat(np.arange(10), rng.integers(2, 9, 10))
        first = rng.normal(0, 5, 10)[team] + rng.normal(size=len(team))
        second = rng.normal(0, 5, 10)[team] + rng.normal(size=len(team))
        found = agree_within(first, second, team)
        held.append(found.low <= 0 <= found.high)
    # Four Monte-Carlo errors of 400 trials.
    assert abs(np.mean(held) - 0.9) < 0.06
