"""Words and numbers that every stage shares: sources, columns, the micro unit, attribute names."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection
from types import MappingProxyType
from typing import Final

import numpy as np

from calibrate.language import N_

#: Who filled in a form, seen from the person rated.
SOURCE_WORDS: Final = {
    "manager": N_("Manager"),
    "peer": N_("Peers"),
    "direct_report": N_("Direct reports"),
    "skip_level": N_("Manager above"),
    "self": N_("Self"),
    "other": N_("Others"),
}
SOURCES: Final = tuple(SOURCE_WORDS)

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
            "goal_id", "title", "kind", "goal_type", "employee_id", "department", "owner",
            "parent_id", "outcome", "weight", "unit", "baseline", "target", "actual", "due_on",
            "valid_from", "valid_to", "updated_on", "evidence",
        ),
        "assignments": ("employee_id", "manager_id", "kind", "from", "to", "share"),
        "checkins": ("employee_id", "held_on"),
        "feedback": ("employee_id", "given_on", "kind", "criterion"),
        "unit_measures": ("unit", "measure", "value", "as_of", "cycle"),
        "rewards": ("employee_id", "merit_percent", "bonus_percent", "promoted"),
        "history": (
            "cycle", "employee_id", "band", "manager_id", "level", "raw_score",
            "calibrated_score",
        ),
        "criterion_history": (
            "cycle", "employee_id", "criterion", "raw_score", "calibrated_score", "se",
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
        "criterion_history": ("cycle", "employee_id", "criterion"),
    }
)

#: Columns of employees that sort people into groups an audit may hold constant.
CONTROL_COLUMNS: Final = (
    "level", "job_family", "department", "location", "work_mode", "session", "status",
)  # fmt: skip

#: A longer text is a sentence, not a misspelt name.
_LONGEST_NAME = 80

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
    # gender, Gender, GENDER and genderCode are one name to the wall, however wide or broken.
    plain = unicodedata.normalize("NFKC", name)
    plain = "".join(c for c in plain if c.isascii() or unicodedata.category(c) != "Cf")
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", plain.strip())
    return re.sub(r"[\W_]+", "_", split.casefold()).strip("_")


def suggest_names(name: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the known name nearest to ``name``, two if both are equally near, none if no one is.

    A name with the same letters comes first, then one that shares whole words,
    then one that looks alike.

    Examples
    --------
    >>> suggest_names("manger_id", ["employee_id", "manager_id"])
    ('manager_id',)
    >>> suggest_names("EXCEEDS", ["Meets expectations", "Exceeds expectations"])
    ('Exceeds expectations',)
    >>> suggest_names("Meets", ["Meets most", "Meets all"])
    ('Meets most', 'Meets all')
    >>> suggest_names("zzz", ["comment"])
    ()
    """
    if len(name) > _LONGEST_NAME:
        return ()
    folded = {other: _fold(other) for other in known}
    asked = _fold(name)
    words = set(asked.split("_")) - {""}
    same = [other for other in folded if folded[other] == asked]
    sharing = [other for other in folded if words and _shares_words(words, folded[other])]
    for near in (same, sharing):
        if 1 <= len(near) <= 2:
            return tuple(near)
    alike = difflib.get_close_matches(asked, set(folded.values()), n=3, cutoff=0.6)
    likeness = [difflib.SequenceMatcher(a=other, b=asked).ratio() for other in alike]
    best = {other for other, ratio in zip(alike, likeness, strict=True) if ratio == likeness[0]}
    nearest = tuple(other for other in folded if folded[other] in best)
    return nearest if len(nearest) <= 2 else ()


def _shares_words(words: set[str], other: str) -> bool:
    others = set(other.split("_")) - {""}
    return bool(others) and (words <= others or others <= words)


def ask_for(nearest: Collection[str]) -> str:
    """Ask whether one of the nearest names was meant; "" if there is none.

    Examples
    --------
    >>> ask_for(["peer"]), ask_for(["E1", "E2"]), ask_for([])
    ("did you mean 'peer'?", "did you mean 'E1' or 'E2'?", '')
    """
    quoted = [f"'{name[:60]}'" for name in nearest]
    return f"did you mean {' or '.join(quoted)}?" if quoted else ""


def say_known(name: str, known: Collection[str]) -> str:
    """Say which names are allowed, the nearest one first where there is one.

    Examples
    --------
    >>> say_known("peers", ["manager", "peer"])
    "did you mean 'peer'? allowed: manager, peer"
    """
    asked = ask_for(suggest_names(name, known))
    allowed = "allowed: " + ", ".join(known) if known else "nothing is allowed here"
    return f"{asked} {allowed}" if asked else allowed
