"""Criteria and marks of a chunk, held against the rubric of each person."""

from __future__ import annotations

import numpy as np
import pandas as pd

from calibrate.config import MISSING, say_known
from calibrate.errors import Problem
from calibrate.ingest.marks import ParsedMark, parse_mark, show_micro
from calibrate.ingest.rows import CheckedRows
from calibrate.ingest.values import IntArray


def check_marks(rows: CheckedRows) -> IntArray:
    """Check criteria and marks, and turn the marks into whole millionths.

    Parameters
    ----------
    rows
        The chunk; problems and bad rows are added to it.

    Returns
    -------
    (rows,) micro marks
        ``MISSING`` where blank, null or refused.
    """
    _check_criteria(rows)
    marks = _parse_marks(rows)
    _check_scale(rows, marks)
    rows.problems.sort(key=lambda problem: (problem.row or 0, problem.column, problem.rule))
    return marks


def _check_criteria(rows: CheckedRows) -> None:
    rules, criterion, rubric = rows.checker.rules, rows.criterion, rows.rubric

    def known_to(at: int) -> tuple[str, ...]:
        if rubric[at] < 0:
            return rules.criteria
        has = rules.lowest[rubric[at]] != MISSING
        return tuple(name for name, one in zip(rules.criteria, has, strict=True) if one)

    def explain(at: int) -> tuple[str, str]:
        text = rows.text("criterion", at)
        return f"criterion '{text[:60]}' is in no rubric", say_known(text, known_to(at))

    of_text = (rows.codes["criterion"], rubric)
    rows.refuse("criterion", "unknown_criterion", criterion < 0, explain, *of_text)
    rows.refuse(
        "employee_id", "no_rubric", (rows.employee >= 0) & (rubric < 0),
        lambda at: (
            f"no rubric applies to '{rows.text('employee_id', at)[:60]}'",
            "widen applies_to of a rubric, or list a rubric without it last",
        ),
        rows.codes["employee_id"],
    )  # fmt: skip
    both = (criterion >= 0) & (rubric >= 0)
    outside = both.copy()
    outside[both] = rules.lowest[rubric[both], criterion[both]] == MISSING
    if rows.is_wide:
        # A wide file has the columns of all rubrics; an empty cell of another rubric says nothing.
        is_blank = rows.look_up("mark", "is_blank", lambda text: not text) > 0
        rows.dropped |= outside & is_blank
        outside &= ~is_blank
    rows.refuse(
        "criterion", "criterion_not_in_rubric", outside,
        lambda at: (
            f"criterion '{rows.text('criterion', at)[:60]}' is not in"
            f" {rules.rubric_files[rubric[at]]}, the rubric of this person",
            say_known(rows.text("criterion", at), known_to(at)),
        ),
        *of_text,
    )  # fmt: skip


def _parse_marks(rows: CheckedRows) -> IntArray:
    # Each pair of criterion and text is understood once, however many rows carry it.
    rules, known_pairs = rows.checker.rules, rows.checker.parsed
    texts = rows.checker.vocabulary("mark").texts
    marks = np.full(len(rows), MISSING, dtype=np.int64)
    known = np.flatnonzero(rows.criterion >= 0)
    n_criteria = len(rules.criteria)
    pair, distinct = pd.factorize(rows.codes["mark"][known] * n_criteria + rows.criterion[known])
    parsed: list[ParsedMark] = []
    for code in distinct.tolist():
        if code not in known_pairs:
            text, criterion = divmod(code, n_criteria)
            known_pairs[code] = parse_mark(
                texts[text], rules.labels[criterion], rules.nulls[criterion]
            )
        parsed.append(known_pairs[code])
    if not parsed:
        return marks
    marks[known] = np.array([mark.micro for mark in parsed], dtype=np.int64)[pair]
    has_rule = np.array([bool(mark.rule) for mark in parsed])[pair]
    of_row = {int(known[i]): parsed[int(pair[i])] for i in np.flatnonzero(has_rule)}
    _list_marks(rows, of_row)
    return marks


def _list_marks(rows: CheckedRows, of_row: dict[int, ParsedMark]) -> None:
    of_text = (rows.codes["mark"], rows.criterion)
    for rule in sorted({mark.rule for mark in of_row.values() if not mark.is_note}):
        wrong = np.zeros(len(rows), dtype=bool)
        wrong[[at for at, mark in of_row.items() if mark.rule == rule]] = True
        rows.refuse("mark", rule, wrong, lambda at: (of_row[at].what, of_row[at].fix), *of_text)
    for at, note in of_row.items():
        if note.is_note and not rows.bad[at]:
            column, label = rows.name_column("mark", at), rows.text("mark", at)
            rows.problems.append(
                Problem(
                    rows.shown, int(rows.row[at]), column, note.rule, note.what, note.fix,
                    "note", label,
                )
            )  # fmt: skip


def _check_scale(rows: CheckedRows, marks: IntArray) -> None:
    rules = rows.checker.rules
    at = np.flatnonzero((rows.criterion >= 0) & (rows.rubric >= 0) & (marks != MISSING))
    # Rows with the same text, criterion and rubric are judged once, by one of them.
    n_rubrics, n_criteria = rules.lowest.shape
    kind = (rows.codes["mark"][at] * n_criteria + rows.criterion[at]) * n_rubrics + rows.rubric[at]
    example = np.full(int(kind.max(initial=-1)) + 1, -1, dtype=np.int64)
    example[kind] = at
    found = np.flatnonzero(example >= 0)
    one = example[found]
    rubric, criterion = rows.rubric[one], rows.criterion[one]
    lowest = rules.lowest[rubric, criterion]
    highest, step = rules.highest[rubric, criterion], rules.step[rubric, criterion]
    is_known = lowest != MISSING
    is_outside, is_between = np.zeros(len(example), dtype=bool), np.zeros(len(example), dtype=bool)
    is_outside[found] = is_known & ((marks[one] < lowest) | (marks[one] > highest))
    is_between[found] = is_known & (step > 0) & ((marks[one] - lowest) % np.maximum(step, 1) != 0)
    outside, between = np.zeros(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
    outside[at], between[at] = is_outside[kind], is_between[kind]

    def words(row: int, allowed: str) -> tuple[str, str]:
        r, k = rows.rubric[row], rows.criterion[row]
        low, high = show_micro(int(rules.lowest[r, k])), show_micro(int(rules.highest[r, k]))
        steps = f" in steps of {show_micro(int(rules.step[r, k]))}" if allowed == "step" else ""
        what = f"criterion '{rules.criteria[k]}' has mark {show_micro(int(marks[row]))}"
        return what, f"{rules.rubric_files[r]} allows {low} to {high}{steps}"

    of_mark = (rows.codes["mark"], rows.criterion, rows.rubric)
    between &= ~outside
    rows.refuse("mark", "mark_out_of_scale", outside, lambda row: words(row, "scale"), *of_mark)
    rows.refuse("mark", "mark_off_step", between, lambda row: words(row, "step"), *of_mark)
