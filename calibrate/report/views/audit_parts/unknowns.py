"""What people who have not stated an attribute could change."""

from __future__ import annotations

from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.sections import Section
from calibrate.report.words import VERDICT_WORDS, count_of, say_code, say_measure, write_number

LEAD = (
    "People who have not stated an attribute belong to some group all the same. For each "
    "comparison of the primary family: the ratio among people whose group is known, and the "
    "smallest and largest ratio that any way of adding the others could give."
)
#: Lines printed; those that could read otherwise come first.
MOST_LINES = 16


def build_unknowns(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """One sentence a comparison."""
    rows = list_rows(audit.tables["unknowns"]) if "unknowns" in audit.tables else []
    primary = [row for row in rows if row["verdict_known"] is not None]
    if not primary:
        return ()
    shown = [row for row in primary if not row["suppressed"]]
    shown.sort(key=lambda row: (not row["could_change"], row["measure"] != "selection_rate"))
    sentences = [_say_line(row) for row in shown[:MOST_LINES]]
    n_hidden = len(primary) - len(shown)
    if n_hidden:
        sentences.append(
            f"{count_of(n_hidden, 'comparison')} withheld: the group, its reference or the "
            "people who have not stated it are too few to be shown."
        )
    sentences.append("All lines, other cuts and stages among them, are in audit/tables/unknowns.")
    return (Section("People whose group is not known", LEAD, tuple(sentences)),)


def _say_line(row: Row) -> str:
    start = (
        f"{say_code(str(row['attribute'])).capitalize()}: {row['group']} beside "
        f"{row['reference']}, {say_measure(str(row['measure'])).lower()}: "
        f"{count_of(row['n_unknown'], 'person', 'people')} not known, "
        f"{row['n_unknown_counted']} of them counted. "
    )
    if row["ratio_lowest"] is None:
        return f"{start}Nobody of the reference can be counted, so there is no ratio."
    top = row["ratio_highest"]
    upper = "no upper end" if top is None else write_number(top, 2)
    known = row["ratio_known"]
    ratio = "no ratio among the known" if known is None else f"Ratio {write_number(known, 2)}"
    possible = f"{write_number(row['ratio_lowest'], 2)} to {upper}"
    return f"{start}{ratio}; possible: {possible}. {_say_verdicts(row)}"


def _say_verdicts(row: Row) -> str:
    known, lowest, highest = (
        VERDICT_WORDS[str(row[f"verdict_{end}"])] for end in ("known", "lowest", "highest")
    )
    if not row["could_change"]:
        return f"It reads '{known}' at both ends, too."
    return f"It reads '{known}'; at the lower end '{lowest}', at the upper end '{highest}'."
