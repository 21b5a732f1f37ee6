"""Do raters of one group mark people of their own group in another way than others do?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import stdtr

from calibrate.audit.background import FormEvidence
from calibrate.audit.inquiry import Inquiry
from calibrate.audit.origins.lines import (
    NOTHING,
    BoolArray,
    Figures,
    FloatArray,
    IntArray,
    Line,
    Pair,
    list_pairs,
    t_half,
)

SELF = "self"


class Crossed(NamedTuple):
    """A difference of differences with its standard error."""

    estimate: float
    error: float
    degrees: float


def difference_in_differences(
    points: FloatArray,
    is_employee_group: BoolArray,
    is_rater_group: BoolArray,
    employee: IntArray,
    rater: IntArray,
) -> Crossed:
    r"""How much more raters of a group give their own group than other raters give it.

    .. math:: \delta = (\bar x_{gg} - \bar x_{gr}) - (\bar x_{rg} - \bar x_{rr})

    with :math:`\bar x_{ab}` the mean of forms by raters of group a on people of
    group b. The influence of a form is :math:`\pm (x_i - \bar x_{ab}) / n_{ab}`;
    it is added up by rater, by employee and by form. The variance is the
    largest of the rater's, the employee's and rater + employee − form, each sum
    of squares times C/(C − 1); degrees of freedom are the raters of the smaller
    side − 1.

    Parameters
    ----------
    points : (N,) points of a form
    is_employee_group, is_rater_group : (N,) bool
        False: of the reference.
    employee, rater : (N,) codes

    Returns
    -------
    Crossed
        NaN where a cell is empty, without error where a side has one rater.

    References
    ----------
    Cameron, Gelbach and Miller (2011), Journal of Business & Economic
    Statistics 29.

    Examples
    --------
    >>> crossed = difference_in_differences(
    ...     np.array([70.0, 60, 50, 60]), np.array([1, 0, 1, 0], dtype=bool),
    ...     np.array([1, 1, 0, 0], dtype=bool), np.arange(4), np.arange(4),
    ... )
    >>> crossed.estimate
    20.0
    """
    cell = 2 * is_rater_group.astype(np.int64) + is_employee_group
    n = np.bincount(cell, minlength=4)
    if not (n > 0).all():
        return Crossed(NOTHING, NOTHING, NOTHING)
    means = np.bincount(cell, points, minlength=4) / n
    sign = np.array([1.0, -1.0, -1.0, 1.0])
    influence = sign[cell] * (points - means[cell]) / n[cell]
    by_rater, by_employee = _square_sums(influence, rater), _square_sums(influence, employee)
    pair = rater * (int(employee.max()) + 1) + employee
    variance = max(by_rater, by_employee, by_rater + by_employee - _square_sums(influence, pair))
    smaller = min(len(np.unique(rater[is_rater_group == side])) for side in (True, False))
    if smaller < 2:
        return Crossed(float(sign @ means), NOTHING, NOTHING)
    return Crossed(float(sign @ means), variance**0.5, float(smaller - 1))


def _square_sums(influence: FloatArray, code: IntArray) -> float:
    codes = pd.factorize(code)[0]
    sums = np.bincount(codes, influence)
    n = len(sums)
    return float((sums**2).sum()) * n / (n - 1) if n > 1 else 0.0


def compare_rater_groups(inquiry: Inquiry) -> Iterator[Line]:
    """The means of both rater groups on both groups, and the difference of the differences."""
    background = inquiry.background
    if background is None:
        return
    forms = background.forms
    kept = forms.scored & (forms.rater_employee[forms.rater] >= 0) & (forms.source != SELF)
    kept &= ~np.isnan(forms.points)
    for _, pair in list_pairs(inquiry):
        yield from _cross(pair, forms, kept)


def _cross(pair: Pair, forms: FormEvidence, kept: BoolArray) -> Iterator[Line]:
    rated_by = forms.rater_employee[forms.rater]
    is_known = (pair.is_group | pair.is_reference)[forms.employee]
    is_known &= (pair.is_group | pair.is_reference)[rated_by] & kept
    employee, rater, points = forms.employee[is_known], rated_by[is_known], forms.points[is_known]
    by_group, on_group = pair.is_group[rater], pair.is_group[employee]
    small = False
    for name, side in ((pair.group, by_group), (pair.reference, ~by_group)):
        people = np.zeros(len(pair.is_group), np.bool_)
        people[employee[side]] = True
        # A cell of few raters would show what each of them gave.
        n_raters = min(len(np.unique(rater[side & on])) for on in (on_group, ~on_group))
        narrow = pair.narrow(people)
        item = f"raters: {name}"
        if n_raters < max(1, pair.min_cell):
            narrow = pair.narrow(np.zeros_like(people))
        small |= narrow.is_small
        figures = Figures()
        if not narrow.is_small:
            means = [float(points[side & on].mean()) for on in (on_group, ~on_group)]
            figures = Figures(means[0] - means[1], value=means[0], value_reference=means[1])
        yield narrow.write("rater_group", item, "mean_points", figures)
    people = np.zeros(len(pair.is_group), np.bool_)
    people[employee] = True
    narrow = pair.narrow(people if not small else np.zeros_like(people))
    figures = Figures()
    if not narrow.is_small:
        found = difference_in_differences(points, on_group, by_group, employee, rater)
        half = t_half(found.error, found.degrees)
        t = abs(found.estimate) / found.error if found.error > 0 else NOTHING
        p_value = 2 * float(stdtr(found.degrees, -t)) if found.degrees > 0 else NOTHING
        figures = Figures(
            found.estimate, found.estimate - half, found.estimate + half, p_clustered=p_value
        )
    yield narrow.write("rater_group", "own group against the other", "points", figures)
