"""How sure a score is: by the model, by people marked twice, or as the cycle assumes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtrit

from calibrate.effects.forms import Forms
from calibrate.effects.pooled import WithinPeople, pooled_errors
from calibrate.effects.result import SMALL_COMPANY, Assumed, BoolArray, FloatArray, TextArray

MODEL, POOLED, ASSUMED, NOWHERE = "model", "pooled", "assumed", ""


@dataclass(frozen=True)
class Precision:
    """Error of each score; all arrays are (I,).

    Parameters
    ----------
    se : points
        NaN where nothing can be said.
    df
        Degrees of freedom behind it; infinite where the normal distribution serves.
    origin : text
        ``model``, ``pooled``, ``assumed`` or empty.
    """

    se: FloatArray
    df: FloatArray
    origin: TextArray

    def replace(self, chosen: BoolArray, se: FloatArray, df: float, origin: str) -> Precision:
        """Take another error where ``chosen`` holds; where that is NaN, nothing is claimed.

        From a hundred degrees of freedom on it is taken as normal.
        """
        known = chosen & np.isfinite(se)
        named = np.where(known, origin, np.where(chosen, NOWHERE, self.origin)).astype(object)
        few = df if df < SMALL_COMPANY else np.inf
        return Precision(
            np.where(chosen, se, self.se), np.where(chosen, few, self.df), named
        )  # fmt: skip

    def half_width(self, level: float) -> FloatArray:
        """(I,) points on either side of the score, Student's t or normal."""
        is_normal = np.isinf(self.df)
        t = stdtrit(np.where(is_normal, 1.0, self.df), 0.5 + level / 2)
        half: FloatArray = np.where(is_normal, ndtri(0.5 + level / 2), t) * self.se
        return half


def claim_nothing(n_employees: int) -> Precision:
    """No error for anybody."""
    return Precision(
        np.full(n_employees, np.nan), np.full(n_employees, np.inf),
        np.full(n_employees, NOWHERE, dtype=object),
    )  # fmt: skip


def pool_precision(forms: Forms, within: WithinPeople, assumed: Assumed | None) -> Precision:
    """Errors of unlinked people: pooled where a person has two raters, else as assumed."""
    precision = claim_nothing(forms.n_employees)
    pooled = pooled_errors(forms, within)
    precision = precision.replace(np.isfinite(pooled), pooled, within.n_comparisons, POOLED)
    if assumed is None:
        return precision
    s2, df = measure_spread(forms)
    se = assumed_errors(forms, s2, assumed.rater_share[1], assumed.reliability)
    return precision.replace(np.isnan(pooled) & np.isfinite(se), se, df, ASSUMED)


def measure_spread(forms: Forms) -> tuple[float, int]:
    """Variance of forms about the mean of their source, and its degrees of freedom.

    NaN where there is no spread to speak of: equal marks give no certainty.
    """
    n = np.bincount(forms.source)
    df = int(len(forms) - np.count_nonzero(n))
    if df < 1:
        return float("nan"), 0
    mean = np.bincount(forms.source, forms.points) / np.maximum(n, 1)
    s2 = float(((forms.points - mean[forms.source]) ** 2).sum() / df)
    return (s2 if s2 > 0 else float("nan")), df


def assumed_errors(forms: Forms, s2: float, rater_share: float, reliability: float) -> FloatArray:
    r"""Standard error of raw scores under declared shares of the variance of forms.

    .. math:: se_i^2 = s^2 \Bigl(\varphi \sum_j W_{ij}^2
              + (1 - \varphi)(1 - r) \sum_n w_n^2\Bigr) / \Bigl(\sum_n w_n\Bigr)^2

    Parameters
    ----------
    forms
        Unlinked forms.
    s2 : points squared
        Variance of forms.
    rater_share
        φ: of that variance, the rater's part; forms of one rater (weight W) share it.
    reliability
        r: of what is left, the person's part; the rest is noise of the single form.

    Returns
    -------
    (I,) points
        NaN for people without a form.

    Examples
    --------
    One form, s² = 100: 60 are the rater's, half of the other 40 is noise.

    >>> from calibrate.effects.forms import sort_forms
    >>> zero = np.zeros(1, dtype=np.int64)
    >>> forms = sort_forms(zero, zero, zero, np.array([50.0]), np.ones(1), 1, 1)
    >>> (assumed_errors(forms, 100.0, 0.6, 0.5) ** 2).round(9).tolist()
    [80.0]
    """
    n_employees, n_raters = forms.n_employees, max(forms.n_raters, 1)
    total = np.bincount(forms.employee, forms.weight, n_employees)
    squares = np.bincount(forms.employee, forms.weight**2, n_employees)
    code = forms.employee.astype(np.int64) * n_raters + forms.rater
    pair, at = np.unique(code, return_inverse=True)
    together = np.bincount(at, forms.weight, len(pair)) ** 2
    by_rater = np.bincount(pair // n_raters, together, n_employees)
    share = rater_share * by_rater + (1 - rater_share) * (1 - reliability) * squares
    ratio = np.divide(share, total**2, out=np.full(len(total), np.nan), where=total > 0)
    error: FloatArray = np.sqrt(s2 * ratio)
    return error
