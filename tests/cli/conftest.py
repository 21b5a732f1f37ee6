"""A company of twelve, typed small enough to read, for runs from end to end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from calibrate.cli.main import run_command

CYCLE = """\
schema: 1
cycle: "tiny"
title: "A tiny cycle"
inputs:
  employees: {file: employees.csv}
  ratings: {file: ratings.csv}
  attributes: {file: attributes.csv}
rubrics: [rubric.yaml]
privacy: {min_peers: 2, min_cell: 2}
audit:
  attributes: [gender]
  controls: [level]
packets: [session, audit]
seed: 5
"""

RUBRIC = """\
schema: 1
id: work
version: 1
title: "Work"
scale: {lowest: 1, highest: 5, step: 1}
criteria:
  - {id: delivery, label: "Delivery", weight: 60, develop: "Plan a week.",
     levels: {1: "late", 2: "often late", 3: "on time", 4: "mostly early", 5: "early"}}
  - {id: quality, label: "Quality", weight: 40, develop: "Test one part.",
     levels: {1: "poor", 2: "patchy", 3: "right", 4: "good", 5: "best of all"}}
"""

PEOPLE = [f"{n:03d}" for n in range(1, 13)]


def list_employees() -> list[str]:
    rows = ["employee_id,name,manager_id,department,level"]
    for n, person in enumerate(PEOPLE):
        manager = "" if n == 0 else ("001" if n < 3 else PEOPLE[1 + n % 2])
        rows.append(f"{person},Person {person},{manager},{'AB'[n % 2]},L{1 + n % 3}")
    return rows


def list_ratings() -> list[str]:
    """Managers rate their people; everybody rates the next three as a peer."""
    rows = ["employee_id,rater_id,source,criterion,mark"]
    for n, person in enumerate(PEOPLE):
        raters = [(PEOPLE[(n + step) % 12], "peer") for step in (1, 4, 7)]
        if n >= 3:
            raters.append((PEOPLE[1 + n % 2], "manager"))
        elif n > 0:
            raters.append(("001", "manager"))
        given = dict(raters[::-1])
        for rater, source in given.items():
            for criterion, shift in (("delivery", 0), ("quality", 1)):
                mark = 1 + (n * 3 + int(rater) + shift) % 5
                rows.append(f"{person},{rater},{source},{criterion},{mark}")
    return rows


def list_attributes() -> list[str]:
    return ["employee_id,gender", *(f"{p},{'mf'[n % 3 > 0]}" for n, p in enumerate(PEOPLE))]


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """Folder of a company whose files are all in order."""
    folder = tmp_path / "company"
    folder.mkdir()
    (folder / "cycle.yaml").write_text(CYCLE)
    (folder / "rubric.yaml").write_text(RUBRIC)
    for name, rows in (
        ("employees", list_employees()),
        ("ratings", list_ratings()),
        ("attributes", list_attributes()),
    ):
        (folder / f"{name}.csv").write_text("\n".join(rows) + "\n")
    return folder


@pytest.fixture
def calibrate() -> Callable[..., int]:
    """Run one command of the tool in this process; gives its exit code."""

    def call(*arguments: object) -> int:
        return run_command([str(argument) for argument in arguments])

    return call
