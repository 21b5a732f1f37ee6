"""What is known about one person: marks by criterion, and the score with its range and bands."""

from __future__ import annotations

from collections.abc import Sequence

from calibrate.language import _
from calibrate.report.document import (
    Block,
    Column,
    Fact,
    Facts,
    Note,
    Paragraph,
    Strip,
    build_table,
)
from calibrate.report.views.evidence import Person, SourceColumn
from calibrate.report.words import NOT_KNOWN


def lay_out_criteria(person: Person, has_expected: bool) -> tuple[Block, ...]:
    """A row for each criterion: a cell for each source, all together, what the level asks for."""
    if not person.criteria:
        return (Paragraph(_("No mark on any criterion yet."), "soft"),)
    columns = [
        Column(_("Criterion")),
        *(Column(_name_source(source), 13, "number") for source in person.sources),
        Column(_("All"), 10, "heat"),
        *((Column(_("Expected"), 14, "number"),) if has_expected else ()),
    ]
    rows = [
        (line.label, *line.cells, line.overall, *((line.expected,) if has_expected else ()))
        for line in person.criteria
    ]
    table = build_table(columns, rows, is_kept=False)
    notes = tuple(note for note in (person.mask_note, person.managers) if note)
    return (table, *((Note(notes),) if notes else ()))


def _name_source(source: SourceColumn) -> str:
    if not source.n_forms:
        return source.label
    return _("{source} ({n})", source=source.label, n=source.n_forms)


def lay_out_person_facts(
    person: Person,
    ticks: Sequence[str],
    interval: str,
    show_suggested: bool,
    changed: str = "",
    gaps: Sequence[str] = (),
) -> tuple[Block, ...]:
    """A strip, then score, range, proposed and suggested band: evidence before suggestions."""
    items = [*_list_scores(person)]
    if changed:
        items.append(Fact(_("Change"), changed))
    if person.is_rated:
        items.append(Fact(_("{interval} range", interval=interval), person.span))
    items.append(Fact(_("Raters"), person.raters))
    if gaps:
        items.append(Fact(_("Missing"), "; ".join(gaps)))
    items.append(Fact(_("Proposed"), person.proposed))
    if show_suggested and person.is_rated:
        said = ", ".join(filter(None, (person.suggested, person.likelihood)))
        items.append(Fact(_("Suggested"), said))
    if person.decided:
        items.append(Fact(_("Decided"), person.decided))
    strip = (Strip(person.strip, tuple(ticks)),) if person.is_rated else ()
    return (*strip, Facts(tuple(items)))


def _list_scores(person: Person) -> list[Fact]:
    if not person.is_rated:
        return [Fact(_("Raw score"), _(NOT_KNOWN))]
    if person.is_masked:
        return [Fact(_("Raw band"), person.raw_band)] if person.raw_band else []
    raw = " · ".join(filter(None, (person.raw, person.raw_band)))
    facts = [Fact(_("Raw score"), raw)]
    if person.is_adjusted:
        change = f" ({person.change})" if person.change else ""
        facts.append(Fact(_("Adjusted"), f"{person.adjusted}{change}"))
    return facts
