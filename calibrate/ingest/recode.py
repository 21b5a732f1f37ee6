"""Ids → dense integer codes, and the way back."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

#: Above this many ids a search by likeness would cost more than it helps.
_SEARCHED = 5_000
#: How many unknown ids get a suggestion in one run.
_SUGGESTED = 50


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


class Suggester:
    """Names the id a typing error may have meant, for the first unknown ones only.

    Examples
    --------
    >>> suggester = Suggester(["E007", "E100"])
    >>> suggester.suggest("e7"), suggester.suggest("E10O")
    ('E007', 'E100')
    """

    def __init__(self, ids: Sequence[str], refused: Collection[str] = ()) -> None:
        self._ids = ids
        self._refused = refused
        self._left = _SUGGESTED
        self._folded: dict[str, str] | None = None

    def suggest(self, name: str) -> str:
        """Return the nearest id, or "" if none is near or enough were suggested."""
        if self._left <= 0:
            return ""
        self._left -= 1
        if self._folded is None:
            self._folded = {_fold(known): known for known in self._ids}
        same = self._folded.get(_fold(name))
        if same is not None or len(self._ids) > _SEARCHED:
            return same or ""
        near = difflib.get_close_matches(name, self._ids, n=1, cutoff=0.7)
        return near[0] if near else ""

    def explain_person(self, name: str) -> tuple[str, str]:
        """Say what is wrong with an unknown employee's id, and how to mend it."""
        if name in self._refused:
            what = f"employee_id '{name[:60]}' was left out of the employees"
            return what, "mend that person's row in the employees file"
        near = self.suggest(name)
        fix = f"did you mean '{near}'?" if near else "add the person to employees"
        return f"employee_id '{name[:60]}' is unknown", fix


def _fold(name: str) -> str:
    # E7, e007 and E-07 are the usual ways to misspell one id.
    parts = "".join(c if c.isalnum() else " " for c in name.casefold())
    letters = "".join(c for c in parts if not c.isdigit() and c != " ")
    digits = "".join(c for c in parts if c.isdigit())
    return f"{letters}:{digits.lstrip('0')}"
