"""An explanation as a terminal shows it."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from calibrate.explain.explanation import Explanation, FormLine
from calibrate.report.words import SOURCE_WORDS, count_of, write_number, write_percent

TERMS = {
    "raw_score": "Raw score",
    "severity": "Severity of the raters",
    "level": "Level of the sources",
    "adjustment": "Adjustment",
    "adjusted_score": "Adjusted score",
    "pull": "Pull",
    "calibrated_score": "Calibrated score",
    "raw_band": "Raw band",
    "proposed_band": "Proposed band",
    "suggested_band": "Suggested band",
    "final_band": "Final band",
}
TOTALS = ("raw_score", "severity", "level", "adjusted_score")


def list_blocks(told: Explanation) -> list[RenderableType]:
    """Give the parts of the page from top to bottom."""
    blocks: list[RenderableType] = [_write_head(told)]
    if told.forms:
        blocks += ["", "[bold]Forms[/bold]", _draw_forms(told)]
    if told.steps:
        blocks += ["", "[bold]The score[/bold]", _draw_steps(told)]
    if told.remarks:
        blocks += ["", *(Text(remark) for remark in told.remarks)]
    if told.bands:
        blocks += ["", "[bold]Bands[/bold]", _draw_bands(told)]
    if told.shares:
        blocks += ["", "[bold]How much each source counts[/bold]", _draw_shares(told)]
    if told.criteria:
        blocks += ["", "[bold]By criterion[/bold]", _draw_criteria(told)]
    return blocks


def _write_head(told: Explanation) -> Text:
    place = f"cycle {told.cycle} · run {told.run_id}"
    place = f"session {told.session} · {place}" if told.session else place
    counts = f"{count_of(told.n_forms, 'scored form')} by {count_of(told.n_raters, 'rater')}"
    known = f"{told.link_meaning[:1].upper()}{told.link_meaning[1:]}"
    return Text("\n").join(
        [
            Text.assemble((told.employee_id, "bold"), f" · {place}"),
            Text(told.notice, style="italic"),
            Text(f"{known}; {counts}." if told.n_forms else f"{known}."),
        ]
    )


def _draw_forms(told: Explanation) -> Table:
    has_sums = any(line.raw for line in told.forms)
    is_adjusted = any(line.adjusted for line in told.forms)
    table = _start("Source", "Rater" if has_sums else "By", ">Mark", ">Weight")
    if has_sums:
        table.add_column("Raw", justify="right")
    if is_adjusted:
        for name in ("Severity", "Level", "Adjusted"):
            table.add_column(name, justify="right")
    for line in told.forms:
        table.add_row(*_list_cells(line, has_sums, is_adjusted))
    if has_sums:
        shown = {step.term: step.shown for step in told.steps}
        table.add_row("Sum", "", "", "", *(shown[term] for term in TOTALS if term in shown))
    return table


def _list_cells(line: FormLine, has_sums: bool, is_adjusted: bool) -> Sequence[str]:
    who = line.rater_id or count_of(line.n_forms, "answer")
    weight = write_number(line.weight, 0 if line.weight.is_integer() else 2)
    cells = [SOURCE_WORDS[line.source], who, line.mark, weight if line.weight else "not scored"]
    if has_sums:
        cells.append(line.raw)
    return [*cells, line.severity, line.level, line.adjusted] if is_adjusted else cells


def _draw_steps(told: Explanation) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    for step in told.steps:
        table.add_row(TERMS[step.term], step.shown, step.meaning)
    table.add_row(f"{told.interval:.0%} range", "", told.range)
    return table


def _draw_bands(told: Explanation) -> Table:
    table = Table.grid(padding=(0, 2))
    for name, band in told.bands:
        table.add_row(TERMS[name], band)
    return table


def _draw_shares(told: Explanation) -> Table:
    table = _start("Source", ">As declared", ">In the estimate")
    for share in told.shares:
        table.add_row(
            SOURCE_WORDS[share.source],
            write_percent(share.declared),
            write_percent(share.effective),
        )
    return table


def _draw_criteria(told: Explanation) -> Table:
    table = _start("Criterion", ">Raw", ">Calibrated", ">Give or take", ">Expected")
    for line in told.criteria:
        table.add_row(line.criterion, line.raw, line.calibrated, line.give_or_take, line.expected)
    return table


def _start(*columns: str) -> Table:
    """A plain table; a name that begins with > stands to the right."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="")
    for name in columns:
        right = name.startswith(">")
        table.add_column(name.lstrip(">"), justify="right" if right else "left")
    return table
