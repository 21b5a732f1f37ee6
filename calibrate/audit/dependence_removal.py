"""Would a verdict be another one without the people of one manager?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, ndtri, stdtr, stdtrit

from calibrate.audit.clustered import NullSums, clustered_gap, judge_null_sums
from calibrate.audit.inference import fisher_midp
from calibrate.audit.policy import RulePack

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

#: With fewer clusters every removal is tested; with more, those that can matter.
FEW_CLUSTERS = 300
#: A quick statistic this far from its critical value, as a ratio, has decided.
CLEAR = (0.7, 1.45)
#: The quick statistics hold where so many are expected in every cell of a table ...
EXPECTED = 20.0
#: ... the t has so many degrees of freedom, and no cluster holds so large a share of a side.
DEGREES = 10.0
LARGE_SHARE = 0.2


@dataclass(frozen=True)
class TwoSides:
    """People and outcome of a group and its reference under each manager.

    Parameters
    ----------
    n1, n0 : (M,) people
    y1, y0 : (M,)
        Sums of the outcome.
    q1, q0 : (M,)
        Sums of its square.
    is_share
        The outcome is 0 or 1.
    """

    n1: FloatArray
    n0: FloatArray
    y1: FloatArray
    y0: FloatArray
    q1: FloatArray
    q0: FloatArray
    is_share: bool

    def take(self, clusters: IntArray) -> TwoSides:
        """These clusters alone, in this order."""
        return self._map(lambda column: column[clusters])

    def left_out(self) -> TwoSides:
        """Totals without each cluster in turn, (M,)."""
        return self._map(lambda column: column.sum() - column)

    def in_all(self) -> TwoSides:
        """Totals, (1,)."""
        return self._map(lambda column: column.sum(keepdims=True))

    def _map(self, change: Callable[[FloatArray], FloatArray]) -> TwoSides:
        return TwoSides(
            change(self.n1), change(self.n0), change(self.y1), change(self.y0),
            change(self.q1), change(self.q0), self.is_share,
        )  # fmt: skip


@dataclass(frozen=True)
class Bounds:
    """What a line must reach to be beyond.

    Parameters
    ----------
    threshold
        Largest p-value that the family's adjustment still takes, the other
        p-values of the family as they are.
    threshold_null
        The same for the largest of the three p-values, with the null imposed; it
        is the smaller of the two thresholds.
    min_cell
        People on either side.
    rules
        Practical bounds.
    """

    threshold: float
    threshold_null: float
    min_cell: int
    rules: RulePack


def find_threshold(others: FloatArray, alpha: float) -> float:
    r"""Largest p-value that Benjamini and Hochberg would still call at ``alpha``.

    .. math:: t = \max \{ k \alpha / m : \#\{ j : p_j \le k \alpha / m \} \ge k - 1 \}

    Parameters
    ----------
    others : (m - 1,)
        The other p-values of the family.

    Examples
    --------
    A second small p-value lets a larger one through:

    >>> find_threshold(np.array([0.5]), 0.05), find_threshold(np.array([0.01]), 0.05)
    (0.025, 0.05)
    """
    m = len(others) + 1
    steps = np.arange(1, m + 1) * alpha / m
    reached = np.searchsorted(np.sort(others), steps, side="right")
    return float(steps[reached >= np.arange(m)].max(initial=0.0))


def find_reversals(sides: TwoSides, bounds: Bounds, removable: BoolArray) -> tuple[bool, IntArray]:
    """Which managers' removal turns a line beyond into another one, or the reverse?

    Every figure of the rule is computed again without the manager's people:
    people on both sides, practical bound, p-value, clustered p and the p with the
    null imposed. The quick
    statistics only choose whom this is worth; they never decide a close case.

    Parameters
    ----------
    sides
        Without clusters that hold nobody of the two groups.
    bounds
    removable : (M,)
        Clusters that are a manager's.

    Returns
    -------
    is_beyond, (R,) clusters
        The line as it stands; positions of the managers that reverse it.
    """
    everybody, rest = sides.in_all(), sides.left_out()
    sums = NullSums.list_up(sides.n1, sides.y1, sides.n0, sides.y0, sides.q1 + sides.q0)
    whole_null, rest_null = judge_null_sums(sums.in_all()), judge_null_sums(sums.left_out())
    # The largest of the three has the smaller threshold: all three must keep it.
    threshold = bounds.threshold if np.isnan(whole_null[0]) else bounds.threshold_null
    is_beyond = bool(
        _is_far(everybody, bounds)[0]
        and not whole_null[0] > threshold
        and _plain_p(everybody, np.zeros(1, np.int64))[0] <= threshold
        and not _clustered_p(sides, None) > threshold
    )
    still = removable & _is_far(rest, bounds) & ~(rest_null > threshold)
    still[still] = _pass_plain(rest, np.flatnonzero(still), threshold)
    still[still] = _pass_clustered(sides, np.flatnonzero(still), threshold)
    return is_beyond, np.flatnonzero(removable & (still != is_beyond))


def _is_far(sides: TwoSides, bounds: Bounds) -> BoolArray:
    """Enough people on both sides, and beyond the practical bound."""
    least = max(1, bounds.min_cell)
    is_large = (sides.n1 >= least) & (sides.n0 >= least)
    if not sides.is_share:
        return is_large & (np.abs(_hedges_g(sides)) >= bounds.rules.standardised_difference)
    x1, n1, x0, n0 = (np.rint(v).astype(np.int64) for v in (sides.y1, sides.n1, sides.y0, sides.n0))
    lower, upper = bounds.rules.lower, bounds.rules.upper
    is_below = x1 * n0 * lower.denominator < lower.numerator * n1 * x0
    is_above = x1 * n0 * upper.denominator > upper.numerator * n1 * x0
    return np.asarray(is_large & (x0 > 0) & (is_below | is_above), dtype=np.bool_)


def _variances(sides: TwoSides) -> tuple[FloatArray, FloatArray]:
    parts = ((sides.n1, sides.y1, sides.q1), (sides.n0, sides.y0, sides.q0))
    first, second = (
        np.maximum(q - y**2 / np.maximum(n, 1), 0.0) / np.maximum(n - 1, 1) for n, y, q in parts
    )
    return first, second


def _hedges_g(sides: TwoSides) -> FloatArray:
    n1, n0 = sides.n1, sides.n0
    s1, s0 = _variances(sides)
    degrees = n1 + n0 - 2
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = ((n1 - 1) * s1 + (n0 - 1) * s0) / degrees
        log_j = gammaln(degrees / 2) - gammaln((degrees - 1) / 2) - np.log(degrees / 2) / 2
        g = np.exp(log_j) * (sides.y1 / n1 - sides.y0 / n0) / np.sqrt(pooled)
    return np.where((np.minimum(n1, n0) >= 2) & (pooled > 0), g, 0.0)


def _plain_p(sides: TwoSides, wanted: IntArray) -> FloatArray:
    """Fisher's mid-p, or Welch's p, of these totals."""
    if sides.is_share:
        tables = np.column_stack([sides.y1, sides.n1, sides.y0, sides.n0])[wanted]
        counts = np.rint(tables).astype(np.int64).tolist()
        return np.array([fisher_midp(*table) for table in counts], dtype=np.float64)
    chosen = sides.take(wanted)
    s1, s0 = _variances(chosen)
    n1, n0 = chosen.n1, chosen.n0
    part1, part0 = s1 / n1, s0 / n0
    degrees = (part1 + part0) ** 2 / (part1**2 / (n1 - 1) + part0**2 / (n0 - 1))
    t = np.abs(chosen.y1 / n1 - chosen.y0 / n0) / np.sqrt(part1 + part0)
    return np.asarray(2 * stdtr(degrees, -t), dtype=np.float64)


def _pass_plain(rest: TwoSides, wanted: IntArray, threshold: float) -> BoolArray:
    """Is the p-value still small enough? Exactly where the normal one is close."""
    if not rest.is_share:
        return np.asarray(_plain_p(rest, wanted) <= threshold, dtype=np.bool_)
    chosen = rest.take(wanted)
    n = chosen.n1 + chosen.n0
    rate = (chosen.y1 + chosen.y0) / n
    error = np.sqrt(rate * (1 - rate) * (1 / chosen.n1 + 1 / chosen.n0))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.abs(chosen.y1 / chosen.n1 - chosen.y0 / chosen.n0) / error
    expected = np.minimum(rate, 1 - rate) * np.minimum(chosen.n1, chosen.n0)
    return _decide(
        z / -float(ndtri(threshold / 2)),
        expected >= EXPECTED,
        lambda close: _plain_p(chosen, close) <= threshold,
    )


def _pass_clustered(sides: TwoSides, wanted: IntArray, threshold: float) -> BoolArray:
    """Is the clustered p still small enough? Exactly where the quick t is close."""
    whole = clustered_gap(sides.n1, sides.y1, sides.n0, sides.y0)
    trusted = np.zeros(len(wanted), np.bool_)
    quick = np.ones(len(wanted))
    if len(sides.n1) > FEW_CLUSTERS and whole.degrees >= DEGREES:
        largest = max((sides.n1 / sides.n1.sum()).max(), (sides.n0 / sides.n0.sum()).max())
        trusted[:] = largest < LARGE_SHARE
        quick = _quick_t(sides)[wanted] / -float(stdtrit(whole.degrees, threshold / 2))

    def decide(close: IntArray) -> BoolArray:
        found = [_clustered_p(sides, int(c)) for c in wanted[close]]
        return ~(np.array(found, dtype=np.float64) > threshold)

    return _decide(quick, trusted, decide)


def _clustered_p(sides: TwoSides, without: int | None) -> float:
    """Clustered p; NaN, which decides nothing, where it does not exist."""
    columns = [sides.n1, sides.y1, sides.n0, sides.y0]
    if without is not None:
        columns = [np.delete(column, without) for column in columns]
    return clustered_gap(*columns).p_value


def _quick_t(sides: TwoSides) -> FloatArray:
    """The t without each cluster, its CR2 weights as with all of them: one pass."""
    a1 = (1 - sides.n1 / sides.n1.sum()) ** -0.5
    a0 = (1 - sides.n0 / sides.n0.sum()) ** -0.5
    rest = sides.left_out()
    # A side that vanishes with its manager is never far, and not asked about here.
    size1, size0 = np.maximum(rest.n1, 1), np.maximum(rest.n0, 1)
    mean1, mean0 = rest.y1 / size1, rest.y0 / size0
    A, B, C, D = a1 * sides.y1, a1 * sides.n1, a0 * sides.y0, a0 * sides.n0

    def over(first: FloatArray, second: FloatArray) -> FloatArray:
        product = first * second
        return np.asarray(product.sum() - product, dtype=np.float64)

    of1 = over(A, A) - 2 * mean1 * over(A, B) + mean1**2 * over(B, B)
    of0 = over(C, C) - 2 * mean0 * over(C, D) + mean0**2 * over(D, D)
    both = over(A, C) - mean0 * over(A, D) - mean1 * over(B, C) + mean0 * mean1 * over(B, D)
    variance = of1 / size1**2 + of0 / size0**2 - 2 * both / (size1 * size0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.abs(mean1 - mean0) / np.sqrt(np.maximum(variance, 0.0)))


def _decide(
    quick: FloatArray, trusted: BoolArray, exactly: Callable[[IntArray], BoolArray]
) -> BoolArray:
    """Statistic over its critical value: decided where it is clear, computed where close."""
    is_clear = trusted & ((quick <= CLEAR[0]) | (quick >= CLEAR[1]))
    passed = quick >= 1.0
    close = np.flatnonzero(~is_clear)
    if len(close):
        passed[close] = exactly(close)
    return np.asarray(passed, dtype=np.bool_)
