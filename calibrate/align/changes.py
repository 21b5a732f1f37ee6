"""What changed in the strategy within the cycle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import pandas as pd

from calibrate.language import _
from calibrate.language.figures import write_figure
from calibrate.rubric import Outcome

#: Columns of ``tables/strategy.py`` STRATEGY_CHANGES that are known of one change alone.
CHANGE_COLUMNS = ("changed_on", "subject", "subject_id", "title", "change", "before", "after")

Change = tuple[date | None, str, str, str, str, str, str]


def list_outcome_changes(
    outcomes: Sequence[Outcome], days: tuple[date, date] | None
) -> pd.DataFrame:
    """List the outcomes that began, ended or took another's place inside the cycle.

    Parameters
    ----------
    days
        First and last day of the cycle; without them no change can be placed.

    Returns
    -------
    Columns of :data:`CHANGE_COLUMNS`, in the order of the strategy.
    """
    rows = [] if days is None else [*_list_rows(outcomes, days)]
    return pd.DataFrame(rows, columns=list(CHANGE_COLUMNS), dtype=object)


def _list_rows(outcomes: Sequence[Outcome], days: tuple[date, date]) -> Iterator[Change]:
    by_id = {outcome.id: outcome for outcome in outcomes}
    replaced = {outcome.replaces for outcome in outcomes if _begins_inside(outcome, days)}
    for outcome in outcomes:
        weight = _("weight {weight}", weight=write_figure(outcome.weight, 0))
        if _begins_inside(outcome, days):
            before = by_id.get(outcome.replaces or "")
            said = "" if before is None else _(
                "{title}: weight {weight}", title=before.title,
                weight=write_figure(before.weight, 0),
            )  # fmt: skip
            change = "started" if before is None else "replaced"
            yield _row(outcome.valid_from, outcome, change, said, weight)
        ends = outcome.valid_to
        if ends is not None and days[0] <= ends < days[1] and outcome.id not in replaced:
            yield _row(ends + timedelta(days=1), outcome, "ended", weight, "")


def _row(day: date | None, outcome: Outcome, change: str, before: str, after: str) -> Change:
    return day, "outcome", outcome.id, outcome.title, change, before, after


def _begins_inside(outcome: Outcome, days: tuple[date, date]) -> bool:
    return outcome.valid_from is not None and days[0] < outcome.valid_from <= days[1]
