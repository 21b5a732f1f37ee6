"""Agenda, reasons and the list of people who need no minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from calibrate.report.material import Row
from calibrate.report.views.base import Company, cap_rows
from calibrate.report.words import DASH

#: Sentences of the agenda that name the suggested band say it with this word.
TELLS_BAND = (" say ", " says ")
VEILED = "the proposal and the marks differ"
VEILED_OPEN = "near a cut, or severity matters"


@dataclass(frozen=True)
class AgendaRow:
    """One person's slot."""

    when: str
    name: str
    line: str
    band: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class AgendaGroup:
    """The slots of one level."""

    level: str
    minutes: str
    rows: tuple[AgendaRow, ...]


@dataclass(frozen=True)
class SkipRow:
    """A person who is not discussed, and why."""

    name: str
    line: str
    band: str
    reason: str


def filter_reasons(company: Company, score: Row, reason: object) -> tuple[str, ...]:
    """Split the reasons; hide a suggestion that this reader may not see yet."""
    proposed = str(score.get("proposed_band") or "")
    reasons = [part.strip() for part in str(reason or "").split(";") if part.strip()]
    if company.is_revealed(proposed):
        return tuple(reasons)
    veil = VEILED if proposed else VEILED_OPEN
    veiled = [veil if any(t in part for t in TELLS_BAND) else part for part in reasons]
    return tuple(dict.fromkeys(veiled))


def build_agenda_groups(
    company: Company, discussed: Sequence[Row], by_employee: Mapping[str, Row]
) -> tuple[tuple[AgendaGroup, ...], str]:
    """Time the agenda and group it level by level, in the order of discussion."""
    kept, notice = cap_rows(list(discussed))
    slots: dict[str, list[AgendaRow]] = {}
    minutes: dict[str, float] = {}
    start = 0.0
    for row in kept:
        employee_id = str(row["employee_id"])
        score = by_employee[employee_id]
        level = str(company.find_employee(employee_id).get("level") or "")
        end = start + float(row["minutes"])
        slots.setdefault(level, []).append(
            AgendaRow(
                when=f"{_clock(start)} – {_clock(end)}",
                name=company.name(employee_id),
                line=company.describe(employee_id),
                band=str(score.get("proposed_band") or score.get("raw_band") or DASH),
                reasons=filter_reasons(company, score, row.get("reason")),
            )
        )
        minutes[level] = minutes.get(level, 0) + end - start
        start = end
    unnamed = "Level not given" if len(slots) > 1 else "Everybody"
    groups = tuple(
        AgendaGroup(level or unnamed, f"{minutes[level]:.0f} min", tuple(rows))
        for level, rows in slots.items()
    )
    return groups, notice


def list_skipped(
    company: Company, agenda: Sequence[Row], by_employee: Mapping[str, Row]
) -> tuple[tuple[SkipRow, ...], str]:
    rows = []
    for row in agenda:
        if (row.get("minutes") or 0) > 0:
            continue
        employee_id = str(row["employee_id"])
        score = by_employee[employee_id]
        reasons = filter_reasons(company, score, row.get("reason"))
        rows.append(
            SkipRow(
                name=company.name(employee_id),
                line=company.describe(employee_id),
                band=str(score.get("proposed_band") or score.get("raw_band") or DASH),
                reason="; ".join(reasons) or "nothing stands out",
            )
        )
    return cap_rows(rows)


def _clock(minutes: float) -> str:
    return f"{int(minutes) // 60}:{int(minutes) % 60:02d}"
