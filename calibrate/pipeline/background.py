"""The company around the bands, for the audit; attributes are not among it."""

from __future__ import annotations

import numpy as np

from calibrate.audit import Background, FormEvidence
from calibrate.config import CONTROL_COLUMNS, SOURCES
from calibrate.pipeline.comments import gather_history
from calibrate.pipeline.frozen import describe_calibration
from calibrate.pipeline.practice_arrays import gather_practice
from calibrate.pipeline.quota import find_moves
from calibrate.pipeline.stages import Scored


def gather_background(scored: Scored) -> Background:
    """Put forms, raters and the employees' columns in the audit's hands."""
    prepared, people = scored.prepared, scored.effects.employees
    employees = prepared.employees
    strata: dict[str, tuple[str, ...]] = {
        str(name): tuple(str(value) for value in employees.column(name))
        for name in CONTROL_COLUMNS
        if name in employees.declared
    }
    wanted = prepared.cycle.audit.controls
    if wanted is None:
        wanted = tuple(name for name in ("level", "job_family") if name in strata)
    managers = employees.column("manager_id") if "manager_id" in employees.declared else []
    return Background(
        strata=strata,
        controls=tuple(name for name in wanted if name in strata),
        manager_ids=tuple(sorted({str(name) for name in managers if name})),
        link=people.link,
        n_forms=people.n_forms,
        adjusted=people.adjusted,
        probabilities=scored.bands.probabilities,
        forms=_gather_forms(scored),
        is_fitted=scored.effects.fitted,
        calibration=describe_calibration(scored),
        comments=prepared.comments,
        history=gather_history(prepared),
        quota=find_moves(scored),
        practice=gather_practice(prepared),
    )


def _gather_forms(scored: Scored) -> FormEvidence:
    prepared = scored.prepared
    forms = prepared.forms
    place = {employee: code for code, employee in enumerate(prepared.employees.ids)}
    return FormEvidence(
        employee=forms.employee,
        rater=forms.rater,
        source=np.array(SOURCES, dtype=object)[forms.source],
        points=forms.points,
        weight=forms.weight,
        scored=forms.scored,
        criteria=prepared.rules.criteria,
        criterion_points=forms.criterion_points,
        rater_employee=np.array([place.get(rater, -1) for rater in prepared.raters], np.int64),
    )
