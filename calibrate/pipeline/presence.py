"""Forms, rows and managers of each person, counted for the readiness table."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.config import SOURCES
from calibrate.pipeline.stages import Prepared, Scored
from calibrate.session.readiness import build_readiness

_TEXTS = (
    "employee_id", "manager_id", "not_rated_reason", "left_on", "hired_on", "status",
    "present_share",
)  # fmt: skip


def tabulate_readiness(scored: Scored) -> pd.DataFrame:
    """Who has a score, and why not, as :data:`calibrate.tables.READINESS`."""
    prepared, forms = scored.prepared, scored.prepared.forms
    is_manager = forms.source == SOURCES.index("manager")
    is_own = forms.source == SOURCES.index("self")
    is_thin = np.isnan(forms.points)
    # Whoever wrote "too new to rate" has answered.
    is_null = np.isin(np.arange(len(is_thin)), list(prepared.null_forms))
    is_empty = np.isnan(forms.criterion_points).all(axis=1)
    counts = forms.weight > 0

    def count(chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        return np.bincount(forms.employee[chosen], minlength=len(prepared.employees.ids))

    left_out = prepared.quarantined[prepared.quarantined >= 0]
    people = prepared.employees.frame[list(_TEXTS)].assign(
        session=list(prepared.session),
        link=scored.effects.employees.link,
        n_managers=prepared.assignments.count_managers(),
        n_scored=count(forms.scored),
        n_thin=count(is_thin & counts & ~is_null),
        n_empty=count(is_empty & counts & ~is_null),
        null_labels=_join_labels(scored, counts),
        n_unscored=count(~counts),
        n_unscored_own=count(~counts & is_own),
        n_manager_forms=count(is_manager & (~is_thin | is_null)),
        n_left_out=np.bincount(left_out, minlength=len(prepared.employees.ids)),
    )
    return build_readiness(people, prepared.cycle.starts_on, prepared.cycle.ends_on)


def _join_labels(scored: Scored, counts: npt.NDArray[np.bool_]) -> list[str]:
    """Labels of each person's forms that have no mark and would count; "" for none."""
    prepared = scored.prepared
    said: dict[int, dict[str, None]] = {}
    for form, label in sorted(prepared.null_forms.items()):
        if counts[form]:
            said.setdefault(int(prepared.forms.employee[form]), {})[label] = None
    n_people = len(prepared.employees.ids)
    return [" and ".join(f"'{label}'" for label in said.get(i, ())) for i in range(n_people)]


def find_present_shares(prepared: Prepared) -> dict[str, float]:
    """Share of the cycle each person was present, where the employees file says it."""
    shares = prepared.employees.column("present_share")
    return {
        employee: float(share)
        for employee, share in zip(prepared.employees.ids, shares, strict=True)
        if share
    }
