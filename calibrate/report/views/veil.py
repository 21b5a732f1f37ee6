"""How much of a person's marks may be told, and in which words it is told instead."""

from __future__ import annotations

from dataclasses import dataclass

from calibrate.language import _, ngettext
from calibrate.report.document import Cell
from calibrate.report.material import Row
from calibrate.report.privacy import (
    ANONYMOUS,
    CONFIDENTIAL,
    TOP,
    Behind,
    cut_mean,
    find_edges,
    find_stretch,
    is_too_few,
)
from calibrate.report.views.base import Company
from calibrate.report.words import DASH, say_range


@dataclass(frozen=True)
class Veil:
    """How much of a person's marks may be told.

    Parameters
    ----------
    is_sealed
        Confidential marks stand behind the score: no decimals of what was marked.
    is_hidden
        Severity is taken out and hides the marks: a score may have a decimal.
    is_masked
        Bands stand for figures.
    is_pooled
        No split by source.
    behind
        The raw score as managers see it.
    is_foreign
        The manager forms are others' than the reader's.
    is_lone
        One of these is all that counts.
    """

    is_sealed: bool
    is_hidden: bool
    is_masked: bool
    is_pooled: bool
    behind: Behind
    is_foreign: bool = False
    is_lone: bool = False


def build_veil(
    company: Company, link: str, forms: list[Row], by_source: list[Row], reader: str = ""
) -> Veil:
    """Judge what may be told of a person by what was filed, never by what was marked.

    Parameters
    ----------
    reader
        The matrix or acting manager who reads; empty for HR and the line manager.
    """
    scored = [form for form in forms if form.get("scored")]
    known = [form for form in scored if form["source"] not in ANONYMOUS]
    behind = Behind(
        tuple(float(form["weight"]) for form in scored if form["source"] in ANONYMOUS),
        sum(float(form["weight"]) for form in known),
        sum(float(form["weight"]) * float(form["points"]) for form in known),
    )
    is_sealed = company.min_peers > 1 and bool(behind.weights)
    is_hidden = link in ("linked", "weak") and company.hides_marks
    is_masked = must_mask(company, forms, by_source) or (is_sealed and not is_hidden)
    filed = {str(form["rater_id"]) for form in forms if form["source"] == "manager"}
    is_foreign = (
        bool(reader) and reader not in filed and 0 < len(filed) <= company.min_peers
        and company.min_peers > 1
    )  # fmt: skip
    is_lone = is_foreign and len(scored) == 1
    is_masked = is_masked or is_lone
    is_pooled = is_masked or is_foreign or must_pool(company, forms)
    return Veil(is_sealed, is_hidden, is_masked, is_pooled, behind, is_foreign, is_lone)


def must_mask(company: Company, forms: list[Row], by_source: list[Row]) -> bool:
    """Would figures let somebody work out a single rater's mark?"""
    counts = [int(row["n_forms"]) for row in by_source if row["source"] in CONFIDENTIAL]
    filed = [(str(form["source"]), bool(form.get("scored"))) for form in forms]
    return any(0 < n < company.min_peers for n in counts) or is_too_few(filed, company.min_peers)


def must_pool(company: Company, forms: list[Row]) -> bool:
    """Would a column for managers let one of them work out another one's marks?

    Each knows the own marks; the others are as safe as so many peers.
    """
    n_managers: int = sum(form["source"] == "manager" for form in forms)
    return 1 < n_managers <= company.min_peers


def say_raw(company: Company, score: Row, veil: Veil) -> str:
    points = float(score["raw_score"])
    if not veil.is_sealed:
        return company.display.score(points)
    return company.display.half(*cut_mean(points, veil.behind, company.material.largest_step))


def say_raw_band(company: Company, score: Row, veil: Veil) -> str:
    """The band as marked: several where one would tell a mark, none beside an adjusted score."""
    if not veil.is_sealed or score.get("raw_score") is None:
        return str(score.get("raw_band") or DASH)
    if veil.is_hidden:
        return ""
    edges = find_edges(veil.behind, company.cuts, company.material.largest_step)
    low, high = find_stretch(float(score["raw_score"]), edges)
    last = len(company.labels) - 1 if high >= TOP else company.find_band(high) - 1
    return join_bands(company, company.find_band(low), last)


def join_bands(company: Company, first: int, last: int) -> str:
    labels = company.labels
    return labels[first] if first >= last else say_range(labels[first], labels[last])


def say_mean(company: Company, source: str, points: float | None, n: int) -> str:
    """The mean mark of a source; of enough confidential ones, the half of the scale."""
    if source not in ANONYMOUS or company.min_peers <= 1 or points is None:
        return company.display.mark(points)
    if n < company.min_peers:
        return DASH
    half = cut_mean(points, Behind((1.0,) * n), company.material.largest_step)
    return company.display.half(*half)


def build_overall(
    company: Company, row: Row, cells: dict[tuple[str, str], Row], veil: Veil
) -> Cell:
    points = None if veil.is_lone else take_overall(row)
    is_raw = not veil.is_hidden or points == row.get("raw_score")
    if points is None or not (veil.is_sealed and is_raw):
        write = company.display.whole if veil.is_masked else company.display.mark
        if points is not None and veil.is_masked:
            # Band and whole mark together would tell more than either.
            points = company.display.round_off(points)
        return Cell(write(points), look=company.shade(points))
    sources = company.material.cycle.sources
    filed = [
        (source, float(sources[source].weight), int(cell["n_forms"]), float(cell["points"]))
        for (criterion, source), cell in cells.items()
        if criterion == row["criterion"] and source in sources and cell["points"] is not None
    ]
    known = [(w * n, p) for source, w, n, p in filed if source not in ANONYMOUS]
    unknown = [w for source, w, n, _ in filed if source in ANONYMOUS and w for _ in range(n)]
    behind = Behind(tuple(unknown), sum(w for w, _ in known), sum(w * p for w, p in known))
    low, high = cut_mean(points, behind, company.material.largest_step)
    middle = None if (low, high) == (0.0, TOP) else (low + high) / 2
    return Cell(company.display.half(low, high), look=company.shade(middle))


def take_overall(row: Row) -> float | None:
    """The criterion's calibrated score, or the raw one where nothing was fitted."""
    for name in ("calibrated_score", "raw_score"):
        value = row.get(name)
        if isinstance(value, int | float):
            return float(value)
    return None


def say_mask(company: Company, veil: Veil) -> str:
    if veil.is_lone:
        return _(
            "Another manager filed the only form that counts. Its band is shown, and not its marks."
        )
    if veil.is_foreign and not veil.is_masked:
        return _(
            "You filed no form here. No split by source is shown, so that nobody reads the marks "
            "of another manager."
        )
    if not veil.is_masked:
        return _(
            "Several managers filed a form. No split by source is shown, so that none of them "
            "can work out the marks of another."
        )
    if veil.is_sealed and not veil.is_hidden:
        return _(
            "The raters cannot be told apart by severity here, so figures would let single "
            "answers be worked out. Bands are shown, and no split by source."
        )
    return ngettext(
        "Fewer than {n} answer from peers or direct reports, or a single rater beside the "
        "manager. Bands and whole marks are shown, and no split by source, so that no single "
        "answer can be worked out.",
        "Fewer than {n} answers from peers or direct reports, or a single rater beside the "
        "manager. Bands and whole marks are shown, and no split by source, so that no single "
        "answer can be worked out.",
        company.min_peers,
    )
