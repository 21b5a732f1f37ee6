"""Text from the data is printed as text: bounded, and without characters that nobody sees."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from calibrate.language import _

#: Longest text of a packet; what is cut is said where it is cut.
MOST_LETTERS: Final = 4000
#: Most accents on one letter: no language writes so many.
MOST_ACCENTS: Final = 6
#: Marks of direction that text needs where nobody isolates names; we do.
_DIRECTION: Final = re.compile("[\u200e\u200f\u061c]+")
#: Ends of lines and pages.
_BREAKS: Final = re.compile("(?:\r\n|[\x0b\x0c\x1c-\x1f\x85\u2028\u2029])")
#: Controls, orders to turn text around, hidden signs, halves of pairs, no characters at all.
_HIDDEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x9f\u180e\u202a-\u202e\u2060-\u2067\u206a-\u206f"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]+"
)
#: Zero-width signs that spelling and pictures need, one at a time.
_ZERO_WIDTH: Final = re.compile("([\xad\u034f\u200b-\u200d\ufe00-\ufe0f])[\xad\u034f\u200b-\u200d"
                                "\ufe00-\ufe0f]{2,}")  # fmt: skip
_ISOLATES: Final = re.compile("[\u2068\u2069]")
#: Where a pile of accents may be; it is looked at closely.
_MAYBE_PILE: Final = re.compile(
    f"[\u0300-\u1fff\u20d0-\u20f0\u2c00-\U0010ffff]{{{MOST_ACCENTS + 1}}}"
)


def show_text(text: str) -> str:
    """Write a text so that what is printed is what it says.

    Characters that are not seen, but reorder or hide others, are written as their number; so
    are those that no document can hold. A text of more than 4,000 letters is cut, and says so.

    Examples
    --------
    >>> show_text("Anna\\u202eKoch"), show_text("Anna\\x00\\x01Koch")
    ('Anna[U+202E]Koch', 'Anna[U+0000 …]Koch')
    >>> show_text("x" * 5000)[-44:]
    'xxxx … [cut here: 1,000 more letters follow]'
    """
    if text.isascii() and text.isprintable() and len(text) <= MOST_LETTERS:
        return text
    return _write_seen(_cut(text))


def _cut(text: str) -> str:
    left = len(text) - MOST_LETTERS
    if left <= 0:
        return text
    notice = _("… [cut here: {n} more letters follow]", n=left)
    return f"{text[:MOST_LETTERS]} {notice}"


@lru_cache(maxsize=4096)
def _write_seen(text: str) -> str:
    text = _BREAKS.sub(" ", _DIRECTION.sub("", text))
    text = _HIDDEN.sub(_write_number, text)
    text = _ZERO_WIDTH.sub(r"\1", text)
    if _MAYBE_PILE.search(text):
        text = _flatten(text)
    return _pair_isolates(text) if _ISOLATES.search(text) else text


def _write_number(found: re.Match[str]) -> str:
    hidden = found.group()
    more = " …" if len(hidden) > 1 else ""
    return f"[U+{ord(hidden[0]):04X}{more}]"


def _flatten(text: str) -> str:
    """Leave out the accents of a letter beyond the sixth, with dots in their place."""
    kept: list[str] = []
    n_accents = 0
    for letter in text:
        n_accents = n_accents + 1 if unicodedata.category(letter) in ("Mn", "Me") else 0
        if n_accents <= MOST_ACCENTS:
            kept.append(letter)
        elif n_accents == MOST_ACCENTS + 1:
            kept.append("…")
    return "".join(kept)


def _pair_isolates(text: str) -> str:
    """Drop an isolate that is not closed, one within another, and an end without a beginning."""
    parts = _ISOLATES.split(text)
    signs = _ISOLATES.findall(text)
    kept, is_open = [parts[0]], False
    for place, (sign, part) in enumerate(zip(signs, parts[1:], strict=True)):
        opens = sign == "\u2068"
        is_closed_later = "\u2069" in signs[place + 1 : place + 2]
        if (opens and not is_open and is_closed_later) or (not opens and is_open):
            kept.append(sign)
            is_open = opens
        kept.append(part)
    return "".join(kept)
