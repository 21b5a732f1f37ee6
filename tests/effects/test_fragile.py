"""What one missing rater or form would change, against taking each away in turn."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from calibrate.effects.connect import find_components
from calibrate.effects.fragile import find_fragile
from calibrate.effects.strength import measure_link_strength

Codes = NDArray[np.int64]


def take_away_each_rater(i: Codes, j: Codes, n_employees: int, n_raters: int) -> list[int]:
    """People outside the largest part that is left of the rater's own part."""
    before = find_components(i, j, n_employees, n_raters)
    cut = []
    for rater in range(n_raters):
        after = find_components(i[j != rater], j[j != rater], n_employees, n_raters)
        own = (before.of_employee == before.of_rater[rater]) & (before.of_rater[rater] >= 0)
        sizes = np.bincount(after.of_employee[own & (after.of_employee >= 0)])
        cut.append(int(sizes.sum() - sizes.max(initial=0)))
    return cut


def take_away_each_form(
    i: Codes, j: Codes, n_employees: int, n_raters: int
) -> dict[tuple[int, int], int]:
    """People in the smaller of two parts that a single pair holds together."""
    cut = {}
    for n in range(len(i)):
        keep = np.arange(len(i)) != n
        after = find_components(i[keep], j[keep], n_employees, n_raters)
        here, there = after.of_employee[i[n]], after.of_rater[j[n]]
        if here >= 0 and there >= 0 and here != there:
            cut[int(i[n]), int(j[n])] = int(min(after.n_employees[[here, there]]))
    return cut


@pytest.mark.parametrize("seed", range(40))
def test_what_is_cut_off_is_what_taking_each_away_cuts_off(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_employees, n_raters = int(rng.integers(2, 14)), int(rng.integers(2, 9))
    n_forms = int(rng.integers(1, 22))
    pairs = np.unique(rng.integers(0, n_employees * n_raters, n_forms))
    i, j = pairs // n_raters, pairs % n_raters
    found = find_fragile(i, j, n_employees, np.ones(n_raters), 1.0, 0.2)
    assert found.cut_by_rater.tolist() == take_away_each_rater(i, j, n_employees, n_raters)
    named = zip(found.employee.tolist(), found.rater.tolist(), strict=True)
    by_form = dict(zip(named, found.cut_by_pair.tolist(), strict=True))
    assert by_form == take_away_each_form(i, j, n_employees, n_raters)


def test_raters_called_weakened_are_weak_without_the_other() -> None:
    # Two raters whose people are shared with rater 0 alone; four others share many people.
    i = np.array([0, 0, 1, 1, *np.repeat(np.arange(2, 12), 5)])
    j = np.array([0, 1, 0, 2, *np.tile([0, 3, 4, 5, 6], 10)])
    parts = find_components(i, j, 12, 7)
    gamma, min_link = 2.0, 0.2
    strength = measure_link_strength(i, j, 0 * j, parts, gamma)
    assert (strength >= min_link).all()
    found = find_fragile(i, j, 12, strength, gamma, min_link)
    assert found.weakened.tolist() == [2, 0, 0, 0, 0, 0, 0]
    rest = find_components(i[j != 0], j[j != 0], 12, 7)
    left = measure_link_strength(i[j != 0], j[j != 0], 0 * j[j != 0], rest, gamma)
    assert (left[[1, 2]] < min_link).all()


def test_repeated_pairs_from_two_sources_are_one_tie() -> None:
    i, j = np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 2])
    found = find_fragile(i, j, 2, np.ones(3), 1.0, 0.2)
    assert found.cut_by_rater.tolist() == [0, 1, 0]


def test_nobody_rated_has_nothing_fragile() -> None:
    none = np.empty(0, np.int64)
    found = find_fragile(none, none, 3, np.zeros(2), 1.0, 0.2)
    assert found.cut_by_rater.tolist() == [0, 0]
    assert len(found.rater) == 0
