"""One export → what each of its columns seems to be. Nothing is decided here about other files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from calibrate.config import COLUMNS, REQUIRED
from calibrate.setup.exports import Column, Export
from calibrate.setup.words import (
    ANSWER_TYPE,
    COLUMN_WORDS,
    COMMENT,
    CRITERION,
    KINDS,
    MARK,
    RATED_ON,
    SOURCE,
    Identity,
    Kind,
    Role,
    find_identity,
    find_source,
    is_called,
    is_written,
    speaks_of,
    spell,
)

#: Roles whose column may hold who gave the mark, the more telling first.
GIVERS: tuple[Role, ...] = ("rater", "facilitator", "manager")


@dataclass(frozen=True)
class Reading:
    """An export and its columns sorted by what they seem to hold.

    Parameters
    ----------
    export
        The table.
    identities
        Columns that name somebody, by role and kind; a bare one has kind "".
    known
        Column of ours, as employees or another table has it, to theirs.
    criteria
        Columns of marks that have no column saying which criterion is marked.
    """

    export: Export
    identities: dict[Identity, Column] = field(default_factory=dict)
    known: dict[str, Column] = field(default_factory=dict)
    comment: Column | None = None
    rated_on: Column | None = None
    source: Column | None = None
    answer_type: Column | None = None
    criterion: Column | None = None
    mark: Column | None = None
    criteria: tuple[Column, ...] = ()

    def find(self, role: Role, kind: Kind) -> Column | None:
        """The column that names this role by this kind; a bare one counts as a name."""
        bare = self.identities.get(Identity(role, "")) if kind == "name" else None
        return self.identities.get(Identity(role, kind)) or bare

    def giver(self, kind: Kind) -> tuple[Role, Column] | None:
        """Who gave the marks: the rater, else the facilitator, else the manager."""
        found = ((role, self.find(role, kind)) for role in GIVERS)
        return next(((role, column) for role, column in found if column is not None), None)

    @property
    def names_a_giver(self) -> bool:
        return any(identity.role in GIVERS for identity in self.identities)

    @property
    def names_people(self) -> bool:
        return any(identity.role == "person" for identity in self.identities)

    @property
    def has_marks(self) -> bool:
        return bool(self.criteria) or (self.mark is not None and self.criterion is not None)

    @property
    def is_ratings(self) -> bool:
        return self.names_people and self.has_marks

    @cached_property
    def is_one_row_each(self) -> bool:
        columns = (self.find("person", kind) for kind in KINDS)
        return any(column is not None and column.is_unique for column in columns)

    @property
    def is_employees(self) -> bool:
        tells = self.names_a_giver or bool(self.known)
        return self.names_people and self.is_one_row_each and tells and self.criterion is None

    @property
    def is_attributes(self) -> bool:
        n_protected = sum(column.is_protected for column in self.export.columns)
        is_mostly = n_protected > 0 and n_protected >= len(self.maybe_attributes)
        return self.names_people and is_mostly and not (self.known or self.has_marks)

    @property
    def maybe_attributes(self) -> tuple[Column, ...]:
        """Columns that name nobody and are no attribute by their name."""
        return tuple(
            column
            for column in self.export.columns
            if not column.is_protected and find_identity(column.name) is None
        )

    @cached_property
    def other_table(self) -> str:
        """Another table whose required columns all stand here by our names, else ""."""
        names = {spell(column.name) for column in self.export.columns}
        tables = (t for t in COLUMNS if t not in {"employees", "ratings"})
        n_of_people = len(names & {spell(name) for name in COLUMNS["employees"]})
        for table in tables:
            n_ours = len(names & {spell(name) for name in COLUMNS[table]})
            # Ids stand in every file: it takes more to be something else than a list of people.
            is_more = n_ours > n_of_people or (n_ours == n_of_people and not self.is_one_row_each)
            if {spell(name) for name in REQUIRED[table]} <= names and n_ours > 1 and is_more:
                return table
        return ""

    @cached_property
    def marked_rows(self) -> tuple[bool, ...]:
        """Which rows of the sample are marks, not written answers."""
        if self.answer_type is None:
            return (True,) * self.export.n_rows
        return tuple(not is_written(text) for text in self.answer_type.texts)

    @property
    def written_types(self) -> tuple[str, ...]:
        counts = self.answer_type.counts if self.answer_type else {}
        return tuple(text for text in counts if is_written(text))

    def keep_marked(self, column: Column) -> Column:
        """The column without rows that are written answers."""
        kept = zip(column.texts, self.marked_rows, strict=True)
        return Column(column.name, tuple(text for text, is_kept in kept if is_kept))


def read_columns(export: Export) -> Reading:
    """Sort the columns of an export by what their names and texts say."""
    identities: dict[Identity, Column] = {}
    rest: list[Column] = []
    for column in export.columns:
        identity = None if column.is_protected else find_identity(column.name)
        if identity is not None:
            identities.setdefault(identity, column)
        elif not column.is_protected:
            rest.append(column)
    first = Reading(
        export,
        identities,
        known=_find_known(rest),
        comment=_first(rest, COMMENT, whole=False),
        rated_on=_first(rest, RATED_ON),
        source=next((c for c in rest if is_called(c.name, SOURCE) and _tells_source(c)), None),
        answer_type=_first(rest, ANSWER_TYPE),
    )
    taken = [*first.known.values(), first.rated_on, first.source, first.answer_type]
    rest = [c for c in rest if c not in taken and not speaks_of(c.name, COMMENT)]
    criterion = next((c for c in rest if is_called(c.name, CRITERION) and _repeats(c)), None)
    marks = [c for c in rest if c is not criterion and first.keep_marked(c).has_marks]
    named = [c for c in marks if speaks_of(c.name, MARK)]
    if criterion is not None:
        named.sort(key=lambda c: (not c.is_numeric, not is_called(c.name, MARK)))
        return replace(first, criterion=criterion, mark=named[0] if named else None)
    return replace(first, criteria=tuple(named or _find_questions(first, marks)))


def _first(columns: list[Column], words: str, *, whole: bool = True) -> Column | None:
    test = is_called if whole else speaks_of
    return next((column for column in columns if test(column.name, words)), None)


def _find_known(columns: list[Column]) -> dict[str, Column]:
    found: dict[str, Column] = {}
    for ours, words in COLUMN_WORDS.items():
        exact = next((c for c in columns if spell(c.name) == spell(ours)), None)
        candidates = (c for c in columns if is_called(c.name, words) and c not in found.values())
        column = exact or next(candidates, None)
        if column is not None:
            found[ours] = column
    for ours in COLUMNS["employees"]:
        same = next((c for c in columns if spell(c.name) == spell(ours)), None)
        if same is not None and same not in found.values():
            found.setdefault(ours, same)
    return found


def _tells_source(column: Column) -> bool:
    return any(find_source(text) for text in column.counts)


def _repeats(column: Column) -> bool:
    return not column.is_numeric and not column.is_unique and len(column.counts) > 0


def _find_questions(reading: Reading, marks: list[Column]) -> Iterator[Column]:
    """Columns of a wide table: numbers, or labels that another column has too."""
    if not (reading.names_a_giver or reading.source):
        return
    for column in marks:
        others = (set(c.counts) & set(column.counts) for c in marks if c is not column)
        if column.is_numeric or any(len(shared) > 1 for shared in others):
            yield column
