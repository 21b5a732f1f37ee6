"""Where the Laplace approximation is highest: parameters packed so that any number will do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from calibrate.effects.ordinal.climb import climb
from calibrate.effects.ordinal.curvature import Curvature, ExactCurvature, SampledCurvature
from calibrate.effects.ordinal.laplace import (
    BuildCurvature,
    Laplace,
    Parameters,
    Responses,
    approximate,
)
from calibrate.effects.ordinal.layout import Layout, build_equations
from calibrate.effects.result import FloatArray
from calibrate.errors import FitError
from calibrate.language import _

#: Draws: numerical integration, the same for every run of a seed.
N_DRAWS = 64
#: Keeps these draws apart from others of the same seed.
_STREAM = 45
#: Beyond, marks are told apart perfectly: nothing is left for chance, in logits.
_SEPARATED = 20.0


def maximise(
    responses: Responses, layout: Layout, start: Parameters, is_exact: bool, tolerance: float,
    seed: int,
) -> Laplace:  # fmt: skip
    """Maximise the approximation over thresholds, slopes and standard deviations.

    Parameters
    ----------
    start
        Where the search begins.
    is_exact
        Are variances exact, not drawn?
    tolerance
        Twice the foretold rise of the log-likelihood at which it ends.
    seed
        Of the draws.

    Raises
    ------
    FitError
        If marks are separated or the search does not end.
    """
    build = choose_curvature(layout, is_exact, seed)
    mode = np.zeros(layout.size)

    def evaluate(x: FloatArray) -> tuple[FloatArray, object]:
        nonlocal mode
        at = unpack(x, responses, list(layout.slices))
        _check(at)
        laplace = approximate(responses, layout, at, mode, build)
        mode = laplace.mode
        return _chain(laplace, responses), laplace

    top = climb(evaluate, pack(start, list(layout.slices)), _guess(responses, layout), tolerance)
    assert isinstance(top.result, Laplace)
    return top.result


def _check(at: Parameters) -> None:
    worst = max([*at.sd.values(), *np.abs(at.slopes).tolist()])
    if worst > _SEPARATED:
        raise FitError(_("people, raters or sources part the marks so well that nothing is left"))


def pack(at: Parameters, terms: Sequence[str]) -> FloatArray:
    """First threshold, logs of the steps between them, slopes, log standard deviations."""
    log_sd = [np.log(at.sd[k]) for k in terms]
    steps = np.log(np.diff(at.thresholds))
    return np.concatenate([at.thresholds[:1], steps, at.slopes, log_sd])


def unpack(x: FloatArray, responses: Responses, terms: Sequence[str]) -> Parameters:
    """Take the packed parameters apart."""
    n, p = responses.n_thresholds, responses.X.shape[1]
    thresholds = x[0] + np.concatenate([[0.0], np.cumsum(np.exp(x[1:n]))])
    sd = {k: float(s) for k, s in zip(terms, np.exp(x[n + p :]), strict=True)}
    return Parameters(thresholds, x[n : n + p], sd)


def _chain(laplace: Laplace, responses: Responses) -> FloatArray:
    """Gradient by the packed parameters: a step moves all thresholds above it."""
    n, gradient = responses.n_thresholds, laplace.gradient.copy()
    above = np.cumsum(gradient[:n][::-1])[::-1]
    gradient[0] = above[0]
    gradient[1:n] = above[1:] * np.diff(laplace.at.thresholds)
    return gradient


def _guess(responses: Responses, layout: Layout) -> FloatArray:
    """First guess of the inverse curvature, from counts alone."""
    counts = np.bincount(responses.category)
    fixed = 0.1 * (responses.X**2).sum(axis=0)
    sizes = [0.5 * (part.stop - part.start) for part in layout.slices.values()]
    steps = np.minimum(np.cumsum(counts)[:-1], np.cumsum(counts[::-1])[::-1][1:])
    guess: FloatArray = np.diag(
        1.0 / np.concatenate([[0.1 * counts.sum()], 0.5 * steps[1:], fixed, sizes])
    )
    return guess


def choose_curvature(layout: Layout, is_exact: bool, seed: int, batch: int = 0) -> BuildCurvature:
    """Exact curvature, or one whose draws depend on seed and batch alone."""

    def exactly(layout: Layout, weight: FloatArray, precision: FloatArray) -> Curvature:
        return ExactCurvature(layout, build_equations(layout, weight, precision))

    if is_exact:
        return exactly
    rng = np.random.default_rng([seed, _STREAM, batch])
    noise = (
        rng.standard_normal((layout.Z.shape[0], N_DRAWS)),
        rng.standard_normal((layout.size, N_DRAWS)),
    )

    def drawn(layout: Layout, weight: FloatArray, precision: FloatArray) -> Curvature:
        equations = build_equations(layout, weight, precision)
        return SampledCurvature(layout, equations, weight, precision, noise)

    return drawn
