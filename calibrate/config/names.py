"""Words and numbers that every stage shares: sources, columns, the micro unit, attribute names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from types import MappingProxyType
from typing import Final

import numpy as np

#: Who filled in a form, seen from the person rated.
SOURCES: Final = ("manager", "peer", "direct_report", "skip_level", "self", "other")

#: Marks and cuts are kept as whole millionths, so that comparing them is exact.
MICRO: Final = 1_000_000

#: The mark of a criterion that was not answered.
MISSING: Final = int(np.iinfo(np.int64).min)

#: Largest number a mark or a scale may hold, far inside what int64 carries in millionths.
LARGEST: Final = 1_000_000

#: Columns of the input tables, in the order the documentation lists them.
COLUMNS: Final = MappingProxyType(
    {
        "employees": (
            "employee_id", "name", "manager_id", "department", "job_family", "level",
            "location", "work_mode", "hired_on", "left_on", "status", "not_rated_reason",
            "present_share", "session", "proposed_band", "proposed_by", "proposed_on",
        ),
        "ratings": (
            "employee_id", "rater_id", "source", "criterion", "mark", "comment", "rated_on",
            "period_from", "period_to",
        ),
        "goals": (
            "goal_id", "title", "kind", "employee_id", "department", "parent_id", "outcome",
            "weight", "unit", "baseline", "target", "actual", "due_on", "valid_from", "valid_to",
            "evidence",
        ),
        "assignments": ("employee_id", "manager_id", "kind", "from", "to", "share"),
        "checkins": ("employee_id", "held_on"),
        "feedback": ("employee_id", "given_on", "kind", "criterion"),
        "unit_measures": ("unit", "measure", "value", "as_of"),
        "rewards": ("employee_id", "merit_percent", "bonus_percent", "promoted"),
        "history": (
            "cycle", "employee_id", "band", "manager_id", "level", "raw_score",
            "calibrated_score",
        ),
    }
)  # fmt: skip

#: Columns of ratings that a wide table does not have: each criterion is a column there.
LONG_ONLY: Final = ("criterion", "mark")

#: Columns without which a table says nothing.
REQUIRED: Final = MappingProxyType(
    {
        "employees": ("employee_id",),
        "ratings": ("employee_id", "rater_id", "source", "criterion", "mark"),
        "goals": ("goal_id", "title"),
        "assignments": ("employee_id", "manager_id"),
        "checkins": ("employee_id", "held_on"),
        "feedback": ("employee_id", "given_on"),
        "unit_measures": ("unit", "measure", "value"),
        "rewards": ("employee_id",),
        "history": ("cycle", "employee_id", "band"),
    }
)

#: Columns of employees that sort people into groups an audit may hold constant.
CONTROL_COLUMNS: Final = (
    "level", "job_family", "department", "location", "work_mode", "session", "status",
)  # fmt: skip

_PROTECTED_WORDS = frozenset(
    {
        "gender", "sex", "ethnicity", "ethnic", "race", "birth", "birthdate", "birthday", "dob",
        "nationality", "citizenship", "religion", "disability", "disabled", "veteran", "minority",
        "pregnancy", "pregnant", "sexual", "marital",
    }
)  # fmt: skip


def is_protected_name(name: str, declared: Collection[str] = ()) -> bool:
    """Tell whether a column name speaks of a protected attribute.

    Parameters
    ----------
    name
        Column name as it stands in a file.
    declared
        Names the cycle lists under ``audit.attributes``.

    Examples
    --------
    >>> is_protected_name("Date of Birth"), is_protected_name("age_40_plus")
    (True, True)
    >>> is_protected_name("manager_id"), is_protected_name("shift", ["Shift"])
    (False, True)
    """
    folded = _fold(name)
    words = folded.split("_")
    if folded in {_fold(other) for other in declared}:
        return True
    return words[0] in {"age", "aged"} or not _PROTECTED_WORDS.isdisjoint(words)


def _fold(name: str) -> str:
    # gender, Gender, GENDER and genderCode are one name to the wall.
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[\W_]+", "_", split.casefold()).strip("_")


def suggest_name(name: str, known: Collection[str]) -> str:
    """Return the known name nearest to ``name``, or "" if none is near.

    Examples
    --------
    >>> suggest_name("manger_id", ["employee_id", "manager_id"])
    'manager_id'
    >>> suggest_name("Comment ", ["comment"])
    'comment'
    >>> suggest_name("zzz", ["comment"])
    ''
    """
    folded = {_fold(other): other for other in known}
    if _fold(name) in folded:
        return folded[_fold(name)]
    near = difflib.get_close_matches(_fold(name), folded, n=1, cutoff=0.6)
    return folded[near[0]] if near else ""


def say_known(name: str, known: Collection[str]) -> str:
    """Say which names are allowed, the nearest one first where there is one.

    Examples
    --------
    >>> say_known("peers", ["manager", "peer"])
    "did you mean 'peer'? allowed: manager, peer"
    """
    near = suggest_name(name, known)
    allowed = "allowed: " + ", ".join(known) if known else "nothing is allowed here"
    return f"did you mean '{near}'? {allowed}" if near else allowed
