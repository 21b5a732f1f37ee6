"""The session packet: what the people in the room need, in the order they need it."""

from __future__ import annotations

from dataclasses import replace

from calibrate.language import _
from calibrate.report.document import (
    Block,
    Bullets,
    Card,
    Cell,
    Column,
    Columns,
    Document,
    Fact,
    Facts,
    Figures,
    Group,
    Paragraph,
    Row,
    Section,
    Signatures,
    Strip,
    Table,
    build_table,
)
from calibrate.report.pages.cards import lay_out_criteria
from calibrate.report.pages.parts import lay_out_facts, lay_out_foot, lay_out_shares
from calibrate.report.pages.raters import lay_out_habits, lay_out_network, lay_out_raters
from calibrate.report.pages.session_goals import lay_out_session_goals
from calibrate.report.pages.teams import lay_out_teams, lay_out_what_if
from calibrate.report.views.evidence import Person
from calibrate.report.views.meeting import Changes, Skipped
from calibrate.report.views.presence import Presence
from calibrate.report.views.session import Card as PersonCard
from calibrate.report.views.session import SessionView
from calibrate.report.words import NOT_KNOWN


def lay_out_session(view: SessionView) -> Document:
    """Put the view on its pages; what a company does not have is left out."""
    blocks: list[Block] = [
        Figures(view.figures),
        Columns((_lay_out_readiness(view),), (_lay_out_rules(view),)),
        *_lay_out_presence(view.presence),
        _lay_out_words(view),
        *_lay_out_problems(view),
        Section(
            _("How the bands are shared out"),
            (Paragraph(view.shares.sentence), lay_out_shares(view.shares)),
            is_kept=True,
        ),
        *_lay_out_raters(view),
        *(lay_out_what_if(table) for table in view.what_if),
        *lay_out_network(view.network),
        _lay_out_agenda(view),
        *_lay_out_cards(view),
        *_lay_out_skipped(view),
        *lay_out_session_goals(view.goals),
        *_lay_out_changes(view),
        _lay_out_sheet(view),
    ]
    return Document(view.head, tuple(blocks))


def _lay_out_readiness(view: SessionView) -> Section:
    table = lay_out_facts(view.readiness, _("In this session"), _("Count"))
    return Section(_("Ready to meet?"), (table,))


def _lay_out_rules(view: SessionView) -> Section:
    return Section(_("Ground rules"), (Bullets(view.ground_rules, is_numbered=True),))


def _lay_out_presence(presence: Presence) -> list[Section]:
    sections = []
    if presence.absences:
        has_ask = any(row.ask for row in presence.absences)
        columns = [Column(_("Person"), 48), Column("", 38), Column(_("Why there is no score"))]
        if has_ask:
            columns.append(Column(_("Ask for a form"), 34))
        absent = [
            (row.name, Cell(row.line, look="soft"), row.reason, *((row.ask,) if has_ask else ()))
            for row in presence.absences
        ]
        table = build_table(columns, absent, notice=presence.notice, size="plain")
        sections.append(Section(_("Without a score"), (table,)))
    if presence.missing:
        columns = [Column(_("Ask"), 64), Column(_("People"), 18, "number"), Column(_("For"))]
        asked = [(row.manager, row.n_people, row.people) for row in presence.missing]
        table = build_table(columns, asked, notice=presence.missing_notice, size="plain")
        sections.append(Section(_("Manager forms still missing"), (table,)))
    return sections


def _lay_out_words(view: SessionView) -> Section:
    columns = (Column(_("Word"), 34), Column(_("What it means here")))
    rows = [(Cell(fact.label, look="strong"), fact.value) for fact in view.definitions]
    blocks: list[Block] = [build_table(columns, rows, size="plain")]
    blocks += [Paragraph(note, "small") for note in view.notes]
    return Section(_("What the words mean"), (*blocks, lay_out_foot(view.rubrics)))


def _lay_out_problems(view: SessionView) -> list[Section]:
    if not view.problems:
        return []
    table = lay_out_facts(view.problems, _("Rule that was broken"), _("Rows"))
    return [Section(_("Left out of the whole company’s data"), (table,), is_kept=True)]


def _lay_out_raters(view: SessionView) -> list[Section]:
    """Severities; where none can be told, teams beside each other say more than mean marks."""
    sections = []
    if view.raters.has_severity or view.teams is None:
        sections.append(lay_out_raters(view.raters))
    sections.append(lay_out_habits(view.raters.habits))
    if view.teams is not None:
        sections += lay_out_teams(view.teams, view.ticks, view.interval)
    return sections


def _lay_out_agenda(view: SessionView) -> Section:
    title = _("Agenda")
    if not view.agenda:
        nobody = _("Nobody needs minutes. Read the list of people below and confirm it.")
        if not (view.skipped.groups or view.skipped.alike):
            nobody = _("Nobody has a score or a proposed band yet, so there is nobody to discuss.")
        return Section(title, (Paragraph(nobody),))
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
                Row((row.when, row.name, Cell(row.employee_id, look="soft"), row.band, row.reasons))
                for row in group.rows
            ),
        )
        for group in view.agenda
    )
    table = Table(columns, groups, notice=view.agenda_notice, heading=1, is_kept=False)
    lead = _("What to ask, by the reason for which somebody is on the agenda:")
    return Section(title, (Paragraph(lead, is_held=True), Bullets(view.questions), table))


def _lay_out_cards(view: SessionView) -> list[Section]:
    if not view.cards:
        return []
    cards = tuple(_lay_out_card(card, view) for card in view.cards)
    said = [_say_key(view)]
    if any(card.person.mask_note for card in view.cards):
        said.append(
            _(
                "Single marks withheld: so few answered, or several managers did, that one answer "
                "could be worked out. What is left tells none."
            )
        )
    lead = (Paragraph(text, "key", is_held=True) for text in said)
    return [Section(_("People to discuss"), (*lead, *cards))]


def _say_key(view: SessionView) -> str:
    said = [_("Open diamond: raw score.")] if view.has_raw else []
    said.append(
        _(
            "Filled dot: severity taken out. Bar: {interval} range; with few forms it lies nearer "
            "the middle, and the dot may be outside. Dashed lines: where the bands meet. “All” is "
            "shaded by band, darker is higher.",
            interval=view.interval,
        )
    )
    if any(card.person.is_adjusted for card in view.cards):
        said.append(_("With few forms “All” lies nearer the middle, as the bar does."))
    return " ".join(said)


def _lay_out_card(card: PersonCard, view: SessionView) -> Card:
    person = card.person
    side = [card.when]
    if card.manager:
        side.append(_("Manager: {name}", name=card.manager))
    line = [person.line, person.raters]
    if person.mask_note:
        line.append(_("single marks withheld"))
    # Why they are is said once, above all cards.
    criteria = lay_out_criteria(replace(person, mask_note=""), view.has_expected)
    blocks = (Paragraph(card.reasons, "why"), Columns(criteria, _lay_out_score(person, view), True))
    return Card(person.name, " · ".join(line), tuple(side), blocks)


def _lay_out_score(person: Person, view: SessionView) -> tuple[Block, ...]:
    """Evidence before suggestions, in as few lines as there are for three minutes."""
    if not person.is_rated:
        return (
            Facts((Fact(_("Raw score"), _(NOT_KNOWN)), Fact(_("Proposed"), person.proposed))),
        )  # fmt: skip
    items = []
    if not person.is_masked:
        raw = " · ".join(filter(None, (person.raw, person.raw_band)))
        if person.is_adjusted:
            raw = _("{raw}, adjusted {adjusted}", raw=raw, adjusted=person.adjusted)
        items.append(Fact(_("Score"), raw))
    elif person.raw_band:
        items.append(Fact(_("Raw band"), person.raw_band))
    items.append(Fact(_("{interval} range", interval=view.interval), person.span))
    items.append(Fact(_("Proposed"), person.proposed))
    if view.show_suggested:
        said = ", ".join(filter(None, (person.suggested, person.likelihood)))
        items.append(Fact(_("Suggested"), said))
    return (Strip(person.strip, view.ticks, width=56), Facts(tuple(items)))


def _lay_out_skipped(view: SessionView) -> list[Section]:
    skipped = view.skipped
    if not (skipped.groups or skipped.alike):
        return []
    lead = _(
        "No minutes are planned for these people unless somebody asks. “Safe to skip” stands only "
        "where the band is likely to stay."
    )
    blocks: list[Block] = [Paragraph(lead, is_held=True)]
    if skipped.groups:
        blocks.append(_tabulate_skipped(skipped))
    blocks += [Paragraph(alike.names, opening=alike.title) for alike in skipped.alike]
    return [Section(_("No minutes planned, and why"), tuple(blocks))]


def _tabulate_skipped(skipped: Skipped) -> Table:
    columns = (
        Column(_("Person"), 42),
        Column("", 42),
        Column(_("Band so far"), 24),
        Column(_("Why")),
    )
    groups = tuple(
        Group(
            group.title,
            tuple(
                Row((row.name, Cell(row.line, look="soft"), row.band, row.reason))
                for row in group.rows
            ),
        )
        for group in skipped.groups
    )
    return Table(columns, groups, notice=skipped.notice, is_kept=False)


def _lay_out_changes(view: SessionView) -> list[Section]:
    if view.changes is None:
        return []
    blocks: list[Block] = [Paragraph(view.changes.sentence, is_held=bool(view.changes.rows))]
    if view.changes.rows:
        blocks.append(_tabulate_changes(view.changes, view.ticks))
    return [Section(_("What the session decided"), tuple(blocks))]


def _tabulate_changes(changes: Changes, ticks: tuple[str, ...]) -> Table:
    columns = (
        Column(_("Person")),
        Column(_("Id"), 20),
        Column(_("Before"), 24),
        Column("", 56, ticks=ticks),
        Column(_("Decided"), 24),
    )
    rows = [
        (
            row.name, Cell(row.employee_id, look="soft"), row.before, row.chart,
            Cell(row.after, look="strong"),
        )
        for row in changes.rows
    ]  # fmt: skip
    key = _(
        "Open diamond: band before. Filled dot: band decided. Each stands in the middle of its "
        "band; dashed lines: where the bands meet."
    )
    return build_table(columns, rows, key=key, notice=changes.notice)


def _lay_out_sheet(view: SessionView) -> Section:
    lead = _(
        "One line for each person; the empty lines are for people named in the room. The rationale "
        "names what the person did, not a figure."
    )
    columns = (
        Column(_("Person"), 42),
        Column(_("Proposed"), 24),
        Column(_("Decided band"), 26),
        Column(_("Code"), 12),
        Column(_("Rationale")),
        Column(_("Decided by"), 22),
    )
    named = [
        Row((Cell(line.name, below=line.employee_id), line.proposed, "", "", "", ""))
        for line in view.decisions
    ]
    blank = [Row(("",) * len(columns), "blank")] * view.n_blank
    table = Table(
        columns, (Group("", (*named, *blank)),), notice=view.agenda_notice, size="sheet",
        is_kept=False,
    )  # fmt: skip
    signatures = Signatures((_("Date and place"), _("Who chaired"), _("Who wrote this sheet")))
    codes = _("Code: {codes}.", codes=view.reason_codes)
    blocks = (
        Paragraph(lead, is_held=True), Paragraph(codes, "small", is_held=True), signatures, table,
    )  # fmt: skip
    return Section(_("Decision sheet"), blocks)
