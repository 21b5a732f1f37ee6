"""The way to the optimum: Newton's method on the logarithms of the variances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from calibrate.effects.equations import build_equations
from calibrate.effects.layout import Layout
from calibrate.effects.likelihood import (
    Evaluation,
    average_information,
    evaluate,
    solve_points,
)
from calibrate.effects.result import BoolArray, FloatArray
from calibrate.effects.solvers import FINAL, ExactSolver, IterativeSolver, Solver
from calibrate.errors import FitError
from calibrate.language import N_, _

START = 0.5  # variance ratio that no term is orders of magnitude away from
SMALLEST, LARGEST = 1e-8, 1e6  # ratios: at the first a term is dropped, at the other refused
SMALLEST_NOISE = 1e-3  # of the mean residual: below it a source has no noise of its own
NOTHING = 1e-3  # of the residual: a start below it is none
SMALL_START = 0.02  # of the residual, instead: a logarithm takes long to grow, and a step is dear
VANISHING = 1e-2  # ratio below which a term that shrinks fast is sent to its bound
NEAR = 0.5  # of a bound on a log variance counts as on it: the bound moves with the residual
ROUNDING = 1e-12  # of the variance of the points: a residual below it is rounding error
STEP = np.log(10.0)  # longest step of a log variance
TOLERANCE = 1e-8  # error of a log variance at the optimum; half of it for a standard deviation
#: The same with probes, in standard errors, below their own error: few forms, many.
SETTLED = ((200_000, 0.005), (1_000_000, 0.02), (np.inf, 0.2))
NOISY = 0.1  # of a standard error: where probes leave a step that does not shrink, near enough
RENEW = 0.4  # relative: what moves the variance of forms more asks for a new curvature
MAX_STEPS = 200
SLACK = 1e-10  # rounding of the criterion, relative
NEGLIGIBLE = 1e-6  # gain in deviance that rounding may hide and no reader could see
RIDGE = 1e-10  # keeps a step finite where two terms are one
MIN_EIGENVALUE = 1e-10  # of the information scaled to a unit diagonal

#: Equations on the smaller side that are inverted; more are solved by conjugate gradients.
MOST_EXACT = 1_500
#: Probes by number of equations: fewer suffice where more forms carry the estimate.
N_PROBES = 8
PROBES = ((5_000, 32), (20_000, 16), (50_000, N_PROBES), (200_000, 4), (np.inf, 2))

NO_RESIDUAL = N_("the linked forms leave no residual: nothing tells noise from effect")
NOT_DEFINITE = N_("the information matrix is not positive definite")


@dataclass(frozen=True)
class Engine:
    """How to solve.

    Parameters
    ----------
    name
        ``exact``, ``iterative`` or ``auto``.
    seed
        Of the probes.
    settled
        With probes: step at which the search ends, in standard errors; by size if None.
    """

    name: str = "auto"
    seed: int = 0
    settled: float | None = None


@dataclass(frozen=True)
class State:
    """Where the search stands.

    Parameters
    ----------
    log : (K + C,)
        Logarithms of the variances.
    at
        The likelihood there.
    solver
        None once only comparisons are asked of it.
    is_exact
        Is the criterion known?
    information : (K + C, K + C)
        Curvature by ``log``.
    is_fresh
        Was it taken here, or kept from a step before?
    """

    log: FloatArray
    at: Evaluation
    solver: Solver | None
    is_exact: bool
    information: FloatArray
    is_fresh: bool = True


def is_exact(layout: Layout, engine: Engine) -> bool:
    """Are the equations few enough to be inverted?"""
    if engine.name == "auto":
        return layout.n_rest <= MOST_EXACT
    return engine.name == "exact" or layout.n_rest == 0


def minimise(
    layout: Layout, engine: Engine, start: Mapping[str, float] | None
) -> tuple[State, int]:
    """Newton's method on log variances with average information.

    Where the criterion is known a step that raises it is halved; with probes, one after
    which the next step would be longer. Without a criterion the same probes at every
    step make the slope a smooth function.

    Returns
    -------
    tuple
        The optimum and the number of steps.

    Raises
    ------
    FitError
        If there are too few forms, no residual, or no end.
    """
    n, p, K = layout.n_forms, layout.n_sources, len(layout.terms)
    if n - p <= K:
        raise FitError(_("{n} linked forms are too few for {p} source means and {k} variances",
                         n=n, p=p, k=K + layout.n_noises))  # fmt: skip
    spread = float(np.var(layout.y))
    if not spread > 0:
        raise FitError(_(NO_RESIDUAL))
    last: dict[str, FloatArray] = {}
    state = _look(layout, engine, _begin(layout, engine, start, spread), last, None)
    previous = np.inf
    for n_steps in range(1, MAX_STEPS + 1):
        step = _newton_step(layout, state)
        length = float(np.abs(step).max(initial=0.0))
        if length == 0 or (length < 1.0 and length < _enough(state, engine, step / length)):
            return state, n_steps
        if not state.is_exact:
            state = _lighten(state)
        before = state.at.slope
        there, taken = _descend(layout, engine, state, step, last)
        if there is None and state.is_fresh:
            break
        if there is None:
            state, previous = _look(layout, engine, state.log, last, None), np.inf
            continue
        state, there = there, None
        _require_residual(layout, state, spread)
        # Steps shrink by a steady factor, so that the rest of the way can be foretold.
        rate = length / previous
        foretold = length * rate / (1 - rate) if 0 < rate < 1 else np.inf
        if taken == 1.0 and length < 1.0 and foretold < _goal(state, engine, step / length):
            return state, n_steps
        if taken < 1.0 and state.is_exact and -2 * float(step @ before) < NEGLIGIBLE:
            return state, n_steps
        previous = length if taken == 1.0 else np.inf
    rest = _remaining(layout, state)
    if state.is_exact and 2 * rest < NEGLIGIBLE:
        return state, MAX_STEPS
    if not state.is_exact and rest < NOISY**2:
        return _look(layout, engine, state.log, last, None), MAX_STEPS
    raise FitError(_("the variances did not settle"))


def _begin(
    layout: Layout, engine: Engine, start: Mapping[str, float] | None, spread: float
) -> FloatArray:
    residual = spread / (1 + START * len(layout.terms))
    if start is None:
        parts = [START * residual] * len(layout.terms) + [residual] * layout.n_noises
        return np.log(parts)
    residual = start["residual"]
    # An exact step is cheap, and from here a term on its way to zero needs but one.
    small = NOTHING if is_exact(layout, engine) else SMALL_START
    parts = [v if (v := start[k]) > NOTHING * residual else small * residual for k in layout.terms]
    parts += [start.get(f"residual {c}", residual) for c in range(layout.n_noises)]
    return np.log(parts)


def _look(
    layout: Layout,
    engine: Engine,
    log: FloatArray,
    last: dict[str, FloatArray],
    information: FloatArray | None,
) -> State:
    """Evaluate at exp(log); ``information`` is kept where it is given."""
    K = len(layout.terms)
    theta = np.exp(log)
    variance = dict(zip(layout.terms, theta[:K].tolist(), strict=True))
    equations = build_equations(layout, variance, theta[K:])
    solver: Solver
    if is_exact(layout, engine):
        solver = ExactSolver(equations)
    else:
        n_probes = next(n for most, n in PROBES if layout.n_rest <= most)
        solver = IterativeSolver(equations, n_probes, engine.seed, last)
    at = evaluate(equations, solver)
    is_fresh = information is None
    if information is None:
        information = average_information(at, solver)
    return State(log, at, solver, solver.is_exact, information, is_fresh)


def _newton_step(layout: Layout, state: State) -> FloatArray:
    """(K + C,) step of the log variances; those held on the boundary stay.

    Where a term adds little to V the slope is straight by its variance, and its step on
    logarithms bent; elsewhere it is nearly straight by the logarithm.
    """
    step = _solve_newton(layout, state)
    # A term that is small already and wants to shrink fast is on its way to zero.
    vanishing = np.exp(state.log - _log_bound(layout, state.log)) * SMALLEST < VANISHING
    vanishing[len(layout.terms) :] = False
    vanishing &= step < -1.0
    is_small = np.append(_add_to_forms(layout, state.log) < 1, np.zeros(layout.n_noises, bool))
    bent = np.where(is_small, np.log1p(np.maximum(step, np.expm1(-STEP))), step)
    step = bent if bent @ state.at.slope <= 0 else step
    step = np.where(vanishing, np.log(SMALLEST), np.clip(step, -STEP, STEP))
    # A step that was cut may lead uphill, where halving it goes on for ever.
    return step if step @ state.at.slope <= 0 else -np.sign(state.at.slope) * (step != 0)


def _solve_newton(layout: Layout, state: State) -> FloatArray:
    """(K + C,) Newton's step, relative to each variance."""
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
    return step


def _log_bound(layout: Layout, log: FloatArray) -> FloatArray:
    """(K + C,) lowest log variances: ratios to the mean residual."""
    K = len(layout.terms)
    mean = float(np.log(np.average(np.exp(log[K:]), weights=layout.n_forms_of_noise)))
    noise = np.log(SMALLEST_NOISE) if layout.n_noises > 1 else -np.inf
    return mean + np.concatenate([np.full(K, np.log(SMALLEST)), np.full(layout.n_noises, noise)])


def _enough(state: State, engine: Engine, way: FloatArray) -> float:
    """A step so short need not be taken."""
    return _goal(state, engine, way) / (10 if state.is_exact else 1)


def _goal(state: State, engine: Engine, way: FloatArray) -> float:
    """Error of a log variance, along ``way``, at which the search may end."""
    if state.is_exact:
        return TOLERANCE
    layout = state.at.equations.layout
    settled = engine.settled
    if settled is None:
        settled = next(part for most, part in SETTLED if layout.n_forms <= most)
    curved = float(way @ state.information @ way)
    return settled / float(np.sqrt(max(curved, 1e-300)))


def _descend(
    layout: Layout,
    engine: Engine,
    state: State,
    step: FloatArray,
    last: dict[str, FloatArray],
) -> tuple[State | None, float]:
    """The first of the halved steps that does not make things worse, and its fraction."""
    is_exact = state.is_exact
    for halvings in range(30 if is_exact else 6):
        taken = 0.5**halvings
        log = state.log + taken * step
        # The bound moves with the residual; where it rises it lifts nothing.
        log = np.maximum(log, np.minimum(_log_bound(layout, log), state.log))
        grown = np.exp(log - state.log)
        is_short = not is_exact and _is_short(layout, state.log, log)
        keep = state.information * np.outer(grown, grown) if is_short else None
        there = _look(layout, engine, log, last, keep)
        if keep is not None:
            there = replace(there, information=_learn(keep, state, there))
        before, after = state.at.criterion, there.at.criterion
        if is_exact and after <= before + SLACK * (1 + abs(before)):
            return there, taken
        # Without a criterion: the next step must not be longer than this one, once it is near.
        is_far = float(np.abs(step).max()) >= STEP
        if not is_exact and (is_far or _remaining(layout, there) <= _remaining(layout, state)):
            return there, taken
    return None, 0.0


def _is_short(layout: Layout, before: FloatArray, after: FloatArray) -> bool:
    """Does V hardly change, and so the curvature by the variances?"""
    K = len(layout.terms)
    moved = np.abs(after - before)
    # A term far below the residual may grow manyfold and change little.
    of_terms = np.abs(_add_to_forms(layout, after) - _add_to_forms(layout, before))
    of_terms = np.minimum(moved[:K], of_terms)
    return max(float(of_terms.max(initial=0.0)), float(moved[K:].max())) < RENEW


def _add_to_forms(layout: Layout, log: FloatArray) -> FloatArray:
    """(K,) variance of each term, times the forms on one of its levels, over the residual."""
    K = len(layout.terms)
    per_level = layout.n_forms / np.array([layout.sizes[term] for term in layout.terms])
    residual = float(np.exp(log[K:]) @ layout.n_forms_of_noise) / layout.n_forms
    adds: FloatArray = np.exp(log[:K]) * per_level / residual
    return adds


def _learn(information: FloatArray, state: State, there: State) -> FloatArray:
    """Bend a curvature that is kept to what the slope did on the way (BFGS).

    By the variances themselves, in which the slope is nearly straight.
    """
    before, after = np.exp(state.log), np.exp(there.log)
    way, rise = after - before, there.at.slope / after - state.at.slope / before
    if not way @ rise > 0:
        return information
    scale = np.outer(after, after)
    bent = (information / scale) @ way
    learnt: FloatArray = information + scale * (
        np.outer(rise, rise) / (way @ rise) - np.outer(bent, bent) / (way @ bent)
    )
    return learnt


def _lighten(state: State) -> State:
    """Keep what a comparison needs: two whole states of a large company need not be held."""
    nothing = np.zeros(0)
    equations = replace(state.at.equations, w=nothing, precision=(), passed=(), kept=())
    at = replace(state.at, equations=equations, Py=nothing, sums={}, reach={})
    return replace(state, at=at, solver=None)


def _remaining(layout: Layout, state: State) -> float:
    return -float(np.clip(_solve_newton(layout, state), -STEP, STEP) @ state.at.slope)


def _require_residual(layout: Layout, state: State, spread: float) -> None:
    K = len(layout.terms)
    theta = np.exp(state.log)
    residual = float(theta[K:][layout.noise].mean())
    if residual <= ROUNDING * spread or theta[:K].max(initial=0.0) >= LARGEST * residual:
        raise FitError(_(NO_RESIDUAL))


def on_boundary(layout: Layout, state: State) -> tuple[tuple[str, ...], BoolArray]:
    """Terms without variance, and the codes of noise without noise."""
    K = len(layout.terms)
    on = state.log <= _log_bound(layout, state.log) + NEAR
    gone = tuple(term for term, is_on in zip(layout.terms, on[:K], strict=True) if is_on)
    return gone, on[K:]


def check_information(information: FloatArray) -> None:
    """Refuse a curvature that is not positive definite: two terms are one."""
    size = np.sqrt(np.maximum(np.diagonal(information), 0.0))
    if not (size > 0).all():
        raise FitError(_(NOT_DEFINITE))
    if not np.linalg.eigvalsh(information / np.outer(size, size))[0] > MIN_EIGENVALUE:
        raise FitError(_(NOT_DEFINITE))


def monte_carlo(state: State) -> float:
    """Largest error that the probes leave in a log variance, in its standard error."""
    samples = state.at.slope_samples
    if len(samples) < 2:
        return 0.0
    covariance = np.linalg.inv(state.information)
    moved = (samples - samples.mean(axis=0)) @ covariance
    error = moved.std(axis=0, ddof=1) / np.sqrt(len(samples))
    return float((error / np.sqrt(np.diagonal(covariance))).max())


def polish(state: State) -> State:
    """Solve once more what is handed on: the search needs a slope, readers need effects."""
    if state.is_exact:
        return state
    equations, solver = state.at.equations, state.solver
    if solver is None:
        raise TypeError("a state that was lightened cannot be polished")
    reach, state = state.at.reach, _lighten(state)
    y = equations.layout.y
    fixed, Py = solve_points(equations, solver, state.at.means, y, "points", FINAL)
    sums = equations.layout.sum_levels(Py)
    at = replace(state.at, equations=equations, fixed=fixed, Py=Py, sums=sums, reach=reach)
    return replace(state, at=at, solver=solver)
