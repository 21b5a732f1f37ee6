"""Marks to points, by hand."""

import numpy as np

from calibrate.config import MICRO, MISSING
from calibrate.score.normalise import normalise_absolute, normalise_relative


def micro(*values: float) -> np.ndarray:
    return np.array([[round(v * MICRO) for v in values]])


def test_lowest_mark_is_zero_and_highest_is_hundred_on_every_scale() -> None:
    points = normalise_relative(micro(1, 5, 0, 10), micro(1, 1, 0, 0), micro(5, 5, 10, 10))
    assert points.tolist() == [[0, 100, 0, 100]]


def test_unanswered_mark_stays_empty() -> None:
    points = normalise_relative(np.array([[MISSING]]), micro(1), micro(5))
    assert np.isnan(points).all()


def test_mark_at_expectation_is_fifty_for_junior_and_senior() -> None:
    points, n_kept = normalise_absolute(micro(3, 4), micro(1, 1), micro(5, 5), micro(3, 4))
    assert points.tolist() == [[50, 50]]
    assert n_kept == 0


def test_one_step_below_expectation_is_a_quarter_of_the_scale_below_fifty() -> None:
    points, _ = normalise_absolute(micro(3), micro(1), micro(5), micro(4))
    assert points.tolist() == [[25]]


def test_marks_far_from_expectation_are_kept_inside_and_counted() -> None:
    points, n_kept = normalise_absolute(micro(5, 1), micro(1, 1), micro(5, 5), micro(2, 4))
    # 50 + 100 * 3/4 = 125 and 50 - 100 * 3/4 = -25
    assert points.tolist() == [[100, 0]]
    assert n_kept == 2
