from __future__ import annotations

import numpy as np

from calibrate.effects.linked import choose_units, list_variances


def test_units_are_numbered_among_linked_people_alone() -> None:
    codes, said = choose_units(np.array([5, 5, 8, 9, 9, 2]), np.array([0, 1, 3, 4, 5]))
    assert codes.tolist() == [1, 1, 2, 2, 0]
    assert len(said) == 1
    assert "assumed" in said[0]


def test_people_without_a_unit_are_units_of_their_own() -> None:
    codes, _ = choose_units(np.array([-1, -1, 3, 3, 4]), np.arange(5))
    assert len(set(codes.tolist())) == 4
    assert codes[0] != codes[1]


def test_two_units_are_too_few() -> None:
    codes, said = choose_units(np.array([0, 0, 1, 1]), np.arange(4))
    assert codes is None
    assert "there are 2" in said[0]


def test_units_of_one_person_each_are_dropped() -> None:
    codes, said = choose_units(np.arange(4), np.arange(4))
    assert codes is None
    assert "one linked person" in said[0]


def test_shares_of_nothing_are_empty() -> None:
    assert list_variances({"employee": 0.0, "residual": 0.0})[0] == ("employee", 0.0, None)
