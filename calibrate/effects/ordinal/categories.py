"""Scores of forms → ordered categories, each with what it is worth in points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibrate.effects.result import FloatArray, IntArray

#: Most categories. Ten equal ones keep 99 % of the information of the order: 1 - Σ p_c³.
MOST_CATEGORIES = 10
#: Points come from integers; scores closer than this are one.
_DECIMALS = 6


@dataclass(frozen=True)
class Categories:
    """Ordered categories of the forms.

    Parameters
    ----------
    category : (N,)
        0 to C - 1, from low to high; every category has a form.
    value : (C,) points
        Mean score of the forms of each category.
    n_scores
        Different scores there were.
    """

    category: IntArray
    value: FloatArray
    n_scores: int


def categorise_points(points: FloatArray, most: int = MOST_CATEGORIES) -> Categories:
    r"""Make every different score a category; where there are many, merge neighbours.

    Equal scores stay together. A score whose forms have mean cumulative share m
    (half of its own forms counted) goes to category :math:`\lfloor C m \rfloor` of C, so that
    categories hold about equally many forms and a frequent top mark stays alone.

    Parameters
    ----------
    points : (N,) points
        At least one.
    most
        C.

    References
    ----------
    Whitehead (1993), Statistics in Medicine 12: information of ordered categories.
    Liu, Shepherd, Li & Harrell (2017), Statistics in Medicine 36.

    Examples
    --------
    >>> categorise_points(np.array([50.0, 100.0, 50.0, 75.0]))
    Categories(category=array([0, 2, 0, 1]), value=array([ 50.,  75., 100.]), n_scores=3)
    >>> categorise_points(np.array([10.0, 20, 30, 40]), most=2).value
    array([15., 35.])
    """
    scores, code, count = np.unique(
        np.round(points, _DECIMALS), return_inverse=True, return_counts=True
    )
    if len(scores) > most:
        middle = (np.cumsum(count) - count / 2) / count.sum()
        merged = np.unique(np.floor(most * middle), return_inverse=True)[1]
    else:
        merged = np.arange(len(scores))
    total = np.bincount(merged, count)
    value = np.bincount(merged, count * scores) / total
    return Categories(merged[code].astype(np.int64), value, len(scores))
