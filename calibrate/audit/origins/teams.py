"""Does a gap stand between managers or within their teams, and in whose team?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from math import comb

import numpy as np
from scipy.special import stdtr
from scipy.stats import rankdata

from calibrate.audit.inquiry import Inquiry
from calibrate.audit.origins.lines import (
    NOTHING,
    BoolArray,
    Figures,
    FloatArray,
    IntArray,
    Line,
    Pair,
    list_pairs,
    t_half,
)
from calibrate.bands.guideline import false_discovery_rate
from calibrate.config import MICRO, MISSING

ALPHA = 0.05
#: Larger teams have too many deals to count; the normal curve with ties serves.
EXACT_TEAM = 60


@dataclass(frozen=True)
class Split:
    """The parts of a gap, each as (estimate, standard error, degrees of freedom)."""

    within: tuple[float, float, float]
    between: tuple[float, float, float]


def split_by_manager(y: FloatArray, is_group: BoolArray, team: IntArray) -> Split:
    r"""Split a gap of two means into one within and one between teams.

    With :math:`\tilde g_i` the group indicator minus its mean in the team:

    .. math:: D = \bar y_1 - \bar y_0, \quad
              \beta = \frac{\sum_i \tilde g_i y_i}{\sum_i \tilde g_i^2}, \quad
              D = \beta + (D - \beta)

    :math:`\beta` compares people of one team; :math:`D - \beta` is what remains
    because the groups sit under different managers. Standard errors add up, by
    team, each person's influence, with C/(C − 1) and C − 1 degrees of freedom;
    for :math:`\beta` C counts the teams with both groups.

    Parameters
    ----------
    y : (P,) points
    is_group : (P,) bool
        The others are the reference.
    team : (P,) code

    Examples
    --------
    >>> split = split_by_manager(
    ...     np.array([1.0, 2.0, 5.0, 7.0, 5.0]), np.array([1, 0, 1, 0, 0], dtype=bool),
    ...     np.array([0, 0, 1, 1, 1]),
    ... )
    >>> round(split.within[0], 4), round(split.within[0] + split.between[0], 4)
    (-1.0, -1.6667)
    """
    code = np.unique(team, return_inverse=True)[1]
    size = np.bincount(code)
    n_teams, n1 = len(size), int(is_group.sum())
    n0 = len(y) - n1
    mean_y = np.bincount(code, y) / size
    mean_g = np.bincount(code, is_group) / size
    own_g, own_y = is_group - mean_g[code], y - mean_y[code]
    gap = float(y[is_group].mean() - y[~is_group].mean())
    squares = float(own_g @ own_g)
    if not squares > 0:
        return Split((NOTHING,) * 3, (NOTHING,) * 3)
    within = float(own_g @ own_y) / squares
    of_within = own_g * (own_y - within * own_g) / squares
    of_gap = np.where(is_group, (y - y[is_group].mean()) / n1, -(y - y[~is_group].mean()) / n0)
    n_mixed = int(((mean_g > 0) & (mean_g < 1)).sum())
    return Split(
        (within, *_add_up(of_within, code, n_mixed)),
        (gap - within, *_add_up(of_gap - of_within, code, n_teams)),
    )


def _add_up(influence: FloatArray, code: IntArray, n_clusters: int) -> tuple[float, float]:
    """Standard error of a sum of influences over clusters, and its degrees of freedom."""
    if n_clusters < 2:
        return NOTHING, NOTHING
    sums = np.bincount(code, influence)
    variance = float(sums @ sums) * n_clusters / (n_clusters - 1)
    return variance**0.5, float(n_clusters - 1)


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
        yield from _split(narrow, points)
        if not narrow.is_small:
            tested.append((narrow, _test_teams(narrow, points, population.manager)))
    yield from _list_teams(inquiry, tested, points, population.manager)


def _split(pair: Pair, points: FloatArray) -> Iterator[Line]:
    whole = pair.compare_means(points)
    yield pair.write("manager", "all", "points", whole)
    parts = {"within managers": Figures(), "between managers": Figures()}
    if not pair.is_small and pair.clusters is not None:
        chosen = pair.is_group | pair.is_reference
        split = split_by_manager(points[chosen], pair.is_group[chosen], pair.clusters[chosen])
        for name, part in zip(parts, (split.within, split.between), strict=True):
            estimate, error, degrees = part
            half = t_half(error, degrees)
            t = abs(estimate) / error if error > 0 else NOTHING
            p_value = 2 * float(stdtr(degrees, -t)) if degrees > 0 else NOTHING
            parts[name] = Figures(estimate, estimate - half, estimate + half, p_clustered=p_value)
    for name, figures in parts.items():
        yield pair.write("manager", name, "points", figures)


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
            yield pair.write("team", "all", "teams_standing_out", figures)
        for (pair, team), q_value in zip(own, q, strict=True):
            if min(team.n, team.n_reference) >= max(1, pair.min_cell) and names:
                inside = pair.narrow(manager == team.manager)
                gap = replace(inside.compare_means(points), p_value=team.p_value)
                line = inside.write("team", names[team.manager], "points", gap)
                yield replace(line, q_value=q_value)
