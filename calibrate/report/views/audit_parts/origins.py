"""Where the gap arises: the clearest lines of every place that was looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from calibrate.language.formats import MINUS
from calibrate.report.document import Column, Section, Table, build_table
from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.sections import write_section
from calibrate.report.words import (
    DASH,
    SOURCE_WORDS,
    count_of,
    join_words,
    say_code,
    sign_number,
    write_count,
    write_number,
    write_p,
    write_percent,
)

TITLE = "Where the gap arises"
LEAD = (
    "Each table looks for the place of a gap: a criterion, who marked, under whom, where, and who "
    "is missing. All of it is exploratory: no verdict rests on it. Lines of one kind and attribute "
    "are judged together: they stand out with q below 0.05. So many kinds are looked at that one "
    "line or another stands out by chance alone; those that hold over all kinds together are among "
    "the findings. The clearest lines are shown; all stand in audit/tables/origins."
)
ALPHA = 0.05
#: Lines a table shows; the rest stand in audit/tables/origins.
MOST_LINES = 6
FEW_LINES = 4

PRESENCE = {
    "not_rated": "Not rated",
    "quarantined": "With rows left out",
    "unlinked": "Raters not comparable",
    "weak": "Raters hardly comparable",
}
SLICE_WORDS = {
    "location": "Location",
    "work_mode": "Work mode",
    "level": "Level",
    "job_family": "Job family",
    "department": "Department",
}
COMMENT_WORDS = {
    "any comment": "Has a comment",
    "length": "Words in a comment",
    "says what to do": "Comments that say what to do",
    "words on the person's nature": "Of 100 words, on what the person is like",
}
#: Dimension → how the overview calls it.
PLACES = {
    "criterion": "Criterion", "source": "Source of the form", "manager": "Between or within teams",
    "team": "Single teams", "rater_group": "Group of the rater", **SLICE_WORDS,
    "stage": "Stage", **PRESENCE, "comment": "Words of comments", "cycle": "Earlier cycles",
}  # fmt: skip
WHO = Column("Group / reference", 42)
PEOPLE = Column("People", 22, "number")
_INTERVAL = Column("95% interval", 26, "number")
Q = Column("q", 13, "number")


def build_origins(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """The places that were looked at: what stands out, and the clearest lines."""
    rows = list_rows(audit.tables["origins"]) if "origins" in audit.tables else []
    known = [row for row in rows if not row["suppressed"] and row["estimate"] is not None]
    if not known:
        return ()
    grids = (
        _list_criteria(known),
        _list_gaps(
            known, ("source", "rater_group"), "Who marked: gap in points of each source's forms, "
            "one value a person, and how much more raters give their own group"
        ),
        _list_slices(known),
        _list_places(known),
        _list_presence(known),
        _list_comments(known),
        _list_gaps(known, ("stage", "cycle"), "Over stages and cycles: favourable share", "share"),
    )  # fmt: skip
    sentences = (_say_overview(rows, known), *_say_teams(known))
    return (write_section(TITLE, LEAD, sentences, tuple(grid for grid in grids if grid.rows)),)


def _say_overview(rows: Sequence[Row], known: Sequence[Row]) -> str:
    tested = [row for row in known if row["q_value"] is not None]
    by_place = {
        words: [row for row in tested if row["dimension"] == place]
        for place, words in PLACES.items()
    }
    out = {w: sum(r["q_value"] < ALPHA for r in lines) for w, lines in by_place.items() if lines}
    hidden = sum(bool(row["suppressed"]) for row in rows)
    said = [
        f"{count_of(len(tested), 'line was', 'lines were')} tested in "
        f"{count_of(len(out), 'place', 'places')}."
    ]
    standing = [f"{words.lower()} ({n} of {len(by_place[words])})" for words, n in out.items() if n]
    if standing:
        said.append(f"Lines stand out by {join_words(standing)}.")
    else:
        said.append(
            "No line stands out. That is no proof of equality: the intervals say how large a gap "
            "could be."
        )
    if hidden:
        said.append(
            f"{count_of(hidden, 'line is', 'lines are')} withheld: a side has too few people, or "
            "would give away one that has."
        )
    return " ".join(said)


def _say_teams(known: Sequence[Row]) -> tuple[str, ...]:
    """How many single teams stand out; teams are tested exactly, and most are too small."""
    counts = [row for row in known if row["figure"] == "teams_standing_out" and row["value"]]
    if not counts:
        return ()
    n_tests = count_of(sum(int(row["value"]) for row in counts), "comparison")
    start = f"Single teams large enough for an exact test gave {n_tests}"
    out = [f"{write_count(row['estimate'])} ({say_who(row)})" for row in counts if row["estimate"]]
    if not out:
        return (f"{start}; none stands out. Small teams could show only a very wide gap.",)
    return (f"{start}; of these {join_words(out)} stand out.",)


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


def say_who(row: Row) -> str:
    return f"{say_code(str(row['attribute']))}: {row['group']} / {row['reference']}"


def say_people(row: Row) -> str:
    return f"{write_count(row['n'])} / {write_count(row['n_reference'])}"


def _say_interval(row: Row, scale: float = 1.0) -> str:
    if row["low"] is None or row["high"] is None:
        return DASH
    return f"{sign_number(scale * row['low'], 1)} to {sign_number(scale * row['high'], 1)}"


def _say_gap(row: Row, scale: float = 1.0) -> str:
    return DASH if row["estimate"] is None else sign_number(scale * row["estimate"], 1)


def _list_criteria(known: Sequence[Row]) -> Table:
    plain = {
        (row["item"], row["attribute"], row["group"]): row
        for row in known
        if row["dimension"] == "criterion" and row["figure"] == "points"
    }
    rows = _strongest(r for r in known if r["figure"] == "points_given_total")
    headings = (
        Column("Criterion"), WHO, PEOPLE, Column("Gap", 14, "number"),
        Column("Given the total", 18, "number"), _INTERVAL, Q,
        Column("Class", 12),
    )  # fmt: skip
    cells = [
        (
            say_code(row["item"]), say_who(row), say_people(row),
            _say_gap(plain.get((row["item"], row["attribute"], row["group"]), {"estimate": None})),
            _say_gap(row), _say_interval(row), write_p(row["q_value"]), row["class"] or DASH,
        )
        for row in rows
    ]  # fmt: skip
    about = (
        "By criterion, in points: the gap, and the gap between people with the same total. A is "
        "negligible or chance, B moderate, C large (classes of educational testing, before q). "
        "What one criterion gives here another takes."
    )
    return build_table(headings, cells, about=about, marked=_mark(rows))


def _list_gaps(
    known: Sequence[Row], dimensions: tuple[str, ...], caption: str, figure: str = "points"
) -> Table:
    chosen = [r for r in known if r["dimension"] in dimensions and r["figure"] == figure]
    rows = _strongest(chosen)
    is_share = figure == "share"
    unit = ", percentage points" if is_share else ""
    headings = (
        Column("Line"), WHO, PEOPLE, Column(f"Gap{unit}", 26 if is_share else 14, "number"),
        _INTERVAL, Q,
    )  # fmt: skip
    scale = 100.0 if is_share else 1.0
    cells = [
        (
            _say_line(row), say_who(row), say_people(row), _say_gap(row, scale),
            _say_interval(row, scale), write_p(row["q_value"]),
        )
        for row in rows
    ]  # fmt: skip
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
        parts = [SOURCE_WORDS.get(part, say_code(part)) for part in item.split(" minus ")]
        return f" {MINUS} ".join(parts)
    if row["dimension"] == "rater_group":
        return "Raters on their own group, beside other raters"
    return item.capitalize() if row["dimension"] == "stage" else item


def _list_slices(known: Sequence[Row]) -> Table:
    tests = [r for r in known if str(r["figure"]).startswith("heterogeneity_of_")]
    rows = _strongest(tests)
    headings = (
        Column("Cut by", 26), WHO, Column("What", 30), Column("Smallest and largest gap"), Q,
    )  # fmt: skip
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
        words = SLICE_WORDS[str(row["dimension"])]
        cells.append((words, say_who(row), what, ends, write_p(row["q_value"])))
    caption = "Where: is the gap the same in every part of the company? q tests that it is."
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
        Column("Place"), WHO, Column("What", 30), PEOPLE, Column("Gap", 14, "number"),
        _INTERVAL, Q,
    )  # fmt: skip
    cells = []
    for row in _strongest(chosen):
        scale, what = _say_outcome(str(row["figure"]))
        place = f"{SLICE_WORDS[str(row['dimension'])]}: {row['item']}"
        cells.append(
            (
                place, say_who(row), what, say_people(row), _say_gap(row, scale),
                _say_interval(row, scale), write_p(row["q_value"]),
            )
        )  # fmt: skip
    return build_table(headings, cells, about="Places where the gap stands out")


def _say_outcome(figure: str) -> tuple[float, str]:
    return (100.0, "favourable share, %") if figure == "share" else (1.0, "raw score, points")


def _list_presence(known: Sequence[Row]) -> Table:
    chosen = [
        r
        for r in known
        if r["dimension"] in PRESENCE and r["figure"] == "share"
        and (r["value"] or r["value_reference"])
    ]  # fmt: skip
    rows = _strongest(chosen, FEW_LINES)
    headings = (
        Column("Who"), WHO, PEOPLE, Column("Share", 18, "number"),
        Column("Reference", 20, "number"), Q,
    )  # fmt: skip
    cells = [
        (
            PRESENCE[str(row["dimension"])], say_who(row), say_people(row),
            write_percent(row["value"]), write_percent(row["value_reference"]),
            write_p(row["q_value"]),
        )
        for row in rows
    ]  # fmt: skip
    return build_table(headings, cells, about="Who is missing", marked=_mark(rows))


def _list_comments(known: Sequence[Row]) -> Table:
    chosen = [r for r in known if r["dimension"] == "comment" and r["figure"] != "ratio"]
    rows = _strongest((r for r in chosen if r["value"] or r["value_reference"]), FEW_LINES)
    headings = (
        Column("What"), WHO, PEOPLE, Column("Group", 18, "number"),
        Column("Reference", 20, "number"), Q,
    )  # fmt: skip

    def show(row: Row, value: float | None) -> str:
        return write_percent(value) if row["figure"] == "share" else write_number(value, 1)

    cells = [
        (
            COMMENT_WORDS[str(row["item"])], say_who(row), say_people(row),
            show(row, row["value"]), show(row, row["value_reference"]), write_p(row["q_value"]),
        )
        for row in rows
    ]  # fmt: skip
    caption = "Words of comments by others, counted by a list that comes with the engine"
    return build_table(headings, cells, about=caption, marked=_mark(rows))
