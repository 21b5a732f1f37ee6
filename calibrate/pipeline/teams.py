"""Teams beside each other: means, bands, ties, goals, and people who changed manager."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.bands import false_discovery_rate
from calibrate.config import SOURCES
from calibrate.effects.movers import Moves, compare_moves
from calibrate.effects.teams import TeamMeans, pool_means, pool_shares
from calibrate.effects.ties import compare_spread
from calibrate.ingest import Codes
from calibrate.pipeline.stages import Scored
from calibrate.score.results import ATTAINMENT_CAP, average_attainment
from calibrate.tables import MOVERS, TEAM_BANDS, TEAMS

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Teams:
    """Who was marked by which manager, and how these teams compare.

    Parameters
    ----------
    managers : (J,) ids
    of : (I,) codes into ``managers``; -1 without a scored manager form
    means
        Partially pooled means of the raw scores.
    attainment : (I,) mean attainment of the person's goals; NaN without
    moves
        What people who changed manager say; None without history of raw scores.
    previous
        Name of the cycle before; empty without history.
    """

    managers: tuple[str, ...]
    of: IntArray
    means: TeamMeans
    attainment: FloatArray
    moves: Moves | None
    previous: str


def compare_teams(scored: Scored, goals: pd.DataFrame) -> Teams:
    """Put the teams beside each other; ``goals`` is the table of the contract."""
    prepared = scored.prepared
    managers, of = find_markers(scored)
    level = prepared.cycle.effects.interval
    means = pool_means(scored.effects.employees.raw, of, len(managers), level)
    reached = average_attainment(goals).set_index("employee_id")["attainment"]
    attainment = reached.reindex(list(prepared.employees.ids)).to_numpy(float, na_value=np.nan)
    previous, moves = _find_moves(scored, managers, of, level)
    return Teams(managers, of, means, attainment, moves, previous)


def find_markers(scored: Scored) -> tuple[tuple[str, ...], IntArray]:
    """Managers who marked, and of each person the one whose form weighs most."""
    prepared, forms = scored.prepared, scored.prepared.forms
    chosen = np.flatnonzero(forms.scored & (forms.source == SOURCES.index("manager")))
    employee, rater, weight = forms.employee[chosen], forms.rater[chosen], forms.weight[chosen]
    order = np.lexsort((rater, -weight, employee))
    people, first = np.unique(employee[order], return_index=True)
    codes, of_people = np.unique(rater[order][first], return_inverse=True)
    of = np.full(len(prepared.employees.ids), -1, np.int64)
    of[people] = of_people
    return tuple(prepared.raters[code] for code in codes), of


def tabulate_teams(scored: Scored, teams: Teams, goals: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Tables teams, team_bands and movers, by contract name."""
    return {
        "teams": _tabulate_means(scored, teams, goals),
        "team_bands": _tabulate_bands(scored, teams),
        "movers": _tabulate_moves(teams),
    }


def _tabulate_means(scored: Scored, teams: Teams, goals: pd.DataFrame) -> pd.DataFrame:
    people, means, n_teams = scored.effects.employees, teams.means, len(teams.managers)
    cycle = scored.prepared.cycle
    spread = compare_spread(
        people.raw, teams.of, n_teams, seed=cycle.seed, level=cycle.effects.interval
    )
    is_unlinked = (people.link == "unlinked") & (teams.of >= 0)
    n_unlinked = np.bincount(teams.of[is_unlinked], minlength=n_teams)
    frame = pd.DataFrame(
        {
            "manager_id": list(teams.managers),
            "n": means.n,
            "n_unlinked": n_unlinked,
            "cause": np.where(n_unlinked > 0, "manager_or_team", "severity_told"),
            "raw_mean": means.mean,
            "pooled_mean": means.pooled,
            "low": means.low,
            "high": means.high,
            "difference": means.deviation,
            "n_distinct": spread.n_distinct,
            "tied_share": spread.tied_share,
            "sd": spread.sd,
            "spread": spread.ratio,
            "spread_low": spread.low,
            "spread_high": spread.high,
            "p_value": spread.p_value,
            "q_value": false_discovery_rate(spread.p_value),
        }
    )
    return TEAMS.conform(frame.assign(**_count_goals(scored, teams, goals)))


def _count_goals(
    scored: Scored, teams: Teams, goals: pd.DataFrame
) -> Mapping[str, FloatArray | IntArray]:
    """How far the people of each team got, and how easily their targets were reached."""
    n_teams = len(teams.managers)
    known = np.isfinite(teams.attainment) & (teams.of >= 0)
    n_people = np.bincount(teams.of[known], minlength=n_teams)
    total = np.bincount(teams.of[known], teams.attainment[known], n_teams)
    own = goals[(goals["kind"] == "person") & goals["counts"] & goals["attainment"].notna()]
    # A goal is one target, however often it was changed: its last version tells.
    own = own.drop_duplicates("goal_id", keep="last")
    person = scored.prepared.employees.codes.encode(own["employee_id"])
    team = np.where(person >= 0, teams.of[person], -1)
    reached = own["attainment"].to_numpy(float)
    n_goals = np.bincount(team[team >= 0], minlength=n_teams)
    n_reached, n_capped = (
        np.bincount(team[(team >= 0) & (reached >= bound - 1e-9)], minlength=n_teams)
        for bound in (1.0, ATTAINMENT_CAP)
    )
    return {
        "n_with_goals": n_people, "attainment": _divide(total, n_people), "n_goals": n_goals,
        "reached_share": _divide(n_reached, n_goals), "capped_share": _divide(n_capped, n_goals),
    }  # fmt: skip


def _divide(total: FloatArray | IntArray, n: IntArray) -> FloatArray:
    mean = np.full(len(n), np.nan)
    np.divide(total, n, out=mean, where=n > 0)
    return mean


def _tabulate_bands(scored: Scored, teams: Teams) -> pd.DataFrame:
    labels, n_teams = scored.bands.labels, len(teams.managers)
    shares = pool_shares(
        scored.bands.raw, teams.of, n_teams, len(labels), scored.prepared.cycle.effects.interval
    )
    size = shares.n.sum(axis=1, keepdims=True)
    return TEAM_BANDS.conform(
        pd.DataFrame(
            {
                "manager_id": np.repeat(np.array(teams.managers, dtype=object), len(labels)),
                "band": list(labels) * n_teams,
                "n": shares.n.ravel(),
                "share": (shares.n / np.maximum(size, 1)).ravel(),
                "pooled_share": shares.pooled.ravel(),
                "low": shares.low.ravel(),
                "high": shares.high.ravel(),
            }
        )
    )


def _tabulate_moves(teams: Teams) -> pd.DataFrame:
    if teams.moves is None:
        return MOVERS.empty()
    blocks = []
    for direction, side in (("came", teams.moves.came), ("left", teams.moves.left)):
        some = np.flatnonzero(side.n[: len(teams.managers)])
        blocks.append(
            pd.DataFrame(
                {
                    "manager_id": [teams.managers[j] for j in some],
                    "direction": direction,
                    "n": side.n[some],
                    "change": side.gain[some],
                    "low": side.low[some],
                    "high": side.high[some],
                }
            )
        )
    return MOVERS.conform(pd.concat(blocks, ignore_index=True))


def _find_moves(
    scored: Scored, managers: tuple[str, ...], of: IntArray, level: float
) -> tuple[str, Moves | None]:
    """Compare with the cycle before: of those in the history the last by name."""
    prepared = scored.prepared
    history = prepared.records.get("history")
    if history is None or not {"manager_id", "raw_score"} <= history.declared:
        return "", None
    names = sorted(set(history.frame["cycle"]) - {prepared.cycle.cycle})
    if not names:
        return "", None
    rows = history.frame[history.frame["cycle"] == names[-1]]
    rows = rows[(rows["raw_score"] != "") & (rows["manager_id"] != "")]
    person = prepared.employees.codes.encode(rows["employee_id"])
    rows, person = rows[person >= 0], person[person >= 0]
    then = np.full(len(of), np.nan)
    then[person] = rows["raw_score"].to_numpy(float)
    # Managers of then who marked nobody now come after those of today.
    gone = Codes(name for name in rows["manager_id"] if name not in set(managers))
    place = {name: code for code, name in enumerate((*managers, *gone.ids))}
    before = np.full(len(of), -1, np.int64)
    before[person] = [place[name] for name in rows["manager_id"]]
    change = scored.effects.employees.raw - then
    return names[-1], compare_moves(change, before, of, len(place), level)
