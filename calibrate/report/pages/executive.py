"""The executive packet: a page on the calibration, a page on the strategy."""

from __future__ import annotations

from calibrate.language import _
from calibrate.report.document import (
    Block,
    Bullets,
    Cell,
    Column,
    Columns,
    Content,
    Document,
    Figures,
    Paragraph,
    Section,
    Table,
    build_table,
)
from calibrate.report.pages.parts import lay_out_facts, lay_out_foot, lay_out_shares
from calibrate.report.views.executive import ExecutiveView
from calibrate.report.views.talent import TalentMap


def lay_out_executive(view: ExecutiveView) -> Document:
    """Put the view on its two pages."""
    blocks: list[Block] = [
        Paragraph(view.lead, "lead"),
        Figures(view.figures),
        Paragraph(view.trend, "soft"),
        Section(
            _("How the bands are shared out"),
            (Paragraph(view.shares.sentence), _lay_out_shares(view)),
            is_kept=True,
        ),
        Columns(_lay_out_risks(view), _lay_out_asked(view)),
        *_lay_out_strategy(view),
    ]
    if view.talent is not None:
        blocks.append(_lay_out_talent(view.talent))
    return Document(view.head, (*blocks, lay_out_foot(view.rubrics)), density="roomy")


def _lay_out_shares(view: ExecutiveView) -> Table:
    """Today's shares; beside them those of the cycles before, in place of the counts."""
    now = lay_out_shares(view.shares)
    if not view.earlier or not now.rows:
        return now
    columns = [Column(now.columns[0].text), *now.columns[2:]]
    columns += [Column(cycle.name, 14, "number") for cycle in view.earlier]
    rows = [
        (row.cells[0], *row.cells[2:], *(cycle.shares[band.band] for cycle in view.earlier))
        for row, band in zip(now.rows, view.shares.rows, strict=True)
    ]
    return build_table(columns, rows, key=now.key)


def _lay_out_risks(view: ExecutiveView) -> tuple[Block, ...]:
    said = (Paragraph(sentence, "small") for sentence in view.risk_sentences)
    table = lay_out_facts(view.risks, _("Findings"), _("Count"))
    return (Section(_("Where to look"), (table, *said)),)


def _lay_out_asked(view: ExecutiveView) -> tuple[Block, ...]:
    asked = Section(_("What you are asked"), (Bullets(view.decisions, is_numbered=True),))
    if not view.sessions:
        return (asked,)
    columns = (
        Column(_("Session")),
        Column(_("To discuss"), 20, "number"),
        Column(_("Minutes"), 18, "number"),
    )
    rows = [(row.name, _of(row.n_discussed, row.n_people), row.minutes) for row in view.sessions]
    table = build_table(columns, rows, notice=view.sessions_notice)
    return (asked, Section(_("The sessions"), (table,)))


def _of(n: str, total: str) -> str:
    return _("{n} of {total}", n=n, total=total)


def _lay_out_strategy(view: ExecutiveView) -> list[Block]:
    if view.outcomes:
        skills = (_lay_out_skills(view),) if view.skills else ()
        return [_lay_out_outcomes(view), Columns((_lay_out_balance(view),), skills)]
    said = (
        _("This cycle names no strategy, so it cannot be told which outcomes the ratings serve."),
        _("Add a strategy file and goals to the cycle; this page then sets one beside the other."),
    )
    blocks = tuple(Paragraph(sentence) for sentence in said)
    section = Section(_("Does the rating serve the strategy?"), blocks, is_fresh=True)
    return [section, *([_lay_out_skills(view)] if view.skills else [])]


def _lay_out_talent(talent: TalentMap) -> Section:
    columns = [Column(_("Band"), 34), *(Column(level, kind="heat") for level in talent.levels)]
    rows: list[list[Content]] = [
        [row.band, *(Cell(n, look=shade) for n, shade in zip(row.counts, row.shades, strict=True))]
        for row in talent.rows
    ]
    lead = _(
        "How many people stand in which band so far, by level: the proposed one, else that of the "
        "raw score. Darker is more people."
    )
    table = build_table(columns, rows, size="heat", notice=talent.notice)
    return Section(_("Talent map"), (Paragraph(lead, is_held=True), table), is_kept=True)


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
        Column(_("Weight"), 16, "number"),
        Column(_("Goals"), 14, "number"),
        Column(_("Share of goals"), 20, "number"),
    )
    rows = [(row.perspective, row.weight, row.n_goals, row.share) for row in view.balance]
    said = _("A perspective with much weight and few goals is a promise without people behind it.")
    blocks = (build_table(columns, rows), Paragraph(said, "small"))
    return Section(_("Balance of the perspectives"), blocks, is_kept=True)


def _lay_out_skills(view: ExecutiveView) -> Section:
    columns = (
        Column(_("Criterion")),
        Column(_("Mean"), 13, "number"),
        Column(_("Expected"), 18, "number"),
        Column(_("Clearly below"), 18, "number"),
    )
    rows = [
        (row.label, row.mean, row.expected, _of(row.n_below, row.n) if row.is_told else row.n_below)
        for row in view.skills
    ]
    said = _(
        "Mean score over the company. “Clearly below” counts people whose whole range lies below "
        "what their level asks for."
    )
    blocks = (build_table(columns, rows), Paragraph(said, "small"))
    return Section(_("The skills behind it"), blocks, is_kept=True)
