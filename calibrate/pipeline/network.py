"""The network of employees and raters: who would have to mark whom, and what hangs on one rater."""

from __future__ import annotations

import numpy as np
import pandas as pd

from calibrate.config import SOURCES
from calibrate.effects import Effects
from calibrate.effects.fragile import Fragility, find_fragile
from calibrate.effects.linking import ASSUMED_GAMMA, LinkPlan, plan_links
from calibrate.pipeline.neighbours import ABOVE, ALIKE, find_neighbours
from calibrate.pipeline.stages import Prepared, Scored
from calibrate.tables import LINKS

#: Marks a rater is asked for, unless ``calibrate link --marks`` says otherwise.
MARKS = 2
#: Raters and forms named in the findings, and the fewest people or raters worth a finding.
_MOST_NAMED, _FEWEST_CUT = 3, 2


def plan_network(prepared: Prepared, effects: Effects, marks: int = MARKS) -> LinkPlan:
    """Plan further marks for the raters who cannot be compared, or hardly."""
    forms, cycle = prepared.forms, prepared.cycle
    chosen = forms.scored
    return plan_links(
        forms.employee[chosen], forms.rater[chosen], forms.source[chosen],
        _find_strength(effects), find_neighbours(prepared),
        other=SOURCES.index("other"), marks=marks, gamma=_find_gamma(effects),
        min_link=cycle.effects.min_link, seed=cycle.seed,
    )  # fmt: skip


def tabulate_links(scored: Scored) -> pd.DataFrame:
    """One row a pair, as :data:`calibrate.tables.LINKS`; empty where nothing is adjusted at all."""
    if scored.prepared.cycle.effects.model == "none":
        return LINKS.empty()
    return describe_plan(scored.prepared, plan_network(scored.prepared, scored.effects))


def describe_plan(prepared: Prepared, plan: LinkPlan) -> pd.DataFrame:
    """Write a plan with ids and words, as :data:`calibrate.tables.LINKS`."""
    strength = {result.step: result.mean_strength for result in plan.steps}
    return LINKS.conform(
        pd.DataFrame(
            {
                "order": np.arange(1, len(plan) + 1),
                "step": plan.step,
                "rater_id": [prepared.raters[j] for j in plan.rater],
                "employee_id": [prepared.employees.ids[i] for i in plan.employee],
                "session": [prepared.session[i] for i in plan.employee],
                "why": [_say_alike(row) for row in plan.alike],
                "components_after": plan.components_after,
                "people_linked_after": plan.linked_after,
                "gain": plan.gain,
                "link_strength_after": [strength[step] for step in plan.step.tolist()],
            }
        )
    )


def list_fragile(scored: Scored) -> list[tuple[str, str, str, str, str, str]]:
    """Findings on raters and forms without whom people could no longer be compared."""
    forms, effects = scored.prepared.forms, scored.effects
    if not effects.fitted:
        return []
    chosen = forms.scored
    found = find_fragile(
        forms.employee[chosen], forms.rater[chosen], len(scored.prepared.employees.ids),
        _find_strength(effects), _find_gamma(effects), scored.prepared.cycle.effects.min_link,
    )  # fmt: skip
    return [*_name_cuts(scored.prepared, found), *_name_weakening(scored.prepared, found)]


def _name_cuts(prepared: Prepared, found: Fragility) -> list[tuple[str, str, str, str, str, str]]:
    cut = found.cut_by_rater
    named = [int(j) for j in _largest(cut) if cut[j] >= _FEWEST_CUT]
    rows = [
        (
            "network", "rater", prepared.raters[j], "look",
            f"Rater {prepared.raters[j]} alone links {cut[j]:,} people with the others",
            f"without these forms {cut[j]:,} people could not be compared with the rest",
        )
        for j in named
    ]  # fmt: skip
    for at in _largest(found.cut_by_pair):
        j, n_cut = int(found.rater[at]), int(found.cut_by_pair[at])
        if n_cut < _FEWEST_CUT or j in named:
            continue
        rater, person = prepared.raters[j], prepared.employees.ids[found.employee[at]]
        rows.append((
            "network", "rater", rater, "look",
            f"The form of rater {rater} on {person} alone links {n_cut:,} people with the others",
            f"without this form {n_cut:,} people could not be compared with the rest",
        ))  # fmt: skip
    return rows


def _name_weakening(
    prepared: Prepared, found: Fragility
) -> list[tuple[str, str, str, str, str, str]]:
    named = [int(j) for j in _largest(found.weakened) if found.weakened[j] >= _FEWEST_CUT]
    return [
        (
            "network", "rater", prepared.raters[j], "note",
            f"{found.weakened[j]:,} raters can be compared because of rater {prepared.raters[j]}",
            f"without these forms their link strength falls below "
            f"{prepared.cycle.effects.min_link:g}",
        )
        for j in named
    ]  # fmt: skip


def _largest(values: np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[int]:
    """Positions of the largest values, the first of equals first."""
    order: list[int] = np.argsort(-values, kind="stable")[:_MOST_NAMED].tolist()
    return order


def _say_alike(row: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> str:
    alike = [name for name, is_alike in zip(ALIKE, row, strict=True) if is_alike]
    same = ", ".join(name.replace("_", " ") for name in alike if name != ABOVE)
    words = ["manager above"] * (ABOVE in alike) + [f"same {same}"] * bool(same)
    return "; ".join(words) or "nearest in the company"


def _find_gamma(effects: Effects) -> float:
    """Rater variance over noise as fitted, else as assumed."""
    variance = {term: value for term, value, _ in effects.variance}
    rater, residual = variance.get("rater"), variance.get("residual")
    if not effects.fitted or not rater or not residual:
        return ASSUMED_GAMMA
    return rater / residual


def _find_strength(effects: Effects) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Link strength today; raters who do not differ at all need no comparison."""
    variance = {term: value for term, value, _ in effects.variance}
    if effects.fitted and variance.get("rater") == 0:
        return np.ones(len(effects.raters.link_strength))
    return np.nan_to_num(effects.raters.link_strength)
