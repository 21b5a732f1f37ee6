"""How each rater uses the scale, against raters of a like load."""

from calibrate.effects.habits.find import FEWEST, find_habits
from calibrate.effects.habits.judge import Habit
from calibrate.effects.habits.reports import SelfForms, sort_reports

__all__ = ["FEWEST", "Habit", "SelfForms", "find_habits", "sort_reports"]
