"""Faults across the outcomes of a strategy, and weights by the day."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from calibrate.config import load_cycle
from calibrate.errors import InputError, Problem
from calibrate.rubric import Rubric, Strategy, criterion_weights, load_strategy, note_owners

RUBRIC = """schema: 1
id: x
version: 1
title: X
scale: {lowest: 1, highest: 5}
weights: from_outcomes
criteria:
  - {id: a, label: A, outcomes: {grow: 50, keep: 50}}
  - {id: b, label: B, outcomes: {more: 100}}
"""


@pytest.fixture
def read(cycle_folder: Path):
    """Load a strategy of these outcome lines in a cycle of the second half of 2026."""

    def call(*outcomes: str) -> Strategy:
        text = 'schema: 1\nid: "s"\noutcomes:\n' + "".join(f"  - {{{one}}}\n" for one in outcomes)
        (cycle_folder / "s.yaml").write_text(text, encoding="utf-8")
        file = cycle_folder / "cycle.yaml"
        told = file.read_text(encoding="utf-8")
        if "strategy:" not in told:
            days = "" if "starts_on" in told else "starts_on: 2026-07-01\nends_on: 2026-12-31\n"
            file.write_text(f"{told}{days}strategy: s.yaml\n", encoding="utf-8")
        strategy = load_strategy(load_cycle(cycle_folder))
        assert strategy is not None
        return strategy

    return call


def line(name: str, weight: int, more: str = "") -> str:
    base = f"id: {name}, title: {name}, perspective: process, weight: {weight}"
    return f"{base}, {more}" if more else base


def kpi(told: str) -> str:
    return f"kpis: [{{id: k, title: K, {told}}}]"


def refuse(read, *outcomes: str) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        read(*outcomes)
    return list(caught.value.problems)


CASES = [
    ((line("a", 60, "parent: b"), line("b", 40, "parent: a")), "outcomes[0].parent", "parent_loop",
     "a → b → a"),
    ((line("a", 60, "parent: a"), line("b", 40)), "outcomes[0].parent", "parent_loop", "a → a"),
    ((line("a", 60), line("b", 39)), "outcomes", "weight_sum", "weights sum to 99"),
    ((line("a", 60), line("b", 40, "parent: [a, c]")), "outcomes[1].parent", "two_parents",
     "here stand a and c"),
    ((line("a", 100, kpi("baseline: 40, target: 40")),), "outcomes[0].kpis[0].target",
     "target_is_baseline", "target equals baseline (40)"),
    ((line("a", 100, kpi("baseline: 9, target: 4, direction: up")),),
     "outcomes[0].kpis[0].direction", "direction_contradicts", "the target falls from 9 to 4"),
    ((line("a", 60, kpi("baseline: 1")), line("b", 40, kpi("baseline: 1"))),
     "outcomes[1].kpis[0].id", "duplicate_id", "a KPI of 'a' too"),
    ((line("a", 100, "valid_from: 2026-10-01, valid_to: 2026-09-30"),), "outcomes[0].valid_to",
     "date_order", "before valid_from"),
    ((line("a", 100, "replaces: a"),), "outcomes[0].replaces", "replaces_itself", "itself"),
    ((line("a", 100, "replaces: b"),), "outcomes[0].replaces", "unknown_replaced", "no outcome"),
    ((line("a", 60, "valid_to: 2026-09-30"), line("b", 60, "replaces: a"),
      line("c", 40)), "outcomes[1].replaces", "replaced_when", "from when"),
    ((line("a", 60), line("b", 60, "replaces: a, valid_from: 2026-10-01"), line("c", 40)),
     "outcomes[1].replaces", "replaced_in_force", "still in force on 2026-10-01"),
    ((line("a", 60, "valid_to: 2026-09-30"), line("b", 40),
      line("c", 59, "replaces: a, valid_from: 2026-10-01")), "outcomes", "weight_sum",
     "weights in force from 2026-10-01 on sum to 99"),
    # One day without the outcome between the two.
    ((line("a", 60, "valid_to: 2026-09-29"), line("b", 40),
      line("c", 60, "replaces: a, valid_from: 2026-10-01")), "outcomes", "weight_sum",
     "from 2026-09-30 to 2026-09-30 sum to 40"),
    ((line("a", 60, "valid_to: 2026-08-31"), line("b", 40),
      line("c", 60, "valid_from: 2026-09-01, parent: a")), "outcomes[2].parent",
     "parent_not_in_force", "in force on no day of 'c'"),
]  # fmt: skip


@pytest.mark.parametrize(("outcomes", "column", "rule", "said"), CASES)
def test_each_fault_names_its_place_and_what_is_wrong(
    read, outcomes: tuple[str, ...], column: str, rule: str, said: str
) -> None:
    found = {(p.column, p.rule): p.what for p in refuse(read, *outcomes)}
    assert (column, rule) in found
    assert said in found[column, rule]


def test_all_faults_are_listed_at_once(read) -> None:
    flat = kpi("baseline: 1, target: 1")
    found = refuse(read, line("a", 60, "parent: b"), line("b", 39, f"parent: a, {flat}"))
    rules = [problem.rule for problem in found]
    assert sorted(rules) == ["parent_loop", "target_is_baseline", "weight_sum"]


def test_an_outcome_that_takes_anothers_place_shares_its_weight_by_days(read) -> None:
    strategy = read(
        line("grow", 60, "valid_to: 2026-09-30"), line("keep", 40),
        line("more", 60, "replaces: grow, valid_from: 2026-10-01"),
    )  # fmt: skip
    # Two quarters of 92 days each.
    assert strategy.worth == {"grow": 30, "keep": 40, "more": 30}
    rubric = Rubric.model_validate(
        {
            "schema": 1, "id": "x", "version": 1, "title": "X", "weights": "from_outcomes",
            "scale": {"lowest": 1, "highest": 5},
            "criteria": ({"id": "a", "label": "A", "outcomes": {"grow": 50, "keep": 50}},
                         {"id": "b", "label": "B", "outcomes": {"more": 100}}),
        }
    )  # fmt: skip
    # 30 × 50 + 40 × 50 = 3,500 against 30 × 100 = 3,000.
    assert criterion_weights(rubric, strategy) == (Fraction(7, 13), Fraction(6, 13))


def test_who_answers_is_noted_where_it_is_nobody_or_nobody_known(read) -> None:
    strategy = read(line("a", 60, "owner: E0001"), line("b", 30, "owner: E00O2"), line("c", 10))
    notes = list(note_owners(strategy, ("E0001", "E0002")))
    assert [(p.rule, p.column, p.level) for p in notes] == [
        ("unknown_owner", "outcomes[1].owner", "note"),
        ("outcome_without_owner", "outcomes[2].owner", "note"),
    ]
    assert "did you mean 'E0002'?" in notes[0].fix
    assert list(note_owners(None, ())) == []


def test_days_are_both_inclusive(read) -> None:
    strategy = read(line("a", 100, "valid_from: 2026-12-31"))
    (outcome,) = strategy.outcomes
    assert outcome.share_of((date(2026, 7, 1), date(2026, 12, 31))) == Fraction(1, 184)
