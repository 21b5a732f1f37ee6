"""The goals table: each rule by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Protocol

import pandas as pd
import pytest

from calibrate.config import Cycle
from calibrate.ingest import read_employees, read_goals


class Folder(Protocol):
    def write(self, name: str, content: str | bytes) -> None: ...
    def cycle(self) -> Cycle: ...


def test_numbers_are_parsed_and_a_blank_kind_follows_from_the_row(folder: Folder) -> None:
    folder.write(
        "goals.csv",
        "goal_id,title,kind,employee_id,department,parent_id,weight,baseline,target,actual\n"
        "G2,Own,,E2,,G1,50,10,20,-1.5\n"
        "G1,All,company,,,,,,,\n"
        "G3,Unit,,,Sales,G1,,,,\n"
        "G4,More,company,,,,,,,\n",
    )
    cycle = folder.cycle()
    goals, problems = read_goals(cycle, read_employees(cycle)[0])
    assert problems == []
    assert list(goals.frame["goal_id"]) == ["G1", "G2", "G3", "G4"]
    assert list(goals.frame["kind"]) == ["company", "person", "unit", "company"]
    assert goals.frame["actual"].iloc[1] == -1.5
    assert goals.frame["weight"].iloc[0] is pd.NA
    assert str(goals.frame["target"].dtype) == "Float64"


FAULTS = [
    ("goal_id,title", "G1,a\nG1,b", [2, 3], "goal_id", "duplicate_id"),
    ("goal_id,title", ",a", [2], "goal_id", "blank_id"),
    ("goal_id,title", "G1,", [2], "title", "blank_text"),
    ("goal_id,title,kind", "G1,a,team", [2], "kind", "unknown_kind"),
    ("goal_id,title,kind", "G1,a,person", [2], "employee_id", "person_without_employee"),
    ("goal_id,title,employee_id", "G1,a,E9", [2], "employee_id", "unknown_employee"),
    ("goal_id,title,parent_id", "G1,a,G9", [2], "parent_id", "unknown_parent"),
    ("goal_id,title,parent_id", "G1,a,G1", [2], "parent_id", "parent_loop"),
    ("goal_id,title,parent_id", "G1,a,G2\nG2,b,G1\nG3,c,G1", [2, 3], "parent_id", "parent_loop"),
    ("goal_id,title,weight", "G1,a,-1", [2], "weight", "weight_negative"),
    ("goal_id,title,target", "G1,a,12 %", [2], "target", "not_a_number"),
    ("goal_id,title,actual", "G1,a,nan", [2], "actual", "not_a_number"),
    ("goal_id,title,due_on", "G1,a,soon", [2], "due_on", "not_a_date"),
    ("goal_id,title,valid_from,valid_to", "G1,a,2026-07-02,2026-07-01", [2], "valid_to",
     "date_order"),
    ("goal_id,title,outcome", "G1,a,growht", [2], "outcome", "unknown_outcome"),
]  # fmt: skip


@pytest.mark.parametrize(("header", "body", "rows", "column", "rule"), FAULTS)
def test_each_bad_goal_is_listed_and_left_out(
    folder: Folder, header: str, body: str, rows: list[int], column: str, rule: str
) -> None:
    folder.write("goals.csv", f"{header}\n{body}\n")
    cycle = folder.cycle()
    goals, problems = read_goals(cycle, read_employees(cycle)[0], ("growth",))
    assert [(p.row, p.column, p.rule) for p in problems] == [(r, column, rule) for r in rows]
    assert len(goals.frame) == body.count("\n") + 1 - len(rows)


def test_outcomes_are_not_checked_without_a_strategy(folder: Folder) -> None:
    folder.write("goals.csv", "goal_id,title,outcome\nG1,a,anything\n")
    cycle = folder.cycle()
    assert read_goals(cycle, read_employees(cycle)[0])[1] == []


def test_a_cycle_without_goals_has_an_empty_table(
    folder: Folder, edit: Callable[[str, str], None]
) -> None:
    edit("  goals: {file: goals.csv}\n", "")
    cycle = folder.cycle()
    goals, problems = read_goals(cycle, read_employees(cycle)[0])
    assert (len(goals.frame), problems) == (0, [])


def test_versions_of_a_goal_are_kept_in_order_of_their_days(folder: Folder) -> None:
    folder.write(
        "goals.csv",
        "goal_id,title,employee_id,target,valid_from,valid_to\n"
        "G1,Win,E1,80,2026-10-01,\nG1,Win,E1,100,,2026-09-30\n",
    )
    cycle = folder.cycle()
    goals, problems = read_goals(cycle, read_employees(cycle)[0])
    assert problems == []
    assert goals.frame["target"].tolist() == [100, 80]


LINKS = [
    # Both are in force on 30 September.
    ("goal_id,title,valid_from,valid_to", "G1,a,,2026-09-30\nG1,a,2026-09-30,", [2, 3],
     "valid_from", "overlapping_versions"),
    ("goal_id,title,parent_id", "G1,a,\nG2,b,\nG3,c,G1; G2", [4], "parent_id", "two_parents"),
    ("goal_id,title,goal_type", "G1,a,okr", [2], "goal_type", "unknown_goal_type"),
    ("goal_id,title,goal_type,parent_id", "G1,a,key_result,", [2], "parent_id",
     "key_result_without_objective"),
    ("goal_id,title,goal_type,parent_id", "G1,a,kpi,\nG2,b,key_result,G1", [3], "parent_id",
     "key_result_without_objective"),
    ("goal_id,title,kind,department", "G1,a,unit,", [2], "department", "goal_without_owner"),
    ("goal_id,title,employee_id", "G1,a,", [2], "owner", "goal_without_owner"),
]  # fmt: skip


@pytest.mark.parametrize(("header", "body", "rows", "column", "rule"), LINKS)
def test_each_bad_link_is_listed_and_left_out(
    folder: Folder, header: str, body: str, rows: list[int], column: str, rule: str
) -> None:
    folder.write("goals.csv", f"{header}\n{body}\n")
    cycle = folder.cycle()
    goals, problems = read_goals(cycle, read_employees(cycle)[0])
    assert {(p.row, p.column, p.rule, p.level) for p in problems} == {
        (row, column, rule, "error") for row in rows
    }
    assert len(goals.frame) == body.count("\n") + 1 - len(rows)


@pytest.mark.parametrize(
    ("header", "body", "rule"),
    [
        ("goal_id,title,baseline,target", "G1,a,40,40", "no_way_to_go"),
        ("goal_id,title,goal_type", "G1,a,objective", "objective_without_key_results"),
        ("goal_id,title,owner", "G1,a,E99", "unknown_owner"),
        ("goal_id,title,valid_from", "G1,a,2030-01-01", "goal_outside_cycle"),
    ],
)
def test_what_a_goal_lacks_is_noted_and_the_goal_stays(
    folder: Folder, header: str, body: str, rule: str
) -> None:
    folder.write("goals.csv", f"{header}\n{body}\n")
    cycle = folder.cycle().model_copy(
        update={"starts_on": date(2026, 7, 1), "ends_on": date(2026, 12, 31)}
    )
    goals, problems = read_goals(cycle, read_employees(cycle)[0])
    assert [(p.rule, p.level) for p in problems] == [(rule, "note")]
    assert len(goals.frame) == 1


def test_a_goal_of_the_company_is_owned_by_who_answers_for_its_outcome(folder: Folder) -> None:
    folder.write("goals.csv", "goal_id,title,kind,outcome\nG1,a,company,grow\nG2,b,company,keep\n")
    cycle = folder.cycle()
    _, problems = read_goals(cycle, read_employees(cycle)[0], {"grow": "E1", "keep": ""})
    assert [(p.row, p.rule, p.level) for p in problems] == [(3, "goal_without_owner", "note")]


def test_a_goal_with_key_results_below_is_an_objective(folder: Folder) -> None:
    folder.write(
        "goals.csv",
        "goal_id,title,employee_id,goal_type,parent_id\n"
        "G1,Win ports,E1,,\nG2,Two talks,E1,key_result,G1\nG3,Alone,E1,,\n",
    )
    cycle = folder.cycle()
    goals, problems = read_goals(cycle, read_employees(cycle)[0])
    assert [p.rule for p in problems] == ["objective_without_key_results"] * 0
    assert goals.frame["goal_type"].tolist() == ["objective", "key_result", "kpi"]


def test_a_key_result_that_names_nobody_is_its_objectives(folder: Folder) -> None:
    folder.write(
        "goals.csv",
        "goal_id,title,employee_id,department,goal_type,parent_id\n"
        "O1,Win ports,E1,,objective,\nK1,Two talks,,,key_result,O1\n"
        "K2,Four calls,E2,,key_result,O1\n"
        "O2,Win ports,,Sales,objective,\nK3,Two talks,,,key_result,O2\n",
    )
    cycle = folder.cycle()
    goals, problems = read_goals(cycle, read_employees(cycle)[0])
    assert problems == []
    by = goals.frame.set_index("goal_id")
    assert by["employee_id"].to_dict() == {"K1": "E1", "K2": "E2", "K3": "", "O1": "E1", "O2": ""}
    assert by["kind"].to_dict()["K1"] == "person"
    assert by.loc["K3", ["kind", "department"]].tolist() == ["unit", "Sales"]


def test_versions_that_take_turns_above_each_other_are_no_circle(folder: Folder) -> None:
    folder.write(
        "goals.csv",
        "goal_id,title,employee_id,parent_id,valid_from,valid_to\n"
        # Until September a stands below b, from October b below a.
        "a,Win,E1,b,,2026-09-30\na,Win,E1,,2026-10-01,\n"
        "b,Keep,E1,,,2026-09-30\nb,Keep,E1,a,2026-10-01,\n",
    )
    cycle = folder.cycle()
    assert read_goals(cycle, read_employees(cycle)[0])[1] == []


def test_a_circle_within_the_same_days_is_named(folder: Folder) -> None:
    folder.write(
        "goals.csv",
        "goal_id,title,employee_id,parent_id,valid_from,valid_to\n"
        "a,Win,E1,,,2026-09-30\na,Win,E1,b,2026-10-01,\nb,Keep,E1,a,,\n",
    )
    cycle = folder.cycle()
    problems = read_goals(cycle, read_employees(cycle)[0])[1]
    assert [(p.row, p.rule) for p in problems] == [(3, "parent_loop"), (4, "parent_loop")]


def test_days_are_read_as_the_cycle_declares_them(
    folder: Folder, edit: Callable[[str, str], None]
) -> None:
    edit("{file: goals.csv}", '{file: goals.csv, dates: "%d.%m.%Y"}')
    folder.write("goals.csv", "goal_id,title,employee_id,updated_on\nG1,a,E1,01.12.2026\n")
    cycle = folder.cycle()
    goals, problems = read_goals(cycle, read_employees(cycle)[0])
    assert problems == []
    assert goals.frame["updated_on"].tolist() == ["2026-12-01"]
