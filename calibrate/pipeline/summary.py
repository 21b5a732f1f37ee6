"""What a finished run says about itself, read back from its own tables."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from calibrate.audit import count_compared
from calibrate.config import Cycle


@dataclass(frozen=True)
class RunResult:
    """Where the run is, what it counted, and what a gate would stop.

    Parameters
    ----------
    folder
        The run's folder as ``DIR/runs/<cycle>-<id>``.
    counts
        People by link, and findings.
    gates
        One sentence for each primary disparity that is ``beyond`` and each
        band outside a hard guideline.
    hints
        What to open first.
    """

    folder: str
    run_id: str
    is_repeated: bool
    counts: dict[str, int]
    gates: tuple[str, ...]
    hints: tuple[str, ...]

    def describe(self) -> dict[str, Any]:
        """As plain values for ``--json``."""
        return asdict(self)


def summarise_run(
    out: Path, folder: Path, run_id: str, cycle: Cycle, *, is_repeated: bool
) -> RunResult:
    """Read a run's tables and say what is in it; the same whether new or recognised."""
    scores = pd.read_parquet(folder / "tables" / "scores.parquet")
    findings = pd.read_parquet(folder / "tables" / "findings.parquet")
    disparities = pd.read_parquet(folder / "audit" / "tables" / "disparities.parquet")
    index = pd.read_csv(folder / "packets" / "index.csv", dtype=str, keep_default_na=False)
    links = scores["link"].value_counts()
    counts = {f"people_{name}": int(links[name]) for name in sorted(links.index)}
    counts["findings_to_look_at"] = int((findings["level"] == "look").sum())
    counts["packets"] = int((index["kind"] != "archive").sum())
    beyond = disparities[
        (disparities["family"] == "primary") & (disparities["verdict"] == "beyond")
    ]
    if count_compared(disparities):
        counts["primary_disparities_beyond"] = len(beyond)
    elif cycle.inputs.attributes is not None:
        counts["comparisons_of_too_few"] = int((disparities["family"] == "primary").sum())
    gates = [f"{len(beyond)} primary disparities are beyond; see audit/audit.pdf"] * bool(
        len(beyond)
    )
    gates += _find_missed_guidelines(folder, cycle)
    return RunResult(
        str(folder), run_id, is_repeated, counts, tuple(gates), _say_what_to_open(out, index)
    )


def _find_missed_guidelines(folder: Path, cycle: Cycle) -> list[str]:
    if cycle.guideline is None or cycle.guideline.mode != "hard":
        return []
    distribution = pd.read_parquet(folder / "tables" / "distribution.parquet")
    missed = distribution[distribution["verdict"] == "outside"]
    return [
        f"{row['band']} in {row['scope']} {row['scope_id']} is outside the guideline"
        for row in missed.to_dict("records")
    ]


def _say_what_to_open(out: Path, index: pd.DataFrame) -> tuple[str, ...]:
    hints = [f"{'Open first':<11}{out}/latest/index.html  (HR, to prepare)"]
    for kind, who in (
        ("session", "HR, before the meeting"),
        ("manager", "a manager"),
        ("audit", "an auditor"),
        ("executive", "the board"),
    ):
        files = index.loc[index["kind"] == kind, "file"]
        if len(files):
            hints.append(f"{'':<11}{out}/latest/{files.iloc[0]}  ({who})")
    return tuple(hints)
