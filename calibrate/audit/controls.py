"""Does a control itself differ by group? Then it may carry the disparity it is to explain."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import chdtrc

from calibrate.audit.groups import Grouping
from calibrate.audit.inquiry import Inquiry
from calibrate.bands.guideline import false_discovery_rate
from calibrate.tables import CONTROLS

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Row = dict[str, Any]

#: Cohen's small effect of a table with two rows.
SMALL = 0.1


class Association(NamedTuple):
    """Cramer's V, corrected for chance, and the p of no association."""

    v: float
    p_value: float


def measure_association(counts: IntArray) -> Association:
    r"""Cramer's V with Bergsma's correction, and Pearson's chi-squared test.

    .. math:: \tilde\varphi^2 = \max\Bigl(0, \frac{\chi^2}{n}
              - \frac{(r - 1)(c - 1)}{n - 1}\Bigr), \quad
              \tilde k = k - \frac{(k - 1)^2}{n - 1}, \quad
              V = \sqrt{\frac{\tilde\varphi^2}{\min(\tilde r, \tilde c) - 1}}

    Parameters
    ----------
    counts : (R, C) people
        Rows and columns without people are left out.

    Returns
    -------
    Association
        NaN with a single row or column.

    References
    ----------
    Bergsma (2013), Journal of the Korean Statistical Society 42.

    Examples
    --------
    Chi-squared is 4 and n = 100: 4/100 - 1/99 over 1 - 1/99, and its root.

    >>> found = measure_association(np.array([[30, 20], [20, 30]]))
    >>> round(found.v, 4), round(found.p_value, 4)
    (0.1738, 0.0455)
    """
    table = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0].astype(np.float64)
    rows, columns = table.shape
    if min(rows, columns) < 2:
        return Association(float("nan"), float("nan"))
    n = float(table.sum())
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    chi2 = float(((table - expected) ** 2 / expected).sum())
    degrees = (rows - 1) * (columns - 1)
    phi2 = max(0.0, chi2 / n - degrees / (n - 1))
    least = min(k - (k - 1) ** 2 / (n - 1) for k in (rows, columns)) - 1
    v = (phi2 / least) ** 0.5 if least > 0 else 0.0
    return Association(min(1.0, v), float(chdtrc(degrees, chi2)))


def build_controls(inquiry: Inquiry) -> pd.DataFrame:
    """Associate every control with every attribute, among groups that are large enough.

    Returns
    -------
    frame as :data:`calibrate.tables.CONTROLS`
        Label ``may_carry`` where q over the table is at most the rule pack's alpha and V >= 0.1.
    """
    background = inquiry.background
    if background is None or not len(inquiry.rows):
        return CONTROLS.empty()
    rows = [
        _associate(inquiry, grouping, name, background.strata[name])
        for grouping in inquiry.groupings
        for name in background.controls
    ]
    if not rows:
        return CONTROLS.empty()
    table = pd.DataFrame(rows).reindex(columns=CONTROLS.names)
    q_value = false_discovery_rate(table["p_value"].to_numpy(float))
    is_told = np.isfinite(q_value)
    differs = (
        is_told
        & (q_value <= inquiry.settings.rules.alpha)
        & (table["association"].to_numpy(float) >= SMALL)
    )
    label = np.where(differs, "may_carry", np.where(is_told, "no_sign", "not_told"))
    return table.assign(q_value=q_value, label=label)


def _associate(inquiry: Inquiry, grouping: Grouping, name: str, values: tuple[str, ...]) -> Row:
    group = inquiry.group_of(grouping)
    is_shown = ~inquiry.hides(grouping)
    row: Row = {"attribute": grouping.attribute, "control": name}
    if is_shown.sum() < 2:
        return row
    inside = is_shown[group]
    kinds, code = np.unique(np.array(values, dtype=str)[inside], return_inverse=True)
    counts = np.zeros((len(grouping.labels), len(kinds)), np.int64)
    np.add.at(counts, (group[inside], code), 1)
    found = measure_association(counts)
    return row | {
        "n": int(inside.sum()), "n_values": len(kinds), "association": found.v,
        "p_value": found.p_value, "overlap": _share_overlap(counts, grouping.reference),
    }  # fmt: skip


def _share_overlap(counts: IntArray, reference: int) -> float:
    """Share of people in values of the control where the reference stands beside a group."""
    if reference < 0 or not counts[reference].any():
        return float("nan")  # A reference that is withheld is counted nowhere here.
    beside = (counts[reference] > 0) & (counts.sum(axis=0) > counts[reference])
    return float(counts[:, beside].sum() / counts.sum())
