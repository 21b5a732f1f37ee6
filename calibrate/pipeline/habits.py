"""Habits of raters and their agreement as tables of the contract."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.config import SOURCES
from calibrate.effects.agreement import Agreement, agree_crossed, agree_once, find_alpha
from calibrate.effects.habits import Habit, SelfForms, find_habits, sort_reports
from calibrate.pipeline.stages import Scored
from calibrate.session.findings import describe_rater
from calibrate.session.habits import is_notable, say_habit, say_untold
from calibrate.tables import AGREEMENT, HABITS

TextArray = npt.NDArray[np.object_]


def judge_raters(scored: Scored) -> Mapping[str, Habit]:
    """Judge the habits of every rater of the cycle."""
    forms, prepared = scored.prepared.forms, scored.prepared
    chosen = forms.scored
    own = (forms.source == SOURCES.index("self")) & ~np.isnan(forms.points)
    reports = sort_reports(
        forms.employee[chosen], forms.rater[chosen], forms.source[chosen],
        forms.points[chosen], forms.criterion_points[chosen], len(prepared.raters),
    )  # fmt: skip
    mine = SelfForms(forms.employee[own], forms.rater[own], forms.points[own])
    return find_habits(reports, mine, scored.effects, prepared.cycle.seed)


def tabulate_habits(scored: Scored, habits: Mapping[str, Habit]) -> pd.DataFrame:
    """One row a rater and habit, as :data:`calibrate.tables.HABITS`."""
    forms = scored.prepared.forms
    files = scored.effects.raters.n_forms > 0
    of_self = np.zeros(len(files), dtype=bool)
    of_self[forms.rater[forms.source == SOURCES.index("self")]] = True
    ids = np.array(scored.prepared.raters, dtype=object)
    blocks = []
    for name, habit in habits.items():
        who = np.flatnonzero(of_self if name == "self_gap" else files)
        fitted = np.isfinite(scored.effects.raters.severity[who])
        blocks.append(
            pd.DataFrame(
                {
                    "rater_id": ids[who],
                    "habit": name,
                    "value": habit.value[who],
                    "low": habit.low[who],
                    "high": habit.high[who],
                    "n": habit.n[who],
                    "expected": habit.expected[who],
                    "p_value": habit.p_value[who],
                    "q_value": habit.q_value[who],
                    "flagged": habit.flagged[who],
                    "words": [
                        _say(name, habit, j, is_fitted=bool(has_fit))
                        for j, has_fit in zip(who.tolist(), fitted, strict=True)
                    ],
                }
            )
        )
    return HABITS.conform(pd.concat(blocks, ignore_index=True))


def _say(name: str, habit: Habit, j: int, *, is_fitted: bool) -> str:
    if np.isnan(habit.value[j]):
        return say_untold(name, int(habit.n[j]), is_fitted)
    if not habit.flagged[j]:
        return ""
    return say_habit(name, habit.value[j], habit.expected[j], habit.q_value[j])


def describe_raters(scored: Scored, habits: Mapping[str, Habit]) -> list[str]:
    """What is worth a look about each rater, all (J,) of them; empty if nothing."""
    raters = scored.effects.raters
    severity = habits["severity"]
    found = [
        describe_rater(raters.severity[j], severity.q_value[j], int(raters.n_forms[j]))
        for j in range(len(raters.n_forms))
    ]
    for name in ("spread", "halo", "self_gap"):
        habit = habits[name]
        for j in np.flatnonzero(habit.flagged):
            if is_notable(name, habit.value[j], habit.expected[j], habit.q_value[j]):
                words = say_habit(name, habit.value[j], habit.expected[j], habit.q_value[j])
                found[j] = "; ".join(part for part in (found[j], words) if part)
    return found


def tabulate_agreement(scored: Scored) -> pd.DataFrame:
    """One row a scope and measure, as :data:`calibrate.tables.AGREEMENT`."""
    prepared, forms = scored.prepared, scored.prepared.forms
    chosen = forms.scored
    employee, source, points = forms.employee[chosen], forms.source[chosen], forms.points[chosen]
    rng = np.random.default_rng(prepared.cycle.seed)
    found: list[tuple[str, str, Mapping[str, Agreement]]] = []

    def add(scope: str, scope_id: str, keep: npt.NDArray[np.bool_]) -> None:
        alpha = find_alpha(employee[keep], points[keep], is_ordinal=False, rng=rng)
        measures = {**agree_once(employee[keep], points[keep]), "alpha_interval": alpha}
        found.append((scope, scope_id, measures))

    add("company", "all", np.ones(len(points), dtype=bool))
    found.append(("company", "all", _agree_company(scored)))
    sessions = np.array(prepared.session, dtype=object)[employee]
    for name in sorted(set(sessions)):
        add("session", str(name), sessions == name)
    for code in np.unique(source):
        add("source", SOURCES[code], source == code)
    for k, criterion in enumerate(prepared.rules.criteria):
        marks = forms.criterion_points[chosen, k]
        found.append(("criterion", criterion, {
            "alpha_ordinal": find_alpha(employee, marks, is_ordinal=True, rng=rng),
            "alpha_interval": find_alpha(employee, marks, is_ordinal=False, rng=rng),
        }))  # fmt: skip
    rows = [
        (scope, scope_id, measure, one.value, one.low, one.high, one.n)
        for scope, scope_id, measures in found
        for measure, one in measures.items()
    ]
    return AGREEMENT.conform(pd.DataFrame(rows, columns=AGREEMENT.names))


def _agree_company(scored: Scored) -> Mapping[str, Agreement]:
    """Agreement from the variances of the fit; nothing where there is none."""
    effects = scored.effects
    if not effects.fitted:
        return {}
    variance = {term: value or 0.0 for term, value, _ in effects.variance}
    n_forms = effects.employees.n_forms[np.isin(effects.employees.link, ["linked", "weak"])]
    return agree_crossed(
        variance.get("employee", 0.0) + variance.get("unit", 0.0),
        variance.get("rater", 0.0),
        variance.get("residual", 0.0) + variance.get("employee_source", 0.0),
        len(n_forms), int(np.isfinite(effects.raters.severity).sum()), int(n_forms.sum()),
    )  # fmt: skip
