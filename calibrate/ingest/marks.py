"""The text of a mark → whole millionths, or the rule it breaks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from calibrate.config import MICRO, MISSING, ask_for, suggest_names

_PLAIN = re.compile(r"([-+]?)([0-9]{1,12})(?:\.([0-9]{1,18}))?", re.ASCII)
_NOT_NUMBERS = frozenset({"nan", "inf", "infinity", "na", "n/a", "null", "none"})


@dataclass(frozen=True)
class ParsedMark:
    """A micro mark, or a broken rule with its words; a note where nothing is broken."""

    micro: int = MISSING
    rule: str = ""
    what: str = ""
    fix: str = ""
    is_note: bool = False


def parse_mark(
    text: str, labels: Mapping[str, int] | None, nulls: frozenset[str] = frozenset()
) -> ParsedMark:
    """Understand one mark as it stands in the file.

    Parameters
    ----------
    text
        The cell. Blank means the criterion was not answered.
    labels
        Label to micro mark where the criterion is marked in words.
    nulls
        Labels that stand for "not answered".

    Returns
    -------
    ParsedMark
        ``micro`` is mark x 1,000,000, exact.

    Examples
    --------
    >>> parse_mark("4.25", None).micro
    4250000
    >>> parse_mark("NaN", None).rule, parse_mark("4,5", None).rule
    ('nan_text', 'not_a_mark')
    >>> parse_mark("Meets", {"Meets": 3_000_000}).micro
    3000000
    """
    if not text:
        return ParsedMark()
    if labels is not None:
        return _parse_label(text, labels, nulls)
    if text.strip().lstrip("+-").lower() in _NOT_NUMBERS:
        return ParsedMark(
            rule="nan_text", what=f"mark is the text '{text}'",
            fix="leave the cell blank where nothing was answered",
        )  # fmt: skip
    match = _PLAIN.fullmatch(text)
    if match is None:
        return ParsedMark(
            rule="not_a_mark", what=f"mark '{text[:40]}' is no plain number",
            fix="write a number such as 4 or 4.5, or declare a scale for labels",
        )  # fmt: skip
    sign, whole, decimals = match[1], match[2], match[3] or ""
    if len(decimals) > 6:
        return ParsedMark(
            rule="too_many_decimals", what=f"mark {text} has {len(decimals)} decimals",
            fix="use at most 6",
        )  # fmt: skip
    micro = int(whole) * MICRO + int(decimals.ljust(6, "0"))
    return ParsedMark(micro=-micro if sign == "-" else micro)


def _parse_label(text: str, labels: Mapping[str, int], nulls: frozenset[str]) -> ParsedMark:
    if text in labels:
        return ParsedMark(micro=labels[text])
    if text in nulls:
        return ParsedMark(
            rule="null_label", what=f"mark '{text}' counts as not answered",
            fix="nothing to do: the scale declares it", is_note=True,
        )  # fmt: skip
    asked = ask_for(suggest_names(text, [*labels, *nulls]))
    start = f"{asked} " if asked else ""
    return ParsedMark(
        rule="unmapped_label", what=f"mark '{text[:40]}' is no label of the scale",
        fix=f"{start}add it to the scale, as a mark or under nulls",
    )  # fmt: skip


def show_micro(micro: int) -> str:
    """Write a micro mark as people do.

    Examples
    --------
    >>> show_micro(4_500_000), show_micro(-5_000_000)
    ('4.5', '-5')
    """
    whole, rest = divmod(abs(micro), MICRO)
    decimals = f".{rest:06d}".rstrip("0").rstrip(".")
    return f"{'-' if micro < 0 else ''}{whole}{decimals}"
