"""Who fares worse, is it chance, and could it have been seen?"""

from __future__ import annotations

from calibrate.audit.attributes import AttributeTable, read_attributes
from calibrate.audit.background import (
    Background,
    Calibration,
    CommentEvidence,
    FormEvidence,
    HistoryEvidence,
    PracticeEvidence,
)
from calibrate.audit.comment_words import count_words
from calibrate.audit.disclosure import EarlierView
from calibrate.audit.disparities import audit_population
from calibrate.audit.parts import AUDIT_TABLES
from calibrate.audit.policy import RulePack, load_rules
from calibrate.audit.population import AuditResult, AuditSettings, Population
from calibrate.audit.verdicts import count_compared

__all__ = [
    "AUDIT_TABLES", "AttributeTable", "AuditResult", "AuditSettings", "Background",
    "Calibration", "CommentEvidence", "EarlierView", "FormEvidence", "HistoryEvidence",
    "Population", "PracticeEvidence", "RulePack", "audit_population", "count_compared",
    "count_words", "load_rules", "read_attributes",
]  # fmt: skip
