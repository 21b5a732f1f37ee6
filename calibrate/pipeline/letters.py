"""Texts of a cycle that packets print, looked through before anything is computed."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from calibrate.config import Cycle
from calibrate.pipeline.progress import Clock
from calibrate.pipeline.stages import Prepared
from calibrate.report.preflight import find_gaps, say_gaps
from calibrate.rubric import Rubric, Strategy


def tell_missing(prepared: Prepared, clock: Clock) -> frozenset[str]:
    """Say at once which characters no font here has, and whose they are; return them.

    Names of groups are not among them: their file is still closed.
    """
    gaps = find_gaps(dict(list_texts(prepared)))
    if gaps:
        clock.tell(say_gaps(gaps))
    return frozenset(gap.character for gap in gaps)


def list_texts(prepared: Prepared) -> Iterator[tuple[str, str]]:
    """(where it stands, text) of names, goals, rubrics, outcomes and settings."""
    yield from _list_settings(prepared.cycle)
    yield from _list_cells(prepared.employees.frame, "employee_id", "of")
    if prepared.goals is not None:
        yield from _list_cells(prepared.goals.frame, "goal_id", "of goal")
    for rubric in prepared.rubrics:
        yield f"rubric {rubric.id}", _join_rubric(rubric)
    if prepared.strategy is not None:
        yield f"strategy {prepared.strategy.id}", _join_strategy(prepared.strategy)


def _list_settings(cycle: Cycle) -> Iterator[tuple[str, str]]:
    yield "the cycle's name", f"{cycle.cycle} {cycle.title}"
    yield "the bands", " ".join(cycle.bands.labels)


def _list_cells(frame: pd.DataFrame, key: str, of: str) -> Iterator[tuple[str, str]]:
    """Cells of text that hold more than ASCII; there are few of them in most tables."""
    for column in frame.columns:
        values = frame[column]
        if not pd.api.types.is_string_dtype(values):
            continue
        wide = [isinstance(text, str) and not text.isascii() for text in values]
        cells = frame.loc[wide, [key, column]].itertuples(index=False, name=None)
        for whose, text in cells:
            yield f"{column} {of} {whose}", text


def _join_rubric(rubric: Rubric) -> str:
    texts = [rubric.title]
    for criterion in rubric.criteria:
        texts += [criterion.label, criterion.develop, *criterion.levels.values()]
    return " ".join(texts)


def _join_strategy(strategy: Strategy) -> str:
    titles = [outcome.title for outcome in strategy.outcomes]
    titles += [f"{kpi.title} {kpi.unit}" for outcome in strategy.outcomes for kpi in outcome.kpis]
    return " ".join(titles)
