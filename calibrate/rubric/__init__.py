"""What do we measure, and for which outcome?"""

from __future__ import annotations

from calibrate.rubric.load import load_rubrics, load_strategy, note_owners
from calibrate.rubric.rubric import Criterion, MarkScale, Rubric, criterion_weights
from calibrate.rubric.rules import build_mark_rules
from calibrate.rubric.strategy import Kpi, Outcome, Strategy

__all__ = [
    "Criterion", "Kpi", "MarkScale", "Outcome", "Rubric", "Strategy", "build_mark_rules",
    "criterion_weights", "load_rubrics", "load_strategy", "note_owners",
]  # fmt: skip
