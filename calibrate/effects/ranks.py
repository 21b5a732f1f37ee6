"""Do two orders of people agree, within teams and between them?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from calibrate.effects.result import FloatArray, IntArray

#: A rank correlation of fewer comparisons has an interval that says nothing.
FEWEST = 4
#: Values that agree to so many decimals are tied, so that no rounding makes an order.
DIGITS = 6


@dataclass(frozen=True)
class RankAgreement:
    """A rank correlation with its interval; NaN where it cannot be told.

    Parameters
    ----------
    value, low, high : −1 to 1
    n_people, n_teams
        What it rests on.
    """

    value: float
    low: float
    high: float
    n_people: int
    n_teams: int


def agree_within(
    first: FloatArray, second: FloatArray, team: IntArray, level: float = 0.90
) -> RankAgreement:
    r"""Rank correlation inside teams: ranks less their team's mean, teams taken together.

    .. math::

        r = \frac{\sum \tilde a_i \tilde b_i}{\sqrt{\sum \tilde a_i^2 \sum \tilde b_i^2}},
        \qquad \tanh\Bigl(\operatorname{artanh} r \pm z
        \sqrt{\tfrac{1 + r^2/2}{N - J - 2}}\Bigr)

    Parameters
    ----------
    first, second : (I,) NaN is left out
    team : (I,) codes; -1 is left out; teams of one person say nothing

    References
    ----------
    Spearman (1904); Bonett & Wright (2000), Psychometrika 65 (the standard error).

    Examples
    --------
    >>> team = np.repeat([0, 1], 4)
    >>> agree_within(np.arange(8.0), np.arange(8.0) ** 2, team).value
    1.0
    """
    known = np.isfinite(first) & np.isfinite(second) & (team >= 0)
    sizes = np.bincount(team[known], minlength=1)
    known[known] = sizes[team[known]] >= 2
    codes = np.unique(team[known], return_inverse=True)[1]
    n, n_teams = len(codes), int(codes.max()) + 1 if len(codes) else 0
    a, b = (_centre(rankdata(np.round(x[known], DIGITS)), codes) for x in (first, second))
    return _describe(a, b, n, n_teams, n - n_teams + 1, level)


def agree_between(
    first: FloatArray, second: FloatArray, team: IntArray, level: float = 0.90
) -> RankAgreement:
    """Rank correlation of the means of teams; each team counts once.

    Examples
    --------
    >>> team = np.repeat(np.arange(5), 2)
    >>> agree_between(np.arange(10.0), -np.arange(10.0), team).value
    -1.0
    """
    known = np.isfinite(first) & np.isfinite(second) & (team >= 0)
    codes = np.unique(team[known], return_inverse=True)[1]
    n_teams = int(codes.max()) + 1 if len(codes) else 0
    size = np.bincount(codes, minlength=n_teams)
    a, b = (
        rankdata(np.round(np.bincount(codes, x[known], n_teams) / size, DIGITS)) - (n_teams + 1) / 2
        for x in (first, second)
    )
    return _describe(a, b, int(known.sum()), n_teams, n_teams, level)


def _centre(rank: FloatArray, codes: IntArray) -> FloatArray:
    size = np.maximum(np.bincount(codes), 1)
    centred: FloatArray = rank - (np.bincount(codes, rank) / size)[codes]
    return centred


def _describe(
    a: FloatArray, b: FloatArray, n_people: int, n_teams: int, n_free: int, level: float
) -> RankAgreement:
    product = float((a**2).sum() * (b**2).sum())
    if n_free < FEWEST or product < 1e-9:
        return RankAgreement(np.nan, np.nan, np.nan, n_people, n_teams)
    value = float(np.clip((a * b).sum() / np.sqrt(product), -1, 1))
    half = float(ndtri(0.5 + level / 2)) * np.sqrt((1 + value**2 / 2) / (n_free - 3))
    middle = np.arctanh(np.clip(value, -1 + 1e-12, 1 - 1e-12))
    return RankAgreement(
        round(value, 12), float(np.tanh(middle - half)), float(np.tanh(middle + half)),
        n_people, n_teams,
    )  # fmt: skip
