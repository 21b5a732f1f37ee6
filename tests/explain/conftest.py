"""A run of the invented company as a folder, and the same one form earlier."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from calibrate.config import load_cycle
from calibrate.manifest import build_statement, gather_provenance, hash_file
from calibrate.pipeline import compute_scores, prepare_cycle
from calibrate.pipeline.gather import gather_material
from calibrate.pipeline.stages import Scored
from calibrate.pipeline.tabulate import tabulate_everything
from calibrate.report import Material
from calibrate.report.files import write_table
from calibrate.tables import PUBLIC

Row = dict[str, str]


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


def write_company(folder: Path, ratings: list[str], *, employees: list[str] = (), extra: str = ""):
    inputs = "  ratings: {file: ratings.csv}\n"
    if employees:
        (folder / "employees.csv").write_text("\n".join(employees) + "\n")
        inputs += "  employees: {file: employees.csv}\n"
    head = "employee_id,rater_id,source,criterion,mark"
    (folder / "ratings.csv").write_text("\n".join([head, *ratings]) + "\n")
    (folder / "work.yaml").write_text(RUBRIC)
    path = folder / "cycle.yaml"
    path.write_text(f'schema: 1\ncycle: "hand"\ninputs:\n{inputs}rubrics: [work.yaml]\n{extra}')
    return path


def mark(employee: str, rater: str, source: str, delivery: int, quality: int) -> list[str]:
    return [
        f"{employee},{rater},{source},delivery,{delivery}",
        f"{employee},{rater},{source},quality,{quality}",
    ]


@dataclass(frozen=True)
class Finished:
    """What a run leaves: its folder for ``explain``, its material for packets, and the marks."""

    folder: Path
    material: Material
    scored: Scored


def finish_run(cycle_file: Path, folder: Path) -> Finished:
    """Score a cycle and write its tables with a manifest, without packets and audit."""
    cycle = load_cycle(cycle_file)
    scored = compute_scores(prepare_cycle(cycle))
    tables = tabulate_everything(scored)
    provenance = gather_provenance(cycle, [], {})
    material = gather_material(scored, tables, provenance.run_id)
    for contract in PUBLIC:
        write_table(folder / "tables", contract, tables[contract.name])
    hashes = {f"tables/{p.name}": hash_file(p) for p in sorted((folder / "tables").iterdir())}
    statement = build_statement(provenance, hashes, material.largest_step)
    (folder / "manifest.json").write_text(statement, encoding="utf-8")
    return Finished(folder, material, scored)


@pytest.fixture(scope="session")
def run_with(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Finished]:
    """Run the invented company with other ratings than its own, or other effects."""

    def run(change: Callable[[list[Row]], list[Row]], effects: str = "") -> Finished:
        top = tmp_path_factory.mktemp("company")
        shutil.copytree(root / "sample_data", top / "sample_data")
        shutil.copytree(root / "rubrics", top / "rubrics")
        path = top / "sample_data" / "ratings.csv"
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(change(rows))
        cycle = top / "sample_data" / "cycle.yaml"
        if effects:
            text = re.sub(r"(?m)^effects: .*$", f"effects: {effects}", cycle.read_text())
            cycle.write_text(text)
        return finish_run(cycle, top / "run")

    return run


@pytest.fixture(scope="session")
def finished(run_with: Callable[..., Finished]) -> Finished:
    """The invented company as it is."""
    return run_with(lambda rows: rows)


@pytest.fixture
def finish(tmp_path: Path) -> Callable[[Path], Finished]:
    """Finish the run of a cycle file."""
    return lambda cycle: finish_run(cycle, tmp_path / "run")


@pytest.fixture
def hand() -> SimpleNamespace:
    """Write a small company by hand: ``write`` its files, ``mark`` a form of two criteria."""
    return SimpleNamespace(mark=mark, write=write_company)
