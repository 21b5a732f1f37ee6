"""The whole audit on tables typed by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from calibrate.audit import AttributeTable, AuditResult, AuditSettings, Population, audit_population
from calibrate.config import MICRO
from calibrate.tables import DISPARITIES

MakePeople = Callable[..., tuple[Population, AttributeTable]]
MakeSettings = Callable[..., AuditSettings]

FIGURES = [column.name for column in DISPARITIES.columns if column.kind in ("number", "integer")]
COMPARED = [
    "ratio", "ratio_low", "ratio_high", "difference", "p_value", "p_clustered", "q_value",
    "detectable_ratio", "detectable_difference", "shortfall",
]  # fmt: skip


def pick(
    result: AuditResult, group: str, measure: str = "selection_rate", **other: str
) -> pd.Series:
    table = result.disparities
    wanted = {"group": group, "measure": measure, "stage": "raw"} | other
    for column, value in wanted.items():
        table = table[table[column] == value]
    assert len(table) == 1
    return table.iloc[0]


def test_every_figure_of_a_line_by_hand(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("female",): (10, 28, 12), ("male",): (12, 78, 60)})
    result = audit_population(*people, make_settings())
    line = pick(result, "female")
    assert (line["reference"], line["n"], line["n_favourable"]) == ("male", 50, 12)
    assert line["rate"] == pytest.approx(12 / 50, abs=1e-15)
    assert line["ratio"] == pytest.approx(0.24 / 0.4, abs=1e-15)
    assert line["impact_ratio"] == pytest.approx(0.6, abs=1e-15)
    assert line["difference"] == pytest.approx(-0.16, abs=1e-15)
    assert line["shortfall"] == pytest.approx(50 * 0.4 - 12, abs=1e-12)
    lowest = pick(result, "female", "lowest_band")
    assert lowest["ratio"] == pytest.approx((10 / 50) / (12 / 150), abs=1e-12)
    above = pick(result, "female", "at_or_above:Meets")
    assert (above["n_favourable"], above["family"]) == (40, "secondary")
    # The median of 200 people is 50 points: 72 stand strictly above.
    scoring = pick(result, "female", "scoring_rate")
    assert scoring["n_favourable"] == 12
    means = pick(result, "female", "mean_score")
    assert means["rate"] == pytest.approx((10 * 20 + 28 * 50 + 12 * 80) / 50, abs=1e-12)
    assert means["difference"] == pytest.approx(51.2 - (12 * 20 + 78 * 50 + 60 * 80) / 150)
    empty = ["ratio", "ratio_low", "impact_ratio", "n_favourable", "detectable_ratio", "shortfall"]
    assert means[empty].isna().all()
    assert means["low"] < means["difference"] < means["high"]


def test_the_reference_row_is_one_to_itself_and_tests_nothing(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("female",): (10, 28, 12), ("male",): (12, 78, 60)})
    line = pick(audit_population(*people, make_settings()), "male")
    assert (line["ratio"], line["shortfall"], line["verdict"]) == (1, 0, "within")
    assert line[["p_value", "q_value", "p_clustered", "ratio_low"]].isna().all()


def test_the_larger_p_goes_into_the_q_value(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    counts = {("female",): (0, 30, 10), ("male",): (0, 30, 30)}
    # All favourable women under one manager, all other women under another.
    manager = [1] * 30 + [2] * 10 + list(range(3, 63))
    loose = pick(audit_population(*make_people(counts), make_settings()), "female")
    tight = pick(audit_population(*make_people(counts, manager=manager), make_settings()), "female")
    assert loose["p_clustered"] is pd.NA
    assert tight["p_clustered"] > tight["p_value"]
    # One group is compared, with two measures in the family; nobody is in the lowest band.
    assert loose["q_value"] == pytest.approx(loose["p_value"], rel=1e-12)
    assert tight["q_value"] == pytest.approx(tight["p_clustered"], rel=1e-12)
    assert (loose["verdict"], tight["verdict"]) == ("beyond", "inconclusive")


def test_a_singleton_group_changes_no_verdict_and_shows_no_figure(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    counts = {("female",): (9, 79, 12), ("male",): (10, 70, 40)}
    before = audit_population(*make_people(counts), make_settings())
    after = audit_population(*make_people(counts | {("zz",): (0, 0, 1)}), make_settings())
    shown = after.disparities[after.disparities["group"] != "zz"].reset_index(drop=True)
    # The single person moves the company's median nowhere here.
    pd.testing.assert_frame_equal(shown, before.disparities)
    hidden = after.disparities[after.disparities["group"] == "zz"]
    assert hidden[FIGURES].isna().all(axis=None)
    assert hidden["suppressed"].all()
    assert set(hidden["verdict"]) == {"too_few"}


def test_a_small_reference_hides_every_comparison_and_its_own_figures(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("a",): (0, 5, 4), ("b",): (10, 20, 10), ("c",): (5, 20, 15)})
    result = audit_population(*people, make_settings(references={"gender": "a"}))
    own, other = pick(result, "a"), pick(result, "b")
    assert own[FIGURES].isna().all()
    assert other[COMPARED].isna().all()
    assert (other["n"], other["rate"], other["suppressed"]) == (40, 0.25, False)
    assert (own["verdict"], other["verdict"]) == ("too_few", "too_few")
    # 15/40 is the highest rate that is shown; the hidden 4/9 is higher and stays out.
    assert other["impact_ratio"] == pytest.approx(10 / 15, abs=1e-12)


def test_a_small_reference_of_rate_zero_does_not_give_itself_away(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("a",): (0, 5, 0), ("b",): (10, 20, 10)})
    result = audit_population(*people, make_settings(references={"gender": "a"}))
    assert pick(result, "b")["verdict"] == "too_few"


@pytest.mark.parametrize("group_favourable", [0, 8])
def test_a_reference_rate_of_zero_is_not_computable(
    make_people: MakePeople, make_settings: MakeSettings, group_favourable: int
) -> None:
    people = make_people({("b",): (5, 15, group_favourable), ("a",): (20, 40, 0)})
    result = audit_population(*people, make_settings())
    line = pick(result, "b")
    assert (line["verdict"], line["n_favourable"]) == ("not_computable", group_favourable)
    assert line[["ratio", "p_value", "q_value"]].isna().all()
    assert pick(result, "a")["verdict"] == "not_computable"


def test_nobody_above_the_median_makes_the_scoring_rate_not_computable(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("a",): (5, 0, 25), ("b",): (5, 0, 25)})
    result = audit_population(*people, make_settings())
    assert pick(result, "a", "scoring_rate")["verdict"] == "not_computable"


def test_not_stated_alone_is_not_computable(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    result = audit_population(*make_people({("",): (5, 10, 5)}), make_settings())
    assert set(result.disparities["verdict"]) == {"not_computable"}
    assert result.disparities["reference"].isna().all()
    assert pick(result, "not stated")["n"] == 20


def test_not_stated_is_compared_and_never_a_reference(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("",): (50, 100, 90), ("b",): (5, 15, 10), ("a",): (5, 15, 10)})
    result = audit_population(*people, make_settings())
    line = pick(result, "not stated")
    # a and b are equally large: the first in sort order is the reference.
    assert line["reference"] == "a"
    assert line["ratio"] == pytest.approx((90 / 240) / (10 / 30), abs=1e-12)
    assert line["impact_ratio"] is pd.NA
    assert pick(result, "b")["impact_ratio"] == 1


def test_a_category_below_two_percent_sets_no_highest_rate(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("a",): (0, 600, 300), ("b",): (0, 4, 12)})
    result = audit_population(*people, make_settings())
    assert pick(result, "a")["impact_ratio"] == 1  # not (1/3)/(12/16): 16 of 916 are below 2 %
    assert pick(result, "b")["impact_ratio"] is pd.NA


def test_an_intersection_crosses_the_references_of_its_attributes(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    counts = {
        ("female", "x"): (5, 20, 5),
        ("female", "y"): (5, 25, 10),
        ("male", "x"): (10, 40, 30),
        ("male", ""): (2, 8, 2),
    }
    people = make_people(counts, names=("gender", "region"))
    settings = make_settings(intersections=(("gender", "region"),))
    result = audit_population(*people, settings)
    crossed = result.disparities[result.disparities["attribute"] == "gender*region"]
    assert set(crossed["reference"]) == {"male*x"}
    assert set(crossed["family"]) == {"exploratory"}
    expected = {"female*x", "female*y", "male*x", "male*not stated"}
    assert set(crossed["group"]) == expected
    line = pick(result, "female*y", attribute="gender*region")
    assert line["ratio"] == pytest.approx((10 / 40) / (30 / 80), abs=1e-12)


def test_an_intersection_whose_reference_is_empty_is_not_computable(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    counts = {("f", "x"): (10, 20, 30), ("m", "y"): (5, 30, 40), ("f", "y"): (1, 20, 2)}
    people = make_people(counts, names=("gender", "region"))
    settings = make_settings(
        intersections=(("gender", "region"),), references={"gender": "m", "region": "x"}
    )
    result = audit_population(*people, settings)
    crossed = result.disparities[result.disparities["attribute"] == "gender*region"]
    assert set(crossed["verdict"]) == {"not_computable"}
    assert set(crossed["reference"]) == {"m*x"}


def test_a_ratio_of_085_at_z_6_is_never_within(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    # 0.51 against 0.60, 2,200 people on each side: z = 0.09/sqrt(2*0.555*0.445/2200) = 6.01.
    people = make_people({("a",): (0, 880, 1320), ("b",): (0, 1078, 1122)})
    line = pick(audit_population(*people, make_settings()), "b")
    assert line["ratio"] == pytest.approx(0.85, abs=1e-12)
    assert line["ratio_low"] > 0.8
    assert line["verdict"] == "significant_only"


def test_only_a_narrow_interval_reads_within(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    large = make_people({("a",): (0, 500, 500), ("b",): (0, 500, 500)})
    small = make_people({("a",): (0, 20, 20), ("b",): (0, 20, 20)})
    assert pick(audit_population(*large, make_settings()), "b")["verdict"] == "within"
    assert pick(audit_population(*small, make_settings()), "b")["verdict"] == "inconclusive"


def test_the_first_family_is_about_the_proposed_bands_where_they_exist(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    counts = {("female",): (9, 79, 12), ("male",): (10, 70, 40)}
    people = make_people(counts, stages=("raw", "calibrated", "proposed"))
    table = audit_population(*people, make_settings()).disparities
    primary = table[table["family"] == "primary"]
    assert set(primary["stage"]) == {"proposed"}
    assert set(primary["measure"]) == {"selection_rate", "lowest_band"}
    scored = table[table["measure"].isin(["mean_score", "scoring_rate"])]
    assert set(scored["stage"]) == {"raw", "calibrated"}


def test_a_stage_that_covers_some_people_only_is_said_to(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("a",): (5, 20, 5), ("b",): (5, 20, 5)}, stages=("raw", "proposed"))
    bands = {**people[0].bands, "proposed": people[0].bands["proposed"].copy()}
    bands["proposed"][:7] = -1
    result = audit_population(replace(people[0], bands=bands), people[1], make_settings())
    assert "Of 60 rated people 53 have a band (proposed bands)." in result.notes


def test_groups_count_who_was_not_rated(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people(
        {("a",): (5, 20, 5), ("b",): (0, 6, 3)}, unrated={("a",): 4, ("b",): 20, ("",): 2}
    )
    groups = audit_population(*people, make_settings()).groups.set_index("group")
    assert groups.loc["a", ["n_people", "n_rated", "n_not_rated"]].tolist() == [34, 30, 4]
    assert groups.loc[["b", "not stated"], "suppressed"].all()
    assert groups.loc["b", ["n_people", "n_rated", "n_not_rated"]].isna().all()


def test_without_attributes_there_is_an_audit_without_groups(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    population = make_people({("a",): (5, 5, 5)})[0]
    result = audit_population(population, AttributeTable((), {}), make_settings())
    assert len(result.disparities) == len(result.groups) == len(result.findings) == 0
    assert result.cross_check is None
    assert "No attributes were given" in result.notes[0]


def test_attributes_that_the_cycle_names_and_no_file_holds_are_told(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    population = make_people({("a",): (5, 5, 5)})[0]
    settings = make_settings(attributes=("gender", "age"))
    result = audit_population(population, AttributeTable((), {}), settings)
    assert "names attributes under audit.attributes (gender, age)" in result.notes[0]
    assert "has no attributes file" in result.notes[0]


def test_shuffled_people_give_the_same_audit(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    counts = {("female",): (10, 28, 12), ("male",): (12, 78, 60)}
    population, attributes = make_people(counts, manager=[i % 17 for i in range(200)])
    order = np.random.default_rng(1).permutation(200)
    assert population.manager is not None
    shuffled = Population(
        tuple(population.employee_ids[i] for i in order),
        population.rated[order],
        population.manager[order],
        population.band_labels,
        population.cuts_micro,
        {stage: points[order] for stage, points in population.scores.items()},
        {stage: band[order] for stage, band in population.bands.items()},
    )
    one = audit_population(population, attributes, make_settings()).disparities
    other = audit_population(shuffled, attributes, make_settings()).disparities
    # Clusters are added up in another order: the last digits of p_clustered may move.
    pd.testing.assert_frame_equal(one, other, rtol=1e-12)


def test_the_cube_agrees_with_fairlearn_over_people(make_settings: MakeSettings) -> None:
    rng = np.random.default_rng(7)
    n = 500
    points = rng.integers(0, 100 * MICRO, n)
    bands = np.searchsorted([40 * MICRO, 70 * MICRO], points, side="right").astype(np.int64)
    ids = tuple(f"E{i}" for i in range(n))
    population = Population(
        ids, np.ones(n, bool), None, ("Below", "Meets", "Exceeds"), (40 * MICRO, 70 * MICRO),
        {"raw": points}, {"raw": bands},
    )  # fmt: skip
    labels = np.array(["a", "b", "c", ""])[rng.integers(0, 4, n)]
    table = AttributeTable(("g",), {i: (str(label),) for i, label in zip(ids, labels, strict=True)})
    result = audit_population(population, table, make_settings())
    assert result.cross_check is not None
    assert result.cross_check <= 1e-12  # sums of 500 doubles near 50 differ by some 1e-14
    for group in "abc":
        inside = labels == group
        assert pick(result, group)["rate"] == pytest.approx((bands[inside] == 2).mean(), abs=1e-15)
        mean = pick(result, group, "mean_score")["rate"]
        assert mean == pytest.approx(points[inside].mean() / MICRO, abs=1e-12)


def test_findings_tell_the_figures_and_call_for_a_look(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("female",): (5, 83, 12), ("male",): (6, 74, 40)})
    result = audit_population(*people, make_settings())
    (finding,) = result.findings.to_dict("records")
    assert finding["finding_id"] == "disparity:raw:selection_rate:gender:female"
    assert finding["level"] == "look"
    assert "12 of 100 (12%) against 40 of 120 (33%)" in finding["evidence"]
    assert "Ratio 0.36" in finding["evidence"]
    assert "A reason to look." in finding["headline"]


def test_without_a_finding_the_notes_say_what_could_have_been_found(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("female",): (5, 65, 30), ("male",): (6, 74, 40)})
    result = audit_population(*people, make_settings())
    assert len(result.findings) == 0
    smallest = f"{pick(result, 'female')['detectable_ratio']:.2f}"
    (note,) = [note for note in result.notes if "80% power" in note]
    assert smallest in note
    assert "no proof" in note
