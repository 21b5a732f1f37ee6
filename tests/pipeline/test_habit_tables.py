"""Habits and agreement of the sample company as tables."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from calibrate.config import load_cycle
from calibrate.pipeline.stages import compute_scores, prepare_cycle
from calibrate.pipeline.tabulate import tabulate_everything

Tables = dict[str, pd.DataFrame]
NARROW, HALO = "E0004", "E0010"


def tabulate(cycle: Path) -> Tables:
    return tabulate_everything(compute_scores(prepare_cycle(load_cycle(cycle))))


@pytest.fixture(scope="module")
def sample(sample_data: Path) -> Tables:
    return tabulate(sample_data / "cycle.yaml")


@pytest.fixture(scope="module")
def planted(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """One rater marks everything 3 or 4, another gives each person one mark throughout."""
    folder = tmp_path_factory.mktemp("planted")
    shutil.copytree(sample_data, folder / "sample_data")
    shutil.copytree(sample_data.parent / "rubrics", folder / "rubrics")
    path = folder / "sample_data" / "ratings.csv"
    ratings = pd.read_csv(path, dtype=str, keep_default_na=False)
    marks = pd.to_numeric(ratings["mark"])
    is_given = marks.notna() & (ratings["source"] != "self")
    narrow = is_given & (ratings["rater_id"] == NARROW)
    ratings.loc[narrow, "mark"] = (3 + (marks[narrow] > 3)).astype(str)
    halo = is_given & (ratings["rater_id"] == HALO)
    whole = marks.groupby([ratings["employee_id"], ratings["rater_id"]]).transform("mean").round()
    ratings.loc[halo, "mark"] = whole[halo].astype(int).astype(str)
    ratings.to_csv(path, index=False)
    return tabulate(folder / "sample_data" / "cycle.yaml")


def test_every_rater_has_a_row_for_each_habit_with_a_figure_or_a_reason(sample: Tables) -> None:
    habits, raters = sample["habits"], set(sample["raters"]["rater_id"])
    for habit in ("severity", "spread", "halo"):
        assert set(habits.loc[habits["habit"] == habit, "rater_id"]) == raters
    untold = habits[habits["value"].isna()]
    assert untold["words"].str.startswith("cannot be told").all()
    assert not untold["flagged"].any()
    told = habits[habits["value"].notna()]
    assert (told["low"] <= told["value"]).all()
    assert (told["value"] <= told["high"]).all()
    assert (told["q_value"] >= told["p_value"] - 1e-12).all()


def test_the_raters_of_the_sample_are_honest_but_for_severity(sample: Tables) -> None:
    habits = sample["habits"].set_index(["habit", "rater_id"])
    for habit in ("spread", "halo", "self_gap"):
        told = habits.loc[habit].dropna(subset="value")
        # 0.05 and three standard errors of some 120 to 220 raters.
        assert told["flagged"].mean() <= 0.05 + 3 * (0.05 * 0.95 / len(told)) ** 0.5
        assert (told["q_value"] >= 0.05).all()


def test_planted_habits_reach_raters_and_findings(planted: Tables) -> None:
    raters = planted["raters"].set_index("rater_id")
    assert raters.loc[NARROW, "spread"] < -0.25
    assert raters.loc[HALO, "halo"] > 0.1
    assert "closer together" in raters.loc[NARROW, "finding"]
    assert "move together" in raters.loc[HALO, "finding"]
    headlines = planted["findings"].set_index("scope_id")["headline"]
    assert any("closer together" in text for text in headlines[[NARROW]])
    assert any("move together" in text for text in headlines[[HALO]])


def test_agreement_stands_for_company_sessions_sources_and_criteria(sample: Tables) -> None:
    agreement = sample["agreement"]
    company = agreement[agreement["scope"] == "company"].set_index("measure")["value"]
    assert set(company.index) == {
        "alpha_interval", "icc1", "icc1k", "icc2", "icc2k", "icc3", "icc3k",
    }  # fmt: skip
    # Raters differ in level: the same order is more than the same mark.
    assert company["icc3"] > company["icc2"]
    variance = sample["variance"].set_index("term")["variance"]
    person = variance["employee"] + variance["unit"]
    of_all = person + variance["rater"] + variance["residual"]
    of_all += variance.get("employee_source", 0.0)
    assert company["icc2"] == pytest.approx(person / of_all, abs=1e-9)
    assert set(agreement["scope"]) == {"company", "session", "source", "criterion"}
    known = agreement.dropna(subset="low")
    assert (known["low"] <= known["value"]).all()
    assert (known["value"] <= known["high"]).all()
