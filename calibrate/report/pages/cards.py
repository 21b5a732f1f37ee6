"""What is known about one person: marks by criterion, and the score with its range and bands."""

from __future__ import annotations

from collections.abc import Sequence

from calibrate.language import _
from calibrate.report.document import (
    Block,
    Column,
    Content,
    Fact,
    Facts,
    Note,
    Paragraph,
    Strip,
    build_table,
)
from calibrate.report.views.evidence import Person, SourceColumn
from calibrate.report.words import DASH, NOT_KNOWN

#: Letters of a source that fit its narrow column.
LONG_LABEL = 8


def lay_out_criteria(person: Person, has_expected: bool) -> tuple[Block, ...]:
    """A row for each criterion: a cell for each source, all together, what the level asks for."""
    if not person.criteria:
        return (Paragraph(_("No mark on any criterion yet."), "soft"),)
    # What is withheld for every criterion needs no column: the note says why.
    told = [
        at for at in range(len(person.sources))
        if any(line.cells[at] != DASH for line in person.criteria)
    ]  # fmt: skip
    columns = [
        Column(_("Criterion")),
        *(_head_source(person.sources[at]) for at in told),
        Column(_("All"), 10, "heat"),
        *((Column(_("Expected"), 14, "number"),) if has_expected else ()),
    ]
    rows: list[list[Content]] = [
        [
            line.label,
            *(line.cells[at] for at in told),
            line.overall,
            *((line.expected,) if has_expected else ()),
        ]
        for line in person.criteria
    ]
    table = build_table(columns, rows, is_kept=False)
    notes = tuple(note for note in (person.mask_note, person.managers) if note)
    return (table, *((Note(notes),) if notes else ()))


def _head_source(source: SourceColumn) -> Column:
    label = source.label
    if source.n_forms:
        label = _("{source} ({n})", source=source.label, n=source.n_forms)
    is_long = " " in source.label or len(source.label) > LONG_LABEL
    return Column(label, 14 if is_long else 12, "number")


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
        likelihood = person.likelihood if person.is_adjusted else ""
        said = ", ".join(filter(None, (person.suggested, likelihood)))
        items.append(Fact(_("Suggested"), said))
    if person.decided:
        items.append(Fact(_("Decided"), person.decided))
    strip = (Strip(person.strip, tuple(ticks), width=56),) if person.is_rated else ()
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
