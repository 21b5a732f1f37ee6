"""Check-ins, feedback, recognition and rewards by group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from calibrate.audit.practice import PLAIN, REWARDS
from calibrate.language import N_, _, ngettext
from calibrate.report.document import Cell, Column, Content, Section, Table, build_table
from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.audit_parts.places import head_people, head_q, say_people, say_who
from calibrate.report.views.sections import write_section
from calibrate.report.words import (
    DASH,
    say_stage,
    say_verdict,
    sign_number,
    write_number,
    write_p,
    write_percent,
)

TITLE = N_("Check-ins, feedback and rewards")
LEAD = N_(
    "What people got beside a rating, each group beside its reference. All lines "
    "are one exploratory family: a reason to look; no verdict on bands "
    "rests on them. Attributes stand one at a time; crossed ones are not compared here."
)
MEASURE_WORDS = {
    "checkin_share": N_("Had a check-in"),
    "checkins_per_month": N_("Check-ins a month"),
    "feedback_share": N_("Given feedback"),
    "recognised_share": N_("Given recognition or praise"),
    "promoted_share": N_("Promoted"),
    "merit_percent": N_("Merit, % of salary"),
    "bonus_percent": N_("Bonus, % of salary"),
}
#: Means; all else is a share.
MEANS = ("checkins_per_month", "merit_percent", "bonus_percent")
#: Lines of a table; the others stand in the file.
MOST_LINES = 8


def build_practice(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """What was given to whom: the clearest lines, and rewards within the same band."""
    rows = list_rows(audit.tables["practice"]) if "practice" in audit.tables else []
    if not rows:
        return ()
    known = [row for row in rows if not row["suppressed"]]
    if not known:
        nothing = _("Every line has too few people on one side: nothing is told.")
        return (write_section(_(TITLE), _(LEAD), (nothing,)),)
    within = {_key(row): row for row in known if row["stage"] != PLAIN}
    plain = [row for row in known if row["stage"] == PLAIN]
    talks = [row for row in plain if row["dimension"] not in REWARDS]
    rewards = [row for row in plain if row["dimension"] in REWARDS]
    grids = []
    if talks:
        grids.append(_list_talks(talks))
    if rewards:
        grids.append(_list_rewards(rewards, within))
    return (write_section(_(TITLE), _(LEAD), _say(known, rewards, within), tuple(grids)),)


def _key(row: Row) -> tuple[str, str, str]:
    return str(row["measure"]), str(row["attribute"]), str(row["group"])


def _say(
    known: list[Row], rewards: list[Row], within: dict[tuple[str, str, str], Row]
) -> tuple[str, ...]:
    tested = [row for row in known if row["q_value"] is not None]
    if not tested:
        return (_("No line could be tested: nobody differs, or there is nothing to divide by."),)
    said = [
        ngettext(
            "{n} comparison in this family; beyond chance and of size: {found}.",
            "{n} comparisons in this family; beyond chance and of size: {found}.",
            len(tested), found=sum(row["verdict"] == "beyond" for row in tested),
        )
    ]  # fmt: skip
    odd = [row for row in rewards if row["verdict"] == "beyond"]
    if odd:
        left = [row for row in odd if _stands(within.get(_key(row)))]
        said.append(
            _(
                "Gaps in rewards that stand out as a whole: {n}; those of them that stand out "
                "with the same band: {left}.",
                n=len(odd), left=len(left),
            )
        )  # fmt: skip
    if rewards:
        said.append(
            _(
                "A reward that follows the bands carries their gaps along: with the same band "
                "the difference is then near nothing. What is left there does not come from "
                "the bands."
            )
        )
    said.append(_("All lines are in audit/tables/practice."))
    return tuple(said)


def _stands(row: Row | None) -> bool:
    return row is not None and row["verdict"] == "beyond"


def _choose(rows: Iterable[Row], within: dict[tuple[str, str, str], Row]) -> list[Row]:
    """The lines of smallest q, plain or within bands, in the order of the measures."""

    def rank(row: Row) -> tuple[float, float]:
        both = (row, within.get(_key(row), row))
        told = [
            (float(r["q_value"]), float(r["p_value"])) for r in both if r["q_value"] is not None
        ]
        return min(told, default=(2.0, 2.0))

    listed = list(rows)
    kept = sorted(listed, key=lambda row: (rank(row), _key(row)))[:MOST_LINES]
    order = list(MEASURE_WORDS)
    return sorted(kept, key=lambda row: (order.index(str(row["measure"])), *_key(row)[1:]))


def _list_talks(talks: Sequence[Row]) -> Table:
    chosen = _choose(talks, {})
    headings = (
        Column(_("What, and group / reference")), head_people(), _head_found(),
        Column(_("Difference"), 26, "number"), Column(_("Finds"), 13, "number"), head_q(),
        Column(_("Verdict"), 26),
    )  # fmt: skip
    lines = [
        (
            _name(row), say_people(row), _say_found(row), _span(row),
            _say_rate(row, "detectable_difference"), write_p(row["q_value"]),
            say_verdict(str(row["verdict"])),
        )
        for row in chosen
    ]  # fmt: skip
    about = _(
        "Shares in %, differences of shares in percentage points, check-ins a month as they "
        "are; 95% interval below. Check-ins are those of people with a manager who were there "
        "for a month or more. Finds: the difference that this line alone would have found with "
        "80% power."
    )
    return build_table(
        headings, lines, opening=_("Check-ins, feedback and recognition."), about=about,
        marked=_mark(chosen, {}), notice=_say_cut(chosen, talks),
    )  # fmt: skip


def _list_rewards(rewards: Sequence[Row], within: dict[tuple[str, str, str], Row]) -> Table:
    chosen = _choose(rewards, within)
    headings = (
        Column(_("What, and group / reference")), head_people(), _head_found(),
        Column(_("Difference"), 26, "number"), head_q(),
        Column(_("With the same band"), 26, "number"), Column(_("Finds"), 13, "number"), head_q(),
    )  # fmt: skip
    lines = [_write_reward(row, within.get(_key(row))) for row in chosen]
    stages = sorted({str(row["stage"]) for row in within.values()})
    about = _(
        "Difference: as a whole, then between people who have the same band ({stage}), band by "
        "band. Rewards in percent of salary, promotions in percentage points. Finds: the "
        "difference that would have been found with 80% power with the same band.",
        stage=say_stage(stages[0]) if stages else DASH,
    )
    return build_table(
        headings, lines, opening=_("Rewards."), about=about, marked=_mark(chosen, within),
        notice=_say_cut(chosen, rewards),
    )  # fmt: skip


def _write_reward(row: Row, inside: Row | None) -> tuple[Content, ...]:
    beside: tuple[Content, ...] = (DASH, DASH, DASH)
    if inside is not None:
        finds = _say_rate(inside, "detectable_difference")
        beside = (_span(inside), finds, write_p(inside["q_value"]))
    return (
        _name(row), say_people(row), _say_found(row), _span(row),
        write_p(row["q_value"]), *beside,
    )  # fmt: skip


def _head_found() -> Column:
    return Column(_("Found"), 22, "number")


def _name(row: Row) -> Cell:
    return Cell(_(MEASURE_WORDS[str(row["measure"])]), say_who(row))


def _say_found(row: Row) -> str:
    return f"{_say_rate(row, 'rate')} / {_say_rate(row, 'rate_reference')}"


def _mark(chosen: Sequence[Row], within: dict[tuple[str, str, str], Row]) -> list[int]:
    return [
        at for at, row in enumerate(chosen)
        if row["verdict"] == "beyond" or _stands(within.get(_key(row)))
    ]  # fmt: skip


def _say_cut(chosen: Sequence[Row], rows: Sequence[Row]) -> str:
    if len(chosen) == len(rows):
        return ""
    return _("The {n} lines of smallest q, of {total}.", n=len(chosen), total=len(rows))


def _say_rate(row: Row, name: str) -> str:
    value = row[name]
    if value is None:
        return DASH
    return write_number(value, 1) if row["measure"] in MEANS else write_percent(value)


def _span(row: Row) -> Content:
    if row["difference"] is None:
        return DASH
    scale = 1 if row["measure"] in MEANS else 100
    gap = sign_number(scale * row["difference"], 1)
    if row["low"] is None or row["high"] is None:
        return gap
    low, high = (sign_number(scale * row[name], 1) for name in ("low", "high"))
    return Cell(gap, _("{low} to {high}", low=low, high=high))
