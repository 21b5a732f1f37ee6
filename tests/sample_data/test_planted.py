"""What is planted in the sample company, found by a run of it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest


@pytest.fixture(scope="module")
def read(run_folder: Path):
    def table(name: str) -> pd.DataFrame:
        return pd.read_parquet(run_folder / "tables" / f"{name}.parquet")

    return table


@pytest.fixture(scope="module")
def planted(sample_data: Path) -> dict[str, list[str]]:
    rows = pd.read_csv(sample_data / "truth" / "singled_out.csv")
    return rows.groupby("planted")["employee_id"].agg(list).to_dict()


def test_the_outcome_that_nobody_serves_is_the_planted_one(read) -> None:
    coverage = read("coverage").set_index("outcome")
    unserved = coverage.index[coverage["verdict"] == "unserved"].tolist()
    assert unserved == ["win-river-ports"]
    assert (
        coverage.loc["win-river-ports", ["n_criteria", "n_goals", "n_people"]].tolist() == [0] * 3
    )
    headlines = read("findings")["headline"].tolist()
    assert "Nobody serves the outcome “Win river ports as customers”." in headlines


def test_the_thin_outcome_and_the_chain_that_breaks_are_found(read) -> None:
    coverage, ladder = read("coverage"), read("ladder")
    assert coverage.loc[coverage["verdict"] == "thin", "outcome"].tolist() == ["grow-people"]
    missing = ladder[(ladder["verdict"] == "missing") & (ladder["outcome"] != "win-river-ports")]
    assert missing[["outcome", "kind"]].to_numpy().tolist() == [["grow-people", "unit"]]


def test_the_skill_that_rose_is_up_and_no_other_one_of_a_department(read) -> None:
    trends = read("skill_trends")
    up = trends[(trends["scope"] == "department") & (trends["verdict"] == "up")]
    assert ("Data", "customer-understanding") in set(
        zip(up["scope_id"], up["criterion"], strict=True)
    )
    # 44 other lines at 90 %: chance alone names two upwards; those of a department share raters.
    assert len(up) <= 6
    row = up.loc[up["change"].idxmax()]
    assert (row["scope_id"], row["criterion"]) == ("Data", "customer-understanding")
    # Six points a cycle were planted, less what shrinkage takes of today's score.
    assert row["change"] == pytest.approx(6, abs=2)


def test_engagement_goes_with_check_ins(read) -> None:
    impact = read("impact").set_index(["question", "measure", "kind"])
    assert impact.loc[("checkins", "engagement", "level"), "verdict"] == "goes_with"
    assert impact.loc[("recognition", "engagement", "level"), "verdict"] == "not_seen"


def test_leaders_high_up_are_not_involved(read) -> None:
    parts = read("participation")
    rate = parts[parts["dimension"] == "manager_level"].set_index("value")["per_month"]
    # Every 90 days at most: a third of a month.
    assert rate[["L6", "L7"]].max() <= 30.4375 / 90 * 1.1
    assert rate["L5"] > rate["L6"]


def test_remote_people_get_less_feedback(read) -> None:
    parts = read("participation")
    share = parts[parts["dimension"] == "work_mode"].set_index("value")["feedback_share"]
    assert share["remote"] < share["office"]


def test_ratings_against_results_are_named(read, planted) -> None:
    results = read("results")
    people = results[results["scope"] == "person"].set_index("scope_id")["verdict"]
    # Progress has a spread of 0.18 and scores one of 10 points: most are found, no wrong way.
    higher = people[planted["proposed_high_goals_missed"]]
    lower = people[planted["proposed_low_goals_reached"]]
    assert (higher == "higher").sum() >= 2
    assert "lower" not in set(higher)
    assert (lower == "lower").sum() >= 1
    assert "higher" not in set(lower)


def test_changed_targets_stand_in_the_change_log(read) -> None:
    changes = read("strategy_changes")
    assert set(changes["change"]) == {"retargeted"}
    assert set(changes["changed_on"].astype(str)) == {"2026-10-01"}
    assert 3 <= len(changes) <= 25


def test_vague_late_and_stale_goals_fail_their_rules(read) -> None:
    checks = read("goal_checks")
    failed = set(checks.loc[checks["passed"].eq(False).fillna(False), "rule"])
    assert {"specific", "measurable", "relevant", "time_bound", "current", "evidenced"} <= failed


def test_people_without_goals_and_with_recent_evidence_alone_are_exactly_the_planted_ones(
    read, planted
) -> None:
    gaps = read("evidence_gaps").groupby("gap")["employee_id"].agg(list)
    assert gaps["no_goal"] == planted["without_goals"]
    # Somebody else may have had all of it late by chance; nobody had in this company.
    assert gaps["only_recent"] == planted["only_recent_evidence"]


def test_rewards_of_the_planted_people_lie_beyond_a_neighbouring_band(read, planted) -> None:
    found = read("reward_outliers").set_index(["employee_id", "measure"])["direction"]
    for name, direction in (("paid_above_band", "above"), ("paid_below_band", "below")):
        assert len(planted[name]) == 2
        for person in planted[name]:
            for measure in ("merit_percent", "bonus_percent"):
                assert found[person, measure] == direction
    links = read("reward_links").set_index("measure")
    assert links.loc[["merit_percent", "bonus_percent"], "verdict"].tolist() == ["follows"] * 2


def test_managers_without_check_ins_are_exactly_the_planted_ones(read, planted) -> None:
    activity = read("activity")
    silent = activity.loc[activity["verdict"] == "none", "manager_id"].tolist()
    assert silent == planted["manager_without_checkins"]
    assert len(silent) >= 2


def test_one_goal_names_another_outcome_than_the_goal_above_it(read) -> None:
    cascade = read("cascade")
    assert cascade["verdict"].value_counts()["two_outcomes"] == 1
    # 6 in 100 goals of people are orphans, and with them the key results below.
    own = cascade[
        (cascade["kind"] == "person") & ~cascade["goal_id"].str.contains(".", regex=False)
    ]
    assert 0.02 < (own["verdict"] == "orphan").mean() < 0.11
