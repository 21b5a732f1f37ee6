"""What the audit may look at beside bands: forms, raters and the company. No attribute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class FormEvidence:
    """Every form in points, as it was scored.

    Parameters
    ----------
    employee, rater : (N,) codes
        Of the population's employees; of the cycle's raters.
    source : (N,) text
    points : (N,) points, NaN where too little was answered
    weight : (N,)
        How many peer forms the form counts for.
    scored : (N,)
        Enters the scores.
    criteria : (K,) ids
    criterion_points : (N, K) points, NaN where unanswered
    rater_employee : (J,) code
        The employee that a rater is; -1 for raters who are not among the employees.
    """

    employee: IntArray
    rater: IntArray
    source: npt.NDArray[np.object_]
    points: FloatArray
    weight: FloatArray
    scored: BoolArray
    criteria: tuple[str, ...]
    criterion_points: FloatArray
    rater_employee: IntArray


@dataclass(frozen=True)
class Background:
    """The company around the bands.

    Parameters
    ----------
    strata
        Column of the employees (level, job_family, department, location,
        work_mode) to the (I,) text of each person, blank where unknown.
        Columns that the employees do not have are absent.
    controls
        Those of the strata that the cycle controls for, in order.
    manager_ids : (M,)
        Id of each code of ``Population.manager``; empty without managers.
    link : (I,) ``linked``, ``weak``, ``unlinked`` or ``unrated``
    n_forms : (I,) scored forms
    adjusted : (I,) points, NaN for the unrated
    probabilities : (I, B)
        Of each band; NaN rows where the score has none.
    forms
        Every form.
    is_fitted
        Is there a severity at all?
    """

    strata: Mapping[str, tuple[str, ...]]
    controls: tuple[str, ...]
    manager_ids: tuple[str, ...]
    link: npt.NDArray[np.object_]
    n_forms: IntArray
    adjusted: FloatArray
    probabilities: FloatArray
    forms: FormEvidence
    is_fitted: bool
