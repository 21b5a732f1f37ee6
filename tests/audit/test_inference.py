"""Tests and power against exact enumeration and published examples."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from scipy.stats import norm

from calibrate.audit.inference import (
    detectable_gap,
    detectable_ratio,
    fisher_midp,
    welch_test,
)
from calibrate.audit.metrics import compute_hedges_g
from calibrate.bands.guideline import false_discovery_rate


def exact_midp(x1: int, n1: int, x0: int, n0: int) -> Fraction:
    """The definition in whole numbers: no rounding, ties are ties."""
    counted = x1 + x0
    ways = {
        k: comb(n1, k) * comb(n0, counted - k)
        for k in range(max(0, counted - n0), min(n1, counted) + 1)
    }
    rarer = sum(way for way in ways.values() if way < ways[x1])
    same = sum(way for way in ways.values() if way == ways[x1])
    return (rarer + Fraction(same, 2)) / sum(ways.values())


def test_tea_tasting_counts_half_of_both_equally_likely_tables() -> None:
    # Tables 0..4 have 1, 16, 36, 16, 1 of 70 ways: (1 + 1 + (16 + 16)/2)/70.
    assert fisher_midp(3, 4, 1, 4) == pytest.approx(18 / 70, abs=1e-12)
    assert fisher_midp(4, 4, 0, 4) == pytest.approx(1 / 70, abs=1e-12)


@pytest.mark.parametrize(
    "table",
    [(26, 48, 206, 259), (0, 12, 9, 40), (12, 12, 3, 40), (7, 20, 14, 40), (1, 1, 3, 9)],
)
def test_midp_equals_the_definition_in_whole_numbers(table: tuple[int, int, int, int]) -> None:
    # Log-gammas of a few hundred carry about 13 digits.
    assert fisher_midp(*table) == pytest.approx(float(exact_midp(*table)), rel=1e-10)


def test_connecticut_v_teal_is_significant() -> None:
    # Supreme Court 1982: 26 of 48 black and 206 of 259 white candidates passed.
    assert pytest.approx(0.681, abs=5e-4) == (26 / 48) / (206 / 259)
    assert fisher_midp(26, 48, 206, 259) < 0.001


def test_swapping_the_sides_changes_no_p() -> None:
    assert fisher_midp(5, 31, 40, 90) == pytest.approx(fisher_midp(40, 90, 5, 31), rel=1e-10)


def test_large_tables_are_cut_far_beyond_anything_that_counts() -> None:
    # 100,000 counted of a million; the normal approximation is good to 1 % there.
    x1, n1, x0, n0 = 46_300, 460_000, 53_700, 540_000
    pooled = (x1 + x0) / (n1 + n0)
    z = (x1 / n1 - x0 / n0) / (pooled * (1 - pooled) * (1 / n1 + 1 / n0)) ** 0.5
    assert fisher_midp(x1, n1, x0, n0) == pytest.approx(2 * norm.sf(abs(z)), rel=0.01)


def test_a_table_without_alternative_says_nothing() -> None:
    assert fisher_midp(0, 5, 0, 9) == 0.5


def test_welch_agrees_with_r_on_the_sleep_data() -> None:
    # R, t.test(extra ~ group, data = sleep): p 0.07939, interval -3.3654832 to 0.2054832.
    one = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
    two = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
    gap = welch_test(one.mean(), one.var(ddof=1), 10, two.mean(), two.var(ddof=1), 10)
    assert gap.difference == pytest.approx(-1.58, abs=1e-12)
    assert gap.p_value == pytest.approx(0.07939, abs=5e-6)
    assert (gap.low, gap.high) == pytest.approx((-3.3654832, 0.2054832), abs=5e-8)


def test_welch_says_nothing_about_one_person_or_about_equal_scores() -> None:
    assert np.isnan(welch_test(1.0, float("nan"), 1, 2.0, 1.0, 9).p_value)
    assert np.isnan(welch_test(1.0, 0.0, 5, 2.0, 0.0, 9).p_value)


def test_hedges_g_agrees_with_borenstein() -> None:
    # Borenstein et al. (2009), Introduction to Meta-Analysis, chapter 4: g is 0.5924.
    gap = compute_hedges_g(3.0, 5.5**2, 50, 4.5**2, 50)
    assert gap.g == pytest.approx(0.5924, abs=1e-4)  # the book rounds J to four decimals
    # 100/2500 + 0.5924²/200 = 0.041755, and 1.959964 of its root on either side.
    assert gap.high - gap.g == pytest.approx(1.959964 * 0.041755**0.5, abs=1e-4)


def test_benjamini_and_hochberg_reject_four_of_their_fifteen() -> None:
    # Benjamini and Hochberg (1995), section 3.2.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240,
         0.4262, 0.5719, 0.6528, 0.7590, 1.0000]  # fmt: skip
    q = false_discovery_rate(np.array(p))
    assert int((q <= 0.05).sum()) == 4
    assert q[3] == pytest.approx(0.0095 * 15 / 4, abs=1e-12)


def power(ratio: float, rate0: float, n1: int, n0: int) -> float:
    rate1 = ratio * rate0
    pooled = (n1 * rate1 + n0 * rate0) / (n1 + n0)
    bound = norm.ppf(0.975) * (pooled * (1 - pooled) * (1 / n1 + 1 / n0)) ** 0.5
    spread = (rate1 * (1 - rate1) / n1 + rate0 * (1 - rate0) / n0) ** 0.5
    return float(norm.cdf((rate0 - rate1 - bound) / spread))


def test_the_detectable_ratio_has_a_power_of_eighty_percent() -> None:
    sizes = [(138, 162), (460, 540), (4600, 5400), (12, 300), (300, 40)]
    n1, n0 = (np.array(side) for side in zip(*sizes, strict=True))
    found = detectable_ratio(np.full(5, 0.3), n1, n0)
    for ratio, (one, other) in zip(found, sizes, strict=True):
        # Bisection leaves 1e-18 on the ratio; the power follows it.
        assert power(float(ratio), 0.3, one, other) == pytest.approx(0.8, abs=1e-9)


def test_the_detectable_ratio_of_an_adverse_share_lies_above_one_with_the_same_power() -> None:
    n1, n0 = np.array([460]), np.array([540])
    found = float(detectable_ratio(np.array([0.1]), n1, n0, is_adverse=True)[0])
    assert found > 1
    # The test is two-sided: seen from the other side it is the same gap.
    assert power(1 / found, 0.1 * found, 540, 460) == pytest.approx(0.8, abs=1e-9)


def test_where_not_even_one_would_be_found_there_is_no_adverse_ratio() -> None:
    tiny = np.array([3])
    assert np.isnan(detectable_ratio(np.array([0.9]), tiny, tiny, is_adverse=True)).all()


def test_the_figures_of_the_method_page_are_met() -> None:
    n = np.array([300, 1_000, 10_000])
    found = detectable_ratio(np.full(3, 0.1), n * 46 // 100, n * 54 // 100)
    assert found == pytest.approx([0.22, 0.53, 0.84], abs=5e-3)  # printed with two decimals


def test_where_not_even_zero_would_be_found_there_is_no_detectable_ratio() -> None:
    n1, n0 = np.array([12, 50]), np.array([40, 50])
    assert np.isnan(detectable_ratio(np.array([0.05, 0.0]), n1, n0)).all()


def test_the_detectable_gap_is_the_textbook_one() -> None:
    # (1.959964 + 0.841621) * sqrt(100/50 + 100/50)
    assert detectable_gap(100.0, 50, 100.0, 50) == pytest.approx(5.603170, abs=5e-6)
    assert np.isnan(detectable_gap(1.0, 1, 1.0, 50))
