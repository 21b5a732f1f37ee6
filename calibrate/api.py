"""For notebooks and scripts: cycles from files or from frames, and what the stages make of them."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from rich.console import Console

from calibrate.config import COLUMNS, Cycle, load_cycle
from calibrate.errors import InputError, Problem
from calibrate.language import speak
from calibrate.pipeline import (
    Options,
    RunResult,
    check_cycle,
    compute_scores,
    prepare_cycle,
    run_cycle,
    tabulate_everything,
)
from calibrate.pipeline.progress import Clock
from calibrate.report.folder import tabulate_problems

AnyCycle = Cycle | str | os.PathLike[str]
#: Tables a cycle may be made of.
TABLES = (*COLUMNS, "attributes")


@dataclass(frozen=True)
class Run:
    """A finished run.

    Parameters
    ----------
    folder
        Where it is.
    result
        Its id, counts, and what a gate would stop.
    """

    folder: Path
    result: RunResult

    def table(self, name: str) -> pd.DataFrame:
        """Read one table of the run, such as ``scores`` or ``raters``.

        Raises
        ------
        KeyError
            If the run has no such table; the message names those it has.
        """
        files = {file.stem: file for file in sorted((self.folder / "tables").glob("*.parquet"))}
        if name not in files:
            raise KeyError(f"no table '{name}'; there are: {', '.join(files)}")
        return pd.read_parquet(files[name])


def make_cycle(
    name: str,
    *,
    ratings: pd.DataFrame,
    rubrics: Sequence[str | os.PathLike[str]],
    settings: Mapping[str, Any] | None = None,
    strategy: str | os.PathLike[str] | None = None,
    **tables: pd.DataFrame,
) -> Cycle:
    """Make a cycle from pandas frames.

    Everything is read and checked as if it stood in files: an id becomes text
    as it is printed, a missing value is a blank cell.

    Parameters
    ----------
    name
        Name of the cycle, such as "2026-H2".
    ratings
        employee_id, rater_id, source, criterion, mark.
    rubrics
        Rubric files, the first that applies wins.
    settings
        Other keys of ``cycle.yaml``, such as ``{"seed": 7, "bands": {…}}``. A key
        ``inputs`` may say more about a table: ``{"inputs": {"ratings": {"scale": "words"}}}``.
    strategy
        Strategy file.
    tables
        Further tables by name: employees, goals, attributes, …

    Returns
    -------
    Cycle
        Its files are copies that vanish with it.

    Raises
    ------
    InputError
        If a setting is wrong or there is no such table.
    """
    unknown = sorted(set(tables) - set(TABLES))
    if unknown:
        what, fix = f"there is no table '{unknown[0]}'", f"allowed: {', '.join(TABLES)}"
        raise InputError([Problem("tables", None, unknown[0], "unknown_table", what, fix)])
    more = dict(settings or {})
    declared = dict(more.pop("inputs", {}))
    root = Path(tempfile.mkdtemp(prefix="calibrate-"))
    try:
        document: dict[str, Any] = {
            "schema": 1, "cycle": name,
            "inputs": _write_inputs(root, {"ratings": ratings, **tables}, declared),
            "rubrics": [_copy(root, Path(rubric), n) for n, rubric in enumerate(rubrics)], **more,
        }  # fmt: skip
        if strategy is not None:
            document["strategy"] = _copy(root, Path(strategy), len(rubrics))
        text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
        (root / "cycle.yaml").write_text(text, encoding="utf-8")
        cycle = load_cycle(root)
    except BaseException:
        shutil.rmtree(root, ignore_errors=True)
        raise
    weakref.finalize(cycle, shutil.rmtree, root, ignore_errors=True)
    return cycle


def _write_inputs(
    root: Path, tables: Mapping[str, pd.DataFrame], declared: Mapping[str, Any]
) -> dict[str, Any]:
    """Write each frame; return ``inputs`` of the cycle, with what was declared beside the files."""
    for table, frame in tables.items():
        # A column may hold numbers beside words; Parquet wants one kind of value.
        mixed = [name for name in frame.columns if frame[name].dtype == object]
        texts = {name: frame[name].map(str, na_action="ignore") for name in mixed}
        frame.assign(**texts).to_parquet(root / f"{table}.parquet", index=False)
    return {table: {"file": f"{table}.parquet", **declared.get(table, {})} for table in tables}


def check(cycle: AnyCycle) -> pd.DataFrame:
    """Read and check everything; return the problems, one row each.

    Returns
    -------
    frame with file, row, column, rule, level, value, fix
        ``level`` is error or note. Empty: ready to run.
    """
    result = check_cycle(_as_cycle(cycle), _silent())
    return tabulate_problems(result.problems)


def calculate(cycle: AnyCycle) -> dict[str, pd.DataFrame]:
    """Calculate all public tables without writing anything.

    Returns
    -------
    dict of frames
        scores, raters, forms, variance, … as docs/outputs.md describes them. No
        figure by group: the audit belongs to a run.

    Raises
    ------
    InputError
        With all problems, if a run would stop.
    """
    known = _as_cycle(cycle)
    with speak(known.language, known.formats):
        return tabulate_everything(compute_scores(prepare_cycle(known)))


def run(
    cycle: AnyCycle,
    out: str | os.PathLike[str] = "out",
    *,
    jobs: int = 1,
    packets: bool = True,
    only: str | None = None,
) -> Run:
    """Run a cycle: tables, audit and packets below ``out``, as ``calibrate run`` does.

    Parameters
    ----------
    cycle
        A cycle, its file, or the folder that holds ``cycle.yaml``.
    out
        Folder for the run.
    jobs
        Processes that set packets.
    packets
        Whether session and manager packets are set.
    only
        One kind of packet: session, manager, audit or executive.

    Raises
    ------
    InputError
        After the problems were listed below ``out``; no run is left behind.
    """
    options = Options(jobs=jobs, has_packets=packets, only=only)
    result = run_cycle(_as_cycle(cycle), Path(out), options, _silent())
    return Run(Path(result.folder), result)


def _as_cycle(cycle: AnyCycle) -> Cycle:
    return cycle if isinstance(cycle, Cycle) else load_cycle(Path(cycle))


def _silent() -> Clock:
    return Clock(Console(stderr=True, quiet=True))


def _copy(root: Path, source: Path, number: int) -> str:
    if not source.is_file():
        what, fix = "there is no such file", "check name and folder"
        raise InputError([Problem(source.name, None, "", "missing_file", what, fix, whole=True)])
    name = f"{number + 1}-{source.name}" if (root / source.name).exists() else source.name
    shutil.copyfile(source, root / name)
    return name
