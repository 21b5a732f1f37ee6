"""Who managed whom, and when: line managers, transfers, matrix and acting managers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from calibrate.demo.catalogue import ENDS_ON, STARTS_ON, Floats, Ints, day
from calibrate.demo.company import Company

KINDS = ("line", "matrix", "previous", "acting")
LINE, MATRIX, PREVIOUS, ACTING = range(4)

#: Share of the people without reports who changed managers, and who have a second one.
_TRANSFERS, _MATRIX = 0.05, 0.05
#: Share of the managers for whom another one acted, and from when to when.
_AWAY = 0.02
_ACTING_FROM, _ACTING_TO = date(2026, 8, 3), date(2026, 9, 25)
_SECOND_SHARE = 0.3


@dataclass(frozen=True)
class Assignments:
    """One row per person and manager, sorted by person and kind.

    Parameters
    ----------
    employee, manager : (A,) index
    kind : (A,) codes
        Into ``KINDS``.
    starts, ends : (A,) days since 1970
        -1 where the assignment began before the cycle or goes on.
    share : (A,) part of the manager's weight
        The shares of one person sum to 1.
    """

    employee: Ints
    manager: Ints
    kind: Ints
    starts: Ints
    ends: Ints
    share: Floats


def pick_other_managers(
    rng: np.random.Generator, company: Company, people: Ints, *, anywhere: bool
) -> Ints:
    """Draw a manager who is not the own one, for people without reports; -1 where there is none.

    ``anywhere`` looks beyond the own department.
    """
    tree = company.tree
    managers = np.flatnonzero(tree.span > 0)
    managers = managers[managers > 0]
    managers = managers[np.argsort(tree.department[managers], kind="stable")]
    of = tree.department[people]
    first = np.searchsorted(tree.department[managers], of, side="left")
    count = np.searchsorted(tree.department[managers], of, side="right") - first
    if anywhere:
        first, count = np.zeros_like(first), np.full_like(count, len(managers))
    at = np.floor(rng.random(len(people)) * count).astype(np.int64)
    if not len(managers):
        return np.full(len(people), -1, dtype=np.int64)
    is_own = managers[first + at] == tree.manager[people]
    at = np.where(is_own, (at + 1) % count, at)
    chosen = managers[first + at]
    return np.where(chosen == tree.manager[people], -1, chosen)


def draw_assignments(rng: np.random.Generator, company: Company) -> Assignments:
    """Draw transfers, matrix and acting managers; nobody has two of them."""
    tree = company.tree
    staff = rng.permutation(np.flatnonzero((tree.span == 0) & company.is_rated))
    n_moved, n_matrix = round(_TRANSFERS * len(staff)), round(_MATRIX * len(staff))
    moved, matrix = staff[:n_moved], staff[n_moved : n_moved + n_matrix]
    former = pick_other_managers(rng, company, moved, anywhere=False)
    second = pick_other_managers(rng, company, matrix, anywhere=True)
    moved, former = moved[former >= 0], former[former >= 0]
    matrix, second = matrix[second >= 0], second[second >= 0]
    stood_in, acting = _draw_acting(rng, company, np.concatenate([moved, matrix]))

    start, length = day(STARTS_ON), (ENDS_ON - STARTS_ON).days + 1
    last_day = start + rng.integers(40, 130, len(moved))
    former_share = np.round((last_day + 1 - start) / length, 2)
    line_share, line_start = np.ones(len(tree)), np.full(len(tree), -1, dtype=np.int64)
    line_share[moved] -= former_share
    line_share[np.concatenate([matrix, stood_in])] -= _SECOND_SHARE
    line_start[moved] = last_day + 1
    line_start[company.hired > start] = company.hired[company.hired > start]
    people = np.arange(1, len(tree))

    def none(like: Ints) -> Ints:
        return np.full(len(like), -1, dtype=np.int64)

    parts = (
        (people, tree.manager[1:], LINE, line_start[1:], company.left[1:], line_share[1:]),
        (matrix, second, MATRIX, none(matrix), none(matrix), np.full(len(matrix), _SECOND_SHARE)),
        (moved, former, PREVIOUS, none(moved), last_day, former_share),
        (
            stood_in, acting, ACTING, np.full(len(stood_in), day(_ACTING_FROM)),
            np.full(len(stood_in), day(_ACTING_TO)), np.full(len(stood_in), _SECOND_SHARE),
        ),
    )  # fmt: skip
    employee, manager, starts, ends, share = (
        np.concatenate([part[k] for part in parts]) for k in (0, 1, 3, 4, 5)
    )
    kind = np.concatenate([np.full(len(part[0]), part[2]) for part in parts])
    order = np.lexsort((kind, employee))
    return Assignments(
        employee[order], manager[order], kind[order], starts[order], ends[order],
        np.round(share[order], 2),
    )  # fmt: skip


def _draw_acting(rng: np.random.Generator, company: Company, taken: Ints) -> tuple[Ints, Ints]:
    """Reports of managers who were away, and who acted: another manager of the department."""
    tree = company.tree
    is_free = (tree.span == 0) & company.is_rated
    is_free[taken] = False
    managers = np.unique(tree.manager[np.flatnonzero(is_free)])
    managers = managers[managers > 0]
    n_away = max(round(_AWAY * len(managers)), int(len(managers) >= 10))
    away = np.sort(rng.permutation(managers)[:n_away])
    deputy = np.full(len(tree), -1, dtype=np.int64)
    # A manager's own place decides the department; any of the reports stands for it.
    deputy[away] = pick_other_managers(rng, company, tree.first_report[away], anywhere=False)
    reports = np.flatnonzero(is_free & (deputy[tree.manager] >= 0))
    reports = reports[reports > 0]
    return reports, deputy[tree.manager[reports]]
