"""The fit of the linked forms, brought back to the codes of employees and raters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from calibrate.config import SOURCES
from calibrate.effects import notes
from calibrate.effects.connect import Components
from calibrate.effects.fit import Fit, fit_variances
from calibrate.effects.forms import Forms, number_codes
from calibrate.effects.prediction_errors import predict_person_errors, predict_rater_errors
from calibrate.effects.result import N_SOURCES, BoolArray, Codes, FloatArray, IntArray, VarianceLine
from calibrate.effects.strength import Noise, measure_link_strength
from calibrate.errors import FitError
from calibrate.language import _

#: Two units have one difference between them: no variance can be told from one number.
MIN_UNITS = 3
#: A source with fewer forms has the noise of the largest: its own would be a guess.
FEWEST_FOR_NOISE = 30
#: So many people must have several forms from one source before it can be told from the rest.
FEWEST_CELLS = 10


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
    variance_errors : term → (points squared, share)
        Standard error of each variance, and how much of it the probes add.
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
    variance_errors: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def fit_linked(
    forms: Forms, keep: BoolArray, unit: IntArray | None, components: Components, seed: int = 0
) -> Predictions:
    """Fit the model to linked forms and predict everybody in it.

    Parameters
    ----------
    forms
        All of them.
    keep : (N,)
        Those of linked components; at least one.
    unit : (I,) or None
        Unit codes; -1 is a unit of one's own. ``None``: no unit in the model.
    components
        Network of all forms.
    seed
        Of the probes, where the network is too large to be solved exactly.

    Returns
    -------
    Predictions
        Effects in the codes of ``forms``.

    Raises
    ------
    FitError
        If the fit must be refused.
    """
    linked = forms.take(keep)
    people, employee = number_codes(linked.employee)
    raters, rater = number_codes(linked.rater)
    sources, of_form = number_codes(linked.source)
    source, points = of_form.astype(np.int8), linked.points
    weight = np.bincount(source, linked.weight)
    of_person, said = choose_units(unit, people)
    # Half the width is half the memory, and a company of a million has five million forms.
    factors = {"employee": employee.astype(np.int32), "rater": rater.astype(np.int32)}
    terms: tuple[str, ...] = ("employee", "rater")
    if of_person is not None:
        factors["unit"] = of_person[employee].astype(np.int32)
        terms = ("employee", "unit", "rater")
    del linked, employee, rater, of_form
    fit, noise, more = _fit_noises(points, source, factors, terms, seed)
    residual = _scatter(N_SOURCES, sources, fit.residual[noise])
    source_mean = _scatter(N_SOURCES, sources, fit.source_means)
    unit_effect = np.zeros(len(people))
    if of_person is not None:
        unit_effect = fit.effect("unit", int(of_person.max()) + 1)[of_person]
    predictions = Predictions(
        person=_scatter(forms.n_employees, people, fit.effect("employee", len(people))),
        unit=_scatter(forms.n_employees, people, unit_effect),
        se=_scatter(forms.n_employees, people, _person_error(fit, len(people))),
        severity=_scatter(forms.n_raters, raters, 0.0 - fit.effect("rater", len(raters))),
        severity_se=_scatter(forms.n_raters, raters, _rater_error(fit, len(raters))),
        link_strength=np.zeros(forms.n_raters),
        source_mean=source_mean,
        source_residual=residual,
        mu=float(np.average(fit.source_means, weights=weight)),
        variance=_describe_variances(fit, residual, noise),
        variance_errors=describe_errors(fit, sources, noise),
        raters_differ=fit.variance["rater"] > 0,
        notes=(*said, *more,
               *(_(notes.ON_BOUNDARY[k]) for k, v in fit.variance.items() if v == 0)),
    )  # fmt: skip
    mean, variance = fit.mean_residual, fit.variance
    # The equations of a large company and those of its links need not be held at once.
    del fit, factors, source, points
    strength = measure_link_strength(
        forms.employee, forms.rater, forms.source, components, variance["rater"] / mean,
        Noise(residual / mean, variance.get("employee_source", 0.0) / mean), seed,
    )  # fmt: skip
    return replace(predictions, link_strength=strength)


def describe_errors(fit: Fit, sources: IntArray, noise: IntArray) -> dict[str, tuple[float, float]]:
    """Standard error of each variance, points squared, and the Monte-Carlo part of it, 0 to 1."""
    sd = np.sqrt(np.diagonal(np.linalg.inv(fit.information)))
    terms = fit.layout.terms
    errors = {k: (float(fit.variance[k] * sd[at]), fit.monte_carlo) for at, k in enumerate(terms)}
    used = np.unique(fit.merged_into, return_inverse=True)[1]
    of_noise = fit.residual * sd[len(terms) + used]
    if len(fit.residual) == 1:
        return errors | {"residual": (float(of_noise[0]), fit.monte_carlo)}
    return errors | {
        f"residual:{SOURCES[s]}": (float(of_noise[c]), fit.monte_carlo)
        for s, c in zip(sources.tolist(), noise.tolist(), strict=True)
    }


def _fit_noises(
    points: FloatArray,
    source: Codes,
    factors: dict[str, NDArray[np.int32]],
    terms: tuple[str, ...],
    seed: int,
) -> tuple[Fit, IntArray, tuple[str, ...]]:
    """Fit with a noise of each source, and with what one source sees in a person where forms tell.

    Where the forms cannot carry that, with one noise for all.

    Returns
    -------
    tuple
        The fit, the code of noise of each source, and sentences.
    """
    n_forms = np.bincount(source)
    own = np.where(n_forms >= FEWEST_FOR_NOISE, np.arange(len(n_forms)), int(n_forms.argmax()))
    noise = np.unique(own, return_inverse=True)[1]
    factors = factors | {"employee_source": _number_cells(factors["employee"], source)}
    n_in_cell = np.bincount(factors["employee_source"])
    is_told = len(n_forms) > 1 and int((n_in_cell > 1).sum()) >= FEWEST_CELLS
    one = np.zeros_like(noise)
    attempts = []
    if is_told and len(n_in_cell) > int(factors["employee"].max()) + 1:
        attempts.append(((terms[0], *terms[1:-1], "employee_source", terms[-1]), noise))
    if noise.max() > 0:
        attempts.append((terms, noise))
    attempts.append((terms, one))
    for at, (some, of_source) in enumerate(attempts):
        try:
            fit = fit_variances(
                points, source, factors, some, of_source.astype(np.int8)[source], seed=seed
            )
        except FitError:
            if at + 1 == len(attempts):
                raise
            continue
        return fit, of_source, (_(notes.SIMPLER),) if at else ()
    raise AssertionError("the last attempt returns or raises")


def _number_cells(employee: NDArray[np.int32], source: Codes) -> NDArray[np.int32]:
    cell = employee.astype(np.int64) * (int(source.max()) + 1) + source
    return number_codes(cell)[1].astype(np.int32)


def _describe_variances(
    fit: Fit, residual: FloatArray, noise: IntArray
) -> tuple[VarianceLine, ...]:
    lines = list_variances(dict(fit.variance) | {"residual": fit.mean_residual})
    if noise.max() == 0:
        return lines
    of_sources = tuple(
        (f"residual:{SOURCES[s]}", float(value), None)
        for s, value in enumerate(residual)
        if np.isfinite(value)
    )
    return (*lines, *of_sources)


def choose_units(unit: IntArray | None, people: Codes) -> tuple[IntArray | None, tuple[str, ...]]:
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
        return None, (_(notes.NO_UNIT),)
    own = np.asarray(unit, dtype=np.int64)[people]
    own = np.where(own < 0, -1 - people, own)
    codes = np.unique(own, return_inverse=True)[1]
    n_units = int(codes.max()) + 1
    if n_units == len(people):
        return None, (_(notes.UNIT_IS_PERSON),)
    if n_units < MIN_UNITS:
        return None, (notes.describe_few_units(n_units),)
    return codes, (_(notes.UNIT_ASSUMPTION),)


def list_variances(variance: Mapping[str, float]) -> tuple[VarianceLine, ...]:
    """Lines of the variance table, each with its share of the sum.

    Examples
    --------
    >>> list_variances({"employee": 30.0, "residual": 10.0})
    (('employee', 30.0, 0.75), ('residual', 10.0, 0.25))
    """
    total = sum(variance.values())
    return tuple((k, v, v / total if total > 0 else None) for k, v in variance.items())


def _person_error(fit: Fit, n: int) -> FloatArray:
    if "employee" not in fit.layout.terms:
        return np.full(n, np.nan)
    error: FloatArray = np.sqrt(predict_person_errors(fit))
    return error


def _rater_error(fit: Fit, n: int) -> FloatArray:
    if "rater" not in fit.layout.terms:
        return np.full(n, np.nan)
    error: FloatArray = np.sqrt(predict_rater_errors(fit))
    return error


def _scatter(size: int, where: IntArray, value: FloatArray) -> FloatArray:
    full = np.full(size, np.nan)
    full[where] = value
    return full
