"""The parts of the audit beside rates and ratios, in the order of its pages."""

from __future__ import annotations

from calibrate.audit.equal_shares import build_equal_shares
from calibrate.audit.groups import GROUPS
from calibrate.audit.inquiry import Part
from calibrate.audit.ll144 import build_ll144, note_ll144
from calibrate.audit.moves import build_moves, find_moves
from calibrate.audit.packs import build_obligations, build_rule_packs
from calibrate.audit.passthrough import build_passthrough, note_passthrough
from calibrate.tables import (
    CONFIGURATIONS,
    DISPARITIES,
    EQUAL_SHARES,
    FINDINGS,
    LL144,
    MOVES,
    OBLIGATIONS,
    PASSTHROUGH,
    PROBLEMS,
    RULE_PACKS,
    Contract,
)

PARTS: tuple[Part, ...] = (
    Part(EQUAL_SHARES, build_equal_shares),
    Part(PASSTHROUGH, build_passthrough, note=note_passthrough),
    Part(MOVES, build_moves, find_moves),
    Part(LL144, build_ll144, note=note_ll144),
    Part(OBLIGATIONS, build_obligations),
    Part(RULE_PACKS, build_rule_packs),
)

#: Every table under ``audit/tables``; all figures by group stand there and nowhere else.
AUDIT_TABLES: tuple[Contract, ...] = (
    DISPARITIES, FINDINGS, GROUPS, PROBLEMS, CONFIGURATIONS,
    *(part.contract for part in PARTS),
)  # fmt: skip
