"""The cube's bootstrap beside fairlearn's, and a million people with 18 rating columns.

Usage: python benchmarks/audit_cube.py [--quick] [--write]

Beside fairlearn: ``MetricFrame(n_boot=100)`` on sex and race, and the same figures with 2,000
replicates of the cube, in one process one after the other. Ours starts from the same arrays of
people; seconds are the least of several runs. Both draw at random, so their intervals agree only
up to the Monte-Carlo error of 100 and 2,000 replicates: the difference of each end is divided by
it, taken from 40 more bootstraps of ours with 100 replicates each. fairlearn is run several times
where it takes seconds, with a seed each, and its ends are averaged.

fairlearn draws people from the whole company and we within each group, so its groups differ in
size from one replicate to the next; for rates of groups that matters only in the second digit of a
group of 20. Linux only: memory is read from /proc.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import os
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

for name in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{name}_NUM_THREADS"] = "1"

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from document import replace_block  # noqa: E402

from calibrate.audit.bootstrap import (  # noqa: E402
    Levels,
    divide_extremes,
    resample_groups,
    subtract_extremes,
)
from calibrate.audit.cube import count_columns, number_cells  # noqa: E402

SEED = 20261122
ENDS = (0.025, 0.975)
THEIRS, OURS = 100, 2_000
#: Runs of the short side: other load only adds.
RUNS = 50
TARGETS = {1_000: 500, 100_000: 4_000}
#: Bootstraps of fairlearn, by people.
SEEDS = {1_000: 6}
SEX, RACE = (0.54, 0.46), (0.55, 0.2, 0.12, 0.08, 0.05)
RATES = (0.30, 0.28, 0.22, 0.25, 0.30)
COLUMNS, LEVELS = 18, 5


@dataclass(frozen=True)
class People:
    sex: np.ndarray
    race: np.ndarray
    band: np.ndarray

    @staticmethod
    def draw(n: int) -> People:
        rng = np.random.default_rng([SEED, n])
        sex, race = rng.choice(len(SEX), n, p=SEX), rng.choice(len(RACE), n, p=RACE)
        selected = rng.random(n) < np.array(RATES)[race] * (1 - 0.1 * sex)
        # Bands 3 and 4 are the favourable ones.
        band = np.where(selected, rng.choice((3, 4), n, p=(0.7, 0.3)), 0)
        return People(sex, race, np.where(selected, band, rng.choice(3, n, p=(0.1, 0.2, 0.7))))


BANDS = 5
#: The shares of an audit by the bands that each counts.
Measures = dict[str, list[int]]
ONE: Measures = {"selection_rate": [3, 4]}
ALL: Measures = ONE | {
    "at_or_above:1": [1, 2, 3, 4], "at_or_above:2": [2, 3, 4], "at_or_above:3": [3, 4],
    "at_or_above:4": [4], "lowest_band": [0],
}  # fmt: skip
#: Each end of each interval, by name.
Intervals = dict[str, np.ndarray]


def bootstrap_with_fairlearn(people: People, measures: Measures, seed: int) -> Intervals:
    from fairlearn.metrics import MetricFrame, selection_rate

    def count(bands: list[int]) -> Callable[..., float]:
        return lambda y_true, y_pred: selection_rate(y_true, np.isin(y_pred, bands))

    frame = MetricFrame(
        metrics={name: count(bands) for name, bands in measures.items()},
        y_true=people.band,
        y_pred=people.band,
        sensitive_features=pd.DataFrame({"sex": people.sex, "race": people.race}),
        n_boot=THEIRS,
        ci_quantiles=list(ENDS),
        random_state=seed,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {
            "rate of a group": np.array([ends.to_numpy().T for ends in frame.by_group_ci]),
            "smallest over largest": np.array([ends.to_numpy() for ends in frame.ratio_ci()]),
            "largest minus smallest": np.array([ends.to_numpy() for ends in frame.difference_ci()]),
        }


def bootstrap_with_cube(
    people: People, measures: Measures, n_replicates: int = OURS, seed: int = SEED
) -> Intervals:
    cell, kept = number_cells([people.sex, people.race])
    counts = count_columns(cell, people.band[:, np.newaxis], len(kept), BANDS)[0]
    counted = [np.isin(np.arange(BANDS), bands) for bands in measures.values()]
    # Bands that no measure tells apart are one level.
    value, level = np.unique(np.column_stack(counted), axis=0, return_inverse=True)
    value = value.astype(np.int64)
    merged = np.zeros((len(kept), len(value)), np.int64)
    np.add.at(merged, (slice(None), level.ravel()), counts)
    groups = [Levels(n, value) for n in merged]
    drawn = resample_groups(groups, np.random.default_rng(seed), n_replicates)
    return {
        "rate of a group": np.quantile(drawn, ENDS, axis=1),
        "smallest over largest": np.quantile(divide_extremes(drawn), ENDS, axis=1),
        "largest minus smallest": np.quantile(subtract_extremes(drawn), ENDS, axis=1),
    }


def take_seconds(run: Callable[[], Intervals]) -> tuple[Intervals, float]:
    start = time.process_time()
    found = run()
    return found, time.process_time() - start


def compare(n: int, measures: Measures) -> list[str]:
    """Time both, and hold their intervals against the Monte-Carlo error."""
    people = People.draw(n)
    bootstrap_with_cube(people, measures)  # the first call loads code
    repeats = SEEDS.get(n, 1)
    answers = [
        take_seconds(lambda seed=SEED + k: bootstrap_with_fairlearn(people, measures, seed))
        for k in range(repeats)
    ]
    slow = min(seconds for _, seconds in answers)
    theirs = {
        name: np.mean([found[name] for found, _ in answers], axis=0) for name in answers[0][0]
    }
    runs = [take_seconds(lambda: bootstrap_with_cube(people, measures)) for _ in range(RUNS)]
    ours, quick = runs[0][0], min(seconds for _, seconds in runs)
    spread = [bootstrap_with_cube(people, measures, THEIRS, SEED + 1 + k) for k in range(40)]
    aim = TARGETS.get(n)
    lines = [
        f"| {n:,} | {len(measures)} | {slow:.2f} | {1000 * quick:.2f} | {slow / quick:,.0f} | "
        + (f"{aim:,} | {'yes' if slow / quick >= aim else 'no'} |" if aim else "– | – |")
    ]
    for name, ends in ours.items():
        error = np.std([run[name] for run in spread], axis=0)
        gaps = np.abs(ends - theirs[name])
        both = error * (1 / repeats + THEIRS / OURS) ** 0.5
        z = gaps / np.where(both > 0, both, np.inf)
        lines.append(
            f"| {n:,} | {len(measures)} | {name} | {z.size} | {gaps.mean():.4f} | "
            f"{both.mean():.4f} | {(z**2).mean() ** 0.5:.2f} | {z.max():.1f} |"
        )
    return lines


def draw_columns(n: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Three attributes with 14 groups, and marks of 1 to 5 as small whole numbers; -1 unrated."""
    rng = np.random.default_rng([SEED, n, COLUMNS])
    groups = [rng.integers(0, size, n, dtype=np.int64) for size in (3, 6, 5)]
    marks = rng.integers(-1, LEVELS, (n, COLUMNS), dtype=np.int8)
    return groups, np.asfortranarray(marks)


def measure_columns(groups: list[np.ndarray], marks: np.ndarray) -> dict[str, np.ndarray]:
    """Each column's rate at each cut, mean, variance and median, by group and by pair."""
    cell, kept = number_cells(groups)
    counts = count_columns(cell, marks, len(kept), LEVELS)
    pairs = [(a,) for a in range(len(groups))] + [(0, 1), (0, 2), (1, 2)]
    level = np.arange(LEVELS)
    figures = {}
    for pair in pairs:
        group, first = number_cells([groups[a][kept] for a in pair])
        table = np.zeros((COLUMNS, len(first), LEVELS), np.int64)
        np.add.at(table, (slice(None), group), counts)
        n = table.sum(axis=-1)
        at_or_above = table[..., ::-1].cumsum(axis=-1)[..., ::-1]
        rate = at_or_above / n[..., np.newaxis]
        mean = table @ level / n
        name = "*".join(map(str, pair))
        figures[f"{name} rate"] = rate
        figures[f"{name} ratio"] = rate / rate[:, :1]
        figures[f"{name} mean"] = mean
        figures[f"{name} variance"] = (table @ level**2 - n * mean**2) / (n - 1)
        below = table.cumsum(axis=-1)
        figures[f"{name} median"] = (2 * below < n[..., np.newaxis]).sum(axis=-1)
    return figures


def take_memory(run: Callable[[], object]) -> tuple[float, float, object]:
    """CPU seconds, and the most memory beyond what was held before, in MiB."""
    gc.collect()
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    before = _resident()
    peak, is_done = [before], threading.Event()

    def watch() -> None:
        while not is_done.wait(0.001):
            peak.append(_resident())

    watcher = threading.Thread(target=watch)
    watcher.start()
    start = time.thread_time()
    found = run()
    seconds = time.thread_time() - start
    is_done.set()
    watcher.join()
    return seconds, max(peak) - before, found


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def count_million(n: int) -> list[str]:
    groups, marks = draw_columns(n)
    taken = [take_memory(lambda: measure_columns(groups, marks)) for _ in range(3)]
    seconds, memory = min(t[0] for t in taken), max(t[1] for t in taken)
    figures = sum(part.size for part in taken[0][2].values())
    is_reached = seconds < 2 and memory < 200
    return [
        f"| {n:,} | {COLUMNS} | {figures:,} | {seconds:.2f} | {memory:.0f} | "
        f"{'yes' if is_reached else 'no'} |"
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small companies, a few seconds")
    parser.add_argument("--write", action="store_true", help="write the tables into the page")
    asked = parser.parse_args()
    import fairlearn

    asked_for = [(1_000, ONE)] if asked.quick else [(1_000, ONE), (1_000, ALL), (100_000, ONE)]
    blocks = [compare(n, measures) for n, measures in asked_for]
    columns = count_million(100_000 if asked.quick else 1_000_000)
    text = "\n".join(
        [
            f"fairlearn {fairlearn.__version__} · sex × race, {len(SEX) * len(RACE)} groups · "
            f"{THEIRS} replicates against {OURS:,} · seed {SEED}",
            "",
            "| people | shares | fairlearn, CPU s | calibrate, CPU ms | ratio | aim | reached |",
            "|--:|--:|--:|--:|--:|--:|---|",
            *(block[0] for block in blocks),
            "",
            "| people | shares | ends of the 95 % interval of | ends | mean difference | "
            "Monte-Carlo error of it | root mean square z | largest z |",
            "|--:|--:|---|--:|--:|--:|--:|--:|",
            *(line for block in blocks for line in block[1:]),
            "",
            "| people | rating columns | figures | CPU s | MiB beyond the input | reached |",
            "|--:|--:|--:|--:|--:|---|",
            *columns,
        ]
    )
    print(text)
    if asked.write:
        replace_block("audit-cube", text)


if __name__ == "__main__":
    main()
