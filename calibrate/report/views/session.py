"""The session packet: what the people in the room need, in the order they need it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calibrate.language import N_, _, ngettext
from calibrate.report.document import Fact, Figure, Head
from calibrate.report.material import Material, Row
from calibrate.report.views.base import Company, RubricNote, build_head, cap_rows
from calibrate.report.views.evidence import Person, build_person
from calibrate.report.views.left_out import count_left_out
from calibrate.report.views.meeting import (
    AgendaGroup,
    Changes,
    Skipped,
    build_agenda_groups,
    build_changes,
    is_discussed,
    list_questions,
    list_skipped,
    say_time,
    say_why,
    write_times,
)
from calibrate.report.views.network import Network, build_network
from calibrate.report.views.patterns import (
    RaterTable,
    ShareTable,
    build_rater_table,
    build_share_table,
)
from calibrate.report.views.presence import Presence, build_presence
from calibrate.report.views.session_goals import SessionGoals, build_session_goals
from calibrate.report.views.teams import TeamPages, build_team_pages
from calibrate.report.views.what_if import WhatIfTable, build_what_if
from calibrate.report.words import (
    DASH,
    LIKELIHOODS,
    join_words,
    say_session,
    say_source,
    write_count,
    write_number,
    write_percent,
)

GROUND_RULES = (
    N_("Look at the evidence first, then at the proposal, and last at the suggestion."),
    N_("A finding is a reason to look. It decides nothing."),
    N_("Speak about what the person did in this cycle, with an example."),
    N_("Nobody is moved to fill a share. A guideline asks a question; it is no quota."),
    N_("Write down each decision with its reason on the decision sheet."),
    N_("What is said about a person stays in the room."),
)
#: Codes of the decision sheet: short enough to write by hand.
REASON_CODES = (
    ("K", N_("the proposal stands")),
    ("E", N_("an example of work that the marks miss")),
    ("R", N_("results and goals")),
    ("L", N_("what this level asks for")),
    ("S", N_("how strictly the raters mark")),
    ("O", N_("something else: write it down")),
)
#: Least lines of the decision sheet, and blank ones among them, for people named in the room.
FEWEST_LINES, FEWEST_BLANK = 10, 3


@dataclass(frozen=True)
class Card:
    """One person to discuss."""

    person: Person
    when: str
    manager: str
    reasons: str


@dataclass(frozen=True)
class DecisionLine:
    """A line to fill in by hand."""

    name: str
    employee_id: str
    proposed: str


@dataclass(frozen=True)
class SessionView:
    """Everything on the session packet."""

    head: Head
    figures: tuple[Figure, ...]
    readiness: tuple[Fact, ...]
    presence: Presence
    problems: tuple[Fact, ...]
    notes: tuple[str, ...]
    definitions: tuple[Fact, ...]
    ground_rules: tuple[str, ...]
    shares: ShareTable
    raters: RaterTable
    network: Network
    teams: TeamPages | None
    what_if: tuple[WhatIfTable, ...]
    goals: SessionGoals | None
    questions: tuple[str, ...]
    agenda: tuple[AgendaGroup, ...]
    agenda_notice: str
    cards: tuple[Card, ...]
    skipped: Skipped
    changes: Changes | None
    decisions: tuple[DecisionLine, ...]
    n_blank: int
    reason_codes: str
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
    discussed = [row for row in agenda if is_discussed(row)]
    kept, notice = cap_rows(discussed)
    presence = build_presence(company, list(by_employee))
    cards = _build_cards(company, kept, by_employee)
    head = _build_head(material, session)
    return SessionView(
        head=head,
        figures=_list_figures(scores, discussed),
        readiness=_list_readiness(company, scores, presence),
        presence=presence,
        problems=count_left_out(material),
        notes=material.notes,
        definitions=_define(company),
        ground_rules=material.theme.list_texts("ground_rules", head) or tuple(map(_, GROUND_RULES)),
        shares=build_share_table(company, "session", session),
        raters=build_rater_table(company, scores),
        network=build_network(company, scores),
        teams=build_team_pages(company, scores),
        what_if=build_what_if(company, scores),
        goals=build_session_goals(company, scores),
        questions=list_questions(discussed),
        agenda=build_agenda_groups(company, kept, by_employee),
        agenda_notice=notice,
        cards=cards,
        skipped=list_skipped(company, agenda, by_employee),
        changes=build_changes(company, scores),
        decisions=tuple(
            DecisionLine(card.person.name, card.person.employee_id, card.person.proposed)
            for card in cards
        ),
        n_blank=max(FEWEST_BLANK, FEWEST_LINES - len(cards)),
        reason_codes=_say_codes(),
        show_suggested=material.cycle.show_suggested != "never",
        ticks=company.ticks,
        interval=company.interval,
        is_fitted=company.is_fitted,
        has_expected=any(line.expected != DASH for card in cards for line in card.person.criteria),
        has_raw=any(card.person.is_rated and not card.person.is_sealed for card in cards),
        rubrics=company.rubric_notes,
    )


def _build_head(material: Material, session: str) -> Head:
    title = say_session(session)
    return build_head(
        material, _("Calibration session: {name}", name=title),
        _("For the people who prepare and run it"),
        running=_("Session packet · {name}", name=title),
        classification=_("Confidential · personnel"),
    )  # fmt: skip


def _list_figures(scores: Sequence[Row], discussed: Sequence[Row]) -> tuple[Figure, ...]:
    rated = [row for row in scores if row.get("raw_score") is not None]
    proposed = sum(bool(row.get("proposed_band")) for row in scores)
    time = say_time(sum(float(row["minutes"]) for row in discussed))
    return (
        Figure(
            write_count(len(scores)),
            ngettext("person in this session", "people in this session", len(scores)),
        ),
        Figure(write_count(len(rated)), _("with a score")),
        Figure(write_count(proposed), _("with a proposed band")),
        Figure(write_count(len(discussed)), _("to discuss in {time}", time=time)),
    )


def _list_readiness(
    company: Company, scores: Sequence[Row], presence: Presence
) -> tuple[Fact, ...]:
    links = [row.get("link") for row in scores]
    forms = [int(row.get("n_forms") or 0) for row in scores if row.get("raw_score") is not None]
    mean = sum(forms) / len(forms) if forms else 0
    ready = company.material.readiness
    told = _("Well linked: severity taken out")
    if company.is_small:
        told = _("Well linked: severity can be told")
    counted = (
        (told, links.count("linked")),
        (_("Weakly linked: shown with care"), links.count("weak")),
        (_("Not linked: raw score stands"), links.count("unlinked")),
        (_("Not rated"), links.count("unrated")),
    )
    return (
        Fact(_("Forms per rated person, on average"), write_number(mean, 1)),
        *(Fact(label, write_count(n)) for label, n in counted if n),
        *(Fact(item.label, item.text) for item in presence.counts),
        Fact(_("Rows left out, whole company"), write_count(ready.get("n_quarantined", 0))),
        Fact(_("Notes on rows, whole company"), write_count(ready.get("n_notes", 0))),
    )


def _define(company: Company) -> tuple[Fact, ...]:
    suggested = _("The band of the adjusted score; the raw band if not well linked.")
    if company.is_small:
        suggested = _("The band of the raw score: with few people the adjustment is a what-if.")
    return (
        Fact(
            _("Raw score"),
            _("Weighted mean of a person's forms. Weights: {weights}.", weights=_weigh(company)),
        ),
        Fact(
            _("Severity"),
            _(
                "How much lower a rater marks than others who marked the same people. It says "
                "nothing about intent."
            ),
        ),
        Fact(_("Adjusted score"), _("The raw score with each rater's severity taken out.")),
        Fact(
            _("Range"),
            _(
                "Where the score lies with {share} probability, given these forms. It covers less "
                "often at the very top and bottom.",
                share=company.interval,
            ),
        ),
        Fact(
            _("Not linked"), _("No rater can be compared with others. The raw score stands.")
        ),
        Fact(_("Suggested band"), suggested),
        Fact(
            _("How likely"),
            _(
                "Very likely: from {most}. Likely: from {much}. More likely than not: from {half}. "
                "Open: the other bands together are more likely.",
                **{
                    name: write_percent(bound)
                    for name, (bound, __) in zip(("most", "much", "half"), LIKELIHOODS, strict=True)
                },
            ),
        ),
    )  # fmt: skip


def _weigh(company: Company) -> str:
    filed = set(company.material.tables["forms"]["source"])
    weights = [
        _("{source} {weight}", source=say_source(source), weight=_write_weight(config.weight))
        for source, config in sorted(company.material.cycle.sources.items())
        if config.weight > 0 and source in filed
    ]
    return join_words(weights) if weights else _("none was filed")


def _write_weight(weight: float) -> str:
    return write_number(weight, 0 if weight == int(weight) else 2)


def _say_codes() -> str:
    said = (_("{code} {meaning}", code=code, meaning=_(words)) for code, words in REASON_CODES)
    return " · ".join(said)


def _build_cards(
    company: Company, discussed: Sequence[Row], by_employee: dict[str, Row]
) -> tuple[Card, ...]:
    cards = []
    for row, when in zip(discussed, write_times(discussed), strict=True):
        employee_id = str(row["employee_id"])
        manager_id = company.find_employee(employee_id).get("manager_id")
        cards.append(
            Card(
                person=build_person(company, by_employee[employee_id]),
                when=when,
                manager=company.name(manager_id) if manager_id else "",
                reasons=say_why(company, by_employee[employee_id], row),
            )
        )
    return tuple(cards)
