"""The ordinal fit of the linked forms, brought back to points, employees and raters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from calibrate.effects import notes
from calibrate.effects.connect import Components
from calibrate.effects.forms import Forms
from calibrate.effects.linked import Predictions, choose_units, list_variances
from calibrate.effects.ordinal.categories import Categories, categorise_points
from calibrate.effects.ordinal.correct import correct_fit
from calibrate.effects.ordinal.fit import MOST_EXACT, OrdinalFit, fit_ordinal
from calibrate.effects.ordinal.laplace import Responses
from calibrate.effects.ordinal.notes import ORDINAL, SAMPLED, describe_merged
from calibrate.effects.ordinal.points import PointScale, tabulate_curve
from calibrate.effects.result import N_SOURCES, BoolArray, Codes, FloatArray, IntArray
from calibrate.effects.strength import measure_link_strength
from calibrate.language import _


@dataclass(frozen=True)
class _Linked:
    """Linked forms in dense codes, and what the codes stand for."""

    people: Codes
    raters: Codes
    sources: Codes
    factors: dict[str, IntArray]
    source: IntArray
    unit_of: IntArray | None


def predict_ordinal(
    forms: Forms, keep: BoolArray, unit: IntArray | None, components: Components, seed: int = 0,
    most_exact: int = MOST_EXACT,
) -> Predictions:  # fmt: skip
    r"""Fit the cumulative logit to linked forms and predict everybody in points.

    .. math::

        P(c_n \le c) = F(\kappa_c - \eta_n), \quad
        \eta_n = \beta_{source(n)} + u_{unit(i)} + \theta_{i(n)} - b_{j(n)}

    A calibrated score is the expected points of a person over the company's raters and
    sources, averaged over the posterior. A severity is the expected points of the average
    rater less those of the rater, over the company's people.

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
        Of what is drawn.
    most_exact
        Largest number of equations that are inverted.

    Returns
    -------
    Predictions
        In points.

    Raises
    ------
    FitError
        If the fit must be refused.
    """
    forms = forms.take(keep)
    linked, said = _link(forms, unit)
    categories = categorise_points(forms.points)
    X = np.eye(len(linked.sources))[linked.source][:, 1:]
    responses = Responses(categories.category, X)
    found = fit_ordinal(responses, linked.factors, most_exact, seed)
    fit = correct_fit(responses, linked.factors, found)
    scale = _scale(fit, categories, linked, forms.weight)
    of_person, of_effect = fit.variances(_contrast_people(fit, linked))
    person, of_unit, se = _predict_people(fit, scale, linked, np.sqrt(of_person))
    severity, severity_se = _predict_raters(fit, scale, linked, np.sqrt(of_effect))
    all_sd = _total(fit, *linked.factors)
    source_mean = scale.source_means(all_sd)
    sd = fit.parameters.sd
    variance = scale.decompose(sd)
    if len(categories.value) < categories.n_scores:
        said = (*said, describe_merged(categories.n_scores, len(categories.value)))
    if not fit.is_exact:
        said = (*said, _(SAMPLED))
    return Predictions(
        person=_scatter(forms.n_employees, linked.people, person),
        unit=_scatter(forms.n_employees, linked.people, of_unit),
        se=_scatter(forms.n_employees, linked.people, se),
        severity=_scatter(forms.n_raters, linked.raters, severity),
        severity_se=_scatter(forms.n_raters, linked.raters, severity_se),
        link_strength=measure_link_strength(
            forms.employee,
            forms.rater,
            forms.source,
            components,
            variance["rater"] / variance["residual"],
            seed=seed,
        ),
        source_mean=_scatter(N_SOURCES, linked.sources, source_mean),
        source_residual=_scatter(N_SOURCES, linked.sources, scale.source_residuals(all_sd)),
        mu=float(scale.share @ source_mean),
        variance=list_variances(variance),
        raters_differ=sd["rater"] > 0,
        notes=(_(ORDINAL), *said, *(_(notes.ON_BOUNDARY[k]) for k in linked.factors if sd[k] == 0)),
    )


def _link(forms: Forms, unit: IntArray | None) -> tuple[_Linked, tuple[str, ...]]:
    people, employee = np.unique(forms.employee, return_inverse=True)
    raters, rater = np.unique(forms.rater, return_inverse=True)
    sources, source = np.unique(forms.source, return_inverse=True)
    unit_of, said = choose_units(unit, people)
    factors = {"employee": employee}
    if unit_of is not None:
        factors["unit"] = unit_of[employee]
    factors["rater"] = rater
    return _Linked(people, raters, sources, factors, source, unit_of), said


def _scale(
    fit: OrdinalFit, categories: Categories, linked: _Linked, weight: FloatArray
) -> PointScale:
    share = np.bincount(linked.source, weight) / weight.sum()
    level = np.concatenate([[0.0], fit.parameters.slopes])
    return PointScale(fit.parameters.thresholds, categories.value, level, share)


def _predict_people(
    fit: OrdinalFit, scale: PointScale, linked: _Linked, sd: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """What a person and the unit add to the overall level, and the error; (I_linked,) points.

    The parts add up to the expected points because the unit's is what it
    changes with the person's own effect in place.
    """
    n_people = len(linked.people)
    theta, u = fit.mean("employee", n_people), np.zeros(n_people)
    if linked.unit_of is not None:
        u = fit.mean("unit", int(linked.unit_of.max()) + 1)[linked.unit_of]
    curve = tabulate_curve(scale, _total(fit, "rater"), np.append(theta + u, theta), sd)
    whole, error = curve.moments(theta + u, sd)
    alone, __ = curve.moments(theta, sd)
    if fit.parameters.sd["employee"] == 0:
        error = np.full(n_people, np.nan)
    mu = float(scale.share @ scale.source_means(_total(fit, *linked.factors)))
    return alone - mu, whole - alone, error


def _contrast_people(fit: OrdinalFit, linked: _Linked) -> sparse.csr_array:
    """(I_linked, q) person and unit of each."""
    n_people, slices = len(linked.people), fit.layout.slices
    columns = []
    if "employee" in slices:
        columns.append(slices["employee"].start + np.arange(n_people))
    if "unit" in slices and linked.unit_of is not None:
        columns.append(slices["unit"].start + linked.unit_of)
    shape = (n_people, fit.layout.size)
    column = np.concatenate([*columns, np.empty(0, np.int64)])
    row = np.tile(np.arange(n_people), len(columns))
    return sparse.csr_array((np.ones(len(column)), (row, column)), shape=shape)


def _predict_raters(
    fit: OrdinalFit, scale: PointScale, linked: _Linked, effect_sd: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Severity and its error, (J_linked,) points; positive is harsher."""
    n_raters = len(linked.raters)
    if fit.parameters.sd["rater"] == 0:
        return np.zeros(n_raters), np.full(n_raters, np.nan)
    leniency = fit.mean("rater", n_raters)
    sd = effect_sd[fit.layout.slices["rater"]]
    people = _total(fit, *(k for k in linked.factors if k != "rater"))
    expected, error = tabulate_curve(scale, people, leniency, sd).moments(leniency, sd)
    mu = float(scale.share @ scale.source_means(_total(fit, *linked.factors)))
    return mu - expected, error


def _total(fit: OrdinalFit, *terms: str) -> float:
    """Standard deviation of the sum of terms, logits."""
    return float(np.sqrt(sum(fit.parameters.sd[k] ** 2 for k in terms)))


def _scatter(size: int, where: IntArray, value: FloatArray) -> FloatArray:
    full = np.full(size, np.nan)
    full[where] = value
    return full
