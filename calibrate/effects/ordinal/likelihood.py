"""One form under the cumulative logit: its log-likelihood and what derives from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit

from calibrate.effects.result import FloatArray, IntArray


@dataclass(frozen=True)
class FormTerms:
    r"""Log-likelihood ℓ of every form and its derivatives; all arrays are (N,).

    .. math:: P(y_n \le c) = F(\kappa_c - \eta_n), \quad F(t) = 1 / (1 + e^{-t})

    With a and b the thresholds above and below the category of the form,
    f = F (1 - F) and f' = f (1 - 2F):

    Parameters
    ----------
    value
        ℓ = log(F(κ_a - η) - F(κ_b - η)).
    slope
        dℓ/dη = F_a + F_b - 1.
    weight
        -d²ℓ/dη² = f_a + f_b > 0: ℓ is concave in η.
    weight_slope
        dw/dη = -(f'_a + f'_b).
    above, below
        f_a and f_b: d²ℓ/dη dκ of the two thresholds; 0 where there is none.
    above_slope, below_slope
        f'_a and f'_b: dw/dκ.
    above_score, below_score
        dℓ/dκ of the two thresholds.
    """

    value: FloatArray
    slope: FloatArray
    weight: FloatArray
    weight_slope: FloatArray
    above: FloatArray
    below: FloatArray
    above_slope: FloatArray
    below_slope: FloatArray
    above_score: FloatArray
    below_score: FloatArray


def evaluate_forms(category: IntArray, thresholds: FloatArray, eta: FloatArray) -> FormTerms:
    """Evaluate every form at its linear predictor.

    Parameters
    ----------
    category : (N,)
        0 to C - 1.
    thresholds : (C - 1,) logits
        Ascending.
    eta : (N,) logits
        Positive: higher categories.

    Returns
    -------
    FormTerms
        Neither probability nor logarithm loses digits far out.

    Examples
    --------
    Three categories of thresholds ∓log 3 have probabilities 1/4, 1/2, 1/4.

    >>> terms = evaluate_forms(np.arange(3), np.log([1 / 3, 3.0]), np.zeros(3))
    >>> np.exp(terms.value), terms.slope
    (array([0.25, 0.5 , 0.25]), array([-0.75,  0.  ,  0.75]))
    """
    upper = np.append(thresholds, np.inf)[category] - eta
    lower = np.append(-np.inf, thresholds)[category] - eta
    step = np.diff(thresholds)
    # F_a - F_b = F_a (1 - F_b) (1 - e^-step), without cancellation; the outer categories have
    # no second factor.
    inner = np.concatenate([[0.0], np.log(-np.expm1(-step)), [0.0]])
    push = np.concatenate([[0.0], 1.0 / np.expm1(step), [0.0]])[category]
    F_a, F_b = expit(upper), expit(lower)
    f_a, f_b = F_a * expit(-upper), F_b * expit(-lower)
    turn_a, turn_b = f_a * (1 - 2 * F_a), f_b * (1 - 2 * F_b)
    is_top, is_bottom = category == len(thresholds), category == 0
    return FormTerms(
        value=log_expit(upper) + log_expit(-lower) + inner[category],
        slope=F_a + F_b - 1.0,
        weight=f_a + f_b,
        weight_slope=-(turn_a + turn_b),
        above=f_a,
        below=f_b,
        above_slope=turn_a,
        below_slope=turn_b,
        above_score=np.where(is_top, 0.0, expit(-upper) + push),
        below_score=np.where(is_bottom, 0.0, -F_b - push),
    )


def sum_by_threshold(
    category: IntArray, above: FloatArray, below: FloatArray, n_thresholds: int
) -> FloatArray:
    """(C - 1,) sums of what each form says of the thresholds above and below it.

    Examples
    --------
    >>> sum_by_threshold(np.array([0, 1, 2]), np.array([1.0, 2, 0]), np.array([0.0, 10, 20]), 2)
    array([11., 22.])
    """
    size = n_thresholds + 1
    up: FloatArray = np.bincount(category, above, size)[:n_thresholds].astype(np.float64)
    return up + np.bincount(category, below, size)[1:]
