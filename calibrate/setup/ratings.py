"""An export that holds marks → parts of the ratings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from calibrate.config import SOURCES
from calibrate.setup.exports import Column
from calibrate.setup.people import find_patterns, list_ignored
from calibrate.setup.proposal import Line, Part
from calibrate.setup.reading import Reading
from calibrate.setup.words import (
    Kind,
    Role,
    find_source,
    make_id,
    strip_source,
)

#: The criterion of files that hold one mark per person; rubrics/overall.yaml has it.
OVERALL = "overall"


@dataclass(frozen=True)
class View:
    """Whose marks some columns hold: all of a file, or the manager's beside the own ones."""

    source: str
    marks: tuple[Column, ...]


def propose_ratings(
    reading: Reading, key: Kind, criteria: dict[str, str], open_: list[str]
) -> list[Part]:
    """Map marks; each view of one row becomes a part of its own.

    Criteria found are added to ``criteria``, decisions for a person to ``open_``.
    """
    if reading.criterion is not None:
        return [_propose_long(reading, key, criteria, open_)]
    return [_propose_view(reading, key, view, criteria, open_) for view in _find_views(reading)]


def _find_views(reading: Reading) -> list[View]:
    """Part the columns of marks by the source in their names, if every name has one."""
    if reading.source is None:
        sources = {c: find_source(c.name.partition(":")[0]) for c in reading.criteria}
        found = list(dict.fromkeys(sources.values()))
        if "" not in found and len(found) > 1:
            # The manager's view first: the other columns are compared with it.
            found.sort(key=lambda source: source != "manager")
            return [
                View(source, tuple(c for c in reading.criteria if sources[c] == source))
                for source in found
            ]
    return [View("", reading.criteria)]


def _propose_long(reading: Reading, key: Kind, criteria: dict[str, str], open_: list[str]) -> Part:
    assert reading.criterion is not None
    assert reading.mark is not None
    asked = reading.keep_marked(reading.criterion)
    names = {text: _add_criterion(text, criteria) for text in asked.counts}
    columns, constants, values = _find_who(reading, key, "", open_)
    columns += [
        Line(reading.criterion.name, "criterion", "its texts repeat: they are what is marked"),
        Line(reading.mark.name, "mark", _say_marks(reading.keep_marked(reading.mark))),
    ]
    translated = {text: name for text, name in names.items() if text != name}
    if translated:
        values["criterion"] = tuple(
            Line(text, name, "an id is made of your text") for text, name in translated.items()
        )
    marks = reading.keep_marked(reading.mark)
    leave_out: tuple[Line, ...] = ()
    if reading.answer_type is not None and reading.written_types:
        because = "such rows are written answers, not marks"
        leave_out = (Line(reading.answer_type.name, reading.written_types, because),)
    return _make_part(
        reading, [marks], columns, constants, values, open_, leave_out=leave_out,
        because="one row holds one mark: it says who, whom and on what",
    )  # fmt: skip


def _propose_view(
    reading: Reading, key: Kind, view: View, criteria: dict[str, str], open_: list[str]
) -> Part:
    columns, constants, values = _find_who(reading, key, view.source, open_)
    labels = {c: strip_source(c.name) if view.source else c.name for c in view.marks}
    if len(view.marks) == 1 and (not labels[view.marks[0]] or not view.source):
        mark = view.marks[0]
        criteria.setdefault(OVERALL, "Overall")
        columns.append(Line(mark.name, "mark", _say_marks(mark)))
        because = "there is one mark, so it is for everything"
        constants.append(Line("criterion", OVERALL, because))
        layout, whole = "long", "one row is a person with one mark"
    else:
        columns += [
            Line(c.name, _add_criterion(labels[c] or c.name, criteria), _say_marks(c))
            for c in view.marks
        ]
        layout, whole = "wide", "each criterion has a column of its own"
    return _make_part(
        reading,
        view.marks,
        columns,
        constants,
        values,
        open_,
        layout=layout,
        because=whole,
        view_source=view.source,
    )


def _make_part(
    reading: Reading,
    marks: Sequence[Column],
    columns: list[Line],
    constants: list[Line],
    values: Mapping[str, tuple[Line, ...]],
    open_: list[str],
    *,
    because: str,
    layout: str = "long",
    view_source: str = "",
    leave_out: tuple[Line, ...] = (),
) -> Part:
    blank = _leave_out_blank(reading, columns)
    told = find_source(reading.comment.name) if reading.comment is not None else ""
    if reading.comment is not None and layout == "long" and told in {"", view_source}:
        columns.append(Line(reading.comment.name, "comment", "it is called so"))
    if reading.rated_on is not None:
        columns.append(Line(reading.rated_on.name, "rated_on", "it holds days"))
    odd = tuple(
        Line(column.name, column.odd_numbers, "no scale has such a number: is it 'no answer'?")
        for column in marks if column.is_numeric and column.odd_numbers
    )  # fmt: skip
    shown = reading.export.shown
    open_ += [
        f"{shown}: is {' '.join(o.value or ())} in {o.key} a mark? see leave_out" for o in odd
    ]
    has_commas = any(c.is_numeric and any("," in text for text in c.counts) for c in marks)
    return Part(
        reading.export, because, layout=layout, dates=find_patterns(reading, columns),
        decimal="," if has_commas else ".",
        columns=tuple(columns), constants=tuple(constants), values=dict(values),
        leave_out=(*leave_out, *blank), open_leave_out=odd,
        ignore=list_ignored(reading, columns, leave_out),
    )  # fmt: skip


def _find_who(
    reading: Reading, key: Kind, source: str, open_: list[str]
) -> tuple[list[Line], list[Line], dict[str, tuple[Line, ...]]]:
    """Whom a row is about, who marked, and as what."""
    person = reading.find("person", key)
    assert person is not None
    giver = None if source == "self" else reading.giver(key)
    told = source or _tell_source(reading, giver[0] if giver else None)
    shown = reading.export.shown
    columns: list[Line] = []
    if giver is not None:
        role, column = giver
        columns.append(Line(person.name, "employee_id", "it names whom the marks are for"))
        columns.append(Line(column.name, "rater_id", f"it names the {role}"))
    elif told == "self":
        because = "these marks are the person's own"
        columns.append(Line(person.name, ("employee_id", "rater_id"), because))
    else:
        columns.append(Line(person.name, "employee_id", "it names whom the marks are for"))
        open_.append(f"{shown} does not say who gave the marks: map a column to rater_id")
    if reading.source is not None and not source:
        column = reading.source
        columns.append(Line(column.name, "source", "it says how rater and employee are related"))
        translated = _translate_sources(column, shown, open_)
        return columns, [], {"source": translated} if translated else {}
    if not told:
        open_.append(f"{shown} does not say as what people marked: fill in constants, source")
        return columns, [Line("source", None, f"one of {', '.join(SOURCES)}")], {}
    because = f"the names of the file and its columns speak of {told.replace('_', ' ')}"
    return columns, [Line("source", told, because)], {}


def _tell_source(reading: Reading, role: Role | None) -> str:
    """What file, sheet and giver say of the source of all marks, "" if they are silent."""
    told = find_source(reading.export.path.stem) or find_source(reading.export.sheet)
    return told or ("manager" if role in {"manager", "facilitator"} else "")


def _translate_sources(column: Column, shown: str, open_: list[str]) -> tuple[Line, ...]:
    lines = []
    for text, n_rows in column.counts.items():
        source = find_source(text)
        if not source:
            open_.append(f"{shown}: what is '{text}' in {column.name}? see values, source")
        if source != text:
            because = f"{n_rows} rows say so" if source else f"{n_rows} rows; we do not know it"
            lines.append(Line(text, source or None, because))
    return tuple(lines)


def _leave_out_blank(reading: Reading, columns: Sequence[Line]) -> tuple[Line, ...]:
    """A row of a list of people without a rater is no form: nobody marks the head."""
    rater = next((line.key for line in columns if line.value == "rater_id"), None)
    if rater is None or not reading.is_one_row_each:
        return ()
    column = reading.export.find(rater)
    if "" not in column.texts:
        return ()
    return (
        Line(
            rater,
            ("",),
            f"rows without it name nobody who could have marked; seen {column.texts.count(''):,}",
        ),
    )


def _say_marks(column: Column) -> str:
    kind = "numbers" if column.is_numeric else "labels"
    return f"it holds {len(column.counts)} different {kind}"


def _add_criterion(text: str, criteria: dict[str, str]) -> str:
    """Return the id of a criterion; the same text in another file is the same criterion."""
    found = next((name for name, label in criteria.items() if label == text), None)
    if found is None:
        found = make_id(text, tuple(criteria))
        criteria[found] = text
    return found
