"""Where the gap arises: the clearest lines of every place that was looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from calibrate.audit.origins.slices import SLICE_WORDS
from calibrate.language import N_, _
from calibrate.language.formats import MINUS
from calibrate.report.document import Column, Section, Table, build_table
from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.audit_parts.origins_said import say_origins
from calibrate.report.views.audit_parts.places import (
    ALPHA,
    MOST_LINES,
    PRESENCE,
    head_people,
    head_q,
    head_who,
    say_people,
    say_who,
)
from calibrate.report.views.sections import write_section
from calibrate.report.words import (
    DASH,
    say_source,
    say_stage,
    sign_number,
    write_number,
    write_p,
    write_percent,
)

TITLE = N_("Where the gap arises")
LEAD = N_(
    "Each table looks for the place of a gap: a criterion, who marked, under "
    "whom, where, and who is missing. All of it is exploratory: no verdict "
    "rests on it. Lines of one kind and attribute are judged together: they "
    "stand out with q below 0.05. So many kinds are looked at that one line "
    "or another stands out by chance alone; those that hold over all kinds "
    "together are among the findings. The clearest lines are shown; all "
    "stand in audit/tables/origins."
)
#: Lines of the shorter tables.
FEW_LINES = 4

COMMENT_WORDS = {
    "any comment": N_("Has a comment"),
    "length": N_("Words in a comment"),
    "says what to do": N_("Comments that say what to do"),
    "words on the person's nature": N_("Of 100 words, on what the person is like"),
}


def build_origins(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """The places that were looked at: what stands out, and the clearest lines."""
    rows = list_rows(audit.tables["origins"]) if "origins" in audit.tables else []
    known = [row for row in rows if not row["suppressed"] and row["estimate"] is not None]
    if not known:
        return ()
    grids = (
        _list_criteria(known, material),
        _list_gaps(
            known,
            ("source", "rater_group"),
            _(
                "Who marked: gap in points of each source's forms, one value a person, "
                "and how much more raters give their own group"
            ),
        ),
        _list_slices(known),
        _list_places(known),
        _list_presence(known),
        _list_comments(known),
        _list_gaps(
            known, ("stage", "cycle"), _("Over stages and cycles: favourable share"), "share"
        ),
    )
    sentences = say_origins(rows, known)
    return (
        write_section(_(TITLE), _(LEAD), sentences, tuple(grid for grid in grids if grid.rows)),
    )


def _strongest(rows: Iterable[Row], most: int = MOST_LINES) -> list[Row]:
    """The lines of smallest q-value, in that order."""

    def rank(row: Row) -> tuple[float, float, str]:
        q = 2.0 if row["q_value"] is None else float(row["q_value"])
        p = [value for value in (row["p_value"], row["p_clustered"]) if value is not None]
        return (q, max(p, default=2.0), str(row["item"]))

    return sorted(rows, key=rank)[:most]


def _mark(rows: Sequence[Row]) -> list[int]:
    return [
        place
        for place, row in enumerate(rows)
        if row["q_value"] is not None and row["q_value"] < ALPHA
    ]


def _head_interval() -> Column:
    return Column(_("95% interval"), 26, "number")


def _say_interval(row: Row, scale: float = 1.0) -> str:
    if row["low"] is None or row["high"] is None:
        return DASH
    return _(
        "{low} to {high}",
        low=sign_number(scale * row["low"], 1),
        high=sign_number(scale * row["high"], 1),
    )


def _say_gap(row: Row, scale: float = 1.0) -> str:
    return DASH if row["estimate"] is None else sign_number(scale * row["estimate"], 1)


def _list_criteria(known: Sequence[Row], material: Material) -> Table:
    labels = {c.id: c.label for rubric in material.rubrics for c in rubric.criteria}
    plain = {
        (row["item"], row["attribute"], row["group"]): row
        for row in known
        if row["dimension"] == "criterion" and row["figure"] == "points"
    }
    rows = _strongest(r for r in known if r["figure"] == "points_given_total")
    headings = (
        Column(_("Criterion")),
        head_who(),
        head_people(),
        Column(_("Gap"), 14, "number"),
        Column(_("Given the total"), 18, "number"),
        _head_interval(),
        head_q(),
        Column(_("Class"), 12),
    )
    cells = [
        (
            labels.get(str(row["item"]), str(row["item"])),
            say_who(row),
            say_people(row),
            _say_gap(plain.get((row["item"], row["attribute"], row["group"]), {"estimate": None})),
            _say_gap(row),
            _say_interval(row),
            write_p(row["q_value"]),
            row["class"] or DASH,
        )
        for row in rows
    ]
    about = _(
        "By criterion, in points: the gap, and the gap between people with the "
        "same total. A is negligible or chance, B moderate, C large (classes of "
        "educational testing, before q). What one criterion gives here another "
        "takes."
    )
    return build_table(headings, cells, about=about, marked=_mark(rows))


def _list_gaps(
    known: Sequence[Row], dimensions: tuple[str, ...], caption: str, figure: str = "points"
) -> Table:
    chosen = [r for r in known if r["dimension"] in dimensions and r["figure"] == figure]
    rows = _strongest(chosen)
    is_share = figure == "share"
    headings = (
        Column(_("Line")),
        head_who(),
        head_people(),
        Column(_("Gap, percentage points"), 26, "number")
        if is_share
        else Column(_("Gap"), 14, "number"),
        _head_interval(),
        head_q(),
    )
    scale = 100.0 if is_share else 1.0
    cells = [
        (
            _say_line(row),
            say_who(row),
            say_people(row),
            _say_gap(row, scale),
            _say_interval(row, scale),
            write_p(row["q_value"]),
        )
        for row in rows
    ]
    return build_table(headings, cells, about=caption, marked=_mark(rows))


def _say_line(row: Row) -> str:
    """Name a line.

    Examples
    --------
    >>> _say_line({"dimension": "source", "item": "manager minus peer"})
    'Manager − Peers'
    """
    item = str(row["item"])
    if row["dimension"] == "source":
        parts = [say_source(part) for part in item.split(" minus ")]
        return f" {MINUS} ".join(parts)
    if row["dimension"] == "rater_group":
        return _("Raters on their own group, beside other raters")
    if row["dimension"] == "stage":
        said = say_stage(item)
        return said[:1].upper() + said[1:]
    return item


def _list_slices(known: Sequence[Row]) -> Table:
    tests = [r for r in known if str(r["figure"]).startswith("heterogeneity_of_")]
    rows = _strongest(tests)
    headings = (
        Column(_("Cut by"), 26),
        head_who(),
        Column(_("What"), 30),
        Column(_("Smallest and largest gap")),
        head_q(),
    )
    cells = []
    for row in rows:
        figure = str(row["figure"]).removeprefix("heterogeneity_of_")
        same = [
            r
            for r in known
            if all(r[key] == row[key] for key in ("dimension", "attribute", "group"))
            and r["figure"] == figure
        ]
        same.sort(key=lambda r: float(r["estimate"]))
        scale, what = _say_outcome(figure)
        ends = " · ".join(f"{r['item']} {_say_gap(r, scale)}" for r in (same[0], same[-1]))
        words = _(SLICE_WORDS[str(row["dimension"])])
        cells.append((words, say_who(row), what, ends, write_p(row["q_value"])))
    caption = _("Where: is the gap the same in every part of the company? q tests that it is.")
    return build_table(headings, cells, about=caption, marked=_mark(rows))


def _list_places(known: Sequence[Row]) -> Table:
    """Single places that stand out."""
    chosen = [
        row
        for row in known
        if row["dimension"] in SLICE_WORDS
        and row["figure"] in ("share", "points")
        and row["q_value"] is not None
        and row["q_value"] < ALPHA
    ]
    headings = (
        Column(_("Place")),
        head_who(),
        Column(_("What"), 30),
        head_people(),
        Column(_("Gap"), 14, "number"),
        _head_interval(),
        head_q(),
    )
    cells = []
    for row in _strongest(chosen):
        scale, what = _say_outcome(str(row["figure"]))
        place = f"{_(SLICE_WORDS[str(row['dimension'])])}: {row['item']}"
        cells.append(
            (
                place,
                say_who(row),
                what,
                say_people(row),
                _say_gap(row, scale),
                _say_interval(row, scale),
                write_p(row["q_value"]),
            )
        )
    return build_table(headings, cells, about=_("Places where the gap stands out"))


def _say_outcome(figure: str) -> tuple[float, str]:
    return (100.0, _("favourable share, %")) if figure == "share" else (1.0, _("raw score, points"))


def _list_presence(known: Sequence[Row]) -> Table:
    chosen = [
        r
        for r in known
        if r["dimension"] in PRESENCE
        and r["figure"] == "share"
        and (r["value"] or r["value_reference"])
    ]
    rows = _strongest(chosen, FEW_LINES)
    headings = (
        Column(_("Who")),
        head_who(),
        head_people(),
        Column(_("Share"), 18, "number"),
        Column(_("Reference"), 20, "number"),
        head_q(),
    )
    cells = [
        (
            _(PRESENCE[str(row["dimension"])]),
            say_who(row),
            say_people(row),
            write_percent(row["value"]),
            write_percent(row["value_reference"]),
            write_p(row["q_value"]),
        )
        for row in rows
    ]
    return build_table(headings, cells, about=_("Who is missing"), marked=_mark(rows))


def _list_comments(known: Sequence[Row]) -> Table:
    chosen = [r for r in known if r["dimension"] == "comment" and r["figure"] != "ratio"]
    rows = _strongest((r for r in chosen if r["value"] or r["value_reference"]), FEW_LINES)
    headings = (
        Column(_("What")),
        head_who(),
        head_people(),
        Column(_("Group"), 18, "number"),
        Column(_("Reference"), 20, "number"),
        head_q(),
    )

    def show(row: Row, value: float | None) -> str:
        return write_percent(value) if row["figure"] == "share" else write_number(value, 1)

    cells = [
        (
            _(COMMENT_WORDS[str(row["item"])]),
            say_who(row),
            say_people(row),
            show(row, row["value"]),
            show(row, row["value_reference"]),
            write_p(row["q_value"]),
        )
        for row in rows
    ]
    caption = _("Words of comments by others, counted by a list that comes with the engine")
    return build_table(headings, cells, about=caption, marked=_mark(rows))
