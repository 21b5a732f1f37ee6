"""Next level: bars and verdicts by hand."""

from __future__ import annotations

import numpy as np
import pytest

from calibrate.align.next_level import find_bars, hold_to_bar


def verdict(scores: list[float], half: float = 5.0, n_criteria: int = 4) -> str:
    score = np.array([scores])
    found = hold_to_bar(score, np.where(np.isnan(score), np.nan, half), np.full_like(score, 75.0),
                        np.array([n_criteria]))  # fmt: skip
    return str(found.verdict[0])


def one(mark: float) -> np.ndarray:
    return np.array([mark])


def test_an_absolute_bar_is_the_next_level_seen_from_the_own() -> None:
    """Scale 1 to 5, expected 3 now and 3.5 next: 50 + 100 * 0.5 / 4 = 62.5. Marks count from 1."""
    bar = find_bars(one(2), one(2.5), one(4), one(1), is_absolute=True)
    assert bar.tolist() == [62.5]


def test_a_relative_bar_is_one_step_above_the_own_expectation() -> None:
    """Scale 1 to 5, expected 3, step 0.5: mark 3.5 is 62.5 points, whatever comes next."""
    bar = find_bars(one(2), one(np.nan), one(4), one(0.5), is_absolute=False)
    assert bar.tolist() == [62.5]


def test_no_bar_lies_above_the_scale() -> None:
    assert find_bars(one(4), one(4), one(4), one(1), is_absolute=False).tolist() == [100]


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        # The bar is 75 and half a width 5: 80 and more is at, below 70 is below.
        ([80, 80, 72, 72], "talk"),
        ([80, 72, 72, 72], "growing"),
        ([80, 80, 80, 60], "growing"),
        ([80, 80, 60, 60], "not_yet"),
        ([60, 60, 72, 72], "not_yet"),
        ([60, 72, 72, 72], "growing"),
        ([80, 80, np.nan, np.nan], "talk"),
        ([80, np.nan, np.nan, np.nan], "not_told"),
    ],
)
def test_verdict(scores: list[float], said: str) -> None:
    assert verdict(scores) == said


def test_an_interval_that_ends_on_the_bar_is_unclear_from_below_and_at_from_above() -> None:
    found = hold_to_bar(np.array([[70.0, 80.0]]), np.full((1, 2), 5.0), np.full((1, 2), 75.0),
                        np.array([2]))  # fmt: skip
    assert (found.n_unclear[0], found.n_at[0]) == (1, 1)


def test_nothing_holds_back_whoever_stands_at_every_bar() -> None:
    found = hold_to_bar(np.array([[80.0, 90], [74, 60]]), np.full((2, 2), 1.0),
                        np.full((2, 2), 75.0), np.array([2, 2]))  # fmt: skip
    assert found.holding_back.tolist() == [-1, 1]
