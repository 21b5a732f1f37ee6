"""Association over units: what is told, and what could have been seen."""

from __future__ import annotations

import numpy as np
import pytest

from calibrate.align.impact import associate
from calibrate.bands import false_discovery_rate

RISING = np.arange(30.0)


def test_a_line_names_both_sides_its_interval_and_no_cause() -> None:
    table = associate("team", {"checkins": RISING}, {"engagement": RISING**2}, {})
    (row,) = table.to_dict("records")
    assert (row["question"], row["measure"], row["kind"]) == ("checkins", "engagement", "level")
    assert (row["n_units"], row["correlation"], row["verdict"]) == (30, 1.0, "goes_with")
    # tanh(2.80159 / sqrt(27)) = tanh(0.53917) = 0.4924.
    assert row["detectable"] == pytest.approx(0.4924, abs=1e-4)
    assert row["words"] == (
        "Over 30 teams, check-ins and engagement go together (1.00, 1.00 to 1.00): where one is "
        "higher, so is the other. Association only: it names no cause."
    )


def test_the_other_way_round_is_said_so() -> None:
    (row,) = associate("team", {"checkins": RISING}, {"turnover": -RISING}, {}).to_dict("records")
    assert row["verdict"] == "goes_against"
    assert "check-ins and turnover go opposite ways (−1.00" in row["words"]


def test_what_was_not_seen_says_what_could_have_been() -> None:
    rng = np.random.default_rng(5)
    own = {"checkins": rng.normal(size=30)}
    (row,) = associate("team", own, {"engagement": rng.normal(size=30)}, {}).to_dict("records")
    assert row["verdict"] == "not_seen"
    assert "One nearer to 0 than 0.49 could hardly have been seen." in row["words"]


def test_all_lines_share_the_rate_of_false_ones() -> None:
    rng = np.random.default_rng(6)
    own = {name: rng.normal(size=40) for name in ("checkins", "score", "attainment")}
    table = associate("department", own, {"engagement": own["score"] + rng.normal(size=40)}, {})
    # checkins and attainment with one another and with score, and all three with engagement.
    assert len(table) == 6
    assert table["q_value"].tolist() == pytest.approx(
        false_discovery_rate(table["p_value"].to_numpy(float)).tolist()
    )


def test_few_units_and_units_that_are_alike_are_told_apart() -> None:
    few = associate("team", {"checkins": RISING[:9]}, {"engagement": RISING[:9]}, {})
    assert few["verdict"].tolist() == ["too_few"]
    assert few["words"].tolist() == [
        "Too few teams to tell whether check-ins and engagement go together: 9."
    ]
    alike = associate("team", {"alignment": np.ones(30)}, {"engagement": RISING}, {})
    assert alike["verdict"].tolist() == ["alike"]
    assert "the same in all 30 teams" in alike["words"].iloc[0]


def test_changes_since_the_cycle_before_are_lines_of_their_own() -> None:
    pair = {("score", "engagement"): (RISING, RISING)}
    table = associate("team", {}, {}, pair)
    assert table[["question", "measure", "kind"]].to_numpy().tolist() == [
        ["score", "engagement", "change"]
    ]
    start = "Over 30 teams, the change of scores and the change of engagement go together"
    assert table["words"].iloc[0].startswith(start)


def test_chance_alone_names_few_lines() -> None:
    rng = np.random.default_rng(7)
    named = 0
    for _ in range(200):
        own = {name: rng.normal(size=25) for name in ("checkins", "recognition", "score")}
        table = associate("team", own, {"engagement": rng.normal(size=25)}, {})
        named += int(table["verdict"].isin(["goes_with", "goes_against"]).any())
    # At most 5 in 100 companies name any line; 200 draws vary by 2 standard errors of 3 in 100.
    assert named <= 200 * 0.05 + 2 * np.sqrt(200 * 0.05 * 0.95)
