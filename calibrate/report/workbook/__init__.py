"""The tables as spreadsheets: one for HR, one for auditors alone."""

from calibrate.report.workbook.books import (
    write_audit_workbook,
    write_calibration_workbook,
    write_counts_workbook,
)

__all__ = ["write_audit_workbook", "write_calibration_workbook", "write_counts_workbook"]
