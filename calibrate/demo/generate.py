"""One invented company, from the seed to a cycle folder."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from calibrate.config.new_folder import fill_new_folder
from calibrate.demo import activity, people_files
from calibrate.demo.assignments import Assignments, draw_assignments
from calibrate.demo.catalogue import Ints, sample_folder
from calibrate.demo.company import Company, draw_company
from calibrate.demo.criterion_history import write_criterion_history
from calibrate.demo.cycle_files import outcome_weights, write_cycle_files
from calibrate.demo.goal_details import draw_details
from calibrate.demo.goals import Goals, draw_goals, leave_out, plant_contradictions, write_goals
from calibrate.demo.marks import band_forms, draw_marks, write_ratings
from calibrate.demo.network import Forms, draw_forms
from calibrate.demo.options import DemoOptions
from calibrate.demo.plant import Planting, read_planting
from calibrate.demo.singled_out import SingledOut, single_out
from calibrate.demo.table_file import BLOCK, TableFile
from calibrate.demo.truth import Truth, draw_groups, draw_truth, form_means, form_noise, make_ids
from calibrate.demo.truth_files import write_truth


class Progress(Protocol):
    """Names the step that runs; see ``calibrate.pipeline.progress.Clock``."""

    def stage(self, name: str) -> AbstractContextManager[None]: ...
    def count(self, done: int, of: int, name: str) -> None: ...


@dataclass(frozen=True)
class DrawnCompany:
    """All that is drawn before the first mark, in the order it was drawn."""

    company: Company
    groups: dict[str, Ints]
    assignments: Assignments
    forms: Forms
    truth: Truth
    planting: Planting


@dataclass(frozen=True)
class DemoResult:
    """Rows of each table, and the plan that truth/planted.yaml holds."""

    folder: Path
    n_departments: int
    counts: dict[str, int]
    plan: dict[str, Any]

    def describe(self) -> dict[str, Any]:
        """The result for machines."""
        return {"cycle": str(self.folder / "cycle.yaml"), "rows": self.counts, "planted": self.plan}


def draw_everything(rng: np.random.Generator, n_employees: int, planting: Planting) -> DrawnCompany:
    """Draw people, groups, managers, forms and truth: one generator, always in this order."""
    company = draw_company(rng, n_employees)
    groups = draw_groups(rng, n_employees)
    assignments = draw_assignments(rng, company)
    truth = draw_truth(rng, company, planting)
    forms = draw_forms(rng, company, assignments)
    return DrawnCompany(company, groups, assignments, forms, truth, planting)


def write_tables(out: Path, options: DemoOptions, clock: Progress) -> DemoResult:
    """Draw a company and write its tables and truth/ into ``out``.

    Raises
    ------
    InputError
        If the plant file is at fault or does not fit the company.
    """
    rng = np.random.default_rng(options.seed)
    with clock.stage("people"):
        drawn = draw_everything(rng, options.employees, _find_planting(options))
        ids = pa.array(make_ids(options.employees))
    company, truth = drawn.company, drawn.truth
    with clock.stage("marks"):
        n_ratings, band_of = _write_marks(rng, out / options.ratings_file, ids, drawn, clock)
    with clock.stage("tables"):
        proposals = people_files.draw_proposals(rng, company, band_of)
        expected = truth.expected_scores(company)
        weights = outcome_weights(drawn.planting.plant.unserved_outcomes)
        goals = draw_goals(rng, company, expected, weights)
        cadence = activity.draw_cadence(rng, company)
        # What was drawn later than the rest has generators of its own: marks stay as they are.
        late, last = (np.random.default_rng([options.seed, k]) for k in (7, 8))
        singled = single_out(last, company, proposals.band, cadence, activity.NEVER)
        counts = {
            "employees": people_files.write_employees(
                out / "employees.csv", ids, company, proposals
            ),
            "assignments": people_files.write_assignments(
                out / "assignments.csv", ids, drawn.assignments
            ),
            "forms": len(drawn.forms),
            "ratings": n_ratings,
            "goals": _write_goals(late, out / "goals.csv", ids, goals, singled),
            "checkins": activity.write_checkins(
                rng, out / "checkins.csv", ids, company, cadence, singled
            ),
            "feedback": activity.write_feedback(
                rng, out / "feedback.csv", ids, company, expected, singled
            ),
            "rewards": activity.write_rewards(
                rng, out / "rewards.csv", ids, company, proposals.band, singled
            ),
            "unit_measures": activity.write_unit_measures(
                late, out / "unit_measures.csv", ids, company, truth, cadence
            ),
            "history": activity.write_history(rng, out / "history.csv", ids, company, truth),
            "criterion_history": write_criterion_history(
                late, out / "criterion_history.csv", ids, company, truth
            ),
        }
        people_files.write_groups(out / "attributes.csv", ids, drawn.groups)
        plan = write_truth(
            out / "truth", ids, company, truth, drawn.forms, drawn.planting, singled, options.seed
        )
    return DemoResult(out, company.tree.n_departments, counts, plan)


def _write_goals(
    late: np.random.Generator, path: Path, ids: Any, goals: Goals, singled: SingledOut
) -> int:
    planted = plant_contradictions(goals, singled)
    return write_goals(
        path, ids, *leave_out(planted, draw_details(late, goals.holder), singled.without_goals)
    )


def _find_planting(options: DemoOptions) -> Planting:
    shipped = sample_folder() / "plant.yaml"
    return read_planting(options.plant or shipped, is_asked=options.plant is not None)


def _write_marks(
    rng: np.random.Generator, path: Path, ids: Any, drawn: DrawnCompany, clock: Progress
) -> tuple[int, Ints]:
    """Write the ratings; return their number and the band of each person's line manager."""
    company, forms, truth = drawn.company, drawn.forms, drawn.truth
    spread = drawn.planting.plant.standard_deviations
    means = form_means(company, truth, forms, drawn.groups, drawn.planting)
    blocks = draw_marks(
        rng, truth, forms, means, form_noise(forms, spread), spread.criterion_within_form
    )
    band_of = np.full(len(company), -1, dtype=np.int64)
    n_blocks = -(-len(forms) // BLOCK)
    with TableFile(path) as table:
        for done, block in enumerate(blocks):
            clock.count(done, n_blocks, "marks")
            write_ratings(table, ids, company, forms, block)
            band_forms(company, forms, block, band_of)
        return table.n_rows, band_of


def write_demo(folder: Path, options: DemoOptions, clock: Progress) -> DemoResult:
    """Write a whole cycle folder; it appears complete or not at all.

    Raises
    ------
    DiskError
        If there is something in the folder already, or it cannot be written.
    InputError
        If the plant file is at fault or does not fit the company.
    """
    with fill_new_folder(folder) as beside:
        result = write_tables(beside, options, clock)
        write_cycle_files(
            beside, make_ids(options.employees), result.n_departments, options.seed,
            options.ratings_file, _find_planting(options).plant.unserved_outcomes,
        )  # fmt: skip
    return replace(result, folder=folder)
