"""The one dense step: inverse and log-determinant of a positive definite matrix."""

from __future__ import annotations

import numpy as np
from scipy.linalg import lapack

from calibrate.effects.result import FloatArray
from calibrate.errors import FitError
from calibrate.language import _


def invert(matrix: FloatArray) -> tuple[FloatArray, float]:
    """Invert by Cholesky; the argument is used up.

    Parameters
    ----------
    matrix : (m, m)
        Symmetric; its lower half is read. A Fortran array is overwritten.

    Returns
    -------
    tuple
        Inverse (m, m), and the logarithm of the determinant.

    Raises
    ------
    FitError
        If the matrix is not positive definite.

    Examples
    --------
    >>> inverse, log_det = invert(np.array([[2.0, 0.0], [0.0, 8.0]]))
    >>> inverse, round(float(np.exp(log_det)), 9)
    (array([[0.5  , 0.   ],
           [0.   , 0.125]]), 16.0)
    """
    L, failed = lapack.dpotrf(matrix, lower=1, clean=1, overwrite_a=1)
    if failed:
        raise FitError(_("the mixed-model equations are singular"))
    log_det = 2.0 * float(np.log(np.diagonal(L)).sum())
    half, failed = lapack.dpotri(L, lower=1, overwrite_c=1)
    if failed:
        raise FitError(_("the mixed-model equations are singular"))
    inverse: FloatArray = half + half.T  # the upper half is zero since the factor was cleaned
    inverse[np.diag_indices_from(inverse)] *= 0.5
    return inverse, log_det
