"""Criterion scores over cycles: slopes by hand."""

from __future__ import annotations

import numpy as np
import pytest

from calibrate.align.trends import Scores, Trends, find_trends

NAN = np.nan


def follow(*scores: tuple[int, float, float, float]) -> Trends:
    """One series: cycle, raw, calibrated, se of each score."""
    cycle, raw, calibrated, se = (np.array(part, float) for part in zip(*scores, strict=True))
    series = np.zeros(len(scores), np.int64)
    return find_trends(Scores(series, cycle.astype(np.int64), raw, calibrated, se), 1)


def test_two_cycles_give_their_difference_and_both_errors() -> None:
    """60 - 50 with errors 3 and 4: se 5, interval 10 +- 1.645 * 5."""
    found = follow((0, 0, 50, 3), (1, 0, 60, 4))
    assert found.change[0] == pytest.approx(10)
    # z is printed with three decimals: five times half of the last one.
    assert found.low[0] == pytest.approx(10 - 1.645 * 5, abs=2.5e-3)
    assert (found.verdict[0], found.n_cycles[0], found.first[0]) == ("up", 2, 0)


def test_a_cycle_missed_counts_as_time() -> None:
    """From cycle 0 to 2 by 10 points: 5 a cycle."""
    assert follow((0, 0, 50, 3), (2, 0, 60, 3)).change[0] == pytest.approx(5)


def test_three_cycles_weigh_by_how_sure_they_are() -> None:
    """x = 50, 62, 56 with se 1, 2, 1: w = 1, 1/4, 1. Mean of t is 1; sum w (t - 1)^2 = 2;
    sum w (t - 1) x = -50 + 56 = 6: b = 3, se = 1 / sqrt(2). Equal weights give the same b."""
    found = follow((0, 0, 50, 1), (1, 0, 62, 2), (2, 0, 56, 1))
    assert found.change[0] == pytest.approx(3)
    assert found.high[0] == pytest.approx(3 + 1.645 / 2**0.5, abs=1e-3)


def test_unequal_errors_move_the_slope() -> None:
    """x = 0, 0, 9, se 1, 1, 3: w = 1, 1, 1/9. Mean of t = (1 + 2/9) / (19/9) = 11/19.
    sum w (t - m)^2 = (11/19)^2 + (8/19)^2 + (27/19)^2 / 9 = (121 + 64 + 81) / 361 = 266/361.
    sum w (t - m) x = (27/19) * 9 / 9 = 27/19. b = (27/19) (361/266) = 513/266."""
    assert follow((0, 0, 0, 1), (1, 0, 0, 1), (2, 0, 9, 3)).change[0] == pytest.approx(513 / 266)


def test_without_an_error_there_is_a_change_and_no_interval() -> None:
    found = follow((0, 0, 50, NAN), (1, 0, 60, 4))
    assert found.change[0] == 10
    assert np.isnan(found.low[0])
    assert found.verdict[0] == "not_told"


def test_raw_scores_are_compared_where_one_cycle_has_no_calibrated_one() -> None:
    found = follow((0, 40, NAN, NAN), (1, 55, 70, 4))
    assert found.change[0] == 15
    assert found.verdict[0] == "not_told"


def test_a_score_that_is_missing_on_the_scale_compared_leaves_the_series() -> None:
    found = follow((0, 40, NAN, NAN), (1, NAN, 60, 4), (2, 50, 65, 4))
    assert (found.n_cycles[0], found.change[0]) == (2, 5)


def test_one_score_is_no_trend() -> None:
    assert np.isnan(follow((0, 40, 40, 4)).change[0])


def test_a_change_within_its_error_is_unclear_and_one_beyond_it_down() -> None:
    assert follow((0, 0, 50, 3), (1, 0, 45, 4)).verdict[0] == "unclear"
    assert follow((0, 0, 50, 3), (1, 0, 40, 4)).verdict[0] == "down"
