"""People who changed manager, against those who stayed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from calibrate.effects.movers import compare_moves


def test_gain_is_the_change_beyond_that_of_stayers_with_students_interval() -> None:
    """Stayers change by 2 on average; three movers by 8, 12 and 16, s = 4."""
    change = np.array([1.0, 2, 3, 2, 8, 12, 16])
    before, now = np.array([0, 0, 1, 1, 0, 0, 0]), np.array([0, 0, 1, 1, 1, 1, 2])
    moves = compare_moves(change, before, now, 3)
    assert moves.came.n.tolist() == [0, 2, 1]
    assert moves.came.gain[1:].tolist() == [8, 14]
    assert moves.left.gain[0] == 10
    half = t.ppf(0.95, 2) * 4 * np.sqrt(1 / 2 + 1 / 4)
    assert moves.came.high[1] == pytest.approx(8 + half)
    assert moves.came.low[1] == pytest.approx(8 - half)
    assert (moves.n_movers, moves.n_stayers) == (3, 4)
    assert moves.spread_movers == pytest.approx(4)


def test_two_movers_have_a_change_and_no_interval() -> None:
    change = np.array([0.0, 2, 10, 20])
    moves = compare_moves(change, np.array([0, 0, 0, 0]), np.array([0, 0, 1, 1]), 2)
    assert moves.came.gain[1] == 14
    assert np.isnan(moves.came.low[1])


def test_without_stayers_nothing_is_known_of_movers() -> None:
    moves = compare_moves(np.array([5.0, 9]), np.array([0, 1]), np.array([1, 0]), 2)
    assert np.isnan(moves.came.gain).all()
    assert moves.n_movers == 2


def test_people_without_an_earlier_score_or_manager_are_left_out() -> None:
    change = np.array([0.0, 0, np.nan, 7])
    moves = compare_moves(change, np.array([0, 0, 0, -1]), np.array([0, 0, 1, 1]), 2)
    assert (moves.n_movers, moves.n_stayers) == (0, 2)


def test_severity_of_managers_widens_the_change_of_movers() -> None:
    """Var(movers) − Var(stayers) = 2 σ²_b: planted σ_b = 8, so about 128 points²."""
    rng = np.random.default_rng(1)
    n, n_managers = 40_000, 300
    severity = rng.normal(0, 8, n_managers)
    before = rng.integers(0, n_managers, n)
    now = np.where(rng.random(n) < 0.5, before, rng.integers(0, n_managers, n))
    change = severity[before] - severity[now] + rng.normal(0, 6, n)
    moves = compare_moves(change, before, now, n_managers)
    extra = moves.spread_movers**2 - moves.spread_stayers**2
    expected = 2 * severity.var()
    assert extra == pytest.approx(expected, rel=0.1)
    known = moves.came.n > 30
    assert np.corrcoef(moves.came.gain[known], -severity[known])[0, 1] > 0.9
