"""Teams, what-ifs and moves → rows of the table of findings."""

from __future__ import annotations

import pandas as pd

from calibrate.effects.ranks import agree_between, agree_within
from calibrate.pipeline.stages import Scored
from calibrate.pipeline.teams import Teams
from calibrate.session.team_findings import Row, TeamEvidence, list_team_findings


def gather_team_findings(
    scored: Scored, teams: Teams, means: pd.DataFrame, what_if: pd.DataFrame
) -> list[Row]:
    """Findings on teams; ``means`` is the table ``teams`` of the contract."""
    raw, level = scored.effects.employees.raw, scored.prepared.cycle.effects.interval
    return list_team_findings(
        TeamEvidence(
            means, what_if, teams.means,
            agree_within(raw, teams.attainment, teams.of, level),
            agree_between(raw, teams.attainment, teams.of, level),
            teams.moves, teams.previous,
        )
    )  # fmt: skip
