"""How much each source counts: as declared, and in what the estimate rests on."""

from __future__ import annotations

import numpy as np

from calibrate.effects.result import N_SOURCES, FloatArray, IntArray


def declare_shares(
    employee: IntArray, source: IntArray, weight: FloatArray, n_employees: int
) -> FloatArray:
    """Share of each source in a person's raw score.

    Parameters
    ----------
    employee, source : (N,) codes
        Of the scored forms.
    weight : (N,) peer forms
    n_employees
        I.

    Returns
    -------
    (I, sources)
        Rows sum to 1; NaN rows without a form.

    Examples
    --------
    >>> declare_shares(np.array([0, 0]), np.array([0, 1]), np.array([2.0, 1.0]), 1)[:, :2].round(3)
    array([[0.667, 0.333]])
    """
    return _share(_sum(employee, source, weight, n_employees))


def effective_shares(
    employee: IntArray,
    source: IntArray,
    residual: FloatArray,
    employee_source: float,
    n_employees: int,
) -> FloatArray:
    r"""Share of each source in the evidence on a person, severities taken as known.

    .. math:: a_{is} = \frac{n_{is} / \sigma^2_s}{1 + \tau n_{is} / \sigma^2_s}

    Parameters
    ----------
    employee, source : (N,) codes
        Of the scored forms.
    residual : (sources,) points squared
        σ²_s, the noise of one form; NaN where the source is not in the fit.
    employee_source
        τ, variance of employee × source, points squared; 0 where it is not in the model.
    n_employees
        I.

    Returns
    -------
    (I, sources)
        Rows sum to 1; NaN rows where a source is not in the fit.

    Examples
    --------
    One manager form with noise 100 and two peer forms with noise 200 weigh the same.

    >>> noise = np.array([100.0, 200.0, np.nan, np.nan, np.nan, np.nan])
    >>> effective_shares(np.zeros(3, int), np.array([0, 1, 1]), noise, 0.0, 1)[:, :2]
    array([[0.5, 0.5]])
    """
    n = _sum(employee, source, np.ones(len(employee)), n_employees)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.where(n > 0, n / residual, 0.0)
    return _share(precision / (1 + employee_source * precision))


def _sum(employee: IntArray, source: IntArray, value: FloatArray, n_employees: int) -> FloatArray:
    total = np.bincount(employee * N_SOURCES + source, value, n_employees * N_SOURCES)
    return total.reshape(n_employees, N_SOURCES).astype(np.float64)


def _share(value: FloatArray) -> FloatArray:
    total = value.sum(axis=1, keepdims=True)
    share: FloatArray = np.full(value.shape, np.nan)
    np.divide(value, total, out=share, where=total > 0)
    return share
