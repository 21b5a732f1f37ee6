"""Who is missing and why, whom to ask for a form, and whose manager forms entered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from calibrate.language import N_, _, ngettext
from calibrate.report.material import Row
from calibrate.report.views.base import Company, Item, cap_rows
from calibrate.report.words import NOT_KNOWN, join_words, write_count, write_date, write_percent
from calibrate.session.readiness import ELSEWHERE

#: Names in one cell; more are counted.
MOST_NAMES = 12


@dataclass(frozen=True)
class Absence:
    """A person without a score, why, and whom to ask for a form."""

    name: str
    line: str
    reason: str
    ask: str


@dataclass(frozen=True)
class MissingForms:
    """A manager who has yet to file forms, and for whom."""

    manager: str
    n_people: str
    people: str


@dataclass(frozen=True)
class Presence:
    """Counts, people without a score, and manager forms that are missing."""

    counts: tuple[Item, ...]
    absences: tuple[Absence, ...]
    notice: str
    missing: tuple[MissingForms, ...]
    missing_notice: str


def build_presence(company: Company, employee_ids: Sequence[str]) -> Presence:
    """Collect what the readiness table says about some people."""
    rows = company.material.desk.find_rows("readiness", "employee_id", employee_ids)
    absent = [row for row in rows if row["status"] == "not_rated"]
    absences, notice = cap_rows([_build_absence(company, row) for row in absent])
    asked: dict[str, list[str]] = {}
    for row in rows:
        if row["missing_manager_form"]:
            asked.setdefault(str(row["manager_id"]), []).append(str(row["employee_id"]))
    missing, missing_notice = cap_rows(
        [
            MissingForms(
                company.name(manager), write_count(len(people)), _list_names(company, people)
            )
            for manager, people in sorted(asked.items(), key=lambda pair: (-len(pair[1]), pair[0]))
        ],
    )
    return Presence(_count(rows), absences, notice, missing, missing_notice)


def say_reason(company: Company, employee_id: str) -> str:
    """Why somebody has no score, in words."""
    row = company.material.desk.find_one("readiness", "employee_id", employee_id)
    return str(row.get("detail") or _(NOT_KNOWN))


def is_elsewhere(company: Company, employee_id: str) -> bool:
    """Did somebody leave before the cycle, or join after it?"""
    row = company.material.desk.find_one("readiness", "employee_id", employee_id)
    return row.get("status") == "not_rated" and row.get("reason") in ELSEWHERE


def say_managers(company: Company, employee_id: str) -> str:
    """Say whose manager forms entered; empty where it is the line manager's alone.

    With several, each has a share of the manager's weight.
    """
    desk = company.material.desk
    forms = [
        form
        for form in desk.find_rows("forms", "employee_id", [employee_id])
        if form["source"] == "manager" and form.get("scored")
    ]
    line_manager = company.find_employee(employee_id).get("manager_id")
    if not forms or [form["rater_id"] for form in forms] == [line_manager]:
        return ""
    rows = desk.find_rows("assignments", "employee_id", [employee_id])
    total = sum(float(form["weight"]) for form in forms)
    said = []
    for form in sorted(forms, key=lambda f: (-float(f["weight"]), str(f["rater_id"]))):
        parts = [company.name(str(form["rater_id"]))]
        parts += [_say_role(company, row) for row in rows if row["manager_id"] == form["rater_id"]]
        if len(forms) > 1:
            parts.append(write_percent(float(form["weight"]) / total))
        said.append(", ".join(parts))
    return ngettext(
        "Manager form: {names}.", "Manager forms: {names}.", len(forms), names="; ".join(said)
    )


def say_present(goals: Sequence[Row]) -> str:
    """Say that absence prorated the targets of a person's goals; empty where it did not."""
    shares = [
        float(goal["present_share"])
        for goal in goals
        if goal.get("present_share") is not None and goal["present_share"] < 1
    ]
    if not shares:
        return ""
    if shares[0] == 0:
        return _("Absent for the whole cycle: no target counts.")
    return _(
        "Present for {share} of the cycle: targets count to that part.",
        share=write_percent(shares[0]),
    )


#: Whose form it is: kind → words without a day, with the day on which it ended or began.
_ROLES = {
    "previous": (N_("previous manager"), N_("previous manager until {day}"), ""),
    "line": (N_("line manager"), N_("line manager until {day}"), N_("line manager since {day}")),
    "matrix": (
        N_("matrix manager"), N_("matrix manager until {day}"), N_("matrix manager since {day}"),
    ),
    "acting": (
        N_("acting manager"), N_("acting manager until {day}"), N_("acting manager since {day}"),
    ),
}  # fmt: skip


def _say_role(company: Company, row: Row) -> str:
    kind = str(row["kind"])
    has_ended = kind == "previous" or not row["is_current"]
    plain, until, since = _ROLES["previous" if has_ended and kind == "line" else kind]
    if has_ended:
        return _(until, day=_write_day(row["to"])) if row["to"] else _(plain)
    starts_on = company.material.cycle.starts_on
    is_new = starts_on is not None and str(row["from"]) > str(starts_on)
    return _(since, day=_write_day(row["from"])) if is_new else _(plain)


def _write_day(day: object) -> str:
    return write_date(date.fromisoformat(str(day)))


def _build_absence(company: Company, row: Row) -> Absence:
    employee_id = str(row["employee_id"])
    ask = company.name(str(row["manager_id"])) if row["missing_manager_form"] else ""
    reason = str(row["detail"] or _(NOT_KNOWN))
    return Absence(company.name(employee_id), company.describe(employee_id), reason, ask)


def _list_names(company: Company, people: Sequence[str]) -> str:
    names = [company.name(person) for person in people[:MOST_NAMES]]
    more = len(people) - len(names)
    return join_words([*names, _("{n} more", n=more)] if more else names)


def _count(rows: Sequence[Row]) -> tuple[Item, ...]:
    """Counts that are worth a line; what did not happen has none."""
    reasons = [row["reason"] for row in rows]
    counts = (
        (_("Manager form still missing"), sum(bool(row["missing_manager_form"]) for row in rows)),
        (_("With more than one manager"), sum((row["n_managers"] or 0) > 1 for row in rows)),
        (_("Left before the cycle"), reasons.count("left_before")),
        (_("Marks despite a reason for none"), reasons.count("rated_all_the_same")),
    )
    return tuple(Item(label, write_count(n)) for label, n in counts if n)
