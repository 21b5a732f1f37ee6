"""The Laplace approximation to the marginal likelihood, with its exact gradient."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from calibrate.effects.ordinal.curvature import Curvature
from calibrate.effects.ordinal.layout import Layout
from calibrate.effects.ordinal.likelihood import FormTerms, evaluate_forms, sum_by_threshold
from calibrate.effects.result import FloatArray, IntArray
from calibrate.errors import FitError
from calibrate.language import _

#: Newton steps to the mode, and the decrement at which it is reached.
_NEWTON_STEPS, _DECREMENT = 60, 1e-10

#: Layout, weights (N,), precision (q,) → what can be asked of the equations.
BuildCurvature = Callable[[Layout, FloatArray, FloatArray], Curvature]


@dataclass(frozen=True)
class Responses:
    """What is explained, and by which fixed effects.

    Parameters
    ----------
    category : (N,)
        0 to C - 1; every category has a form.
    X : (N, p)
        Fixed effects; no intercept, which the thresholds hold.
    """

    category: IntArray
    X: FloatArray

    @property
    def n_thresholds(self) -> int:
        return int(self.category.max())


@dataclass(frozen=True)
class Parameters:
    """Thresholds (C - 1,), fixed effects (p,) and standard deviation of each term; logits."""

    thresholds: FloatArray
    slopes: FloatArray
    sd: Mapping[str, float]


@dataclass(frozen=True)
class Laplace:
    """The approximation at given parameters.

    Parameters
    ----------
    mode : (q,) logits
        v̂, the random effects of highest posterior density.
    curvature
        H at the mode.
    value
        Log-likelihood; NaN where log |H| is not known.
    gradient
        Of the value by thresholds, slopes and log standard deviations.
    shift : (q,) logits
        H⁻¹ Z' (-½ h w'): what the posterior mean lies above the mode, to first order.
    """

    at: Parameters
    mode: FloatArray
    terms: FormTerms
    curvature: Curvature
    value: float
    gradient: FloatArray
    shift: FloatArray


def approximate(
    responses: Responses, layout: Layout, at: Parameters, start: FloatArray,
    build: BuildCurvature,
) -> Laplace:  # fmt: skip
    r"""Integrate the random effects out by Laplace's method.

    .. math::

        L = \ell(\hat v) - \tfrac12 \hat v' \Sigma^{-1} \hat v
            - \tfrac12 \log|\Sigma| - \tfrac12 \log|H(\hat v)|

    Parameters
    ----------
    start : (q,)
        Where the search for the mode begins.
    build
        Exact or sampled curvature.

    Raises
    ------
    FitError
        If the mode is not found.

    References
    ----------
    Tierney & Kadane (1986), JASA 81; Christensen (2022), R package ordinal.
    """
    precision = layout.spread({k: s**-2 for k, s in at.sd.items()})
    mode, terms, curvature = _find_mode(responses, layout, at, precision, start, build)
    half_log_prior = sum(
        (part.stop - part.start) * np.log(at.sd[k]) for k, part in layout.slices.items()
    )
    value = (
        float(terms.value.sum())
        - 0.5 * float(precision @ mode**2)
        - float(half_log_prior)
        - 0.5 * curvature.log_determinant()
    )
    shift = curvature.solve(layout.Z.T @ _pull(terms, curvature))
    gradient = _differentiate(responses, layout, at, mode, shift, terms, curvature)
    return Laplace(at, mode, terms, curvature, value, gradient, shift)


def _find_mode(
    responses: Responses, layout: Layout, at: Parameters, precision: FloatArray,
    start: FloatArray, build: BuildCurvature,
) -> tuple[FloatArray, FormTerms, Curvature]:  # fmt: skip
    """Newton's method; the penalised log-likelihood is concave, so halving always helps."""
    fixed = responses.X @ at.slopes

    def look(v: FloatArray) -> tuple[FormTerms, float]:
        terms = evaluate_forms(responses.category, at.thresholds, fixed + layout.Z @ v)
        return terms, float(terms.value.sum()) - 0.5 * float(precision @ v**2)

    v = start
    terms, height = look(v)
    for __ in range(_NEWTON_STEPS):
        curvature = build(layout, terms.weight, precision)
        score = layout.Z.T @ terms.slope - precision * v
        step = curvature.solve(score)
        decrement = float(score @ step)
        if decrement < _DECREMENT:
            return v, terms, curvature
        size = 1.0
        tried, reached = look(v + step)
        while not reached > height - 1e-9 * abs(height) and size > 1e-6:
            size /= 2
            tried, reached = look(v + size * step)
        v, terms, height = v + size * step, tried, reached
    raise FitError(_("the ordinal model did not converge: no mode of the random effects"))


def _pull(terms: FormTerms, curvature: Curvature) -> FloatArray:
    """(N,) derivative of -½ log|H| by each form's predictor."""
    pull: FloatArray = -0.5 * curvature.leverages * terms.weight_slope
    return pull


def _differentiate(
    responses: Responses, layout: Layout, at: Parameters, v: FloatArray, q: FloatArray,
    terms: FormTerms, curvature: Curvature,
) -> FloatArray:  # fmt: skip
    """Gradient of L; the mode moves with the parameters, which the shift q accounts for."""
    y, X, n = responses.category, responses.X, responses.n_thresholds
    h, Zq = curvature.leverages, layout.Z @ q
    thresholds = sum_by_threshold(
        y,
        terms.above_score - 0.5 * h * terms.above_slope + terms.above * Zq,
        terms.below_score - 0.5 * h * terms.below_slope + terms.below * Zq,
        n,
    )
    slopes = X.T @ (terms.slope + _pull(terms, curvature) - terms.weight * Zq)
    precision = layout.spread({k: s**-2 for k, s in at.sd.items()})
    spread = precision * (v**2 + curvature.diagonal + 2.0 * v * q)
    sd = [float(spread[part].sum()) - (part.stop - part.start) for part in layout.slices.values()]
    return np.concatenate([thresholds, slopes, sd])
