"""The stream of ratings: rows kept become codes, every other row is listed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calibrate.config import MISSING, SOURCES
from calibrate.errors import Problem
from calibrate.ingest import RatingStream, RatingTable

HEADER = "employee_id,rater_id,source,criterion,mark\n"
GOOD = "E2,E1,manager,clarity,4\n"
Edit = Callable[[str, str], None]


class Folder(Protocol):
    path: Path

    def write(self, name: str, content: str | bytes) -> None: ...
    def stream(self, chunk_rows: int = 1000) -> tuple[RatingStream, list[RatingTable]]: ...
    def problems(self, ratings: str | bytes) -> list[Problem]: ...


def test_rows_become_codes_in_order_of_the_file(folder: Folder) -> None:
    folder.write(
        "ratings.csv",
        HEADER
        + "E3,x9,peer,delivery,2.5\n"
        + "E2,E1,manager,clarity,4\n"
        + "E2,E2,self,clarity,\n"
        + "E1,x9,peer,clarity,5\n",
    )
    stream, (table,) = folder.stream()
    assert stream.problems == []
    # Employees sort to E1, E2, E3; clarity is the rubric's first criterion.
    assert table.employee.tolist() == [2, 1, 1, 0]
    assert table.rater.tolist() == [0, 1, 2, 0]
    assert stream.rater_ids == ("x9", "E1", "E2")
    assert [SOURCES[code] for code in table.source] == ["peer", "manager", "self", "peer"]
    assert table.criterion.tolist() == [1, 0, 0, 0]
    assert table.mark.tolist() == [2_500_000, 4_000_000, MISSING, 5_000_000]
    assert table.row.tolist() == [2, 3, 4, 5]
    assert stream.n_rows == 4
    assert stream.quarantined.tolist() == []


ROW_FAULTS = [
    ("E2,E1,manager,clarity,nan", "mark", "nan_text"),
    ("E2,E1,manager,clarity,NaN", "mark", "nan_text"),
    ("E2,E1,manager,clarity,inf", "mark", "nan_text"),
    ("E2,E1,manager,clarity,-inf", "mark", "nan_text"),
    ('E2,E1,manager,clarity,"4,5"', "mark", "not_a_mark"),
    ("E2,E1,manager,clarity,4e0", "mark", "not_a_mark"),
    ("E2,E1,manager,clarity,٤", "mark", "not_a_mark"),
    ("E2,E1,manager,clarity, 4", "mark", "not_a_mark"),
    ("E2,E1,manager,clarity, ", "mark", "not_a_mark"),
    ("E2,E1,manager,clarity,Meets", "mark", "not_a_mark"),
    ("E2,E1,manager,clarity,4.1234567", "mark", "too_many_decimals"),
    ("E2,E1,manager,clarity,6", "mark", "mark_out_of_scale"),
    ("E2,E1,manager,clarity,0.999999", "mark", "mark_out_of_scale"),
    ("E2,E1,manager,clarity,-3", "mark", "mark_out_of_scale"),
    ("E2,E1,manager,clarity,999999999999", "mark", "mark_out_of_scale"),
    ("E2,E1,manager,clarity,9999999999999999", "mark", "not_a_mark"),
    ("E2,E1,manager,clarity,4.2", "mark", "mark_off_step"),
    ("E2,E1,manager,clarty,4", "criterion", "unknown_criterion"),
    ("E2,E1,manager,,4", "criterion", "unknown_criterion"),
    ("E2,E1,boss,clarity,4", "source", "unknown_source"),
    ("E2,E1,,clarity,4", "source", "unknown_source"),
    ("E2,x,other,clarity,4", "source", "source_not_declared"),
    ("E9,E1,peer,clarity,4", "employee_id", "unknown_employee"),
    (",E1,peer,clarity,4", "employee_id", "blank_id"),
    ("E2,,peer,clarity,4", "rater_id", "blank_id"),
    (" E2,E1,peer,clarity,4", "employee_id", "surrounding_space"),
    ("E2,E1 ,peer,clarity,4", "rater_id", "surrounding_space"),
    ("E2,E2,peer,clarity,4", "source", "self_under_other_source"),
    ("E2,E3,self,clarity,4", "rater_id", "self_by_another"),
    ("E2,E3,manager,clarity,4", "rater_id", "not_the_manager"),
    ("E1,E2,manager,clarity,4", "rater_id", "not_the_manager"),
    ("E2,E1,manager,clarity", "", "ragged_row"),
    ("E2,E1,manager,clarity,4,5", "", "ragged_row"),
]


@pytest.mark.parametrize(("row", "column", "rule"), ROW_FAULTS)
def test_each_bad_row_is_listed_once_and_left_out(
    folder: Folder, row: str, column: str, rule: str
) -> None:
    folder.write("ratings.csv", HEADER + GOOD + row + "\n" + GOOD)
    stream, (table,) = folder.stream()
    (problem,) = stream.problems
    assert (problem.file, problem.row, problem.column, problem.rule) == (
        "ratings.csv", 3, column, rule,
    )  # fmt: skip
    assert problem.level == "error"
    assert not problem.whole
    assert table.row.tolist() == [2, 4]
    assert stream.n_rows == 3
    assert len(stream.quarantined) == 1


def test_a_row_with_several_faults_lists_each_of_them(folder: Folder) -> None:
    problems = folder.problems(HEADER + "E9,,boss,clarty,4\n")
    assert [problem.rule for problem in problems] == [
        "unknown_criterion", "unknown_employee", "blank_id", "unknown_source",
    ]  # fmt: skip


def test_messages_read_as_the_house_style_shows_them(folder: Folder) -> None:
    (problem,) = folder.problems(HEADER + "E2,E1,manager,clarity,6\n")
    assert str(problem) == (
        "ratings.csv row 2: criterion 'clarity' has mark 6; rubric.yaml allows 1 to 5"
    )
    assert problem.value == "6"


def test_typing_errors_get_the_nearest_known_name(folder: Folder) -> None:
    rows = "E-2,E1,peer,clarity,4\nE2,E1,peer,clarrity,4\nE2,E1,peers,clarity,4\n"
    fixes = {p.rule: p.fix for p in folder.problems(HEADER + rows)}
    assert fixes["unknown_employee"] == "did you mean 'E2'?"
    assert fixes["unknown_criterion"].startswith("did you mean 'clarity'?")
    assert fixes["unknown_source"].startswith("did you mean 'peer'?")


def test_each_unknown_person_gets_a_suggestion(folder: Folder) -> None:
    people = [f"P{n:03d}" for n in range(60)]
    rows = "".join(f"{person}x,E1,peer,clarity,4\n" for person in people)
    folder.write("employees.csv", "\n".join(["employee_id", *people]))
    problems = folder.problems(HEADER + rows)
    assert sum(problem.fix == f"did you mean '{problem.value[:-1]}'?" for problem in problems) == 60


def test_manager_forms_are_free_where_employees_name_no_manager(folder: Folder) -> None:
    folder.write("employees.csv", "employee_id\nE2\n")
    assert folder.problems(HEADER + "E2,anybody,manager,clarity,4\n") == []


def test_rater_need_not_be_an_employee(folder: Folder) -> None:
    assert folder.problems(HEADER + "E2,client-7,peer,clarity,4\n") == []


def test_person_without_rubric_is_a_problem_of_the_rating(folder: Folder) -> None:
    folder.write("employees.csv", "employee_id,job_family\nE1,Sales\nE2,Sales\nE3,Sales\n")
    rubric = """\
schema: 1
id: eng
version: 1
title: "Engineering"
applies_to: {job_family: ["Engineering"]}
scale: {lowest: 1, highest: 5}
criteria: [{id: clarity, label: "Clarity", weight: 100}]
"""
    folder.write("rubric.yaml", rubric)
    (problem,) = folder.problems(HEADER + "E2,E1,peer,clarity,4\n")
    assert (problem.rule, problem.column, problem.row) == ("no_rubric", "employee_id", 2)


def test_criterion_of_another_rubric_is_refused(folder: Folder, edit: Edit) -> None:
    edit("[rubric.yaml]", "[sales.yaml, rubric.yaml]")
    folder.write("employees.csv", "employee_id,job_family\nE1,Sales\nE2,Ops\n")
    folder.write(
        "sales.yaml",
        'schema: 1\nid: sales\nversion: 1\ntitle: "Sales"\n'
        'applies_to: {job_family: ["Sales"]}\nscale: {lowest: 0, highest: 10}\n'
        'criteria: [{id: revenue, label: "Revenue", weight: 100}]\n',
    )
    rows = "E1,E2,peer,revenue,10\nE2,E1,peer,revenue,3\nE1,E2,peer,clarity,3\n"
    problems = folder.problems(HEADER + rows)
    assert [(p.row, p.rule) for p in problems] == [
        (3, "criterion_not_in_rubric"), (4, "criterion_not_in_rubric"),
    ]  # fmt: skip
    assert "sales.yaml" in problems[1].what


def test_labels_become_marks_and_null_labels_are_noted(folder: Folder, edit: Edit) -> None:
    edit(
        "ratings: {file: ratings.csv}\n",
        "ratings: {file: ratings.csv, scale: words}\n",
    )
    text = (
        'scales: {words: {version: 1, marks: {"Below": 1, "Meets": 3, "Exceeds": 4.5},'
        ' nulls: ["Too new"]}}\n'
    )
    path = folder.path / "cycle.yaml"
    path.write_text(path.read_text() + text)
    rows = "".join(
        f"E2,x{n},peer,clarity,{label}\n"
        for n, label in enumerate(["Exceeds", "Too new", "", "Meet", "3", "nan"])
    )
    folder.write("ratings.csv", HEADER + rows)
    stream, (table,) = folder.stream()
    assert table.mark.tolist() == [4_500_000, MISSING, MISSING]
    assert [(p.row, p.rule, p.level) for p in stream.problems] == [
        (3, "null_label", "note"),
        (5, "unmapped_label", "error"),
        (6, "unmapped_label", "error"),
        (7, "unmapped_label", "error"),
    ]
    assert stream.problems[1].fix.startswith("did you mean 'Meets'?")


FILE_FAULTS = [
    (b"", "empty_file", None),
    (b"\xef\xbb\xbf", "empty_file", None),
    (b"\n\n", "empty_file", None),
    (b"PK\x03\x04\x00\x00", "binary_file", None),
    (HEADER.encode() + b"E2,E1,manager,clarity,\xff\n", "not_utf8", 2),
    (HEADER.encode() + b'E2,E1,manager,clarity,"4\n', "csv_syntax", 2),
    (HEADER.encode() + b'E2,E1,manager,clarity,"4"5\n', "csv_syntax", 2),
    (b"employee_id,rater_id,source,criterion\nE2,E1,manager,clarity\n", "missing_column", 1),
    (HEADER.strip().encode() + b",mark\n", "column_twice", 1),
    (HEADER.strip().encode() + b",\n", "blank_column", 1),
    (HEADER.strip().encode() + b",coment\n", "unknown_column", 1),
    (HEADER.strip().encode() + b",Gender\nE2,E1,manager,clarity,4,f\n", "attribute_column", 1),
]


@pytest.mark.parametrize(("raw", "rule", "row"), FILE_FAULTS)
def test_fault_of_a_whole_file_is_one_problem_that_always_stops(
    folder: Folder, raw: bytes, rule: str, row: int | None
) -> None:
    (problem,) = folder.problems(raw)
    assert (problem.rule, problem.row, problem.whole) == (rule, row, True)


def test_bad_byte_is_named_by_its_offset(folder: Folder) -> None:
    # The header is 43 bytes with its line end, "E2,E1,peer,clarity," 19 more.
    (problem,) = folder.problems(HEADER.encode() + b"E2,E1,peer,clarity,\xe9\n")
    assert problem.what == "byte 62 is not UTF-8"


def test_bad_byte_is_found_far_into_a_file(folder: Folder) -> None:
    row = b"E2,E1,manager,clarity,4\n"
    problems = folder.problems(HEADER.encode() + row * 9000 + b"E2,\xc3")
    assert problems[-1].what == f"byte {43 + 9000 * len(row) + 3} is not UTF-8"
    assert problems[-1].row == 9002


def test_no_value_of_an_attribute_column_is_shown(folder: Folder) -> None:
    rows = HEADER.strip() + ",gender\nE2,E1,manager,clarity,4,secret\n"
    (problem,) = folder.problems(rows)
    assert "secret" not in repr(problem)
    assert problem.value == ""


def test_declared_attribute_is_refused_whatever_its_name(folder: Folder, edit: Edit) -> None:
    edit('cycle: "test"', 'cycle: "test"\naudit: {attributes: [Shift]}')
    (problem,) = folder.problems(HEADER.strip() + ",shift\nE2,E1,manager,clarity,4,n\n")
    assert problem.rule == "attribute_column"


def test_missing_file_is_a_problem(folder: Folder, edit: Edit) -> None:
    edit("file: ratings.csv", "file: absent.csv")
    (problem,) = folder.stream()[0].problems
    assert (problem.rule, problem.file, problem.whole) == ("missing_file", "absent.csv", True)


def test_header_alone_is_a_fault_of_the_whole_file(folder: Folder) -> None:
    folder.write("ratings.csv", HEADER)
    stream, tables = folder.stream()
    assert [(p.rule, p.row, p.whole) for p in stream.problems] == [("no_rows", None, True)]
    assert (tables, stream.n_rows) == ([], 0)


def test_mark_of_the_editor_crlf_and_quoted_line_breaks_do_not_shift_rows(folder: Folder) -> None:
    header = HEADER.strip() + ",comment\r\n"
    rows = 'E2,E1,manager,clarity,4,"two\r\nlines"\r\n\r\nE2,E1,manager,clarity,9,\r\n'
    folder.write("ratings.csv", b"\xef\xbb\xbf" + (header + rows).encode())
    stream, (table,) = folder.stream()
    # A spreadsheet shows the quoted cell in row 2, the blank line as row 3.
    assert table.row.tolist() == [2]
    assert [(p.row, p.rule) for p in stream.problems] == [(4, "mark_out_of_scale")]


def test_their_columns_are_mapped_and_ignored_ones_left_out(folder: Folder, edit: Edit) -> None:
    edit(
        "ratings: {file: ratings.csv}",
        "ratings: {file: ratings.csv, columns: {Reviewee: employee_id}, ignore: [Team],"
        ' delimiter: ";"}',
    )
    problems = folder.problems(
        " Reviewee ;Team;rater_id;source;criterion;mark\nE2;Blue;E1;manager;clarity;4\n"
    )
    assert problems == []


@pytest.mark.parametrize(
    ("declared", "rule"),
    [
        ("columns: {Reviewee: employee_id}", "mapped_column_missing"),
        ("ignore: [Team]", "ignored_column_missing"),
    ],
)
def test_declared_column_that_the_file_lacks_is_an_error(
    folder: Folder, edit: Edit, declared: str, rule: str
) -> None:
    edit("{file: ratings.csv}", f"{{file: ratings.csv, {declared}}}")
    (problem,) = folder.problems(HEADER + GOOD)
    assert (problem.rule, problem.whole) == (rule, True)


def test_two_columns_that_become_one_are_an_error(folder: Folder, edit: Edit) -> None:
    edit("{file: ratings.csv}", "{file: ratings.csv, columns: {Score: mark}}")
    (problem,) = folder.problems(HEADER.strip() + ",Score\nE2,E1,manager,clarity,4,4\n")
    assert problem.rule == "column_twice"


def test_several_files_are_one_table_with_the_file_of_each_row(folder: Folder, edit: Edit) -> None:
    edit("{file: ratings.csv}", "{file: [a.csv, b.csv]}")
    folder.write("a.csv", HEADER + GOOD)
    folder.write("b.csv", "mark,criterion,source,rater_id,employee_id\n5,clarity,peer,E1,E3\n")
    stream, tables = folder.stream()
    assert [(table.file.tolist(), table.row.tolist()) for table in tables] == [
        ([0], [2]),
        ([1], [2]),
    ]
    assert stream.rater_ids == ("E1",)
    assert tables[1].mark.tolist() == [5_000_000]


def test_other_encodings_are_read_when_declared(folder: Folder, edit: Edit) -> None:
    edit("{file: ratings.csv}", "{file: ratings.csv, encoding: latin-1}")
    folder.write("ratings.csv", (HEADER + "E2,Zoë,peer,clarity,4\n").encode("latin-1"))
    assert folder.stream()[0].rater_ids == ("Zoë",)


@pytest.mark.parametrize("chunk_rows", [1, 2, 3, 100])
def test_the_size_of_a_chunk_changes_nothing(folder: Folder, chunk_rows: int) -> None:
    rows = "".join(f"E{n % 4},r{n % 5},peer,clarity,{n % 7}\n" for n in range(40))
    folder.write("ratings.csv", HEADER + rows)
    whole, tables = folder.stream(1000)
    parts, chunks = folder.stream(chunk_rows)
    for name in ("employee", "rater", "source", "criterion", "mark", "file", "row"):
        joined = np.concatenate([getattr(chunk, name) for chunk in chunks])
        assert joined.tolist() == getattr(tables[0], name).tolist()
    assert sorted(parts.problems) == sorted(whole.problems)
    assert parts.rater_ids == whole.rater_ids
    assert parts.quarantined.tolist() == whole.quarantined.tolist()
    # 0 of 40 people codes E0 are known, and marks 0 and 6 are outside the scale.
    bad = sum(n % 4 == 0 or n % 7 in (0, 6) for n in range(40))
    assert len(parts.quarantined) == bad


def test_quarantined_rows_name_their_employee_where_it_is_known(folder: Folder) -> None:
    folder.write("ratings.csv", HEADER + "E3,E1,peer,clarity,9\nE9,E1,peer,clarity,3\nE3\n")
    stream, _ = folder.stream()
    assert stream.quarantined.tolist() == [2, -1, -1]


def test_dates_must_be_days_of_the_calendar(folder: Folder) -> None:
    header = HEADER.strip() + ",rated_on,period_from,period_to\n"
    rows = "E2,E1,peer,clarity,4,2026-02-30,1.7.2026,2026-07-31\n"
    assert [(p.column, p.rule) for p in folder.problems(header + rows)] == [
        ("period_from", "not_a_date"), ("rated_on", "not_a_date"),
    ]  # fmt: skip


_CELLS = st.sampled_from(["E1", "E2", "", "peer", "self", "clarity", "4", "nan", '"', "\x00", "é"])
_TABLE = st.lists(st.lists(_CELLS, max_size=6).map(",".join), max_size=8).map(
    lambda rows: (HEADER + "\n".join(rows)).encode()
)


# The folder is written anew for each example, so sharing the fixture is harmless.
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(raw=st.one_of(st.binary(max_size=120), _TABLE))
def test_any_bytes_give_rows_or_problems_and_no_row_is_lost(folder: Folder, raw: bytes) -> None:
    folder.write("ratings.csv", raw)
    stream, tables = folder.stream()
    kept = sum(len(table) for table in tables)
    assert kept + len(stream.quarantined) == stream.n_rows
    errors = {p.row for p in stream.problems if not p.whole and p.level == "error"}
    assert len(errors) == len(stream.quarantined)
    assert kept or stream.problems or not stream.n_rows
