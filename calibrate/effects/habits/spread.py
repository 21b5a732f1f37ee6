"""Does a rater tell people apart as much as others do for the same people?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibrate.effects.habits.deal import classify
from calibrate.effects.habits.judge import Habit, empty_habit, judge
from calibrate.effects.habits.reports import Reports
from calibrate.effects.habits.rounds import judge_in_rounds
from calibrate.effects.result import N_SOURCES, BoolArray, Effects, FloatArray, IntArray

#: Forms below which nothing is said.
FEWEST = 5


@dataclass(frozen=True)
class Foretold:
    """What the others' forms lead one to expect of each form.

    Parameters
    ----------
    centre : (N,) points
        Source level and person, severity not taken off.
    variance : (N,) points squared
        Of the form about ``centre`` less the rater's severity.
    known : (N,)
        Is the form in the fit, and the person marked by somebody else?
    """

    centre: FloatArray
    variance: FloatArray
    known: BoolArray


def foretell(reports: Reports, effects: Effects) -> Foretold:
    r"""Predict each form from the other forms about the same person.

    .. math::

        m_n = \mu_s + u + \frac{\sum_{m \ne n} z_m / v_m}{P_n}, \quad
        P_n = \frac1{\sigma^2_\theta} + \sum_{m \ne n} \frac1{v_m}, \quad
        V_n = \frac1{P_n} + v_n

    with z = x + b - μ_s - u and v the residual variance of the form's source.

    Parameters
    ----------
    reports
        Scored forms.
    effects
        The fit; where there is none, nothing is known.
    """
    people, raters = effects.employees, effects.raters
    lines = {term: variance or 0.0 for term, variance, _ in effects.variance}
    v = np.where(
        np.isfinite(effects.source_residual), effects.source_residual, lines.get("residual", 0.0)
    )[reports.source]
    v = np.maximum(v + lines.get("employee_source", 0.0), 1e-9)
    team = people.unit_effect[reports.employee]
    level = effects.source_mean[reports.source] + team
    z = reports.points + raters.severity[reports.rater] - level
    in_fit = np.isfinite(z) & effects.fitted
    part = np.where(in_fit, 1.0 / v, 0.0)
    weight = _sum(reports, part)[reports.employee] - part
    total = _sum(reports, part * np.where(in_fit, z, 0.0))[reports.employee]
    total -= part * np.where(in_fit, z, 0.0)
    prior = lines.get("employee", 0.0)
    # Without variance between people everybody is at the level of the unit.
    precision = weight + (1.0 / prior if prior > 0 else np.inf)
    return Foretold(level + total / precision, 1.0 / precision + v, in_fit & (weight > 0))


def _sum(reports: Reports, value: FloatArray) -> FloatArray:
    return np.bincount(reports.employee, value).astype(np.float64)


def find_spread(reports: Reports, effects: Effects, rng: np.random.Generator) -> Habit:
    r"""Log of a rater's spread over the pool's, against the same forms marked by the pool.

    .. math:: v_j = \tfrac12 \log \frac{\sum_n (y_n - \bar y_j)^2}{(n_j - 1)\, \bar S}

    y is the form less its source's level. Each deal replaces the rater's surprises
    y - m + b by those of forms at the same level from the same source, so that the
    people stay as the others see them. Negative: a narrower part of the scale.

    Parameters
    ----------
    reports
        Scored forms; those in the fit about people whom somebody else marked count.
    effects
        The fit.
    rng
        Deals.
    """
    expected = foretell(reports, effects)
    n = np.bincount(reports.rater[expected.known], minlength=reports.n_raters)
    use = np.flatnonzero(expected.known & (n[reports.rater] >= FEWEST))
    if not len(use):
        return empty_habit(n)
    rater, source = reports.rater[use], reports.source[use]
    points = reports.points[use] - effects.source_mean[source]
    person = expected.centre[use] - effects.source_mean[source]
    width = np.sqrt(expected.variance[use])
    severity = effects.raters.severity[rater]
    surprise = (points - person + severity) / width
    classes = classify(source, expected.centre[use] - severity)
    surprise = _centre(surprise, source)

    observed = _mean_square(points, rater, n)
    pooled = float(np.nanmean(observed))
    if not pooled > 0:
        return empty_habit(n)

    def measure(dealt: IntArray) -> FloatArray:
        return _mean_square(person + width * surprise[dealt], rater, n)

    def judge_deals(dealt: FloatArray) -> Habit:
        return judge(_halve_log(observed, pooled), _halve_log(dealt, pooled), n, may_widen=True)

    return judge_in_rounds(classes, rater, reports.n_raters, len(use), measure, judge_deals, rng)


def _centre(surprise: FloatArray, source: IntArray) -> FloatArray:
    """Take the mean of each source out; a rater's own mean goes anyway."""
    count = np.bincount(source, minlength=N_SOURCES)
    mean = np.bincount(source, surprise, N_SOURCES) / np.maximum(count, 1)
    return np.asarray(surprise - mean[source])


def _mean_square(y: FloatArray, rater: IntArray, n: IntArray) -> FloatArray:
    """(J,) Sample variance within each rater; NaN where nobody is counted."""
    mean = np.bincount(rater, y, len(n)) / np.maximum(n, 1)
    total = np.bincount(rater, (y - mean[rater]) ** 2, len(n))
    counted = n >= FEWEST
    return np.asarray(np.where(counted, total / np.maximum(n - 1, 1), np.nan))


def _halve_log(square: FloatArray, pooled: float) -> FloatArray:
    # Marks that are all the same have no spread: a hundredth of the pool's stands for it.
    return np.asarray(0.5 * np.log(np.maximum(square / pooled, 1e-4)))
