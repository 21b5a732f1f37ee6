"""Which raters of a session can be compared, and who would have to mark whom."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from calibrate.language import _, ngettext
from calibrate.report.charts import Drawing
from calibrate.report.material import Row
from calibrate.report.network_chart import draw_network
from calibrate.report.views.base import Company
from calibrate.report.words import join_words, write_number

#: Pairs shown; the plan holds all of them.
MOST_PAIRS = 12
#: A drawing of more raters is a knot.
MOST_DRAWN = 40
MOST_NAMED = 12


@dataclass(frozen=True)
class PairRow:
    """One mark that would help."""

    rater: str
    rater_line: str
    person: str
    person_line: str
    why: str
    gives: str


@dataclass(frozen=True)
class Network:
    """Sentences first; rows and drawing only where marks are missing."""

    sentences: tuple[str, ...]
    fragile: tuple[str, ...]
    rows: tuple[PairRow, ...]
    notice: str
    chart: Drawing | None
    caption: str


def build_network(company: Company, scores: Sequence[Row]) -> Network:
    """Look at the raters of everybody in a session."""
    desk = company.material.desk
    people = [str(row["employee_id"]) for row in scores]
    forms = [f for f in desk.find_rows("forms", "employee_id", people) if f.get("scored")]
    ids = sorted({str(form["rater_id"]) for form in forms})
    raters = desk.find_rows("raters", "rater_id", ids)
    if company.material.cycle.effects.model == "none" or not raters:
        return Network((), (), (), "", None, "")
    here = desk.find_rows("links", "session", sorted({str(row["session"]) for row in scores}))
    by_order = {
        int(row["order"]): row for row in [*here, *desk.find_rows("links", "rater_id", ids)]
    }
    links = [by_order[order] for order in sorted(by_order)]
    chart, caption = _draw(company, raters, forms, links)
    shown = links[:MOST_PAIRS]
    notice = ""
    if len(links) > len(shown):
        notice = _(
            "The first {n} of {total} for this session; tables/links has all.",
            n=len(shown), total=len(links),
        )  # fmt: skip
    return Network(
        sentences=(*_say_today(company, raters), *_say_plan(company, links)),
        fragile=_say_fragile(company, ids),
        rows=tuple(_build_row(company, link) for link in shown),
        notice=notice,
        chart=chart,
        caption=caption,
    )


def say_own_sheet(company: Company, rater_id: str) -> str:
    """Tell a rater who cannot be compared what would help; empty if nothing is planned."""
    asked = company.material.desk.find_rows("links", "rater_id", [rater_id])
    if not asked:
        return ""
    return ngettext(
        "What would help: your marks on {n} person of other teams. HR can send you a short sheet "
        "for it before the session; it shows nobody else's marks.",
        "What would help: your marks on {n} people of other teams. HR can send you a short sheet "
        "for it before the session; it shows nobody else's marks.",
        len({str(row["employee_id"]) for row in asked}),
    )


def _is_known(rater: Row) -> bool:
    return rater.get("severity") is not None


def _say_today(company: Company, raters: Sequence[Row]) -> tuple[str, ...]:
    unknown = [r for r in raters if not _is_known(r)]
    if not unknown:
        return _say_all_known(raters)
    names = [company.name(str(r["rater_id"])) for r in unknown[:MOST_NAMED]]
    if len(unknown) > MOST_NAMED:
        names.append(_("{n} more", n=len(unknown) - MOST_NAMED))
    return (
        _say_unknown(len(unknown), len(raters)),
        _("Not comparable: {names}.", names=join_words(names)),
    )


def _say_all_known(raters: Sequence[Row]) -> tuple[str, ...]:
    parts = {r.get("component") for r in raters}
    if len(parts) > 1:
        return (
            _(
                "The {n} raters of this session form {parts} groups that share nobody. Compare "
                "people within a group only.",
                n=len(raters), parts=len(parts),
            ),
        )  # fmt: skip
    if len(raters) == 1:
        return (_("The only rater of this session can be compared with others."),)
    return (
        _(
            "All {n} raters of this session can be compared with each other. Nothing needs doing.",
            n=len(raters),
        ),
    )


def _say_unknown(n: int, n_all: int) -> str:
    if n_all == 1:
        return _(
            "The only rater of this session cannot be compared with others: too few others marked "
            "the same people."
        )
    if n == n_all:
        return _(
            "None of the {n} raters of this session can be compared with others: too few others "
            "marked the same people.",
            n=n,
        )
    return _(
        "{n} of the {total} raters of this session cannot be compared with others: too few others "
        "marked the same people.",
        n=n, total=n_all,
    )  # fmt: skip


def _say_plan(company: Company, links: Sequence[Row]) -> tuple[str, ...]:
    if not links:
        return ()
    table = company.material.tables["links"]
    last = table.iloc[-1]
    return (
        _(
            "These forms would change that, the most useful first. The command calibrate link "
            "writes a blind sheet for each rater."
        ),
        ngettext(
            "Whole company: with {n} form, {linked} of {rated} people are comparable, link "
            "strength {strength} of 1.",
            "Whole company: with {n} forms, {linked} of {rated} people are comparable, link "
            "strength {strength} of 1.",
            len(table),
            linked=int(last["people_linked_after"]),
            rated=int(company.material.readiness["n_rated"]),
            strength=write_number(float(last["link_strength_after"]), 2),
        ),
    )


def _say_fragile(company: Company, raters: Sequence[str]) -> tuple[str, ...]:
    """Findings on raters on whom the comparison hangs, with names for ids."""
    rows = company.material.desk.find_rows("findings", "scope_id", raters)
    said = []
    for row in sorted(rows, key=lambda row: str(row["finding_id"])):
        if row["kind"] == "network" and row["scope"] == "rater":
            rater = str(row["scope_id"])
            whole_id = rf"(?<!\w){re.escape(rater)}(?!\w)"
            name = company.name(rater).replace("\\", r"\\")
            named = re.sub(whole_id, name, str(row["headline"]))
            said.append(f"{named}.")
    return tuple(said)


def _build_row(company: Company, link: Row) -> PairRow:
    rater, person, gain = str(link["rater_id"]), str(link["employee_id"]), int(link["gain"] or 0)
    return PairRow(
        rater=company.name(rater),
        rater_line=company.describe(rater),
        person=company.name(person),
        person_line=company.describe(person),
        why=str(link["why"]),
        gives=_("{n} more comparable", n=gain) if gain else _("a firmer link"),
    )


def _draw(
    company: Company, raters: Sequence[Row], forms: Sequence[Row], links: Sequence[Row]
) -> tuple[Drawing | None, str]:
    """Draw the raters of the session, and those whom its first forms bring in."""
    if not links or len(raters) > MOST_DRAWN:
        return None, ""
    order = sorted(raters, key=lambda r: (r.get("component") or 0, str(r["rater_id"])))
    place = {str(rater["rater_id"]): n for n, rater in enumerate(order)}
    marked: dict[str, list[int]] = {}
    for form in forms:
        marked.setdefault(str(form["employee_id"]), []).append(place[str(form["rater_id"])])
    shared = {(a, b) for who in marked.values() for a in who for b in who if a < b}
    planned = set()
    for link in links:
        giver = place.get(str(link["rater_id"]))
        for other in marked.get(str(link["employee_id"]), ()):
            if giver is not None and giver != other:
                planned.add((min(giver, other), max(giver, other)))
    known = [_is_known(rater) for rater in order]
    pairs = len(planned - shared)
    label = _(
        "{raters}, {known} comparable; {pairs} joined by the forms below",
        raters=ngettext("{n} rater", "{n} raters", len(order)), known=sum(known),
        pairs=ngettext("{n} pair", "{n} pairs", pairs),
    )  # fmt: skip
    chart = draw_network(is_known=known, shared=shared, planned=planned - shared, label=label)
    caption = _(
        "Each dot is a rater of this session: filled if comparable. Plain line: both marked the "
        "same people. Dashed line: the forms of the plan would join them."
    )
    return chart, caption
