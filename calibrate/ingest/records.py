"""Check-ins, feedback, measures of units, rewards and history → tables of text, checked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from calibrate.config import Cycle
from calibrate.errors import Problem
from calibrate.ingest.check_practice import note_days, note_units
from calibrate.ingest.contracts import record_contract
from calibrate.ingest.past_criteria import check_past_criteria
from calibrate.ingest.table import TextTable, read_text_table
from calibrate.ingest.values import EmployeeTable

#: Each table and the columns that name one of its rows; none where rows may repeat.
RECORDS: Mapping[str, tuple[str, ...]] = {
    "checkins": (),
    "feedback": (),
    "unit_measures": ("unit", "measure", "cycle", "as_of"),
    "rewards": ("employee_id",),
    "history": ("cycle", "employee_id"),
    "criterion_history": ("cycle", "employee_id", "criterion"),
}

#: Tables about other cycles too; people leave, and their rows stay.
PAST = ("history", "criterion_history")


@dataclass(frozen=True)
class RecordTable:
    """What happened, one row each, every column as text; "" is blank.

    Parameters
    ----------
    frame
        Rows without an error, in the order of the files.
    declared
        Columns the files really have.
    """

    frame: pd.DataFrame
    declared: frozenset[str]

    def __len__(self) -> int:
        return len(self.frame)


def read_records(
    cycle: Cycle, table: str, employees: EmployeeTable, criteria: Collection[str]
) -> tuple[RecordTable, list[Problem]]:
    """Read one of the tables that say what happened; rows with an error are left out.

    A row about somebody who is not in this cycle is listed as a note and not
    used; history keeps it, since people leave.

    Parameters
    ----------
    table
        A key of :data:`RECORDS`.
    employees, criteria
        People of the cycle, and criteria of all rubrics.
    """
    text = read_text_table(cycle, table)
    problems = [*text.problems, *text.check(record_contract(table, criteria))]
    problems += _find_repeats(text, RECORDS[table])
    if table == "criterion_history":
        problems += check_past_criteria(text, criteria)
    if table == "unit_measures":
        problems += note_units(text, employees, cycle)
    if table in ("checkins", "feedback"):
        problems += note_days(text, table, employees, cycle)
    frame = text.without(problems)
    if "employee_id" in frame.columns and table not in PAST:
        problems += _note_strangers(text, employees)
        frame = frame[frame["employee_id"].isin(employees.ids)]
    return RecordTable(frame.reset_index(drop=True), text.declared), problems


def _find_repeats(text: TextTable, key: tuple[str, ...]) -> Iterator[Problem]:
    if not key or not len(text.frame):
        return
    named = " and ".join(key)
    for index in text.frame.duplicated(list(key), keep=False).to_numpy().nonzero()[0]:
        what = f"another row has the same {named}"
        yield text.problem(int(index), key[-1], "duplicate_row", what, "keep one of them")


def _note_strangers(text: TextTable, employees: EmployeeTable) -> Iterator[Problem]:
    people = text.frame["employee_id"]
    for index in (~people.isin(employees.ids)).to_numpy().nonzero()[0].tolist():
        person = people.iloc[index]
        if person and person == person.strip():
            shown, row = text.places[index]
            what, fix = f"'{person[:60]}' is not in this cycle", "the row is not used"
            yield Problem(shown, row, "employee_id", "not_in_cycle", what, fix, "note", person)
