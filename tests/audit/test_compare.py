"""What a rate line says beside its verdict: z, one person, power at the family's threshold."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from calibrate.audit import AttributeTable, AuditSettings, Population, audit_population, load_rules
from calibrate.audit.compare import is_flip_flop
from calibrate.audit.inference import fisher_midp, pooled_z, tighten_gap

MakePeople = Callable[..., tuple[Population, AttributeTable]]
MakeSettings = Callable[..., AuditSettings]
RULES = load_rules("us-2026")


def select(
    table: pd.DataFrame, measure: str = "selection_rate", stage: str = "raw"
) -> pd.DataFrame:
    return table[(table["measure"] == measure) & (table["stage"] == stage)].set_index("group")


def test_z_is_the_gap_over_the_pooled_spread() -> None:
    # 30 of 100 against 50 of 100: -0.2 / sqrt(0.4 * 0.6 * 2/100).
    z = pooled_z(*(np.array([v]) for v in (30, 100, 50, 100)))
    assert z[0] == pytest.approx(-0.2 / (0.4 * 0.6 * 0.02) ** 0.5, rel=1e-14)


@pytest.mark.parametrize("table", [(0, 10, 0, 20), (10, 10, 20, 20)])
def test_z_says_nothing_where_nobody_or_everybody_is_counted(table: tuple[int, ...]) -> None:
    assert np.isnan(pooled_z(*(np.array([v]) for v in table))[0])


@pytest.mark.parametrize(
    ("table", "flips", "why"),
    [
        ((8, 20, 50, 100), True, "0.8 is on the bound; one fewer is 0.7 and below it"),
        ((4, 5, 70, 100), True, "ratio 1.14; five of five would be 1.43 and above 1.25"),
        ((500, 1000, 500, 1000), False, "level, and one of a thousand moves nothing"),
        ((0, 5, 50, 100), False, "ratio 0; one of five would be 0.4, below as before"),
    ],
)
def test_one_person_of_the_group_may_turn_it_round(
    table: tuple[int, int, int, int], flips: bool, why: str
) -> None:
    x1, n1, x0, n0 = table
    # The test must not flip in these tables, so that the ratio alone decides.
    around = [x for x in (x1 - 1, x1, x1 + 1) if 0 <= x <= n1]
    significant = {fisher_midp(x, n1, x0, n0) <= 0.05 for x in around}
    assert is_flip_flop(*table, RULES) == (flips or len(significant) > 1), why


def test_significance_alone_may_hang_on_one_person() -> None:
    # 100 of 200 against 800 of 2,000 stays at a ratio near 1.25; look for the crossing of 0.05.
    n1, x0, n0 = 1000, 5000, 10_000
    p = {x: fisher_midp(x, n1, x0, n0) for x in range(440, 500)}
    crossing = next(x for x in range(441, 500) if p[x - 1] <= 0.05 < p[x])
    assert 0.8 < (crossing / n1) / (x0 / n0) < 1.25
    assert is_flip_flop(crossing, n1, x0, n0, RULES)
    assert not is_flip_flop(crossing + 10, n1, x0, n0, RULES)


def test_power_at_the_family_s_threshold_finds_larger_gaps_only(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    counts = {("a",): (40, 200, 160), ("b",): (30, 160, 110), ("c",): (35, 165, 100)}
    table = audit_population(*make_people(counts), make_settings()).disparities
    shown = select(table).loc[["b", "c"]]
    assert (shown["detectable_ratio_family"] < shown["detectable_ratio"]).all()
    assert (shown["detectable_difference_family"] > shown["detectable_difference"]).all()
    lowest = select(table, "lowest_band").loc[["b", "c"]]
    assert (lowest["detectable_ratio_family"] > lowest["detectable_ratio"]).all()


def test_the_family_s_ratio_has_eighty_percent_power_at_its_own_threshold(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    counts = {("a",): (40, 200, 160), ("b",): (30, 160, 110), ("c",): (35, 165, 100)}
    table = audit_population(*make_people(counts), make_settings()).disparities
    line = select(table).loc["b"]
    # Two groups, two measures: four tests in the primary family.
    alpha, n1, n0, p0 = 0.05 / 4, 300, 400, 0.4
    p1 = line["detectable_ratio_family"] * p0
    pooled = (n1 * p1 + n0 * p0) / (n1 + n0)
    null = (pooled * (1 - pooled) * (1 / n1 + 1 / n0)) ** 0.5
    other = (p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0) ** 0.5
    power = norm.cdf((p0 - p1 - norm.ppf(1 - alpha / 2) * null) / other)
    assert power == pytest.approx(0.8, abs=1e-9)


def test_means_widen_by_the_ratio_of_the_normal_quantiles() -> None:
    wanted = (norm.ppf(1 - 0.05 / 20) + norm.ppf(0.8)) / (norm.ppf(0.975) + norm.ppf(0.8))
    assert tighten_gap(np.array([3.0]), 10)[0] == pytest.approx(3 * wanted, rel=1e-12)


def test_means_have_no_z_and_nobody_to_move(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("a",): (10, 50, 40), ("b",): (10, 60, 30)})
    means = select(audit_population(*people, make_settings()).disparities, "mean_score")
    assert means[["z_value", "flip_flop", "detectable_ratio_family"]].isna().all(axis=None)
    assert means.loc["b", "detectable_difference_family"] > 0


def test_the_reference_and_withheld_rows_show_none_of_the_new_figures(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("a",): (10, 50, 40), ("b",): (1, 3, 1)})
    table = select(audit_population(*people, make_settings()).disparities)
    new = ["z_value", "flip_flop", "detectable_ratio_family", "detectable_difference_family"]
    assert table[new].isna().all(axis=None)


def test_a_group_counted_where_nobody_of_the_reference_is_becomes_a_finding(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    # 15 of 60 in the lowest band against 0 of 200: no ratio, and far beyond chance.
    people = make_people({("a",): (0, 120, 80), ("b",): (15, 25, 20)})
    result = audit_population(*people, make_settings())
    lowest = select(result.disparities, "lowest_band")
    assert set(lowest["verdict"]) == {"not_computable"}
    found = result.findings[result.findings["finding_id"].str.startswith("no_ratio:")]
    assert found["level"].tolist() == ["look"]
    assert "15 of 60 (25%) against 0 of 200 (0%)" in found["evidence"].iloc[0]


def test_an_unlucky_team_beside_an_empty_reference_is_no_finding(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    # 4 of 40 against 0 of 120 has a mid-p of 0.002. But the four are one whole team: one unlucky
    # team of ten against none of thirty, 1 in 4 by the exact test of teams.
    counts = {("a",): (0, 80, 40), ("b",): (4, 20, 16)}
    teams = [person // 4 for person in range(160)]
    for manager, n in ((None, 1), (teams, 0)):
        result = audit_population(*make_people(counts, manager=manager), make_settings())
        found = result.findings["finding_id"].str.startswith("no_ratio:")
        assert found.sum() == n


def test_one_person_counted_beside_an_empty_reference_is_no_finding(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("a",): (0, 120, 80), ("b",): (1, 109, 90)})
    result = audit_population(*people, make_settings())
    assert not result.findings["finding_id"].str.startswith("no_ratio:").any()


def test_everybody_counted_on_both_sides_is_no_gap(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("a",): (0, 0, 200), ("b",): (0, 0, 100)})
    line = select(audit_population(*people, make_settings()).disparities).loc["b"]
    assert (line["ratio"], line["verdict"]) == (1, "within")
    assert pd.isna(line["z_value"])


def test_nobody_of_the_group_counted_is_beyond_when_chance_is_out(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("a",): (0, 100, 100), ("b",): (0, 60, 0)})
    line = select(audit_population(*people, make_settings()).disparities).loc["b"]
    assert (line["ratio"], line["ratio_low"], line["verdict"]) == (0, 0, "beyond")


def test_a_finding_tells_the_q_of_the_stricter_test(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    # 60 of 120 against 18 of 120 in 60 teams of four, each of both groups.
    people = make_people(
        {("a",): (20, 40, 60), ("b",): (20, 82, 18)}, manager=[p % 60 for p in range(240)]
    )
    result = audit_population(*people, make_settings())
    line = select(result.disparities).loc["b"]
    assert line["verdict"] == "beyond"
    found = result.findings.set_index("finding_id")
    evidence = found.loc["disparity:raw:selection_rate:gender:b", "evidence"]
    assert "both p-values; q below 0.001 in the stricter test" in evidence
    assert line["q_null_imposed"] < 0.001
