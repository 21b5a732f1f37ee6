"""docs/wording.md says which words the packets use, and from which figure on."""

from __future__ import annotations

import re
from pathlib import Path

from calibrate.language import LANGUAGES, _, speak
from calibrate.report import words

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "wording.md").read_text(encoding="utf-8")


def read_table(heading: str) -> list[tuple[str, ...]]:
    """Rows of the first table below a heading, without its head."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[2:]]


def read_bounds(heading: str) -> tuple[tuple[float, str], ...]:
    rows = read_table(heading)
    return tuple((float(row[0]), row[1]) for row in rows if re.fullmatch(r"0\.\d\d", row[0]))


def say_in_german(text: str) -> str:
    with speak("de"):
        return _(text)


def test_probabilities_have_the_words_and_bounds_of_the_page() -> None:
    assert read_bounds("How likely") == words.LIKELIHOODS
    others = {row[0]: row[1] for row in read_table("How likely")}
    assert words.say_probability(0.49) == others["less"]
    assert words.say_probability(None) == others["no probability"]


def test_a_probability_on_its_bound_has_the_word_of_the_bound() -> None:
    for bound, said in read_bounds("How likely"):
        assert words.say_probability(bound) == said
        assert words.say_probability(bound - 0.001) != said


def test_links_have_the_words_and_bounds_of_the_page() -> None:
    assert read_bounds("How well a rater is known") == words.STRENGTHS
    others = {row[0]: row[1] for row in read_table("How well a rater is known")}
    assert words.say_link_strength(0.01) == others["more than 0"]
    assert words.say_link_strength(0.0) == others["0, or none"]
    assert words.say_link_strength(None) == others["0, or none"]


def test_verdicts_have_the_words_of_the_page() -> None:
    told = {row[0].strip("`"): row[1] for row in read_table("Verdicts of a comparison")}
    assert told == words.VERDICT_WORDS


def test_german_words_of_the_page_are_those_of_the_packets() -> None:
    assert set(LANGUAGES) == {"en", "de"}
    pairs = [
        (row[at], row[at + 1])
        for heading, at in (
            ("How likely", 1),
            ("How well a rater is known", 1),
            ("Verdicts of a comparison", 1),
        )
        for row in read_table(heading)
    ]
    assert len(pairs) == 18
    assert [(said, say_in_german(said)) for said, __ in pairs] == pairs
