"""Does a distribution differ from its guideline by more than chance?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, combinations
from math import comb

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, ndtri

from calibrate.language import _, current_formats

FloatArray = npt.NDArray[np.float64]

#: Tables are enumerated up to this many, beyond it they are drawn.
ENUMERATE_UP_TO = 200_000
#: So many are drawn at most, and no more once so many were as odd: p is then known to 2 %.
N_DRAWS, BATCH, AS_ODD = 100_000, 2_000, 2_000
#: Two tables are equally likely if their probabilities agree to this share.
SAME = 1e-7


def wilson_interval(n_in: int, n: int, level: float = 0.95) -> tuple[float, float]:
    r"""Score interval of a share.

    .. math:: \frac{p + z^2/2n \pm z\sqrt{p(1-p)/n + z^2/4n^2}}{1 + z^2/n}

    References
    ----------
    Wilson (1927), Journal of the American Statistical Association 22.

    Examples
    --------
    >>> [round(end, 4) for end in wilson_interval(15, 148)]
    [0.0624, 0.1605]
    """
    z = float(ndtri(0.5 + level / 2))
    share = n_in / n
    middle = share + z * z / (2 * n)
    half = z * float(np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)))
    whole = 1 + z * z / n
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def multinomial_p(counts: Sequence[int], shares: Sequence[float], seed: int) -> float:
    """Exact multinomial test: how likely is a table no likelier than this one?

    Where the tables are too many to enumerate they are drawn, unless their number times
    the probability of this one, which p cannot exceed, lies below what draws can show:
    then p is that bound.

    Parameters
    ----------
    counts : (B,) people
    shares : (B,) probabilities, sum 1
    seed
        Used only where the tables are too many to enumerate; they are drawn then.

    References
    ----------
    Besag and Clifford (1991), Biometrika 78 (draws that end early).

    Examples
    --------
    Four people, two bands of one half each: 4:0 and 0:4 have 1/16 each.

    >>> multinomial_p([4, 0], [0.5, 0.5], seed=1)
    0.125
    """
    return _find_p(tuple(counts), tuple(shares), seed)


@lru_cache(maxsize=16_384)
def _find_p(counts: tuple[int, ...], shares: tuple[float, ...], seed: int) -> float:
    observed = np.asarray(counts, np.int64)
    expected = np.asarray(shares, np.float64)
    if (observed[expected <= 0] > 0).any():
        return 0.0
    observed, expected = observed[expected > 0], expected[expected > 0]
    n, n_bands = int(observed.sum()), len(observed)
    if n == 0 or n_bands < 2:
        return 1.0
    n_tables = comb(n + n_bands - 1, n_bands - 1)
    if n_tables <= ENUMERATE_UP_TO:
        log_p = _log_probability(_all_tables(n, n_bands), expected)
        limit = _log_probability(observed[None, :], expected)[0] + np.log1p(SAME)
        return min(1.0, float(np.exp(log_p[log_p <= limit]).sum()))
    limit = _log_probability(observed[None, :], expected)[0] + np.log1p(SAME)
    # All tables together are as odd in so many cases at most: no draw could say less.
    if (at_most := np.log(n_tables) + limit) < -np.log(N_DRAWS):
        return float(np.exp(at_most))
    rng, drawn, as_odd = np.random.default_rng(seed), 0, 0
    while drawn < N_DRAWS and as_odd < AS_ODD:
        tables = rng.multinomial(n, expected, size=BATCH)
        as_odd += int(np.count_nonzero(_log_probability(tables, expected) <= limit))
        drawn += BATCH
    return (1 + as_odd) / (1 + drawn)


def nearest_shares(
    shares: Sequence[float], ranges: Sequence[tuple[float, float] | None]
) -> list[float]:
    """Move shares as little as needed so that each lies inside its range.

    Bands with a range are clipped to it; what is over or missing is spread
    over the bands without one, in proportion to their shares. Without such
    bands, or when they hold nobody, it is spread evenly over what has room.

    Examples
    --------
    >>> nearest_shares([0.4, 0.6], [(0.05, 0.10), None])
    [0.1, 0.9]
    """
    clipped = [
        s if r is None else min(max(s, r[0]), r[1]) for s, r in zip(shares, ranges, strict=True)
    ]
    free = [k for k, r in enumerate(ranges) if r is None]
    rest = 1 - sum(clipped[k] for k in range(len(clipped)) if k not in free)
    held = sum(clipped[k] for k in free)
    if free:
        for k in free:
            clipped[k] = max(0.0, rest) * (clipped[k] / held if held > 0 else 1 / len(free))
    total = sum(clipped)
    return [s / total for s in clipped]


def measure_excess(shares: FloatArray, ranges: Sequence[tuple[float, float] | None]) -> FloatArray:
    r"""Share of the people whom a guideline has no place for, or who miss from it.

    .. math:: \max\Bigl(\sum_k (s_k - h_k)_+, \sum_k (l_k - s_k)_+\Bigr)

    so many at least would have to stand in another band.

    Parameters
    ----------
    shares : (R, B)
    ranges : (B,) lowest and highest share, None for a band without

    Examples
    --------
    >>> measure_excess(np.array([[0.5, 0.5]]), [None, (0.1, 0.2)]).round(9)
    array([0.3])
    """
    low = np.array([0.0 if r is None else r[0] for r in ranges])
    high = np.array([1.0 if r is None else r[1] for r in ranges])
    over = np.maximum(shares - high - 1e-12, 0).sum(axis=1)
    return np.asarray(np.maximum(over, np.maximum(low - shares - 1e-12, 0).sum(axis=1)))


def false_discovery_rate(p_values: FloatArray) -> FloatArray:
    """Adjust p-values by Benjamini and Hochberg; NaN stays NaN and does not count.

    References
    ----------
    Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57.

    Examples
    --------
    >>> false_discovery_rate(np.array([0.01, np.nan, 0.04]))
    array([0.02,  nan, 0.04])
    """
    from scipy.stats import false_discovery_control

    adjusted = np.full(len(p_values), np.nan)
    known = ~np.isnan(p_values)
    if known.any():
        adjusted[known] = false_discovery_control(p_values[known], method="bh")
    return adjusted


def say_p(p_value: float, letter: str = "q") -> str:
    """Say a p-value, or one that was adjusted; a small one never reads zero.

    Examples
    --------
    >>> say_p(0.0312), say_p(0.0004, "p")
    ('q = 0.031', 'p below 0.001')
    """
    if p_value < 0.001:
        return _("{letter} below {bound}", letter=letter, bound=current_formats().write(0.001, 3))
    return f"{letter} = {current_formats().write(p_value, 3)}"


def _log_probability(tables: npt.NDArray[np.int64], shares: FloatArray) -> FloatArray:
    n = tables.sum(axis=1)
    # Counts repeat in a hundred thousand tables: each logarithm is taken once.
    log_factorial = gammaln(np.arange(int(n.max()) + 1) + 1)
    ways = log_factorial[n] - log_factorial[tables].sum(axis=1)
    return np.asarray(ways + tables @ np.log(shares), np.float64)


@lru_cache(maxsize=32)
def _all_tables(n: int, n_bands: int) -> npt.NDArray[np.int64]:
    chosen = combinations(range(n + n_bands - 1), n_bands - 1)
    bars = np.fromiter(chain.from_iterable(chosen), np.int64).reshape(-1, n_bands - 1)
    edges = np.hstack([np.full((len(bars), 1), -1), bars, np.full((len(bars), 1), n + n_bands - 1)])
    return np.asarray(np.diff(edges, axis=1) - 1, np.int64)
