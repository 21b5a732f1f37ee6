"""Severity as a habit: how far from the pool's zero, and could it be chance?"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from calibrate.effects.habits.judge import Habit, adjust_p, spread_out
from calibrate.effects.result import Effects

#: Forms below which nothing is said.
FEWEST = 5
Z_95 = 1.959963984540054


def find_severity(effects: Effects) -> Habit:
    r"""Each rater's severity with a test against none.

    .. math:: z_j = \frac{\hat b_j}{\sqrt{PEV_j\,\rho_j}}, \quad
        \rho_j = 1 - PEV_j / \sigma^2_b

    The estimate is pulled towards 0, so its prediction error is not its error where
    the severity is 0: that variance is PEV ρ.

    Parameters
    ----------
    effects
        The fit; where there is none, nothing is known.
    """
    raters = effects.raters
    sigma2 = next((v for term, v, _ in effects.variance if term == "rater"), None) or 0.0
    pev = raters.se**2
    rho = 1 - pev / sigma2 if sigma2 > 0 else np.full(len(pev), np.nan)
    known = np.isfinite(raters.severity) & (rho > 0) & (pev > 0) & (raters.n_forms >= FEWEST)
    at = np.flatnonzero(known)
    b, se = raters.severity[at], raters.se[at]
    p = 2 * ndtr(-np.abs(b) / (se * np.sqrt(rho[at])))
    parts = (b, b - Z_95 * se, b + Z_95 * se, np.zeros(len(at)), p, adjust_p(p))
    value, low, high, expected, p_value, q_value = (
        spread_out(len(pev), at, part) for part in parts
    )
    return Habit(value, low, high, raters.n_forms, expected, p_value, q_value)
