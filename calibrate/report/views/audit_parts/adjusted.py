"""Gaps without and with controls, and controls that may carry the disparity."""

from __future__ import annotations

from calibrate.audit.adjusted_findings import say_control
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
    join_words,
    say_code,
    say_measure,
    sign_number,
    write_count,
    write_number,
    write_p,
    write_percent,
)

TITLE = N_("With and without controls")
LEAD = N_(
    "Part of a gap may go with where people work: their level, for one. Here "
    "each gap stands twice, plain and with such columns held constant. "
    "Neither is the right one: if promotion already differs by group, "
    "holding the level constant hides that."
)
STATUS = {
    "confounded": N_("not told: the controls determine the group"),
    "too_few": N_("not told: too few people"),
    "flat": N_("not told: nobody differs"),
}
LABELS = {
    "may_carry": N_("may carry the disparity"),
    "no_sign": N_("not shown to differ by group"),
    "not_told": N_("not told: too few groups or values"),
}
#: Lines of a table; the others are in audit/tables/adjusted.
MOST_LINES = 10
_CONTROL_HEADINGS = (
    Column(N_("Attribute and control")), Column(N_("People"), 16, "number"),
    Column(N_("Association"), 20, "number"), Column(N_("q"), 14, "number"),
    Column(N_("Shared values"), 20, "number"), Column(N_("Label"), 56),
)  # fmt: skip
_CONTROL_CAPTION = N_(
    "Does the control itself differ by group? Association: from 0, not at "
    "all, to 1, it tells the group (Cramer’s V, corrected for chance). q: "
    "test of no association, corrected over these lines. Shared values: "
    "share of people whose value is held by the reference and by another "
    "group. The label is set where q is at most 0.05 and the association at "
    "least 0.1."
)


def build_adjusted(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """Put plain and adjusted gaps side by side, for single attributes."""
    rows = list_rows(audit.tables["adjusted"]) if "adjusted" in audit.tables else []
    single = [row for row in rows if row["family"] != "exploratory" and not row["suppressed"]]
    controls = max((str(row["controls"]) for row in single), key=_rank, default="none")
    if controls == "none":
        return ()
    words = join_words([say_control(name) for name in controls.split(", ")])
    plain = {_key(row): row for row in single if row["controls"] == "none"}
    shown = [row for row in single if row["controls"] == controls and row["stage"] != "calibrated"]
    shown.sort(key=lambda row: (_order(row["measure"]), row["attribute"]))
    grids = [
        _build_gaps(measure, [row for row in shown if row["measure"] == measure], plain, words)
        for measure in dict.fromkeys(str(row["measure"]) for row in shown)
    ]
    labels = list_rows(audit.tables["controls"]) if "controls" in audit.tables else []
    labels = [row for row in labels if "*" not in str(row["attribute"])]
    if labels:
        grids.append(_build_labels(labels))
    return (write_section(_(TITLE), _(LEAD), _say(shown, labels, words), tuple(grids)),)


def _rank(controls: str) -> tuple[bool, int]:
    return controls != "none", controls.count(",")


def _key(row: Row) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ("stage", "measure", "attribute", "group"))


def _order(measure: str) -> int:
    return ("selection_rate", "lowest_band", "mean_score").index(measure)


def _say(shown: list[Row], labels: list[Row], words: str) -> tuple[str, ...]:
    said = []
    carrying = [row for row in labels if row["label"] == "may_carry"]
    if carrying:
        pairs = [
            _(
                "{control} (by {attribute})",
                control=say_control(str(row["control"])),
                attribute=say_code(row["attribute"]),
            )
            for row in carrying
        ]
        said.append(
            _(
                "These controls differ by group and may carry the disparity: {controls}. What "
                "goes with them is not thereby explained away.",
                controls=join_words(pairs),
            )
        )
    untold = sum(row["status"] != "told" for row in shown)
    if untold:
        said.append(
            ngettext(
                "{n} gap could not be told at equal {controls}; see the line.",
                "{n} gaps could not be told at equal {controls}; see the line.",
                untold,
                controls=words,
            )
        )
    left_out = max((row["n_left_out"] or 0 for row in shown), default=0)
    if left_out:
        said.append(
            ngettext(
                "On a line at most {n} person is alone with a value of a control, and left "
                "out: the adjusted gap does not depend on them.",
                "On a line at most {n} people are alone with a value of a control, and left "
                "out: the adjusted gap does not depend on them.",
                left_out,
            )
        )
    said.append(
        _(
            "These intervals take people as independent, which people of one manager "
            "are not: no verdict rests on them. All stages, single controls and "
            "intersections are in audit/tables/adjusted, with the smallest gap that "
            "each line would have found."
        )
    )
    return tuple(said)


def _build_gaps(
    measure: str, rows: list[Row], plain: dict[tuple[str, ...], Row], words: str
) -> Table:
    headings = (
        Column(_("Group / reference")), Column(_("People"), 20, "number"),
        Column(_("Plain gap"), 26, "number"),
        Column(_("At equal {controls}", controls=words), 26, "number"),
        Column(_("q"), 14, "number"),
        Column(_("Goes with controls"), 20, "number"),
        Column(_("Common odds ratio"), 24, "number"),
    )  # fmt: skip
    chosen = rows
    if len(rows) > MOST_LINES:
        chosen = sorted(rows, key=lambda row: 2.0 if row["q_value"] is None else row["q_value"])
        chosen = chosen[:MOST_LINES]
    said = [_("Read as above.")]
    if measure == "selection_rate":
        about = _(
            "Gaps are group minus reference, intervals 95%: shares in percentage "
            "points, mean scores in points. q is corrected over the adjusted gaps of "
            "single attributes. Goes with controls: the part of the plain gap that "
            "{controls} account for. Common odds ratio: odds of the group over odds of "
            "the reference, over all combinations of the controls; none is quoted "
            "where it differs between them.",
            controls=words,
        )
        said = [about]
    if len(chosen) < len(rows):
        said.append(_("The {n} lines of smallest q, of {total}.", n=MOST_LINES, total=len(rows)))
    lines = [_write_row(row, plain.get(_key(row))) for row in chosen]
    return build_table(headings, lines, opening=f"{say_measure(measure)}.", about=" ".join(said))


def _write_row(row: Row, plain: Row | None) -> tuple[Content, ...]:
    who = f"{say_code(str(row['attribute']))}: {row['group']} / {row['reference']}"
    before = _span(row, plain) if plain and plain["status"] == "told" else DASH
    if row["status"] != "told":
        return (who, DASH, before, _(STATUS[str(row["status"])]), DASH, DASH, DASH)
    people = f"{write_count(row['n'])} / {write_count(row['n_reference'])}"
    return (
        who, people, before, _span(row, row), write_p(row["q_value"]),
        _gap(row, row["explained"]), _write_odds(row),
    )  # fmt: skip


def _gap(row: Row, value: float | None) -> str:
    if value is None:
        return DASH
    return sign_number(value if row["measure"] == "mean_score" else 100 * value, 1)


def _span(row: Row, figures: Row) -> Content:
    gap, low, high = (_gap(row, figures[name]) for name in ("gap", "low", "high"))
    return Cell(gap, _("{low} to {high}", low=low, high=high))


def _write_odds(row: Row) -> Content:
    if row["mh_odds_ratio"] is None and row["breslow_day_p"] is not None:
        return Cell(_("differs"), f"p {write_p(row['breslow_day_p'])}")
    if row["mh_odds_ratio"] is None:
        return DASH
    odds, low, high = (write_number(row[k], 2) for k in ("mh_odds_ratio", "mh_low", "mh_high"))
    return Cell(odds, _("{low} to {high}", low=low, high=high))


def _build_labels(labels: list[Row]) -> Table:
    lines = [
        (
            f"{say_code(row['attribute'])}: {say_control(str(row['control']))}",
            write_count(row["n"]),
            DASH if row["association"] is None else write_number(row["association"], 2),
            write_p(row["q_value"]), write_percent(row["overlap"]), _(LABELS[str(row["label"])]),
        )
        for row in labels
    ]  # fmt: skip
    marked = [place for place, row in enumerate(labels) if row["label"] == "may_carry"]
    return build_table(
        say_columns(_CONTROL_HEADINGS), lines, about=_(_CONTROL_CAPTION), marked=marked
    )
