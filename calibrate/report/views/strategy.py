"""The strategy page: which outcome nobody serves, and what stands behind the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from calibrate.language import _, ngettext
from calibrate.report.charts import Drawing, draw_progress
from calibrate.report.document import Layers
from calibrate.report.material import Row, list_rows
from calibrate.report.views.base import Company
from calibrate.report.views.strategy_map import PERSPECTIVES, VERDICTS, draw_map
from calibrate.report.views.talent import FEWEST
from calibrate.report.words import (
    DASH,
    NOT_KNOWN,
    abridge,
    join_words,
    say_range,
    write_count,
    write_percent,
)

#: Rows that leave the page a page.
MOST_OUTCOMES = 12
MOST_CRITERIA = 5
MOST_GAPS = 3
#: Parts of the company that are looked through for an outcome without goals, and their words.
SLICES = ("location", "work_mode", "department")


@dataclass(frozen=True)
class OutcomeRow:
    """A strategic outcome: its weight, what serves it, its KPIs."""

    title: str
    weight: str
    marks: str
    goals: str
    n_goals: str
    n_people: str
    attainment: str
    chart: Drawing
    verdict: str
    is_alert: bool


@dataclass(frozen=True)
class BalanceRow:
    """One perspective of the scorecard."""

    perspective: str
    n_outcomes: str
    weight: str
    marks: str
    goals: str
    verdict: str


@dataclass(frozen=True)
class SkillRow:
    """A criterion over the company against what levels ask for."""

    label: str
    gap: str
    span: str
    n_below: str


@dataclass(frozen=True)
class StrategyView:
    """Everything on the strategy page; no figure by group.

    Parameters
    ----------
    lead
        What to see first: outcomes that nobody serves, or that all are served.
    remarks
        Thin outcomes, chains that break, goals that reach nothing.
    gaps
        Parts of the company without a goal for an outcome.
    """

    lead: str
    remarks: tuple[str, ...]
    picture: Layers | None
    outcomes: tuple[OutcomeRow, ...]
    outcomes_notice: str
    balance: tuple[BalanceRow, ...]
    gaps: tuple[str, ...]
    skills: tuple[SkillRow, ...]


def build_strategy_view(company: Company) -> StrategyView | None:
    """Build the page; None where the cycle names no strategy."""
    tables = company.material.tables
    outcomes = list_rows(tables["coverage"])
    if not outcomes:
        return None
    heaviest = sorted(outcomes, key=lambda row: (-float(row["weight"]), str(row["outcome"])))
    cut = ""
    if len(outcomes) > MOST_OUTCOMES:
        cut = _("The first {n} of {total} are shown.", n=MOST_OUTCOMES, total=len(outcomes))
    return StrategyView(
        lead=_write_lead(heaviest, tables["goals"]),
        remarks=_write_remarks(heaviest, tables),
        picture=draw_map(outcomes),
        outcomes=tuple(_build_outcome(row) for row in heaviest[:MOST_OUTCOMES]),
        outcomes_notice=cut,
        balance=_list_balance(tables["balance"]),
        gaps=_list_gaps(outcomes, tables["coverage_slices"]),
        skills=list_skills(company),
    )


def _name(row: Row) -> str:
    return _("“{outcome}” (weight {share})", outcome=abridge(str(row["title"]), 60),
             share=write_percent(float(row["weight"]) / 100))  # fmt: skip


def ask_who_serves(coverage: pd.DataFrame) -> tuple[str, ...]:
    """The decision that outcomes nobody serves ask for; nothing where each is served."""
    left = [row for row in list_rows(coverage) if row["verdict"] == "unserved"]
    if not left:
        return ()
    heaviest = max(left, key=lambda row: float(row["weight"]))
    title = abridge(str(heaviest["title"]), 40)
    if len(left) == 1:
        return (_("Say who takes on “{outcome}”, or take it off the strategy.", outcome=title),)
    return (
        _(
            "Say who takes on the {n} outcomes that nobody serves, first “{outcome}”, or take them "
            "off the strategy.", n=len(left), outcome=title,
        ),
    )  # fmt: skip


def _write_lead(outcomes: Sequence[Row], goals: pd.DataFrame) -> str:
    unserved = [row for row in outcomes if row["verdict"] == "unserved"]
    if unserved:
        return _("Nobody serves {outcomes}.", outcomes=join_words([_name(r) for r in unserved[:3]]))
    if goals.empty:
        return _("Marks serve every outcome. There are no goals to hold against the strategy.")
    thin = sum(row["verdict"] == "thin" for row in outcomes)
    if thin:
        return ngettext(
            "Every outcome is served; {n} of them thinly.",
            "Every outcome is served; {n} of them thinly.", thin,
        )  # fmt: skip
    return _("Every outcome is served by marks and goals.")


def _write_remarks(outcomes: Sequence[Row], tables: Mapping[str, pd.DataFrame]) -> tuple[str, ...]:
    said = []
    thin = [row for row in outcomes if row["verdict"] == "thin"]
    if thin:
        named = join_words([str(row["title"]) for row in thin[:3]])
        said.append(_("Served thinly: {outcomes}.", outcomes=named))
    ladder = tables["ladder"]
    unserved = {row["outcome"] for row in outcomes if row["verdict"] == "unserved"}
    broken = ladder[(ladder["verdict"] == "missing") & ~ladder["outcome"].isin(unserved)]
    titles = {row["outcome"]: str(row["title"]) for row in outcomes}
    words = {"company": _("the company"), "unit": _("a department"), "person": _("a person")}
    for outcome, kind in list(zip(broken["outcome"], broken["kind"], strict=True))[:2]:
        said.append(
            _("The chain breaks at “{outcome}”: no goal of {kind} serves it.",
              outcome=titles.get(outcome, str(outcome)), kind=words[str(kind)])
        )  # fmt: skip
    cascade = tables["cascade"]
    n_orphans = int((cascade["verdict"] == "orphan").sum())
    if n_orphans:
        said.append(
            ngettext("{n} of {total} goals reaches no outcome.",
                     "{n} of {total} goals reach no outcome.", n_orphans, total=len(cascade))
        )  # fmt: skip
    return tuple(said)


def _build_outcome(row: Row) -> OutcomeRow:
    reached = row.get("attainment")
    return OutcomeRow(
        title=str(row["title"]),
        weight=_write_share(row.get("weight")),
        marks=_write_share(row.get("criteria_weight")),
        goals=_write_share(row.get("goal_weight")),
        n_goals=write_count(int(row["n_goals"])),
        n_people=write_count(int(row["n_people"])),
        attainment=_(NOT_KNOWN) if reached is None else write_percent(float(reached)),
        chart=draw_progress(
            share=None if reached is None else float(reached),
            label=_("Reached {share}", share=write_percent(reached)),
        ),
        verdict=_(VERDICTS[str(row["verdict"])]),
        is_alert=row["verdict"] in ("unserved", "thin"),
    )


def _write_share(percent: object) -> str:
    return DASH if percent is None else write_percent(float(str(percent)) / 100)


def _list_balance(table: pd.DataFrame) -> tuple[BalanceRow, ...]:
    return tuple(
        BalanceRow(
            perspective=_(PERSPECTIVES[str(row["perspective"])]),
            n_outcomes=write_count(int(row["n_outcomes"])),
            weight=_write_share(row.get("weight")),
            marks=_write_share(row.get("criteria_weight")),
            goals=_write_share(row.get("goal_weight")),
            verdict=_(VERDICTS[str(row["verdict"])]),
        )
        for perspective in PERSPECTIVES
        for row in list_rows(table[table["perspective"] == perspective])
    )


def _list_gaps(outcomes: Sequence[Row], slices: pd.DataFrame) -> tuple[str, ...]:
    """Parts of the company in which nobody has a goal for an outcome that others work on."""
    served = {str(r["outcome"]): r for r in outcomes if int(r["n_people"] or 0) > 0}
    empty = slices[
        slices["slice"].isin(SLICES) & (slices["n_serving"] == 0)
        & slices["outcome"].isin(list(served))
    ]  # fmt: skip
    rows = sorted(
        list_rows(empty),
        key=lambda row: (-float(row["weight"]) * int(row["n_people"]), str(row["value"])),
    )
    return tuple(
        ngettext(
            "No goal for “{outcome}”: {part} ({n} person with goals)",
            "No goal for “{outcome}”: {part} ({n} people with goals)",
            int(row["n_people"]), outcome=abridge(str(served[str(row["outcome"])]["title"]), 48),
            part=abridge(str(row["value"]), 40),
        )
        for row in rows[:MOST_GAPS]
    )  # fmt: skip


def list_skills(company: Company) -> tuple[SkillRow, ...]:
    """Gaps of the company by criterion, the widest first."""
    table = company.material.tables["skill_gaps"]
    own = table[(table["scope"] == "company") & (table["criterion"].fillna("") != "")]
    own = own[own["gap"].notna() & (own["n"] >= FEWEST)].sort_values(
        ["gap", "criterion"], kind="stable"
    )
    labels: Mapping[str, str] = {
        c.id: c.label for rubric in company.material.rubrics for c in rubric.criteria
    }
    rows = []
    for row in list_rows(own)[:MOST_CRITERIA]:
        span = _(NOT_KNOWN)
        if row["low"] is not None and row["high"] is not None:
            span = say_range(*(company.display.change(float(row[end])) for end in ("low", "high")))
        n_below = DASH if row["n_below"] is None else _(
            "{n} of {total}", n=int(row["n_below"]), total=int(row["n"])
        )  # fmt: skip
        rows.append(
            SkillRow(
                label=labels.get(str(row["criterion"]), str(row["criterion"])),
                gap=company.display.change(float(row["gap"])), span=span, n_below=n_below,
            )
        )  # fmt: skip
    return tuple(rows)
