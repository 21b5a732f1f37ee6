"""Scores beside results: by hand, by refitting without each person, and by known truth."""

from __future__ import annotations

import math

import numpy as np
import pytest

from calibrate.align.results import compare_results, correlate, expect_scores

#: Normal quantiles as printed in any table.
Z975, Z80 = 1.959964, 0.841621


def test_the_correlation_and_its_interval_by_hand() -> None:
    """Ten people, neighbours swapped: sum d^2 = 10, r = 1 - 60 / 990 = 31 / 33.

    artanh(31/33) = ln(64/2) / 2 = ln(32) / 2; half = z sqrt((1 + r^2/2) / 7).
    """
    first = np.arange(10.0)
    second = np.array([1.0, 0, 3, 2, 5, 4, 7, 6, 9, 8])
    found = correlate(first, second)
    r = 31 / 33
    half = Z975 * math.sqrt((1 + r * r / 2) / 7)
    assert found.value == pytest.approx(r)
    # The quantiles have six decimals.
    assert found.low == pytest.approx(math.tanh(math.log(32) / 2 - half), abs=1e-6)
    assert found.high == pytest.approx(math.tanh(math.log(32) / 2 + half), abs=1e-6)
    assert found.detectable == pytest.approx(math.tanh((Z975 + Z80) / math.sqrt(7)), abs=1e-6)


def test_tied_ranks_share_their_mean() -> None:
    """Scores 1 to 12, six reached 0 and six 1: their ranks are 3.5 and 9.5, 3 off the middle.

    Squares 12 * 9 = 108 and (12^3 - 12) / 12 = 143; products 3 * (57 - 21) = 108.
    """
    found = correlate(np.arange(12.0), np.repeat([0.0, 1.0], 6))
    assert found.value == pytest.approx(108 / math.sqrt(108 * 143))


def test_nine_people_and_people_who_all_reached_the_same_tell_no_correlation() -> None:
    few = correlate(np.arange(9.0), np.arange(9.0))
    same = correlate(np.arange(30.0), np.full(30, 0.8))
    assert all(math.isnan(v) for c in (few, same) for v in (c.value, c.low, c.detectable))


def test_a_perfect_order_has_an_interval_within_bounds() -> None:
    found = correlate(np.arange(12.0), np.arange(12.0))
    assert found.value == 1
    assert 0.99 < found.low <= found.high <= 1


def refit_without(score: np.ndarray, reached: np.ndarray, i: int) -> tuple[float, float, float]:
    """Expectation, residual variance and its factor from the line through all others."""
    y, a = np.delete(score, i), np.delete(reached, i)
    slope, start = np.polyfit(a, y, 1)
    s2 = float(((y - start - slope * a) ** 2).sum()) / (len(y) - 2)
    factor = 1 + 1 / len(y) + (reached[i] - a.mean()) ** 2 / ((a - a.mean()) ** 2).sum()
    return float(start + slope * reached[i]), s2, float(factor)


def test_the_closed_form_is_the_line_refitted_without_each_person() -> None:
    rng = np.random.default_rng(3)
    reached = np.round(rng.uniform(0, 1.5, 24), 1)
    score = 40 + 20 * reached + rng.normal(0, 8, 24)
    found = expect_scores(score, reached, 0.90)
    t21 = 1.7207  # printed tables, 24 - 3 degrees of freedom, 95 % on one side
    for i in range(24):
        expected, s2, factor = refit_without(score, reached, i)
        half = t21 * math.sqrt(s2 * factor)
        assert found.expected[i] == pytest.approx(expected)
        assert found.difference[i] == pytest.approx(score[i] - expected)
        # The quantile has four decimals.
        assert found.high[i] - found.difference[i] == pytest.approx(half, rel=1e-4)


def test_one_in_ten_lies_outside_by_chance() -> None:
    rng = np.random.default_rng(11)
    outside, n = 0, 0
    for _ in range(200):
        reached = rng.uniform(0, 1.5, 50)
        found = expect_scores(50 + 10 * reached + rng.normal(0, 9, 50), reached, 0.90)
        outside += int(((found.low > 0) | (found.high < 0)).sum())
        n += 50
    # 10,000 of 0.1: standard error 0.003; people of one company hang together a little.
    assert outside / n == pytest.approx(0.10, abs=0.012)


def spread_out(n: int = 30) -> tuple[np.ndarray, np.ndarray]:
    """Scores on a line with small alternating steps about it."""
    reached = np.arange(n) / n
    return 40 + 30 * reached + np.where(np.arange(n) % 2, 1.0, -1.0), reached


def test_a_high_score_with_few_results_is_higher_and_a_low_one_with_many_lower() -> None:
    score, reached = spread_out()
    score[2], score[27] = 90, 10
    verdict = expect_scores(score, reached).verdict
    assert verdict[2] == "higher"
    assert verdict[27] == "lower"
    assert (np.delete(verdict, [2, 27]) == "in_line").all()


def test_a_score_off_the_line_on_the_same_side_as_the_results_is_in_line() -> None:
    """Best score of all and results above the median: unusual, and no contradiction."""
    score, reached = spread_out()
    score[27] = 120
    found = expect_scores(score, reached)
    assert found.low[27] > 0
    assert found.verdict[27] == "in_line"


def test_too_few_people_or_no_spread_is_not_told_and_nobody_without_goals_is_judged() -> None:
    score, reached = spread_out()
    assert set(expect_scores(score[:19], reached[:19]).verdict) == {"not_told"}
    assert set(expect_scores(score, np.full(30, 1.0)).verdict) == {"not_told"}
    assert set(expect_scores(np.full(30, 50.0), reached).verdict) == {"not_told"}
    reached[0] = np.nan
    found = expect_scores(score, reached)
    assert found.verdict[0] == ""
    assert np.isnan(found.expected[0])


def test_one_person_alone_who_reached_something_has_no_expectation() -> None:
    """The line goes through this person whatever the score: leverage 1."""
    reached = np.zeros(25)
    reached[0] = 1.0
    found = expect_scores(np.arange(25.0), reached)
    assert found.verdict[0] == "not_told"
    assert np.isnan(found.low[0])


def test_the_verdict_on_teams_uses_residuals_of_one_line() -> None:
    """Residuals of both teams: -4 and +4 with steps of 1 about them, ten people each."""
    reached = np.tile(np.arange(10.0) / 10, 2)
    team = np.repeat([0, 1], 10)
    steps = np.tile([1.0, -1, -1, 1, 0, 0, 1, -1, -1, 1], 2)
    found = expect_scores(50 + 10 * reached + 8 * team + steps, reached)
    means, verdict = compare_results(found, team, 2)
    assert means.mean.tolist() == pytest.approx([-4, 4])
    assert verdict.tolist() == ["lower", "higher"]


def test_a_team_of_two_is_not_told() -> None:
    score, reached = spread_out()
    means, verdict = compare_results(expect_scores(score, reached), np.repeat([0, 1], [2, 28]), 2)
    assert means.n.tolist() == [2, 28]
    assert verdict[0] == "not_told"
