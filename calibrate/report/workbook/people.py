"""What people look up first: everybody with name, manager, scores and bands in one row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from calibrate.language import N_, _
from calibrate.report.material import list_rows
from calibrate.report.views.base import Company
from calibrate.report.views.meeting import is_discussed, say_why
from calibrate.report.words import say_link
from calibrate.session.reasons import BAND_DIFFERS, say_waiting
from calibrate.tables import Column, Contract

if TYPE_CHECKING:
    from calibrate.report.material import Material

_POINTS = "points, 0 to 100"
#: Scopes whose id is that of a person; a team goes by its manager.
OF_PEOPLE = frozenset({"manager", "rater", "person", "team"})

PEOPLE = Contract(
    "people",
    ("Session", "Name", "Employee ID"),
    (
        Column(N_("Session"), "text", N_("calibration session")),
        Column(N_("Name"), "text", N_("name; the id where no name was given")),
        Column(N_("Employee ID"), "text", N_("id in your files")),
        Column(N_("Manager"), "text", N_("name of the manager; the id where no name was given")),
        Column(N_("Department"), "text", N_("department")),
        Column(N_("Level"), "text", N_("level")),
        Column(N_("To discuss"), "text", N_("yes: the agenda gives this person time")),
        Column(N_("Why"), "text", N_("why to discuss, or why not")),
        Column(N_("Raw score"), "number", N_("weighted mean of the scored forms"), _POINTS),
        Column(N_("Adjusted score"), "number", N_("the same without rater severity"), _POINTS),
        Column(N_("Calibrated score"), "number", N_("the model's estimate"), _POINTS),
        Column(
            N_("Low"), "number", N_("lower end of the interval of the calibrated score"), _POINTS
        ),
        Column(
            N_("High"), "number", N_("upper end of the interval of the calibrated score"), _POINTS
        ),
        Column(N_("Raw band"), "text", N_("band of the raw score")),
        Column(N_("Proposed band"), "text", N_("the manager's proposal")),
        Column(
            N_("Suggested band"), "text",
            N_("band of the adjusted score where it is linked, else raw; empty where the cycle "
               "says not to show it yet"),
        ),
        Column(N_("How likely"), "number", N_("probability of the suggested band"), "0 to 1"),
        Column(N_("Final band"), "text", N_("decided band; empty until the session is locked")),
        Column(N_("Link"), "text", N_("how well the raters can be compared: well linked, "
               "weakly linked, not linked, not rated")),
        Column(N_("Forms"), "integer", N_("forms that were scored"), "forms"),
        Column(N_("Raters"), "integer", N_("raters behind them"), "raters"),
        Column(
            N_("Standard error"), "number", N_("standard error of the calibrated score"), "points"
        ),
        Column(N_("Pull"), "number", N_("calibrated minus adjusted: what shrinkage did"), "points"),
        Column(
            N_("Unit"), "text", N_("smallest declared unit: the manager's team or the department")
        ),
        Column(N_("Component"), "integer", N_("connected part of the network of raters")),
        Column(N_("Not rated because"), "text", N_("reason in the employees file")),
    ),
    meaning=N_("everybody with scores and bands; one row a person, by session and name"),
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
        agenda[["employee_id", "reason", "rules", "p_change", "minutes"]],
        on="employee_id", how="left", validate="one_to_one",
    )  # fmt: skip
    names = find_names(material)
    columns = {**_FROM_SCORES, **_FROM_EMPLOYEES}
    people = pd.DataFrame({heading: joined[column] for heading, column in columns.items()})
    people["Name"] = [names.get(key, key) for key in joined["employee_id"]]
    people["Manager"] = [names.get(key, key) for key in joined["manager_id"]]
    is_open = joined["minutes"].gt(0).astype("boolean").fillna(False)
    people["To discuss"] = is_open.map({True: _("yes"), False: ""})
    people["Why"] = _veil_reasons(material, joined)
    people["Link"] = joined["link"].map(say_link)
    return PEOPLE.conform(_hide_suggestions(people, material.cycle.show_suggested))


def translate_headings(contract: Contract, frame: pd.DataFrame) -> tuple[Contract, pd.DataFrame]:
    """Put headings and meanings into the language of the cycle.

    Units stay, for they choose the number format; so does the name, for it names the sheet.
    """
    columns = tuple(
        replace(column, name=_(column.name), meaning=_(column.meaning))
        for column in contract.columns
    )
    spoken = replace(
        contract, key=tuple(map(_, contract.key)), columns=columns, meaning=_(contract.meaning)
    )
    return spoken, frame.rename(columns=_)


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
        beside = "owner_name" if column.name == "owner" else column.name.replace("_id", "_name")
        if column.name in ("employee_id", "rater_id", "manager_id", "owner"):
            named[beside] = [names.get(key) for key in frame[column.name]]
        elif column.name == "scope_id":
            named[beside] = [
                names.get(key) if scope in OF_PEOPLE else None
                for scope, key in zip(frame["scope"], frame["scope_id"], strict=True)
            ]
        elif column.name == "employee_ids":
            named[beside] = [
                ";".join(names.get(key, key) for key in str(keys).split(";"))
                for keys in frame[column.name]
            ]
        else:
            continue
        columns.append(
            Column(beside, "text", _("name of the person behind {column}", column=column.name))
        )
    return replace(contract, columns=tuple(columns)), named


def _veil_reasons(material: Material, joined: pd.DataFrame) -> pd.Series:
    """Reasons in other words where they tell of a suggestion that is not to be shown yet."""
    company = Company(material)
    why = joined["reason"].copy()
    told = joined["rules"].fillna("").str.split(";").map(lambda rules: BAND_DIFFERS in rules)
    for at, row in zip(joined.index[told], list_rows(joined[told]), strict=True):
        if not company.is_revealed(row["proposed_band"]):
            said = say_why(company, row, row)
            why[at] = said if is_discussed(row) else say_waiting(said)
    return why


def _hide_suggestions(people: pd.DataFrame, rule: str) -> pd.DataFrame:
    """Evidence comes before the suggestion, here as in the packets."""
    if rule == "always":
        return people
    is_shown = people["Proposed band"].fillna("").ne("") & (rule == "after_proposal")
    hidden = people.copy(deep=False)
    for column in ("Suggested band", "How likely"):
        hidden[column] = people[column].where(is_shown)
    return hidden
