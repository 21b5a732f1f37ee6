"""Which rubric applies to whom, and which marks it allows."""

from __future__ import annotations

from pathlib import Path

from calibrate.config import COLUMNS, MISSING, Cycle, load_cycle
from calibrate.ingest import EmployeeTable, read_assignments, read_employees
from calibrate.rubric import build_mark_rules, load_rubrics

ENGINEERING = """\
schema: 1
id: eng
version: 1
title: "Engineering"
applies_to: {job_family: ["Engineering", "Data"], level: ["L3", "L4"]}
marks: absolute
scale: {lowest: 1, highest: 5, step: any}
criteria:
  - {id: craft, label: "Craft", weight: 60, expected: {L3: 3}}
  - {id: care, label: "Care", weight: 40, expected: {L3: 3, L4: 3.5}}
"""
REST = """\
schema: 1
id: rest
version: 1
title: "Everybody"
scale: {lowest: 0, highest: 10, step: 0.5}
criteria:
  - {id: care, label: "Care", weight: 100, scale: words}
"""


def people(folder: Path, text: str) -> tuple[Cycle, EmployeeTable]:
    scales = "scales: {words: {version: 1, marks: {Low: 1, High: 9.5}, nulls: [New]}}\n"
    (folder / "cycle.yaml").write_text(
        'schema: 1\ncycle: "t"\nrubrics: [eng.yaml, rest.yaml]\n'
        "inputs: {ratings: {file: r.csv}, employees: {file: e.csv}}\n" + scales
    )
    (folder / "eng.yaml").write_text(ENGINEERING)
    (folder / "rest.yaml").write_text(REST)
    (folder / "e.csv").write_text(text)
    cycle = load_cycle(folder)
    return cycle, read_employees(cycle)[0]


def test_first_rubric_that_applies_wins(tmp_path: Path) -> None:
    (text,) = ["employee_id,job_family,level\n1,Data,L3\n2,Data,L9\n3,Sales,L3\n4,Engineering,L3\n"]
    cycle, employees = people(tmp_path, text)
    (tmp_path / "rest.yaml").write_text(REST.replace(", scale: words", ""))
    rules, problems = build_mark_rules(load_rubrics(cycle), employees, cycle)
    assert problems == []
    assert rules.rubric_of.tolist() == [0, 1, 1, 0]
    assert rules.criteria == ("craft", "care")
    assert rules.lowest.tolist() == [[1_000_000, 1_000_000], [MISSING, 0]]
    assert rules.highest.tolist() == [[5_000_000, 5_000_000], [MISSING, 10_000_000]]
    assert rules.step.tolist() == [[0, 0], [0, 500_000]]
    assert rules.rubric_files == ("eng.yaml", "rest.yaml")
    assert rules.labels == (None, None)


def test_person_without_rubric_has_minus_one(tmp_path: Path) -> None:
    cycle, employees = people(tmp_path, "employee_id,job_family,level\n1,Sales,L3\n2,Data,L3\n")
    (tmp_path / "rest.yaml").write_text(
        REST.replace("scale: {", 'applies_to: {location: ["Oslo"]}\nscale: {', 1).replace(
            ", scale: words", ""
        )
    )
    rules, problems = build_mark_rules(load_rubrics(cycle), employees, cycle)
    assert rules.rubric_of.tolist() == [-1, 0]
    assert [(p.file, p.rule, p.level) for p in problems] == [("rest.yaml", "rubric_unused", "note")]
    assert "location" in problems[0].fix


def test_absolute_marks_need_an_expectation_for_each_level_present(tmp_path: Path) -> None:
    text = "employee_id,job_family,level\n1,Data,L3\n2,Data,L4\n3,Engineering,L4\n"
    cycle, employees = people(tmp_path, text)
    _, problems = build_mark_rules(load_rubrics(cycle)[:1], employees, cycle)
    (problem,) = problems
    assert (problem.file, problem.column, problem.rule, problem.value) == (
        "eng.yaml", "criteria[0].expected", "expected_missing", "L4",
    )  # fmt: skip
    assert "level 'L4' (2 people)" in problem.what
    assert problem.whole


def test_one_criterion_cannot_have_two_scales_of_labels(tmp_path: Path) -> None:
    cycle, employees = people(tmp_path, "employee_id,job_family,level\n1,Data,L3\n2,Ops,L1\n")
    _, problems = build_mark_rules(load_rubrics(cycle), employees, cycle)
    assert [(p.file, p.rule) for p in problems] == [("rest.yaml", "scale_conflict")]


def test_labels_reach_the_rules_in_whole_millionths(tmp_path: Path) -> None:
    cycle, employees = people(tmp_path, "employee_id\n1\n")
    rules, _ = build_mark_rules(load_rubrics(cycle)[1:], employees, cycle)
    assert rules.labels == ({"Low": 1_000_000, "High": 9_500_000},)
    assert rules.nulls == (frozenset({"New"}),)


def test_employees_lack_no_column_a_rubric_may_ask_for() -> None:
    assert {"job_family", "level", "department", "location"} <= set(COLUMNS["employees"])


LEADERS = (
    REST.replace("id: rest", "id: leaders")
    .replace("scale: {", 'applies_to: {manages_people: ["yes"]}\nscale: {', 1)
    .replace(", scale: words", "")
)


def test_who_manages_people_follows_from_who_is_a_manager(tmp_path: Path) -> None:
    # 1 is the manager of 2; 3 of 4 by matrix; 5 managed 4 earlier and nobody now.
    cycle, _ = people(tmp_path, "employee_id,manager_id\n1,\n2,1\n3,1\n4,1\n5,1\n")
    (tmp_path / "eng.yaml").write_text(LEADERS)
    (tmp_path / "rest.yaml").write_text(
        LEADERS.replace('"yes"', '"no"').replace("id: leaders", "id: others")
    )
    (tmp_path / "a.csv").write_text(
        "employee_id,manager_id,kind,from,to\n4,1,line,,\n4,3,matrix,,\n4,5,previous,,2026-08-01\n"
    )
    text = cycle.path.read_text().replace("{ratings:", "{assignments: {file: a.csv}, ratings:")
    cycle.path.write_text(text)
    cycle = load_cycle(tmp_path)
    employees = read_employees(cycle)[0]
    assignments, found = read_assignments(cycle, employees)
    assert [p for p in found if p.level == "error"] == []
    rubrics = load_rubrics(cycle)
    rules, _ = build_mark_rules(rubrics, assignments.settle(employees), cycle, assignments)
    assert rules.rubric_of.tolist() == [0, 1, 0, 1, 1]
    # Without assignments manager_id alone says it.
    assert build_mark_rules(rubrics, employees, cycle)[0].rubric_of.tolist() == [0, 1, 1, 1, 1]


def test_where_nobody_has_a_manager_nobody_manages(tmp_path: Path) -> None:
    cycle, employees = people(tmp_path, "employee_id\n1\n2\n")
    (tmp_path / "eng.yaml").write_text(LEADERS)
    rules, problems = build_mark_rules(load_rubrics(cycle)[:1], employees, cycle)
    assert rules.rubric_of.tolist() == [-1, -1]
    assert [(p.rule, p.fix) for p in problems] == [
        ("rubric_unused", "employees have no column manager_id")
    ]
