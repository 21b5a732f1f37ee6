"""Who may file a manager form for whom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from calibrate.ingest.values import EmployeeTable, IntArray


@dataclass(frozen=True)
class Managers:
    """Every pair of an employee and somebody who manages, or managed, this employee.

    Parameters
    ----------
    names
        Ids of all managers, sorted.
    employee, manager : (P,)
        Codes of each pair, in any order.
    is_declared
        Does the cycle say who manages whom?
    """

    names: tuple[str, ...]
    employee: IntArray
    manager: IntArray
    is_declared: bool

    @cached_property
    def _codes(self) -> dict[str, int]:
        return {name: code for code, name in enumerate(self.names)}

    @cached_property
    def _pairs(self) -> IntArray:
        return np.unique(self.employee * (len(self.names) + 1) + self.manager)

    def code_of(self, name: str) -> int:
        """Return the code of a manager, -1 for anybody else."""
        return self._codes.get(name, -1)

    def has(self, employee: IntArray, manager: IntArray) -> NDArray[np.bool_]:
        """Tell for each pair of codes whether it is declared."""
        asked = employee * (len(self.names) + 1) + manager
        return np.isin(asked, self._pairs) & (manager >= 0)

    def of(self, employee: int) -> tuple[str, ...]:
        """Names of everybody who manages or managed one employee."""
        return tuple(self.names[code] for code in sorted(self.manager[self.employee == employee]))

    def explain(self, employee: int, rater: str) -> tuple[str, str]:
        """Say why a manager form is refused, and how to mend it."""
        known = ", ".join(f"'{name[:60]}'" for name in self.of(employee)[:5])
        declared = f"declared: {known}" if known else "nobody is declared"
        what = f"'{rater[:60]}' is not the manager; {declared}"
        return (
            what,
            "correct source or rater_id, or the manager in employees or assignments",
        )


def find_managers(employees: EmployeeTable) -> Managers:
    """Read who manages whom from the employees' manager_id."""
    managers = employees.column("manager_id")
    names = tuple(sorted(set(managers) - {""}))
    code = {name: n for n, name in enumerate(names)}
    at = np.array([n for n, name in enumerate(managers) if name], dtype=np.int64)
    return Managers(
        names, at, np.array([code[managers[n]] for n in at], dtype=np.int64),
        is_declared="manager_id" in employees.declared,
    )  # fmt: skip
