"""Goals of the company, its departments and its people, linked upwards and to outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from calibrate.demo.catalogue import DEPARTMENTS, Floats, Ints, day, read_source
from calibrate.demo.company import Company
from calibrate.demo.goal_details import Details, apply_details
from calibrate.demo.people_files import pick_id
from calibrate.demo.singled_out import SingledOut
from calibrate.demo.table_file import BLOCK, TableFile, dates, text
from calibrate.demo.truth import MEAN

#: Two goals: every manager, and this share of the others.
_TWO_GOALS, _ABOUT_PEOPLE = 0.35, 0.4
_ON_TIME = 0.7
_EVIDENCE = ("quarterly report", "goal review, December 2026")


_ORDER = (
    "goal_id", "title", "kind", "goal_type", "employee_id", "department", "parent_id", "outcome",
    "weight", "unit", "baseline", "target", "actual", "due_on", "valid_from", "valid_to",
    "updated_on", "evidence",
)  # fmt: skip


@dataclass(frozen=True)
class Goals:
    """G goals: template, holder (-1 for none), department (-1), parent (-1), weight, progress."""

    template: Ints
    holder: Ints
    department: Ints
    parent: Ints
    weight: Ints
    progress: Floats
    is_late: Ints

    def __len__(self) -> int:
        return len(self.template)


def draw_goals(
    rng: np.random.Generator, company: Company, expected: Floats, weights: Mapping[str, int]
) -> Goals:
    """Draw who holds which goal and how far it got: better people get further.

    Parameters
    ----------
    expected : (I,) points
    weights
        Outcome → weight, for the company's own goals.
    """
    templates = read_source("goals.csv")
    outcome = np.array([list(weights).index(row["outcome"]) for row in templates])
    above = _place_shared(templates, company.tree.n_departments)
    holder, template = _draw_holders(rng, company, templates)
    department = company.tree.department[holder]
    parents = np.full((len(DEPARTMENTS) + 1, len(weights)), -1, dtype=np.int64)
    for row, (at, of) in enumerate(above):
        parents[of, outcome[at]] = row
    company_row = parents[-1]
    parents = np.where(parents >= 0, parents, company_row)
    shared = np.array([at for at, _ in above])
    unit_of = np.array([of for _, of in above])
    n_own = np.bincount(holder, minlength=len(company))[holder]
    shared_weight = [weights[templates[at]["outcome"]] if of < 0 else 50 for at, of in above]
    score = np.concatenate([np.full(len(shared), MEAN), expected[holder]])
    progress = 0.80 + 0.012 * (score - MEAN) + rng.normal(0.0, 0.18, len(score))
    return Goals(
        template=np.concatenate([shared, template]),
        holder=np.concatenate([np.full(len(shared), -1), holder]),
        department=np.concatenate([unit_of, department]),
        parent=np.concatenate(
            [np.where(unit_of < 0, -1, company_row[outcome[shared]]),
             parents[department, outcome[template]]]
        ),
        weight=np.concatenate([shared_weight, 100 // n_own]).astype(np.int64),
        progress=np.clip(progress, 0.0, 1.4),
        is_late=(rng.random(len(score)) >= _ON_TIME).astype(np.int64),
    )  # fmt: skip


def _place_shared(
    templates: tuple[Mapping[str, str], ...], n_departments: int
) -> list[tuple[int, int]]:
    """Template and department (-1 for the company) of each goal nobody holds alone."""
    names = [one.name for one in DEPARTMENTS[:n_departments]]
    placed = []
    for at, row in enumerate(templates):
        if row["kind"] == "company":
            placed.append((at, -1))
        elif row["kind"] == "unit" and row["department"] in names:
            placed.append((at, names.index(row["department"])))
    return placed


def _draw_holders(
    rng: np.random.Generator, company: Company, templates: tuple[Mapping[str, str], ...]
) -> tuple[Ints, Ints]:
    """Person and template of each personal goal, sorted by person."""
    whose = [row["department"] if row["kind"] == "person" else "" for row in templates]
    own = [np.flatnonzero(np.array(whose) == one.name) for one in DEPARTMENTS]
    count = min(map(len, own))
    choices = np.stack([found[:count] for found in own])
    about_people = whose.index("Leadership")
    people = np.flatnonzero(company.is_rated)
    is_manager = company.tree.span[people] > 0
    first = rng.integers(0, count, len(people))
    second = (first + rng.integers(1, count, len(people))) % count
    has_two = is_manager | (rng.random(len(people)) < _TWO_GOALS)
    leads = is_manager & (rng.random(len(people)) < _ABOUT_PEOPLE)
    of = company.tree.department[people]
    picked = np.stack(
        [choices[of, first], np.where(leads, about_people, choices[of, second])], axis=1
    )
    at, slot = np.nonzero(np.stack([np.ones(len(people), dtype=bool), has_two], axis=1))
    return people[at], picked[at, slot]


def plant_contradictions(goals: Goals, singled: SingledOut) -> Goals:
    """Some proposed high have missed their goals, some proposed low have reached theirs."""
    progress = goals.progress.copy()
    progress[np.isin(goals.holder, singled.proposed_high_goals_missed)] = 0.15
    progress[np.isin(goals.holder, singled.proposed_low_goals_reached)] = 1.25
    return replace(goals, progress=progress)


def leave_out(goals: Goals, details: Details, people: Ints) -> tuple[Goals, Details]:
    """The goals of everybody else; those above others are held by nobody and stay."""
    kept = ~np.isin(goals.holder, people)
    # Goals above others come first, so that leaving out later ones moves no parent.
    return Goals(*(getattr(goals, one.name)[kept] for one in fields(goals))), details.part(kept)


def write_goals(path: Path, ids: Any, goals: Goals, details: Details) -> int:
    """Write the goals, their versions and key results, and return the number of rows."""
    templates = read_source("goals.csv")
    column = {name: [row[name] for row in templates] for name in templates[0]}
    start, target = (np.array([float(v) for v in column[k]]) for k in ("baseline", "target"))
    width = max(4, len(str(len(goals))))
    due = np.array([day(date(2026, 12, 31)), day(date(2026, 11, 30))])
    names = [one.name for one in DEPARTMENTS]
    with TableFile(path) as table:
        for begin in range(0, len(goals), BLOCK):
            part = slice(begin, begin + BLOCK)
            at, holder, weight = goals.template[part], goals.holder[part], goals.weight[part]
            actual = start[at] + goals.progress[part] * (target[at] - start[at])
            is_percent = np.array([unit.startswith("%") for unit in column["unit"]])[at]
            actual = np.where(is_percent, np.minimum(actual, 100.0), actual)
            given = np.array([float(v) if v else np.nan for v in column["actual"]])[at]
            actual = np.where(np.isnan(given), actual, given).round().astype(np.int64)
            rows = {
                "goal_id": number_goals(np.arange(begin, begin + len(at)), width),
                "title": text(column["title"], at),
                "kind": text(column["kind"], at),
                "employee_id": pick_id(ids, holder),
                "department": text(["", *names], goals.department[part] + 1),
                "parent_id": number_goals(goals.parent[part], width),
                "outcome": text(column["outcome"], at),
                "weight": pa.array(weight),
                "unit": text(column["unit"], at),
                "baseline": text(column["baseline"], at),
                "target": text(column["target"], at),
                "actual": pa.array(actual),
                "due_on": dates(due[goals.is_late[part]]),
                "evidence": text(_EVIDENCE, (holder >= 0).astype(np.int64)),
            }
            plain = {name: values.cast(pa.string()).to_numpy(zero_copy_only=False)
                     for name, values in rows.items()}  # fmt: skip
            told = apply_details(plain, details.part(part))
            table.write({name: pa.array(told[name], pa.string()) for name in _ORDER})
        return table.n_rows


def number_goals(index: Ints, width: int) -> Any:
    """G0001 and so on; -1 becomes a missing value."""
    return pa.array(
        [f"G{k + 1:0{width}d}" if k >= 0 else None for k in index.tolist()], pa.string()
    )
