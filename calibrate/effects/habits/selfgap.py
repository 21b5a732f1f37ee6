"""How far people see their own work from where others see it."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from calibrate.effects.habits.judge import Habit, adjust_p, empty_habit, spread_out
from calibrate.effects.habits.reports import Reports, SelfForms
from calibrate.effects.result import BoolArray, Effects, FloatArray, IntArray

#: Forms of others below which nothing is said, and people who make a pool.
FEWEST, FEWEST_PEOPLE = 3, 20
#: People beyond so many standard deviations are left aside; a normal pool then keeps this variance.
CUT, KEPT_VARIANCE = 3.0, 0.9733369
ROUNDS = 20
Z_95 = 1.959963984540054


def find_self_gap(reports: Reports, own: SelfForms, effects: Effects) -> Habit:
    r"""Own form less the others' adjusted forms, against people whom others mark alike.

    .. math:: d_i = s_i - \bar x_i, \quad E(d_i) = a + c\,\bar x_i, \quad
        Var(d_i) = A + B / n_i

    The line and the variance are those of the pool, fitted again without people
    beyond 3 standard deviations until these stay the same. Positive: sees the own
    work higher.

    Parameters
    ----------
    reports
        Scored forms.
    own
        Forms about oneself.
    effects
        Severity and source level are taken off where they are known.
    """
    order = np.argsort(own.employee, kind="stable")
    own = SelfForms(own.employee[order], own.rater[order], own.points[order])
    others, n_others = _average_others(reports, own, effects)
    n = np.zeros(reports.n_raters, dtype=np.int64)
    n[own.rater] = n_others
    use = np.flatnonzero((n_others >= FEWEST) & np.isfinite(own.points))
    if len(use) < FEWEST_PEOPLE:
        return empty_habit(n)
    gap, load = own.points[use] - others[use], n_others[use].astype(np.float64)
    expected, sd = _fit_pool(gap, others[use], load)
    if not (sd > 0).all():
        return empty_habit(n)
    z = (gap - expected) / sd
    normal = 2 * ndtr(-np.abs(z))
    p = np.maximum(normal, 2 * _share_beyond(z))
    at = own.rater[use]
    q = np.maximum(adjust_p(normal), p)
    parts = (gap, gap - Z_95 * sd, gap + Z_95 * sd, expected, p, q)
    value, low, high, usual, p_value, q_value = (spread_out(len(n), at, part) for part in parts)
    return Habit(value, low, high, n, usual, p_value, q_value)


def _average_others(
    reports: Reports, own: SelfForms, effects: Effects
) -> tuple[FloatArray, IntArray]:
    """Mean of everybody else's adjusted forms about each person, and their number."""
    size = max(int(reports.employee.max(initial=-1)), int(own.employee.max(initial=-1))) + 1
    self_code = np.full(size, -1)
    self_code[own.employee] = own.rater
    shift = effects.raters.severity[reports.rater] + effects.mu
    shift = shift - effects.source_mean[reports.source]
    adjusted = reports.points + np.where(np.isfinite(shift), shift, 0.0)
    of_others: BoolArray = reports.rater != self_code[reports.employee]
    who = reports.employee[of_others]
    count = np.bincount(who, minlength=size)[own.employee]
    total = np.bincount(who, adjusted[of_others], size)[own.employee]
    return total / np.maximum(count, 1), count


def _share_beyond(z: FloatArray) -> FloatArray:
    """Share of the pool as far out on the low side: long tails are not all findings.

    The low side, because inflating the own form is the common habit and must not make
    itself look usual.
    """
    below = np.searchsorted(np.sort(z), -np.abs(z), side="right")
    return np.asarray(below / len(z))


def _fit_pool(gap: FloatArray, others: FloatArray, n: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Expected gap and its standard deviation, from the people who do not stand out."""
    line = np.column_stack([np.ones(len(gap)), others - others.mean()])
    kept = np.abs(gap - np.median(gap)) <= CUT * 1.4826 * np.median(np.abs(gap - np.median(gap)))
    expected, sd = gap, np.zeros(len(gap))
    for _ in range(ROUNDS):
        expected = line @ np.linalg.lstsq(line[kept], gap[kept])[0]
        variance = _fit_variance((gap - expected) ** 2, n, kept) / KEPT_VARIANCE
        sd = np.sqrt(variance)
        again = np.abs(gap - expected) <= CUT * sd
        if (again == kept).all():
            break
        kept = again
    return expected, sd


def _fit_variance(square: FloatArray, n: FloatArray, kept: BoolArray) -> FloatArray:
    """A + B / n with neither below zero."""
    whole = float(square[kept].mean())
    share = np.column_stack([np.ones(len(n)), 1 / n])
    if np.ptp(n[kept]) == 0:
        return np.full(len(n), whole)
    A, B = np.linalg.lstsq(share[kept], square[kept])[0]
    if A < 0:
        B, A = whole / float((1 / n[kept]).mean()), 0.0
    if B < 0:
        A, B = whole, 0.0
    return np.asarray(A + B / n)
