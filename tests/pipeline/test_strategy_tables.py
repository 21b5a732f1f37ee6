"""Coverage, cascade and goals of a company of five, derived by hand from its files."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pandas as pd
import pytest

from calibrate.cli.main import run_command
from calibrate.config import load_cycle
from calibrate.pipeline import compute_scores, prepare_cycle
from calibrate.pipeline.tabulate import tabulate_everything

Tables = dict[str, pd.DataFrame]

RUBRIC = """\
schema: 1
id: work
version: 1
title: "Work"
scale: {lowest: 1, highest: 5, step: 1}
criteria:
  - {id: a, label: "A", weight: 60, outcomes: {grow: 100}}
  - {id: b, label: "B", weight: 40, outcomes: {grow: 50, trust: 50}}
"""
OUTCOMES = """\
  - {id: grow, title: "Grow", perspective: financial, weight: 50, owner: E1}
  - {id: trust, title: "Trust", perspective: customer, weight: 30, owner: E1}
  - {id: people, title: "People", perspective: learning, weight: 20, owner: E1}
"""
HEADER = (
    "goal_id,title,kind,goal_type,employee_id,department,parent_id,outcome,weight,unit,baseline,"
    "target,actual,due_on,valid_from,valid_to"
)


class Firm:
    """A company whose people are all marked by E1; each test writes its goals."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.outcomes, self.dates = folder, OUTCOMES, True

    def write(self, *goals: str, header: str = HEADER) -> Path:
        people = [f"E{n},E1,{'Sales' if n < 3 else 'Care'}" for n in range(2, 6)]
        marks = [f"E{n},E1,manager,{criterion},3" for n in range(2, 6) for criterion in "ab"]
        days = "starts_on: 2026-07-01\nends_on: 2026-12-31\n" if self.dates else ""
        files = {
            "employees.csv": "employee_id,manager_id,department\nE1,,Sales\n" + "\n".join(people),
            "ratings.csv": "employee_id,rater_id,source,criterion,mark\n" + "\n".join(marks),
            "goals.csv": "\n".join([header, *goals]),
            "work.yaml": RUBRIC,
            "strategy.yaml": f"schema: 1\nid: s\noutcomes:\n{self.outcomes}",
            "cycle.yaml": f'schema: 1\ncycle: "2026-H2"\n{days}strategy: strategy.yaml\n'
            "inputs:\n  employees: {file: employees.csv}\n  ratings: {file: ratings.csv}\n"
            "  goals: {file: goals.csv}\nrubrics: [work.yaml]\n",
        }
        for name, text in files.items():
            (self.folder / name).write_text(text + "\n", encoding="utf-8")
        return self.folder / "cycle.yaml"

    def tabulate(self, *goals: str, header: str = HEADER) -> Tables:
        path = self.write(*goals, header=header)
        return tabulate_everything(compute_scores(prepare_cycle(load_cycle(path))))


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    return Firm(tmp_path)


#: The company, Sales, and two people; the objective of E3 has two key results.
GOALS = (
    "C1,Grow the whole company,company,,,,,grow,,EUR,0,10,5,2026-12-31,,",
    "U1,Sell more new things,unit,,,Sales,C1,,,EUR,0,10,10,2026-12-31,,",
    "P1,Sell my own part,,,E2,,U1,,75,EUR,0,10,8,2026-12-31,,",
    "P2,Answer all questions early,,,E2,,,trust,25,hours,9,4,4,2026-12-31,,",
    "O1,Keep all our customers,,,E3,,,trust,,,,,,2026-12-31,,",
    "K1,Two visits each month,,key_result,,,O1,,1,visits,0,12,6,2026-12-31,,",
    "K2,Calls that are answered,,key_result,,,O1,,3,%,0,100,90,2026-12-31,,",
    "P3,Tidy up all shelves,,,E4,,,,,shelves,0,4,4,2026-12-31,,",
)


def test_each_outcome_stands_beside_what_serves_it(firm: Firm) -> None:
    tables = firm.tabulate(*GOALS)
    by = tables["coverage"].set_index("outcome")
    # Marks: grow 60 + 40 × 0.5, trust 40 × 0.5.
    assert by["criteria_weight"].to_dict() == pytest.approx({"grow": 80, "people": 0, "trust": 20})
    # Five holders: company and Sales for grow; E2 0.75 and 0.25; E3 for trust; E4 for nothing.
    assert by["goal_weight"].to_dict() == pytest.approx({"grow": 55, "people": 0, "trust": 25})
    # Of three people with goals.
    assert by["people_share"].to_dict() == pytest.approx(
        {"grow": 100 * 0.75 / 3, "people": 0, "trust": 100 * 1.25 / 3}
    )
    # Key results are within their objective.
    assert by["n_goals"].to_dict() == {"grow": 3, "people": 0, "trust": 2}
    assert by["n_people"].to_dict() == {"grow": 1, "people": 0, "trust": 2}
    assert by["verdict"].to_dict() == {"grow": "served", "people": "unserved", "trust": "served"}
    assert by.loc["people", "reason"] == "weight 20%, and no criterion and no goal serves it"
    # trust: E2 reached all (0.25 of a holder), E3 (1 × 0.5 + 3 × 0.9) / 4 = 0.8 (a whole holder).
    assert by.loc["trust", "goal_attainment"] == pytest.approx((0.25 * 1 + 1 * 0.8) / 1.25)
    balance = tables["balance"].set_index("perspective")["verdict"].to_dict()
    assert balance == {
        "financial": "served", "customer": "served", "process": "absent", "learning": "unserved",
    }  # fmt: skip


def test_the_chain_of_goals_and_its_breaks_are_told(firm: Firm) -> None:
    tables = firm.tabulate(*GOALS)
    cascade = tables["cascade"].set_index("goal_id")
    assert cascade["depth"].to_dict() == {
        "C1": 0, "K1": 1, "K2": 1, "O1": 0, "P1": 2, "P2": 0, "P3": 0, "U1": 1,
    }  # fmt: skip
    assert cascade["n_below"].to_dict() == {
        "C1": 2, "K1": 0, "K2": 0, "O1": 2, "P1": 0, "P2": 0, "P3": 0, "U1": 1,
    }  # fmt: skip
    assert cascade["kind"].to_dict()["K1"] == "person"
    assert cascade.loc[cascade["verdict"] != "linked", "verdict"].to_dict() == {"P3": "orphan"}
    ladder = tables["ladder"].set_index(["outcome", "kind"])
    assert ladder["verdict"].to_dict()["trust", "company"] == "missing"
    assert ladder["verdict"].to_dict()["grow", "unit"] == "there"
    # E2 is of Sales, E3 of Care.
    assert ladder.loc[("trust", "person"), ["n_departments", "n_people"]].tolist() == [2, 2]
    said = tables["findings"].set_index("scope_id")["headline"].to_dict()
    assert said["people"] == "Nobody serves the outcome “People”."
    assert "trust:chain" in said


def test_each_version_serves_the_outcome_of_its_own_days(firm: Firm) -> None:
    tables = firm.tabulate(
        "P1,Sell my own part,,,E2,,,grow,,EUR,0,100,40,2026-12-31,,2026-09-30",
        "P1,Sell my own part,,,E2,,,trust,,EUR,0,80,60,2026-12-31,2026-10-01,",
    )
    by = tables["coverage"].set_index("outcome")
    # Half of the cycle each: 92 of 184 days.
    assert by["goal_weight"].to_dict() == pytest.approx({"grow": 50, "people": 0, "trust": 50})
    assert by["goal_attainment"].dropna().to_dict() == pytest.approx({"grow": 0.4, "trust": 0.75})
    assert len(tables["goals"]) == 2
    assert tables["cascade"][["goal_id", "outcome"]].to_numpy().tolist() == [["P1", "trust"]]
    changes = tables["strategy_changes"]
    assert changes["change"].tolist() == ["relinked", "retargeted"]
    # One goal, one set of rules: the last version's.
    assert tables["goal_checks"]["goal_id"].tolist() == ["P1"] * 8


def test_without_days_of_the_cycle_the_last_version_alone_counts(firm: Firm) -> None:
    firm.dates = False
    goals = firm.tabulate(
        "P1,Sell my own part,,,E2,,,grow,,EUR,0,100,40,2026-12-31,,2026-09-30",
        "P1,Sell my own part,,,E2,,,trust,,EUR,0,80,60,2026-12-31,2026-10-01,",
    )["goals"]
    assert goals["counts"].tolist() == [False, True]


def test_a_goal_whose_outcome_had_ended_serves_nothing(firm: Firm) -> None:
    firm.outcomes = """\
  - {id: grow, title: "Grow", perspective: financial, weight: 50, owner: E1}
  - {id: trust, title: "Trust", perspective: customer, weight: 50, owner: E1, valid_to: 2026-09-30}
  - {id: people, title: "People", perspective: learning, weight: 50, owner: E1,
     valid_from: 2026-10-01, replaces: trust}
"""
    tables = firm.tabulate(
        "P1,Sell my own part,,,E2,,,trust,,EUR,0,100,40,2026-12-31,2026-10-01,",
        "P2,Sell my own part,,,E3,,,trust,,EUR,0,100,40,2026-12-31,,",
        "P3,Visit my own part,,,E4,,P1,,,EUR,0,100,40,2026-12-31,2026-11-01,",
    )
    cascade = tables["cascade"].set_index("goal_id")["verdict"].to_dict()
    # P2 began while trust was in force; P3 hangs on P1 and has come too late as well.
    assert cascade == {"P1": "outcome_ended", "P2": "linked", "P3": "outcome_ended"}
    by = tables["coverage"].set_index("outcome")
    # 92 of 184 days each.
    assert by["weight"].to_dict() == pytest.approx({"grow": 50, "people": 25, "trust": 25})
    assert by["n_goals"].to_dict() == {"grow": 0, "people": 0, "trust": 1}
    # P1 was in force for half of the cycle, but each person is a holder: 1 of 3.
    assert by.loc["trust", "goal_weight"] == pytest.approx(100 / 3)
    relevant = tables["goal_checks"].query("rule == 'relevant'").set_index("goal_id")["passed"]
    assert relevant.to_dict() == {"P1": False, "P2": True, "P3": False}


def test_a_target_that_changed_is_one_target_of_the_team(firm: Firm) -> None:
    teams = firm.tabulate(
        "P1,Sell my own part,,,E2,,,grow,,EUR,0,100,40,2026-12-31,,2026-09-30",
        "P1,Sell my own part,,,E2,,,grow,,EUR,0,80,80,2026-12-31,2026-10-01,",
    )["teams"]
    assert teams[["n_goals", "reached_share"]].to_numpy().tolist() == [[1, 1.0]]


FAULTS = (
    # A goal without owner, two goals above one, versions that overlap, a lone key result.
    "G1,Sell more new things,,,,,,,,EUR,0,10,5,,,",
    "G2,Sell more new things,company,,,,,grow,,EUR,10,10,5,,,",
    "G3,Sell more new things,,,E2,,G2; G4,,,EUR,0,10,5,,,",
    "G4,Sell more new things,,,E2,,,,,EUR,0,10,5,,,2026-10-01",
    "G4,Sell more new things,,,E2,,,,,EUR,0,10,5,,2026-10-01,",
    "G5,Sell more new things,,key_result,E2,,,,,EUR,0,10,5,,,",
)


def test_every_fault_of_the_goals_is_told_with_row_and_remedy(
    firm: Firm, capsys: pytest.CaptureFixture[str]
) -> None:
    path = firm.write(*FAULTS)
    assert run_command(["check", str(path)]) == 3
    both = capsys.readouterr()
    said = " ".join((both.out + both.err).split())
    assert "nobody owns this goal" in said
    assert "two goals stand above this one: G2 and G4" in said
    assert "a key result names no objective" in said
    assert "this version is in force on a day on which that of row 5 is too" in said
    assert "target equals baseline (10): there is no way to go" in said
    assert "Traceback" not in said


def test_good_goals_are_rated_although_others_are_left_out(firm: Firm) -> None:
    path = firm.write(*FAULTS, "G6,Sell more new things,,,E3,,,grow,,EUR,0,10,5,,,")
    path.write_text(path.read_text() + "on_problem: quarantine\n")
    tables = tabulate_everything(compute_scores(prepare_cycle(load_cycle(path))))
    # G2 has no way to go: it is noted and kept.
    assert tables["goals"]["goal_id"].tolist() == ["G2", "G6"]
    assert tables["problems"].query("level == 'error'")["row"].tolist() == [2, 4, 5, 6, 7]


def test_a_hundred_thousand_goals_take_seconds(firm: Firm) -> None:
    goals = [f"G{n},Sell {n} new things,,,E{2 + n % 4},,G{n // 9},,,EUR,0,10,{n % 15},,,"
             for n in range(1, 50_000)]  # fmt: skip
    versions = [f"V{n},Sell new things,,,E2,,G1,,,EUR,0,{10 + late},5,,{days}"
                for n in range(25_000)
                for late, days in enumerate((",2026-09-30", "2026-10-01,"))]  # fmt: skip
    path = firm.write("G0,Sell all things,company,,,,,grow,,,,,,,,", *goals, *versions)
    started = process_time()
    tables = tabulate_everything(compute_scores(prepare_cycle(load_cycle(path))))
    assert len(tables["goals"]) == 100_000
    assert len(tables["strategy_changes"]) == 25_000
    # About eight seconds on a machine that does other things too; goal by goal a minute.
    assert process_time() - started < 30
