"""On whom does the network hang: what would one missing rater, or one missing form, change?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from calibrate.effects.result import FloatArray, IntArray


@dataclass(frozen=True)
class Fragility:
    """What hangs on each rater and on each pair of a rater and an employee.

    Parameters
    ----------
    cut_by_rater : (J,) people
        Cut off from the larger part of their network if the rater's forms were
        missing; people without any other form are not counted, they would be unrated.
    weakened : (J,) raters
        Others whose link strength would surely fall below the threshold.
    employee, rater : (P,) codes
        Pairs whose form alone holds two parts together.
    cut_by_pair : (P,) people
        In the smaller of the two parts.
    """

    cut_by_rater: IntArray
    weakened: IntArray
    employee: IntArray
    rater: IntArray
    cut_by_pair: IntArray


def find_fragile(
    employee: IntArray, rater: IntArray, n_employees: int, strength: FloatArray,
    gamma: float, min_link: float,
) -> Fragility:  # fmt: skip
    """Find raters and forms on which comparisons hang.

    Parameters
    ----------
    employee, rater : (N,) codes
        Of the scored forms.
    n_employees
        I.
    strength : (J,) 0 to 1
        Link strength today.
    gamma
        Rater variance over residual variance.
    min_link
        Threshold of a weak link.

    Returns
    -------
    Fragility

    References
    ----------
    Tarjan (1972), SIAM J. Comput. 1: cut vertices and bridges by depth-first search.

    Examples
    --------
    Rater 1 alone saw people of both sides; without the forms of rater 1 two people
    are cut off, whichever side is taken.

    >>> employee, rater = np.array([0, 1, 1, 2, 2, 3]), np.array([0, 0, 1, 1, 2, 2])
    >>> found = find_fragile(employee, rater, 4, np.ones(3), 1.0, 0.2)
    >>> found.cut_by_rater
    array([0, 2, 0])
    """
    n_raters = len(strength)
    code = np.unique(employee * n_raters + rater) if n_raters else employee
    pair_i, pair_j = code // max(n_raters, 1), code % max(n_raters, 1)
    nodes = _Search(pair_i, n_employees + pair_j, n_employees, n_raters)
    low_end = nodes.cut_edges()
    return Fragility(
        nodes.cut_by_node()[n_employees:],
        _count_weakened(pair_i, pair_j, n_employees, strength, gamma, min_link),
        *low_end,
    )


class _Search:
    """One depth-first search over all parts, hung below a root of its own."""

    def __init__(self, i: IntArray, j: IntArray, n_employees: int, n_raters: int) -> None:
        n = n_employees + n_raters
        self._n_employees = n_employees
        joined = sparse.coo_matrix((np.ones(len(i)), (i, j)), shape=(n, n))
        _, part = csgraph.connected_components(joined, directed=False)
        first = np.unique(part, return_index=True)[1]
        u = np.concatenate([i, np.full(len(first), n)])
        v = np.concatenate([j, first])
        edges = sparse.coo_matrix(
            (np.ones(2 * len(u)), (np.concatenate([u, v]), np.concatenate([v, u]))),
            shape=(n + 1, n + 1),
        )
        order, parent = csgraph.depth_first_order(edges.tocsr(), n, directed=True)
        rank = np.empty(n + 1, np.int64)
        rank[order] = np.arange(n + 1)
        low = rank.copy()
        back = parent[u] != v
        np.minimum.at(low, u[back], rank[v[back]])
        back = parent[v] != u
        np.minimum.at(low, v[back], rank[u[back]])
        self.n, self._order, self._parent, self._rank, self._part = n, order, parent, rank, part
        self._sum_up(low)

    def _sum_up(self, low: IntArray) -> None:
        # From the last node seen to the first, so that children come before their parent.
        lows, parents = low.tolist(), self._parent.tolist()
        people = [1] * self._n_employees + [0] * (self.n + 1 - self._n_employees)
        raters = [0] * self._n_employees + [1] * (self.n - self._n_employees) + [0]
        for node in reversed(self._order[1:].tolist()):
            above = parents[node]
            lows[above] = min(lows[above], lows[node])
            people[above] += people[node]
            raters[above] += raters[node]
        self._low = np.array(lows, np.int64)
        self._people, self._raters = np.array(people, np.int64), np.array(raters, np.int64)
        top = self._order[1:][self._parent[self._order[1:]] == self.n]
        whole = np.zeros(self._part.max(initial=-1) + 1, np.int64)
        whole[self._part[top]] = top
        self._whole = whole[self._part]

    def cut_by_node(self) -> IntArray:
        """(n,) people cut off from the largest part that is left without the node.

        A part counts if somebody in it is still rated.
        """
        child = self._order[1:]
        above = self._parent[child]
        is_apart = (above < self.n) & (self._low[child] >= self._rank[above])
        child, above = child[is_apart], above[is_apart]
        lost_people = np.bincount(above, self._people[child], self.n).astype(np.int64)
        lost_raters = np.bincount(above, self._raters[child], self.n).astype(np.int64)
        node = np.arange(self.n)
        rest = self._people[self._whole] - lost_people - (node < self._n_employees)
        rest_raters = self._raters[self._whole] - lost_raters - (node >= self._n_employees)
        rest[rest_raters == 0] = 0
        alive = self._raters[child] > 0
        size = self._people[child] * alive
        largest = rest.copy()
        np.maximum.at(largest, above, size)
        cut: IntArray = rest + np.bincount(above, size, self.n).astype(np.int64) - largest
        return cut

    def cut_edges(self) -> tuple[IntArray, IntArray, IntArray]:
        """Employee and rater of each pair that alone joins two parts, and the smaller's people."""
        child = self._order[1:]
        above = self._parent[child]
        is_bridge = (above < self.n) & (self._low[child] > self._rank[above])
        child, above = child[is_bridge], above[is_bridge]
        whole = self._whole[child]
        people, raters = self._people[child], self._raters[child]
        far_people, far_raters = self._people[whole] - people, self._raters[whole] - raters
        size = np.minimum(people, far_people) * ((raters > 0) & (far_raters > 0))
        keep = size > 0
        low, high = np.minimum(child, above)[keep], np.maximum(child, above)[keep]
        order = np.lexsort((high, low))
        return (
            low[order].astype(np.int64),
            high[order].astype(np.int64) - self._n_employees,
            size[keep][order],
        )


def _count_weakened(
    i: IntArray, j: IntArray, n_employees: int, strength: FloatArray, gamma: float, min_link: float
) -> IntArray:
    r"""(J,) raters who would surely be weak without the forms of this one.

    .. math:: \ell_j \le \frac{\gamma c_j}{1 + \gamma c_j}, \quad c_j = \sum_i (1 - 1/n_i)

    over the people i of rater j: the link strength if all other severities were
    known. Without rater k each shared person loses 1/(n_i - 1) - 1/n_i.
    """
    n_raters = len(strength)
    n_i = np.bincount(i, minlength=n_employees).astype(np.float64)
    several = n_i[i] >= 2
    i, j = i[several], j[several]
    shape = (n_employees, n_raters)
    rated = sparse.coo_array((np.ones(len(i)), (i, j)), shape=shape).tocsr()
    share = sparse.coo_array((1 / (n_i[i] * (n_i[i] - 1)), (i, j)), shape=shape).tocsr()
    lost = (share.T @ rated).tocoo()
    c = np.bincount(j, 1 - 1 / n_i[i], n_raters)
    of, without = lost.coords
    left = np.maximum(c[of] - lost.data, 0.0)
    bound = gamma * left / (1 + gamma * left)
    is_strong = np.nan_to_num(strength) >= min_link
    falls = (of != without) & is_strong[of] & (bound < min_link - 1e-12)
    weakened: IntArray = np.bincount(without[falls], minlength=n_raters).astype(np.int64)
    return weakened
