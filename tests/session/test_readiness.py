"""Why somebody has no score: the first reason that applies, in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from calibrate.session.readiness import build_readiness

BLANK = {
    "employee_id": "E1", "session": "all", "manager_id": "M1", "link": "unrated",
    "not_rated_reason": "", "left_on": "", "hired_on": "", "status": "", "present_share": "",
    "n_managers": 1, "n_scored": 0, "n_thin": 0, "n_unscored": 0, "n_manager_forms": 0,
    "n_left_out": 0, "null_labels": "", "n_unscored_own": 0, "n_empty": 0,
}  # fmt: skip
RATED = {**BLANK, "employee_id": "E2", "link": "linked", "n_scored": 3, "n_manager_forms": 1}
STARTS, ENDS = date(2026, 7, 1), date(2026, 12, 31)


def explain(
    starts: date | None = STARTS, ends: date | None = ENDS, **facts: Any
) -> tuple[str, str, str, bool]:
    people = pd.DataFrame([{**BLANK, **facts}, RATED])
    row = build_readiness(people, starts, ends).iloc[0]
    return row["status"], row["reason"], row["detail"], bool(row["missing_manager_form"])


REASONS = [
    ({}, "no_form", "no form was filed", True),
    ({"manager_id": ""}, "no_form", "no form was filed", False),
    ({"not_rated_reason": "too new"}, "given", "too new", False),
    ({"not_rated_reason": "too new", "n_thin": 1}, "given", "too new", False),
    ({"left_on": "2026-06-30"}, "left_before", "left on 2026-06-30, before the cycle", False),
    ({"left_on": "2026-07-01"}, "left", "left on 2026-07-01", False),
    ({"left_on": "2026-12-31"}, "left", "left on 2026-12-31", False),
    ({"left_on": "2027-01-01"}, "no_form", "no form was filed", True),
    ({"hired_on": "2027-01-01"}, "joins_later", "joins on 2027-01-01, after the cycle", False),
    ({"hired_on": "2026-10-01"}, "joined_late", "joined on 2026-10-01", False),
    ({"hired_on": "2026-09-30"}, "no_form", "no form was filed", True),
    ({"present_share": "0"}, "on_leave", "on leave", False),
    ({"status": "Parental leave"}, "on_leave", "on leave", False),
    ({"status": "Leaver"}, "no_form", "no form was filed", True),
    ({"present_share": "0.4"}, "no_form", "no form was filed", True),
    ({"n_thin": 1}, "too_thin", "the only form answers less than half of the weight", True),
    ({"n_thin": 2, "left_on": "2026-08-01"}, "too_thin",
     "all 2 forms answer less than half of the weight", True),
    ({"n_thin": 1, "n_empty": 1}, "too_thin", "the only form has no mark", True),
    ({"n_thin": 2, "n_empty": 2}, "too_thin", "all 2 forms lack marks", True),
    ({"n_left_out": 2}, "left_out", "2 rows with a fault were left out", True),
    ({"null_labels": "'Too new'", "n_manager_forms": 1}, "null_label", "marked 'Too new'", False),
    ({"null_labels": "'Too new'"}, "null_label", "marked 'Too new'", True),
    ({"null_labels": "'Too new'", "n_thin": 1}, "too_thin",
     "the only form answers less than half of the weight", True),
    ({"n_unscored": 1}, "not_scored", "only forms were filed that do not count", True),
    ({"n_unscored": 1, "n_unscored_own": 1}, "not_scored",
     "only the own form was filed, and it does not count", True),
    ({"n_unscored": 1, "n_manager_forms": 1}, "not_scored",
     "only forms were filed that do not count", False),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "reason", "detail", "is_missing"), REASONS)
def test_the_first_reason_that_applies_is_named(
    facts: dict[str, Any], reason: str, detail: str, is_missing: bool
) -> None:
    assert explain(**facts) == ("not_rated", reason, detail, is_missing)


def test_the_kind_of_leave_is_not_repeated() -> None:
    assert "parental" not in " ".join(map(str, explain(status="parental leave"))).lower()


def test_without_dates_of_the_cycle_nobody_came_too_early_or_late() -> None:
    assert explain(None, None, hired_on="2030-01-01")[1] == "no_form"
    assert explain(None, None, left_on="2020-01-01")[1] == "left"


def test_marks_of_somebody_with_a_reason_for_none_are_said() -> None:
    facts = {"n_scored": 2, "link": "linked", "n_manager_forms": 1, "not_rated_reason": "too new"}
    expected = ("rated", "rated_all_the_same", "has marks, although: too new", False)
    assert explain(**facts) == expected


def test_rated_people_may_lack_the_manager_s_form() -> None:
    assert explain(n_scored=2, link="linked") == ("rated", "", "", True)
    assert explain(n_scored=2, link="unlinked")[1] == "unlinked"


def test_no_manager_form_is_missing_where_managers_file_none() -> None:
    people = pd.DataFrame([BLANK, {**RATED, "n_manager_forms": 0}])
    assert not build_readiness(people, STARTS, ENDS)["missing_manager_form"].any()
