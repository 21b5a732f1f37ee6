"""Likelihood → optimum: the REML variances and the equations solved at them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from calibrate.effects.layout import NESTED, Layout, build_layout
from calibrate.effects.likelihood import Evaluation
from calibrate.effects.result import BoolArray, Codes, FloatArray, IntArray
from calibrate.effects.search import (
    MOST_EXACT,
    Engine,
    State,
    check_information,
    is_exact,
    minimise,
    monte_carlo,
    on_boundary,
    polish,
)
from calibrate.effects.solvers import Solver
from calibrate.errors import FitError
from calibrate.language import N_, _

#: People in the first look at a large company, whose variances start the rest: one in twenty,
#: but not fewer or more than these.
FIRST_LOOK, FEWEST, MOST = 20, 5_000, 20_000
SLOW = 300  # equations whose inverse costs more than a search by probes
GLANCE = 0.2  # of a standard error: a start need not be settled
UNITS, PEOPLE = 32, 250  # that are looked at together

#: Why a term cannot be told from the source means, which explain all of it.
NO_CONTRAST = {
    "rater": N_("each source has one rater, so that severity and the level of the source are one"),
    "employee": N_("each source has one person, so that both are one"),
    "unit": N_("each source has one unit, so that both are one"),
    "employee_source": N_("each source has one person, so that both are one"),
}


@dataclass(frozen=True)
class Fit:
    """The optimum.

    Parameters
    ----------
    layout
        Forms and levels of the terms that stayed.
    at
        The likelihood there.
    solver
        Of its equations.
    variance : term → points squared
        Every term that was asked for, exactly 0 for a dropped one.
    residual : (C,) points squared
        For each code of noise that was asked for.
    merged_into : (C,)
        Code whose noise this one took, having none of its own; else itself.
    information : (K + C,) squared
        Curvature of half the criterion by the logarithms of the variances that stayed.
    monte_carlo
        Largest Monte-Carlo error of a log variance, in its standard error; 0 if exact.
    n_steps
        Evaluations used.
    """

    layout: Layout
    at: Evaluation
    solver: Solver
    variance: Mapping[str, float]
    residual: FloatArray
    merged_into: IntArray
    information: FloatArray
    monte_carlo: float
    n_steps: int

    @property
    def source_means(self) -> FloatArray:
        """(S,) points."""
        means: FloatArray = self.at.fixed + self.layout.centre
        return means

    @property
    def mean_residual(self) -> float:
        """Mean residual variance over the forms, points squared."""
        return float(self.at.equations.residual[self.layout.noise].mean())

    def effect(self, term: str, n: int) -> FloatArray:
        """(n,) points: predicted effects in the caller's codes, zeros for a dropped term."""
        if term not in self.layout.terms:
            return np.zeros(n)
        return self.at.effect(term)[self.layout.number[term]]


@dataclass(frozen=True)
class _Problem:
    points: FloatArray
    source: Codes
    factors: Mapping[str, Codes]
    engine: Engine


def fit_variances(
    points: FloatArray,
    source: Codes,
    factors: Mapping[str, Codes],
    terms: tuple[str, ...],
    noise: Codes | None = None,
    *,
    engine: str = "auto",
    seed: int = 0,
    start: Mapping[str, float] | None = None,
    settled: float | None = None,
) -> Fit:
    """Find the REML variances; a term that ends on its boundary is dropped and the rest refitted.

    Parameters
    ----------
    points : (N,) points
        Score of each form.
    source : (N,)
        Dense codes of the fixed means.
    factors : term → (N,)
        Dense codes: see :func:`calibrate.effects.layout.build_layout`.
    terms
        Random terms to fit, each a factor.
    noise : (N,), optional
        Dense codes of the residual variances; one for all by default.
    engine
        ``exact``, ``iterative``, or ``auto``: exact as long as one side is small enough.
    seed
        Of the probes.
    start : term → points squared, optional
        Where to begin; key ``residual`` for the residual.
    settled
        With probes: step at which the search ends, in standard errors; by size if None.

    Returns
    -------
    Fit
        Variances, and the equations solved at them.

    Raises
    ------
    FitError
        If it does not converge, or the information matrix is not positive definite.

    Examples
    --------
    Two people, two forms each: MSB = 400, MSW = 50, so 50 within and
    (400 - 50) / 2 between.

    >>> fit = fit_variances(np.array([35.0, 45.0, 55.0, 65.0]), np.zeros(4, dtype=np.int64),
    ...                     {"employee": np.array([0, 0, 1, 1])}, ("employee",))
    >>> round(fit.variance["employee"], 6), round(fit.mean_residual, 6)
    (175.0, 50.0)
    """
    for term in terms:
        _require_contrast(source, factors[term], term)
    problem = _Problem(points, source, factors, Engine(engine, seed, settled))
    noise = np.zeros(len(points), np.int8) if noise is None else noise
    own = np.arange(int(noise.max()) + 1)
    kept, n_steps = terms, 0
    while True:
        used = np.unique(own, return_inverse=True)[1].astype(np.int8)[noise]
        layout = _lay_out(problem, kept, used)
        first = _first_look(problem, layout, used) if start is None else start
        state, steps = minimise(layout, problem.engine, first)
        n_steps += steps
        gone, quiet = on_boundary(layout, state)
        if not gone and not quiet.any():
            break
        if gone:
            kept = tuple(term for term in kept if term not in gone)
        else:
            own = _merge(own, used, quiet)
        start = _go_on_from(state, has_merged=not gone)
    return _gather_fit(layout, polish(state), terms, own, n_steps)


def _require_contrast(source: Codes, code: Codes, term: str) -> None:
    """Refuse a term that the source means explain in full: its variance could be anything.

    Sources and levels form a graph, one edge a form; the levels beyond one in each of its parts
    are contrasts. The slope is zero there but for rounding, which would be taken for a curvature.
    """
    n_levels, n_sources = int(code.max()) + 1, int(source.max()) + 1
    if n_levels > n_sources:  # there are at most as many parts as sources
        return
    seen = sparse.csr_array((np.ones(len(code)), (code, n_levels + source)),
                            shape=(n_levels + n_sources,) * 2)  # fmt: skip
    if n_levels == connected_components(seen, directed=False)[0]:
        raise FitError(_(NO_CONTRAST[term]))


def _go_on_from(state: State, *, has_merged: bool) -> dict[str, float]:
    """Variances to start the next search from, once a term or a noise is gone."""
    equations = state.at.equations
    mean = float(equations.residual @ equations.layout.n_forms_of_noise) / equations.layout.n_forms
    noises = {f"residual {c}": float(value) for c, value in enumerate(equations.residual)}
    return dict(equations.variance) | {"residual": mean} | (noises if not has_merged else {})


def _merge(own: IntArray, used: Codes, quiet: BoolArray) -> IntArray:
    """Give the codes without noise of their own the noise of the largest that has some."""
    kept, dense = np.unique(own, return_inverse=True)
    largest = kept[np.where(quiet, 0, np.bincount(used)).argmax()]
    return np.where(quiet[dense], largest, own)


def _gather_fit(
    layout: Layout, state: State, terms: tuple[str, ...], own: IntArray, n_steps: int
) -> Fit:
    check_information(state.information)
    if state.solver is None:
        raise TypeError("the optimum has lost its solver")
    variance = dict.fromkeys(terms, 0.0) | dict(state.at.equations.variance)
    dense = np.unique(own, return_inverse=True)[1]
    return Fit(
        layout=layout,
        at=state.at,
        solver=state.solver,
        variance=variance,
        residual=state.at.equations.residual[dense],
        merged_into=own,
        information=state.information,
        monte_carlo=monte_carlo(state),
        n_steps=n_steps,
    )


def _lay_out(problem: _Problem, terms: tuple[str, ...], noise: Codes) -> Layout:
    sizes = {term: int(problem.factors[term].max()) + 1 for term in terms}
    people = sum(size for term, size in sizes.items() if term in NESTED)
    raters = sum(size for term, size in sizes.items() if term not in NESTED)
    name = problem.engine.name
    may_be_exact = name == "exact" or (name == "auto" and min(people, raters) <= MOST_EXACT)
    # Conjugate gradients need a single term on the side that stays.
    side = None if may_be_exact else "people"
    return build_layout(problem.points, problem.source, problem.factors, terms, noise, side)


def _first_look(problem: _Problem, layout: Layout, noise: Codes) -> Mapping[str, float] | None:
    """Variances to start from: of some thousand people, whole units at a time, or by probes."""
    if "employee" not in layout.terms:
        return None
    if is_exact(layout, problem.engine):
        return _glance(problem, layout, noise) if layout.n_rest > SLOW else None
    n_people = layout.sizes["employee"]
    every = n_people // min(max(n_people // FIRST_LOOK, FEWEST), MOST)
    if every < 4:
        return None
    # Neighbours together: a rater's variance shows only in raters who are seen twice.
    group = problem.factors["unit" if "unit" in layout.terms else "employee"]
    chosen = group // (UNITS if "unit" in layout.terms else PEOPLE) % every == 0
    if np.unique(problem.source[chosen]).size < layout.n_sources:
        return None
    factors = {
        term: np.unique(problem.factors[term][chosen], return_inverse=True)[1]
        for term in layout.terms
    }
    some = replace(
        problem, points=problem.points[chosen], source=problem.source[chosen], factors=factors
    )
    return _glance(some, layout, np.unique(noise[chosen], return_inverse=True)[1])


def _glance(problem: _Problem, layout: Layout, noise: Codes) -> Mapping[str, float] | None:
    """The variances by probes, nearly."""
    try:
        fit = fit_variances(
            problem.points, problem.source, problem.factors, layout.terms, noise,
            engine="iterative", seed=problem.engine.seed, settled=GLANCE,
        )  # fmt: skip
    except FitError:
        return None
    noises = {f"residual {c}": float(v) for c, v in enumerate(fit.residual)}
    return dict(fit.variance) | noises | {"residual": fit.mean_residual}
