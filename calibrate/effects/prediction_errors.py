"""Prediction errors of everybody: exact, or by message passing set right by the probes."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from calibrate.effects.equations import Equations
from calibrate.effects.layout import Layout, add_up
from calibrate.effects.likelihood import Evaluation
from calibrate.effects.result import BoolArray, FloatArray, IntArray
from calibrate.effects.solvers import ExactSolver, Solver


class Solved(Protocol):
    """Equations, the likelihood at them, and what solved them."""

    @property
    def at(self) -> Evaluation: ...
    @property
    def solver(self) -> Solver: ...


#: Sweeps end when no message changes by more than this share of the rater variance.
STILL = 1e-3
MOST_SWEEPS = 50
#: Levels in a class that shares one correction: fewer would pass on the noise of the probes.
FEWEST_ALIKE = 800
#: Classes by number of forms, up to and including.
LOADS = (1, 2, 3, 4, 5, 7, 11, 19)


def predict_person_errors(fit: Solved) -> FloatArray:
    r"""Prediction error variance of û + θ̂ of each employee.

    .. math:: \mathrm{PEV}(L v) = L C L' = \operatorname{Var}(L v \mid x, \mu)
              + G (X'V^{-1}X)^{-1} G', \quad G = \operatorname{Cov}(L v, x) V^{-1} X

    Exact where S was inverted. Otherwise the part that raters add is taken from Gaussian
    belief propagation, and its mean over people with a like number of forms is set to that of
    the probes, which is right on average.

    Parameters
    ----------
    fit
        The optimum; the employee must have stayed in it.

    Returns
    -------
    (I,) points squared
        In the caller's codes: variance of predicted minus actual.

    References
    ----------
    Henderson (1975), Biometrics 31. Weiss & Freeman (2001), Neural Computation 13.
    Bekas, Kokiopoulou & Saad (2007), Appl. Numer. Math. 57 (diagonals from probes).
    """
    at, layout = fit.at, fit.at.equations.layout
    error = _person_diagonal(fit) if "employee" in layout.rest else _person_beyond_raters(fit)
    error = error + _from_means(at, _person_columns(at))
    whole: FloatArray = error[layout.number["employee"]]
    return whole


def predict_rater_errors(fit: Solved) -> FloatArray:
    """Prediction error variance of the severity of each rater, in the caller's codes.

    See :func:`predict_person_errors`; the rater must have stayed in the fit.
    """
    at, layout = fit.at, fit.at.equations.layout
    if "rater" in layout.levels:
        error = at.equations.posterior[layout.levels.index("rater")] + at.reach["rater"]
    elif fit.solver.is_exact:
        error = at.reach["rater"]
    else:
        guess, _ = pass_messages(at.equations)
        error = set_right(guess, at.reach["rater"], classify_raters(layout))
    variance = at.equations.variance["rater"]
    error = error + _from_means(at, [variance * sums["rater"] for sums in at.means.sums])
    whole: FloatArray = error[layout.number["rater"]]
    return whole


def _person_diagonal(fit: Solved) -> FloatArray:
    """Raters set aside: θ and u stand in S⁻¹ itself."""
    solver, layout = fit.solver, fit.at.equations.layout
    if not isinstance(solver, ExactSolver):
        raise TypeError("people stand in S only where it is inverted")
    own = np.arange(layout.n_rest)[layout.place["employee"]]
    error: FloatArray = np.diagonal(solver.T)[own]
    if "unit" in layout.rest:
        unit = layout.place["unit"].start + _unit_of_employee(layout)
        error = error + solver.T[unit, unit] + 2 * solver.T[own, unit]
    return error


def _person_beyond_raters(fit: Solved) -> FloatArray:
    at, layout = fit.at, fit.at.equations.layout
    known = at.equations.posterior[layout.levels.index("employee")]
    through_raters = at.reach["employee"]
    if not fit.solver.is_exact:
        _, guess = pass_messages(at.equations)
        n_forms = np.bincount(_employee_of_form(layout), minlength=len(known))
        through_raters = set_right(guess - known, through_raters, _by_load(n_forms))
    return known + through_raters


def _person_columns(at: Evaluation) -> list[FloatArray]:
    """For each source what û + θ̂ would be if the forms were its indicator."""
    layout, variance = at.equations.layout, at.equations.variance
    columns = []
    for sums in at.means.sums:
        column = variance["employee"] * sums["employee"]
        if "unit" in variance:
            column = column + variance["unit"] * sums["unit"][_unit_of_employee(layout)]
        columns.append(column)
    return columns


def _from_means(at: Evaluation, columns: list[FloatArray]) -> FloatArray:
    G = np.stack(columns, axis=1)
    added: FloatArray = np.einsum("is,st,it->i", G, at.means.variance, G)
    return added


def _unit_of_employee(layout: Layout) -> IntArray:
    if "unit" in layout.levels:
        return layout.parents[layout.levels.index("employee")]
    unit = np.zeros(layout.sizes["employee"], np.int64)
    unit[layout.codes["employee"]] = layout.codes["unit"]
    return unit


def _employee_of_form(layout: Layout) -> IntArray:
    employee = np.arange(layout.n_leaves)
    for parent in layout.parents[: layout.levels.index("employee")]:
        employee = parent[employee]
    of_form: IntArray = employee[layout.leaf]
    return of_form


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
    noise = 1.0 / equations.w
    from_rater = np.full(layout.n_forms, prior)
    belief, tree = np.full(layout.n_rest, prior), []
    for _ in range(MOST_SWEEPS):
        evidence = 1.0 / (noise + from_rater)
        tree = _pass_levels(equations, evidence)
        with np.errstate(divide="ignore"):
            others = 1.0 / np.maximum(1.0 / tree[0][layout.leaf] - evidence, 0.0)
        told = 1.0 / (noise + others)
        total = 1.0 / prior + np.bincount(rater, told, layout.n_rest)
        belief = 1.0 / total
        np.subtract(total[rater], told, out=told)
        np.reciprocal(told, out=told)
        moved = float(np.abs(np.subtract(told, from_rater, out=from_rater)).max())
        from_rater = told
        if moved < STILL * prior:
            break
    at = layout.levels.index("employee") if "employee" in layout.levels else 0
    return belief, tree[at]


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


def set_right(guess: FloatArray, probed: FloatArray, alike: IntArray) -> FloatArray:
    """Scale a guess so that its mean over each class is that of the probes.

    Parameters
    ----------
    guess : (q,) >= 0
        Smooth, off by a little that is common to a class.
    probed : (q,)
        Right on average, noisy one by one.
    alike : (q,)
        Class of each; neighbouring numbers are neighbours, and small classes are merged.

    Returns
    -------
    (q,)
        Positive where the guess is.

    Examples
    --------
    >>> set_right(np.array([1.0, 2.0, 3.0]), np.array([2.0, 1.0, 6.0]), np.zeros(3, dtype=int))
    array([1.5, 3. , 4.5])
    """
    alike = _merge_small(alike)
    total = np.bincount(alike, guess)
    ratio = np.divide(np.bincount(alike, probed), total, out=np.ones(len(total)), where=total > 0)
    right: FloatArray = guess * np.maximum(ratio, 0.0)[alike]
    return right


def _merge_small(alike: IntArray) -> IntArray:
    n = np.bincount(alike)
    merged, number, held = np.zeros(len(n), np.int64), 0, 0
    for k, count in enumerate(n.tolist()):
        merged[k] = number
        held += count
        if held >= FEWEST_ALIKE:
            number, held = number + 1, 0
    if held and number:
        merged[merged == number] = number - 1
    whole: IntArray = merged[alike]
    return whole


def _by_load(n_forms: IntArray) -> IntArray:
    load: IntArray = np.searchsorted(LOADS, n_forms)
    return load


def classify_raters(layout: Layout) -> IntArray:
    """Classes of raters for :func:`set_right`: by load, and apart those who mark in one unit."""
    leaf, starts, _ = layout.turned
    n_forms = np.diff(starts).astype(np.int64)
    load = _by_load(n_forms)
    if "unit" not in layout.levels:
        return load
    unit = np.arange(layout.n_leaves)
    for parent in layout.parents:
        unit = parent[unit]
    is_new = np.ones(len(leaf), dtype=bool)
    of_form = unit[leaf]
    is_new[1:] = of_form[1:] != of_form[:-1]
    is_new[starts[:-1][n_forms > 0]] = True
    n_units = np.add.reduceat(is_new, starts[:-1][n_forms > 0], dtype=np.int64)
    is_close: BoolArray = np.zeros(len(n_forms), dtype=bool)
    is_close[n_forms > 0] = (2 * n_units <= n_forms[n_forms > 0]) & (n_forms[n_forms > 0] > 2)
    return load + len(LOADS) * is_close + is_close
