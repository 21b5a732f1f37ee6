from __future__ import annotations

import numpy as np
import pytest

from calibrate.effects.forms import sort_forms

GOOD = {
    "employee": np.array([1, 0, 0]),
    "rater": np.array([0, 1, 0]),
    "source": np.array([1, 1, 1]),
    "points": np.array([30.0, 20.0, 10.0]),
    "weight": np.array([1.0, 2.0, 1.0]),
    "n_employees": 3,
    "n_raters": 2,
}


def test_forms_are_sorted_by_employee_rater_and_source() -> None:
    assert sort_forms(**GOOD).points.tolist() == [10, 20, 30]


def test_mean_is_weighted_and_empty_for_the_unrated() -> None:
    forms = sort_forms(**GOOD)
    mean = forms.mean(forms.points)
    assert mean[:2] == pytest.approx([50 / 3, 30])
    assert np.isnan(mean[2])


def test_two_forms_of_one_rater_are_one_pair() -> None:
    same = GOOD | {"employee": np.zeros(3, dtype=int), "rater": np.array([0, 1, 1])}
    forms = sort_forms(**same)
    assert [side.tolist() for side in forms.pairs()] == [[0, 0], [0, 1]]
    assert forms.people_with_two_raters().tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"employee": np.array([3, 0, 0])}, "employee lies outside 0 to 2"),
        ({"rater": np.array([-1, 0, 0])}, "rater lies outside 0 to 1"),
        ({"source": np.array([6, 0, 0])}, "source lies outside 0 to 5"),
        ({"points": np.array([30.0, np.nan, 0])}, "points"),
        ({"points": np.array([30.0, 101, 0])}, "points"),
        ({"weight": np.array([1.0, 0, 1])}, "weight"),
        ({"weight": np.array([1.0, 1])}, "length"),
    ],
)
def test_malformed_arrays_are_a_bug_with_a_message(wrong, message) -> None:
    with pytest.raises(ValueError, match=message):
        sort_forms(**(GOOD | wrong))
