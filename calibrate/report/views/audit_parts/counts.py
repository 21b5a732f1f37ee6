"""The audit of somebody else's counts on paper: sections alone, without a cycle behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby

import pandas as pd

from calibrate.language import N_, _, current_language, ngettext
from calibrate.language.figures import write_significant
from calibrate.report.charts import draw_ratio
from calibrate.report.document import Column, Figure, Head, Section, Table, build_table, say_columns
from calibrate.report.material import Row, list_rows
from calibrate.report.views.audit_parts.packs import build_pack_sections
from calibrate.report.views.audit_parts.rates import RATIO_AXIS, mark_ratios, say_attribute
from calibrate.report.views.sections import write_section
from calibrate.report.words import (
    DASH,
    say_measure,
    say_stage,
    say_verdict,
    write_count,
    write_number,
    write_p,
    write_percent,
)

MEANING = (
    ("beyond", N_("Beyond chance and beyond the practical bound. Look here first.")),
    ("significant_only", N_("More than chance, but small. Keep an eye on it.")),
    ("within", N_("The ratio's whole interval lies between 0.80 and 1.25.")),
    ("inconclusive", N_("The counts can neither show a disparity nor rule one out.")),
    ("too_few", N_("A group is smaller than the smallest cell. Its figures are withheld.")),
    ("not_computable", N_("There is nothing to divide by, or nothing to compare with.")),
)
_VERDICTS = (
    Column(N_("Verdict"), 38),
    Column(N_("Count"), 16, "number"),
    Column(N_("What it means")),
)
_LOOKS = (Column(N_("What"), 64), Column(N_("What stands behind it")))
_FOREST = (
    Column(N_("Group")), Column(N_("People"), 16, "number"), Column(N_("Counted"), 16, "number"),
    Column(N_("Rate"), 14, "number"), Column(N_("Ratio"), 14, "number"),
    RATIO_AXIS, Column(N_("Verdict"), 26),
)  # fmt: skip
_TESTS = (
    Column(N_("Group")), Column(N_("95% interval of rate"), 22, "number"),
    Column(N_("95% interval of ratio"), 22, "number"),
    Column(N_("Impact ratio"), 16, "number"),
    Column(N_("z"), 12, "number"), Column(N_("p"), 13, "number"),
    Column(N_("q"), 13, "number"), Column(N_("Finds"), 12, "number"),
    Column(N_("Family"), 12, "number"), Column(N_("Short of"), 14, "number"),
    Column(N_("One person"), 14),
)  # fmt: skip
_PRINTED = (
    Column(N_("Row"), 12, "number"), Column(N_("Group"), 40), Column(N_("Figure"), 22),
    Column(N_("Printed"), 20, "number"), Column(N_("From the counts"), 22, "number"),
    Column(N_("Note")),
)  # fmt: skip
_FILES = (Column(N_("File"), 56), Column(N_("Hash (SHA-256)")))
#: Findings that the first page shows.
MOST_LOOKS = 10

FAMILY_WORDS = {
    "primary": N_("primary"),
    "secondary": N_("secondary"),
    "exploratory": N_("exploratory"),
}
METHOD = (
    N_(
        "Rate and ratio: a rate is the counted people over all people of the "
        "group. The ratio is the group's rate over the reference's. The impact "
        "ratio is to the highest rate of the groups that the rule pack admits. "
        "Shortfall is the group's size times the reference's rate, less the "
        "people counted."
    ),
    N_(
        "Chance: p is Fisher's mid-p, two-sided. q corrects it for all tests of "
        "its family (Benjamini and Hochberg). z is the gap in standard "
        "deviations, pooled. Intervals hold with 95%: exact below 160 people, "
        "Wilson's from there on; of a ratio Koopman's."
    ),
    N_(
        "Verdict: “beyond” needs q of at most 0.05 and a ratio below 0.80 or "
        "above 1.25, compared as whole numbers. “Within” needs the whole "
        "interval of the ratio inside 0.80 to 1.25. All else is said to be open."
    ),
    N_(
        "Power: “finds” is the smallest gap, as a ratio, that one test at 0.05 "
        "finds with 80% probability; “family” is the same at 0.05 over the "
        "number of tests of the family."
    ),
    N_(
        "One person: yes, where one person of the group more or fewer would put "
        "the ratio on the other side of a bound, or p on the other side of 0.05."
    ),
)


@dataclass(frozen=True)
class CountsMaterial:
    """What the packet reads.

    Parameters
    ----------
    tables
        Frames by the name of their contract.
    notes
        What counts cannot carry.
    file, sha256
        The table and its hash.
    run_id, min_cell
        Identity of the run; smallest group shown.
    """

    tables: Mapping[str, pd.DataFrame]
    notes: tuple[str, ...]
    file: str
    sha256: str
    run_id: str
    min_cell: int


@dataclass(frozen=True)
class CountsView:
    """Everything on the packet."""

    head: Head
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]


def build_counts_view(material: CountsMaterial) -> CountsView:
    """Build the packet of an audit of counts."""
    rows = list_rows(material.tables["disparities"])
    head = Head(
        title=_("Audit of counts"), subtitle=_("For auditors and counsel"), running=_("Audit"),
        cycle=material.file, dates="", classification=_("Restricted · audit"),
        language=current_language(), paper="A4",
    )  # fmt: skip
    sections = (
        _build_verdicts(rows),
        _build_looks(material),
        *_build_printed(material),
        write_section(_("What counts cannot carry"), "", material.notes, is_listed=True),
        *_build_groups(rows),
        *build_pack_sections(material.tables),
        write_section(_("How it was computed"), "", [_(text) for text in METHOD], is_listed=True),
        _build_scope(material, rows),
        *_build_tests(rows),
    )
    return CountsView(head, _list_figures(material, rows), sections)


def _take_primary(rows: list[Row]) -> list[Row]:
    return [r for r in rows if r["family"] == "primary" and r["group"] != r["reference"]]


def _list_figures(material: CountsMaterial, rows: list[Row]) -> tuple[Figure, ...]:
    primary = _take_primary(rows)
    return (
        Figure(write_count(len({r["attribute"] for r in rows})), _("attributes")),
        Figure(write_count(len(rows)), _("rows of counts")),
        Figure(write_count(len(primary)), _("primary comparisons")),
        Figure(
            write_count(sum(r["verdict"] == "beyond" for r in primary)), _("beyond both bounds")
        ),
        Figure(write_count(len(material.tables["contradictions"])), _("printed figures at odds")),
    )


def _build_verdicts(rows: list[Row]) -> Section:
    primary = _take_primary(rows)
    lines = [
        (say_verdict(name), write_count(sum(r["verdict"] == name for r in primary)), _(meaning))
        for name, meaning in MEANING
    ]
    lead = _(
        "Somebody else's table of counts, judged by the same rule as an audit of "
        "one's own data. Each group is compared with the reference of its "
        "attribute."
    )
    title = _("What the primary comparisons say")
    return write_section(title, lead, (), (build_table(say_columns(_VERDICTS), lines),))


def _build_looks(material: CountsMaterial) -> Section:
    lines = [
        (str(row["headline"]), str(row["evidence"]))
        for row in sorted(
            list_rows(material.tables["findings"]), key=lambda r: r["kind"] != "disparity"
        )
    ]
    title = _("What to look at next")
    if not lines:
        said = _(
            "No primary comparison lies beyond both bounds, and no printed figure is "
            "at odds with its counts. That is no proof that there is nothing: see "
            "what these numbers could have found."
        )
        return write_section(title, "", (said,))
    grid = build_table(say_columns(_LOOKS), lines[:MOST_LOOKS])
    if len(lines) > MOST_LOOKS:
        more = _(
            "{n} of {total} findings are shown. All stand in audit/tables/findings.",
            n=MOST_LOOKS,
            total=len(lines),
        )
        grid = replace(grid, notice=more)
    return write_section(title, "", (), (grid,))


def _build_printed(material: CountsMaterial) -> tuple[Section, ...]:
    rows = list_rows(material.tables["contradictions"])
    if not rows:
        return ()
    lead = _(
        "Each printed figure was computed again from the counts of its row. "
        "Listed is what no customary definition gives, beyond rounding of the "
        "printed digits."
    )
    lines = [
        (
            str(row["row"]), _say_group(row), str(row["column"]).replace("_", " "),
            str(row["printed"]),
            DASH if row["from_counts"] is None else write_significant(row["from_counts"]),
            str(row["note"] or DASH),
        )
        for row in rows
    ]  # fmt: skip
    grid = build_table(say_columns(_PRINTED), lines)
    return (write_section(_("Printed figures that their counts contradict"), lead, (), (grid,)),)


def _say_group(row: Row) -> str:
    return f"{row['attribute']}: {row['group']}".replace("*", " × ")


def _build_groups(rows: list[Row]) -> tuple[Section, ...]:
    sections = []
    for name, own in _by_attribute(rows):
        title = say_attribute(name)
        if "*" in name:
            title = _("{attributes} (exploratory)", attributes=title)
        grids = tuple(
            _build_forest(list(lines))
            for __, lines in groupby(own, key=lambda r: (r["stage"], r["measure"]))
        )
        sections.append(write_section(title, "", (), grids))
    return tuple(sections)


def _by_attribute(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    ranked = sorted(
        rows,
        key=lambda r: (
            "*" in r["attribute"], r["attribute"], r["family"] == "secondary", r["stage"],
            r["measure"],
        ),
    )  # fmt: skip
    return [(str(k), list(own)) for k, own in groupby(ranked, key=lambda r: r["attribute"])]


def _caption(row: Row) -> str:
    against = (
        _("Compared with {reference}.", reference=row["reference"])
        if row["reference"]
        else _("Nothing to compare.")
    )
    measure = str(row["measure"])
    said = [f"{_('Share counted') if measure == 'selection_rate' else say_measure(measure)}."]
    if row["stage"] != "given":
        said.append(_("Stage: {stage}.", stage=say_stage(str(row["stage"]))))
    said += [_("Family: {family}.", family=_(FAMILY_WORDS[str(row["family"])])), against]
    return " ".join(said).replace("*", " × ")


def _build_forest(rows: list[Row]) -> Table:
    lines = []
    for row in rows:
        is_reference = row["group"] == row["reference"]
        is_within = is_reference and row["verdict"] == "within"
        ratio = write_number(row["ratio"], 2)
        chart = draw_ratio(
            ratio=row["ratio"], low=row["ratio_low"], high=row["ratio_high"],
            is_beyond=row["verdict"] == "beyond", is_reference=is_reference,
            label=_("Ratio {ratio}", ratio=ratio),
        )  # fmt: skip
        verdict = _("reference") if is_within else say_verdict(str(row["verdict"]))
        lines.append(
            (
                str(row["group"]).replace("*", " × "), write_count(row["n"]),
                write_count(row["n_favourable"]), write_percent(row["rate"]), ratio, chart, verdict,
            )
        )  # fmt: skip
    marked = [at for at, row in enumerate(rows) if row["verdict"] == "beyond"]
    return build_table(
        mark_ratios(say_columns(_FOREST)), lines, about=_caption(rows[0]), marked=marked
    )


def _build_tests(rows: list[Row]) -> tuple[Section, ...]:
    grids = []
    for name, own in _by_attribute(rows):
        for __, lines in groupby(own, key=lambda r: (r["stage"], r["measure"])):
            kept = list(lines)
            caption = f"{say_attribute(name)}. {_caption(kept[0])}"
            grids.append(
                build_table(say_columns(_TESTS), [_write_test(row) for row in kept], about=caption)
            )
    title = _("Annex: every interval and test")
    lead = _(
        "“Finds” is the ratio nearest to 1 that one test finds, “family” that all "
        "tests of the family at once find; “short of” counts people."
    )
    return (write_section(title, lead, (), tuple(grids)),)


def _write_test(row: Row) -> tuple[str, ...]:
    flips = row["flip_flop"]
    return (
        str(row["group"]).replace("*", " × "),
        _write_range(row["low"], row["high"]),
        _write_range(row["ratio_low"], row["ratio_high"]),
        write_number(row["impact_ratio"], 2),
        write_number(row["z_value"], 2),
        write_p(row["p_value"]),
        write_p(row["q_value"]),
        write_number(row["detectable_ratio"], 2),
        write_number(row["detectable_ratio_family"], 2),
        write_number(row["shortfall"], 1),
        DASH if flips is None else _("yes") if flips else _("no"),
    )


def _write_range(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return DASH
    return _("{low} to {high}", low=write_number(low, 2), high=write_number(high, 2))


def _build_scope(material: CountsMaterial, rows: list[Row]) -> Section:
    n_hidden = sum(bool(row["suppressed"]) for row in rows)
    said = [
        ngettext("Smallest cell: {n} person.", "Smallest cell: {n} people.", material.min_cell),
        _("Run {run_id}.", run_id=material.run_id),
    ]
    if n_hidden:
        said.append(
            ngettext(
                "{n} row is withheld: the group is smaller. Totals may give it away; whoever "
                "has the file has its counts.",
                "{n} rows are withheld: the group is smaller. Totals may give it away; whoever "
                "has the file has its counts.",
                n_hidden,
            )
        )
    grid = build_table(say_columns(_FILES), [(material.file, material.sha256)])
    return write_section(_("What was read"), "", tuple(said), (grid,))
