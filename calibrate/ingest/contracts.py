"""pandera contracts of the input tables, checked on distinct texts, and their problems."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from calibrate.config import SOURCES, say_known
from calibrate.errors import Problem
from calibrate.ingest.likeness import write_composed

_PLAIN_NUMBER = re.compile(r"[-+]?[0-9]{1,15}(?:\.[0-9]{1,15})?", re.ASCII)
#: Line breaks and tabs are white space to a printer; these are nothing it could set.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
#: Nobody sees these in an id; joiners, which some languages spell with, are not among them.
_HIDDEN = re.compile(r"[\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

#: Columns of scores by criterion that hold points.
_POINTS = ("raw_score", "calibrated_score", "se")
#: How somebody manages a person; a blank kind is line.
ASSIGNMENT_KINDS = ("line", "matrix", "previous", "acting")

#: What a goal is: an objective with key results, one of these, or a figure of its own.
GOAL_TYPES = ("objective", "key_result", "kpi")
DATES_OF_GOALS = ("due_on", "valid_from", "valid_to", "updated_on")

#: Text that shows the reader what to do, by rule; {value} and {known} are filled in.
_SAY: Mapping[str, tuple[str, str]] = {
    "blank_id": ("{column} is blank", "fill it in or remove the row"),
    "blank_text": ("{column} is blank", "fill it in"),
    "surrounding_space": ("{column} '{value}' has blanks around it", "remove the blanks"),
    "control_character": (
        "{column} '{value}' has a character that cannot be printed",
        "remove it",
    ),
    "duplicate_id": ("{column} '{value}' stands twice", "keep one row per {column}"),
    "not_a_date": (
        "{column} '{value}' is no date",
        'write it as 2026-07-01, or declare how days are written, such as dates: "%d.%m.%Y"',
    ),
    "not_a_number": ("{column} '{value}' is no number", "write a plain number such as 12.5"),
    "weight_negative": (
        "{column} '{value}' is no weight",
        "write a number from 0 upwards, such as 25",
    ),
    "share_range": ("{column} '{value}' is no share", "write a number from 0 to 1"),
    "unknown_source": (
        "source '{value}' is unknown",
        "{known}; or translate your word: inputs.ratings.values",
    ),
    "unknown_band": ("{column} '{value}' is no band of this cycle", "{known}"),
    "unknown_kind": ("kind '{value}' is unknown", "{known}"),
    "unknown_goal_type": ("goal_type '{value}' is unknown", "{known}"),
    "unknown_criterion": ("criterion '{value}' is in no rubric", "{known}"),
    "points_range": (
        "{column} '{value}' is no number of points",
        "write a number from 0 to 100",
    ),
    "not_yes_or_no": ("{column} '{value}' is neither yes nor no", "{known}"),
}


@dataclass(frozen=True)
class Contract:
    """A table's pandera schema and the names each closed column allows."""

    schema: pa.DataFrameSchema
    known: Mapping[str, tuple[str, ...]]


def is_number(text: str) -> bool:
    """Tell whether a text is a plain decimal; nan, inf and 1e5 are not.

    Examples
    --------
    >>> is_number("-0.5"), is_number("nan"), is_number("1,5")
    (True, False, False)
    """
    return _PLAIN_NUMBER.fullmatch(text) is not None and math.isfinite(float(text))


def is_date(text: str) -> bool:
    """Tell whether a text is a day of the calendar in ISO form."""
    if _ISO_DATE.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def employee_contract(bands: Collection[str]) -> Contract:
    """Return the contract of the employees table; ``bands`` are the cycle's labels."""
    columns = {
        "employee_id": pa.Column(None, [*_id_checks(), _unique()]),
        "name": pa.Column(None, [_printable()]),
        "manager_id": pa.Column(None, [*_trimmed()[:1], _visible()]),
        "hired_on": pa.Column(None, [_date()]),
        "left_on": pa.Column(None, [_date()]),
        "proposed_on": pa.Column(None, [_date()]),
        "present_share": pa.Column(None, [_share()]),
        "proposed_band": pa.Column(None, [_one_of("unknown_band", bands)]),
        "session": pa.Column(None, _trimmed()),
        "department": pa.Column(None, _trimmed()),
        "job_family": pa.Column(None, _trimmed()),
        "level": pa.Column(None, _trimmed()),
        "location": pa.Column(None, _trimmed()),
        "status": pa.Column(None, [_printable()]),
        "not_rated_reason": pa.Column(None, [_printable()]),
    }
    return Contract(pa.DataFrameSchema(columns), {"unknown_band": tuple(bands)})


def assignment_contract() -> Contract:
    """Return the contract of the assignments table."""
    columns = {
        "employee_id": pa.Column(None, _id_checks()),
        "manager_id": pa.Column(None, _id_checks()),
        "kind": pa.Column(None, [_one_of("unknown_kind", ASSIGNMENT_KINDS)]),
        **{name: pa.Column(None, [_date()]) for name in ("from", "to")},
        "share": pa.Column(None, [_share()]),
    }
    return Contract(pa.DataFrameSchema(columns), {"unknown_kind": ASSIGNMENT_KINDS})


def goal_contract() -> Contract:
    """Return the contract of the goals table."""
    kinds = ("company", "unit", "person")
    columns = {
        "goal_id": pa.Column(None, _id_checks()),
        "title": pa.Column(
            None, [_check("blank_text", lambda text: bool(text.strip())), _printable()]
        ),
        "kind": pa.Column(None, [_one_of("unknown_kind", kinds)]),
        "goal_type": pa.Column(None, [_one_of("unknown_goal_type", GOAL_TYPES)]),
        "employee_id": pa.Column(None, _trimmed()),
        "owner": pa.Column(None, _trimmed()),
        "parent_id": pa.Column(None, _trimmed()),
        "outcome": pa.Column(None, _trimmed()),
        **{name: pa.Column(None, [_number()]) for name in ("baseline", "target", "actual")},
        "weight": pa.Column(None, [_check("weight_negative", _is_blank_or(_is_weight))]),
        **{name: pa.Column(None, [_date()]) for name in DATES_OF_GOALS},
    }
    known = {"unknown_kind": kinds, "unknown_goal_type": GOAL_TYPES}
    return Contract(pa.DataFrameSchema(columns), known)


def record_contract(table: str, criteria: Collection[str]) -> Contract:
    """Return the contract of a table that says what happened: check-ins, rewards, history, …"""
    kinds, answers = ("praise", "advice", "recognition"), ("true", "false", "yes", "no")
    person, day = pa.Column(None, _id_checks()), pa.Column(None, [_filled(), _date()])
    text, needed = pa.Column(None, _trimmed()), pa.Column(None, [_filled(), *_trimmed()])
    number = pa.Column(None, [_number()])
    columns = {
        "checkins": {"employee_id": person, "held_on": day},
        "feedback": {
            "employee_id": person, "given_on": day,
            "kind": pa.Column(None, [_one_of("unknown_kind", kinds)]),
            "criterion": pa.Column(None, [_one_of("unknown_criterion", criteria)]),
        },
        "unit_measures": {
            "unit": needed, "measure": needed, "value": pa.Column(None, [_filled(), _number()]),
            "as_of": pa.Column(None, [_date()]), "cycle": text,
        },
        "rewards": {
            "employee_id": person, "merit_percent": number, "bonus_percent": number,
            "promoted": pa.Column(None, [_one_of("not_yes_or_no", (*answers, "TRUE", "FALSE"))]),
        },
        "history": {
            "cycle": needed, "employee_id": person, "band": needed, "manager_id": text,
            "level": text, "raw_score": number, "calibrated_score": number,
        },
        "criterion_history": {
            "cycle": needed, "employee_id": person, "criterion": needed,
            **{name: pa.Column(None, [_points()]) for name in _POINTS},
        },
    }  # fmt: skip
    known = {
        "unknown_kind": kinds, "not_yes_or_no": answers, "unknown_criterion": tuple(criteria),
    }  # fmt: skip
    return Contract(pa.DataFrameSchema(columns[table]), known)


def rating_contract() -> Contract:
    """Return the contract of one chunk of ratings, before marks are understood."""
    columns = {
        "employee_id": pa.Column(None, _id_checks()),
        "rater_id": pa.Column(None, _id_checks()),
        "source": pa.Column(None, [_check("unknown_source", lambda text: text in SOURCES)]),
        "rated_on": pa.Column(None, [_date()], required=False),
        "period_from": pa.Column(None, [_date()], required=False),
        "period_to": pa.Column(None, [_date()], required=False),
    }
    return Contract(pa.DataFrameSchema(columns), {"unknown_source": SOURCES})


#: Position in a frame → file as problems call it, and row.
Place = Callable[[int], tuple[str, int]]


def check_contract(frame: pd.DataFrame, contract: Contract, place: Place) -> list[Problem]:
    """Check a frame of categorical text columns whose index counts from 0.

    Parameters
    ----------
    frame
        Columns are categorical, so that a check looks at each distinct text once.
    contract
        Schema and allowed names.
    place
        File and row of an index.

    Returns
    -------
    Problems in order of row and column.
    """
    try:
        contract.schema.validate(frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
    else:
        return []
    found = [
        _explain(contract, place(int(index)), str(column), str(rule), str(value))
        for index, column, rule, value in zip(
            cases["index"], cases["column"], cases["check"], cases["failure_case"], strict=True
        )
    ]
    return sorted(found, key=lambda problem: (problem.row or 0, problem.column, problem.rule))


def _explain(
    contract: Contract, place: tuple[str, int], column: str, rule: str, value: str
) -> Problem:
    shown, row = place
    what, fix = _SAY[rule]
    known = say_known(value, contract.known[rule]) if rule in contract.known else ""
    said = {"column": column, "value": value[:60], "known": known}
    return Problem(shown, row, column, rule, what.format(**said), fix.format(**said), value=value)


def _check(rule: str, accepts: Callable[[str], bool]) -> pa.Check:
    def look_up(column: pd.Series) -> pd.Series:
        good = np.array([accepts(text) for text in column.cat.categories.tolist()], dtype=bool)
        return pd.Series(good[column.cat.codes.to_numpy()], index=column.index)

    return pa.Check(look_up, name=rule)


def _unique() -> pa.Check:
    def look_up(column: pd.Series) -> pd.Series:
        # Each of the twins is refused: keeping the first would be a choice made in silence.
        is_blank = column.astype(object).map(lambda text: not text.strip())
        spelling = column.astype(object).map(write_composed)
        return ~spelling.duplicated(keep=False) | is_blank.astype(bool)

    return pa.Check(look_up, name="duplicate_id")


def _is_blank_or(accepts: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda text: text == "" or accepts(text)


def _is_weight(text: str) -> bool:
    return is_number(text) and float(text) >= 0


def _printable() -> pa.Check:
    return _check("control_character", _is_printable)


def _is_printable(text: str) -> bool:
    # The first half is quick and true of nearly every text.
    return text.isprintable() or _CONTROL.search(text) is None


def _visible() -> pa.Check:
    return _check("control_character", is_visible)


def is_visible(text: str) -> bool:
    """Tell whether an id shows all its characters; two ids that look alike are told apart so.

    Examples
    --------
    >>> is_visible("E7"), is_visible("E7\u200b")
    (True, False)
    """
    return text.isprintable() or (_is_printable(text) and _HIDDEN.search(text) is None)


def _trimmed() -> list[pa.Check]:
    return [_check("surrounding_space", lambda text: text == text.strip()), _printable()]


def _id_checks() -> list[pa.Check]:
    return [
        _visible(),
        _check("blank_id", lambda text: bool(text.strip())),
        _check("surrounding_space", lambda text: not text.strip() or text == text.strip()),
    ]


def _date() -> pa.Check:
    return _check("not_a_date", _is_blank_or(is_date))


def _filled() -> pa.Check:
    return _check("blank_text", lambda text: bool(text.strip()))


def _number() -> pa.Check:
    return _check("not_a_number", _is_blank_or(is_number))


def _share() -> pa.Check:
    return _check(
        "share_range", _is_blank_or(lambda text: is_number(text) and 0 <= float(text) <= 1)
    )


def _points() -> pa.Check:
    return _check(
        "points_range", _is_blank_or(lambda text: is_number(text) and 0 <= float(text) <= 100)
    )


def _one_of(rule: str, known: Collection[str]) -> pa.Check:
    return _check(rule, _is_blank_or(lambda text: text in known))
