"""Intervals of a rate and of a ratio of two rates."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, ndtri

from calibrate.bands.guideline import wilson_interval

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

LEVEL = 0.95
#: Exact intervals below this size; above it Wilson's is as good and never absurdly wide.
EXACT_BELOW = 160
#: The ratio is searched between exp(-40) and exp(40); 64 halvings reach a double's precision.
WIDEST_LOG_RATIO = 40.0
HALVINGS = 64


def clopper_pearson(x: int, n: int, level: float = LEVEL) -> tuple[float, float]:
    r"""Exact interval of a rate: all values that neither tail of the binomial refuses.

    .. math:: \bigl[B^{-1}(\tfrac{\alpha}{2}; x, n - x + 1),\;
                    B^{-1}(1 - \tfrac{\alpha}{2}; x + 1, n - x)\bigr]

    Parameters
    ----------
    x, n : people
        Counted and in all, ``n > 0``.

    References
    ----------
    Clopper and Pearson (1934), Biometrika 26.

    Examples
    --------
    >>> [round(end, 4) for end in clopper_pearson(0, 10)]
    [0.0, 0.3085]
    """
    half = (1 - level) / 2
    low = 0.0 if x == 0 else float(betaincinv(x, n - x + 1, half))
    high = 1.0 if x == n else float(betaincinv(x + 1, n - x, 1 - half))
    return low, high


def rate_interval(x: int, n: int, level: float = LEVEL) -> tuple[float, float]:
    """Interval of a rate: Clopper-Pearson below 160 people, Wilson from there on.

    Parameters
    ----------
    x, n : people
        Counted and in all; ``n = 0`` gives NaN.

    Examples
    --------
    >>> [round(end, 4) for end in rate_interval(80, 160)]
    [0.4234, 0.5766]
    """
    if n == 0:
        return float("nan"), float("nan")
    return clopper_pearson(x, n, level) if n < EXACT_BELOW else wilson_interval(x, n, level)


def ratio_interval(
    x1: IntArray, n1: IntArray, x0: IntArray, n0: IntArray, level: float = LEVEL
) -> tuple[FloatArray, FloatArray]:
    r"""Score interval of the ratio of two independent rates.

    .. math:: \Bigl\{\theta :
       \frac{(\hat p_1 - \theta \hat p_0)^2}
            {\tilde p_1 (1 - \tilde p_1) / n_1 + \theta^2 \tilde p_0 (1 - \tilde p_0) / n_0}
       \le z^2 \Bigr\}

    with :math:`\tilde p_1 = \theta \tilde p_0` the most likely rates at that
    ratio. It exists for 0 of n, where a log-normal interval does not.

    Parameters
    ----------
    x1, n1, x0, n0 : (R,) people
        Counted and in all, in the group and in the reference; ``n > 0``.

    Returns
    -------
    low, high : (R,) ratio
        ``low`` is 0 where nobody of the group is counted; both are NaN where
        nobody of the reference is.

    References
    ----------
    Koopman (1984), Biometrics 40.

    Examples
    --------
    >>> low, high = ratio_interval(*(np.array([v]) for v in (36, 40, 16, 80)))
    >>> round(float(low[0]), 2), round(float(high[0]), 2)
    (2.94, 7.15)
    """
    z2 = float(ndtri(0.5 + level / 2)) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = np.log((x1 / n1) / (x0 / n0))
    centre = np.clip(np.nan_to_num(centre, nan=0.0), -WIDEST_LOG_RATIO, WIDEST_LOG_RATIO)
    ends = []
    for outer in (-WIDEST_LOG_RATIO, WIDEST_LOG_RATIO):
        inside, outside = centre.copy(), np.full_like(centre, outer)
        for _ in range(HALVINGS):
            middle = (inside + outside) / 2
            kept = _score(np.exp(middle), x1, n1, x0, n0) <= z2
            inside, outside = np.where(kept, middle, inside), np.where(kept, outside, middle)
        ends.append(np.exp((inside + outside) / 2))
    low = np.where(x1 == 0, 0.0, ends[0])
    empty = x0 == 0
    return np.where(empty, np.nan, low), np.where(empty, np.nan, ends[1])


def _score(theta: FloatArray, x1: IntArray, n1: IntArray, x0: IntArray, n0: IntArray) -> FloatArray:
    a = (n1 + n0) * theta
    b = n1 * theta + x1 + n0 + x0 * theta
    c = (x1 + x0).astype(np.float64)
    # The smaller root of a p² − b p + c, in the form that does not cancel.
    p0 = 2 * c / (b + np.sqrt(np.maximum(b * b - 4 * a * c, 0.0)))
    p1 = np.minimum(theta * p0, 1.0)
    variance = p1 * (1 - p1) / n1 + theta**2 * p0 * np.maximum(1 - p0, 0.0) / n0
    gap = x1 / n1 - theta * (x0 / n0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(gap == 0, 0.0, gap**2 / variance)
