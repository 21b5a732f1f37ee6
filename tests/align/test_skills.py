"""Skill gaps by hand: people, groups and outcomes."""

from __future__ import annotations

import numpy as np
import pytest

from calibrate.align.skills import Gaps, Skills, average_gaps, average_outcome, find_gaps

NAN = np.nan
NORMAL = np.full(4, np.inf)


def skills(raw: list[list[float]], se: float = NAN, expected: float = 50.0) -> Skills:
    scores = np.array(raw)
    return Skills(
        scores, scores, np.full(scores.shape, se), np.full(scores.shape, expected),
        np.full(len(scores), np.inf),
    )  # fmt: skip


def judged(raw: list[list[float]], se: float) -> tuple[Skills, Gaps]:
    made = skills(raw, se)
    return made, find_gaps(made, 0.90)


def test_a_gap_counts_when_the_whole_interval_lies_below() -> None:
    """Expected 50, se 6, z = 1.645: half 9.87, so 40 lies below and 41 does not."""
    __, gaps = judged([[40.0], [41.0], [60.0], [NAN]], 6.0)
    assert gaps.verdict[:, 0].tolist() == ["below", "about", "above", ""]
    # z is printed with three decimals: six times half of the last one.
    assert gaps.low[0, 0] == pytest.approx(-10 - 1.645 * 6, abs=3e-3)


def test_few_degrees_of_freedom_make_the_interval_longer() -> None:
    """t with 3 degrees of freedom is 2.353: 40 plus 14.1 reaches past 50."""
    made = skills([[40.0]], 6.0)
    small = Skills(made.raw, made.calibrated, made.se, made.expected, np.array([3.0]))
    gaps = find_gaps(small, 0.90)
    assert gaps.verdict.tolist() == [["about"]]
    assert gaps.high[0, 0] == pytest.approx(-10 + 2.353 * 6, abs=3e-3)


def test_without_error_a_gap_is_not_told_and_without_expectation_there_is_none() -> None:
    assert find_gaps(skills([[40.0]])).verdict.tolist() == [["not_told"]]
    assert find_gaps(skills([[40.0]], 5.0, NAN)).verdict.tolist() == [[""]]


def test_means_of_a_team_use_raw_scores_and_count_people_clearly_below() -> None:
    """Raw 30, 40, 50: gaps -20, -10, 0; mean -10, s 10, half 2.920 * 10 / sqrt(3) = 16.86."""
    made, gaps = judged([[30.0], [40], [50], [NAN]], 6.0)
    drawn = Skills(made.raw, made.raw + 5, made.se, made.expected, made.df)
    found = average_gaps(drawn, gaps, 0, np.array([0, 0, 0, 0]), 1)
    assert (found.means.n[0], found.score[0], found.expected[0]) == (3, 40, 50)
    assert found.means.mean[0] == -10
    assert found.means.high[0] == pytest.approx(-10 + 2.920 * 10 / 3**0.5, abs=3e-3)
    assert found.n_below.tolist() == [2]
    assert found.verdict.tolist() == ["about"]


def test_where_nobody_has_an_error_people_below_cannot_be_counted() -> None:
    made = skills([[30.0], [40], [50]])
    found = average_gaps(made, find_gaps(made), 0, np.zeros(3, np.int64), 1)
    assert found.n_below.tolist() == [-1]
    assert found.means.mean[0] == -10


def test_an_outcome_weighs_the_criteria_that_serve_it() -> None:
    """Weights 0.3 and 0.1. Person 0: (0.3 * -20 + 0.1 * 20) / 0.4 = -10. Person 1 answered the
    first alone: -4. Person 2: 0.3 * -10 + 0.1 * -10 = -10. Person 3 has no weight.
    Mean -8, s = sqrt((4 + 16 + 4) / 2) = 3.464, half = 2.920 * 3.464 / sqrt(3) = 5.84."""
    made, gaps = judged([[30.0, 70], [46, NAN], [40, 40], [10, 10]], 6.0)
    weight = np.array([[0.3, 0.1]] * 3 + [[0.0, 0.0]])
    found = average_outcome(made, gaps, weight)
    assert found.means.n.tolist() == [3]
    assert found.means.mean[0] == pytest.approx(-8)
    assert found.means.low[0] == pytest.approx(-8 - 2.920 * 2, abs=3e-3)
    assert found.verdict.tolist() == ["below"]
    # Person 0 is below on the first criterion, person 2 on both: two people.
    assert found.n_below.tolist() == [2]


def test_an_outcome_that_no_marked_criterion_serves_has_nobody() -> None:
    made, gaps = judged([[30.0]], 6.0)
    found = average_outcome(made, gaps, np.zeros((1, 1)))
    assert found.means.n.tolist() == [0]
    assert found.verdict.tolist() == ["not_told"]
