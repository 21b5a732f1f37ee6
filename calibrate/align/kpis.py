"""KPIs of the outcomes: how far they got, and how they moved over the cycles."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from calibrate.rubric import Kpi, Outcome
from calibrate.score.results import ATTAINMENT_CAP
from calibrate.tables import KPIS


def attain_kpi(kpi: Kpi, value: float | None) -> float | None:
    r"""Share of the way from baseline to target, kept within 0 to 1.5.

    .. math:: a = \min(1.5, \max(0, (x - b) / (t - b)))

    Parameters
    ----------
    value
        x, in the unit of the KPI.

    Returns
    -------
    None where value, baseline or target is not known.

    Examples
    --------
    >>> kpi = Kpi.model_validate({"id": "k", "title": "K", "baseline": 40, "target": 52})
    >>> attain_kpi(kpi, 49), attain_kpi(kpi, None)
    (0.75, None)
    """
    if value is None or kpi.baseline is None or kpi.target is None or kpi.target == kpi.baseline:
        return None
    covered = (float(value) - float(kpi.baseline)) / (float(kpi.target) - float(kpi.baseline))
    return min(ATTAINMENT_CAP, max(0.0, covered))


def attain_outcome(outcome: Outcome) -> float | None:
    """Mean attainment of an outcome's KPIs; None where none can be told."""
    shares = [attain_kpi(kpi, kpi.actual) for kpi in outcome.kpis]
    known = [share for share in shares if share is not None]
    return sum(known) / len(known) if known else None


def tabulate_kpis(outcomes: Sequence[Outcome], cycle: str) -> pd.DataFrame:
    """List each KPI over the cycles it has values of, this one last.

    Returns
    -------
    frame as :data:`calibrate.tables.KPIS`
        ``change`` is that of the attainment since the last cycle with a value.
    """
    rows = []
    for outcome in outcomes:
        for kpi in outcome.kpis:
            values = [*kpi.history.items(), (cycle, kpi.actual)]
            before: float | None = None
            for position, (name, value) in enumerate(values, 1):
                share = attain_kpi(kpi, value)
                change = share - before if share is not None and before is not None else None
                rows.append(
                    {
                        "outcome": outcome.id, "kpi": kpi.id, "position": position, "cycle": name,
                        "title": kpi.title, "unit": kpi.unit, "direction": kpi.direction,
                        "baseline": kpi.baseline, "target": kpi.target, "value": value,
                        "attainment": share, "change": change,
                    }
                )  # fmt: skip
                before = share if share is not None else before
    return KPIS.conform(pd.DataFrame(rows)) if rows else KPIS.empty()
