"""The goals file → GoalTable."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import pandas as pd

from calibrate.config import COLUMNS, Cycle, say_known
from calibrate.errors import Problem
from calibrate.ingest.contracts import goal_contract
from calibrate.ingest.goal_links import check_key_results, check_owners, check_parents
from calibrate.ingest.goal_versions import check_versions, note_outside
from calibrate.ingest.recode import Suggester
from calibrate.ingest.table import TextTable, read_text_table
from calibrate.ingest.values import EmployeeTable, GoalTable

#: What says whose goal it is.
_HOLDER = ("kind", "employee_id", "department", "owner")
NUMBERS = ("weight", "baseline", "target", "actual")


def read_goals(
    cycle: Cycle,
    employees: EmployeeTable,
    outcomes: Collection[str] | Mapping[str, str] | None = None,
) -> tuple[GoalTable, list[Problem]]:
    """Read the goals table; rows with an error are left out of it.

    Where ``kind`` is blank it follows from the row: a goal with an employee is
    a person's, one with a department a unit's, any other the company's. Where
    ``goal_type`` is blank, a goal with key results below is an objective and any
    other a KPI. A key result that names nobody is that of the objective's holder. Several
    rows of one goal are its versions, each with its days.

    Parameters
    ----------
    cycle, employees
        The cycle and its people.
    outcomes
        Ids of the strategy's outcomes, or outcome → who answers for it, "" for nobody;
        ``None`` where there is no strategy.

    Returns
    -------
    GoalTable
        Sorted by id and first day; text columns with "" for blank, numbers as Float64 with NA.
    list of Problem
        Every fault of the file and its rows.
    """
    if not cycle.inputs.has("goals"):
        empty = pd.DataFrame(columns=list(COLUMNS["goals"]), dtype=object)
        return GoalTable(_with_numbers(empty), frozenset()), []
    table = read_text_table(cycle, "goals")
    problems = [*table.problems, *table.check(goal_contract())]
    problems += check_versions(table)
    problems += _check_people(table, employees)
    problems += check_parents(table)
    problems += check_key_results(table)
    problems += check_owners(table, employees, outcomes)
    problems += _check_order(table)
    if outcomes is not None:
        problems += _check_outcomes(table, outcomes)
    frame = table.without(problems)
    problems += _note_standing(table, frame.index)
    problems += note_outside(table, frame.index, cycle)
    ordered = frame.sort_values(["goal_id", "valid_from"], kind="stable").reset_index(drop=True)
    told = _with_types(_with_kind(_hand_down(ordered)))
    return GoalTable(_with_numbers(told), table.declared), problems


def _hand_down(frame: pd.DataFrame) -> pd.DataFrame:
    """Give a key result that names nobody the kind and holder of its objective."""
    names_nobody = (frame[list(_HOLDER)] == "").all(axis=1)
    chosen = frame.index[(frame["goal_type"] == "key_result") & names_nobody]
    if not len(chosen):
        return frame
    above = frame.drop_duplicates("goal_id", keep="last").set_index("goal_id")[list(_HOLDER)]
    handed = above.reindex(frame.loc[chosen, "parent_id"]).fillna("").to_numpy(dtype=object)
    whole = frame.copy()
    whole.loc[chosen, list(_HOLDER)] = handed
    return whole


def _with_kind(frame: pd.DataFrame) -> pd.DataFrame:
    company = pd.Series("company", index=frame.index, dtype=object)
    derived = company.mask(frame["department"] != "", "unit")
    derived = derived.mask(frame["employee_id"] != "", "person")
    return frame.assign(kind=frame["kind"].mask(frame["kind"] == "", derived))


def _with_types(frame: pd.DataFrame) -> pd.DataFrame:
    above = set(frame.loc[frame["goal_type"] == "key_result", "parent_id"])
    derived = pd.Series("kpi", index=frame.index, dtype=object)
    derived = derived.mask(frame["goal_id"].isin(above), "objective")
    return frame.assign(goal_type=frame["goal_type"].mask(frame["goal_type"] == "", derived))


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
    kinds = table.frame["kind"].tolist()
    for index, person in enumerate(people.tolist()):
        if not person and kinds[index] == "person":
            what = "a goal of kind person names no employee_id"
            yield table.problem(index, "employee_id", "person_without_employee", what, "fill it in")
        elif person and person == person.strip() and person not in employees.codes:
            what, fix = suggester.explain_person(person)
            yield table.problem(index, "employee_id", suggester.name_rule(person), what, fix)


def _check_order(table: TextTable) -> Iterator[Problem]:
    start, end = table.frame["valid_from"], table.frame["valid_to"]
    for index in ((start != "") & (end != "") & (end < start)).to_numpy().nonzero()[0]:
        what = f"valid_to {end.iloc[index]} is before valid_from {start.iloc[index]}"
        yield table.problem(int(index), "valid_to", "date_order", what, "correct one of the dates")


def _check_outcomes(table: TextTable, outcomes: Collection[str]) -> Iterator[Problem]:
    known = tuple(outcomes)
    for index, outcome in enumerate(table.frame["outcome"].tolist()):
        if outcome and outcome == outcome.strip() and outcome not in outcomes:
            what = f"outcome '{outcome}' is not in the strategy"
            fix = say_known(outcome, known)
            yield table.problem(index, "outcome", "unknown_outcome", what, fix)


def _note_standing(table: TextTable, kept: pd.Index) -> Iterator[Problem]:
    """Note goals whose attainment cannot be told whatever comes."""
    frame = table.frame.loc[kept]
    numbers = {name: pd.to_numeric(frame[name], errors="coerce") for name in ("baseline", "target")}
    same = (numbers["baseline"] == numbers["target"]).to_numpy()
    targets = table.frame["target"].tolist()
    for index in frame.index[same].tolist():
        told = targets[index]
        what = f"target equals baseline ({told}): there is no way to go"
        fix = "no attainment is told; change one of them, or leave both blank for a goal to keep"
        yield _note(table, index, "target", "no_way_to_go", what, fix)
    above = set(frame.loc[frame["goal_type"] == "key_result", "parent_id"])
    bare = (frame["goal_type"] == "objective") & ~frame["goal_id"].isin(above)
    bare &= (frame["target"] == "") | (frame["actual"] == "")
    names = table.frame["goal_id"].tolist()
    for index in frame.index[bare.to_numpy()].tolist():
        what = f"objective '{names[index][:60]}' has no key result and no figures"
        fix = "add rows with goal_type key_result and this goal as parent_id"
        yield _note(table, index, "goal_type", "objective_without_key_results", what, fix)


def _note(table: TextTable, index: int, column: str, rule: str, what: str, fix: str) -> Problem:
    shown, row = table.places[index]
    value = str(table.frame[column].iloc[index])
    return Problem(shown, row, column, rule, what, fix, "note", value)
