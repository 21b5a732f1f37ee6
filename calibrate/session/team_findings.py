"""What teams beside each other ask somebody to look at; nothing here corrects a score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from calibrate.bands.guideline import say_p
from calibrate.effects.movers import Moves
from calibrate.effects.ranks import RankAgreement
from calibrate.effects.teams import TeamMeans
from calibrate.language import N_, _, ngettext
from calibrate.language.figures import write_figure, write_share

#: One row of the table of findings, without its name.
Row = tuple[str, str, str, str, str, str]

ALPHA = 0.05
#: A mean attainment this far from that of everybody is worth a word: a tenth of the way to target.
NOTABLE_ATTAINMENT = 0.1
#: What each kind of what-if takes out, and who would be in another band.
KINDS: Mapping[str, str] = {
    "manager": N_(
        "If half or all of the difference between managers were severity, {n} of {total} people "
        "would be in another band"
    ),
    "unit": N_(
        "If half or all of the unit part were lenient or strict marking, {n} of {total} people "
        "would be in another band"
    ),
    "severity": N_(
        "If half or all of the estimated severity were taken out, {n} of {total} people would be "
        "in another band"
    ),
}


class TeamEvidence(NamedTuple):
    """What the findings on teams are drawn from.

    Parameters
    ----------
    teams, what_if
        Frames of the contract.
    means
        The pooled means behind ``teams``.
    within, between
        Rank agreement of raw score and goal attainment.
    moves, previous
        People who changed manager since the cycle of that name; None without history.
    """

    teams: pd.DataFrame
    what_if: pd.DataFrame
    means: TeamMeans
    within: RankAgreement
    between: RankAgreement
    moves: Moves | None
    previous: str


def list_team_findings(evidence: TeamEvidence) -> list[Row]:
    """Rows for :func:`calibrate.session.findings.gather_findings`."""
    untold = evidence.teams[evidence.teams["cause"] == "manager_or_team"]
    return [
        *_say_share(evidence.means, bool(len(untold))),
        *_say_what_if(evidence.what_if),
        *_name_spreads(untold),
        *_name_against_goals(untold, evidence.teams, evidence.means.mu),
        *_say_ranks(evidence.within, evidence.between),
        *_say_moves(evidence.moves, evidence.previous),
    ]


def _say_share(means: TeamMeans, has_untold: bool) -> Iterator[Row]:
    if has_untold and means.share == means.share:
        yield (
            "team", "company", "all", "note",
            _(
                "About {share} of the differences between raw scores lie between managers. "
                "Manager or team: cannot be told",
                share=write_share(means.share),
            ),
            _(
                "{low} to {high}; {people}, {managers}",
                low=write_share(means.share_low), high=write_share(means.share_high),
                people=_count_people(int(means.n.sum())),
                managers=ngettext("{n} manager", "{n} managers", int((means.n > 0).sum())),
            ),
        )  # fmt: skip


def _say_what_if(what_if: pd.DataFrame) -> Iterator[Row]:
    for kind, words in KINDS.items():
        moves = what_if.loc[what_if["kind"] == kind, "moves"].dropna()
        if len(moves):
            yield (
                "what_if", "company", "all", "note",
                _(words, n=int((moves > 0).sum()), total=len(moves)),
                _("see tables/what_if; nothing is corrected"),
            )  # fmt: skip


def _name_spreads(teams: pd.DataFrame) -> Iterator[Row]:
    for team in teams[teams["q_value"] <= ALPHA].to_dict("records"):
        manager = str(team["manager_id"])
        if team["spread"] < 1:
            said = _(
                "The people marked by {manager} lie closer together than those of other managers",
                manager=manager,
            )
        else:
            said = _(
                "The people marked by {manager} lie further apart than those of other managers",
                manager=manager,
            )
        figures = {
            "spread": write_figure(team["spread"], 2),
            "low": write_figure(team["spread_low"], 2),
            "people": _count_people(int(team["n"])),
            "distinct": ngettext(
                "{n} different score", "{n} different scores", int(team["n_distinct"])
            ),
            "q": say_p(team["q_value"]),
        }
        evidence = N_("spread {spread} of the usual ({low}), {people}, {distinct}, {q}")
        if not pd.isna(team["spread_high"]):
            figures["high"] = write_figure(team["spread_high"], 2)
            evidence = N_(
                "spread {spread} of the usual ({low} to {high}), {people}, {distinct}, {q}"
            )
        yield "team", "manager", manager, "look", said, _(evidence, **figures)


def _name_against_goals(teams: pd.DataFrame, everyone: pd.DataFrame, mu: float) -> Iterator[Row]:
    n = everyone["n_with_goals"].to_numpy(float)
    if not n.sum():
        return
    total = (everyone["attainment"].fillna(0).to_numpy(float) * n).sum()
    usual = total / n.sum()
    apart = teams["attainment"].astype(float) - usual
    is_above = (teams["low"].astype(float) > mu) & (apart <= -NOTABLE_ATTAINMENT)
    is_below = (teams["high"].astype(float) < mu) & (apart >= NOTABLE_ATTAINMENT)
    for team in teams[is_above | is_below].to_dict("records"):
        manager = str(team["manager_id"])
        if team["low"] > mu:
            said = _(
                "The people marked by {manager} lie above others in marks and below them in goals",
                manager=manager,
            )
        else:
            said = _(
                "The people marked by {manager} lie below others in marks and above them in goals",
                manager=manager,
            )
        evidence = _(
            "mean attainment {own} of {people}, {usual} in the company; {reached} of {targets} "
            "reached. Targets may differ in difficulty: association only",
            own=write_share(team["attainment"]), people=_count_people(int(team["n_with_goals"])),
            usual=write_share(usual), reached=write_share(team["reached_share"]),
            targets=ngettext("{n} target", "{n} targets", int(team["n_goals"])),
        )  # fmt: skip
        yield "team", "manager", manager, "look", said, evidence


def _say_ranks(within: RankAgreement, between: RankAgreement) -> Iterator[Row]:
    where = (
        (within, N_("Within teams, marks and goal attainment agree in order by {value} (1 is the "
                    "same order, 0 no relation)")),
        (between, N_("Between teams, marks and goal attainment agree in order by {value} (1 is the "
                     "same order, 0 no relation)")),
    )  # fmt: skip
    for agreement, words in where:
        if agreement.value == agreement.value:
            yield (
                "goals", "company", "all", "note",
                _(words, value=write_figure(agreement.value, 2)),
                _(
                    "{low} to {high}; {people}, {teams}; association only",
                    low=write_figure(agreement.low, 2), high=write_figure(agreement.high, 2),
                    people=_count_people(agreement.n_people),
                    teams=ngettext("{n} team", "{n} teams", agreement.n_teams),
                ),
            )  # fmt: skip


def _say_moves(moves: Moves | None, previous: str) -> Iterator[Row]:
    if moves is None or not moves.n_movers:
        return
    spreads = _("too few to say more")
    if moves.spread_movers == moves.spread_movers and moves.spread_stayers == moves.spread_stayers:
        spreads = _(
            "their scores changed by {movers} points either way, those of the {n} who stayed by "
            "{stayers}; what if: people who move may have a new task too",
            movers=write_figure(moves.spread_movers, 1), n=moves.n_stayers,
            stayers=write_figure(moves.spread_stayers, 1),
        )  # fmt: skip
    said = ngettext(
        "{n} person changed manager since {cycle}", "{n} people changed manager since {cycle}",
        moves.n_movers, cycle=previous,
    )  # fmt: skip
    yield "team", "company", "all", "note", said, spreads


def _count_people(n: int) -> str:
    return ngettext("{n} person", "{n} people", n)
