"""The change log, by hand."""

from __future__ import annotations

from datetime import date
from time import process_time

import pandas as pd

from calibrate.align.changes import list_outcome_changes
from calibrate.align.goal_changes import list_changes
from calibrate.rubric import Outcome, Strategy

DAYS = (date(2026, 7, 1), date(2026, 12, 31))
COLUMNS = ["goal_id", "parent_id", "title", "employee_id", "outcome", "reached", "weight", "unit",
           "baseline", "target", "valid_from", "valid_to"]  # fmt: skip


def outcome(name: str, weight: int, **told: object) -> Outcome:
    given = {"id": name, "title": name.title(), "perspective": "financial", "weight": weight}
    return Outcome.model_validate(given | told)


def put(outcomes: tuple[Outcome, ...]) -> Strategy | None:
    """A strategy of these, with one beside that takes the rest of the weight."""
    if not outcomes:
        return None
    return Strategy.model_validate(
        {"schema": 1, "id": "s", "outcomes": (*outcomes, outcome("rest", 60))}
    )


def goal(name: str, **told: object) -> dict[str, object]:
    blank = dict.fromkeys(COLUMNS, "") | {"weight": 50.0, "baseline": None, "target": 100.0}
    return blank | {"goal_id": name, "title": "Win", "employee_id": "E1"} | told


def log(*goals: dict[str, object], outcomes: tuple[Outcome, ...] = ()) -> pd.DataFrame:
    frame = pd.DataFrame(goals, columns=COLUMNS)
    replaced = {o.id: o.replaces for o in outcomes if o.replaces}
    return list_changes(list_outcome_changes(put(outcomes), *DAYS), frame, DAYS, replaced)


def tell(table: pd.DataFrame) -> list[tuple[str, ...]]:
    columns = ["changed_on", "subject_id", "change", "before", "after"]
    return [tuple(row) for row in table[columns].fillna("").itertuples(index=False)]


def test_a_new_version_says_all_that_is_different() -> None:
    table = log(
        goal("G1", outcome="grow", unit="ports", valid_to="2026-09-30"),
        goal("G1", outcome="keep", unit="ports", target=80.0, weight=30.0, parent_id="C1",
             valid_from="2026-10-01"),
    )  # fmt: skip
    assert tell(table) == [
        ("2026-10-01", "G1", "relinked", "grow", "keep, C1"),
        ("2026-10-01", "G1", "retargeted", "target 100 ports", "target 80 ports"),
        ("2026-10-01", "G1", "reweighted", "weight 50", "weight 30"),
    ]
    assert table["n_people"].tolist() == [1, 1, 1]


def test_a_target_is_told_with_where_it_starts() -> None:
    table = log(
        goal("G1", baseline=9.5, target=4.0, unit="hours", valid_to="2026-09-30"),
        goal("G1", baseline=8.25, target=4.0, unit="hours", valid_from="2026-10-01"),
    )
    assert tell(table) == [
        ("2026-10-01", "G1", "retargeted", "from 9.5 to 4 hours", "from 8.25 to 4 hours")
    ]


def test_a_version_with_other_words_alone_is_replaced() -> None:
    table = log(
        goal("G1", valid_to="2026-09-30"), goal("G1", title="Win more", valid_from="2026-10-01")
    )
    assert tell(table) == [("2026-10-01", "G1", "replaced", "Win", "Win more")]


def test_a_version_in_which_nothing_differs_is_no_change() -> None:
    table = log(goal("G1", valid_to="2026-09-30"), goal("G1", valid_from="2026-10-01"))
    assert table.empty


def test_goals_that_begin_or_end_inside_the_cycle_are_listed() -> None:
    table = log(
        goal("G1", target=5.0, valid_from="2026-08-01"),
        goal("G2", target=None, valid_to="2026-08-31"),
        # From the first day to the last, or beyond: no change within.
        goal("G3", valid_from="2026-07-01", valid_to="2026-12-31"),
        goal("G4", valid_from="2026-01-01", valid_to="2027-06-30"),
    )
    assert tell(table) == [
        ("2026-08-01", "G1", "started", "", "target 5"),
        ("2026-09-01", "G2", "ended", "", ""),
    ]


def test_a_change_touches_the_people_with_goals_below() -> None:
    # C1 above U1 above the goals of E1 and E2; E3 hangs elsewhere.
    table = log(
        goal("C1", employee_id="", valid_to="2026-09-30"),
        goal("C1", employee_id="", target=90.0, valid_from="2026-10-01"),
        goal("P1", parent_id="U1"), goal("P2", parent_id="U1", employee_id="E2"),
        goal("P3", employee_id="E3"), goal("P4", parent_id="C1"),
        goal("U1", employee_id="", parent_id="C1"),
    )  # fmt: skip
    assert table["n_people"].tolist() == [2]


def test_an_outcome_that_takes_the_place_of_another_is_one_change() -> None:
    outcomes = (
        outcome("grow", 40, valid_to=date(2026, 9, 30)),
        outcome("win", 30, valid_from=date(2026, 10, 1), replaces="grow"),
        outcome("more", 10, valid_from=date(2026, 10, 1)),
    )
    table = log(
        goal("G1", reached="win"), goal("G2", reached="grow", employee_id="E2"), outcomes=outcomes
    )
    assert tell(table) == [
        ("2026-10-01", "more", "started", "", "weight 10 %"),
        ("2026-10-01", "win", "replaced", "grow, weight 40 %", "win, weight 30 %"),
    ]
    # Those who worked on the old one and those who work on the new one.
    assert table["n_people"].tolist() == [0, 2]


def test_without_days_of_the_cycle_no_change_can_be_placed() -> None:
    outcomes = (
        outcome("old", 40, valid_to=date(2026, 9, 30)),
        outcome("grow", 40, valid_from=date(2026, 10, 1)),
    )
    frame = pd.DataFrame([goal("G1", valid_from="2026-10-01")], columns=COLUMNS)
    assert list_changes(list_outcome_changes(put(outcomes), None, None), frame, None).empty


def test_a_hundred_thousand_changes_take_seconds() -> None:
    rows = [
        goal(f"G{n}", target=float(100 - 20 * late), valid_from="2026-10-01" if late else "",
             valid_to="" if late else "2026-09-30")
        for n in range(50_000) for late in (False, True)
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=COLUMNS)
    started = process_time()
    table = list_changes(list_outcome_changes(None, *DAYS), frame, DAYS)
    assert len(table) == 50_000
    # One or two seconds; goal by goal it would be a minute.
    assert process_time() - started < 15
