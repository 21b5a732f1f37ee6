"""Comments as counts: words, words that say what to do, words about the person's nature."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple

import yaml

#: A shorter comment may do without any common English word.
TELLING_LENGTH = 8
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_LETTER = re.compile(r"[^\W\d_]")


class CommentCounts(NamedTuple):
    """What is kept of a comment: four numbers, no text."""

    is_read: int
    n_words: int
    n_actionable: int
    n_personality: int


@dataclass(frozen=True)
class WordList:
    """The words that are counted, with the version of the list."""

    language: str
    version: int
    common: frozenset[str]
    foreign: frozenset[str]
    actionable: frozenset[str]
    personality: frozenset[str]


@cache
def load_words() -> WordList:
    """Read the list that ships with the engine; nothing is fetched."""
    text = (resources.files("calibrate.audit") / "words" / "english.yaml").read_text("utf-8")
    plain = yaml.safe_load(text)
    kinds = ("common", "foreign", "actionable", "personality")
    return WordList(
        str(plain["language"]), int(plain["version"]),
        *(frozenset(str(word) for word in plain[kind]) for kind in kinds),
    )  # fmt: skip


def count_words(text: str) -> CommentCounts:
    """Count the words of a comment.

    Returns
    -------
    CommentCounts
        Not read, and all zero, where the text is not English in Latin letters:
        less than half of its letters are Latin, eight words or more have none
        of the commonest English ones among them, or fewer of these than of the
        commonest ones of other languages ("is" and "of" are Dutch, too).

    Examples
    --------
    >>> count_words("Friendly and warm. Should try a longer hand-over next time.")
    CommentCounts(is_read=1, n_words=10, n_actionable=3, n_personality=2)
    >>> count_words("Muss seine Übergaben künftig besser vorbereiten und früher anfangen.").is_read
    0
    >>> count_words("非常に良い仕事でした").is_read
    0
    """
    n_letters = len(_LETTER.findall(text))
    nothing = CommentCounts(0, 0, 0, 0)
    if not n_letters or 2 * len(_LATIN.findall(text)) < n_letters:
        return nothing
    listed = load_words()
    words = [word.replace("’", "'") for word in _WORD.findall(text.lower())]
    n_common = sum(word in listed.common for word in words)
    if len(words) >= TELLING_LENGTH and not n_common:
        return nothing
    if sum(word in listed.foreign for word in words) > n_common:
        return nothing
    return CommentCounts(
        1, len(words),
        sum(word in listed.actionable for word in words),
        sum(word in listed.personality for word in words),
    )  # fmt: skip
