"""From files to scores. No attribute passes here: none of these functions could take one."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from calibrate.audit import CommentEvidence
from calibrate.bands import BandTable, assign_bands
from calibrate.config import SOURCES, Cycle, show_place
from calibrate.effects import (
    Assumed,
    CriterionScores,
    Effects,
    Model,
    Settings,
    estimate_criteria,
    estimate_effects,
)
from calibrate.errors import InputError, Problem
from calibrate.ingest import (
    RECORDS,
    AssignmentTable,
    Codes,
    EmployeeTable,
    GoalTable,
    MarkRules,
    RatingStream,
    RecordTable,
    read_assignments,
    read_employees,
    read_goals,
    read_records,
)
from calibrate.pipeline.comments import gather_comments
from calibrate.rubric import (
    Rubric,
    Strategy,
    build_mark_rules,
    check_people,
    load_rubrics,
    load_strategy,
)
from calibrate.score import (
    FormReducer,
    FormTable,
    combine_forms,
    find_null_labels,
    word_null_forms,
)

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Prepared:
    """Everything read and checked, ready to be scored.

    Parameters
    ----------
    employees
        Their manager_id is the line manager, also where assignments alone say it.
    records
        Check-ins, feedback, measures, rewards and history, as far as they are given.
    raters : (J,) ids in sort order
    quarantined : (Q,)
        Employee code of every row left out, -1 where it cannot be told.
    assignments
        Who managed whom during the cycle.
    null_forms
        Position of a form without a mark → the label it has instead.
    unit, session : (I,) text
    unit_kind : ``team``, ``department`` or ``none``
    """

    cycle: Cycle
    rubrics: tuple[Rubric, ...]
    strategy: Strategy | None
    employees: EmployeeTable
    goals: GoalTable | None
    records: dict[str, RecordTable]
    rules: MarkRules
    forms: FormTable
    raters: tuple[str, ...]
    problems: tuple[Problem, ...]
    n_rows: int
    quarantined: IntArray
    unit: tuple[str, ...]
    unit_kind: str
    session: tuple[str, ...]
    assignments: AssignmentTable
    null_forms: Mapping[int, str]

    @cached_property
    def comments(self) -> CommentEvidence | None:
        """Counts of the comments by form; the files are read again for it, once."""
        return gather_comments(self)


@dataclass(frozen=True)
class Scored:
    """Scores, severities and bands of a cycle."""

    prepared: Prepared
    effects: Effects
    by_criterion: CriterionScores
    bands: BandTable


@contextmanager
def _collect_rarely() -> Iterator[None]:
    # What is read lives to the end; looking through all of it again and again takes a tenth.
    usual = gc.get_threshold()
    gc.set_threshold(200_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@_collect_rarely()
def prepare_cycle(cycle: Cycle) -> Prepared:
    """Read every file but the attributes, check it, and reduce marks to forms.

    Raises
    ------
    InputError
        With all problems, if a whole file is at fault or a row is and the
        cycle says ``on_problem: stop``.
    """
    try:
        rubrics, strategy = load_measures(cycle)
    except InputError as error:
        raise InputError([*error.problems, *look_further(cycle)]) from None
    employees, assignments, problems = read_people(cycle)
    problems += check_people(strategy, employees, cycle)
    goals: GoalTable | None = None
    if cycle.inputs.has("goals"):
        owners = {o.id: o.owner or "" for o in strategy.outcomes} if strategy else None
        goals, found = read_goals(cycle, employees, owners)
        problems += found
    problems += check_declared_columns(cycle, employees)
    rules, found = build_mark_rules(rubrics, employees, cycle, assignments)
    problems += found
    records, found = read_all_records(cycle, employees, rules.criteria)
    problems += found
    stream = RatingStream(cycle, employees, rules, assignments.managers)
    places = cycle.inputs.places("ratings")
    files = tuple(show_place(*place) for place in places)
    reducer = FormReducer(rules.criteria, files)
    for ratings in stream:
        reducer.add(ratings)
    raters = tuple(sorted(stream.rater_ids))
    place = {rater: code for code, rater in enumerate(raters)}
    order = np.array([place[rater] for rater in stream.rater_ids], np.int64)
    reduced = reducer.finish(order)
    problems += stream.problems + reducer.problems
    part = assignments.part_of(reduced.employee, reduced.rater, raters)
    forms, found = combine_forms(
        reduced, rules, rubrics, strategy, employees, cycle,
        manager_part=part if assignments.is_given else None,
    )  # fmt: skip
    null_forms = find_null_labels(forms, reduced, places, stream.problems)
    problems += word_null_forms(found, null_forms, forms)
    problems += note_unexpected(forms, employees)
    refuse_problems(cycle, problems, count_read(employees, stream.n_rows, forms, raters))
    unit_kind, unit = find_units(cycle, employees)
    quarantined = np.concatenate(
        [np.asarray(stream.quarantined, np.int64), np.array(reducer.contradicted, np.int64)]
    )
    return Prepared(
        cycle, rubrics, strategy, employees, goals, records, rules, forms, raters,
        tuple(problems), stream.n_rows, quarantined,
        unit, unit_kind, find_sessions(employees), assignments, null_forms,
    )  # fmt: skip


def read_people(cycle: Cycle) -> tuple[EmployeeTable, AssignmentTable, list[Problem]]:
    """Read the employees and who manages them.

    Raises
    ------
    InputError
        If a whole file is at fault: every rating would be listed as unknown.
    """
    employees, problems = read_employees(cycle)
    if any(p.whole for p in problems):
        raise InputError(problems)
    assignments, found = read_assignments(cycle, employees)
    problems += found
    if any(p.whole for p in found):
        raise InputError(problems)
    return assignments.settle(employees), assignments, problems


def look_further(cycle: Cycle) -> list[Problem]:
    """Find what else is wrong with people and goals where rubrics or strategy are at fault.

    So that whoever mends a strategy does not learn of its goals one run later.
    """
    try:
        employees, _, problems = read_people(cycle)
        return [*problems, *read_goals(cycle, employees)[1]]
    except InputError as error:
        return list(error.problems)


def note_unexpected(forms: FormTable, employees: EmployeeTable) -> list[Problem]:
    """Note everybody who has marks although the employees file says why there are none."""
    rated = np.unique(forms.employee[forms.scored]).tolist()
    doubts = employees.if_rated
    return [doubts[employees.ids[code]] for code in rated if employees.ids[code] in doubts]


def read_all_records(
    cycle: Cycle, employees: EmployeeTable, criteria: tuple[str, ...]
) -> tuple[dict[str, RecordTable], list[Problem]]:
    """Read check-ins, feedback, measures, rewards and both histories, as far as given."""
    records: dict[str, RecordTable] = {}
    problems: list[Problem] = []
    for table in RECORDS:
        if cycle.inputs.has(table):
            records[table], found = read_records(cycle, table, employees, criteria)
            problems += found
    return records, problems


def load_measures(cycle: Cycle) -> tuple[tuple[Rubric, ...], Strategy | None]:
    """Load strategy and rubrics; the problems of both are listed together."""
    problems: list[Problem] = []
    strategy: Strategy | None = None
    rubrics: tuple[Rubric, ...] = ()
    try:
        strategy = load_strategy(cycle)
    except InputError as error:
        problems += error.problems
    try:
        rubrics = load_rubrics(cycle)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    return rubrics, strategy


def count_read(
    employees: EmployeeTable, n_rows: int, forms: FormTable, raters: tuple[str, ...]
) -> dict[str, int]:
    """Count what was read."""
    return {
        "people": len(employees.ids), "rating_rows": n_rows,
        "forms": len(forms.points), "raters": len(raters),
    }  # fmt: skip


def refuse_problems(
    cycle: Cycle, problems: list[Problem], counts: dict[str, int] | None = None
) -> None:
    """Stop here if the problems may not be set aside; ``counts`` is what had been read."""
    is_empty = counts is not None and counts["rating_rows"] > 0 and not counts["forms"]
    if is_empty and cycle.on_problem == "quarantine":
        what, fix = "every row of the ratings is at fault", "mend those listed; none could be used"
        problems = [*problems, Problem(
            show_place(*cycle.inputs.places("ratings")[0]), None, "", "nothing_left", what, fix,
            whole=True,
        )]  # fmt: skip
    errors = [p for p in problems if p.level == "error"]
    if any(p.whole for p in errors) or (errors and cycle.on_problem == "stop"):
        refusal = InputError(problems)
        refusal.counts = counts or {}
        raise refusal


def check_declared_columns(cycle: Cycle, employees: EmployeeTable) -> list[Problem]:
    """Find settings that name a column the employees do not have; they would do nothing."""
    column_of = {"team": "manager_id", "manager": "manager_id", "department": "department"}
    unit = cycle.effects.unit or ""
    wanted: list[tuple[str, str, str | None]] = [("effects.unit", unit, column_of.get(unit))]
    if cycle.guideline is not None and cycle.guideline.mode != "none":
        scope = cycle.guideline.scope
        wanted.append(("guideline.scope", scope, column_of.get(scope)))
    wanted += [("audit.controls", name, name) for name in cycle.audit.controls or ()]
    return [
        Problem(
            cycle.path.name, None, key, "column_not_there",
            f"{key} is '{value}', and the employees have no column {column}",
            f"add {column} to the employees file or change {key}", value=value, whole=True,
        )
        for key, value, column in wanted
        if column is not None and column not in employees.declared
    ]  # fmt: skip


def find_units(cycle: Cycle, employees: EmployeeTable) -> tuple[str, tuple[str, ...]]:
    """Smallest declared unit of each employee: the manager's team, else the department."""
    kind = cycle.effects.unit
    if kind is None:
        declared = employees.declared
        kind = "team" if "manager_id" in declared else "none"
        kind = "department" if kind == "none" and "department" in declared else kind
    column = {"team": "manager_id", "department": "department", "none": ""}[kind]
    n_employees = len(employees.ids)
    names = employees.frame[column].tolist() if column else [""] * n_employees
    return kind, tuple(str(name) for name in names)


def find_sessions(employees: EmployeeTable) -> tuple[str, ...]:
    """Calibration session of each employee: the column, else the department, else one for all."""
    for column in ("session", "department"):
        if column in employees.declared:
            return tuple(str(name) or "unassigned" for name in employees.frame[column])
    return ("all",) * len(employees.ids)


def compute_scores(prepared: Prepared) -> Scored:
    """Estimate severities and scores, and cut them into bands."""
    effects = estimate_overall(prepared)
    by_criterion = _estimate_criteria(prepared, effects)
    return Scored(prepared, effects, by_criterion, cut_scores(prepared, effects))


def cut_scores(prepared: Prepared, effects: Effects) -> BandTable:
    """Cut the scores of everybody into bands."""
    people, bands = effects.employees, prepared.cycle.bands
    return assign_bands(
        people.raw, people.adjusted, people.calibrated, people.se, people.link,
        prepared.employees.frame["proposed_band"].tolist(),
        bands.labels, bands.cuts_micro, people.df,
    )  # fmt: skip


def estimate_overall(prepared: Prepared, model: Model | None = None) -> Effects:
    """Estimate severities and scores over all criteria; by the cycle's model if none is named."""
    forms, cycle = prepared.forms, prepared.cycle
    chosen = forms.scored
    return estimate_effects(
        forms.employee[chosen], forms.rater[chosen], forms.source[chosen],
        forms.points[chosen], forms.weight[chosen], encode_units(prepared),
        n_employees=len(prepared.employees.ids), n_raters=len(prepared.raters),
        settings=Settings(
            interval=cycle.effects.interval, min_link=cycle.effects.min_link,
            model=model or cycle.effects.model, seed=cycle.seed,
            assumed=_find_assumed(cycle),
        ),
    )  # fmt: skip


def _estimate_criteria(prepared: Prepared, effects: Effects) -> CriterionScores:
    forms = prepared.forms
    chosen = forms.scored
    return estimate_criteria(
        forms.employee[chosen], forms.rater[chosen], forms.source[chosen],
        forms.criterion_points[chosen], forms.points[chosen], forms.weight[chosen],
        effects, prepared.cycle.seed,
    )  # fmt: skip


def _find_assumed(cycle: Cycle) -> Assumed | None:
    declared = cycle.effects.assumed
    return Assumed(declared.rater_share, declared.reliability) if declared else None


def encode_units(prepared: Prepared) -> IntArray | None:
    """Unit codes; -1 for whoever has no unit and so shares nothing with others."""
    if prepared.unit_kind == "none":
        return None
    return _encode(prepared.unit)


def encode_managers(employees: EmployeeTable) -> IntArray | None:
    """Manager of each employee as a code, -1 for nobody; None where none are declared."""
    if "manager_id" not in employees.declared:
        return None
    return _encode(employees.column("manager_id"))


def _encode(names: Sequence[str]) -> IntArray:
    """Codes of names in sort order; -1 for a blank one."""
    codes = Codes(name for name in names if name)
    return codes.encode(names)


def mean_by_source(forms: FormTable, source: str, n_employees: int) -> npt.NDArray[np.float64]:
    """Mean points of each employee's forms from one source; NaN where there is none."""
    chosen = (forms.source == SOURCES.index(source)) & ~np.isnan(forms.points)
    count = np.bincount(forms.employee[chosen], minlength=n_employees)
    total = np.bincount(forms.employee[chosen], forms.points[chosen], minlength=n_employees)
    with np.errstate(invalid="ignore"):
        return np.where(count > 0, total / count, np.nan)
