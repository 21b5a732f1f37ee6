"""Check-ins of a manager's own team, in coaching tone."""

from __future__ import annotations

from calibrate.language import _
from calibrate.report.views.base import Company
from calibrate.report.words import write_number


def ask_checkins(company: Company, manager_id: str) -> tuple[str, ...]:
    """A question to a manager whose check-ins are clearly rarer than agreed; none to others."""
    row = company.material.desk.find_one("activity", "manager_id", manager_id)
    days = int(company.material.cycle.cadence.checkin_days)
    if row.get("verdict") == "none":
        said = _(
            "No check-in with your team is on record; agreed is one every {days} days. What could "
            "you start with?", days=days,
        )  # fmt: skip
        return (said,)
    if row.get("verdict") == "rare":
        rate = write_number(float(row["per_month"]), 1)
        said = _(
            "Your team has {rate} check-ins a person and month on record; agreed is one every "
            "{days} days. What gets in the way?", days=days, rate=rate,
        )  # fmt: skip
        return (said,)
    return ()
