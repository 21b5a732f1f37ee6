"""The goals file → GoalTable."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pandas as pd

from calibrate.config import COLUMNS, Cycle, say_known
from calibrate.errors import Problem
from calibrate.ingest.contracts import goal_contract
from calibrate.ingest.recode import Suggester
from calibrate.ingest.table import TextTable, find_loops, read_text_table
from calibrate.ingest.values import EmployeeTable, GoalTable

NUMBERS = ("weight", "baseline", "target", "actual")


def read_goals(
    cycle: Cycle, employees: EmployeeTable, outcomes: Collection[str] | None = None
) -> tuple[GoalTable, list[Problem]]:
    """Read the goals table; rows with an error are left out of it.

    Where ``kind`` is blank it follows from the row: a goal with an employee is
    a person's, one with a department a unit's, any other the company's.

    Parameters
    ----------
    cycle, employees
        The cycle and its people.
    outcomes
        Ids of the strategy's outcomes; ``None`` where there is no strategy.

    Returns
    -------
    GoalTable
        Sorted by id; text columns with "" for blank, numbers as Float64 with NA.
    list of Problem
        Every fault of the file and its rows.
    """
    if not cycle.inputs.has("goals"):
        empty = pd.DataFrame(columns=list(COLUMNS["goals"]), dtype=object)
        return GoalTable(_with_numbers(empty), frozenset()), []
    table = read_text_table(cycle, "goals")
    problems = [*table.problems, *table.check(goal_contract())]
    problems += _check_people(table, employees)
    problems += _check_parents(table)
    problems += _check_order(table)
    if outcomes is not None:
        problems += _check_outcomes(table, outcomes)
    frame = table.without(problems).sort_values("goal_id", kind="stable").reset_index(drop=True)
    return GoalTable(_with_numbers(_with_kind(frame)), table.declared), problems


def _with_kind(frame: pd.DataFrame) -> pd.DataFrame:
    company = pd.Series("company", index=frame.index, dtype=object)
    derived = company.mask(frame["department"] != "", "unit")
    derived = derived.mask(frame["employee_id"] != "", "person")
    return frame.assign(kind=frame["kind"].mask(frame["kind"] == "", derived))


def _with_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    numbers = {
        name: pd.array([float(text) if text else None for text in frame[name]], dtype="Float64")
        for name in NUMBERS
    }
    return frame.assign(**numbers)


def _check_people(table: TextTable, employees: EmployeeTable) -> Iterator[Problem]:
    people = table.frame["employee_id"]
    suggester = Suggester(employees.ids, employees.refused)
    suggester.prepare(person for person in people if person and person not in employees.codes)
    kinds = table.frame["kind"]
    for index, person in enumerate(people):
        if not person and kinds.iloc[index] == "person":
            what = "a goal of kind person names no employee_id"
            yield table.problem(index, "employee_id", "person_without_employee", what, "fill it in")
        elif person and person == person.strip() and person not in employees.codes:
            what, fix = suggester.explain_person(person)
            yield table.problem(index, "employee_id", suggester.name_rule(person), what, fix)


def _check_parents(table: TextTable) -> Iterator[Problem]:
    ids, above = list(table.frame["goal_id"]), list(table.frame["parent_id"])
    position = {name: index for index, name in enumerate(ids) if name}
    suggester = Suggester(tuple(position))
    suggester.prepare(parent for parent in above if parent and parent not in position)
    for index, parent in enumerate(above):
        if parent and parent == parent.strip() and parent not in position:
            fix = suggester.ask(parent) or "add the goal or leave it blank"
            what = f"parent_id '{parent}' is no goal_id"
            yield table.problem(index, "parent_id", "unknown_parent", what, fix)
    for loop in find_loops([position.get(parent, -1) for parent in above]):
        names = [ids[index] for index in loop]
        shown = " → ".join([*names[:8], "…"] if len(names) > 8 else [*names, names[0]])
        for index in loop:
            what = f"parent_id runs in a circle: {shown}"
            yield table.problem(index, "parent_id", "parent_loop", what, "correct one of them")


def _check_order(table: TextTable) -> Iterator[Problem]:
    start, end = table.frame["valid_from"], table.frame["valid_to"]
    for index in ((start != "") & (end != "") & (end < start)).to_numpy().nonzero()[0]:
        what = f"valid_to {end.iloc[index]} is before valid_from {start.iloc[index]}"
        yield table.problem(int(index), "valid_to", "date_order", what, "correct one of the dates")


def _check_outcomes(table: TextTable, outcomes: Collection[str]) -> Iterator[Problem]:
    for index, outcome in enumerate(table.frame["outcome"]):
        if outcome and outcome == outcome.strip() and outcome not in outcomes:
            what = f"outcome '{outcome}' is not in the strategy"
            fix = say_known(outcome, tuple(outcomes))
            yield table.problem(index, "outcome", "unknown_outcome", what, fix)
