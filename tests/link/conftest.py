"""A company in which managers alone mark, and nobody outside the own team."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from calibrate.cli.main import run_command
from calibrate.link.sheets import HEADER_ROW

CYCLE = """\
schema: 1
cycle: "lines"
title: "Lines of command"
inputs:
  employees: {file: employees.csv}
  ratings:
    - {file: ratings.csv}
rubrics: [rubric.yaml]
packets: [session, manager]
seed: 11
"""

RUBRIC = """\
schema: 1
id: work
version: 1
title: "Work"
scale: {lowest: 1, highest: 5, step: 1}
criteria:
  - {id: delivery, label: "Delivery", weight: 60, levels: {1: "late", 5: "early"}}
  - {id: quality, label: "Quality", weight: 40, levels: {1: "poor", 5: "good"}}
"""
N_TEAMS, SIZE = 6, 4


@dataclass(frozen=True)
class Company:
    """The folder of the cycle, beside an output folder."""

    folder: Path
    n_teams: int = N_TEAMS
    size: int = SIZE

    @property
    def n_people(self) -> int:
        return self.n_teams * self.size

    @property
    def cycle(self) -> Path:
        return self.folder / "cycle.yaml"

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def links(self) -> Path:
        return self.out / "link" / "lines"

    def link(self, *options: str) -> int:
        return run_command(["link", str(self.cycle), "--out", str(self.out), *options])

    def change(self, old: str, new: str) -> None:
        text = self.cycle.read_text(encoding="utf-8")
        assert old in text
        self.cycle.write_text(text.replace(old, new), encoding="utf-8")

    def add_part(self, lines: str) -> None:
        """Add a second part to the ratings, as the plan's folder says."""
        indented = "".join(f"    {line}\n" for line in lines.splitlines())
        self.change("    - {file: ratings.csv}\n", "    - {file: ratings.csv}\n" + indented)

    def plan(self) -> pd.DataFrame:
        return pd.read_csv(self.links / "plan.csv", dtype=str, keep_default_na=False)

    def sheets(self) -> list[Path]:
        return sorted((self.links / "sheets").glob("*.xlsx"))

    def run(self) -> pd.DataFrame:
        """Run the cycle and give the scores."""
        runs = self.folder / "runs"
        done = ["run", str(self.cycle), "--out", str(runs), "--no-packets"]
        assert run_command(done) == 0
        return pd.read_parquet(runs / "latest" / "tables" / "scores.parquet")

    @staticmethod
    def fill_workbook(path: Path, mark: Callable[[int], str]) -> None:
        """Type marks into a sheet as a spreadsheet stores them; "" leaves the cell empty."""
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        name = "xl/worksheets/sheet1.xml"

        def answer(cell: re.Match[str]) -> str:
            row = int(cell[1])
            value = mark(row) if row > HEADER_ROW else ""
            return f'<c r="E{row}" s="{cell[2]}"><v>{value}</v></c>' if value else cell[0]

        page = re.sub(r'<c r="E(\d+)" s="(\d+)"/>', answer, parts[name].decode())
        with zipfile.ZipFile(path, "w") as archive:
            for entry, content in (parts | {name: page.encode()}).items():
                archive.writestr(entry, content)

    @staticmethod
    def fill_table(path: Path, mark: Callable[[int], str]) -> None:
        """Type marks into sheet.csv."""
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        for n, row in enumerate(rows):
            row["mark"] = mark(n)
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


@pytest.fixture
def write_company() -> Callable[[Path], Company]:
    """A builder of the company in any folder."""
    return _write_company


def _write_company(folder: Path) -> Company:
    """Six teams of four; ids with zeros in front, so that a lost zero is seen."""
    employees = ["employee_id,name,manager_id,department,job_family,level,location"]
    ratings = ["employee_id,rater_id,source,criterion,mark"]
    for team in range(N_TEAMS):
        manager = f"0{team}"
        employees.append(f"{manager},Manager {team},,D{team // 3},Lead,L5,Oslo")
        for k in range(SIZE):
            person = f"0{team}{k}"
            family = ("Sales", "Law")[k % 2]
            employees.append(
                f"{person},Person {team}-{k},{manager},D{team // 3},{family},L{k % 3},Oslo"
            )
            for criterion in ("delivery", "quality"):
                mark = 1 + (3 * team + 2 * k + len(criterion)) % 5
                ratings.append(f"{person},{manager},manager,{criterion},{mark}")
    (folder / "employees.csv").write_text("\n".join(employees) + "\n", encoding="utf-8")
    (folder / "ratings.csv").write_text("\n".join(ratings) + "\n", encoding="utf-8")
    (folder / "cycle.yaml").write_text(CYCLE, encoding="utf-8")
    (folder / "rubric.yaml").write_text(RUBRIC, encoding="utf-8")
    return Company(folder)


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return _write_company(tmp_path)
