"""What the audit may look at beside bands: forms, raters and the company. No attribute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from calibrate.bands import QuotaMoves

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
class CommentEvidence:
    """What was counted in the comments of every form; no text is kept.

    Parameters
    ----------
    n_comments : (N,)
        Comments of the form.
    n_read : (N,)
        Those of them that could be read: English, in Latin letters.
    n_words, n_actionable, n_personality : (N,) words
        Of the comments that could be read: all, those that say what to do, those
        that say what the person is like.
    """

    n_comments: IntArray
    n_read: IntArray
    n_words: IntArray
    n_actionable: IntArray
    n_personality: IntArray


@dataclass(frozen=True)
class HistoryEvidence:
    """Bands of earlier cycles.

    Parameters
    ----------
    cycles : (H,) names in order
    cycle : (R,) code
    employee : (R,) code, -1 for people who are not in this cycle
    band : (R,) position, -1 where this cycle has no band of that name
    """

    cycles: tuple[str, ...]
    cycle: IntArray
    employee: IntArray
    band: IntArray


@dataclass(frozen=True)
class PracticeEvidence:
    """What people got beside a rating: talks, feedback and rewards.

    Parameters
    ----------
    months : (I,) months
        At work in the cycle; NaN where the cycle has no dates.
    n_checkins : (I,) check-ins in the cycle, or None without that file
    has_feedback, has_recognition : (I,), or None
        Any feedback; recognition or praise. None where the file does not say.
    merit_percent, bonus_percent : (I,) percent, NaN where none is stated
    promoted : (I,) 1, 0 or -1 for not stated
    """

    months: FloatArray
    n_checkins: IntArray | None
    has_feedback: BoolArray | None
    has_recognition: BoolArray | None
    merit_percent: FloatArray
    bonus_percent: FloatArray
    promoted: IntArray


@dataclass(frozen=True)
class Calibration:
    """What the calibration makes of the forms; handed over after the scores are sealed.

    Parameters
    ----------
    calibrated, se : (I,) points
        NaN ``se`` where no probability is claimed.
    df : (I,)
        Degrees of freedom of ``se``; infinite where it is taken as normal.
    suggested : (I,) position of the band, -1 for none
    pass_through
        (N,) invented points of every form, in any unit, to (I,) raw, adjusted and
        calibrated scores in the same unit, with the variances of the run held. None
        where scores are not linear in the points: the ordinal model.
    is_what_if
        The company is small: the suggestion follows the raw score.
    """

    calibrated: FloatArray
    se: FloatArray
    df: FloatArray
    suggested: IntArray
    pass_through: Callable[[FloatArray], tuple[FloatArray, FloatArray, FloatArray]] | None
    is_what_if: bool = False


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
    calibration
        What the calibration makes of the forms; None where that is not known.
    comments, history
        None where the files have none.
    quota
        Where the guideline would put people if it were a quota; None without one.
    practice
        Check-ins, feedback and rewards; None where no file holds any.
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
    calibration: Calibration | None = None
    comments: CommentEvidence | None = None
    history: HistoryEvidence | None = None
    quota: QuotaMoves | None = None
    practice: PracticeEvidence | None = None
