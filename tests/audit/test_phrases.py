"""Sentences that a page leaves out are found in every language, and codes in none."""

from __future__ import annotations

import pytest

from calibrate.audit.phrases import (
    LOOK_NEXT,
    drop_look_next,
    drop_refrain,
    name_sides,
    refrain,
    say_bands,
)
from calibrate.language import LANGUAGES, _, speak

each_language = pytest.mark.parametrize("language", LANGUAGES)


@each_language
def test_the_refrain_is_put_on_and_taken_off_in_each_language(language: str) -> None:
    with speak(language):
        ended = refrain("gender: fewer.")
        assert ended != "gender: fewer."
        assert drop_refrain(ended) == "gender: fewer."


@each_language
@pytest.mark.parametrize("message", LOOK_NEXT)
def test_what_to_look_at_next_is_taken_off_in_each_language(message: str, language: str) -> None:
    with speak(language):
        assert drop_look_next(f"12 of 40. {_(message)}") == "12 of 40."


@each_language
def test_other_words_of_a_finding_stay(language: str) -> None:
    said = "Look at the bands of that team."
    with speak(language):
        assert drop_look_next(said) == said
        assert drop_refrain(said) == said


def test_labels_from_the_data_are_never_translated() -> None:
    row = {"attribute": "gender*age", "group": "Manager*not stated", "reference": "open*level"}
    with speak("de"):
        sides = name_sides(row)
        assert sides["attribute"] == "gender*age"
        assert sides["group"] == f"Manager*{_('not stated')}"
        assert sides["reference"] == "open*level"
        assert say_bands("hired").endswith("hired")
