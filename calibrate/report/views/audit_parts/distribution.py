"""Odd distributions beside chance, and whom a quota would move, by group."""

from __future__ import annotations

from collections.abc import Sequence

from calibrate.report.document import Column, Section, Table, build_table
from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.base import Company
from calibrate.report.views.sections import write_section
from calibrate.report.words import (
    DASH,
    count_of,
    join_words,
    say_code,
    write_count,
    write_number,
    write_p,
    write_percent,
)
from calibrate.session.patterns import SAME_PEOPLE

TITLE = "Distributions, and who a quota would move"
QUOTA_TITLE = "Before a quota: whom it would move"
QUOTA_LEAD = (
    "A guideline is not a quota: the engine moves nobody. This is what would happen if its shares "
    "were enforced, by score within each band."
)
LEAD = (
    "Every part of the company is set beside people at the same levels in the rest of it. Are "
    "more of its people in the middle, favourable or lowest bands, do more pairs have the same "
    "score, do scores lie closer together or further apart? The bands are those the meeting "
    "starts from. A team that is different looks the same as a yardstick that is different."
)
TESTS = {
    "guideline": "Guideline", "compression": "Middle", "inflation": "Favourable",
    "deflation": "Lowest", "ties": "Ties", "spread": "Spread",
}  # fmt: skip
SCOPES = {
    "company": "The company", "session": "Sessions", "department": "Departments", "site": "Sites",
    "level": "Levels", "manager": "Managers",
}  # fmt: skip
COUNT_CAPTION = (
    "How many stand out in each test, of those tested: 5% error over the scopes of one kind and "
    "test (Benjamini-Hochberg), and a bound that matters: 10 points of share, or a spread below "
    "0.80 or above 1.25 of the usual. The guideline has no further bound."
)
ODD_CAPTION = (
    "The strongest of those that stand out. Usual: people at the same levels elsewhere. By "
    "chance: where 95% of such scopes lie if nothing differs. Middle, favourable and lowest are "
    "shares of the people, ties of the pairs; spread is the standard deviation in points."
)
QUOTA_CAPTION = (
    "Favourable: share in the favourable bands, before to after. p and q are about being moved "
    "down; q is corrected over single attributes. Only people in a band that is too full can be "
    "moved down. Finds: the ratio of the shares moved down, nearest to 1, that would have been "
    "found in 8 of 10 cases. Moves up and ties are in the table."
)
#: Strongest lines that leave the section about a page.
MOST_ODD = 12
_COUNT_HEADINGS = (
    Column("Scope"), *(Column(words, 22, "number") for words in TESTS.values())
)  # fmt: skip
_ODD_HEADINGS = (
    Column("Scope"), Column("Test", 24), Column("People", 14, "number"),
    Column("Found", 14, "number"), Column("Usual", 14, "number"),
    Column("By chance", 26, "number"), Column("q", 14, "number"),
)  # fmt: skip
_QUOTA_HEADINGS = (
    Column("Group / reference"), Column("People", 14, "number"),
    Column("Moved down", 14, "number"), Column("Favourable", 26, "number"),
    Column("Ratio", 26, "number"), Column("p", 13, "number"),
    Column("p by manager", 16, "number"), Column("q", 13, "number"),
    Column("Finds", 12, "number"),
)  # fmt: skip


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
        write_section(TITLE, LEAD, _say_power(patterns), tuple(grids)),
        write_section(QUOTA_TITLE, QUOTA_LEAD, _say_moves(material, moves, own), impacts),
    )


def _count_odd(patterns: Sequence[Row]) -> Table:
    rows = []
    for scope, words in SCOPES.items():
        own = [row for row in patterns if row["scope"] == scope]
        if own:
            rows.append((words, *(_count_test(own, test) for test in TESTS)))
    return build_table(_COUNT_HEADINGS, rows, about=COUNT_CAPTION)


def _count_test(rows: Sequence[Row], test: str) -> str:
    tested = [row for row in rows if row["test"] == test and row["p_value"] is not None]
    if not tested:
        return DASH
    n_beyond = sum(row["verdict"] == "beyond" for row in tested)
    return f"{n_beyond:,} of {len(tested):,}"


def _list_odd(odd: Sequence[Row], company: Company | None) -> Table:
    caption = ODD_CAPTION
    if len(odd) > MOST_ODD:
        caption += f" {MOST_ODD} of {len(odd):,} lines; all are in tables/patterns."
    return build_table(
        _ODD_HEADINGS, [_write_odd(row, company) for row in odd[:MOST_ODD]], about=caption
    )


def _write_odd(row: Row, company: Company | None) -> tuple[str, ...]:
    is_spread = row["test"] == "spread"
    value, usual, low, high = (
        write_number(row[name], 1) if is_spread else write_percent(row[name])
        for name in ("value", "expected", "low", "high")
    )
    name = str(row["scope_id"])
    if row["scope"] == "manager":
        name = company.name(name) if company else "(not named)"
    return (
        f"{str(row['scope']).capitalize()} {name}", TESTS[str(row["test"])],
        write_count(row["n"]), value, usual, f"{low} to {high}", write_p(row["q_value"]),
    )  # fmt: skip


def _say_power(patterns: Sequence[Row]) -> tuple[str, ...]:
    """What managers' shares would have needed to be found, and who is too few."""
    said = []
    own = [row for row in patterns if row["scope"] == "manager" and row["test"] == "inflation"]
    tested = [row for row in own if row["p_value"] is not None]
    if tested:
        known = sorted(row["detectable"] for row in tested if row["detectable"] is not None)
        words = f"Of {count_of(len(tested), 'manager')} with 5 people or more, {len(known):,} "
        words += "could be found by many people in favourable bands"
        if known:
            words += f": at {write_percent(known[len(known) // 2])} of their people (median)"
        if len(known) < len(tested):
            words += ". For the others not even everybody would be enough: too few people"
        said.append(f"{words}.")
    n_few = sum(row["verdict"] == "too_few" for row in own)
    if n_few:
        manager = "manager has" if n_few == 1 else "managers have"
        said.append(
            f"{n_few:,} {manager} fewer than 5 people with a band: nothing is told of them."
        )
    n_small = sum(row["verdict"] == "significant_only" for row in patterns)
    if n_small:
        lines = "line is" if n_small == 1 else "lines are"
        said.append(f"{n_small:,} more {lines} beyond chance and too small to matter.")
    return (" ".join(said),) if said else ()


def _say_moves(material: Material, moves: Sequence[Row], own: Sequence[Row]) -> tuple[str, ...]:
    guideline = material.cycle.guideline
    if guideline is None or guideline.mode == "none":
        return ("There is no guideline, so no quota could move anybody.",)
    decided = [row for row in moves if not row["is_tied"]]
    labels = list(material.cycle.bands.labels)
    n_down = sum(labels.index(row["to_band"]) < labels.index(row["from_band"]) for row in decided)
    n_tied = len(moves) - len(decided)
    said = [
        f"Were the guideline a quota in every {guideline.scope}, it would move "
        f"{count_of(n_down, 'person', 'people')} down and {len(decided) - n_down:,} up."
    ]
    if n_tied:
        said.append(
            f"{count_of(n_tied, 'person is', 'people are')} tied with somebody on the other side: "
            "no score can decide about them."
        )
    if own:
        odd = [row for row in own if row["q_value"] is not None and row["q_value"] <= 0.05]
        names = [f"{row['group']} ({say_code(row['attribute'])})" for row in odd]
        said.append(
            f"More than chance, it would move down another share of {join_words(names)} than of "
            "the reference. A reason to look."
            if names
            else "No group would be moved down at another rate by more than chance. The last "
            "column says what could have been found."
        )
    where = "Who: tables/quota. Intersections: audit/tables/quota_impact."
    return (" ".join(said), where)


def _list_impact(own: Sequence[Row]) -> Table:
    rows = [
        (
            f"{say_code(row['attribute'])}: {row['group']} / {row['reference']}",
            write_count(row["n"]), write_count(row["n_down"]),
            f"{write_percent(row['rate_before'])} to {write_percent(row['rate_after'])}",
            f"{write_number(row['ratio_before'], 2)} to {write_number(row['ratio_after'], 2)}",
            write_p(row["p_value"]), write_p(row["p_clustered"]), write_p(row["q_value"]),
            write_number(row["detectable_ratio"], 1),
        )
        for row in own
    ]  # fmt: skip
    marked = [
        place
        for place, row in enumerate(own)
        if row["q_value"] is not None and row["q_value"] <= 0.05
    ]
    return build_table(_QUOTA_HEADINGS, rows, about=QUOTA_CAPTION, marked=marked)
