"""A line of the table of origins: one group beside its reference, in one place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtrit

from calibrate.audit.background import FormEvidence
from calibrate.audit.clustered import ClusteredGap, clustered_gap
from calibrate.audit.groups import Grouping
from calibrate.audit.inference import fisher_midp, welch_test
from calibrate.audit.inquiry import Inquiry
from calibrate.bands.guideline import wilson_interval

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

NOTHING = float("nan")

#: One line of a finished table by the names of its columns.
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Figures:
    """What one line says; NaN where it says nothing.

    Parameters
    ----------
    estimate, low, high
        Group minus reference (or over it) with its 95 % interval.
    p_value, p_clustered
        With people as independent; with people under one manager hanging together.
    value, value_reference
        The two sides on their own.
    """

    estimate: float = NOTHING
    low: float = NOTHING
    high: float = NOTHING
    p_value: float = NOTHING
    p_clustered: float = NOTHING
    value: float = NOTHING
    value_reference: float = NOTHING

    @property
    def larger_p(self) -> float:
        return float(np.fmax(self.p_value, self.p_clustered))


@dataclass(frozen=True)
class Line:
    """One row of the table; ``q_value`` only where it is adjusted over more than is shown."""

    dimension: str
    item: str
    attribute: str
    group: str
    reference: str
    n: int
    n_reference: int
    figure: str
    figures: Figures = field(default_factory=Figures)
    grade: str = ""
    suppressed: bool = False
    q_value: float = NOTHING


@dataclass(frozen=True)
class Pair:
    """A group and its reference, as people.

    Parameters
    ----------
    attribute, group, reference
        Names.
    is_group, is_reference : (I,)
    clusters : (I,) or None
        Manager of each person.
    min_cell
        A line with fewer people on either side is withheld.
    is_withheld
        So is every line of a pair of which one side shows nothing in this view.
    """

    attribute: str
    group: str
    reference: str
    is_group: BoolArray
    is_reference: BoolArray
    clusters: IntArray | None
    min_cell: int
    is_withheld: bool = False

    def narrow(self, inside: BoolArray) -> Pair:
        """The same two groups among fewer people."""
        return replace(
            self, is_group=self.is_group & inside, is_reference=self.is_reference & inside
        )

    @property
    def sides(self) -> tuple[BoolArray, BoolArray]:
        """People of the group and of the reference, each (I,)."""
        return self.is_group, self.is_reference

    def forget_clusters(self) -> Pair:
        """The same people, each on their own."""
        return replace(self, clusters=None)

    @cached_property
    def n(self) -> int:
        return int(self.is_group.sum())

    @cached_property
    def n_reference(self) -> int:
        return int(self.is_reference.sum())

    @property
    def is_small(self) -> bool:
        return self.is_withheld or min(self.n, self.n_reference) < max(1, self.min_cell)

    def write(
        self, dimension: str, item: str, figure: str, figures: Figures, grade: str = ""
    ) -> Line:
        """A line of this pair; without figures where a side is too small."""
        small = self.is_small
        return Line(
            dimension, item, self.attribute, self.group, self.reference, self.n, self.n_reference,
            figure, Figures() if small else figures, "" if small else grade, small,
        )  # fmt: skip

    def compare_means(self, values: FloatArray) -> Figures:
        """Gap of two means over people who have a value; this pair must be narrowed to them."""
        if self.is_small:
            return Figures()
        y1, y0 = values[self.is_group], values[self.is_reference]
        variances = [float(y.var(ddof=1)) if len(y) > 1 else NOTHING for y in (y1, y0)]
        mean1, mean0 = float(y1.mean()), float(y0.mean())
        gap = welch_test(mean1, variances[0], len(y1), mean0, variances[1], len(y0))
        clustered = self.cluster(values)
        low, high = widen(gap.low, gap.high, clustered)
        return Figures(gap.difference, low, high, gap.p_value, clustered.p_value, mean1, mean0)

    def compare_shares(self, counted: FloatArray) -> Figures:
        """Gap of two shares; ``counted`` is 1 or 0 over people of this narrowed pair."""
        if self.is_small:
            return Figures()
        x1, x0 = int(counted[self.is_group].sum()), int(counted[self.is_reference].sum())
        clustered = self.cluster(counted)
        low, high = widen(*newcombe_interval(x1, self.n, x0, self.n_reference), clustered)
        share1, share0 = x1 / self.n, x0 / self.n_reference
        # Nobody or everybody counted: there is nothing to test.
        is_open = 0 < x1 + x0 < self.n + self.n_reference
        p_value = fisher_midp(x1, self.n, x0, self.n_reference) if is_open else NOTHING
        return Figures(share1 - share0, low, high, p_value, clustered.p_value, share1, share0)

    def cluster(self, values: FloatArray) -> ClusteredGap:
        """The gap with people under one manager taken together."""
        if self.clusters is None:
            return ClusteredGap(NOTHING, NOTHING, NOTHING, NOTHING)
        return gap_by_cluster(values, self.is_group, self.is_reference, self.clusters)


def gap_by_cluster(
    values: FloatArray, is_group: BoolArray, is_reference: BoolArray, clusters: IntArray
) -> ClusteredGap:
    """Cluster-robust gap of two means over rows that belong to clusters."""
    n_clusters = int(clusters.max(initial=-1)) + 1
    columns: list[FloatArray] = []
    for side in (is_group, is_reference):
        own = clusters[side]
        columns.append(np.bincount(own, minlength=n_clusters).astype(np.float64))
        columns.append(np.bincount(own, values[side], n_clusters).astype(np.float64))
    is_present = columns[0] + columns[2] > 0
    return clustered_gap(*(column[is_present] for column in columns))


def widen(low: float, high: float, clustered: ClusteredGap) -> tuple[float, float]:
    """The wider of an interval and the clustered one, at either end."""
    half = t_half(clustered.error, clustered.degrees)
    return (
        float(np.fmin(low, clustered.difference - half)),
        float(np.fmax(high, clustered.difference + half)),
    )


def t_half(error: float, degrees: float) -> float:
    """Half a 95 % interval by Student's t."""
    return float(stdtrit(degrees, 0.975)) * error if degrees > 0 else NOTHING


def newcombe_interval(x1: int, n1: int, x0: int, n0: int) -> tuple[float, float]:
    r"""95 % interval of a difference of two shares, from Wilson's intervals of each.

    .. math:: \hat p_1 - \hat p_0 - \sqrt{(\hat p_1 - l_1)^2 + (u_0 - \hat p_0)^2}, \quad
              \hat p_1 - \hat p_0 + \sqrt{(u_1 - \hat p_1)^2 + (\hat p_0 - l_0)^2}

    Parameters
    ----------
    x1, n1, x0, n0 : people
        Counted and in all, in the group and in the reference.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17, method 10.

    Examples
    --------
    Newcombe's example (a), 56/70 and 48/80: 0.0524 to 0.3339.

    >>> [round(end, 4) for end in newcombe_interval(56, 70, 48, 80)]
    [0.0524, 0.3339]
    """
    p1, p0 = x1 / n1, x0 / n0
    (low1, high1), (low0, high0) = wilson_interval(x1, n1), wilson_interval(x0, n0)
    gap = p1 - p0
    down = ((p1 - low1) ** 2 + (high0 - p0) ** 2) ** 0.5
    up = ((high1 - p1) ** 2 + (p0 - low0) ** 2) ** 0.5
    return float(gap - down), float(gap + up)


def list_pairs(inquiry: Inquiry) -> Iterator[tuple[Grouping, Pair]]:
    """Every group of a single attribute beside its reference; crossed ones are left alone."""
    for grouping in inquiry.groupings:
        if len(grouping.positions) > 1 or grouping.reference < 0:
            continue
        group = inquiry.group_of(grouping)
        is_reference = group == grouping.reference
        hidden = inquiry.hides(grouping)
        for place, label in enumerate(grouping.labels):
            if place != grouping.reference:
                yield grouping, Pair(
                    grouping.attribute, label, grouping.reference_label, group == place,
                    is_reference, inquiry.clusters, inquiry.settings.min_cell,
                    bool(hidden[place] or hidden[grouping.reference]),
                )  # fmt: skip


def average_by(
    code: IntArray, values: FloatArray, n: int, weights: FloatArray | None = None
) -> FloatArray:
    """Weighted mean of the values of each of n codes; NaN where there is none.

    Examples
    --------
    >>> average_by(np.array([0, 0, 2]), np.array([1.0, 3.0, np.nan]), 3).tolist()
    [2.0, nan, nan]
    """
    known = ~np.isnan(values)
    weight = np.ones(len(values)) if weights is None else weights
    total = np.bincount(code[known], weights=(weight * values)[known], minlength=n)
    mass = np.bincount(code[known], weights=weight[known], minlength=n)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(mass > 0, total / mass, np.nan), np.float64)


def code_sources(forms: FormEvidence) -> tuple[list[str], IntArray]:
    """Names of the sources in sort order, and the (N,) code of each form's."""
    codes, names = pd.factorize(forms.source, sort=True)
    return [str(name) for name in names], codes.astype(np.int64)


def as_mapping(line: Line) -> Mapping[str, object]:
    """The line under the names of the table's columns."""
    names = ("dimension", "item", "attribute", "group", "reference", "n", "n_reference", "figure")
    figures = line.figures
    shown = {} if not line.suppressed else {"n": None, "n_reference": None}
    return {
        **{name: getattr(line, name) for name in names}, **shown,
        "value": figures.value, "value_reference": figures.value_reference,
        "estimate": figures.estimate, "low": figures.low, "high": figures.high,
        "p_value": figures.p_value, "p_clustered": figures.p_clustered,
        "q_value": line.q_value,
        "class": line.grade or None, "suppressed": line.suppressed,
    }  # fmt: skip


def list_records(rows: pd.DataFrame) -> list[Row]:
    """Rows as plain values; a missing one is None."""
    return [
        {str(name): None if value is pd.NA else value for name, value in row.items()}
        for row in rows.to_dict("records")
    ]
