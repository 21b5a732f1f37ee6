from __future__ import annotations

import numpy as np

from calibrate.effects.layout import build_layout


def _codes(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def test_levels_are_numbered_by_the_level_above_and_forms_lie_by_leaf() -> None:
    layout = build_layout(
        np.array([10.0, 20.0, 30.0, 60.0]),
        _codes(0, 0, 0, 0),
        {"employee": _codes(0, 1, 2, 0), "unit": _codes(1, 0, 1, 1), "rater": _codes(0, 1, 1, 2)},
        ("employee", "unit", "rater"),
    )
    assert layout.levels == ("employee", "unit")
    assert layout.number["employee"].tolist() == [1, 0, 2]  # person 1 is in unit 0
    assert layout.parents[0].tolist() == [0, 1, 1]
    assert layout.leaf.tolist() == [0, 1, 1, 2]
    assert layout.order.tolist() == [1, 0, 3, 2]
    assert layout.y.tolist() == [-10, -20, 30, 0]  # less the mean of 30
    assert layout.number["rater"].tolist() == [1, 0, 2]  # as the forms show them
    assert layout.codes["rater"].tolist() == [0, 1, 2, 0]


def test_the_smaller_side_stays_unless_noises_differ() -> None:
    factors = {"employee": _codes(0, 1, 0, 1), "rater": _codes(0, 1, 2, 3)}
    x, source = np.arange(4.0), _codes(0, 0, 1, 1)
    terms = ("employee", "rater")
    assert build_layout(x, source, factors, terms).rest == ("employee",)
    assert build_layout(x, source, factors, terms, noise=source).rest == ("rater",)


def test_forms_alike_in_noise_are_a_level_where_a_person_has_two_noises() -> None:
    factors = {"employee": _codes(0, 0, 1, 1), "rater": _codes(0, 1, 0, 1)}
    noise = _codes(0, 1, 0, 0)
    layout = build_layout(np.arange(4.0), 0 * noise, factors, ("employee", "rater"), noise)
    assert layout.levels == ("alike", "employee")
    assert layout.parents[0].tolist() == [0, 0, 1]
    assert layout.noise_of_leaf.tolist() == [0, 1, 0]
    assert layout.noise_of_rest.tolist() == [[2, 0], [1, 1]]


def test_sums_over_the_levels_equal_those_by_hand() -> None:
    layout = build_layout(
        np.zeros(4),
        _codes(0, 0, 0, 0),
        {"employee": _codes(0, 1, 2, 0), "unit": _codes(1, 0, 1, 1), "rater": _codes(0, 1, 1, 0)},
        ("employee", "unit", "rater"),
        eliminate="people",
    )
    value = np.array([1.0, 2.0, 4.0, 8.0])[layout.order]
    sums = layout.sum_levels(value)
    assert sums["employee"].tolist() == [2, 9, 4]
    assert sums["unit"].tolist() == [2, 13]
    assert sums["rater"][layout.number["rater"]].tolist() == [9, 6]
    assert layout.to_leaves("unit", np.array([7.0, 5.0])).tolist() == [7, 5, 5]
