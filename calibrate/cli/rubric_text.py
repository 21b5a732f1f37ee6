"""Rubrics at a terminal: what a check found, and a rubric to be read."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from calibrate.errors import ExitCode, InputError, Problem, say_count
from calibrate.language import speak
from calibrate.pipeline.rubrics import Measures, read_measures
from calibrate.report.views.rubric import CriterionRow, view_rubric
from calibrate.report.words import DASH
from calibrate.rubric import criterion_weights
from calibrate.rubric.review import OutcomeShare

#: Rubrics beside each other in 80 columns.
_MOST_COLUMNS = 4


def check_and_print(
    files: Sequence[Path],
    strategy: Path | None,
    cycle: Path | None,
    *,
    as_json: bool,
    width: int,
) -> int:
    """Check rubrics and print what was found; return the exit code."""
    try:
        measures = read_measures(files, strategy_file=strategy, cycle_file=cycle)
    except InputError as error:
        if not as_json:
            raise
        click.echo(json.dumps(_describe(None, error.problems), indent=2, ensure_ascii=False))
        return ExitCode.INPUT
    if as_json:
        click.echo(json.dumps(_describe(measures, measures.notes), indent=2, ensure_ascii=False))
    else:
        _print_check(measures, width)
    return ExitCode.DONE


def say_printed(n_pages: int) -> None:
    """Say that a page became several: those who mark will not have all in sight."""
    if n_pages > 1:
        click.echo(f"note: the rubric fills {n_pages} pages; shorten its words for one", err=True)


def list_lines(measures: Measures, width: int, language: str = "en") -> Iterator[str]:
    """Write the first rubric line by line."""
    with speak(language):
        view = view_rubric(measures.rubrics[0], measures.strategy)
        yield f"{view.head.title} · {view.head.cycle}"
        yield from textwrap.wrap(view.about, width)
        for row in view.criteria:
            yield ""
            yield from _list_criterion(row, width)


def _list_criterion(row: CriterionRow, width: int) -> Iterator[str]:
    yield row.label
    line = " · ".join(part for part in (row.weight, row.serves and f"serves {row.serves}") if part)
    yield from textwrap.wrap(line, width, initial_indent="  ", subsequent_indent="  ")
    longest = max((len(mark) for mark, _ in row.every_anchor), default=1)
    for mark, text in row.every_anchor:
        yield from _hang(f"  {mark:>{longest}}  ", text, width)
    if row.expected:
        said = ", ".join(f"{levels}: {mark}" for levels, mark in row.expected)
        yield from _hang("  Expected   ", said, width)
    if row.develop:
        yield from _hang("  Next step  ", row.develop, width)


def _hang(head: str, text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, initial_indent=head, subsequent_indent=" " * len(head))


def _print_check(measures: Measures, width: int) -> None:
    console = Console(width=width, highlight=False, soft_wrap=False)
    for rubric in measures.rubrics:
        n_criteria = len(rubric.criteria)
        weights = "weights follow from outcomes" if rubric.weights else "weights sum to 100"
        counted = "1 criterion" if n_criteria == 1 else f"{n_criteria} criteria"
        click.echo(rubric.file)
        click.echo(f"  {rubric.title}, version {rubric.version}: {counted}, {weights}")
        _print_notes([note for note in measures.notes if note.file == rubric.file], width)
    by_outcome, by_perspective = measures.share_outcomes()
    for start in range(0, len(measures.rubrics) if by_outcome else 0, _MOST_COLUMNS):
        click.echo("")
        console.print(_build_table(measures, by_outcome, by_perspective, start))
    if by_outcome:
        click.echo("Strategy: weight of the outcome in percent. Rubric: share of its marks.")
    known = {rubric.file for rubric in measures.rubrics}
    _print_notes([note for note in measures.notes if note.file not in known], width)
    said = f"{say_count(len(measures.notes), 'note')}." if measures.notes else "Nothing is missing."
    click.echo(f"\n{said}")


def _print_notes(notes: Sequence[Problem], width: int) -> None:
    for note in notes:
        where = f"line {note.row}, " if note.row is not None else ""
        text = f"{where}{note.what}; {note.fix}"
        click.echo("\n".join(_hang("  - ", text, width)).replace("\n      ", "\n    "))


def _build_table(
    measures: Measures,
    by_outcome: Sequence[OutcomeShare],
    by_perspective: Sequence[OutcomeShare],
    start: int,
) -> Table:
    chosen = range(start, min(start + _MOST_COLUMNS, len(measures.rubrics)))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("Outcome", overflow="fold")
    table.add_column("Strategy", justify="right")
    for at in chosen:
        table.add_column(measures.rubrics[at].id, justify="right", overflow="fold")
    for share in by_outcome:
        table.add_row(*_list_cells(share, chosen))
    table.add_row("")
    table.add_row("By perspective")
    for share in by_perspective:
        table.add_row(*_list_cells(share, chosen))
    return table


def _list_cells(share: OutcomeShare, chosen: range) -> list[str]:
    return [share.name, _write(share.worth), *(_write(share.served[at]) for at in chosen)]


def _write(percent: Fraction | None) -> str:
    return DASH if percent is None else f"{float(percent):.1f}".removesuffix(".0")


def _describe(measures: Measures | None, problems: Sequence[Problem]) -> dict[str, object]:
    n_errors = sum(problem.level == "error" for problem in problems)
    told: dict[str, object] = {"ok": not n_errors, "errors": n_errors}
    told["notes"] = len(problems) - n_errors
    if measures is not None:
        by_outcome, by_perspective = measures.share_outcomes()
        told["rubrics"] = [
            {
                "file": rubric.file, "id": rubric.id, "version": rubric.version,
                "title": rubric.title, "sha256": rubric.sha256,
                "criteria": _describe_weights(measures, at),
            }
            for at, rubric in enumerate(measures.rubrics)
        ]  # fmt: skip
        told["outcomes"] = [_describe_share(measures, share) for share in by_outcome]
        told["perspectives"] = [_describe_share(measures, share) for share in by_perspective]
    told["problems"] = [asdict(problem) for problem in problems]
    return told


def _describe_weights(measures: Measures, at: int) -> dict[str, float | None]:
    rubric = measures.rubrics[at]
    if rubric.weights == "from_outcomes" and measures.strategy is None:
        return dict.fromkeys(rubric.criterion_ids)
    weights = criterion_weights(rubric, measures.strategy)
    return {
        name: round(100 * float(weight), 6)
        for name, weight in zip(rubric.criterion_ids, weights, strict=True)
    }


def _describe_share(measures: Measures, share: OutcomeShare) -> dict[str, object]:
    served = {
        rubric.id: None if part is None else round(float(part), 6)
        for rubric, part in zip(measures.rubrics, share.served, strict=True)
    }
    return {"name": share.name, "weight": round(float(share.worth), 6), "rubrics": served}
