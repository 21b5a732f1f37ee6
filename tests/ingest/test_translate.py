"""Declared mappings: each key does what it says, and nothing else is understood."""

from __future__ import annotations

from typing import Any

import pytest

from calibrate.config import SOURCES
from calibrate.ingest import RatingTable, read_employees, read_goals
from calibrate.ingest.translate import write_iso

MICRO = 1_000_000


def declare(folder: Any, ratings: str, more: str = "") -> None:
    text = (folder.path / "cycle.yaml").read_text()
    text = text.replace("ratings: {file: ratings.csv}", f"ratings: {ratings}")
    folder.write("cycle.yaml", text + more)


def marks_of(folder: Any) -> list[tuple[str, str, str, str, float]]:
    """Employee, rater, source, criterion and mark of every row kept."""
    stream, tables = folder.stream()
    assert stream.problems == []
    ids = read_employees(folder.cycle())[0].ids

    def rows_of(table: RatingTable) -> list[tuple[str, str, str, str, float]]:
        return [
            (ids[e], stream.rater_ids[r], SOURCES[s], ("clarity", "delivery")[k], m / MICRO)
            for e, r, s, k, m in zip(
                table.employee, table.rater, table.source, table.criterion, table.mark, strict=True
            )
        ]

    return [row for table in tables for row in rows_of(table)]


def test_a_wide_file_has_a_mark_in_each_column_of_a_criterion(folder: Any) -> None:
    declare(folder, "{file: ratings.csv, layout: wide}")
    folder.write("ratings.csv", "employee_id,rater_id,source,clarity,delivery\nE2,E1,manager,4,\n")
    stream, (table,) = folder.stream()
    assert stream.n_rows == 2
    assert table.mark[0] == 4 * MICRO
    assert table.row.tolist() == [2, 2]


def test_a_wide_column_that_is_no_criterion_is_named(folder: Any) -> None:
    declare(folder, "{file: ratings.csv, layout: wide}")
    folder.write("ratings.csv", "employee_id,rater_id,source,clarity,deliverey\nE2,E1,peer,4,4\n")
    (problem,) = folder.stream()[0].problems
    assert (problem.rule, problem.column) == ("unknown_column", "deliverey")
    assert "did you mean 'delivery'?" in problem.fix


def test_a_wrong_mark_of_a_wide_file_is_named_by_its_own_column(folder: Any) -> None:
    declare(folder, '{file: ratings.csv, layout: wide, columns: {"Is clear": clarity}}')
    folder.write("ratings.csv", "employee_id,rater_id,source,Is clear\nE2,E1,manager,9\n")
    (problem,) = folder.stream()[0].problems
    assert (problem.row, problem.column, problem.rule) == (2, "Is clear", "mark_out_of_scale")


def test_constants_values_and_a_column_that_serves_twice(folder: Any) -> None:
    declare(
        folder,
        "{file: ratings.csv, columns: {Worker: [employee_id, rater_id], Question: criterion},"
        " constants: {source: self}, values: {criterion: {Speaks clearly: clarity}}}",
    )
    folder.write("ratings.csv", "Worker,Question,mark\nE2,Speaks clearly,3\nE3,delivery,4\n")
    assert marks_of(folder) == [
        ("E2", "E2", "self", "clarity", 3.0), ("E3", "E3", "self", "delivery", 4.0),
    ]  # fmt: skip


def test_parts_of_a_table_have_mappings_of_their_own(folder: Any) -> None:
    declare(
        folder,
        "[{file: a.csv, constants: {source: manager}}, {file: b.csv, columns: {Role: source}}]",
    )
    folder.write("a.csv", "employee_id,rater_id,criterion,mark\nE2,E1,clarity,3\n")
    folder.write("b.csv", "employee_id,rater_id,Role,criterion,mark\nE2,E3,peer,clarity,5\n")
    assert marks_of(folder) == [
        ("E2", "E1", "manager", "clarity", 3.0), ("E2", "E3", "peer", "clarity", 5.0),
    ]  # fmt: skip


def test_rows_that_are_no_data_are_left_out_and_counted_in_a_note(folder: Any) -> None:
    declare(folder, "{file: ratings.csv, leave_out: {Kind: [text]}, ignore: []}")
    rows = "E2,E1,manager,clarity,4,score\nE2,E1,manager,clarity,Well done,text\n"
    folder.write("ratings.csv", "employee_id,rater_id,source,criterion,mark,Kind\n" + rows * 1)
    stream, (table,) = folder.stream()
    (note,) = stream.problems
    assert (note.level, note.row, note.rule) == ("note", 3, "left_out")
    assert note.what == "this row is left out: leave_out in the cycle says so by Kind"
    assert (len(table), stream.n_rows) == (1, 1)


def test_the_header_may_stand_below_a_title_and_rows_keep_their_numbers(folder: Any) -> None:
    declare(folder, "{file: ratings.csv, header_row: 3}")
    folder.write(
        "ratings.csv",
        "Ratings export\n\nemployee_id,rater_id,source,criterion,mark\nE2,E1,manager,clarity,9\n",
    )
    (problem,) = folder.stream()[0].problems
    assert (problem.row, problem.rule) == (4, "mark_out_of_scale")


def test_a_decimal_comma_is_read_and_a_point_beside_it_refused(folder: Any) -> None:
    declare(folder, '{file: ratings.csv, delimiter: ";", decimal: ","}')
    header = "employee_id;rater_id;source;criterion;mark\n"
    folder.write("ratings.csv", header + "E2;E1;manager;clarity;4,5\nE2;E1;manager;delivery;4\n")
    assert [row[-1] for row in marks_of(folder)] == [4.5, 4.0]
    folder.write("ratings.csv", header + "E2;E1;manager;clarity;4.5\n")
    stream, tables = folder.stream()
    (problem,) = stream.problems
    assert (problem.row, problem.column, problem.rule) == (2, "mark", "decimal_point")
    assert (problem.value, tables) == ("4.5", [])


def test_days_are_read_by_the_declared_pattern_and_others_are_refused(folder: Any) -> None:
    declare(folder, '{file: ratings.csv, dates: "%d/%m/%Y"}')
    header = "employee_id,rater_id,source,criterion,mark,rated_on\n"
    folder.write("ratings.csv", header + "E2,E1,manager,clarity,4,31/12/2026\n")
    assert len(marks_of(folder)) == 1
    folder.write("ratings.csv", header + "E2,E1,manager,clarity,4,12/31/2026\n")
    (problem,) = folder.stream()[0].problems
    assert (problem.row, problem.rule, problem.value) == (2, "not_a_date", "12/31/2026")


@pytest.mark.parametrize(
    ("text", "pattern", "iso"),
    [
        ("1.2.2026", "%d.%m.%Y", "2026-02-01"),
        ("02/01/2026", "%m/%d/%Y", "2026-02-01"),
        ("1-Feb-26", "%d-%b-%y", "2026-02-01"),
        ("2026-02-01", "%d.%m.%Y", "2026-02-01"),
        ("30.2.2026", "%d.%m.%Y", "30.2.2026"),
        ("", "%d.%m.%Y", ""),
        ("2026-02-01T14:30:05.250+01:00", "iso", "2026-02-01"),
        ("2026-02-01 00:00:00", "%d.%m.%Y", "2026-02-01"),
        ("02/01/2026 2:30 PM", "%m/%d/%Y", "2026-02-01"),
        ("2026-02-01 at noon", "iso", "2026-02-01 at noon"),
        ("14:30", "iso", "14:30"),
    ],
)
def test_a_day_becomes_iso_or_stays_as_it_stands(text: str, pattern: str, iso: str) -> None:
    assert write_iso(text, pattern) == iso


def test_numbers_of_other_tables_take_the_comma_too(folder: Any) -> None:
    text = (folder.path / "cycle.yaml").read_text()
    declared = 'goals: {file: goals.csv, delimiter: ";", decimal: ","}'
    folder.write("cycle.yaml", text.replace("goals: {file: goals.csv}", declared))
    folder.write("goals.csv", "goal_id;title;baseline;target\nG1;Grow;1,5;3\nG2;Fall;2.5;1\n")
    cycle = folder.cycle()
    goals, (problem,) = read_goals(cycle, read_employees(cycle)[0])
    assert goals.frame["baseline"].tolist() == [1.5]
    assert (problem.row, problem.column, problem.rule) == (3, "baseline", "decimal_point")


def test_first_and_last_name_become_one_name(folder: Any) -> None:
    text = (folder.path / "cycle.yaml").read_text()
    declared = "employees: {file: employees.csv, join: {name: [First, Last]}}"
    folder.write("cycle.yaml", text.replace("employees: {file: employees.csv}", declared))
    folder.write("employees.csv", "employee_id,First,Last\nE1,Ada,Lovelace\nE2,Prince,\n")
    employees, problems = read_employees(folder.cycle())
    assert problems == []
    assert employees.column("name") == ("Ada Lovelace", "Prince")
    assert "name" in employees.declared
    folder.write("employees.csv", "employee_id,First\nE1,Ada\n")
    _, (problem,) = read_employees(folder.cycle())
    assert (problem.rule, problem.column) == ("joined_column_missing", "Last")


def test_an_attribute_under_ignore_is_never_decoded(
    folder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from calibrate.ingest.read import CsvReader

    asked: list[tuple[int, ...]] = []
    chunks = CsvReader.chunks

    def watch(reader: CsvReader, wanted: tuple[int, ...]) -> Any:
        asked.append(wanted)
        return chunks(reader, wanted)

    monkeypatch.setattr(CsvReader, "chunks", watch)
    text = (folder.path / "cycle.yaml").read_text()
    declared = "employees: {file: employees.csv, ignore: [Gender]}"
    folder.write("cycle.yaml", text.replace("employees: {file: employees.csv}", declared))
    folder.write("employees.csv", "employee_id,Gender,level\nE1,f,L1\n")
    employees, problems = read_employees(folder.cycle())
    assert (employees.ids, problems, asked) == (("E1",), [], [(0, 2)])


def test_an_attribute_that_is_not_under_ignore_stops_the_table(folder: Any) -> None:
    folder.write("employees.csv", "employee_id,Gender\nE1,f\n")
    _, (problem,) = read_employees(folder.cycle())
    assert (problem.rule, problem.column, problem.whole) == ("attribute_column", "Gender", True)
    assert "list it under inputs.employees.ignore" in problem.fix


def test_a_word_scale_notes_its_null_labels(folder: Any) -> None:
    scale = 'scales: {words: {version: 1, marks: {"Meets": 3}, nulls: ["Too new to rate"]}}\n'
    declare(folder, "{file: ratings.csv, scale: words}", scale)
    header = "employee_id,rater_id,source,criterion,mark\n"
    folder.write(
        "ratings.csv",
        header + "E2,E1,manager,clarity,Meets\nE2,E1,manager,delivery,Too new to rate\n",
    )
    stream, (table,) = folder.stream()
    (note,) = stream.problems
    assert (note.level, note.rule, note.row) == ("note", "null_label", 3)
    assert table.mark[0] == 3 * MICRO
