"""A scored cycle put together for simulation; it writes no run."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from calibrate.audit import AuditSettings, read_attributes
from calibrate.audit.simulation import NamedNetwork, open_network
from calibrate.config import Cycle, load_cycle
from calibrate.ingest import fetch_databases
from calibrate.manifest import hash_bytes
from calibrate.pipeline.gather import gather_population
from calibrate.pipeline.opening import require_files
from calibrate.pipeline.progress import Clock
from calibrate.pipeline.stages import compute_scores, prepare_cycle, refuse_problems
from calibrate.pipeline.tabulate import tabulate_scores
from calibrate.report.files import encode_table
from calibrate.tables import SCORES


class Sealed(NamedTuple):
    """What a simulation begins with.

    Parameters
    ----------
    network
        None where nothing is compared by group.
    scores_sha256
        Hash of the scores, taken before the attributes were opened.
    """

    network: NamedNetwork | None
    scores_sha256: str


def score_and_open(source: Cycle | Path, clock: Clock) -> Sealed:
    """Score a cycle, seal the scores by their hash, then open the attributes.

    Raises
    ------
    InputError
        If the cycle or its data have a fault.
    """
    with clock.stage("read"):
        cycle = source if isinstance(source, Cycle) else load_cycle(source)
        require_files(cycle)
        fetch_databases(cycle)
        prepared = prepare_cycle(cycle)
    with clock.stage("score"):
        scored = compute_scores(prepared)
        seal = hash_bytes(encode_table(SCORES, tabulate_scores(scored))[0])
    with clock.stage("attributes"):
        employees = prepared.employees
        attributes, problems = read_attributes(cycle, employees.ids, seal, employees.declared)
        refuse_problems(cycle, problems)
    settings = AuditSettings.from_cycle(cycle)
    return Sealed(open_network(gather_population(scored), attributes, settings), seal)
