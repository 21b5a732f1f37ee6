"""Check-ins, feedback and who takes part, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from calibrate.align.activity import (
    DAYS_A_MONTH,
    Practice,
    Presence,
    bound_rate,
    find_away,
    follow_checkins,
    tabulate_activity,
    tabulate_participation,
)

#: Four people, there from day 0 to day 99; the third comes on day 50, the last was never there.
PRESENCE = Presence(np.array([0, 0, 50, 10]), np.array([99, 99, 99, 5]))
#: The first on days 20 and 60, the second never, the third on 55 and 80 (and 10, before it came).
WHO = np.array([0, 2, 0, 2, 2])
WHEN = np.array([60, 80, 20, 55, 10])


def practice(cadence: int = 40) -> Practice:
    talks = follow_checkins(WHO, WHEN, PRESENCE)
    flags = np.array([True, False, True, True])
    return Practice(PRESENCE, talks, flags, np.array([True, False, False, False]), cadence)


def test_the_longest_time_counts_from_the_first_day_to_the_last() -> None:
    talks = follow_checkins(WHO, WHEN, PRESENCE)
    assert talks.n.tolist() == [2, 0, 2, 0]
    # First: 20 before, 40 between, 39 after. Second: all 100 days. Third: 5, 25, 19.
    assert talks.longest.tolist() == [40, 100, 25, 0]
    assert talks.since[[0, 2]].tolist() == [39, 19]
    assert np.isnan(talks.since[[1, 3]]).all()


def test_absence_is_what_the_present_share_leaves_of_the_days_there() -> None:
    # Of 100 days: all there; half of the days; came on day 50 and was there for all of its 50.
    first, last = np.array([0, 0, 50, 10]), np.array([99, 99, 99, 5])
    away = find_away(first, last, np.array([1.0, 0.5, 0.5, 0.0]), 100)
    assert away.tolist() == [0, 50, 0, 0]


def test_days_away_are_no_months_and_no_time_without_a_check_in() -> None:
    # On days 10 and 90 of 100, and away for 60 of them: 80 days between, of which 20 at work.
    there = Presence(np.array([0]), np.array([99]), np.array([60.0]))
    talks = follow_checkins(np.array([0, 0]), np.array([10, 90]), there)
    assert talks.longest.tolist() == [80]
    assert there.months.tolist() == pytest.approx([40 / DAYS_A_MONTH])
    for cadence, kept in ((20, True), (19, False)):
        flags = Practice(there, talks, None, None, cadence).is_on_cadence
        assert flags is not None
        assert flags.tolist() == [kept]


def test_without_check_ins_everybody_went_without() -> None:
    none = np.zeros(0, np.int64)
    assert follow_checkins(none, none, PRESENCE).n.tolist() == [0, 0, 0, 0]


def test_the_interval_of_a_rate_is_garwoods() -> None:
    # Garwood (1936), table: 10 events, 95 %: 4.80 to 18.39; 0 events: 0 to 3.69.
    low, high = bound_rate(np.array([10, 0]), np.array([1.0, 1.0]))
    assert low.tolist() == pytest.approx([4.795, 0.0], abs=5e-4)
    assert high.tolist() == pytest.approx([18.39, 3.689], abs=1e-3)


def test_a_team_is_told_by_people_and_months() -> None:
    table = tabulate_activity(practice(), np.array([0, 0, 1, 1]), ("M1", "M2"), ("L5", ""))
    one, two = table.to_dict("records")
    assert (one["manager_id"], one["n_people"], one["n_checkins"]) == ("M1", 2, 2)
    assert one["months"] == pytest.approx(200 / DAYS_A_MONTH)
    assert one["per_month"] == pytest.approx(2 / (200 / DAYS_A_MONTH))
    assert (one["n_without"], one["n_on_cadence"], one["days_since_last"]) == (1, 1, 39)
    assert (one["n_feedback"], one["n_recognised"]) == (1, 1)
    # M2's second person was never there; 50 days are 1.6 months: too few.
    assert (two["n_people"], two["verdict"]) == (1, "too_few")


@pytest.mark.parametrize(
    ("cadence", "verdict"),
    [
        # 2 check-ins in 6.57 months: at most 7.22/6.57 = 1.10 a month. Every 28 days is 1.09.
        (28, "on_cadence"), (27, "rare"),
    ],
)  # fmt: skip
def test_rare_is_a_rate_whose_upper_end_lies_below_the_agreed_one(
    cadence: int, verdict: str
) -> None:
    table = tabulate_activity(practice(cadence), np.array([0, 0, -1, -1]), ("M1",), ("",))
    assert table["verdict"].tolist() == [verdict]


def test_a_team_nobody_talked_with_is_named_so() -> None:
    table = tabulate_activity(practice(), np.array([-1, 0, -1, -1]), ("M1",), ("",))
    assert table["verdict"].tolist() == ["none"]
    assert pd.isna(table["days_since_last"].iloc[0])


def test_without_check_ins_feedback_alone_is_told() -> None:
    only = Practice(PRESENCE, None, np.array([True] * 4), None, 30)
    table = tabulate_activity(only, np.array([0, 0, 0, 0]), ("M1",), ("",))
    assert table["n_feedback"].tolist() == [3]
    assert table["n_checkins"].isna().all()
    assert table["n_recognised"].isna().all()


def test_managers_lead_where_half_of_their_people_are_on_cadence() -> None:
    level = np.array([0, 0, 1, 1])
    parts = {"manager_level": (("L5", "L6"), level), "level": (("L1",), np.zeros(4, np.int64))}
    table = tabulate_participation(practice(), parts, np.array([0, 0, 1, 1]))
    by = table.set_index(["dimension", "value"])
    # M1: one of two on cadence. M2: one of one that was there.
    assert by.loc[("manager_level", "L5"), ["n_managers", "n_leading"]].tolist() == [1, 1]
    assert by.loc[("manager_level", "L6"), ["n_managers", "n_leading"]].tolist() == [1, 1]
    assert by.loc[("level", "L1"), "n_people"] == 3
    assert by.loc[("level", "L1"), "checkin_share"] == pytest.approx(2 / 3)
    assert by.loc[("level", "L1"), "feedback_share"] == pytest.approx(2 / 3)
    # Wilson for 2 of 3: 0.208 to 0.939 (Brown, Cai and DasGupta 2001).
    assert by.loc[("level", "L1"), "checkin_low"] == pytest.approx(0.2077, abs=1e-4)
    assert pd.isna(by.loc[("level", "L1"), "n_leading"])
