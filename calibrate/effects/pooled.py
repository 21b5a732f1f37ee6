"""What can be said of forms that no network links: spread within people, and no severity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibrate.effects import notes
from calibrate.effects.fit import fit_variances
from calibrate.effects.forms import Forms
from calibrate.effects.linked import list_variances
from calibrate.effects.result import FloatArray, VarianceLine
from calibrate.errors import FitError
from calibrate.language import _

#: With fewer comparisons the pooled variance is itself uncertain by half or more.
ROUGH = 10


@dataclass(frozen=True)
class WithinPeople:
    """Pooled variance of forms within a person.

    Parameters
    ----------
    s2
        Points squared; NaN if nobody has two raters or all of them agree.
    n_comparisons
        Degrees of freedom behind it.
    """

    s2: float
    n_comparisons: int


def pool_within(forms: Forms) -> WithinPeople:
    r"""Pool the variance within people who have at least two raters.

    .. math:: s^2 = \sum_i \sum_{n \in i} (x_n - \bar x_i)^2 / \sum_i (n_i - 1)

    Parameters
    ----------
    forms
        Unlinked forms.

    Returns
    -------
    WithinPeople
        A pooled variance of exactly zero claims certainty that equal marks
        cannot give, and is NaN.

    Examples
    --------
    >>> from calibrate.effects.forms import sort_forms
    >>> zero = np.zeros(3, dtype=np.int64)
    >>> pool_within(sort_forms(np.array([0, 0, 1]), np.arange(3), zero,
    ...                        np.array([40.0, 60.0, 90.0]), np.ones(3), 2, 3))
    WithinPeople(s2=200.0, n_comparisons=1)
    """
    some = forms.take(forms.people_with_two_raters()[forms.employee])
    if not len(some):
        return WithinPeople(np.nan, 0)
    n = np.bincount(some.employee, minlength=some.n_employees)
    mean = np.bincount(some.employee, some.points, some.n_employees) / np.maximum(n, 1)
    df = int((n[n > 0] - 1).sum())
    s2 = float(((some.points - mean[some.employee]) ** 2).sum() / df)
    return WithinPeople(s2 if s2 > 0 else np.nan, df)


def pooled_errors(forms: Forms, within: WithinPeople) -> FloatArray:
    r"""Standard error of the raw score of unlinked people.

    .. math:: se_i^2 = s^2 \sum w^2 / (\sum w)^2

    Parameters
    ----------
    forms
        Unlinked forms.
    within
        From :func:`pool_within`.

    Returns
    -------
    (I,) points
        NaN for people with fewer than two raters.
    """
    w = np.bincount(forms.employee, forms.weight, forms.n_employees)
    w2 = np.bincount(forms.employee, forms.weight**2, forms.n_employees)
    ratio = np.divide(w2, w**2, out=np.full(len(w), np.nan), where=w > 0)
    ratio[~forms.people_with_two_raters()] = np.nan
    error: FloatArray = np.sqrt(within.s2 * ratio)
    return error


def describe_unfitted(forms: Forms) -> tuple[tuple[VarianceLine, ...], tuple[str, ...]]:
    """Variances where no severity can be told: employee and residual, or residual alone.

    The model is x = μ_source + θ + e by REML. Where nobody's forms can be
    compared, the residual is the sample variance of all forms, and the employee
    variance and the shares stay empty.

    Parameters
    ----------
    forms
        All scored forms; at least one.

    Returns
    -------
    tuple
        Lines of the variance table, and sentences.
    """
    n = np.bincount(forms.employee)
    if n.max() > 1:
        people = np.unique(forms.employee, return_inverse=True)[1]
        source = np.unique(forms.source, return_inverse=True)[1]
        try:
            fit = fit_variances(forms.points, source, {"employee": people}, ("employee",))
        except FitError:
            pass
        else:
            variance = dict(fit.variance) | {"residual": fit.mean_residual}
            return list_variances(variance), (_(notes.RESIDUAL_TOGETHER),)
    spread = float(np.var(forms.points, ddof=1)) if len(forms) > 1 else None
    lines: tuple[VarianceLine, ...] = (("employee", None, None), ("residual", spread, None))
    return lines, (_(notes.RESIDUAL_ALONE),)
