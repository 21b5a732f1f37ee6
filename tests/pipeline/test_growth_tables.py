"""Results, evidence, skills and growth of small companies, each derived by hand from the files."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from calibrate.cli.main import run_command
from calibrate.config import load_cycle
from calibrate.errors import InputError
from calibrate.pipeline import compute_scores, prepare_cycle
from calibrate.pipeline.growth import tabulate_growth
from calibrate.pipeline.steps import lay_bars, list_levels
from calibrate.pipeline.tabulate import tabulate_everything
from calibrate.pipeline.teams import compare_teams
from calibrate.rubric import Rubric
from calibrate.tables import GOALS

Tables = dict[str, pd.DataFrame]

RUBRIC = """\
schema: 1
id: work
version: 1
title: "Work"
marks: {marks}
scale: {{lowest: 1, highest: 5, step: 1}}
criteria:
  - {{id: delivery, label: "D", weight: 60, outcomes: {{growth: 100}}, levels: {{1: "a"}},
     expected: {{L1: 2, L2: 3, L3: 4}}, develop: "Deliver weekly."}}
  - {{id: quality, label: "Q", weight: 40, outcomes: {{growth: 25, trust: 75}}, levels: {{1: "b"}},
     expected: {{L1: 3, L2: 3, L3: 3}}, develop: "Test first."}}
"""
STRATEGY = """\
schema: 1
id: s
outcomes:
  - {id: growth, title: "Growth", perspective: financial, weight: 80, owner: E1}
  - {id: trust, title: "Trust", perspective: customer, weight: 20, owner: E1}
"""


class Firm:
    """A company of a few people; everybody is marked by one manager."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.inputs, self.extra = folder, "", ""
        self.marks = "relative"

    def add(self, name: str, header: str, *rows: str, options: str = "") -> None:
        (self.folder / f"{name}.csv").write_text("\n".join([header, *rows]) + "\n")
        self.inputs += f"  {name}: {{file: {name}.csv{options}}}\n"

    def people(self, *rows: str) -> None:
        self.add("employees", "employee_id,manager_id,department,level,hired_on", *rows)

    def mark(self, **marks: str) -> None:
        rows = [
            f"{who},M1,manager,{criterion},{mark}"
            for who, both in marks.items()
            for criterion, mark in zip(("delivery", "quality"), both, strict=True)
            if mark != "-"
        ]
        self.add("ratings", "employee_id,rater_id,source,criterion,mark", *rows)

    def tabulate(self) -> Tables:
        (self.folder / "work.yaml").write_text(RUBRIC.format(marks=self.marks))
        (self.folder / "strategy.yaml").write_text(STRATEGY)
        path = self.folder / "cycle.yaml"
        path.write_text(
            f'schema: 1\ncycle: "2026-H2"\nstarts_on: 2026-07-01\nends_on: 2026-12-31\n'
            f"strategy: strategy.yaml\ninputs:\n{self.inputs}rubrics: [work.yaml]\n{self.extra}"
        )
        return tabulate_everything(compute_scores(prepare_cycle(load_cycle(path))))


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    return Firm(tmp_path)


def rows(frame: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in frame[list(columns)].itertuples(index=False)]


def test_gaps_of_outcomes_weigh_criteria_by_rubric_and_share(firm: Firm) -> None:
    """Three at L2 ask for 50 and 50. Marks 2 3, 3 3, 4 5: points 25 50, 50 50, 75 100.

    growth: weights 0.6 and 0.4 * 0.25 = 0.1; gaps (0.6 * -25) / 0.7 = -21.43, 0 and
    (0.6 * 25 + 0.1 * 50) / 0.7 = 28.57; mean 2.38. trust: quality alone: 0, 0, 50: 16.67.
    """
    firm.people("E1,M1,A,L2,", "E2,M1,A,L2,", "E3,M1,B,L2,")
    firm.mark(E1="23", E2="33", E3="45")
    gaps = firm.tabulate()["skill_gaps"]
    outcomes = gaps[gaps["scope"] == "outcome"].set_index("scope_id")
    assert outcomes["gap"].to_dict() == pytest.approx({"growth": 5 / 2.1, "trust": 50 / 3})
    assert outcomes["n"].tolist() == [3, 3]
    company = gaps[gaps["scope"] == "company"].set_index("criterion")
    assert company["gap"].to_dict() == pytest.approx({"delivery": 0, "quality": 50 / 3})
    # One form each: nobody's error is known, so nobody can be counted as clearly below.
    assert company["n_below"].isna().all()
    people = gaps[gaps["scope"] == "person"]
    assert set(people["verdict"]) == {"not_told"}
    departments = gaps[(gaps["scope"] == "department") & (gaps["criterion"] == "delivery")]
    assert rows(departments, "scope_id", "n", "gap") == [("A", 2, -12.5), ("B", 1, 25.0)]
    teams = gaps[(gaps["scope"] == "team") & (gaps["criterion"] == "delivery")]
    assert rows(teams, "scope_id", "n") == [("M1", 3)]


def test_evidence_gaps_name_what_the_files_do_not_have(firm: Firm) -> None:
    """Last third of July to December: from 1 November (184 days, 61 in the last third)."""
    firm.people("E1,M1,A,L2,", "E2,M1,A,L2,", "E3,M1,A,L2,2026-11-15", "E4,M1,A,L2,")
    firm.mark(E1="55", E2="33", E3="33", E4="--")
    firm.add("goals", "goal_id,title,kind,employee_id,baseline,target,actual",
             "G1,Sell,person,E1,0,10,", "G2,Sell,person,E2,0,10,5")  # fmt: skip
    firm.add("checkins", "employee_id,held_on", "E2,2026-11-01", "E2,2026-12-01",
             "E3,2026-11-20", "E3,2026-12-20", "E1,2026-06-30")  # fmt: skip
    gaps = firm.tabulate()["evidence_gaps"]
    assert rows(gaps, "employee_id", "gap") == [
        ("E1", "high_unsupported"),
        # The only check-in lies before the cycle.
        ("E1", "no_checkin"),
        ("E1", "no_result"),
        ("E2", "only_recent"),
        ("E3", "no_goal"),
    ]
    said = "rated high, and none of these is on record: goal with a result"
    assert gaps["detail"].tolist()[0] == said


def test_a_comment_of_a_peer_supports_and_an_own_one_does_not(firm: Firm) -> None:
    firm.people("E1,M1,A,L2,", "E2,M1,A,L2,")
    header = "employee_id,rater_id,source,criterion,mark,comment"
    firm.add(
        "ratings", header, "E1,M1,manager,delivery,5,", "E1,M1,manager,quality,5,",
        "E1,E2,peer,delivery,5,Closed the harbour deal.", "E1,E2,peer,quality,5,",
        "E2,M1,manager,delivery,5,", "E2,M1,manager,quality,5,", "E2,E1,peer,delivery,5,",
        "E2,E1,peer,quality,5,", "E2,E2,self,delivery,5,I did well.", "E2,E2,self,quality,5,",
    )  # fmt: skip
    tables = firm.tabulate()
    assert rows(tables["evidence_gaps"], "employee_id", "gap") == [("E2", "high_unsupported")]
    ruled = tables["agenda"].set_index("employee_id")["rules"].str.contains("evidence_gap")
    assert ruled.to_dict() == {"E1": False, "E2": True}


def test_a_trend_over_a_table_with_raw_scores_alone_has_no_interval_for_people(firm: Firm) -> None:
    """Now 75, 75 and 75 on delivery; before 50, 55 and 60: changes 25, 20 and 15, mean 20."""
    firm.people("E1,M1,A,L2,", "E2,M1,A,L2,", "E3,M1,A,L2,")
    firm.mark(E1="43", E2="43", E3="43")
    firm.add("criterion_history", "cycle,employee_id,criterion,raw_score",
             "2026-H1,E1,delivery,50", "2026-H1,E2,delivery,55", "2026-H1,E3,delivery,60",
             "2026-H1,E9,delivery,10", "2026-H2,E1,delivery,99",
             "2026-H1,E1,charm,50")  # fmt: skip
    tables = firm.tabulate()
    trends = tables["skill_trends"]
    assert set(trends["criterion"]) == {"delivery"}
    people = trends[trends["scope"] == "person"]
    assert rows(people, "scope_id", "n_cycles", "since", "change", "verdict") == [
        ("E1", 2, "2026-H1", 25.0, "not_told"),
        ("E2", 2, "2026-H1", 20.0, "not_told"),
        ("E3", 2, "2026-H1", 15.0, "not_told"),
    ]
    (company,) = rows(trends[trends["scope"] == "company"], "n", "n_cycles", "change", "high")
    # s = 5, t with 2 degrees of freedom 2.920, printed with three decimals.
    assert company[:3] == (3, 2, 20.0)
    assert company[3] == pytest.approx(20 + 2.920 * 5 / 3**0.5, abs=2e-3)
    noted = tables["problems"]
    assert "criterion_retired" in set(noted["rule"])


def test_an_earlier_run_can_be_named_as_it_stands(sample_data: Path, tmp_path: Path) -> None:
    """The same marks again: every change is 0, and its interval comes from both errors."""
    for name in ("sample_data", "rubrics"):
        shutil.copytree(sample_data.parent / name, tmp_path / name)
    cycle = tmp_path / "sample_data" / "cycle.yaml"
    out = tmp_path / "out"
    assert run_command(["run", str(cycle), "--out", str(out), "--only", "executive"]) == 0
    earlier = out / "latest" / "tables" / "criterion_scores.csv"
    shutil.copy(earlier, cycle.parent / "before.csv")
    named = '{file: before.csv, constants: {cycle: "2026-H1"}, ignore: [expected, gap]}'
    text, n = re.subn(r"criterion_history: .*", f"criterion_history: {named}", cycle.read_text())
    assert n == 1
    cycle.write_text(text)
    scored = compute_scores(prepare_cycle(load_cycle(cycle)))
    goals = GOALS.empty()
    trends = tabulate_growth(scored, compare_teams(scored, goals), goals)["skill_trends"]
    people = trends[trends["scope"] == "person"]
    assert len(people) == len(pd.read_csv(earlier))
    # Tables carry 12 significant digits.
    assert people["change"].abs().max() < 1e-9
    assert set(people["verdict"]) == {"unclear"}
    # Nobody changed: no spread from which an interval could come.
    assert set(trends.loc[trends["scope"] == "company", "verdict"]) == {"not_told"}


def test_the_next_level_of_absolute_marks_is_the_next_expectation(firm: Firm) -> None:
    """L1 asks for 2 and 3, L2 for 3 and 3: bars 50 + 100 / 4 = 75 and 50 in points of L1.

    L3 is the last level: no row. Scores have no error here: not told.
    """
    firm.marks = "absolute"
    firm.people("E1,M1,A,L1,", "E2,M1,A,L3,", "E3,M1,A,L2,")
    firm.mark(E1="33", E2="44", E3="44")
    levels = firm.tabulate()["next_level"]
    assert rows(levels, "employee_id", "level", "next_level", "basis", "verdict") == [
        ("E1", "L1", "L2", "next_level", "not_told"),
        ("E3", "L2", "L3", "next_level", "not_told"),
    ]


def test_bars_of_a_rubric_run_from_each_level_to_the_one_after() -> None:
    """Absolute: from L1 to L2 a mark more of four on delivery, 75, and none on quality, 50.

    Relative: own expectation and a step, 2 + 1 and 3 + 1 on a scale of 1 to 5: 50 and 75.
    """
    criteria = (
        {"id": "d", "label": "D", "weight": 60, "expected": {"L1": 2, "L2": 3}},
        {"id": "q", "label": "Q", "weight": 40, "expected": {"L1": 3, "L2": 3}},
    )
    text = {"schema": 1, "id": "r", "version": 1, "title": "R", "criteria": criteria,
            "scale": {"lowest": 1, "highest": 5}}  # fmt: skip
    absolute = Rubric.model_validate(text | {"marks": "absolute"})
    relative = Rubric.model_validate(text)
    assert list_levels(absolute) == ["L1", "L2"]
    assert lay_bars(absolute, ["L1", "L2"]).tolist() == [[75, 50]]
    assert lay_bars(relative, ["L1", "L2"]).tolist() == [[50, 75]]
    # A scale that allows any mark: one step is a quarter of it.
    free = text | {"scale": {"lowest": 1, "highest": 5, "step": "any"}}
    assert lay_bars(Rubric.model_validate(free), ["L1", "L2"]).tolist() == [[50, 75]]


def test_companies_without_goals_history_or_expectations_have_empty_tables(firm: Firm) -> None:
    firm.people("E1,M1,A,L9,", "E2,M1,A,,")
    firm.mark(E1="33", E2="44")
    tables = firm.tabulate()
    for name in ("results", "skill_gaps", "skill_trends", "next_level", "training_plan"):
        assert len(tables[name]) == 0, name


def test_results_of_twenty_people_are_told_and_the_agenda_asks(firm: Firm) -> None:
    """Marks follow goals but for E00, marked 5 5 with a tenth of the goal reached."""
    ids = [f"E{i:02d}" for i in range(24)]
    firm.people(*(f"{who},M1,A,L2," for who in ids))
    marks = {who: f"{2 + i % 3}{2 + i % 3}" for i, who in enumerate(ids)} | {"E00": "55"}
    firm.mark(**marks)
    goals = [f"G{i},Sell,person,{who},0,10,{1 + 4 * (i % 3)}" for i, who in enumerate(ids)]
    firm.add("goals", "goal_id,title,kind,employee_id,baseline,target,actual", *goals)
    tables = firm.tabulate()
    results = tables["results"].set_index(["scope", "scope_id"])
    assert results.loc[("person", "E00"), "verdict"] == "higher"
    others = results.loc["person"].drop("E00")
    assert set(others["verdict"]) == {"in_line"}
    assert results.loc[("company", ""), "verdict"] == "in_line"
    assert results.loc[("team", "M1"), "cause"] == "manager_or_team"
    # One team: its people are all there is to compare with.
    assert results.loc[("team", "M1"), "verdict"] == "not_told"
    assert pd.isna(results.loc[("team", "M1"), "difference"])
    ruled = tables["agenda"].set_index("employee_id")["rules"]
    assert [who for who in ids if "above_results" in ruled[who]] == ["E00"]


def test_a_score_beyond_100_points_stops_the_run_with_row_and_fix(firm: Firm) -> None:
    firm.people("E1,M1,A,L2,")
    firm.mark(E1="33")
    firm.add("criterion_history", "cycle,employee_id,criterion,raw_score", "H1,E1,quality,410")
    with pytest.raises(InputError) as caught:
        firm.tabulate()
    (problem,) = [p for p in caught.value.problems if p.level == "error"]
    assert (problem.row, problem.column, problem.rule) == (2, "raw_score", "points_range")


def test_everybody_below_is_counted_and_named_in_the_training_plan(sample_data: Path) -> None:
    scored = compute_scores(prepare_cycle(load_cycle(sample_data / "cycle.yaml")))
    goals = GOALS.empty()
    tables = tabulate_growth(scored, compare_teams(scored, goals), goals)
    gaps, plan = tables["skill_gaps"], tables["training_plan"]
    people = gaps[(gaps["scope"] == "person") & (gaps["verdict"] == "below")]
    named = plan["employee_ids"].str.split(";").explode()
    assert sorted(named) == sorted(people["scope_id"])
    assert int(plan["n_below"].sum()) == len(people)
    by_criterion = gaps[gaps["scope"] == "company"].set_index("criterion")["n_below"]
    by_criterion = by_criterion[by_criterion > 0]
    assert by_criterion.to_dict() == plan.groupby("criterion")["n_below"].sum().to_dict()
    assert (plan["gap"] < 0).all()
    assert (plan["develop"] != "").all()
