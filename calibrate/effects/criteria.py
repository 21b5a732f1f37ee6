"""Scores by criterion: what each criterion adds to the whole, from one set of equations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from calibrate.effects.equations import build_equations
from calibrate.effects.fit import fit_variances
from calibrate.effects.forms import Forms, number_codes, sort_forms
from calibrate.effects.layout import build_layout
from calibrate.effects.likelihood import Evaluation, evaluate, solve_points
from calibrate.effects.pooled import pool_within, pooled_errors
from calibrate.effects.prediction_errors import predict_person_errors
from calibrate.effects.result import (
    HIGHEST,
    LOWEST,
    UNLINKED,
    UNRATED,
    Codes,
    Effects,
    FloatArray,
    IntArray,
)
from calibrate.effects.search import MOST_EXACT, N_PROBES
from calibrate.effects.solvers import FINAL, ExactSolver, IterativeSolver, Solver
from calibrate.errors import FitError

#: People whose profiles tell the variances: their error is then a few per cent.
MOST_FOR_VARIANCES = 2_000
#: Of a standard error: so far the search for them goes.
SETTLED = 0.1


@dataclass(frozen=True)
class CriterionScores:
    """Scores of each employee and criterion; all arrays are (I, K), NaN is empty.

    Parameters
    ----------
    n_forms
        Scored forms that answered the criterion.
    raw, calibrated
        Points, 0 to 100.
    se
        Prediction error of the calibrated score, points.
    """

    n_forms: IntArray
    raw: FloatArray
    calibrated: FloatArray
    se: FloatArray


@dataclass(frozen=True)
class _Profile:
    """Variances of what a criterion adds: by person, by rater, of one form; points squared."""

    employee: float
    rater: float
    residual: float


def estimate_criteria(
    employee: IntArray,
    rater: IntArray,
    source: IntArray,
    by_criterion: FloatArray,
    points: FloatArray,
    weight: FloatArray,
    whole: Effects,
    seed: int = 0,
) -> CriterionScores:
    r"""Score the criteria by the fit of the whole and a second one of profiles.

    .. math:: x_{nk} - x_n = m_{k,source(n)} + \phi_{i(n)k} - \beta_{j(n)k} + \varepsilon_{nk}

    with x_n the score of the form. The criteria share the variances of φ, β and ε, and
    calibrated_k = μ + û + θ̂ + m_k + φ̂_k. Where every form answers every criterion these
    average, by the rubric's weights, to the calibrated score; with equal weights this is
    the rotation of the criteria into their mean and its contrasts.

    Parameters
    ----------
    employee, rater, source : (N,) codes
        Of the scored forms.
    by_criterion : (N, K) points
        Score of each criterion, NaN where it was not answered.
    points : (N,) points
        Score of the form.
    weight : (N,) positive
        How many peer forms it counts for.
    whole
        Effects of the same forms.
    seed
        Of the probes, where the network is too large to be solved exactly.

    Returns
    -------
    CriterionScores
        People outside the fit keep the raw score of each criterion.
    """
    n_employees, n_raters = len(whole.employees.raw), len(whole.raters.severity)
    order = np.lexsort((source, rater, employee))
    forms = sort_forms(
        employee[order], rater[order], source[order], points[order], weight[order],
        n_employees, n_raters,
    )  # fmt: skip
    marks = by_criterion[order]
    scores = _keep_raw(forms, marks, whole)
    if marks.shape[1] == 1:
        people = whole.employees
        return CriterionScores(
            scores.n_forms, scores.raw, people.calibrated[:, None], people.se[:, None]
        )
    if whole.fitted:
        with threadpool_limits(limits=1):
            _add_profiles(scores, forms, marks, whole, seed)
    return scores


def _keep_raw(forms: Forms, marks: FloatArray, whole: Effects) -> CriterionScores:
    shape = (forms.n_employees, marks.shape[1])
    raw, se = np.full(shape, np.nan), np.full(shape, np.nan)
    n_forms = np.zeros(shape, np.int64)
    link = whole.employees.link
    is_out = (link == UNLINKED) | (link == UNRATED)
    for k in range(shape[1]):
        some = _answer(forms, marks[:, k])
        n_forms[:, k] = np.bincount(some.employee, minlength=shape[0])
        raw[:, k] = some.mean(some.points)
        if whole.variance:
            unlinked = some.take(is_out[some.employee])
            se[:, k] = pooled_errors(unlinked, pool_within(unlinked))
    return CriterionScores(n_forms, raw, raw.copy(), se)


def _answer(forms: Forms, mark: FloatArray) -> Forms:
    there = np.isfinite(mark)
    some = forms.take(there)
    return Forms(
        some.employee, some.rater, some.source, mark[there], some.weight,
        some.n_employees, some.n_raters,
    )  # fmt: skip


def _add_profiles(
    scores: CriterionScores, forms: Forms, marks: FloatArray, whole: Effects, seed: int
) -> None:
    people = whole.employees
    in_fit = np.isfinite(people.unit_effect)
    here = in_fit[forms.employee]
    linked, profile = forms.take(here), (marks - forms.points[:, None])[here]
    try:
        variances = _fit_profiles(linked, profile, seed)
    except FitError:
        # Without a profile the whole moves each criterion alike, and its error is not known.
        moved = (people.calibrated - people.raw)[:, None] + scores.raw
        scores.calibrated[in_fit] = np.clip(moved, LOWEST, HIGHEST)[in_fit]
        return
    of_mask: dict[bytes, list[int]] = {}
    for k in range(marks.shape[1]):
        of_mask.setdefault(np.isfinite(profile[:, k]).tobytes(), []).append(k)
    for criteria in of_mask.values():
        there = np.isfinite(profile[:, criteria[0]])
        if there.any():
            _predict(scores, linked.take(there), profile[there], criteria, variances, whole, seed)


def _fit_profiles(forms: Forms, profile: FloatArray, seed: int) -> _Profile:
    """Variances over all criteria at once: a network of its own for each criterion."""
    K = profile.shape[1]
    every = max(1, len(number_codes(forms.employee)[0]) // MOST_FOR_VARIANCES)
    chosen = forms.employee % every == 0
    at, k = np.nonzero(np.isfinite(profile) & chosen[:, None])
    source = forms.source[at].astype(np.int64)
    factors = {
        "employee": _dense(forms.employee[at] * K + k),
        "rater": _dense(forms.rater[at] * K + k),
    }
    fit = fit_variances(
        profile[at, k], _dense(source * K + k), factors, ("employee", "rater"),
        engine="exact" if int(factors["rater"].max()) < MOST_EXACT // 5 else "iterative",
        seed=seed, settled=SETTLED,
    )  # fmt: skip
    return _Profile(fit.variance["employee"], fit.variance["rater"], fit.mean_residual)


def _dense(code: Codes) -> IntArray:
    return number_codes(code)[1]


@dataclass(frozen=True)
class _Solved:
    at: Evaluation
    solver: Solver


def _predict(
    scores: CriterionScores,
    forms: Forms,
    profile: FloatArray,
    criteria: list[int],
    variances: _Profile,
    whole: Effects,
    seed: int,
) -> None:
    """Predict the profiles of criteria that the same forms answered."""
    people, employee = number_codes(forms.employee)
    factors = {"employee": employee, "rater": _dense(forms.rater)}
    source = _dense(forms.source)
    variance = {"employee": variances.employee, "rater": variances.rater}
    terms = tuple(term for term, value in variance.items() if value > 0)
    layout = build_layout(profile[:, criteria[0]], source, factors, terms)
    if layout.n_rest > MOST_EXACT:
        layout = build_layout(profile[:, criteria[0]], source, factors, terms, eliminate="people")
    equations = build_equations(layout, variance, np.array([variances.residual]))
    solver: Solver = (
        ExactSolver(equations)
        if layout.n_rest <= MOST_EXACT
        else IterativeSolver(equations, N_PROBES, seed, {})
    )
    at = evaluate(equations, solver)
    error = np.zeros(len(people))
    if "employee" in terms:
        error = predict_person_errors(_Solved(at, solver))
    share = np.bincount(source, forms.weight, layout.n_sources) / forms.weight.sum()
    base = whole.mu + whole.employees.unit_effect[people] + whole.employees.person[people]
    for k in criteria:
        y = profile[layout.order, k]
        fixed, Py = solve_points(equations, solver, at.means, y, "points", FINAL)
        own = np.zeros(len(people))
        if "employee" in terms:
            sums = layout.sum_levels(Py)["employee"][layout.number["employee"]]
            own = variances.employee * sums
        scores.calibrated[people, k] = np.clip(base + share @ fixed + own, LOWEST, HIGHEST)
        scores.se[people, k] = np.sqrt(whole.employees.se[people] ** 2 + error)
