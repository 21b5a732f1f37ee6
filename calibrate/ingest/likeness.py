"""Which known ids a misspelt one may have meant: quick for a million ids."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Letters = NDArray[np.uint32]
Words = NDArray[np.uint64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: Longer ids are not searched: nobody types them.
_LONGEST = 48
#: In a shorter id another letter makes another id, not a typing error.
_SHORTEST = 3
#: Most keys of the search for one typing error; they take 8 bytes each.
_MOST_KEYS = 24_000_000
#: Names looked at together; bounds the memory.
_BLOCK, _BATCH = 1 << 16, 1 << 9
#: So many ids within reach of one misspelt id say nothing about which was meant.
_CROWD = 256
_BASE, _MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
_ZERO, _NINE = ord("0"), ord("9")


def _build_table() -> Letters:
    """Letter → what it counts as: o as 0, l and i as 1, a mark between letters as nothing."""
    table = np.array([c if chr(c).isalnum() else 0 for c in range(128)], dtype=np.uint32)
    for look_alikes, digit in (("o", "0"), ("li", "1")):
        table[[ord(letter) for letter in look_alikes]] = ord(digit)
    return table


_TABLE = _build_table()


def write_composed(name: str) -> str:
    """Write a letter and its accent as one character; ids that become equal look the same.

    Examples
    --------
    >>> len("e\\u0301"), len(write_composed("e\\u0301"))
    (2, 1)
    """
    return name if name.isascii() else unicodedata.normalize("NFC", name)


@dataclass(frozen=True)
class Spelling:
    """Names as rows of letters, small and without marks between them; 0 fills a row."""

    letters: Letters
    length: Integers

    @classmethod
    def of(cls, names: Sequence[str]) -> Spelling:
        """Fold case, look-alikes and marks; a name too long to be searched becomes empty."""
        texts = [write_composed(name).casefold() if len(name) <= _LONGEST else "" for name in names]
        width = max((len(text) for text in texts), default=0) or 1
        letters = np.array(texts, dtype=f"<U{width}").view(np.uint32).reshape(len(texts), width)
        letters = np.where(letters < 128, _TABLE[np.minimum(letters, 127)], letters)
        is_letter = letters != 0
        has_gap = np.flatnonzero((~is_letter[:, :-1] & is_letter[:, 1:]).any(axis=1))
        if len(has_gap):
            order = np.argsort(~is_letter[has_gap], axis=1, kind="stable")
            letters[has_gap] = np.take_along_axis(letters[has_gap], order, axis=1)
        return cls(letters, is_letter.sum(axis=1))

    def __len__(self) -> int:
        return len(self.letters)

    def take(self, at: Integers, width: int) -> Letters:
        """Rows at ``at``, filled up to ``width``."""
        rows = np.zeros((len(at), width), dtype=np.uint32)
        rows[:, : self.letters.shape[1]] = self.letters[at]
        return rows

    def hash_without_zeros(self) -> Words:
        """Hash each name without the zeros in front of a number: 7, 07 and 007 are one."""
        total = np.zeros(len(self), dtype=np.uint64)
        in_number = np.zeros(len(self), dtype=bool)
        for letter in self.letters.T:
            is_kept = (letter != 0) & (in_number | (letter != _ZERO))
            is_digit = (letter >= _ZERO) & (letter <= _NINE)
            in_number = is_digit & is_kept
            total = np.where(is_kept, total * _BASE + letter, total)
        return _mix(total)

    def hash_with_one_out(self) -> Words:
        """Hash each name, and each name with one letter left out: (names, width + 1).

        Two names that are one typing error apart share one of these. Past the
        end of a name stands the hash of the whole name.
        """
        n_names, width = self.letters.shape
        before = np.zeros((width + 1, n_names), dtype=np.uint64)
        behind = np.ones((width + 1, n_names), dtype=np.uint64)
        for at, letter in enumerate(self.letters.T):
            before[at + 1] = np.where(letter != 0, before[at] * _BASE + letter, before[at])
        for at in range(width - 1, -1, -1):
            is_letter = self.letters[:, at] != 0
            behind[at] = np.where(is_letter, behind[at + 1] * _BASE, behind[at + 1])
        # At a filling 0 the two are equal, and the whole name remains.
        out = before[-1] + (before[:-1] - before[1:]) * behind[1:]
        return _mix(np.concatenate([before[-1:], out]).T)


def _mix(total: Words) -> Words:
    mixed: Words = (total ^ (total >> np.uint64(29))) * _MIX
    return mixed


def _are_one_error_apart(
    mine: Spelling, at: Integers, known: Spelling, known_at: Integers
) -> Flags:
    """Tell for pairs of names whether one letter more, fewer, other, or two swapped part them."""
    width = max(mine.letters.shape[1], known.letters.shape[1]) + 1
    a, b = mine.take(at, width), known.take(known_at, width)
    surplus = mine.length[at] - known.length[known_at]
    differs = a != b
    first, n_differing = differs.argmax(axis=1), differs.sum(axis=1)
    pair, after = np.arange(len(a)), np.minimum(first + 1, width - 1)
    is_swap = (n_differing == 2) & (a[pair, first] == b[pair, after])
    is_swap &= a[pair, after] == b[pair, first]
    is_same_before = np.arange(width - 1) < first[:, None]
    is_longer = ((a[:, 1:] == b[:, :-1]) | is_same_before).all(axis=1)
    is_shorter = ((b[:, 1:] == a[:, :-1]) | is_same_before).all(axis=1)
    is_other = (surplus == 0) & ((n_differing == 1) | is_swap)
    apart: Flags = is_other | ((surplus == 1) & is_longer) | ((surplus == -1) & is_shorter)
    return apart


@dataclass(frozen=True)
class _Keys:
    """Hashes in order, each with the position of its name in the low bits."""

    keys: Words
    n_bits: int

    @classmethod
    def of(cls, parts: Iterator[tuple[Words, Integers]], n_keys: int, n_bits: int) -> _Keys:
        """Order ``n_keys`` hashes that come in parts, each with the positions of its names."""
        keys = np.empty(n_keys, dtype=np.uint64)
        low_bits, filled = np.uint64((1 << n_bits) - 1), 0
        for hashes, position in parts:
            keys[filled : filled + len(hashes)] = (hashes & ~low_bits) | position.astype(np.uint64)
            filled += len(hashes)
        keys.sort()
        return cls(keys, n_bits)

    def find(self, hashes: Words) -> tuple[Integers, Integers]:
        """Return each match as a pair: position in ``hashes``, position of the name."""
        if not len(self.keys):
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        low_bits = np.uint64((1 << self.n_bits) - 1)
        start = np.searchsorted(self.keys, hashes & ~low_bits)
        first = self.keys[np.minimum(start, len(self.keys) - 1)]
        met = np.flatnonzero((first | low_bits) == (hashes | low_bits))
        start = start[met]
        count = np.searchsorted(self.keys, hashes[met] | low_bits, side="right") - start
        count[count > _CROWD] = 0
        asked = np.repeat(np.arange(len(met)), count)
        within = np.arange(len(asked)) - np.repeat(np.cumsum(count) - count, count)
        return met[asked], (self.keys[start[asked] + within] & low_bits).astype(np.int64)


class LikenessIndex:
    """Finds the known ids that a misspelt one is nearest to.

    Nearest are those that differ in case, in marks between letters, in zeros in
    front of a number, or in look-alikes (O and 0; l, I and 1); next those one
    typing error away: a letter more, fewer or other, or two swapped.

    Parameters
    ----------
    ids
        The known ids; of more than fit into memory only the first kind is found.

    Examples
    --------
    >>> index = LikenessIndex(["E007", "E100", "Anna", "Bert"])
    >>> index.find_nearest(["e7", "E10O", "nAna", "Berti", "Carl"])
    [('E007',), ('E100',), ('Anna',), ('Bert',), ()]
    """

    def __init__(self, ids: Sequence[str]) -> None:
        self._ids = ids
        self._n_bits = max(1, len(ids).bit_length())

    @cached_property
    def _spelling(self) -> Spelling:
        return Spelling.of(self._ids)

    @cached_property
    def _folded(self) -> _Keys:
        parts = (
            (part.hash_without_zeros(), np.arange(start, start + len(part)))
            for start, part in self._blocks()
        )
        return _Keys.of(parts, len(self._ids), self._n_bits)

    @cached_property
    def _one_out(self) -> _Keys | None:
        length = self._spelling.length
        n_keys = int((length + 1)[length >= _SHORTEST - 1].sum())
        if n_keys > _MOST_KEYS:
            return None
        return _Keys.of(self._leave_one_out(), n_keys, self._n_bits)

    def _leave_one_out(self) -> Iterator[tuple[Words, Integers]]:
        for start, part in self._blocks():
            is_used = np.arange(part.letters.shape[1] + 1) <= part.length[:, None]
            is_used &= part.length[:, None] >= _SHORTEST - 1
            position = start + np.flatnonzero(is_used) // is_used.shape[1]
            yield part.hash_with_one_out()[is_used], position

    def _blocks(self) -> Iterator[tuple[int, Spelling]]:
        letters, length = self._spelling.letters, self._spelling.length
        for start in range(0, len(letters), _BLOCK):
            stop = start + _BLOCK
            yield start, Spelling(letters[start:stop], length[start:stop])

    def find_nearest(
        self, names: Sequence[str], *, has_errors: bool = True
    ) -> list[tuple[str, ...]]:
        """Return the ids that are equally near to each name; none if they are more than two.

        Parameters
        ----------
        names
            Misspelt ids.
        has_errors
            Search for typing errors too, where nothing nearer is found.
        """
        found: list[tuple[str, ...]] = []
        for start in range(0, len(names), _BATCH):
            found += self._find_batch(names[start : start + _BATCH], has_errors)
        return found

    def _find_batch(self, names: Sequence[str], has_errors: bool) -> list[tuple[str, ...]]:
        spelling = Spelling.of(names)
        asked, near = self._folded.find(spelling.hash_without_zeros())
        is_known = (spelling.length[asked] > 0) & (self._spelling.length[near] > 0)
        asked, near = asked[is_known], near[is_known]
        if has_errors and self._one_out is not None:
            is_open = spelling.length >= _SHORTEST
            is_open[asked] = False
            more, with_error = self._find_errors(spelling, np.flatnonzero(is_open))
            asked, near = np.append(asked, more), np.append(near, with_error)
        count = np.bincount(asked, minlength=len(names))
        nearest: list[list[str]] = [[] for _ in names]
        is_telling = count[asked] <= 2
        for at, position in zip(asked[is_telling].tolist(), near[is_telling].tolist(), strict=True):
            nearest[at].append(self._ids[position])
        return [tuple(sorted(ids)) for ids in nearest]

    def _find_errors(self, spelling: Spelling, at: Integers) -> tuple[Integers, Integers]:
        assert self._one_out is not None
        if not len(at):
            return at, at
        part = Spelling(spelling.letters[at], spelling.length[at])
        hashes = part.hash_with_one_out()
        asked, near = self._one_out.find(hashes.ravel())
        pairs = np.unique((asked // hashes.shape[1]) * len(self._ids) + near)
        asked, near = np.divmod(pairs, len(self._ids))
        is_near = _are_one_error_apart(part, asked, self._spelling, near)
        return at[asked[is_near]], near[is_near]
