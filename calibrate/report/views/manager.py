"""The manager packet: the own team, the own pattern, one card per person, nobody else."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from calibrate.language import N_, _, ngettext
from calibrate.report.charts import Drawing, draw_change
from calibrate.report.document import Cell, Figure, Head
from calibrate.report.material import Material, Row
from calibrate.report.privacy import TOP
from calibrate.report.views.base import Company, RubricNote, build_head, cap_rows
from calibrate.report.views.checkins import ask_checkins
from calibrate.report.views.evidence import Person, build_person
from calibrate.report.views.pattern import OwnPattern, build_own_pattern
from calibrate.report.views.presence import (
    Presence,
    build_presence,
    is_elsewhere,
    say_present,
)
from calibrate.report.views.record import list_gaps, say_earlier
from calibrate.report.views.talk import (
    Case,
    GoalRow,
    Talk,
    build_talk,
    list_cases,
    list_goals,
)
from calibrate.report.views.teams import OwnTeam, build_own_team
from calibrate.report.words import DASH, join_words, say_range, write_count

#: A larger team has full cards for those on the agenda alone; docs/decisions/0061 says why.
MOST_FULL_TEAM = 24
#: Cards in full, however many are on the agenda.
MOST_CARDS = 60
#: Names in one sentence; more are counted.
MOST_NAMES = 5

#: What a manager of people reads them as.
OTHER_TEAMS = {
    "matrix": N_("Also reports to you as matrix manager"),
    "acting": N_("Also reports to you as acting manager"),
}


@dataclass(frozen=True)
class HeatRow:
    """One person's criteria."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class HeatTable:
    """People who share a rubric; one column per criterion.

    Parameters
    ----------
    has_whole
        Do whole numbers stand for figures that would tell a single answer?
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[HeatRow, ...]
    has_whole: bool


@dataclass(frozen=True)
class TeamCard:
    """One person of the team.

    Parameters
    ----------
    earlier
        Bands of the cycles before; empty where there is no history at all.
    gaps
        What the evidence lacks.
    present
        How absence prorated the targets.
    slot
        Place on the agenda; minutes are the session's.
    """

    person: Person
    earlier: str
    gaps: tuple[str, ...]
    goals: tuple[GoalRow, ...]
    present: str
    talk: Talk
    slot: str
    is_discussed: bool


@dataclass(frozen=True)
class OtherTeam:
    """People of other teams who report to this manager too, and in which way."""

    title: str
    cards: tuple[TeamCard, ...]


@dataclass(frozen=True)
class DecidedRow:
    """A band the manager proposed, and the band that was decided."""

    name: str
    proposed: str
    chart: Drawing
    decided: str


@dataclass(frozen=True)
class ManagerView:
    """Everything on a manager's packet."""

    head: Head
    figures: tuple[Figure, ...]
    steps: tuple[str, ...]
    team: tuple[Person, ...]
    team_notice: str
    decided: tuple[DecidedRow, ...]
    heat: tuple[HeatTable, ...]
    pattern: OwnPattern
    own_team: OwnTeam | None
    presence: Presence
    cards: tuple[TeamCard, ...]
    short_cards: tuple[TeamCard, ...]
    others: tuple[OtherTeam, ...]
    cases: tuple[Case, ...]
    min_peers: int
    ticks: tuple[str, ...]
    interval: str
    is_decided: bool
    has_cuts: bool
    has_expected: bool
    has_history: bool
    has_confidential: bool
    show_suggested: bool
    rubrics: tuple[RubricNote, ...]


def list_managers(employees: pd.DataFrame, assignments: pd.DataFrame) -> list[str]:
    """Everybody who gets a manager packet: line, matrix and acting managers of today."""
    today = assignments[assignments["is_current"].astype(bool)]
    return sorted({*employees["manager_id"], *today["manager_id"]} - {""})


def build_manager_view(material: Material, manager_id: str) -> ManagerView:
    """Build the packet of one manager.

    Raises
    ------
    KeyError
        If nobody has this manager.
    """
    company = Company(material)
    members = material.desk.find_rows("employees", "manager_id", [manager_id])
    team_ids = [str(member["employee_id"]) for member in members]
    others = _build_others(company, manager_id, frozenset(team_ids))
    if not members and not others:
        raise KeyError(manager_id)
    pairs, notice = cap_rows(_rank_people(company, team_ids))
    people = tuple(person for person, __ in pairs)
    cards = [_build_card(company, person, score) for person, score in pairs]
    full, short = _part_cards(cards)
    every = [*cards, *(card for other in others for card in other.cards)]
    shown = [card.person for card in every]
    presence = build_presence(company, team_ids)
    name = company.name(manager_id)
    is_decided = any(person.decided for person in people)
    before = _("Your team before the calibration session")
    subtitle = _("Your team after the calibration session") if is_decided else before
    return ManagerView(
        head=build_head(
            material, name, subtitle,
            running=_("Manager packet · {name}", name=name),
            classification=_("Confidential · personnel"),
        ),
        figures=_list_figures(people, cards),
        steps=_tell_decisions(people)
        if is_decided
        else _list_steps(people, every, presence, ask_checkins(company, manager_id)),
        team=people,
        team_notice=notice,
        decided=_list_decided(company, pairs),
        heat=_build_heat(company, pairs),
        pattern=build_own_pattern(company, manager_id),
        own_team=build_own_team(company, manager_id, [score for __, score in pairs]),
        presence=presence,
        cards=full,
        short_cards=short,
        others=others,
        cases=list_cases({card.talk.case for card in every}),
        min_peers=company.min_peers,
        ticks=company.ticks,
        interval=company.interval,
        is_decided=is_decided,
        has_cuts=any(person.is_revealed for person in shown),
        has_expected=any(line.expected != DASH for p in shown for line in p.criteria),
        has_history=not material.history.empty,
        has_confidential=any(person.is_sealed for person in shown),
        show_suggested=material.cycle.show_suggested != "never",
        rubrics=company.rubric_notes,
    )  # fmt: skip


def _rank_people(
    company: Company, employee_ids: list[str], reader: str = ""
) -> list[tuple[Person, Row]]:
    """Build the people who were there in this cycle, the highest score first."""
    here = [employee for employee in employee_ids if not is_elsewhere(company, employee)]
    scores = company.material.desk.find_rows("scores", "employee_id", here)
    return sorted(((build_person(company, score, reader), score) for score in scores), key=_rank)


def _rank(pair: tuple[Person, Row]) -> tuple[bool, bool, bool, float, str]:
    # By the figure that is shown; neither a withheld score nor a suggestion that waits may be
    # told by its place.
    person, score = pair
    is_open = person.is_revealed and not person.is_masked
    height = float(score.get("adjusted_score") or 0.0) if is_open else 0.0
    return (not person.is_rated, person.is_masked, not is_open, -height, person.employee_id)


def _build_others(company: Company, manager_id: str, team: frozenset[str]) -> tuple[OtherTeam, ...]:
    """Cards of people whose matrix or acting manager this is today."""
    rows = company.material.desk.find_rows("assignments", "manager_id", [manager_id])
    built = []
    for kind, title in OTHER_TEAMS.items():
        people = {
            str(row["employee_id"]) for row in rows if row["kind"] == kind and row["is_current"]
        }
        pairs = _rank_people(company, sorted(people - team), manager_id)
        if pairs:
            cards = tuple(_build_card(company, person, score) for person, score in pairs)
            built.append(OtherTeam(_(title), cards))
    return tuple(built)


def _part_cards(cards: list[TeamCard]) -> tuple[tuple[TeamCard, ...], tuple[TeamCard, ...]]:
    """Full cards and short ones: in a large team nobody reads a card that no meeting needs."""
    if len(cards) <= MOST_FULL_TEAM:
        return tuple(cards), ()
    full = [card for card in cards if card.is_discussed][:MOST_CARDS]
    known = {card.person.employee_id for card in full}
    return tuple(full), tuple(card for card in cards if card.person.employee_id not in known)


def _list_figures(people: tuple[Person, ...], cards: list[TeamCard]) -> tuple[Figure, ...]:
    n = len(people)
    n_adjusted = sum(person.is_adjusted for person in people)
    proposed = sum(person.has_proposal for person in people)
    discussed = sum(card.is_discussed for card in cards)
    return (
        Figure(write_count(n), ngettext("person in your team", "people in your team", n)),
        Figure(write_count(n_adjusted), _("adjusted for severity")),
        Figure(write_count(proposed), _("with a band you proposed")),
        Figure(write_count(discussed), _("on the agenda")),
    )


def _list_steps(
    people: tuple[Person, ...],
    cards: list[TeamCard],
    presence: Presence,
    asked: tuple[str, ...] = (),
) -> tuple[str, ...]:
    """What is left to do before the session, the most urgent first; ``asked`` comes last."""
    steps = []
    missing = "".join(row.people for row in presence.missing)
    if missing:
        steps.append(
            _("Your form is missing for {names}. Please file it before the session.", names=missing)
        )
    open_ = [person.name for person in people if person.is_rated and not person.has_proposal]
    if open_:
        steps.append(_("Propose a band for {names}.", names=_shorten(open_)))
    discussed = [card.person.name for card in cards if card.is_discussed]
    if discussed:
        steps.append(
            _(
                "On the agenda: {names}. Bring one example of the work of each.",
                names=_shorten(discussed),
            )
        )
    elif cards:
        steps.append(
            _("Nobody of your team is on the agenda. You may still ask for somebody to be added.")
        )
    return (*steps, *asked)


def _tell_decisions(people: tuple[Person, ...]) -> tuple[str, ...]:
    """What is left to do once bands are decided."""
    steps = [_("Tell each person the decided band yourself, before they hear it elsewhere.")]
    moved = [
        person.name for person in people
        if person.decided and person.has_proposal and person.decided != person.proposed
    ]  # fmt: skip
    if moved:
        steps.append(
            _(
                "The session decided another band than you proposed for {names}. Ask for the "
                "reason on the decision sheet before you speak with them.",
                names=_shorten(moved),
            )
        )
    return tuple(steps)


def _shorten(names: list[str]) -> str:
    more = len(names) - MOST_NAMES
    if more < 2:
        return join_words(names)
    return join_words([*names[:MOST_NAMES], _("{n} more", n=more)])


def _list_decided(
    company: Company, pairs: tuple[tuple[Person, Row], ...]
) -> tuple[DecidedRow, ...]:
    """Proposed beside decided bands, those first that changed; empty before the session."""
    edges, rows = (0.0, *company.cuts, TOP), []
    for person, score in pairs:
        if person.decided not in company.labels or score.get("proposed_band") not in company.labels:
            continue
        before, after = (company.labels.index(band) for band in (person.proposed, person.decided))
        chart = draw_change(
            before=(edges[before] + edges[before + 1]) / 2,
            after=(edges[after] + edges[after + 1]) / 2,
            cuts=company.cuts, label=say_range(person.proposed, person.decided),
        )  # fmt: skip
        rows.append(DecidedRow(person.name, person.proposed, chart, person.decided))
    return tuple(sorted(rows, key=lambda row: row.proposed == row.decided))


def _build_heat(company: Company, pairs: tuple[tuple[Person, Row], ...]) -> tuple[HeatTable, ...]:
    tables: dict[tuple[str, ...], list[HeatRow]] = {}
    titles: dict[tuple[str, ...], str] = {}
    masked = {person.name for person, __ in pairs if person.is_masked and person.is_adjusted}
    desk = company.material.desk
    for person, __ in pairs:
        rows = desk.find_rows("criterion_scores", "employee_id", [person.employee_id])
        if not rows:
            continue
        known = [str(row["criterion"]) for row in rows]
        rubric = company.find_rubric(person.employee_id, known)
        key = tuple(c.label for c in rubric.criteria) if rubric else tuple(sorted(known))
        titles.setdefault(key, rubric.title if rubric else "")
        told = {line.label: line.overall for line in person.criteria}
        cells = tuple(told.get(label, Cell(DASH, look=company.shade(None))) for label in key)
        tables.setdefault(key, []).append(HeatRow(person.name, cells))
    return tuple(
        HeatTable(titles[columns], columns, tuple(rows), any(row.name in masked for row in rows))
        for columns, rows in tables.items()
    )


def _build_card(company: Company, person: Person, score: Row) -> TeamCard:
    agenda = company.material.desk.find_one("agenda", "employee_id", person.employee_id)
    minutes = round(float(agenda.get("minutes") or 0))
    slot = _("not on the agenda")
    if minutes > 0:
        slot = ngettext("on the agenda, {n} minute", "on the agenda, {n} minutes", minutes)
    goals = company.material.desk.find_rows("goals", "employee_id", [person.employee_id])
    return TeamCard(
        person=person,
        earlier=say_earlier(company, person.employee_id),
        gaps=list_gaps(company, person),
        goals=list_goals(company, person.employee_id),
        present=say_present(goals),
        talk=build_talk(company, person, score),
        slot=slot,
        is_discussed=minutes > 0,
    )
