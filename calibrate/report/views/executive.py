"""One page for those who decide: what was calibrated, three figures, risks, decisions."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from calibrate.report.material import Material, list_rows
from calibrate.report.views.base import Company, Figure, Head, Item, RubricNote, build_head
from calibrate.report.views.patterns import ShareTable, build_share_table
from calibrate.report.views.strategy import (
    MOST_OUTCOMES,
    BalanceRow,
    OutcomeRow,
    SkillRow,
    list_balance,
    list_outcomes,
    list_skills,
)
from calibrate.report.words import (
    NOT_KNOWN,
    count_of,
    join_words,
    write_count,
    write_percent,
)

FINDING_WORDS = {
    "rater": "Ways of marking worth a talk",
    "network": "Gaps in who marked whom",
    "input": "Faults in the data",
}
#: Sessions that leave the page one page.
MOST_SESSIONS = 5


@dataclass(frozen=True)
class SessionRow:
    """One session in numbers."""

    name: str
    n_people: str
    n_proposed: str
    n_discussed: str
    minutes: str


@dataclass(frozen=True)
class ExecutiveView:
    """Everything on the executive page; no figure by group."""

    head: Head
    lead: str
    figures: tuple[Figure, ...]
    trend: str
    shares: ShareTable
    risks: tuple[Item, ...]
    risk_sentences: tuple[str, ...]
    decisions: tuple[str, ...]
    sessions: tuple[SessionRow, ...]
    sessions_notice: str
    outcomes: tuple[OutcomeRow, ...]
    outcomes_notice: str
    unserved: str
    orphans: str
    balance: tuple[BalanceRow, ...]
    skills: tuple[SkillRow, ...]
    rubrics: tuple[RubricNote, ...]
    is_fitted: bool


def _say_trend(material: Material) -> str:
    if material.cycle.inputs.has("history"):
        return "Earlier cycles were read and checked. This version draws no trend from them yet."
    return "No earlier cycle was read, so there is no trend yet."


def build_executive_view(material: Material) -> ExecutiveView:
    """Build the page for executives."""
    company = Company(material)
    goals = list_rows(material.tables["goals"])
    head = build_head(
        material, "Calibration in one page", "For the people who decide",
        running="Executive page", classification="Confidential · management",
    )  # fmt: skip
    served = {goal.get("outcome") for goal in goals}
    orphans = sum(not goal.get("outcome") for goal in goals)
    unserved = [o.title for o in material.outcomes if o.id not in served]
    return ExecutiveView(
        head=head,
        lead=_write_lead(material),
        figures=_list_figures(company),
        trend=_say_trend(material),
        shares=build_share_table(company, "company", _find_company_id(material), "the company"),
        risks=_count_risks(material),
        risk_sentences=_write_risks(material),
        decisions=_ask_decisions(material),
        sessions=_list_sessions(material),
        sessions_notice=_say_cut(
            material.tables["scores"]["session"].nunique(), MOST_SESSIONS, "sessions"
        ),
        outcomes=list_outcomes(material, goals),
        outcomes_notice=_say_cut(len(material.outcomes), MOST_OUTCOMES, "outcomes"),
        unserved=f"No goal serves {join_words(unserved[:5])}." if unserved and goals else "",
        orphans=f"{count_of(orphans, 'goal serves', 'goals serve')} no outcome." if orphans else "",
        balance=list_balance(material, goals),
        skills=list_skills(company) if material.outcomes else (),
        rubrics=company.rubric_notes,
        is_fitted=company.is_fitted,
    )


def _find_company_id(material: Material) -> str:
    table = material.tables["distribution"]
    ids = table.loc[table["scope"] == "company", "scope_id"]
    return str(ids.iloc[0]) if len(ids) else ""


def _write_lead(material: Material) -> str:
    ready = material.readiness
    sessions = material.tables["scores"]["session"].nunique()
    return (
        f"{count_of(ready.get('n_forms', 0), 'form')} from "
        f"{count_of(ready.get('n_raters', 0), 'rater')} on "
        f"{count_of(ready.get('n_rated', 0), 'person', 'people')} went into the scores. "
        f"They are talked through in {count_of(int(sessions), 'session')}."
    )


def _count_moved(company: Company, rated: pd.DataFrame) -> Figure:
    """Bands of a small company follow the raw score, so that of the adjusted one is looked up."""
    linked = rated[rated["link"] == "linked"]
    bands = [company.labels[company.find_band(points)] for points in linked["adjusted_score"]]
    moved = int((linked["raw_band"] != pd.Series(bands, index=linked.index, dtype=str)).sum())
    words = "would change band with severity taken out"
    if company.is_small:
        words += "; bands follow the raw score"
    elif len(linked) < len(rated):
        words += ", where it can be told"
    return Figure(_say_share(moved, len(rated)), words)


def _tell_severity(severity: pd.DataFrame) -> Figure:
    """The share of the raters; a variance below two standard errors is said to be rough."""
    words = "of the differences between forms come from who marked"
    if severity.empty:
        return Figure(NOT_KNOWN, words)
    row = severity.iloc[0]
    is_rough = pd.notna(row["se"]) and row["variance"] < 2 * row["se"]
    return Figure(
        write_percent(float(row["share"])), f"{words}; a rough estimate" if is_rough else words
    )


def _list_figures(company: Company) -> tuple[Figure, ...]:
    scores = company.material.tables["scores"]
    rated = scores[scores["raw_score"].notna()]
    half = ((rated["high"] - rated["low"]) / 2).dropna()
    variance = company.material.tables["variance"]
    severity = variance[(variance["term"] == "rater") & variance["share"].notna()]
    figures = [Figure(_say_share(len(rated), len(scores)), "of all people have a score")]
    if company.is_fitted:
        figures.append(_count_moved(company, rated))
        figures.append(_tell_severity(severity))
    else:
        linked = "0%" if len(rated) else NOT_KNOWN
        figures.append(Figure(linked, "of scores could be adjusted: nobody marks across teams"))
        typical = company.display.width(float(half.median())) if len(half) else NOT_KNOWN
        figures.append(Figure(typical, "typical uncertainty of a score, plus or minus"))
    return tuple(figures)


def _say_share(n: int, total: int) -> str:
    return write_percent(n / total) if total else NOT_KNOWN


def _count_risks(material: Material) -> tuple[Item, ...]:
    kinds = material.tables["findings"]["kind"]
    items = [Item(words, f"{int((kinds == k).sum()):,}") for k, words in FINDING_WORDS.items()]
    return (
        _count_outside(material), *_count_patterns(material), *items,
        Item("Disparities to look at", _say_disparities(material)),
    )  # fmt: skip


def _count_outside(material: Material) -> Item:
    """Scopes outside the guideline, of those tested: the company and the declared kind."""
    table, guideline = material.tables["distribution"], material.cycle.guideline
    if guideline is None or guideline.mode == "none":
        return Item("Outside the guideline", "no guideline")
    tested = table[table["p_value"].notna()]
    if tested.empty:
        return Item("Outside the guideline", "not tested")
    scopes = tested[["scope", "scope_id"]].drop_duplicates()
    n_parts = int((scopes["scope"] != "company").sum())
    parts = count_of(n_parts, guideline.scope)
    what = "company" if not n_parts else f"company, {parts}"
    missed = tested.loc[tested["verdict"] == "outside", ["scope", "scope_id"]].drop_duplicates()
    return Item(f"Off guideline: {what}", f"{len(missed):,} of {len(scopes):,}")


def _count_patterns(material: Material) -> tuple[Item, ...]:
    """Teams and departments whose bands or scores stand out, of those tested."""
    table = material.tables["patterns"]
    is_own = table["scope"].isin(["department", "manager"])
    tested = table[is_own & (table["test"] != "guideline") & table["p_value"].notna()]
    if tested.empty:
        return ()
    parts, odd = (
        rows[["scope", "scope_id"]].drop_duplicates()
        for rows in (tested, tested[tested["verdict"] == "beyond"])
    )
    return (Item("Teams and departments that stand out", f"{len(odd):,} of {len(parts):,}"),)


def _say_disparities(material: Material) -> str:
    known = material.readiness.get("n_disparity_findings")
    return "–" if known is None else f"{known:,}"


def _write_risks(material: Material) -> tuple[str, ...]:
    ready = material.readiness
    sentences = []
    n_unlinked, n_rated = ready.get("n_unlinked", 0), ready.get("n_rated", 0)
    if n_unlinked:
        sentences.append(
            f"For {write_count(n_unlinked)} of {write_count(n_rated)} people, a strict rater "
            "cannot be told from a weak team. Their raw scores stand."
        )
    if ready.get("n_quarantined"):
        left_out = count_of(ready["n_quarantined"], "row was", "rows were")
        sentences.append(f"{left_out} left out; HR has the list.")
    if ready.get("n_disparity_findings") is None:
        sentences.append("Disparities are not yet known here; the audit tells what was compared.")
    else:
        sentences.append("Auditors alone have figures by group. A finding is a reason to look.")
    return tuple(sentences)


def _ask_decisions(material: Material) -> tuple[str, ...]:
    agenda, ready = material.tables["agenda"], material.readiness
    minutes = float(agenda["minutes"].fillna(0).sum())
    n_people = int((agenda["minutes"].fillna(0) > 0).sum())
    asked = []
    if n_people:
        asked.append(
            f"Plan {say_minutes(minutes)} of sessions: "
            f"{count_of(n_people, 'person is', 'people are')} on the agendas."
        )
    if ready.get("n_disparity_findings"):
        n = count_of(int(ready["n_disparity_findings"]), "disparity finding")
        asked.append(f"Name who answers {n} in writing before bands are final.")
    if ready.get("n_unlinked"):
        asked.append("Ask raters to mark people of other teams; the session packets say whom.")
    if ready.get("n_unrated"):
        n = count_of(ready["n_unrated"], "person", "people")
        asked.append(f"Decide what happens to {n} without a score.")
    asked.append("Confirm that nobody is moved to fill a share.")
    return tuple(asked)


def _list_sessions(material: Material) -> tuple[SessionRow, ...]:
    agenda = material.tables["agenda"]
    rows = []
    for name, people in material.tables["scores"].groupby("session", sort=True):
        own = agenda[(agenda["session"] == name) & (agenda["minutes"].fillna(0) > 0)]
        rows.append(
            SessionRow(
                name=str(name),
                n_people=write_count(len(people)),
                n_proposed=write_count(int((people["proposed_band"].fillna("") != "").sum())),
                n_discussed=write_count(len(own)),
                minutes=f"{float(own['minutes'].sum()):,.0f}",
            )
        )
    return tuple(rows[:MOST_SESSIONS])


def _say_cut(n: int, most: int, noun: str) -> str:
    return f"The first {most} of {n} {noun} are shown." if n > most else ""


def say_minutes(minutes: float) -> str:
    """Say a time as people plan it.

    Examples
    --------
    >>> say_minutes(6), say_minutes(60), say_minutes(225)
    ('6 minutes', '60 minutes', '3.8 hours')
    """
    return f"{minutes:.0f} minutes" if minutes <= 90 else f"{minutes / 60:.1f} hours"
