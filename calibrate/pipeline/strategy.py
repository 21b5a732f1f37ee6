"""Strategy, goals and what links them, as the tables of the contract."""

from __future__ import annotations

import pandas as pd

from calibrate.pipeline.stages import Scored
from calibrate.tables import (
    BALANCE,
    CASCADE,
    COVERAGE,
    COVERAGE_SLICES,
    GOAL_CHECKS,
    KPIS,
    LADDER,
    STRATEGY_CHANGES,
)


def tabulate_strategy(scored: Scored, goals: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Tables on coverage, cascade, goals and changes; ``goals`` is that of the contract."""
    contracts = (
        COVERAGE, COVERAGE_SLICES, BALANCE, CASCADE, LADDER, GOAL_CHECKS, STRATEGY_CHANGES, KPIS,
    )  # fmt: skip
    return {contract.name: contract.empty() for contract in contracts}
