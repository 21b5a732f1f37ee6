"""KPIs over cycles, and the change log, by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from calibrate.align.changes import list_changes
from calibrate.align.kpis import attain_outcome, tabulate_kpis
from calibrate.rubric import Outcome

DAYS = (date(2026, 7, 1), date(2026, 12, 31))


def outcome(name: str = "grow", **told: object) -> Outcome:
    given = {"id": name, "title": name.title(), "perspective": "financial", "weight": 40}
    return Outcome.model_validate(given | told)


def test_a_kpi_is_followed_over_the_cycles() -> None:
    kpi = {"id": "arr", "title": "ARR", "unit": "M EUR", "baseline": 40, "target": 52,
           "actual": 49, "history": {"2025-H2": 40, "2026-H1": 46}}  # fmt: skip
    table = tabulate_kpis([outcome(kpis=(kpi,))], "2026-H2")
    assert table["cycle"].tolist() == ["2025-H2", "2026-H1", "2026-H2"]
    # 0/12, 6/12, 9/12 of the way.
    assert table["attainment"].tolist() == [0.0, 0.5, 0.75]
    assert table["change"].tolist()[1:] == [0.5, 0.25]
    assert pd.isna(table["change"].iloc[0])


def test_a_falling_kpi_needs_no_flag_and_is_capped() -> None:
    downtime = {"id": "d", "title": "D", "baseline": 55, "target": 20, "actual": 18,
                "direction": "down"}  # fmt: skip
    beyond = {"id": "b", "title": "B", "baseline": 0, "target": 10, "actual": 30}
    # 37/35 of the way, and 3.0 kept at 1.5.
    assert attain_outcome(outcome(kpis=(downtime, beyond))) == pytest.approx((37 / 35 + 1.5) / 2)


def test_without_figures_nothing_is_attained() -> None:
    blank = {"id": "k", "title": "K", "baseline": 1, "target": 2}
    assert attain_outcome(outcome(kpis=(blank,))) is None
    assert attain_outcome(outcome()) is None


GOALS = ["goal_id", "title", "employee_id", "outcome", "reached", "weight", "target", "unit",
         "valid_from", "valid_to"]  # fmt: skip


def goals(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=GOALS)


def tell(table: pd.DataFrame) -> list[tuple[str, ...]]:
    columns = ["changed_on", "subject_id", "change", "before", "after"]
    return [tuple(row) for row in table[columns].fillna("").itertuples(index=False)]


def test_a_new_version_says_what_is_different() -> None:
    table = list_changes(
        (),
        goals(
            ("G1", "Win", "E1", "grow", "grow", 50.0, 100.0, "ports", "", "2026-09-30"),
            ("G1", "Win", "E1", "keep", "keep", 50.0, 80.0, "ports", "2026-10-01", ""),
        ),
        DAYS,
    )
    assert tell(table) == [
        ("2026-10-01", "G1", "relinked", "grow", "keep"),
        ("2026-10-01", "G1", "retargeted", "target 100 ports", "target 80 ports"),
    ]
    assert table["n_people"].tolist() == [1, 1]


def test_goals_that_begin_or_end_inside_the_cycle_are_listed() -> None:
    table = list_changes(
        (),
        goals(
            ("G1", "A", "E1", "", "", 1.0, 5.0, "", "2026-08-01", ""),
            ("G2", "B", "", "", "", 1.0, None, "", "", "2026-08-31"),
            # From the first day to the last, or beyond: no change within.
            ("G3", "C", "E1", "", "", 1.0, 5.0, "", "2026-07-01", "2026-12-31"),
            ("G4", "D", "E1", "", "", 1.0, 5.0, "", "2026-01-01", "2027-06-30"),
        ),
        DAYS,
    )
    assert tell(table) == [
        ("2026-08-01", "G1", "started", "", "target 5"),
        ("2026-09-01", "G2", "ended", "", ""),
    ]


def test_an_outcome_that_takes_the_place_of_another_is_one_change() -> None:
    old = outcome("grow", valid_to=date(2026, 9, 30))
    new = outcome("win", weight=30, valid_from=date(2026, 10, 1), replaces="grow")
    started = outcome("more", weight=10, valid_from=date(2026, 10, 1))
    held = goals(("G1", "A", "E1", "win", "win", 1.0, None, "", "", ""))
    assert tell(list_changes((old, new, started), held, DAYS)) == [
        ("2026-10-01", "more", "started", "", "weight 10"),
        ("2026-10-01", "win", "replaced", "Grow: weight 40", "weight 30"),
    ]


def test_an_outcome_weighs_by_its_days() -> None:
    # July to September are 92 of the 184 days of the half year.
    assert outcome(valid_to=date(2026, 9, 30)).share_of(DAYS) * 40 == 20
    assert outcome(valid_to=date(2026, 6, 30)).share_of(DAYS) == 0
    assert outcome().share_of(None) == 1


def test_without_days_of_the_cycle_no_change_can_be_placed() -> None:
    assert list_changes((outcome(valid_from=date(2026, 10, 1)),), goals(), None).empty
