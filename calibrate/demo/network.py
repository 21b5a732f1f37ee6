"""Who marks whom: forms from managers, peers, direct reports and the people themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibrate.demo.assignments import ACTING, LINE, MATRIX, PREVIOUS, Assignments
from calibrate.demo.catalogue import DIRECT_REPORT, MANAGER, PEER, SELF, Flags, Ints
from calibrate.demo.company import Company

#: Share of the forms that come in, by kind of manager and by source.
_ANSWERED = {LINE: 0.985, MATRIX: 0.7, PREVIOUS: 0.6, ACTING: 0.5}
_PEER_ANSWERS, _REPORT_ANSWERS, _SELF_ANSWERS = 0.92, 0.9, 0.92
#: Peers asked, and how likely each number is.
_PEERS, _PEERS_SHARE = (3, 4, 5, 6), (0.15, 0.35, 0.35, 0.15)
_MOST_REPORTS = 4
#: Two in five peers come from other teams: they tell a rater's severity from the team's level.
_OUTSIDE = 0.4
#: Most outside peers work close by in the hierarchy, some anywhere.
_CLOSE, _CLOSE_SHARE = 40, 0.7
_ATTEMPTS = 12


@dataclass(frozen=True)
class Forms:
    """N forms, sorted by employee, then source, then rater.

    Parameters
    ----------
    employee, rater : (N,) index
    source : (N,) codes
        Into ``SOURCES``.
    """

    employee: Ints
    rater: Ints
    source: Ints

    def __len__(self) -> int:
        return len(self.employee)


def draw_forms(rng: np.random.Generator, company: Company, assignments: Assignments) -> Forms:
    """Draw who marks whom, and which forms never came in."""
    tree = company.tree
    rated = np.flatnonzero(company.is_rated)
    answer = np.array([_ANSWERED[kind] for kind in range(4)])[assignments.kind]
    given = company.is_rated[assignments.employee] & (rng.random(len(answer)) < answer)
    by_managers = (assignments.employee[given], assignments.manager[given])
    by_peers = _draw_peers(rng, company, rated, assignments)
    managers = np.flatnonzero(company.is_rated & (tree.span > 0))
    picked = pick_distinct(rng, tree.span[managers], _MOST_REPORTS)
    at, slot = np.nonzero(picked >= 0)
    reports = tree.first_report[managers[at]] + picked[at, slot]
    told = company.is_rated[reports] & (rng.random(len(reports)) < _REPORT_ANSWERS)
    by_reports = (managers[at][told], reports[told])
    own = rated[rng.random(len(rated)) < _SELF_ANSWERS]
    parts = (
        (MANAGER, by_managers), (PEER, by_peers), (DIRECT_REPORT, by_reports), (SELF, (own, own)),
    )  # fmt: skip
    employee = np.concatenate([pair[0] for _, pair in parts])
    rater = np.concatenate([pair[1] for _, pair in parts])
    source = np.concatenate([np.full(len(pair[0]), code) for code, pair in parts])
    order = np.argsort((employee * 4 + source) * len(tree) + rater, kind="stable")
    return Forms(employee[order], rater[order], source[order])


def pick_distinct(rng: np.random.Generator, pool: Ints, slots: int) -> Ints:
    """Draw up to ``slots`` different numbers below ``pool[i]`` for each i; -1 fills the rest.

    Examples
    --------
    >>> picked = pick_distinct(np.random.default_rng(1), np.array([0, 2, 9]), 3)
    >>> (picked >= 0).sum(axis=1)
    array([0, 2, 3])
    """
    picked = np.full((len(pool), slots), -1, dtype=np.int64)
    for k in range(slots):
        left = np.maximum(pool - k, 0)
        drawn = np.floor(rng.random(len(pool)) * left).astype(np.int64)
        # A number among those left becomes one of all by stepping over the earlier ones.
        for earlier in np.sort(picked[:, :k], axis=1).T:
            drawn += (earlier >= 0) & (drawn >= earlier)
        picked[:, k] = np.where(left > 0, drawn, -1)
    return picked


def _draw_peers(
    rng: np.random.Generator, company: Company, rated: Ints, assignments: Assignments
) -> tuple[Ints, Ints]:
    tree = company.tree
    asked = rng.choice(_PEERS, len(rated), p=_PEERS_SHARE)
    slots = _PEERS[-1]
    is_asked = np.arange(slots) < asked[:, None]
    is_inside = is_asked & (rng.random((len(rated), slots)) >= _OUTSIDE)
    inside = is_inside.sum(axis=1)
    manager = tree.manager[rated]
    place = rated - tree.first_report[manager]
    picked = pick_distinct(rng, tree.span[manager] - 1, slots)
    picked += picked >= place[:, None]
    team = np.where(picked >= 0, tree.first_report[manager][:, None] + picked, -1)
    team[np.arange(slots) >= inside[:, None]] = -1
    team[(team >= 0) & ~company.is_present[team]] = -1
    n_outside = asked - (team >= 0).sum(axis=1)
    outside = _draw_outside(rng, company, rated, n_outside, slots)
    peers = np.concatenate([team, outside], axis=1)
    at, slot = np.nonzero(peers >= 0)
    employee, rater = rated[at], peers[at, slot]
    answered = rng.random(len(employee)) < _PEER_ANSWERS
    # Somebody who managed the person in this cycle is no peer of theirs.
    pair = employee * len(tree) + rater
    managed = assignments.employee * len(tree) + assignments.manager
    answered &= ~np.isin(pair, managed)
    return employee[answered], rater[answered]


def _draw_outside(
    rng: np.random.Generator, company: Company, rated: Ints, wanted: Ints, slots: int
) -> Ints:
    """Peers from other teams: managers are marked by managers, others by anybody."""
    outside = np.full((len(rated), slots), -1, dtype=np.int64)
    for is_manager in (False, True):
        mine = np.flatnonzero((company.tree.span[rated] > 0) == is_manager)
        pool = np.flatnonzero(company.is_rated & ((company.tree.span > 0) | (not is_manager)))
        pool = pool[np.argsort(company.tree.depth_first[pool])]
        if len(mine) and len(pool):
            outside[mine] = _draw_from(rng, company, rated[mine], wanted[mine], pool, slots)
    return outside


def _draw_from(
    rng: np.random.Generator, company: Company, people: Ints, wanted: Ints, pool: Ints, slots: int
) -> Ints:
    tree = company.tree
    found = np.full((len(people), slots), -1, dtype=np.int64)
    home = np.searchsorted(tree.depth_first[pool], tree.depth_first[people])
    for k in range(slots):
        open_ = np.flatnonzero(wanted > k)
        for _ in range(_ATTEMPTS):
            if not len(open_):
                break
            step = rng.integers(-_CLOSE, _CLOSE + 1, len(open_))
            anywhere = rng.integers(0, len(pool), len(open_))
            is_close = rng.random(len(open_)) < _CLOSE_SHARE
            drawn = pool[np.where(is_close, (home[open_] + step) % len(pool), anywhere)]
            accepted = _is_outside(company, people[open_], drawn)
            accepted &= (found[open_] != drawn[:, None]).all(axis=1)
            found[open_[accepted], k] = drawn[accepted]
            open_ = open_[~accepted]
    return found


def _is_outside(company: Company, people: Ints, raters: Ints) -> Flags:
    manager = company.tree.manager
    is_related = (manager[raters] == manager[people]) | (raters == manager[people])
    is_related |= (manager[raters] == people) | (raters == people)
    return np.asarray(~is_related, dtype=np.bool_)
