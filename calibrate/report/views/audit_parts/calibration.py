"""What the calibration, the managers and the session did to gaps between groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from calibrate.language import N_, _, ngettext
from calibrate.report.document import Cell, Column, Content, Section, Table, build_table
from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.sections import write_section
from calibrate.report.words import (
    DASH,
    join_words,
    say_code,
    sign_number,
    write_count,
    write_number,
    write_percent,
)

TITLE = N_("What the calibration did to the gaps")
LEAD = N_(
    "Scores from few forms are drawn towards the average. A group with fewer "
    "forms a person then has fewer people at both ends, without any gap. So "
    "every stage is compared at the same share of people, and once more by "
    "probabilities, which do not have this fault."
)
STAGE_WORDS = {
    "raw": N_("Raw"),
    "adjusted": N_("Adjusted"),
    "calibrated": N_("Calibrated"),
    "calibrated_probability": N_("By probability"),
    "proposed": N_("Proposed"),
    "final": N_("Final"),
}
MEASURE_WORDS = {
    "favourable": N_(
        "Favourable share: ratio of group to reference when every score counts "
        "the same {share} of all people, with its 95% interval. Below 1: fewer "
        "of the group. Proposed and final bands keep their own share."
    ),
    "lowest_band": N_("Lowest band: the same for the lowest {share}. Above 1: more of the group."),
}
#: Lines of a table; all others are in the files.
MOST_LINES = 8
#: Forms a person that differ by this factor are worth a sentence.
UNEVEN = 1.25
#: Shares that differ by rounding alone.
SAME = 1e-9
IDLE = N_(
    "No severity was taken out of any score: all of a real gap is kept, and "
    "nothing of a gap that raters make is removed."
)
ORDINAL = N_(
    "Which share of a gap the ordinal model keeps depends on where on the "
    "scale it lies, and is not stated."
)
#: Groups that a sentence names.
MOST_NAMED = 4
#: Stage → what is said of its ratio of favourable shares beside that of raw scores.
CHANGES = {
    "calibrated": N_(
        "From raw to calibrated scores, at one share, the ratio of favourable shares changes for "
        "{groups}: in brackets the interval."
    ),
    "proposed": N_(
        "From raw scores to proposed bands, at one share, the ratio of favourable shares changes "
        "for {groups}: in brackets the interval."
    ),
    "final": N_(
        "From raw scores to final bands, at one share, the ratio of favourable shares changes for "
        "{groups}: in brackets the interval."
    ),
}
CHANGES_OF_MORE = {
    "calibrated": N_(
        "From raw to calibrated scores, at one share, the ratio of favourable shares changes for "
        "{groups}, and for {n} more: in brackets the interval."
    ),
    "proposed": N_(
        "From raw scores to proposed bands, at one share, the ratio of favourable shares changes "
        "for {groups}, and for {n} more: in brackets the interval."
    ),
    "final": N_(
        "From raw scores to final bands, at one share, the ratio of favourable shares changes for "
        "{groups}, and for {n} more: in brackets the interval."
    ),
}
NO_CHANGE = {
    "calibrated": N_(
        "From raw to calibrated scores, at one share, the ratio of favourable shares changes for "
        "no group by more than its 95% interval."
    ),
    "proposed": N_(
        "From raw scores to proposed bands, at one share, the ratio of favourable shares changes "
        "for no group by more than its 95% interval."
    ),
    "final": N_(
        "From raw scores to final bands, at one share, the ratio of favourable shares changes for "
        "no group by more than its 95% interval."
    ),
}


def build_calibration(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """Stages at equal shares, and shares of gaps kept and removed."""
    shares, sent = (
        [r for r in list_rows(audit.tables[name]) if is_single(r)] if name in audit.tables else []
        for name in ("equal_shares", "passthrough")
    )
    if _is_idle(sent):
        # Three times the same column would look like three opinions.
        shares = [r for r in shares if r["stage"] not in ("adjusted", "calibrated")]
    if not shares and not sent:
        return ()
    grids = tuple(
        _write_shares([r for r in shares if r["measure"] == measure], words)
        for measure, words in MEASURE_WORDS.items()
        if any(r["measure"] == measure for r in shares)
    )
    is_ordinal = material.cycle.effects.model == "ordinal"
    said = (*_say_forms(shares), *_say_changes(shares), *_say_fit(sent, is_ordinal=is_ordinal))
    more = (_("All lines are in audit/tables/equal_shares and audit/tables/passthrough."),)
    return (write_section(_(TITLE), _(LEAD), (*said, *more), grids, is_listed=True),)


def _is_idle(sent: list[Row]) -> bool:
    """Does the fit leave every score as it was?"""
    kept = [float(r["kept_real"]) for r in sent if r["kept_real"] is not None]
    made = [float(r["removed_rater_made"]) for r in sent if r["removed_rater_made"] is not None]
    return bool(kept) and all(abs(k - 1) < SAME for k in kept) and all(abs(m) < SAME for m in made)


def is_single(row: Row) -> bool:
    return "*" not in str(row["attribute"])


def _is_compared(row: Row) -> bool:
    return not row["suppressed"] and row["group"] != row["reference"]


def name_group(row: Row) -> str:
    return f"{say_code(str(row['attribute']))}: {row['group']}".replace("*", " × ")


def say_span(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    return _("{low} to {high}", low=write_number(low, 2), high=write_number(high, 2))


def _write_shares(rows: list[Row], words: str) -> Table:
    stages = [stage for stage in STAGE_WORDS if any(r["stage"] == stage for r in rows)]
    by_group: dict[tuple[str, str], dict[str, Row]] = {}
    for row in rows:
        if _is_compared(row):
            key = (str(row["attribute"]), str(row["group"]))
            by_group.setdefault(key, {})[str(row["stage"])] = row
    headings = [
        Column(_("Group / reference")),
        Column(_("People"), 16, "number"),
        Column(_("Forms each"), 14, "number"),
        *(Column(_(STAGE_WORDS[stage]), 22, "number") for stage in stages),
    ]
    chosen = sorted(by_group.values(), key=_strength, reverse=True)[:MOST_LINES]
    share = next((r["share"] for r in rows if r["stage"] == "raw"), None)
    caption = _(words, share=write_percent(share))
    lines = [_write_ratio_line(of_stage, stages) for of_stage in chosen]
    grid = build_table(headings, lines, about=caption)
    n_hidden = len({name_group(r) for r in rows if r["suppressed"]})
    if not n_hidden:
        return grid
    notice = ngettext("{n} group is withheld.", "{n} groups are withheld.", n_hidden)
    return replace(grid, notice=notice)


def _strength(of_stage: dict[str, Row]) -> float:
    return max(
        (abs(float(r["ratio"]) - 1) for r in of_stage.values() if r["ratio"] is not None),
        default=0.0,
    )


def _write_ratio_line(of_stage: dict[str, Row], stages: list[str]) -> tuple[Content, ...]:
    first = next(iter(of_stage.values()))
    raw = of_stage.get("raw", first)
    cells: list[Content] = []
    for stage in stages:
        row = of_stage.get(stage)
        if row is None or row["ratio"] is None:
            cells.append(DASH)
            continue
        span = say_span(row["ratio_low"], row["ratio_high"])
        cells.append(Cell(write_number(row["ratio"], 2), span))
    forms = write_number(raw["mean_forms"], 1)
    return (f"{name_group(raw)} / {raw['reference']}", write_count(raw["n"]), forms, *cells)


def _say_forms(rows: list[Row]) -> tuple[str, ...]:
    """Name the groups whose forms a person differ much from those of their reference."""
    raw = [r for r in rows if r["stage"] == "raw" and r["mean_forms"] is not None]
    mean = {(r["attribute"], r["group"]): float(r["mean_forms"]) for r in raw}
    said = []
    for row in raw:
        own = mean[row["attribute"], row["group"]]
        other = mean.get((row["attribute"], row["reference"]))
        if other and _is_compared(row) and not 1 / UNEVEN <= own / other <= UNEVEN:
            said.append(
                _(
                    "{name} {own} against {other} ({reference})",
                    name=name_group(row),
                    own=write_number(own, 1),
                    other=write_number(other, 1),
                    reference=row["reference"],
                )
            )
    said = list(dict.fromkeys(said))
    if said:
        return (
            _(
                "Scored forms a person differ: {groups}. Read the last two columns "
                "of scores together: what the calibrated score shows and the "
                "probabilities do not is made by the number of forms.",
                groups=join_words(said),
            ),
        )
    if not mean:
        return ()
    return (
        _(
            "Scored forms a person differ little between groups: {forms} on average.",
            forms=say_range(mean.values(), 1),
        ),
    )


def _say_changes(rows: list[Row]) -> tuple[str, ...]:
    """Name the groups whose ratio differs from that by raw score by more than its error."""
    said, is_told = [], False
    for stage in ("calibrated", "proposed", "final"):
        lines = [
            row
            for row in rows
            if row["stage"] == stage
            and row["measure"] == "favourable"
            and _is_compared(row)
            and row["change_low"] is not None
        ]
        if not lines:
            continue
        clear = [
            r for r in lines if round(r["change_low"], 2) > 0 or round(r["change_high"], 2) < 0
        ]
        said.append(_(NO_CHANGE[stage]) if not clear else _say_clear(stage, clear))
        is_told |= bool(clear)
    if is_told:
        said.append(_("One interval in twenty leaves out 0 by chance: these lines are not tested."))
    return tuple(said)


def _say_clear(stage: str, clear: list[Row]) -> str:
    """The largest changes, each with its interval in brackets."""
    rows = sorted(clear, key=lambda row: -abs(float(row["change"])))
    named = []
    for row in rows[:MOST_NAMED]:
        span = say_span(row["change_low"], row["change_high"])
        named.append(f"{name_group(row)} {say_signed(row['change'])} ({span})")
    groups = join_words(named)
    n_more = len(rows) - MOST_NAMED
    if n_more > 0:
        return _(CHANGES_OF_MORE[stage], groups=groups, n=n_more)
    return _(CHANGES[stage], groups=groups)


def say_range(values: Iterable[float], decimals: int) -> str:
    figures = sorted(values)
    low, high = write_number(figures[0], decimals), write_number(figures[-1], decimals)
    return low if low == high else _("{low} to {high}", low=low, high=high)


def _percents(rows: list[Row], score: str, column: str) -> str:
    values = [100 * float(r[column]) for r in rows if r["score"] == score and r[column] is not None]
    return _("{range}%", range=say_range(values, 0)) if values else ""


def _say_fit(sent: list[Row], *, is_ordinal: bool) -> tuple[str, ...]:
    if is_ordinal:
        return (_(ORDINAL),)
    return (_(IDLE),) if _is_idle(sent) else (*_say_kept(sent), *_say_removed(sent))


def _say_kept(rows: list[Row]) -> tuple[str, ...]:
    rows = [r for r in rows if _is_compared(r)]
    adjusted, calibrated = (_percents(rows, s, "kept_real") for s in ("adjusted", "calibrated"))
    if not adjusted or not calibrated:
        return ()
    return (
        _(
            "If a gap is real (every form about a group is lower by the same "
            "amount), adjusted scores keep {adjusted} of it and calibrated scores "
            "{calibrated}, depending on the group. Raters who are all stricter with "
            "one group leave the same trace: no calculation on these marks can tell "
            "the two apart.",
            adjusted=adjusted,
            calibrated=calibrated,
        ),
    )


def _say_removed(rows: list[Row]) -> tuple[str, ...]:
    rows = [r for r in rows if _is_compared(r)]
    adjusted, calibrated = (
        _percents(rows, s, "removed_rater_made") for s in ("adjusted", "calibrated")
    )
    if not adjusted or not calibrated:
        return (
            (_("Raters see nearly the same mix of groups: strict raters can hardly make a gap."),)
            if rows
            else ()
        )
    made = [float(r["rater_made_in_raw"]) for r in rows if r["rater_made_in_raw"] is not None]
    return (
        _(
            "If raters make a gap (each is the stricter, the more of the own forms "
            "are about a group), adjusted scores take out {adjusted} of it and "
            "calibrated scores {calibrated}. In raw scores it is {made} of the "
            "difference between a rater with that group alone and a rater with "
            "nobody of it.",
            adjusted=adjusted,
            calibrated=calibrated,
            made=say_range(made, 2),
        ),
    )


def say_signed(value: float | None) -> str:
    return DASH if value is None else sign_number(float(value), 2)
