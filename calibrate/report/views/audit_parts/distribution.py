"""Odd distributions beside chance, and whom a quota would move, by group."""

from __future__ import annotations

from collections.abc import Sequence

from calibrate.language import N_, _, ngettext
from calibrate.report.document import Column, Section, Table, build_table, say_columns
from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.base import Company
from calibrate.report.views.sections import write_section
from calibrate.report.words import (
    DASH,
    join_words,
    say_code,
    write_count,
    write_number,
    write_p,
    write_percent,
)
from calibrate.session.patterns import SAME_PEOPLE

TITLE = N_("Distributions, and who a quota would move")
QUOTA_TITLE = N_("Before a quota: whom it would move")
QUOTA_LEAD = N_(
    "A guideline is not a quota: the engine moves nobody. This is what would "
    "happen if its shares were enforced, by score within each band."
)
LEAD = N_(
    "Every part of the company is set beside people at the same levels in "
    "the rest of it. Are more of its people in the middle, favourable or "
    "lowest bands, do more pairs have the same score, do scores lie closer "
    "together or further apart? The bands are those the meeting starts from. "
    "A team that is different looks the same as a yardstick that is "
    "different."
)
TESTS = {
    "guideline": N_("Guideline"),
    "compression": N_("Middle"),
    "inflation": N_("Favourable"),
    "deflation": N_("Lowest"),
    "ties": N_("Ties"),
    "spread": N_("Spread"),
}
SCOPES = {
    "company": N_("The company"),
    "session": N_("Sessions"),
    "department": N_("Departments"),
    "site": N_("Sites"),
    "level": N_("Levels"),
    "manager": N_("Managers"),
}
#: One of them by name.
ONE = {
    "company": N_("The company"),
    "session": N_("Session {name}"),
    "department": N_("Department {name}"),
    "site": N_("Site {name}"),
    "level": N_("Level {name}"),
    "manager": N_("Manager {name}"),
}
#: Kind of scope → what a quota in each of them would do.
IN_EVERY = {
    "company": N_("Were the guideline a quota over the company: moved down {down}, up {up}."),
    "session": N_("Were the guideline a quota in every session: moved down {down}, up {up}."),
    "department": N_("Were the guideline a quota in every department: moved down {down}, up {up}."),
    "manager": N_("Were the guideline a quota for every manager: moved down {down}, up {up}."),
}
COUNT_CAPTION = N_(
    "How many stand out in each test, of those tested: 5% error over the "
    "scopes of one kind and test (Benjamini-Hochberg), and a bound that "
    "matters: 10 points of share, or a spread below 0.80 or above 1.25 of "
    "the usual. The guideline has no further bound."
)
ODD_CAPTION = N_(
    "The strongest of those that stand out. Usual: people at the same levels "
    "elsewhere. By chance: where 95% of such scopes lie if nothing differs. "
    "Middle, favourable and lowest are shares of the people, ties of the "
    "pairs; spread is the standard deviation in points."
)
QUOTA_CAPTION = N_(
    "Favourable: share in the favourable bands, before to after. p and q are "
    "about being moved down; q is corrected over single attributes. Only "
    "people in a band that is too full can be moved down. Finds: the ratio "
    "of the shares moved down, nearest to 1, that would have been found in 8 "
    "of 10 cases. Moves up and ties are in the table."
)
#: Strongest lines that leave the section about a page.
MOST_ODD = 12
_COUNT_HEADINGS = (Column(N_("Scope")), *(Column(words, 22, "number") for words in TESTS.values()))
_ODD_HEADINGS = (
    Column(N_("Scope")),
    Column(N_("Test"), 24),
    Column(N_("People"), 16, "number"),
    Column(N_("Found"), 16, "number"),
    Column(N_("Usual"), 14, "number"),
    Column(N_("By chance"), 26, "number"),
    Column(N_("q"), 14, "number"),
)
_QUOTA_HEADINGS = (
    Column(N_("Group / reference")),
    Column(N_("People"), 16, "number"),
    Column(N_("Moved down"), 14, "number"),
    Column(N_("Favourable"), 26, "number"),
    Column(N_("Ratio"), 26, "number"),
    Column(N_("p"), 13, "number"),
    Column(N_("p by manager"), 16, "number"),
    Column(N_("q"), 13, "number"),
    Column(N_("Finds"), 12, "number"),
)


def build_distribution(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """Count what stands out, show the strongest, and what a quota would do by group."""
    table = material.tables.get("patterns")
    if table is None or table.empty:
        return ()
    patterns = list_rows(table)
    moves = list_rows(material.tables["quota"])
    impact = list_rows(audit.tables["quota_impact"]) if "quota_impact" in audit.tables else []
    own = [row for row in impact if row["family"] == "secondary" and not row["suppressed"]]
    once = list_rows(table.drop_duplicates(SAME_PEOPLE))
    odd = [row for row in once if row["verdict"] == "beyond" and row["test"] != "guideline"]
    odd.sort(key=lambda row: (row["q_value"], -abs(row["value"] - row["expected"])))
    grids = [_count_odd(patterns)]
    if odd:
        # Who manages is not named in a view that is handed on.
        grids.append(_list_odd(odd, None if audit.is_distributed else Company(material)))
    impacts = (_list_impact(own),) if own else ()
    return (
        write_section(_(TITLE), _(LEAD), _say_power(patterns), tuple(grids)),
        write_section(_(QUOTA_TITLE), _(QUOTA_LEAD), _say_moves(material, moves, own), impacts),
    )


def _count_odd(patterns: Sequence[Row]) -> Table:
    rows = []
    for scope, words in SCOPES.items():
        own = [row for row in patterns if row["scope"] == scope]
        if own:
            rows.append((_(words), *(_count_test(own, test) for test in TESTS)))
    return build_table(say_columns(_COUNT_HEADINGS), rows, about=_(COUNT_CAPTION))


def _count_test(rows: Sequence[Row], test: str) -> str:
    tested = [row for row in rows if row["test"] == test and row["p_value"] is not None]
    if not tested:
        return DASH
    n_beyond = sum(row["verdict"] == "beyond" for row in tested)
    return _("{n} of {total}", n=n_beyond, total=len(tested))


def _list_odd(odd: Sequence[Row], company: Company | None) -> Table:
    said = [_(ODD_CAPTION)]
    if len(odd) > MOST_ODD:
        said.append(
            _("{n} of {total} lines; all are in tables/patterns.", n=MOST_ODD, total=len(odd))
        )
    return build_table(
        say_columns(_ODD_HEADINGS),
        [_write_odd(row, company) for row in odd[:MOST_ODD]],
        about=" ".join(said),
    )


def _write_odd(row: Row, company: Company | None) -> tuple[str, ...]:
    is_spread = row["test"] == "spread"
    value, usual, low, high = (
        write_number(row[name], 1) if is_spread else write_percent(row[name])
        for name in ("value", "expected", "low", "high")
    )
    name = str(row["scope_id"])
    if row["scope"] == "manager":
        name = company.name(name) if company else _("(not named)")
    return (
        _(ONE[str(row["scope"])], name=name),
        _(TESTS[str(row["test"])]),
        write_count(row["n"]),
        value,
        usual,
        _("{low} to {high}", low=low, high=high),
        write_p(row["q_value"]),
    )


def _say_power(patterns: Sequence[Row]) -> tuple[str, ...]:
    """What managers' shares would have needed to be found, and who is too few."""
    said = []
    own = [row for row in patterns if row["scope"] == "manager" and row["test"] == "inflation"]
    tested = [row for row in own if row["p_value"] is not None]
    if tested:
        known = sorted(row["detectable"] for row in tested if row["detectable"] is not None)
        said += _say_findable(known, len(tested))
    n_few = sum(row["verdict"] == "too_few" for row in own)
    if n_few:
        said.append(
            ngettext(
                "{n} manager has fewer than 5 people with a band: nothing is told of them.",
                "{n} managers have fewer than 5 people with a band: nothing is told of them.",
                n_few,
            )
        )
    n_small = sum(row["verdict"] == "significant_only" for row in patterns)
    if n_small:
        said.append(
            ngettext(
                "{n} more line is beyond chance and too small to matter.",
                "{n} more lines are beyond chance and too small to matter.",
                n_small,
            )
        )
    return (" ".join(said),) if said else ()


def _say_findable(known: Sequence[float], n_tested: int) -> list[str]:
    if not known:
        return [
            ngettext(
                "{n} manager has 5 people or more; not even everybody in favourable bands would "
                "be found: too few people.",
                "{n} managers have 5 people or more; not even everybody in favourable bands "
                "would be found: too few people.",
                n_tested,
            )
        ]
    said = [
        ngettext(
            "Of {total} managers with 5 people or more, {n} could be found by many people in "
            "favourable bands: at {share} of their people (median).",
            "Of {total} managers with 5 people or more, {n} could be found by many people in "
            "favourable bands: at {share} of their people (median).",
            len(known),
            total=n_tested,
            share=write_percent(known[len(known) // 2]),
        )
    ]
    if len(known) < n_tested:
        said.append(_("For the others not even everybody would be enough: too few people."))
    return said


def _say_moves(material: Material, moves: Sequence[Row], own: Sequence[Row]) -> tuple[str, ...]:
    guideline = material.cycle.guideline
    if guideline is None or guideline.mode == "none":
        return (_("There is no guideline, so no quota could move anybody."),)
    decided = [row for row in moves if not row["is_tied"]]
    labels = list(material.cycle.bands.labels)
    n_down = sum(labels.index(row["to_band"]) < labels.index(row["from_band"]) for row in decided)
    n_tied = len(moves) - len(decided)
    said = [
        _(IN_EVERY[guideline.scope], down=n_down, up=len(decided) - n_down),
    ]
    if n_tied:
        said.append(
            ngettext(
                "{n} person is tied with somebody on the other side: no score can decide about "
                "them.",
                "{n} people are tied with somebody on the other side: no score can decide about "
                "them.",
                n_tied,
            )
        )
    if own:
        odd = [row for row in own if row["q_value"] is not None and row["q_value"] <= 0.05]
        names = [f"{row['group']} ({say_code(row['attribute'])})" for row in odd]
        said.append(
            _(
                "More than chance, it would move down another share of {groups} than "
                "of the reference. A reason to look.",
                groups=join_words(names),
            )
            if names
            else _(
                "No group would be moved down at another rate by more than chance. The "
                "last column says what could have been found."
            )
        )
    where = _("Who: tables/quota. Intersections: audit/tables/quota_impact.")
    return (" ".join(said), where)


def _list_impact(own: Sequence[Row]) -> Table:
    rows = [
        (
            f"{say_code(row['attribute'])}: {row['group']} / {row['reference']}",
            write_count(row["n"]),
            write_count(row["n_down"]),
            _(
                "{before} to {after}",
                before=write_percent(row["rate_before"]),
                after=write_percent(row["rate_after"]),
            ),
            _(
                "{before} to {after}",
                before=write_number(row["ratio_before"], 2),
                after=write_number(row["ratio_after"], 2),
            ),
            write_p(row["p_value"]),
            write_p(row["p_clustered"]),
            write_p(row["q_value"]),
            write_number(row["detectable_ratio"], 1),
        )
        for row in own
    ]
    marked = [
        place
        for place, row in enumerate(own)
        if row["q_value"] is not None and row["q_value"] <= 0.05
    ]
    return build_table(say_columns(_QUOTA_HEADINGS), rows, about=_(QUOTA_CAPTION), marked=marked)
