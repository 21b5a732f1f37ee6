"""What may be shown to whom: small groups, and those whose figures would tell theirs."""

from __future__ import annotations

from calibrate.audit.disclosure.earlier import EarlierView
from calibrate.audit.disclosure.layers import PEOPLE, SCORED
from calibrate.audit.disclosure.plan import Plan, plan_disclosure, say_plan
from calibrate.audit.disclosure.withhold import Told, classify_table, mark_withheld

__all__ = [
    "PEOPLE", "SCORED", "EarlierView", "Plan", "Told", "classify_table", "mark_withheld",
    "plan_disclosure", "say_plan",
]  # fmt: skip
