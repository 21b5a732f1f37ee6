"""The fit of the linked forms, brought back to the codes of employees and raters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from calibrate.effects import notes
from calibrate.effects.connect import Components
from calibrate.effects.design import build_design
from calibrate.effects.fit import Fit, fit_variances
predict_errors = None
from calibrate.effects.forms import Forms
from calibrate.effects.result import N_SOURCES, FloatArray, IntArray, VarianceLine
from calibrate.effects.strength import measure_link_strength

#: Two units have one difference between them: no variance can be told from one number.
MIN_UNITS = 3


@dataclass(frozen=True)
class Predictions:
    """What the model says of the linked people and raters; NaN for all others.

    Parameters
    ----------
    person, unit : (I,) points
        θ̂ and û.
    se : (I,) points
        Prediction error of û + θ̂; NaN where the employee variance is 0.
    severity, severity_se : (J,) points
        b̂, positive is harsher, and its prediction error.
    link_strength : (J,)
        0 to 1; 0 outside the fit.
    source_mean : (sources,) points
        μ of each source in the fit.
    source_residual : (sources,) points squared
        Noise of one form.
    mu
        Their mean by weight of form.
    variance
        Lines of the variance table.
    raters_differ
        Is the rater variance above 0?
    notes
        Sentences.
    """

    person: FloatArray
    unit: FloatArray
    se: FloatArray
    severity: FloatArray
    severity_se: FloatArray
    link_strength: FloatArray
    source_mean: FloatArray
    source_residual: FloatArray
    mu: float
    variance: tuple[VarianceLine, ...]
    raters_differ: bool
    notes: tuple[str, ...]


def fit_linked(forms: Forms, unit: IntArray | None, components: Components) -> Predictions:
    """Fit the model to linked forms and predict everybody in it.

    Parameters
    ----------
    forms
        Forms of linked components alone; at least one.
    unit : (I,) or None
        Unit codes; -1 is a unit of one's own. ``None``: no unit in the model.
    components
        Network of all forms.

    Returns
    -------
    Predictions
        Effects in the codes of ``forms``.

    Raises
    ------
    FitError
        If the fit must be refused.
    """
    people, employee = np.unique(forms.employee, return_inverse=True)
    raters, rater = np.unique(forms.rater, return_inverse=True)
    sources, source = np.unique(forms.source, return_inverse=True)
    of_person, said = choose_units(unit, people)
    factors = {"employee": employee, "rater": rater}
    terms: tuple[str, ...] = ("employee", "rater")
    if of_person is not None:
        factors["unit"] = of_person[employee]
        terms = ("employee", "unit", "rater")
    fit = fit_variances(build_design(forms.points, source, factors), terms)

    source_mean = _scatter(N_SOURCES, sources, fit.source_means)
    unit_effect = np.zeros(len(people)) if of_person is None else fit.effect("unit")[of_person]
    gamma = fit.variance["rater"] / fit.variance["residual"]
    return Predictions(
        person=_scatter(forms.n_employees, people, fit.effect("employee")),
        unit=_scatter(forms.n_employees, people, unit_effect),
        se=_scatter(forms.n_employees, people, _standard_error(fit, "employee", of_person)),
        severity=_scatter(forms.n_raters, raters, 0.0 - fit.effect("rater")),
        severity_se=_scatter(forms.n_raters, raters, _standard_error(fit, "rater")),
        link_strength=measure_link_strength(
            forms.employee, forms.rater, forms.source, components, gamma
        ),
        source_mean=source_mean,
        source_residual=np.where(np.isfinite(source_mean), fit.variance["residual"], np.nan),
        mu=float(np.average(source_mean[forms.source], weights=forms.weight)),
        variance=list_variances(fit.variance),
        raters_differ=fit.variance["rater"] > 0,
        notes=(*said, *(notes.ON_BOUNDARY[k] for k in terms if fit.variance[k] == 0)),
    )


def choose_units(
    unit: IntArray | None, people: IntArray
) -> tuple[IntArray | None, tuple[str, ...]]:
    """Give dense unit codes of the linked people, or say why the model does without.

    Parameters
    ----------
    unit : (I,) or None
        Unit codes of all employees; a negative code is a unit of one's own.
    people : (I_linked,)
        Codes of the linked people.

    Returns
    -------
    tuple
        Dense codes (I_linked,) or ``None``, and the sentences for the report.

    Examples
    --------
    >>> codes, said = choose_units(np.array([7, 7, 9, -1]), np.arange(4))
    >>> codes
    array([1, 1, 2, 0])
    >>> choose_units(np.array([1, 2, 3]), np.arange(3))[0] is None
    True
    """
    if unit is None:
        return None, (notes.NO_UNIT,)
    own = np.asarray(unit, dtype=np.int64)[people]
    own = np.where(own < 0, -1 - people, own)
    codes = np.unique(own, return_inverse=True)[1]
    n_units = int(codes.max()) + 1
    if n_units == len(people):
        return None, (notes.UNIT_IS_PERSON,)
    if n_units < MIN_UNITS:
        return None, (notes.describe_few_units(n_units),)
    return codes, (notes.UNIT_ASSUMPTION,)


def list_variances(variance: Mapping[str, float]) -> tuple[VarianceLine, ...]:
    """Lines of the variance table, each with its share of the sum.

    Examples
    --------
    >>> list_variances({"employee": 30.0, "residual": 10.0})
    (('employee', 30.0, 0.75), ('residual', 10.0, 0.25))
    """
    total = sum(variance.values())
    return tuple((k, v, v / total if total > 0 else None) for k, v in variance.items())


def _standard_error(fit: Fit, term: str, unit: IntArray | None = None) -> FloatArray:
    if fit.variance[term] == 0:
        return np.full(len(fit.system.design.counts[term]), np.nan)
    error: FloatArray = np.sqrt(predict_errors(fit, term, unit))
    return error


def _scatter(size: int, where: IntArray, value: FloatArray) -> FloatArray:
    full = np.full(size, np.nan)
    full[where] = value
    return full
