"""What came before this cycle, and what the evidence of this one lacks."""

from __future__ import annotations

from calibrate.language import _, ngettext
from calibrate.report.views.base import Company
from calibrate.report.views.evidence import Person

#: Fewer scored forms than this are called few.
FEW_FORMS = 3
#: Earlier cycles told; the latest are the ones to talk about.
MOST_CYCLES = 3


def say_earlier(company: Company, employee_id: str) -> str:
    """Bands of earlier cycles, the oldest first, with the level where that changed.

    Bands alone: what was marked in an earlier cycle may be marked in confidence. A band is
    told as its own cycle named it. Empty without a history at all.
    """
    history = company.material.history
    if history.empty:
        return ""
    rows = company.material.desk.find_rows("history", "employee_id", [employee_id])
    told = [row for row in rows if row.get("band")][-MOST_CYCLES:]
    if not told:
        return _("no earlier cycle")
    now = str(company.find_employee(employee_id).get("level") or "")
    levels = [str(row.get("level") or "") for row in told]
    moved = len({level for level in (*levels, now) if level}) > 1
    said = []
    for row, level in zip(told, levels, strict=True):
        cycle, band = str(row["cycle"]), str(row["band"])
        if moved and level:
            said.append(_("{cycle} {band} at {level}", cycle=cycle, band=band, level=level))
        else:
            said.append(_("{cycle} {band}", cycle=cycle, band=band))
    return " → ".join(said)


def list_gaps(company: Company, person: Person) -> tuple[str, ...]:
    """What is missing behind a score: forms, sources, results, a proposal's evidence."""
    if not person.is_rated:
        return ()
    desk = company.material.desk
    forms = desk.find_rows("forms", "employee_id", [person.employee_id])
    n_scored = sum(bool(form.get("scored")) for form in forms)
    filed = {str(form["source"]) for form in forms}
    usual = company.material.usual_sources
    gaps = []
    if n_scored < FEW_FORMS and "peer" in usual:
        gaps.append(ngettext("only {n} form counts", "only {n} forms count", n_scored))
    if "manager" in usual - filed:
        gaps.append(_("no form of a manager"))
    if "peer" in usual - filed:
        gaps.append(_("no peer form"))
    if "self" in usual - filed:
        gaps.append(_("no self form"))
    goals = desk.find_rows("goals", "employee_id", [person.employee_id])
    known = sum(goal.get("attainment") is not None for goal in goals)
    if goals and known < len(goals):
        missing = len(goals) - known
        gaps.append(ngettext("{n} goal without a result", "{n} goals without a result", missing))
    return tuple(gaps)
