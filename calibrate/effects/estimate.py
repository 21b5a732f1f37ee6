"""The entry: scored forms in, effects with their uncertainty and their refusals out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

from calibrate.effects import notes
from calibrate.effects.adjust import (
    adjust_scores,
    describe_employees,
    describe_raters,
    judge_links,
    keep_raw,
)
from calibrate.effects.connect import Components, find_components
from calibrate.effects.forms import Forms, sort_forms
from calibrate.effects.linked import Predictions, fit_linked
from calibrate.effects.ordinal import predict_ordinal
from calibrate.effects.pooled import ROUGH, describe_unfitted, pool_within
from calibrate.effects.precision import ASSUMED, claim_nothing, pool_precision
from calibrate.effects.result import (
    N_SOURCES,
    BoolArray,
    Effects,
    FloatArray,
    IntArray,
    Settings,
    VarianceLine,
)
from calibrate.errors import FitError
from calibrate.language import _


def estimate_effects(
    employee: IntArray,
    rater: IntArray,
    source: IntArray,
    points: FloatArray,
    weight: FloatArray,
    unit: IntArray | None,
    n_employees: int,
    n_raters: int,
    settings: Settings,
) -> Effects:
    r"""Separate the rater from the rated, and say where that cannot be done.

    .. math:: x_n = \mu_{source(n)} + u_{unit(i)} + \theta_{i(n)} - b_{j(n)} + e_n

    by REML; û, θ̂ and b̂ are BLUPs. Components of fewer than 3 raters or a single
    employee stay out of the fit and raw. If the fit does not converge or its
    information matrix is not positive definite, everybody does.

    Parameters
    ----------
    employee, rater, source : (N,) codes
        Of the scored forms only; employee below ``n_employees``, rater below
        ``n_raters``, source as in the cycle's order of sources.
    points : (N,) points, 0 to 100
        Score of each form.
    weight : (N,) positive
        How many peer forms it counts for; never enters the fit.
    unit : (I,) codes or None
        Unit of each employee; a negative code is a unit of one's own.
    n_employees, n_raters
        I and J, people without a scored form included.
    settings
        Level of the intervals, threshold of a weak link, model.

    Returns
    -------
    Effects
        Scores, severities (positive is harsher), variances, notes.

    Raises
    ------
    ValueError
        If the arrays are malformed: a bug of the caller.

    References
    ----------
    Patterson & Thompson (1971), Biometrika 58; Henderson (1975), Biometrics 31.

    Examples
    --------
    Rater 0 marks everybody about 20 below rater 1 and 10 below rater 2.

    >>> employee, rater = np.repeat(np.arange(4), 3), np.tile(np.arange(3), 4)
    >>> noise = np.array([1, -1, 0, 0, 1, -1, -2, 0, 2, 0, 0, 0.0])
    >>> points = np.array([30.0, 40, 50, 60])[employee] + np.array([0.0, 20, 10])[rater] + noise
    >>> effects = estimate_effects(employee, rater, 0 * rater, points, np.ones(12), None, 4, 3,
    ...                            Settings())
    >>> effects.raters.severity.round(1)
    array([ 10.2, -10. ,  -0.2])
    >>> effects.employees.link.tolist()
    ['linked', 'linked', 'linked', 'linked']
    """
    forms = sort_forms(employee, rater, source, points, weight, n_employees, n_raters)
    if unit is not None and len(unit) != n_employees:
        raise ValueError(f"unit has {len(unit)} codes for {n_employees} employees")
    components = find_components(forms.employee, forms.rater, n_employees, n_raters)
    if settings.model == "none" or not len(forms):
        return _leave_raw(forms, components, settings)
    # One thread, so that sums have one order and the bytes do not depend on the machine.
    with threadpool_limits(limits=1):
        return _estimate(forms, components, unit, settings)


def _estimate(
    forms: Forms, components: Components, unit: IntArray | None, settings: Settings
) -> Effects:
    in_fit = components.linked[components.of_employee] & (components.of_employee >= 0)
    chosen = predict_ordinal if settings.model == "ordinal" else fit_linked
    fit = partial(chosen, seed=settings.seed)
    predictions, said = _try_fit(fit, forms, components, unit, in_fit)
    if predictions is None:
        in_fit = np.zeros_like(in_fit)
    unlinked = forms.take(~in_fit[forms.employee])
    within = pool_within(unlinked)
    if 0 < within.n_comparisons < ROUGH:
        said = (*said, notes.describe_pool(within.n_comparisons))

    precision = pool_precision(unlinked, within, settings.assumed)
    if settings.assumed is not None and (precision.origin == ASSUMED).any():
        said = (*said, notes.describe_assumed(settings.assumed))
    scores = keep_raw(forms, precision)
    variance: tuple[VarianceLine, ...]
    if predictions is None:
        variance, more = describe_unfitted(forms)
        strength = np.zeros(forms.n_raters)
    else:
        scores = adjust_scores(forms, predictions, scores)
        variance, more = predictions.variance, ()
        strength = predictions.link_strength
        if scores.n_clipped:
            more = (notes.describe_clipped(scores.n_clipped),)
    link = judge_links(forms, in_fit, predictions, settings.min_link)
    return Effects(
        employees=describe_employees(forms, components, scores, link, settings),
        raters=describe_raters(forms, components, predictions, strength),
        variance=variance,
        source_mean=predictions.source_mean if predictions else np.full(N_SOURCES, np.nan),
        source_residual=predictions.source_residual if predictions else np.full(N_SOURCES, np.nan),
        mu=predictions.mu if predictions else _mean(forms),
        notes=(*said, *more),
        fitted=predictions is not None,
        variance_errors=predictions.variance_errors if predictions else {},
    )


def _try_fit(
    fit: Callable[[Forms, BoolArray, IntArray | None, Components], Predictions],
    forms: Forms, components: Components, unit: IntArray | None, in_fit: BoolArray,
) -> tuple[Predictions | None, tuple[str, ...]]:  # fmt: skip
    """The fit of the linked forms, or the sentence that says why there is none."""
    n_parts, n_linked = len(components.linked), int(components.linked.sum())
    said = (notes.describe_network(n_parts, n_linked),) if n_parts > 1 else ()
    if not n_linked:
        return None, (*said, _(notes.NOT_LINKED))
    try:
        predictions = fit(forms, in_fit[forms.employee], unit, components)
    except FitError as refusal:
        return None, (*said, notes.describe_refusal(str(refusal)))
    n_left = int(components.n_employees[~components.linked].sum())
    if n_left:
        said = (*said, notes.describe_unlinked(n_left))
    return predictions, (*said, *predictions.notes)


def _leave_raw(forms: Forms, components: Components, settings: Settings) -> Effects:
    nobody = np.zeros(forms.n_employees, dtype=bool)
    is_none = settings.model == "none"
    scores = keep_raw(forms, claim_nothing(forms.n_employees))
    link = judge_links(forms, nobody, None, settings.min_link)
    strength = np.full(forms.n_raters, np.nan if is_none else 0.0)
    return Effects(
        employees=describe_employees(forms, components, scores, link, settings),
        raters=describe_raters(forms, components, None, strength),
        variance=(),
        source_mean=np.full(N_SOURCES, np.nan),
        source_residual=np.full(N_SOURCES, np.nan),
        mu=_mean(forms),
        notes=(_(notes.MODEL_NONE if is_none else notes.NO_FORM),),
        fitted=False,
    )


def _mean(forms: Forms) -> float:
    return float(np.average(forms.points, weights=forms.weight)) if len(forms) else float("nan")
