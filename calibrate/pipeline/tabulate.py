"""Results of the stages as the tables of the contract."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.align.findings import list_strategy_findings
from calibrate.align.practice_findings import list_practice_findings
from calibrate.bands import SMALL_COMPANY, build_distribution
from calibrate.config import SOURCES
from calibrate.effects import declare_shares, effective_shares
from calibrate.effects.habits import Habit
from calibrate.language import _, ngettext
from calibrate.pipeline.evidence import list_unsupported
from calibrate.pipeline.growth import tabulate_growth
from calibrate.pipeline.habits import (
    describe_raters,
    judge_raters,
    tabulate_agreement,
    tabulate_habits,
)
from calibrate.pipeline.names import tabulate_criteria, tabulate_people
from calibrate.pipeline.network import list_fragile, tabulate_links
from calibrate.pipeline.patterns import list_scopes, tabulate_patterns
from calibrate.pipeline.practice import tabulate_practice
from calibrate.pipeline.presence import find_present_shares, tabulate_readiness
from calibrate.pipeline.quota import tabulate_moves
from calibrate.pipeline.results import list_against
from calibrate.pipeline.second_opinion import ask_second_opinion
from calibrate.pipeline.stages import Prepared, Scored, mean_by_source
from calibrate.pipeline.strategy import find_days, tabulate_strategy
from calibrate.pipeline.team_findings import gather_team_findings
from calibrate.pipeline.teams import compare_teams, tabulate_teams
from calibrate.pipeline.what_if import count_moves, tabulate_what_if
from calibrate.report.folder import tabulate_problems
from calibrate.score import measure_attainment
from calibrate.session import Evidence, build_agenda
from calibrate.session.findings import count_outside_forms, gather_findings
from calibrate.session.habits import list_habit_findings
from calibrate.session.patterns import list_pattern_findings
from calibrate.tables import (
    CRITERION_SCORES,
    FORMS,
    GOALS,
    RATERS,
    SCORES,
    SOURCES_FITTED,
    VARIANCE,
)

FloatArray = npt.NDArray[np.float64]


def tabulate_scores(scored: Scored) -> pd.DataFrame:
    """One row an employee, as :data:`calibrate.tables.SCORES`."""
    prepared, effects, bands = scored.prepared, scored.effects.employees, scored.bands
    component = pd.array(effects.component, dtype="Int64")
    component[effects.component < 0] = pd.NA
    return SCORES.conform(
        pd.DataFrame(
            {
                "employee_id": prepared.employees.ids,
                "session": prepared.session,
                "unit": prepared.unit,
                "component": component,
                "n_forms": effects.n_forms,
                "n_raters": effects.n_raters,
                "raw_score": effects.raw,
                "adjusted_score": effects.adjusted,
                "calibrated_score": effects.calibrated,
                "pull": effects.pull,
                "se": effects.se,
                "low": effects.low,
                "high": effects.high,
                "interval_from": effects.interval_from,
                "link": effects.link,
                "raw_band": bands.names(bands.raw),
                "proposed_band": prepared.employees.frame["proposed_band"].to_numpy(),
                "suggested_band": bands.names(bands.suggested),
                "p_suggested": bands.p_suggested,
                "final_band": "",
            }
        )
    )


def tabulate_everything(scored: Scored) -> dict[str, pd.DataFrame]:
    """All public tables of a run, by contract name."""
    prepared = scored.prepared
    goals = _measure_goals(prepared)
    habits = judge_raters(scored)
    of_raters = tabulate_habits(scored, habits)
    distribution, patterns = _tabulate_distribution(scored), tabulate_patterns(scored)
    teams = compare_teams(scored, goals)
    beside = tabulate_teams(scored, teams, goals)
    what_if = tabulate_what_if(scored, teams)
    growth = tabulate_growth(scored, teams, goals)
    opinion = ask_second_opinion(scored)
    tables = {
        "people": tabulate_people(scored),
        "criteria": tabulate_criteria(scored),
        "forms": _tabulate_forms(scored),
        "scores": tabulate_scores(scored),
        "raters": _tabulate_raters(scored, habits),
        "habits": of_raters,
        "agreement": tabulate_agreement(scored),
        "criterion_scores": _tabulate_criteria(scored),
        "variance": _tabulate_variance(scored),
        "sources": _tabulate_sources(scored),
        "distribution": distribution,
        "patterns": patterns,
        "quota": tabulate_moves(scored),
        "agenda": _tabulate_agenda(scored, teams.attainment, count_moves(scored, what_if), growth),
        "goals": goals,
        "readiness": tabulate_readiness(scored),
        "links": tabulate_links(scored),
        **beside,
        "what_if": what_if,
        "second_opinion": opinion.table,
        "problems": tabulate_problems(list(prepared.problems)),
        **tabulate_strategy(scored, goals),
        **growth,
    }
    tables |= tabulate_practice(scored, tables)
    tables["findings"] = gather_findings(
        distribution, _count_outside(scored), list_notes(scored),
        count_quarantined(scored),
        [*list_pattern_findings(patterns), *list_habit_findings(of_raters),
         *list_fragile(scored), *opinion.findings,
         *gather_team_findings(scored, teams, beside["teams"], what_if),
         *_list_aligned(tables)],
    )  # fmt: skip
    return tables


def _measure_goals(prepared: Prepared) -> pd.DataFrame:
    if prepared.goals is None:
        return GOALS.empty()
    return measure_attainment(
        prepared.goals, find_present_shares(prepared), find_days(prepared.cycle)
    )


def _list_aligned(tables: Mapping[str, pd.DataFrame]) -> list[tuple[str, str, str, str, str, str]]:
    """What strategy, check-ins and rewards ask somebody to look at."""
    return [
        *list_strategy_findings(tables["coverage"], tables["ladder"], tables["cascade"]),
        *list_practice_findings(
            tables["activity"], tables["participation"], tables["reward_links"]
        ),
    ]


def list_notes(scored: Scored) -> tuple[str, ...]:
    """What the fit could not do, and what the company is too small for."""
    n_rated = int((scored.effects.employees.n_forms > 0).sum())
    if not scored.bands.is_what_if:
        return scored.effects.notes
    few = ngettext(
        "{n} person was rated, fewer than {bound}.",
        "{n} people were rated, fewer than {bound}.",
        n_rated, bound=SMALL_COMPANY,
    )  # fmt: skip
    if np.isin(scored.effects.employees.link, ["linked", "weak"]).any():
        follows = _(
            "The adjustment is a what-if: suggested bands follow the raw score, and no guideline "
            "is tested."
        )
    else:
        follows = _("Suggested bands follow the raw score, and no guideline is tested.")
    return (f"{few} {follows}", *scored.effects.notes)


def count_quarantined(scored: Scored) -> int:
    """Input rows left out because they are wrong."""
    return sum(p.level == "error" and p.row is not None for p in scored.prepared.problems)


def _tabulate_forms(scored: Scored) -> pd.DataFrame:
    prepared, forms = scored.prepared, scored.prepared.forms
    ids = np.array(prepared.employees.ids, dtype=object)
    raters = np.array(prepared.raters, dtype=object)
    severity = np.where(forms.scored, scored.effects.raters.severity[forms.rater], np.nan)
    return FORMS.conform(
        pd.DataFrame(
            {
                "employee_id": ids[forms.employee],
                "rater_id": raters[forms.rater],
                "source": np.array(SOURCES, dtype=object)[forms.source],
                "points": forms.points,
                "weight": forms.weight,
                "severity": severity,
                "scored": forms.scored,
            }
        )
    )


def _tabulate_raters(scored: Scored, habits: Mapping[str, Habit]) -> pd.DataFrame:
    effects = scored.effects.raters
    rating = np.flatnonzero(effects.n_forms > 0)
    finding = describe_raters(scored, habits)
    beyond = {name: habits[name].value - habits[name].expected for name in ("spread", "halo")}
    return RATERS.conform(
        pd.DataFrame(
            {
                "rater_id": np.array(scored.prepared.raters, dtype=object)[rating],
                "component": effects.component[rating],
                "n_forms": effects.n_forms[rating],
                "n_employees": effects.n_employees[rating],
                "severity": effects.severity[rating],
                "se": effects.se[rating],
                "link_strength": effects.link_strength[rating],
                "spread": beyond["spread"][rating],
                "halo": beyond["halo"][rating],
                "finding": [finding[j] for j in rating],
            }
        )
    )


def _tabulate_criteria(scored: Scored) -> pd.DataFrame:
    prepared = scored.prepared
    blocks = []
    for k, criterion in enumerate(prepared.rules.criteria):
        scores = scored.by_criterion
        rated = np.flatnonzero(scores.n_forms[:, k] > 0)
        expected = prepared.forms.expected[rated, k]
        blocks.append(
            pd.DataFrame(
                {
                    "employee_id": np.array(prepared.employees.ids, dtype=object)[rated],
                    "criterion": criterion,
                    "raw_score": scores.raw[rated, k],
                    "calibrated_score": scores.calibrated[rated, k],
                    "se": scores.se[rated, k],
                    "expected": expected,
                    "gap": scores.calibrated[rated, k] - expected,
                }
            )
        )
    return CRITERION_SCORES.conform(pd.concat(blocks, ignore_index=True))


def _tabulate_variance(scored: Scored) -> pd.DataFrame:
    errors = scored.effects.variance_errors
    lines = [(*line, *errors.get(line[0], (np.nan, np.nan))) for line in scored.effects.variance]
    return VARIANCE.conform(pd.DataFrame(lines, columns=VARIANCE.names))


def _tabulate_sources(scored: Scored) -> pd.DataFrame:
    forms, effects = scored.prepared.forms, scored.effects
    chosen = forms.scored
    employee, source = forms.employee[chosen], forms.source[chosen]
    n_employees = len(scored.prepared.employees.ids)
    declared = declare_shares(employee, source, forms.weight[chosen], n_employees)
    tau = next((v for term, v, __ in effects.variance if term == "employee_source"), None)
    effective = effective_shares(employee, source, effects.source_residual, tau or 0.0, n_employees)
    effective_share = _mean_share(effective)
    there = np.flatnonzero(np.bincount(source, minlength=len(SOURCES)))
    weights = scored.prepared.cycle.sources
    return SOURCES_FITTED.conform(
        pd.DataFrame(
            {
                "source": [SOURCES[s] for s in there],
                "n_forms": np.bincount(source, minlength=len(SOURCES))[there],
                "weight": [weights[SOURCES[s]].weight for s in there],
                "declared_share": _mean_share(declared)[there],
                "effective_share": effective_share[there],
                "mean": effects.source_mean[there],
                "level": effects.source_mean[there] - effects.mu,
                "residual": effects.source_residual[there],
            }
        )
    )


def _mean_share(shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Mean over the people who have shares; empty where nobody has, as with self forms alone."""
    known = np.isfinite(shares).all(axis=1)
    mean = shares[known].mean(axis=0) if known.any() else np.full(shares.shape[1], np.nan)
    return np.asarray(mean, np.float64)


def _tabulate_distribution(scored: Scored) -> pd.DataFrame:
    cycle, bands = scored.prepared.cycle, scored.bands
    guideline = cycle.guideline
    is_tested = guideline is not None and guideline.mode != "none" and not bands.is_what_if
    return build_distribution(
        bands.current, bands.labels, list_scopes(scored),
        guideline=guideline.shares if guideline and is_tested else None,
        guideline_scope=guideline.scope if guideline and is_tested else "",
        seed=cycle.seed,
    )  # fmt: skip


def _tabulate_agenda(
    scored: Scored,
    attainment: FloatArray,
    severity_moves: FloatArray,
    growth: Mapping[str, pd.DataFrame],
) -> pd.DataFrame:
    prepared = scored.prepared
    employees = prepared.employees
    n_employees = len(employees.ids)
    evidence = Evidence(
        employees.ids, prepared.session, employees.frame["level"].tolist(),
        list(scored.effects.employees.link),
        mean_by_source(prepared.forms, "manager", n_employees),
        mean_by_source(prepared.forms, "peer", n_employees),
        attainment,
        severity_moves,
        list(list_against(growth["results"], employees.ids)),
        list_unsupported(scored, growth["evidence_gaps"]).tolist(),
    )  # fmt: skip
    agenda = prepared.cycle.agenda
    return build_agenda(
        evidence, scored.bands, minutes=agenda.minutes,
        minutes_per_person=agenda.minutes_per_person,
    )  # fmt: skip


def _count_outside(scored: Scored) -> dict[str, int]:
    prepared, forms = scored.prepared, scored.prepared.forms
    if prepared.unit_kind == "none" or not scored.effects.fitted:
        return {}
    own = dict(zip(prepared.employees.ids, prepared.unit, strict=True))
    raters = [prepared.raters[j] for j in forms.rater[forms.scored]]
    return count_outside_forms(forms.employee[forms.scored].tolist(), raters, prepared.unit, own)
