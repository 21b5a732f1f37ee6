"""Names of people and criteria, so that a run can be read without its inputs."""

from __future__ import annotations

import pandas as pd

from calibrate.pipeline.stages import Scored
from calibrate.tables import CRITERIA, PEOPLE


def tabulate_people(scored: Scored) -> pd.DataFrame:
    """One row an employee, as :data:`calibrate.tables.PEOPLE`."""
    prepared = scored.prepared
    rubrics = [rubric.id for rubric in prepared.rubrics]
    frame = prepared.employees.frame
    columns = {
        name: frame[name].to_numpy() if name in frame else ""
        for name in PEOPLE.names
        if name != "rubric"
    }
    rubric = [rubrics[code] if code >= 0 else "" for code in prepared.rules.rubric_of]
    return PEOPLE.conform(pd.DataFrame({**columns, "rubric": rubric}))


def tabulate_criteria(scored: Scored) -> pd.DataFrame:
    """One row a criterion, as :data:`calibrate.tables.CRITERIA`."""
    rows = [
        {
            "rubric": rubric.id, "version": str(rubric.version), "title": rubric.title,
            "criterion": criterion.id, "label": criterion.label,
        }
        for rubric in scored.prepared.rubrics
        for criterion in rubric.criteria
    ]  # fmt: skip
    return CRITERIA.conform(pd.DataFrame(rows, columns=CRITERIA.names))
