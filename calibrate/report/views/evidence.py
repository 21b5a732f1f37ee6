"""What is known about one person, and how much of it a reader may be shown."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from calibrate.report.charts import draw_interval, draw_zone
from calibrate.report.material import Row
from calibrate.report.views.base import Company
from calibrate.report.views.presence import say_managers
from calibrate.report.words import (
    DASH,
    LINK_WORDS,
    NOT_KNOWN,
    SOURCE_WORDS,
    say_probability,
    write_count,
)

#: Sources whose raters were promised that no single mark can be read off.
PROTECTED = ("peer", "direct_report")


@dataclass(frozen=True)
class Cell:
    """A value in a heat table; the class shades it by the band it falls into."""

    text: str
    shade: str


@dataclass(frozen=True)
class CriterionLine:
    """One criterion: a cell per source, then all scored forms together."""

    label: str
    cells: tuple[str, ...]
    overall: Cell
    expected: str
    points: float | None


@dataclass(frozen=True)
class SourceColumn:
    """A source with the number of its forms, empty for a single one."""

    label: str
    n_forms: str
    score: str


@dataclass(frozen=True)
class Person:
    """One person; every figure is already a string, empty or a dash where withheld."""

    employee_id: str
    name: str
    line: str
    is_rated: bool
    is_masked: bool
    is_adjusted: bool
    n_forms: str
    raw: str
    adjusted: str
    calibrated: str
    span: str
    strip: Markup
    raw_band: str
    proposed: str
    suggested: str
    likelihood: str
    link: str
    change: str
    sources: tuple[SourceColumn, ...]
    criteria: tuple[CriterionLine, ...]
    mask_note: str
    managers: str


def build_person(company: Company, score: Row) -> Person:
    """Collect what may be shown about one person.

    Where a protected source has fewer than ``min_peers`` answers, or the manager is
    joined by one single rater, bands stand in for figures: whoever knows one mark
    could subtract it and read the other.
    """
    desk = company.material.desk
    employee_id = str(score["employee_id"])
    by_source = desk.find_rows("sources", "employee_id", [employee_id])
    forms = desk.find_rows("forms", "employee_id", [employee_id])
    is_masked = must_mask(company, forms, by_source)
    is_pooled = is_masked or must_pool(company, forms)
    seen = {str(row["source"]) for row in [*forms, *by_source]}
    present = [source for source in SOURCE_WORDS if source in seen]
    proposed = str(score.get("proposed_band") or "")
    is_revealed = company.is_revealed(proposed)
    link = str(score.get("link") or "unrated")
    is_rated = score.get("raw_score") is not None
    change = _take_change(score)
    scale = company.display
    shown = not is_masked and is_rated
    return Person(
        employee_id=employee_id,
        name=company.name(employee_id),
        line=company.describe(employee_id),
        is_rated=is_rated,
        is_masked=is_masked,
        is_adjusted=link in ("linked", "weak"),
        n_forms=write_count(score.get("n_forms")),
        raw=scale.score(score.get("raw_score")) if shown else DASH,
        adjusted=scale.score(score.get("adjusted_score")) if shown else DASH,
        calibrated=scale.score(score.get("calibrated_score")) if shown else DASH,
        span=_say_span(company, score, is_masked),
        strip=_draw_person(company, score, is_masked),
        raw_band=str(score.get("raw_band") or DASH),
        proposed=proposed or "none yet",
        suggested=_say_suggestion(score, is_revealed, is_rated),
        likelihood=_say_likelihood(score) if is_revealed else "",
        link=LINK_WORDS.get(link, link),
        change=scale.change(change) if shown and change is not None else DASH,
        sources=_list_sources(company, forms, present, is_pooled),
        criteria=_list_criteria(company, score, by_source, present, (is_masked, is_pooled)),
        mask_note=_say_mask(company, is_masked=is_masked) if is_pooled else "",
        managers=say_managers(company, employee_id),
    )


def must_mask(company: Company, forms: list[Row], by_source: list[Row]) -> bool:
    """Would figures let somebody work out a single rater's mark?"""
    counts = [int(row["n_forms"]) for row in by_source if row["source"] in PROTECTED]
    for source in PROTECTED:
        counts.append(sum(form["source"] == source for form in forms))
    if any(0 < n < company.min_peers for n in counts):
        return True
    others = [f for f in forms if f.get("scored") and f["source"] not in ("manager", "self")]
    n_managers: int = sum(f["source"] == "manager" and bool(f.get("scored")) for f in forms)
    is_pair = (n_managers > 0 and len(others) == 1) or (n_managers == 2 and not others)
    return company.min_peers > 1 and is_pair


def must_pool(company: Company, forms: list[Row]) -> bool:
    """Would a column for managers let one of them work out another one's marks?

    Each knows the own marks; the others are as safe as so many peers.
    """
    n_managers: int = sum(form["source"] == "manager" for form in forms)
    return 1 < n_managers <= company.min_peers


def _take_change(score: Row) -> float | None:
    if score.get("link") not in ("linked", "weak") or score.get("adjusted_score") is None:
        return None
    return float(score["adjusted_score"]) - float(score["raw_score"])


def _say_suggestion(score: Row, is_revealed: bool, is_rated: bool) -> str:
    if not is_rated:
        return DASH
    return str(score.get("suggested_band") or DASH) if is_revealed else "after the proposal"


def _say_likelihood(score: Row) -> str:
    p = score.get("p_suggested")
    return "how likely is not known" if p is None else say_probability(p)


def _say_span(company: Company, score: Row, is_masked: bool) -> str:
    low, high = score.get("low"), score.get("high")
    if low is None or high is None:
        return NOT_KNOWN
    if not is_masked:
        return company.display.range(low, high)
    first, last = (company.labels[company.find_band(end)] for end in (low, high))
    return first if first == last else f"{first} to {last}"


def _draw_person(company: Company, score: Row, is_masked: bool) -> Markup:
    raw, low, high = (score.get(name) for name in ("raw_score", "low", "high"))
    if is_masked and raw is not None:
        edges = (0.0, *company.cuts, 100.0)
        first = company.find_band(raw if low is None else low)
        last = company.find_band(raw if high is None else high)
        label = "Bands this person may be in"
        return draw_zone(low=edges[first], high=edges[last + 1], cuts=company.cuts, label=label)
    is_adjusted = score.get("link") in ("linked", "weak")
    adjusted = score.get("adjusted_score") if is_adjusted else None
    label = "No score" if raw is None else f"Raw {company.display.score(raw)}"
    if adjusted is not None:
        label += f", adjusted {company.display.score(adjusted)}"
    if low is not None:
        label += f", range {company.display.range(low, high)}"
    return draw_interval(
        raw=raw, adjusted=adjusted, low=low, high=high, cuts=company.cuts, label=label
    )


def _list_sources(
    company: Company, forms: list[Row], present: list[str], is_pooled: bool
) -> tuple[SourceColumn, ...]:
    columns = []
    for source in present:
        points = [form["points"] for form in forms if form["source"] == source]
        known = [float(p) for p in points if p is not None]
        is_open = not is_pooled or source == "self"
        mean = company.display.score(sum(known) / len(known) if known else None)
        columns.append(
            SourceColumn(
                SOURCE_WORDS[source],
                write_count(len(points)) if len(points) > 1 else "",
                mean if is_open else "not shown",
            )
        )
    return tuple(columns)


def _list_criteria(
    company: Company,
    score: Row,
    by_source: list[Row],
    present: list[str],
    hides: tuple[bool, bool],
) -> tuple[CriterionLine, ...]:
    is_masked, is_pooled = hides
    employee_id = str(score["employee_id"])
    rows = company.material.desk.find_rows("criterion_scores", "employee_id", [employee_id])
    by_criterion = {str(row["criterion"]): row for row in rows}
    points = {(str(row["criterion"]), str(row["source"])): row["points"] for row in by_source}
    known = list(dict.fromkeys([*by_criterion, *(key[0] for key in points)]))
    scale = company.display
    write = scale.whole if is_masked else scale.mark
    hidden = {source for source in present if is_pooled and source != "self"}
    lines = []
    for criterion, label in company.order_criteria(employee_id, known).items():
        row: Row = by_criterion.get(criterion, {})
        overall = take_overall(row)
        cells = tuple(
            DASH if source in hidden else scale.mark(points.get((criterion, source)))
            for source in present
        )
        lines.append(
            CriterionLine(
                label=label,
                cells=cells,
                overall=Cell(write(overall), company.shade(overall)),
                expected=scale.mark(row.get("expected")),
                points=overall,
            )
        )
    return tuple(lines)


def take_overall(row: Row) -> float | None:
    """The criterion's calibrated score, or the raw one where nothing was fitted."""
    for name in ("calibrated_score", "raw_score"):
        value = row.get(name)
        if isinstance(value, int | float):
            return float(value)
    return None


def _say_mask(company: Company, *, is_masked: bool) -> str:
    if not is_masked:
        return (
            "Several managers filed a form. No split by source is shown, so that none of them "
            "can work out the marks of another."
        )
    return (
        f"Fewer than {company.min_peers} answers from peers or direct reports, or a single "
        "rater beside the manager. Bands and whole marks are shown, and no split by source, "
        "so that no single answer can be worked out."
    )
