"""The page of a run: what to do next, then the evidence, then what to open."""

from __future__ import annotations

from dataclasses import replace

from calibrate.language import _, ngettext
from calibrate.report.document import (
    Block,
    Cell,
    Column,
    Content,
    Contents,
    Document,
    Figures,
    Finder,
    Fold,
    Group,
    Heading,
    Link,
    Paragraph,
    Row,
    Section,
    Steps,
    Table,
    build_table,
)
from calibrate.report.pages.parts import lay_out_facts, lay_out_foot, lay_out_shares
from calibrate.report.pages.raters import lay_out_raters
from calibrate.report.pages.strategy import build_outcome_table
from calibrate.report.views.index import FindingGroup, IndexView, SessionAgenda
from calibrate.report.views.meeting import AgendaRow
from calibrate.report.views.preparation import (
    FINDINGS,
    MADE,
    PACKETS,
    RATERS,
    READY,
    SESSIONS,
    SHARES,
    STRATEGY,
    TITLES,
)
from calibrate.report.views.run_files import PacketRow

#: More sessions are searched, and their agendas stand in one fold.
MOST_OPEN = 16


def lay_out_index(view: IndexView) -> Document:
    """Put the view on its page."""
    sections = (
        _lay_out_readiness(view),
        Section(
            _(TITLES[SHARES]),
            (
                Paragraph(view.shares.sentence),
                replace(lay_out_shares(view.shares), caption=_(TITLES[SHARES])),
            ),
            anchor=SHARES,
        ),
        *_lay_out_strategy(view),
        _lay_out_sessions(view),
        _lay_out_raters(view),
        _lay_out_findings(view),
        _lay_out_packets(view),
        _lay_out_made(view),
    )
    links = tuple((section.level, Link(section.title, section.anchor)) for section in sections)
    blocks: tuple[Block, ...] = (
        Paragraph(view.lead, "lead"),
        Figures(view.figures),
        Section(_("What to do next"), (Steps(view.steps),), anchor="next"),
        Contents(_("On this page"), links),
        *sections,
    )
    return Document(view.head, blocks)


def _lay_out_strategy(view: IndexView) -> tuple[Section, ...]:
    """The picture and the table behind it; nothing without a strategy."""
    strategy = view.strategy
    if strategy is None:
        return ()
    title = _(TITLES[STRATEGY])
    blocks: list[Block] = [Paragraph(strategy.lead, "lead")]
    blocks += [Paragraph(remark) for remark in strategy.remarks]
    if strategy.picture is not None:
        blocks.append(strategy.picture)
    table = replace(build_outcome_table(strategy), caption=title)
    line = _("weight, marks, goals, people, KPIs")
    blocks.append(Fold(_("What serves each outcome"), line, (table,)))
    return (Section(title, tuple(blocks), anchor=STRATEGY),)


def _lay_out_sessions(view: IndexView) -> Section:
    columns = [
        Column(_("Session"), 42),
        Column(_("People"), 16, "number"),
        Column(_("With a score"), 16, "number"),
        Column(_("Proposed"), 18, "number"),
        Column(_("To discuss"), 18, "number"),
        Column(_("Time"), 22, "number"),
    ]
    if view.has_guideline:
        columns.append(Column(_("Guideline"), 34))
    rows = []
    for row in view.sessions:
        cells: list[Content] = [
            Cell(row.name, href=row.file), row.n_people, row.n_rated, row.n_proposed,
            row.n_discussed, row.time,
        ]  # fmt: skip
        rows.append([*cells, row.guideline] if view.has_guideline else cells)
    lead = _("Each name opens the packet of the session. The agendas are below.")
    if not any(row.file for row in view.sessions):
        lead = _("The agendas are below; this run holds no packets for sessions.")
    table = replace(
        Table(tuple(columns), (Group("", tuple(Row(tuple(cells)) for cells in rows)),)),
        caption=_("Sessions"),
    )
    folds = tuple(_lay_out_agenda(agenda) for agenda in view.agendas)
    blocks: tuple[Block, ...] = (table, Heading(_("Agendas"), 3), *folds)
    if len(folds) > MOST_OPEN:
        line = ngettext("{n} session", "{n} sessions", len(folds))
        blocks = (Finder(_("Find a session"), table), Fold(_("Agendas"), line, folds))
    return Section(_(TITLES[SESSIONS]), (Paragraph(lead), *blocks), anchor=SESSIONS)


def _lay_out_agenda(agenda: SessionAgenda) -> Fold:
    if not agenda.groups:
        words = _("Nobody needs minutes. Read the list of people in the packet and confirm it.")
        return Fold(agenda.name, agenda.line, (Paragraph(words),))
    columns = (
        Column(_("From, to"), 22),
        Column(_("Person"), 42),
        Column(_("Id"), 20),
        Column(_("Band so far"), 24),
        Column(_("Why talk")),
    )
    groups = tuple(
        Group(
            group.title,
            tuple(
                Row((row.when, row.name, _tell_id(row), row.band, row.reasons))
                for row in group.rows
            ),
        )
        for group in agenda.groups
    )
    caption = _("Agenda: {name}", name=agenda.name)
    table = Table(columns, groups, notice=agenda.notice, heading=1, caption=caption)
    return Fold(agenda.name, agenda.line, (table,))


def _tell_id(row: AgendaRow) -> Cell:
    """The id of somebody who has a name too."""
    return Cell(row.employee_id if row.employee_id != row.name else "", look="soft")


def _lay_out_raters(view: IndexView) -> Section:
    blocks: list[Block] = []
    for block in lay_out_raters(view.raters).blocks:
        if isinstance(block, Table):
            if view.raters.has_severity:
                blocks.append(Paragraph(_("Furthest from the others first."), "small"))
            blocks.append(replace(block, caption=_(TITLES[RATERS])))
        else:
            blocks.append(block)
    return Section(_(TITLES[RATERS]), tuple(blocks), anchor=RATERS)


def _lay_out_findings(view: IndexView) -> Section:
    lead = _(
        "A finding is a reason to look: it decides nothing, and some of them are chance. Beside "
        "each stands what it rests on."
    )
    blocks: list[Block] = [Paragraph(lead), Paragraph(view.groups, opening=_("Groups."))]
    if not view.findings:
        nothing = _(
            "Nothing else stood out by more than chance. With few people or forms, only large "
            "differences can be found."
        )
        blocks.append(Paragraph(nothing))
    for group in view.findings:
        blocks += [Heading(group.title, 3), _tabulate_findings(group)]
    return Section(_(TITLES[FINDINGS]), tuple(blocks), anchor=FINDINGS)


def _tabulate_findings(group: FindingGroup) -> Table:
    columns = (
        Column(_("Who or where"), 38),
        Column(_("What was found")),
        Column(_("What it rests on")),
    )
    rows = [(row.who, row.headline, Cell(row.evidence, look="soft")) for row in group.rows]
    table = build_table(columns, rows, notice=group.notice)
    return replace(table, caption=_("Findings: {what}", what=group.title))


def _lay_out_packets(view: IndexView) -> Section:
    blocks: list[Block] = []
    if view.not_printed:
        blocks.append(Paragraph(view.not_printed))
    if view.managers:
        groups = tuple(
            Group(group.title, tuple(Row(_list_cells(row)) for row in group.rows))
            for group in view.managers
        )
        columns = _name_columns(_("Manager"), _("Id"))
        table = Table(
            columns, groups, notice=view.managers_notice, caption=_("Packets of managers")
        )  # fmt: skip
        blocks += [
            Heading(_("For managers"), 3), Finder(_("Find a manager by name or id"), table),
        ]  # fmt: skip
    if view.others:
        rows = [
            (Cell(row.title, href=row.file), row.file, row.pages, row.packet_id)
            for row in view.others
        ]
        table = build_table(_name_columns(_("Packet"), _("File")), rows)
        blocks += [
            Heading(_("For others"), 3), replace(table, caption=_("Packets for others")),
        ]  # fmt: skip
    columns = (Column(_("File"), 56), Column(_("What is in it")))
    files = build_table(columns, [(Cell(row.file, href=row.file), row.about) for row in view.files])
    blocks += [Heading(_("Files"), 3), replace(files, caption=_("Files of this run"))]
    return Section(_(TITLES[PACKETS]), tuple(blocks), anchor=PACKETS)


def _name_columns(first: str, second: str) -> tuple[Column, ...]:
    return (
        Column(first), Column(second, 48), Column(_("Length"), 22, "number"),
        Column(_("Packet id"), 34, "number"),
    )  # fmt: skip


def _list_cells(row: PacketRow) -> tuple[Cell | str, ...]:
    return (
        Cell(row.title, href=row.file), Cell(row.line, look="soft"), row.pages,
        Cell(row.packet_id, look="soft"),
    )  # fmt: skip


def _lay_out_readiness(view: IndexView) -> Section:
    table = lay_out_facts(view.readiness, _("In the whole company"), _("Count"))
    blocks: list[Block] = [replace(table, caption=_(TITLES[READY]))]
    if view.missing:
        columns = (Column(_("Ask"), 48), Column(_("People"), 16, "number"), Column(_("For")))
        asked = [(row.manager, row.n_people, row.people) for row in view.missing]
        title = _("Manager forms still missing")
        table = build_table(columns, asked, notice=view.missing_notice)
        blocks.append(Fold(title, view.asked, (replace(table, caption=title),)))
    if view.left_out:
        title = _("Left out")
        rules = lay_out_facts(view.left_out, _("Rule that was broken"), _("Rows"))
        words = _("tables/problems.csv names each row, what is wrong with it and how to mend it.")
        blocks += [Heading(title, 3), replace(rules, caption=title), Paragraph(words, "small")]
    if view.notes:
        blocks.append(Heading(_("To keep in mind"), 3))
        blocks += [Paragraph(note) for note in view.notes]
    return Section(_(TITLES[READY]), tuple(blocks), anchor=READY)


def _lay_out_made(view: IndexView) -> Section:
    columns = (Column(_("What"), 64), Column(_("Value")))
    rows = [(fact.label, Cell(fact.value, look="hash")) for fact in view.made]
    table = replace(build_table(columns, rows, size="plain"), caption=_(TITLES[MADE]))
    words = _("manifest.json lists the hash of every file that was read or written.")
    return Section(
        _(TITLES[MADE]), (table, lay_out_foot(view.rubrics), Paragraph(words, "small")),
        anchor=MADE,
    )  # fmt: skip
