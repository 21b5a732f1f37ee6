"""Ids that look the same to people and are other characters to a machine."""

from __future__ import annotations

import pytest

from calibrate.errors import Problem
from calibrate.ingest import read_employees

from .conftest import HEADER, Folder

#: é as one character, and as e with an accent behind it, as macOS writes file names.
WHOLE, APART = "Jos\u00e9", "Jose\u0301"
HIDDEN = ["\u00ad", "\u200b", "\u200e", "\u200f", "\u202e", "\u2060", "\ufeff"]


def told(problems: list[Problem]) -> list[tuple[int | None, str, str]]:
    return [(p.row, p.column, p.rule) for p in problems]


@pytest.mark.parametrize(("known", "written"), [(WHOLE, APART), (APART, WHOLE)])
def test_an_employee_written_with_other_accents_is_named(
    folder: Folder, known: str, written: str
) -> None:
    folder.write("employees.csv", f"employee_id\n{known}\n")
    (problem,) = folder.problems(HEADER + f"{written},R1,peer,clarity,4\n")
    assert problem.rule == "unknown_employee"
    assert f"'{written}' looks like '{known}'" in problem.what


def test_two_spellings_of_one_employee_are_refused_both(folder: Folder) -> None:
    folder.write("employees.csv", f"employee_id\n{WHOLE}\n{APART}\nE1\n")
    people, problems = read_employees(folder.cycle())
    assert told(problems) == [
        (2, "employee_id", "duplicate_id"),
        (3, "employee_id", "duplicate_id"),
    ]
    assert people.ids == ("E1",)


def test_a_manager_written_with_other_accents_than_as_employee_is_refused(folder: Folder) -> None:
    folder.write("employees.csv", f"employee_id,manager_id\n{WHOLE},\nE2,{APART}\n")
    assert told(read_employees(folder.cycle())[1]) == [(3, "manager_id", "id_spelling")]


def test_a_rating_of_oneself_does_not_pass_as_a_peer_by_its_accents(folder: Folder) -> None:
    folder.write("employees.csv", f"employee_id\n{WHOLE}\n")
    problems = folder.problems(HEADER + f"{WHOLE},{APART},peer,clarity,5\n")
    assert told(problems) == [(2, "rater_id", "id_spelling")]


@pytest.mark.parametrize("chunk_rows", [1, 1000])
def test_one_rater_in_two_spellings_is_not_two_raters(folder: Folder, chunk_rows: int) -> None:
    folder.write("ratings.csv", HEADER + f"E2,{APART},peer,clarity,4\nE3,{WHOLE},peer,clarity,4\n")
    stream, _ = folder.stream(chunk_rows)
    assert stream.rater_ids == (APART,)
    assert told(stream.problems) == [(3, "rater_id", "id_spelling")]


def test_two_spellings_are_one_person_too_few_without_an_employees_file(folder: Folder) -> None:
    text = (folder.path / "cycle.yaml").read_text()
    folder.write("cycle.yaml", text.replace("  employees: {file: employees.csv}\n", ""))
    problems = folder.problems(
        HEADER
        + f"{WHOLE},R1,peer,clarity,4\n{APART},R1,peer,clarity,5\nE\u200b,R1,peer,clarity,4\n"
    )
    assert told(problems) == [
        (3, "employee_id", "id_spelling"),
        (4, "employee_id", "control_character"),
        (4, "employee_id", "unknown_employee"),
    ]


def test_words_spelled_apart_throughout_are_read(folder: Folder) -> None:
    folder.write("employees.csv", f"employee_id,manager_id\n{APART},\nE2,{APART}\n")
    assert folder.problems(HEADER + f"E2,{APART},manager,clarity,4\n") == []


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("column", ["employee_id", "rater_id"])
def test_an_id_with_a_character_nobody_sees_is_refused(
    folder: Folder, column: str, hidden: str
) -> None:
    row = {"employee_id": "E2", "rater_id": "E3"}
    row[column] = row[column][0] + hidden + row[column][1]
    problems = folder.problems(HEADER + ",".join(row.values()) + ",peer,clarity,4\n")
    assert (2, column, "control_character") in told(problems)


def test_joiners_that_spell_words_stay_in_ids(folder: Folder) -> None:
    # Persian: without the non-joiner it is another spelling.
    name = "\u0645\u06cc\u200c\u0631\u0648\u0645"
    assert folder.problems(HEADER + f"E2,{name},peer,clarity,4\n") == []
