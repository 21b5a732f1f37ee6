"""The fit with its variances held: what a change of the forms does to the scores."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from calibrate.effects.equations import Equations, build_equations
from calibrate.effects.forms import number_codes
from calibrate.effects.layout import build_layout
from calibrate.effects.likelihood import solve_points
from calibrate.effects.linked import choose_units
from calibrate.effects.result import BoolArray, Effects, FloatArray, IntArray
from calibrate.effects.solvers import FINAL, ExactSolver, IterativeSolver, Solver
from calibrate.effects.source_means import Means, solve_means

#: Equations that are inverted; more are solved by conjugate gradients, once for each change.
MOST_EXACT = 1_500


class Passed(NamedTuple):
    """(I,) points: what the forms become in each score; NaN without a form."""

    raw: FloatArray
    adjusted: FloatArray
    calibrated: FloatArray


class _System(NamedTuple):
    people: IntArray
    rater: IntArray
    source: IntArray
    unit_of: IntArray | None
    weight_of_source: FloatArray
    equations: Equations
    solver: Solver
    means: Means


@dataclass(frozen=True)
class FrozenFit:
    r"""The way from forms to scores at the variances of a fit; it is linear.

    .. math::

        \hat m &= (X' V^{-1} X)^{-1} X' V^{-1} q, \qquad
        \hat v_k = \sigma^2_k Z_k' V^{-1} (q - X \hat m) \\
        adjusted_i(q) &= \sum w_n (q_n + \hat b_j - (\hat m_{source} - \hat m)) / \sum w_n \\
        calibrated_i(q) &= \hat m + \hat u_i + \hat\theta_i

    The points of the run give the scores of the run, but for the ends of the scale, at
    which a calibrated score is stopped.

    Parameters
    ----------
    employee, rater, source : (N,) codes
        Of the scored forms.
    weight : (N,) positive
        How many peer forms each counts for.
    unit : (I,) codes or None
        As given to :func:`calibrate.effects.estimate_effects`.
    effects
        What that gave for the same forms; a linear fit, or none: then all three
        scores are the raw one.

    References
    ----------
    Henderson (1975), Biometrics 31.

    Examples
    --------
    Nobody is linked, so that scores are raw means:

    >>> from calibrate.effects import Settings, estimate_effects
    >>> two, none = np.arange(2), np.zeros(2, np.int64)
    >>> given = (two, two, none, np.array([40.0, 60.0]), np.ones(2), None, 2, 2)
    >>> fit = FrozenFit(two, two, none, np.ones(2), None, estimate_effects(*given, Settings()))
    >>> fit.apply(np.array([1.0, 0.0])).adjusted.tolist()
    [1.0, 0.0]
    """

    employee: IntArray
    rater: IntArray
    source: IntArray
    weight: FloatArray
    unit: IntArray | None
    effects: Effects

    def apply(self, points: FloatArray, tolerance: float = FINAL) -> Passed:
        """Pass (N,) points of the forms through the fit.

        Parameters
        ----------
        points : (N,)
            In any unit; the answer has the same.
        tolerance
            Relative residual where the equations are too many to be inverted.

        Raises
        ------
        FitError
            If conjugate gradients do not settle.
        """
        raw = self._mean(points)
        if not self.effects.fitted:
            return Passed(raw, raw, raw)
        # One thread, so that sums have one order and the bytes do not depend on the machine.
        with threadpool_limits(limits=1):
            return self._pass(points, raw, tolerance)

    def _pass(self, points: FloatArray, raw: FloatArray, tolerance: float) -> Passed:
        here, at = self._here, self._system
        layout, variance = at.equations.layout, at.equations.variance
        q = points[here]
        centre = float(q.mean())
        fixed, Py = solve_points(
            at.equations, at.solver, at.means, (q - centre)[layout.order], "", tolerance
        )
        sums = layout.sum_levels(Py)
        effect = {k: variance[k] * sums[k][layout.number[k]] for k in layout.terms}
        mu = float(np.average(fixed, weights=at.weight_of_source))
        form = points.astype(np.float64)
        if "rater" in effect:
            form[here] -= effect["rater"][at.rater]
        form[here] -= fixed[at.source] - mu
        calibrated = raw.copy()
        calibrated[at.people] = centre + mu
        if "employee" in effect:
            calibrated[at.people] += effect["employee"]
        if "unit" in effect and at.unit_of is not None:
            calibrated[at.people] += effect["unit"][at.unit_of]
        return Passed(raw, self._mean(form), calibrated)

    def _mean(self, value: FloatArray) -> FloatArray:
        n = len(self.effects.employees.raw)
        weight = np.bincount(self.employee, self.weight, n)
        total = np.bincount(self.employee, self.weight * value, n)
        mean: FloatArray = np.full(n, np.nan)
        np.divide(total, weight, out=mean, where=weight > 0)
        return mean

    @cached_property
    def _here(self) -> BoolArray:
        """(N,) forms that are in the fit."""
        return np.isfinite(self.effects.employees.person)[self.employee]

    @cached_property
    def _system(self) -> _System:
        here = self._here
        people, employee = number_codes(self.employee[here])
        rater = number_codes(self.rater[here])[1]
        sources, source = number_codes(self.source[here])
        given = {str(term): float(value or 0.0) for term, value, _ in self.effects.variance}
        unit_of = choose_units(self.unit, people)[0] if given.get("unit", 0.0) > 0 else None
        factors = {"employee": employee, "rater": rater}
        factors["employee_source"] = number_codes(employee * len(sources) + source)[1]
        if unit_of is not None:
            factors["unit"] = unit_of[employee]
        order = ("employee", "unit", "employee_source", "rater")
        terms = tuple(term for term in order if given.get(term, 0.0) > 0)
        residual, noise = np.unique(self.effects.source_residual[sources], return_inverse=True)
        nothing = np.zeros(len(source))
        layout = build_layout(nothing, source, factors, terms, noise[source])
        if layout.n_rest > MOST_EXACT:
            # Conjugate gradients need a single term on the side that stays.
            layout = build_layout(nothing, source, factors, terms, noise[source], "people")
        equations = build_equations(layout, {term: given[term] for term in terms}, residual)
        solver: Solver = (
            ExactSolver(equations)
            if layout.n_rest <= MOST_EXACT
            else IterativeSolver(equations, 0, 0, {})
        )
        return _System(
            people, rater, source, unit_of,
            np.asarray(np.bincount(source, self.weight[here]), np.float64), equations, solver,
            solve_means(equations, solver, FINAL),
        )  # fmt: skip
