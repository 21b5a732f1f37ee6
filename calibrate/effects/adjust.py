"""Fit → three scores, intervals and links of every employee; severity of every rater."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibrate.effects.connect import Components
from calibrate.effects.forms import Forms
from calibrate.effects.linked import Predictions
from calibrate.effects.precision import MODEL, Precision
from calibrate.effects.result import (
    HIGHEST,
    LINKED,
    LOWEST,
    SMALL_COMPANY,
    UNLINKED,
    UNRATED,
    WEAK,
    BoolArray,
    EmployeeEffects,
    FloatArray,
    IntArray,
    RaterEffects,
    Settings,
    TextArray,
)


@dataclass(frozen=True)
class Scores:
    """The three scores and their error, (I,) points each; NaN without a form."""

    raw: FloatArray
    adjusted: FloatArray
    calibrated: FloatArray
    precision: Precision
    person: FloatArray
    unit_effect: FloatArray
    n_clipped: int = 0


def keep_raw(forms: Forms, precision: Precision) -> Scores:
    """Scores where nothing is taken out: all three are the raw score.

    Parameters
    ----------
    forms
        All scored forms.
    precision
        Error of the raw score.

    Returns
    -------
    Scores
        No unit effect for anybody.
    """
    raw = forms.mean(forms.points)
    empty = np.full(len(raw), np.nan)
    return Scores(raw, raw, raw, precision, empty, empty)


def adjust_scores(forms: Forms, predictions: Predictions, kept: Scores) -> Scores:
    r"""Take severity and source level out of linked forms; leave the others raw.

    .. math::

        adjusted_i &= \sum w_n (x_n + \hat b_{j} - (\mu_{source} - \mu)) / \sum w_n \\
        calibrated_i &= \mu + \hat u_i + \hat\theta_i

    Parameters
    ----------
    forms
        All scored forms.
    predictions
        Fit of the linked ones.
    kept
        Raw scores, used where the fit says nothing.

    Returns
    -------
    Scores
        The calibrated score is kept within 0 to 100.
    """
    level = predictions.source_mean[forms.source] - predictions.mu
    adjusted = forms.mean(forms.points + predictions.severity[forms.rater] - level)
    estimate = predictions.mu + predictions.unit + predictions.person
    calibrated = np.clip(estimate, LOWEST, HIGHEST)
    in_fit = np.isfinite(estimate)
    return Scores(
        raw=kept.raw,
        adjusted=np.where(in_fit, adjusted, kept.adjusted),
        calibrated=np.where(in_fit, calibrated, kept.calibrated),
        precision=kept.precision.replace(
            in_fit, predictions.se, _count_free(forms, predictions, in_fit), MODEL
        ),
        person=predictions.person,
        unit_effect=predictions.unit,
        n_clipped=int((calibrated[in_fit] != estimate[in_fit]).sum()),
    )


def _count_free(forms: Forms, predictions: Predictions, in_fit: BoolArray) -> float:
    """Degrees of freedom of the model's errors; infinite in a company that is not small."""
    if np.count_nonzero(np.bincount(forms.employee)) >= SMALL_COMPANY:
        return float("inf")
    n_units = len(np.unique(predictions.unit[in_fit]))
    return float(max(1, int(in_fit.sum()) - n_units))


def describe_employees(
    forms: Forms, components: Components, scores: Scores, link: TextArray, settings: Settings
) -> EmployeeEffects:
    """Gather what is known of each employee, with the interval kept inside the scale."""
    half = scores.precision.half_width(settings.interval)
    return EmployeeEffects(
        n_forms=np.bincount(forms.employee, minlength=forms.n_employees),
        n_raters=np.bincount(forms.pairs()[0], minlength=forms.n_employees),
        component=components.of_employee,
        raw=scores.raw,
        adjusted=scores.adjusted,
        calibrated=scores.calibrated,
        pull=scores.calibrated - scores.adjusted,
        se=scores.precision.se,
        low=np.clip(scores.calibrated - half, LOWEST, HIGHEST),
        high=np.clip(scores.calibrated + half, LOWEST, HIGHEST),
        link=link,
        person=scores.person,
        df=scores.precision.df,
        interval_from=scores.precision.origin,
        unit_effect=scores.unit_effect,
    )


def describe_raters(
    forms: Forms, components: Components, predictions: Predictions | None, strength: FloatArray
) -> RaterEffects:
    """Gather what is known of each rater; severity stays empty outside the fit."""
    empty = np.full(forms.n_raters, np.nan)
    return RaterEffects(
        component=components.of_rater,
        n_forms=np.bincount(forms.rater, minlength=forms.n_raters),
        n_employees=np.bincount(forms.pairs()[1], minlength=forms.n_raters),
        severity=predictions.severity if predictions else empty,
        se=predictions.severity_se if predictions else empty,
        link_strength=strength,
    )


def judge_links(
    forms: Forms, in_fit: BoolArray, predictions: Predictions | None, min_link: float
) -> TextArray:
    """Say how far each person's score can be trusted to be comparable.

    Unrated before unlinked before weak: one form, or raters whose mean link
    strength is below ``min_link``. Where raters do not differ there is nothing
    to correct, and link strength makes nobody weak.

    Parameters
    ----------
    forms
        All scored forms.
    in_fit : (I,)
        Is the person in the fit?
    predictions
        The fit, if there is one.
    min_link
        0 to 1.

    Returns
    -------
    (I,) text
        ``linked``, ``weak``, ``unlinked`` or ``unrated``.
    """
    n_forms = np.bincount(forms.employee, minlength=forms.n_employees)
    link = np.full(forms.n_employees, LINKED, dtype=object)
    if predictions is not None:
        is_weak = n_forms == 1
        if predictions.raters_differ:
            is_weak |= _mean_strength(forms, predictions.link_strength) < min_link
        link[is_weak] = WEAK
    link[~in_fit] = UNLINKED
    link[n_forms == 0] = UNRATED
    return link


def _mean_strength(forms: Forms, strength: FloatArray) -> FloatArray:
    """(I,) mean over the distinct raters of a person; each counts once."""
    employee, rater = forms.pairs()
    n: IntArray = np.bincount(employee, minlength=forms.n_employees)
    total = np.bincount(employee, strength[rater], forms.n_employees)
    mean: FloatArray = total / np.maximum(n, 1)
    return mean
