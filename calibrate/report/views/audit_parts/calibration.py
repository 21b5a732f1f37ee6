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
    write_p,
    write_percent,
)

TITLE = N_("What the calibration did to the gaps")
LEAD = N_(
    "Scores from few forms are drawn towards the average. A group with fewer "
    "forms a person then has fewer people at both ends, without any gap. So "
    "every stage is compared at the same share of people, and once more by "
    "probabilities, which do not have this fault."
)
MOVES_TITLE = N_("Who was moved between the stages")
MOVES_LEAD = N_(
    "Each group's moves beside those of its reference. The p-value deals the "
    "groups out anew among the people of each manager. All rows are one "
    "exploratory family: a reason to look, no verdict."
)
STAGE_WORDS = {
    "raw": "Raw",
    "adjusted": "Adjusted",
    "calibrated": "Calibrated",
    "calibrated_probability": N_("By probability"),
    "proposed": "Proposed",
    "final": "Final",
}
MEASURE_WORDS = {
    "favourable": N_(
        "Favourable share: ratio of group to reference when every score counts "
        "the same {share} of all people, with its 95% interval. Below 1: fewer "
        "of the group. Proposed and final bands keep their own share."
    ),
    "lowest_band": N_("Lowest band: the same for the lowest {share}. Above 1: more of the group."),
}
PAIR_WORDS = {
    ("raw", "suggested"): N_("From raw to suggested bands: what the adjustment would do."),
    ("raw", "proposed"): N_("From raw to proposed bands: what managers did."),
    ("proposed", "final"): N_("From proposed to final bands: what the session did."),
}
#: Lines of a table; all others are in the files.
MOST_LINES, MOST_MOVES = 8, 5
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


def build_calibration(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """Stages at equal shares, shares of gaps kept and removed, and moves between stages."""
    shares, sent, moves = (
        list_rows(audit.tables[name]) if name in audit.tables else []
        for name in ("equal_shares", "passthrough", "moves")
    )
    shares, sent = [r for r in shares if _is_single(r)], [r for r in sent if _is_single(r)]
    if _is_idle(sent):
        # Three times the same column would look like three opinions.
        shares = [r for r in shares if r["stage"] not in ("adjusted", "calibrated")]
    sections = []
    if shares or sent:
        grids = tuple(
            _write_shares([r for r in shares if r["measure"] == measure], words)
            for measure, words in MEASURE_WORDS.items()
            if any(r["measure"] == measure for r in shares)
        )
        is_ordinal = material.cycle.effects.model == "ordinal"
        said = (*_say_forms(shares), *_say_changes(shares), *_say_fit(sent, is_ordinal=is_ordinal))
        more = (_("All lines are in audit/tables/equal_shares and audit/tables/passthrough."),)
        sections.append(write_section(_(TITLE), _(LEAD), (*said, *more), grids, is_listed=True))
    if moves:
        sections.append(
            write_section(_(MOVES_TITLE), _(MOVES_LEAD), _say_moves(moves), _write_moves(moves))
        )
    return tuple(sections)


def _is_idle(sent: list[Row]) -> bool:
    """Does the fit leave every score as it was?"""
    kept = [float(r["kept_real"]) for r in sent if r["kept_real"] is not None]
    made = [float(r["removed_rater_made"]) for r in sent if r["removed_rater_made"] is not None]
    return bool(kept) and all(abs(k - 1) < SAME for k in kept) and all(abs(m) < SAME for m in made)


def _is_single(row: Row) -> bool:
    return "*" not in str(row["attribute"])


def _is_compared(row: Row) -> bool:
    return not row["suppressed"] and row["group"] != row["reference"]


def _name(row: Row) -> str:
    return f"{say_code(str(row['attribute']))}: {row['group']}".replace("*", " × ")


def _span(low: float | None, high: float | None) -> str:
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
        Column(_("People"), 14, "number"),
        Column(_("Forms each"), 14, "number"),
        *(Column(STAGE_WORDS[stage], 22, "number") for stage in stages),
    ]
    chosen = sorted(by_group.values(), key=_strength, reverse=True)[:MOST_LINES]
    share = next((r["share"] for r in rows if r["stage"] == "raw"), None)
    caption = words.format(share=write_percent(share))
    lines = [_write_ratio_line(of_stage, stages) for of_stage in chosen]
    grid = build_table(headings, lines, about=caption)
    n_hidden = len({_name(r) for r in rows if r["suppressed"]})
    if not n_hidden:
        return grid
    groups = ngettext("{n} group", "{n} groups", n_hidden)
    return replace(grid, notice=f"Withheld: {groups}.")


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
        span = _span(row["ratio_low"], row["ratio_high"])
        cells.append(Cell(write_number(row["ratio"], 2), span))
    forms = write_number(raw["mean_forms"], 1)
    return (f"{_name(raw)} / {raw['reference']}", write_count(raw["n"]), forms, *cells)


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
                    name=_name(row),
                    own=write_number(own, 1),
                    other=write_number(other, 1),
                    reference=row["reference"],
                )
            )
    said = list(dict.fromkeys(said))
    if said:
        return (
            _(
                "Scored forms a person differ: {join_words}. Read the last two columns "
                "of scores together: what the calibrated score shows and the "
                "probabilities do not is made by the number of forms.",
                join_words=join_words(said),
            ),
        )
    if not mean:
        return ()
    return (
        _(
            "Scored forms a person differ little between groups: {range} on average.",
            range=_range(mean.values(), 1),
        ),
    )


def _say_changes(rows: list[Row]) -> tuple[str, ...]:
    """Name the groups whose ratio differs from that by raw score by more than its error."""
    said = []
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
        named = [
            f"{_name(r)} {_signed(r['change'])} ({_span(r['change_low'], r['change_high'])})"
            for r in sorted(clear, key=lambda r: -abs(float(r["change"])))[:MOST_NAMED]
        ]
        words = _("From raw to {stage}, at one share, the ratio of favourable shares", stage=stage)
        if named:
            more = (
                _(", and of {value} more", value=len(clear) - MOST_NAMED)
                if len(clear) > MOST_NAMED
                else ""
            )
            said.append(
                _(
                    "{words} changes for {join_words}{more}: in brackets the interval.",
                    words=words,
                    join_words=join_words(named),
                    more=more,
                )
            )
        else:
            said.append(
                _("{words} changes for no group by more than its 95% interval.", words=words)
            )
    if any("in brackets" in sentence for sentence in said):
        said.append(_("One interval in twenty leaves out 0 by chance: these lines are not tested."))
    return tuple(said)


def _range(values: Iterable[float], decimals: int) -> str:
    figures = sorted(values)
    low, high = write_number(figures[0], decimals), write_number(figures[-1], decimals)
    return low if low == high else _("{low} to {high}", low=low, high=high)


def _percents(rows: list[Row], score: str, column: str) -> str:
    values = [100 * float(r[column]) for r in rows if r["score"] == score and r[column] is not None]
    return f"{_range(values, 0)}%" if values else ""


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
            "calibrated scores {calibrated}. In raw scores it is {range} of the "
            "difference between a rater with that group alone and a rater with "
            "nobody of it.",
            adjusted=adjusted,
            calibrated=calibrated,
            range=_range(made, 2),
        ),
    )


def _say_moves(rows: list[Row]) -> tuple[str, ...]:
    tested = [r for r in rows if r["q_value"] is not None]
    if not tested:
        return (_("No group could be tested: too few people, or nobody was moved otherwise."),)
    found = sum(_stands_out(r) for r in tested)
    single = [
        float(r["detectable_difference"])
        for r in tested
        if _is_single(r) and r["detectable_difference"] is not None
    ]
    said = _(
        "{ngt} in this family, {found} of them with q of 0.05 or less.",
        ngt=ngettext("{n} comparison", "{n} comparisons", len(tested)),
        found=found,
    )
    could = (
        _(
            " With 80% power a difference of {range} bands would have been found, "
            "depending on the size of the group.",
            range=_range(single, 2),
        )
        if single
        else ""
    )
    where = _(
        "“Same band” compares people who started in the same band: whoever "
        "starts at the top can only go down. Below are the lines of smallest q: "
        "single attributes, and intersections that stand out. All are in "
        "audit/tables/moves."
    )
    return (said + could, where)


def _write_moves(rows: list[Row]) -> tuple[Table, ...]:
    """One table for each pair of stages: single attributes, and intersections that stand out."""
    headings = (
        Column(_("Group / reference")),
        Column(_("People"), 14, "number"),
        Column(_("Up"), 12, "number"),
        Column(_("Down"), 12, "number"),
        Column(_("Difference, bands"), 26, "number"),
        Column(_("Same band"), 16, "number"),
        Column(_("p"), 14, "number"),
        Column(_("p by manager"), 18, "number"),
        Column(_("q"), 14, "number"),
    )
    grids = []
    for stages, caption in PAIR_WORDS.items():
        chosen = [
            row
            for row in rows
            if (row["from_stage"], row["to_stage"]) == stages
            and row["q_value"] is not None
            and (_is_single(row) or _stands_out(row))
        ]
        chosen.sort(key=lambda r: (float(r["q_value"]), -abs(float(r["difference"] or 0.0))))
        chosen = chosen[:MOST_MOVES]
        marked = [at for at, row in enumerate(chosen) if _stands_out(row)]
        if chosen:
            grids.append(
                build_table(
                    headings, [_write_move(r) for r in chosen], about=caption, marked=marked
                )
            )
    return tuple(grids)


def _stands_out(row: Row) -> bool:
    return row["q_value"] is not None and float(row["q_value"]) <= 0.05


def _write_move(row: Row) -> tuple[Content, ...]:
    difference = _signed(row["difference"])
    return (
        f"{_name(row)} / {str(row['reference']).replace('*', ' × ')}",
        write_count(row["n"]),
        write_count(row["n_up"]),
        write_count(row["n_down"]),
        Cell(difference, _span(row["low"], row["high"])),
        _signed(row["difference_same_band"]),
        write_p(row["p_value"]),
        write_p(row["p_clustered"]),
        write_p(row["q_value"]),
    )


def _signed(value: float | None) -> str:
    return DASH if value is None else sign_number(float(value), 2)
