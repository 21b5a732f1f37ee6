"""Agenda, reasons, the list of people who need no minutes, and what was decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from calibrate.language import N_, _, ngettext
from calibrate.report.charts import Drawing, draw_change
from calibrate.report.material import Row
from calibrate.report.privacy import TOP
from calibrate.report.views.base import Company, cap_rows
from calibrate.report.words import DASH, say_range, write_number
from calibrate.session.reasons import Case, say_reasons

#: Rule of the agenda → what to do about it, in the order in which they are told.
QUESTIONS = {
    "nobody_marked": N_("Nobody marked the person: ask what the proposal rests on."),
    "band_differs": N_(
        "Proposal and marks differ: ask the manager for one piece of work that the marks miss."
    ),
    "manager_lower": N_("The manager marks lower than peers: ask what each of them saw."),
    "manager_higher": N_("The manager marks higher than peers: ask what each of them saw."),
    "thin_evidence": N_("Thin evidence: ask who else knows the work, before a band is decided."),
    "depends_on_severity": N_(
        "Another band if managers differ in severity: ask a second manager who knows the work."
    ),
    "extreme": N_("End of the scale: hold one example against the words of the rubric."),
    "against_results": N_(
        "Marks and goals point to different bands: ask how hard the targets were."
    ),
    "above_results": N_(
        "Rated above people who reached as much: ask what the goals leave out, and how hard "
        "they were."
    ),
    "below_results": N_(
        "Rated below people who reached as much: ask what the marks saw that the goals do not."
    ),
    "evidence_gap": N_("Rated high, and nothing on record supports it: ask for one example."),
    "band_uncertain": N_(
        "Close to a cut: both bands may be right. Decide by the example, not by the figure."
    ),
}

#: So many people of one band and reason stand in one paragraph: a line each would say nothing.
MANY = 5


@dataclass(frozen=True)
class AgendaRow:
    """One person's slot."""

    when: str
    name: str
    employee_id: str
    band: str
    reasons: str


@dataclass(frozen=True)
class AgendaGroup:
    """The slots of one level."""

    title: str
    rows: tuple[AgendaRow, ...]


@dataclass(frozen=True)
class SkipRow:
    """A person who is not discussed, and why."""

    name: str
    line: str
    band: str
    reason: str


@dataclass(frozen=True)
class SkipGroup:
    """People whom the time does not reach, or who need none."""

    title: str
    rows: tuple[SkipRow, ...]


@dataclass(frozen=True)
class Alike:
    """People of one band who need no minutes for one and the same reason."""

    title: str
    names: str


@dataclass(frozen=True)
class Skipped:
    """People without minutes: rows where each has a reason of the own, else names alone."""

    groups: tuple[SkipGroup, ...]
    alike: tuple[Alike, ...]
    notice: str


@dataclass(frozen=True)
class ChangeRow:
    """A person whose band the session changed."""

    name: str
    employee_id: str
    before: str
    chart: Drawing
    after: str


@dataclass(frozen=True)
class Changes:
    """What the session decided; the sentence counts those whose band stands."""

    sentence: str
    rows: tuple[ChangeRow, ...]
    notice: str


def find_current(score: Row) -> str:
    """The band so far: the proposed one, else that of the raw marks; empty if neither is there."""
    return str(score.get("proposed_band") or score.get("raw_band") or "")


def say_why(company: Company, score: Row, slot: Row) -> str:
    """Say an agenda's reasons to a reader who may not see every suggestion yet."""
    rules = [rule for rule in str(slot.get("rules") or "").split(";") if rule]
    if not rules:
        return str(slot.get("reason") or "")
    current = find_current(score)
    proposed = str(score.get("proposed_band") or "")
    place = company.labels.index(current) if current in company.labels else 0
    case = Case(
        current=current,
        is_upper=place > (len(company.labels) - 1) / 2,
        has_proposal=bool(proposed),
        is_adjusted=score.get("suggested_band") != score.get("raw_band"),
        p_change=slot.get("p_change"),
    )
    return say_reasons(rules, case, is_veiled=not company.is_revealed(proposed))


def is_discussed(slot: Row) -> bool:
    """Has the agenda minutes for the person?"""
    return (slot.get("minutes") or 0) > 0


def list_questions(discussed: Sequence[Row]) -> tuple[str, ...]:
    """What to ask, for each rule that put somebody on the agenda.

    A band that may well be another one is a rule of nearly everybody: it is told only where
    it is the whole reason.
    """
    found = {rule for slot in discussed for rule in _tell_rules(str(slot.get("rules") or ""))}
    return tuple(_(question) for rule, question in QUESTIONS.items() if rule in found)


def build_agenda_groups(
    company: Company, discussed: Sequence[Row], by_employee: Mapping[str, Row]
) -> tuple[AgendaGroup, ...]:
    """Time the agenda and group it level by level, in the order of discussion."""
    slots: dict[str, list[AgendaRow]] = {}
    minutes: dict[str, float] = {}
    for slot, when in zip(discussed, write_times(discussed), strict=True):
        employee_id = str(slot["employee_id"])
        score = by_employee[employee_id]
        level = str(company.find_employee(employee_id).get("level") or "")
        slots.setdefault(level, []).append(
            AgendaRow(
                when=when,
                name=company.name(employee_id),
                employee_id=employee_id,
                band=find_current(score) or DASH,
                reasons=say_why(company, score, slot),
            )
        )
        minutes[level] = minutes.get(level, 0) + float(slot["minutes"])
    unnamed = _("Level not given") if len(slots) > 1 else _("Everybody")
    return tuple(
        AgendaGroup(_say_group(level or unnamed, len(rows), minutes[level]), tuple(rows))
        for level, rows in slots.items()
    )


def write_times(discussed: Sequence[Row]) -> tuple[str, ...]:
    """From when to when each person's slot runs, on a clock that starts with the session."""
    times, start = [], 0.0
    for slot in discussed:
        end = start + float(slot["minutes"])
        times.append(f"{_clock(start)} – {_clock(end)}")
        start = end
    return tuple(times)


def list_skipped(
    company: Company, agenda: Sequence[Row], by_employee: Mapping[str, Row]
) -> Skipped:
    """People without minutes: first who is next if time is left, then who needs none."""
    slots = [slot for slot in agenda if not is_discussed(slot)]
    waiting = [_build_skip(company, by_employee, slot) for slot in slots if slot.get("rules")]
    quiet = [_build_skip(company, by_employee, slot) for slot in slots if not slot.get("rules")]
    counts = Counter((row.band, row.reason) for row in quiet)
    own = [row for row in quiet if counts[row.band, row.reason] < MANY]
    kept, notice = cap_rows([*waiting, *own])
    groups = []
    if waiting:
        title = ngettext(
            "If time is left: {n} person", "If time is left, in this order: {n} people",
            len(waiting),
        )  # fmt: skip
        groups.append(SkipGroup(title, kept[: len(waiting)]))
    if kept[len(waiting) :]:
        title = ngettext("No reason to talk: {n} person", "No reason to talk: {n} people", len(own))
        groups.append(SkipGroup(title, kept[len(waiting) :]))
    alike = tuple(
        _join_alike(band, reason, [r.name for r in quiet if (r.band, r.reason) == (band, reason)])
        for (band, reason), n in counts.items()
        if n >= MANY
    )
    return Skipped(tuple(groups), alike, notice)


def _join_alike(band: str, reason: str, names: Sequence[str]) -> Alike:
    title = ngettext(
        "{band}, {n} person: {reason}.", "{band}, {n} people: {reason}.", len(names),
        band=band, reason=reason,
    )  # fmt: skip
    kept, notice = cap_rows(names)
    return Alike(title, " ".join(filter(None, (f"{' · '.join(kept)}.", notice))))


def _build_skip(company: Company, by_employee: Mapping[str, Row], slot: Row) -> SkipRow:
    employee_id = str(slot["employee_id"])
    score = by_employee[employee_id]
    return SkipRow(
        name=company.name(employee_id),
        line=company.describe(employee_id),
        band=find_current(score) or DASH,
        reason=say_why(company, score, slot) or _("nothing stands out"),
    )


def build_changes(company: Company, scores: Sequence[Row]) -> Changes | None:
    """Set decided bands beside the bands before; None while nothing is decided."""
    decided = [row for row in scores if row.get("final_band") in company.labels]
    if not decided:
        return None
    changed = [
        row for row in decided
        if find_current(row) in company.labels and row["final_band"] != find_current(row)
    ]  # fmt: skip
    kept, notice = cap_rows([_build_change(company, row) for row in changed])
    sentence = ngettext(
        "{changed} of {n} band was changed; the others stand as they were.",
        "{changed} of {n} bands were changed; the others stand as they were.",
        len(decided), changed=len(changed),
    )  # fmt: skip
    return Changes(sentence, kept, notice)


def _build_change(company: Company, score: Row) -> ChangeRow:
    employee_id, before, after = str(score["employee_id"]), find_current(score), score["final_band"]
    chart = draw_change(
        before=_find_middle(company, before), after=_find_middle(company, after),
        cuts=company.cuts, label=say_range(before, after), width=560,
    )  # fmt: skip
    return ChangeRow(company.name(employee_id), company.describe(employee_id), before, chart, after)


def _find_middle(company: Company, band: str) -> float:
    """Middle of a band in points: bands are compared, not scores."""
    edges, at = (0.0, *company.cuts, TOP), company.labels.index(band)
    return (edges[at] + edges[at + 1]) / 2


def _tell_rules(rules: str) -> list[str]:
    named = [rule for rule in rules.split(";") if rule]
    return [rule for rule in named if rule != "band_uncertain"] or named


def _say_group(level: str, n: int, minutes: float) -> str:
    return _(
        "{level} · {people} · {minutes}",
        level=level, people=ngettext("{n} person", "{n} people", n), minutes=say_time(minutes),
    )  # fmt: skip


def say_time(minutes: float) -> str:
    """Say a length of time; half minutes stay.

    Examples
    --------
    >>> say_time(1), say_time(90), say_time(2.5)
    ('1 minute', '90 minutes', '2.5 minutes')
    """
    if minutes == int(minutes):
        return ngettext("{n} minute", "{n} minutes", int(minutes))
    return _("{time} minutes", time=write_number(minutes, 1))


def _clock(minutes: float) -> str:
    return f"{int(minutes) // 60}:{int(minutes) % 60:02d}"
