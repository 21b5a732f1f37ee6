"""Do shared employees link the raters, and which parts must be refused?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from calibrate.effects.result import BoolArray, Codes, IntArray

#: Two raters share no third view, and one employee shows no pattern of severity.
MIN_RATERS = 3
MIN_EMPLOYEES = 2


@dataclass(frozen=True)
class Components:
    """Connected parts of the network of employees and raters.

    Parameters
    ----------
    of_employee : (I,)
        Component of each employee, -1 for the unrated.
    of_rater : (J,)
        Component of each rater, -1 for who filed no scored form.
    n_employees, n_raters : (components,)
        Size of each component.
    """

    of_employee: IntArray
    of_rater: IntArray
    n_employees: IntArray
    n_raters: IntArray

    @property
    def linked(self) -> BoolArray:
        """(components,) Can severities be told within the component?"""
        return (self.n_raters >= MIN_RATERS) & (self.n_employees >= MIN_EMPLOYEES)


def find_components(employee: Codes, rater: Codes, n_employees: int, n_raters: int) -> Components:
    """Split the network into parts that share nobody.

    Components are numbered by their lowest employee code. A component of fewer
    than 3 raters or a single employee is not linked: each rater rates one
    person, so that severity and noise are one.

    Parameters
    ----------
    employee, rater : (N,)
        Codes of the scored forms.
    n_employees, n_raters
        I and J, people without a form included.

    Returns
    -------
    Components
        Where everybody belongs.

    Examples
    --------
    >>> parts = find_components(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 2]), 3, 4)
    >>> parts.of_employee, parts.of_rater
    (array([0, 0, 1]), array([ 0,  0,  1, -1]))
    >>> parts.linked
    array([False, False])
    """
    size = n_employees + n_raters
    edges = sparse.coo_matrix((np.ones(len(employee)), (employee, n_employees + rater)),
                              shape=(size, size))  # fmt: skip
    _, label = csgraph.connected_components(edges.tocsr(), directed=False)
    is_seen = np.zeros(size, dtype=bool)
    is_seen[employee] = True
    is_seen[n_employees + rater] = True
    # Employees come first, so that the first sight of a label is its lowest employee.
    found, first = np.unique(label[is_seen], return_index=True)
    number = np.full(size + 1, -1, dtype=np.int64)
    number[found[np.argsort(first, kind="stable")]] = np.arange(len(found))
    component = np.where(is_seen, number[label], -1)
    of_employee, of_rater = component[:n_employees], component[n_employees:]
    return Components(
        of_employee,
        of_rater,
        np.bincount(of_employee[of_employee >= 0], minlength=len(found)),
        np.bincount(of_rater[of_rater >= 0], minlength=len(found)),
    )
