"""Gaussian belief propagation: what every rater and person is known by, without an inverse."""

from __future__ import annotations

import numpy as np

from calibrate.effects.equations import Equations
from calibrate.effects.layout import add_up
from calibrate.effects.result import FloatArray

#: Sweeps end when no message changes by more than this share of the rater variance.
STILL = 1e-3
MOST_SWEEPS = 50


def pass_messages(equations: Equations) -> tuple[FloatArray, FloatArray]:
    r"""Gaussian belief propagation of variances between raters and the tree of people.

    Each form carries two messages: the variance of its rater as all other forms tell it,
    and that of its person, cell and unit likewise.

    Parameters
    ----------
    equations
        A holds the people, R the raters.

    Returns
    -------
    tuple
        (J,) variance of b, and (I,) of u + θ, both points squared; somewhat too low where
        forms run in short circles.
    """
    layout = equations.layout
    rater, prior = layout.codes["rater"], equations.variance["rater"]
    from_rater = np.full(layout.n_forms, prior)
    evidence, told = np.empty(layout.n_forms), np.empty(layout.n_forms)
    belief, tree = np.full(layout.n_rest, prior), []
    for _ in range(MOST_SWEEPS):
        noise = np.reciprocal(equations.w, out=told)
        np.reciprocal(np.add(noise, from_rater, out=evidence), out=evidence)
        tree = _pass_levels(equations, evidence)
        _tell_raters(equations, tree[0], evidence, told)
        total = 1.0 / prior + np.bincount(rater, told, layout.n_rest)
        belief = 1.0 / total
        np.subtract(np.take(total, rater, out=layout.scratch, mode="clip"), told, out=told)
        np.reciprocal(told, out=told)
        moved = np.subtract(told, from_rater, out=from_rater)
        furthest = float(np.abs(moved, out=moved).max())
        from_rater, told = told, from_rater
        if furthest < STILL * prior:
            break
    at = layout.levels.index("employee") if "employee" in layout.levels else 0
    return belief, tree[at]


def _tell_raters(
    equations: Equations, tree: FloatArray, evidence: FloatArray, told: FloatArray
) -> None:
    """What each form tells of its rater, into ``told``, once its own evidence is taken back."""
    layout = equations.layout
    np.take(1.0 / tree, layout.leaf, out=told, mode="clip")
    np.maximum(np.subtract(told, evidence, out=told), 0.0, out=told)
    with np.errstate(divide="ignore"):
        np.reciprocal(told, out=told)
    told += np.reciprocal(equations.w, out=layout.scratch)
    np.reciprocal(told, out=told)


def _pass_levels(equations: Equations, evidence: FloatArray) -> list[FloatArray]:
    """(q,) for each level: variance of the sum of effects down to it, given all evidence."""
    layout = equations.layout
    p = add_up(layout.leaf, evidence, layout.n_leaves)
    passed: list[FloatArray] = []
    kept: list[FloatArray] = []
    for at, level in enumerate(layout.levels):
        tau = equations.variance.get(level, 0.0)
        if np.isinf(tau):
            passed.append(np.zeros(len(p)))
            own: FloatArray = np.divide(1.0, p, out=np.full(len(p), np.inf), where=p > 0)
            kept.append(own)
        else:
            passed.append(1.0 / (1.0 + tau * p))
            kept.append(tau * passed[-1])
        if at + 1 < len(layout.levels):
            p = layout.sums_up[at] @ (passed[-1] * p)
    variance: list[FloatArray] = []
    for at in range(len(kept) - 1, -1, -1):
        down = kept[at]
        if variance:
            down = down + passed[at] ** 2 * variance[0][layout.parents[at]]
        variance.insert(0, down)
    return variance
