"""Prediction errors of everybody: exact, or by message passing set right by the probes."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from scipy import sparse

from calibrate.effects.layout import Layout
from calibrate.effects.likelihood import Evaluation
from calibrate.effects.result import FloatArray, IntArray
from calibrate.effects.solvers import ExactSolver, Solver
from calibrate.effects.source_means import spread_sources


class Solved(Protocol):
    """Equations, the likelihood at them, and what solved them."""

    @property
    def at(self) -> Evaluation: ...
    @property
    def solver(self) -> Solver: ...


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
    error = error + _from_means(at, "employee")
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
        guess, _ = at.messages
        error = set_right(guess, at.reach["rater"], classify_raters(layout))
    error = error + _from_means(at, "rater")
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
        _, guess = at.messages
        employee = layout.to_leaves("employee", np.arange(len(known)))
        n_forms = np.bincount(employee, np.bincount(layout.leaf, minlength=layout.n_leaves))
        through_raters = set_right(guess - known, through_raters, _by_load(n_forms))
    return known + through_raters


def _from_means(at: Evaluation, term: str) -> FloatArray:
    """(q,) what estimating the source means adds to the error of a rater, or of û + θ̂."""
    equations, layout = at.equations, at.equations.layout
    added = np.zeros(layout.sizes[term])
    for share in at.means.list_factors():
        q, of_leaves = spread_sources(layout, share)
        x = at.means.mix(share)
        if term in layout.levels:
            column = equations.levels_of(q, x, of_leaves=of_leaves)[layout.levels.index(term)]
        else:
            column = x[layout.place[term]]
            if term == "employee" and "unit" in layout.rest:
                column = column + x[layout.place["unit"]][_unit_of_employee(layout)]
        added += column**2
    return added


def _unit_of_employee(layout: Layout) -> IntArray:
    if "unit" in layout.levels:
        return layout.parents[layout.levels.index("employee")]
    unit = np.zeros(layout.sizes["employee"], np.int64)
    unit[layout.codes["employee"]] = layout.codes["unit"]
    return unit


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
    n_forms = np.bincount(layout.columns, minlength=layout.n_rest)
    load = _by_load(n_forms)
    if "unit" not in layout.levels:
        return load
    # Leaves lie by unit, so that each unit is a row.
    n_units = layout.sizes["unit"]
    unit = layout.to_leaves("unit", np.arange(n_units))
    of_unit = np.bincount(unit, np.bincount(layout.leaf, minlength=layout.n_leaves), n_units)
    starts = np.concatenate([[0], np.cumsum(of_unit)]).astype(np.int32)
    marked = sparse.csr_array(
        (np.ones(layout.n_forms, np.int32), layout.columns.copy(), starts),
        shape=(n_units, layout.n_rest),
    )
    marked.sum_duplicates()
    n_marked = np.bincount(marked.indices, minlength=layout.n_rest)
    is_close = (2 * n_marked <= n_forms) & (n_forms > 2)
    return load + len(LOADS) * is_close + is_close
