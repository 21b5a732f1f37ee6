"""The folder truth/: what was drawn and what was planted, for those who compare."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import yaml

from calibrate.demo.catalogue import SOURCES, Ints, read_criteria
from calibrate.demo.company import Company
from calibrate.demo.criterion_history import RISE, RISING, RISING_AT
from calibrate.demo.goal_details import (
    CHANGED,
    LATE_DUE,
    NO_DUE,
    NO_EVIDENCE,
    NO_UNIT,
    OBJECTIVES,
    ORPHANS,
    STALE,
    VAGUE,
)
from calibrate.demo.network import Forms
from calibrate.demo.people_files import pick_id
from calibrate.demo.plant import Planting
from calibrate.demo.singled_out import SingledOut, write_singled_out
from calibrate.demo.table_file import TableFile, numbers, text
from calibrate.demo.truth import MEAN, SOURCE_SHIFT, Truth


def write_truth(
    folder: Path, ids: Any, company: Company, truth: Truth, forms: Forms, planting: Planting,
    singled: SingledOut, seed: int,
) -> dict[str, Any]:  # fmt: skip
    """Write employees, raters, people singled out and the plan; return the plan."""
    write_singled_out(folder / "singled_out.csv", ids, singled)
    raters = np.unique(forms.rater[forms.source != SOURCES.index("self")])
    with TableFile(folder / "raters.csv") as table:
        table.write(
            {
                "rater_id": pick_id(ids, raters),
                "severity": numbers(truth.severity[raters], 6),
                "planted": text(("no", "yes"), truth.planted[raters].astype(np.int64)),
            }
        )
    people = np.arange(1, len(company))
    manager = company.tree.manager[people]
    with TableFile(folder / "employees.csv") as table:
        table.write(
            {
                "employee_id": pick_id(ids, people),
                "unit": pick_id(ids, manager),
                "unit_effect": numbers(truth.unit[manager], 6),
                "employee_effect": numbers(truth.employee[people], 6),
                "expected_score": numbers(truth.expected_scores(company)[people], 6),
            }
        )
    plan = describe_plan(ids, truth, planting, singled, seed)
    shown = yaml.safe_dump(plan, sort_keys=False, allow_unicode=True)
    (folder / "planted.yaml").write_text(shown, encoding="utf-8")
    return plan


def describe_plan(
    ids: Any, truth: Truth, planting: Planting, singled: SingledOut, seed: int
) -> dict[str, Any]:
    """What was planted, and the spreads everything else was drawn with."""
    plant = planting.plant
    hit: Ints = np.flatnonzero(truth.planted)
    return {
        "seed": seed,
        "employees": len(ids),
        "unit": "points, 0 to 100; one mark is 25 points",
        "mean": MEAN,
        "standard_deviations": plant.standard_deviations.model_dump(),
        "source_shift": dict(zip(SOURCES, SOURCE_SHIFT, strict=True)),
        "raters": [
            {"rater_id": ids[at].as_py(), "severity": float(truth.severity[at])}
            for at in hit.tolist()
        ],
        "disparities": [
            {
                **one.model_dump(),
                "meaning": "forms of this source mark the group so many points"
                f" {'lower' if one.points < 0 else 'higher'}, all else equal",
            }
            for one in plant.disparities
        ],
        "unserved_outcomes": [one.id for one in plant.unserved_outcomes],
        "practice": {
            "rising_skill": f"{RISING}: {list(read_criteria()[0])[RISING_AT]}, "
            f"{RISE:g} points a cycle",
            "engagement": "rises with the check-ins of the team's manager",
            "check_ins": "managers from L6 on hold them every 90 days or less often",
            "feedback": "remote people get half as much",
        },
        "goals": {
            "meaning": "share of the goals of people",
            "objectives_with_key_results": OBJECTIVES,
            "new_target_since_2026_10_01": CHANGED,
            "reach_no_outcome": ORPHANS,
            "vague_title": VAGUE,
            "no_unit": NO_UNIT,
            "no_due_day": NO_DUE,
            "due_after_the_cycle": LATE_DUE,
            "not_looked_at_since_summer": STALE,
            "no_evidence": NO_EVIDENCE,
        },
        "singled_out": {"meaning": "people; singled_out.csv names them", **singled.counts},
    }
