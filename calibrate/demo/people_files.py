"""employees, assignments and attributes as files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from calibrate.demo.assignments import KINDS, Assignments
from calibrate.demo.catalogue import (
    ATTRIBUTES,
    BANDS,
    DEPARTMENTS,
    FAMILIES,
    LEVELS,
    LOCATIONS,
    WORK_MODES,
    Ints,
    day,
    read_names,
)
from calibrate.demo.company import REASONS, STATUSES, Company
from calibrate.demo.table_file import BLOCK, TableFile, dates, numbers, text

#: Managers who have not proposed anything yet, and single proposals still open.
_MANAGERS_OPEN, _PEOPLE_OPEN = 0.04, 0.02


@dataclass(frozen=True)
class Proposals:
    """Band each manager proposes, -1 for none, and the day."""

    band: Ints
    proposed_on: Ints


def draw_proposals(rng: np.random.Generator, company: Company, band_of: Ints) -> Proposals:
    """The band of the manager's own form, by most managers and for most people."""
    n = len(company)
    manager_is_open = rng.random(n) < _MANAGERS_OPEN
    is_open = manager_is_open[company.tree.manager] | (rng.random(n) < _PEOPLE_OPEN)
    band = np.where(is_open | (band_of < 0), -1, band_of)
    proposed_on = day(date(2026, 12, 8)) + rng.integers(0, 11, n)
    return Proposals(band, np.where(band >= 0, proposed_on, -1))


def pick_id(ids: Any, index: Ints) -> Any:
    """Ids by index; -1 becomes a missing value."""
    return ids.take(pa.array(index, mask=index < 0))


def write_employees(path: Path, ids: Any, company: Company, proposals: Proposals) -> int:
    """Write employees and return the number of rows."""
    tree = company.tree
    with TableFile(path) as table:
        for start in range(0, len(company), BLOCK):
            part = slice(start, start + BLOCK)
            manager, band = tree.manager[part], proposals.band[part]
            table.write(
                {
                    "employee_id": ids[part],
                    "name": text(read_names(), company.name[part]),
                    "manager_id": pick_id(ids, manager),
                    "department": text([d.name for d in DEPARTMENTS], tree.department[part]),
                    "job_family": text(FAMILIES, tree.family[part]),
                    "level": text(LEVELS, company.level[part]),
                    "location": text(LOCATIONS, company.location[part]),
                    "work_mode": text(WORK_MODES, company.work_mode[part]),
                    "hired_on": dates(company.hired[part]),
                    "left_on": dates(company.left[part]),
                    "status": text(STATUSES, company.status[part]),
                    "not_rated_reason": text(REASONS, company.reason[part]),
                    "present_share": numbers(company.present_share[part], 2),
                    "session": text(company.session, company.session_of[part]),
                    "proposed_band": text(["", *BANDS], band + 1),
                    "proposed_by": pick_id(ids, np.where(band >= 0, manager, -1)),
                    "proposed_on": dates(proposals.proposed_on[part]),
                }
            )
        return table.n_rows


def write_assignments(path: Path, ids: Any, assignments: Assignments) -> int:
    """Write who managed whom and return the number of rows."""
    with TableFile(path) as table:
        for start in range(0, len(assignments.kind), BLOCK):
            part = slice(start, start + BLOCK)
            table.write(
                {
                    "employee_id": pick_id(ids, assignments.employee[part]),
                    "manager_id": pick_id(ids, assignments.manager[part]),
                    "kind": text(KINDS, assignments.kind[part]),
                    "from": dates(assignments.starts[part]),
                    "to": dates(assignments.ends[part]),
                    "share": numbers(assignments.share[part], 2),
                }
            )
        return table.n_rows


def write_groups(path: Path, ids: Any, groups: dict[str, Ints]) -> int:
    """Write the attributes file, which the audit alone opens, and return the number of rows."""
    with TableFile(path) as table:
        codes = groups.items()
        columns = {name: text(list(ATTRIBUTES[name]), code) for name, code in codes}
        table.write({"employee_id": ids, **columns})
        return table.n_rows
