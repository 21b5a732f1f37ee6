"""What did each form say, in points?"""

from calibrate.score.combine import FormTable, combine_forms
from calibrate.score.reduce import FormReducer, ReducedForms
from calibrate.score.results import measure_attainment
from calibrate.score.unanswered import find_null_labels, word_null_forms

__all__ = [
    "FormReducer", "FormTable", "ReducedForms", "combine_forms", "find_null_labels",
    "measure_attainment", "word_null_forms",
]  # fmt: skip
