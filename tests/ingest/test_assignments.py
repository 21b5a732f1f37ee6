"""Who managed whom: each rule refuses the row that breaks it; weights are divided by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from calibrate.errors import Problem
from calibrate.ingest import (
    AssignmentTable,
    EmployeeTable,
    RatingStream,
    read_assignments,
    read_employees,
)
from calibrate.rubric import build_mark_rules, load_rubrics

HEADER = "employee_id,manager_id,kind,from,to,share"
DATES = "starts_on: 2026-07-01\nends_on: 2026-12-31\n"


def set_up(folder: Any, rows: tuple[str, ...], employees: str, dates: str = DATES) -> Any:
    folder.write("assignments.csv", "\n".join([HEADER, *rows]) + "\n")
    folder.write("employees.csv", employees)
    text = (folder.path / "cycle.yaml").read_text()
    if "assignments:" not in text:
        text = text.replace("rubrics:", "  assignments: {file: assignments.csv}\nrubrics:")
        folder.write("cycle.yaml", dates + text)
    return folder.cycle()


def read(
    folder: Any, *rows: str, employees: str = "employee_id\nE1\nE2\nE3\n", dates: str = DATES
) -> tuple[AssignmentTable, EmployeeTable, list[Problem]]:
    cycle = set_up(folder, rows, employees, dates)
    people, _ = read_employees(cycle)
    table, problems = read_assignments(cycle, people)
    return table, table.settle(people), problems


def parts(table: AssignmentTable, person: str) -> dict[str, float]:
    rows = table.frame[table.frame["employee_id"] == person]
    return dict(zip(rows["manager_id"], rows["part"].round(9), strict=True))


FAULTS = [
    ("X1,M1,,,,", "employee_id", "unknown_employee"),
    (",M1,,,,", "employee_id", "blank_id"),
    ("E1,,,,,", "manager_id", "blank_id"),
    ("E1, M1,,,,", "manager_id", "surrounding_space"),
    ("E1,E1,,,,", "manager_id", "own_manager"),
    ("E1,M1,dotted,,,", "kind", "unknown_kind"),
    ("E1,M1,,1.7.2026,,", "from", "not_a_date"),
    ("E1,M1,,,2026-02-30,", "to", "not_a_date"),
    ("E1,M1,,2026-09-01,2026-08-31,", "to", "date_order"),
    ("E1,M1,,,,1.2", "share", "share_range"),
    ("E1,M1,,,,half", "share", "share_range"),
]


@pytest.mark.parametrize(("row", "column", "rule"), FAULTS)
def test_each_bad_row_is_listed_and_left_out(folder: Any, row: str, column: str, rule: str) -> None:
    table, _, problems = read(folder, "E2,M1,,,,", row)
    assert [(p.row, p.column, p.rule, p.level) for p in problems] == [(3, column, rule, "error")]
    assert list(table.frame["employee_id"]) == ["E2"]


def test_the_nearest_employee_is_suggested(folder: Any) -> None:
    assert "E3" in read(folder, "e3,M1,,,,")[2][0].fix


@pytest.mark.parametrize(
    "row", ["E1,M9,line,2025-01-01,2026-06-30,", "E1,M9,previous,,2026-06-30,",
            "E1,M9,line,2027-01-01,,"],
)  # fmt: skip
def test_an_assignment_outside_the_cycle_is_a_note_and_admits_nobody(folder: Any, row: str) -> None:
    table, _, (problem,) = read(folder, "E1,M1,,,,", row)
    assert (problem.rule, problem.level, problem.row) == ("outside_cycle", "note", 3)
    assert table.managers.names == ("M1",)


def test_the_first_and_the_last_day_of_the_cycle_are_inside(folder: Any) -> None:
    table, _, problems = read(folder, "E1,M1,,,2026-07-01,", "E1,M2,,2026-12-31,,")
    assert problems == []
    # 1 day each of the 2 days that anybody is assigned.
    assert parts(table, "E1") == {"M1": 0.5, "M2": 0.5}


@pytest.mark.parametrize(
    ("rows", "rule", "listed"),
    [
        (("E1,M1,,,2026-09-30,", "E1,M1,,2026-09-30,,"), "overlapping_assignment", [2, 3]),
        (("E1,M1,matrix,,,", "E1,M1,acting,,,"), "overlapping_assignment", [2, 3]),
        (("E1,M1,,,,0.7", "E1,M2,matrix,,,0.4"), "share_sum", [2, 3]),
        (("E1,M1,,,,1", "E1,M2,matrix,,,"), "no_share_left", [3]),
        (("E1,M1,,,,", "E1,M2,line,2026-08-01,,"), "several_line_managers", [2, 3]),
        (("E1,E2,,,,", "E2,E3,,,,", "E3,E1,,,,"), "manager_loop", [2, 3, 4]),
    ],
)
def test_rows_that_contradict_each_other_are_all_listed(
    folder: Any, rows: tuple[str, ...], rule: str, listed: list[int]
) -> None:
    table, _, problems = read(folder, *rows)
    assert [(p.row, p.rule) for p in problems] == [(row, rule) for row in listed]
    assert len(table.frame) == len(rows) - len(listed)


def test_shares_that_sum_to_one_but_for_rounding_are_welcome(folder: Any) -> None:
    rows = ("E1,M1,,,,0.1", "E1,M2,matrix,,,0.2", "E1,M3,matrix,,,0.7")
    assert read(folder, *rows)[2] == []


def test_the_same_pair_at_different_times_is_welcome(folder: Any) -> None:
    rows = ("E1,M1,,,2026-08-31,", "E1,M2,,2026-09-01,2026-10-31,", "E1,M1,,2026-11-01,,")
    table, people, problems = read(folder, *rows)
    assert problems == []
    assert people.column("manager_id")[0] == "M1"
    assert table.count_managers().tolist() == [2, 0, 0]


def test_employees_and_assignments_may_not_name_different_line_managers(folder: Any) -> None:
    employees = "employee_id,manager_id\nE1,M1\nE2,\n"
    _, people, (problem,) = read(folder, "E1,M2,,,,", "E2,M2,,,,", employees=employees)
    assert (problem.row, problem.rule) == (2, "manager_contradiction")
    assert problem.what == "the line manager is 'M2', employees say 'M1'"
    assert people.column("manager_id") == ("M1", "M2")


def test_a_line_manager_of_earlier_months_contradicts_nothing(folder: Any) -> None:
    employees = "employee_id,manager_id\nE1,M1\n"
    table, people, problems = read(folder, "E1,M2,,,2026-09-30,", employees=employees)
    assert problems == []
    assert people.column("manager_id") == ("M1",)
    assert table.managers.names == ("M1", "M2")


def test_a_circle_through_both_tables_is_found(folder: Any) -> None:
    employees = "employee_id,manager_id\nE1,E2\nE2,\n"
    (problem,) = read(folder, "E2,E1,,,,", employees=employees)[2]
    assert (problem.row, problem.rule) == (2, "manager_loop")


@pytest.mark.parametrize(
    ("rows", "manager"),
    [
        (("E1,M1,,,2026-09-30,", "E1,M2,,2026-10-01,,"), "M2"),
        (("E1,M1,,,2026-08-31,", "E1,M2,,2026-09-01,2026-11-15,"), "M2"),
        (("E1,M1,,,9999-12-31,", "E1,M2,previous,,2026-09-30,"), "M1"),
        (("E1,M2,previous,,2026-09-30,",), ""),
        (("E1,M2,matrix,,,",), ""),
    ],
)
def test_the_line_manager_is_the_one_in_force_at_the_end_else_the_last(
    folder: Any, rows: tuple[str, ...], manager: str
) -> None:
    _, people, problems = read(folder, *rows)
    assert problems == []
    assert people.column("manager_id")[0] == manager
    assert "manager_id" in people.declared


def test_a_cycle_without_dates_takes_the_open_assignment(folder: Any) -> None:
    rows = ("E1,M1,,,2020-09-30,", "E1,M2,,2020-10-01,,")
    table, people, problems = read(folder, *rows, dates="")
    assert problems == []
    assert people.column("manager_id")[0] == "M2"
    assert parts(table, "E1") == {"M1": 0.5, "M2": 0.5}


DIVIDED = [
    # July to September has 92 days, October to December 92: halves.
    (("E1,M1,,,2026-09-30,", "E1,M2,,2026-10-01,,"), {"M1": 0.5, "M2": 0.5}),
    # July and August have 62 of 184 days; the line manager's first day follows from it.
    (("E1,M1,previous,,2026-08-31,", "E1,M2,,,,"), {"M1": 62 / 184, "M2": 122 / 184}),
    (("E1,M1,previous,,,", "E1,M2,,2026-09-01,,"), {"M1": 62 / 184, "M2": 122 / 184}),
    # What stood before the cycle does not count.
    (("E1,M1,,2024-01-01,2026-08-31,", "E1,M2,,2026-09-01,,"), {"M1": 62 / 184, "M2": 122 / 184}),
    # August has 31 days; the line manager stays for all 184.
    (("E1,M1,,,,", "E1,M2,acting,2026-08-01,2026-08-31,"), {"M1": 184 / 215, "M2": 31 / 215}),
    (("E1,M1,,,,0.7", "E1,M2,matrix,,,0.3"), {"M1": 0.7, "M2": 0.3}),
    (("E1,M1,,,,", "E1,M2,matrix,,,0.3"), {"M1": 0.7, "M2": 0.3}),
    (("E1,M1,,,,", "E1,M2,matrix,,,"), {"M1": 0.5, "M2": 0.5}),
    (("E1,M1,,,,0.25",), {"M1": 1.0}),
]


@pytest.mark.parametrize(("rows", "expected"), DIVIDED)
def test_the_managers_weight_is_divided_by_share_else_by_days_else_equally(
    folder: Any, rows: tuple[str, ...], expected: dict[str, float]
) -> None:
    table, _, problems = read(folder, *rows)
    assert problems == []
    assert parts(table, "E1") == pytest.approx(expected)


def test_the_manager_of_employees_gets_what_the_table_leaves(folder: Any) -> None:
    employees = "employee_id,manager_id\nE1,M1\n"
    table, _, problems = read(folder, "E1,M0,previous,,2026-08-31,", employees=employees)
    assert problems == []
    assert parts(table, "E1") == pytest.approx({"M0": 62 / 184, "M1": 122 / 184})


def test_parts_are_looked_up_by_rater(folder: Any) -> None:
    table, *_ = read(folder, "E1,M1,,,,0.7", "E1,M2,matrix,,,0.3", "E2,M2,,,,")
    asked = table.part_of(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), ["M1", "M2"])
    assert asked.tolist() == [0.7, 0.3, 0.0, 1.0]


def rate(folder: Any, *raters: str) -> list[Problem]:
    lines = [f"E1,{rater},manager,clarity,4" for rater in raters]
    folder.write("ratings.csv", "\n".join(["employee_id,rater_id,source,criterion,mark", *lines]))
    cycle = folder.cycle()
    people, _ = read_employees(cycle)
    table, _ = read_assignments(cycle, people)
    people = table.settle(people)
    rules, _ = build_mark_rules(load_rubrics(cycle), people, cycle)
    stream = RatingStream(cycle, people, rules, table.managers)
    assert sum(len(chunk) for chunk in stream) == len(raters) - len(stream.problems)
    return stream.problems


def test_every_manager_of_the_cycle_may_file_a_form_and_nobody_else(folder: Any) -> None:
    rows = ("E1,M1,previous,,2026-09-30,", "E1,M2,matrix,,,", "E2,M4,,,,")
    set_up(folder, rows, "employee_id,manager_id\nE1,M3\nE2,\n")
    (problem,) = rate(folder, "M1", "M2", "M3", "M4")
    assert (problem.row, problem.rule) == (5, "not_the_manager")
    assert problem.what == "'M4' is not the manager; declared: 'M1', 'M2', 'M3'"


def test_people_nobody_rated_are_a_note_where_there_is_no_employees_file(folder: Any) -> None:
    cycle = set_up(folder, ("E2,M1,,,,", "E7,M1,,,,"), "")
    folder.write(
        "cycle.yaml",
        (folder.path / "cycle.yaml").read_text().replace("  employees: {file: employees.csv}\n", "")
    )  # fmt: skip
    cycle = folder.cycle()
    people, _ = read_employees(cycle)
    table, (problem,) = read_assignments(cycle, people)
    assert (problem.row, problem.rule, problem.level) == (3, "not_in_cycle", "note")
    assert table.settle(people).column("manager_id") == ("M1",)


def test_a_missing_column_stops_the_whole_file(folder: Any) -> None:
    cycle = set_up(folder, (), "employee_id\nE1\n")
    folder.write("assignments.csv", "employee_id,kind\nE1,line\n")
    people, _ = read_employees(cycle)
    problems = read_assignments(cycle, people)[1]
    assert any(p.whole and "manager_id" in p.what for p in problems)


def test_an_attribute_beside_the_assignments_is_refused_as_a_whole(folder: Any) -> None:
    cycle = set_up(folder, (), "employee_id\nE1\n")
    folder.write("assignments.csv", "employee_id,manager_id,gender\nE1,M1,secret\n")
    people, _ = read_employees(cycle)
    table, (problem,) = read_assignments(cycle, people)
    assert (problem.rule, problem.whole, problem.value) == ("attribute_column", True, "")
    assert table.frame.empty
