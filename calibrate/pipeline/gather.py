"""Everything a packet is made of, put together from the stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from calibrate.align.kpis import attain_outcome
from calibrate.audit import Population
from calibrate.bands import to_micro
from calibrate.pipeline.background import gather_background
from calibrate.pipeline.second_opinion import say_opinion
from calibrate.pipeline.stages import Scored, encode_managers
from calibrate.pipeline.tabulate import count_quarantined, list_notes
from calibrate.report import CriterionInfo, Material, OutcomeInfo, RubricInfo
from calibrate.report.material import ASSIGNMENT_COLUMNS, HISTORY_COLUMNS
from calibrate.report.privacy import WIDEST_STEP
from calibrate.report.theme import DEFAULT, Theme
from calibrate.rubric import Rubric, Strategy, criterion_weights
from calibrate.score.combine import summarise_sources


def gather_population(scored: Scored) -> Population:
    """Put scores and bands in the audit's hands; attributes are not among them."""
    prepared, effects, bands = scored.prepared, scored.effects.employees, scored.bands
    stages = {"raw": bands.raw, "calibrated": bands.calibrated}
    if (bands.proposed >= 0).any():
        stages["proposed"] = bands.proposed
    rows = prepared.quarantined[prepared.quarantined >= 0]
    return Population(
        employee_ids=prepared.employees.ids,
        rated=effects.n_forms > 0,
        manager=encode_managers(prepared.employees),
        band_labels=bands.labels,
        cuts_micro=prepared.cycle.bands.cuts_micro,
        scores={"raw": to_micro(effects.raw), "calibrated": to_micro(effects.calibrated)},
        bands=stages,
        quarantined=np.bincount(rows, minlength=len(prepared.employees.ids)),
        background=gather_background(scored),
    )


def gather_material(
    scored: Scored, tables: Mapping[str, pd.DataFrame], run_id: str, theme: Theme = DEFAULT
) -> Material:
    """Collect what the views read."""
    prepared = scored.prepared
    rubric_ids = [rubric.id for rubric in prepared.rubrics]
    return Material(
        cycle=prepared.cycle,
        tables=tables,
        employees=prepared.employees.frame,
        rubrics=tuple(_describe_rubric(r, scored) for r in prepared.rubrics),
        source_scores=summarise_sources(
            prepared.forms, prepared.rules.criteria, prepared.employees
        ),
        outcomes=_describe_outcomes(prepared.strategy),
        readiness=count_readiness(scored),
        notes=(*list_notes(scored), *say_opinion(tables)),
        run_id=run_id,
        assignments=prepared.assignments.frame[list(ASSIGNMENT_COLUMNS)],
        rubric_of={
            employee: rubric_ids[code]
            for employee, code in zip(prepared.employees.ids, prepared.rules.rubric_of, strict=True)
            if code >= 0
        },
        largest_step=find_largest_step(prepared.rubrics),
        theme=theme,
        history=_gather_history(scored),
    )


def _gather_history(scored: Scored) -> pd.DataFrame:
    """Bands and scores of earlier cycles, by name of the cycle, then in the order given."""
    prepared = scored.prepared
    history = prepared.records.get("history")
    if history is None:
        return pd.DataFrame(columns=list(HISTORY_COLUMNS))
    rows = history.frame[history.frame["cycle"] != prepared.cycle.cycle]
    rows = rows[list(HISTORY_COLUMNS)].astype(str).sort_values("cycle", kind="stable")
    rows["raw_score"] = pd.to_numeric(rows["raw_score"].replace("", None))
    return rows.reset_index(drop=True)


def find_largest_step(rubrics: Sequence[Rubric]) -> float:
    """One step of the coarsest mark scale, in points; a quarter where any mark may be given."""
    scales = [rubric.scale for rubric in rubrics]
    return max(
        float(100 * scale.step / (scale.highest - scale.lowest)) or WIDEST_STEP for scale in scales
    )


def count_readiness(scored: Scored) -> dict[str, int]:
    """Count people, forms and rows: what the first page of a packet says."""
    prepared, people = scored.prepared, scored.effects.employees
    links = {name: int((people.link == name).sum()) for name in ("linked", "weak", "unlinked")}
    n_rated = int((people.n_forms > 0).sum())
    return {
        "n_people": len(prepared.employees.ids),
        "n_rated": n_rated,
        "n_unrated": len(prepared.employees.ids) - n_rated,
        "n_rows": prepared.n_rows,
        "n_forms": len(prepared.forms.points),
        "n_scored_forms": int(prepared.forms.scored.sum()),
        "n_raters": int((scored.effects.raters.n_forms > 0).sum()),
        "n_problems": sum(p.level == "error" for p in prepared.problems),
        "n_notes": sum(p.level == "note" for p in prepared.problems),
        "n_quarantined": count_quarantined(scored),
        "n_kept_marks": prepared.forms.n_kept,
        **{f"n_{name}": count for name, count in links.items()},
    }


def _describe_rubric(rubric: Rubric, scored: Scored) -> RubricInfo:
    weights = criterion_weights(rubric, scored.prepared.strategy)
    return RubricInfo(
        id=rubric.id, version=str(rubric.version), title=rubric.title, sha256=rubric.sha256,
        criteria=tuple(
            CriterionInfo(
                id=criterion.id, label=criterion.label, weight=f"{float(100 * weight):.0f}%",
                levels={f"{mark:g}": text for mark, text in criterion.levels.items()},
                develop=criterion.develop or "",
                outcome=max(criterion.outcomes, key=criterion.outcomes.__getitem__, default=""),
            )
            for criterion, weight in zip(rubric.criteria, weights, strict=True)
        ),
    )  # fmt: skip


def _describe_outcomes(strategy: Strategy | None) -> tuple[OutcomeInfo, ...]:
    if strategy is None:
        return ()
    return tuple(
        OutcomeInfo(o.id, o.title, o.perspective, float(o.weight), attain_outcome(o))
        for o in strategy.outcomes
    )
