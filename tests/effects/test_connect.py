from __future__ import annotations

import numpy as np

from calibrate.effects.connect import find_components


def test_managers_with_their_own_teams_stay_apart() -> None:
    parts = find_components(np.array([0, 1, 2, 3]), np.array([0, 0, 1, 1]), 4, 2)
    assert parts.of_employee.tolist() == [0, 0, 1, 1]
    assert parts.of_rater.tolist() == [0, 1]
    assert not parts.linked.any()


def test_one_shared_person_joins_two_teams() -> None:
    parts = find_components(np.array([0, 1, 1, 2]), np.array([0, 0, 1, 1]), 3, 2)
    assert parts.of_employee.tolist() == [0, 0, 0]


def test_two_raters_are_never_linked_and_three_are() -> None:
    people = np.repeat(np.arange(5), 2)
    assert not find_components(people, np.tile([0, 1], 5), 5, 2).linked.any()
    people = np.repeat(np.arange(5), 3)
    assert find_components(people, np.tile([0, 1, 2], 5), 5, 3).linked.all()


def test_a_single_employee_links_nobody() -> None:
    parts = find_components(np.zeros(5, dtype=np.int64), np.arange(5), 1, 5)
    assert parts.linked.tolist() == [False]
    assert parts.n_raters.tolist() == [5]


def test_who_has_no_form_has_no_component() -> None:
    parts = find_components(np.array([2]), np.array([1]), 4, 3)
    assert parts.of_employee.tolist() == [-1, -1, 0, -1]
    assert parts.of_rater.tolist() == [-1, 0, -1]


def test_components_are_numbered_by_their_lowest_employee() -> None:
    parts = find_components(np.array([3, 1, 0, 2]), np.array([0, 0, 1, 1]), 4, 2)
    assert parts.of_employee.tolist() == [0, 1, 0, 1]


def test_no_form_at_all_is_an_empty_network() -> None:
    none = np.zeros(0, dtype=np.int64)
    parts = find_components(none, none, 2, 2)
    assert len(parts.linked) == 0
    assert parts.of_employee.tolist() == [-1, -1]
