"""A small cycle typed by hand: three people, one rubric of two criteria, marks 1 to 5."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from calibrate.config import Cycle, load_cycle
from calibrate.errors import Problem
from calibrate.ingest import RatingStream, RatingTable, read_employees
from calibrate.rubric import build_mark_rules, load_rubrics

CYCLE = """\
schema: 1
cycle: "test"
inputs:
  employees: {file: employees.csv}
  ratings: {file: ratings.csv}
  goals: {file: goals.csv}
rubrics: [rubric.yaml]
sources:
  manager: {weight: 2}
  peer: {weight: 1}
  self: {weight: 0}
"""
RUBRIC = """\
schema: 1
id: default
version: 1
title: "Default"
scale: {lowest: 1, highest: 5, step: 0.5}
criteria:
  - {id: clarity, label: "Clarity", weight: 50}
  - {id: delivery, label: "Delivery", weight: 50}
"""
EMPLOYEES = "employee_id,manager_id\nE1,\nE2,E1\nE3,E1\n"
HEADER = "employee_id,rater_id,source,criterion,mark\n"


@dataclass(frozen=True)
class Folder:
    """A cycle folder on disk."""

    path: Path

    def write(self, name: str, content: str | bytes) -> None:
        raw = content if isinstance(content, bytes) else content.encode()
        (self.path / name).write_bytes(raw)

    def cycle(self) -> Cycle:
        return load_cycle(self.path)

    def stream(self, chunk_rows: int = 1000) -> tuple[RatingStream, list[RatingTable]]:
        cycle = self.cycle()
        employees, _ = read_employees(cycle)
        rules, _ = build_mark_rules(load_rubrics(cycle), employees, cycle)
        stream = RatingStream(cycle, employees, rules, chunk_rows=chunk_rows)
        return stream, list(stream)

    def problems(self, ratings: str | bytes) -> list[Problem]:
        self.write("ratings.csv", ratings)
        return self.stream()[0].problems


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path)
    made.write("cycle.yaml", CYCLE)
    made.write("rubric.yaml", RUBRIC)
    made.write("employees.csv", EMPLOYEES)
    made.write("ratings.csv", HEADER + "E2,E1,manager,clarity,4\n")
    made.write("goals.csv", "goal_id,title\n")
    return made


@pytest.fixture
def edit(folder: Folder) -> Callable[[str, str], None]:
    """Replace a text in cycle.yaml."""

    def replace(old: str, new: str) -> None:
        assert old in CYCLE
        folder.write("cycle.yaml", CYCLE.replace(old, new))

    return replace


@pytest.fixture
def make(tmp_path: Path) -> Callable[[Callable[[Any, Any], None]], Path]:
    """Write a workbook of one sheet through XlsxWriter."""

    def write(fill: Callable[[Any, Any], None]) -> Path:
        with xlsxwriter.Workbook(tmp_path / "r.xlsx") as book:
            fill(book, book.add_worksheet("Ratings"))
        return tmp_path / "r.xlsx"

    return write
