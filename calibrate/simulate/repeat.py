"""Many simulated audits on all cores; how many cores there are changes no figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from joblib import Parallel, delayed

from calibrate.audit.simulation import (
    RATIOS,
    NamedNetwork,
    Network,
    Tally,
    count_alarms,
    count_found,
    tabulate_simulation,
)
from calibrate.tables import SIMULATION

#: Pieces of work of each kind: enough to show progress and to keep all cores busy.
PIECES = 40
PLANTED = "planted gaps"

IntArray = npt.NDArray[np.int64]
OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class SimulationResult:
    """How often the primary family would have called for a look.

    Parameters
    ----------
    table
        As :data:`calibrate.tables.SIMULATION`.
    n_people, n_managers
        With a band of the stage the verdicts are about; 0 managers where none are known.
    reason
        Why nothing was simulated; empty if something was.
    """

    table: pd.DataFrame
    n_people: int = 0
    n_managers: int = 0
    reason: str = ""

    def list_rows(self, kind: str) -> list[dict[str, Any]]:
        """Rows of one kind as plain values, missing ones as None."""
        chosen = self.table[self.table["kind"] == kind]
        plain = chosen.astype(object).where(chosen.notna(), None)
        return [{str(key): value for key, value in row.items()} for row in plain.to_dict("records")]

    def describe(self) -> dict[str, object]:
        """Everything as plain values."""
        return {
            "people": self.n_people,
            "managers": self.n_managers,
            "reason": self.reason,
            "false_alarms": self.list_rows("false_alarm"),
            "power": self.list_rows("power"),
        }


def simulate_audits(
    named: NamedNetwork | None,
    n_simulations: int,
    jobs: int,
    on_progress: OnProgress | None = None,
) -> SimulationResult:
    """Repeat the audit without any gap, and with planted ones.

    Parameters
    ----------
    named
        As the audit put it together; None where nothing is compared by group.
    n_simulations
        Audits of each kind.
    jobs
        Processes. They are given codes alone, never names of people or groups.
    on_progress
        Called with the audits done and all of them.
    """
    if named is None or named.network.n_people == 0:
        reason = "there is no attribute, or nobody has a band: nothing is compared by group"
        return SimulationResult(SIMULATION.empty(), reason=reason)
    network = named.network
    pieces = list(_cut_work(network, n_simulations))
    n_alarms = dict.fromkeys(network.nulls, 0)
    n_found = np.zeros((len(network.planted), len(RATIOS)), np.int64)
    done, of = 0, sum(len(draws) for _, draws in pieces)
    # No array goes through a file: attributes stay in memory.
    run = Parallel(n_jobs=jobs, return_as="generator", max_nbytes=None, batch_size=1)
    counted = run(delayed(_count)(network, kind, draws) for kind, draws in pieces)
    for (kind, draws), count in zip(pieces, counted, strict=True):
        if kind == PLANTED:
            n_found += count
        else:
            n_alarms[kind] += int(count)
        done += len(draws)
        if on_progress is not None:
            on_progress(done, of)
    n_drawn = dict.fromkeys(network.nulls, n_simulations)
    tally = Tally(n_alarms, n_drawn, n_found, n_simulations)
    table = tabulate_simulation(named, tally)
    return SimulationResult(table, network.n_people, named.n_managers)


def _cut_work(network: Network, n_simulations: int) -> Iterator[tuple[str, range]]:
    step = -(-n_simulations // PIECES)
    for kind in (*network.nulls, PLANTED):
        for first in range(0, n_simulations, step):
            yield kind, range(first, min(first + step, n_simulations))


def _count(network: Network, kind: str, draws: range) -> IntArray:
    if kind == PLANTED:
        return count_found(network, draws)
    return np.array(count_alarms(network, kind, draws), dtype=np.int64)
