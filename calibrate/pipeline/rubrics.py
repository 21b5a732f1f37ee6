"""Rubrics on their own: checked against a strategy, and printed for those who mark by them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from calibrate.config import Cycle, load_cycle, shown_name
from calibrate.config.explain import Fault, show_path
from calibrate.errors import InputError, Problem
from calibrate.ingest import read_goals
from calibrate.language import speak
from calibrate.pipeline.opening import read_own_theme
from calibrate.pipeline.stages import read_people
from calibrate.report.html import write_document
from calibrate.report.pages.rubric import lay_out_rubric
from calibrate.report.place import refuse_place, write_pdf
from calibrate.report.theme import DEFAULT
from calibrate.report.views.rubric import view_rubric
from calibrate.rubric import Rubric, Strategy
from calibrate.rubric.load import read_rubrics, read_strategy
from calibrate.rubric.review import OutcomeShare, find_unserved, review_rubric, share_outcomes

#: What did not happen because a file is at fault.
UNDONE = "nothing was compared"


@dataclass(frozen=True)
class Measures:
    """Rubrics with what they are read beside.

    Parameters
    ----------
    strategy
        None: outcomes are not compared.
    of_goals
        Outcomes that goals of the cycle name; None where goals are not known.
    notes
        What each rubric still lacks, and outcomes that nothing serves.
    """

    rubrics: tuple[Rubric, ...]
    cycle: Cycle | None
    strategy: Strategy | None
    of_goals: frozenset[str] | None
    notes: tuple[Problem, ...]

    def share_outcomes(self) -> tuple[list[OutcomeShare], list[OutcomeShare]]:
        """Share of each rubric by outcome and by perspective; empty without a strategy."""
        if self.strategy is None:
            return [], []
        return share_outcomes(self.rubrics, self.strategy)


def read_measures(
    files: Sequence[Path], *, strategy_file: Path | None = None, cycle_file: Path | None = None
) -> Measures:
    """Read rubrics and what they should serve, and list what they lack.

    Parameters
    ----------
    files
        Rubric files; empty: those of the cycle.
    strategy_file
        Stands in place of the cycle's strategy.
    cycle_file
        Gives strategy, goals, label scales and days.

    Raises
    ------
    InputError
        Listing every fault of every file.
    """
    cycle = load_cycle(cycle_file) if cycle_file is not None else None
    strategy, problems = _read_strategy(strategy_file, cycle)
    is_known = not problems and (strategy is not None or cycle is not None)
    places = [(path, str(path)) for path in files]
    if not places and cycle is not None:
        places = [(cycle.resolve(name), shown_name(name)) for name in cycle.rubrics]
    try:
        read = read_rubrics(places, cycle, strategy, is_strategy_known=is_known)
    except InputError as error:
        problems = [*problems, *error.problems]
    if problems:
        raise InputError(problems, UNDONE)
    rubrics = tuple(rubric for rubric, _ in read)
    of_goals = _find_goal_outcomes(cycle, strategy)
    notes = [
        replace(document.problem(*fault), level="note")
        for rubric, document in read
        for fault in review_rubric(rubric, strategy)
    ]
    if strategy is not None:
        notes += _note_unserved(rubrics, strategy, of_goals)
    return Measures(rubrics, cycle, strategy, of_goals, tuple(notes))


def _read_strategy(path: Path | None, cycle: Cycle | None) -> tuple[Strategy | None, list[Problem]]:
    shown = str(path)
    if path is None:
        if cycle is None or cycle.strategy is None:
            return None, []
        path, shown = cycle.resolve(cycle.strategy), shown_name(cycle.strategy)
    try:
        return read_strategy(path, shown, cycle), []
    except InputError as error:
        return None, list(error.problems)


def _find_goal_outcomes(cycle: Cycle | None, strategy: Strategy | None) -> frozenset[str] | None:
    if cycle is None or strategy is None or not cycle.inputs.has("goals"):
        return None
    employees, _, _ = read_people(cycle)
    goals, _ = read_goals(cycle, employees, strategy.outcome_ids)
    return frozenset(goals.frame["outcome"]) - {""}


def _note_unserved(
    rubrics: Sequence[Rubric], strategy: Strategy, of_goals: Collection[str] | None
) -> list[Problem]:
    return [_note(strategy.file, fault) for fault in find_unserved(rubrics, strategy, of_goals)]


def _note(file: str, fault: Fault) -> Problem:
    path, rule, what, fix = fault
    name = show_path(path)
    return Problem(file, None, name, rule, f"{name}: {what}", fix, "note", whole=True)


def note_reviews(
    rubrics: Sequence[Rubric], strategy: Strategy | None, of_goals: Collection[str] | None
) -> list[Problem]:
    """Note the gravest lack of each rubric, one a file, and outcomes that nothing serves.

    Without a strategy no criterion can serve an outcome: that is not held against it.
    """
    problems = []
    for rubric in rubrics:
        faults = review_rubric(rubric, strategy)
        if strategy is None:
            faults = [fault for fault in faults if fault[1] != "criterion_without_outcome"]
        if faults:
            path, _, what, _ = faults[0]
            more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
            fix = "see all with: calibrate rubric check"
            problems.append(_note(rubric.file, (path, "rubric_review", what + more, fix)))
    if strategy is not None:
        problems += _note_unserved(rubrics, strategy, of_goals)
    return problems


def print_rubric(
    measures: Measures, path: Path, *, language: str | None = None, paper: str | None = None
) -> int:
    """Write the first rubric as a page for those who mark by it.

    Parameters
    ----------
    language, paper
        Those of the cycle if None, else English on A4.

    Returns
    -------
    pages

    Raises
    ------
    DiskError
        If the file cannot be written, lies in a run, or is there and is no PDF.
    """
    from calibrate.report.pdf import render_pdf

    refuse_place(path)
    cycle = measures.cycle
    tongue = language or (cycle.language if cycle is not None else "en")
    theme = read_own_theme(cycle)[0] if cycle is not None else DEFAULT
    with speak(tongue, cycle.formats if cycle is not None else ""):
        view = view_rubric(
            measures.rubrics[0], measures.strategy, cycle, language=tongue,
            paper=paper or (cycle.paper if cycle is not None else "A4"),
        )  # fmt: skip
        html, __ = write_document(theme.dress(lay_out_rubric(view), "rubric"), theme)
    pdf = render_pdf(html, theme=theme)
    write_pdf(path, pdf.content, is_private=False)
    return pdf.n_pages
