"""Agreement against the tables of the papers and against simulation with known truth."""

from __future__ import annotations

import numpy as np
import pytest

from calibrate.effects.agreement import agree_crossed, agree_once, find_alpha, intraclass

#: Shrout & Fleiss (1979), table 2: six people, four judges.
JUDGES = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float
)
_ = np.nan
#: Krippendorff (2011), example C: four observers, twelve units.
OBSERVERS = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
        [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
    ]
)
UNITS = np.tile(np.arange(12), 4)


@pytest.mark.parametrize(
    ("measure", "value", "low", "high"),
    [
        # Value: table 4 of the paper. Interval: R psych 2.3, ICC(sf), as its manual prints it.
        ("icc1", 0.17, -0.13, 0.72),
        ("icc2", 0.29, 0.02, 0.76),
        ("icc3", 0.71, 0.34, 0.95),
        ("icc1k", 0.44, -0.88, 0.91),
        ("icc2k", 0.62, 0.07, 0.93),
        ("icc3k", 0.91, 0.68, 0.99),
    ],
)
def test_the_six_correlations_are_those_of_shrout_and_fleiss(
    measure: str, value: float, low: float, high: float
) -> None:
    found = intraclass(JUDGES)[measure]
    assert (found.value, found.low, found.high) == pytest.approx((value, low, high), abs=0.005)
    assert found.n == 6


def test_forms_of_raters_of_their_own_give_the_first_correlation() -> None:
    once = agree_once(np.repeat(np.arange(6), 4), JUDGES.ravel())
    full = intraclass(JUDGES)
    for measure in ("icc1", "icc1k"):
        assert once[measure].value == pytest.approx(full[measure].value, abs=1e-12)
        assert once[measure].low == pytest.approx(full[measure].low, abs=1e-12)


def test_variances_of_a_balanced_table_give_the_crossed_correlations() -> None:
    # From the paper's mean squares: people 11.24, judges 32.49, rest 1.02.
    found = agree_crossed((11.24 - 1.02) / 4, (32.49 - 1.02) / 6, 1.02, 6, 4, 24)
    for measure, value in {"icc2": 0.29, "icc2k": 0.62, "icc3": 0.71, "icc3k": 0.91}.items():
        assert found[measure].value == pytest.approx(value, abs=0.005)
    # n - 1 and N - n - k + 1 are the degrees of freedom of the paper's own interval.
    assert (found["icc3"].low, found["icc3"].high) == pytest.approx((0.34, 0.95), abs=0.005)
    assert 0 < found["icc2"].low < 0.29 < found["icc2"].high < 1


def test_people_who_hardly_differ_leave_the_share_anywhere_between_nothing_and_all() -> None:
    found = agree_crossed(1e-9, 4.0, 9.0, 30, 30, 90)["icc2"]
    assert found.value == pytest.approx(1e-9 / 13)
    assert (found.low, found.high) == (0.0, 1.0)


@pytest.mark.parametrize(("is_ordinal", "value"), [(True, 0.815), (False, 0.849)])
def test_alpha_is_that_of_krippendorffs_example(is_ordinal: bool, value: float) -> None:
    rng = np.random.default_rng(1)
    found = find_alpha(UNITS, OBSERVERS.ravel(), is_ordinal=is_ordinal, rng=rng)
    assert found.value == pytest.approx(value, abs=0.0005)
    # The twelfth unit has one value and cannot be compared.
    assert found.n == 11
    assert found.low < value < found.high


def test_ordinal_alpha_sees_ranks_alone() -> None:
    stretched = OBSERVERS.ravel() ** 3
    rng = np.random.default_rng
    one = find_alpha(UNITS, OBSERVERS.ravel(), is_ordinal=True, rng=rng(1))
    assert find_alpha(UNITS, stretched, is_ordinal=True, rng=rng(1)) == one


def test_alpha_of_values_without_regard_to_the_unit_is_about_zero() -> None:
    rng = np.random.default_rng(7)
    unit = np.repeat(np.arange(2000), 3)
    found = find_alpha(unit, rng.normal(size=len(unit)), is_ordinal=False, rng=rng)
    # Its standard error with 2,000 units of 3 is about 0.013.
    assert found.value == pytest.approx(0, abs=0.04)
    assert found.low < 0 < found.high


@pytest.mark.parametrize("reliability", [0.2, 0.6])
def test_intervals_hold_the_truth_in_nineteen_of_twenty_samples(reliability: float) -> None:
    rng = np.random.default_rng(20261121)
    hits = {"icc1": 0, "alpha": 0}
    n_samples = 200
    for _sample in range(n_samples):
        n_forms = rng.integers(1, 7, 150)
        unit = np.repeat(np.arange(150), n_forms)
        value = np.sqrt(reliability) * rng.normal(size=150)[unit]
        value += np.sqrt(1 - reliability) * rng.normal(size=len(unit))
        once = agree_once(unit, value)["icc1"]
        alpha = find_alpha(unit, value, is_ordinal=False, rng=rng)
        hits["icc1"] += once.low <= reliability <= once.high
        hits["alpha"] += alpha.low <= reliability <= alpha.high
    # Nineteen of twenty, less three standard errors of 200 samples; the F interval is exact
    # with equal numbers of forms alone, the resampling one approximate.
    assert min(hits.values()) / n_samples > 0.95 - 3 * np.sqrt(0.05 * 0.95 / n_samples)


def test_marks_that_are_all_the_same_have_no_agreement_to_speak_of() -> None:
    unit, same = np.repeat(np.arange(5), 2), np.full(10, 50.0)
    assert np.isnan(find_alpha(unit, same, is_ordinal=True, rng=np.random.default_rng(1)).value)
    assert np.isnan(agree_once(unit, same)["icc1"].value)


def test_people_with_one_form_cannot_show_agreement() -> None:
    alone = np.arange(5)
    found = find_alpha(alone, alone.astype(float), is_ordinal=False, rng=np.random.default_rng(1))
    assert np.isnan(found.value)
    assert found.n == 0
    assert agree_once(alone, alone.astype(float))["icc1k"].n == 0


def test_a_table_with_a_gap_is_refused() -> None:
    with pytest.raises(ValueError, match="full table"):
        intraclass(np.array([[1.0, np.nan], [2.0, 3.0]]))


def test_people_who_differ_less_than_nothing_have_no_reliability_of_a_mean() -> None:
    """Every person has the mean 2: MSB = 0, so that ICC1 = -1/(k - 1), the pole of ICC1k."""
    found = intraclass(np.array([[1.0, 3.0], [3.0, 1.0], [1.0, 3.0]]))
    assert found["icc1"].value == pytest.approx(-1.0)
    assert np.isnan(found["icc1k"].value)
