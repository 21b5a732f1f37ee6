"""What somebody can work out about a hidden row from everything that is shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, hstack, kron, vstack

from calibrate.audit.disclosure.layers import PEOPLE, Margins

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

#: What is at most how much, and what is exactly how much.
Program = tuple[csr_array | None, FloatArray | None, csr_array, FloatArray]
#: Counts are whole; a linear program gives them within this.
NEAR = 1e-6


@dataclass(frozen=True)
class Range:
    """What may be true of a hidden unit, given everything shown.

    Parameters
    ----------
    low, high : (L,) people in each layer
    slot_low, slot_high : (S,) people in each thing counted
    """

    low: IntArray
    high: IntArray
    slot_low: IntArray
    slot_high: IntArray


@dataclass
class Attack:
    r"""Somebody who holds every file of the run and knows no person's group.

    .. math:: \min, \max \; \sum_{c \in u} x_{cs} \quad\text{with}\quad
              \sum_{c \in v} x_{cs} = n_{vs} \;\;\text{for each shown } v, \quad
              \sum_c x_{cs} = N_s, \quad x \ge 0, \quad \sum_{c \in u, s} x_{cs} \ge 1

    Parameters
    ----------
    margins
        Units u as sums of cells c, and their true counts in each slot s (a
        band of a stage, say). A shown unit shows all of them: its rates at
        every cut times its people. The totals N stand in the public tables. A
        row stands there because somebody is in the group: at least one person.
    known_low, known_high : (U, L) people
        Ends that earlier views give a unit in each layer; infinite where none.
    n_programs
        Linear programs solved so far.

    Notes
    -----
    Real numbers instead of whole ones give the attacker no less than is
    possible with two crossed attributes; with more they may give an interval
    that is a little too wide.

    References
    ----------
    Fischetti and Salazar-Gonzalez (2001), Solving the cell suppression problem
    on tabular data with linear constraints, Management Science 47.
    """

    margins: Margins
    known_low: FloatArray
    known_high: FloatArray
    n_programs: int = 0

    def __post_init__(self) -> None:
        m = self.margins
        n_cells, n_slots = m.counts.shape
        self._people = m.member @ m.counts
        self._total = m.counts.sum(axis=0)
        self._in_layer = np.array(
            [m.slots == layer for layer in range(len(m.layers))], dtype=np.float64
        )
        self._shape = (n_cells, n_slots)
        self._floor = self.known_low.copy()
        if PEOPLE in m.layers:
            at = m.layers.index(PEOPLE)
            self._floor[:, at] = np.maximum(self._floor[:, at], 1)

    def bound(self, unit: int, hidden: BoolArray) -> Range:
        """Least and most people a hidden unit may have.

        Parameters
        ----------
        unit : position in ``margins.labels``
        hidden : (U,) units that show nothing
        """
        program = (*self._write_known(hidden), *self._write_shown(hidden))
        least, most = self._find_ends(unit, np.ones(self._shape[1]), program)
        slot_low, slot_high = np.minimum(least, most), np.maximum(least, most)
        # What bounds a sum ties its slots: one may still be free where both ends agree.
        for slot in np.flatnonzero((slot_high - slot_low < NEAR) & (slot_high > NEAR)):
            ends = self._find_ends(unit, np.arange(self._shape[1]) == slot, program)
            slot_low[slot], slot_high[slot] = ends[0][slot], ends[1][slot]
        low, high = self._in_layer @ least, self._in_layer @ most
        return Range(_up(low), _down(high), _up(slot_low), _down(slot_high))

    def _find_ends(
        self, unit: int, wanted: npt.NDArray[np.generic], program: Program
    ) -> tuple[FloatArray, FloatArray]:
        """People of a unit in each slot where the wanted ones hold the fewest, and the most."""
        objective = np.outer(self.margins.member[unit], wanted).ravel().astype(np.float64)
        at_most, limit, equal, right = program
        ends = []
        for sign in (1.0, -1.0):
            found = linprog(
                sign * objective, A_ub=at_most, b_ub=limit, A_eq=equal, b_eq=right,
                bounds=(0, None), method="highs",
            )  # fmt: skip
            self.n_programs += 1
            # The truth solves it: anything else is a fault of the solver, and hides nothing.
            x = found.x if found.success else self.margins.counts.ravel()
            ends.append(self.margins.member[unit] @ x.reshape(self._shape))
        return ends[0], ends[1]

    def _write_shown(self, hidden: BoolArray) -> tuple[csr_array, FloatArray]:
        n_cells, n_slots = self._shape
        rows = np.vstack([self.margins.member[~hidden], np.ones((1, n_cells), bool)])
        known = np.vstack([self._people[~hidden], self._total])
        return csr_array(kron(csr_array(rows.astype(float)), eye_array(n_slots))), known.ravel()

    def _write_known(self, hidden: BoolArray) -> tuple[csr_array | None, FloatArray | None]:
        """Earlier views, and that its row is there, bound a layer of a hidden unit."""
        unit, layer = np.nonzero(
            hidden[:, None] & (np.isfinite(self._floor) | np.isfinite(self.known_high))
        )
        if not len(unit):
            return None, None
        sums = np.vstack(
            [np.outer(self.margins.member[u], self._in_layer[at]).ravel()
             for u, at in zip(unit, layer, strict=True)]
        )  # fmt: skip
        high, low = self.known_high[unit, layer], self._floor[unit, layer]
        matrix = vstack([csr_array(sums[np.isfinite(high)]), csr_array(-sums[np.isfinite(low)])])
        return csr_array(matrix), np.concatenate([high[np.isfinite(high)], -low[np.isfinite(low)]])

    def choose(
        self, unit: int, slots: IntArray, hidden: BoolArray, cost: FloatArray, reach: int
    ) -> IntArray:
        r"""Cheapest units to hide so that a hidden one may have at least ``reach`` people.

        .. math:: \min \sum_v w_v \sum_s |\delta_{vs}| \quad\text{with}\quad
                  \sum_s \delta_{us} \ge a, \quad \sum_c \delta_{cs} = 0, \quad \delta \ge -n

        Another table n + δ with the same totals, that differs from the truth in
        as few and as cheap shown units as can be: those are to be hidden.

        Parameters
        ----------
        slots
            In which the unit may have more people: one, or all of a layer.
        cost : (U,) w, of hiding a unit
        reach
            People the unit has to be able to have in these slots; one more
            than it has at least.

        Returns
        -------
        positions; none where no hiding among these units is enough
        """
        member = self.margins.member.astype(np.float64)
        n_cells, n_slots = member.shape[1], len(slots)
        counts = self.margins.counts[:, slots]
        shown = np.flatnonzero(~hidden)
        sums = csr_array(kron(csr_array(member[shown]), eye_array(n_slots)))
        n_sums, n_counts = sums.shape
        amount = max(1.0, reach - float((member[unit] @ counts).sum()))
        more = np.repeat(member[unit], n_slots)[None, :]
        at_least, floors = self._keep_floors(slots)
        least = csr_array(
            hstack([-vstack([more, at_least]), csr_array((1 + len(floors), 2 * n_sums))])
        )
        totals = csr_array(kron(csr_array(np.ones((1, n_cells))), eye_array(n_slots)))
        # A change is split into more and less, so that its size is linear.
        slack = hstack([-eye_array(n_sums), eye_array(n_sums)])
        equal = vstack([hstack([sums, slack]), hstack([totals, csr_array((n_slots, 2 * n_sums))])])
        weight = np.repeat(cost[shown], n_slots)
        floor = np.concatenate([-counts.ravel(), np.zeros(2 * n_sums)])
        found = linprog(
            np.concatenate([np.zeros(n_counts), weight, weight]),
            A_ub=least, b_ub=[-amount, *floors],
            A_eq=csr_array(equal), b_eq=np.zeros(n_sums + n_slots),
            bounds=np.column_stack([floor, np.full(len(floor), np.inf)]), method="highs",
        )  # fmt: skip
        self.n_programs += 1
        if not found.success:
            return np.zeros(0, np.int64)
        moved = np.abs(sums @ found.x[:n_counts]).reshape(len(shown), n_slots)
        return np.asarray(shown[(moved > NEAR).any(axis=1)], dtype=np.int64)

    def _keep_floors(self, slots: IntArray) -> tuple[csr_array, FloatArray]:
        """A change may take no unit below what is known to be in it: sum of δ >= floor - n."""
        layer = int(self.margins.slots[slots[0]])
        floor, n = self._floor[:, layer], self._people[:, slots].sum(axis=1)
        is_whole = len(slots) == int((self.margins.slots == layer).sum())
        at = np.flatnonzero(np.isfinite(floor)) if is_whole else np.zeros(0, np.int64)
        sums = kron(csr_array(self.margins.member[at].astype(float)), np.ones((1, len(slots))))
        return csr_array(sums), np.maximum(n[at] - floor[at], 0.0)


def _up(values: FloatArray) -> IntArray:
    return np.ceil(values - NEAR).astype(np.int64)


def _down(values: FloatArray) -> IntArray:
    return np.floor(values + NEAR).astype(np.int64)
