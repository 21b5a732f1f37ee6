"""Ratings beside results, evidence, skills and growth, as the tables of the contract."""

from __future__ import annotations

import pandas as pd

from calibrate.pipeline.stages import Scored
from calibrate.pipeline.teams import Teams
from calibrate.tables import (
    EVIDENCE_GAPS,
    NEXT_LEVEL,
    RESULTS,
    SKILL_GAPS,
    SKILL_TRENDS,
    TRAINING_PLAN,
)


def tabulate_growth(scored: Scored, teams: Teams, goals: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Tables on results, evidence, skills and the next level."""
    contracts = (RESULTS, EVIDENCE_GAPS, SKILL_GAPS, SKILL_TRENDS, NEXT_LEVEL, TRAINING_PLAN)
    return {contract.name: contract.empty() for contract in contracts}
