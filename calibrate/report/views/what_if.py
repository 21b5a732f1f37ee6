"""Who would be in another band under another assumption."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calibrate.language import N_, _, ngettext
from calibrate.report.material import Row
from calibrate.report.views.base import Company, cap_rows
from calibrate.report.views.sealed import is_sealed
from calibrate.report.words import DASH

_VEILED = N_("after the proposal")


@dataclass(frozen=True)
class WhatIfRow:
    """One person under three assumptions."""

    name: str
    line: str
    of: str
    bands: tuple[str, ...]


@dataclass(frozen=True)
class WhatIfTable:
    """People whose band hangs on one assumption."""

    title: str
    lead: str
    sentence: str
    of: str
    heads: tuple[str, ...]
    rows: tuple[WhatIfRow, ...]
    notice: str


#: Title, lead, head of the second column.
_WORDS = {
    "manager": (
        N_("What if managers differ in severity?"),
        N_(
            "How much of the difference between managers is severity cannot be told. So each band "
            "is shown three times: as marked, with half of the difference taken out, and with all "
            "of it. Whoever keeps the band in all three is safe to skip. Nothing is corrected."
        ),
        N_("Marked by"),
    ),
    "unit": (
        N_("What if a whole team is marked leniently or strictly?"),
        N_(
            "The adjustment assumes that leniency does not depend on the team: a lenient culture "
            "of a whole team cannot be told from a good team, nor a strict one from a weak team. "
            "So each band is shown three times: as suggested, with half of what sets the team "
            "apart taken out, and with all of it."
        ),
        N_("Team or department"),
    ),
    "severity": (
        N_("What if severity were taken out?"),
        N_(
            "Few people are rated, so severities are rough and bands follow the raw score. Each "
            "band is shown three times: as marked, with half of the estimated severity taken out, "
            "and with all of it."
        ),
        "",
    ),
}
_HEADS = (N_("As it is"), N_("Half taken out"), N_("All taken out"))


def build_what_if(company: Company, scores: Sequence[Row]) -> tuple[WhatIfTable, ...]:
    """One table a kind of assumption that concerns these people."""
    by_employee = {str(row["employee_id"]): row for row in scores}
    rows = company.material.desk.find_rows("what_if", "employee_id", list(by_employee))
    tables, hidden, n_hidden = [], [], 0
    for kind in _WORDS:
        told = [row for row in rows if row["kind"] == kind and row.get("moves") is not None]
        if not any(row["part"] for row in told):
            continue
        shown = [
            row for row in told if not _hides(company, kind, by_employee[str(row["employee_id"])])
        ]
        if shown:
            tables.append(_build_table(company, kind, shown, len(told) - len(shown), by_employee))
        else:
            hidden.append(_(_WORDS[kind][0]))
            n_hidden = max(n_hidden, len(told))
    if hidden:
        tables.append(_say_hidden(hidden, n_hidden))
    return tuple(tables)


def _say_hidden(titles: Sequence[str], n_people: int) -> WhatIfTable:
    """One section for all that nobody here may be shown in."""
    sentence = ngettext(
        "{titles} Not shown here: bands as marked would help to work out single answers about "
        "{n} person. The tables of the run hold them.",
        "{titles} Not shown here: bands as marked would help to work out single answers about "
        "{n} people. The tables of the run hold them.",
        n_people, titles=" ".join(titles),
    )  # fmt: skip
    return WhatIfTable(_("Bands under other assumptions"), sentence, "", "", (), (), "")


def _build_table(
    company: Company,
    kind: str,
    open_rows: Sequence[Row],
    n_hidden: int,
    by_employee: dict[str, Row],
) -> WhatIfTable:
    title, lead, of = (_(words) if words else "" for words in _WORDS[kind])
    moving = sorted(
        (row for row in open_rows if row["moves"] > 0),
        key=lambda row: (company.name(row.get("of")), -abs(row["part"] or 0), row["employee_id"]),
    )
    kept, notice = cap_rows(moving)
    sentence = _say_safe(len(open_rows), len(moving))
    if n_hidden:
        said = ngettext(
            "Not shown for {n} person: bands as marked would help to work out single answers; the "
            "tables of the run hold them.",
            "Not shown for {n} people: bands as marked would help to work out single answers; the "
            "tables of the run hold them.",
            n_hidden,
        )
        sentence = f"{said} {sentence}"
    return WhatIfTable(
        title, lead, sentence, of, tuple(_(head) for head in _HEADS),
        tuple(_build_row(company, kind, row, by_employee) for row in kept), notice,
    )  # fmt: skip


def _hides(company: Company, kind: str, score: Row) -> bool:
    """Does the first band tell the raw score of a person marked in confidence?"""
    is_adjusted = kind == "unit" and score.get("link") == "linked" and not company.is_small
    return not is_adjusted and is_sealed(company, str(score["employee_id"]))


def _say_safe(n_people: int, n_moving: int) -> str:
    if not n_moving:
        return ngettext(
            "The one person here keeps the band in all three.",
            "All {n} people here keep their band in all three.",
            n_people,
        )
    return ngettext(
        "{n} person of {total} keeps the band in all three. The others:",
        "{n} people of {total} keep their band in all three. The others:",
        n_people - n_moving, total=n_people,
    )  # fmt: skip


def _build_row(company: Company, kind: str, row: Row, by_employee: dict[str, Row]) -> WhatIfRow:
    employee_id = str(row["employee_id"])
    bands = tuple(str(row.get(f"band_{share}") or DASH) for share in (0, 50, 100))
    proposed = str(by_employee[employee_id].get("proposed_band") or "")
    # The raw band is on every card; a suggestion waits for the proposal.
    if kind == "unit" and not company.is_revealed(proposed):
        bands = (_(_VEILED),) * len(bands)
    return WhatIfRow(
        company.name(employee_id), company.describe(employee_id), company.name(row.get("of")), bands
    )
