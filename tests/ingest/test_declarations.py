"""What a cycle declares about a file is done as declared, or refused; nothing in silence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from calibrate.config import MICRO, MISSING
from calibrate.errors import InputError
from calibrate.ingest import read_employees, read_records

from .conftest import HEADER, Folder

Edit = Callable[[str, str], None]
#: Employee, rater, criterion and mark of each row kept.
Kept = list[tuple[str, str, str, float | None]]


def read(folder: Folder) -> tuple[Kept, list[tuple[int | None, str, str]], list[int]]:
    """Rows kept, problems as row, column and rule, and who lost a row."""
    ids = read_employees(folder.cycle())[0].ids
    stream, tables = folder.stream()
    kept = [
        (
            ids[employee], stream.rater_ids[rater], ("clarity", "delivery")[criterion],
            None if mark == MISSING else mark / MICRO,
        )
        for table in tables
        for employee, rater, criterion, mark in zip(
            table.employee, table.rater, table.criterion, table.mark, strict=True
        )
    ]  # fmt: skip
    problems = [(p.row, p.column, p.rule) for p in stream.problems]
    return kept, problems, stream.quarantined.tolist()


@pytest.fixture
def ratings(folder: Folder, edit: Edit) -> Callable[[str, str], None]:
    """Declare the ratings and write their file."""

    def declare(keys: str, content: str) -> None:
        edit("{file: ratings.csv}", f"{{file: ratings.csv, {keys}}}")
        folder.write("ratings.csv", content)

    return declare


@pytest.mark.parametrize(
    ("keys", "content", "column"),
    [
        ("constants: {source: manager}", HEADER + "E2,E3,peer,clarity,4\n", "source"),
        (
            "join: {rater_id: [first, last]}",
            HEADER.replace("mark", "mark,first,last") + "E2,E3,peer,clarity,4,E,1\n",
            "rater_id",
        ),
    ],
)
def test_a_column_that_something_else_fills_too_is_refused(
    folder: Folder, ratings: Edit, keys: str, content: str, column: str
) -> None:
    ratings(keys, content)
    assert read(folder) == ([], [(1, column, "column_twice")], [])


def test_a_column_may_be_joined_into_itself(folder: Folder, ratings: Edit) -> None:
    folder.write("employees.csv", "employee_id\nDE 7\n")
    ratings(
        "join: {employee_id: [employee_id, number]}",
        HEADER.replace("mark", "mark,number") + "DE,E3,peer,clarity,4,7\n",
    )
    assert read(folder) == ([("DE 7", "E3", "clarity", 4)], [], [])


def test_values_translate_what_was_joined(folder: Folder, ratings: Edit) -> None:
    ratings(
        'join: {employee_id: [a, b]}, values: {employee_id: {"E 2": E2}}',
        "a,b,rater_id,source,criterion,mark\nE,2,E3,peer,clarity,4\n",
    )
    assert read(folder) == ([("E2", "E3", "clarity", 4)], [], [])


@pytest.mark.parametrize(
    ("keys", "row", "person"),
    [
        ("join: {employee_id: [a, b]}", "Ada,Lovelace", "Ada Lovelace"),
        ("ignore: [a, b], constants: {employee_id: E7}", "x,y", "E7"),
    ],
)
def test_without_employees_file_joined_and_constant_ids_are_people_too(
    folder: Folder, keys: str, row: str, person: str
) -> None:
    text = (folder.path / "cycle.yaml").read_text()
    text = text.replace("  employees: {file: employees.csv}\n", "")
    text = text.replace("{file: ratings.csv}", f"{{file: ratings.csv, {keys}}}")
    folder.write("cycle.yaml", text)
    folder.write("ratings.csv", f"a,b,rater_id,source,criterion,mark\n{row},R1,peer,clarity,4\n")
    assert read(folder) == ([(person, "R1", "clarity", 4)], [], [])


WIDE = "employee_id,rater_id,source,clarity,delivery\n"


def test_a_criterion_that_says_which_rows_are_no_data_is_marked_too(
    folder: Folder, ratings: Edit
) -> None:
    ratings(
        "layout: wide, leave_out: {delivery: [N/A]}",
        WIDE + "E2,E1,manager,4,5\nE3,E1,manager,4,N/A\n",
    )
    kept, problems, _ = read(folder)
    assert kept == [("E2", "E1", "clarity", 4), ("E2", "E1", "delivery", 5)]
    assert problems == [(3, "delivery", "left_out")]


def test_a_fault_of_a_wide_row_is_told_once_and_costs_each_of_its_marks(
    folder: Folder, ratings: Edit
) -> None:
    ratings("layout: wide", WIDE + "X9,E1,manager,4,5\n,E1,manager,4,5\nE2,E1,boss,4,5\n")
    kept, problems, lost = read(folder)
    assert kept == []
    assert problems == [
        (2, "employee_id", "unknown_employee"),
        (3, "employee_id", "blank_id"),
        (4, "source", "unknown_source"),
    ]
    # E2 is the second of E1, E2, E3; X9 and blank are nobody.
    assert lost == [-1, -1, -1, -1, 1, 1]


def test_a_decimal_point_among_commas_costs_no_other_mark_of_its_row(
    folder: Folder, ratings: Edit
) -> None:
    ratings(
        'layout: wide, decimal: ",", delimiter: ";"',
        WIDE.replace(",", ";") + "E2;E1;manager;4,5;4.5\nE3;E1;manager;4.0;4\n",
    )
    kept, problems, lost = read(folder)
    assert kept == [("E2", "E1", "clarity", 4.5), ("E3", "E1", "delivery", 4)]
    assert problems == [(2, "delivery", "decimal_point"), (3, "clarity", "decimal_point")]
    assert lost == [1, 2]


def test_columns_nobody_reads_may_share_a_name(folder: Folder, ratings: Edit) -> None:
    ratings(
        "ignore: [Note]", HEADER.replace("mark", "mark,Note,Note") + "E2,E1,manager,clarity,4,a,b\n"
    )
    assert read(folder) == ([("E2", "E1", "clarity", 4)], [], [])


@pytest.mark.parametrize(
    "key",
    ["constants: {mark: '4'}", "join: {criterion: [a, b]}", "values: {criterion: {a: clarity}}"],
)
def test_a_wide_table_has_no_column_of_criteria_to_fill(
    folder: Folder, ratings: Edit, key: str
) -> None:
    ratings(f"layout: wide, {key}", WIDE + "E2,E1,manager,4,5\n")
    with pytest.raises(InputError) as error:
        folder.cycle()
    assert [p.rule for p in error.value.problems] == ["unknown_column"]


def test_a_file_of_which_no_row_is_left_is_refused(folder: Folder, ratings: Edit) -> None:
    content = HEADER.replace("mark", "mark,kind") + "E2,E1,manager,clarity,4,T\n"
    ratings("leave_out: {kind: [T]}", content)
    stream, tables = folder.stream()
    (problem,) = stream.problems
    assert (tables, problem.rule, problem.level, problem.whole) == ([], "no_rows", "error", True)


def test_names_on_a_row_behind_the_end_are_missed(folder: Folder, ratings: Edit) -> None:
    ratings("header_row: 9", HEADER + "E2,E1,manager,clarity,4\n")
    (problem,) = folder.stream()[0].problems
    assert "there is no row 9" in problem.what


def test_two_files_of_one_name_in_different_folders_are_refused(folder: Folder, edit: Edit) -> None:
    # A fault of one would take a row of the other with it.
    files = [folder.path / part / "people.csv" for part in ("a", "b")]
    edit("{file: employees.csv}", f"[{{file: '{files[0]}'}}, {{file: '{files[1]}'}}]")
    with pytest.raises(InputError) as error:
        folder.cycle()
    assert [p.rule for p in error.value.problems] == ["same_name"]


def test_truth_values_of_a_spreadsheet_answer_yes_or_no(folder: Folder, edit: Edit) -> None:
    edit("  goals: {file: goals.csv}\n", "  rewards: {file: rewards.csv}\n")
    folder.write("rewards.csv", "employee_id,promoted\nE1,TRUE\nE2,FALSE\nE3,maybe\n")
    cycle = folder.cycle()
    rewards, problems = read_records(cycle, "rewards", read_employees(cycle)[0], ())
    assert rewards.frame["promoted"].tolist() == ["TRUE", "FALSE"]
    assert [(p.row, p.rule) for p in problems] == [(4, "not_yes_or_no")]
