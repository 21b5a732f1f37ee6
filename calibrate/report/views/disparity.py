"""Rates and ratios by group, as strips, as tables and as the power behind them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from calibrate.report.charts import draw_ratio
from calibrate.report.material import Row
from calibrate.report.views.base import cap_rows
from calibrate.report.words import (
    DASH,
    VERDICT_WORDS,
    count_of,
    say_code,
    say_measure,
    sign_number,
    write_count,
    write_number,
    write_p,
    write_percent,
)


@dataclass(frozen=True)
class ForestRow:
    """One group of a primary comparison."""

    group: str
    n: str
    rate: str
    ratio: str
    chart: Markup
    q: str
    verdict: str
    is_beyond: bool


@dataclass(frozen=True)
class Forest:
    """One measure at one stage."""

    title: str
    note: str
    rows: tuple[ForestRow, ...]
    notice: str
    too_few: str


@dataclass(frozen=True)
class AttributePage:
    """An attribute or an intersection, with what it showed in a sentence."""

    title: str
    sentence: str
    is_crossed: bool
    forests: tuple[Forest, ...]


@dataclass(frozen=True)
class PowerRow:
    """What one comparison could have found."""

    attribute: str
    group: str
    measure: str
    n: str
    ratio: str
    difference: str


@dataclass(frozen=True)
class DetailRow:
    """Every figure of one line of the disparities table."""

    group: str
    is_reference: bool
    n: str
    n_favourable: str
    rate: str
    span: str
    ratio: str
    ratio_span: str
    impact: str
    p: str
    p_clustered: str
    q: str
    detectable: str
    shortfall: str
    verdict: str


@dataclass(frozen=True)
class DetailBlock:
    """One measure."""

    measure: str
    rows: tuple[DetailRow, ...]
    too_few: str


@dataclass(frozen=True)
class DetailTable:
    """One attribute at one stage."""

    title: str
    blocks: tuple[DetailBlock, ...]
    notice: str


def build_attribute_pages(rows: list[Row]) -> tuple[AttributePage, ...]:
    """One page section for each attribute, then for each intersection."""
    pages = []
    names = dict.fromkeys(str(row["attribute"]) for row in rows)
    for name in sorted(names, key=lambda n: ("*" in n, n)):
        own = [row for row in rows if row["attribute"] == name]
        lead = _find_lead_stage(own, rows)
        forests = tuple(
            _build_forest(lead, measure, [r for r in own if r["stage"] == lead], measure)
            for measure in ("selection_rate", "lowest_band")
            if any(r["stage"] == lead and r["measure"] == measure for r in own)
        )
        is_crossed = "*" in name
        pages.append(
            AttributePage(_say_attribute(name), _say_verdicts(own, lead), is_crossed, forests)
        )
    return tuple(pages)


def _find_lead_stage(own: list[Row], rows: list[Row]) -> str:
    for candidates in (own, rows):
        stages = [str(r["stage"]) for r in candidates if r["family"] == "primary"]
        if stages:
            return stages[0]
    return str(own[0]["stage"])


def _build_forest(stage: str, title: str, rows: list[Row], measure: str) -> Forest:
    shown, too_few = _gather_hidden([row for row in rows if row["measure"] == measure])
    kept, notice = cap_rows(shown, "groups")
    reference = next((str(row["reference"]) for row in kept if row.get("reference")), "")
    note = f"Stage: {stage}. Compared with {_say_group(reference)}." if reference else ""
    built = tuple(_build_forest_row(row) for row in kept)
    return Forest(say_measure(title), note, built, notice, too_few)


def _build_forest_row(row: Row) -> ForestRow:
    is_reference = row["group"] == row.get("reference")
    is_beyond = row["verdict"] == "beyond"
    ratio = write_number(row.get("ratio"), 2)
    chart = draw_ratio(
        ratio=row.get("ratio"), low=row.get("ratio_low"), high=row.get("ratio_high"),
        is_beyond=is_beyond, is_reference=is_reference, label=f"Ratio {ratio}",
    )  # fmt: skip
    return ForestRow(
        group=_say_group(str(row["group"])),
        n=write_count(row.get("n")),
        rate=write_percent(row.get("rate")),
        ratio=ratio,
        chart=chart,
        q=write_p(row.get("q_value")),
        verdict=_say_verdict(row),
        is_beyond=is_beyond,
    )


def _say_verdict(row: Row) -> str:
    if row["group"] == row.get("reference") and row["verdict"] == "within":
        return "reference"
    return VERDICT_WORDS.get(str(row["verdict"]), str(row["verdict"]))


def _say_verdicts(rows: list[Row], lead: str) -> str:
    compared = [
        row
        for row in rows
        if row["stage"] == lead
        and row["measure"] in ("selection_rate", "lowest_band")
        and row["group"] != row.get("reference")
    ]
    counts = {v: sum(row["verdict"] == v for row in compared) for v in VERDICT_WORDS}
    n = len(compared)
    if n == 0:
        return "There is only one group, so nothing can be compared."
    if counts["beyond"]:
        return (
            f"{counts['beyond']} of {count_of(n, 'comparison')} "
            f"{'lies' if counts['beyond'] == 1 else 'lie'} beyond chance and beyond the "
            "practical bound. That is a reason to look, not a verdict on anybody."
        )
    if counts["within"] == n:
        return f"All {count_of(n, 'comparison')} lie within 0.80 to 1.25."
    if counts["too_few"] + counts["not_computable"] == n:
        return "The groups are too small, or the rates cannot be divided. Nothing can be said."
    return (
        f"None of {count_of(n, 'comparison')} lies beyond both bounds. "
        f"{counts['inconclusive']} could not be told either way; see the power below."
    )


def list_power(rows: list[Row]) -> tuple[tuple[PowerRow, ...], str]:
    """The smallest ratio that each primary comparison would have found."""
    lines = [
        PowerRow(
            attribute=_say_attribute(str(row["attribute"])),
            group=_say_group(str(row["group"])),
            measure=say_measure(str(row["measure"])),
            n=write_count(row.get("n")),
            ratio=_say_detectable(row),
            difference=DASH
            if row.get("detectable_difference") is None
            else f"{abs(row['detectable_difference']) * 100:.0f}",
        )
        for row in sorted(rows, key=lambda r: str(r["attribute"]))
        if row["family"] == "primary" and row["group"] != row.get("reference")
    ]
    return cap_rows(lines, "comparisons")


def _say_detectable(row: Row) -> str:
    if row.get("suppressed"):
        return "too few"
    value = row.get("detectable_ratio")
    return "none" if value is None else write_number(value, 2)


def build_details(rows: list[Row]) -> tuple[DetailTable, ...]:
    """Every line of the disparities table, one table per attribute and stage."""
    tables = []
    order = {"raw": 0, "calibrated": 1, "proposed": 2, "final": 3}
    ranked = sorted(
        rows,
        key=lambda r: (
            "*" in str(r["attribute"]), str(r["attribute"]), order.get(str(r["stage"]), 9),
        ),
    )  # fmt: skip
    for (name, stage), group in groupby(ranked, key=lambda r: (r["attribute"], r["stage"])):
        kept, notice = cap_rows(list(group), "lines")
        blocks = tuple(
            _build_block(str(measure), list(lines))
            for measure, lines in groupby(kept, key=lambda r: r["measure"])
        )
        tables.append(DetailTable(f"{_say_attribute(str(name))}, stage {stage}", blocks, notice))
    return tuple(tables)


def _build_block(measure: str, rows: list[Row]) -> DetailBlock:
    shown, too_few = _gather_hidden(rows)
    return DetailBlock(say_measure(measure), tuple(_build_detail(r) for r in shown), too_few)


def _gather_hidden(rows: list[Row]) -> tuple[list[Row], str]:
    # Crossed attributes make many tiny groups: they are named in one line, not in one row each.
    shown, names = [], []
    for row in rows:
        if row.get("suppressed") and "*" in str(row["attribute"]):
            names.append(_say_group(str(row["group"])))
        else:
            shown.append(row)
    return shown, f"Too few: {', '.join(names)}." if names else ""


def _build_detail(row: Row) -> DetailRow:
    is_mean = row["measure"] == "mean_score"
    value, low, high = row.get("rate"), row.get("low"), row.get("high")
    if is_mean:
        ratio, ratio_span = _say_difference(row.get("difference")), DASH
        span = DASH
        if low is not None and high is not None:
            ratio_span = f"{sign_number(low, 1)} to {sign_number(high, 1)}"
    else:
        ratio = write_number(row.get("ratio"), 2)
        ratio_span = _say_span(row.get("ratio_low"), row.get("ratio_high"))
        span = (
            DASH
            if low is None or high is None
            else f"{write_percent(low)} to {write_percent(high)}"
        )
    return DetailRow(
        group=_say_group(str(row["group"])),
        is_reference=row["group"] == row.get("reference"),
        n=write_count(row.get("n")),
        n_favourable=write_count(row.get("n_favourable")),
        rate=write_number(value, 1) if is_mean else write_percent(value),
        span=span,
        ratio=ratio,
        ratio_span=ratio_span,
        impact=write_number(row.get("impact_ratio"), 2),
        p=write_p(row.get("p_value")),
        p_clustered=write_p(row.get("p_clustered")),
        q=write_p(row.get("q_value")),
        detectable=write_number(row.get("detectable_ratio"), 2),
        shortfall=write_number(row.get("shortfall"), 1),
        verdict=_say_verdict(row),
    )


def _say_difference(value: float | None) -> str:
    return DASH if value is None else sign_number(value, 1)


def _say_span(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return DASH
    return f"{write_number(low, 2)} to {write_number(high, 2)}"


def _say_attribute(name: str) -> str:
    return " × ".join(say_code(part).capitalize() for part in name.split("*"))


def _say_group(name: str) -> str:
    return " × ".join(name.split("*"))
