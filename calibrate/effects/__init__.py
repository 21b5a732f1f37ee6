"""How much of a score is the rater, and how sure are we?"""

from calibrate.effects.estimate import estimate_effects
from calibrate.effects.result import Effects, EmployeeEffects, RaterEffects, Settings

__all__ = ["Effects", "EmployeeEffects", "RaterEffects", "Settings", "estimate_effects"]
