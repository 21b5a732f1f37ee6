"""The parts of the audit beside rates and ratios, in the order of its pages."""

from __future__ import annotations

from calibrate.audit.adjusted import build_adjusted
from calibrate.audit.adjusted_findings import find_adjusted, note_adjusted
from calibrate.audit.composites import build_composites, note_composites
from calibrate.audit.controls import build_controls
from calibrate.audit.dependence import build_dependence
from calibrate.audit.dependence_findings import find_dependence, note_dependence
from calibrate.audit.equal_shares import build_equal_shares
from calibrate.audit.groups import GROUPS
from calibrate.audit.inquiry import Part
from calibrate.audit.ll144 import build_ll144, note_ll144
from calibrate.audit.moves import build_moves, find_moves
from calibrate.audit.origins import build_origins, find_origins, note_origins
from calibrate.audit.packs import build_obligations, build_rule_packs
from calibrate.audit.passthrough import build_passthrough, note_passthrough
from calibrate.audit.practice import build_practice
from calibrate.audit.practice_findings import find_practice, note_practice
from calibrate.audit.proxies import build_proxies, find_proxies, note_proxies
from calibrate.audit.quota import build_quota_impact, find_quota_impact, note_quota_impact
from calibrate.audit.simulation import build_simulation, find_alarms
from calibrate.audit.unknowns import build_unknowns, note_unknowns
from calibrate.tables import (
    ADJUSTED,
    COMPOSITES,
    CONFIGURATIONS,
    CONTROLS,
    DEPENDENCE,
    DISCLOSURE,
    DISPARITIES,
    EQUAL_SHARES,
    FINDINGS,
    LL144,
    MOVES,
    OBLIGATIONS,
    ORIGINS,
    PASSTHROUGH,
    PRACTICE,
    PROBLEMS,
    PROXIES,
    QUOTA_IMPACT,
    RULE_PACKS,
    SIMULATION,
    UNKNOWNS,
    Contract,
)

PARTS: tuple[Part, ...] = (
    Part(COMPOSITES, build_composites, note=note_composites),
    Part(DEPENDENCE, build_dependence, find_dependence, note_dependence),
    Part(ADJUSTED, build_adjusted, find_adjusted, note_adjusted),
    Part(CONTROLS, build_controls),
    Part(EQUAL_SHARES, build_equal_shares),
    Part(PASSTHROUGH, build_passthrough, note=note_passthrough),
    Part(MOVES, build_moves, find_moves),
    Part(ORIGINS, build_origins, find_origins, note_origins),
    Part(PROXIES, build_proxies, find_proxies, note_proxies),
    Part(QUOTA_IMPACT, build_quota_impact, find_quota_impact, note_quota_impact),
    Part(PRACTICE, build_practice, find_practice, note_practice),
    Part(LL144, build_ll144, note=note_ll144),
    Part(OBLIGATIONS, build_obligations),
    Part(RULE_PACKS, build_rule_packs),
    Part(UNKNOWNS, build_unknowns, note=note_unknowns),
    Part(SIMULATION, build_simulation, find_alarms),
)

#: Every table under ``audit/tables``; all figures by group stand there and nowhere else.
AUDIT_TABLES: tuple[Contract, ...] = (
    DISPARITIES, FINDINGS, GROUPS, DISCLOSURE, PROBLEMS, CONFIGURATIONS,
    *(part.contract for part in PARTS),
)  # fmt: skip
