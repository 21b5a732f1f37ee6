"""The two workbooks of a run, each with a cover and a dictionary of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from calibrate.report.workbook.people import PEOPLE, add_names, find_names, tabulate_people
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
    "unknowns", "simulation", "disclosure", "configurations", "rule_packs",
)  # fmt: skip

COLUMNS = Contract(
    "columns",
    ("Sheet",),
    (
        Column("Sheet", "text", "sheet of this workbook"),
        Column("Column", "text", "heading"),
        Column("Meaning", "text", "what it says"),
        Column("Unit", "text", "unit; a share is shown as %"),
        Column("Type", "text", "text, integer, number, boolean or date"),
    ),
    is_key_unique=False,
    meaning="meaning and unit of every column",
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
    sheets = [Sheet(PEOPLE, tabulate_people(material), "tables/scores", n_fixed=2)]
    for contract in sorted(PUBLIC, key=_find_rank):
        if contract.name not in ("scores", "people"):  # the sheet People has both
            named, frame = add_names(contract, material.tables[contract.name], names)
            order = bands if "band" in contract.key else None
            sheets.append(Sheet(named, frame, f"tables/{contract.name}", order=order))
    scale = cycle.display_scale
    cover = Cover(
        f"Calibration: {cycle.title or cycle.cycle}",
        "For HR alone. It names people and raters. Give managers their packets, not this file.",
        _list_facts(cycle, material.run_id),
        (
            "A finding is a reason to look.",
            "Start with People. Rows in bold on grey have time on the agenda.",
            f"Scores are points from 0 to 100. Packets show them from {scale.lowest:g} to "
            f"{scale.highest:g}.",
            "Low and High bound the calibrated score. People whose ranges overlap may not differ.",
            "Link says how well the raters can be compared. Where it is weak or missing, "
            "nothing was adjusted across raters: go by the evidence.",
            "An empty cell means: not known, or not given.",
        ),
        (
            "No protected attribute and no figure by group. Those are in the folder audit, "
            "for auditors alone.",
            "Nothing that is typed here changes a run. Decisions go into the decision log.",
        ),
    )
    _write_book(path, cover, sheets)


def write_audit_workbook(
    path: Path,
    tables: Sequence[tuple[Contract, pd.DataFrame]],
    audit: AuditMaterial,
    cycle: Cycle,
    run_id: str,
) -> None:
    """Write every table of the audit, for auditors alone."""
    cover = Cover(
        f"Audit: {cycle.title or cycle.cycle}",
        "May be handed on: suppressed view. It holds figures by group."
        if audit.is_distributed
        else "For auditors alone. It holds figures by group.",
        (
            *_list_facts(cycle, run_id),
            ("Scores, SHA-256", audit.scores_sha256),
            ("The same, attributes withheld", audit.rescored_sha256),
        ),
        (
            "A finding is a reason to look.",
            "Start with Findings, then filter Disparities by family: primary.",
            "The sheets come in the order of audit.pdf. Columns, at the end, says what each holds.",
            "Rows in bold on grey are beyond the rule pack's bounds.",
            "A row that reads too_few has no figures: its group is withheld. Disclosure says why.",
            "Rate is a share from 0 to 1; for mean_score it is the mean in points.",
            *audit.notes,
        ),
        (
            "No name, score or attribute of a single person.",
            "The method and the rule pack are in audit/audit.pdf.",
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
        "Audit of counts",
        "For auditors alone. It holds figures by group.",
        facts,
        (
            "A finding is a reason to look.",
            "Start with Findings, then Contradictions, then filter Disparities by family: primary.",
            "A row that reads too_few has no figures: its group is smaller than the smallest cell.",
            *notes,
        ),
        ("The method and the rule packs' caveats are in audit/audit.pdf.",),
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
    dates = [str(day) for day in (cycle.starts_on, cycle.ends_on) if day]
    facts = (("Cycle", cycle.cycle), ("Dates", " to ".join(dates)), ("Run", run_id))
    return tuple((name, value) for name, value in facts if value)


def _write_book(path: Path, cover: Cover, sheets: Sequence[Sheet]) -> None:
    """Write the sheets, then the cover, which says what had to be left out."""
    from xlsxwriter import Workbook

    path.parent.mkdir(parents=True, exist_ok=True)
    # Rows go to disk as they come, so that a large table does not fill the memory.
    book = Workbook(str(path), {"constant_memory": True, "strings_to_urls": False})
    book.set_properties({"title": cover.title, "created": _NO_DATE})
    styles = Styles.of(book)
    front = book.add_worksheet("Cover")
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
    order = {"Sheet": tuple(sheet.name for sheet in sheets)}
    return Sheet(COLUMNS, pd.DataFrame(rows, columns=COLUMNS.names), "", order=order)


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
        ("How to read this workbook", cover.how_to_read),
        ("What is not in it", (*cover.not_in_it, *_say_left_out(sheets, n_cut))),
    ):
        row += 1
        front.write_string(row, 0, heading, strong)
        for line in lines:
            row += 1
            front.write_string(row, 0, line, plain)
        row += 1
    row += 1
    for place, heading in enumerate(("Sheet", "Rows", "What it is", "The same as a file")):
        front.write_string(row, place, heading, strong)
    for sheet in sheets:
        row += 1
        if sheet.is_left_out:
            front.write_string(row, 0, f"{sheet.name} (left out)")
        else:
            front.write_url(row, 0, f"internal:'{sheet.name}'!A1", link, sheet.name)
        front.write_number(row, 1, len(sheet.frame), count)
        front.write_string(row, 2, sheet.contract.meaning)
        front.write_string(row, 3, f"{sheet.place}.csv" if sheet.place else "")
    front.hide_gridlines(2)
    set_page(front, "Cover")


def _say_left_out(sheets: Sequence[Sheet], n_cut: dict[str, int]) -> list[str]:
    return [
        f"{sheet.name}: {len(sheet.frame):,} rows are more than the {MOST_ROWS:,} this workbook "
        f"takes. They are whole in {sheet.place}.csv and .parquet."
        for sheet in sheets
        if sheet.is_left_out
    ] + [
        f"{sheet.name}: {n_cut[sheet.name]:,} texts are longer than a cell can hold and are cut. "
        f"They are whole in {sheet.place}.csv and .parquet."
        for sheet in sheets
        if n_cut.get(sheet.name)
    ]
