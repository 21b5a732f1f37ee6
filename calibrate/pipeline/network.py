"""The network of employees and raters: who would have to mark whom, and what hangs on one rater."""

from __future__ import annotations

import numpy as np
import pandas as pd

from calibrate.config import SOURCES
from calibrate.effects import Effects
from calibrate.effects.fragile import Fragility, find_fragile
from calibrate.effects.linking import ASSUMED_GAMMA, LinkPlan, plan_links
from calibrate.language import N_, _
from calibrate.language.figures import write_figure
from calibrate.pipeline.neighbours import ABOVE, ALIKE, find_neighbours
from calibrate.pipeline.stages import Prepared, Scored
from calibrate.tables import LINKS

#: Marks a rater is asked for, unless ``calibrate link --marks`` says otherwise.
MARKS = 2
#: Raters and forms named in the findings, and the fewest people or raters worth a finding.
_MOST_NAMED, _FEWEST_CUT = 3, 2
#: What the rater, or those whom the rater marks, have in common with a person.
ALIKE_WORDS = {
    ABOVE: N_("manager above"),
    "department": N_("same department"),
    "job_family": N_("same job family"),
    "location": N_("same location"),
    "level": N_("same level"),
}


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
            _(
                "Rater {rater} alone links {n} people with the others",
                rater=prepared.raters[j], n=int(cut[j]),
            ),
            _(
                "without these forms {n} people could not be compared with the rest",
                n=int(cut[j]),
            ),
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
            _(
                "The form of rater {rater} on {person} alone links {n} people with the others",
                rater=rater, person=person, n=n_cut,
            ),
            _("without this form {n} people could not be compared with the rest", n=n_cut),
        ))  # fmt: skip
    return rows


def _name_weakening(
    prepared: Prepared, found: Fragility
) -> list[tuple[str, str, str, str, str, str]]:
    named = [int(j) for j in _largest(found.weakened) if found.weakened[j] >= _FEWEST_CUT]
    return [
        (
            "network", "rater", prepared.raters[j], "note",
            _(
                "{n} raters can be compared because of rater {rater}",
                n=int(found.weakened[j]), rater=prepared.raters[j],
            ),
            _(
                "without these forms their link strength falls below {bound}",
                bound=write_figure(prepared.cycle.effects.min_link, 2),
            ),
        )
        for j in named
    ]  # fmt: skip


def _largest(values: np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[int]:
    """Positions of the largest values, the first of equals first."""
    order: list[int] = np.argsort(-values, kind="stable")[:_MOST_NAMED].tolist()
    return order


def _say_alike(row: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> str:
    alike = [name for name, is_alike in zip(ALIKE, row, strict=True) if is_alike]
    return ", ".join(_(ALIKE_WORDS[name]) for name in alike) or _("nearest in the company")


def _find_gamma(effects: Effects) -> float:
    """Rater variance over noise as fitted, else as assumed."""
    variance = {term: value for term, value, __ in effects.variance}
    rater, residual = variance.get("rater"), variance.get("residual")
    if not effects.fitted or not rater or not residual:
        return ASSUMED_GAMMA
    return rater / residual


def _find_strength(effects: Effects) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Link strength today; raters who do not differ at all need no comparison."""
    variance = {term: value for term, value, __ in effects.variance}
    if effects.fitted and variance.get("rater") == 0:
        return np.ones(len(effects.raters.link_strength))
    return np.nan_to_num(effects.raters.link_strength)
