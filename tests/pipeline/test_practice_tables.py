"""Check-ins, feedback, rewards and impact from files to tables; figures by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from calibrate.align.activity import DAYS_A_MONTH
from calibrate.config import load_cycle
from calibrate.pipeline.stages import compute_scores, prepare_cycle
from calibrate.pipeline.tabulate import tabulate_everything

RUBRIC = (
    'schema: 1\nid: r\nversion: 1\ntitle: "R"\nscale: {lowest: 1, highest: 5, step: 1}\n'
    'criteria: [{id: c, label: "C", weight: 100, levels: {1: "a", 5: "b"}}]\n'
)
DATES = "starts_on: 2026-07-01\nends_on: 2026-09-30\n"
#: 92 days. B was there for half of them, D left after 31, E was never at work.
EMPLOYEES = """employee_id,manager_id,level,hired_on,left_on,present_share
A,,L5,,,
B,A,L1,2026-07-01,,0.5
C,A,L1,,,
D,A,L2,,2026-07-31,
E,A,L2,,,0
"""
CHECKINS = """employee_id,held_on
B,2026-08-15
C,2026-07-20
C,2026-08-20
C,2026-10-05
D,2026-08-15
"""
FEEDBACK = """employee_id,given_on,kind
B,2026-08-01,advice
C,2026-06-01,praise
D,2026-07-02,recognition
"""


def tabulate(folder: Path, dates: str, employees: str, **tables: str) -> dict[str, pd.DataFrame]:
    """All tables of a company that exists in these files alone; everybody has mark 3."""
    ids = [line.split(",")[:2] for line in employees.splitlines()[1:]]
    marks = "".join(f"{who},{by},manager,c,3\n" for who, by in ids if by)
    ratings = "employee_id,rater_id,source,criterion,mark\n" + marks
    files = {"employees": employees, "ratings": ratings} | tables
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "r.yaml").write_text(RUBRIC, encoding="utf-8")
    inputs = "".join(f"  {name}: {{file: {name}.csv}}\n" for name in files)
    path = folder / "cycle.yaml"
    path.write_text(
        f'schema: 1\ncycle: "t"\n{dates}cadence: {{checkin_days: 40}}\ninputs:\n{inputs}'
        "rubrics: [r.yaml]\n", encoding="utf-8",
    )  # fmt: skip
    return tabulate_everything(compute_scores(prepare_cycle(load_cycle(path))))


def test_a_team_counts_while_its_people_are_at_work(tmp_path: Path) -> None:
    tables = tabulate(tmp_path, DATES, EMPLOYEES, checkins=CHECKINS, feedback=FEEDBACK)
    (row,) = tables["activity"].to_dict("records")
    # 46 days of B, 92 of C, 31 of D; E was away for all of it and is nobody to talk with.
    assert (row["manager_id"], row["level"], row["n_people"]) == ("A", "L5", 3)
    assert row["months"] == pytest.approx((46 + 92 + 31) / DAYS_A_MONTH)
    # D's check-in came after D had left, the last of C after the cycle.
    assert (row["n_checkins"], row["n_without"]) == (3, 1)
    # B: 46 days to the end, 46 away: kept. C: 19, 31 and 41 days: 41 > 40. D: 31 days in all.
    assert row["n_on_cadence"] == 2
    # B and C last had one 46 and 41 days before the end.
    assert row["days_since_last"] == 43.5
    # C's praise came before the cycle.
    assert (row["n_feedback"], row["n_recognised"]) == (2, 1)


def test_who_takes_part_is_told_by_level_of_the_person_and_of_the_manager(tmp_path: Path) -> None:
    tables = tabulate(tmp_path, DATES, EMPLOYEES, checkins=CHECKINS, feedback=FEEDBACK)
    by = tables["participation"].set_index(["dimension", "value"])
    # A, B, C and D were there; B and C had a check-in.
    assert by.loc[("company", "all"), "n_people"] == 4
    assert by.loc[("company", "all"), "checkin_share"] == pytest.approx(2 / 4)
    assert by.loc[("level", "L1"), "checkin_share"] == 1.0
    assert by.loc[("level", "L2"), "recognised_share"] == 1.0
    lead = by.loc[("manager_level", "L5"), ["n_managers", "n_people", "n_leading"]]
    assert lead.tolist() == [1, 3, 1]


def test_without_days_of_the_cycle_all_that_is_on_record_makes_the_span(tmp_path: Path) -> None:
    feedback = "employee_id,given_on\nB,2026-08-01\nC,2026-08-31\n"
    plain = "employee_id,manager_id\nA,\nB,A\nC,A\nD,A\n"
    tables = tabulate(tmp_path, "", plain, feedback=feedback)
    (row,) = tables["activity"].to_dict("records")
    # 1 to 31 August for three people.
    assert row["months"] == pytest.approx(3 * 31 / DAYS_A_MONTH)
    assert row["n_feedback"] == 2
    # The file has no kinds: whether praise is among it cannot be told.
    assert pd.isna(row["n_recognised"])
    assert pd.isna(row["n_checkins"])


def test_a_company_without_records_has_empty_tables(tmp_path: Path) -> None:
    tables = tabulate(tmp_path, DATES, EMPLOYEES)
    for name in ("activity", "participation", "reward_links", "reward_outliers"):
        assert tables[name].empty


def company_of(n_teams: int) -> tuple[str, str, str]:
    """Employees, check-ins and measures: k check-ins with each of team k's people, engagement k."""
    people, talks, measures = ["employee_id,manager_id,hired_on"], ["employee_id,held_on"], []
    for k in range(n_teams):
        people += [f"M{k:02d},,", *(f"P{k:02d}{p},M{k:02d}," for p in range(3))]
        talks += [f"P{k:02d}{p},2026-07-{d + 1:02d}" for p in range(3) for d in range(k)]
        measures.append(f"M{k:02d},engagement,{k},2026-09-01")
    return "\n".join(people), "\n".join(talks), "\n".join(["unit,measure,value,as_of", *measures])


def test_teams_are_held_beside_each_other_by_check_ins_a_month(tmp_path: Path) -> None:
    employees, talks, measures = company_of(10)
    # Somebody who came on the last day and was talked with is not thirty check-ins a month.
    employees += "\nNEW,M00,2026-09-30\n"
    talks += "\nNEW,2026-09-30\n"
    # Measured after the cycle: the order would be reversed.
    measures += "\n" + "\n".join(f"M{k:02d},engagement,{-k},2026-10-01" for k in range(10)) + "\n"
    tables = tabulate(tmp_path, DATES, employees, checkins=talks, unit_measures=measures)
    impact = tables["impact"].set_index(["question", "measure"])
    line = impact.loc[("checkins", "engagement")]
    assert (line["unit"], line["n_units"], line["verdict"]) == ("team", 10, "goes_with")
    assert line["correlation"] == 1.0
    # Everybody has mark 3: nothing can go with it.
    assert impact.loc[("checkins", "score"), "verdict"] == "alike"
    assert tables["problems"]["rule"].tolist() == ["measured_after_cycle"]


def test_nine_teams_are_too_few_for_a_line(tmp_path: Path) -> None:
    employees, talks, measures = company_of(9)
    tables = tabulate(
        tmp_path, DATES, employees + "\n", checkins=talks + "\n", unit_measures=measures + "\n"
    )
    impact = tables["impact"].set_index(["question", "measure"])
    assert impact.loc[("checkins", "engagement"), "verdict"] == "too_few"


def test_rewards_are_held_against_bands_as_far_as_they_are_decided(tmp_path: Path) -> None:
    bands = ["Developing"] * 4 + ["Meets"] * 4 + ["Exceeds"] * 4
    merit = [1, 1, 1, 6, 2, 2, 2, 0.5, 5, 5, 5, 5]
    people = "employee_id,manager_id,proposed_band\nM,,\n" + "".join(
        f"P{i:02d},M,{band}\n" for i, band in enumerate(bands)
    )
    rewards = "employee_id,merit_percent,promoted\n" + "".join(
        f"P{i:02d},{value},{'yes' if i > 7 else 'no'}\n" for i, value in enumerate(merit)
    )
    tables = tabulate(tmp_path, DATES, people, rewards=rewards)
    links = tables["reward_links"].set_index("measure")
    # Ranks of bands 2.5, 6.5, 10.5; of merit 1 (0.5), 3 (1), 6 (2), 9.5 (5), 12 (6):
    # r = 68 / sqrt(128 * 134) = 0.519; artanh 0.575 is less than 1.96 sqrt(1.135 / 9) = 0.696.
    merit_link = links.loc["merit_percent"]
    assert merit_link[["stage", "n", "verdict"]].tolist() == ["proposed", 12, "unclear"]
    assert merit_link["correlation"] == pytest.approx(68 / (128 * 134) ** 0.5)
    # Of promotions 4.5 (no) and 10.5 (yes): r = 96 / sqrt(128 * 96); artanh 1.317 is more than
    # 1.96 sqrt(1.375 / 9) = 0.766.
    assert links.loc["promoted", "correlation"] == pytest.approx((96 / 128) ** 0.5)
    assert links.loc["promoted", "verdict"] == "follows"
    # Medians 1, 2 and 5. 6 lies above the 2 of the next band, 5 more than the own 1; 0.5 lies
    # below the 1 of the band below, 1.5 less than the own 2.
    assert links.loc["merit_percent", ["n_above", "n_below"]].tolist() == [1, 1]
    assert links.loc["merit_percent", ["cost_above", "cost_below"]].tolist() == [5.0, 1.5]
    told = tables["reward_outliers"][["employee_id", "band", "neighbour", "direction"]]
    assert sorted(tuple(row) for row in told.itertuples(index=False)) == [
        ("P03", "Developing", 2.0, "above"), ("P07", "Meets", 1.0, "below"),
    ]  # fmt: skip
