"""Why this score: the figures of one person, each with what it is made of."""

from calibrate.explain.explanation import Explanation, to_plain
from calibrate.explain.person import explain_person
from calibrate.explain.sheet import print_sheet
from calibrate.explain.text import list_blocks

__all__ = ["Explanation", "explain_person", "list_blocks", "print_sheet", "to_plain"]
