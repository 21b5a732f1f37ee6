"""Forms in categories → thresholds, variances and effects, or a refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logit

from calibrate.effects.ordinal.climb import climb
from calibrate.effects.ordinal.curvature import Curvature, ExactCurvature, SampledCurvature
from calibrate.effects.ordinal.laplace import (
    BuildCurvature,
    Laplace,
    Parameters,
    Responses,
    approximate,
)
from calibrate.effects.ordinal.layout import Layout, Sparse, build_equations, lay_out
from calibrate.effects.result import FloatArray, IntArray
from calibrate.errors import FitError

#: Largest dense matrix; above it variances come from seeded draws.
MOST_EXACT = 600
#: Draws and their seed: numerical integration, the same for every run. Standard errors take
#: several batches, so that memory holds one at a time.
N_DRAWS, N_BATCHES, SEED = 64, 4, 20261121
#: Foretold rise of the log-likelihood at which the search ends; exact and sampled.
TOLERANCE, SAMPLED_TOLERANCE = 1e-9, 1e-6
#: A standard deviation below is a variance on its boundary, in logits.
_BOUNDARY = 0.02
#: Beyond, marks are told apart perfectly: nothing is left for chance, in logits.
_SEPARATED = 20.0


@dataclass(frozen=True)
class OrdinalFit:
    """The fitted cumulative logit model, all in logits.

    Parameters
    ----------
    parameters
        ``sd`` has every term, 0 for one on its boundary.
    laplace, layout
        The approximation at the optimum, without terms on their boundary.
    is_exact
        Are variances exact, not drawn?
    """

    parameters: Parameters
    laplace: Laplace
    layout: Layout
    is_exact: bool

    def effect(self, term: str, n_levels: int) -> FloatArray:
        """(q,) mode of a term; 0 on the boundary."""
        if term not in self.layout.slices:
            return np.zeros(n_levels)
        return self.laplace.mode[self.layout.slices[term]]

    def variances(self, contrasts: Sparse) -> tuple[FloatArray, FloatArray]:
        """Posterior variance of each contrast (m,) and of each effect (q,), logits squared."""
        if self.is_exact:
            exact = self.laplace.curvature
            return exact.variances(contrasts), exact.diagonal
        precision = self.layout.spread({k: s**-2 for k, s in self.laplace.at.sd.items()})
        of_contrast, of_effect = np.zeros(contrasts.shape[0]), np.zeros(self.layout.size)
        for batch in range(1, N_BATCHES + 1):
            build = _choose_curvature(self.layout, is_exact=False, batch=batch)
            drawn = build(self.layout, self.laplace.terms.weight, precision)
            of_contrast += drawn.variances(contrasts) / N_BATCHES
            of_effect += drawn.diagonal / N_BATCHES
        return of_contrast, of_effect


def fit_ordinal(
    responses: Responses, factors: Mapping[str, IntArray], most_exact: int = MOST_EXACT
) -> OrdinalFit:
    r"""Maximise the Laplace approximation of the cumulative logit with crossed effects.

    .. math:: P(y_n \le c) = F(\kappa_c - x_n' \beta - \sum_k v_{k(n)})

    A standard deviation that runs towards 0 becomes exactly 0, its term is
    dropped and the rest refitted.

    Parameters
    ----------
    responses
        Categories and fixed effects.
    factors : term → (N,)
        Dense codes of the random terms, people first.
    most_exact
        Largest number of equations that are inverted.

    Raises
    ------
    FitError
        If there is one category, marks are separated, or it does not converge.
    """
    if responses.n_thresholds == 0:
        raise FitError("all marks are the same")
    terms = list(factors)
    start = _start(responses, terms)
    while terms:
        chosen = {k: factors[k] for k in terms}
        layout = lay_out(chosen)
        is_exact = layout.size - layout.n_eliminated <= most_exact
        if not is_exact:
            # Variances of what is eliminated are the sharpest, and people matter most.
            layout = lay_out(chosen, first=terms[0])
        laplace = _maximise(responses, layout, start, is_exact)
        vanished = [k for k, s in laplace.at.sd.items() if s < _BOUNDARY]
        if not vanished:
            sd = {k: laplace.at.sd.get(k, 0.0) for k in factors}
            found = Parameters(laplace.at.thresholds, laplace.at.slopes, sd)
            return OrdinalFit(found, laplace, layout, is_exact)
        smallest = min(vanished, key=lambda k: laplace.at.sd[k])
        terms.remove(smallest)
        start = Parameters(
            laplace.at.thresholds, laplace.at.slopes,
            {k: max(laplace.at.sd[k], 0.1) for k in terms},
        )  # fmt: skip
    raise FitError("neither people nor raters differ measurably")


def _start(responses: Responses, terms: Sequence[str]) -> Parameters:
    """Thresholds of the marginal shares, stretched by what the random effects will add."""
    counts = np.bincount(responses.category)
    share = (np.cumsum(counts)[:-1]) / counts.sum()
    stretch = np.sqrt(1 + 0.3 * len(terms))
    return Parameters(logit(share) * stretch, np.zeros(responses.X.shape[1]),
                      dict.fromkeys(terms, 1.0))  # fmt: skip


def _maximise(responses: Responses, layout: Layout, start: Parameters, is_exact: bool) -> Laplace:
    build = _choose_curvature(layout, is_exact)
    mode = np.zeros(layout.size)

    def evaluate(x: FloatArray) -> tuple[FloatArray, object]:
        nonlocal mode
        at = _unpack(x, responses, list(layout.slices))
        _check(at)
        laplace = approximate(responses, layout, at, mode, build)
        mode = laplace.mode
        return _chain(laplace, responses), laplace

    tolerance = TOLERANCE if is_exact else SAMPLED_TOLERANCE
    top = climb(evaluate, _pack(start, list(layout.slices)), _guess(responses, layout), tolerance)
    assert isinstance(top.result, Laplace)
    return top.result


def _check(at: Parameters) -> None:
    worst = max([*at.sd.values(), *np.abs(at.slopes).tolist()])
    if worst > _SEPARATED:
        raise FitError("people, raters or sources part the marks so well that nothing is left")


def _pack(at: Parameters, terms: Sequence[str]) -> FloatArray:
    """First threshold, logs of the steps between them, slopes, log standard deviations."""
    log_sd = [np.log(at.sd[k]) for k in terms]
    steps = np.log(np.diff(at.thresholds))
    return np.concatenate([at.thresholds[:1], steps, at.slopes, log_sd])


def _unpack(x: FloatArray, responses: Responses, terms: Sequence[str]) -> Parameters:
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


def _choose_curvature(layout: Layout, is_exact: bool, batch: int = 0) -> BuildCurvature:
    def exactly(layout: Layout, weight: FloatArray, precision: FloatArray) -> Curvature:
        return ExactCurvature(layout, build_equations(layout, weight, precision))

    if is_exact:
        return exactly
    rng = np.random.default_rng([SEED, batch])
    noise = (
        rng.standard_normal((layout.Z.shape[0], N_DRAWS)),
        rng.standard_normal((layout.size, N_DRAWS)),
    )

    def drawn(layout: Layout, weight: FloatArray, precision: FloatArray) -> Curvature:
        equations = build_equations(layout, weight, precision)
        return SampledCurvature(layout, equations, weight, precision, noise)

    return drawn
