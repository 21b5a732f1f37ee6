"""How firmly is a rater's severity tied to others who rated the same people?"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from calibrate.effects.connect import Components
from calibrate.effects.dense import invert
from calibrate.effects.result import FloatArray, IntArray


def measure_link_strength(
    employee: IntArray,
    rater: IntArray,
    source: IntArray,
    components: Components,
    gamma: float,
) -> FloatArray:
    r"""Give the reliability of each severity contrast from within-employee comparisons alone.

    .. math::

        \ell_j = 1 - \frac{\operatorname{Var}(b_j - \bar b \mid x)}
                          {\sigma^2_b (1 - 1/J_c)}

    with employees and sources of the component free, so that a rater whose
    people nobody else rated has 0. Units are free too: they are sums of employees.

    Parameters
    ----------
    employee, rater, source : (N,)
        Codes of the scored forms.
    components
        Network of these forms; components that are not linked get 0.
    gamma
        Rater variance over residual variance, >= 0; 0 yields 0 for everybody.

    Returns
    -------
    (J,) 0 to 1
        Link strength; 0 for who filed no form.

    Examples
    --------
    Three raters, two people, everyone rates everyone: M = 2 (I - 1/3), so that
    the contrast has variance 1/(1 + 2γ) of its prior.

    >>> from calibrate.effects.connect import find_components
    >>> employee, rater = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 1, 2, 0, 1, 2])
    >>> parts = find_components(employee, rater, 2, 3)
    >>> measure_link_strength(employee, rater, 0 * rater, parts, gamma=0.5)
    array([0.5, 0.5, 0.5])
    """
    strength = np.zeros(len(components.of_rater))
    if gamma <= 0:
        return strength
    of_form = components.of_employee[employee]
    order = np.argsort(of_form, kind="stable")
    bounds = np.searchsorted(of_form[order], np.arange(len(components.linked) + 1))
    for number in np.flatnonzero(components.linked):
        here = order[bounds[number] : bounds[number + 1]]
        i = np.unique(employee[here], return_inverse=True)[1]
        raters, j = np.unique(rater[here], return_inverse=True)
        s = np.unique(source[here], return_inverse=True)[1]
        variance = _contrast_variance(i, j, s, gamma)
        prior = 1 - 1 / len(raters)
        strength[raters] = 1 - (variance - 1 / len(raters)) / prior
    # A rater without any comparison differs from 0 by rounding alone.
    strength[strength < np.sqrt(np.finfo(float).eps)] = 0.0
    return np.clip(strength, 0.0, 1.0)


def _contrast_variance(i: IntArray, j: IntArray, s: IntArray, gamma: float) -> FloatArray:
    """(J,) Var(b_j | x) / σ²_b with employees and sources fixed.

    A shift of all b is lost in the employees, so that its share is 1/J before
    and after the data; the caller takes it out.
    """
    N = sparse.coo_array((np.ones(len(i)), (i, j))).tocsr()
    n_i, n_j = np.bincount(i).astype(np.float64), np.bincount(j).astype(np.float64)
    X_i = sparse.coo_array((np.ones(len(i)), (i, s))).toarray()
    X_j = sparse.coo_array((np.ones(len(i)), (j, s))).toarray()
    n_s = np.diag(np.bincount(s).astype(np.float64))
    solve = _by_raters if len(n_i) < len(n_j) else _by_employees
    variance, through, information = solve(N, n_i, n_j, X_i, X_j, n_s, gamma)
    # Sources may be confounded with employees: their free part alone is estimated.
    free = np.linalg.pinv(information, rcond=1e-10, hermitian=True)
    total: FloatArray = variance + np.einsum("js,st,jt->j", through, free, through)
    return total


_Parts = tuple[FloatArray, FloatArray, FloatArray]


def _by_employees(
    N: Any, n_i: FloatArray, n_j: FloatArray, X_i: FloatArray, X_j: FloatArray,
    n_s: FloatArray, gamma: float,
) -> _Parts:  # fmt: skip
    """Eliminate employees: a dense block of raters remains."""
    share = N.multiply(1 / n_i[:, None]).tocsr()
    M = (N.T @ share).toarray()
    M *= -gamma
    M[np.diag_indices_from(M)] += 1 + gamma * n_j
    M_js = np.sqrt(gamma) * (X_j - share.T @ X_i)
    M_ss = n_s - X_i.T @ (X_i / n_i[:, None])
    Q, _ = invert(M)
    through = Q @ M_js
    return np.diagonal(Q), through, M_ss - M_js.T @ through


def _by_raters(
    N: Any, n_i: FloatArray, n_j: FloatArray, X_i: FloatArray, X_j: FloatArray,
    n_s: FloatArray, gamma: float,
) -> _Parts:  # fmt: skip
    """Eliminate raters, whose block is diagonal: a dense block of employees remains."""
    c = gamma / (1 + gamma * n_j)
    scaled = N.multiply(c[None, :]).tocsr()
    S = -(scaled @ N.T).toarray()
    S[np.diag_indices_from(S)] += n_i
    Q, _ = invert(S)
    spread = scaled.T @ Q
    variance = (
        1 / (1 + gamma * n_j) + np.asarray(scaled.T.multiply(spread).sum(axis=1)).ravel() / gamma
    )
    X_free = X_i - scaled @ X_j
    at_employee = Q @ X_free
    through = np.sqrt(gamma) * (X_j / (1 + gamma * n_j)[:, None]) - (
        scaled.T @ at_employee
    ) / np.sqrt(gamma)
    information = n_s - X_j.T @ (c[:, None] * X_j) - X_free.T @ at_employee
    return variance, through, information
