"""Gaps among people of the same manager, and verdicts that hang on one manager."""

from __future__ import annotations

from calibrate.language import N_, _, ngettext
from calibrate.report.document import (
    Cell,
    Column,
    Content,
    Section,
    Table,
    build_table,
    say_columns,
)
from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.sections import write_section
from calibrate.report.words import (
    DASH,
    say_code,
    say_measure,
    sign_number,
    write_count,
    write_number,
    write_p,
)

TITLE = N_("Under the same manager")
LEAD = N_(
    "People of one manager are marked by the same eyes, so they are not "
    "independent. Each gap is split in two: what is left among people of the "
    "same manager, and what comes from the groups working under different "
    "managers."
)
LEADING = N_(
    "Strict raters cannot be told from weak teams in these data. Read the "
    "gaps within managers first: they cannot come from one manager being "
    "stricter than another."
)
CAPTION = N_(
    "Gaps are group minus reference, in percentage points, intervals 95%. "
    "Compared: people whose manager has people of both, and how many "
    "managers that are. p takes people as independent, p by manager takes "
    "people of one manager together, p within asks it within each manager (* "
    "exact). Ratio within: of the rates under the same manager."
)
_HEADINGS = (
    Column(N_("Group / reference")), Column(N_("Compared"), 20, "number"),
    Column(N_("Gap"), 16, "number"), Column(N_("Within managers"), 26, "number"),
    Column(N_("Between"), 16, "number"), Column(N_("p"), 13, "number"),
    Column(N_("p by manager"), 16, "number"), Column(N_("p within"), 14, "number"),
    Column(N_("Ratio within"), 22, "number"),
)  # fmt: skip
#: Lines of a table: the clearest; all others are in the file.
MOST_LINES = 10


def build_dependence(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """Say what each line of the primary family is within managers."""
    rows = list_rows(audit.tables["dependence"]) if "dependence" in audit.tables else []
    primary = [row for row in rows if row["family"] == "primary" and not row["suppressed"]]
    if not primary:
        return ()
    primary.sort(key=lambda row: (row["measure"] != "selection_rate", row["attribute"]))
    ids = {str(row["finding_id"]) for row in list_rows(audit.tables["findings"])}
    lead = f"{_(LEADING)} {_(LEAD)}" if "dependence:within" in ids else _(LEAD)
    grids = tuple(
        _build_table(measure, [row for row in primary if row["measure"] == measure])
        for measure in dict.fromkeys(str(row["measure"]) for row in primary)
    )
    return (write_section(_(TITLE), lead, _say(primary, audit), grids),)


def _say(primary: list[Row], audit: AuditMaterial) -> tuple[str, ...]:
    said = []
    told = [row for row in primary if row["within"] == "told"]
    if not told:
        said.append(_("Too few people have a manager with people of both groups: nothing is told."))
    else:
        said.append(
            ngettext(
                "Of {total} primary lines, {n} can be compared under the same manager.",
                "Of {total} primary lines, {n} can be compared under the same manager.",
                len(told),
                total=len(primary),
            )
        )
    said.append(_say_removal(primary, is_named=not audit.is_distributed))
    said.append(
        _(
            "All stages, mean scores and intersections are in "
            "audit/tables/dependence, with the smallest gap within managers that "
            "each line would have found."
        )
    )
    return tuple(said)


def _say_removal(primary: list[Row], *, is_named: bool) -> str:
    hanging = [row for row in primary if (row["n_reversing"] or 0) > 0]
    if not hanging:
        return _(
            "No verdict here changes between beyond and not beyond without the "
            "people of any one manager."
        )
    return ngettext(
        "{n} verdict changes between beyond and not beyond without the people of one manager: "
        "{lines}. The figures without that team are not printed, because "
        "the difference would give its counts away.",
        "{n} verdicts change between beyond and not beyond without the people of one manager: "
        "{lines}. The figures without that team are not printed, because "
        "the difference would give its counts away.",
        len(hanging),
        lines="; ".join(_name_line(row, is_named=is_named) for row in hanging),
    )


def _name_line(row: Row, *, is_named: bool) -> str:
    measure, group = say_measure(row["measure"]), str(row["group"])
    if not is_named:
        return f"{measure}, {group}"
    manager, n_others = str(row["reverses_without"]), int(row["n_reversing"]) - 1
    if not n_others:
        return _(
            "{measure}, {group} (manager {manager})", measure=measure, group=group, manager=manager
        )
    return ngettext(
        "{measure}, {group} (manager {manager}, or {n} other)",
        "{measure}, {group} (manager {manager}, or one of {n} others)",
        n_others, measure=measure, group=group, manager=manager,
    )  # fmt: skip


def _build_table(measure: str, rows: list[Row]) -> Table:
    chosen = rows
    if len(rows) > MOST_LINES:
        chosen = sorted(rows, key=lambda row: (not row["n_reversing"], _find_larger_p(row)))
        chosen = chosen[:MOST_LINES]
    said = [_(CAPTION) if measure == "selection_rate" else _("Read as above.")]
    if len(chosen) < len(rows):
        said.append(_("The {n} clearest of {total} lines.", n=MOST_LINES, total=len(rows)))
    hanging = [place for place, row in enumerate(chosen) if (row["n_reversing"] or 0) > 0]
    return build_table(
        say_columns(_HEADINGS),
        [_write_row(row) for row in chosen],
        opening=f"{say_measure(measure)}.",
        about=" ".join(said),
        marked=hanging,
    )


def _find_larger_p(row: Row) -> float:
    return max((row[k] for k in ("p_value", "p_clustered") if row[k] is not None), default=2.0)


def _write_row(row: Row) -> tuple[Content, ...]:
    who = f"{say_code(str(row['attribute']))}: {row['group']} / {row['reference']}"
    p_values = (write_p(row["p_value"]), write_p(row["p_clustered"]))
    if row["within"] != "told":
        return (who, _("too few"), _points(row["gap"]), DASH, DASH, *p_values, DASH, DASH)
    star = "*" if row["test_within"] == "exact" else ""
    managers = ngettext("{n} manager", "{n} managers", int(row["n_managers"]))
    return (
        who, Cell(write_count(row["n_compared"]), managers), _points(row["gap"]),
        Cell(_points(row["gap_within"]), _span(row)), _points(row["gap_between"]), *p_values,
        write_p(row["p_within"]) + star, _ratio(row),
    )  # fmt: skip


def _points(share: float | None) -> str:
    return DASH if share is None else sign_number(100 * share, 1)


def _span(row: Row) -> str:
    if row["within_low"] is None:
        return ""
    return _(
        "{low} to {high}",
        low=_points(row["within_low"]),
        high=_points(row["within_high"]),
    )


def _ratio(row: Row) -> Content:
    ratio, low, high = (
        write_number(row[k], 2) for k in ("ratio_within", "ratio_low", "ratio_high")
    )
    return Cell(ratio, "" if row["ratio_low"] is None else _("{low} to {high}", low=low, high=high))
