"""Odd distributions in every scope of the employees' columns."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from calibrate.bands import PatternEvidence, build_patterns
from calibrate.pipeline.stages import Scored

#: Kind of scope → column of the employees.
SCOPE_COLUMNS = {
    "department": "department", "site": "location", "level": "level", "manager": "manager_id",
}  # fmt: skip


def list_scopes(scored: Scored) -> Mapping[str, list[str]]:
    """Kinds of scope, each with the scope of every employee; blank for none."""
    employees = scored.prepared.employees
    scopes: dict[str, list[str]] = {
        "company": ["all"] * len(employees.ids),
        "session": list(scored.prepared.session),
    }
    for scope, column in SCOPE_COLUMNS.items():
        if column in employees.declared:
            scopes[scope] = employees.frame[column].tolist()
    return scopes


def tabulate_patterns(scored: Scored) -> pd.DataFrame:
    """Test the bands the meeting starts from, as :data:`calibrate.tables.PATTERNS`."""
    cycle, bands, employees = scored.prepared.cycle, scored.bands, scored.prepared.employees
    guideline = cycle.guideline
    is_tested = guideline is not None and guideline.mode != "none" and not bands.is_what_if
    favourable = cycle.audit.favourable.bands if cycle.audit.favourable else ()
    return build_patterns(
        PatternEvidence(
            band=bands.current,
            labels=bands.labels,
            points=scored.effects.employees.raw,
            level=employees.column("level") if "level" in employees.declared
            else [""] * len(employees.ids),
            scopes=list_scopes(scored),
            favourable=frozenset(bands.labels.index(str(label)) for label in favourable),
            guideline=guideline.shares if guideline and is_tested else None,
            seed=cycle.seed,
        )
    )  # fmt: skip
