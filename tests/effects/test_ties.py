"""Ties and spread within teams."""

from __future__ import annotations

import numpy as np
import pytest

from calibrate.effects.ties import compare_spread


def test_ties_are_counted_as_pairs() -> None:
    """Three of four alike: 3 of 6 pairs."""
    spread = compare_spread(np.array([50.0, 50, 50, 70]), np.zeros(4, np.int64), 1, seed=0)
    assert spread.n_distinct.tolist() == [2]
    assert spread.tied_share.tolist() == [0.5]


def test_sums_that_differ_by_rounding_alone_are_tied() -> None:
    spread = compare_spread(np.array([0.3, 0.1 + 0.2]), np.zeros(2, np.int64), 1, seed=0)
    assert spread.n_distinct.tolist() == [1]


def test_single_team_and_teams_of_one_person_are_not_tested() -> None:
    one = compare_spread(np.array([40.0, 60]), np.zeros(2, np.int64), 1, seed=0)
    assert one.sd.tolist() == [pytest.approx(np.sqrt(200))]
    assert np.isnan([*one.ratio, *one.p_value]).all()
    alone = compare_spread(np.array([40.0, 60]), np.arange(2), 2, seed=0)
    assert np.isnan([*alone.sd, *alone.p_value]).all()


def test_equal_scores_everywhere_are_not_tested() -> None:
    spread = compare_spread(np.full(6, 50.0), np.repeat([0, 1], 3), 2, seed=0)
    assert np.isnan(spread.p_value).all()
    assert spread.tied_share.tolist() == [1, 1]


def test_team_with_one_score_for_all_stands_out() -> None:
    rng = np.random.default_rng(1)
    team = np.repeat(np.arange(12), 9)
    score = 50 + rng.normal(0, 12, len(team))
    score[team == 3] = 60
    spread = compare_spread(score, team, 12, seed=0)
    assert spread.p_value[3] < 0.005
    assert spread.ratio[3] == 0
    assert np.isnan(spread.high[3])


def test_honest_teams_are_named_at_the_stated_rate() -> None:
    """Marks in steps of 12.5, teams of 2 to 12: 5 % at a nominal 5 %, within 4 errors."""
    rng = np.random.default_rng(8)
    named, total, held = 0, 0, 0
    for seed in range(40):
        team = np.repeat(np.arange(20), rng.integers(2, 13, 20))
        score = np.round((50 + rng.normal(0, 18, len(team))) / 12.5) * 12.5
        spread = compare_spread(score, team, 20, seed=seed)
        named += int((spread.p_value < 0.05).sum())
        held += int((~(spread.low > 1) & ~(spread.high < 1)).sum())
        total += 20
    assert named / total < 0.05 + 4 * np.sqrt(0.05 * 0.95 / total)
    assert abs(held / total - 0.90) < 0.05


def test_same_seed_gives_the_same_figures_and_order_does_not_matter() -> None:
    rng = np.random.default_rng(3)
    team, score = np.repeat(np.arange(5), 5), rng.uniform(0, 100, 25)
    shuffled = rng.permutation(25)
    first = compare_spread(score, team, 5, seed=7)
    second = compare_spread(score[shuffled], team[shuffled], 5, seed=7)
    assert first.p_value.tolist() == second.p_value.tolist()
