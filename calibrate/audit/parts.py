"""The parts of the audit beside rates and ratios, in the order of its pages."""

from __future__ import annotations

from calibrate.audit.groups import GROUPS
from calibrate.audit.inquiry import Part
from calibrate.tables import CONFIGURATIONS, DISPARITIES, FINDINGS, PROBLEMS, Contract

PARTS: tuple[Part, ...] = ()

#: Every table under ``audit/tables``; all figures by group stand there and nowhere else.
AUDIT_TABLES: tuple[Contract, ...] = (
    DISPARITIES, FINDINGS, GROUPS, PROBLEMS, CONFIGURATIONS,
    *(part.contract for part in PARTS),
)  # fmt: skip
