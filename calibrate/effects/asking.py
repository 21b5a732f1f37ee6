"""Whom to ask for a mark on whom: near each other first, and nobody too often."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibrate.effects.connect import Components
from calibrate.effects.result import BoolArray, IntArray

#: Nobody is marked by more outsiders than this because of the plan.
MOST_PER_PERSON = 2
#: A circle of fewer raters has nobody at a distance: the whole company is the circle.
SMALL_CIRCLE = 5
#: Places looked at on either side before a rater is left as is.
_REACH = 40


@dataclass(frozen=True)
class Neighbours:
    """Who can know whose work, as codes.

    Parameters
    ----------
    place : (J,)
        Rank of each rater in an order in which neighbours work near each other.
    circle : (J,) codes
        Larger group, such as the department, inside which further marks stay.
    rater_home : (J, F) codes
    employee_home : (I, F) codes
        What is alike if the codes agree, the most telling first; -1 is not known.
    may_mark : (J,)
    may_be_marked : (I,)
    barred : (P,)
        employee * J + rater of pairs never asked for: those that have a form, a
        manager and the own report, people and themselves.
    """

    place: IntArray
    circle: IntArray
    rater_home: IntArray
    employee_home: IntArray
    may_mark: BoolArray
    may_be_marked: BoolArray
    barred: IntArray


def compare_homes(neighbours: Neighbours, rater: IntArray, employee: IntArray) -> BoolArray:
    ours, theirs = neighbours.rater_home[rater], neighbours.employee_home[employee]
    alike: BoolArray = (ours == theirs) & (ours >= 0)
    return alike


class Ledger:
    """Keeps who was asked for whom, so that nobody is asked for too much."""

    def __init__(
        self, employee: IntArray, rater: IntArray, neighbours: Neighbours, marks: int, seed: int
    ) -> None:
        self.marks = marks
        self.pairs: list[tuple[int, int, int]] = []
        self.given = np.zeros(len(neighbours.may_mark), np.int64)
        self.n_extra = np.zeros(len(neighbours.may_be_marked), np.int64)
        self._near = neighbours
        self._n_forms = np.bincount(employee, minlength=len(self.n_extra))
        self._barred = set(neighbours.barred.tolist())
        order = np.argsort(rater, kind="stable")
        self._people = employee[order]
        self._start = np.searchsorted(rater[order], np.arange(len(self.given) + 1))
        self._tie = np.random.default_rng(seed).permutation(len(self.n_extra))
        self._met: set[tuple[int, int]] = set()
        self._worth = 2 ** np.arange(neighbours.rater_home.shape[1])[::-1]

    def has_room(self, giver: int, step: int) -> bool:
        return bool(self._near.may_mark[giver]) and self.given[giver] < min(step, self.marks)

    def ask(self, giver: int, target: int, step: int, *, again: bool = False) -> bool:
        """Ask a rater for a mark on somebody whom the target rated; say whether anyone could be.

        Two raters are brought together once unless ``again`` is set: a comparison with
        somebody else tells more.
        """
        together = (min(giver, target), max(giver, target))
        if giver == target or (together in self._met and not again):
            return False
        people = np.unique(self._people[self._start[target] : self._start[target + 1]])
        is_free = self._near.may_be_marked[people] & (self.n_extra[people] < MOST_PER_PERSON)
        n_raters = len(self.given)
        keep = [int(i) for i in people[is_free] if int(i) * n_raters + giver not in self._barred]
        if not keep:
            return False
        alike = compare_homes(self._near, np.full(len(keep), giver), np.array(keep))
        # Few extra marks first, then who is known best, then who has most views to compare with.
        best = min(
            zip(self.n_extra[keep], -(alike @ self._worth), -self._n_forms[keep],
                self._tie[keep], keep, strict=True)
        )[-1]  # fmt: skip
        self.pairs.append((giver, best, step))
        self.given[giver] += 1
        self.n_extra[best] += 1
        self._barred.add(best * n_raters + giver)
        self._met.add(together)
        return True


def join_parts(
    ledger: Ledger, parts: Components, needy: BoolArray, neighbours: Neighbours
) -> list[tuple[int, int]]:
    """Join parts by pairs of raters who stand near each other, the most alike first.

    Returns
    -------
    list of (part, part)
        One for each pair asked for, in the order of the ledger.
    """
    raters = np.flatnonzero(parts.of_rater >= 0)
    row = raters[np.argsort(neighbours.place[raters], kind="stable")]
    root = list(range(len(parts.linked)))
    tree: list[tuple[int, int]] = []
    for distance in range(1, min(_REACH, len(row))):
        if len(tree) == len(root) - 1:
            break
        left, right = row[:-distance], row[distance:]
        apart = np.flatnonzero(parts.of_rater[left] != parts.of_rater[right])
        left, right = left[apart], right[apart]
        alike = (neighbours.rater_home[left] == neighbours.rater_home[right]).sum(axis=1)
        for at in np.argsort(-alike, kind="stable"):
            one, two = int(left[at]), int(right[at])
            here, there = int(parts.of_rater[one]), int(parts.of_rater[two])
            if find_root(root, here) == find_root(root, there):
                continue
            givers = sorted((one, two), key=lambda j: (not needy[j], ledger.given[j], j != one))
            if any(
                ledger.has_room(j, ledger.marks) and ledger.ask(j, one + two - j, 1) for j in givers
            ):
                root[find_root(root, here)] = find_root(root, there)
                tree.append((here, there))
    return tree


def ask_once_more(
    ledger: Ledger, step: int, parts: Components, needy: BoolArray, neighbours: Neighbours
) -> None:
    """Let each rater in need give as many marks as the step has, further away each time."""
    raters = np.flatnonzero(parts.of_rater >= 0)
    row = raters[np.argsort(neighbours.place[raters], kind="stable")]
    circle = neighbours.circle[row]
    rows = {int(c): row[circle == c] for c in np.unique(circle)}
    position = {int(j): at for members in rows.values() for at, j in enumerate(members)}
    everywhere = {int(j): at for at, j in enumerate(row)}
    for giver in [int(j) for j in row if needy[j]]:
        members = rows[int(neighbours.circle[giver])]
        at = position[giver]
        if len(members) < SMALL_CIRCLE:
            members, at = row, everywhere[giver]
        while ledger.has_room(giver, step):
            targets = _list_targets(members, at, step, ledger.marks)
            if not any(ledger.ask(giver, t, step, again=n) for n in (False, True) for t in targets):
                break
    if step > 1:
        _strengthen_bridges(ledger, step, parts, row)


def _list_targets(members: IntArray, at: int, step: int, marks: int) -> list[int]:
    """Raters at the step's distance around the circle, then those next to them."""
    n = len(members)
    stride = 1 if step == 1 else max(2, round(n ** ((step - 1) / marks)))
    return [int(members[(at + stride + shift) % n]) for shift in range(min(n, _REACH))]


def _strengthen_bridges(ledger: Ledger, step: int, parts: Components, row: IntArray) -> None:
    """Give each part that hangs by fewer pairs than the step another pair, if it can be had."""
    n_parts = len(parts.linked)
    if n_parts < 2:
        return
    hangs = np.zeros(n_parts, np.int64)
    for giver, person, _ in ledger.pairs:
        hangs[parts.of_rater[giver]] += 1
        hangs[parts.of_employee[person]] += 1
    hangs[np.argmax(parts.n_employees)] = step
    for distance in range(1, min(_REACH, len(row))):
        if (hangs >= step).all():
            return
        for one, two in zip(row[:-distance].tolist(), row[distance:].tolist(), strict=True):
            here, there = parts.of_rater[one], parts.of_rater[two]
            if here == there or min(hangs[here], hangs[there]) >= step:
                continue
            if any(
                ledger.has_room(j, step) and ledger.ask(j, one + two - j, step) for j in (one, two)
            ):
                hangs[[here, there]] += 1


def find_root(root: list[int], c: int) -> int:
    while root[c] != c:
        root[c] = root[root[c]]
        c = root[c]
    return c
