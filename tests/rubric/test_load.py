"""Rubric and strategy files: one fault per rule, weights by hand."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path

import pytest

from calibrate.config import load_cycle
from calibrate.errors import InputError, Problem
from calibrate.rubric import Rubric, criterion_weights, load_rubrics, load_strategy

HEAD = 'schema: 1\nid: x\nversion: 2\ntitle: "X"\n'
SCALE = "scale: {lowest: 1, highest: 5, step: 1}\n"
ONE = 'criteria:\n  - {id: a, label: "A", weight: 100}\n'
STRATEGY = """\
schema: 1
id: "2026"
outcomes:
  - {id: grow, title: "Grow", perspective: financial, weight: 60}
  - {id: care, title: "Care", perspective: customer, weight: 40, parent: grow}
"""


def load(folder: Path, rubric: str, strategy: str | None = None) -> tuple[Rubric, ...]:
    (folder / "x.yaml").write_text(rubric, encoding="utf-8")
    cycle_file = folder / "cycle.yaml"
    if strategy is not None:
        (folder / "s.yaml").write_text(strategy, encoding="utf-8")
        cycle_file.write_text(cycle_file.read_text() + "strategy: s.yaml\n")
    return load_rubrics(load_cycle(cycle_file))


def refuse(folder: Path, rubric: str, strategy: str | None = None) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        load(folder, rubric, strategy)
    return caught.value.problems


def test_rubric_keeps_its_name_and_the_hash_of_its_bytes(cycle_folder: Path) -> None:
    text = HEAD + SCALE + ONE
    (rubric,) = load(cycle_folder, text)
    assert (rubric.file, rubric.id, rubric.version) == ("x.yaml", "x", 2)
    assert rubric.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert rubric.marks == "relative"


def test_weights_that_do_not_sum_are_named(cycle_folder: Path) -> None:
    text = HEAD + SCALE + ONE.replace("100", "95")
    (problem,) = refuse(cycle_folder, text)
    assert problem.what == "criteria: weights sum to 95"
    assert problem.fix == "they must sum to 100"
    assert (problem.file, problem.column, problem.row) == ("x.yaml", "criteria", 6)


FAULTS = [
    (SCALE + ONE.replace("100", "99.5"), "criteria[0].weight", "wrong_type"),
    (SCALE + ONE.replace("100", "101"), "criteria[0].weight", "percent_range"),
    (SCALE + ONE.replace(", weight: 100", ""), "criteria[0].weight", "missing_key"),
    (SCALE + "criteria: []\n", "criteria", "no_criteria"),
    (
        SCALE + ONE.replace("100", "50") + '  - {id: a, label: "B", weight: 50}\n',
        "criteria[1].id", "duplicate_id",
    ),
    (SCALE + ONE.replace("100", "100, wieght: 3"), "criteria[0].wieght", "unknown_key"),
    (SCALE + ONE.replace("100", '100, levels: {6: "x"}'), "criteria[0].levels[6]",
     "level_out_of_scale"),
    (SCALE + ONE.replace("100", "100, expected: {L3: 0}"), "criteria[0].expected.L3",
     "expected_out_of_scale"),
    (SCALE + ONE.replace("100", "100, expected: {3: 3}"), "criteria[0].expected[3]",
     "wrong_type"),
    (SCALE + ONE.replace("100", "100, outcomes: {grow: 70}"), "criteria[0].outcomes",
     "share_sum"),
    (SCALE + ONE.replace("100", "100, outcomes: {grow: 100, care: 0}"),
     "criteria[0].outcomes.care", "percent_range"),
    (SCALE + ONE.replace("100", "100, outcomes: {gorw: 100}"), "criteria[0].outcomes.gorw",
     "unknown_outcome"),
    (SCALE + ONE.replace("100", "100, scale: words"), "criteria[0].scale", "unknown_scale"),
    ("scale: {lowest: 5, highest: 1}\n" + ONE, "scale", "scale_order"),
    ("scale: {lowest: 1, highest: 5, step: 0}\n" + ONE, "scale.step", "step_range"),
    ("scale: {lowest: 1, highest: 5, step: -1}\n" + ONE, "scale.step", "step_range"),
    ("scale: {lowest: 1, highest: 5, step: 3}\n" + ONE, "scale.step", "step_range"),
    ("scale: {lowest: 1, highest: 5.1234567}\n" + ONE, "scale.highest", "too_many_decimals"),
    ("marks: absolute\n" + SCALE + ONE, "criteria[0].expected", "expected_missing"),
    ("marks: strict\n" + SCALE + ONE, "marks", "not_allowed"),
    ("applies_to: {gender: [f]}\n" + SCALE + ONE, "applies_to.gender", "applies_to_column"),
    ("applies_to: {level: []}\n" + SCALE + ONE, "applies_to.level", "applies_to_empty"),
    ("applies_to: {level: [3]}\n" + SCALE + ONE, "applies_to.level[0]", "wrong_type"),
    ("applies_to: {manages_people: [yes]}\n" + SCALE + ONE, "applies_to.manages_people[0]",
     "wrong_type"),
    ('applies_to: {manages_people: ["maybe"]}\n' + SCALE + ONE, "applies_to.manages_people[0]",
     "not_yes_or_no"),
    (
        "weights: from_outcomes\n" + SCALE + ONE.replace("100", "100, outcomes: {grow: 100}"),
        "criteria[0].weight", "weight_beside_outcomes",
    ),
    ("weights: from_outcomes\n" + SCALE + ONE.replace(", weight: 100", ""),
     "criteria[0].outcomes", "outcomes_missing"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "column", "rule"), FAULTS)
def test_each_fault_of_a_rubric_names_its_key_path(
    cycle_folder: Path, text: str, column: str, rule: str
) -> None:
    (problem,) = refuse(cycle_folder, HEAD + text, STRATEGY)
    assert (problem.file, problem.column, problem.rule) == ("x.yaml", column, rule)


CARE = STRATEGY.splitlines()[-1]
STRATEGY_FAULTS = [
    (("weight: 60", "weight: 55"), "outcomes", "weight_sum"),
    ((CARE, CARE.replace("care", "grow").replace(", parent: grow", "")), "outcomes[1].id",
     "duplicate_id"),
    (("parent: grow", "parent: gorw"), "outcomes[1].parent", "unknown_parent"),
    (("parent: grow", "parent: care"), "outcomes[1].parent", "parent_loop"),
    (("perspective: customer", "perspective: client"), "outcomes[1].perspective", "not_allowed"),
    (("weight: 60", "weight: 60.0"), "outcomes[0].weight", "wrong_type"),
    (('id: "2026"', "id: 2026"), "id", "wrong_type"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "column", "rule"), STRATEGY_FAULTS)
def test_each_fault_of_a_strategy_names_its_key_path(
    cycle_folder: Path, change: tuple[str, str], column: str, rule: str
) -> None:
    load(cycle_folder, HEAD + SCALE + ONE, STRATEGY)
    (cycle_folder / "s.yaml").write_text(STRATEGY.replace(*change))
    with pytest.raises(InputError) as caught:
        load_strategy(load_cycle(cycle_folder))
    (problem,) = caught.value.problems
    assert (problem.file, problem.column, problem.rule) == ("s.yaml", column, rule)


def test_a_faulty_strategy_is_reported_by_its_own_loader_alone(cycle_folder: Path) -> None:
    (rubric,) = load(cycle_folder, HEAD + SCALE + ONE, "schema: 7\n")
    assert rubric.id == "x"


def test_declared_weights_are_percents(cycle_folder: Path) -> None:
    text = HEAD + SCALE + ONE.replace("100", "30") + '  - {id: b, label: "B", weight: 70}\n'
    (rubric,) = load(cycle_folder, text)
    assert criterion_weights(rubric, None) == (Fraction(3, 10), Fraction(7, 10))


FROM_OUTCOMES = (
    HEAD
    + "weights: from_outcomes\n"
    + SCALE
    + 'criteria:\n  - {id: a, label: "A", outcomes: {grow: 75, care: 25}}\n'
    + '  - {id: b, label: "B", outcomes: {care: 100}}\n'
)


def test_weights_from_outcomes_follow_the_strategy_exactly(cycle_folder: Path) -> None:
    (rubric,) = load(cycle_folder, FROM_OUTCOMES, STRATEGY)
    strategy = load_strategy(load_cycle(cycle_folder))
    # a: 60 * 75 + 40 * 25 = 5500; b: 40 * 100 = 4000; together 9500.
    assert criterion_weights(rubric, strategy) == (Fraction(11, 19), Fraction(8, 19))


def test_weights_from_outcomes_need_a_strategy(cycle_folder: Path) -> None:
    (problem,) = refuse(cycle_folder, FROM_OUTCOMES)
    assert (problem.column, problem.rule) == ("weights", "no_strategy")


def test_outcomes_that_weigh_nothing_cannot_give_weights(cycle_folder: Path) -> None:
    strategy = STRATEGY.replace("60", "100").replace("40", "0")
    text = FROM_OUTCOMES.replace("{grow: 75, care: 25}", "{care: 100}")
    (problem,) = refuse(cycle_folder, text, strategy)
    assert (problem.column, problem.rule) == ("weights", "weight_sum")


def test_faults_of_all_rubrics_are_listed_at_once(cycle_folder: Path) -> None:
    cycle_file = cycle_folder / "cycle.yaml"
    cycle_file.write_text(cycle_file.read_text().replace("[x.yaml]", "[x.yaml, y.yaml, z.yaml]"))
    (cycle_folder / "y.yaml").write_text(HEAD + SCALE + ONE.replace("100", "7"))
    problems = refuse(cycle_folder, "a: &b 1\n")
    assert [(p.file, p.rule) for p in problems] == [
        ("x.yaml", "yaml_anchor"), ("y.yaml", "weight_sum"), ("z.yaml", "missing_file"),
    ]  # fmt: skip


def test_two_rubrics_may_not_share_an_id(cycle_folder: Path) -> None:
    cycle_file = cycle_folder / "cycle.yaml"
    cycle_file.write_text(cycle_file.read_text().replace("[x.yaml]", "[x.yaml, y.yaml]"))
    (cycle_folder / "y.yaml").write_text(HEAD + SCALE + ONE)
    (problem,) = refuse(cycle_folder, HEAD + SCALE + ONE)
    assert (problem.file, problem.rule) == ("y.yaml", "duplicate_id")


def test_labels_must_stand_for_marks_the_rubric_allows(cycle_folder: Path) -> None:
    cycle_file = cycle_folder / "cycle.yaml"
    scales = "scales: {words: {version: 1, marks: {Low: 0, High: 5}}}\n"
    cycle_file.write_text(cycle_file.read_text() + scales)
    (problem,) = refuse(cycle_folder, HEAD + SCALE + ONE.replace("100", "100, scale: words"))
    assert problem.rule == "label_out_of_scale"
    assert "'Low'" in problem.what
