"""What people look up first: everybody with name, manager, scores and bands in one row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from calibrate.report.words import LINK_WORDS
from calibrate.tables import Column, Contract

if TYPE_CHECKING:
    from calibrate.report.material import Material

_POINTS = "points, 0 to 100"

PEOPLE = Contract(
    "people",
    ("Session", "Name", "Employee ID"),
    (
        Column("Session", "text", "calibration session"),
        Column("Name", "text", "name; the id where no name was given"),
        Column("Employee ID", "text", "id in your files"),
        Column("Manager", "text", "name of the manager; the id where no name was given"),
        Column("Department", "text", "department"),
        Column("Level", "text", "level"),
        Column("To discuss", "text", "yes: the agenda gives this person time"),
        Column("Why", "text", "why to discuss, or why not"),
        Column("Raw score", "number", "weighted mean of the scored forms", _POINTS),
        Column("Adjusted score", "number", "the same without rater severity", _POINTS),
        Column("Calibrated score", "number", "the model's estimate", _POINTS),
        Column("Low", "number", "lower end of the interval of the calibrated score", _POINTS),
        Column("High", "number", "upper end of the interval of the calibrated score", _POINTS),
        Column("Raw band", "text", "band of the raw score"),
        Column("Proposed band", "text", "the manager's proposal"),
        Column("Suggested band", "text", "band of the adjusted score where it is linked, else raw; "
               "empty where the cycle says not to show it yet"),
        Column("How likely", "number", "probability of the suggested band", "0 to 1"),
        Column("Final band", "text", "decided band; empty until the session is locked"),
        Column("Link", "text", "how well the raters can be compared: well linked, weakly linked, "
               "not linked, not rated"),
        Column("Forms", "integer", "forms that were scored", "forms"),
        Column("Raters", "integer", "raters behind them", "raters"),
        Column("Standard error", "number", "standard error of the calibrated score", "points"),
        Column("Pull", "number", "calibrated minus adjusted: what shrinkage did", "points"),
        Column("Unit", "text", "smallest declared unit: the manager's team or the department"),
        Column("Component", "integer", "connected part of the network of raters"),
        Column("Not rated because", "text", "reason in the employees file"),
    ),
    meaning="everybody with scores and bands; one row a person, by session and name",
)  # fmt: skip

_FROM_SCORES = {
    "Session": "session", "Employee ID": "employee_id", "Raw score": "raw_score",
    "Adjusted score": "adjusted_score", "Calibrated score": "calibrated_score", "Low": "low",
    "High": "high", "Raw band": "raw_band", "Proposed band": "proposed_band",
    "Suggested band": "suggested_band", "How likely": "p_suggested", "Final band": "final_band",
    "Forms": "n_forms", "Raters": "n_raters", "Standard error": "se", "Pull": "pull",
    "Unit": "unit", "Component": "component",
}  # fmt: skip
_FROM_EMPLOYEES = {
    "Department": "department", "Level": "level", "Not rated because": "not_rated_reason",
}  # fmt: skip


def tabulate_people(material: Material) -> pd.DataFrame:
    """Join names, scores and agenda, as :data:`PEOPLE`."""
    scores, agenda = material.tables["scores"], material.tables["agenda"]
    own = ["employee_id", "manager_id", *_FROM_EMPLOYEES.values()]
    employees = material.employees.reindex(columns=own, fill_value="")
    joined = scores.merge(employees, on="employee_id", how="left", validate="one_to_one").merge(
        agenda[["employee_id", "reason", "minutes"]],
        on="employee_id", how="left", validate="one_to_one",
    )  # fmt: skip
    names = find_names(material)
    columns = {**_FROM_SCORES, **_FROM_EMPLOYEES}
    people = pd.DataFrame({heading: joined[column] for heading, column in columns.items()})
    people["Name"] = [names.get(key, key) for key in joined["employee_id"]]
    people["Manager"] = [names.get(key, key) for key in joined["manager_id"]]
    is_open = joined["minutes"].gt(0).astype("boolean").fillna(False)
    people["To discuss"] = is_open.map({True: "yes", False: ""})
    people["Why"] = joined["reason"]
    people["Link"] = joined["link"].map(LINK_WORDS)
    return PEOPLE.conform(_hide_suggestions(people, material.cycle.show_suggested))


def find_names(material: Material) -> Mapping[str, str]:
    """Name of each employee who has one."""
    if "name" not in material.employees.columns:
        return {}
    named = material.employees[material.employees["name"].fillna("") != ""]
    return dict(zip(named["employee_id"], named["name"], strict=True))


def add_names(
    contract: Contract, frame: pd.DataFrame, names: Mapping[str, str]
) -> tuple[Contract, pd.DataFrame]:
    """Put the name behind each column of ids; ids alone help nobody."""
    columns: list[Column] = []
    named = frame.copy(deep=False)
    for column in contract.columns:
        columns.append(column)
        beside = column.name.replace("_id", "_name")
        if column.name in ("employee_id", "rater_id", "manager_id"):
            named[beside] = [names.get(key) for key in frame[column.name]]
        elif column.name == "scope_id":
            named[beside] = [
                names.get(key) if scope in ("manager", "rater") else None
                for scope, key in zip(frame["scope"], frame["scope_id"], strict=True)
            ]
        else:
            continue
        columns.append(Column(beside, "text", f"name of the person behind {column.name}"))
    return replace(contract, columns=tuple(columns)), named


def _hide_suggestions(people: pd.DataFrame, rule: str) -> pd.DataFrame:
    """Evidence comes before the suggestion, here as in the packets."""
    if rule == "always":
        return people
    is_shown = people["Proposed band"].fillna("").ne("") & (rule == "after_proposal")
    hidden = people.copy(deep=False)
    for column in ("Suggested band", "How likely"):
        hidden[column] = people[column].where(is_shown)
    return hidden
