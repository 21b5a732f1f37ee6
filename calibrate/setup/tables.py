"""The tables of a new folder: header-only files, and what each column holds."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from calibrate.config import COLUMNS, REQUIRED, SOURCES

#: Tables a first cycle may need, and when.
TABLES: Final = MappingProxyType(
    {
        "employees": "One row per person who is in this cycle.",
        "ratings": "One row per mark: whom it is for, who gave it, as what, on which criterion.",
        "attributes": (
            "One row per person, one column per attribute. The audit alone opens it, after all"
            " scores are final. Blank means: not stated. Leave it out if you do not need an audit"
            " by group. Take the # away in `cycle.yaml` once it is filled."
        ),
        "goals": (
            "One row per goal. An objective has its key results as rows below it; a goal that"
            " changes within the cycle has a row per version, each with its days. Take the # away"
            " in `cycle.yaml` once it is filled."
        ),
        "assignments": (
            "One row per person and manager, where somebody had two managers or changed team."
            " Take the # away in `cycle.yaml` once it is filled."
        ),
    }
)

MEANINGS: Final = MappingProxyType(
    {
        "employee_id": "The person's id, the same in every file.",
        "name": "As it stands on packets; without it the id does.",
        "manager_id": "The manager's id. Without it there are no manager packets.",
        "department": "Without the column session, each department is a session.",
        "job_family": "Decides which rubric applies; the audit compares within it.",
        "level": "Such as L3; the audit compares within it.",
        "location": "Site.",
        "work_mode": "Such as office, hybrid, remote.",
        "hired_on": "First day, such as 2024-03-01.",
        "left_on": "Last day.",
        "status": "Such as active, leave or left.",
        "not_rated_reason": "Why there is no rating: too new, on leave, …",
        "present_share": "Share of the time at work, 0 to 1.",
        "session": "Which calibration meeting talks about this person.",
        "proposed_band": "The band the manager proposes before the meeting.",
        "proposed_by": "Who proposed it.",
        "proposed_on": "When.",
        "rater_id": "Who gave the mark.",
        "source": f"One of {', '.join(SOURCES)}.",
        "criterion": "Id of a criterion in the rubric.",
        "mark": "The number, or the label if `cycle.yaml` declares a scale.",
        "comment": "Not read; it may stay.",
        "rated_on": "When the form was filled in.",
        "period_from": "First day the form speaks of.",
        "period_to": "Last day the form speaks of.",
        "goal_id": "The goal's id.",
        "title": "The goal in words.",
        "kind": "Goals: company, unit or person. Assignments: line, matrix, previous or acting.",
        "goal_type": "One of objective, key_result, kpi; blank is found out.",
        "owner": "Who answers for a goal of the company or a unit.",
        "parent_id": "The goal it serves; of a key result its objective.",
        "outcome": "The id in strategy.yaml it serves.",
        "weight": "How much it counts among the person's goals.",
        "unit": "Such as EUR, %, days.",
        "baseline": "The figure at the start.",
        "target": "The figure to reach.",
        "actual": "The figure reached.",
        "due_on": "Until when.",
        "valid_from": "First day; a goal that changed has a row for each version.",
        "valid_to": "Last day of the version.",
        "updated_on": "When somebody last looked at it.",
        "evidence": "Where it can be seen.",
        "from": "First day of the assignment.",
        "to": "Last day of the assignment.",
        "share": "Share of the manager's weight, 0 to 1.",
    }
)
#: Columns of the ratings where each person has one label from the manager.
MINIMAL_RATINGS: Final = ("employee_id", "rater_id", "mark")
_MINIMAL_TABLES: Final = ("employees", "ratings", "attributes")


def list_tables(*, is_minimal: bool) -> tuple[str, ...]:
    return _MINIMAL_TABLES if is_minimal else tuple(TABLES)


def list_columns(table: str, *, is_minimal: bool) -> tuple[str, ...]:
    """Columns of a header-only file; one example attribute, since everyone has others.

    Examples
    --------
    >>> list_columns("ratings", is_minimal=True)
    ('employee_id', 'rater_id', 'mark')
    """
    if table == "attributes":
        return ("employee_id", "gender")
    return MINIMAL_RATINGS if is_minimal and table == "ratings" else COLUMNS[table]


def describe_tables(tables: Sequence[str], *, is_minimal: bool) -> str:
    """Write the tables and their columns as Markdown."""
    lines: list[str] = []
    for table in tables:
        required = ("employee_id",) if table == "attributes" else REQUIRED[table]
        lines += [f"## {table}.csv", "", TABLES[table], ""]
        if table == "ratings" and is_minimal:
            lines += ["`cycle.yaml` adds the rest: every mark is the manager's, on everything.", ""]
        lines += ["| column | what it holds |", "|---|---|"]
        for column in list_columns(table, is_minimal=is_minimal):
            name = f"**{column}**" if column in required else column
            lines.append(f"| {name} | {MEANINGS.get(column, 'The attribute, in your words.')} |")
        lines.append("")
    return "\n".join(lines).rstrip()
