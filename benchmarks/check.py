"""Check millions of marks and list every failure, beside pandas that only reads the file.

Usage: python benchmarks/check.py [MILLIONS] [FAILING]      default 10 million, 1 in 100 failing

Each measurement is a process of its own: CPU seconds and the largest memory it held.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

RATERS, CRITERIA = 8, ("clarity", "delivery", "judgement", "care", "pace", "growth")
SOURCES = np.array(["manager", "peer", "peer", "peer", "peer", "direct_report", "other", "self"])
CYCLE = """\
schema: 1
cycle: "benchmark"
inputs:
  employees: {file: employees.csv}
  ratings: {file: ratings.csv}
rubrics: [rubric.yaml]
"""
RUBRIC = """\
schema: 1
id: all
version: 1
title: "All"
scale: {lowest: 1, highest: 5, step: 1}
criteria:
"""


def write_cycle(folder: Path, n_marks: int, failing: float) -> dict[str, int]:
    """Write a cycle of ``n_marks`` and count the failures put into it, by rule."""
    rng = np.random.default_rng(20261122)
    n_people = max(n_marks // (RATERS * len(CRITERIA)), 10)
    ids = np.array([f"E{k:07d}" for k in range(n_people)])
    manager = (np.arange(n_people) - 1) // 8
    lines = ["employee_id,manager_id"]
    lines += [f"{ids[k]},{ids[manager[k]] if k else ''}" for k in range(n_people)]
    (folder / "employees.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    weights = [17, 17, 17, 17, 16, 16]
    criteria = [
        f'  - {{id: {name}, label: "{name}", weight: {weight}}}\n'
        for name, weight in zip(CRITERIA, weights, strict=True)
    ]
    (folder / "rubric.yaml").write_text(RUBRIC + "".join(criteria), encoding="utf-8")
    (folder / "cycle.yaml").write_text(CYCLE, encoding="utf-8")
    planted: Counter[str] = Counter()
    with (folder / "ratings.csv").open("w", encoding="utf-8") as stream:
        stream.write("employee_id,rater_id,source,criterion,mark\n")
        for start in range(1, n_people, 20_000):
            people = np.arange(start, min(start + 20_000, n_people))
            stream.write(_draw_rows(rng, ids, manager, people, failing, planted))
    return dict(planted)


def _draw_rows(
    rng: np.random.Generator,
    ids: np.ndarray,
    manager: np.ndarray,
    people: np.ndarray,
    failing: float,
    planted: Counter[str],
) -> str:
    n_forms = len(people) * RATERS
    rated = np.repeat(people, RATERS)
    # Steps of different length: nobody rates the same person twice, nor the own one.
    step = np.tile(np.arange(RATERS) * 7 + 1, len(people))
    rater = (rated + step) % len(ids)
    place = np.tile(np.arange(RATERS), len(people))
    rater = np.where(place == 0, manager[rated], np.where(place == RATERS - 1, rated, rater))
    rater = np.where((place > 0) & (rater == manager[rated]), (rater + 3) % len(ids), rater)
    form = np.repeat(np.arange(n_forms), len(CRITERIA))
    columns = [
        ids[rated][form], ids[rater][form], np.tile(SOURCES, len(people))[form],
        np.tile(np.array(CRITERIA), n_forms), rng.integers(1, 6, len(form)).astype("U4"),
    ]  # fmt: skip
    columns = [column.astype(object) for column in columns]
    kinds = [
        ("unknown_employee", 0, "X999"), ("unknown_source", 2, "boss"),
        ("unknown_criterion", 3, "charm"), ("mark_out_of_scale", 4, "7"),
        ("nan_text", 4, "nan"),
    ]  # fmt: skip
    chosen = rng.random(len(form)) < failing
    kind = rng.integers(0, len(kinds), len(form))
    for k, (rule, column, text) in enumerate(kinds):
        where = chosen & (kind == k)
        columns[column][where] = text
        planted[rule] += int(where.sum())
    return "\n".join(map(",".join, zip(*columns, strict=True))) + "\n"


def run_ours(folder: Path) -> str:
    from rich.console import Console

    from calibrate.pipeline import check_cycle
    from calibrate.pipeline.progress import Clock

    found = check_cycle(folder / "cycle.yaml", Clock(Console(stderr=True, quiet=True)))
    counts = Counter(problem.rule for problem in found.problems)
    return f"{sum(counts.values()):,} problems: " + ", ".join(
        f"{rule} {count:,}" for rule, count in sorted(counts.items())
    )


def run_pandas(folder: Path) -> str:
    import pandas as pd

    ratings = pd.read_csv(folder / "ratings.csv", dtype=str, keep_default_na=False)
    return f"{len(ratings):,} rows read, nothing checked"


def measure(kind: str, folder: Path) -> tuple[float, float, str]:
    """CPU seconds, GiB and what it said."""
    done = subprocess.run(
        [sys.executable, __file__, "--one", kind, str(folder)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    seconds, size, said = done.stdout.strip().split("\t")
    return float(seconds), float(size), said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("millions", type=float, nargs="?", default=10.0)
    parser.add_argument("failing", type=float, nargs="?", default=0.01)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args(sys.argv[1:] if "--one" not in sys.argv else ["0", *sys.argv[1:]])
    if asked.one:
        run = {"ours": run_ours, "pandas": run_pandas}[asked.one[0]]
        said = run(Path(asked.one[1]))
        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = used.ru_utime + used.ru_stime
        print(f"{seconds:.2f}\t{used.ru_maxrss / 2**20:.3f}\t{said}")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        planted = write_cycle(folder, int(asked.millions * 1e6), asked.failing)
        size = (folder / "ratings.csv").stat().st_size / 2**20
        print(f"ratings.csv: {asked.millions:g} million marks, {size:,.0f} MiB")
        print("planted: " + ", ".join(f"{rule} {n:,}" for rule, n in sorted(planted.items())))
        rows = {kind: measure(kind, folder) for kind in ("ours", "pandas")}
    for kind, (seconds, gib, said) in rows.items():
        print(f"{kind:<8}{seconds:>8.1f} s CPU {gib:>7.2f} GiB   {said}")
    ratio = rows["ours"][0] / rows["pandas"][0]
    print(f"checking all of it takes {ratio:.1f} times the CPU of reading it with pandas")


if __name__ == "__main__":
    main()
