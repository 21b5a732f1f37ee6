"""Shares per band against the guideline, and how the raters of a session mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from calibrate.bands.guideline import say_p
from calibrate.language import _, ngettext
from calibrate.report.charts import Drawing, draw_interval, draw_severity, draw_share
from calibrate.report.material import Row
from calibrate.report.views.base import Company
from calibrate.report.views.habits import HabitTable, build_habit_table
from calibrate.report.words import (
    DASH,
    say_link_strength,
    say_range,
    say_verdict,
    write_count,
    write_percent,
)

#: Raters drawn in a packet; the tables of the run hold all of them.
MOST_RATERS = 24
FEW_FORMS = 5


@dataclass(frozen=True)
class ShareRow:
    """One band."""

    band: str
    n: str
    share: str
    span: str
    guide: str
    chart: Drawing
    verdict: str


@dataclass(frozen=True)
class ShareTable:
    """Distribution over the bands; ``sentence`` says what to make of it."""

    rows: tuple[ShareRow, ...]
    ticks: tuple[str, ...]
    sentence: str
    has_guideline: bool


@dataclass(frozen=True)
class RaterRow:
    """One rater; without a fit the chart shows the mean mark."""

    name: str
    n_employees: str
    n_forms: str
    value: str
    span: str
    known: str
    note: str
    chart: Drawing


@dataclass(frozen=True)
class RaterTable:
    """How raters mark; ``has_severity`` is false where nothing links."""

    rows: tuple[RaterRow, ...]
    ticks: tuple[str, ...]
    sentence: str
    has_severity: bool
    habits: HabitTable


def build_share_table(company: Company, scope: str, scope_id: str) -> ShareTable:
    """Set the shares of one scope against the guideline."""
    table = company.material.desk.find_rows("distribution", "scope_id", [scope_id])
    rows = {str(row["band"]): row for row in table if row["scope"] == scope}
    guideline = company.material.cycle.guideline
    shares = dict(guideline.shares) if guideline is not None else {}
    highest = max(
        [float(row["high"] or row["share"] or 0) for row in rows.values()]
        + [float(top) for _, top in shares.values()]
        + [0.2]
    )
    top = next(end for end in (0.2, 0.4, 0.6, 0.8, 1.0) if highest <= end or end == 1.0)
    built = tuple(
        _build_share_row(label, rows[label], shares.get(label), top)
        for label in reversed(company.labels)
        if label in rows
    )
    ticks = tuple(write_percent(top * at / 4) for at in range(5))
    return ShareTable(built, ticks, _say_shares(rows, bool(shares)), bool(shares))


def _build_share_row(
    label: str, row: Row, guide: tuple[float, float] | None, top: float
) -> ShareRow:
    low, high, share = row.get("low"), row.get("high"), row.get("share")
    bounds = None if guide is None else (float(guide[0]), float(guide[1]))
    chart = draw_share(
        share=float(share or 0), low=low, high=high, guide=bounds, top=top,
        label=_("Share {share}", share=write_percent(share)),
    )  # fmt: skip
    verdict = str(row.get("verdict") or "")
    return ShareRow(
        band=label,
        n=write_count(row.get("n")),
        share=write_percent(share),
        span=DASH if low is None else say_range(write_percent(low), write_percent(high)),
        guide=DASH if bounds is None else say_range(*map(write_percent, bounds)),
        chart=chart,
        verdict=say_verdict(verdict),
    )


def _say_shares(rows: dict[str, Row], has_guideline: bool) -> str:
    verdicts = {row.get("verdict") for row in rows.values()}
    if not rows:
        return _("The distribution is not yet known.")
    if verdicts <= {"no_guideline", None} and has_guideline:
        return _("The guideline stands beside the shares; it is not tested here.")
    if verdicts <= {"no_guideline", None}:
        return _("No guideline is set. The shares are shown for the talk, not as a target.")
    if verdicts == {"too_few"}:
        return _("Too few people to set the shares against the guideline.")
    if "outside" in verdicts:
        said = _("Some shares lie outside the guideline. Ask why.")
    elif "inconclusive" in verdicts:
        said = _("These few people cannot tell whether the guideline is kept.")
    else:
        said = _("The shares agree with the guideline.")
    return f"{said} {_say_test(rows)}".strip()


def _say_test(rows: dict[str, Row]) -> str:
    """The verdict rests on the corrected figure, so both are told."""
    for row in rows.values():
        p, q = row.get("p_value"), row.get("q_value")
        if p is None:
            continue
        share = write_percent(p)
        if q is None or q == p:
            return _(
                "By chance alone they would be as far off in {share} of cases ({p}).",
                share=share, p=say_p(p, "p"),
            )  # fmt: skip
        return _(
            "By chance alone they would be as far off in {share} of cases ({p}; {q} after "
            "correction for many tests).",
            share=share, p=say_p(p, "p"), q=say_p(q),
        )  # fmt: skip
    return ""


def build_rater_table(
    company: Company, scores: Sequence[Row], most: int = MOST_RATERS, *, by_distance: bool = False
) -> RaterTable:
    """Raters who filed manager forms in a session, then others with a finding on enough forms.

    With severities the ``most`` furthest from the others are kept: harshest first, or
    with ``by_distance`` the furthest first.
    """
    desk = company.material.desk
    employees = [str(row["employee_id"]) for row in scores]
    forms = desk.find_rows("forms", "employee_id", employees)
    managers = {str(form["rater_id"]) for form in forms if form["source"] == "manager"}
    everyone = {str(form["rater_id"]) for form in forms if form.get("scored")}
    raters = desk.find_rows("raters", "rater_id", sorted(everyone))
    fewest = max(company.min_peers, FEW_FORMS)
    is_open = {str(r["rater_id"]): int(r["n_forms"]) >= fewest for r in raters}
    shown = [
        r for r in raters
        if r["rater_id"] in managers or (r.get("finding") and is_open[str(r["rater_id"])])
    ]  # fmt: skip
    shown = shown or [r for r in raters if is_open[str(r["rater_id"])]]
    habits = build_habit_table(company, everyone, employees)
    if any(rater.get("severity") is not None for rater in raters):
        known = [r for r in shown if r.get("severity") is not None]
        known.sort(key=lambda r: (-abs(r["severity"]), str(r["rater_id"])))
        ranked = known[:most]
        if not by_distance:
            ranked.sort(key=lambda r: (-r["severity"], str(r["rater_id"])))
        return _build_severity_table(company, ranked, len(raters), habits)
    return _build_mean_table(company, shown, forms, managers, habits, most)


def _build_severity_table(
    company: Company, ranked: list[Row], n_all: int, habits: HabitTable
) -> RaterTable:
    reach = find_reach([abs(r["severity"]) + company.z * (r.get("se") or 0) for r in ranked])
    rows = tuple(_build_severity_row(company, rater, reach) for rater in ranked)
    left = n_all - len(rows)
    sentence = _(
        "Left of the line: marks lower than others who marked the same people. Right: higher. "
        "A bar that crosses the line may be chance. Severity is already taken out of the adjusted "
        "scores: talk about the scale with the raters furthest out, not about the people they "
        "marked."
    )
    if left > 0:
        more = ngettext(
            "{n} other rater is in the tables of the run.",
            "{n} other raters are in the tables of the run.",
            left,
        )
        sentence = f"{sentence} {more}"
    ticks = tuple(company.display.change(reach * at) for at in (-1, -0.5, 0, 0.5, 1))
    return RaterTable(rows, ticks, sentence, True, habits)


def _build_severity_row(company: Company, rater: Row, reach: float) -> RaterRow:
    severity = float(rater["severity"])
    half = None if rater.get("se") is None else company.z * float(rater["se"])
    value = company.display.change(-severity)
    note = _("few forms") if int(rater.get("n_forms") or 0) < FEW_FORMS else ""
    return RaterRow(
        name=company.name(str(rater["rater_id"])),
        n_employees=write_count(rater.get("n_employees")),
        n_forms=write_count(rater.get("n_forms")),
        value=value,
        span=DASH if half is None else f"± {company.display.width(half)}",
        known=say_link_strength(rater.get("link_strength")),
        note=note,
        chart=draw_severity(
            severity=severity,
            half=half,
            reach=reach,
            label=_("Marks {value} against others", value=value),
        ),
    )


def _build_mean_table(
    company: Company,
    raters: list[Row],
    forms: list[Row],
    managers: set[str],
    habits: HabitTable,
    most: int,
) -> RaterTable:
    scale = company.display
    points: dict[str, list[float]] = {}
    for form in forms:
        if form.get("scored") and form.get("points") is not None:
            points.setdefault(str(form["rater_id"]), []).append(float(form["points"]))
    rows = []
    for rater in raters:
        own = points.get(str(rater["rater_id"]), [])
        is_open = str(rater["rater_id"]) in managers or len(own) >= company.min_peers
        if not own or not is_open:
            continue
        mean = fmean(own)
        chart = draw_interval(
            raw=mean, adjusted=None, low=min(own), high=max(own), cuts=company.cuts,
            label=_("Mean {score}", score=scale.score(mean)), width=560,
        )  # fmt: skip
        rows.append(
            (-mean, RaterRow(
                company.name(str(rater["rater_id"])), write_count(len(own)),
                write_count(rater.get("n_forms")), scale.score(mean),
                say_range(scale.score(min(own)), scale.score(max(own))), _("cannot be told"), "",
                chart,
            ))
        )  # fmt: skip
    rows.sort(key=lambda pair: (pair[0], pair[1].name))
    shared = _(
        "The raters share too few people to be compared, so a strict manager and a weak team look "
        "the same."
    )
    if rows:
        said = _("The means below are manager or team: it cannot be told which.")
    else:
        said = _("Nobody marked enough people here to be described without showing one answer.")
    sentence = f"{shared} {said}"
    return RaterTable(tuple(row for __, row in rows[:most]), company.ticks, sentence, False, habits)


def find_reach(sizes: Sequence[float]) -> float:
    """Half-width of a severity axis in points, a round figure that holds all bars."""
    largest = max([*sizes, 5.0])
    return next((float(end) for end in (10, 20, 30, 40, 50) if largest <= end), 50.0)
