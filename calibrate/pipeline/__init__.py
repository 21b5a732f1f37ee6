"""The stages in order: ingest, score, effects, bands, session, audit, report."""

from calibrate.pipeline.run import Options, check_cycle, run_cycle
from calibrate.pipeline.stages import Prepared, Scored, compute_scores, prepare_cycle
from calibrate.pipeline.summary import RunResult

__all__ = [
    "Options", "Prepared", "RunResult", "Scored",
    "check_cycle", "compute_scores", "prepare_cycle", "run_cycle",
]  # fmt: skip
