"""Check-ins, feedback and rewards by group: figures by hand, planted gaps, and what is hidden."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from scipy.stats import binomtest, false_discovery_control, hypergeom, ttest_ind

from calibrate.audit import (
    AttributeTable,
    AuditResult,
    AuditSettings,
    Background,
    FormEvidence,
    Population,
    PracticeEvidence,
    audit_population,
)
from calibrate.tables import PRACTICE

MakePeople = Callable[..., tuple[Population, AttributeTable]]
MakeSettings = Callable[..., AuditSettings]
People = tuple[Population, AttributeTable]

COUNTED = [c.name for c in PRACTICE.columns if c.kind in ("integer", "number")]


def give(people: People, **given: object) -> People:
    """The same people, with these check-ins, feedback and rewards."""
    population, attributes = people
    n = len(population.employee_ids)
    none, empty = np.empty(0), np.empty(0, np.int64)
    forms = FormEvidence(
        empty, empty, np.empty(0, object), none, none, np.empty(0, bool), (), np.empty((0, 0)),
        empty,
    )  # fmt: skip
    blank: dict[str, object] = {
        "months": np.full(n, 6.0), "n_checkins": None, "has_feedback": None,
        "has_recognition": None, "merit_percent": np.full(n, np.nan),
        "bonus_percent": np.full(n, np.nan), "promoted": np.full(n, -1),
    }  # fmt: skip
    background = Background(
        strata={}, controls=(), manager_ids=(), link=np.full(n, "unlinked", object),
        n_forms=np.ones(n, np.int64), adjusted=np.full(n, 50.0),
        probabilities=np.full((n, 3), np.nan), forms=forms, is_fitted=False,
        practice=PracticeEvidence(**(blank | given)),  # type: ignore[arg-type]
    )  # fmt: skip
    return replace(population, background=background), attributes


def count_first(groups: Mapping[tuple[int, int], int], n: int) -> np.ndarray:
    """True for the first so many people of each (first place, last place)."""
    flags = np.zeros(n, bool)
    for (first, _), counted in groups.items():
        flags[first : first + counted] = True
    return flags


def pick(result: AuditResult, measure: str, group: str, stage: str = "people") -> pd.Series:
    table = result.tables["practice"]
    chosen = (table["measure"] == measure) & (table["group"] == group) & (table["stage"] == stage)
    (row,) = table[chosen].to_dict("records")
    return pd.Series(row)


@pytest.fixture
def people(make_people: MakePeople) -> People:
    """Women 10 below, 20 meet, 10 exceed; men 10, 40 and 30: places 0 to 39 and 40 to 119."""
    return make_people({("women",): (10, 20, 10), ("men",): (10, 40, 30)})


def test_share_by_hand(people: People, make_settings: MakeSettings) -> None:
    """20 of 40 women and 60 of 80 men were given feedback: 0.50 / 0.75 = 0.67."""
    flags = count_first({(0, 40): 20, (40, 120): 60}, 120)
    row = pick(audit_population(*give(people, has_feedback=flags), make_settings()),
               "feedback_share", "women")  # fmt: skip
    assert (row["n"], row["n_yes"], row["n_reference"], row["n_yes_reference"]) == (40, 20, 80, 60)
    assert (row["rate"], row["rate_reference"], row["difference"]) == (0.5, 0.75, -0.25)
    assert row["ratio"] == pytest.approx(2 / 3)
    # Mid-p of the hypergeometric: tables less likely, and half of those as likely.
    table = hypergeom(120, 80, 40)
    chances = table.pmf(np.arange(41))
    seen = chances[20]
    same = np.isclose(chances, seen, rtol=1e-7)
    mid_p = chances[(chances < seen) & ~same].sum() + chances[same].sum() / 2
    assert row["p_value"] == pytest.approx(mid_p)
    # Newcombe's method 10, from Wilson's intervals of 20/40 and 60/80.
    w1, w0 = (binomtest(*x).proportion_ci(method="wilson") for x in ((20, 40), (60, 80)))
    low = -0.25 - ((0.5 - w1.low) ** 2 + (w0.high - 0.75) ** 2) ** 0.5
    high = -0.25 + ((w1.high - 0.5) ** 2 + (0.75 - w0.low) ** 2) ** 0.5
    assert (row["low"], row["high"]) == pytest.approx((low, high))
    assert row["family"] == "practice"


def test_means_are_compared_by_welch(people: People, make_settings: MakeSettings) -> None:
    bonus = np.random.default_rng(1).normal(8, np.repeat([1.0, 3.0], [40, 80]))
    bonus[5], bonus[50] = np.nan, np.nan
    row = pick(audit_population(*give(people, bonus_percent=bonus), make_settings()),
               "bonus_percent", "women")  # fmt: skip
    women, men = bonus[:40], bonus[40:]
    women, men = women[~np.isnan(women)], men[~np.isnan(men)]
    expected = ttest_ind(women, men, equal_var=False)
    ends = expected.confidence_interval()
    assert (row["n"], row["n_reference"]) == (39, 79)
    assert row["difference"] == pytest.approx(women.mean() - men.mean())
    assert row["p_value"] == pytest.approx(expected.pvalue)
    assert (row["low"], row["high"]) == pytest.approx((ends.low, ends.high))
    assert pd.isna(row["n_yes"])
    assert pd.isna(row["ratio"])


def test_checkins_a_month_are_of_people_who_were_there_for_a_month(
    people: People, make_settings: MakeSettings
) -> None:
    """Women: 38 people with 6 in 6 months, 1 with 1 in 2 months; the one with half a month out."""
    n, months = np.full(120, 12), np.full(120, 6.0)
    n[:40] = 6
    n[0], months[0] = 1, 2.0
    n[1], months[1] = 4, 0.5
    given = give(people, n_checkins=n, months=months)
    result = audit_population(*given, make_settings())
    row = pick(result, "checkins_per_month", "women")
    assert (row["n"], row["rate_reference"]) == (39, 2.0)
    assert row["rate"] == pytest.approx((38 * 1.0 + 0.5) / 39)
    assert any("less than a month" in note for note in result.notes)


def test_without_dates_there_is_no_rate_and_everybody_counts(
    people: People, make_settings: MakeSettings
) -> None:
    given = give(people, n_checkins=np.arange(120) % 2, months=np.full(120, np.nan))
    table = audit_population(*given, make_settings()).tables["practice"]
    assert table["measure"].tolist() == ["checkin_share"]
    assert table["n"].tolist() == [40]


def test_who_has_no_manager_can_have_no_checkin(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    manager = [-1, *[0] * 39, *[1] * 80]
    people = make_people({("women",): (10, 20, 10), ("men",): (10, 40, 30)}, manager=manager)
    given = give(people, n_checkins=np.ones(120, np.int64), has_feedback=np.arange(120) % 2 > 0)
    result = audit_population(*given, make_settings())
    assert pick(result, "checkin_share", "women")["n"] == 39
    assert pick(result, "feedback_share", "women")["n"] == 40


def test_promotions_in_bands_are_those_of_mantel_and_haenszel(
    people: People, make_settings: MakeSettings
) -> None:
    """Below: nobody. Meet: 2 of 20 and 8 of 40. Exceed: 4 of 10 and 15 of 30."""
    promoted = count_first({(10, 30): 2, (30, 40): 4, (50, 90): 8, (90, 120): 15}, 120)
    row = pick(audit_population(*give(people, promoted=promoted.astype(int)), make_settings()),
               "promoted_share", "women", "raw")  # fmt: skip
    assert (row["n"], row["n_yes"], row["n_reference"], row["n_yes_reference"]) == (40, 6, 80, 23)
    # Weights n1 n0 / n of the bands: 10*10/20 = 5, 20*40/60 = 40/3, 10*30/40 = 7.5.
    weights = np.array([5, 40 / 3, 7.5])
    rate = (weights * [0, 0.1, 0.4]).sum() / weights.sum()
    rate0 = (weights * [0, 0.2, 0.5]).sum() / weights.sum()
    assert (row["rate"], row["rate_reference"]) == pytest.approx((rate, rate0))
    # Mantel and Haenszel: sum of a m0 / n over sum of c m1 / n.
    ratio = (2 * 40 / 60 + 4 * 30 / 40) / (8 * 20 / 60 + 15 * 10 / 40)
    assert row["ratio"] == pytest.approx(ratio)


def test_bands_without_both_groups_say_nothing(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("women",): (20, 15, 0), ("men",): (0, 15, 40)})
    merit = np.r_[np.zeros(20), np.full(15, 1.0), np.full(15, 3.0), np.full(40, 9.0)]
    merit += np.random.default_rng(0).normal(0, 0.5, 90)
    row = pick(audit_population(*give(people, merit_percent=merit), make_settings()),
               "merit_percent", "women", "raw")  # fmt: skip
    assert (row["n"], row["n_reference"]) == (15, 15)
    assert row["difference"] == pytest.approx(merit[20:35].mean() - merit[35:50].mean())


@pytest.fixture
def many(make_people: MakePeople) -> People:
    """Women stand lower: 100, 80 and 20; men 30, 80 and 90. Forty managers of ten people."""
    manager = [place % 40 for place in range(400)]
    return make_people({("women",): (100, 80, 20), ("men",): (30, 80, 90)}, manager=manager)


def test_gap_that_runs_through_the_bands_vanishes_within_them(
    many: People, make_settings: MakeSettings
) -> None:
    """Rewards are 1, 3 and 6 percent by band, and noise of 0.3: nothing by group."""
    band = many[0].bands["raw"]
    merit = np.array([1.0, 3.0, 6.0])[band] + np.random.default_rng(3).normal(0, 0.3, 400)
    result = audit_population(*give(many, merit_percent=merit), make_settings())
    plain, within = (pick(result, "merit_percent", "women", s) for s in ("people", "raw"))
    # Means by hand: women (100 + 240 + 120) / 200 = 2.3, men (30 + 240 + 540) / 200 = 4.05.
    assert plain["difference"] == pytest.approx(-1.75, abs=0.1)  # noise: 0.3 times 0.1
    assert plain["verdict"] == "beyond"
    assert within["difference"] == pytest.approx(0, abs=0.1)  # three of its errors of 0.03
    assert within["verdict"] in ("within", "inconclusive")
    found = result.findings[result.findings["kind"] == "practice"]
    assert found["finding_id"].tolist() == ["practice:people:merit_percent:gender:women"]
    assert "With the same band" in found["evidence"].iloc[0]
    assert (found["level"] == "look").all()


def test_planted_gap_within_bands_is_found(many: People, make_settings: MakeSettings) -> None:
    """Women of every band get 0.5 less: noise of 0.3 over 200 people cannot hide that."""
    band = many[0].bands["raw"]
    merit = np.array([1.0, 3.0, 6.0])[band] + np.random.default_rng(4).normal(0, 0.3, 400)
    merit[:200] -= 0.5
    result = audit_population(*give(many, merit_percent=merit), make_settings())
    within = pick(result, "merit_percent", "women", "raw")
    assert within["difference"] == pytest.approx(-0.5, abs=0.1)  # three of its errors of 0.03
    assert within["verdict"] == "beyond"
    found = result.findings.set_index("finding_id")
    headline = found.loc["practice:raw:merit_percent:gender:women", "headline"]
    assert "with the same band the merit increase of the group 'women' is lower" in headline


def test_all_lines_are_one_family_and_change_no_verdict(
    many: People, make_settings: MakeSettings
) -> None:
    rng = np.random.default_rng(5)
    given = give(
        many, merit_percent=rng.normal(3, 1, 400), promoted=(rng.random(400) < 0.2).astype(int),
        has_feedback=rng.random(400) < 0.6, n_checkins=rng.poisson(4, 400),
    )  # fmt: skip
    plain = audit_population(*many, make_settings())
    result = audit_population(*given, make_settings())
    pd.testing.assert_frame_equal(plain.disparities, result.disparities)
    table = result.tables["practice"]
    tested = table[table["q_value"].notna()]
    larger = tested[["p_value", "p_clustered"]].astype(float).max(axis=1)
    assert len(tested) == 7  # two of check-ins, one of feedback, two rewards twice
    # 12 digits are kept of a figure.
    np.testing.assert_allclose(
        tested["q_value"].astype(float), false_discovery_control(larger), rtol=1e-9
    )


def test_without_files_the_table_is_empty(people: People, make_settings: MakeSettings) -> None:
    for asked in (people, give(people)):
        assert audit_population(*asked, make_settings()).tables["practice"].empty


def test_nobody_of_the_reference_counted_is_no_ratio(
    people: People, make_settings: MakeSettings
) -> None:
    flags = np.arange(120) < 20
    row = pick(audit_population(*give(people, has_feedback=flags), make_settings()),
               "feedback_share", "women")  # fmt: skip
    assert row["verdict"] == "not_computable"
    assert (row["n_yes"], row["n_yes_reference"]) == (20, 0)


#: Group x is small; "not stated" has to be hidden with it in the view that is handed on.
WITH_SMALL = {("f",): (10, 20, 10), ("m",): (10, 30, 10), ("x",): (1, 1, 1), ("",): (5, 5, 4)}


@pytest.fixture
def small(make_people: MakePeople) -> People:
    rng, n = np.random.default_rng(6), 107
    return give(
        make_people(WITH_SMALL), merit_percent=rng.normal(3, 1, n),
        promoted=(rng.random(n) < 0.3).astype(int), has_feedback=rng.random(n) < 0.5,
        has_recognition=rng.random(n) < 0.4, n_checkins=rng.poisson(2, n),
        bonus_percent=rng.normal(9, 2, n),
    )  # fmt: skip


def test_hidden_groups_show_no_figure_in_either_view(
    small: People, make_settings: MakeSettings
) -> None:
    for earlier, hidden in ((None, {"x"}), ((), {"x", "not stated"})):
        result = audit_population(*small, make_settings(), earlier=earlier)
        table = result.tables["practice"]
        gone = table[table["group"].isin(hidden)]
        assert len(gone)
        assert gone[COUNTED].isna().all(axis=None)
        assert gone["suppressed"].all()
        assert set(gone["verdict"]) == {"too_few"}
        assert not table.loc[~table["group"].isin(hidden), "suppressed"].any()
        assert not result.findings["scope_id"].isin([f"gender: {g}" for g in hidden]).any()


def attack(table: pd.DataFrame, measure: str, totals: tuple[int, int]) -> dict[str, float]:
    """Most people each hidden group may have of a measure; 0 if one number alone is possible.

    Written anew from the published rows: n and n_yes of each group, and of all.
    """
    rows = table[(table["measure"] == measure) & (table["stage"] == "people")]
    groups = [*rows["group"], rows["reference"].iloc[0]]
    known = {str(r["group"]): (r["n"], r["n_yes"]) for _, r in rows.iterrows()}
    shown = rows[rows["n"].notna()]
    if len(shown):
        one = shown.iloc[0]
        known[groups[-1]] = (one["n_reference"], one["n_yes_reference"])
    equal, right = [np.ones(len(groups))], [totals[0]]
    equal_yes, right_yes = [np.ones(len(groups))], [totals[1]]
    for at, group in enumerate(groups):
        n, yes = known.get(group, (pd.NA, pd.NA))
        if not pd.isna(n):
            equal.append(np.eye(len(groups))[at])
            right.append(n)
            equal_yes.append(np.eye(len(groups))[at])
            right_yes.append(yes)
    found = {}
    for at in np.flatnonzero([pd.isna(known.get(g, (pd.NA,))[0]) for g in groups]):
        ends = []
        for matrix, sums in ((equal, right), (equal_yes, right_yes)):
            goal = np.eye(len(groups))[at]
            low = linprog(goal, A_eq=np.array(matrix), b_eq=np.array(sums, float)).fun
            high = -linprog(-goal, A_eq=np.array(matrix), b_eq=np.array(sums, float)).fun
            ends.append(high if high - low > 0.5 else 0.0)
        # Nobody counted of all hidden ones is an exact count, too, but tells of nobody.
        found[groups[at]] = ends[0] if ends[1] > 0 or totals[1] == sum(right_yes[1:]) else 0.0
    return found


@pytest.mark.parametrize("seed", range(6))
def test_no_count_of_a_hidden_group_follows_from_those_that_are_handed_on(
    seed: int, make_people: MakePeople, make_settings: MakeSettings
) -> None:
    """Rewards of some people alone: a group large enough on the whole may have few of them."""
    rng, n = np.random.default_rng(seed), 107
    promoted = np.where(rng.random(n) < 0.7, (rng.random(n) < 0.3).astype(int), -1)
    promoted[93:] = np.where(rng.random(14) < 0.3, 1, -1)  # few of the not stated are known
    feedback = rng.random(n) < 0.5
    given = give(make_people(WITH_SMALL), promoted=promoted, has_feedback=feedback)
    table = audit_population(*given, make_settings(), earlier=()).tables["practice"]
    totals = {"promoted_share": (int((promoted >= 0).sum()), int((promoted == 1).sum())),
              "feedback_share": (n, int(feedback.sum()))}  # fmt: skip
    for measure, total in totals.items():
        found = attack(table, measure, total)
        assert min(found.values()) >= 10, (measure, found)


def test_a_measure_with_few_people_is_left_out_and_the_others_stay(
    small: People, make_settings: MakeSettings
) -> None:
    """Five of the hundred and seven with a stated promotion stand in no shown group."""
    population, attributes = small
    assert population.background
    assert population.background.practice
    promoted = population.background.practice.promoted.copy()
    promoted[95:] = -1  # of x and of the not stated five are known: fewer than ten
    practice = replace(population.background.practice, promoted=promoted)
    background = replace(population.background, practice=practice)
    result = audit_population(
        replace(population, background=background), attributes, make_settings(), earlier=()
    )
    table = result.tables["practice"]
    is_promoted = table["measure"] == "promoted_share"
    assert table.loc[is_promoted, "suppressed"].all()
    assert not table.loc[~is_promoted & (table["group"] == "f"), "suppressed"].any()
    assert not result.disparities.query("group == 'f'")["suppressed"].any()


def test_crossed_attributes_are_left_out(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    counts = {(g, h): (10, 10, 10) for g in "ab" for h in "cd"}
    given = give(make_people(counts, ("g", "h")), has_feedback=np.arange(120) % 3 > 0)
    settings = make_settings(intersections=(("g", "h"),))
    table = audit_population(*given, settings).tables["practice"]
    assert set(table["attribute"]) == {"g", "h"}
