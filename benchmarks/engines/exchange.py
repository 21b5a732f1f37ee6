"""Forms in, estimates out: raw arrays that Python and R read alike.

A network is a folder of ``employee.i4``, ``rater.i4``, ``source.i4`` (codes from 0, one per form),
``unit.i4`` (one per employee) and ``points.f8``. An answer is a folder of ``employee.f8``,
``rater.f8`` (effects; positive raises a form), ``source.f8`` (means), with ``employee_se.f8`` and
``rater_se.f8`` where an engine has them, and ``facts.tsv``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

KINDS = {"i4": np.int32, "f8": np.float64}


def read_arrays(folder: Path) -> dict[str, np.ndarray]:
    """Arrays by name of file; codes as 64-bit integers."""
    arrays = {}
    for path in sorted(folder.iterdir()):
        kind = KINDS.get(path.suffix[1:])
        if kind is not None:
            array = np.fromfile(path, dtype=kind)
            arrays[path.stem] = array.astype(np.int64) if kind is np.int32 else array
    return arrays


def write_arrays(folder: Path, arrays: Mapping[str, np.ndarray]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        suffix = "f8" if np.asarray(array).dtype.kind == "f" else "i4"
        np.asarray(array).astype(KINDS[suffix]).tofile(folder / f"{name}.{suffix}")


def read_facts(folder: Path) -> dict[str, str]:
    lines = (folder / "facts.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines)


def write_answer(
    folder: Path, started: float, facts: Mapping[str, object], **arrays: np.ndarray
) -> None:
    """Write what was estimated; CPU since ``started`` and the most memory held are added."""
    seconds = time.process_time() - started
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    write_arrays(folder, arrays)
    lines = {"seconds": f"{seconds:.4f}", "mebibytes": f"{peak / 1024:.1f}"} | dict(facts)
    text = "".join(f"{name}\t{value}\n" for name, value in lines.items())
    (folder / "facts.tsv").write_text(text, encoding="utf-8")


def folders() -> tuple[Path, Path]:
    """Network and answer, from the command line of an engine."""
    return Path(sys.argv[1]), Path(sys.argv[2])
