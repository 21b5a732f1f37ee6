"""Gaps without and with controls, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.audit.adjusted_cells import CountedCells
from calibrate.audit.adjusted_fit import Cells, fit_gap
from calibrate.audit.dependence import Outcome, list_outcomes
from calibrate.audit.groups import Grouping
from calibrate.audit.inference import Z_FOUND, tighten_gap
from calibrate.audit.inquiry import Inquiry
from calibrate.audit.mantel_haenszel import (
    Strata,
    breslow_day,
    common_odds_ratio,
    compare_strata,
)
from calibrate.audit.oaxaca import TwoParts, explain_by_reference, split_gap
from calibrate.audit.policy import name_primary_stage
from calibrate.bands.guideline import false_discovery_rate
from calibrate.tables import ADJUSTED

IntArray = npt.NDArray[np.int64]
Row = dict[str, Any]

NO_CONTROLS = "none"
#: Below it the odds ratios of the strata differ, and no common one is quoted.
SAME_ODDS = 0.05


def build_adjusted(inquiry: Inquiry) -> pd.DataFrame:
    """Hold the cycle's controls constant, one after the other, and compare again.

    Mean scores of every stage that has them; the favourable share and the lowest
    band of the primary family's stage, as a linear probability.

    Returns
    -------
    frame as :data:`calibrate.tables.ADJUSTED`
        Empty without a company around the bands. A blank control is a value of
        its own.
    """
    if inquiry.background is None or not len(inquiry.rows):
        return ADJUSTED.empty()
    primary = name_primary_stage(inquiry.population.stages)
    ladder = _list_controls(inquiry)
    rows = [
        row
        for outcome in list_outcomes(inquiry)
        if outcome.stage == primary or not outcome.is_share
        for grouping in inquiry.groupings
        if grouping.reference >= 0
        for name, controls in ladder
        for row in _compare(inquiry, outcome, grouping, name, controls)
    ]
    if not rows:
        return ADJUSTED.empty()
    table = pd.DataFrame(rows).reindex(columns=ADJUSTED.names)
    p_value, q_value = table["p_value"].to_numpy(float), np.full(len(table), np.nan)
    detectable = Z_FOUND * table["se"].to_numpy(float)
    for places in table.groupby(["family", "controls"]).indices.values():
        q_value[places] = false_discovery_rate(p_value[places])
        n_tests = max(1, int(np.isfinite(p_value[places]).sum()))
        detectable[places] = tighten_gap(detectable[places], n_tests)
    return table.assign(q_value=q_value, detectable_gap=detectable)


def _list_controls(inquiry: Inquiry) -> list[tuple[str, list[IntArray]]]:
    """No control, the first, the first two, …, with the (I,) codes of each."""
    background = inquiry.background
    ladder: list[tuple[str, list[IntArray]]] = [(NO_CONTROLS, [])]
    for k, name in enumerate(background.controls if background else ()):
        assert background is not None
        values = np.array(background.strata[name], dtype=str)
        codes = np.unique(values, return_inverse=True)[1].astype(np.int64)
        ladder.append((", ".join(background.controls[: k + 1]), [*ladder[-1][1], codes]))
    return ladder


def _compare(
    inquiry: Inquiry, outcome: Outcome, grouping: Grouping, name: str, controls: Sequence[IntArray]
) -> Iterator[Row]:
    """One row per group other than the reference."""
    group = grouping.group_of(inquiry.codes[outcome.inside])
    inside = [control[outcome.inside] for control in controls]
    counted = CountedCells.build(group, inside, outcome.value, is_share=outcome.is_share)
    size = np.bincount(group, minlength=len(grouping.labels))
    is_hidden = grouping.find_hidden(size, inquiry.settings.min_cell)
    r = grouping.reference
    for g, label in enumerate(grouping.labels):
        if g == r:
            continue
        is_small = bool(is_hidden[g] or is_hidden[r])
        row: Row = {
            "stage": outcome.stage, "measure": outcome.measure,
            "attribute": grouping.attribute, "group": label,
            "reference": grouping.reference_label, "controls": name,
            "family": "exploratory" if "*" in grouping.attribute else "secondary",
            "status": "too_few", "suppressed": is_small,
        }  # fmt: skip
        if not is_small:
            pair = counted.take_pair(g, r)
            row |= _fit(pair.to_cells(g), inquiry.settings.min_cell, has_controls=bool(controls))
            strata = pair.to_strata(g)
            if min(strata.n1.sum(), strata.n0.sum()) >= max(1, inquiry.settings.min_cell):
                row |= _stratify(strata, int(size[g] + size[r]), outcome)
        yield row


def _fit(cells: Cells, min_cell: int, *, has_controls: bool) -> Row:
    found = fit_gap(cells)
    n, n_reference = found.cells.count()
    if min(n, n_reference) < max(1, min_cell):
        return {"status": "confounded" if found.status == "confounded" else "too_few"}
    parts = split_gap(found) if has_controls else TwoParts(0.0, found.gap)
    by_reference = explain_by_reference(found.cells) if has_controls else 0.0
    if found.status != "told":
        parts, by_reference = TwoParts(np.nan, np.nan), np.nan
    return {
        "status": found.status, "n": n, "n_reference": n_reference,
        "n_left_out": found.n_left_out, "gap": found.gap, "se": found.se, "low": found.low,
        "high": found.high, "p_value": found.p_value, "explained": parts.explained,
        "unexplained": parts.unexplained, "explained_by_reference": by_reference,
    }  # fmt: skip


def _stratify(strata: Strata, n_people: int, outcome: Outcome) -> Row:
    """Mantel-Haenszel over the strata; the odds ratio only where one may stand for all."""
    row: Row = {"n_strata_used": len(strata.n), "overlap": float(strata.n.sum()) / n_people}
    if not outcome.is_share:
        return row
    odds = common_odds_ratio(strata)
    differ = breslow_day(strata, odds.value)
    row |= {"mh_p": compare_strata(strata, is_share=True).p_value, "breslow_day_p": differ}
    if not differ < SAME_ODDS:
        row |= {"mh_odds_ratio": odds.value, "mh_low": odds.low, "mh_high": odds.high}
    return row
