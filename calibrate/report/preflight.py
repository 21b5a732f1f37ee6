"""Before packets are set: which characters of the data has no font here?"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Final

from fontTools.ttLib import TTFont

from calibrate.config.shipped import find_folder
from calibrate.errors import say_character

#: Files of the letters we bring, regular and bold.
FONTS: Final = ("fonts/calibrate-sans-regular.ttf", "fonts/calibrate-sans-bold.ttf")
#: Letters set at once: a longer text takes the library longer than its length.
_TEXT: Final = 2000
_PLACES, _CHARACTERS = 2, 5
#: Controls, formats, halves of pairs and spaces: nothing is drawn for them.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"})


@dataclass(frozen=True)
class Gap:
    """A character without a font.

    Parameters
    ----------
    places
        Whose texts hold it, in order; it may be in more than are kept.
    n_places
        In how many texts it is.
    """

    character: str
    places: tuple[str, ...]
    n_places: int


@lru_cache(maxsize=1)
def read_letters() -> frozenset[str]:
    """Characters that the fonts we bring have, regular and bold."""
    folder = find_folder("reports/templates")
    covered = []
    for name in FONTS:
        with TTFont(folder / name, lazy=True) as font:
            covered.append(frozenset(font.getBestCmap()))
    return frozenset(map(chr, frozenset.intersection(*covered)))


def find_missing(characters: Iterable[str]) -> frozenset[str]:
    """Set characters as packets do, and return those that no font here has.

    What our own letters have is not set: for most companies nothing is left to ask.

    Raises
    ------
    MachineError
        If nothing can be set on this machine.
    RenderError
        If a page cannot be set for another reason.
    """
    others = set(characters) - read_letters()
    asked = {character for character in others if unicodedata.category(character) not in _UNSEEN}
    if not asked:
        return frozenset()
    from calibrate.report.pdf import render_pdf

    ordered = sorted(asked)
    missing: set[str] = set()
    for start in range(0, len(ordered), _TEXT):
        text = escape(" ".join(ordered[start : start + _TEXT]))
        page = f'<html lang="en"><head><title>Fonts</title></head><body><p>{text}</p></body></html>'
        missing |= render_pdf(page).missing
    return frozenset(missing) & asked


def find_gaps(texts: Mapping[str, str]) -> tuple[Gap, ...]:
    """Look for characters without a font in all that is printed.

    Parameters
    ----------
    texts
        Where a text stands → the text.

    Examples
    --------
    >>> find_gaps({"name of E001": "Zo\u00eb \U0010fffd"})[0].places
    ('name of E001',)
    """
    missing = find_missing(set().union(*texts.values()))
    holders: dict[str, list[str]] = {character: [] for character in sorted(missing)}
    if missing:
        for place, text in texts.items():
            for character in missing.intersection(text):
                holders[character].append(place)
    return tuple(Gap(c, tuple(held[:_PLACES]), len(held)) for c, held in holders.items())


def say_gaps(gaps: Sequence[Gap]) -> str:
    """Say what will be a box, where, and how to mend it.

    Examples
    --------
    >>> print(say_gaps([Gap("\u0e01", ("name of E007",), 1)]))
    no font here has U+0E01 (thai character ko kai) in name of E007; a box will stand in its \
place. `calibrate doctor` with the cycle file says what to install; a finished run is not set \
again, so do it first or take another --out
    """
    listed = "; ".join(_say_gap(gap) for gap in gaps[:_CHARACTERS])
    more = f"; and {len(gaps) - _CHARACTERS:,} more" if len(gaps) > _CHARACTERS else ""
    boxes = "a box will stand in its" if len(gaps) == 1 else "boxes will stand in their"
    return (
        f"no font here has {listed}{more}; {boxes} place. `calibrate doctor` with the cycle file "
        "says what to install; a finished run is not set again, so do it first or take another "
        "--out"
    )


def _say_gap(gap: Gap) -> str:
    more = f" and {gap.n_places - len(gap.places):,} more" if gap.n_places > len(gap.places) else ""
    return f"{say_character(gap.character)} in {', '.join(gap.places)}{more}"


def say_left(missing: Iterable[frozenset[str]], told: frozenset[str]) -> list[str]:
    """Say which characters became boxes in a file and were not told before.

    Examples
    --------
    >>> say_left([frozenset("\\u0e01")], frozenset("\\u0e01"))
    []
    """
    left = sorted(set().union(*missing) - told)
    if not left:
        return []
    listed = ", ".join(say_character(character) for character in left[:_CHARACTERS])
    more = f" and {len(left) - _CHARACTERS:,} more" if len(left) > _CHARACTERS else ""
    return [
        f"no font here has {listed}{more}; boxes stand in their place. Install a font that has "
        "them (`calibrate doctor` says which) and do it again, a run with another --out"
    ]
