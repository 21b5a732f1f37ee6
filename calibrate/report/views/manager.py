"""The manager packet: the own team, the own pattern, one card per person, nobody else."""

from __future__ import annotations

from dataclasses import dataclass

from calibrate.report.document import Figure, Head
from calibrate.report.material import Material, Row
from calibrate.report.views.base import Company, RubricNote, build_head, cap_rows
from calibrate.report.views.evidence import Person, build_person
from calibrate.report.views.pattern import OwnPattern, build_own_pattern
from calibrate.report.views.presence import (
    Presence,
    build_presence,
    is_elsewhere,
    say_present,
)
from calibrate.report.views.talk import GoalRow, Talk, build_talk, list_goals
from calibrate.report.views.teams import OwnTeam, build_own_team
from calibrate.report.views.veil import Cell
from calibrate.report.words import DASH, write_count


@dataclass(frozen=True)
class HeatRow:
    """One person's criteria."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class HeatTable:
    """People who share a rubric; one column per criterion."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[HeatRow, ...]


@dataclass(frozen=True)
class TeamCard:
    """One person of the team; ``present`` says how absence prorated the targets."""

    person: Person
    goals: tuple[GoalRow, ...]
    present: str
    talk: Talk
    slot: str


@dataclass(frozen=True)
class OtherTeam:
    """People of other teams who report to this manager too, and in which way."""

    title: str
    cards: tuple[TeamCard, ...]


@dataclass(frozen=True)
class ManagerView:
    """Everything on a manager's packet."""

    head: Head
    figures: tuple[Figure, ...]
    team: tuple[Person, ...]
    team_notice: str
    heat: tuple[HeatTable, ...]
    pattern: OwnPattern
    own_team: OwnTeam | None
    presence: Presence
    missing: str
    cards: tuple[TeamCard, ...]
    others: tuple[OtherTeam, ...]
    shades: tuple[str, ...]
    min_peers: str
    ticks: tuple[str, ...]
    interval: str
    is_fitted: bool
    has_masked: bool
    has_assumed: bool
    has_raw: bool
    has_expected: bool
    show_suggested: bool
    rubrics: tuple[RubricNote, ...]


def list_managers(material: Material) -> list[str]:
    """Everybody who gets a manager packet: line, matrix and acting managers of today."""
    today = material.assignments[material.assignments["is_current"].astype(bool)]
    return sorted({*material.employees["manager_id"], *today["manager_id"]} - {""})


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
    people = tuple(person for person, _ in pairs)
    cards = tuple(_build_card(company, person, score) for person, score in pairs)
    shown = [*people, *(card.person for other in others for card in other.cards)]
    presence = build_presence(company, team_ids)
    name = company.name(manager_id)
    return ManagerView(
        head=build_head(
            material, name, "Your team before the calibration session",
            running=f"Manager packet · {name}", classification="Confidential · personnel",
        ),
        figures=_list_figures(people),
        team=people,
        team_notice=notice,
        heat=_build_heat(company, pairs),
        pattern=build_own_pattern(company, manager_id),
        own_team=build_own_team(company, manager_id, [score for _, score in pairs]),
        presence=presence,
        missing="".join(row.people for row in presence.missing),
        cards=cards,
        others=others,
        shades=("1", "2", "3", "4", "5"),
        min_peers=write_count(company.min_peers),
        ticks=company.ticks,
        interval=company.interval,
        is_fitted=any(person.is_adjusted for person in shown),
        has_masked=any(person.is_masked for person in shown),
        has_assumed=any(person.span.endswith("assumed") for person in shown),
        has_raw=any(person.is_rated and not person.is_sealed for person in shown),
        has_expected=any(line.expected != DASH for p in shown for line in p.criteria),
        show_suggested=material.cycle.show_suggested != "never",
        rubrics=company.rubric_notes,
    )  # fmt: skip


def _rank_people(company: Company, employee_ids: list[str]) -> list[tuple[Person, Row]]:
    """Build the people who were there in this cycle, the highest score first."""
    here = [employee for employee in employee_ids if not is_elsewhere(company, employee)]
    scores = company.material.desk.find_rows("scores", "employee_id", here)
    return sorted(((build_person(company, score), score) for score in scores), key=_rank)


def _build_others(company: Company, manager_id: str, team: frozenset[str]) -> tuple[OtherTeam, ...]:
    """Cards of people whose matrix or acting manager this is today."""
    rows = company.material.desk.find_rows("assignments", "manager_id", [manager_id])
    built = []
    for kind in ("matrix", "acting"):
        people = {
            str(row["employee_id"]) for row in rows if row["kind"] == kind and row["is_current"]
        }
        pairs = _rank_people(company, sorted(people - team))
        if pairs:
            cards = tuple(_build_card(company, person, score) for person, score in pairs)
            built.append(OtherTeam(f"Also reports to you as {kind}", cards))
    return tuple(built)


def _rank(pair: tuple[Person, Row]) -> tuple[bool, bool, float, str]:
    # By the figure that is shown; withheld scores must not be told by their place.
    person, score = pair
    height = 0.0 if person.is_masked else float(score.get("adjusted_score") or 0.0)
    return (not person.is_rated, person.is_masked, -height, person.employee_id)


def _list_figures(people: tuple[Person, ...]) -> tuple[Figure, ...]:
    rated = [person for person in people if person.is_rated]
    proposed = [person for person in people if person.proposed != "none yet"]
    known = [person for person in rated if person.is_adjusted]
    return (
        Figure(write_count(len(people)), "people in your team"),
        Figure(write_count(len(rated)), "with a score"),
        Figure(write_count(len(proposed)), "with a band you proposed"),
        Figure(write_count(len(known)), "adjusted for severity"),
    )


def _build_heat(company: Company, pairs: tuple[tuple[Person, Row], ...]) -> tuple[HeatTable, ...]:
    tables: dict[tuple[str, ...], list[HeatRow]] = {}
    titles: dict[tuple[str, ...], str] = {}
    desk = company.material.desk
    for person, _ in pairs:
        rows = desk.find_rows("criterion_scores", "employee_id", [person.employee_id])
        if not rows:
            continue
        known = [str(row["criterion"]) for row in rows]
        rubric = company.find_rubric(person.employee_id, known)
        key = tuple(c.label for c in rubric.criteria) if rubric else tuple(sorted(known))
        titles.setdefault(key, rubric.title if rubric else "")
        told = {line.label: line.overall for line in person.criteria}
        cells = tuple(told.get(label, Cell(DASH, company.shade(None))) for label in key)
        tables.setdefault(key, []).append(HeatRow(person.name, cells))
    return tuple(
        HeatTable(titles[columns], columns, tuple(rows)) for columns, rows in tables.items()
    )


def _build_card(company: Company, person: Person, score: Row) -> TeamCard:
    goals = list_goals(company, person.employee_id)
    agenda = company.material.desk.find_one("agenda", "employee_id", person.employee_id)
    slot = "not on the agenda"
    if (agenda.get("minutes") or 0) > 0:
        slot = f"on the agenda, {float(agenda['minutes']):.0f} minutes"
    rows = company.material.desk.find_rows("goals", "employee_id", [person.employee_id])
    return TeamCard(person, goals, say_present(rows), build_talk(company, person, score), slot)
