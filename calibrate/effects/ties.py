"""Order, ties and spread within each team, held against people drawn from all teams."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibrate.effects.result import FloatArray, IntArray

#: Scores count as equal if they agree to a millionth of a point.
MICRO = 1e6
#: A ratio of spreads is compared to this; only rounding is smaller.
NEAR = 1e-9


@dataclass(frozen=True)
class TeamSpread:
    """Order, ties and spread within each team; all arrays are (J,).

    Parameters
    ----------
    n_distinct
        Different scores in the team.
    tied_share
        Of all pairs of people: those with the same score; NaN below two people.
    sd : points; NaN below two people
    ratio, low, high
        Standard deviation over the one within all teams, with its interval.
    p_value
        Two-sided: how often would people drawn from all teams spread so little or so much?
    """

    n_distinct: IntArray
    tied_share: FloatArray
    sd: FloatArray
    ratio: FloatArray
    low: FloatArray
    high: FloatArray
    p_value: FloatArray


def compare_spread(
    score: FloatArray, team: IntArray, n_teams: int, *, seed: int, level: float = 0.90
) -> TeamSpread:
    r"""Hold the spread of each team against that of people drawn from all teams.

    .. math:: r_{i} = (x_i - \bar x_j) \sqrt{n_j / (n_j - 1)}

    are pooled; as many as the team has people are drawn from them again and again,
    with the seed. Those draws give the p-value, and their quantiles turned round the
    interval of the ratio. Nothing is tested where a single team has two people or more.

    Examples
    --------
    >>> score, team = np.array([50.0, 50, 50, 20, 50, 80]), np.array([0, 0, 0, 1, 1, 1])
    >>> spread = compare_spread(score, team, 2, seed=1)
    >>> spread.n_distinct.tolist(), spread.tied_share.tolist(), spread.sd.tolist()
    ([1, 3], [1.0, 0.0], [0.0, 30.0])
    """
    known = np.isfinite(score) & (team >= 0)
    x, codes = score[known], team[known]
    n = np.bincount(codes, minlength=n_teams)
    n_distinct, tied_share = _count_ties(x, codes, n)
    several = n >= 2
    mean = np.bincount(codes, x, n_teams) / np.maximum(n, 1)
    squares = np.bincount(codes, (x - mean[codes]) ** 2, n_teams)
    empty = np.full(n_teams, np.nan)
    sd = empty.copy()
    sd[several] = np.sqrt(squares[several] / (n[several] - 1))
    pool_df = int((n[several] - 1).sum())
    sigma = float(np.sqrt(squares[several].sum() / pool_df)) if pool_df else 0.0
    if several.sum() < 2 or sigma * MICRO < 1:
        return TeamSpread(n_distinct, tied_share, sd, empty, empty, empty, empty)
    some = several[codes]
    stretch = np.sqrt(n / np.maximum(n - 1, 1))
    residual = np.sort((x - mean[codes])[some] * stretch[codes][some])
    ratio = sd / sigma
    low, high, p_value = empty.copy(), empty.copy(), empty.copy()
    rng = np.random.default_rng([seed, 4])
    for size in np.unique(n[several]):
        drawn = _draw_spreads(residual, int(size), rng) / sigma
        same = n == size
        low[same], high[same], p_value[same] = _judge_spread(ratio[same], drawn, level)
    return TeamSpread(n_distinct, tied_share, sd, ratio, low, high, p_value)


def _count_ties(x: FloatArray, codes: IntArray, n: IntArray) -> tuple[IntArray, FloatArray]:
    pairs, counts = np.unique(
        np.stack([codes, np.round(x * MICRO).astype(np.int64)]), axis=1, return_counts=True
    )
    n_distinct = np.bincount(pairs[0], minlength=len(n))
    tied = np.bincount(pairs[0], counts * (counts - 1), len(n))
    share = np.full(len(n), np.nan)
    np.divide(tied, n * (n - 1), out=share, where=n >= 2)
    return n_distinct, share


def _draw_spreads(residual: FloatArray, size: int, rng: np.random.Generator) -> FloatArray:
    n_draws = max(200, min(4_000, 2_000_000 // size))
    drawn = residual[rng.integers(0, len(residual), (n_draws, size))]
    spread: FloatArray = drawn.std(axis=1, ddof=1)
    return spread


def _judge_spread(
    ratio: FloatArray, drawn: FloatArray, level: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    below = (drawn[:, None] < ratio - NEAR).sum(axis=0)
    above = (drawn[:, None] > ratio + NEAR).sum(axis=0)
    equal = len(drawn) - below - above
    tail = np.minimum(below, above) + equal / 2
    p_value = np.minimum(1.0, 2 * (tail + 0.5) / (len(drawn) + 1))
    small, large = np.quantile(drawn, [0.5 - level / 2, 0.5 + level / 2])
    low = ratio / large
    high = np.where((ratio > NEAR) & (small > NEAR), ratio / max(small, NEAR), np.nan)
    return low, high, p_value
