"""Criteria given the total, against R, by hand and against a known truth."""

from __future__ import annotations

import numpy as np
import pytest

from calibrate.audit.origins.criteria import (
    cut_strata,
    grade_difference,
    grade_odds_ratio,
    mantel_test,
)

STRATUM = np.array([0] * 6 + [1] * 5 + [2] * 7)
GROUP = np.array([1, 1, 0, 0, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0, 0, 0, 0], dtype=bool)
MARK = np.array([1, 2, 2, 3, 3, 2, 2, 3, 4, 3, 3, 3, 3, 4, 4, 5, 4, 5], dtype=float)
#: Admitted and refused women and men of Berkeley's six departments, 1973 (R's UCBAdmissions).
BERKELEY = (
    (89, 19, 512, 313), (17, 8, 353, 207), (202, 391, 120, 205),
    (131, 244, 138, 279), (94, 299, 53, 138), (24, 317, 22, 351),
)  # fmt: skip


def berkeley() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    cells = [
        (department, is_woman, is_admitted, n)
        for department, counts in enumerate(BERKELEY)
        for (is_woman, is_admitted), n in zip(
            ((True, 1.0), (True, 0.0), (False, 1.0), (False, 0.0)), counts, strict=True
        )
    ]  # fmt: skip
    columns = [np.repeat([cell[at] for cell in cells], [c[3] for c in cells]) for at in range(3)]
    return columns[2].astype(float), columns[1].astype(bool), columns[0].astype(np.int64)


def test_gap_and_test_of_marks_equal_rs_deals_within_strata() -> None:
    found = mantel_test(MARK, GROUP, STRATUM)
    # tests/reference/origins.txt prints 12 digits.
    assert found.gap == pytest.approx(-1.02083333333, abs=1e-10)
    assert found.p_value == pytest.approx(0.00519602805324, rel=1e-9)


def test_admissions_of_berkeley_give_the_published_odds_ratio() -> None:
    found = mantel_test(*berkeley(), is_share=True)
    assert 1 / found.odds_ratio.value == pytest.approx(0.9046968, abs=1e-7)
    # Digits of tests/reference/origins.txt.
    assert found.odds_ratio.low == pytest.approx(0.943102828516, rel=1e-9)
    assert found.odds_ratio.high == pytest.approx(1.29549224368, rel=1e-9)
    assert found.p_value == pytest.approx(0.216923697056, rel=1e-9)
    assert found.gap == pytest.approx(0.00108779005323, rel=1e-8)


def test_strata_of_one_group_alone_change_nothing() -> None:
    more = [np.concatenate([column, extra]) for column, extra in (
        (MARK, np.array([1.0, 5.0])), (GROUP, np.array([True, True])), (STRATUM, np.array([3, 3])),
    )]  # fmt: skip
    assert mantel_test(*more) == mantel_test(MARK, GROUP, STRATUM)


def test_equal_marks_test_nothing() -> None:
    found = mantel_test(np.ones(18), GROUP, STRATUM)
    assert found.gap == 0
    assert np.isnan(found.p_value)


def test_everybody_a_cluster_of_their_own_has_nearly_the_independent_error() -> None:
    rng = np.random.default_rng(5)
    group = rng.random(4_000) < 0.4
    stratum = rng.integers(0, 20, 4_000)
    x = rng.normal(size=4_000) + stratum
    found = mantel_test(x, group, stratum, np.arange(4_000))
    # Squares of 4,000 residuals vary by about 2 % around their mean.
    assert found.inflation == pytest.approx(1, abs=0.05)


def test_people_of_one_manager_who_hang_together_widen_the_error() -> None:
    rng = np.random.default_rng(6)
    team = np.repeat(np.arange(200), 10)
    # The group sits in whole teams, and half of the variance is the team's.
    group = np.repeat(rng.random(200) < 0.5, 10)
    x = np.repeat(rng.normal(size=200), 10) + rng.normal(size=2_000)
    found = mantel_test(x, group, np.zeros(2_000, np.int64), team)
    # Design effect 1 + 9 × 0.5 = 5.5; 200 teams tell a root of it to about 5 %, three of those.
    assert found.inflation == pytest.approx(5.5**0.5, rel=0.15)
    assert found.p_clustered > found.p_value


def test_classes_follow_the_bounds_of_educational_testing() -> None:
    assert grade_difference(1.70, 10, 0.001) == "A"
    assert grade_difference(-1.71, 10, 0.001) == "B"
    assert grade_difference(2.50, 10, 0.001) == "B"
    assert grade_difference(-2.51, 10, 0.001) == "C"
    assert grade_difference(9.0, 10, 0.05) == "A"
    # Delta −2.35 ln(0.53) = 1.49 is below 1.5; ln(0.52) gives 1.54.
    assert grade_odds_ratio(0.53, 0.01, 0.001) == "B"
    assert grade_odds_ratio(0.52, 0.01, 0.001) == "C"
    # 1.54 − 1 = 0.54 must exceed 1.645 × 2.35 × error: it does not with an error of 0.15.
    assert grade_odds_ratio(0.52, 0.15, 0.001) == "B"
    assert grade_odds_ratio(0.66, 0.01, 0.001) == "A"
    assert grade_odds_ratio(1 / 0.52, 0.01, 0.001) == "C"


def test_equal_totals_share_a_stratum() -> None:
    total = np.repeat([1.0, 2.0, 3.0], [50, 5, 45])
    strata = cut_strata(total)
    assert [len(np.unique(strata[total == value])) for value in (1.0, 2.0, 3.0)] == [1, 1, 1]


def test_a_small_group_with_a_lower_total_has_no_gap_of_its_own_on_a_criterion() -> None:
    rng = np.random.default_rng(8)
    n_found, gaps = 0, []
    for _ in range(400):
        group = np.arange(53) < 17
        person = rng.normal(60, 10, 53) - 8 * group
        marks = person[:, None] + rng.normal(0, 7, (53, 5))
        found = mantel_test(marks[:, 0], group, cut_strata(marks.mean(axis=1)))
        n_found += found.p_value < 0.05
        gaps.append(found.gap)
    # 5 % of 400 are 20, with a standard deviation of 4.4; a tenth of the gap of the total may stay.
    assert n_found <= 33
    assert abs(np.mean(gaps)) < 0.8


@pytest.mark.parametrize(("planted", "share"), [(0.0, (0.0, 0.15)), (-8.0, (0.95, 1.0))])
def test_a_gap_in_the_total_is_none_in_a_criterion_and_a_planted_one_is_found(
    planted: float, share: tuple[float, float]
) -> None:
    # The group is 10 points lower on all criteria alike; one criterion has a gap of its own.
    rng = np.random.default_rng(7)
    n_low = 0
    for _ in range(60):
        group = np.arange(600) % 3 == 0
        person = rng.normal(60, 10, 600) - 10 * group
        marks = person[:, None] + rng.normal(0, 8, (600, 6))
        marks[:, 0] += planted * group
        found = mantel_test(marks[:, 0], group, cut_strata(marks.mean(axis=1)))
        n_low += found.p_value < 0.05
    # Of 60 audits 5 % are 3; strata of 20 people leave a little of the total's gap. 9 is 15 %.
    assert share[0] <= n_low / 60 <= share[1]
