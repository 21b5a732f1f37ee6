"""Does a gap stand between managers or within their teams, and in whose team?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from math import comb

import numpy as np
from scipy.special import stdtr
from scipy.stats import rankdata

from calibrate.audit.dependence import find_interval_within
from calibrate.audit.inquiry import Inquiry
from calibrate.audit.mantel_haenszel import Strata, compare_strata
from calibrate.audit.origins.lines import (
    NOTHING,
    BoolArray,
    Figures,
    FloatArray,
    IntArray,
    Line,
    Pair,
    list_pairs,
)
from calibrate.bands.guideline import false_discovery_rate
from calibrate.config import MICRO, MISSING

ALPHA = 0.05
#: Larger teams have too many deals to count; the normal curve with ties serves.
EXACT_TEAM = 60


@lru_cache(maxsize=4096)
def _count_deals(ranks: tuple[int, ...], n_group: int) -> FloatArray:
    """How many choices of n_group ranks have each sum."""
    ways = np.zeros((n_group + 1, sum(ranks) + 1))
    ways[0, 0] = 1
    for rank in ranks:
        ways[1:, rank:] += ways[:-1, : ways.shape[1] - rank].copy()
    return np.asarray(ways[n_group], np.float64)


def rank_sum_p(values: FloatArray, is_group: BoolArray) -> float:
    r"""Two-sided Wilcoxon rank-sum test by all deals of the groups within the team.

    .. math:: p = P(|W - E W| \ge |w - E W|)

    with W the sum of mid-ranks of the group. Exact up to 60 people, ties
    included; beyond, the normal curve with the variance of the mid-ranks.

    Examples
    --------
    The three lowest of six: 2 of 20 deals are as far out.

    >>> rank_sum_p(np.array([1.0, 2, 3, 4, 5, 6]), np.array([1, 1, 1, 0, 0, 0], dtype=bool))
    0.1
    """
    n, n_group = len(values), int(is_group.sum())
    doubled = np.rint(2 * rankdata(values)).astype(np.int64)
    seen = int(doubled[is_group].sum())
    middle = n_group * (n + 1)
    if n > EXACT_TEAM:
        variance = n_group * (n - n_group) / n * float(doubled.var(ddof=1))
        return 2 * float(stdtr(1e9, -abs(seen - middle) / variance**0.5)) if variance > 0 else 1.0
    ways = _count_deals(tuple(sorted(doubled.tolist())), n_group)
    is_far = np.abs(np.arange(len(ways)) - middle) >= abs(seen - middle)
    return float(ways[is_far].sum() / comb(n, n_group))


def compare_managers(inquiry: Inquiry) -> Iterator[Line]:
    """The gap of the raw score in all, within and between managers; then team by team."""
    population = inquiry.population
    if inquiry.clusters is None or population.manager is None or "raw" not in population.scores:
        return
    raw = population.scores["raw"]
    points = np.where(raw == MISSING, np.nan, raw / MICRO)
    tested: list[tuple[Pair, list[_Team]]] = []
    for _, pair in list_pairs(inquiry):
        narrow = pair.narrow(~np.isnan(points) & (population.manager >= 0))
        yield from _split(narrow, points, population.manager)
        if not narrow.is_small:
            tested.append((narrow, _test_teams(narrow, points, population.manager)))
    yield from _list_teams(inquiry, tested, points, population.manager)


def _split(pair: Pair, points: FloatArray, manager: IntArray) -> Iterator[Line]:
    """The gap in all, the part within managers and the rest, as the table dependence has them."""
    whole = pair.compare_means(points)
    yield pair.write("manager", "all", "points", whole)
    size = int(manager.max(initial=0)) + 1
    columns = [np.bincount(manager[side], minlength=size) for side in pair.sides]
    columns += [np.bincount(manager[side], points[side], minlength=size) for side in pair.sides]
    both = pair.is_group | pair.is_reference
    columns.append(np.bincount(manager[both], points[both] ** 2, minlength=size))
    is_mixed = (columns[0] > 0) & (columns[1] > 0)
    mixed = pair.narrow(both & is_mixed[manager])
    within, between = Figures(), Figures()
    if not mixed.is_small:
        strata = Strata.build(*(np.asarray(column, np.float64) for column in columns))
        found = compare_strata(strata, is_share=False)
        low, high = find_interval_within(strata, found.gap)
        within = Figures(found.gap, low, high, found.p_value)
        between = Figures(whole.estimate - found.gap)
    yield mixed.write("manager", "within managers", "points", within)
    yield mixed.write("manager", "between managers", "points", between)


@dataclass(frozen=True)
class _Team:
    manager: int
    n: int
    n_reference: int
    p_value: float


def _test_teams(pair: Pair, points: FloatArray, manager: IntArray) -> list[_Team]:
    """Teams whose least possible p reaches 0.05; no others can stand out (Tarone 1990)."""
    people = np.flatnonzero(pair.is_group | pair.is_reference)
    people = people[np.argsort(manager[people], kind="stable")]
    bounds = np.flatnonzero(np.diff(manager[people], prepend=-1))
    teams = []
    for inside in np.split(people, bounds[1:]) if len(people) else []:
        is_group = pair.is_group[inside]
        n1 = int(is_group.sum())
        if n1 == 0 or n1 == len(inside) or 2 / comb(len(inside), n1) > ALPHA:
            continue
        p_value = rank_sum_p(points[inside], is_group)
        teams.append(_Team(int(manager[inside[0]]), n1, len(inside) - n1, p_value))
    return teams


def _list_teams(
    inquiry: Inquiry, tested: list[tuple[Pair, list[_Team]]], points: FloatArray, manager: IntArray
) -> Iterator[Line]:
    """A line for each large team, and a count over all that were tested."""
    names = inquiry.background.manager_ids if inquiry.background else ()
    for attribute in dict.fromkeys(pair.attribute for pair, _ in tested):
        own = [(pair, team) for pair, teams in tested for team in teams]
        own = [(pair, team) for pair, team in own if pair.attribute == attribute]
        q = false_discovery_rate(np.array([team.p_value for _, team in own])).tolist()
        for pair in [pair for pair, _ in tested if pair.attribute == attribute]:
            mine = [each for (other, _), each in zip(own, q, strict=True) if other is pair]
            n_out = sum(each < ALPHA for each in mine)
            figures = Figures(float(n_out), value=float(len(mine)))
            line = pair.write("team", "all", "teams_standing_out", figures)
            yield replace(line, q_value=min(mine, default=NOTHING))
        for (pair, team), q_value in zip(own, q, strict=True):
            if min(team.n, team.n_reference) >= max(1, pair.min_cell) and names:
                inside = pair.narrow(manager == team.manager)
                gap = replace(inside.compare_means(points), p_value=team.p_value)
                line = inside.write("team", names[team.manager], "points", gap)
                yield replace(line, q_value=q_value)
