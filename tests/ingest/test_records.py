"""Check-ins, feedback, measures, rewards, history: each rule refuses the row that breaks it."""

from __future__ import annotations

from typing import Any

import pytest

from calibrate.errors import Problem
from calibrate.ingest import RECORDS, RecordTable, read_employees, read_records

HEADERS = {
    "checkins": "employee_id,held_on",
    "feedback": "employee_id,given_on,kind,criterion",
    "unit_measures": "unit,measure,value,as_of",
    "rewards": "employee_id,merit_percent,bonus_percent,promoted",
    "history": "cycle,employee_id,band,raw_score",
    "criterion_history": "cycle,employee_id,criterion,raw_score,calibrated_score,se",
}
GOOD = {
    "checkins": "E2,2026-08-01",
    "feedback": "E2,2026-08-01,praise,clarity",
    "unit_measures": "E1,engagement,71.5,2026-09-30",
    "rewards": "E2,2.5,,yes",
    "history": "2026-H1,E2,Meets,61.2",
    "criterion_history": "2026-H1,E2,clarity,61.2,58.4,5.1",
}


def read(folder: Any, table: str, *rows: str) -> tuple[RecordTable, list[Problem]]:
    folder.write(f"{table}.csv", "\n".join([HEADERS[table], *rows]) + "\n")
    text = (folder.path / "cycle.yaml").read_text()
    if f"{table}:" not in text:
        folder.write(
            "cycle.yaml",
            text.replace("rubrics:", f"  {table}: {{file: {table}.csv}}\nrubrics:"),
        )
    cycle = folder.cycle()
    employees, _ = read_employees(cycle)
    return read_records(cycle, table, employees, ("clarity", "delivery"))


@pytest.mark.parametrize("table", RECORDS)
def test_a_good_row_is_kept_as_it_stands(folder: Any, table: str) -> None:
    records, problems = read(folder, table, GOOD[table])
    assert problems == []
    header, row = HEADERS[table].split(","), GOOD[table].split(",")
    assert records.frame.loc[0, header].tolist() == row


@pytest.mark.parametrize(
    ("table", "row", "column", "rule"),
    [
        ("checkins", "E2,", "held_on", "blank_text"),
        ("checkins", "E2,1.8.2026", "held_on", "not_a_date"),
        ("feedback", "E2,2026-08-01,blame,", "kind", "unknown_kind"),
        ("feedback", "E2,2026-08-01,,charm", "criterion", "unknown_criterion"),
        ("unit_measures", ",engagement,1,", "unit", "blank_text"),
        ("unit_measures", "E1,engagement,high,", "value", "not_a_number"),
        ("rewards", "E3,two,,", "merit_percent", "not_a_number"),
        ("rewards", "E3,,,perhaps", "promoted", "not_yes_or_no"),
        ("history", ",E2,Meets,", "cycle", "blank_text"),
        ("history", "2026-H1,E3,,", "band", "blank_text"),
        ("criterion_history", "2026-H1,E3,clarity,,,", "raw_score", "score_missing"),
        ("criterion_history", "2026-H1,E3,,61,,", "criterion", "blank_text"),
        ("criterion_history", "2026-H1,E3,clarity,161,,", "raw_score", "points_range"),
        ("criterion_history", "2026-H1,E3,clarity,61,,-1", "se", "points_range"),
    ],
)
def test_a_row_that_breaks_a_rule_is_listed_and_left_out(
    folder: Any, table: str, row: str, column: str, rule: str
) -> None:
    records, (problem,) = read(folder, table, GOOD[table], row)
    assert (problem.row, problem.column, problem.rule) == (3, column, rule)
    assert len(records) == 1


def test_both_of_two_rewards_of_one_person_are_refused(folder: Any) -> None:
    records, problems = read(folder, "rewards", "E2,2.5,,", "E2,3,,")
    assert [(p.row, p.rule) for p in problems] == [(2, "duplicate_row"), (3, "duplicate_row")]
    assert len(records) == 0


def test_two_check_ins_on_one_day_are_two(folder: Any) -> None:
    records, problems = read(folder, "checkins", "E2,2026-08-01", "E2,2026-08-01")
    assert (len(records), problems) == (2, [])


def test_a_stranger_is_noted_and_not_used_but_stays_in_history(folder: Any) -> None:
    records, (note,) = read(folder, "checkins", "E9,2026-08-01")
    assert (len(records), note.level, note.rule, note.row) == (0, "note", "not_in_cycle", 2)
    records, problems = read(folder, "history", "2026-H1,E9,Meets,")
    assert (len(records), problems) == (1, [])


def test_a_criterion_no_longer_marked_is_noted_once_and_people_who_left_stay(folder: Any) -> None:
    rows = ("2026-H1,E9,charm,60,,", "2026-H1,E2,charm,70,,", "2026-H1,E9,clarity,60,,")
    records, (note,) = read(folder, "criterion_history", *rows)
    assert (len(records), note.level, note.rule, note.row) == (3, "note", "criterion_retired", None)
    assert "'charm' is in no rubric of this cycle; 2 rows are not used" in note.what


def test_scores_that_look_like_marks_are_noted_by_cycle(folder: Any) -> None:
    rows = ("2025-H2,E2,clarity,4,,", "2025-H2,E3,clarity,3,,", "2026-H1,E2,clarity,60,,")
    records, (note,) = read(folder, "criterion_history", *rows)
    assert (len(records), note.level, note.rule) == (3, "note", "looks_like_marks")
    assert "no score of 2025-H2 lies above 4" in note.what


def test_both_of_two_scores_of_one_person_criterion_and_cycle_are_refused(folder: Any) -> None:
    rows = ("2026-H1,E2,clarity,60,,", "2026-H1,E2,clarity,61,,")
    records, problems = read(folder, "criterion_history", *rows)
    assert [(p.row, p.rule) for p in problems] == [(2, "duplicate_row"), (3, "duplicate_row")]
    assert len(records) == 0
