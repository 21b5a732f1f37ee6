"""Odd distributions: exact values by hand, level under the null, planted managers found."""

import numpy as np
import pandas as pd
import pytest

from calibrate.bands import PatternEvidence, build_patterns
from calibrate.bands.guideline import measure_excess
from calibrate.bands.patterns import ALPHA, find_threshold
from calibrate.bands.patterns_draws import Company, compare_draws, count_tied_pairs
from calibrate.bands.patterns_shares import compare_share

LABELS = ("Low", "Below", "Meets", "Exceeds", "Top")


def make_evidence(
    band: list[int] | np.ndarray,
    manager: list[str],
    points: np.ndarray | None = None,
    level: list[str] | None = None,
    **other: object,
) -> PatternEvidence:
    values = {
        "band": np.asarray(band, np.int64),
        "labels": LABELS,
        "points": np.asarray(band, float) * 20 if points is None else points,
        "level": level or ["L1"] * len(band),
        "scopes": {"company": ["all"] * len(band), "manager": manager},
        "favourable": frozenset({3, 4}),
        "guideline": None,
        "seed": 1,
    }
    return PatternEvidence(**(values | other))  # type: ignore[arg-type]


def line(table: pd.DataFrame, scope_id: str, test: str) -> pd.Series:
    return table[(table["scope_id"] == scope_id) & (table["test"] == test)].iloc[0]


def test_share_in_one_stratum_is_the_hypergeometric_test() -> None:
    # 5 of 6 of the scope are counted, 7 of all 20. Ways: C(7,5) C(13,1) + C(7,6) = 273 + 7,
    # of C(20,6) = 38,760.
    scope = np.array([0] * 6 + [1] * 14)
    counted = np.array([True] * 5 + [False] + [True] * 2 + [False] * 12)
    found = compare_share(scope, np.zeros(20, np.int64), counted, 2)
    assert found.p_value[0] == pytest.approx(280 / 38_760, rel=1e-12)
    assert found.expected[0] == pytest.approx(2 / 14)
    # x >= 4 has 35 * C(13,2) = 2,730 ways more: 3,010 / 38,760 = 0.078, so 5 is critical at 0.05.
    # I_p(5, 2) = 6 p^5 - 5 p^6 is 0.8 at the share found with 80 % power.
    p = found.find_detectable(0.05)[0]
    assert 6 * p**5 - 5 * p**6 == pytest.approx(0.8)


def test_strata_add_up_by_their_convolution() -> None:
    # Two strata of 4 with 2 counted each; the scope has 2 of each: P(0, 1, 2) = 1/6, 4/6, 1/6.
    # All 4 counted: 1/36. At least 3: 1/36 + 2 * 4/36 = 9/36.
    scope = np.array([0, 0, 1, 1] * 2)
    stratum = np.repeat([0, 1], 4)
    all_four = np.array([True, True, False, False] * 2)
    three = np.array([True, True, False, False, True, False, True, False])
    assert compare_share(scope, stratum, all_four, 2).p_value[0] == pytest.approx(1 / 36)
    assert compare_share(scope, stratum, three, 2).p_value[0] == pytest.approx(9 / 36)


def test_people_of_a_level_that_nobody_else_has_are_left_out_of_the_comparison() -> None:
    scope, stratum = np.array([0, 0, 0, 1, 1]), np.array([0, 1, 1, 0, 0])
    found = compare_share(scope, stratum, np.array([True, True, True, False, True]), 2)
    assert found.n.tolist() == [1, 2]
    assert found.expected[0] == pytest.approx(1 / 2)


def test_share_test_agrees_with_scipys_hypergeometric_where_nobody_could_count() -> None:
    from scipy.stats import hypergeom

    scope = np.repeat([0, 1], [300, 2_700])
    counted = np.zeros(3_000, bool)
    counted[:120] = counted[300:1_200] = True
    found = compare_share(scope, np.zeros(3_000, np.int64), counted, 2)
    wanted = hypergeom.sf(119, 3_000, 1_020, 300)
    # Two routes through logarithms of factorials of 3,000 agree to nine digits.
    assert found.p_value[0] == pytest.approx(wanted, rel=1e-9)


def test_tied_pairs_by_hand() -> None:
    # 1 1 1 2 2 3: three pairs of ones and one of twos, of 15.
    assert count_tied_pairs(np.array([[3, 1, 2, 1, 2, 1]])) == pytest.approx([4 / 15])


def test_ties_of_two_people_have_the_probability_by_hand() -> None:
    # Ten people in five pairs of equal scores: the second is equal to the first in 1 of 9.
    company, place = Company.build(
        np.repeat([1.0, 2, 3, 4, 5], 2), np.zeros(10, np.int64), np.random.default_rng(1)
    )
    ties, _ = compare_draws(company, place[:2], np.random.default_rng(3))
    # 300 draws at first: three standard errors of 1/9 are 0.054.
    assert ties.value == 1
    assert ties.p_value == pytest.approx(1 / 9, abs=0.054)
    assert ties.expected == pytest.approx(1 / 9, abs=0.054)


def test_nobody_is_drawn_twice_and_levels_keep_their_numbers() -> None:
    company, _ = Company.build(
        np.arange(30.0), np.repeat([0, 1], [10, 20]), np.random.default_rng(1)
    )
    for draws in (2, 50):  # one shuffle holds two rows; fifty need many
        rows = company.draw([4, 3], draws, np.random.default_rng(1))
        assert rows.shape == (draws, 7)
        assert all(len(set(row)) == 7 and sum(p < 10 for p in row) == 4 for row in rows.tolist())


def test_excess_is_the_larger_of_what_has_no_place_and_what_misses() -> None:
    # 30 % in the top where 10 % may be: 20 % too many. 0 % where 5 % should: 5 % miss.
    ranges = [(0.05, 1.0), None, (0.0, 0.10)]
    assert measure_excess(np.array([[0.0, 0.7, 0.3]]), ranges) == pytest.approx([0.2])


def test_threshold_is_that_of_a_further_line() -> None:
    # BH over four: 0.01 and 0.02 lie below 0.0125 and 0.025; a third needs 0.05 * 2 / 4 at least.
    assert find_threshold(np.array([0.01, 0.02, 0.5, 0.9])) == pytest.approx(0.025)
    assert find_threshold(np.array([0.5, 0.9])) == pytest.approx(0.025)


def draw_company(seed: int, n_managers: int = 40, n: int = 10) -> tuple[np.ndarray, list[str]]:
    rng = np.random.default_rng(seed)
    points = rng.normal(55, 15, n_managers * n).round(1)
    return points, [f"M{j:02d}" for j in range(n_managers) for _ in range(n)]


def cut(points: np.ndarray) -> np.ndarray:
    return np.searchsorted([30, 45, 65, 85], points, side="right")


def test_planted_compressed_manager_is_found_and_named() -> None:
    points, managers = draw_company(5)
    points[:10] = 55 + np.tile([-0.1, 0.1], 5)
    table = build_patterns(make_evidence(cut(points), managers, points))
    for test in ("compression", "ties", "spread"):
        assert line(table, "M00", test)["verdict"] == "beyond", test
    others = table[(table["scope"] == "manager") & (table["scope_id"] != "M00")]
    assert not (others["verdict"] == "beyond").any()


def test_planted_generous_and_strict_managers_are_found() -> None:
    points, managers = draw_company(6)
    points[:10] += 40
    points[10:20] -= 40
    table = build_patterns(make_evidence(cut(points), managers, points))
    assert line(table, "M00", "inflation")["verdict"] == "beyond"
    assert line(table, "M01", "deflation")["verdict"] == "beyond"
    assert line(table, "M00", "spread")["verdict"] == "inconclusive"


def test_level_that_scores_lower_makes_no_manager_of_it_stand_out() -> None:
    """Juniors stand 30 points lower everywhere; half of the managers have juniors alone."""
    points, managers = draw_company(7)
    level = ["junior" if int(name[1:]) < 20 else "senior" for name in managers]
    points = points - 30 * (np.array(level) == "junior")
    unaware = build_patterns(make_evidence(cut(points), managers, points))
    aware = build_patterns(make_evidence(cut(points), managers, points, level))
    assert (unaware["verdict"] == "beyond").sum() > 5
    assert not (aware["verdict"] == "beyond").any()


def test_honest_managers_are_named_in_at_most_one_company_in_twenty() -> None:
    """No manager differs: each test of a family errs in 5 % of the companies at most."""
    n_companies, named, below = 40, dict.fromkeys(("inflation", "ties", "spread"), 0), []
    for seed in range(n_companies):
        points, managers = draw_company(100 + seed, n_managers=15, n=8)
        points = (points / 5).round() * 5
        table = build_patterns(make_evidence(cut(points), managers, points))
        for test in named:
            own = table[(table["scope"] == "manager") & (table["test"] == test)]
            named[test] += bool((own["q_value"] <= ALPHA).any())
            below += (own["p_value"].astype(float) <= 0.05).tolist()
    # Binomial, 40 companies at 5 %: more than 6 has a probability of 0.3 %.
    assert max(named.values()) <= 6
    # 1,800 tests at 5 % or less: three standard errors are 1.5 %.
    assert 0.02 <= np.mean(below) <= 0.065


def test_the_company_is_held_against_the_guideline_alone() -> None:
    band = [2] * 40 + [4] * 20
    evidence = make_evidence(band, ["M"] * 60, guideline={"Top": (0.05, 0.10)})
    table = build_patterns(evidence).set_index(["scope", "test"])
    assert table.loc[("company", "guideline"), "verdict"] == "beyond"
    # 20 of 60 where 6 may be.
    assert table.loc[("company", "guideline"), "value"] == pytest.approx(14 / 60)
    assert table.loc[("company", "inflation"), "verdict"] == "not_computable"


def test_guideline_of_five_people_and_share_of_four_are_too_few() -> None:
    band, managers = [4] * 4 + [2] * 5 + [2] * 20, ["A"] * 4 + ["B"] * 5 + ["C"] * 20
    table = build_patterns(make_evidence(band, managers, guideline={"Top": (0.0, 0.1)}))
    assert line(table, "A", "inflation")["verdict"] == "too_few"
    assert pd.isna(line(table, "A", "inflation")["p_value"])
    assert line(table, "B", "inflation")["verdict"] == "inconclusive"
    assert line(table, "B", "guideline")["verdict"] == "too_few"


def test_five_people_say_that_nothing_could_have_been_found() -> None:
    # Half of the company is favourable: all 5 of 5 has p = 1/32 or so, never 0.05/8.
    managers = [f"M{j}" for j in range(8) for _ in range(5)]
    table = build_patterns(make_evidence([2, 4] * 20, managers))
    assert table.loc[table["test"] == "inflation", "detectable"].isna().all()


def test_people_without_a_band_or_manager_are_left_out() -> None:
    band, managers = [2] * 10 + [-1] * 3 + [4] * 10, ["A"] * 13 + [""] * 10
    table = build_patterns(make_evidence(band, managers))
    own = table[table["scope"] == "manager"]
    assert set(own["scope_id"]) == {"A"}
    assert own["n"].tolist() == [10] * len(own)
    # The others count as the rest of the company: nobody of A is favourable, all of them are.
    assert line(own, "A", "inflation")["expected"] == pytest.approx(1.0)


def test_same_scores_everywhere_give_no_spread_to_test() -> None:
    table = build_patterns(make_evidence([2] * 20, ["A"] * 10 + ["B"] * 10))
    assert set(table.loc[table["test"] == "spread", "verdict"]) == {"not_computable"}
    assert not (table["verdict"] == "beyond").any()


def test_two_bands_have_no_middle() -> None:
    evidence = make_evidence(
        [0, 1] * 10, ["A"] * 10 + ["B"] * 10, labels=("Low", "High"), favourable=frozenset({1})
    )
    table = build_patterns(evidence)
    assert set(table.loc[table["test"] == "compression", "verdict"]) == {"not_computable"}
    assert line(table, "A", "inflation")["value"] == pytest.approx(0.5)


def test_figures_do_not_depend_on_the_order_of_the_rows() -> None:
    points, managers = draw_company(9, n_managers=6)
    order = np.random.default_rng(1).permutation(len(points))
    first = build_patterns(make_evidence(cut(points), managers, points))
    moved = points[order]
    second = build_patterns(make_evidence(cut(moved), [managers[k] for k in order], moved))
    exact = ~first["test"].isin(["ties", "spread"])
    pd.testing.assert_frame_equal(first[exact], second[exact])
