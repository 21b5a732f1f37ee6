"""Rows of check-ins, feedback and measures that count nowhere are noted, never dropped unsaid."""

from __future__ import annotations

from typing import Any

import pytest

from calibrate.errors import Problem
from calibrate.ingest import find_unit_kind, pick_current, read_employees, read_records
from calibrate.ingest.check_practice import MOST_UNKNOWN

EMPLOYEES = (
    "employee_id,manager_id,department,hired_on,left_on\n"
    "E1,,Sales,,\nE2,E1,Sales,2026-08-01,\nE3,E1,Data,,2026-09-30\nE4,E2,Data,,\n"
)
DATES = "starts_on: 2026-07-01\nends_on: 2026-12-31\n"
MEASURES = "unit,measure,value,as_of,cycle"
CHECKINS = "employee_id,held_on"


def read(folder: Any, table: str, header: str, *rows: str) -> tuple[Any, list[Problem], Any]:
    """Records, problems and cycle of one table with dates and departments."""
    folder.write("employees.csv", EMPLOYEES)
    folder.write(f"{table}.csv", "\n".join([header, *rows]) + "\n")
    text = (folder.path / "cycle.yaml").read_text()
    inputs = f"  {table}: {{file: {table}.csv}}\nrubrics:"
    folder.write(
        "cycle.yaml", text.replace("rubrics:", inputs).replace("inputs:", DATES + "inputs:")
    )
    cycle = folder.cycle()
    employees, _ = read_employees(cycle)
    records, problems = read_records(cycle, table, employees, ("clarity", "delivery"))
    return records, problems, cycle


def told(problems: list[Problem]) -> list[tuple[str, int | None, str]]:
    """Level, row and rule of each."""
    return [(p.level, p.row, p.rule) for p in problems]


def test_a_unit_nobody_belongs_to_is_noted_with_the_nearest_name(folder: Any) -> None:
    rows = ("E1,engagement,70,,", "E2,engagement,60,,", "e-1,engagement,50,,", "e-1,nps,9,,")
    records, problems, _ = read(folder, "unit_measures", MEASURES, *rows)
    assert told(problems) == [("note", 4, "unknown_unit")]
    assert "'e-1' is neither a manager of somebody nor a department" in problems[0].what
    assert problems[0].fix.startswith("did you mean 'E1'")
    assert len(records) == 4


def test_many_unknown_units_are_one_note(folder: Any) -> None:
    n = MOST_UNKNOWN + 1
    rows = [f"Z{k:02d},engagement,70,," for k in range(n)]
    _, (note,), _ = read(folder, "unit_measures", MEASURES, *rows)
    assert (note.row, note.rule) == (2, "unknown_unit")
    assert f"{n} rows are about {n} units" in note.what


def test_units_that_left_are_not_missed_in_earlier_cycles(folder: Any) -> None:
    rows = ("E1,engagement,70,,", "GONE,engagement,70,,2026-H1")
    assert read(folder, "unit_measures", MEASURES, *rows)[1] == []


def test_measures_of_two_kinds_of_unit_are_noted(folder: Any) -> None:
    # Two departments and one manager: departments are compared.
    rows = ("Sales,engagement,70,,", "Data,engagement,60,,", "E1,engagement,50,,")
    _, problems, _ = read(folder, "unit_measures", MEASURES, *rows)
    assert told(problems) == [("note", 4, "unit_of_other_kind")]
    assert problems[0].what == "1 row is about a team, and more units are each a department"


@pytest.mark.parametrize(
    ("named", "kind"),
    [({"E1", "E2"}, "team"), ({"Sales", "E1", "Data"}, "department"), ({"Sales", "E1"}, "team"),
     (set(), "team")],
)  # fmt: skip
def test_the_kind_with_more_names_is_compared(folder: Any, named: set[str], kind: str) -> None:
    folder.write("employees.csv", EMPLOYEES)
    assert find_unit_kind(named, read_employees(folder.cycle())[0]) == kind


def test_people_without_manager_and_department_have_no_units(folder: Any) -> None:
    folder.write("employees.csv", "employee_id\nE1\nE2\nE3\n")
    assert find_unit_kind({"E1"}, read_employees(folder.cycle())[0]) == ""


def test_what_was_measured_after_the_cycle_counts_only_if_it_names_the_cycle(folder: Any) -> None:
    rows = (
        "E1,engagement,70,2026-11-30,", "E1,engagement,99,2027-01-15,",
        "E1,nps,9,2027-01-15,test", "E2,engagement,60,,", "E2,nps,8,2026-06-01,2026-H1",
    )  # fmt: skip
    records, problems, cycle = read(folder, "unit_measures", MEASURES, *rows)
    assert told(problems) == [("note", 3, "measured_after_cycle")]
    assert pick_current(records.frame, cycle).tolist() == [True, False, True, True, False]


def test_days_outside_the_cycle_are_counted_in_one_note(folder: Any) -> None:
    rows = ("E4,2026-07-01", "E4,2026-06-30", "E4,2027-01-01", "E4,2026-12-31")
    records, problems, _ = read(folder, "checkins", CHECKINS, *rows)
    assert told(problems) == [("note", 3, "day_outside_cycle")]
    assert problems[0].what == "2 rows are of days outside the cycle"
    assert len(records) == 4


def test_days_before_somebody_came_or_after_somebody_left_are_noted(folder: Any) -> None:
    # E2 came on 1 August, E3 left on 30 September.
    rows = ("E2,2026-07-31", "E2,2026-08-01", "E3,2026-09-30", "E3,2026-10-01")
    _, problems, _ = read(folder, "feedback", "employee_id,given_on", *rows)
    assert told(problems) == [("note", 2, "person_not_there")]
    assert problems[0].what.startswith("2 rows are of days before the person came")


def test_a_day_that_is_none_is_an_error_and_no_note(folder: Any) -> None:
    _, problems, _ = read(folder, "checkins", CHECKINS, "E4,1.8.2026", "E4,")
    assert told(problems) == [("error", 2, "not_a_date"), ("error", 3, "blank_text")]
