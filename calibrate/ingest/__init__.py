"""What do the files say, and which rows are wrong?"""

from __future__ import annotations

from calibrate.ingest.assignments import AssignmentTable, read_assignments
from calibrate.ingest.check_practice import (
    UNIT_COLUMNS,
    find_unit_kind,
    pick_current,
    pick_own,
)
from calibrate.ingest.comments import CommentTable, read_comments
from calibrate.ingest.employees import read_employees
from calibrate.ingest.fetch import fetch_databases
from calibrate.ingest.goal_versions import find_rows_above
from calibrate.ingest.goals import read_goals
from calibrate.ingest.marks import show_micro
from calibrate.ingest.ratings import RatingStream
from calibrate.ingest.recode import Codes
from calibrate.ingest.records import RECORDS, RecordTable, read_records
from calibrate.ingest.values import EmployeeTable, GoalTable, IntArray, MarkRules, RatingTable

__all__ = [
    "RECORDS", "UNIT_COLUMNS", "AssignmentTable", "Codes", "CommentTable", "EmployeeTable",
    "GoalTable", "IntArray", "MarkRules", "RatingStream", "RatingTable", "RecordTable",
    "fetch_databases", "find_rows_above", "find_unit_kind", "pick_current", "pick_own",
    "read_assignments", "read_comments", "read_employees", "read_goals", "read_records",
    "show_micro",
]  # fmt: skip
