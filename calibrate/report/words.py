"""Figures and codes as a tired reader wants them: short, signed, never falsely exact."""

from __future__ import annotations

import re
from dataclasses import dataclass

NOT_KNOWN = "not yet known"
DASH = "–"
MINUS = "\N{MINUS SIGN}"
#: Longest run of letters that is set without a place to break it.
LONGEST_WORD = 60
#: A smaller adjustment is not worth a word: a tenth of a mark on a 1 to 5 scale.
HARDLY = 2.5

SOURCE_WORDS = {
    "manager": "Manager",
    "peer": "Peers",
    "direct_report": "Direct reports",
    "skip_level": "Manager above",
    "self": "Self",
    "other": "Others",
}
LINK_WORDS = {
    "linked": "well linked",
    "weak": "weakly linked",
    "unlinked": "not linked",
    "unrated": "not rated",
}
MEASURE_WORDS = {
    "selection_rate": "Share in the favourable bands",
    "lowest_band": "Share in the lowest band",
    "scoring_rate": "Share above the median score",
    "mean_score": "Mean score, points",
}
VERDICT_WORDS = {
    "beyond": "beyond",
    "significant_only": "significant only",
    "within": "within",
    "inconclusive": "inconclusive",
    "too_few": "too few",
    "not_computable": "not computable",
    "outside": "outside",
    "no_guideline": "no guideline",
}
TERM_WORDS = {
    "employee": "the person",
    "unit": "the team or department",
    "rater": "the rater's severity",
    "employee_source": "what one source sees in a person",
    "residual": "noise of a form",
}
#: One form of each source, in the singular.
FORM_WORDS = {
    "manager": "manager form",
    "peer": "peer form",
    "direct_report": "form of a direct report",
    "skip_level": "form of a manager above",
    "self": "self form",
    "other": "form of somebody else",
}


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
        return " to ".join(write_number(end, 0 if end == int(end) else 1) for end in ends)

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
            return NOT_KNOWN
        return f"{self.score(low)} to {self.score(high)}"


def write_number(value: float | None, decimals: int) -> str:
    """Write a number with a real minus sign and thousands apart; a dash if it is missing."""
    if value is None:
        return DASH
    text = f"{value:,.{decimals}f}"
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def sign_number(value: float, decimals: int) -> str:
    """Write a change; plus and minus are spelled out, zero has no sign."""
    text = write_number(value, decimals)
    return f"+{text}" if text.strip("0.") and not text.startswith(MINUS) else text


def write_count(value: int | None) -> str:
    return DASH if value is None else f"{int(value):,}"


def write_percent(share: float | None) -> str:
    """Write a share as a whole percentage.

    Examples
    --------
    >>> write_percent(0.125), write_percent(0.001), write_percent(None)
    ('12%', '<1%', '–')
    """
    if share is None:
        return DASH
    if 0 < share < 0.005:
        return "<1%"
    return f"{share * 100:,.0f}%"


def write_p(value: float | None) -> str:
    if value is None:
        return DASH
    return "<0.001" if value < 0.001 else f"{value:.3f}"


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
        return NOT_KNOWN
    for bound, words in ((0.9, "very likely"), (0.75, "likely"), (0.5, "more likely than not")):
        if p >= bound:
            return words
    return "open"


def say_link_strength(strength: float | None) -> str:
    """Say how well a rater can be compared with others who marked the same people."""
    if strength is None or strength <= 0:
        return "cannot be told"
    for bound, words in ((0.6, "well known"), (0.4, "fairly known"), (0.2, "roughly known")):
        if strength >= bound:
            return words
    return "barely known"


def say_measure(measure: str) -> str:
    if measure.startswith("at_or_above:"):
        return f"Share at or above {measure.partition(':')[2]}"
    return MEASURE_WORDS.get(measure, say_code(measure))


def say_term(term: str) -> str:
    """Say a part of the variance.

    Examples
    --------
    >>> say_term("rater"), say_term("residual"), say_term("residual:peer")
    ("the rater's severity", 'noise of a form', 'noise of one peer form')
    """
    part, _, source = term.partition(":")
    if part == "residual" and source:
        return f"noise of one {FORM_WORDS.get(source, say_code(source) + ' form')}"
    return TERM_WORDS.get(term, say_code(term))


def say_code(code: str | None) -> str:
    return "" if code is None else code.replace("_", " ")


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
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""
