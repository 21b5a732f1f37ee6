"""The stages in order: ingest, score, effects, bands, session, audit, report."""

from calibrate.pipeline.run import Options, check_cycle, run_cycle
from calibrate.pipeline.stages import Prepared, Scored, compute_scores, prepare_cycle
from calibrate.pipeline.summary import RunResult
from calibrate.pipeline.tabulate import tabulate_everything

__all__ = [
    "Options", "Prepared", "RunResult", "Scored",
    "check_cycle", "compute_scores", "prepare_cycle", "run_cycle", "tabulate_everything",
]  # fmt: skip
