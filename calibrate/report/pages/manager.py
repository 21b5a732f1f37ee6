"""The manager packet: the team, the own way of marking, then person by person."""

from __future__ import annotations

from calibrate.language import _, ngettext
from calibrate.report.document import (
    Block,
    Bullets,
    Card,
    Cell,
    Column,
    Columns,
    Content,
    Document,
    Figures,
    Heading,
    Note,
    Paragraph,
    Scale,
    Section,
    Strip,
    Table,
    build_table,
)
from calibrate.report.pages.cards import lay_out_criteria, lay_out_person_facts
from calibrate.report.pages.parts import lay_out_foot
from calibrate.report.pages.teams import lay_out_own_team
from calibrate.report.views.evidence import Person
from calibrate.report.views.manager import HeatTable, ManagerView, TeamCard

#: Large figures on fewer people say nothing that the table does not.
FEWEST_FIGURES = 3
#: People whose criteria stand together on one page.
MOST_KEPT = 30


def lay_out_manager(view: ManagerView) -> Document:
    """Put the view on its pages; in each part evidence stands before suggestions."""
    n = len(view.team)
    blocks: list[Block] = [Figures(view.figures)] if n >= FEWEST_FIGURES else []
    blocks += [
        *_lay_out_steps(view),
        *_lay_out_team(view),
        *_lay_out_changes(view),
        lay_out_foot(view.rubrics),
        *_lay_out_absences(view),
        *_lay_out_decided(view),
        *(_lay_out_heat(table) for table in view.heat if n > 1),
        *([lay_out_own_team(view.own_team, view.ticks, view.interval)] if view.own_team else []),
        *_lay_out_pattern(view),
        *_lay_out_cards(view),
    ]
    return Document(view.head, tuple(blocks))


def _is_small(view: ManagerView) -> bool:
    """So few cards that each says for itself what changed and why."""
    return len(view.cards) + sum(len(other.cards) for other in view.others) < FEWEST_FIGURES


def _lay_out_steps(view: ManagerView) -> list[Block]:
    if not view.steps:
        return []
    title = _("After the session") if view.is_decided else _("Before the session")
    return [Section(title, (Bullets(view.steps),), level=2)]


def _lay_out_team(view: ManagerView) -> list[Section]:
    title = _("Your team")
    if not view.team:
        said = _("Nobody reports to you as line manager in this cycle.")
        return [Section(title, (Paragraph(said),))]
    is_fitted = any(person.is_adjusted for person in view.team)
    score, suggested = _("Raw score"), _("Suggested")
    if is_fitted:
        score = _("Adjusted, {interval} range", interval=view.interval)
        suggested = _("Suggested, how likely")
    columns = [
        Column(_("Person")),
        Column(_("Forms"), 12, "number"),
        Column("", 56, ticks=view.ticks),
        Column(score, 24),
        Column(_("Proposed"), 22),
        *((Column(suggested, 30),) if view.show_suggested else ()),
    ]
    rows = [_list_cells(person, view.show_suggested) for person in view.team]
    table = build_table(columns, rows, key=_say_key(view, is_fitted), notice=view.team_notice)
    blocks: list[Block] = [table]
    if not is_fitted:
        blocks.append(
            Paragraph(
                _(
                    "Scores are not adjusted, because nobody else marked enough of the same "
                    "people. A strict rater and a weak team look the same here."
                )
            )
        )
    if view.show_suggested:
        said = _(
            "A suggestion is a reason to look at a proposal again. The session decides. “Open”: "
            "the other bands together are likelier."
        )
        if not is_fitted:
            said = _(
                "A suggestion is a reason to look at a proposal again. The session decides. How "
                "likely it is cannot be told here."
            )
        blocks.append(Paragraph(said, "small"))
    return [Section(title, tuple(blocks))]


def _list_cells(person: Person, show_suggested: bool) -> list[Content]:
    score: Content = person.raw
    if person.is_masked and person.is_rated:
        score = Cell(person.span if person.is_adjusted else person.raw_band, look="soft")
    elif person.is_adjusted:
        score = Cell(person.adjusted, below=person.span)
    cells: list[Content] = [person.name, person.n_forms, person.strip, score, person.proposed]
    if show_suggested:
        is_known = person.is_rated and person.is_adjusted
        cells.append(Cell(person.suggested, below=person.likelihood if is_known else ""))
    return cells


def _say_key(view: ManagerView, is_fitted: bool) -> str:
    said = []
    if any(person.is_rated and not person.is_sealed for person in view.team):
        said.append(_("Open diamond: raw score."))
    if is_fitted:
        said.append(_("Filled dot: severity taken out."))
    if any(person.is_assumed for person in view.team):
        said.append(_("Bar: {interval} range, assumed and not measured.", interval=view.interval))
    elif is_fitted:
        said.append(
            _(
                "Bar: {interval} range; with few forms it lies nearer the middle, and the dot may "
                "be outside.",
                interval=view.interval,
            )
        )
    waits = [person for person in view.team if not person.is_revealed]
    if waits and view.has_cuts:
        said.append(_("Who has no proposal yet stands below, in no order of score."))
    if view.has_cuts:
        said.append(_("Dashed lines: where the bands meet."))
    if any(person.is_masked for person in view.team):
        said.append(_("Dashed stretch: bands only, because too few people answered."))
    return " ".join(said)


def _lay_out_absences(view: ManagerView) -> list[Section]:
    if not view.presence.absences:
        return []
    columns = (Column(_("Person"), 64), Column(_("Why there is no score")))
    rows = [(Cell(row.name, below=row.line), row.reason) for row in view.presence.absences]
    table = build_table(columns, rows, size="plain", notice=view.presence.notice)
    return [Section(_("Who is missing"), (table,), is_kept=len(rows) <= MOST_KEPT)]


def _lay_out_decided(view: ManagerView) -> list[Section]:
    if not view.decided:
        return []
    columns = (
        Column(_("Person")),
        Column(_("Proposed"), 30),
        Column("", 64, ticks=view.ticks),
        Column(_("Decided"), 30),
    )
    rows = [
        (row.name, row.proposed, row.chart, Cell(row.decided, look="strong"))
        for row in view.decided
    ]
    key = _(
        "Open diamond: band you proposed. Filled dot: band decided. Each stands in the middle of "
        "its band; dashed lines: where the bands meet."
    )
    return [Section(_("What the session decided"), (build_table(columns, rows, key=key),))]


def _lay_out_heat(table: HeatTable) -> Section:
    title = _("By criterion: {rubric}", rubric=table.title) if table.title else _("By criterion")
    columns = [Column(_("Person"), 48), *(Column(label, kind="heat") for label in table.columns)]
    rows: list[list[Content]] = [[row.name, *row.cells] for row in table.rows]
    kept = len(rows) <= MOST_KEPT
    made = build_table(columns, rows, size="heat", is_kept=kept)
    after = _("Whole numbers where too few people answered.") if table.has_whole else ""
    return Section(title, (made, Scale(_("Lowest band"), _("highest band."), after)), is_kept=kept)


def _lay_out_pattern(view: ManagerView) -> list[Section]:
    pattern = view.pattern
    said: tuple[Block, ...] = tuple(Paragraph(sentence) for sentence in pattern.sentences)
    blocks: list[Block] = list(said)
    if pattern.chart is not None:
        key = _(
            "Dot: your marks against others on the same people; left is lower, right is higher. "
            "Bar: {interval} range.",
            interval=view.interval,
        )
        if pattern.has_usual:
            key += " " + _("Shaded: the middle half of comparable raters.")
        strip = Strip(pattern.chart, pattern.ticks, width=56, key=key)
        blocks = [Columns(said, (strip,), is_split=True)]
    if pattern.steps:
        title = _("To try next time") if view.is_decided else _("To try before the session")
        blocks.append(Heading(title, 3))
        blocks.append(Bullets(pattern.steps, is_numbered=True))
    return [Section(_("How you mark"), tuple(blocks), is_kept=True)]


def _lay_out_changes(view: ManagerView) -> list[Section]:
    if not view.cases or _is_small(view):
        return []
    columns = (Column(_("What changed"), 34), Column(_("Why")), Column(_("How to say it")))
    rows = [(case.title, case.why, case.say) for case in view.cases]
    table = build_table(columns, rows, is_kept=True)
    return [Section(_("What changed, and how to say it"), (table,), is_kept=True)]


def _lay_out_cards(view: ManagerView) -> list[Section]:
    sections = []
    notes = (Paragraph(_say_pooled(view), "key", is_held=True),)
    if view.cards or view.short_cards:
        blocks: list[Block] = list(notes)
        if view.short_cards:
            blocks.append(Paragraph(_say_short(view), is_held=bool(view.cards)))
        blocks += [_lay_out_card(card, view) for card in view.cards]
        sections.append(Section(_("Person by person"), tuple(blocks)))
    if view.short_cards:
        sections.append(
            Section(_("In one line"), (_tabulate_short(view.short_cards, view.has_history),))
        )
    for other in view.others:
        before = () if sections else notes
        cards = tuple(_lay_out_card(card, view) for card in other.cards)
        sections.append(Section(other.title, (*before, *cards)))
    return sections


def _say_pooled(view: ManagerView) -> str:
    said = []
    if view.has_confidential:
        said.append(
            _(
                "Peers and direct reports are pooled and shown from {n} answers on, as the half of "
                "the scale their mean lies in; single marks may lie outside it.",
                n=view.min_peers,
            )
        )
    said.append(_("“All” is the score over all forms, shaded by band."))
    cards = [*view.cards, *(card for other in view.others for card in other.cards)]
    if any(card.person.is_adjusted for card in cards):
        said.append(_("With few forms “All” lies nearer the middle, as the bar does."))
    if view.has_history:
        said.append(
            _(
                "“Before” has the bands of earlier cycles as they were named then; scales may "
                "differ."
            )
        )
    else:
        said.append(_("No earlier cycle was given."))
    return " ".join(said)


def _say_short(view: ManagerView) -> str:
    return ngettext(
        "Your team is large. The one on the agenda has a card; everybody else follows in one line. "
        "Ask HR for the sheet of anybody whose details you need.",
        "Your team is large. The {n} people on the agenda have a card each; everybody else follows "
        "in one line. Ask HR for the sheet of anybody whose details you need.",
        len(view.cards),
    )


def _tabulate_short(cards: tuple[TeamCard, ...], has_history: bool) -> Table:
    columns = [
        Column(_("Person"), 42),
        *((Column(_("Before"), 40),) if has_history else ()),
        Column(_("To talk about")),
    ]
    rows: list[list[Content]] = [
        [card.person.name, *((card.earlier,) if has_history else ()), card.talk.points[0]]
        for card in cards
    ]
    return build_table(columns, rows)


def _lay_out_card(card: TeamCard, view: ManagerView) -> Card:
    person = card.person
    if not person.is_rated:
        blocks: tuple[Block, ...] = (
            *(Paragraph(point) for point in card.talk.points),
            *_lay_out_goals(card),
        )
        return Card(person.name, person.line, _list_side(card), blocks)
    left = [
        *lay_out_criteria(person, view.has_expected),
        *_lay_out_goals(card),
        *_lay_out_points(card.talk.points),
    ]
    right = [
        *lay_out_person_facts(
            person, view.ticks, view.interval, view.show_suggested, card.talk.changed, card.gaps
        )
    ]
    if _is_small(view):
        (case,) = (case for case in view.cases if case.key == card.talk.case)
        right.append(Paragraph(f"{case.why} {case.say}", "say", opening=_("How to say it.")))
    if card.talk.next_step:
        right.append(Paragraph(card.talk.next_step, "say", opening=_("Next step.")))
    columns = Columns(tuple(left), tuple(right), is_split=True)
    return Card(person.name, person.line, _list_side(card), (columns,))


def _lay_out_points(points: tuple[str, ...]) -> tuple[Block, ...]:
    if len(points) == 1:
        return (Paragraph(points[0], "say", opening=_("To talk about.")),)
    return (Heading(_("To talk about")), Bullets(points))


def _list_side(card: TeamCard) -> tuple[str, ...]:
    """Beside the name: the bands before this cycle, and the place on the agenda."""
    before = (_("Before: {bands}", bands=card.earlier),) if card.earlier else ()
    return (*before, card.slot)


def _lay_out_goals(card: TeamCard) -> list[Block]:
    if not card.goals:
        return [Paragraph(_("Goals: not yet known."), "soft")]
    columns = (Column(_("Goal")), Column(_("Reached"), 16, "number"))
    rows = [(Cell(goal.title, below=goal.outcome), goal.attainment) for goal in card.goals]
    table = build_table(columns, rows, is_kept=False)
    return [table, *((Note((card.present,)),) if card.present else ())]
