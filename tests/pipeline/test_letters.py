"""Whatever packets print is looked through before anything is computed."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from rich.console import Console

from calibrate.config import load_cycle
from calibrate.pipeline.letters import list_texts, tell_missing
from calibrate.pipeline.progress import Clock
from calibrate.pipeline.stages import Prepared, prepare_cycle
from calibrate.report.preflight import say_left

#: A private character: no font has it.
BOX = "\U0010fffd"
CYCLE = f"""
schema: 1
cycle: "tiny"
title: "Half {BOX}"
inputs:
  employees: {{file: employees.csv}}
  ratings: {{file: ratings.csv}}
  goals: {{file: goals.csv}}
strategy: strategy.yaml
rubrics: [rubric.yaml]
bands: {{labels: ["Low {BOX}", "High"], cuts: [50]}}
"""
RUBRIC = f"""
schema: 1
id: work
version: 1
title: "Work"
scale: {{lowest: 1, highest: 5, step: 1}}
criteria:
  - {{id: d, label: "Delivery", weight: 100, levels: {{1: "late {BOX}", 5: "early"}}}}
"""
STRATEGY = f"""
schema: 1
id: s1
outcomes:
  - {{id: grow, title: "Grow {BOX}", perspective: financial, weight: 100}}
"""


def prepare(folder: Path) -> Prepared:
    files = {
        "cycle.yaml": CYCLE, "rubric.yaml": RUBRIC, "strategy.yaml": STRATEGY,
        "employees.csv": f"employee_id,name,department\nA,Anna {BOX},Sales\nB,Zoë,Bau {BOX}\n",
        "ratings.csv": "employee_id,rater_id,source,criterion,mark\nA,B,peer,d,3\nB,A,peer,d,4\n",
        "goals.csv": f"goal_id,title,kind,employee_id\nG1,Sell {BOX},person,A\n",
    }  # fmt: skip
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return prepare_cycle(load_cycle(folder / "cycle.yaml"))


def test_every_text_that_a_packet_prints_is_looked_at(tmp_path: Path) -> None:
    places = {place for place, text in list_texts(prepare(tmp_path)) if BOX in text}
    assert places >= {
        "the cycle's name", "the bands", "name of A", "department of B", "title of goal G1",
        "rubric work", "strategy s1",
    }  # fmt: skip


def test_it_is_said_at_once_to_who_looks_on_and_once(tmp_path: Path) -> None:
    screen = StringIO()
    clock = Clock(Console(file=screen))
    assert tell_missing(prepare(tmp_path), clock) == {BOX}
    assert screen.getvalue().startswith("note: no font here has U+10FFFD (a private character)")
    assert clock.remarks == []
    # After printing nothing is said of it again; of others it is.
    assert say_left([frozenset(BOX)], frozenset(BOX)) == []
    (said,) = say_left([frozenset(BOX), frozenset("\ue000")], frozenset(BOX))
    assert said.startswith("no font here has U+E000 (a private character); boxes stand")


def test_without_a_terminal_it_is_kept_for_the_end(tmp_path: Path) -> None:
    clock = Clock()
    tell_missing(prepare(tmp_path), clock)
    assert len(clock.remarks) == 1
