"""Who has a score, who has none, why, and which manager form is still to come."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from calibrate.language import N_, _, ngettext
from calibrate.tables import READINESS

#: Reasons that leave the manager's form still to be asked for.
ASKABLE = ("left_out", "too_thin", "null_label", "not_scored", "no_form")
#: Reasons of people who were never part of the cycle.
ELSEWHERE = ("left_before", "joins_later")

_UNLINKED = N_("not adjusted: nobody else marked enough of the same people")

Person = Mapping[Hashable, Any]


def build_readiness(
    people: pd.DataFrame, starts_on: date | None, ends_on: date | None
) -> pd.DataFrame:
    """Say of everybody whether there is a score, and why not.

    Parameters
    ----------
    people
        One row a person: employee_id, session, manager_id, link; the texts
        not_rated_reason, left_on, hired_on, status, present_share and
        null_labels (what forms without a mark say), "" for blank; and counts:
        n_managers, n_scored and n_thin forms, n_empty of these, n_unscored forms, which have no
        weight, n_unscored_own of them, n_manager_forms that answer, n_left_out
        rows with a fault.

    Returns
    -------
    frame as :data:`calibrate.tables.READINESS`
    """
    rated = people["n_scored"].to_numpy() > 0
    reason = np.full(len(people), "", dtype=object)
    detail = reason.copy()
    cycle = (str(starts_on or ""), str(ends_on or ""), find_middle(starts_on, ends_on))
    is_unlinked = rated & (people["link"] == "unlinked").to_numpy()
    reason[is_unlinked], detail[is_unlinked] = "unlinked", _(_UNLINKED)
    told = np.flatnonzero(~rated | (people["not_rated_reason"] != "").to_numpy())
    for at, person in zip(told, people.iloc[told].to_dict("records"), strict=True):
        explain = _explain_marks(person) if rated[at] else explain_absence(person, *cycle)
        reason[at], detail[at] = explain
    expects = bool((people["n_manager_forms"] > 0).any())
    is_missing = (
        expects
        & (people["manager_id"] != "").to_numpy()
        & (people["n_manager_forms"] == 0).to_numpy()
        & (rated | np.isin(reason, ASKABLE))
    )
    return READINESS.conform(
        people[["employee_id", "session", "manager_id", "n_managers"]].assign(
            status=np.where(rated, "rated", "not_rated"), reason=reason, detail=detail,
            missing_manager_form=is_missing,
        )
    )  # fmt: skip


def find_middle(starts_on: date | None, ends_on: date | None) -> str:
    """Middle of the cycle as an ISO date; whoever joins after it joined late.

    Examples
    --------
    >>> find_middle(date(2026, 7, 1), date(2026, 12, 31))
    '2026-09-30'
    """
    if starts_on is None or ends_on is None:
        return ""
    return str(starts_on + (ends_on - starts_on) / 2)


def explain_absence(person: Person, starts: str, ends: str, middle: str) -> tuple[str, str]:
    """Name the first reason that applies, and say it in words.

    A reason that was given goes before one that we derive; forms that were
    filed and cannot be used go before the person's absence.

    Examples
    --------
    >>> blank = dict.fromkeys(["not_rated_reason", "left_on", "hired_on", "status",
    ...                        "present_share"], "")
    >>> counts = {"null_labels": "", "n_left_out": 0, "n_thin": 0, "n_unscored": 0}
    >>> explain_absence({**blank, **counts, "left_on": "2026-08-31"}, "2026-07-01", "", "")
    ('left', 'left on 2026-08-31')
    """
    left, hired = str(person["left_on"]), str(person["hired_on"])
    if person["not_rated_reason"]:
        return "given", str(person["not_rated_reason"])
    if left and left < starts:
        return "left_before", _("left on {day}, before the cycle", day=left)
    if hired and ends and hired > ends:
        return "joins_later", _("joins on {day}, after the cycle", day=hired)
    unusable = _explain_forms(person)
    if unusable is not None:
        return unusable
    if left and (not ends or left <= ends):
        return "left", _("left on {day}", day=left)
    if is_on_leave(person):
        return "on_leave", _("on leave")
    if middle and hired > middle:
        return "joined_late", _("joined on {day}", day=hired)
    return "no_form", _("no form was filed")


def is_on_leave(person: Person) -> bool:
    """Tell whether somebody was away; the kind of leave is nobody's business here."""
    share, status = str(person["present_share"]), str(person["status"])
    return (share != "" and float(share) == 0) or "leave" in status.casefold().split()


def _explain_forms(person: Person) -> tuple[str, str] | None:
    n = int(person["n_thin"])
    if n and person["n_empty"] == n:
        return "too_thin", ngettext("the only form has no mark", "all {n} forms lack marks", n)
    if n:
        return "too_thin", ngettext(
            "the only form answers less than half of the weight",
            "all {n} forms answer less than half of the weight",
            n,
        )
    if person["n_left_out"]:
        return "left_out", ngettext(
            "{n} row with a fault was left out", "{n} rows with a fault were left out",
            int(person["n_left_out"]),
        )  # fmt: skip
    if person["null_labels"]:
        return "null_label", _("marked {labels}", labels=str(person["null_labels"]))
    if person["n_unscored"]:
        if person["n_unscored"] == person["n_unscored_own"]:
            return "not_scored", _("only the own form was filed, and it does not count")
        return "not_scored", _("only forms were filed that do not count")
    return None


def _explain_marks(person: Person) -> tuple[str, str]:
    why = str(person["not_rated_reason"])
    return "rated_all_the_same", _("has marks, although: {why}", why=why)
