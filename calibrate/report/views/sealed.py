"""Do confidential marks stand behind a person's raw score?"""

from __future__ import annotations

from calibrate.report.privacy import ANONYMOUS
from calibrate.report.views.base import Company


def is_sealed(company: Company, employee_id: str) -> bool:
    """Would the raw score, or its band, help to work out an answer given in confidence?"""
    forms = company.material.desk.find_rows("forms", "employee_id", [employee_id])
    return company.min_peers > 1 and any(
        form.get("scored") and form["source"] in ANONYMOUS for form in forms
    )
