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
from calibrate.report.pages.strategy import lay_out_practice, lay_out_strategy
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
        *_lay_out_people(view),
    ]
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
    if view.strategy is not None:
        return lay_out_strategy(view.strategy)
    said = (
        _("This cycle names no strategy, so it cannot be told which outcomes the ratings serve."),
        _("Add a strategy file and goals to the cycle; this page then sets one beside the other."),
    )
    blocks = tuple(Paragraph(sentence) for sentence in said)
    return [Section(_("Does the rating serve the strategy?"), blocks, is_fresh=True)]


def _lay_out_people(view: ExecutiveView) -> list[Block]:
    """The third page: who stands where, and how one knows that it works."""
    blocks: list[Block] = []
    if view.talent is not None:
        blocks.append(_lay_out_talent(view.talent))
    practice = lay_out_practice(view.practice)
    if not practice:
        return blocks
    return [Section(_("How do we know that it works?"), (*blocks, *practice), is_fresh=True)]


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
