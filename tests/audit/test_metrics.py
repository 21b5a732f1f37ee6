"""Point values from weighted cells and from people."""

from __future__ import annotations

import numpy as np
import pytest

from calibrate.audit import metrics
from calibrate.audit.metrics import Outcome, compare_with_people, measure_groups


def test_one_cell_alone_is_measured_like_any_other() -> None:
    one = measure_groups(np.array([0]), [Outcome(np.array([True]), np.array([7]))], 1)
    assert one.tolist() == [[1.0]]


def test_shares_and_means_of_several_outcomes_come_from_one_pass() -> None:
    group = np.array([0, 0, 1, 1, 3])
    share = Outcome(np.array([True, False, True, True, False]), np.array([1, 3, 2, 2, 5]))
    mean = Outcome(np.array([10.0, 20.0, 30.0, 40.0, 50.0]), np.array([1, 1, 0, 3, 0]))
    found = measure_groups(group, [share, mean], 4)
    np.testing.assert_array_equal(found, [[0.25, 1.0, np.nan, 0.0], [15.0, 40.0, np.nan, np.nan]])


@pytest.mark.parametrize("rows", [10, 10_000])
def test_many_rows_give_the_figures_that_few_give(
    rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(4)
    group = rng.integers(0, 5, rows)
    outcomes = [
        Outcome(rng.random(rows) < 0.3, rng.random(rows) < 0.8),
        Outcome(rng.random(rows) * 100, rng.random(rows) < 0.8),
    ]
    framed = measure_groups(group, outcomes, 6)
    monkeypatch.setattr(metrics, "FRAMED_ROWS", 1)
    np.testing.assert_array_equal(measure_groups(group, outcomes, 6), framed)


def test_a_figure_that_only_one_side_has_is_an_infinite_difference() -> None:
    nobody = Outcome(np.array([True, True]), np.array([False, False]))
    worst, n_figures = compare_with_people(np.array([0, 1]), [nobody], np.array([[0.5, np.nan]]))
    assert worst == np.inf
    assert n_figures == 1
