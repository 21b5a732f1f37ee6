"""The employees file, or the people the ratings name, → EmployeeTable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from calibrate.config import COLUMNS, Cycle
from calibrate.errors import Problem
from calibrate.ingest.columns import match_header
from calibrate.ingest.contracts import employee_contract, is_visible
from calibrate.ingest.open import open_table
from calibrate.ingest.recode import Spellings
from calibrate.ingest.table import TextTable, find_loops, read_text_table
from calibrate.ingest.translate import Translator
from calibrate.ingest.values import EmployeeTable


def read_employees(cycle: Cycle) -> tuple[EmployeeTable, list[Problem]]:
    """Read the employees table; without one, employees are those rated.

    Rows with an error are left out of the table. Whether that stops the run is
    the caller's decision.

    Returns
    -------
    EmployeeTable
        Sorted by id, each column of the contract as text, "" for blank.
    list of Problem
        Every fault of the file and its rows.
    """
    if not cycle.inputs.has("employees"):
        ids = sorted(_rated_ids(cycle))
        frame = pd.DataFrame({"employee_id": ids}, columns=list(COLUMNS["employees"]), dtype=object)
        return EmployeeTable(frame.fillna(""), frozenset({"employee_id"})), []
    table = read_text_table(cycle, "employees")
    problems = list(table.problems)
    problems += table.check(employee_contract(cycle.bands.labels))
    problems += _check_dates(table)
    problems += _check_managers(table)
    frame = table.without(problems).sort_values("employee_id", kind="stable")
    refused = frozenset(table.frame["employee_id"]) - frozenset(frame["employee_id"])
    doubts = dict(_doubt_forms(table, frame, cycle))
    return EmployeeTable(frame.reset_index(drop=True), table.declared, refused, doubts), problems


def _rated_ids(cycle: Cycle) -> set[str]:
    # Faults of the ratings are listed when they are read for their marks.
    ids: set[str] = set()
    for part, name in cycle.inputs.places("ratings"):
        reader = open_table(cycle, part, name)
        names = reader.read_header()
        header = match_header(names, "ratings", part, name, cycle.attribute_names)
        alone = replace(
            header,
            position={n: at for n, at in header.position.items() if n == "employee_id"},
            joined={n: at for n, at in header.joined.items() if n == "employee_id"},
        )
        if names and {"employee_id"} & {*alone.position, *alone.joined, *part.constants}:
            for rows in Translator(part, alone, name).read(reader):
                column = rows.texts["employee_id"]
                ids.update(column.categories[np.unique(column.codes)])
    return {name for name in ids if name and name == name.strip() and is_visible(name)}


def _check_dates(table: TextTable) -> Iterator[Problem]:
    hired, left = table.frame["hired_on"], table.frame["left_on"]
    # ISO dates order as text; a malformed one has a problem of its own.
    for index in ((left != "") & (hired != "") & (left < hired)).to_numpy().nonzero()[0]:
        what = f"left_on {left.iloc[index]} is before hired_on {hired.iloc[index]}"
        yield table.problem(int(index), "left_on", "date_order", what, "correct one of the dates")


def _doubt_forms(
    table: TextTable, frame: pd.DataFrame, cycle: Cycle
) -> Iterator[tuple[str, Problem]]:
    """Say of whom no form is expected, and what to note where there is one."""
    reason, left, hired = frame["not_rated_reason"], frame["left_on"], frame["hired_on"]
    starts, ends = str(cycle.starts_on or ""), str(cycle.ends_on or "9999-12-31")
    absent = [text != "" and float(text) == 0 for text in frame["present_share"]]
    cases = (
        ("not_rated_reason", reason != "", "has a reason not to be rated"),
        ("left_on", (left != "") & (left < starts), "left before the cycle"),
        ("hired_on", hired > ends, "was hired after the cycle"),
        ("present_share", pd.Series(absent, index=frame.index, dtype=bool), "was never present"),
    )
    for column, flags, what in reversed(cases):
        for index in frame.index[flags]:
            person = str(frame["employee_id"][index])
            said, fix = f"'{person[:60]}' {what}, and has marks", "marks were used; correct one"
            problem = table.problem(int(index), column, "rated_all_the_same", said, fix)
            yield person, replace(problem, level="note")


def _check_managers(table: TextTable) -> Iterator[Problem]:
    ids = table.frame["employee_id"].tolist()
    managers = table.frame["manager_id"].tolist()
    position = {name: index for index, name in enumerate(ids) if name}
    for index, (person, manager) in enumerate(zip(ids, managers, strict=True)):
        if person and person == manager:
            what = f"'{person}' is the own manager"
            fix = "name the manager, or leave manager_id blank at the top"
            yield table.problem(index, "manager_id", "own_manager", what, fix)
    spellings = Spellings(ids)
    for index, manager in enumerate(managers):
        other = spellings.find_other(manager)
        if other and manager not in position:
            what, fix = Spellings.explain("manager_id", manager, other)
            yield table.problem(index, "manager_id", "id_spelling", what, fix)
    parents = [
        -1 if manager == person else position.get(manager, -1)
        for person, manager in zip(ids, managers, strict=True)
    ]
    for loop in find_loops(parents):
        names = [ids[index] for index in loop]
        shown = " → ".join([*names[:8], "…"] if len(names) > 8 else [*names, names[0]])
        for index in loop:
            what = f"manager_id runs in a circle: {shown}"
            fix = "correct one manager_id of the circle"
            yield table.problem(index, "manager_id", "manager_loop", what, fix)
