"""What check-ins and rewards ask HR to look at."""

from __future__ import annotations

import pandas as pd

from calibrate.align.practice_findings import list_practice_findings
from calibrate.tables import ACTIVITY, PARTICIPATION, REWARD_LINKS


def levels(*rows: tuple[str, float, float]) -> pd.DataFrame:
    """Rows of manager levels: level, managers, of these leading; 12 people and 0.25 a month."""
    named = pd.DataFrame(rows, columns=["value", "n_managers", "n_leading"])
    return PARTICIPATION.conform(
        named.assign(
            dimension="manager_level", n_people=12, per_month=0.25, checkin_share=0.5,
            checkin_low=0.3, checkin_high=0.7, feedback_share=0.5, recognised_share=0.5,
        )
    )  # fmt: skip


def test_a_level_at_which_no_manager_leads_is_named() -> None:
    # L7 has two managers: a finding would be about one of them. L5 has one who leads.
    found = list(
        list_practice_findings(
            ACTIVITY.empty(), levels(("L5", 9, 1), ("L6", 7, 0), ("L7", 2, 0)),
            REWARD_LINKS.empty(),
        )
    )  # fmt: skip
    assert found == [
        ("practice", "level", "L6", "look",
         "None of 7 managers of level L6 keeps the agreed rhythm of check-ins "
            "with at least half of the people.",
         "12 people, 0.25 check-ins a month and person"),
    ]  # fmt: skip


def test_without_check_ins_no_level_is_named() -> None:
    table = levels(("L6", 7, 0)).assign(n_managers=pd.NA, n_leading=pd.NA)
    assert not list(list_practice_findings(ACTIVITY.empty(), table, REWARD_LINKS.empty()))


def test_rewards_that_follow_the_bands_are_no_finding() -> None:
    link = {
        "measure": "merit_percent", "stage": "raw", "n": 50, "correlation": 0.1, "low": -0.2,
        "high": 0.4, "detectable": 0.39, "n_above": 0, "n_below": 0, "cost_above": 0.0,
        "cost_below": 0.0, "verdict": "unclear",
    }  # fmt: skip
    rows = [
        link,
        {**link, "measure": "bonus_percent", "verdict": "follows"},
        {**link, "measure": "promoted", "verdict": "not_told"},
    ]
    found = list(
        list_practice_findings(
            ACTIVITY.empty(), PARTICIPATION.empty(), REWARD_LINKS.conform(pd.DataFrame(rows))
        )
    )
    assert [(row[2], row[3]) for row in found] == [("merit_percent", "look")]
    assert found[0][5] == "rank correlation 0.10, −0.20 to 0.40, 50 people"


def test_silent_and_rare_teams_are_told_apart() -> None:
    teams = pd.DataFrame({"manager_id": ["A", "B", "C", "D"],
                          "verdict": ["none", "rare", "on_cadence", "too_few"]})  # fmt: skip
    activity = ACTIVITY.conform(teams.reindex(columns=list(ACTIVITY.names)))
    found = list(list_practice_findings(activity, PARTICIPATION.empty(), REWARD_LINKS.empty()))
    assert [(row[2], row[3], row[5]) for row in found] == [
        ("checkins_none", "look", "A"), ("checkins_rare", "note", "B"),
    ]  # fmt: skip
