"""One page for those who decide: what was calibrated, three figures, risks, decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from calibrate.language import N_, _, ngettext
from calibrate.report.document import Fact, Figure, Head
from calibrate.report.material import Material
from calibrate.report.views.base import Company, RubricNote, build_head
from calibrate.report.views.patterns import ShareTable, build_share_table
from calibrate.report.views.practice import PracticeView, build_practice_view, count_risks
from calibrate.report.views.strategy import (
    SkillRow,
    StrategyView,
    ask_who_serves,
    build_strategy_view,
    list_skills,
)
from calibrate.report.views.talent import TalentMap, build_talent_map
from calibrate.report.words import (
    DASH,
    NOT_KNOWN,
    join_words,
    say_session,
    write_count,
    write_number,
    write_percent,
)

FINDING_WORDS = {
    "rater": N_("Ways of marking worth a talk"),
    "network": N_("Gaps in who marked whom"),
    "input": N_("Faults in the data"),
}
#: Sessions that leave the page one page.
MOST_SESSIONS = 5
#: Earlier cycles beside this one.
MOST_EARLIER = 2


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
    earlier: tuple[EarlierCycle, ...]
    shares: ShareTable
    risks: tuple[Fact, ...]
    risk_sentences: tuple[str, ...]
    decisions: tuple[str, ...]
    sessions: tuple[SessionRow, ...]
    sessions_notice: str
    strategy: StrategyView | None
    skills: tuple[SkillRow, ...]
    practice: PracticeView
    talent: TalentMap | None
    rubrics: tuple[RubricNote, ...]
    is_fitted: bool


@dataclass(frozen=True)
class EarlierCycle:
    """Shares of the bands in one cycle before, by band."""

    name: str
    shares: Mapping[str, str]


def list_earlier(company: Company) -> tuple[EarlierCycle, ...]:
    """The last cycles before this one, if their bands are those of today."""
    history = company.material.history
    cycles = []
    for name, rows in history.groupby("cycle", sort=True):
        bands = rows["band"]
        if not set(bands) <= set(company.labels):
            continue
        shares = {band: write_percent(float((bands == band).mean())) for band in company.labels}
        cycles.append(EarlierCycle(str(name), shares))
    return tuple(cycles[-MOST_EARLIER:])


def _say_trend(company: Company) -> str:
    history = company.material.history
    if history.empty:
        return _("No earlier cycle was read, so there is no trend yet.")
    known = history.dropna(subset=["raw_score"])
    now = company.material.tables["scores"]["raw_score"].dropna()
    if known.empty or now.empty:
        return _("The earlier cycles give bands and no scores; their shares stand beside today's.")
    means = known.groupby("cycle", sort=True)["raw_score"].mean().tail(MOST_EARLIER)
    before = [
        _("{score} in {cycle}", score=company.display.score(float(mean)), cycle=str(name))
        for name, mean in means.items()
    ]
    return _(
        "The mean raw score of everybody rated is {score} now; it was {before}. People and tasks "
        "change too, so a drift is a reason to look.",
        score=company.display.score(float(now.mean())),
        before=join_words(before),
    )


def build_executive_view(material: Material) -> ExecutiveView:
    """Build the page for executives."""
    company = Company(material)
    head = build_head(
        material, _("Calibration at a glance"), _("For the people who decide"),
        running=_("Executive page"), classification=_("Confidential · management"),
    )  # fmt: skip
    return ExecutiveView(
        head=head,
        lead=_write_lead(material),
        figures=_list_figures(company),
        trend=_say_trend(company),
        earlier=list_earlier(company),
        shares=build_share_table(company, "company", _find_company_id(material)),
        risks=_count_risks(material),
        risk_sentences=_write_risks(material),
        decisions=_ask_decisions(material),
        sessions=_list_sessions(material),
        sessions_notice=_say_cut(material.tables["scores"]["session"].nunique(), MOST_SESSIONS),
        strategy=build_strategy_view(company),
        skills=list_skills(company),
        practice=build_practice_view(company),
        talent=build_talent_map(company),
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
    forms, raters = ready.get("n_scored_forms", 0), ready.get("n_raters", 0)
    people = ready.get("n_rated", 0)
    return " ".join(
        (
            _(
                "{forms} from {raters} on {people} went into the scores.",
                forms=ngettext("{n} form", "{n} forms", forms),
                raters=ngettext("{n} rater", "{n} raters", raters),
                people=ngettext("{n} person", "{n} people", people),
            ),
            ngettext(
                "They are talked through in {n} session.",
                "They are talked through in {n} sessions.",
                int(sessions),
            ),
        )
    )


def _count_moved(company: Company, rated: pd.DataFrame) -> Figure:
    """Bands of a small company follow the raw score, so that of the adjusted one is looked up."""
    linked = rated[rated["link"] == "linked"]
    bands = [company.labels[company.find_band(points)] for points in linked["adjusted_score"]]
    moved = int((linked["raw_band"] != pd.Series(bands, index=linked.index, dtype=str)).sum())
    words = _("would change band with severity taken out")
    if company.is_small:
        words = _("would change band with severity taken out; bands follow the raw score")
    elif len(linked) < len(rated):
        words = _("would change band with severity taken out, where it can be told")
    return Figure(_say_share(moved, len(rated)), words)


def _tell_severity(severity: pd.DataFrame) -> Figure:
    """The share of the raters; a variance below two standard errors is said to be rough."""
    words = _("of the differences between forms come from who marked")
    if severity.empty:
        return Figure(_(NOT_KNOWN), words)
    row = severity.iloc[0]
    is_rough = pd.notna(row["se"]) and row["variance"] < 2 * row["se"]
    if is_rough:
        words = _("of the differences between forms come from who marked; a rough estimate")
    return Figure(write_percent(float(row["share"])), words)


def _list_figures(company: Company) -> tuple[Figure, ...]:
    scores = company.material.tables["scores"]
    rated = scores[scores["raw_score"].notna()]
    half = ((rated["high"] - rated["low"]) / 2).dropna()
    variance = company.material.tables["variance"]
    severity = variance[(variance["term"] == "rater") & variance["share"].notna()]
    figures = [Figure(_say_share(len(rated), len(scores)), _("of all people have a score"))]
    if company.is_fitted:
        figures.append(_count_moved(company, rated))
        figures.append(_tell_severity(severity))
    else:
        linked = write_percent(0) if len(rated) else _(NOT_KNOWN)
        words = _("of scores could be adjusted: nobody marks across teams")
        figures.append(Figure(linked, words))
        typical = company.display.width(float(half.median())) if len(half) else _(NOT_KNOWN)
        figures.append(Figure(typical, _("typical uncertainty of a score, plus or minus")))
    return tuple(figures)


def _say_share(n: int, total: int) -> str:
    return write_percent(n / total) if total else _(NOT_KNOWN)


def _count_risks(material: Material) -> tuple[Fact, ...]:
    findings = material.tables["findings"]
    kinds = findings.loc[findings["level"] == "look", "kind"]
    items = [Fact(_(words), write_count((kinds == k).sum())) for k, words in FINDING_WORDS.items()]
    return (
        _count_outside(material), *_count_patterns(material), *items, *_count_strategy(material),
        Fact(_("Disparities to look at"), _say_disparities(material)),
    )  # fmt: skip


def _count_strategy(material: Material) -> tuple[Fact, ...]:
    """Outcomes nobody serves or hardly anybody, and goals that reach none."""
    if material.tables["coverage"].empty:
        return ()
    n = count_risks(material.tables)
    return (
        Fact(_("Outcomes that nobody serves"), write_count(n["unserved"])),
        Fact(_("Outcomes served thinly"), write_count(n["thin"])),
        Fact(_("Goals without an outcome"), write_count(n["orphans"])),
    )


def _count_outside(material: Material) -> Fact:
    """Scopes outside the guideline, of those tested: the company and the declared kind."""
    table, guideline = material.tables["distribution"], material.cycle.guideline
    if guideline is None or guideline.mode == "none":
        return Fact(_("Outside the guideline"), _("no guideline"))
    tested = table[table["p_value"].notna()]
    if tested.empty:
        return Fact(_("Outside the guideline"), _("not tested"))
    scopes = tested[["scope", "scope_id"]].drop_duplicates()
    n_parts = int((scopes["scope"] != "company").sum())
    what = _("Off guideline: company")
    if n_parts:
        what = _("Off guideline: company, {parts}", parts=_say_scope(guideline.scope, n_parts))
    missed = tested.loc[tested["verdict"] == "outside", ["scope", "scope_id"]].drop_duplicates()
    return Fact(what, _("{n} of {total}", n=len(missed), total=len(scopes)))


def _say_scope(scope: str, n: int) -> str:
    if scope == "session":
        return ngettext("{n} session", "{n} sessions", n)
    return ngettext("{n} department", "{n} departments", n)


def _count_patterns(material: Material) -> tuple[Fact, ...]:
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
    return (
        Fact(
            _("Teams and departments that stand out"),
            _("{n} of {total}", n=len(odd), total=len(parts)),
        ),
    )


def _say_disparities(material: Material) -> str:
    known = material.readiness.get("n_disparity_findings")
    return DASH if known is None else write_count(known)


def _write_risks(material: Material) -> tuple[str, ...]:
    ready = material.readiness
    sentences = []
    n_unlinked, n_rated = ready.get("n_unlinked", 0), ready.get("n_rated", 0)
    if n_unlinked:
        sentences.append(
            _(
                "For {n} of {total} people, a strict rater cannot be told from a weak team. Their "
                "raw scores stand.",
                n=n_unlinked, total=n_rated,
            )
        )  # fmt: skip
    if ready.get("n_quarantined"):
        sentences.append(
            ngettext(
                "{n} row was left out; HR has the list.",
                "{n} rows were left out; HR has the list.",
                ready["n_quarantined"],
            )
        )
    if ready.get("n_disparity_findings") is None:
        sentences.append(
            _("Disparities are not yet known here; the audit tells what was compared.")
        )
    else:
        sentences.append(_("Auditors alone have figures by group. A finding is a reason to look."))
    return tuple(sentences)


def _ask_decisions(material: Material) -> tuple[str, ...]:
    agenda, ready = material.tables["agenda"], material.readiness
    minutes = float(agenda["minutes"].fillna(0).sum())
    n_people = int((agenda["minutes"].fillna(0) > 0).sum())
    asked = []
    if n_people:
        asked.append(
            ngettext(
                "Plan {time} of sessions: {n} person is on the agendas.",
                "Plan {time} of sessions: {n} people are on the agendas.",
                n_people,
                time=say_minutes(minutes),
            )
        )
    if ready.get("n_disparity_findings"):
        asked.append(
            ngettext(
                "Name who answers {n} disparity finding in writing before bands are final.",
                "Name who answers {n} disparity findings in writing before bands are final.",
                int(ready["n_disparity_findings"]),
            )
        )
    if ready.get("n_unlinked"):
        asked.append(_("Ask raters to mark people of other teams; the session packets say whom."))
    if ready.get("n_unrated"):
        asked.append(
            ngettext(
                "Decide what happens to {n} person without a score.",
                "Decide what happens to {n} people without a score.",
                ready["n_unrated"],
            )
        )
    asked += ask_who_serves(material.tables["coverage"])
    if (material.tables["distribution"]["verdict"] != "no_guideline").any():
        asked.append(_("Confirm that nobody is moved to fill a share."))
    return tuple(asked)


def _list_sessions(material: Material) -> tuple[SessionRow, ...]:
    agenda = material.tables["agenda"]
    rows = []
    for name, people in material.tables["scores"].groupby("session", sort=True):
        own = agenda[(agenda["session"] == name) & (agenda["minutes"].fillna(0) > 0)]
        rows.append(
            SessionRow(
                name=say_session(str(name)),
                n_people=write_count(len(people)),
                n_proposed=write_count(int((people["proposed_band"].fillna("") != "").sum())),
                n_discussed=write_count(len(own)),
                minutes=write_number(float(own["minutes"].sum()), 0),
            )
        )
    return tuple(rows[:MOST_SESSIONS])


def _say_cut(n: int, most: int) -> str:
    return _("The first {n} of {total} are shown.", n=most, total=n) if n > most else ""


def say_minutes(minutes: float) -> str:
    """Say a time as people plan it.

    Examples
    --------
    >>> say_minutes(6), say_minutes(60), say_minutes(225)
    ('6 minutes', '60 minutes', '3.8 hours')
    """
    if minutes <= 90:
        return ngettext("{n} minute", "{n} minutes", round(minutes))
    return _("{hours} hours", hours=write_number(minutes / 60, 1))
