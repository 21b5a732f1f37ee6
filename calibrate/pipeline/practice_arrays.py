"""Check-ins, feedback and rewards of each person, in the audit's hands; no attribute."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.audit import PracticeEvidence
from calibrate.ingest import RecordTable
from calibrate.pipeline.presence import find_present_shares
from calibrate.pipeline.stages import Prepared

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

DAYS_A_MONTH = 365.25 / 12
#: What counts as recognition among the kinds of feedback.
RECOGNITION = ("praise", "recognition")
_ANSWERS = {"true": 1, "yes": 1, "false": 0, "no": 0}


def gather_practice(prepared: Prepared) -> PracticeEvidence | None:
    """Count what happened to each person within the cycle; None without any of the files."""
    records = {name: prepared.records.get(name) for name in ("checkins", "feedback", "rewards")}
    if not any(table is not None for table in records.values()):
        return None
    checkins, feedback, rewards = records.values()
    n_people = len(prepared.employees.ids)
    n_checkins = has_feedback = has_recognition = None
    if checkins is not None:
        n_checkins = _count(prepared, checkins.frame, "held_on")
    if feedback is not None:
        has_feedback = _count(prepared, feedback.frame, "given_on") > 0
        if "kind" in feedback.declared:
            kept = feedback.frame[feedback.frame["kind"].isin(RECOGNITION)]
            has_recognition = _count(prepared, kept, "given_on") > 0
    return PracticeEvidence(
        months=count_months(prepared),
        n_checkins=n_checkins,
        has_feedback=has_feedback,
        has_recognition=has_recognition,
        merit_percent=_read_percent(prepared, rewards, "merit_percent"),
        bonus_percent=_read_percent(prepared, rewards, "bonus_percent"),
        promoted=np.full(n_people, -1) if rewards is None else _read_promoted(prepared, rewards),
    )


def count_months(prepared: Prepared) -> FloatArray:
    r"""Months that each person was at work in the cycle.

    .. math:: m_i = M \min\Bigl(s_i, \frac{\text{days from hired\_on to left\_on in the cycle}}
                                          {\text{days of the cycle}}\Bigr)

    with M the months of the cycle and s the present_share, 1 where it is blank.

    Returns
    -------
    (I,) months
        NaN where the cycle has no first or no last day.
    """
    employees, cycle = prepared.employees, prepared.cycle
    if cycle.starts_on is None or cycle.ends_on is None:
        return np.full(len(employees.ids), np.nan)
    first, last = _count_days(cycle.starts_on), _count_days(cycle.ends_on)
    days = last - first + 1
    came = _read_days(employees.column("hired_on"), first)
    left = _read_days(employees.column("left_on"), last)
    there = np.clip(np.minimum(left, last) - np.maximum(came, first) + 1, 0, days) / days
    stated = find_present_shares(prepared)
    share = np.array([stated.get(name, 1.0) for name in employees.ids], np.float64)
    return np.asarray(days / DAYS_A_MONTH * np.minimum(there, share), np.float64)


def _count_days(day: date) -> int:
    return int(np.datetime64(day, "D").astype(np.int64))


def _read_days(texts: tuple[str, ...], otherwise: int) -> FloatArray:
    """Days since 1970; a blank is ``otherwise``. numpy knows every year that ISO dates have."""
    days = np.array([text or "NaT" for text in texts], dtype="datetime64[D]")
    return np.where(np.isnat(days), otherwise, days.astype(np.int64)).astype(np.float64)


def _count(prepared: Prepared, frame: pd.DataFrame, day: str) -> IntArray:
    """Rows of each person on a day of the cycle; ISO days sort as text."""
    starts, ends = prepared.cycle.starts_on, prepared.cycle.ends_on
    inside = pd.Series(True, index=frame.index)
    if starts is not None:
        inside &= frame[day] >= str(starts)
    if ends is not None:
        inside &= frame[day] <= str(ends)
    person = prepared.employees.codes.encode(frame.loc[inside, "employee_id"])
    return np.bincount(person, minlength=len(prepared.employees.ids)).astype(np.int64)


def _read_percent(prepared: Prepared, rewards: RecordTable | None, column: str) -> FloatArray:
    percent = np.full(len(prepared.employees.ids), np.nan)
    if rewards is not None and column in rewards.declared:
        person = prepared.employees.codes.encode(rewards.frame["employee_id"])
        stated = rewards.frame[column].replace("", "nan")
        percent[person] = stated.astype(np.float64).to_numpy()
    return percent


def _read_promoted(prepared: Prepared, rewards: RecordTable) -> IntArray:
    promoted = np.full(len(prepared.employees.ids), -1)
    if "promoted" in rewards.declared:
        person = prepared.employees.codes.encode(rewards.frame["employee_id"])
        answers = rewards.frame["promoted"].str.lower().map(_ANSWERS).fillna(-1)
        promoted[person] = answers.to_numpy(np.int64)
    return promoted
