"""Ratings beside results, evidence, skills and growth, as the tables of the contract."""

from __future__ import annotations

import pandas as pd

from calibrate.align.skills import find_gaps
from calibrate.pipeline.evidence import tabulate_evidence_gaps
from calibrate.pipeline.results import tabulate_results
from calibrate.pipeline.skills import gather_skills, tabulate_gaps, tabulate_trends
from calibrate.pipeline.stages import Scored
from calibrate.pipeline.steps import plan_training, tabulate_next_level
from calibrate.pipeline.teams import Teams


def tabulate_growth(scored: Scored, teams: Teams, goals: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Tables on results, evidence, skills and the next level."""
    skills = gather_skills(scored)
    gaps = find_gaps(skills, scored.prepared.cycle.effects.interval)
    return {
        "results": tabulate_results(scored, teams),
        "evidence_gaps": tabulate_evidence_gaps(scored, goals),
        "skill_gaps": tabulate_gaps(scored, teams, skills, gaps),
        "skill_trends": tabulate_trends(scored, teams, skills),
        "next_level": tabulate_next_level(scored, skills),
        "training_plan": plan_training(scored, gaps),
    }
