"""From a cycle to the plan of further marks and the sheets to ask with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from calibrate.config import Cycle, load_cycle
from calibrate.effects.linking import LinkPlan, StepResult
from calibrate.effects.result import UNLINKED, UNRATED, IntArray
from calibrate.ingest import fetch_databases
from calibrate.link.folder import find_changed, place_folder, stage_folder
from calibrate.link.questions import RaterSheet, ask_raters
from calibrate.link.sheets import FOR_PEOPLE, HEADER_ROW, encode_ratings, write_sheet_file
from calibrate.pipeline.network import describe_plan, plan_network
from calibrate.pipeline.opening import require_files
from calibrate.pipeline.progress import Clock
from calibrate.pipeline.stages import Prepared, estimate_overall, prepare_cycle
from calibrate.report.files import encode_table
from calibrate.report.folder import explain_disk, hold_output
from calibrate.tables import LINKS, Column, Contract

#: Minutes one criterion of one person takes a rater.
MINUTES_PER_MARK = 1

PLAN = Contract(
    "plan",
    ("order",),
    (
        *LINKS.columns[:3],
        Column("rater", "text", "name of the rater; the id where no name was given"),
        LINKS.columns[3],
        Column("employee", "text", "name of the person; the id where no name was given"),
        *LINKS.columns[4:],
        Column("sheet", "text", "file to send to the rater"),
    ),
    meaning="who marks whom, in which order, and why; one row a pair",
)


@dataclass(frozen=True)
class LinkResult:
    """What a plan asks and what it would give.

    Parameters
    ----------
    folder
        Where plan and sheets are; None where nothing has to be asked.
    is_new
        Was anything written? The same plan is left as it is.
    steps
        Today, then the network after each step.
    n_rated, n_raters
        People with a scored form, and raters who filed one.
    n_unlinked
        People whose raters cannot be compared today.
    n_once
        People whom a single rater has marked even after the plan.
    n_asked
        Raters who get a sheet.
    minutes
        Most minutes any of them needs.
    n_changed
        Sheets somebody has changed since they were written.
    missing_source
        What the cycle must say before the sheets can be read back; empty if nothing.
    reason
        Why there is no plan; empty if there is one.
    """

    folder: Path | None
    is_new: bool
    steps: tuple[StepResult, ...]
    n_rated: int
    n_raters: int
    n_unlinked: int
    n_once: int
    n_asked: int
    minutes: int
    n_changed: int
    missing_source: str
    reason: str

    def describe(self) -> dict[str, object]:
        """The same for machines."""
        plain = {name: value for name, value in vars(self).items() if name != "steps"}
        folder = None if self.folder is None else str(self.folder)
        return plain | {"folder": folder, "steps": [asdict(step) for step in self.steps]}


def make_links(path: Path, out: Path, marks: int, clock: Clock) -> LinkResult:
    """Read a cycle, plan further marks, and write plan and sheets below ``out``.

    Raises
    ------
    InputError
        If the cycle is at fault, or a sheet of an older plan was changed.
    """
    with hold_output(out):
        with clock.stage("read"):
            cycle = load_cycle(path)
            require_files(cycle)
            fetch_databases(cycle)
            prepared = prepare_cycle(cycle)
        with clock.stage("plan"):
            effects = estimate_overall(prepared)
            plan = plan_network(prepared, effects, marks)
        sheets = ask_raters(prepared, plan)
        folder, is_new = None, False
        n_raters = int((effects.raters.n_forms > 0).sum())
        reason = _find_reason(cycle, plan, n_raters)
        if not reason:
            folder = out / "link" / cycle.cycle
            with clock.stage("sheets"):
                is_new = _write(out, folder, prepared, plan, sheets, clock)
        link = effects.employees.link
        return LinkResult(
            folder=folder, is_new=is_new, steps=plan.steps,
            n_rated=int((link != UNRATED).sum()),
            n_raters=n_raters,
            n_unlinked=int((link == UNLINKED).sum()),
            n_once=int((effects.employees.n_raters + _count_marks(plan, len(link)) == 1).sum()),
            n_asked=len(sheets),
            minutes=max((len(s.questions) for s in sheets), default=0) * MINUTES_PER_MARK,
            n_changed=len(find_changed(folder)) if folder is not None else 0,
            missing_source=_find_missing_source(cycle), reason=reason,
        )  # fmt: skip


def _count_marks(plan: LinkPlan, n_employees: int) -> IntArray:
    return np.bincount(plan.employee, minlength=n_employees)


def _find_reason(cycle: Cycle, plan: LinkPlan, n_raters: int) -> str:
    if cycle.effects.model == "none":
        return "The cycle asks for no adjustment (effects.model: none). No mark is needed."
    if not n_raters:
        return "Nobody has marked anybody yet. Plan when the managers have filed their forms."
    if len(plan):
        return ""
    if not plan.n_needy:
        return "All raters can be compared. No further mark is needed."
    return (
        "No further mark would help: severity takes three raters who may mark each other's people."
    )


def _find_missing_source(cycle: Cycle) -> str:
    other = cycle.sources.get("other")
    return "" if other is not None and other.weight > 0 else "other: {weight: 1}"


def _write(
    out: Path, folder: Path, prepared: Prepared, plan: LinkPlan, sheets: Sequence[RaterSheet],
    clock: Clock,
) -> bool:  # fmt: skip
    cycle = prepared.cycle
    beside = stage_folder(out, folder.name)
    try:
        with explain_disk(out):
            (beside / "sheets").mkdir()
            width = max(3, len(str(len(sheets))))
            files = {
                s.rater_id: f"sheets/sheet-{n:0{width}d}.xlsx" for n, s in enumerate(sheets, 1)
            }
            for n, sheet in enumerate(sheets, 1):
                name = files[sheet.rater_id]
                write_sheet_file(beside / name, sheet, cycle.title or cycle.cycle)
                clock.count(n, len(sheets), "sheets")
            (beside / "plan.csv").write_bytes(encode_table(PLAN, _name(prepared, plan, files))[1])
            (beside / "sheet.csv").write_bytes(encode_ratings(sheets))
            lines = _say_inputs(cycle, folder, list(files.values()))
            (beside / "add-to-cycle.yaml").write_text(lines, encoding="utf-8")
            return place_folder(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _name(prepared: Prepared, plan: LinkPlan, files: dict[str, str]) -> pd.DataFrame:
    links = describe_plan(prepared, plan)
    frame = prepared.employees.frame
    names = {
        person: name or person
        for person, name in zip(frame["employee_id"], frame["name"], strict=True)
    }
    return links.assign(
        rater=[names.get(rater, rater) for rater in links["rater_id"]],
        employee=[names[person] for person in links["employee_id"]],
        sheet=links["rater_id"].map(files),
    )


def _say_inputs(cycle: Cycle, folder: Path, sheets: Sequence[str]) -> str:
    """The second part of ``inputs.ratings``, ready to copy into the cycle file."""
    place = os.path.relpath(folder, cycle.folder).replace(os.sep, "/")
    listed = "\n".join(f"    - {_quote(f'{place}/{name}')}" for name in sheets)
    named = cycle.inputs.rating_scale
    scale = "" if named is None else f"  scale: {_quote(named)}\n"
    return f"""\
# What to add to {cycle.path.name} once the sheets are back. inputs.ratings becomes a list:
# first the part that is there now, then this one. Empty marks count as not answered.
# With the marks typed into sheet.csv instead, name that one file and take away
# header_row and ignore: {_quote(f"{place}/sheet.csv")}
- header_row: {HEADER_ROW}
  ignore: [{", ".join(FOR_PEOPLE)}]
{scale}  file:
{listed}
"""


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
