"""What teams beside each other ask somebody to look at; nothing here corrects a score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from calibrate.effects.movers import Moves
from calibrate.effects.ranks import RankAgreement
from calibrate.effects.teams import TeamMeans

#: One row of the table of findings, without its name.
Row = tuple[str, str, str, str, str, str]

ALPHA = 0.05
#: A mean attainment this far from that of everybody is worth a word: a tenth of the way to target.
NOTABLE_ATTAINMENT = 0.1
#: What each kind of what-if takes out, in words.
KINDS: Mapping[str, str] = {
    "manager": "the difference between managers were severity",
    "unit": "the unit part were lenient or strict marking",
    "severity": "the estimated severity were taken out",
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
            f"About {means.share:.0%} of the differences between raw scores lie between managers. "
            "Manager or team: cannot be told",
            f"{means.share_low:.0%} to {means.share_high:.0%}; {int(means.n.sum()):,} people, "
            f"{int((means.n > 0).sum()):,} managers",
        )  # fmt: skip


def _say_what_if(what_if: pd.DataFrame) -> Iterator[Row]:
    for kind, words in KINDS.items():
        moves = what_if.loc[what_if["kind"] == kind, "moves"].dropna()
        if len(moves):
            yield (
                "what_if", "company", "all", "note",
                f"If half or all of {words}, {int((moves > 0).sum()):,} of {len(moves):,} people "
                "would be in another band",
                "see tables/what_if; nothing is corrected",
            )  # fmt: skip


def _name_spreads(teams: pd.DataFrame) -> Iterator[Row]:
    for team in teams[teams["q_value"] <= ALPHA].to_dict("records"):
        way = "closer together" if team["spread"] < 1 else "further apart"
        high = "" if pd.isna(team["spread_high"]) else f" to {team['spread_high']:.2f}"
        yield (
            "team", "manager", str(team["manager_id"]), "look",
            f"The people marked by {team['manager_id']} lie {way} than those of other managers",
            f"spread {team['spread']:.2f} of the usual ({team['spread_low']:.2f}{high}), "
            f"{team['n']} people, {team['n_distinct']} different scores, q = {team['q_value']:.3f}",
        )  # fmt: skip


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
        marks, goals = ("above", "below") if team["low"] > mu else ("below", "above")
        yield (
            "team", "manager", str(team["manager_id"]), "look",
            f"The people marked by {team['manager_id']} lie {marks} others in marks "
            f"and {goals} them in goals",
            f"mean attainment {team['attainment']:.0%} of {team['n_with_goals']} people, "
            f"{usual:.0%} in the company; {team['reached_share']:.0%} of {team['n_goals']} targets "
            "reached. Targets may differ in difficulty: association only",
        )  # fmt: skip


def _say_ranks(within: RankAgreement, between: RankAgreement) -> Iterator[Row]:
    for agreement, where in ((within, "Within teams"), (between, "Between teams")):
        if agreement.value == agreement.value:
            yield (
                "goals", "company", "all", "note",
                f"{where}, marks and goal attainment agree in order by {agreement.value:.2f} "
                "(1 is the same order, 0 no relation)",
                f"{agreement.low:.2f} to {agreement.high:.2f}; {agreement.n_people:,} people, "
                f"{agreement.n_teams:,} {'team' if agreement.n_teams == 1 else 'teams'}; "
                "association only",
            )  # fmt: skip


def _say_moves(moves: Moves | None, previous: str) -> Iterator[Row]:
    if moves is None or not moves.n_movers:
        return
    spreads = "too few to say more"
    if moves.spread_movers == moves.spread_movers and moves.spread_stayers == moves.spread_stayers:
        spreads = (
            f"their scores changed by {moves.spread_movers:.1f} points either way, those of the "
            f"{moves.n_stayers:,} who stayed by {moves.spread_stayers:.1f}; what if: people who "
            "move may have a new task too"
        )
    people = "1 person" if moves.n_movers == 1 else f"{moves.n_movers:,} people"
    yield (
        "team", "company", "all", "note",
        f"{people} changed manager since {previous}", spreads,
    )  # fmt: skip
