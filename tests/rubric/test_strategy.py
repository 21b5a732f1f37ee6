"""Strategies that change, loops, owners and figures: weights and days by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from calibrate.config import load_cycle
from calibrate.errors import InputError, Problem
from calibrate.ingest import read_employees
from calibrate.rubric import (
    Strategy,
    check_people,
    criterion_weights,
    load_rubrics,
    load_strategy,
    outcome_shares,
)
from calibrate.rubric.validity import list_stretches

HEAD = 'schema: 1\nid: "s"\noutcomes:\n'
DAYS = "starts_on: 2026-07-01\nends_on: 2026-12-31\n"
#: 92 days from July to September and 92 from October to December: 184 together.
SPLIT = (
    "  - {id: grow, title: G, perspective: financial, weight: 60, owner: E1}\n"
    "  - {id: care, title: C, perspective: customer, weight: 40, owner: E1, valid_to: 2026-09-30}\n"
    "  - {id: tend, title: T, perspective: customer, weight: 10, owner: E1,"
    " valid_from: 2026-10-01, replaces: care}\n"
    "  - {id: teach, title: L, perspective: learning, weight: 30, owner: E1,"
    " valid_from: 2026-10-01}\n"
)


def load(folder: Path, outcomes: str, more: str = DAYS) -> Strategy:
    (folder / "s.yaml").write_text(HEAD + outcomes)
    cycle_file = folder / "cycle.yaml"
    cycle_file.write_text(cycle_file.read_text() + "strategy: s.yaml\n" + more)
    strategy = load_strategy(load_cycle(cycle_file))
    assert strategy is not None
    return strategy


def refuse(folder: Path, outcomes: str, more: str = DAYS) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        load(folder, outcomes, more)
    return caught.value.problems


def test_an_outcome_weighs_by_its_days_in_the_cycle(cycle_folder: Path) -> None:
    # grow 184/184 of 60; care 92/184 of 40; tend 92/184 of 10; teach 92/184 of 30.
    assert load(cycle_folder, SPLIT).worth == {
        "grow": Fraction(60), "care": Fraction(20), "tend": Fraction(5), "teach": Fraction(15),
    }  # fmt: skip


def test_days_that_do_not_halve_are_weighed_exactly(cycle_folder: Path) -> None:
    later = SPLIT.replace("2026-09-30", "2026-07-01").replace("2026-10-01", "2026-07-02")
    worth = load(cycle_folder, later).worth
    # care has one day of 184, tend the other 183.
    assert (worth["care"], worth["tend"]) == (Fraction(40, 184), Fraction(1830, 184))
    assert sum(worth.values()) == 100


def test_without_days_an_outcome_is_worth_its_weight(cycle_folder: Path) -> None:
    plain = "".join(SPLIT.splitlines(keepends=True)[:2]).replace(", valid_to: 2026-09-30", "")
    strategy = load(cycle_folder, plain)
    assert strategy.worth == {"grow": Fraction(60), "care": Fraction(40)}
    assert Strategy.model_validate(strategy.model_dump(by_alias=True)).worth == strategy.worth


def test_a_cycle_without_days_cannot_weigh_outcomes_that_change(cycle_folder: Path) -> None:
    (problem,) = refuse(cycle_folder, SPLIT, "")
    assert (problem.rule, problem.column) == ("cycle_without_days", "outcomes")
    assert problem.what.endswith("outcomes change on 2026-10-01, and the cycle has no days")


def test_a_cycle_without_days_is_content_where_nothing_changes(cycle_folder: Path) -> None:
    alone = "  - {id: g, title: G, perspective: process, weight: 100, valid_from: 2026-01-01}\n"
    assert load(cycle_folder, alone, "").worth == {"g": Fraction(100)}


def test_days_of_the_cycle_without_any_outcome_are_a_fault(cycle_folder: Path) -> None:
    alone = "  - {id: g, title: G, perspective: process, weight: 100, valid_from: 2026-08-01}\n"
    (problem,) = refuse(cycle_folder, alone)
    assert problem.rule == "outside_strategy"
    assert "in force from 2026-08-01, and the cycle runs from 2026-07-01 to 2026-12-31" in (
        problem.what
    )


def test_weights_must_sum_on_every_day_and_the_stretch_is_named(cycle_folder: Path) -> None:
    (problem,) = refuse(cycle_folder, SPLIT.replace("weight: 30", "weight: 29"))
    assert problem.what == "outcomes: weights in force from 2026-10-01 sum to 99"
    assert problem.rule == "weight_sum"


def test_a_stretch_between_two_changes_has_both_its_days(cycle_folder: Path) -> None:
    # From 1 to 14 October care is gone and nothing stands in its place: 60 alone.
    (problem,) = refuse(cycle_folder, SPLIT.replace("2026-10-01", "2026-10-15"))
    assert problem.what.endswith("weights in force from 2026-10-01 to 2026-10-14 sum to 60")


def test_a_gap_between_outcomes_sums_to_nothing(cycle_folder: Path) -> None:
    gap = (
        "  - {id: a, title: A, perspective: process, weight: 100, valid_to: 2026-07-31}\n"
        "  - {id: b, title: B, perspective: process, weight: 100, valid_from: 2026-09-01}\n"
    )
    (problem,) = refuse(cycle_folder, gap)
    assert problem.what.endswith("weights in force from 2026-08-01 to 2026-08-31 sum to 0")


def test_the_last_day_of_all_has_no_day_after(cycle_folder: Path) -> None:
    (cycle_folder / "s.yaml").write_text("")
    strategy = load(
        cycle_folder,
        "  - {id: a, title: A, perspective: process, weight: 100, valid_to: 9999-12-31}\n",
    )
    assert [s.last for s in list_stretches(strategy.outcomes)] == [None]


REPLACED = [
    ("replaces: care", "replaces: caer", "unknown_replaced", "did you mean 'care'"),
    ("replaces: care", "replaces: tend", "replaces_itself", "'tend' cannot take its own place"),
    ("replaces: care", "replaces: grow", "replaces_in_force", "still in force on 2026-10-01"),
    ("replaces: care", "replaces: later", "replaces_in_force", "begins on 2026-11-01"),
]


@pytest.mark.parametrize(("old", "new", "rule", "said"), REPLACED)
def test_an_outcome_replaces_one_that_ended_before(
    cycle_folder: Path, old: str, new: str, rule: str, said: str
) -> None:
    later = "  - {id: later, title: L, perspective: process, weight: 0, valid_from: 2026-11-01}\n"
    (problem,) = refuse(cycle_folder, SPLIT.replace(old, new) + later)
    assert (problem.rule, problem.column) == (rule, "outcomes[2].replaces")
    assert said in str(problem)


def test_a_replacing_outcome_says_from_which_day(cycle_folder: Path) -> None:
    text = (
        "  - {id: a, title: A, perspective: process, weight: 0, valid_to: 2026-01-01}\n"
        "  - {id: b, title: B, perspective: process, weight: 100, replaces: a}\n"
    )
    (problem,) = refuse(cycle_folder, text)
    assert problem.rule == "replaces_without_day"


def test_an_end_before_the_start_is_one_fault_and_no_riddle_of_weights(
    cycle_folder: Path,
) -> None:
    (problem,) = refuse(
        cycle_folder, SPLIT.replace("valid_to: 2026-09-30",
                                    "valid_from: 2026-10-01, valid_to: 2026-09-30"))  # fmt: skip
    assert (problem.rule, problem.column) == ("date_order", "outcomes[1].valid_to")


LOOP = (
    "  - {id: a, title: A, perspective: process, weight: 50, parent: b}\n"
    "  - {id: b, title: B, perspective: process, weight: 30, parent: c}\n"
    "  - {id: c, title: C, perspective: process, weight: 10, parent: b}\n"
    "  - {id: d, title: D, perspective: process, weight: 10, parent: d}\n"
)


def test_each_circle_is_named_once_with_its_path(cycle_folder: Path) -> None:
    problems = refuse(cycle_folder, LOOP)
    # a leads into the circle and is no part of it.
    assert [(p.column, p.what.partition(": ")[2]) for p in problems] == [
        ("outcomes[1].parent", "the parents lead back: b → c → b"),
        ("outcomes[3].parent", "the parents lead back: d → d"),
    ]
    assert {p.rule for p in problems} == {"parent_loop"}


def test_two_parents_are_named(cycle_folder: Path) -> None:
    text = SPLIT.replace("weight: 60,", "weight: 60, parent: [care, tend],")
    (problem,) = refuse(cycle_folder, text)
    assert (problem.rule, problem.column) == ("two_parents", "outcomes[0].parent")
    assert "an outcome has one parent, and here stands 'care', 'tend'" in problem.what


def test_a_parent_is_in_force_on_some_day_of_its_child(cycle_folder: Path) -> None:
    (problem,) = refuse(cycle_folder, SPLIT.replace("weight: 10,", "weight: 10, parent: care,"))
    assert (problem.rule, problem.column) == ("parent_not_in_force", "outcomes[2].parent")


KPI = "  - {{id: g, title: G, perspective: process, weight: 100, kpis: [{}]}}\n"
KPI_FAULTS = [
    ("{id: k, title: K, baseline: 40, target: 40}", "kpis[0].target", "target_is_baseline",
     "target equals baseline (40): no way to go"),
    ("{id: k, title: K, baseline: 40, target: 52, direction: down}", "kpis[0].direction",
     "direction_contradicts", "direction is down, and target 52 is above baseline 40"),
    ("{id: k, title: K, baseline: 9, target: 4}", "kpis[0].direction",
     "direction_contradicts", "direction is up, and target 4 is below baseline 9"),
    ("{id: k, title: K}, {id: k, title: L}", "kpis[1].id", "duplicate_id", "'k' stands in 'g'"),
    ("{id: ' ', title: K}", "kpis[0].id", "bad_id", "cannot be an id"),
]  # fmt: skip


@pytest.mark.parametrize(("kpis", "column", "rule", "said"), KPI_FAULTS)
def test_a_figure_that_cannot_tell_is_a_fault(
    cycle_folder: Path, kpis: str, column: str, rule: str, said: str
) -> None:
    (problem,) = refuse(cycle_folder, KPI.format(kpis))
    assert (problem.column, problem.rule) == (f"outcomes[0].{column}", rule)
    assert said in problem.what


def test_a_figure_without_target_is_no_fault_and_history_keeps_its_order(
    cycle_folder: Path,
) -> None:
    kpi = '{id: k, title: K, baseline: 40, history: {"2026-H1": 47, "2025-H2": 44.5}}'
    strategy = load(cycle_folder, KPI.format(kpi))
    assert list(strategy.outcomes[0].kpis[0].history.items()) == [
        ("2026-H1", 47.0), ("2025-H2", 44.5),
    ]  # fmt: skip


def test_faults_of_every_kind_are_listed_together(cycle_folder: Path) -> None:
    text = (
        "  - {id: a, title: A, perspective: process, weight: 50, parent: b, owner: ''}\n"
        "  - {id: b, title: B, perspective: process, weight: 49, parent: a, "
        "kpis: [{id: k, title: K, baseline: 40, target: 40}]}\n"
    )
    problems = refuse(cycle_folder, text)
    assert {p.rule for p in problems} == {
        "parent_loop", "blank_owner", "target_is_baseline", "weight_sum",
    }  # fmt: skip
    assert [p.what for p in problems if p.rule == "weight_sum"] == ["outcomes: weights sum to 99"]


def test_owners_are_looked_up_among_the_employees(cycle_folder: Path) -> None:
    text = SPLIT.replace("weight: 60, owner: E1", "weight: 60, owner: E11").replace(
        "weight: 30, owner: E1,", "weight: 30,"
    )
    strategy = load(cycle_folder, text)
    (cycle_folder / "e.csv").write_text("employee_id\nE1\nE2\n")
    cycle_file = cycle_folder / "cycle.yaml"
    cycle_file.write_text(
        cycle_file.read_text().replace("{ratings:", "{employees: {file: e.csv}, ratings:")
    )
    cycle = load_cycle(cycle_file)
    problems = check_people(strategy, read_employees(cycle)[0], cycle)
    assert [(p.rule, p.level, p.column, p.value) for p in problems] == [
        ("unknown_owner", "note", "outcomes[0].owner", "E11"),
        ("outcome_without_owner", "note", "outcomes[3].owner", ""),
    ]
    assert "did you mean 'E1'" in problems[0].fix
    assert "'teach'" in problems[1].what


RUBRIC = """\
schema: 1
id: x
version: 1
title: "X"
{}scale: {{lowest: 1, highest: 5, step: 1}}
criteria:
  - {{id: a, label: "A", {}outcomes: {{grow: 50, care: 50}}}}
  - {{id: b, label: "B", {}outcomes: {{tend: 100}}}}
  - {{id: c, label: "C", {}}}
"""


def test_shares_of_outcomes_are_the_weights_times_their_shares(cycle_folder: Path) -> None:
    strategy = load(cycle_folder, SPLIT)
    text = RUBRIC.format("", "weight: 30, ", "weight: 50, ", "weight: 20")
    (cycle_folder / "x.yaml").write_text(text)
    (rubric,) = load_rubrics(load_cycle(cycle_folder / "cycle.yaml"))
    # 0.3 · 0.5 each for grow and care, 0.5 for tend; c, a fifth, serves nothing.
    assert outcome_shares(rubric, strategy) == {
        "grow": Fraction(15, 100), "care": Fraction(15, 100), "tend": Fraction(1, 2), "teach": 0,
    }  # fmt: skip


def test_weights_from_outcomes_follow_the_days_in_force(cycle_folder: Path) -> None:
    strategy = load(cycle_folder, SPLIT)
    head = RUBRIC.partition("  - {{id: c")[0]
    (cycle_folder / "x.yaml").write_text(head.format("weights: from_outcomes\n", "", ""))
    (rubric,) = load_rubrics(load_cycle(cycle_folder / "cycle.yaml"))
    # a: 60 · 50 + 20 · 50 = 4000; b: 5 · 100 = 500; together 4500.
    assert criterion_weights(rubric, strategy) == (Fraction(8, 9), Fraction(1, 9))


def test_a_stretch_counts_what_is_in_force() -> None:
    outcomes = Strategy.model_validate(
        {"schema": 1, "id": "s", "outcomes": ({"id": "a", "title": "A", "perspective": "process",
         "weight": 100, "valid_from": date(2026, 7, 1)},)}
    ).outcomes  # fmt: skip
    stretches = list_stretches(outcomes)
    assert [(s.first, s.last, s.total, s.n_in_force) for s in stretches] == [
        (None, date(2026, 6, 30), 0, 0), (date(2026, 7, 1), None, 100, 1),
    ]  # fmt: skip
