"""Ids → dense integer codes, and the way back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from calibrate.config import ask_for
from calibrate.ingest.likeness import LikenessIndex, write_composed

#: So many different unknown ids are searched for typing errors; the rest for case, marks, zeros
#: and look-alikes alone: such a file belongs to other people, and nobody would read more.
_SEARCHED = 100_000


class Codes:
    """Sorted unique ids and their positions.

    Examples
    --------
    >>> codes = Codes(["b", "a", "b"])
    >>> codes.ids, codes.encode(["b", "x"]).tolist()
    (('a', 'b'), [1, -1])
    """

    def __init__(self, ids: Iterable[str]) -> None:
        self.ids: tuple[str, ...] = tuple(sorted(set(ids)))
        self._position = {name: code for code, name in enumerate(self.ids)}

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, name: object) -> bool:
        return name in self._position

    def code_of(self, name: str) -> int:
        """Return the code of one name, -1 where it is unknown."""
        return self._position.get(name, -1)

    def encode(self, names: Iterable[str]) -> NDArray[np.int64]:
        """Return the code of each name, -1 where it is unknown."""
        return np.fromiter((self._position.get(name, -1) for name in names), dtype=np.int64)

    def decode(self, codes: Sequence[int] | NDArray[np.int64]) -> tuple[str, ...]:
        """Return the name of each code."""
        return tuple(self.ids[int(code)] for code in codes)


class Spellings:
    """Finds ids that look the same and are stored with other characters.

    Examples
    --------
    >>> spellings = Spellings(["Jos\\u00e9"])
    >>> spellings.find_other("Jose\\u0301") == "Jos\\u00e9", spellings.find_other("Jose")
    (True, '')
    """

    def __init__(self, ids: Sequence[str]) -> None:
        self._first = {write_composed(name): name for name in ids if not name.isascii()}

    def find_other(self, name: str) -> str:
        """Return the known id that looks like this one and is another text, else ""."""
        other = "" if name.isascii() else self._first.get(write_composed(name), "")
        return "" if other == name else other

    def add(self, name: str) -> None:
        """Know this id too, if none looks like it."""
        if not name.isascii():
            self._first.setdefault(write_composed(name), name)

    @staticmethod
    def explain(column: str, name: str, other: str) -> tuple[str, str]:
        """Say what is wrong with an id that looks like another, and how to mend it."""
        what = f"{column} '{name[:60]}' looks like '{other[:60]}', but its accents are stored apart"
        return what, "copy one id over the other, or translate it under values"


class Suggester:
    """Names the id a typing error may have meant; two where two are equally near, never a third.

    Examples
    --------
    >>> suggester = Suggester(["E007", "E100", "E200"])
    >>> suggester.ask("e7"), suggester.ask("E10O"), suggester.ask("E300")
    ("did you mean 'E007'?", "did you mean 'E100'?", "did you mean 'E100' or 'E200'?")
    """

    def __init__(self, ids: Sequence[str], refused: Collection[str] = ()) -> None:
        self._index = LikenessIndex(ids)
        self._refused = refused
        self._spellings = Spellings(ids)
        self._asked: dict[str, str] = {}
        self._left = _SEARCHED

    def prepare(self, names: Iterable[str]) -> None:
        """Look for many unknown ids at once; each is asked for later, at no cost."""
        new = [name for name in dict.fromkeys(names) if name not in self._asked]
        searched, others = new[: self._left], new[self._left :]
        self._left -= len(searched)
        nearest = self._index.find_nearest(searched)
        nearest += self._index.find_nearest(others, has_errors=False)
        self._asked.update(zip(new, map(ask_for, nearest), strict=True))

    def ask(self, name: str) -> str:
        """Return "did you mean …?", or "" if no id is near."""
        if name not in self._asked:
            self.prepare([name])
        return self._asked[name]

    def name_rule(self, name: str) -> str:
        """Name the rule an unknown id breaks; a fault of the person's own row comes first."""
        return "employee_left_out" if name in self._refused else "unknown_employee"

    def explain_person(self, name: str) -> tuple[str, str]:
        """Say what is wrong with an unknown employee's id, and how to mend it."""
        if name in self._refused:
            what = f"employee_id '{name[:60]}' was left out of the employees"
            return what, "mend that person's row in the employees file"
        other = self._spellings.find_other(name)
        if other:
            return Spellings.explain("employee_id", name, other)
        fix = self.ask(name) or "correct it, or add the person to employees"
        return f"employee_id '{name[:60]}' is unknown", fix
