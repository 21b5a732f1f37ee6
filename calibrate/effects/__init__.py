"""How much of a score is the rater, and how sure are we?"""

from calibrate.effects.criteria import CriterionScores, estimate_criteria
from calibrate.effects.estimate import estimate_effects
from calibrate.effects.result import (
    SMALL_COMPANY,
    Assumed,
    Effects,
    EmployeeEffects,
    Model,
    RaterEffects,
    Settings,
)
from calibrate.effects.shares import declare_shares, effective_shares

__all__ = [
    "SMALL_COMPANY",
    "Assumed",
    "CriterionScores",
    "Effects",
    "EmployeeEffects",
    "Model",
    "RaterEffects",
    "Settings",
    "declare_shares",
    "effective_shares",
    "estimate_criteria",
    "estimate_effects",
]
