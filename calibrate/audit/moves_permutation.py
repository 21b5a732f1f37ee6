"""Would the moves look like this if groups were dealt out anew within each manager?"""

from __future__ import annotations

from functools import lru_cache
from math import comb
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

#: People under one manager up to whom every way of dealing is counted.
MOST_EXACT = 100
N_DRAWS = 2_000
#: Below this the rounding of the transform would be printed.
SMALLEST_P = 1e-12
#: Two sums are equally far from the expected one up to this.
SAME = 1e-9
#: Standard deviations of the sum beyond which its probability is below any that is printed.
REACH = 9.0


class Permutation(NamedTuple):
    """p-value, whether every way of dealing was counted, and T - E T*."""

    p_value: float
    is_exact: bool
    excess: float


class _Strata(NamedTuple):
    """Managers under whom dealing can change the sum; alike ones counted once."""

    values: IntArray
    counts: IntArray
    n_group: IntArray
    n_alike: IntArray

    def take(self, chosen: BoolArray) -> _Strata:
        return _Strata(self.values, self.counts[chosen], self.n_group[chosen], self.n_alike[chosen])


def permute_within(
    stratum: IntArray, is_group: BoolArray, change: IntArray, rng: np.random.Generator
) -> Permutation:
    r"""Test whether a group is moved otherwise than its manager's other people.

    .. math:: T = \sum_{i \in g} \Delta_i, \qquad
              p = P\bigl(|T^* - E T^*| \ge |T - E T^*|\bigr)

    where T* deals the group's places out anew among the people of each manager. Moves are
    whole bands, so that the law of T* is counted in full: for one manager, of whom k people
    are of the group, by

    .. math:: P(T^*_m = s) = [x^k y^s] \prod_v (1 + x y^v)^{c_v} \Big/ \binom{n_m}{k}

    with c_v people moved by v bands, and over managers by a Fourier transform. Managers of
    more than 100 people are drawn, 2,000 times.

    Parameters
    ----------
    stratum : (P,) code
        Manager.
    is_group : (P,)
        Of the group; the others are the reference.
    change : (P,) bands
    rng
        For the draws alone.

    Returns
    -------
    Permutation
        NaN where no manager has people of both sides who were moved differently.

    References
    ----------
    Fisher (1935), The Design of Experiments; van Elteren (1960), Bull. Int. Stat. Inst. 37.

    Examples
    --------
    One manager, four people: both of the group down. One of six ways is as far down, and
    one as far up.

    >>> rng = np.random.default_rng(0)
    >>> change, is_group = np.array([-1, -1, 0, 0]), np.array([True, True, False, False])
    >>> round(permute_within(np.zeros(4, int), is_group, change, rng).p_value, 6)
    0.333333
    """
    strata, observed = _gather(stratum, is_group, change)
    if not len(strata.n_group):
        return Permutation(float("nan"), True, float("nan"))
    is_large = strata.counts.sum(axis=1) > MOST_EXACT
    small = strata.take(~is_large)
    sums, law = _combine(small)
    expected = _expect(small)
    if not is_large.any():
        is_far = np.abs(sums - expected) >= abs(observed - expected) - SAME
        p_value = float(np.clip(law[is_far].sum(), SMALLEST_P, 1.0))
        return Permutation(p_value, True, observed - expected)
    large = strata.take(is_large)
    expected += _expect(large)
    drawn = rng.choice(sums, size=N_DRAWS, p=law) + _draw(large, rng)
    n_far = int((np.abs(drawn - expected) >= abs(observed - expected) - SAME).sum())
    return Permutation((n_far + 1) / (N_DRAWS + 1), False, observed - expected)


def _gather(stratum: IntArray, is_group: BoolArray, change: IntArray) -> tuple[_Strata, float]:
    """Managers under whom something can change, and the group's sum of moves there."""
    values, at = np.unique(change, return_inverse=True)
    codes, of = np.unique(stratum, return_inverse=True)
    size = (len(codes), len(values))
    counts = np.bincount(of * size[1] + at, minlength=size[0] * size[1]).reshape(size)
    n_group = np.bincount(of[is_group], minlength=len(codes))
    n = counts.sum(axis=1)
    is_open = (n_group > 0) & (n_group < n) & (counts.max(axis=1, initial=0) < n)
    observed = float(change[is_group & is_open[of]].sum())
    rows = np.column_stack([counts, n_group])[is_open]
    alike, n_alike = np.unique(rows, axis=0, return_counts=True)
    return _Strata(values, alike[:, :-1], alike[:, -1], n_alike), observed


def _expect(strata: _Strata) -> float:
    mean = strata.counts @ strata.values / np.maximum(strata.counts.sum(axis=1), 1)
    return float((strata.n_alike * strata.n_group * mean).sum())


def _combine(strata: _Strata) -> tuple[IntArray, FloatArray]:
    """Sums over managers and their probabilities, as far as nine standard deviations."""
    values = tuple(strata.values.tolist())
    rows = zip(strata.counts.tolist(), strata.n_group.tolist(), strict=True)
    laws = [_deal(values, tuple(counts), k) for counts, k in rows]
    times = strata.n_alike.tolist()
    first = sum(start * m for (_, start), m in zip(laws, times, strict=True))
    full = 1 + sum((len(law) - 1) * m for (law, _), m in zip(laws, times, strict=True))
    spread = sum(_vary(law) * m for (law, _), m in zip(laws, times, strict=True)) ** 0.5
    longest = max((len(law) for law, _ in laws), default=1)
    size = min(full, 2 * int(np.ceil(REACH * spread)) + longest)
    wave = np.ones(size // 2 + 1, np.complex128)
    for (law, _), m in zip(laws, times, strict=True):
        part = np.fft.rfft(law, size)
        wave *= part if m == 1 else part**m
    combined = np.clip(np.fft.irfft(wave, size), 0.0, None)
    # The transform winds sums round a circle: each stands for the one nearest to the middle.
    lowest = round(_expect(strata)) - size // 2 if size < full else first
    sums = lowest + (first - lowest + np.arange(size)) % size
    return sums, combined / combined.sum()


@lru_cache(maxsize=65_536)
def _deal(values: tuple[int, ...], counts: tuple[int, ...], k: int) -> tuple[FloatArray, int]:
    """Law of the sum of k people drawn from those counted, and where it starts."""
    there = [(v, n) for v, n in zip(values, counts, strict=True) if n > 0]
    lowest = there[0][0]
    ways = np.zeros((k + 1, k * (there[-1][0] - lowest) + 1))
    ways[0, 0] = 1.0
    for value, people in there:
        step, taken = value - lowest, np.zeros_like(ways)
        for j in range(min(k, people) + 1):
            width = ways.shape[1] - j * step
            taken[j:, j * step :] += float(comb(people, j)) * ways[: k + 1 - j, :width]
        ways = taken
    law = np.trim_zeros(ways[k], "b")
    return law / law.sum(), k * lowest


def _vary(law: FloatArray) -> float:
    at = np.arange(len(law))
    mean = float(law @ at)
    return float(law @ (at - mean) ** 2)


def _draw(strata: _Strata, rng: np.random.Generator) -> IntArray:
    total = np.zeros(N_DRAWS, np.int64)
    for counts, k, m in zip(strata.counts, strata.n_group, strata.n_alike, strict=True):
        for _ in range(int(m)):
            drawn = rng.multivariate_hypergeometric(
                counts, int(k), size=N_DRAWS, method="marginals"
            )
            total += drawn @ strata.values
    return total
