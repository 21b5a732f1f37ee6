"""The decision rule of the primary family, quick enough to be applied thousands of times.

Every p-value, bound and verdict is computed by the functions that the audit
itself uses; what is saved is work that cannot change an answer. A test holds
it against the audit, verdict by verdict.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from calibrate.audit.clustered import clustered_p, null_imposed_p
from calibrate.audit.inference import fisher_midp
from calibrate.audit.intervals import ratio_interval
from calibrate.audit.policy import Evidence, RulePack, Verdict, is_ratio_beyond, judge
from calibrate.bands.guideline import false_discovery_rate

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

#: Position of each measure of the primary family, in the order of ``policy.PRIMARY_MEASURES``.
SELECTION, LOWEST = 0, 1


class Comparison(NamedTuple):
    """One line of the primary family: which measure, which attribute, which group."""

    measure: int
    attribute: int
    group: int


@dataclass(frozen=True)
class Panel:
    """What no draw changes: who is compared with whom, by which bounds.

    Parameters
    ----------
    references : (A,)
        Position of each attribute's reference; -1 for none.
    n_groups : (A,)
    cluster : (P,) or None
        Manager of each person as a cluster; None where there are no managers.
    min_cell
        Smaller groups are not compared.
    rules
        Bounds.
    """

    references: tuple[int, ...]
    n_groups: tuple[int, ...]
    cluster: IntArray | None
    min_cell: int
    rules: RulePack

    @property
    def n_clusters(self) -> int:
        return 0 if self.cluster is None else int(self.cluster.max(initial=-1)) + 1


class FirstFamily:
    """The primary family of one draw; figures are computed when they are asked for.

    Parameters
    ----------
    panel
        What no draw changes.
    groups : (A, P)
        Group of each person.
    counted : (2, P)
        In the favourable bands; in the lowest band.
    """

    def __init__(self, panel: Panel, groups: IntArray, counted: BoolArray) -> None:
        self.panel, self.groups, self.counted = panel, groups, counted
        sizes = list(enumerate(panel.n_groups))
        self.n = [np.bincount(groups[a], minlength=size).tolist() for a, size in sizes]
        self.x = [
            [np.bincount(groups[a][who], minlength=size).tolist() for a, size in sizes]
            for who in counted
        ]
        self._p: dict[Comparison, float] = {}
        self._imposed: dict[Comparison, float] = {}
        self._members: dict[tuple[int, int], IntArray] = {}
        self._people: dict[tuple[int, int], FloatArray] = {}
        self._columns: dict[tuple[int, int, int], FloatArray] = {}

    def move_out(self, moved: IntArray, *, to_lowest: bool) -> FirstFamily:
        """The same people in the same groups, once some have left the favourable bands.

        Parameters
        ----------
        moved : (Q,) people
            Who was in the favourable bands and no longer is.
        to_lowest
            They are in the lowest band now.
        """
        return _Moved(self, moved, to_lowest=to_lowest)

    def list_favourable(self, attribute: int, group: int) -> IntArray:
        """People of a group who are in the favourable bands."""
        members = self._list_members(attribute, group)
        return np.asarray(members[self.counted[SELECTION][members]], dtype=np.int64)

    def list_compared(self) -> list[Comparison]:
        """Comparisons that are tested: both sides large enough, somebody of the reference counted.

        Their number is what a p-value is adjusted for.
        """
        return [
            Comparison(measure, a, g)
            for measure in (SELECTION, LOWEST)
            for a, reference in enumerate(self.panel.references)
            if reference >= 0 and not self._is_small(a, reference) and self.x[measure][a][reference]
            for g in range(self.panel.n_groups[a])
            if g != reference and not self._is_small(a, g)
        ]

    def table(self, line: Comparison) -> tuple[int, int, int, int]:
        """Counted and all people of the group, then of its reference."""
        measure, a, g = line
        x, n, reference = self.x[measure][a], self.n[a], self.panel.references[a]
        return x[g], n[g], x[reference], n[reference]

    def is_far(self, line: Comparison) -> bool:
        """Tell whether the ratio lies outside the practical bound."""
        return is_ratio_beyond(*self.table(line), self.panel.rules)

    def p_value(self, line: Comparison) -> float:
        """The larger of mid-p and clustered p; 1 where the first looked at already exceeds alpha.

        Such a p-value is never significant, and in no Benjamini-Hochberg family
        does its size decide about another line: q of a line is at most alpha
        only by p-values that are.
        """
        if line not in self._p:
            clustered = self._clustered(line)
            is_high = clustered > self.panel.rules.alpha
            p = 1.0 if is_high else float(np.fmax(clustered, fisher_midp(*self.table(line))))
            self._p[line] = p
        return self._p[line]

    def largest_p(self, line: Comparison) -> float:
        """The larger p-value, or the one with the null imposed where that is larger still."""
        p = self.p_value(line)
        return p if p > self.panel.rules.alpha else float(np.fmax(p, self._null_imposed(line)))

    def is_significant(self, line: Comparison) -> bool:
        """Tell whether the line's q-value is at most alpha."""
        return self._survives(line, self.p_value)

    def stands_under_null(self, line: Comparison) -> bool:
        """Tell whether the same holds of the largest p-value; without managers nothing is asked."""
        return bool(np.isnan(self._null_imposed(line))) or self._survives(line, self.largest_p)

    def _survives(self, line: Comparison, p_of: Callable[[Comparison], float]) -> bool:
        p, alpha, lines = p_of(line), self.panel.rules.alpha, self.list_compared()
        if p > alpha:
            return False
        # Below alpha over the size of the family no other line can take it back.
        if p * len(lines) <= alpha:
            return True
        adjusted = false_discovery_rate(np.array([p_of(other) for other in lines]))
        return bool(adjusted[lines.index(line)] <= alpha)

    def is_beyond(self, line: Comparison) -> bool:
        """Tell whether a tested line is beyond both bounds."""
        return self.is_far(line) and self.is_significant(line) and self.stands_under_null(line)

    def has_beyond(self) -> bool:
        """Tell whether any line is beyond both bounds."""
        alpha = self.panel.rules.alpha
        far = [line for line in self.list_compared() if self.is_far(line)]
        return any(self.is_beyond(line) for line in far if self.p_value(line) <= alpha)

    def judge_all(self) -> dict[Comparison, Verdict]:
        """Verdict of every line but the references' own."""
        return {
            line: self.judge(line)
            for measure in (SELECTION, LOWEST)
            for a, reference in enumerate(self.panel.references)
            for line in (Comparison(measure, a, g) for g in range(self.panel.n_groups[a]))
            if line.group != reference
        }

    def judge(self, line: Comparison) -> Verdict:
        """Verdict of one line."""
        a, reference = line.attribute, self.panel.references[line.attribute]
        is_hidden = reference >= 0 and self._is_small(a, reference)
        has_rate = reference >= 0 and (is_hidden or self.x[line.measure][a][reference] > 0)
        is_small = is_hidden or self._is_small(a, line.group)
        is_tested = has_rate and not is_small
        is_significant = is_tested and self.is_significant(line)
        evidence = Evidence(
            is_computable=has_rate,
            is_small=is_small,
            is_reference=False,
            is_beyond_bound=is_tested and self.is_far(line),
            is_inside_bound=is_tested and self._is_inside(line),
            # Which side of alpha is all that a verdict asks.
            q_value=0.0 if is_significant else 1.0,
            q_null_imposed=0.0 if is_significant and self.stands_under_null(line) else 1.0,
        )
        return judge(evidence, self.panel.rules.alpha)

    def _is_inside(self, line: Comparison) -> bool:
        """Tell whether the ratio's whole interval lies inside the practical bounds."""
        x1, n1, x0, n0 = (np.array([count]) for count in self.table(line))
        low, high = ratio_interval(x1, n1, x0, n0)
        rules = self.panel.rules
        return bool(low[0] >= float(rules.lower) and high[0] <= float(rules.upper))

    def _is_small(self, attribute: int, group: int) -> bool:
        return bool(self.n[attribute][group] < max(1, self.panel.min_cell))

    def _clustered(self, line: Comparison) -> float:
        if self.panel.cluster is None:
            return float("nan")
        return float(clustered_p(*self._count_sides(line)))

    def _null_imposed(self, line: Comparison) -> float:
        if self.panel.cluster is None:
            return float("nan")
        if line not in self._imposed:
            n1, y1, n0, y0 = self._count_sides(line)
            self._imposed[line] = null_imposed_p(n1, y1, n0, y0, y1 + y0)
        return self._imposed[line]

    def _count_sides(self, line: Comparison) -> list[FloatArray]:
        """People and counted of the group, then of its reference, under each manager."""
        measure, a, g = line
        return [
            side
            for group in (g, self.panel.references[a])
            for side in (self._count_people(a, group), self._count_counted(measure, a, group))
        ]

    def _list_members(self, attribute: int, group: int) -> IntArray:
        key = attribute, group
        if key not in self._members:
            self._members[key] = np.flatnonzero(self.groups[attribute] == group)
        return self._members[key]

    def _count_people(self, attribute: int, group: int) -> FloatArray:
        key = attribute, group
        if key not in self._people:
            self._people[key] = self._count(self._list_members(attribute, group))
        return self._people[key]

    def _count_counted(self, measure: int, attribute: int, group: int) -> FloatArray:
        key = measure, attribute, group
        if key not in self._columns:
            members = self._list_members(attribute, group)
            self._columns[key] = self._count(members[self.counted[measure][members]])
        return self._columns[key]

    def _count(self, people: IntArray) -> FloatArray:
        assert self.panel.cluster is not None
        counts = np.bincount(self.panel.cluster[people], minlength=self.panel.n_clusters)
        return counts.astype(np.float64)


class _Moved(FirstFamily):
    """A family some of whose people have left the favourable bands: counts are carried over."""

    def __init__(self, before: FirstFamily, moved: IntArray, *, to_lowest: bool) -> None:
        self.panel, self.groups, self.n = before.panel, before.groups, before.n
        self._before, self._moved = before, moved
        self._change = {SELECTION: -1, LOWEST: int(to_lowest)}
        gone = [
            np.bincount(self.groups[a][moved], minlength=size)
            for a, size in enumerate(self.panel.n_groups)
        ]
        self.x = [
            [(np.array(x) + self._change[m] * n).tolist() for x, n in zip(rows, gone, strict=True)]
            for m, rows in enumerate(before.x)
        ]
        self._p, self._imposed = {}, {}

    def _count_people(self, attribute: int, group: int) -> FloatArray:
        return self._before._count_people(attribute, group)

    def _count_counted(self, measure: int, attribute: int, group: int) -> FloatArray:
        column = self._before._count_counted(measure, attribute, group)
        moved = self._moved[self.groups[attribute][self._moved] == group]
        if not len(moved) or not self._change[measure]:
            return column
        return column + self._change[measure] * self._count(moved)


def ratio_of(x1: int, n1: int, x0: int, n0: int) -> Fraction | None:
    """Ratio of two rates as a fraction; None where the reference's rate is 0 or a side is empty.

    Examples
    --------
    >>> ratio_of(48, 100, 60, 100)
    Fraction(4, 5)
    """
    return Fraction(x1 * n0, n1 * x0) if n1 and x0 else None
