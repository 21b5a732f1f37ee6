"""The list of problems as people mend them: what is wrong, how to mend it, and the row itself."""

from calibrate.report.problems.listing import remove_problems, write_problems

__all__ = ["remove_problems", "write_problems"]
