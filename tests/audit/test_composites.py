"""One figure over all groups, against fairlearn, permutations and figures by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest

from calibrate.audit import (
    AttributeTable,
    AuditResult,
    AuditSettings,
    Population,
    audit_population,
)
from calibrate.audit.composites import FIGURES

MakePeople = Callable[..., tuple[Population, AttributeTable]]
MakeSettings = Callable[..., AuditSettings]
COUNTS = {("a",): (10, 50, 40), ("b",): (12, 40, 20), ("c",): (10, 24, 6), ("",): (0, 0, 30)}


def pick(
    result: AuditResult, statistic: str, measure: str = "selection_rate", attribute: str = "gender"
) -> pd.Series:
    table = result.tables["composites"]
    wanted = {
        "stage": "raw", "statistic": statistic, "measure": measure, "attribute": attribute,
    }  # fmt: skip
    for column, value in wanted.items():
        table = table[table[column] == value]
    assert len(table) == 1
    return table.iloc[0]


def draw_rows(counts: Mapping[tuple[str, ...], tuple[int, int, int]]) -> pd.DataFrame:
    rows = [
        (group, band)
        for (group,), per_band in counts.items()
        for band, n in enumerate(per_band)
        for _ in range(n)
    ]
    return pd.DataFrame(rows, columns=["group", "band"])


def test_ratio_and_difference_are_fairlearns_over_the_known_groups(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    from fairlearn.metrics import demographic_parity_difference, demographic_parity_ratio

    result = audit_population(*make_people(COUNTS), make_settings())
    people = draw_rows(COUNTS)
    known = people[people["group"] != ""]
    for measure, bands in {
        "selection_rate": {2},
        "lowest_band": {0},
        "at_or_above:Meets": {1, 2},
    }.items():
        chosen = known["band"].isin(bands).astype(int)
        inputs = {
            "y_true": chosen.to_numpy(), "y_pred": chosen.to_numpy(),
            "sensitive_features": known["group"].to_numpy(),
        }  # fmt: skip
        ratio = pick(result, "smallest_over_largest", measure)["value"]
        difference = pick(result, "largest_minus_smallest", measure)["value"]
        assert ratio == pytest.approx(demographic_parity_ratio(**inputs), abs=1e-12)
        assert difference == pytest.approx(demographic_parity_difference(**inputs), abs=1e-12)


def test_the_mean_distance_to_the_reference_by_hand(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    result = audit_population(*make_people(COUNTS), make_settings())
    # The reference a has 0.4; 72 of b are 0.4 - 20/72 away, 40 of c 0.4 - 0.15.
    expected = (72 * (0.4 - 20 / 72) + 40 * 0.25) / 112
    line = pick(result, "mean_gap_to_reference")
    assert line["value"] == pytest.approx(expected, abs=1e-12)
    assert line["low"] < line["value"] < line["high"]
    points = pick(result, "largest_minus_smallest", "mean_score")
    # Bands stand at 20, 50 and 80 points.
    a, c = (10 * 20 + 50 * 50 + 40 * 80) / 100, (10 * 20 + 24 * 50 + 6 * 80) / 40
    assert points["value"] == pytest.approx(a - c, abs=1e-9)


def test_one_unselected_person_does_not_turn_the_ratio_into_zero(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    plain = audit_population(*make_people(COUNTS), make_settings())
    lonely = audit_population(*make_people(COUNTS | {("zz",): (0, 1, 0)}), make_settings())
    before, after = (pick(r, "smallest_over_largest") for r in (plain, lonely))
    assert after["value"] == before["value"] == pytest.approx(0.15 / 0.4, abs=1e-12)
    assert after["n_groups"] == 3
    # Nor do its draws change: the group takes no part in them.
    assert after[list(FIGURES)].tolist() == before[list(FIGURES)].tolist()


def test_without_any_gap_the_expected_ratio_is_that_of_permuted_people(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    result = audit_population(*make_people(COUNTS), make_settings())
    line = pick(result, "smallest_over_largest")
    people = draw_rows(COUNTS)
    known = people[people["group"] != ""]
    group = pd.factorize(known["group"])[0]
    selected = (known["band"] == 2).to_numpy()
    rng = np.random.default_rng(0)
    ratios = []
    for _ in range(2_000):
        rates = np.bincount(group, weights=rng.permutation(selected)) / np.bincount(group)
        ratios.append(rates.min() / rates.max())
    # Draws with replacement differ a little from permutations: 2 % of the people's variance,
    # beside a Monte-Carlo error of 0.13/sqrt(2000) on either side.
    assert line["null_value"] == pytest.approx(np.mean(ratios), abs=0.02)
    assert line["null_low"] == pytest.approx(np.quantile(ratios, 0.05), abs=0.03)
    assert line["value"] < line["null_low"]


def test_equal_groups_have_an_interval_that_reaches_one(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("a",): (20, 100, 80), ("b",): (20, 102, 78)})
    result = audit_population(*people, make_settings())
    assert pick(result, "smallest_over_largest")["high"] == 1
    assert pick(result, "largest_minus_smallest")["low"] == 0


def test_a_plain_gap_between_large_groups_has_an_interval_below_one(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("a",): (100, 500, 400), ("b",): (120, 400, 200)})
    line = pick(audit_population(*people, make_settings()), "smallest_over_largest")
    # By the delta method: sd of log(p1/p0) is sqrt(0.722/200 + 0.6/400) = 0.0715, so the
    # ends are 0.694 times exp(-0.140) and exp(0.140), up to 10 % of the half width.
    assert line["low"] == pytest.approx(0.604, abs=0.012)
    assert line["high"] == pytest.approx(0.799, abs=0.012)


def test_a_group_of_six_has_a_value_and_no_interval_and_the_notes_say_so(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("a",): (10, 50, 40), ("b",): (1, 2, 3)})
    result = audit_population(*people, make_settings(min_cell=5))
    line = pick(result, "smallest_over_largest")
    assert line["value"] == pytest.approx(0.8, abs=1e-12)
    assert line[["low", "high"]].isna().all()
    assert any("have no interval" in note for note in result.notes)


def test_a_single_group_that_is_large_enough_is_suppressed(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("a",): (10, 50, 40), ("b",): (1, 2, 3), ("",): (10, 10, 10)})
    table = audit_population(*people, make_settings()).tables["composites"]
    assert table["suppressed"].all()
    assert table[list(FIGURES)].isna().all(axis=None)


def test_nobody_counted_leaves_the_figures_empty_and_equal(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("a",): (10, 50, 0), ("b",): (10, 20, 0)})
    result = audit_population(*people, make_settings())
    assert pick(result, "smallest_over_largest")["value"] is pd.NA
    assert pick(result, "largest_minus_smallest")["value"] == 0


def test_a_further_attribute_changes_no_figure_of_the_first(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    one = make_people({("a",): (10, 50, 40), ("b",): (12, 40, 20)})
    counts = {
        ("a", "x"): (4, 20, 30), ("a", "y"): (6, 30, 10), ("b", "x"): (12, 20, 0),
        ("b", "y"): (0, 20, 20),
    }  # fmt: skip
    two = make_people(counts, names=("gender", "region"))
    tables = [audit_population(*p, make_settings()).tables["composites"] for p in (one, two)]
    first = tables[1][tables[1]["attribute"] == "gender"].reset_index(drop=True)
    pd.testing.assert_frame_equal(first, tables[0])


def test_what_a_group_is_called_changes_no_figure(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    # The reference keeps its place by size; c and b are as large, and d has the same bands as c.
    counts = {("a",): (10, 50, 40), ("b",): (12, 20, 28), ("c",): (8, 40, 12), ("d",): (8, 40, 12)}
    other = {"a": "z", "b": "y", "c": "x", "d": "b"}
    renamed = {(other[name],): bands for (name,), bands in counts.items()}
    drawn = [
        audit_population(*make_people(people), make_settings()).tables["composites"]
        for people in (counts, renamed)
    ]
    pd.testing.assert_frame_equal(*drawn, rtol=0, atol=0)
