"""From files to scores where managers change: weights, teams and notes, each by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from calibrate.config import load_cycle
from calibrate.errors import InputError
from calibrate.pipeline import compute_scores, prepare_cycle
from calibrate.pipeline.gather import gather_material
from calibrate.pipeline.tabulate import tabulate_everything
from calibrate.report.views.manager import build_manager_view, list_managers

CYCLE = """\
schema: 1
cycle: "hand"
starts_on: 2026-07-01
ends_on: 2026-12-31
privacy: {min_peers: 1}
inputs:
  employees: {file: employees.csv}
  assignments: {file: assignments.csv}
  ratings: {file: ratings.csv}
rubrics: [rubric.yaml]
"""
RUBRIC = """\
schema: 1
id: work
version: 1
title: "Work"
scale: {lowest: 1, highest: 5, step: 1}
criteria:
  - {id: delivery, label: "Delivery", weight: 60, levels: {1: "a"}}
  - {id: quality, label: "Quality", weight: 40, levels: {1: "b"}}
"""


class Company:
    """Writes the files and prepares them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "cycle.yaml").write_text(CYCLE)
        (folder / "rubric.yaml").write_text(RUBRIC)
        self.employ("A,,", "B,,")

    def write(self, name: str, header: str, rows: tuple[str, ...]) -> None:
        (self.folder / f"{name}.csv").write_text("\n".join([header, *rows]) + "\n")

    def employ(self, *rows: str) -> None:
        self.write("employees", "employee_id,name,not_rated_reason", rows)

    def assign(self, *rows: str) -> None:
        self.write("assignments", "employee_id,manager_id,kind,from,to,share", rows)

    def rate(self, *rows: str) -> None:
        self.write("ratings", "employee_id,rater_id,source,criterion,mark", rows)

    def prepare(self) -> Any:
        return prepare_cycle(load_cycle(self.folder / "cycle.yaml"))

    def raw(self) -> dict[str, float]:
        scores = tabulate_everything(compute_scores(self.prepare()))["scores"]
        known = scores.dropna(subset="raw_score")
        return dict(zip(known["employee_id"], known["raw_score"].round(9), strict=True))


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def form(person: str, rater: str, source: str, mark: int) -> list[str]:
    return [f"{person},{rater},{source},{k},{mark}" for k in ("delivery", "quality")]


TRANSFER = ("A,M1,previous,,2026-09-30,0.75", "A,M2,line,2026-10-01,,0.25")


def test_two_managers_share_the_weight_of_one(company: Company) -> None:
    company.assign(*TRANSFER)
    company.rate(
        *form("A", "M1", "manager", 5), *form("A", "M2", "manager", 1), *form("A", "P", "peer", 3)
    )
    # Weights 1.5, 0.5 and 1 of 100, 0 and 50 points: 200 / 3.
    assert company.raw() == {"A": pytest.approx(200 / 3)}


def test_one_manager_alone_keeps_the_whole_weight(company: Company) -> None:
    company.assign(*TRANSFER)
    company.rate(*form("A", "M2", "manager", 1), *form("A", "P", "peer", 3))
    # Weights 2 and 1 of 0 and 50 points.
    assert company.raw() == {"A": pytest.approx(50 / 3)}


def test_a_form_that_is_left_out_takes_no_share(company: Company) -> None:
    company.assign(*TRANSFER)
    company.rate("A,M1,manager,quality,5", *form("A", "M2", "manager", 1))
    assert company.raw() == {"A": 0}


def test_teams_and_sessions_work_from_assignments_alone(company: Company) -> None:
    company.assign(*TRANSFER, "B,M1,,,,")
    company.rate(*form("A", "M2", "manager", 4), *form("B", "M1", "manager", 2))
    prepared = company.prepare()
    assert (prepared.unit_kind, prepared.unit) == ("team", ("M2", "M1"))
    scored = compute_scores(prepared)
    material = gather_material(scored, tabulate_everything(scored), "x")
    assert list_managers(material.employees, material.assignments) == ["M1", "M2"]
    assert [person.employee_id for person in build_manager_view(material, "M2").team] == ["A"]
    readiness = material.tables["readiness"].set_index("employee_id")
    assert readiness["n_managers"].to_dict() == {"A": 2, "B": 1}
    assert readiness["manager_id"].to_dict() == {"A": "M2", "B": "M1"}


def test_a_form_by_somebody_never_assigned_stops_the_run(company: Company) -> None:
    company.assign(*TRANSFER)
    company.rate(*form("A", "M3", "manager", 5))
    with pytest.raises(InputError) as caught:
        company.prepare()
    assert {p.rule for p in caught.value.problems} == {"not_the_manager"}


def test_a_reason_not_to_be_rated_beside_marks_is_a_note_and_the_marks_count(
    company: Company,
) -> None:
    company.employ("A,Ann,too new", "B,,too new")
    company.assign("A,M1,,,,")
    company.rate(*form("A", "M1", "manager", 3))
    (note,) = company.prepare().problems
    assert (note.file, note.row, note.column) == ("employees.csv", 2, "not_rated_reason")
    assert (note.rule, note.level) == ("rated_all_the_same", "note")
    assert company.raw() == {"A": 50}


def test_a_broken_assignments_file_stops_before_any_rating_is_blamed(company: Company) -> None:
    company.write("assignments", "employee_id,boss", ("A,M1",))
    company.rate(*form("A", "M1", "manager", 3))
    with pytest.raises(InputError) as caught:
        company.prepare()
    assert {p.file for p in caught.value.problems} == {"assignments.csv"}
