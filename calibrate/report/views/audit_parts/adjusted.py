"""Gaps without and with controls, and controls that may carry the disparity."""

from __future__ import annotations

from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.sections import Grid, Heading, Section, build_grid
from calibrate.report.words import (
    DASH,
    count_of,
    join_words,
    say_code,
    say_measure,
    sign_number,
    write_count,
    write_number,
    write_p,
    write_percent,
)

TITLE = "With and without controls"
LEAD = (
    "Part of a gap may go with where people work: their level, for one. Here each gap stands "
    "twice, plain and with such columns held constant. Neither is the right one: if promotion "
    "already differs by group, holding the level constant hides that."
)
STATUS = {
    "confounded": "not told: the controls determine the group",
    "too_few": "not told: too few people",
    "flat": "not told: nobody differs",
}
LABELS = {
    "may_carry": "may carry the disparity",
    "no_sign": "no sign that it differs by group",
    "not_told": "not told: too few groups or values",
}
_CONTROL_HEADINGS = (
    Heading("Attribute and control"), Heading("People", 18, is_number=True),
    Heading("Association", 24, is_number=True), Heading("q", 16, is_number=True),
    Heading("Shared values", 26, is_number=True), Heading("Label", 64),
)  # fmt: skip
_CONTROL_CAPTION = (
    "Does the control itself differ by group? Association: Cramer's V, corrected for chance, from "
    "0 to 1. q: chi-squared test after Benjamini-Hochberg over these lines. Shared values: share "
    "of people whose value is held by the reference and by another group. The label is set where "
    "q is at most 0.05 and the association at least 0.1."
)


def build_adjusted(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """Put plain and adjusted gaps side by side, for single attributes."""
    rows = list_rows(audit.tables["adjusted"]) if "adjusted" in audit.tables else []
    single = [row for row in rows if row["family"] != "exploratory" and not row["suppressed"]]
    controls = max((str(row["controls"]) for row in single), key=_rank, default="none")
    if controls == "none":
        return ()
    words = join_words([say_code(name) for name in controls.split(", ")])
    plain = {_key(row): row for row in single if row["controls"] == "none"}
    shown = [row for row in single if row["controls"] == controls and row["stage"] != "calibrated"]
    shown.sort(key=lambda row: (_order(row["measure"]), row["attribute"]))
    grids = [_build_gaps(shown, plain, words)]
    labels = list_rows(audit.tables["controls"]) if "controls" in audit.tables else []
    labels = [row for row in labels if "*" not in str(row["attribute"])]
    if labels:
        grids.append(_build_labels(labels))
    return (Section(TITLE, LEAD, _say(shown, labels, words), tuple(grids), is_wide=True),)


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
        pairs = [f"{say_code(row['control'])} (by {row['attribute']})" for row in carrying]
        said.append(
            f"{join_words(pairs)[:1].upper()}{join_words(pairs)[1:]} "
            f"{'differs' if len(carrying) == 1 else 'differ'} by group and may carry the "
            "disparity: what goes with it is not thereby explained away."
        )
    untold = sum(row["status"] != "told" for row in shown)
    if untold:
        said.append(f"{count_of(untold, 'gap')} could not be told at equal {words}; see the line.")
    left_out = max((row["n_left_out"] or 0 for row in shown), default=0)
    if left_out:
        people = count_of(left_out, "person is", "people are")
        said.append(
            f"On a line at most {people} alone with a value of a control, and left out: the "
            "adjusted gap does not depend on them."
        )
    said.append(
        "These intervals take people as independent, which people of one manager are not: no "
        "verdict rests on them. All stages, single controls and intersections are in "
        "audit/tables/adjusted."
    )
    return tuple(said)


def _build_gaps(shown: list[Row], plain: dict[tuple[str, ...], Row], words: str) -> Grid:
    headings = (
        Heading("Measure and group"), Heading("Reference", 24),
        Heading("People", 22, is_number=True),
        Heading("Plain gap", 40, is_number=True), Heading(f"At equal {words}", 42, is_number=True),
        Heading("q", 14, is_number=True), Heading("Goes with controls", 24, is_number=True),
        Heading("Common odds ratio", 40, is_number=True),
    )  # fmt: skip
    caption = (
        "Gaps are group minus reference with the 95% interval: shares in percentage points, mean "
        "scores in points. People: group and reference. Least squares, HC3 errors; q: after "
        "Benjamini-Hochberg over the adjusted gaps of single attributes. Goes with controls: the "
        f"part of the plain gap that {words} account for (Oaxaca-Blinder, coefficients of both "
        "groups together). Odds ratio: Mantel-Haenszel over the combinations of the controls; none "
        "is quoted where it differs between them (Breslow-Day, p below 0.05)."
    )
    lines = [_write_row(row, plain.get(_key(row))) for row in shown]
    return build_grid(caption, headings, lines, noun="lines")


def _write_row(row: Row, plain: Row | None) -> tuple[str, ...]:
    start = (f"{say_measure(row['measure'])}: {row['group']}", str(row["reference"]))
    before = _span(row, plain) if plain and plain["status"] == "told" else DASH
    if row["status"] != "told":
        return (*start, DASH, before, STATUS.get(str(row["status"]), "withheld"), DASH, DASH, DASH)
    people = f"{write_count(row['n'])} / {write_count(row['n_reference'])}"
    return (
        *start, people, before, _span(row, row), write_p(row["q_value"]),
        _gap(row, row["explained"]), _write_odds(row),
    )  # fmt: skip


def _gap(row: Row, value: float | None) -> str:
    if value is None:
        return DASH
    return sign_number(value if row["measure"] == "mean_score" else 100 * value, 1)


def _span(row: Row, figures: Row) -> str:
    gap, low, high = (_gap(row, figures[name]) for name in ("gap", "low", "high"))
    return f"{gap} ({low} to {high})"


def _write_odds(row: Row) -> str:
    if row["mh_odds_ratio"] is None and row["breslow_day_p"] is not None:
        return f"differs (p {write_p(row['breslow_day_p'])})"
    if row["mh_odds_ratio"] is None:
        return DASH
    return "{} ({} to {})".format(
        *(write_number(row[name], 2) for name in ("mh_odds_ratio", "mh_low", "mh_high"))
    )


def _build_labels(labels: list[Row]) -> Grid:
    lines = [
        (
            f"{row['attribute']}: {say_code(row['control'])}", write_count(row["n"]),
            DASH if row["association"] is None else write_number(row["association"], 2),
            write_p(row["q_value"]), write_percent(row["overlap"]), LABELS[str(row["label"])],
        )
        for row in labels
    ]  # fmt: skip
    marked = [place for place, row in enumerate(labels) if row["label"] == "may_carry"]
    return build_grid(_CONTROL_CAPTION, _CONTROL_HEADINGS, lines, marked, noun="controls")
