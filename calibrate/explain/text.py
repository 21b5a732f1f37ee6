"""An explanation as a terminal shows it."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from calibrate.explain.explanation import Explanation, FormLine
from calibrate.language import N_, _, ngettext, speak
from calibrate.report.words import say_source, write_number, write_percent

TERMS = {
    "raw_score": N_("Raw score"),
    "severity": N_("Severity of the raters"),
    "level": N_("Level of the sources"),
    "adjustment": N_("Adjustment"),
    "adjusted_score": N_("Adjusted score"),
    "pull": N_("Pull"),
    "calibrated_score": N_("Calibrated score"),
    "raw_band": N_("Raw band"),
    "proposed_band": N_("Proposed band"),
    "suggested_band": N_("Suggested band"),
    "final_band": N_("Final band"),
}
TOTALS = ("raw_score", "severity", "level", "adjusted_score")


def list_blocks(told: Explanation) -> list[RenderableType]:
    """Give the parts of the page from top to bottom."""
    with speak(told.language, told.formats):
        return _list_blocks(told)


def _list_blocks(told: Explanation) -> list[RenderableType]:
    blocks: list[RenderableType] = [_write_head(told)]
    if told.forms:
        blocks += ["", Text(_("Forms"), "bold"), _draw_forms(told)]
    if told.steps:
        blocks += ["", Text(_("The score"), "bold"), _draw_steps(told)]
    if told.remarks:
        blocks += ["", *(Text(remark) for remark in told.remarks)]
    if told.bands:
        blocks += ["", Text(_("Bands"), "bold"), _draw_bands(told)]
    if told.shares:
        blocks += ["", Text(_("How much each source counts"), "bold"), _draw_shares(told)]
    if told.criteria:
        blocks += ["", Text(_("By criterion"), "bold"), _draw_criteria(told)]
    return blocks


def _write_head(told: Explanation) -> Text:
    place = _("cycle {cycle} · run {run}", cycle=told.cycle, run=told.run_id)
    if told.session:
        place = _("session {session} · {place}", session=told.session, place=place)
    counts = _(
        "{forms} by {raters}",
        forms=ngettext("{n} scored form", "{n} scored forms", told.n_forms),
        raters=ngettext("{n} rater", "{n} raters", told.n_raters),
    )
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
    table = _start(
        _("Source"), _("Rater") if has_sums else _("By"), ">" + _("Mark"), ">" + _("Weight")
    )
    if has_sums:
        table.add_column(_("Raw"), justify="right")
    if is_adjusted:
        for name in (_("Severity"), _("Source level"), _("Adjusted")):
            table.add_column(name, justify="right")
    for line in told.forms:
        table.add_row(*_list_cells(line, has_sums, is_adjusted))
    if has_sums:
        shown = {step.term: step.shown for step in told.steps}
        table.add_row(_("Sum"), "", "", "", *(shown[term] for term in TOTALS if term in shown))
    return table


def _list_cells(line: FormLine, has_sums: bool, is_adjusted: bool) -> Sequence[str]:
    who = line.rater_id or ngettext("{n} answer", "{n} answers", line.n_forms)
    weight = write_number(line.weight, 0 if line.weight.is_integer() else 2)
    cells = [say_source(line.source), who, line.mark, weight if line.weight else _("not scored")]
    if has_sums:
        cells.append(line.raw)
    return [*cells, line.severity, line.level, line.adjusted] if is_adjusted else cells


def _draw_steps(told: Explanation) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    for step in told.steps:
        table.add_row(_(TERMS[step.term]), step.shown, step.meaning)
    table.add_row(_("{level} range", level=write_percent(told.interval)), "", told.range)
    return table


def _draw_bands(told: Explanation) -> Table:
    table = Table.grid(padding=(0, 2))
    for name, band in told.bands:
        table.add_row(_(TERMS[name]), band)
    return table


def _draw_shares(told: Explanation) -> Table:
    table = _start(_("Source"), ">" + _("As declared"), ">" + _("In the estimate"))
    for share in told.shares:
        table.add_row(
            say_source(share.source),
            write_percent(share.declared),
            write_percent(share.effective),
        )
    return table


def _draw_criteria(told: Explanation) -> Table:
    table = _start(
        _("Criterion"),
        ">" + _("Raw"),
        ">" + _("Calibrated"),
        ">" + _("Give or take"),
        ">" + _("Expected"),
    )
    for line in told.criteria:
        table.add_row(line.label, line.raw, line.calibrated, line.give_or_take, line.expected)
    return table


def _start(*columns: str) -> Table:
    """A plain table; a name that begins with > stands to the right."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="")
    for name in columns:
        right = name.startswith(">")
        table.add_column(name.lstrip(">"), justify="right" if right else "left")
    return table
