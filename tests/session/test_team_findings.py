"""What teams beside each other ask somebody to look at."""

from __future__ import annotations

import numpy as np
import pandas as pd

from calibrate.effects.movers import compare_moves
from calibrate.effects.ranks import RankAgreement
from calibrate.effects.teams import TeamMeans
from calibrate.session.team_findings import TeamEvidence, list_team_findings
from calibrate.tables import TEAMS, WHAT_IF

NO_RANKS = RankAgreement(np.nan, np.nan, np.nan, 0, 0)


def describe_team(manager: str, **changes: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "manager_id": manager, "n": 6, "n_unlinked": 6, "cause": "manager_or_team",
        "raw_mean": 50.0, "pooled_mean": 50.0, "low": 45.0, "high": 55.0, "difference": 0.0,
        "n_distinct": 6, "tied_share": 0.0, "sd": 10.0, "spread": 1.0, "spread_low": 0.7,
        "spread_high": 1.6, "p_value": 0.5, "q_value": 0.9, "n_with_goals": 6, "attainment": 0.8,
        "n_goals": 12, "reached_share": 0.25, "capped_share": 0.0,
    }  # fmt: skip
    return usual | changes


def find(teams: list[dict[str, object]], **changes: object):
    n = len(teams)
    points = np.full(n, 50.0)
    means = TeamMeans(np.full(n, 6), points, points, points, points, 50.0, 0.2, 0.1, 0.4)
    evidence = TeamEvidence(
        TEAMS.conform(pd.DataFrame(teams)), WHAT_IF.empty(), means, NO_RANKS, NO_RANKS, None, ""
    )
    return list_team_findings(evidence._replace(**changes))


def test_usual_teams_leave_one_note_on_the_share_between_managers() -> None:
    rows = find([describe_team("M1"), describe_team("M2")])
    assert [row[:4] for row in rows] == [("team", "company", "all", "note")]
    assert "About 20% of the differences" in rows[0][4]
    assert rows[0][5].startswith("10% to 40%; 12 people, 2 managers")


def test_spread_is_named_after_adjusting_for_the_number_of_teams_alone() -> None:
    odd = {"spread": 0.2, "p_value": 0.01}
    named = find([describe_team("M1", **odd, q_value=0.04), describe_team("M2", **odd)])[1:]
    assert [row[2:4] for row in named] == [("M1", "look")]
    assert "closer together" in named[0][4]


def test_team_without_any_spread_is_named_without_an_upper_end() -> None:
    flat = {"spread": 0.0, "spread_low": 0.0, "spread_high": None, "q_value": 0.01}
    assert "spread 0.00 of the usual (0.00)" in find([describe_team("M1", **flat)])[1][5]


def test_marks_above_and_goals_below_the_others_are_a_reason_to_look() -> None:
    """Attainment of all 0.72: M1 with 0.55 lies below, M2 with 0.8 less than a tenth above."""
    above = {"low": 52.0, "high": 60.0, "attainment": 0.55}
    below = {"low": 40.0, "high": 48.0}
    named = find([describe_team("M1", **above), describe_team("M2", **below), describe_team("M3")])
    assert [row[2] for row in named[1:]] == ["M1"]
    assert "above others in marks and below them in goals" in named[1][4]
    assert "association only" in named[1][5]


def test_teams_whose_severity_can_be_told_are_not_named() -> None:
    told = {"cause": "severity_told", "spread": 0.1, "q_value": 0.001}
    assert find([describe_team("M1", **told)]) == []


def test_people_who_changed_manager_are_counted_as_a_what_if() -> None:
    change = np.array([0.0, 2, 4, 10, 20, 30])
    moves = compare_moves(change, np.array([0, 0, 0, 0, 0, 0]), np.array([0, 0, 0, 1, 1, 1]), 2)
    row = find([describe_team("M1")], moves=moves, previous="2026-H1")[-1]
    assert row[4] == "3 people changed manager since 2026-H1"
    assert "10.0 points either way, those of the 3 who stayed by 2.0; what if" in row[5]


def test_what_if_counts_the_people_who_would_be_in_another_band() -> None:
    rows = [
        {"employee_id": f"E{n}", "kind": "manager", "of": "M1", "part": 3.0, "score_0": 50.0,
         "score_50": 48.5, "score_100": 47.0, "band_0": "a", "band_50": "a", "band_100": "b",
         "moves": moves}
        for n, moves in enumerate((0, 1, 2, None))
    ]  # fmt: skip
    found = find([describe_team("M1")], what_if=WHAT_IF.conform(pd.DataFrame(rows)))
    assert "2 of 3 people would be in another band" in found[1][4]
