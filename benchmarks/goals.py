"""100,000 goals read, checked and traced, beside a plain walk along the same links.

Usage: python benchmarks/goals.py [N]
"""

from __future__ import annotations

import csv
import sys
import tempfile
from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd

from calibrate.align.cascade import build_forest, find_reached
from calibrate.config import load_cycle
from calibrate.pipeline.stages import compute_scores, prepare_cycle
from calibrate.pipeline.strategy import find_days, tabulate_strategy
from calibrate.score import measure_attainment

STRATEGY = """schema: 1
id: s
outcomes:
  - {id: a, title: A, perspective: financial, weight: 50, owner: E0}
  - {id: b, title: B, perspective: customer, weight: 50, owner: E0}
"""
RUBRIC = """schema: 1
id: r
version: 1
title: R
scale: {lowest: 1, highest: 5}
criteria: [{id: k, label: K, weight: 100, outcomes: {a: 50, b: 50}}]
"""
CYCLE = """schema: 1
cycle: c
starts_on: 2026-07-01
ends_on: 2026-12-31
inputs:
  employees: {file: employees.csv}
  ratings: {file: ratings.csv}
  goals: {file: goals.csv}
strategy: strategy.yaml
rubrics: [rubric.yaml]
"""


def write_company(folder: Path, n_goals: int) -> None:
    """A company whose people hold five goals each, below goals of ten departments."""
    rng = np.random.default_rng(1)
    n_people = n_goals // 5
    for name, text in (("strategy.yaml", STRATEGY), ("rubric.yaml", RUBRIC), ("cycle.yaml", CYCLE)):
        (folder / name).write_text(text, encoding="utf-8")
    people = [f"E{n}" for n in range(n_people)]
    pd.DataFrame({"employee_id": people, "department": [f"D{n % 10}" for n in range(n_people)]}
                 ).to_csv(folder / "employees.csv", index=False)  # fmt: skip
    pd.DataFrame({"employee_id": people, "rater_id": "E0", "source": "manager", "criterion": "k",
                  "mark": rng.integers(1, 6, n_people)}
                 ).iloc[1:].to_csv(folder / "ratings.csv", index=False)  # fmt: skip
    with (folder / "goals.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["goal_id", "title", "kind", "employee_id", "department", "parent_id",
                         "outcome", "unit", "baseline", "target", "actual", "due_on"])  # fmt: skip
        for n in range(n_goals):
            if n < 2:
                row = [f"G{n}", "Reach the aim", "company", "", "", "", "ab"[n], "x", 0, 10, 5]
            elif n < 22:
                row = [f"G{n}", "Reach our part", "unit", "", f"D{n % 10}", f"G{n % 2}", "", "x",
                       0, 10, 6]  # fmt: skip
            else:
                row = [f"G{n}", "Reach my own part", "person", people[n % n_people], "",
                       f"G{2 + n % 20}", "", "x", 0, 10, int(rng.integers(0, 15))]  # fmt: skip
            writer.writerow([*row, "2026-12-01"])


def main() -> None:
    n_goals = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_company(folder, n_goals)
        started = process_time()
        prepared = prepare_cycle(load_cycle(folder))
        read = process_time() - started
        scored = compute_scores(prepared)
        assert prepared.goals is not None
        started = process_time()
        goals = measure_attainment(prepared.goals, {}, find_days(prepared.cycle))
        tabulate_strategy(scored, goals)
        tables = process_time() - started
        print(f"{n_goals:,} goals: whole cycle read and checked in {read:.1f} s CPU, "
              f"all strategy tables in {tables:.1f} s CPU")  # fmt: skip
        frame = prepared.goals.frame
    started = process_time()
    reached = find_reached(build_forest(frame["goal_id"], frame["parent_id"]), frame["outcome"])
    ours = process_time() - started
    started = process_time()
    links = dict(zip(frame["goal_id"], frame["parent_id"], strict=True))
    own = dict(zip(frame["goal_id"], frame["outcome"], strict=True))
    found: dict[str, str] = {}
    n_above: dict[str, int] = {}
    for goal in links:
        at, steps = goal, 0
        while not own[at] and links[at]:
            at, steps = links[at], steps + 1
        found[goal], n_above[goal] = own[at], steps
    theirs = process_time() - started
    assert [found[goal] for goal in frame["goal_id"]] == reached.tolist()
    print(f"the way of every goal to its outcome: goal by goal {theirs:.2f} s, "
          f"ours with depths and goals below {ours:.2f} s, "
          f"{theirs / ours:.1f} times faster")  # fmt: skip


if __name__ == "__main__":
    main()
