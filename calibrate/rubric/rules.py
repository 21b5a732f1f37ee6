"""Rubrics and employees → MarkRules: which marks each person may get."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from calibrate.config import MISSING, Cycle, say_known, to_micro
from calibrate.errors import Problem
from calibrate.ingest import AssignmentTable, EmployeeTable, IntArray, MarkRules
from calibrate.rubric.rubric import APPLIES_TO, MANAGES_PEOPLE, Rubric, step_micro

BoolArray = NDArray[np.bool_]


def build_mark_rules(
    rubrics: Sequence[Rubric],
    employees: EmployeeTable,
    cycle: Cycle,
    assignments: AssignmentTable | None = None,
) -> tuple[MarkRules, list[Problem]]:
    """Lay out which marks each rubric allows and which rubric each person has.

    The first rubric that applies wins. A person to whom none applies has
    rubric -1; that is a problem of the ratings, since nobody may be marking
    this person.

    Parameters
    ----------
    rubrics
        R rubrics in the order of the cycle.
    employees
        I people.
    cycle
        For the label scales.
    assignments
        Who manages whom beside manager_id; None: manager_id alone says it.

    Returns
    -------
    MarkRules
        Marks in millionths, (R, K) over the K criteria of all rubrics.
    list of Problem
        Levels without an expected mark and label scales that contradict each
        other as errors; rubrics that apply to nobody as notes.
    """
    criteria = tuple(dict.fromkeys(name for rubric in rubrics for name in rubric.criterion_ids))
    column = {name: k for k, name in enumerate(criteria)}
    shape = (len(rubrics), len(criteria))
    lowest, highest = np.full(shape, MISSING, np.int64), np.full(shape, MISSING, np.int64)
    step = np.zeros(shape, np.int64)
    for r, rubric in enumerate(rubrics):
        for name in rubric.criterion_ids:
            lowest[r, column[name]] = to_micro(rubric.scale.lowest)
            highest[r, column[name]] = to_micro(rubric.scale.highest)
            step[r, column[name]] = step_micro(rubric.scale)
    rubric_of = _find_rubrics(rubrics, employees, find_leaders(employees, assignments))
    scale_names, problems = _find_scales(rubrics, cycle)
    problems += _check_levels(rubrics, employees, rubric_of)
    problems += _note_unused(rubrics, employees, rubric_of)
    scales = [cycle.scales[used] if (used := scale_names[k]) else None for k in criteria]
    rules = MarkRules(
        criteria=criteria,
        rubric_of=rubric_of,
        lowest=lowest,
        highest=highest,
        step=step,
        rubric_files=tuple(rubric.file for rubric in rubrics),
        labels=tuple(scale.marks_micro if scale else None for scale in scales),
        nulls=tuple(frozenset(scale.nulls) if scale else frozenset() for scale in scales),
    )
    return rules, problems


def find_leaders(employees: EmployeeTable, assignments: AssignmentTable | None) -> BoolArray:
    """Tell who manages people: is somebody's manager_id, or a line, matrix or acting manager.

    Whoever managed somebody earlier, and nobody now, does not.

    Returns
    -------
    (I,) flags in the order of ``employees``
    """
    leaders = set(employees.column("manager_id")) if "manager_id" in employees.declared else set()
    if assignments is not None:
        now = assignments.frame["kind"] != "previous"
        leaders |= set(assignments.frame.loc[now, "manager_id"])
    return np.array([name in leaders for name in employees.ids], dtype=bool)


def _find_rubrics(
    rubrics: Sequence[Rubric], employees: EmployeeTable, is_leader: BoolArray
) -> IntArray:
    rubric_of = np.full(len(employees.ids), -1, dtype=np.int64)
    # From the last to the first, so that the first that applies is written last.
    for r in reversed(range(len(rubrics))):
        applies = np.ones(len(employees.ids), dtype=bool)
        for name, values in rubrics[r].applies_to.items():
            if name == MANAGES_PEOPLE:
                applies &= np.isin(np.where(is_leader, "yes", "no"), values)
            else:
                applies &= employees.frame[name].isin(values).to_numpy(dtype=bool)
        rubric_of[applies] = r
    return rubric_of


def _find_scales(
    rubrics: Sequence[Rubric], cycle: Cycle
) -> tuple[dict[str, str | None], list[Problem]]:
    names: dict[str, str | None] = {}
    files: dict[str, str] = {}
    problems = []
    for rubric in rubrics:
        for i, criterion in enumerate(rubric.criteria):
            name = criterion.scale or cycle.inputs.rating_scale
            if names.setdefault(criterion.id, name) != name:
                path = f"criteria[{i}].scale"
                what = (
                    f"{path}: '{criterion.id}' has another scale of labels in {files[criterion.id]}"
                )
                fix = "give both the same scale, or one of them another id"
                problems.append(
                    Problem(rubric.file, None, path, "scale_conflict", what, fix, whole=True)
                )
            files.setdefault(criterion.id, rubric.file)
    return names, problems


def _check_levels(
    rubrics: Sequence[Rubric], employees: EmployeeTable, rubric_of: IntArray
) -> Iterator[Problem]:
    levels = np.array(employees.column("level"), dtype=object)
    for r, rubric in enumerate(rubrics):
        if rubric.marks != "absolute":
            continue
        people = Counter(levels[rubric_of == r].tolist())
        for i, criterion in enumerate(rubric.criteria):
            for level in sorted(people.keys() - criterion.expected.keys()):
                path = f"criteria[{i}].expected"
                n = f"{people[level]} {'person' if people[level] == 1 else 'people'}"
                named = f"level '{level}' ({n})" if level else f"a blank level ({n})"
                what = f"{path}: no expected mark of '{criterion.id}' for {named}"
                near = say_known(level, list(criterion.expected)) if level else ""
                fix = f"add it; {near}" if level else "fill in level in employees"
                yield Problem(
                    rubric.file, None, path, "expected_missing", what, fix, value=level, whole=True
                )


def _note_unused(
    rubrics: Sequence[Rubric], employees: EmployeeTable, rubric_of: IntArray
) -> Iterator[Problem]:
    used = set(rubric_of.tolist())
    for r, rubric in enumerate(rubrics):
        if r in used or not employees.ids:
            continue
        absent = [name for name in APPLIES_TO if name in rubric.applies_to]
        absent = ["manager_id" if name == MANAGES_PEOPLE else name for name in absent]
        absent = [name for name in absent if name not in employees.declared]
        what = "applies_to: the rubric applies to nobody"
        fix = "correct applies_to or the order of rubrics"
        if absent:
            fix = f"employees have no column {', '.join(absent)}"
        yield Problem(rubric.file, None, "applies_to", "rubric_unused", what, fix, "note")
