"""Exact test of a share against everybody else at the same levels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, gammaln

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

POWER = 0.80
#: Counts less likely than this, beside the likeliest, are left out of a distribution.
NEGLIGIBLE = 1e-22


@dataclass(frozen=True)
class Counted:
    """How many of a scope could be counted by chance.

    Parameters
    ----------
    first
        The lowest count.
    at_least : (C,)
        Probability of ``first + c`` people or more.
    """

    first: int
    at_least: FloatArray

    def tail(self, x: int) -> float:
        """P(X >= x)."""
        place = x - self.first
        if place <= 0:
            return 1.0
        return float(self.at_least[place]) if place < len(self.at_least) else 0.0

    def find_critical(self, threshold: float) -> int:
        """The smallest count whose tail is no more than ``threshold``."""
        return self.first + int(np.count_nonzero(self.at_least > threshold))

    def find_range(self) -> tuple[int, int]:
        """Counts between which at least 95 % lie."""
        low = self.first + int(np.count_nonzero(self.at_least > 0.975)) - 1
        return max(self.first, low), self.find_critical(0.025) - 1


@dataclass(frozen=True)
class ShareTest:
    """One share in every scope of a kind; arrays are (J,).

    Parameters
    ----------
    n
        People in strata that somebody outside the scope belongs to, too.
    x
        Those of them who are counted.
    expected
        Share of everybody else at the same strata; NaN where there is nobody else.
    chance
        Distribution of x by chance.
    """

    n: IntArray
    x: IntArray
    expected: FloatArray
    chance: tuple[Counted, ...]

    @property
    def value(self) -> FloatArray:
        nothing = np.full(len(self.n), np.nan)
        return np.asarray(np.divide(self.x, self.n, out=nothing, where=self.n > 0))

    @property
    def p_value(self) -> FloatArray:
        """One-sided: as many as these or more."""
        return np.array([c.tail(x) for c, x in zip(self.chance, self.x.tolist(), strict=True)])

    @property
    def range(self) -> tuple[FloatArray, FloatArray]:
        """Shares between which 95 % of like scopes lie by chance."""
        ends = np.array([c.find_range() for c in self.chance], float).reshape(-1, 2)
        with np.errstate(invalid="ignore"):
            return ends[:, 0] / self.n, ends[:, 1] / self.n

    def find_detectable(self, threshold: float) -> FloatArray:
        r"""The smallest share that would have been found with 80 % power.

        The p that solves :math:`P(X \ge c) = I_p(c, n - c + 1) = 0.8` for a binomial X and
        the critical count c of the test; NaN where not even everybody would do.
        """
        critical = np.array([c.find_critical(threshold) for c in self.chance], float)
        is_possible = (critical <= self.n) & (critical > 0)
        c, n = np.where(is_possible, critical, 1), np.where(is_possible, self.n, 1)
        return np.where(is_possible, betaincinv(c, n - c + 1, POWER), np.nan)


def compare_share(
    scope: IntArray, stratum: IntArray, is_counted: BoolArray, n_scopes: int
) -> ShareTest:
    r"""Set the share of each scope against everybody else at the same strata.

    Given how many of each stratum stand in a scope, and how many of each stratum are
    counted in the company, chance alone deals the counted ones out:

    .. math:: X = \sum_s X_s, \quad X_s \sim \mathrm{Hypergeometric}(N_s, K_s, n_s)

    The distribution of the sum is the convolution; nothing is drawn or approximated.

    Parameters
    ----------
    scope : (I,) codes below ``n_scopes``, -1 for none
    stratum : (I,) codes
    is_counted : (I,)

    Examples
    --------
    Four of eight are counted, and all of them stand in the first scope of four: 1 of 70.

    >>> scope, counted = np.repeat([0, 1], 4), np.repeat([True, False], 4)
    >>> found = compare_share(scope, np.zeros(8, np.int64), counted, 2)
    >>> found.p_value.round(6).tolist(), found.expected.tolist()
    ([0.014286, 1.0], [0.0, 1.0])
    """
    n_strata = int(stratum.max(initial=0)) + 1
    inside = scope >= 0
    cell = scope[inside] * n_strata + stratum[inside]
    shape = (n_scopes, n_strata)
    n = np.bincount(cell, minlength=n_scopes * n_strata).reshape(shape)
    x = np.bincount(cell[is_counted[inside]], minlength=n_scopes * n_strata).reshape(shape)
    people = np.bincount(stratum, minlength=n_strata)
    counted = np.bincount(stratum[is_counted], minlength=n_strata)
    others = people - n
    has_others = (others > 0) & (n > 0)
    n, x = np.where(has_others, n, 0), np.where(has_others, x, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        of_others = np.where(has_others, (counted - x) / others, 0)
        expected = (n * of_others).sum(axis=1) / n.sum(axis=1)
    known: dict[tuple[int, ...], Counted] = {}
    chance = []
    for row in n.tolist():
        key = tuple(row)
        if key not in known:
            known[key] = _add_strata(key, people.tolist(), counted.tolist())
        chance.append(known[key])
    return ShareTest(n.sum(axis=1), x.sum(axis=1), expected, tuple(chance))


def _add_strata(n: tuple[int, ...], people: list[int], counted: list[int]) -> Counted:
    first, pmf = 0, np.ones(1)
    for of_scope, of_all, of_counted in zip(n, people, counted, strict=True):
        if of_scope:
            start, more = hypergeometric(of_all, of_counted, of_scope)
            first, pmf = first + start, np.convolve(pmf, more)
    tail = np.cumsum(pmf[::-1])[::-1]
    return Counted(first, np.minimum(tail / tail[0], 1.0))


@lru_cache(maxsize=65_536)
def hypergeometric(people: int, counted: int, drawn: int) -> tuple[int, FloatArray]:
    """Lowest count and probabilities of the counted among those drawn.

    Examples
    --------
    >>> first, pmf = hypergeometric(8, 4, 4)
    >>> first, (pmf * 70).round(6)
    (0, array([ 1., 16., 36., 16.,  1.]))
    """
    k = np.arange(max(0, drawn + counted - people), min(drawn, counted) + 1, dtype=np.float64)
    log_p = -(
        gammaln(k + 1)
        + gammaln(counted - k + 1)
        + gammaln(drawn - k + 1)
        + gammaln(people - counted - drawn + k + 1)
    )
    pmf = np.exp(log_p - log_p.max())
    kept = np.flatnonzero(pmf > NEGLIGIBLE)
    pmf = pmf[kept[0] : kept[-1] + 1]
    return int(k[kept[0]]), pmf / pmf.sum()
