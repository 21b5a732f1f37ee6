"""Likelihood → optimum: the REML variances and the equations solved at them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from calibrate.effects.equations import build_equations
from calibrate.effects.layout import NESTED, Layout, build_layout
from calibrate.effects.likelihood import Evaluation, average_information, evaluate
from calibrate.effects.result import BoolArray, FloatArray, IntArray
from calibrate.effects.solvers import ExactSolver, IterativeSolver, Solver
from calibrate.errors import FitError

START = 0.5  # variance ratio that no term is orders of magnitude away from
SMALLEST, LARGEST = 1e-8, 1e6  # ratios: at the first a term is dropped, at the other refused
SMALLEST_NOISE = 1e-3  # of the mean residual: below it a source has no noise of its own
VANISHING = 1e-2  # ratio below which a term that shrinks fast is sent to its bound
NEAR = 0.5  # of a bound on a log variance counts as on it: the bound moves with the residual
ROUNDING = 1e-12  # of the variance of the points: a residual below it is rounding error
STEP = np.log(10.0)  # longest step of a log variance
TOLERANCE = 1e-8  # error of a log variance at the optimum; half of it for a standard deviation
#: The same with probes, in standard errors, below their own error: few forms, many.
SETTLED, SETTLED_MANY, MANY = 0.005, 0.02, 200_000
RENEW = 0.05  # a longer step of a log variance asks for a new curvature
MAX_STEPS = 200
SLACK = 1e-10  # rounding of the criterion, relative
NEGLIGIBLE = 1e-6  # gain in deviance that rounding may hide and no reader could see
RIDGE = 1e-10  # keeps a step finite where two terms are one
MIN_EIGENVALUE = 1e-10  # of the information scaled to a unit diagonal

#: Equations on the smaller side that are inverted; more are solved by conjugate gradients.
MOST_EXACT = 1_500
#: Probes by number of equations: fewer suffice where more forms carry the estimate.
N_PROBES = 8
PROBES = ((5_000, 32), (20_000, 16), (np.inf, N_PROBES))
#: People in the first look at a large company, whose variances start the rest.
FIRST_LOOK = 5_000

NO_RESIDUAL = "the linked forms leave no residual: nothing tells noise from effect"
NOT_DEFINITE = "the information matrix is not positive definite"


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
    merged : (C,)
        Had this code no noise of its own, and took the one of the largest?
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
    merged: BoolArray
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
    source: IntArray
    factors: Mapping[str, IntArray]
    engine: str
    seed: int


@dataclass
class _State:
    """Where the search stands; ``last`` holds earlier answers of conjugate gradients."""

    log: FloatArray
    at: Evaluation
    solver: Solver
    information: FloatArray


def fit_variances(
    points: FloatArray,
    source: IntArray,
    factors: Mapping[str, IntArray],
    terms: tuple[str, ...],
    noise: IntArray | None = None,
    *,
    engine: str = "auto",
    seed: int = 0,
    start: Mapping[str, float] | None = None,
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
    problem = _Problem(points, source, factors, engine, seed)
    noise = np.zeros(len(points), np.int64) if noise is None else noise
    own = np.arange(int(noise.max()) + 1)
    kept, n_steps = terms, 0
    while True:
        used = np.unique(own[noise], return_inverse=True)[1]
        layout = _lay_out(problem, kept, used)
        first = _first_look(problem, layout, used) if start is None else start
        state, steps = _minimise(layout, problem, first)
        n_steps += steps
        gone, quiet = _on_boundary(layout, state)
        if not gone and not quiet.any():
            break
        if gone:
            kept = tuple(term for term in kept if term not in gone)
        else:
            largest = int(np.bincount(used).argmax())
            own = own.copy()
            own[np.isin(np.unique(own, return_inverse=True)[1], np.flatnonzero(quiet))] = np.unique(
                own
            )[largest]
        start = dict(first) if first else None
    return _gather_fit(layout, state, terms, own, n_steps)


def _gather_fit(
    layout: Layout, state: _State, terms: tuple[str, ...], own: IntArray, n_steps: int
) -> Fit:
    _check_information(state.information)
    variance = dict.fromkeys(terms, 0.0) | dict(state.at.equations.variance)
    dense = np.unique(own, return_inverse=True)[1]
    return Fit(
        layout=layout,
        at=state.at,
        solver=state.solver,
        variance=variance,
        residual=state.at.equations.residual[dense],
        merged=own != np.arange(len(own)),
        information=state.information,
        monte_carlo=_monte_carlo(state),
        n_steps=n_steps,
    )


def _lay_out(problem: _Problem, terms: tuple[str, ...], noise: IntArray) -> Layout:
    sizes = {term: int(problem.factors[term].max()) + 1 for term in terms}
    people = sum(size for term, size in sizes.items() if term in NESTED)
    raters = sum(size for term, size in sizes.items() if term not in NESTED)
    is_exact = problem.engine == "exact" or (
        problem.engine == "auto" and min(people, raters) <= MOST_EXACT
    )
    # Conjugate gradients need a single term on the side that stays.
    side = None if is_exact else "people"
    return build_layout(problem.points, problem.source, problem.factors, terms, noise, side)


def _is_exact(layout: Layout, engine: str) -> bool:
    if engine == "auto":
        return layout.n_rest <= MOST_EXACT
    return engine == "exact" or layout.n_rest == 0


def _first_look(problem: _Problem, layout: Layout, noise: IntArray) -> Mapping[str, float] | None:
    """Variances of some thousand people, whole units at a time, as a start for all."""
    if _is_exact(layout, problem.engine) or "employee" not in layout.terms:
        return None
    n_people = layout.sizes["employee"]
    every = n_people // FIRST_LOOK
    if every < 4:
        return None
    group = problem.factors["unit" if "unit" in layout.terms else "employee"]
    chosen = group % every == 0
    if np.unique(problem.source[chosen]).size < layout.n_sources:
        return None
    factors = {
        term: np.unique(problem.factors[term][chosen], return_inverse=True)[1]
        for term in layout.terms
    }
    try:
        fit = fit_variances(
            problem.points[chosen], problem.source[chosen], factors, layout.terms,
            np.unique(noise[chosen], return_inverse=True)[1], engine=problem.engine,
            seed=problem.seed,
        )  # fmt: skip
    except FitError:
        return None
    noises = {f"residual {c}": float(v) for c, v in enumerate(fit.residual)}
    return dict(fit.variance) | noises | {"residual": fit.mean_residual}


def _minimise(
    layout: Layout, problem: _Problem, start: Mapping[str, float] | None
) -> tuple[_State, int]:
    """Newton's method on log variances with average information."""
    n, p, K = layout.n_forms, layout.n_sources, len(layout.terms)
    if n - p <= K:
        raise FitError(f"{n} linked forms are too few for {p} source means "
                       f"and {K + layout.n_noises} variances")  # fmt: skip
    spread = float(np.var(layout.y))
    if not spread > 0:
        raise FitError(NO_RESIDUAL)
    last: dict[str, FloatArray] = {}
    state = _look(layout, problem, _begin(layout, start, spread), last, None)
    previous = np.inf
    for n_steps in range(1, MAX_STEPS + 1):
        step = _newton_step(layout, state)
        length = float(np.abs(step).max(initial=0.0))
        if length == 0 or (length < 1.0 and length < _enough(state, step / length)):
            return state, n_steps
        there, taken = _descend(layout, problem, state, step, last)
        if there is None:
            break
        state = there
        _require_residual(layout, state, spread)
        # Steps shrink by a steady factor, so that the rest of the way can be foretold.
        rate = length / previous
        foretold = length * rate / (1 - rate) if 0 < rate < 1 else np.inf
        if taken == 1.0 and length < 1.0 and foretold < _goal(state, step / length):
            return state, n_steps
        previous = length if taken == 1.0 else np.inf
    gain = -2 * float(_newton_step(layout, state) @ state.at.slope)
    if gain < NEGLIGIBLE:
        return state, MAX_STEPS
    raise FitError("the variances did not settle")


def _begin(layout: Layout, start: Mapping[str, float] | None, spread: float) -> FloatArray:
    residual = spread / (1 + START * len(layout.terms))
    if start is None:
        parts = [START * residual] * len(layout.terms) + [residual] * layout.n_noises
        return np.log(parts)
    residual = start["residual"]
    parts = [max(start[term], 1e-3 * residual) for term in layout.terms]
    parts += [start.get(f"residual {c}", residual) for c in range(layout.n_noises)]
    return np.log(parts)


def _look(
    layout: Layout,
    problem: _Problem,
    log: FloatArray,
    last: dict[str, FloatArray],
    information: FloatArray | None,
) -> _State:
    """Evaluate at exp(log); ``information`` is kept where it is given."""
    K = len(layout.terms)
    theta = np.exp(log)
    variance = dict(zip(layout.terms, theta[:K].tolist(), strict=True))
    equations = build_equations(layout, variance, theta[K:])
    solver: Solver
    if _is_exact(layout, problem.engine):
        solver = ExactSolver(equations)
    else:
        n_probes = next(n for most, n in PROBES if layout.n_rest <= most)
        solver = IterativeSolver(equations, n_probes, problem.seed, last)
    at = evaluate(equations, solver)
    if information is None:
        information = average_information(at, solver)
    return _State(log, at, solver, information)


def _newton_step(layout: Layout, state: _State) -> FloatArray:
    """(K + C,) step of the log variances; those held on the boundary stay."""
    step = np.zeros(len(state.log))
    slope = state.at.slope
    ratio = np.exp(state.log - _log_bound(layout, state.log))
    free = (ratio > np.exp(NEAR)) | (slope < 0)
    if not free.any():
        return step
    slope = slope[free]
    curvature = state.information[np.ix_(free, free)]
    # Effects of exactly zero carry no curvature; the floor keeps a step within STEP.
    floor = np.maximum(np.abs(slope) / STEP, np.finfo(float).tiny)
    size = np.sqrt(np.maximum(np.diagonal(curvature), floor))
    scaled = curvature / np.outer(size, size)
    scaled[np.diag_indices_from(scaled)] = 1.0 + RIDGE
    step[free] = -np.linalg.solve(scaled, slope / size) / size
    if step[free] @ slope > 0:
        step[free] = -np.sign(slope)
    # A term that is small already and wants to shrink fast is on its way to zero.
    vanishing = ratio * SMALLEST < VANISHING
    vanishing[len(layout.terms) :] = False
    return np.clip(step, np.where(vanishing & (step < -1.0), -np.log(1 / SMALLEST), -STEP), STEP)


def _log_bound(layout: Layout, log: FloatArray) -> FloatArray:
    """(K + C,) lowest log variances: ratios to the mean residual."""
    K = len(layout.terms)
    n = np.bincount(layout.noise, minlength=layout.n_noises)
    mean = float(np.log(np.average(np.exp(log[K:]), weights=n)))
    noise = np.log(SMALLEST_NOISE) if layout.n_noises > 1 else -np.inf
    return mean + np.concatenate([np.full(K, np.log(SMALLEST)), np.full(layout.n_noises, noise)])


def _enough(state: _State, way: FloatArray) -> float:
    """A step so short need not be taken."""
    return _goal(state, way) / (10 if state.solver.is_exact else 1)


def _goal(state: _State, way: FloatArray) -> float:
    """Error of a log variance, along ``way``, at which the search may end."""
    if state.solver.is_exact:
        return TOLERANCE
    layout = state.at.equations.layout
    settled = SETTLED if layout.n_forms < MANY else SETTLED_MANY
    curved = float(way @ state.information @ way)
    return settled / float(np.sqrt(max(curved, 1e-300)))


def _descend(
    layout: Layout,
    problem: _Problem,
    state: _State,
    step: FloatArray,
    last: dict[str, FloatArray],
) -> tuple[_State | None, float]:
    """The first of the halved steps that does not make things worse, and its fraction."""
    is_exact = state.solver.is_exact
    for halvings in range(30 if is_exact else 6):
        taken = 0.5**halvings
        log = state.log + taken * step
        log = np.maximum(log, _log_bound(layout, log))
        is_short = float(np.abs(log - state.log).max()) < RENEW
        keep = state.information if is_short and not is_exact else None
        there = _look(layout, problem, log, last, keep)
        before, after = state.at.criterion, there.at.criterion
        if is_exact and after <= before + SLACK * (1 + abs(before)):
            return there, taken
        # Without a criterion: the next step must not be longer than this one.
        if not is_exact and _remaining(layout, there) <= _remaining(layout, state):
            return there, taken
    return None, 0.0


def _remaining(layout: Layout, state: _State) -> float:
    return -float(_newton_step(layout, state) @ state.at.slope)


def _require_residual(layout: Layout, state: _State, spread: float) -> None:
    K = len(layout.terms)
    theta = np.exp(state.log)
    residual = float(theta[K:][layout.noise].mean())
    if residual <= ROUNDING * spread or theta[:K].max(initial=0.0) >= LARGEST * residual:
        raise FitError(NO_RESIDUAL)


def _on_boundary(layout: Layout, state: _State) -> tuple[tuple[str, ...], BoolArray]:
    """Terms without variance, and the codes of noise without noise."""
    K = len(layout.terms)
    on = state.log <= _log_bound(layout, state.log) + NEAR
    gone = tuple(term for term, is_on in zip(layout.terms, on[:K], strict=True) if is_on)
    return gone, on[K:]


def _check_information(information: FloatArray) -> None:
    size = np.sqrt(np.maximum(np.diagonal(information), 0.0))
    if not (size > 0).all():
        raise FitError(NOT_DEFINITE)
    if not np.linalg.eigvalsh(information / np.outer(size, size))[0] > MIN_EIGENVALUE:
        raise FitError(NOT_DEFINITE)


def _monte_carlo(state: _State) -> float:
    samples = state.at.slope_samples
    if len(samples) < 2:
        return 0.0
    covariance = np.linalg.inv(state.information)
    moved = (samples - samples.mean(axis=0)) @ covariance
    error = moved.std(axis=0, ddof=1) / np.sqrt(len(samples))
    return float((error / np.sqrt(np.diagonal(covariance))).max())
