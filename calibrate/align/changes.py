"""What changed in the strategy while the cycle ran."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from calibrate.language import _
from calibrate.rubric import Outcome, Strategy
from calibrate.rubric.validity import ONE_DAY

#: Columns of ``tables/strategy.py`` STRATEGY_CHANGES that are known of one change alone.
CHANGE_COLUMNS = ("changed_on", "subject", "subject_id", "title", "change", "before", "after")


def list_outcome_changes(
    strategy: Strategy | None, starts_on: date | None, ends_on: date | None
) -> pd.DataFrame:
    """List the outcomes that started, ended or were replaced within the cycle.

    An outcome that begins on the first day of the cycle, or ends on its last, was in
    force as long as the cycle: that is no change. Where a replacing outcome starts, the
    end of the old one is not told a second time.

    Parameters
    ----------
    strategy
        None: no row.
    starts_on, ends_on
        First and last day of the cycle; None is open.

    Returns
    -------
    Columns of :data:`CHANGE_COLUMNS`, by day, then in the order of the strategy;
    ``changed_on`` is the first day of the new state, a date.

    Examples
    --------
    >>> strategy = Strategy.model_validate({"schema": 1, "id": "s", "outcomes": (
    ...     {"id": "old", "title": "Old", "perspective": "process", "weight": 100,
    ...      "valid_to": date(2026, 9, 30)},
    ...     {"id": "new", "title": "New", "perspective": "process", "weight": 100,
    ...      "valid_from": date(2026, 10, 1), "replaces": "old"})})
    >>> rows = list_outcome_changes(strategy, date(2026, 7, 1), date(2026, 12, 31))
    >>> rows[["subject_id", "change", "before", "after"]].values.tolist()
    [['new', 'replaced', 'old, weight 100 %', 'new, weight 100 %']]
    """
    rows = [] if strategy is None else [*_list_rows(strategy)]
    kept = [
        row
        for row in rows
        if (starts_on is None or row[0] > starts_on) and (ends_on is None or row[0] <= ends_on)
    ]
    kept.sort(key=lambda row: row[0])
    return pd.DataFrame(kept, columns=list(CHANGE_COLUMNS), dtype=object)


Change = tuple[date, str, str, str, str, str, str]


def _list_rows(strategy: Strategy) -> Iterator[Change]:
    known = {outcome.id: outcome for outcome in strategy.outcomes}
    taken_over = {
        (outcome.replaces, outcome.valid_from)
        for outcome in strategy.outcomes
        if outcome.replaces is not None
    }
    for outcome in strategy.outcomes:
        weight = _say_weight(outcome)
        if outcome.valid_from is not None and outcome.replaces is not None:
            old = known[outcome.replaces]
            before = _("{name}, {weight}", name=old.id, weight=_say_weight(old))
            after = _("{name}, {weight}", name=outcome.id, weight=weight)
            yield _row(outcome.valid_from, outcome, "replaced", before, after)
        elif outcome.valid_from is not None:
            yield _row(outcome.valid_from, outcome, "started", "", weight)
        if outcome.valid_to is not None and outcome.valid_to < date.max:
            day = outcome.valid_to + ONE_DAY
            if (outcome.id, day) not in taken_over:
                yield _row(day, outcome, "ended", weight, "")


def _row(day: date, outcome: Outcome, change: str, before: str, after: str) -> Change:
    return day, "outcome", outcome.id, outcome.title, change, before, after


def _say_weight(outcome: Outcome) -> str:
    return _("weight {percent} %", percent=outcome.weight)
