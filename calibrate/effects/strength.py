"""How firmly is a rater's severity tied to others who rated the same people?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibrate.effects.connect import Components
from calibrate.effects.equations import Equations, build_equations
from calibrate.effects.forms import number_codes
from calibrate.effects.layout import build_layout
from calibrate.effects.messages import pass_messages
from calibrate.effects.prediction_errors import classify_raters, set_right
from calibrate.effects.result import Codes, FloatArray, IntArray
from calibrate.effects.solvers import LOOSE, ExactSolver, IterativeSolver, Solver
from calibrate.effects.source_means import solve_sources, spread_sources

#: Raters whose parts of the network are solved together; larger parts stand alone.
TOGETHER = 300
#: A larger side than this is solved by conjugate gradients.
MOST_EXACT = 1_500
#: Probes by number of raters: fewer suffice where more raters share a correction.
PROBES = ((200_000, 4), (np.inf, 2))


@dataclass(frozen=True)
class Noise:
    """What tells forms apart beside severity, in units of the mean residual variance.

    Parameters
    ----------
    residual : (sources,)
        Of each source; NaN where it has no form.
    employee_source
        Of what one source sees in a person.
    """

    residual: FloatArray
    employee_source: float = 0.0


def measure_link_strength(
    employee: Codes,
    rater: Codes,
    source: Codes,
    components: Components,
    gamma: float,
    noise: Noise | None = None,
    seed: int = 0,
) -> FloatArray:
    r"""Give the reliability of each severity contrast from within-employee comparisons alone.

    .. math::

        \ell_j = 1 - \frac{\operatorname{Var}(b_j - \bar b \mid x)}
                          {\sigma^2_b (1 - 1/J_c)}

    with employees and sources of the component free, so that a rater whose
    people nobody else rated has 0. Units are free too: they are sums of employees.
    Exact up to 1,500 raters or people in a component; beyond, belief propagation set
    right by seeded probes.

    Parameters
    ----------
    employee, rater, source : (N,)
        Codes of the scored forms.
    components
        Network of these forms; components that are not linked get 0.
    gamma
        Rater variance over mean residual variance, >= 0; 0 yields 0 for everybody.
    noise
        Other variances; by default all forms are alike.
    seed
        Of the probes.

    Returns
    -------
    (J,) 0 to 1
        Link strength; 0 for who filed no form.

    Examples
    --------
    Three raters, two people, everyone rates everyone: M = 2 (I - 1/3), so that
    the contrast has variance 1/(1 + 2γ) of its prior.

    >>> from calibrate.effects.connect import find_components
    >>> employee, rater = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 1, 2, 0, 1, 2])
    >>> parts = find_components(employee, rater, 2, 3)
    >>> measure_link_strength(employee, rater, 0 * rater, parts, gamma=0.5)
    array([0.5, 0.5, 0.5])
    """
    strength = np.zeros(len(components.of_rater))
    if gamma <= 0:
        return strength
    part = components.of_employee[employee]
    order = np.argsort(part, kind="stable")
    bounds = np.searchsorted(part[order], np.arange(len(components.linked) + 1))
    for batch in _batches(components):
        here = np.concatenate([order[bounds[c] : bounds[c + 1]] for c in batch])
        raters, j = number_codes(rater[here])
        # The sources of a component are its own: nobody compares across components.
        own = number_codes(part[here])[1] * (int(source.max()) + 1) + source[here]
        told = _Comparisons(
            number_codes(employee[here])[1], j, source[here], number_codes(own)[1],
            gamma, noise, seed,
        )  # fmt: skip
        share = 1 / components.n_raters[components.of_rater[raters]]
        strength[raters] = 1 - (told.variance() - share) / (1 - share)
    # A rater without any comparison differs from 0 by rounding alone.
    strength[strength < np.sqrt(np.finfo(float).eps)] = 0.0
    return np.clip(strength, 0.0, 1.0)


def _batches(components: Components) -> list[list[int]]:
    """Linked components, small ones together."""
    batches: list[list[int]] = []
    held = TOGETHER
    for c in np.flatnonzero(components.linked).tolist():
        n = int(components.n_raters[c])
        if held + n > TOGETHER:
            batches.append([])
            held = 0
        batches[-1].append(c)
        held += n
    return batches


@dataclass(frozen=True)
class _Comparisons:
    """Var(b | x) / σ²_b with employees and sources fixed.

    A shift of all b is lost in the employees, so that its share is 1/J before
    and after the data; the caller takes it out.
    """

    employee: IntArray
    rater: IntArray
    source: Codes
    mean: IntArray
    gamma: float
    noise: Noise | None
    seed: int

    def variance(self) -> FloatArray:
        equations = self._lay_out()
        layout = equations.layout
        solver: Solver
        if layout.n_rest <= MOST_EXACT:
            solver = ExactSolver(equations)
        else:
            n_probes = next(n for most, n in PROBES if layout.n_rest <= most)
            solver = IterativeSolver(equations, n_probes, self.seed, {})
        own = self._own_variance(equations, solver)
        through, free = self._of_means(equations, solver)
        error = own + np.einsum("js,st,jt->j", through, free, through)
        whole: FloatArray = error[layout.number["rater"]] / self.gamma
        return whole

    def _lay_out(self) -> Equations:
        factors = {"employee": self.employee, "rater": self.rater}
        terms: tuple[str, ...] = ("employee", "rater")
        variance = {"employee": np.inf, "rater": self.gamma}
        residual = np.ones(1)
        codes: IntArray | None = None
        if self.noise is not None:
            sources, codes = number_codes(self.source)
            residual = self.noise.residual[sources]
            if self.noise.employee_source > 0:
                cell = self.employee * (int(self.source.max()) + 1) + self.source
                factors["employee_source"] = number_codes(cell)[1]
                terms = ("employee", "employee_source", "rater")
                variance["employee_source"] = self.noise.employee_source
        n_people, n_raters = int(self.employee.max()) + 1, int(self.rater.max()) + 1
        side = "raters" if n_people < min(n_raters, MOST_EXACT) else "people"
        side = "people" if len(terms) > 2 else side
        layout = build_layout(np.zeros(len(self.rater)), self.mean, factors, terms, codes, side)
        return build_equations(layout, variance, residual)

    def _own_variance(self, equations: Equations, solver: Solver) -> FloatArray:
        """(J,) with the means known."""
        layout = equations.layout
        total = np.zeros(layout.sizes["rater"])
        if "rater" in layout.levels:
            for z, x, weight in solver.probes():
                f_z, f_x = (equations.solve_levels(equations.N @ v)[0] for v in (z, x))
                total += weight * (f_z * f_x).sum(axis=1)
            own: FloatArray = equations.posterior[0] + total
            return own
        if isinstance(solver, ExactSolver):
            return np.diagonal(solver.T).copy()
        for z, x, weight in solver.probes():
            total += weight * z * x
        belief, _ = pass_messages(equations)
        # Set right is what was learnt, so that nothing stays nothing.
        prior = self.gamma
        learnt = set_right(prior - belief, prior - total, classify_raters(layout))
        return prior - np.minimum(learnt, prior)

    def _of_means(self, equations: Equations, solver: Solver) -> tuple[FloatArray, FloatArray]:
        """(J, S) what a shift of each mean does to b̂, and the covariance of the free means."""
        layout = equations.layout
        solved, information = solve_sources(equations, solver, LOOSE)
        through = np.empty((layout.sizes["rater"], layout.n_sources))
        for s, (x, share) in enumerate(zip(solved, np.eye(layout.n_sources), strict=True)):
            if "rater" in layout.levels:
                q, of_leaves = spread_sources(layout, share)
                sums = equations.levels_of(q, x, of_leaves=of_leaves)
                through[:, s] = sums[layout.levels.index("rater")]
            else:
                through[:, s] = x
        # Sources may be confounded with employees: their free part alone is estimated.
        free = np.linalg.pinv(information, rcond=1e-10, hermitian=True)
        return through, np.asarray(free)
