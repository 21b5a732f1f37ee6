"""Points of a form's criteria become the form's score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.config import MISSING, SOURCES, Cycle, show_place
from calibrate.errors import Problem
from calibrate.ingest import EmployeeTable, MarkRules
from calibrate.rubric import Rubric, Strategy, criterion_weights
from calibrate.score.normalise import normalise_absolute, normalise_relative
from calibrate.score.reduce import ReducedForms

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

#: A form must answer at least this share of its rubric's weight.
LEAST_ANSWERED = 0.5
#: Forms turned into points at a time; millions at once would need several copies of all marks.
SLICE = 1 << 17


@dataclass(frozen=True)
class FormTable:
    """Every form in points.

    Parameters
    ----------
    employee, rater, source : (N,) codes
    points : (N,) points, 0 to 100
        NaN where too little was answered.
    weight : (N,)
        How many peer forms the form counts for.
    scored : (N,)
        Enters the scores: enough was answered and the source has weight.
    criterion_points : (N, K) points, NaN where unanswered
    expected : (I, K) points
        What the employee's level expects; NaN where nothing is declared.
    n_kept : int
        Marks kept at 0 or 100 points by ``marks: absolute``.
    """

    employee: IntArray
    rater: IntArray
    source: IntArray
    points: FloatArray
    weight: FloatArray
    scored: BoolArray
    criterion_points: FloatArray
    expected: FloatArray
    n_kept: int


def combine_forms(
    forms: ReducedForms,
    rules: MarkRules,
    rubrics: Sequence[Rubric],
    strategy: Strategy | None,
    employees: EmployeeTable,
    cycle: Cycle,
    manager_part: FloatArray | None = None,
) -> tuple[FormTable, list[Problem]]:
    r"""Turn the marks of each form into one score.

    .. math:: x_n = \frac{\sum_k w_k x_{nk}}{\sum_k w_k}, \quad k \text{ answered}

    Parameters
    ----------
    manager_part : (N,) parts, 0 to 1
        Part of the manager's weight of each form's rater; without it each
        manager form has the whole weight.

    Returns
    -------
    forms : FormTable
    problems : list of Problem
        One note for each form that answers less than half of the weight; it is left out.
    """
    weights = np.zeros((len(rubrics), len(rules.criteria)))
    column = {name: k for k, name in enumerate(rules.criteria)}
    for r, rubric in enumerate(rubrics):
        parts = criterion_weights(rubric, strategy)
        for criterion, part in zip(rubric.criteria, parts, strict=True):
            weights[r, column[criterion.id]] = float(part)
    expected_marks = read_expectations(rules, rubrics, employees)
    is_absolute = np.array([rubric.marks == "absolute" for rubric in rubrics], bool)
    points: FloatArray = np.empty(forms.marks.shape)
    form_points: FloatArray = np.empty(len(points))
    share: FloatArray = np.empty(len(points))
    n_kept = 0
    for start in range(0, len(points), SLICE):
        some = slice(start, start + SLICE)
        rubric_of = rules.rubric_of[forms.employee[some]]
        points[some], kept = _normalise(
            forms.marks[some], rules.lowest[rubric_of], rules.highest[rubric_of],
            expected_marks[forms.employee[some]], is_absolute[rubric_of],
        )  # fmt: skip
        form_points[some], share[some] = average_criteria(points[some], weights[rubric_of])
        n_kept += kept
    too_thin: BoolArray = share < LEAST_ANSWERED - 1e-12
    form_points[too_thin] = np.nan
    by_source = np.array([_weight(cycle, name) for name in SOURCES])
    weight = by_source[forms.source]
    if manager_part is not None:
        counts: BoolArray = (forms.source == SOURCES.index("manager")) & ~too_thin
        weight = share_weight(weight, forms.employee, counts, manager_part)
    table = FormTable(
        forms.employee, forms.rater, forms.source, form_points, weight,
        ~too_thin & (weight > 0.0), points,
        _expected_points(expected_marks, rules, is_absolute), n_kept,
    )  # fmt: skip
    files = [show_place(*place) for place in cycle.inputs.places("ratings")]
    return table, [
        Problem(
            files[int(forms.file[n])], int(forms.row[n]), "mark", "form_below_half",
            f"the form that starts here answers {share[n]:.0%} of the rubric's weight",
            "it is left out of the scores; ask the rater to complete it", level="note",
        )
        for n in np.flatnonzero(too_thin)
    ]  # fmt: skip


def _normalise(
    marks: IntArray,
    lowest: IntArray,
    highest: IntArray,
    expected: IntArray,
    is_absolute: BoolArray,
) -> tuple[FloatArray, int]:
    points = normalise_relative(marks, lowest, highest)
    points[is_absolute], n_kept = normalise_absolute(
        marks[is_absolute], lowest[is_absolute], highest[is_absolute], expected[is_absolute]
    )
    return points, n_kept


def average_criteria(points: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Average answered criteria by weight; also say which share of the weight was answered.

    Examples
    --------
    >>> average_criteria(np.array([[50.0, np.nan]]), np.array([[0.6, 0.4]]))
    (array([50.]), array([0.6]))
    """
    answered = np.where(np.isnan(points), 0.0, weights)
    total, whole = answered.sum(axis=1), weights.sum(axis=1)
    summed = (answered * np.nan_to_num(points)).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (
            np.where(total > 0, summed / total, np.nan),
            np.where(whole > 0, total / whole, 0.0),
        )


def share_weight(
    weight: FloatArray, employee: IntArray, counts: BoolArray, part: FloatArray
) -> FloatArray:
    r"""Let the manager forms of one person share the weight of one.

    .. math:: W_n = W \frac{p_n}{\sum_m p_m}, \quad m \text{ manager forms of this person}

    Parameters
    ----------
    weight : (N,) peer forms
        Weight of each form's source.
    employee : (N,) codes
    counts : (N,)
        Manager forms that answer enough; the others keep their weight.
    part : (N,) parts, 0 to 1
        Where all of a person's are 0, the forms share equally.

    Examples
    --------
    >>> share_weight(np.array([2.0, 2.0]), np.array([0, 0]), np.array([True, True]),
    ...              np.array([0.75, 0.25]))
    array([1.5, 0.5])
    """
    who = employee[counts]
    n_people = int(employee.max(initial=-1)) + 1
    total = np.bincount(who, part[counts], minlength=n_people)
    shared = np.where(total[who] > 0, part[counts], 1.0)
    total = np.bincount(who, shared, minlength=n_people)
    result = weight.copy()
    result[counts] = weight[counts] * (shared / total[who])
    return result


def read_expectations(
    rules: MarkRules, rubrics: Sequence[Rubric], employees: EmployeeTable
) -> IntArray:
    """Look up what each employee's level expects: (I, K) millionths of a mark."""
    level = employees.frame["level"].to_numpy()
    expected = np.full((len(level), len(rules.criteria)), MISSING)
    column = {name: k for k, name in enumerate(rules.criteria)}
    for r, rubric in enumerate(rubrics):
        mine = rules.rubric_of == r
        for criterion in rubric.criteria:
            for name, mark in criterion.expected_micro.items():
                expected[mine & (level == name), column[criterion.id]] = mark
    return expected


def summarise_sources(
    forms: FormTable, criteria: Sequence[str], employees: EmployeeTable
) -> pd.DataFrame:
    """Mean points by employee, criterion and source, all sources, for the packets."""
    n, k = np.nonzero(~np.isnan(forms.criterion_points))
    ids = np.array(employees.ids, dtype=object)
    long = pd.DataFrame(
        {
            "employee_id": ids[forms.employee[n]] if len(n) else [],
            "criterion": np.array(criteria, dtype=object)[k] if len(k) else [],
            "source": np.array(SOURCES, dtype=object)[forms.source[n]] if len(n) else [],
            "points": forms.criterion_points[n, k],
        }
    )
    keys = ["employee_id", "criterion", "source"]
    grouped = long.groupby(keys, sort=True)["points"].agg(n_forms="count", points="mean")
    return grouped.reset_index()


def _weight(cycle: Cycle, source: str) -> float:
    return float(cycle.sources[source].weight) if source in cycle.sources else 0.0


def _expected_points(expected: IntArray, rules: MarkRules, is_absolute: BoolArray) -> FloatArray:
    lowest, highest = rules.lowest[rules.rubric_of], rules.highest[rules.rubric_of]
    points = normalise_relative(expected, lowest, highest)
    points[is_absolute[rules.rubric_of]] = 50.0
    return points
