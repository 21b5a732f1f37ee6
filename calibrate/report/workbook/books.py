"""The two workbooks of a run, each with a cover and a dictionary of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from calibrate.language import N_, _, ngettext
from calibrate.report.words import say_range, write_date, write_number
from calibrate.report.workbook.people import (
    PEOPLE,
    add_names,
    find_names,
    tabulate_people,
    translate_headings,
)
from calibrate.report.workbook.sheets import (
    MOST_ROWS,
    Sheet,
    Styles,
    close_book,
    set_page,
    write_sheet,
    write_text,
)
from calibrate.tables import PUBLIC, Column, Contract

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from calibrate.config import Cycle
    from calibrate.report.material import AuditMaterial, Material

#: A file carries a date; ours is always the same, so that the same run gives the same bytes.
_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_WIDTHS = (30, 10, 84, 36)
#: Sheets in the order in which people need them; the others follow.
_FIRST = ("agenda", "findings", "distribution", "raters", "criterion_scores", "goals")
#: The same of the audit: as its packet is read. Others follow, in the order they are given.
_AUDIT_ORDER = (
    "findings", "contradictions", "disparities", "groups", "dependence", "adjusted", "controls",
    "equal_shares", "passthrough", "moves", "origins", "proxies", "composites", "quota_impact",
    "practice", "unknowns", "simulation", "disclosure", "configurations", "rule_packs",
)  # fmt: skip

COLUMNS = Contract(
    "columns",
    (N_("Sheet"),),
    (
        Column(N_("Sheet"), "text", N_("sheet of this workbook")),
        Column(N_("Column"), "text", N_("heading")),
        Column(N_("Meaning"), "text", N_("what it says")),
        Column(N_("Unit"), "text", N_("unit; a share is shown as %")),
        Column(N_("Type"), "text", N_("text, integer, number, boolean or date")),
    ),
    is_key_unique=False,
    meaning=N_("meaning and unit of every column"),
)


@dataclass(frozen=True)
class Cover:
    """What the first sheet says beside the list of sheets."""

    title: str
    for_whom: str
    facts: tuple[tuple[str, str], ...]
    how_to_read: tuple[str, ...]
    not_in_it: tuple[str, ...]


def write_calibration_workbook(path: Path, material: Material) -> None:
    """Write the tables for HR: no attribute and no figure by group is among them."""
    cycle = material.cycle
    names = find_names(material)
    bands = {"band": tuple(cycle.bands.labels)}
    people, frame = translate_headings(PEOPLE, tabulate_people(material))
    sheets = [Sheet(people, frame, "tables/scores", n_fixed=2)]
    for contract in sorted(PUBLIC, key=_find_rank):
        if contract.name not in ("scores", "people"):  # the sheet People has both
            named, frame = add_names(contract, material.tables[contract.name], names)
            order = bands if "band" in contract.key else None
            sheets.append(Sheet(named, frame, f"tables/{contract.name}", order=order))
    _write_book(path, _build_cover(material), sheets)


def _build_cover(material: Material) -> Cover:
    cycle = material.cycle
    scale = cycle.display_scale
    lowest, highest = (
        write_number(float(end), 0 if float(end).is_integer() else 1)
        for end in (scale.lowest, scale.highest)
    )
    return Cover(
        _("Calibration: {cycle}", cycle=cycle.title or cycle.cycle),
        _("For HR alone. It names people and raters. Give managers their packets, not this file."),
        _list_facts(cycle, material.run_id),
        (
            _("A finding is a reason to look."),
            _("Start with People. Rows in bold on grey have time on the agenda."),
            _(
                "Scores are points from 0 to 100. Packets show them from {lowest} to {highest}.",
                lowest=lowest, highest=highest,
            ),
            _(
                "Low and High bound the calibrated score. People whose ranges overlap may not "
                "differ."
            ),
            _(
                "Link says how well the raters can be compared. Where it is weak or missing, "
                "nothing was adjusted across raters: go by the evidence."
            ),
            _("An empty cell means: not known, or not given."),
        ),
        (
            _(
                "No protected attribute and no figure by group. Those are in the folder audit, "
                "for auditors alone."
            ),
            _("Nothing that is typed here changes a run. Decisions go into the decision log."),
        ),
    )  # fmt: skip


def write_audit_workbook(
    path: Path,
    tables: Sequence[tuple[Contract, pd.DataFrame]],
    audit: AuditMaterial,
    cycle: Cycle,
    run_id: str,
) -> None:
    """Write every table of the audit, for auditors alone."""
    cover = Cover(
        _("Audit: {cycle}", cycle=cycle.title or cycle.cycle),
        _("May be handed on: suppressed view. It holds figures by group.")
        if audit.is_distributed
        else _("For auditors alone. It holds figures by group."),
        (
            *_list_facts(cycle, run_id),
            (_("Scores, SHA-256"), audit.scores_sha256),
            (_("The same, attributes withheld"), audit.rescored_sha256),
        ),
        (
            _("A finding is a reason to look."),
            _("Start with Findings, then filter Disparities by family: primary."),
            _(
                "The sheets come in the order of audit.pdf. Columns, at the end, says what each "
                "holds."
            ),
            _("Rows in bold on grey are beyond the rule pack's bounds."),
            _(
                "A row that reads too_few has no figures: its group is withheld. Disclosure says "
                "why."
            ),
            _("Rate is a share from 0 to 1; for mean_score it is the mean in points."),
            *audit.notes,
        ),
        (
            _("No name, score or attribute of a single person."),
            _("The method and the rule pack are in audit/audit.pdf."),
        ),
    )
    _write_book(path, cover, _order_audit(tables))


def write_counts_workbook(
    path: Path,
    tables: Sequence[tuple[Contract, pd.DataFrame]],
    facts: tuple[tuple[str, str], ...],
    notes: tuple[str, ...],
) -> None:
    """Write every table of an audit of somebody else's counts, for auditors alone."""
    cover = Cover(
        _("Audit of counts"),
        _("For auditors alone. It holds figures by group."),
        facts,
        (
            _("A finding is a reason to look."),
            _(
                "Start with Findings, then Contradictions, then filter Disparities by family: "
                "primary."
            ),
            _(
                "A row that reads too_few has no figures: its group is smaller than the smallest "
                "cell."
            ),
            *notes,
        ),
        (_("The method and the rule packs' caveats are in audit/audit.pdf."),),
    )
    _write_book(path, cover, _order_audit(tables))


def _order_audit(tables: Sequence[tuple[Contract, pd.DataFrame]]) -> list[Sheet]:
    ranked = sorted(tables, key=lambda pair: _find_rank(pair[0], _AUDIT_ORDER))
    return [
        Sheet(c, frame, f"audit/tables/{c.name}", order=_order_rows(c, frame))
        for c, frame in ranked
    ]


def _order_rows(contract: Contract, frame: pd.DataFrame) -> dict[str, tuple[str, ...]] | None:
    """The stages and measures that decide come first."""
    leading = {"stage": ("final", "proposed", "raw"), "measure": ("selection_rate", "lowest_band")}
    order = {}
    for column, first in leading.items():
        if column in contract.key:
            rest = sorted({str(value) for value in frame[column]} - set(first))
            order[column] = (*first, *rest)
    return order or None


def _find_rank(contract: Contract, order: tuple[str, ...] = _FIRST) -> int:
    return order.index(contract.name) if contract.name in order else len(order)


def _list_facts(cycle: Cycle, run_id: str) -> tuple[tuple[str, str], ...]:
    dates = [write_date(day) for day in (cycle.starts_on, cycle.ends_on) if day]
    when = say_range(*dates) if len(dates) == 2 else "".join(dates)
    facts = ((_("Cycle"), cycle.cycle), (_("Dates"), when), (_("Run"), run_id))
    return tuple((name, value) for name, value in facts if value)


def _write_book(path: Path, cover: Cover, sheets: Sequence[Sheet]) -> None:
    """Write the sheets, then the cover, which says what had to be left out."""
    from xlsxwriter import Workbook

    path.parent.mkdir(parents=True, exist_ok=True)
    # Rows go to disk as they come, so that a large table does not fill the memory.
    book = Workbook(str(path), {"constant_memory": True, "strings_to_urls": False})
    book.set_properties({"title": cover.title, "created": _NO_DATE})
    styles = Styles.of(book)
    front = book.add_worksheet(_("Cover"))
    written = [sheet for sheet in sheets if not sheet.is_left_out]
    written.append(_list_columns(written))
    n_cut = {
        sheet.name: write_sheet(book.add_worksheet(sheet.name), sheet, styles) for sheet in written
    }
    _write_cover(book, front, cover, [*sheets, written[-1]], n_cut)
    close_book(book)


def _list_columns(sheets: Sequence[Sheet]) -> Sheet:
    rows = [
        (sheet.name, column.name, column.meaning, column.unit, column.kind)
        for sheet in sheets
        for column in sheet.contract.columns
    ]
    order = {_("Sheet"): tuple(sheet.name for sheet in sheets)}
    contract, frame = translate_headings(COLUMNS, pd.DataFrame(rows, columns=COLUMNS.names))
    return Sheet(contract, frame, "", order=order)


def _write_cover(
    book: Workbook,
    front: Worksheet,
    cover: Cover,
    sheets: Sequence[Sheet],
    n_cut: dict[str, int],
) -> None:
    title = book.add_format({"bold": True, "font_size": 18})
    strong = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
    link = book.add_format({"underline": 1, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for place, width in enumerate(_WIDTHS):
        front.set_column(place, place, width, wrapped)
    front.set_row(0, 26)
    front.write_string(0, 0, cover.title, title)
    plain = book.add_format({"valign": "top"})
    count = book.add_format({"num_format": "#,##0", "align": "left", "valign": "top"})
    front.write_string(1, 0, cover.for_whom, plain)
    row = 3
    for name, value in cover.facts:
        write_text(front, row, 0, name)
        front.write_string(row, 1, value, plain)
        row += 1
    for heading, lines in (
        (_("How to read this workbook"), cover.how_to_read),
        (_("What is not in it"), (*cover.not_in_it, *_say_left_out(sheets, n_cut))),
    ):
        row += 1
        front.write_string(row, 0, heading, strong)
        for line in lines:
            row += 1
            front.write_string(row, 0, line, plain)
        row += 1
    row += 1
    headings = (_("Sheet"), _("Rows"), _("What it is"), _("The same as a file"))
    for place, heading in enumerate(headings):
        front.write_string(row, place, heading, strong)
    for sheet in sheets:
        row += 1
        if sheet.is_left_out:
            front.write_string(row, 0, _("{sheet} (left out)", sheet=sheet.name))
        else:
            front.write_url(row, 0, f"internal:'{sheet.name}'!A1", link, sheet.name)
        front.write_number(row, 1, len(sheet.frame), count)
        front.write_string(row, 2, sheet.contract.meaning)
        front.write_string(row, 3, f"{sheet.place}.csv" if sheet.place else "")
    front.hide_gridlines(2)
    set_page(front, _("Cover"))


def _say_left_out(sheets: Sequence[Sheet], n_cut: dict[str, int]) -> list[str]:
    too_long = [
        ngettext(
            "{sheet}: {n} row is more than the {most} this workbook takes. It is whole in "
            "{place}.csv and .parquet.",
            "{sheet}: {n} rows are more than the {most} this workbook takes. They are whole in "
            "{place}.csv and .parquet.",
            len(sheet.frame), sheet=sheet.name, most=MOST_ROWS, place=sheet.place,
        )
        for sheet in sheets
        if sheet.is_left_out
    ]  # fmt: skip
    cut = [
        ngettext(
            "{sheet}: {n} text is longer than a cell can hold and is cut. It is whole in "
            "{place}.csv and .parquet.",
            "{sheet}: {n} texts are longer than a cell can hold and are cut. They are whole in "
            "{place}.csv and .parquet.",
            n_cut[sheet.name], sheet=sheet.name, place=sheet.place,
        )
        for sheet in sheets
        if n_cut.get(sheet.name)
    ]  # fmt: skip
    return [*too_long, *cut]
