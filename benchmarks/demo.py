"""Claim: `calibrate demo` writes a million people in about a minute, within 4 GiB.

Usage: python benchmarks/demo.py [SIZE …]      default: 240 10000 100000 1000000

Each size runs in a process of its own; CPU seconds include starting Python.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

SIZES = (240, 10_000, 100_000, 1_000_000)
#: Most memory a million people may take.
LIMIT_GIB = 4.0


@dataclass(frozen=True)
class Cost:
    """What one demo took."""

    wall: float
    cpu: float
    gib: float
    megabytes: float


def measure(size: int) -> Cost:
    """Run the command once and ask the system what it used."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "company"
        command = [sys.executable, "-m", "calibrate.cli.main", "demo", str(target)]
        started = time.perf_counter()
        process = os.posix_spawn(
            sys.executable, [*command, "--employees", str(size)], dict(os.environ),
            file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
        )  # fmt: skip
        _, status, used = os.wait4(process, 0)
        wall = time.perf_counter() - started
        if status:
            raise SystemExit(f"{size:,} people: the demo ended with status {status}")
        written = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20, written / 1e6)


def main(sizes: list[int]) -> int:
    """Print a line per size; 1 if the largest needs more memory than claimed."""
    print(f"{'people':>10} {'seconds':>9} {'CPU s':>9} {'peak GiB':>9} {'MB':>8}")
    worst = 0.0
    for size in sizes:
        cost = measure(size)
        worst = max(worst, cost.gib)
        print(
            f"{size:>10,} {cost.wall:>9.1f} {cost.cpu:>9.1f} {cost.gib:>9.2f}"
            f" {cost.megabytes:>8.1f}"
        )
    return int(worst > LIMIT_GIB)


if __name__ == "__main__":
    sys.exit(main([int(size) for size in sys.argv[1:]] or list(SIZES)))
