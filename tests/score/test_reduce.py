"""Chunks become forms; the same mark entered twice is found wherever it stands."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from calibrate.config import MICRO, MISSING
from calibrate.ingest import RatingTable
from calibrate.score import FormReducer

Row = tuple[int, int, int, int, float | None, int]  # employee, rater, source, criterion, mark, row


def chunk(*rows: Row) -> RatingTable:
    columns = list(zip(*rows, strict=True))
    marks = [MISSING if m is None else round(m * MICRO) for m in columns[4]]
    whole = [np.array(columns[k], np.int64) for k in range(4)]
    return RatingTable(
        employee=whole[0], rater=whole[1], source=whole[2], criterion=whole[3],
        mark=np.array(marks, np.int64), file=np.zeros(len(rows), np.int64),
        row=np.array(columns[5], np.int64),
    )  # fmt: skip


def reduce(*chunks: RatingTable) -> tuple[FormReducer, list[list[float | None]]]:
    reducer = FormReducer(("delivery", "quality"), ("ratings.csv",))
    for ratings in chunks:
        reducer.add(ratings)
    forms = reducer.finish(np.arange(10))
    marks = [[None if m == MISSING else m / MICRO for m in row] for row in forms.marks.tolist()]
    return reducer, marks


def test_marks_of_one_rater_employee_and_source_are_one_form() -> None:
    _, marks = reduce(chunk((0, 0, 1, 0, 3, 2), (0, 0, 1, 1, 4, 3), (0, 0, 0, 0, 5, 4)))
    assert marks == [[5, None], [3, 4]]


def test_form_split_over_chunks_is_put_together() -> None:
    reducer, marks = reduce(chunk((0, 0, 1, 0, 3, 2)), chunk((0, 0, 1, 1, 4, 3)))
    assert marks == [[3, 4]]
    assert reducer.problems == []


def test_a_repeated_mark_of_another_file_is_named_with_its_file() -> None:
    reducer = FormReducer(("delivery", "quality"), ("a.csv", "b.csv"))
    ratings = chunk((0, 0, 1, 0, 3, 2), (0, 0, 1, 0, 3, 2))
    reducer.add(replace(ratings, file=np.array([0, 1])))
    (problem,) = reducer.problems
    assert (problem.file, problem.row) == ("b.csv", 2)
    assert problem.what.endswith("of a.csv row 2")


def test_repeated_mark_counts_once_and_is_noted() -> None:
    reducer, marks = reduce(chunk((0, 0, 1, 0, 3, 2), (0, 0, 1, 0, 3, 3)))
    assert marks == [[3, None]]
    assert [(p.rule, p.row, p.level) for p in reducer.problems] == [("repeated_mark", 3, "note")]


@pytest.mark.parametrize("split", [0, 1, 2])
def test_contradiction_lists_every_row_and_uses_none(split: int) -> None:
    rows: list[Row] = [(0, 0, 1, 0, 3, 2), (0, 0, 1, 0, 4, 3), (0, 0, 1, 1, 5, 4)]
    parts = [part for part in (rows[:split], rows[split:]) if part]
    reducer, marks = reduce(*(chunk(*part) for part in parts))
    assert marks == [[None, 5]]
    assert sorted((p.rule, p.row or 0) for p in reducer.problems) == [
        ("conflicting_marks", 2), ("conflicting_marks", 3),
    ]  # fmt: skip
    assert reducer.contradicted == [0, 0]


@pytest.mark.parametrize("order", list(permutations([3, 4, 4])))
def test_third_row_in_a_later_chunk_cannot_settle_a_contradiction(order: tuple[int, ...]) -> None:
    rows: list[Row] = [(0, 0, 1, 0, float(m), 2 + n) for n, m in enumerate(order)]
    reducer, marks = reduce(chunk(*rows[:2]), chunk(rows[2]))
    assert marks == [[None, None]]
    listed = {p.row for p in reducer.problems}
    assert listed == {2, 3, 4}


def test_blank_and_mark_for_the_same_question_contradict() -> None:
    reducer, _ = reduce(chunk((0, 0, 1, 0, None, 2), (0, 0, 1, 0, 4, 3)))
    assert {p.rule for p in reducer.problems} == {"conflicting_marks"}


def test_no_rows_give_no_forms() -> None:
    _, marks = reduce()
    assert marks == []


def test_raters_get_their_final_codes() -> None:
    reducer = FormReducer(("delivery",), ("ratings.csv",))
    reducer.add(chunk((0, 0, 1, 0, 3, 2), (0, 1, 1, 0, 4, 3)))
    forms = reducer.finish(np.array([7, 2]))
    assert forms.rater.tolist() == [2, 7]
    assert (forms.marks[:, 0] / MICRO).tolist() == [4, 3]
