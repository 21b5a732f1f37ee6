"""What goals hang on: the goal above, the objective of a key result, and who owns them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from calibrate.errors import Problem
from calibrate.ingest.goal_versions import find_rows_above
from calibrate.ingest.recode import Suggester
from calibrate.ingest.table import TextTable, find_loops
from calibrate.ingest.values import EmployeeTable

_SEVERAL = re.compile(r"[;,|/+&\s]+")
#: A longer way round is not written out.
_MOST_NAMED = 8


def check_parents(table: TextTable) -> Iterator[Problem]:
    """Find goals above that are not there, two at once, and ways that run in a circle."""
    ids, above = table.frame["goal_id"].tolist(), table.frame["parent_id"].tolist()
    position = {name: index for index, name in enumerate(ids) if name}
    suggester = Suggester(tuple(position))
    suggester.prepare(parent for parent in above if parent and parent not in position)
    for index, parent in enumerate(above):
        if not parent or parent != parent.strip() or parent in position:
            continue
        parts = [part for part in _SEVERAL.split(parent) if part]
        if len(parts) > 1 and all(part in position for part in parts):
            what = f"two goals stand above this one: {' and '.join(parts[:_MOST_NAMED])}"
            fix = "name the one it serves most; what serves both is two goals"
            yield table.problem(index, "parent_id", "two_parents", what, fix)
            continue
        fix = suggester.ask(parent) or "add the goal or leave it blank"
        what = f"parent_id '{parent}' is no goal_id"
        yield table.problem(index, "parent_id", "unknown_parent", what, fix)
    frame = table.frame
    days = (frame["valid_from"], frame["valid_to"])
    rows = find_rows_above(frame["goal_id"], frame["parent_id"], *days) if len(frame) else ()
    for loop in find_loops([int(row) for row in rows]):
        names = [ids[index] for index in loop]
        is_long = len(names) > _MOST_NAMED
        shown = " → ".join([*names[:_MOST_NAMED], "…"] if is_long else [*names, names[0]])
        for index in loop:
            what = f"parent_id runs in a circle: {shown}"
            yield table.problem(index, "parent_id", "parent_loop", what, "correct one of them")


def check_key_results(table: TextTable) -> Iterator[Problem]:
    """Find key results that belong to no objective."""
    frame = table.frame
    if not len(frame) or not (frame["goal_type"] == "key_result").any():
        return
    types = dict(zip(frame["goal_id"], frame["goal_type"], strict=True))
    chosen = frame[frame["goal_type"] == "key_result"]
    for index, parent in zip(chosen.index.tolist(), chosen["parent_id"].tolist(), strict=True):
        if not parent:
            what = "a key result names no objective"
            fix = "write the objective's goal_id into parent_id"
            yield table.problem(index, "parent_id", "key_result_without_objective", what, fix)
        elif types.get(parent) in ("key_result", "kpi"):
            what = f"'{parent[:60]}' is a {types[parent].replace('_', ' ')}, no objective"
            fix = "name an objective, or write objective as the goal_type of that goal"
            yield table.problem(index, "parent_id", "key_result_without_objective", what, fix)


def check_owners(
    table: TextTable,
    employees: EmployeeTable,
    outcomes: Collection[str] | Mapping[str, str] | None,
) -> Iterator[Problem]:
    """Find goals that nobody owns, and owners who are not in the employees file."""
    frame = table.frame
    if not len(frame):
        return
    suggester = Suggester(employees.ids, employees.refused)
    owners = frame["owner"].tolist()
    suggester.prepare(owner for owner in owners if owner and owner not in employees.codes)
    # A file without any of these columns holds goals of the company.
    names_owners = bool({"employee_id", "department", "owner", "kind"} & table.declared)
    answers = outcomes if isinstance(outcomes, Mapping) else {}
    rows = zip(
        frame["kind"].tolist(), frame["employee_id"].tolist(), frame["department"].tolist(),
        owners, frame["outcome"].tolist(), frame["goal_type"].tolist(), strict=True,
    )  # fmt: skip
    for index, (kind, person, department, owner, outcome, goal_type) in enumerate(rows):
        if owner and owner not in employees.codes:
            shown, row = table.places[index]
            what = f"owner '{owner[:60]}' is not in the employees"
            fix = suggester.ask(owner) or "correct it, or leave it if the person is elsewhere"
            yield Problem(shown, row, "owner", "unknown_owner", what, fix, "note", owner)
        if person or owner or department or goal_type == "key_result" or kind == "person":
            continue
        if not names_owners:
            continue
        if kind == "unit":
            what, fix = "a goal of a unit names no department", "fill in department or owner"
            yield table.problem(index, "department", "goal_without_owner", what, fix)
        elif not kind and not outcome:
            what = "nobody owns this goal"
            fix = "fill in employee_id, department or owner, or write kind company"
            yield table.problem(index, "owner", "goal_without_owner", what, fix)
        elif isinstance(outcomes, Mapping) and not answers.get(outcome):
            shown, row = table.places[index]
            what = "nobody answers for this goal of the company"
            fix = "fill in owner, or the owner of its outcome in the strategy"
            yield Problem(shown, row, "owner", "goal_without_owner", what, fix, "note")
