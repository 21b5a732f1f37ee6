"""Objective → optimum: variances, effects and their prediction errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from calibrate.effects.design import Design
from calibrate.effects.model import NO_RESIDUAL, Evaluation, System, build_system, evaluate
from calibrate.effects.result import FloatArray, IntArray
from calibrate.errors import FitError

START = 0.5  # variance ratio that no term is orders of magnitude away from
SMALLEST, LARGEST = 1e-8, 1e6  # ratios: at the first a term is dropped, at the other refused
STEP = np.log(10.0)  # longest step of a log ratio
TOLERANCE = 1e-8  # error of a log ratio at the optimum; half of it for a standard deviation
MAX_STEPS = 200
SLACK = 1e-10  # rounding of the criterion, relative
NEGLIGIBLE = 1e-6  # gain in deviance that rounding may hide and no reader could see
RIDGE = 1e-10  # keeps a step finite where two terms are one
MIN_EIGENVALUE = 1e-10  # of the information scaled to a unit diagonal
BLOCK = 8_000_000  # numbers held at once while prediction errors are computed


@dataclass(frozen=True)
class Fit:
    """The optimum.

    Parameters
    ----------
    system, at
        Equations of the terms that stayed, evaluated at the optimum.
    variance : term → points squared
        Every term that was asked for, exactly 0 for a dropped one, and ``residual``.
    n_steps
        Evaluations used.
    """

    system: System
    at: Evaluation
    variance: Mapping[str, float]
    n_steps: int

    @property
    def source_means(self) -> FloatArray:
        """(S,) points."""
        means: FloatArray = self.at.fixed + self.system.design.centre
        return means

    def effect(self, term: str) -> FloatArray:
        """(q,) points: predicted effects, zeros for a dropped term."""
        dropped = np.zeros(len(self.system.design.counts[term]))
        return self.at.effects.get(term, dropped)


def fit_variances(design: Design, terms: tuple[str, ...]) -> Fit:
    """Find the REML variances; a term that ends on its boundary is dropped and the rest refitted.

    Parameters
    ----------
    design
        Cross-products of the forms.
    terms
        Random terms, each a factor of ``design``.

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
    Two people, two forms each: MSB = 800, MSW = 50, so 50 within and
    (800 - 50) / 2 between.

    >>> from calibrate.effects.design import build_design
    >>> design = build_design(np.array([35.0, 45.0, 55.0, 65.0]), np.zeros(4, dtype=np.int64),
    ...                       {"employee": np.array([0, 0, 1, 1])})
    >>> {k: round(v, 6) for k, v in fit_variances(design, ("employee",)).variance.items()}
    {'employee': 175.0, 'residual': 50.0}
    """
    kept, n_steps = terms, 0
    while True:
        system = build_system(design, kept)
        at, steps = _minimise(system)
        n_steps += steps
        on_boundary = at.gamma <= SMALLEST
        if not on_boundary.any():
            break
        kept = tuple(k for k, dropped in zip(kept, on_boundary, strict=True) if not dropped)
    _check_information(at)
    variance = dict.fromkeys(terms, 0.0)
    variance |= {k: float(g * at.sigma2) for k, g in zip(kept, at.gamma, strict=True)}
    return Fit(system, at, variance | {"residual": at.sigma2}, n_steps)


def _minimise(system: System) -> tuple[Evaluation, int]:
    """Newton's method on log γ with average information; a step that does not descend is halved."""
    at = evaluate(system, np.full(len(system.terms), START))
    previous = np.inf
    for n_steps in range(1, MAX_STEPS + 1):
        step = _newton_step(at)
        length = float(np.abs(step).max(initial=0.0))
        if length < TOLERANCE / 10:
            return at, n_steps
        there, taken = _descend(system, at, step)
        if there is None:
            break
        at = there
        if at.gamma.max() >= LARGEST:
            raise FitError(NO_RESIDUAL)
        # Steps shrink by a steady factor, so that the rest of the way can be foretold.
        rate = length / previous
        if taken == 1.0 and 0 < rate < 1 and length * rate / (1 - rate) < TOLERANCE:
            return at, n_steps
        previous = length if taken == 1.0 else np.inf
    gain = -float(_newton_step(at) @ (at.gamma * at.gradient))
    if gain < NEGLIGIBLE:
        return at, MAX_STEPS
    raise FitError("the variances did not settle")


def _newton_step(at: Evaluation) -> FloatArray:
    """(K,) step of log γ; terms held on the boundary stay."""
    step = np.zeros(len(at.gamma))
    free = (at.gamma > SMALLEST) | (at.gradient < 0)
    if not free.any():
        return step
    gamma = at.gamma[free]
    slope = gamma * at.gradient[free]
    curvature = at.information[np.ix_(free, free)] * np.outer(gamma, gamma)
    # Effects of exactly zero carry no curvature; the floor keeps a step within STEP.
    floor = np.maximum(np.abs(slope) / STEP, np.finfo(float).tiny)
    size = np.sqrt(np.maximum(np.diagonal(curvature), floor))
    scaled = curvature / np.outer(size, size)
    scaled[np.diag_indices_from(scaled)] = 1.0 + RIDGE
    step[free] = -np.linalg.solve(scaled, slope / size) / size
    if step[free] @ slope > 0:
        step[free] = -np.sign(slope)
    return np.clip(step, -STEP, STEP)


def _descend(system: System, at: Evaluation, step: FloatArray) -> tuple[Evaluation | None, float]:
    """The first of the halved steps that does not raise the criterion, and its fraction."""
    for taken in 0.5 ** np.arange(30):
        gamma = np.clip(at.gamma * np.exp(taken * step), SMALLEST, LARGEST)
        there = evaluate(system, gamma)
        if there.criterion <= at.criterion + SLACK * (1 + abs(at.criterion)):
            return there, float(taken)
    return None, 0.0


def _check_information(at: Evaluation) -> None:
    size = np.sqrt(np.maximum(np.diagonal(at.information), 0.0))
    if not len(size):
        return
    if not (size > 0).all():
        raise FitError("the information matrix is not positive definite")
    scaled = at.information / np.outer(size, size)
    if not np.linalg.eigvalsh(scaled)[0] > MIN_EIGENVALUE:
        raise FitError("the information matrix is not positive definite")


def predict_errors(fit: Fit, term: str, unit: IntArray | None = None) -> FloatArray:
    r"""Prediction error variance of each level of ``term``, with its unit's effect if given.

    .. math::

        \mathrm{PEV}(\hat u + \hat\theta) = \sigma^2 (C^{\theta\theta} + C^{uu} + 2 C^{\theta u})

    with C the inverse of the mixed-model equations, sources included.

    Parameters
    ----------
    fit
        The optimum; ``term`` must have stayed in it.
    term
        ``employee`` or ``rater``.
    unit : (q,), optional
        Unit of each level; ignored if the unit was dropped from the fit.

    Returns
    -------
    (q,) points squared
        Variance of predicted minus actual.

    References
    ----------
    Henderson (1975), Biometrics 31; Searle, Casella & McCulloch (1992), ch. 7.
    """
    system, T = fit.system, fit.at.T
    column = None
    if unit is not None and "unit" in system.terms:
        column = system.place["unit"].start + unit
    if term == system.eliminated:
        error = _errors_eliminated(fit, column)
    else:
        own = np.arange(len(T))[system.place[term]]
        error = T[own, own]
        if column is not None:
            error = error + 2 * T[own, column]
    if column is not None:
        error = error + T[column, column]
    pev: FloatArray = fit.at.sigma2 * error
    return pev


def _errors_eliminated(fit: Fit, column: IntArray | None) -> FloatArray:
    """c + c² b'Tb for each level of A, and twice its covariance −c (Tb) with ``column``."""
    B, T, c = fit.system.B.tocsc(), fit.at.T, fit.at.c
    error = np.empty(len(c))
    width = max(1, BLOCK // len(T))
    for start in range(0, len(c), width):
        here = slice(start, start + width)
        rows = B[:, here].T.tocsr()
        spread = rows @ T
        through = np.asarray(rows.multiply(spread).sum(axis=1)).ravel()
        error[here] = c[here] + c[here] ** 2 * through
        if column is not None:
            at_unit = spread[np.arange(len(spread)), column[here]]
            error[here] -= 2 * c[here] * at_unit
    return error
