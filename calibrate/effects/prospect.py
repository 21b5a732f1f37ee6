"""Mean link strength of a network that is planned: exact where small, by probes where large."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse

from calibrate.effects.connect import Components
from calibrate.effects.result import FloatArray, IntArray
from calibrate.effects.strength import measure_link_strength

#: Above so many raters a plan needs no third digit, and the exact inverse takes seconds.
MOST_EXACT = 600
_PROBES = 48
_TOLERANCE = 1e-6
_MOST_ROUNDS = 500


def foresee_strength(
    employee: IntArray, rater: IntArray, source: IntArray, parts: Components, gamma: float,
    seed: int,
) -> float:  # fmt: skip
    """Mean link strength over all raters with a form.

    Parameters
    ----------
    employee, rater, source : (N,) codes
        Of the forms there are and those planned.
    parts
        Network of these forms; raters of parts that are not linked count as 0.
    gamma
        Rater variance over residual variance, > 0.
    seed
        Of the probes.

    Returns
    -------
    float
        0 to 1. By probes the standard error is about 0.001.

    Examples
    --------
    Three raters, two people, everyone rates everyone (see ``measure_link_strength``).

    >>> from calibrate.effects.connect import find_components
    >>> employee, rater = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 1, 2, 0, 1, 2])
    >>> parts = find_components(employee, rater, 2, 3)
    >>> round(foresee_strength(employee, rater, 0 * rater, parts, 0.5, seed=1), 6)
    0.5
    """
    n_rating = int(parts.n_raters.sum())
    if n_rating <= MOST_EXACT:
        strength = measure_link_strength(employee, rater, source, parts, gamma)
        return float(strength.sum() / max(n_rating, 1))
    return probe_strength(employee, rater, parts, gamma, seed) / n_rating


def probe_strength(
    employee: IntArray, rater: IntArray, parts: Components, gamma: float, seed: int
) -> float:
    r"""Sum of link strengths, levels of the sources taken as known.

    .. math:: \sum_c \frac{\sum_{j \in c} (1 - Q_{jj})}{1 - 1/J_c}, \quad Q = (I + \gamma L)^{-1}

    with L the part of the forms that employees do not explain. The trace is the mean
    of z'Qz over random signs z (Hutchinson 1990, Commun. Stat. Simul. 19).
    """
    keep = parts.linked[parts.of_rater[rater]]
    raters, j = np.unique(rater[keep], return_inverse=True)
    i = np.unique(employee[keep], return_inverse=True)[1]
    if not len(raters):
        return 0.0
    rated = sparse.coo_array((np.ones(len(i)), (i, j))).tocsr()
    n_i, n_j = np.bincount(i).astype(np.float64), np.bincount(j).astype(np.float64)
    across = rated.T.tocsr()

    def apply(b: FloatArray) -> FloatArray:
        explained = across @ ((rated @ b) / n_i[:, None])
        total: FloatArray = b + gamma * (n_j[:, None] * b - explained)
        return total

    size = parts.n_raters[parts.of_rater[raters]]
    weight = 1 / (1 - 1 / size)
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], (len(raters), _PROBES))
    z = np.sqrt(weight)[:, None] * signs
    variance = float((z * _solve(apply, 1 + gamma * n_j, z)).sum() / _PROBES)
    return float(np.clip(weight.sum() - variance, 0.0, len(raters)))


def _solve(
    apply: Callable[[FloatArray], FloatArray], diagonal: FloatArray, z: FloatArray
) -> FloatArray:
    """Conjugate gradients for all columns at once, scaled by the diagonal."""
    x = z / diagonal[:, None]
    residual = z - apply(x)
    scaled = residual / diagonal[:, None]
    way, size = scaled.copy(), (residual * scaled).sum(axis=0)
    enough = _TOLERANCE**2 * (z * z).sum(axis=0)
    for _ in range(_MOST_ROUNDS):
        if ((residual * residual).sum(axis=0) <= enough).all():
            break
        through = apply(way)
        bend = (way * through).sum(axis=0)
        step = np.divide(size, bend, out=np.zeros_like(size), where=bend > 0)
        x += step * way
        residual -= step * through
        scaled = residual / diagonal[:, None]
        new = (residual * scaled).sum(axis=0)
        way = scaled + np.divide(new, size, out=np.zeros_like(size), where=size > 0) * way
        size = new
    return x
