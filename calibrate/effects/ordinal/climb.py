"""Quasi-Newton ascent that reads gradients alone, so that a sampled likelihood will do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from calibrate.effects.result import FloatArray
from calibrate.errors import FitError
from calibrate.language import _

#: Evaluations at most, and the largest step of a parameter.
_EVALUATIONS, _LONGEST = 120, 1.0
#: A step ends where the slope along it has fallen to this part, or has turned by this part.
_FALLEN, _TURNED = 0.9, 0.5


@dataclass(frozen=True)
class Point:
    """Where the ascent stands; ``result`` is what the function gave there."""

    x: FloatArray
    gradient: FloatArray
    result: object


def climb(
    evaluate: Callable[[FloatArray], tuple[FloatArray, object]],
    start: FloatArray,
    inverse: FloatArray,
    tolerance: float,
) -> Point:
    r"""Find where the gradient vanishes by BFGS.

    It ends when :math:`g' B g < tolerance`, twice the rise of the log-likelihood
    that is still foretold; B is the running inverse of minus the second derivative.

    Parameters
    ----------
    evaluate
        Parameters → gradient and result.
    start : (p,)
    inverse : (p, p)
        First guess of B.

    Raises
    ------
    FitError
        If it does not end.

    Examples
    --------
    >>> goal = np.array([1.0, -2.0])
    >>> top = climb(lambda x: (goal - x, None), np.zeros(2), np.eye(2), 1e-12)
    >>> top.x
    array([ 1., -2.])
    """
    B, n_left = inverse, _EVALUATIONS
    gradient, result = evaluate(start)
    here = Point(start, gradient, result)
    while float(here.gradient @ B @ here.gradient) >= tolerance:
        step = B @ here.gradient
        step /= max(1.0, float(np.abs(step).max()) / _LONGEST)
        there, n_used = _go(evaluate, here, step, n_left)
        n_left -= n_used
        B = _update(B, there.x - here.x, here.gradient - there.gradient)
        here = there
    return here


def _go(
    evaluate: Callable[[FloatArray], tuple[FloatArray, object]],
    here: Point,
    step: FloatArray,
    n_left: int,
) -> tuple[Point, int]:
    """Walk along the step; a slope that turned sharply means that the top was passed."""
    before = float(here.gradient @ step)
    size = 1.0
    for n in range(1, n_left + 1):
        x = here.x + size * step
        gradient, result = evaluate(x)
        after = float(gradient @ step)
        if after >= -_TURNED * before:
            return Point(x, gradient, result), n
        size *= max(before / (before - after), 0.1)
    raise FitError(_("the ordinal model did not converge"))


def _update(B: FloatArray, s: FloatArray, y: FloatArray) -> FloatArray:
    """BFGS update of the inverse; skipped where the surface does not curve down."""
    sy = float(s @ y)
    if sy <= 1e-10 * float(np.linalg.norm(s) * np.linalg.norm(y)):
        return B
    left = np.eye(len(s)) - np.outer(s, y) / sy
    updated: FloatArray = left @ B @ left.T + np.outer(s, s) / sy
    return updated
