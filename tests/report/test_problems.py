"""The list of problems: beside each problem its row, and never what must stay closed."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from calibrate.errors import Level, Problem, count_rules, describe_problems
from calibrate.report.problems import remove_problems, write_problems

CYCLE = """\
schema: 1
cycle: "test"
inputs:
  employees:
    file: employees.csv
    columns: {"Worker": employee_id, "Line": manager_id}
    ignore: ["Gender"]
  ratings: {file: ratings.csv}
  attributes: {file: attributes.csv}
rubrics: [rubric.yaml]
"""
RUBRIC = """\
schema: 1
id: default
version: 1
title: "Default"
scale: {lowest: 1, highest: 5}
criteria: [{id: clarity, label: "Clarity", weight: 100}]
"""
RATINGS = """\
employee_id,rater_id,source,criterion,mark,comment
E1,E2,peer,clarity,6,a private remark
E1,E3,peer,clarity,=1+1,another remark
E2,E3,peer,clarity
"""


def problem(
    file: str, row: int | None, column: str, value: str = "", level: Level = "error"
) -> Problem:
    return Problem(
        file, row, column, "some_rule", "it is wrong", "mend it", level, value
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cycle.yaml").write_text(CYCLE)
    (tmp_path / "rubric.yaml").write_text(RUBRIC)
    (tmp_path / "employees.csv").write_text("Worker,Line,Gender\nE1,,secret-f\nE2,E1,secret-m\n")
    (tmp_path / "ratings.csv").write_text(RATINGS)
    (tmp_path / "attributes.csv").write_text("employee_id,gender\nE1,secret-f\n")
    return tmp_path


Write = Callable[..., list[dict[str, str]]]


@pytest.fixture
def write(folder: Path) -> Write:
    """Write a list of problems; gives the rows of the CSV."""

    def call(*problems: Problem) -> list[dict[str, str]]:
        write_problems(folder / "out", problems, folder / "cycle.yaml")
        with (folder / "out" / "problems.csv").open(newline="") as stream:
            return list(csv.DictReader(stream))

    return call


def read_sheet(folder: Path, sheet: str) -> list[list[object]]:
    book = CalamineWorkbook.from_path(folder / "out" / "problems.xlsx")
    return book.get_sheet_by_name(sheet).to_python()


def test_row_stands_beside_its_problem_without_the_comment(write: Write) -> None:
    (row,) = write(problem("ratings.csv", 2, "mark", "6"))
    assert row == {
        "file": "ratings.csv", "row": "2", "column": "mark", "rule": "some_rule",
        "level": "error", "value": "6", "fix": "it is wrong; mend it",
        "content": "employee_id=E1 | rater_id=E2 | source=peer | criterion=clarity | mark=6",
    }  # fmt: skip


def test_ignored_and_protected_columns_are_never_shown(write: Write, folder: Path) -> None:
    (row,) = write(problem("employees.csv", 3, "manager_id", "E1"))
    assert row["content"] == "Worker=E2 | Line=E1"
    assert b"secret" not in (folder / "out" / "problems.csv").read_bytes()
    assert "secret" not in str(read_sheet(folder, "employees.csv"))


def test_nothing_of_the_attributes_file_is_read_back(write: Write, folder: Path) -> None:
    (row,) = write(problem("attributes.csv", 2, "gender"))
    assert row["content"] == ""
    assert "secret" not in str(read_sheet(folder, "attributes.csv"))


def test_file_that_is_employees_and_attributes_at_once_stays_closed(
    write: Write, folder: Path
) -> None:
    text = CYCLE.replace("{file: attributes.csv}", "{file: employees.csv, ignore: [Line]}")
    (folder / "cycle.yaml").write_text(text)
    (row,) = write(problem("employees.csv", 3, "manager_id"))
    assert row["content"] == ""


def test_row_with_a_cell_too_few_is_shown_as_it_stands(write: Write) -> None:
    (row,) = write(problem("ratings.csv", 4, ""))
    assert row["content"] == "E2 | E3 | peer | clarity"


def test_row_with_a_cell_too_few_stays_closed_where_columns_are_ignored(
    write: Write, folder: Path
) -> None:
    # A cell short, the ignored Gender would stand under Line.
    (folder / "employees.csv").write_text("Worker,Line,Gender\nE1,secret-f\nE2,E1,secret-m\n")
    (row,) = write(problem("employees.csv", 2, ""))
    assert row["content"] == ""


def test_line_of_a_yaml_file_is_shown(write: Write) -> None:
    (row,) = write(problem("rubric.yaml", 5, "scale"))
    assert row["content"] == "scale: {lowest: 1, highest: 5}"


def test_cycle_that_cannot_be_read_shows_its_own_line(write: Write, folder: Path) -> None:
    (folder / "cycle.yaml").write_text("schema: 1\nseed: 5\nseed: 6\n")
    (row,) = write(problem("cycle.yaml", 3, "seed"))
    assert row["content"] == "seed: 6"


def test_file_that_is_gone_leaves_the_content_empty(write: Write, folder: Path) -> None:
    (folder / "ratings.csv").unlink()
    (row,) = write(problem("ratings.csv", None, ""))
    assert (row["row"], row["content"]) == ("", "")


def test_two_sheets_of_one_file_leave_the_content_empty(write: Write, folder: Path) -> None:
    # "row 3 of book.xlsx" may mean either sheet: nothing is guessed.
    inputs = "employees: {file: book.xlsx, sheet: A}\n  ratings: {file: book.xlsx, sheet: B}"
    (folder / "cycle.yaml").write_text(
        f'schema: 1\ncycle: "t"\ninputs:\n  {inputs}\nrubrics: [rubric.yaml]\n'
    )
    (row,) = write(problem("book.xlsx", 3, "employee_id"))
    assert row["content"] == ""


def test_formula_is_quoted_in_the_csv_and_text_in_the_workbook(write: Write, folder: Path) -> None:
    (row,) = write(problem("ratings.csv", 3, "mark", "=1+1"))
    assert row["value"] == "'=1+1"
    assert row["content"].endswith("mark==1+1")
    assert read_sheet(folder, "ratings.csv")[1][9] == "=1+1"


def test_sheet_has_the_columns_of_the_file_beside_the_fix(write: Write, folder: Path) -> None:
    write(problem("ratings.csv", 2, "mark", "6"), problem("ratings.csv", 3, "mark", level="note"))
    header, first, second = read_sheet(folder, "ratings.csv")
    assert header == [
        "Row", "Column", "Level", "What is wrong", "How to mend it",
        "employee_id", "rater_id", "source", "criterion", "mark",
    ]  # fmt: skip
    assert first == [
        2.0, "mark", "error", "it is wrong", "mend it", "E1", "E2", "peer", "clarity", "6",
    ]  # fmt: skip
    assert second[:3] == [3.0, "mark", "note"]


def test_cell_at_fault_is_found_through_the_mapping(write: Write, folder: Path) -> None:
    write(problem("employees.csv", 3, "manager_id", "E1"))
    with zipfile.ZipFile(folder / "out" / "problems.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml").decode()
    style = dict(re.findall(r'<c r="([A-Z]+2)" s="(\d+)"', sheet))
    # F is Worker, G is Line, which is our manager_id: a format of its own.
    assert style["G2"] != style["F2"]
    assert style["F2"] == style["B2"]


def test_summary_counts_by_rule(write: Write, folder: Path) -> None:
    write(*(Problem("ratings.csv", n, "mark", "nan_text", "m", "f") for n in range(2, 7)))
    rows = read_sheet(folder, "Summary")
    assert rows[4][:3] == ["Count", "Level", "Rule"]
    assert rows[5][:5] == [
        5.0, "error", "nan_text", "a mark is a text for 'nothing', such as nan", "ratings.csv",
    ]  # fmt: skip
    assert rows[5][5] == "ratings.csv row 2: m; f"


def test_lists_are_replaced_and_removed(write: Write, folder: Path) -> None:
    write(problem("ratings.csv", 2, "mark"))
    (row,) = write(problem("ratings.csv", 3, "mark"))
    assert row["row"] == "3"
    remove_problems(folder / "out")
    assert list((folder / "out").iterdir()) == []


def test_long_list_is_cut_in_the_workbook_alone_and_says_so(
    write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("calibrate.report.problems.book.MOST_ROWS", 2)
    some = [problem("ratings.csv", 2, "mark", level="note")]
    some += [problem("ratings.csv", 3, "mark"), problem("ratings.csv", 2, "source")]
    assert len(write(*some)) == 3
    sheet = read_sheet(folder, "ratings.csv")
    assert str(sheet[0][0]).startswith("The first 2 of 3 problems of this file.")
    # Errors come first, so that the cut falls on notes.
    assert [row[2] for row in sheet[2:]] == ["error", "error"]


def test_sheets_of_files_with_equal_or_odd_names_are_all_there(write: Write, folder: Path) -> None:
    names = ["a/[x]:ratings of the whole company.csv", "b/[x]:ratings of the whole company.csv"]
    write(*(problem(name, None, "") for name in names), problem("Summary", None, ""))
    book = CalamineWorkbook.from_path(folder / "out" / "problems.xlsx")
    assert len({name.lower() for name in book.sheet_names}) == 4
    assert all(len(name) <= 31 for name in book.sheet_names)


def test_rules_are_counted_errors_first_then_by_number() -> None:
    some = [Problem("a.csv", n, "", "often", "w", "f") for n in range(3)]
    some += [Problem("b.csv", 1, "", "once", "w", "f")]
    some += [Problem("a.csv", n, "", "told", "w", "f", "note") for n in range(9)]
    counted = [(r.rule, r.level, r.count, r.files) for r in count_rules(some)]
    assert counted == [
        ("often", "error", 3, ("a.csv",)), ("once", "error", 1, ("b.csv",)),
        ("told", "note", 9, ("a.csv",)),
    ]  # fmt: skip


def test_many_problems_of_many_rules_fit_on_a_screen() -> None:
    some = [
        Problem(f"file-{n % 7}.csv", n, "", f"rule_{n % 60}", "long words " * 30, "fix " * 30)
        for n in range(10_000)
    ]
    said = describe_problems(some, width=80).splitlines()
    assert said[0] == "10,000 problems; nothing was scored"
    assert max(map(len, said)) <= 80
    # 6 rules with 3 problems each of at most 400 letters, 12 in a line, and the rest counted.
    assert len(said) < 160
    assert said[-1] == "… and 42 more rules"


def test_first_three_are_named_and_the_rest_counted() -> None:
    some = [Problem(f"{'ab'[n % 2]}.csv", n, "", "nan_text", "w", "f") for n in range(2, 7)]
    assert describe_problems(some) == (
        "5 problems; nothing was scored\n\n"
        "5 errors: a mark is a text for 'nothing', such as nan (nan_text)\n"
        "  a.csv row 2: w; f\n  b.csv row 3: w; f\n  a.csv row 4: w; f\n"
        "  … and 2 more in a.csv, b.csv"
    )
