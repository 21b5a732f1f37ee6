"""The executive packet: a page on the calibration, a page on the strategy."""

from __future__ import annotations

from calibrate.language import _
from calibrate.report.document import (
    Block,
    Bullets,
    Column,
    Columns,
    Document,
    Figures,
    Paragraph,
    Section,
    build_table,
)
from calibrate.report.pages.parts import lay_out_facts, lay_out_foot, lay_out_shares
from calibrate.report.views.executive import ExecutiveView


def lay_out_executive(view: ExecutiveView) -> Document:
    """Put the view on its pages; the second is left out where there is no strategy."""
    blocks: list[Block] = [
        Paragraph(view.lead, "lead"),
        Figures(view.figures),
        Paragraph(view.trend, "soft"),
        Section(
            _("How the bands are shared out"),
            (Paragraph(view.shares.sentence), lay_out_shares(view.shares)),
            is_kept=True,
        ),
        Columns(_lay_out_risks(view), _lay_out_asked(view)),
    ]
    if view.sessions:
        blocks.append(_lay_out_sessions(view))
    if view.outcomes:
        blocks += [_lay_out_outcomes(view), _lay_out_balance(view)]
    if view.outcomes and view.skills:
        blocks.append(_lay_out_skills(view))
    return Document(view.head, (*blocks, lay_out_foot(view.rubrics)), is_roomy=True)


def _lay_out_risks(view: ExecutiveView) -> tuple[Block, ...]:
    said = (Paragraph(sentence, "small") for sentence in view.risk_sentences)
    table = lay_out_facts(view.risks, _("Findings"), _("Count"))
    return (Section(_("Where to look"), (table, *said)),)


def _lay_out_asked(view: ExecutiveView) -> tuple[Block, ...]:
    return (Section(_("What you are asked"), (Bullets(view.decisions, is_numbered=True),)),)


def _lay_out_sessions(view: ExecutiveView) -> Section:
    columns = (
        Column(_("Session")),
        Column(_("People"), 22, "number"),
        Column(_("Band proposed"), 26, "number"),
        Column(_("To discuss"), 26, "number"),
        Column(_("Minutes"), 22, "number"),
    )
    rows = [
        (row.name, row.n_people, row.n_proposed, row.n_discussed, row.minutes)
        for row in view.sessions
    ]
    table = build_table(columns, rows, notice=view.sessions_notice)
    return Section(_("The sessions"), (table,), is_kept=True)


def _lay_out_outcomes(view: ExecutiveView) -> Section:
    columns = (
        Column(_("Outcome")),
        Column(_("Perspective"), 22),
        Column(_("Weight"), 16, "number"),
        Column(_("line: target"), 40, "chart"),
        Column(_("KPIs"), 24, "number"),
        Column(_("Goals"), 14, "number"),
        Column(_("Goals reached"), 24, "number"),
    )
    rows = [
        (
            row.title, row.perspective, row.weight, row.chart, row.attainment, row.n_goals,
            row.goals_reached,
        )
        for row in view.outcomes
    ]  # fmt: skip
    table = build_table(columns, rows, notice=view.outcomes_notice)
    said = tuple(Paragraph(text) for text in (view.unserved, view.orphans) if text)
    return Section(_("Does the rating serve the strategy?"), (table, *said), is_fresh=True)


def _lay_out_balance(view: ExecutiveView) -> Section:
    columns = (
        Column(_("Perspective")),
        Column(_("Outcomes"), 22, "number"),
        Column(_("Weight in strategy"), 30, "number"),
        Column(_("Goals"), 22, "number"),
        Column(_("Share of goals"), 26, "number"),
    )
    rows = [
        (row.perspective, row.n_outcomes, row.weight, row.n_goals, row.share)
        for row in view.balance
    ]
    said = _("A perspective with much weight and few goals is a promise without people behind it.")
    blocks = (build_table(columns, rows), Paragraph(said, "small"))
    return Section(_("Balance of the perspectives"), blocks, is_kept=True)


def _lay_out_skills(view: ExecutiveView) -> Section:
    columns = (
        Column(_("Criterion")),
        Column(_("People"), 20, "number"),
        Column(_("Mean"), 20, "number"),
        Column(_("Expected"), 24, "number"),
        Column(_("Clearly below"), 26, "number"),
    )
    rows = [(row.label, row.n, row.mean, row.expected, row.n_below) for row in view.skills]
    lead = _(
        "Mean score by criterion over the company. “Clearly below” counts people whose whole range "
        "lies below what their level asks for."
    )
    blocks = (Paragraph(lead, is_held=True), build_table(columns, rows))
    return Section(_("The skills behind it"), blocks, is_kept=True)
