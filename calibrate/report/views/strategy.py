"""The strategy page: outcomes, the goals behind them, and the skills they ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from calibrate.language import N_, _
from calibrate.report.charts import Drawing, draw_progress
from calibrate.report.material import Material, Row
from calibrate.report.views.base import Company
from calibrate.report.words import DASH, NOT_KNOWN, write_count, write_number, write_percent

#: Rows that leave the page a page.
MOST_OUTCOMES = 12
MOST_CRITERIA = 12
PERSPECTIVES = {
    "financial": N_("financial"),
    "customer": N_("customer"),
    "process": N_("process"),
    "learning": N_("learning"),
}


@dataclass(frozen=True)
class OutcomeRow:
    """A strategic outcome: its weight, its KPIs and the goals behind it."""

    title: str
    perspective: str
    weight: str
    attainment: str
    chart: Drawing
    n_goals: str
    goals_reached: str


@dataclass(frozen=True)
class BalanceRow:
    """One perspective of the scorecard."""

    perspective: str
    n_outcomes: str
    weight: str
    n_goals: str
    share: str


@dataclass(frozen=True)
class SkillRow:
    """A criterion over the company against the expectation."""

    label: str
    n: str
    mean: str
    expected: str
    n_below: str
    is_told: bool


def list_balance(material: Material, goals: Sequence[Row]) -> tuple[BalanceRow, ...]:
    """Set the weight of each perspective beside the goals that serve it."""
    rows = []
    for perspective, words in PERSPECTIVES.items():
        own = [o for o in material.outcomes if o.perspective == perspective]
        ids = {outcome.id for outcome in own}
        n_goals = sum(goal.get("outcome") in ids for goal in goals)
        rows.append(
            BalanceRow(
                perspective=_(words),
                n_outcomes=write_count(len(own)),
                weight=write_number(sum(o.weight for o in own), 0),
                n_goals=write_count(n_goals),
                share=write_percent(n_goals / len(goals)) if goals else _(NOT_KNOWN),
            )
        )
    return tuple(rows)


def list_outcomes(material: Material, goals: Sequence[Row]) -> tuple[OutcomeRow, ...]:
    rows = []
    for outcome in material.outcomes[:MOST_OUTCOMES]:
        own = [goal for goal in goals if goal.get("outcome") == outcome.id]
        known = [float(g["attainment"]) for g in own if g.get("attainment") is not None]
        reached = sum(value >= 1 for value in known)
        rows.append(
            OutcomeRow(
                title=outcome.title,
                perspective=_(PERSPECTIVES.get(outcome.perspective, outcome.perspective)),
                weight=write_number(outcome.weight, 0),
                attainment=_(NOT_KNOWN)
                if outcome.attainment is None
                else write_percent(outcome.attainment),
                chart=draw_progress(
                    share=outcome.attainment,
                    label=_("Reached {share}", share=write_percent(outcome.attainment)),
                ),
                n_goals=write_count(len(own)),
                goals_reached=_("{n} of {total}", n=reached, total=len(known))
                if known
                else _(NOT_KNOWN),
            )
        )
    return tuple(rows)


def list_skills(company: Company) -> tuple[SkillRow, ...]:
    table = company.material.tables["criterion_scores"]
    value = table["calibrated_score"].fillna(table["raw_score"])
    upper = value + company.z * table["se"]
    frame = table.assign(value=value, below=(upper < table["expected"]).fillna(False))
    labels: Mapping[str, str] = {
        c.id: c.label for rubric in company.material.rubrics for c in rubric.criteria
    }
    rows = []
    for criterion, part in frame.groupby("criterion", sort=True):
        known = part["value"].dropna()
        expected = part["expected"].dropna()
        rows.append(
            SkillRow(
                label=labels.get(str(criterion), str(criterion)),
                n=write_count(len(known)),
                mean=company.display.score(float(known.mean()) if len(known) else None),
                expected=company.display.score(float(expected.mean()) if len(expected) else None),
                n_below=write_count(int(part["below"].sum())) if len(expected) else DASH,
                is_told=len(expected) > 0,
            )
        )
    return tuple(rows[:MOST_CRITERIA])
