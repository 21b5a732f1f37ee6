"""The view that is handed on: nothing hidden can be worked out of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from calibrate.audit import (
    AUDIT_TABLES,
    AttributeTable,
    AuditResult,
    AuditSettings,
    EarlierView,
    Population,
    audit_population,
)
from calibrate.audit.disclosure import classify_table
from calibrate.errors import InputError
from calibrate.tables import DISPARITIES, Column, Contract

MakePeople = Callable[..., tuple[Population, AttributeTable]]
MakeSettings = Callable[..., AuditSettings]

FIGURES = [c.name for c in DISPARITIES.columns if c.kind in ("integer", "number")]
GENDERS = {("f",): (10, 20, 10), ("m",): (10, 30, 10), ("x",): (1, 1, 1), ("",): (4, 5, 3)}
SMALL_TABLES = {
    "three groups, one tiny": (("g",), {("f",): (9, 20, 9), ("m",): (9, 30, 9), ("x",): (0, 1, 0)}),
    "not stated beside it": (("g",), GENDERS),
    "two tiny, together below the minimum": (
        ("g",), {("f",): (9, 20, 9), ("m",): (9, 30, 9), ("x",): (0, 1, 0), ("y",): (0, 2, 1)},
    ),
    "two by three": (
        ("g", "h"),
        {
            ("f", "p"): (2, 1, 1), ("f", "q"): (5, 9, 6), ("f", "r"): (8, 12, 10),
            ("m", "p"): (4, 6, 5), ("m", "q"): (5, 12, 8), ("m", "r"): (9, 15, 11),
        },
    ),
    "a hidden margin": (
        ("g", "h"),
        {
            ("f", "p"): (5, 9, 6), ("m", "p"): (5, 9, 6), ("f", "q"): (5, 8, 5),
            ("m", "q"): (9, 15, 9), ("x", "p"): (0, 1, 1), ("x", "q"): (0, 2, 1),
        },
    ),
    "nested: a group of one is all in another": (
        ("g", "h"),
        {
            ("f", "p"): (9, 15, 6), ("m", "p"): (9, 19, 6), ("f", "q"): (1, 2, 1),
            ("m", "r"): (6, 9, 6), ("f", "r"): (5, 9, 7),
        },
    ),
}  # fmt: skip


@pytest.fixture
def hand_on(make_people: MakePeople, make_settings: MakeSettings) -> Callable[..., AuditResult]:
    def make(names: tuple[str, ...], counts: object, **settings: object) -> AuditResult:
        population, attributes = make_people(counts, names)
        crossed = (names,) if len(names) > 1 else ()
        chosen = make_settings(intersections=crossed, **settings)
        return audit_population(population, attributes, chosen, earlier=())

    return make


def attack_published(disparities: pd.DataFrame, total: int) -> dict[tuple[str, str], float]:
    """Most people each hidden row may have; 0 if it can have one number alone.

    Written anew from the published rows: the cross of all groups, unknown cells.
    """
    rows = disparities[disparities["measure"] == "selection_rate"]
    groups = {name: sorted(part["group"]) for name, part in rows.groupby("attribute")}
    single = [name for name in groups if "*" not in name]
    crossed = groups.get("*".join(single))
    cells = [tuple(label.split("*")) for label in crossed] if crossed else None
    cells = cells or [(label,) for label in groups[single[0]]]

    def inside(attribute: str, group: str) -> np.ndarray:
        names, labels = attribute.split("*"), group.split("*")
        at = [single.index(name) for name in names]
        return np.array([[c[i] for i in at] == labels for c in cells], dtype=float)

    known = rows[rows["n"].notna()]
    matrix = [inside(a, g) for a, g in zip(known["attribute"], known["group"], strict=True)]
    equal = np.vstack([np.ones(len(cells)), *matrix])
    right = np.array([total, *known["n"].astype(float)])
    found = {}
    for row in rows[rows["n"].isna()].itertuples():
        wanted = inside(str(row.attribute), str(row.group))
        low = linprog(wanted, A_eq=equal, b_eq=right).fun
        high = -linprog(-wanted, A_eq=equal, b_eq=right).fun
        found[str(row.attribute), str(row.group)] = high if high - low > 0.5 else 0.0
    return found


@pytest.mark.parametrize("title", SMALL_TABLES)
def test_no_hidden_row_can_be_worked_out_from_the_published_ones(
    title: str, hand_on: Callable[..., AuditResult]
) -> None:
    names, counts = SMALL_TABLES[title]
    result = hand_on(names, counts)
    total = sum(map(sum, counts.values()))
    hidden = attack_published(result.disparities, total)
    assert hidden
    assert min(hidden.values()) >= 10
    assert result.disparities["n"].notna().any()


@pytest.mark.parametrize("seed", range(5))
def test_drawn_tables_cannot_be_worked_out_either(
    seed: int, hand_on: Callable[..., AuditResult]
) -> None:
    rng = np.random.default_rng(seed)
    counts = {
        (g, h): tuple(int(n) for n in rng.poisson(rng.choice([1, 8, 20]), 3))
        for g in ("f", "m", "")
        for h in ("p", "q", "r")
    }
    result = hand_on(("g", "h"), counts)
    hidden = attack_published(result.disparities, sum(map(sum, counts.values())))
    assert all(most >= 10 for most in hidden.values())


def test_the_complement_is_whoever_has_not_stated_it(hand_on: Callable[..., AuditResult]) -> None:
    groups = hand_on(("g",), GENDERS).groups.set_index("group")["suppressed"]
    assert groups.to_dict() == {"f": False, "m": False, "x": True, "not stated": True}


def test_without_not_stated_the_smallest_group_is_hidden_and_the_reference_is_shown(
    hand_on: Callable[..., AuditResult],
) -> None:
    counts = {("a",): (9, 30, 9), ("b",): (4, 9, 4), ("c",): (9, 20, 9), ("x",): (1, 1, 0)}
    groups = hand_on(("g",), counts).groups.set_index("group")["suppressed"]
    assert groups.to_dict() == {"a": False, "b": True, "c": False, "x": True}


def test_nothing_small_means_nothing_withheld(hand_on: Callable[..., AuditResult]) -> None:
    result = hand_on(("g",), {("f",): (9, 20, 9), ("m",): (9, 30, 9)})
    assert not len(result.tables["disclosure"])
    assert not result.disparities["suppressed"].any()


def test_a_hidden_row_loses_every_figure_in_every_table(
    hand_on: Callable[..., AuditResult],
) -> None:
    result = hand_on(("g",), GENDERS)
    for contract in AUDIT_TABLES:
        table = result.tables.get(contract.name)
        if table is None or classify_table(contract) != "groups":
            continue
        gone = table[table["group"].isin(["x", "not stated"])]
        figures = [
            c.name for c in contract.columns
            if c.kind in ("integer", "number") and c.name not in contract.key
        ]  # fmt: skip
        assert gone[figures].isna().all(axis=None), contract.name
        assert gone["suppressed"].all(), contract.name


def test_what_is_shown_in_both_views_is_the_same(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people(GENDERS)
    auditors = audit_population(*people, make_settings()).disparities
    handed = audit_population(*people, make_settings(), earlier=()).disparities
    is_shown = ~handed["suppressed"].to_numpy(bool)
    # The best of all groups may be hidden, and families hold the shown rows alone.
    over_others = {"impact_ratio", "q_value", "q_null_imposed"}
    kept = [
        name for name in DISPARITIES.names
        if name not in over_others and not name.endswith("_family")
    ]  # fmt: skip
    pd.testing.assert_frame_equal(auditors[is_shown][kept], handed[is_shown][kept])


def test_ratios_to_a_hidden_best_group_are_withheld(hand_on: Callable[..., AuditResult]) -> None:
    counts = {("f",): (9, 30, 3), ("m",): (9, 30, 9), ("x",): (0, 1, 0), ("",): (1, 2, 12)}
    rows = hand_on(("g",), counts).disparities.query("measure == 'selection_rate'")
    shown = rows[~rows["suppressed"].astype(bool)]
    assert set(shown["group"]) == {"f", "m"}
    assert shown["impact_ratio"].isna().all() or shown["impact_ratio"].max() == 1


def test_a_group_that_is_too_small_at_one_stage_is_hidden_at_all(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    counts = {("f",): (9, 20, 9), ("m",): (9, 30, 9), ("x",): (4, 4, 2)}
    population, attributes = make_people(counts)
    proposed = population.bands["raw"].copy()
    proposed[-1] = -1  # one of x has no proposal: 10 less 9 would say so
    population = replace(population, bands={**population.bands, "proposed": proposed})
    rows = audit_population(population, attributes, make_settings(), earlier=()).disparities
    assert rows[rows["group"] == "x"]["n"].isna().all()


def test_a_stage_of_few_people_is_left_out_and_the_others_stay(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    population, attributes = make_people({("f",): (9, 20, 9), ("m",): (9, 30, 9)})
    few = np.full(len(population.employee_ids), -1)
    few[:6], few[-6:] = 1, 1
    population = replace(population, bands={**population.bands, "proposed": few})
    result = audit_population(population, attributes, make_settings(), earlier=())
    shown = result.disparities.groupby("stage")["n"].apply(lambda n: n.notna().all())
    assert shown.to_dict() == {"proposed": False, "raw": True}


def test_the_auditors_view_says_what_totals_give_away(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    told = audit_population(*make_people(GENDERS), make_settings()).tables["disclosure"]
    raw = told[told["stage"] == "raw"]
    assert raw[["group", "reason", "is_derivable"]].to_numpy().tolist() == [["x", "too_few", True]]
    assert not {"n", "low", "high"} & set(told), "a withheld count stays withheld"


def test_the_view_that_is_handed_on_tells_no_reason_and_no_ends(
    hand_on: Callable[..., AuditResult],
) -> None:
    told = hand_on(("g",), GENDERS).tables["disclosure"]
    assert set(told["reason"]) == {"withheld"}
    assert told["is_derivable"].isna().all()


def view_before(population: Population, **other: object) -> EarlierView:
    members = {name: frozenset(population.employee_ids) for name in ("people", "raw", "raw scored")}
    given = {"run": "r", "shown": {}, "hidden": frozenset(), "blocks": frozenset()}
    return EarlierView(**(given | {"members": members} | other))  # type: ignore[arg-type]


def test_what_was_hidden_before_stays_hidden_for_the_same_people(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    population, attributes = make_people(
        {("f",): (9, 20, 9), ("m",): (9, 30, 9), ("x",): (4, 4, 3), ("",): (9, 9, 9)}
    )
    before = view_before(population, hidden=frozenset({("gender", "x"), ("gender", "not stated")}))
    audited = audit_population(population, attributes, make_settings(), earlier=(before,))
    hidden = audited.groups[audited.groups["suppressed"].astype(bool)]
    assert set(hidden["group"]) == {"x", "not stated"}
    others = frozenset(f"other {name}" for name in population.employee_ids)
    strangers = replace(before, members=dict.fromkeys(before.members, others))
    audited = audit_population(population, attributes, make_settings(), earlier=(strangers,))
    assert not audited.groups["suppressed"].any()


def test_a_complement_that_was_shown_before_is_of_no_use(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    # "not stated" is the cheapest, but 12 of them are known: x would be 15 less 12.
    population, attributes = make_people(GENDERS)
    shown = {(layer, "gender", "not stated"): 12 for layer in ("people", "raw", "raw scored")}
    before = view_before(population, shown=shown)
    audited = audit_population(population, attributes, make_settings(), earlier=(before,))
    hidden = audited.groups[audited.groups["suppressed"].astype(bool)]["group"]
    assert {"x"} < set(hidden) - {"not stated"}


def test_a_small_group_that_was_shown_before_is_refused(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    population, attributes = make_people(GENDERS)
    shown = {(layer, "gender", "x"): 3 for layer in ("people", "raw", "raw scored")}
    before = view_before(population, shown=shown)
    with pytest.raises(InputError, match="shown in a view handed on before"):
        audit_population(population, attributes, make_settings(), earlier=(before,))


def test_every_table_of_the_audit_says_what_it_shows_of_groups() -> None:
    kinds = {contract.name: classify_table(contract) for contract in AUDIT_TABLES}
    assert kinds["disparities"] == kinds["groups"] == "groups"


def test_a_table_that_does_not_say_what_it_shows_of_groups_is_a_fault() -> None:
    columns = (Column("gender", "text", "a group"), Column("n", "integer", "people"))
    with pytest.raises(ValueError, match="nothing says"):
        classify_table(Contract("new", ("gender",), columns))
