"""Notes on check-ins, feedback and measures that were read and count nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Set

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.config import Cycle, ask_for, suggest_names
from calibrate.errors import Problem
from calibrate.ingest.table import TextTable
from calibrate.ingest.values import EmployeeTable

#: Kind of unit → the column of employees that says which one somebody belongs to.
UNIT_COLUMNS = {"team": "manager_id", "department": "department"}
#: More strangers than this are told in one note: names of another system.
MOST_UNKNOWN = 10
FlagArray = npt.NDArray[np.bool_]

_ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DAY = {"checkins": "held_on", "feedback": "given_on"}


def find_unit_kind(named: Set[str], employees: EmployeeTable) -> str:
    """Tell which kind of unit the measures are of: the one that more of their names belong to.

    Returns
    -------
    team, department, or "" where no employee has a manager or a department. Teams come first
    where both have as many.
    """
    known = _list_units(employees)
    return max(known, key=lambda kind: len(named & known[kind]), default="")


def pick_own(frame: pd.DataFrame, cycle: Cycle) -> pd.Series:
    """Tell which measures name this cycle, or none."""
    return frame["cycle"].isin(["", cycle.cycle])


def pick_current(frame: pd.DataFrame, cycle: Cycle) -> pd.Series:
    """Tell which measures are of this cycle.

    A row that names its cycle is of that one, whenever it was measured. One that names none
    counts unless it was measured after the last day: what came later is no outcome of before.
    """
    is_now = pick_own(frame, cycle)
    if cycle.ends_on is None:
        return is_now
    # ISO days sort as text, and a blank comes before all of them.
    return is_now & ((frame["cycle"] != "") | (frame["as_of"] <= cycle.ends_on.isoformat()))


def note_units(text: TextTable, employees: EmployeeTable, cycle: Cycle) -> Iterator[Problem]:
    """Note measures of units that nobody belongs to, and those measured after the cycle."""
    frame = text.frame
    if not len(frame):
        return
    is_own = pick_own(frame, cycle).to_numpy(bool)
    is_late = is_own & ~pick_current(frame, cycle).to_numpy(bool)
    if is_late.any():
        yield _note(
            text, is_late, "as_of", "measured_after_cycle",
            f"{_count(is_late)} of days after the cycle, and no cycle is named",
            "not used; fill in the column cycle if they belong to this one",
        )  # fmt: skip
    known = _list_units(employees)
    kind = find_unit_kind(set(frame.loc[is_own, "unit"]), employees)
    for other in sorted(set(known) - {kind}):
        is_other = is_own & frame["unit"].isin(known[other] - known[kind]).to_numpy(bool)
        if is_other.any():
            yield _note(
                text, is_other, "unit", "unit_of_other_kind",
                f"{_count(is_other)} about a {other}, and more units are each a {kind}",
                f"not used; give measures by {kind} alone, or by {other} alone",
            )  # fmt: skip
    everything = frozenset[str]().union(*known.values())
    is_strange = is_own & ~frame["unit"].isin({*everything, ""}).to_numpy(bool)
    yield from _note_strangers(text, is_strange, known.get(kind, frozenset()))


def _list_units(employees: EmployeeTable) -> dict[str, frozenset[str]]:
    return {
        kind: frozenset(name for name in employees.column(column) if name)
        for kind, column in UNIT_COLUMNS.items() if column in employees.declared
    }  # fmt: skip


def _note_strangers(
    text: TextTable, is_strange: FlagArray, known: frozenset[str]
) -> Iterator[Problem]:
    names = list(dict.fromkeys(text.frame.loc[is_strange, "unit"]))
    fix = "not used; name units as manager_id or department does"
    if len(names) > MOST_UNKNOWN:
        what = (
            f"{_count(is_strange)} about {len(names)} units that are neither a manager of "
            f"somebody nor a department, such as '{names[0][:60]}'"
        )
        yield _note(text, is_strange, "unit", "unknown_unit", what, fix)
        return
    for name in names:
        chosen = is_strange & (text.frame["unit"] == name).to_numpy(bool)
        asked = ask_for(suggest_names(name, known))
        what = f"'{name[:60]}' is neither a manager of somebody nor a department"
        asked_fix = f"{asked} {fix}" if asked else fix
        yield _note(text, chosen, "unit", "unknown_unit", what, asked_fix)


def note_days(
    text: TextTable, table: str, employees: EmployeeTable, cycle: Cycle
) -> Iterator[Problem]:
    """Note check-ins and feedback of days when the cycle or the person was not there.

    One note a file: a system exports years of them, and nothing is wrong with that.
    """
    if not len(text.frame):
        return
    column = _DAY[table]
    day = text.frame[column]
    # ISO days sort as text; what is no day is a fault of its own.
    is_own = text.frame["employee_id"].isin(employees.ids) & day.str.fullmatch(_ISO)
    first, last = (
        edge.isoformat() if edge else blank
        for edge, blank in ((cycle.starts_on, ""), (cycle.ends_on, "9999-12-31"))
    )
    is_outside = (is_own & ~day.between(first, last)).to_numpy(bool)
    if is_outside.any():
        what = f"{_count(is_outside)} of days outside the cycle"
        fix = "they count nowhere; check the days if that surprises you"
        yield _note(text, is_outside, column, "day_outside_cycle", what, fix)
    if not {"hired_on", "left_on"} & employees.declared:
        return
    stays = employees.frame[["employee_id", "hired_on", "left_on"]]
    when = text.frame[["employee_id"]].merge(
        stays, on="employee_id", how="left", validate="many_to_one"
    )
    came, left = (when[name].fillna("").to_numpy(object) for name in ("hired_on", "left_on"))
    days = day.to_numpy(object)
    is_gone = is_own.to_numpy(bool) & ~is_outside & ((days < came) | ((left != "") & (days > left)))
    if is_gone.any():
        what = f"{_count(is_gone)} of days before the person came or after the person left"
        fix = "not counted for the team; check hired_on, left_on or the day"
        yield _note(text, is_gone.astype(bool), column, "person_not_there", what, fix)


def _count(chosen: FlagArray) -> str:
    n = int(chosen.sum())
    return f"{n} {'row is' if n == 1 else 'rows are'}"


def _note(
    text: TextTable, chosen: FlagArray, column: str, rule: str, what: str, fix: str
) -> Problem:
    """One note for all chosen rows, at the first of them."""
    first = int(np.flatnonzero(chosen)[0])
    shown, row = text.places[first]
    value = str(text.frame[column].iloc[first])
    return Problem(shown, row, column, rule, what, fix, "note", value)
