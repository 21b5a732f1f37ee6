"""Column contracts of every table the engine writes: name, type, unit, meaning."""

from calibrate.tables.adjusted import ADJUSTED, CONTROLS
from calibrate.tables.calibration_gaps import EQUAL_SHARES, MOVES, PASSTHROUGH
from calibrate.tables.composites import COMPOSITES
from calibrate.tables.configurations import CONFIGURATIONS
from calibrate.tables.contract import DTYPES, SIGNIFICANT_DIGITS, Column, Contract, Kind
from calibrate.tables.counts import CONTRADICTIONS
from calibrate.tables.dependence import DEPENDENCE
from calibrate.tables.disclosure import DISCLOSURE
from calibrate.tables.groups import DISPARITIES
from calibrate.tables.growth import (
    EVIDENCE_GAPS,
    NEXT_LEVEL,
    RESULTS,
    SKILL_GAPS,
    SKILL_TRENDS,
    TRAINING_PLAN,
)
from calibrate.tables.meeting import AGENDA, DISTRIBUTION
from calibrate.tables.model import AGREEMENT, HABITS, LINKS, RATERS, SOURCES_FITTED, VARIANCE
from calibrate.tables.names import CRITERIA, PEOPLE
from calibrate.tables.opinion import SECOND_OPINION
from calibrate.tables.origins import ORIGINS
from calibrate.tables.packs import LL144, OBLIGATIONS, RULE_PACKS
from calibrate.tables.patterns import PATTERNS
from calibrate.tables.people import CRITERION_SCORES, FORMS, GOALS, READINESS, SCORES
from calibrate.tables.practice import (
    ACTIVITY,
    IMPACT,
    PARTICIPATION,
    REWARD_LINKS,
    REWARD_OUTLIERS,
)
from calibrate.tables.practice_groups import PRACTICE
from calibrate.tables.proxies import PROXIES
from calibrate.tables.quota import QUOTA, QUOTA_IMPACT
from calibrate.tables.record import FINDINGS, PACKET_INDEX, PROBLEMS
from calibrate.tables.simulation import SIMULATION
from calibrate.tables.strategy import (
    BALANCE,
    CASCADE,
    COVERAGE,
    COVERAGE_SLICES,
    GOAL_CHECKS,
    KPIS,
    LADDER,
    STRATEGY_CHANGES,
)
from calibrate.tables.teams import MOVERS, TEAM_BANDS, TEAMS, WHAT_IF
from calibrate.tables.unknowns import UNKNOWNS

#: Tables under ``tables/``: no figure by group stands in any of them.
PUBLIC = (
    PEOPLE, CRITERIA, FORMS, SCORES, RATERS, HABITS, AGREEMENT, CRITERION_SCORES, VARIANCE,
    SOURCES_FITTED,
    DISTRIBUTION, PATTERNS, QUOTA, AGENDA, GOALS, READINESS, LINKS, TEAMS, TEAM_BANDS, MOVERS,
    WHAT_IF, SECOND_OPINION,
    COVERAGE, COVERAGE_SLICES, BALANCE, CASCADE, LADDER, GOAL_CHECKS, STRATEGY_CHANGES, KPIS,
    RESULTS, EVIDENCE_GAPS, SKILL_GAPS, SKILL_TRENDS, NEXT_LEVEL, TRAINING_PLAN,
    ACTIVITY, PARTICIPATION, REWARD_LINKS, REWARD_OUTLIERS, IMPACT,
    FINDINGS, PROBLEMS,
)  # fmt: skip

__all__ = [
    "ACTIVITY",
    "ADJUSTED",
    "AGENDA",
    "AGREEMENT",
    "BALANCE",
    "CASCADE",
    "COMPOSITES",
    "CONFIGURATIONS",
    "CONTRADICTIONS",
    "CONTROLS",
    "COVERAGE",
    "COVERAGE_SLICES",
    "CRITERIA",
    "CRITERION_SCORES",
    "DEPENDENCE",
    "DISCLOSURE",
    "DISPARITIES",
    "DISTRIBUTION",
    "DTYPES",
    "EQUAL_SHARES",
    "EVIDENCE_GAPS",
    "FINDINGS",
    "FORMS",
    "GOALS",
    "GOAL_CHECKS",
    "HABITS",
    "IMPACT",
    "KPIS",
    "LADDER",
    "LINKS",
    "LL144",
    "MOVERS",
    "MOVES",
    "NEXT_LEVEL",
    "OBLIGATIONS",
    "ORIGINS",
    "PACKET_INDEX",
    "PARTICIPATION",
    "PASSTHROUGH",
    "PATTERNS",
    "PEOPLE",
    "PRACTICE",
    "PROBLEMS",
    "PROXIES",
    "PUBLIC",
    "QUOTA",
    "QUOTA_IMPACT",
    "RATERS",
    "READINESS",
    "RESULTS",
    "REWARD_LINKS",
    "REWARD_OUTLIERS",
    "RULE_PACKS",
    "SCORES",
    "SECOND_OPINION",
    "SIGNIFICANT_DIGITS",
    "SIMULATION",
    "SKILL_GAPS",
    "SKILL_TRENDS",
    "SOURCES_FITTED",
    "STRATEGY_CHANGES",
    "TEAMS",
    "TEAM_BANDS",
    "TRAINING_PLAN",
    "UNKNOWNS",
    "VARIANCE",
    "WHAT_IF",
    "Column",
    "Contract",
    "Kind",
]
