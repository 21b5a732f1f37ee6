"""The session packet: what the people in the room need, in the order they need it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calibrate.report.document import Figure, Head
from calibrate.report.material import Material, Row
from calibrate.report.views.base import Company, Item, RubricNote, build_head
from calibrate.report.views.evidence import Person, build_person
from calibrate.report.views.meeting import (
    AgendaGroup,
    SkipRow,
    build_agenda_groups,
    filter_reasons,
    list_skipped,
)
from calibrate.report.views.network import Network, build_network
from calibrate.report.views.patterns import (
    RaterTable,
    ShareTable,
    build_rater_table,
    build_share_table,
)
from calibrate.report.views.presence import Presence, build_presence
from calibrate.report.views.teams import TeamPages, build_team_pages
from calibrate.report.views.what_if import WhatIfTable, build_what_if
from calibrate.report.words import join_words, say_code, write_count

GROUND_RULES = (
    "Look at the evidence first, then at the proposal, and last at the suggestion.",
    "A finding is a reason to look. It decides nothing.",
    "Speak about what the person did in this cycle, with an example.",
    "Nobody is moved to fill a share. A guideline asks a question; it is no quota.",
    "Write down each decision with its reason on the decision sheet.",
    "What is said about a person stays in the room.",
)


#: The decision sheet is never shorter, so that there is room for people named in the room.
FEWEST_LINES = 16


@dataclass(frozen=True)
class Card:
    """One person to discuss."""

    person: Person
    when: str
    manager: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class DecisionLine:
    """A line to fill in by hand."""

    name: str
    line: str
    proposed: str


@dataclass(frozen=True)
class SessionView:
    """Everything on the session packet."""

    head: Head
    figures: tuple[Figure, ...]
    readiness: tuple[Item, ...]
    presence: Presence
    problems: tuple[Item, ...]
    notes: tuple[str, ...]
    definitions: tuple[Item, ...]
    ground_rules: tuple[str, ...]
    shares: ShareTable
    raters: RaterTable
    network: Network
    teams: TeamPages | None
    what_if: tuple[WhatIfTable, ...]
    agenda: tuple[AgendaGroup, ...]
    agenda_notice: str
    cards: tuple[Card, ...]
    skipped: tuple[SkipRow, ...]
    skip_notice: str
    decisions: tuple[DecisionLine, ...]
    blank_lines: tuple[str, ...]
    show_suggested: bool
    ticks: tuple[str, ...]
    interval: str
    is_fitted: bool
    has_expected: bool
    has_raw: bool
    rubrics: tuple[RubricNote, ...]


def build_session_view(material: Material, session: str) -> SessionView:
    """Build the packet of one session.

    Raises
    ------
    KeyError
        If no scored or listed person belongs to the session.
    """
    company = Company(material)
    desk = material.desk
    scores = desk.find_rows("scores", "session", [session])
    if not scores:
        raise KeyError(session)
    agenda = desk.find_rows("agenda", "session", [session])
    by_employee = {str(row["employee_id"]): row for row in scores}
    discussed = [row for row in agenda if (row.get("minutes") or 0) > 0]
    groups, notice = build_agenda_groups(company, discussed, by_employee)
    presence = build_presence(company, list(by_employee))
    skipped, skip_notice = list_skipped(company, agenda, by_employee)
    cards = _build_cards(company, discussed, by_employee)
    # Without departments there is one session, and "all" would read like a name.
    title = "everybody" if session == "all" else session
    head = build_head(
        material, f"Calibration session: {title}", "For the people who prepare and run it",
        running=f"Session packet · {title}", classification="Confidential · personnel",
    )  # fmt: skip
    return SessionView(
        head=head,
        figures=_list_figures(scores, discussed),
        readiness=_list_readiness(company, scores, presence),
        presence=presence,
        problems=_count_problems(material),
        notes=material.notes,
        definitions=_define(company),
        ground_rules=GROUND_RULES,
        shares=build_share_table(company, "session", session),
        raters=build_rater_table(company, scores),
        network=build_network(company, scores),
        teams=build_team_pages(company, scores),
        what_if=build_what_if(company, scores),
        agenda=groups,
        agenda_notice=notice,
        cards=cards,
        skipped=skipped,
        skip_notice=skip_notice,
        decisions=tuple(
            DecisionLine(card.person.name, card.person.line, card.person.proposed) for card in cards
        ),
        blank_lines=("",) * max(3, FEWEST_LINES - len(cards)),
        show_suggested=material.cycle.show_suggested != "never",
        ticks=company.ticks,
        interval=company.interval,
        is_fitted=company.is_fitted,
        has_expected=any(line.expected != "–" for card in cards for line in card.person.criteria),
        has_raw=any(card.person.is_rated and not card.person.is_sealed for card in cards),
        rubrics=company.rubric_notes,
    )


def _list_figures(scores: Sequence[Row], discussed: Sequence[Row]) -> tuple[Figure, ...]:
    rated = [row for row in scores if row.get("raw_score") is not None]
    proposed = sum(bool(row.get("proposed_band")) for row in scores)
    minutes = sum(float(row["minutes"]) for row in discussed)
    return (
        Figure(write_count(len(scores)), "people in this session"),
        Figure(write_count(len(rated)), "with a score"),
        Figure(write_count(proposed), "with a proposed band"),
        Figure(write_count(len(discussed)), f"to discuss in {minutes:,.0f} minutes"),
    )


def _list_readiness(
    company: Company, scores: Sequence[Row], presence: Presence
) -> tuple[Item, ...]:
    links = [row.get("link") for row in scores]
    forms = [int(row.get("n_forms") or 0) for row in scores if row.get("raw_score") is not None]
    mean = sum(forms) / len(forms) if forms else 0
    ready = company.material.readiness
    told = "can be told" if company.is_small else "taken out"
    return (
        Item("Forms per rated person, on average", f"{mean:.1f}"),
        Item(f"Well linked: severity {told}", write_count(links.count("linked"))),
        Item("Weakly linked: shown with care", write_count(links.count("weak"))),
        Item("Not linked: raw score stands", write_count(links.count("unlinked"))),
        Item("Not rated", write_count(links.count("unrated"))),
        *presence.counts,
        Item("Rows left out, whole company", write_count(ready.get("n_quarantined", 0))),
        Item("Notes on rows, whole company", write_count(ready.get("n_notes", 0))),
    )


def _count_problems(material: Material) -> tuple[Item, ...]:
    problems = material.tables["problems"]
    errors = problems.loc[problems["level"] == "error", "rule"]
    counts = errors.value_counts(sort=False).sort_index()
    return tuple(Item(say_code(str(rule)), write_count(int(n))) for rule, n in counts.items())


def _define(company: Company) -> tuple[Item, ...]:
    cycle = company.material.cycle
    filed = set(company.material.tables["forms"]["source"])
    weights = [
        f"{say_code(source)} {config.weight:g}"
        for source, config in sorted(cycle.sources.items())
        if config.weight > 0 and source in filed
    ] or ["none was filed"]
    suggested = "The band of the adjusted score; the raw band if not well linked."
    if company.is_small:
        suggested = "The band of the raw score: with few people the adjustment is a what-if."
    return (
        Item("Raw score", f"Weighted mean of a person's forms. Weights: {join_words(weights)}."),
        Item(
            "Severity",
            "How much lower a rater marks than others who marked the same people. It says "
            "nothing about intent.",
        ),
        Item("Adjusted score", "The raw score with each rater's severity taken out."),
        Item(
            "Range",
            f"Where the score lies with {company.interval} probability, given these forms. "
            "It covers less often at the very top and bottom.",
        ),
        Item("Not linked", "No rater can be compared with others. The raw score stands."),
        Item("Suggested band", suggested),
        Item(
            "How likely",
            "Very likely: from 90%. Likely: from 75%. More likely than not: from 50%. "
            "Open: the other bands together are more likely.",
        ),
    )


def _build_cards(
    company: Company, discussed: Sequence[Row], by_employee: dict[str, Row]
) -> tuple[Card, ...]:
    cards = []
    start = 0.0
    for row in discussed:
        employee_id = str(row["employee_id"])
        end = start + float(row["minutes"])
        person = build_person(company, by_employee[employee_id])
        manager_id = company.find_employee(employee_id).get("manager_id")
        cards.append(
            Card(
                person=person,
                when=f"minute {start:.0f} to {end:.0f}",
                manager=company.name(manager_id) if manager_id else "",
                reasons=filter_reasons(company, by_employee[employee_id], row.get("reason")),
            )
        )
        start = end
    return tuple(cards)
