"""Groups beside their reference: one block of rows per stage, measure and attribute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from calibrate.audit.clustered import ClusterCells, clustered_p, null_imposed_p
from calibrate.audit.groups import Grouping
from calibrate.audit.inference import (
    detectable_gap,
    detectable_ratio,
    fisher_midp,
    pooled_z,
    welch_test,
)
from calibrate.audit.intervals import rate_interval, ratio_interval
from calibrate.audit.metrics import (
    compute_hedges_g,
    compute_impact_ratios,
    compute_ratio,
    compute_shortfall,
)
from calibrate.audit.policy import RulePack, is_ratio_beyond

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

#: Columns of one block; each has an entry per group.
Rows = dict[str, npt.NDArray[Any]]

FIGURES = (
    "rate", "ratio", "ratio_low", "ratio_high", "impact_ratio", "difference", "low", "high",
    "z_value", "p_value", "p_clustered", "p_null_imposed", "p_no_ratio", "detectable_ratio",
    "detectable_difference", "shortfall", "n_favourable",
)  # fmt: skip


@dataclass(frozen=True)
class Sides:
    """Who is compared with whom, and whether anything may be said.

    Parameters
    ----------
    grouping, n
        The groups and the (G,) people of each.
    min_cell
        Below it a group is hidden.
    rules
        Bounds.
    """

    grouping: Grouping
    n: IntArray
    min_cell: int
    rules: RulePack

    @property
    def reference(self) -> int:
        return self.grouping.reference

    @property
    def is_hidden(self) -> npt.NDArray[np.bool_]:
        return self.grouping.find_hidden(self.n, self.min_cell)

    @property
    def has_reference(self) -> bool:
        """The reference is there and large enough to be shown."""
        return self.reference >= 0 and not bool(self.is_hidden[self.reference])

    def start_rows(self) -> Rows:
        """One entry per group in each column; every figure empty, every flag down."""
        labels = np.array(self.grouping.labels, dtype=object)
        size, reference = len(labels), self.reference
        hidden = self.is_hidden
        no_reference_shown = reference >= 0 and not self.has_reference
        return {name: np.full(size, np.nan) for name in FIGURES} | {
            "attribute": np.full(size, self.grouping.attribute, dtype=object),
            "group": labels,
            "reference": np.full(size, self.grouping.reference_label or None, dtype=object),
            "n": self.n,
            "n_reference": np.full(size, self.n[reference] if reference >= 0 else 0),
            "flip_flop": np.full(size, None, dtype=object),
            "is_reference": np.arange(size) == reference,
            "is_hidden": hidden,
            "is_computable": np.full(size, reference >= 0),
            "is_small": hidden | no_reference_shown,
            "is_beyond_bound": np.zeros(size, dtype=np.bool_),
            "is_inside_bound": np.zeros(size, dtype=np.bool_),
        }

    def list_compared(self) -> list[int]:
        """Groups that are shown, beside a reference that is shown."""
        if not self.has_reference:
            return []
        return [g for g in np.flatnonzero(~self.is_hidden).tolist() if g != self.reference]


def compare_rates(
    sides: Sides,
    x: IntArray,
    rates: FloatArray,
    cells: ClusterCells | None,
    counted: FloatArray,
    *,
    is_adverse: bool = False,
) -> Rows:
    """Compare the share of each group with the reference's.

    Parameters
    ----------
    sides
        The groups and their people.
    x : (G,) people counted
    rates : (G,)
    cells
        People by group and manager; None leaves ``p_clustered`` and ``p_null_imposed`` empty.
    counted : (P,) 0 or 1
        The same people one by one, in the order of ``cells.cell_of``.
    is_adverse
        The measure counts what nobody wants: a gap to be found lies above 1.
    """
    rows = sides.start_rows() | {"n_favourable": x.astype(np.float64), "rate": rates}
    bounds = [rate_interval(k, n) for k, n in zip(x.tolist(), sides.n.tolist(), strict=True)]
    rows["low"], rows["high"] = np.array(bounds, dtype=np.float64).reshape(-1, 2).T
    rows["impact_ratio"] = compute_impact_ratios(
        rates,
        sides.n,
        sides.grouping.is_known & ~sides.is_hidden,
        min_cell=sides.min_cell,
        min_share=sides.rules.min_category_share,
    )
    if not sides.has_reference:
        return rows
    r = sides.reference
    rows["difference"] = rates - rates[r]
    rows["shortfall"] = compute_shortfall(sides.n, float(rates[r]), x)
    rows["shortfall"][r] = 0.0
    compared = sides.list_compared()
    if x[r] == 0:
        rows["is_computable"][:] = False
        rows["p_no_ratio"] = _test_without_ratio(sides, x, compared, cells, counted)
        return rows
    rows["ratio"][r] = 1.0
    if compared:
        _fill_ratios(rows, sides, x, compared, is_adverse)
        _fill_clustered(rows, sides, compared, cells, counted)
    return rows


def _test_without_ratio(
    sides: Sides, x: IntArray, compared: list[int], cells: ClusterCells | None, counted: FloatArray
) -> FloatArray:
    """The largest p-value of each group beside a reference of whom nobody is counted."""
    tests = {name: np.full(len(x), np.nan) for name in ("p_value", "p_clustered", "p_null_imposed")}
    people = int(sides.n[sides.reference])
    for g in compared:
        tests["p_value"][g] = fisher_midp(int(x[g]), int(sides.n[g]), 0, people)
    _fill_clustered(tests, sides, compared, cells, counted)
    return np.asarray(np.fmax.reduce(list(tests.values())), dtype=np.float64)


def _fill_ratios(
    rows: Rows, sides: Sides, x: IntArray, compared: list[int], is_adverse: bool
) -> None:
    r, n = sides.reference, sides.n
    x1, n1 = x[compared], n[compared]
    x0, n0 = np.full_like(x1, x[r]), np.full_like(n1, n[r])
    rate0 = float(rows["rate"][r])
    low, high = ratio_interval(x1, n1, x0, n0)
    smallest = detectable_ratio(np.full(len(compared), rate0), n1, n0, is_adverse=is_adverse)
    tables = list(zip(x1.tolist(), n1.tolist(), x0.tolist(), n0.tolist(), strict=True))
    filled = {
        "ratio": [compute_ratio(rate, rate0) for rate in rows["rate"][compared].tolist()],
        "ratio_low": low,
        "ratio_high": high,
        "z_value": pooled_z(x1, n1, x0, n0),
        "p_value": [fisher_midp(*table) for table in tables],
        "flip_flop": [is_flip_flop(*table, sides.rules) for table in tables],
        "detectable_ratio": smallest,
        "detectable_difference": rate0 * np.abs(1 - smallest),
        "is_beyond_bound": [is_ratio_beyond(*table, sides.rules) for table in tables],
        "is_inside_bound": (low >= float(sides.rules.lower)) & (high <= float(sides.rules.upper)),
    }
    for name, values in filled.items():
        rows[name][compared] = values


def is_flip_flop(x1: int, n1: int, x0: int, n0: int, rules: RulePack) -> bool:
    """Tell whether one person of the group, counted or not, would turn the picture round.

    One person more, or one person fewer, of the group is counted; the picture
    is turned round if the ratio then stands on the other side of a practical
    bound, or Fisher's mid-p on the other side of ``rules.alpha`` (of this test
    alone, not of its family).

    Parameters
    ----------
    x1, n1, x0, n0 : people
        Counted and in all, in the group and in the reference; ``x0 > 0``.

    References
    ----------
    Uniform Guidelines, Questions and Answers, 44 FR 11996 (1979), question 21:
    the selection of one different person.

    Examples
    --------
    Ricci v. DeStefano, 3 of 8 against 16 of 25: with 4 of 8 the ratio is still
    below four fifths, and neither is anything significant; with 5 of 8 all changes.

    >>> from calibrate.audit.policy import load_rules
    >>> rules = load_rules("us-2026")
    >>> is_flip_flop(3, 8, 16, 25, rules), is_flip_flop(4, 8, 16, 25, rules)
    (False, True)
    """

    def look(x: int) -> tuple[bool, bool]:
        is_beyond = is_ratio_beyond(x, n1, x0, n0, rules)
        return is_beyond, fisher_midp(x, n1, x0, n0) <= rules.alpha

    moved = (x for x in (x1 - 1, x1 + 1) if 0 <= x <= n1)
    return any(look(x) != look(x1) for x in moved)


def compare_means(
    sides: Sides, means: FloatArray, variances: FloatArray, cells: ClusterCells | None,
    points: FloatArray,
) -> Rows:  # fmt: skip
    """Compare the mean points of each group with the reference's.

    Parameters
    ----------
    sides
        The groups and their people.
    means : (G,) points
    variances : (G,) points squared
    cells
        People by group and manager; None leaves ``p_clustered`` and ``p_null_imposed`` empty.
    points : (P,) points
        The same people one by one, in the order of ``cells.cell_of``.
    """
    rows = sides.start_rows() | {"rate": means}
    if not sides.has_reference:
        return rows
    r, compared = sides.reference, sides.list_compared()
    rows["difference"][r] = 0.0
    bound = sides.rules.standardised_difference
    for g in compared:
        group = (float(variances[g]), int(sides.n[g]))
        reference = (float(variances[r]), int(sides.n[r]))
        gap = welch_test(float(means[g]), *group, float(means[r]), *reference)
        standard = compute_hedges_g(gap.difference, *group, *reference)
        filled = gap._asdict() | {
            "detectable_difference": detectable_gap(*group, *reference),
            "is_computable": bool(np.isfinite(standard.g)),
            "is_beyond_bound": abs(standard.g) >= bound,
            "is_inside_bound": -bound <= standard.low and standard.high <= bound,
        }
        for name, value in filled.items():
            rows[name][g] = value
    _fill_clustered(rows, sides, compared, cells, points)
    return rows


def _fill_clustered(
    rows: Rows, sides: Sides, compared: list[int], cells: ClusterCells | None, outcome: FloatArray
) -> None:
    if cells is None:
        return
    figures = cells.n, cells.add_up(outcome), cells.add_up(outcome * outcome)
    n0, y0, q0 = (cells.spread_out(sides.reference, values) for values in figures)
    for g in compared:
        if np.isfinite(rows["p_value"][g]):
            n1, y1, q1 = (cells.spread_out(g, values) for values in figures)
            rows["p_clustered"][g] = clustered_p(n1, y1, n0, y0)
            rows["p_null_imposed"][g] = null_imposed_p(n1, y1, n0, y0, q1 + q0)
