"""What is known about one person, and how much of it a reader may be shown."""

from __future__ import annotations

from dataclasses import dataclass

from calibrate.config import SOURCE_WORDS
from calibrate.language import _, ngettext
from calibrate.report.charts import Drawing, draw_interval, draw_zone
from calibrate.report.document import Cell
from calibrate.report.material import Row
from calibrate.report.privacy import TOP, find_edges, find_stretch
from calibrate.report.views.base import Company
from calibrate.report.views.presence import say_managers
from calibrate.report.views.veil import (
    Veil,
    build_overall,
    build_veil,
    join_bands,
    say_mask,
    say_mean,
    say_raw,
    say_raw_band,
    take_overall,
)
from calibrate.report.words import (
    DASH,
    NOT_KNOWN,
    say_link,
    say_probability,
    say_range,
    say_source,
    write_count,
)

#: Width of a person's strip, tenths of a millimetre.
STRIP = 560


@dataclass(frozen=True)
class CriterionLine:
    """One criterion: a cell per source, then all scored forms together.

    Parameters
    ----------
    points, gap
        Score, and score less what the level asks for; None where it may not be told.
    """

    label: str
    cells: tuple[str, ...]
    overall: Cell
    expected: str
    points: float | None
    gap: float | None


@dataclass(frozen=True)
class SourceColumn:
    """A source with the number of its forms, empty for a single one."""

    label: str
    n_forms: str
    score: str


@dataclass(frozen=True)
class Person:
    """One person; every figure is already a string, empty or a dash where withheld.

    Parameters
    ----------
    is_revealed
        May the suggestion be shown?
    raters
        How well the raters are linked, and how many forms there are.
    decided
        The band that the session decided; empty before.
    """

    employee_id: str
    name: str
    line: str
    is_rated: bool
    is_sealed: bool
    is_masked: bool
    is_adjusted: bool
    is_revealed: bool
    is_assumed: bool
    has_proposal: bool
    n_forms: str
    raw: str
    adjusted: str
    calibrated: str
    span: str
    strip: Drawing
    raw_band: str
    proposed: str
    suggested: str
    likelihood: str
    decided: str
    link: str
    raters: str
    change: str
    sources: tuple[SourceColumn, ...]
    criteria: tuple[CriterionLine, ...]
    mask_note: str
    managers: str


def build_person(company: Company, score: Row, reader: str = "") -> Person:
    """Collect what may be shown about one person, to HR and the line manager or to ``reader``.

    Where a protected source has fewer than ``min_peers`` answers, or the manager is
    joined by one single rater, bands stand in for figures: whoever knows one mark
    could subtract it and read the other. Where confidential marks stand behind a
    score, what was marked is told by halves of the scale: whoever has an earlier packet
    could subtract that. The adjusted score keeps a digit, for the severities hide the marks.
    """
    desk = company.material.desk
    employee_id = str(score["employee_id"])
    by_source = desk.find_rows("sources", "employee_id", [employee_id])
    forms = desk.find_rows("forms", "employee_id", [employee_id])
    link = str(score.get("link") or "unrated")
    veil = build_veil(company, link, forms, by_source, reader)
    seen = {str(row["source"]) for row in [*forms, *by_source]}
    present = [source for source in SOURCE_WORDS if source in seen]
    proposed = str(score.get("proposed_band") or "")
    is_revealed = company.is_revealed(proposed)
    is_rated = score.get("raw_score") is not None
    change = _take_change(score)
    scale = company.display
    write = scale.mark if veil.is_sealed else scale.score
    shown = not veil.is_masked and is_rated
    return Person(
        employee_id=employee_id,
        name=company.name(employee_id),
        line=company.describe(employee_id),
        is_rated=is_rated,
        is_sealed=veil.is_sealed,
        is_masked=veil.is_masked,
        is_adjusted=link in ("linked", "weak"),
        is_revealed=is_revealed,
        is_assumed=score.get("interval_from") == "assumed",
        has_proposal=bool(proposed),
        n_forms=write_count(score.get("n_forms")),
        raw=say_raw(company, score, veil) if shown else DASH,
        adjusted=write(score.get("adjusted_score")) if shown else DASH,
        calibrated=write(score.get("calibrated_score")) if shown else DASH,
        span=_say_span(company, score, veil),
        strip=_draw_person(company, score, veil, company.cuts if is_revealed else ()),
        raw_band=say_raw_band(company, score, veil),
        proposed=proposed or _("none yet"),
        suggested=_say_suggestion(company, score, veil, is_revealed),
        likelihood=_say_likelihood(score) if is_revealed else "",
        decided=str(score.get("final_band") or ""),
        link=say_link(link),
        raters=_say_raters(link, int(score.get("n_forms") or 0)),
        change=scale.change(change)
        if shown and change is not None and not veil.is_sealed else "",
        sources=_list_sources(company, forms, present, veil),
        criteria=_list_criteria(company, score, by_source, present, veil),
        mask_note=say_mask(company, veil) if veil.is_pooled or veil.is_masked else "",
        managers=say_managers(company, employee_id),
    )  # fmt: skip


def _say_raters(link: str, n_forms: int) -> str:
    return ngettext("{link}, {n} form", "{link}, {n} forms", n_forms, link=say_link(link))


def _take_change(score: Row) -> float | None:
    if score.get("link") not in ("linked", "weak") or score.get("adjusted_score") is None:
        return None
    return float(score["adjusted_score"]) - float(score["raw_score"])


def _say_suggestion(company: Company, score: Row, veil: Veil, is_revealed: bool) -> str:
    if score.get("raw_score") is None:
        return DASH
    if not is_revealed:
        return _("after the proposal")
    suggested = str(score.get("suggested_band") or DASH)
    is_raw = score.get("link") != "linked" or company.is_small
    return say_raw_band(company, score, veil) or suggested if is_raw else suggested


def _say_likelihood(score: Row) -> str:
    p = score.get("p_suggested")
    return _("how likely is not known") if p is None else say_probability(p)


def _say_span(company: Company, score: Row, veil: Veil) -> str:
    low, high = score.get("low"), score.get("high")
    if low is None or high is None:
        return _(NOT_KNOWN)
    if veil.is_masked and not veil.is_hidden:
        return _("not shown")
    write = company.display.mark if veil.is_sealed else company.display.score
    span = say_range(write(low), write(high))
    if veil.is_masked:
        span = join_bands(company, company.find_band(low), company.find_band(high))
    is_assumed = score.get("interval_from") == "assumed"
    return _("{range}, assumed", range=span) if is_assumed else span


def _draw_person(company: Company, score: Row, veil: Veil, cuts: tuple[float, ...]) -> Drawing:
    """Draw what is written; where the bands meet only for readers who may see a suggestion."""
    raw, low, high = (score.get(name) for name in ("raw_score", "low", "high"))
    if veil.is_masked and raw is not None:
        edges = (0.0, *company.cuts, TOP)
        if veil.is_hidden and low is not None and high is not None:
            ends = edges[company.find_band(low)], edges[company.find_band(high) + 1]
        else:
            kept = find_edges(veil.behind, company.cuts, company.material.largest_step)
            ends = find_stretch(raw, kept)
        label = _("Bands this person may be in")
        return draw_zone(low=ends[0], high=ends[1], cuts=cuts, label=label, width=STRIP)
    is_adjusted = score.get("link") in ("linked", "weak")
    adjusted = score.get("adjusted_score") if is_adjusted else None
    if veil.is_sealed:
        blur = company.display.blur
        raw = None
        adjusted, low, high = (None if p is None else blur(p) for p in (adjusted, low, high))
    write = company.display.mark if veil.is_sealed else company.display.score
    said = [_("Raw score {score}.", score=write(raw))] if raw is not None else []
    said += [_("Adjusted score {score}.", score=write(adjusted))] if adjusted is not None else []
    if low is not None:
        said.append(_("Range {range}.", range=say_range(write(low), write(high))))
    return draw_interval(
        raw=raw, adjusted=adjusted, low=low, high=high, cuts=cuts,
        label=" ".join(said) or _("No score"), width=STRIP,
    )  # fmt: skip


def _list_sources(
    company: Company, forms: list[Row], present: list[str], veil: Veil
) -> tuple[SourceColumn, ...]:
    columns = []
    for source in present:
        points = [form["points"] for form in forms if form["source"] == source]
        known = [float(p) for p in points if p is not None]
        mean = sum(known) / len(known) if known else None
        is_open = not veil.is_pooled or source == "self"
        columns.append(
            SourceColumn(
                say_source(source),
                write_count(len(points)) if len(points) > 1 else "",
                say_mean(company, source, mean, len(known)) if is_open else _("not shown"),
            )
        )
    return tuple(columns)


def _list_criteria(
    company: Company,
    score: Row,
    by_source: list[Row],
    present: list[str],
    veil: Veil,
) -> tuple[CriterionLine, ...]:
    employee_id = str(score["employee_id"])
    rows = company.material.desk.find_rows("criterion_scores", "employee_id", [employee_id])
    by_criterion = {str(row["criterion"]): row for row in rows}
    cells = {(str(row["criterion"]), str(row["source"])): row for row in by_source}
    known = list(dict.fromkeys([*by_criterion, *(key[0] for key in cells)]))
    hidden = {source for source in present if veil.is_pooled and source != "self"}
    lines = []
    for criterion, label in company.order_criteria(employee_id, known).items():
        row: Row = by_criterion.get(criterion, {})
        overall = build_overall(company, row, cells, veil)
        points = None if overall.text == DASH else take_overall(row)
        expected = row.get("expected")
        shown = [cells.get((criterion, source), {}) for source in present]
        lines.append(
            CriterionLine(
                label=label,
                cells=tuple(
                    DASH if source in hidden
                    else say_mean(company, source, cell.get("points"), cell.get("n_forms") or 0)
                    for source, cell in zip(present, shown, strict=True)
                ),
                overall=overall,
                expected=company.display.mark(expected),
                points=points,
                gap=None if points is None or expected is None else points - float(expected),
            )
        )  # fmt: skip
    return tuple(lines)
