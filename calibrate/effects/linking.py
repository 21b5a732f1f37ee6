"""Who would have to mark whom so that severities can be told, fewest pairs first."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibrate.effects.asking import (
    Ledger,
    Neighbours,
    ask_once_more,
    compare_homes,
    find_root,
    join_parts,
)
from calibrate.effects.connect import MIN_EMPLOYEES, MIN_RATERS, Components, find_components
from calibrate.effects.prospect import foresee_strength
from calibrate.effects.result import BoolArray, FloatArray, IntArray

#: Rater variance over noise of one form, where no fit says it: the low end of what studies
#: report (raters hold 30 to 60 % of the variance of marks, noise about as much as the low end).
ASSUMED_GAMMA = 1.0
#: A weak rater of fewer people touches too few scores to be asked for more marks.
FEWEST_PEOPLE = 3


@dataclass(frozen=True)
class StepResult:
    """What the network is once all pairs up to this step have marks; step 0 is today.

    Parameters
    ----------
    n_pairs
        Pairs asked for so far.
    n_components
        Separate parts of the network.
    n_linked
        People in parts whose severities can be told.
    mean_strength
        Mean link strength over all raters who filed a form, 0 to 1.
    """

    step: int
    n_pairs: int
    n_components: int
    n_linked: int
    mean_strength: float


@dataclass(frozen=True)
class LinkPlan:
    """Additional pairs in the order in which they help; all arrays are (P,).

    Parameters
    ----------
    rater, employee
        Codes: who would mark whom.
    step
        1 joins what is apart; each later step is one more mark from each rater.
    alike : (P, F)
        In what the rater and the person are alike.
    components_after, linked_after
        Parts, and people in parts whose severities can be told, after this pair.
    gain
        People this pair adds to those.
    steps
        One line for today and one for each step.
    n_needy
        Raters who cannot be compared, or hardly.
    """

    rater: IntArray
    employee: IntArray
    step: IntArray
    alike: BoolArray
    components_after: IntArray
    linked_after: IntArray
    gain: IntArray
    steps: tuple[StepResult, ...]
    n_needy: int

    def __len__(self) -> int:
        return len(self.rater)


def plan_links(
    employee: IntArray, rater: IntArray, source: IntArray, strength: FloatArray,
    neighbours: Neighbours, *, other: int, marks: int, gamma: float, min_link: float, seed: int,
) -> LinkPlan:  # fmt: skip
    """Choose the pairs that link the raters of a cycle, fewest pairs first.

    Step 1 is a tree over the separate parts: no plan that links everything has
    fewer pairs. It joins raters who stand beside each other, so that whoever
    marks can know the work. Each later step asks each rater who needs it for one
    more mark at a distance inside the circle, which shortens the way between any
    two raters.

    Parameters
    ----------
    employee, rater, source : (N,) codes
        Of the scored forms.
    strength : (J,) 0 to 1
        Link strength today.
    neighbours
        Who can know whose work, and who may be asked.
    other
        Code of the source the new forms will have.
    marks
        Most pairs any rater is asked for.
    gamma
        Rater variance over residual variance, for the strength to come.
    min_link
        Raters below it, with at least 3 people, are asked for marks too.
    seed
        Breaks ties between people who serve equally well.

    Returns
    -------
    LinkPlan
        Empty where everybody can be compared.

    Examples
    --------
    Three managers, each alone with a team of two: two pairs join them.

    >>> employee, rater = np.arange(6), np.repeat(np.arange(3), 2)
    >>> home = np.zeros((3, 1), int), np.zeros((6, 1), int)
    >>> near = Neighbours(np.arange(3), np.zeros(3, int), *home, np.ones(3, bool),
    ...                   np.ones(6, bool), employee * 3 + rater)
    >>> plan = plan_links(employee, rater, 0 * rater, np.zeros(3), near, other=5, marks=1,
    ...                   gamma=1.0, min_link=0.2, seed=1)
    >>> plan.linked_after.tolist()
    [0, 6, 6]
    """
    n_employees, n_raters = len(neighbours.may_be_marked), len(neighbours.may_mark)
    parts = find_components(employee, rater, n_employees, n_raters)
    needy = _find_needy(
        employee, rater, parts, strength, marks=marks, gamma=gamma, min_link=min_link
    )
    ledger = Ledger(employee, rater, neighbours, marks, seed)
    # Of two raters nobody can say which one is strict.
    if parts.n_raters.sum() >= MIN_RATERS and (needy.any() or len(parts.linked) > 1):
        tree = join_parts(ledger, parts, needy, neighbours)
        ledger.pairs = [ledger.pairs[at] for at in _order_by_growth(tree, parts)]
        for step in range(1, marks + 1):
            ask_once_more(ledger, step, parts, needy, neighbours)
    pairs = np.array(ledger.pairs, np.int64).reshape(-1, 3)
    given, marked, steps = pairs[:, 0], pairs[:, 1], pairs[:, 2]
    n_parts, linked = _grow(parts, given, marked)
    today = float(np.nan_to_num(strength[parts.of_rater >= 0]).mean()) if len(rater) else 0.0
    results = [StepResult(0, 0, int(n_parts[0]), int(linked[0]), today)]
    for step in np.unique(steps).tolist():
        n = int((steps <= step).sum())
        i, j = np.concatenate([employee, marked[:n]]), np.concatenate([rater, given[:n]])
        s = np.concatenate([source, np.full(n, other)])
        joined = find_components(i, j, n_employees, n_raters)
        reached = foresee_strength(i, j, s, joined, gamma, seed)
        results.append(StepResult(step, n, int(n_parts[n]), int(linked[n]), reached))
    return LinkPlan(
        given, marked, steps, compare_homes(neighbours, given, marked),
        n_parts[1:], linked[1:], np.diff(linked), tuple(results), int(needy.sum()),
    )  # fmt: skip


def _find_needy(
    employee: IntArray, rater: IntArray, parts: Components, strength: FloatArray, *,
    marks: int, gamma: float, min_link: float,
) -> BoolArray:  # fmt: skip
    """(J,) Raters who cannot be compared, and weak ones whom more marks would lift.

    A weak rater stays alone if even marks on people whose other raters are all known
    would not reach ``min_link``: where raters hardly differ, asking is for nothing.
    """
    of_rater, n_employees = parts.of_rater, max(len(parts.of_employee), 1)
    is_linked = np.append(parts.linked, False)[of_rater]
    pairs = np.unique(rater * n_employees + employee)
    j, i = pairs // n_employees, pairs % n_employees
    n_people = np.bincount(j, minlength=len(of_rater))
    compared = np.bincount(j, 1 - 1 / np.bincount(i)[i], len(of_rater)) + marks
    is_weak = is_linked & (np.nan_to_num(strength) < min_link) & (n_people >= FEWEST_PEOPLE)
    is_weak &= gamma * compared / (1 + gamma * compared) >= min_link
    needy: BoolArray = (of_rater >= 0) & (~is_linked | is_weak)
    return needy


def _order_by_growth(tree: list[tuple[int, int]], parts: Components) -> list[int]:
    """Order the tree so that each pair adds to one growing whole, the most new people first."""
    edges: dict[int, list[int]] = {}
    for at, (here, there) in enumerate(tree):
        edges.setdefault(here, []).append(at)
        edges.setdefault(there, []).append(at)
    # Parts that are linked already come first: what joins them is linked at once.
    starts = sorted(edges, key=lambda c: (not parts.linked[c], -parts.n_employees[c], c))
    inside: set[int] = set()
    order: list[int] = []
    for start in starts:
        if start in inside:
            continue
        inside.add(start)
        front: list[tuple[bool, int, int, int]] = []
        new = start
        while True:
            for at in edges[new]:
                far = tree[at][0] + tree[at][1] - new
                if far not in inside:
                    is_new = not parts.linked[far]
                    heapq.heappush(front, (not is_new, -int(parts.n_employees[far]), at, far))
            if not front:
                break
            _, _, at, new = heapq.heappop(front)
            inside.add(new)
            order.append(at)
    return order


def _grow(
    parts: Components, given: IntArray, marked: IntArray
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(P + 1,) parts, and people in parts whose severities can be told, after each pair."""
    root = list(range(len(parts.linked)))
    n_people, n_raters = parts.n_employees.tolist(), parts.n_raters.tolist()

    def count(c: int) -> int:
        is_linked = n_raters[c] >= MIN_RATERS and n_people[c] >= MIN_EMPLOYEES
        return n_people[c] if is_linked else 0

    n_parts, linked = len(root), sum(count(c) for c in root)
    told = [(n_parts, linked)]
    for j, i in zip(given.tolist(), marked.tolist(), strict=True):
        here = find_root(root, int(parts.of_rater[j]))
        there = find_root(root, int(parts.of_employee[i]))
        if here != there:
            linked -= count(here) + count(there)
            root[there] = here
            n_people[here] += n_people[there]
            n_raters[here] += n_raters[there]
            linked += count(here)
            n_parts -= 1
        told.append((n_parts, linked))
    return np.array(told, np.int64)[:, 0], np.array(told, np.int64)[:, 1]
