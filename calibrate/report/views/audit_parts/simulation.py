"""What this audit would have found: simulated false alarms and planted gaps."""

from __future__ import annotations

from calibrate.language import N_, _, ngettext
from calibrate.report.document import Column, Section, Table, build_table
from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.sections import write_section
from calibrate.report.words import (
    join_words,
    say_code,
    write_count,
    write_number,
    write_percent,
)

TITLE = N_("What this audit would have found")
LEAD = N_(
    "The primary comparisons were repeated on these very people, managers "
    "and bands, by the rule of this audit, in worlds whose answer is known. "
    "First without any gap: groups were dealt out anew, so that they know "
    "nothing of bands. Then with one planted gap."
)
CAPTION = N_(
    "How often a planted gap was found. 0.70 means: of ten people of the "
    "group who would be in the favourable bands, seven stay there. Found "
    "means: the primary family reads 'beyond' for it."
)
MEANING = {
    "people": N_("groups dealt out person by person"),
    "teams": N_(
        "whole teams exchanging their groups, so that people of one group go on "
        "sitting together under one manager"
    ),
}
#: Share of planted gaps that counts as found.
POWER = 0.80
#: Groups that a sentence names.
MOST_NAMED = 6


def build_simulation(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """False alarms in sentences, the power of each group in a table."""
    rows = list_rows(audit.tables["simulation"]) if "simulation" in audit.tables else []
    if not rows:
        return ()
    alarms = [row for row in rows if row["kind"] == "false_alarm"]
    power = [row for row in rows if row["kind"] == "power"]
    shown = [row for row in power if not row["suppressed"]]
    sentences = (*(_say_alarms(row) for row in alarms), *_say_power(shown))
    more = (
        _(
            "A ratio of 0.80 is the practical bound itself: chance decides whether "
            "such a gap reads 'beyond', and smaller gaps seldom do. The command "
            "'calibrate simulate' repeats this with more draws."
        ),
    )
    grids = (_write_power(power),) if shown else ()
    return (write_section(_(TITLE), _(LEAD), (*sentences, *more), grids, is_listed=True),)


def _say_alarms(row: Row) -> str:
    return ngettext(
        "Without any gap, {meaning}: {n} of {total} audits had a primary 'beyond' "
        "({share}; 95% interval {low} to {high}). The aim is 5% at most.",
        "Without any gap, {meaning}: {n} of {total} audits had a primary 'beyond' "
        "({share}; 95% interval {low} to {high}). The aim is 5% at most.",
        int(row["n_found"]),
        total=int(row["n_simulations"]),
        meaning=_(MEANING[str(row["moved"])]),
        share=_percent(row["share"]),
        low=_percent(row["low"]),
        high=_percent(row["high"]),
    )


def _percent(share: float) -> str:
    return _("{n}%", n=write_number(100 * share, 1))


def _name(row: Row) -> str:
    return f"{say_code(str(row['attribute']))}: {row['group']}"


def _say_power(rows: list[Row]) -> list[str]:
    """Name the groups whose gap of three tenths, and of one half, would be missed too often."""
    said = []
    for ratio in (0.7, 0.5):
        missed = [_name(r) for r in rows if r["ratio"] == ratio and r["share"] < POWER]
        n = sum(r["ratio"] == ratio for r in rows)
        if not missed:
            said.append(
                _(
                    "A ratio of {ratio} would have been found in at least 8 of 10 cases in "
                    "every group shown.",
                    ratio=write_number(ratio, 2),
                )
            )
            return said
        said.append(_say_missed(write_number(ratio, 2), missed, n))
    return said


def _say_missed(ratio: str, missed: list[str], n_groups: int) -> str:
    if len(missed) == n_groups:
        return _(
            "A ratio of {ratio} would have been missed in more than 2 of 10 cases for every group.",
            ratio=ratio,
        )
    if len(missed) > MOST_NAMED:
        return _(
            "A ratio of {ratio} would have been missed in more than 2 of 10 cases for {n} of "
            "{total} groups.",
            ratio=ratio, n=len(missed), total=n_groups,
        )  # fmt: skip
    return _(
        "A ratio of {ratio} would have been missed in more than 2 of 10 cases for {n} of {total} "
        "groups: {groups}.",
        ratio=ratio, n=len(missed), total=n_groups, groups=join_words(missed),
    )  # fmt: skip


def _write_power(rows: list[Row]) -> Table:
    ratios = sorted({r["ratio"] for r in rows}, reverse=True)
    headings = [
        Column(_("Group")), Column(_("People"), 18, "number"),
        *(Column(write_number(ratio, 2), 18, "number") for ratio in ratios),
    ]  # fmt: skip
    lines: dict[str, dict[float, Row]] = {}
    hidden = []
    for row in rows:
        if row["suppressed"]:
            hidden.append(_name(row))
        else:
            lines.setdefault(_name(row), {})[row["ratio"]] = row
    body = [
        (name, write_count(of[ratios[0]]["n"]), *(write_percent(of[r]["share"]) for r in ratios))
        for name, of in lines.items()
    ]
    n = next(row["n_simulations"] for row in rows if not row["suppressed"])
    known = ngettext(
        "{n} simulated audit each: a share is known to within about {points} points. "
        "Groups that are too small: {n_hidden}.",
        "{n} simulated audits each: a share is known to within about {points} points. "
        "Groups that are too small: {n_hidden}.",
        int(n),
        points=write_number(100 / n**0.5, 0),
        n_hidden=len(set(hidden)),
    )
    return build_table(headings, body, about=f"{_(CAPTION)} {known}")
