"""Whatever is wrong in strategy, rubrics, people and goals stands in one list."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibrate.config import load_cycle
from calibrate.errors import InputError
from calibrate.pipeline import prepare_cycle

FILES = {
    "cycle.yaml": (
        'schema: 1\ncycle: "t"\nstrategy: s.yaml\nrubrics: [r.yaml]\ninputs: {employees: '
        "{file: e.csv}, goals: {file: g.csv}, ratings: {file: m.csv}}\n"
    ),
    "s.yaml": (
        'schema: 1\nid: "s"\noutcomes:\n'
        "  - {id: a, title: A, perspective: process, weight: 50, parent: b}\n"
        "  - {id: b, title: B, perspective: process, weight: 49, parent: a, "
        "kpis: [{id: k, title: K, baseline: 40, target: 40}]}\n"
    ),
    "r.yaml": (
        'schema: 1\nid: r\nversion: 1\ntitle: "R"\nscale: {lowest: 1, highest: 5}\n'
        'criteria: [{id: c, label: "C", weight: 98}]\n'
    ),
    "e.csv": "employee_id\nE1\nE2\n",
    "g.csv": "goal_id,title,kind,employee_id,outcome\nG1,Grow,person,,a\nG2,Sell,person,E9,zz\n",
    "m.csv": "employee_id,rater_id,source,criterion,mark\nE1,E2,manager,c,3\n",
}


def test_a_faulty_strategy_hides_no_fault_of_goals(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(InputError) as caught:
        prepare_cycle(load_cycle(tmp_path))
    # zz cannot be judged: the strategy that would know it is not there.
    assert sorted((p.file, p.rule) for p in caught.value.problems) == [
        ("g.csv", "person_without_employee"),
        ("g.csv", "unknown_employee"),
        ("r.yaml", "weight_sum"),
        ("s.yaml", "parent_loop"),
        ("s.yaml", "target_is_baseline"),
        ("s.yaml", "weight_sum"),
    ]
