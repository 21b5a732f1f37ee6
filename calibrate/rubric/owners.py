"""Do the people whom a strategy names exist?"""

from __future__ import annotations

from calibrate.config import Cycle
from calibrate.errors import Problem
from calibrate.ingest import EmployeeTable
from calibrate.ingest.recode import Suggester
from calibrate.rubric.strategy import Strategy


def check_people(
    strategy: Strategy | None, employees: EmployeeTable, cycle: Cycle
) -> list[Problem]:
    """Note each outcome without an owner, and each owner who is not among the employees.

    Without an employees file nobody knows who else works there: then only the
    missing owners are noted.
    """
    if strategy is None:
        return []
    owners = [outcome.owner for outcome in strategy.outcomes]
    unknown = [owner for owner in owners if owner and owner not in employees.codes]
    suggester = Suggester(employees.ids, employees.refused)
    suggester.prepare(unknown)
    problems = []
    for i, owner in enumerate(owners):
        path, named = f"outcomes[{i}].owner", strategy.outcomes[i].id
        if not owner:
            rule, what = "outcome_without_owner", f"nobody answers for '{named}'"
            fix = "name the employee_id of whoever does"
        elif owner not in employees.codes and cycle.inputs.has("employees"):
            rule = "unknown_owner"
            what, fix = suggester.explain_person(owner)
        else:
            continue
        problems.append(
            Problem(strategy.file, None, path, rule, f"{path}: {what}", fix, "note", owner or "")
        )
    return problems
