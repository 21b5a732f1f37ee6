"""Where severities cannot be told: managers and teams side by side, as evidence for the meeting."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from calibrate.language import N_, _, ngettext
from calibrate.language.formats import MINUS
from calibrate.report.charts import Drawing, draw_interval
from calibrate.report.material import Row
from calibrate.report.views.base import Company, cap_rows
from calibrate.report.views.sealed import is_sealed
from calibrate.report.words import (
    DASH,
    join_words,
    say_range,
    write_count,
    write_number,
    write_percent,
)

#: So many people whose scores cannot be adjusted, or this share of all, and teams stand side by
#: side; a manager reads of the own team from that share on.
SEVERAL, MOSTLY = 5, 0.5
#: A ratio beyond this is only said to be large.
LARGE = 10
#: Findings on the whole company that belong to this page.
KINDS = ("team", "goals")
#: A team whose spread differs by more than chance.
ALPHA = 0.05
#: A score pulled by less is as good as not pulled: a hundredth of a mark on a 1 to 5 scale.
HARDLY = 0.25


SEALED = N_(
    "Managers whose people were marked in confidence by others too are not listed: single answers "
    "could be worked out."
)
OTHERS_TOO = N_(
    "Others marked your people too. Means of so few forms would let single answers be worked out, "
    "so none is shown. Too few people were marked by several raters to adjust the scores."
)


@dataclass(frozen=True)
class TeamRow:
    """One manager's people: level, order, goals."""

    name: str
    n: str
    chart: Drawing
    mean: str
    span: str
    distinct: str
    spread: str
    spread_span: str
    attainment: str
    reached: str
    bands: tuple[str, ...]


@dataclass(frozen=True)
class MoverRow:
    """People who came to a manager, or left."""

    name: str
    way: str
    n: str
    change: str
    span: str


@dataclass(frozen=True)
class TeamPages:
    """What a session of managers alone can look at."""

    lead: str
    rows: tuple[TeamRow, ...]
    notice: str
    facts: tuple[str, ...]
    bands: tuple[str, ...]
    movers: tuple[MoverRow, ...]
    movers_note: str
    goals_note: str
    has_pooled: bool
    has_range: bool


@dataclass(frozen=True)
class OwnTeam:
    """The same for one manager: own figures beside those of all, and nobody else's."""

    chart: Drawing | None
    sentences: tuple[str, ...]


def build_team_pages(company: Company, scores: Sequence[Row]) -> TeamPages | None:
    """Set managers side by side whose people are not linked; None where hardly anybody is."""
    n_unlinked = sum(row.get("link") == "unlinked" for row in scores)
    if n_unlinked < SEVERAL and not is_mostly_unlinked(scores):
        return None
    desk = company.material.desk
    people = [str(row["employee_id"]) for row in scores]
    asked = desk.find_rows("what_if", "employee_id", people)
    managers = sorted({str(row["of"]) for row in asked if row["kind"] == "manager" and row["of"]})
    teams = desk.find_rows("teams", "manager_id", managers)
    teams.sort(key=lambda row: (-(row.get("pooled_mean") or 0), str(row["manager_id"])))
    capped, notice = cap_rows(teams)
    closed = {
        str(row["of"])
        for row in desk.find_rows("what_if", "of", managers)
        if row["kind"] == "manager" and is_sealed(company, str(row["employee_id"]))
    }
    kept = [team for team in capped if str(team["manager_id"]) not in closed]
    if closed:
        notice = " ".join(filter(None, (notice, _(SEALED))))
    shown = [manager for manager in managers if manager not in closed]
    moves = desk.find_rows("movers", "manager_id", shown)
    facts = [
        re.sub(r"(?<!\w)-(?=\d)", MINUS, f"{row['headline']} ({row['evidence']}).")
        for row in desk.find_rows("findings", "kind", KINDS)
        if row["scope"] == "company"
    ]
    return TeamPages(
        lead=_say_lead(company, teams, n_unlinked),
        rows=tuple(_build_row(company, team) for team in kept),
        notice=notice,
        facts=tuple(facts),
        bands=company.labels,
        movers=tuple(_build_mover(company, row) for row in moves),
        movers_note=_say_movers(company, moves),
        goals_note="" if any(t.get("n_goals") for t in teams) else _("No goals have been given."),
        has_pooled=any(team.get("difference") is not None for team in teams),
        has_range=any(team.get("low") is not None for team in teams),
    )


def build_own_team(company: Company, manager_id: str, people: Sequence[Row]) -> OwnTeam | None:
    """Say how the own people stand beside all; None where severities can be told."""
    if not is_mostly_unlinked(people):
        return None
    desk = company.material.desk
    team = desk.find_one("teams", "manager_id", manager_id)
    if not team:
        return None
    ids = [str(row["employee_id"]) for row in people]
    asked = desk.find_rows("what_if", "employee_id", ids)
    moves = desk.find_rows("movers", "manager_id", [manager_id])
    is_open = _is_own_alone(company, manager_id, ids)
    if not is_open:
        return OwnTeam(None, (_(OTHERS_TOO), *_say_goals(team)))
    sentences = [
        *_say_level(company, team),
        *_say_order(team),
        *_say_goals(team),
        *_say_bands(company, [row for row in asked if row["kind"] == "manager"]),
        *_say_own_moves(company, moves),
    ]
    return OwnTeam(_draw_team(company, team), tuple(sentences))


def is_mostly_unlinked(scores: Sequence[Row]) -> bool:
    """Are the scores of at least half of the rated people not adjusted?"""
    rated = [row for row in scores if row.get("link") not in ("unrated", None)]
    unlinked = sum(row["link"] == "unlinked" for row in rated)
    return bool(rated) and unlinked >= MOSTLY * len(rated)


def _is_own_alone(company: Company, manager_id: str, employee_ids: Sequence[str]) -> bool:
    """Are all scored marks behind the figures the manager's own, so that they tell nobody else's?

    People of other teams whom this manager marked count too.
    """
    desk = company.material.desk
    of = {str(row["employee_id"]) for row in desk.find_rows("what_if", "of", [manager_id])}
    forms = desk.find_rows("forms", "employee_id", sorted(of | set(employee_ids)))
    return all(form["rater_id"] == manager_id for form in forms if form.get("scored"))


def _find_mu(team: Row) -> float | None:
    """Mean of all managers; None where teams cannot be compared."""
    if team.get("difference") is None:
        return None
    return float(team["pooled_mean"]) - float(team["difference"])


def _say_lead(company: Company, teams: Sequence[Row], n_unlinked: int) -> str:
    lead = ngettext(
        "{n} person was marked by raters whom nobody can be compared with. A strict manager and a "
        "weak team look the same there, so no score is corrected.",
        "{n} people here were marked by raters whom nobody can be compared with. A strict manager "
        "and a weak team look the same there, so no score is corrected.",
        n_unlinked,
    )
    mu = next((mu for mu in map(_find_mu, teams) if mu is not None), None)
    if mu is not None:
        mean = _("The mean of all managers is {score}.", score=company.display.score(mu))
        return f"{lead} {mean}"
    why = _(
        "These few scores, or scores so much alike, cannot tell teams apart, so no what-if can be "
        "made either."
    )
    if len(company.material.tables["teams"]) == 1:
        why = _(
            "There is one manager, and nobody to compare with, so no what-if can be made either."
        )
    return f"{lead} {why}"


def _build_row(company: Company, team: Row) -> TeamRow:
    scale = company.display
    bands = company.material.desk.find_rows("team_bands", "manager_id", [str(team["manager_id"])])
    by_band = {str(row["band"]): row for row in bands}
    spread, low, high = (team.get(name) for name in ("spread", "spread_low", "spread_high"))
    n, n_goals = int(team["n"]), int(team.get("n_goals") or 0)
    return TeamRow(
        name=company.name(str(team["manager_id"])),
        n=write_count(n),
        chart=_draw_team(company, team),
        mean=scale.score(team.get("raw_mean")),
        span=DASH if team.get("low") is None else scale.range(team["low"], team["high"]),
        distinct=_("{n} of {total}", n=int(team["n_distinct"]), total=n),
        spread=write_number(spread, 1),
        spread_span=DASH if spread is None else _say_ratio(low, high),
        attainment=write_percent(team.get("attainment")),
        reached=_say_reached(team, n_goals),
        bands=tuple(_write_band(by_band[label]) for label in company.labels),
    )


def _say_reached(team: Row, n_goals: int) -> str:
    if not n_goals:
        return DASH
    n_reached = round(float(team["reached_share"]) * n_goals)
    return _("{n} of {total}", n=n_reached, total=n_goals)


def _write_band(row: Row) -> str:
    return f"{write_count(row['n'])} · {write_percent(row.get('pooled_share'))}"


def _say_ratio(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return DASH
    least = write_number(low, 1)
    if high < LARGE:
        return say_range(least, write_number(high, 1))
    return _("{number} and more", number=least)


def _draw_team(company: Company, team: Row) -> Drawing:
    raw, pooled, low, high = (team.get(name) for name in ("raw_mean", "pooled_mean", "low", "high"))
    is_pulled = low is not None and abs(float(pooled or 0) - float(raw or 0)) >= HARDLY
    label = _("Mean {score}.", score=company.display.score(raw))
    if low is not None:
        label += " " + _("Range {range}.", range=company.display.range(low, high))
    return draw_interval(
        raw=raw, adjusted=pooled if is_pulled else None, low=low, high=high, cuts=company.cuts,
        label=label,
    )  # fmt: skip


def _build_mover(company: Company, row: Row) -> MoverRow:
    scale = company.display
    low, high = row.get("low"), row.get("high")
    return MoverRow(
        name=company.name(str(row["manager_id"])),
        way=_("came") if row["direction"] == "came" else _("left"),
        n=write_count(row["n"]),
        change=scale.change(row.get("change")),
        span=DASH if low is None else say_range(scale.change(low), scale.change(high)),
    )


def _say_movers(company: Company, moves: Sequence[Row]) -> str:
    if "history" not in _given(company):
        return _(
            "No earlier cycle has been given, so nobody can be followed from manager to manager."
        )
    if not moves:
        return _("Nobody with an earlier score changed manager here.")
    return _(
        "What if managers were compared through people who changed manager? The change of their "
        "score since the cycle before, less that of people who stayed. Who moves may have a new "
        "task too: a hint, no correction."
    )


def _given(company: Company) -> set[str]:
    return {name for name in ("history", "goals") if company.material.cycle.inputs.has(name)}


def _say_level(company: Company, team: Row) -> list[str]:
    scale, mu = company.display, _find_mu(team)
    score = scale.score(team.get("raw_mean"))
    mean = ngettext(
        "The score of the one person you marked is {score}.",
        "The mean of the {n} people you marked is {score}.",
        int(team["n"]), score=score,
    )  # fmt: skip
    if mu is None:
        none = _("There is nobody to compare with, so nothing can be said of severity.")
        return [f"{mean} {none}"]
    beside = _(
        "The mean of all managers is {mean}. With so few people, yours may lie anywhere from "
        "{range}.",
        mean=scale.score(mu), range=scale.range(team["low"], team["high"]),
    )  # fmt: skip
    return [
        f"{mean} {beside}",
        _("Whether the difference is you or your team cannot be told, so nothing is corrected."),
    ]


def _say_order(team: Row) -> list[str]:
    n, n_distinct = int(team["n"]), int(team["n_distinct"])
    if n < 2:
        return []
    if n_distinct == 1:
        return [_("All {n} people have the same score. The session cannot see an order.", n=n)]
    sentence = _("Your {n} people have {distinct} different scores.", n=n, distinct=n_distinct)
    spread = team.get("spread")
    if spread is None:
        return [sentence]
    q_value = team.get("q_value")
    if q_value is None or q_value > ALPHA:
        said = _("They spread about as far as in other teams, give or take chance.")
    elif spread < 1:
        said = _("They lie closer together than in other teams, by more than chance. Ask why.")
    else:
        said = _("They lie further apart than in other teams, by more than chance. Ask why.")
    return [f"{sentence} {said}"]


def _say_goals(team: Row) -> list[str]:
    n_goals = int(team.get("n_goals") or 0)
    if not n_goals:
        return [_("No goal of your people has a known result, so marks stand without that check.")]
    return [
        ngettext(
            "On average your people came {share} of the way to their targets; {reached} of {n} "
            "target reached. Easy targets are reached more often: compare with care.",
            "On average your people came {share} of the way to their targets; {reached} of {n} "
            "targets reached. Easy targets are reached more often: compare with care.",
            n_goals, share=write_percent(team.get("attainment")),
            reached=round(float(team["reached_share"]) * n_goals),
        )
    ]  # fmt: skip


def _say_bands(company: Company, asked: Sequence[Row]) -> list[str]:
    told = [row for row in asked if row.get("moves") is not None]
    if not told:
        return []
    names = [company.name(str(row["employee_id"])) for row in told if row["moves"] > 0]
    if not names:
        return [
            _(
                "If half or all of the difference between managers were severity, all your people "
                "would keep their band."
            )
        ]
    return [
        _(
            "If half or all of the difference between managers were severity, another band would "
            "follow for {names}. Bring examples of their work.",
            names=join_words(names),
        )
    ]


def _say_own_moves(company: Company, moves: Sequence[Row]) -> list[str]:
    sentences = []
    for row in moves:
        low, high = row.get("low"), row.get("high")
        if low is None or row["n"] < company.min_peers:
            continue
        if row["direction"] == "came":
            who = ngettext(
                "{n} person came to you from another manager.",
                "{n} people came to you from another manager.",
                int(row["n"]),
            )
        else:
            who = ngettext(
                "{n} person left you for another manager.",
                "{n} people left you for another manager.",
                int(row["n"]),
            )
        change = _(
            "The score changed by {change} beyond that of people who stayed ({range}): a hint.",
            change=company.display.change(row["change"]),
            range=say_range(company.display.change(low), company.display.change(high)),
        )
        sentences.append(f"{who} {change}")
    return sentences
