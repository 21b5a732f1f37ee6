"""Words of the places where a gap may arise, and the columns all their tables have."""

from __future__ import annotations

from calibrate.language import N_, _
from calibrate.report.document import Column
from calibrate.report.material import Row
from calibrate.report.words import say_code, write_count

ALPHA = 0.05
#: Lines a table shows; the rest stand in audit/tables/origins.
MOST_LINES = 6
PRESENCE = {
    "not_rated": N_("Not rated"),
    "quarantined": N_("With rows left out"),
    "unlinked": N_("Raters not comparable"),
    "weak": N_("Raters hardly comparable"),
}


def head_who() -> Column:
    return Column(_("Group / reference"), 42)


def head_people() -> Column:
    return Column(_("People"), 22, "number")


def head_q() -> Column:
    return Column(_("q"), 13, "number")


def say_who(row: Row) -> str:
    return f"{say_code(str(row['attribute']))}: {row['group']} / {row['reference']}"


def say_people(row: Row) -> str:
    return f"{write_count(row['n'])} / {write_count(row['n_reference'])}"
