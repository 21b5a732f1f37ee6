"""Means of groups: Student's interval by hand, and groups that say nothing."""

from __future__ import annotations

import numpy as np
import pytest

from calibrate.align.group_means import average_alike, average_groups, judge_side

#: Quantiles of a printed table of Student's t, rounded there to three decimals.
T2, T4 = 2.920, 2.132


def test_the_interval_of_a_group_is_students() -> None:
    """1, 2, 3: mean 2, s = 1, half = t(2) / sqrt(3)."""
    means = average_groups(np.array([1.0, 2, 3]), np.zeros(3, np.int64), 1)
    # The table has three decimals.
    assert means.high[0] - means.mean[0] == pytest.approx(T2 / 3**0.5, abs=5e-4)
    assert means.mean[0] - means.low[0] == pytest.approx(T2 / 3**0.5, abs=5e-4)


def test_two_people_and_people_who_agree_have_a_mean_and_no_interval() -> None:
    values, group = np.array([1.0, 5, 7, 7, 7, 7]), np.array([0, 0, 1, 1, 1, 1])
    means = average_groups(values, group, 3)
    assert means.n.tolist() == [2, 4, 0]
    assert means.mean[:2].tolist() == [3, 7]
    assert np.isnan(means.low).all()
    assert np.isnan(means.mean[2])


def test_values_without_group_or_figure_are_left_out() -> None:
    means = average_groups(np.array([1.0, np.nan, 9]), np.array([0, 0, -1]), 1)
    assert (means.n[0], means.mean[0]) == (1, 1)


def test_groups_of_one_spread_share_it() -> None:
    """1, 2, 3 and 7, 7, 7: squares 2 over 6 - 2 degrees, s = sqrt(0.5), half = t(4) s / sqrt(3)."""
    group = np.repeat([0, 1], 3)
    means = average_alike(np.array([1.0, 2, 3, 7, 7, 7]), group, 2)
    half = T4 * 0.5**0.5 / 3**0.5
    assert (means.high - means.mean).tolist() == pytest.approx([half, half], abs=5e-4)


def test_a_shared_spread_needs_people_beside_others_in_their_groups() -> None:
    alone = average_alike(np.arange(5.0), np.arange(5), 5)
    assert np.isnan(alone.low).all()
    equal = average_alike(np.full(8, 3.0), np.repeat([0, 1], 4), 2)
    assert np.isnan(equal.low).all()


def test_intervals_of_groups_hold_the_mean_as_often_as_they_say() -> None:
    rng = np.random.default_rng(7)
    group = np.repeat(np.arange(4000), 5)
    means = average_groups(rng.normal(size=20_000), group, 4000, 0.90)
    held = ((means.low <= 0) & (means.high >= 0)).mean()
    # 4000 draws of 0.9: standard error 0.0047, three of them.
    assert held == pytest.approx(0.90, abs=0.0142)


def test_an_interval_that_touches_zero_lies_on_no_side() -> None:
    verdict = judge_side(np.array([0.0, -1.0]), np.array([1.0, 0.0]), "below", "above", "about")
    assert verdict.tolist() == ["about", "about"]
