"""Where severities cannot be told: teams side by side, and bands under other assumptions."""

from __future__ import annotations

from collections.abc import Sequence

from calibrate.language import _
from calibrate.report.document import (
    Block,
    Bullets,
    Cell,
    Column,
    Columns,
    Content,
    Note,
    Paragraph,
    Section,
    Strip,
    build_table,
)
from calibrate.report.views.teams import OwnTeam, TeamPages
from calibrate.report.views.what_if import WhatIfTable


def lay_out_teams(teams: TeamPages, ticks: Sequence[str], interval: str) -> list[Section]:
    """Managers side by side: level, order and goals, bands, people who changed manager."""
    sections = [_lay_out_levels(teams, ticks, interval)]
    if teams.rows:
        sections += [_lay_out_order(teams, interval), _lay_out_bands(teams)]
    return [*sections, _lay_out_movers(teams, interval)]


def _lay_out_levels(teams: TeamPages, ticks: Sequence[str], interval: str) -> Section:
    blocks: list[Block] = [Paragraph(teams.lead)]
    if teams.rows:
        columns = (
            Column(_("Manager")),
            Column(_("People"), 16, "number"),
            Column("", 64, ticks=tuple(ticks)),
            Column(_("Mean"), 14, "number"),
            Column(_("{interval} range", interval=interval), 30, "number"),
        )
        rows = [(row.name, row.n, row.chart, row.mean, row.span) for row in teams.rows]
        key = _say_key(teams, interval)
        blocks.append(build_table(columns, rows, key=key, notice=teams.notice))
    elif teams.notice:
        blocks.append(Note((teams.notice,)))
    if teams.facts:
        blocks.append(Bullets(teams.facts))
    return Section(_("Manager or team: cannot be told"), tuple(blocks))


def _say_key(teams: TeamPages, interval: str) -> str:
    said = [_("Open diamond: mean as marked.")]
    if teams.has_pooled:
        said.append(
            _(
                "Filled dot: the same pulled towards all managers, because a few people lie high "
                "or low by chance."
            )
        )
    if teams.has_range:
        said.append(_("Bar: {interval} range.", interval=interval))
    said.append(_("Dashed lines: where the bands meet."))
    return " ".join(said)


def _lay_out_order(teams: TeamPages, interval: str) -> Section:
    key = _(
        "Spread: 1 is usual; the range says what chance allows. Goals: mean way to the target. "
        "Easy targets are reached more often: compare with care."
    )
    columns = (
        Column(_("Manager")),
        Column(_("Different scores"), 30, "number"),
        Column(_("Spread"), 18, "number"),
        Column(_("{interval} range", interval=interval), 26, "number"),
        Column(_("Goals"), 18, "number"),
        Column(_("Targets reached"), 26, "number"),
    )
    rows = [
        (row.name, row.distinct, row.spread, row.spread_span, row.attainment, row.reached)
        for row in teams.rows
    ]
    table = build_table(columns, rows, key=" ".join(filter(None, (key, teams.goals_note))))
    return Section(_("Order and goals within each team"), (table,), is_kept=len(rows) < MOST_KEPT)


#: Rows of a section that stands on one page.
MOST_KEPT = 25


def _lay_out_bands(teams: TeamPages) -> Section:
    key = _("People in the raw band, and the share pulled towards all managers.")
    columns = [Column(_("Manager")), *(Column(band, 24, "number") for band in teams.bands)]
    rows = [(row.name, *row.bands) for row in teams.rows]
    table = build_table(columns, rows, key=key)
    return Section(_("Bands by manager"), (table,), is_kept=len(rows) < MOST_KEPT)


def _lay_out_movers(teams: TeamPages, interval: str) -> Section:
    blocks: list[Block] = [Paragraph(teams.movers_note, is_held=bool(teams.movers))]
    if teams.movers:
        columns = (
            Column(_("Manager")),
            Column(_("People who"), 24),
            Column(_("People"), 18, "number"),
            Column(_("Change"), 22, "number"),
            Column(_("{interval} range", interval=interval), 38, "number"),
        )
        rows = [(row.name, row.way, row.n, row.change, row.span) for row in teams.movers]
        blocks.append(build_table(columns, rows))
    return Section(
        _("People who changed manager"), tuple(blocks), is_kept=len(teams.movers) < MOST_KEPT
    )


def lay_out_own_team(team: OwnTeam, ticks: Sequence[str], interval: str) -> Section:
    """One manager's people beside all, and why nothing is corrected."""
    said = tuple(Paragraph(sentence) for sentence in team.sentences)
    blocks: tuple[Block, ...] = said
    if team.chart is not None:
        key = _(
            "Open diamond: mean of the people you marked. Filled dot: the same pulled towards all "
            "managers. Bar: its {interval} range. Dashed lines: where the bands meet.",
            interval=interval,
        )
        blocks = (Columns(said, (Strip(team.chart, tuple(ticks), key=key),)),)
    return Section(_("You or your team: cannot be told"), blocks, is_kept=True)


def lay_out_what_if(table: WhatIfTable) -> Section:
    """People whose band hangs on one assumption; the lead says on which."""
    blocks: list[Block] = [Paragraph(table.lead)]
    if table.sentence:
        blocks.append(Paragraph(table.sentence, is_held=bool(table.rows)))
    if table.rows:
        columns = [
            Column(_("Person")),
            *((Column(table.of, 42),) if table.of else ()),
            *(Column(head, 24) for head in table.heads),
        ]
        rows: list[list[Content]] = [
            [Cell(row.name, below=row.line), *((row.of,) if table.of else ()), *row.bands]
            for row in table.rows
        ]
        blocks.append(build_table(columns, rows, notice=table.notice))
    return Section(table.title, tuple(blocks))
