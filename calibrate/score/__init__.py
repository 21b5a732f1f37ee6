"""What did each form say, in points?"""

from calibrate.score.combine import FormTable, combine_forms
from calibrate.score.reduce import FormReducer, ReducedForms
from calibrate.score.results import measure_attainment

__all__ = [
    "FormReducer", "FormTable", "ReducedForms", "combine_forms", "measure_attainment",
]  # fmt: skip
