"""Ties and spread of a scope against people drawn from the company at the same levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

#: Draws at first; then five times as many until so many were as odd, or to the end.
FIRST_DRAWS, MORE, AS_ODD = 300, 5, 20
MOST_DRAWS, LEAST_DRAWS = 50_000, 499
#: People drawn for one scope at most, beyond the least draws.
MOST_PEOPLE = 500_000
#: Variances that differ by less, relatively, are the same.
SAME = 1e-9


@dataclass(frozen=True)
class Drawn:
    """One figure of a scope beside the same figure of people drawn."""

    value: float
    expected: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True)
class Company:
    """Everybody with a score, sorted by stratum.

    Parameters
    ----------
    score : (P,) codes, the same for the same score
    centred : (P,) points less the mean of the stratum
    start : (S + 1,)
        Where each stratum begins.
    dealt : (P,) positions
        Those of each stratum in random order.
    """

    score: npt.NDArray[np.int32]
    centred: FloatArray
    start: IntArray
    dealt: IntArray

    @staticmethod
    def build(
        points: FloatArray, stratum: IntArray, rng: np.random.Generator
    ) -> tuple[Company, IntArray]:
        """The company, and where each person went.

        Parameters
        ----------
        points : (P,), the same float for the same score
        stratum : (P,) codes
        """
        order = np.argsort(stratum, kind="stable")
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        size = np.bincount(stratum)
        mean = np.bincount(stratum, weights=points) / np.maximum(size, 1)
        _, score = np.unique(points, return_inverse=True)
        start = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
        dealt = np.lexsort((rng.random(len(order)), stratum[order]))
        company = Company(
            score.reshape(-1)[order].astype(np.int32), (points - mean[stratum])[order], start,
            dealt.astype(np.int64),
        )  # fmt: skip
        return company, place

    def draw(self, n: Sequence[int], draws: int, rng: np.random.Generator) -> IntArray:
        """(R, n) Positions of people: of each stratum as many as told, nobody twice in a row.

        Each shuffle of a stratum is cut into as many rows as it holds. Where one shuffle
        holds all rows it is the same for every scope, begun at a random place.
        """
        parts = []
        for s, wanted in enumerate(n):
            if wanted:
                members = self.dealt[self.start[s] : self.start[s + 1]]
                if (spare := len(members) - wanted * draws) >= 0:
                    first = int(rng.integers(spare + 1))
                    rows = members[first : first + wanted * draws]
                    parts.append(rows.reshape(draws, wanted))
                    continue
                per = len(members) // wanted
                rounds = -(-draws // per)
                dealt = rng.permuted(np.tile(members, (rounds, 1)), axis=1)
                parts.append(dealt[:, : per * wanted].reshape(-1, wanted)[:draws])
        return np.hstack(parts)


def count_tied_pairs(score: npt.NDArray[np.integer]) -> FloatArray:
    """(R,) Share of the pairs in each row of the (R, n) scores that are equal.

    Examples
    --------
    >>> count_tied_pairs(np.array([[3, 3, 3, 1], [1, 2, 3, 4]]))
    array([0.5, 0. ])
    """
    n_rows, n = score.shape
    ordered = np.sort(score, axis=1)
    begins = np.ones((n_rows, n), dtype=np.bool_)
    begins[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    at = np.flatnonzero(begins)
    length = np.diff(at, append=n_rows * n)
    pairs = np.bincount(at // n, weights=length * (length - 1) / 2, minlength=n_rows)
    return np.asarray(pairs / (n * (n - 1) / 2))


def compare_draws(
    company: Company, members: IntArray, rng: np.random.Generator
) -> tuple[Drawn, Drawn]:
    r"""Ties and spread of one scope.

    .. math:: p = \frac{1 + h}{1 + R}

    with h of R drawn scopes at least as odd: as many tied pairs or more; for the spread
    twice the smaller of both tails.

    Parameters
    ----------
    members : (n,) positions in the company, two at least

    Returns
    -------
    ties, spread

    References
    ----------
    Besag and Clifford (1991), Biometrika 78 (draws that end early).
    """
    stratum = np.searchsorted(company.start, members, side="right") - 1
    n = np.bincount(stratum, minlength=len(company.start) - 1).tolist()
    ties = float(count_tied_pairs(company.score[members][None, :])[0])
    variance = float(company.centred[members].var(ddof=1))
    most = min(MOST_DRAWS, max(LEAST_DRAWS, MOST_PEOPLE // len(members)))
    tied: list[FloatArray] = []
    spread: list[FloatArray] = []
    drawn, more, odd = 0, FIRST_DRAWS, np.zeros(3, np.int64)
    while drawn < most and min(odd[0], odd[1:].min()) < AS_ODD:
        rows = company.draw(n, min(more, most - drawn), rng)
        tied.append(count_tied_pairs(company.score[rows]))
        spread.append(company.centred[rows].var(axis=1, ddof=1))
        odd += [
            np.count_nonzero(tied[-1] >= ties - SAME),
            np.count_nonzero(spread[-1] <= variance * (1 + SAME)),
            np.count_nonzero(spread[-1] >= variance * (1 - SAME)),
        ]
        drawn, more = drawn + len(rows), more * MORE
    p = (1 + odd) / (1 + drawn)
    return (
        _set_beside(ties, np.concatenate(tied), float(p[0])),
        _set_beside(
            variance**0.5, np.sqrt(np.concatenate(spread)), min(1.0, 2 * float(p[1:].min()))
        ),
    )


def _set_beside(value: float, drawn: FloatArray, p_value: float) -> Drawn:
    low, high = np.quantile(drawn, [0.025, 0.975], method="inverted_cdf")
    return Drawn(value, float(drawn.mean()), float(low), float(high), p_value)
