"""Spreadsheets written by another program: cells, sheets, headers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from .sheets import Write, only_problem, read, read_rows

# Cells


def test_cells_become_the_text_people_see(make: Callable[[Write], Path]) -> None:
    def fill(book: Any, sheet: Any) -> None:
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        hours = book.add_format({"num_format": "[h]:mm:ss"})
        clock = book.add_format({"num_format": "hh:mm"})
        text = book.add_format({"num_format": "@"})
        sheet.write(0, 0, "value")
        sheet.write(1, 0, 7)
        sheet.write(2, 0, 4.25)
        sheet.write_string(3, 0, "007", text)
        sheet.write(4, 0, 1e-7)
        sheet.write(5, 0, True)
        sheet.write(6, 0, datetime(2026, 7, 1), day)
        sheet.write(7, 0, datetime(2026, 7, 1, 12, 30), day)
        sheet.write(8, 0, time(9, 5), clock)
        sheet.write(9, 0, timedelta(hours=30), hours)
        sheet.write_formula(10, 0, "=1+1", None, 2)
        sheet.write_formula(11, 0, '="a"&"b"', None, "ab")
        sheet.write(12, 0, " NA ")
        sheet.write(13, 0, "#N/A")
        sheet.write(14, 0, date(2026, 12, 31), day)
        sheet.write(15, 0, 999_999_999_999_999)

    reader = read(make(fill))
    texts = [
        "7", "4.25", "007", "0.0000001", "TRUE", "2026-07-01", "2026-07-01T12:30:00", "09:05:00",
        "30:00:00", "2", "ab", " NA ", "#N/A", "2026-12-31", "999999999999999",
    ]  # fmt: skip
    assert read_rows(reader) == list(enumerate(texts, start=2))
    assert reader.problems == []


def test_dates_of_the_1904_system_are_the_same_days(tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "day")
        sheet.write(1, 0, date(2026, 7, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
    assert read_rows(read(path)) == [(2, "2026-07-01")]


def test_rows_keep_the_numbers_people_see_and_blank_rows_are_passed_over(
    make: Callable[[Write], Path],
) -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.write(0, 0, "Performance cycle 2026")
        sheet.write_row(3, 2, [" employee_id ", "mark"])
        sheet.write_row(5, 2, ["E1", 4])
        sheet.write_row(8, 2, ["E2"])

    reader = read(make(fill), header_row=4, chunk_rows=1)
    assert reader.read_header() == ("employee_id", "mark")
    assert read_rows(reader) == [(6, "E1", "4"), (9, "E2", "")]
    assert read_rows(reader, 1) == [(6, "4"), (9, "")]


def test_columns_without_a_name_are_passed_over_only_where_they_are_empty(
    make: Callable[[Write], Path],
) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["a", "", "b", "", ""])
        sheet.write_row(1, 0, [1, "", 2, "", "note"])
        sheet.write_blank(1, 9, None, book.add_format({"bold": True}))

    reader = read(make(fill))
    assert reader.read_header() == ("a", "b", "")
    assert read_rows(reader) == [(2, "1", "2", "note")]


def test_a_name_merged_down_over_two_header_rows_is_the_name(
    make: Callable[[Write], Path],
) -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 1, 0, "employee_id")
        sheet.merge_range(0, 1, 0, 2, "Marks")
        sheet.write_row(1, 1, ["clarity", "delivery"])
        sheet.write_row(2, 0, ["E1", 3, 4])

    reader = read(make(fill), header_row=2)
    assert reader.read_header() == ("employee_id", "clarity", "delivery")
    assert read_rows(reader) == [(3, "E1", "3", "4")]


def test_error_values_are_listed_by_cell_and_their_rows_left_out(
    make: Callable[[Write], Path],
) -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["id", "mark", "comment"])
        sheet.write_row(1, 0, ["E1", 4])
        sheet.write(2, 0, "E2")
        sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
        sheet.write_row(3, 0, ["E3", 4])
        sheet.write_formula(3, 2, "=-good", None, "#NAME?")

    reader = read(make(fill))
    # The comment is not wanted: what is wrong with it is nobody's business.
    assert read_rows(reader, *(reader.read_header() and (0, 1))) == [
        (2, "E1", "4"), (4, "E3", "4"),
    ]  # fmt: skip
    assert reader.ragged == [3]
    (problem,) = reader.problems
    assert (problem.row, problem.column, problem.rule) == (3, "mark", "error_value")
    assert problem.value == "#DIV/0!"
    assert "B3" in problem.what
    assert not problem.whole


def test_merged_cells_among_the_rows_are_listed_and_never_filled(
    make: Callable[[Write], Path],
) -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["manager_id", "employee_id", "team"])
        sheet.merge_range(1, 0, 2, 0, "M1")
        sheet.write_row(1, 1, ["E1", "x"])
        sheet.write_row(2, 1, ["E2", "x"])
        sheet.write_row(3, 0, ["M2", "E3"])
        sheet.merge_range(3, 2, 4, 2, "y")

    reader = read(make(fill))
    assert read_rows(reader, 0, 1) == [(4, "M2", "E3")]
    assert [(p.row, p.rule, p.column) for p in reader.problems] == [
        (2, "merged_cells", "manager_id"), (3, "merged_cells", "manager_id"),
    ]  # fmt: skip
    assert "A2:A3" in reader.problems[0].what


def test_ids_that_lost_digits_are_problems(make: Callable[[Write], Path]) -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["id"])
        sheet.write_number(1, 0, 1234567890123456)
        sheet.write_string(2, 0, "1234567890123456")

    reader = read(make(fill))
    assert read_rows(reader) == [(3, "1234567890123456")]
    assert [(p.row, p.rule) for p in reader.problems] == [(2, "digits_lost")]


# Sheets


@pytest.fixture
def three_sheets(tmp_path: Path) -> Path:
    with xlsxwriter.Workbook(tmp_path / "r.xlsx") as book:
        for name in ("Ratings", "Legend", "Old"):
            book.add_worksheet(name).write_column(0, 0, ["name", name])
        book.get_worksheet_by_name("Old").hide()
    return tmp_path / "r.xlsx"


def test_the_declared_sheet_is_read_also_where_it_is_hidden(three_sheets: Path) -> None:
    assert read_rows(read(three_sheets, sheet="Legend")) == [(2, "Legend")]
    assert read_rows(read(three_sheets, sheet="Old")) == [(2, "Old")]


def test_several_sheets_are_named_where_none_is_declared(three_sheets: Path) -> None:
    problem = only_problem(three_sheets)
    assert problem.rule == "several_sheets"
    assert "'Ratings', 'Legend'" in problem.what
    assert "Old" not in problem.what


def test_a_sheet_that_is_not_there_names_the_nearest(three_sheets: Path) -> None:
    problem = only_problem(three_sheets, sheet="rating")
    assert problem.rule == "unknown_sheet"
    assert "did you mean 'Ratings'?" in problem.fix


def test_the_only_visible_sheet_is_read_unasked(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "r.xlsx") as book:
        book.add_worksheet("Lists").hide()
        book.add_worksheet("Ratings").write_column(0, 0, ["id", "E1"])
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "=Ratings!$A$1:$A$2"})
        book.add_chartsheet("Chart").set_chart(chart)
        book.get_worksheet_by_name("Ratings").activate()
    assert read_rows(read(tmp_path / "r.xlsx")) == [(2, "E1")]


def test_a_blank_header_row_and_a_sheet_without_rows_are_problems(
    make: Callable[[Write], Path],
) -> None:
    path = make(lambda _, sheet: sheet.write(4, 0, "id"))
    assert "row 1" in only_problem(path).what
    reader = read(path, header_row=5)
    assert read_rows(reader) == []
    assert [problem.rule for problem in reader.problems] == ["no_rows"]
    assert only_problem(make(lambda *_: None)).rule == "empty_file"
