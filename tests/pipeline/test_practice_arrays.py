"""What the audit is handed of check-ins, feedback and rewards: counted anew from the files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from calibrate.config import load_cycle
from calibrate.pipeline.practice_arrays import DAYS_A_MONTH, gather_practice
from calibrate.pipeline.stages import Prepared, prepare_cycle

RUBRIC = (
    'schema: 1\nid: r\nversion: 1\ntitle: "R"\nscale: {lowest: 1, highest: 5, step: 1}\n'
    'criteria: [{id: c, label: "C", weight: 100, levels: {1: "a", 5: "b"}}]\n'
)
EMPLOYEES = """employee_id,manager_id,hired_on,left_on,present_share
A,,2010-01-01,,
B,A,2026-07-01,,0.5
C,A,2026-09-15,,
D,A,,2026-07-31,
E,A,0001-01-01,,0
"""


def prepare(folder: Path, dates: str, **tables: str) -> Prepared:
    (folder / "r.yaml").write_text(RUBRIC, encoding="utf-8")
    (folder / "employees.csv").write_text(EMPLOYEES, encoding="utf-8")
    (folder / "ratings.csv").write_text(
        "employee_id,rater_id,source,criterion,mark\nB,A,manager,c,3\nC,A,manager,c,4\n",
        encoding="utf-8",
    )
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    files = ["employees", "ratings", *tables]
    inputs = "".join(f"  {name}: {{file: {name}.csv}}\n" for name in files)
    path = folder / "cycle.yaml"
    path.write_text(
        f'schema: 1\ncycle: "t"\n{dates}inputs:\n{inputs}rubrics: [r.yaml]\n', encoding="utf-8"
    )
    return prepare_cycle(load_cycle(path))


DATES = "starts_on: 2026-07-01\nends_on: 2026-09-30\n"
CHECKINS = """employee_id,held_on
B,2026-06-30
B,2026-07-01
B,2026-09-30
C,2026-10-01
"""
FEEDBACK = """employee_id,given_on,kind
B,2026-08-01,advice
C,2026-08-01,praise
D,2026-07-02,recognition
D,2027-01-01,praise
"""
REWARDS = """employee_id,merit_percent,promoted
B,2.5,yes
C,,FALSE
D,0,
"""


def test_months_are_days_of_the_cycle_less_absence(tmp_path: Path) -> None:
    """92 days. C came on day 77: 16 left. D left after 31. B was there for half, E never."""
    practice = gather_practice(prepare(tmp_path, DATES, checkins=CHECKINS))
    assert practice is not None
    expected = np.array([92, 46, 16, 31, 0]) / DAYS_A_MONTH
    np.testing.assert_allclose(practice.months, expected, rtol=1e-12)  # one division


def test_what_lies_outside_the_cycle_is_not_counted(tmp_path: Path) -> None:
    practice = gather_practice(prepare(tmp_path, DATES, checkins=CHECKINS, feedback=FEEDBACK))
    assert practice is not None
    assert practice.n_checkins is not None
    assert practice.has_feedback is not None
    assert practice.has_recognition is not None
    assert practice.n_checkins.tolist() == [0, 2, 0, 0, 0]
    assert practice.has_feedback.tolist() == [False, True, True, True, False]
    assert practice.has_recognition.tolist() == [False, False, True, True, False]


def test_blank_rewards_are_not_stated_and_zero_is(tmp_path: Path) -> None:
    practice = gather_practice(prepare(tmp_path, DATES, rewards=REWARDS))
    assert practice is not None
    np.testing.assert_array_equal(practice.merit_percent, [np.nan, 2.5, np.nan, 0.0, np.nan])
    assert np.isnan(practice.bonus_percent).all()
    assert practice.promoted.tolist() == [-1, 1, 0, -1, -1]
    assert practice.n_checkins is None
    assert practice.has_feedback is None


def test_feedback_without_kinds_says_nothing_of_recognition(tmp_path: Path) -> None:
    text = "employee_id,given_on\nB,2026-08-01\n"
    practice = gather_practice(prepare(tmp_path, "", feedback=text))
    assert practice is not None
    assert practice.has_recognition is None
    assert np.isnan(practice.months).all()


def test_without_any_file_there_is_nothing(tmp_path: Path) -> None:
    assert gather_practice(prepare(tmp_path, DATES)) is None


def test_sample_company_is_counted_as_its_files_say() -> None:
    folder = Path("sample_data")
    if not folder.is_dir():
        pytest.skip("runs in a checkout")
    prepared = prepare_cycle(load_cycle(folder / "cycle.yaml"))
    practice = gather_practice(prepared)
    assert practice is not None
    assert practice.n_checkins is not None
    held = pd.read_csv(folder / "checkins.csv", dtype=str)
    held = held[held["held_on"].between("2026-07-01", "2026-12-31")]
    counted = held.groupby("employee_id").size().reindex(prepared.employees.ids, fill_value=0)
    assert practice.n_checkins.tolist() == counted.tolist()
    rewards = pd.read_csv(folder / "rewards.csv", dtype={"employee_id": str})
    merit = rewards.set_index("employee_id")["merit_percent"].reindex(prepared.employees.ids)
    np.testing.assert_allclose(practice.merit_percent, merit, rtol=1e-12)  # the same texts
