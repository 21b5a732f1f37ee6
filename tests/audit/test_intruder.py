"""Attacks on the view that is handed on, by somebody who reads its files alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from calibrate.audit import (
    AttributeTable,
    AuditResult,
    AuditSettings,
    EarlierView,
    Population,
    audit_population,
)
from calibrate.audit.dependence_findings import _list_rows, _say_reversal
from calibrate.audit.disclosure import Plan, Told
from calibrate.audit.disclosure.plan import Withheld
from calibrate.errors import InputError
from calibrate.report.views.audit_parts.distribution import _write_odd
from calibrate.tables import DEPENDENCE, MOVES, ORIGINS

MakePeople = Callable[..., tuple[Population, AttributeTable]]
MakeSettings = Callable[..., AuditSettings]

#: Not stated goes with the small group x, and has the smallest p-values of all.
TELLING = {
    ("f",): (10, 20, 10), ("m",): (10, 30, 10), ("u",): (9, 20, 12), ("x",): (1, 1, 1),
    ("",): (14, 5, 0),
}  # fmt: skip


@pytest.fixture
def hand_on(make_people: MakePeople, make_settings: MakeSettings) -> Callable[..., AuditResult]:
    def make(names: tuple[str, ...], counts: object, **settings: object) -> AuditResult:
        population, attributes = make_people(counts, names)
        crossed = (names,) if len(names) > 1 else ()
        chosen = make_settings(intersections=crossed, **settings)
        return audit_population(population, attributes, chosen, earlier=())

    return make


def adjust(p_values: np.ndarray) -> np.ndarray:
    """Benjamini and Hochberg (1995): least p m / rank from the largest p down."""
    order = np.argsort(p_values)
    steps = p_values[order] * len(order) / np.arange(1, len(order) + 1)
    q_values = np.empty(len(order))
    q_values[order] = np.minimum.accumulate(steps[::-1])[::-1]
    return q_values


def test_every_q_value_follows_from_the_p_values_that_are_shown(
    hand_on: Callable[..., AuditResult],
) -> None:
    rows = hand_on(("g",), TELLING).disparities
    assert set(rows.loc[rows["suppressed"], "group"]) == {"x", "not stated"}
    told = rows[rows["q_value"].notna()]
    for _, family in told.groupby("family"):
        larger = family[["p_value", "p_clustered"]].astype(float).max(axis=1).to_numpy()
        # 12 digits are kept of a figure.
        np.testing.assert_allclose(family["q_value"].astype(float), adjust(larger), rtol=1e-9)


def test_ratios_to_the_best_group_follow_from_the_rates_that_are_shown(
    hand_on: Callable[..., AuditResult],
) -> None:
    counts = TELLING | {("",): (0, 5, 14)}
    rows = hand_on(("g",), counts).disparities.query("measure == 'selection_rate'")
    shown = rows[~rows["suppressed"].astype(bool)]
    rates = pd.to_numeric(shown["rate"])
    np.testing.assert_allclose(shown["impact_ratio"].astype(float), rates / rates.max(), rtol=1e-9)


@pytest.mark.parametrize("n_single", [5, 10, 12])
def test_many_groups_of_one_are_not_the_rows_that_are_hidden(
    n_single: int, hand_on: Callable[..., AuditResult]
) -> None:
    """Ten rows with ten people between them: a row is there because somebody is in it."""
    alone = {(f"s{k:02d}",): (0, 1, 0) for k in range(n_single)}
    counts = {("f",): (20, 20, 20), ("m",): (25, 25, 20), **alone}
    result = hand_on(("g",), counts)
    hidden = result.groups[result.groups["suppressed"]]
    people = sum(map(sum, counts.values())) - int(result.groups["n_people"].sum())
    # The largest that one of them may be leaves one person for each of the others.
    assert people - (len(hidden) - 1) >= 10
    assert "f" not in set(hidden["group"]) or "m" not in set(hidden["group"])


def test_groups_that_were_renamed_or_merged_since_the_last_view_are_refused(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    """Women 40 before and 43 now, nobody of group x any more: it had three people."""
    population, _ = make_people(TELLING)
    people = frozenset(population.employee_ids)
    before = EarlierView(
        run="r",
        shown={("people", "gender", "f"): 40, ("people", "gender", "m"): 50},
        hidden=frozenset({("gender", "x"), ("gender", "not stated")}),
        blocks=frozenset(),
        members=dict.fromkeys(("people", "raw", "raw scored"), people),
        groups={"gender": frozenset({"f", "m", "u", "x", "not stated"})},
    )
    merged = TELLING | {("f",): (11, 21, 11), ("x",): (0, 0, 0)}
    with pytest.raises(InputError, match="had other groups in a view handed on before"):
        audit_population(*make_people(merged), make_settings(), earlier=(before,))
    split = TELLING | {("f",): (9, 18, 10), ("t",): (1, 2, 0)}
    with pytest.raises(InputError, match="had other groups in a view handed on before"):
        audit_population(*make_people(split), make_settings(), earlier=(before,))


def test_rows_of_unknown_people_stand_there_whether_there_are_any_or_not(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    """Seven have not stated it and none of them was rated: no missing row may say so."""
    counts = {("f",): (10, 20, 10), ("m",): (10, 30, 10), ("x",): (9, 9, 9)}
    people = make_people(counts, unrated={("",): 7, ("f",): 4})
    handed = audit_population(*people, make_settings(), earlier=())
    assert handed.tables["unknowns"]["suppressed"].all()
    assert len(handed.tables["unknowns"])


def test_counts_that_are_not_attacked_show_no_crossed_attribute_with_a_hidden_row() -> None:
    """Nobody of men q and r was moved: women q and r would follow from all q and all r."""
    crossed = [f"{g}*{h}" for g in "fm" for h in "pqr"]
    hidden = ("f*q", "f*r", "m*q", "m*r")
    plan = Plan("distributed", tuple(Withheld("all", "g*h", label, "too_few") for label in hidden))
    moves = MOVES.conform(
        pd.DataFrame(
            [
                {"from_stage": "raw", "to_stage": "proposed", "attribute": attribute,
                 "group": group, "n": 40, "n_up": 3, "n_down": 0, "suppressed": False}
                for attribute, groups in (("g", ["f", "m"]), ("g*h", crossed))
                for group in groups
            ]
        ).reindex(columns=MOVES.names)
    )  # fmt: skip
    told = Told(plan)
    shown = told.add(MOVES, moves)
    is_crossed = shown["attribute"] == "g*h"
    assert shown.loc[is_crossed, "n_up"].isna().all()
    assert shown.loc[~is_crossed, "n_up"].notna().all()
    assert ("moves", "g*h") in set(
        told.tabulate()[["table", "attribute"]].itertuples(index=False, name=None)
    )


def test_no_manager_is_named_in_a_table_that_is_handed_on() -> None:
    line = {"stage": "raw", "attribute": "g", "group": "f", "measure": "selection_rate"}
    line |= {"reverses_without": "M7", "n_reversing": 1, "suppressed": False}
    table = DEPENDENCE.conform(pd.DataFrame([line]).reindex(columns=DEPENDENCE.names))
    handed = Told(Plan("distributed")).add(DEPENDENCE, table)
    assert handed["reverses_without"].isna().all()
    assert "Without the people of one manager" in _say_reversal(_list_rows(handed)[0])["evidence"]
    assert Told(Plan("auditors")).add(DEPENDENCE, table)["reverses_without"].tolist() == ["M7"]
    gap = {"dimension": "team", "attribute": "g", "group": "f", "reference": "m", "n": 12,
           "n_reference": 11, "estimate": -4.0, "suppressed": False}  # fmt: skip
    lines = [gap | {"item": "M7", "figure": "points"},
             gap | {"item": "all", "figure": "teams_standing_out"}]  # fmt: skip
    origins = ORIGINS.conform(pd.DataFrame(lines).reindex(columns=ORIGINS.names))
    assert Told(Plan("distributed")).add(ORIGINS, origins)["item"].tolist() == ["all"]
    assert len(Told(Plan("auditors")).add(ORIGINS, origins)) == 2


def test_stages_of_the_same_people_tell_auditors_one_number(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    """What one stage gives away is not kept by the next: the same three people."""
    population, attributes = make_people(CROSSED, ("g", "h"), ("raw", "proposed"))
    raw = population.bands["raw"]
    population = replace(population, bands={"raw": raw, "proposed": np.roll(raw, 17)})
    chosen = make_settings(intersections=(("g", "h"),))
    told = audit_population(population, attributes, chosen).tables["disclosure"]
    stages = told[told["stage"] != "people"].groupby(["attribute", "group"])
    assert len(stages)
    assert (stages["is_derivable"].nunique() == 1).all()


#: Women q are few; the ends of the attack differ by stage where bands do.
CROSSED = {
    ("f", "p"): (9, 20, 9), ("f", "q"): (1, 3, 1), ("f", "r"): (0, 2, 1), ("m", "p"): (9, 25, 9),
    ("m", "q"): (1, 2, 3), ("m", "r"): (9, 9, 9),
}  # fmt: skip


def test_a_page_that_is_handed_on_names_no_manager_of_an_odd_distribution() -> None:
    odd = {"scope": "manager", "scope_id": "M7", "test": "inflation", "n": 10, "value": 0.9,
           "expected": 0.3, "low": 0.1, "high": 0.6, "q_value": 0.01}  # fmt: skip
    assert _write_odd(odd, None)[0] == "Manager (not named)"
    assert _write_odd(odd | {"scope": "site", "scope_id": "Oslo"}, None)[0] == "Site Oslo"
