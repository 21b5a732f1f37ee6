"""Figures and codes as a tired reader wants them: short, signed, never falsely exact."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from calibrate.config import SOURCE_WORDS
from calibrate.language import N_, _, current_formats
from calibrate.language.formats import MINUS

NOT_KNOWN = N_("not yet known")
DASH = "–"
#: Longest run of letters that is set without a place to break it.
LONGEST_WORD = 60
#: Words of Hebrew, Arabic and their kin, with what stands between them within a name.
_LETTER = r"\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_RIGHT_TO_LEFT = re.compile(
    rf"[{_LETTER}](?:(?:[{_LETTER}0-9 \xa0'’.,/&\u200b-\u200d-]|\([^()]{{1,40}}\))*"
    rf"(?:[{_LETTER}]|\([^()]*[{_LETTER}][^()]*\)))?"
)
_ISOLATED = re.compile("(\u2068[^\u2069]*\u2069)")
#: A smaller adjustment is not worth a word: a tenth of a mark on a 1 to 5 scale.
HARDLY = 2.5

LINK_WORDS = {
    "linked": N_("well linked"),
    "weak": N_("weakly linked"),
    "unlinked": N_("not linked"),
    "unrated": N_("not rated"),
}
MEASURE_WORDS = {
    "selection_rate": N_("Share in the favourable bands"),
    "lowest_band": N_("Share in the lowest band"),
    "scoring_rate": N_("Share above the median score"),
    "mean_score": N_("Mean score, points"),
}
STAGE_WORDS = {
    "given": N_("given"),
    "raw": N_("raw"),
    "adjusted": N_("adjusted"),
    "calibrated": N_("calibrated"),
    "calibrated_probability": N_("by probability"),
    "suggested": N_("suggested"),
    "proposed": N_("proposed"),
    "final": N_("final"),
}
VERDICT_WORDS = {
    "beyond": N_("beyond"),
    "significant_only": N_("significant only"),
    "within": N_("within"),
    "inconclusive": N_("inconclusive"),
    "too_few": N_("too few"),
    "not_computable": N_("not computable"),
    "outside": N_("outside"),
    "no_guideline": N_("no guideline"),
}
TERM_WORDS = {
    "employee": N_("the person"),
    "unit": N_("the team or department"),
    "rater": N_("the rater's severity"),
    "employee_source": N_("what one source sees in a person"),
    "residual": N_("noise of a form"),
}
#: One form of each source, in the singular.
FORM_WORDS = {
    "manager": N_("manager form"),
    "peer": N_("peer form"),
    "direct_report": N_("form of a direct report"),
    "skip_level": N_("form of a manager above"),
    "self": N_("self form"),
    "other": N_("form of somebody else"),
}


#: Least probability and the words for it; docs/wording.md says why these.
LIKELIHOODS = ((0.9, N_("very likely")), (0.75, N_("likely")), (0.5, N_("more likely than not")))
#: Least strength of a link and the words for it.
STRENGTHS = ((0.6, N_("well known")), (0.4, N_("fairly known")), (0.2, N_("roughly known")))


@dataclass(frozen=True)
class Display:
    """Points (0 to 100) on the scale people know.

    Examples
    --------
    >>> scale = Display(1, 5)
    >>> scale.score(62.5), scale.mark(62.5), scale.whole(62.5), scale.change(-5)
    ('3.50', '3.5', '4', '−0.20')
    """

    lowest: float
    highest: float

    def value(self, points: float) -> float:
        return self.lowest + (self.highest - self.lowest) * points / 100

    @property
    def decimals(self) -> int:
        return 2 if self.highest - self.lowest <= 10 else 1

    def score(self, points: float | None) -> str:
        return DASH if points is None else write_number(self.value(points), self.decimals)

    def mark(self, points: float | None) -> str:
        return DASH if points is None else write_number(self.value(points), self.decimals - 1)

    def blur(self, points: float) -> float:
        """Points that :meth:`mark` shows: what is drawn tells no more than what is written."""
        shown = round(self.value(points), self.decimals - 1)
        return 100 * (shown - self.lowest) / (self.highest - self.lowest)

    def round_off(self, points: float) -> float:
        """Points that :meth:`whole` shows."""
        return 100 * (int(self.value(points) + 0.5) - self.lowest) / (self.highest - self.lowest)

    def half(self, low: float, high: float) -> str:
        """A stretch of the scale; a dash where it is the whole of it.

        Examples
        --------
        >>> Display(1, 5).half(50, 100), Display(1, 4).half(0, 50), Display(1, 5).half(0, 100)
        ('3 to 5', '1 to 2.5', '–')
        """
        if (low, high) == (0.0, 100.0):
            return DASH
        ends = (self.value(low), self.value(high))
        return say_range(*(write_number(end, 0 if end == int(end) else 1) for end in ends))

    def whole(self, points: float | None) -> str:
        return DASH if points is None else write_number(int(self.value(points) + 0.5), 0)

    def change(self, points: float | None) -> str:
        if points is None:
            return DASH
        return sign_number((self.highest - self.lowest) * points / 100, self.decimals)

    def width(self, points: float | None) -> str:
        if points is None:
            return DASH
        return write_number((self.highest - self.lowest) * points / 100, self.decimals)

    def range(self, low: float | None, high: float | None) -> str:
        if low is None or high is None:
            return _(NOT_KNOWN)
        return say_range(self.score(low), self.score(high))


def write_number(value: float | None, decimals: int) -> str:
    """Write a number with a real minus sign and thousands apart; a dash if it is missing."""
    return DASH if value is None else current_formats().write(value, decimals)


def sign_number(value: float, decimals: int) -> str:
    """Write a change; plus and minus are spelled out, zero has no sign."""
    text = write_number(value, decimals)
    return f"+{text}" if text.strip("0.,’\u202f\xa0") and not text.startswith(MINUS) else text


def write_count(value: int | None) -> str:
    return DASH if value is None else current_formats().write(int(value))


def write_percent(share: float | None) -> str:
    """Write a share as a whole percentage.

    Examples
    --------
    >>> write_percent(0.125), write_percent(0.001), write_percent(None)
    ('12%', '<1%', '–')
    """
    if share is None:
        return DASH
    number = "<1" if 0 < share < 0.005 else write_number(share * 100, 0)
    return current_formats().write_percent(number)


def write_p(value: float | None) -> str:
    if value is None:
        return DASH
    return f"<{write_number(0.001, 3)}" if value < 0.001 else write_number(value, 3)


def write_date(day: date) -> str:
    """Write a day as the language of the cycle does."""
    return current_formats().write_date(day)


def say_range(low: str, high: str) -> str:
    """Join two ends that are written already.

    Examples
    --------
    >>> say_range("1", "5")
    '1 to 5'
    """
    return _("{low} to {high}", low=low, high=high)


def count_of(n: int, one: str, many: str = "") -> str:
    """Name a count.

    Examples
    --------
    >>> count_of(1, "person", "people"), count_of(3, "form")
    ('1 person', '3 forms')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def say_probability(p: float | None) -> str:
    """Say a probability in words; ``open`` is below one half."""
    if p is None:
        return _(NOT_KNOWN)
    for bound, words in LIKELIHOODS:
        if p >= bound:
            return _(words)
    return _("open")


def say_link_strength(strength: float | None) -> str:
    """Say how well a rater can be compared with others who marked the same people."""
    if strength is None or strength <= 0:
        return _("cannot be told")
    for bound, words in STRENGTHS:
        if strength >= bound:
            return _(words)
    return _("barely known")


def say_measure(measure: str) -> str:
    if measure.startswith("at_or_above:"):
        return _("Share at or above {band}", band=measure.partition(":")[2])
    return _(MEASURE_WORDS[measure]) if measure in MEASURE_WORDS else say_code(measure)


def say_source(source: str) -> str:
    """Name a source.

    Examples
    --------
    >>> say_source("peer"), say_source("customer_panel")
    ('Peers', 'customer panel')
    """
    return _(SOURCE_WORDS[source]) if source in SOURCE_WORDS else say_code(source)


def say_link(link: str) -> str:
    """Say whether a person's raters can be compared.

    Examples
    --------
    >>> say_link("weak")
    'weakly linked'
    """
    return _(LINK_WORDS[link]) if link in LINK_WORDS else say_code(link)


def say_stage(stage: str) -> str:
    """Say which bands or scores a comparison is about.

    Examples
    --------
    >>> say_stage("calibrated_probability")
    'by probability'
    """
    return _(STAGE_WORDS[stage]) if stage in STAGE_WORDS else say_code(stage)


def say_verdict(verdict: str) -> str:
    """Say a verdict of a test.

    Examples
    --------
    >>> say_verdict("significant_only")
    'significant only'
    """
    return _(VERDICT_WORDS[verdict]) if verdict in VERDICT_WORDS else say_code(verdict)


def say_term(term: str) -> str:
    """Say a part of the variance.

    Examples
    --------
    >>> say_term("rater"), say_term("residual"), say_term("residual:peer")
    ("the rater's severity", 'noise of a form', 'noise of one peer form')
    """
    part, __, source = term.partition(":")
    if part == "residual" and source:
        form = _(FORM_WORDS[source]) if source in FORM_WORDS else say_code(source)
        return _("noise of one {form}", form=form)
    return _(TERM_WORDS[term]) if term in TERM_WORDS else say_code(term)


def say_code(code: str | None) -> str:
    return "" if code is None else code.replace("_", " ")


def say_session(session: str) -> str:
    """Without departments there is one session, and "all" would read like a name."""
    return _("everybody") if session == "all" else session


def isolate(text: str) -> str:
    """Keep names written from right to left from moving the figures and commas around them.

    Each goes between U+2068 and U+2069, which have no shape and are in no text that is copied.
    A text with no letter that runs from left to right is one name, its figures and brackets
    too; in a sentence a name ends with its last letter, unless :func:`join_words` marked it.

    Examples
    --------
    >>> isolate("\u05d3\u05df (3)") == "\u2068\u05d3\u05df (3)\u2069"
    True
    >>> isolate("E7 \u05d3\u05df (3)") == "E7 \u2068\u05d3\u05df\u2069 (3)"
    True
    """
    if text.isascii() or not _RIGHT_TO_LEFT.search(text):
        return text
    parts = _ISOLATED.split(text)
    if len(parts) == 1 and not any(unicodedata.bidirectional(letter) == "L" for letter in text):
        return f"\u2068{text}\u2069"
    # Every second part stands between marks already.
    parts[::2] = [_RIGHT_TO_LEFT.sub("\u2068\\g<0>\u2069", part) for part in parts[::2]]
    return "".join(parts)


def abridge(text: str, widest: int = 60) -> str:
    """Cut what stands at the edge of every page, where it must not grow into the page.

    Parameters
    ----------
    widest
        Letters; those of Chinese, Japanese and Korean count twice.

    Examples
    --------
    >>> abridge("a short title"), abridge("one and two", 6), abridge("評価評価", 6)
    ('a short title', 'one a…', '評価…')
    """
    width = 0
    for at, letter in enumerate(text):
        width += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if width > widest:
            # One letter makes room for the sign that something is gone.
            cut = text[: at - 1].rstrip()
            return f"{cut}…" + "\u2069" * (cut.count("\u2068") - cut.count("\u2069"))
    return text


def soften(text: str) -> str:
    """Let a word of more than 60 letters break.

    Examples
    --------
    >>> len(soften("x" * 61))
    62
    """
    return re.sub(rf"(\S{{{LONGEST_WORD}}})(?=\S)", "\\1\N{ZERO WIDTH SPACE}", text)


def join_words(words: list[str]) -> str:
    """Join words as a sentence does.

    Examples
    --------
    >>> join_words(["a", "b", "c"])
    'a, b and c'
    """
    if len(words) < 2:
        return "".join(words)
    apart = [_mark_name(word) for word in words]
    return _("{most} and {last}", most=", ".join(apart[:-1]), last=apart[-1])


def _mark_name(word: str) -> str:
    """A name that begins from right to left is one piece, its comma or figure too."""
    is_name = "\u2068" not in word and _RIGHT_TO_LEFT.match(word)
    return f"\u2068{word}\u2069" if is_name else word
