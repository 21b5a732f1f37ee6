"""The people: a hierarchy of any size, its departments and sessions, who was away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from calibrate.demo.catalogue import (
    DEPARTMENTS,
    ENDS_ON,
    LOCATIONS,
    OF_MANAGERS,
    STARTS_ON,
    Flags,
    Floats,
    Ints,
    apportion,
    day,
    read_names,
)

#: Share of the managers with 1, 2, … 15 direct reports; the median is 7.
SPANS = (2, 3, 6, 9, 12, 14, 14, 12, 9, 7, 4, 3, 2, 2, 1)
#: Fewest reports of the head of a department that is large enough.
_HEAD_SPAN = 4
#: A department with more people than this is discussed in several sessions of about 80.
LARGEST_SESSION, _SESSION = 120, 80

REASONS = (
    "",
    "assessed by the board",
    "on leave for more than half of the cycle",
    "joined in November 2026",
    "left during the cycle",
)
STATUSES = ("active", "on leave", "left")


@dataclass(frozen=True)
class Tree:
    """Who reports to whom; people stand layer by layer, reports of one manager side by side.

    Parameters
    ----------
    manager : (I,) index
        -1 at the top; a manager stands before the own reports.
    department, family : (I,) codes
        Into ``DEPARTMENTS`` and ``FAMILIES``.
    layers : pairs of int
        First person of each layer, and the first after it.
    """

    manager: Ints
    department: Ints
    family: Ints
    layers: tuple[tuple[int, int], ...]

    def __len__(self) -> int:
        return len(self.manager)

    @property
    def n_departments(self) -> int:
        return int(self.department.max()) + 1

    @cached_property
    def span(self) -> Ints:
        """Direct reports of each person."""
        return np.bincount(self.manager[1:], minlength=len(self)).astype(np.int64)

    @cached_property
    def first_report(self) -> Ints:
        """Index of the first direct report; the others follow."""
        first = np.full(len(self), -1, dtype=np.int64)
        managers, at = np.unique(self.manager, return_index=True)
        first[managers[1:]] = at[1:]
        return first

    @cached_property
    def depth_first(self) -> Ints:
        """Place of each person when every manager is followed by all people below."""
        size = np.ones(len(self), dtype=np.int64)
        for start, stop in reversed(self.layers[1:]):
            np.add.at(size, self.manager[start:stop], size[start:stop])
        place = np.zeros(len(self), dtype=np.int64)
        for start, stop in self.layers[1:]:
            above = self.manager[start:stop]
            before = np.cumsum(size[start:stop]) - size[start:stop]
            place[start:stop] = place[above] + 1 + before - before[self.first_report[above] - start]
        return place


@dataclass(frozen=True)
class Company:
    """Everything employees.csv says of I people; dates are days since 1970, -1 for none."""

    tree: Tree
    name: Ints
    level: Ints
    session: tuple[str, ...]
    session_of: Ints
    location: Ints
    work_mode: Ints
    hired: Ints
    left: Ints
    status: Ints
    reason: Ints
    present_share: Floats

    def __len__(self) -> int:
        return len(self.tree)

    @property
    def is_rated(self) -> Flags:
        return np.asarray(self.reason == 0, dtype=np.bool_)

    @property
    def is_present(self) -> Flags:
        """Can give marks: the people rated, and the one at the top."""
        present = self.is_rated.copy()
        present[0] = True
        return present

    @property
    def rubric(self) -> Ints:
        """Rubric of each person, into ``RUBRICS``: that of managers, else the department's."""
        own = np.array([one.rubric for one in DEPARTMENTS])[self.tree.department]
        return np.where(self.tree.span > 0, OF_MANAGERS, own)


def draw_company(rng: np.random.Generator, n_employees: int) -> Company:
    """Draw people and hierarchy; the same generator gives the same company.

    Examples
    --------
    >>> company = draw_company(np.random.default_rng(1), 40)
    >>> len(company), int(company.tree.span.sum())
    (40, 39)
    """
    tree = _draw_tree(rng, n_employees)
    names = len(read_names())
    name = rng.integers(0, names, n_employees)
    if n_employees <= names:
        name = rng.permutation(names)[:n_employees]
    session, session_of = _split_sessions(tree)
    hired = day(date(2013, 1, 1)) + rng.integers(0, 4900, n_employees)
    reason, status, hired, left, share = _draw_absences(rng, tree, hired)
    return Company(
        tree=tree, name=name, level=_draw_levels(rng, tree), session=session,
        session_of=session_of, location=_draw_locations(rng, tree),
        work_mode=rng.choice(3, n_employees, p=[0.35, 0.45, 0.20]), hired=hired, left=left,
        status=status, reason=reason, present_share=share,
    )  # fmt: skip


def _draw_tree(rng: np.random.Generator, n_employees: int) -> Tree:
    n_departments = max(1, min(len(DEPARTMENTS), (n_employees - 1) // 5))
    shares = tuple(one.share for one in DEPARTMENTS[:n_departments])
    left = np.array(apportion(n_employees - 1, shares)) - 1
    heads = np.arange(1, 1 + n_departments)
    manager = [np.array([-1]), np.zeros(n_departments, dtype=np.int64)]
    department = [np.array([n_departments - 1]), np.arange(n_departments)]
    layers = [(0, 1), (1, 1 + n_departments)]
    last = [np.array([head]) for head in heads]
    while left.any():
        start = stop = layers[-1][1]
        for d in np.flatnonzero(left).tolist():
            spans = _draw_spans(rng, len(last[d]), int(left[d]), is_head=len(layers) == 2)
            above = np.repeat(last[d], spans)
            manager.append(above)
            department.append(np.full(len(above), d))
            last[d] = np.arange(stop, stop + len(above))
            left[d] -= len(above)
            stop += len(above)
        layers.append((start, stop))
    whole = np.concatenate(manager).astype(np.int64)
    of = np.concatenate(department).astype(np.int64)
    return Tree(whole, of, _spread_families(whole, of, layers), tuple(layers))


def _draw_spans(rng: np.random.Generator, n_people: int, left: int, *, is_head: bool) -> Ints:
    """Direct reports of each person of a layer; only as many manage as the rest needs."""
    drawn = 1 + rng.choice(len(SPANS), n_people, p=np.array(SPANS) / sum(SPANS))
    if is_head:
        drawn = np.maximum(drawn, _HEAD_SPAN)
    order = rng.permutation(n_people)
    up_to = np.minimum(np.cumsum(drawn[order]), left)
    spans = np.zeros(n_people, dtype=np.int64)
    spans[order] = np.diff(up_to, prepend=0)
    return spans


def _spread_families(manager: Ints, department: Ints, layers: list[tuple[int, int]]) -> Ints:
    first = np.cumsum([0, *(len(one.families) for one in DEPARTMENTS[:-1])])
    count = np.array([len(one.families) for one in DEPARTMENTS])
    family = first[department]
    if len(layers) > 2:
        start, stop = layers[2]
        family[start:stop] += np.arange(stop - start) % count[department[start:stop]]
    for start, stop in layers[3:]:
        family[start:stop] = family[manager[start:stop]]
    return family


def _draw_levels(rng: np.random.Generator, tree: Tree) -> Ints:
    """L1 to L4 without reports, L5 with, L6 above other managers, L7 at the top."""
    level = rng.choice(4, len(tree), p=[0.15, 0.30, 0.35, 0.20])
    level[tree.span > 0] = 4
    level[np.unique(tree.manager[1:][tree.span[1:] > 0])] = 5
    first, after = tree.layers[1]
    level[first:after] = 5
    level[0] = 6
    return level


def _draw_locations(rng: np.random.Generator, tree: Tree) -> Ints:
    """Four in five people work where their manager does."""
    own = rng.integers(0, len(LOCATIONS), len(tree))
    stays = rng.random(len(tree)) < 0.8
    for start, stop in tree.layers[2:]:
        above = own[tree.manager[start:stop]]
        own[start:stop] = np.where(stays[start:stop], above, own[start:stop])
    return own


def _split_sessions(tree: Tree) -> tuple[tuple[str, ...], Ints]:
    """One session per department; runs of neighbouring teams where that is too many people."""
    labels: list[str] = []
    session = np.zeros(len(tree), dtype=np.int64)
    for d in range(tree.n_departments):
        members = np.flatnonzero(tree.department == d)
        n_runs = 1 if len(members) <= LARGEST_SESSION else -(-len(members) // _SESSION)
        rank = np.argsort(np.argsort(tree.depth_first[members]))
        session[members] = len(labels) + rank * n_runs // len(members)
        name, width = DEPARTMENTS[d].name, len(str(n_runs))
        labels += [name] if n_runs == 1 else [f"{name} {k + 1:0{width}d}" for k in range(n_runs)]
    return tuple(labels), session


def _draw_absences(
    rng: np.random.Generator, tree: Tree, hired: Ints
) -> tuple[Ints, Ints, Ints, Ints, Floats]:
    """Leave, joiners and leavers among people without reports; reason, status, dates, share."""
    n = len(tree)
    reason, status = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    left, share = np.full(n, -1, dtype=np.int64), np.ones(n)
    reason[0] = 1
    staff = rng.permutation(np.flatnonzero(tree.span == 0))
    counts = [max(round(part * n), int(n >= 40)) for part in (0.012, 0.010, 0.008, 0.025)]
    away, joined, gone, partly, _ = np.split(staff, np.cumsum(counts))
    start, end = day(STARTS_ON), day(ENDS_ON)
    reason[away], status[away] = 2, 1
    share[away] = rng.integers(5, 46, len(away)) / 100
    reason[joined] = 3
    hired = hired.copy()
    hired[joined] = day(date(2026, 11, 1)) + rng.integers(0, 28, len(joined))
    share[joined] = np.round((end + 1 - hired[joined]) / (end + 1 - start), 2)
    reason[gone], status[gone] = 4, 2
    left[gone] = start + rng.integers(30, 120, len(gone))
    share[gone] = np.round((left[gone] + 1 - start) / (end + 1 - start), 2)
    share[partly] = rng.integers(50, 96, len(partly)) / 100
    return reason, status, hired, left, share
