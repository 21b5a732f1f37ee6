"""The employees table: each rule by hand, and the people of a cycle without the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import pytest

from calibrate.config import COLUMNS, Cycle
from calibrate.ingest import read_employees


class Folder(Protocol):
    def write(self, name: str, content: str | bytes) -> None: ...
    def cycle(self) -> Cycle: ...


def test_people_are_sorted_and_every_column_is_text(folder: Folder) -> None:
    folder.write("employees.csv", "employee_id,level,name\n010,3,NA\n007,,Ann\n")
    table, problems = read_employees(folder.cycle())
    assert problems == []
    assert table.ids == ("007", "010")
    assert table.declared == {"employee_id", "level", "name"}
    assert list(table.frame.columns) == list(COLUMNS["employees"])
    assert table.column("level") == ("", "3")
    assert table.column("name") == ("Ann", "NA")
    assert table.column("department") == ("", "")
    assert table.codes.encode(["010", "x"]).tolist() == [1, -1]


FAULTS = [
    ("employee_id", "E1\nE1", [2, 3], "employee_id", "duplicate_id"),
    ("employee_id,name", ",Ann\nE1,Ben", [2], "employee_id", "blank_id"),
    ("employee_id", " E1\nE2", [2], "employee_id", "surrounding_space"),
    ("employee_id,manager_id", "E1,E2 \nE2,", [2], "manager_id", "surrounding_space"),
    ("employee_id,hired_on", "E1,1.7.2026", [2], "hired_on", "not_a_date"),
    ("employee_id,left_on", "E1,2026-02-29", [2], "left_on", "not_a_date"),
    ("employee_id,proposed_on", "E1,20260701", [2], "proposed_on", "not_a_date"),
    ("employee_id,present_share", "E1,1.01", [2], "present_share", "share_range"),
    ("employee_id,present_share", "E1,-0.1", [2], "present_share", "share_range"),
    ("employee_id,present_share", "E1,nan", [2], "present_share", "share_range"),
    ("employee_id,proposed_band", "E1,Meet", [2], "proposed_band", "unknown_band"),
    ("employee_id,hired_on,left_on", "E1,2026-07-02,2026-07-01", [2], "left_on", "date_order"),
    ("employee_id,manager_id", "E1,E1", [2], "manager_id", "own_manager"),
    ("employee_id,manager_id", "E1,E2\nE2,E3\nE3,E1\nE4,E1", [2, 3, 4], "manager_id",
     "manager_loop"),
    ("employee_id", "E1,E2", [2], "", "ragged_row"),
]  # fmt: skip


@pytest.mark.parametrize(("header", "body", "rows", "column", "rule"), FAULTS)
def test_each_bad_row_is_listed_and_left_out(
    folder: Folder, header: str, body: str, rows: list[int], column: str, rule: str
) -> None:
    folder.write("employees.csv", f"{header}\n{body}\n")
    table, problems = read_employees(folder.cycle())
    assert [(p.row, p.column, p.rule) for p in problems] == [(r, column, rule) for r in rows]
    assert len(table.ids) == body.count("\n") + 1 - len(rows)


def test_values_at_the_edge_of_a_rule_are_welcome(folder: Folder) -> None:
    header = "employee_id,manager_id,hired_on,left_on,present_share,proposed_band,status\n"
    rows = "E1,X9,2026-07-01,2026-07-01,0,Meets,on leave\nE2,,,,1,,\n"
    folder.write("employees.csv", header + rows)
    table, problems = read_employees(folder.cycle())
    assert problems == []
    assert table.ids == ("E1", "E2")


def test_loop_among_managers_is_named(folder: Folder) -> None:
    folder.write("employees.csv", "employee_id,manager_id\nE1,E2\nE2,E1\n")
    _, problems = read_employees(folder.cycle())
    assert problems[0].what == "manager_id runs in a circle: E1 → E2 → E1"


def test_nearest_band_is_suggested(folder: Folder) -> None:
    folder.write("employees.csv", "employee_id,proposed_band\nE1,meets\n")
    (problem,) = read_employees(folder.cycle())[1]
    assert problem.fix.startswith("did you mean 'Meets'?")


@pytest.mark.parametrize("name", ["gender", "Age", "birth_date"])
def test_attribute_column_is_refused_as_a_whole(folder: Folder, name: str) -> None:
    folder.write("employees.csv", f"employee_id,{name}\nE1,secret\n")
    table, (problem,) = read_employees(folder.cycle())
    assert (problem.rule, problem.whole, problem.value) == ("attribute_column", True, "")
    assert "secret" not in repr(problem)
    assert table.ids == ()


def test_without_a_file_employees_are_those_rated(
    folder: Folder, edit: Callable[[str, str], None]
) -> None:
    edit("  employees: {file: employees.csv}\n", "")
    header = "employee_id,rater_id,source,criterion,mark\n"
    folder.write("ratings.csv", header + "B,x,peer,clarity,4\nA,x,peer,clarity,bad\n,x,peer,a,1\n")
    table, problems = read_employees(folder.cycle())
    assert problems == []
    assert table.ids == ("A", "B")
    assert table.declared == {"employee_id"}
    assert table.column("level") == ("", "")
