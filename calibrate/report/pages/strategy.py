"""The strategy on a page: the picture first, then the figures behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from calibrate.language import _
from calibrate.report.document import (
    Block,
    Bullets,
    Cell,
    Column,
    Columns,
    Paragraph,
    Section,
    Table,
    build_table,
)
from calibrate.report.views.practice import ChangeRow, PracticeView
from calibrate.report.views.strategy import StrategyView


def lay_out_strategy(view: StrategyView) -> list[Block]:
    """Lead, picture, outcomes, and balance beside skills."""
    blocks: list[Block] = [Paragraph("", "lead", opening=view.lead)]
    blocks += [Paragraph(remark) for remark in view.remarks]
    if view.picture is not None:
        blocks.append(view.picture)
    parts: list[Block] = [
        Section(_("Does the rating serve the strategy?"), tuple(blocks), is_fresh=True),
    ]
    right = (_lay_out_skills(view),) if view.skills else ()
    left = [_lay_out_balance(view)]
    if view.gaps:
        said = (Bullets(view.gaps),)
        left.append(Section(_("Where nobody works on an outcome"), said, is_kept=True))
    parts.append(Columns(tuple(left), right))
    return parts


def build_outcome_table(view: StrategyView) -> Table:
    """Outcomes with what serves them."""
    columns = (
        Column(_("Outcome")),
        Column(_("Weight"), 14, "number"),
        Column(_("By marks"), 16, "number"),
        Column(_("By goals"), 16, "number"),
        Column(_("People"), 14, "number"),
        Column(_("line: target"), 40, "chart"),
        Column(_("KPIs"), 16, "number"),
        Column(_("Verdict"), 34),
    )
    rows = [
        (
            row.title, row.weight, row.marks, row.goals, row.n_people, row.chart, row.attainment,
            Cell(row.verdict, look="strong") if row.is_alert else row.verdict,
        )
        for row in view.outcomes
    ]  # fmt: skip
    about = _(
        "Marks: share of the criteria's weight. Goals: share of the weight of all goals. Less than "
        "half of an outcome's weight is thin."
    )
    return replace(build_table(columns, rows, notice=view.outcomes_notice), about=about)


def _lay_out_balance(view: StrategyView) -> Section:
    columns = (
        Column(_("Perspective"), 20),
        Column(_("Weight"), 14, "number"),
        Column(_("By marks"), 13, "number"),
        Column(_("By goals"), 13, "number"),
        Column(_("Verdict")),
    )
    rows = [
        (row.perspective, row.weight, row.marks, row.goals, row.verdict) for row in view.balance
    ]
    said = _("A perspective with much weight and few goals is a promise without people behind it.")
    blocks = (build_table(columns, rows), Paragraph(said, "small"))
    return Section(_("Balance of the perspectives"), blocks, is_kept=True)


def _lay_out_skills(view: StrategyView) -> Section:
    columns = (
        Column(_("Criterion")),
        Column(_("Gap"), 14, "number"),
        Column(_("Range"), 24, "number"),
        Column(_("Below"), 16, "number"),
    )
    rows = [(row.label, row.gap, row.span, row.n_below) for row in view.skills]
    said = _(
        "Gap: mean score less what levels ask for. Below: people whose whole range lies below that."
    )
    blocks = (build_table(columns, rows), Paragraph(said, "small"))
    return Section(_("The skills behind it"), blocks, is_kept=True)


def lay_out_practice(view: PracticeView) -> list[Block]:
    """What was done, what goes with what, and what changed."""
    blocks: list[Block] = []
    if view.talks:
        columns = (
            Column(_("Level of the manager")),
            Column(_("Managers"), 20, "number"),
            Column(_("Keep to what was agreed"), 30, "number"),
            Column(_("A person and month"), 30, "number"),
            Column(_("People with one"), 26, "number"),
        )
        rows = [(row.level, row.n_managers, row.n_leading, row.per_month, row.checkin_share)
                for row in view.talks]  # fmt: skip
        said = (Paragraph(view.talks_said, is_held=True),) if view.talks_said else ()
        blocks.append(
            Section(_("Check-ins: are leaders involved?"), (*said, build_table(columns, rows)),
                    is_kept=True)
        )  # fmt: skip
    if view.rewards:
        blocks.append(_lay_out_rewards(view))
    if view.impact:
        note = _(
            "Each line holds units beside each other: association only, it names no cause. "
            "Together they name a false one in 5 of 100 companies."
        )
        lines = (Bullets(view.impact), Paragraph(" ".join((note, view.impact_rest)), "small"))
        blocks.append(Section(_("What goes with what"), lines))
    if view.changed:
        blocks.append(Paragraph(view.changed))
    return blocks


def _lay_out_rewards(view: PracticeView) -> Section:
    columns = (
        Column(_("Reward")),
        Column(_("Rank correlation"), 38, "number"),
        Column(_("Verdict"), 34),
        Column(_("Beyond the next band"), 34),
        Column(_("Cost"), 26, "number"),
    )
    rows = [(row.reward, row.correlation, row.verdict, row.outliers, row.cost)
            for row in view.rewards]  # fmt: skip
    said = _(
        "Beyond the next band: above the middle of the band above, or below that of the band "
        "below. Cost: what lies between them and the middle of their own band, in percent of one "
        "salary, added up. The table reward_outliers names the people, for HR alone."
    )
    blocks = (build_table(columns, rows), Paragraph(said, "small"))
    return Section(_("Do rewards follow the bands?"), blocks, is_kept=True)


def build_change_table(changes: Sequence[ChangeRow], notice: str) -> Table:
    """The change log."""
    columns = (
        Column(_("From"), 20),
        Column(_("Outcome or goal")),
        Column(_("Change"), 34),
        Column(_("Before"), 34),
        Column(_("Since"), 34),
    )
    rows = [(row.day, row.title, row.change, row.before, row.after) for row in changes]
    return build_table(columns, rows, notice=notice)
