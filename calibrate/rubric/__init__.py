"""What do we measure, and for which outcome?"""

from __future__ import annotations

from calibrate.rubric.load import load_rubrics, load_strategy
from calibrate.rubric.owners import check_people
from calibrate.rubric.rubric import Criterion, MarkScale, Rubric, criterion_weights
from calibrate.rubric.rules import build_mark_rules
from calibrate.rubric.strategy import Kpi, Outcome, Strategy
from calibrate.rubric.worth import outcome_shares

__all__ = [
    "Criterion", "Kpi", "MarkScale", "Outcome", "Rubric", "Strategy", "build_mark_rules",
    "check_people", "criterion_weights", "load_rubrics", "load_strategy", "outcome_shares",
]  # fmt: skip
