"""What the rater model is asked and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
#: Codes of any width: at millions of forms half the width is half the memory.
Codes = NDArray[np.signedinteger[Any]]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
TextArray = NDArray[np.object_]

Model = Literal["linear", "ordinal", "none"]

#: One line of the variance table: term, variance in points squared, share of the sum.
VarianceLine = tuple[str, float | None, float | None]

#: Sources a cycle can have: codes run from 0 to one less.
N_SOURCES = 6

#: Scores are points.
LOWEST, HIGHEST = 0.0, 100.0

#: Below this many rated people intervals are Student's, and the adjustment is a what-if.
SMALL_COMPANY = 100

LINKED, WEAK, UNLINKED, UNRATED = "linked", "weak", "unlinked", "unrated"


@dataclass(frozen=True)
class Assumed:
    """What the cycle declares about forms that nobody can compare.

    Parameters
    ----------
    rater_share
        Lowest and highest share of the variance of forms that may be the rater's, 0 to 1.
        Intervals follow the highest.
    reliability
        Share of the rest that is the person's, 0 to 1.
    """

    rater_share: tuple[float, float]
    reliability: float


@dataclass(frozen=True)
class Settings:
    """How the effects are estimated.

    Parameters
    ----------
    interval
        Level of the score intervals, strictly between 0 and 1.
    min_link
        Mean link strength of a person's raters below which the person is ``weak``.
    seed
        Of the probes, where the network is too large to be solved exactly.
    model
        ``linear``; ``ordinal``: marks are ordered steps; or ``none``: nothing is
        estimated and scores stay raw.
    assumed
        For people whose error nothing else tells; None: it stays empty.

    Raises
    ------
    ValueError
        If a value is out of range: the configuration should have caught it.

    Examples
    --------
    >>> Settings().interval
    0.9
    """

    interval: float = 0.90
    min_link: float = 0.2
    seed: int = 0
    model: Model = "linear"
    assumed: Assumed | None = None

    def __post_init__(self) -> None:
        if not 0 < self.interval < 1:
            raise ValueError(f"interval is {self.interval:g}; it must lie between 0 and 1")
        if not 0 <= self.min_link <= 1:
            raise ValueError(f"min_link is {self.min_link:g}; it must lie within 0 and 1")
        if self.model not in get_args(Model):
            raise ValueError(f"model is {self.model!r}; linear, ordinal and none are known")


@dataclass(frozen=True)
class EmployeeEffects:
    """Scores of every employee; all arrays are (I,), NaN is empty.

    Parameters
    ----------
    n_forms, n_raters
        Scored forms, and distinct raters behind them.
    component
        Connected part of the network, -1 for the unrated.
    raw, adjusted, calibrated
        Points, 0 to 100: as entered; with severity and source level taken
        out; the model's estimate.
    pull
        calibrated - adjusted, points.
    se, low, high
        Prediction error of the calibrated score and its interval, points.
    link
        ``linked``, ``weak``, ``unlinked`` or ``unrated``.
    df
        Degrees of freedom of the error; infinite where it is taken as normal.
    interval_from
        Where error and interval come from: ``model``, ``pooled``, ``assumed`` or empty.
    person
        θ̂, points; NaN where the person is not in the fit.
    unit_effect
        Points; positive: the unit's people are rated higher by all. 0 where
        no unit is fitted, NaN where the person is not in the fit.
    """

    n_forms: IntArray
    n_raters: IntArray
    component: IntArray
    raw: FloatArray
    adjusted: FloatArray
    calibrated: FloatArray
    pull: FloatArray
    se: FloatArray
    low: FloatArray
    high: FloatArray
    link: TextArray
    df: FloatArray
    interval_from: TextArray
    person: FloatArray
    unit_effect: FloatArray


@dataclass(frozen=True)
class RaterEffects:
    """Severity of every rater; all arrays are (J,), NaN is empty.

    Parameters
    ----------
    component
        Connected part of the network, -1 for who filed no scored form.
    n_forms, n_employees
        Scored forms, and distinct people rated.
    severity, se
        Points; positive is harsher. NaN if unlinked.
    link_strength
        0 to 1: reliability of the severity contrast; NaN under model ``none``.
    """

    component: IntArray
    n_forms: IntArray
    n_employees: IntArray
    severity: FloatArray
    se: FloatArray
    link_strength: FloatArray


@dataclass(frozen=True)
class Effects:
    """All that was estimated, and in words what could not be.

    Parameters
    ----------
    employees, raters
        See :class:`EmployeeEffects` and :class:`RaterEffects`.
    variance
        Lines (term, variance in points squared, share of the sum); ``None`` is empty.
    variance_errors : term → (points squared, share)
        Standard error of each variance, and how much of it seeded probes add; 0 if exact.
    source_mean : (sources,) points
        Level of each source, NaN where the source is not in the fit.
    source_residual : (sources,) points squared
        Noise of one form of each source, NaN where the source is not in the fit.
    mu
        Mean of ``source_mean`` over the fitted forms by weight; without a fit
        the weighted mean of all points. NaN without any form.
    notes
        Plain sentences: refusals, variances on their boundary, what was left out.
    fitted
        Is there a severity at all?
    """

    employees: EmployeeEffects
    raters: RaterEffects
    variance: tuple[VarianceLine, ...]
    source_mean: FloatArray
    source_residual: FloatArray
    mu: float
    notes: tuple[str, ...]
    fitted: bool
    variance_errors: Mapping[str, tuple[float, float]] = field(default_factory=dict)
