"""The catalogues hold the sentences of the source, whole and with their braces."""

from __future__ import annotations

import ast
import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from calibrate.language import LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
SCRIPT: dict[str, Any] = runpy.run_path(str(ROOT / "scripts" / "catalogue"))
CATALOGUES = {path.parent.parent.name: path for path in SCRIPT["find_catalogues"]()}
MODULES = sorted((ROOT / "calibrate").rglob("*.py"))
#: What the product never says of itself or of people, in each language of a catalogue.
FORBIDDEN = {
    "en": r"\b(fair|unfair|unbiased|debiased|compliant|true score)\b",
    "de": r"\b(fair|faire[rnsm]?|unfair\w*|unvoreingenommen\w*|vorurteilsfrei\w*|objektiv\w*"
    r"|wahre[rn]? Wert\w*|diskriminierungsfrei\w*|konform\w*)\b",
}

each_catalogue = pytest.mark.parametrize("language", sorted(CATALOGUES))


def read_entries(language: str) -> list[Any]:
    return [entry for entry in SCRIPT["read_catalogue"](CATALOGUES[language]) if entry.id]


def both_forms(text: Any) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def name_braces(text: str) -> set[str]:
    return {part[1] for part in Formatter().parse(text) if part[1] is not None}


def walk_calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node


def test_each_language_but_english_has_a_catalogue() -> None:
    assert {"en", *CATALOGUES} == set(LANGUAGES)


@each_catalogue
def test_catalogue_is_what_the_script_writes_today(language: str) -> None:
    path = CATALOGUES[language]
    renewed = SCRIPT["renew"](SCRIPT["read_catalogue"](path))
    assert path.read_bytes() == SCRIPT["write_catalogue"](renewed), "run scripts/catalogue"


@each_catalogue
def test_no_sentence_is_without_translation(language: str) -> None:
    assert not SCRIPT["list_untranslated"](SCRIPT["read_catalogue"](CATALOGUES[language]))


@each_catalogue
def test_braces_agree(language: str) -> None:
    odd = []
    for entry in read_entries(language):
        asked = set().union(*map(name_braces, both_forms(entry.id)))
        for text in filter(None, both_forms(entry.string)):
            # The form for one person may leave the count out.
            if not asked - {"n"} <= name_braces(text) <= asked:
                odd.append((entry.id, text))
    assert not odd


@each_catalogue
def test_catalogue_uses_no_forbidden_word(language: str) -> None:
    for entry in read_entries(language):
        for text in both_forms(entry.string):
            assert not re.search(FORBIDDEN[language], text, re.IGNORECASE), text
        for text in both_forms(entry.id):
            assert not re.search(FORBIDDEN["en"], text, re.IGNORECASE), text


@each_catalogue
def test_translation_begins_and_ends_as_its_sentence(language: str) -> None:
    odd = []
    for entry in read_entries(language):
        for text in filter(None, both_forms(entry.string)):
            sentence = both_forms(entry.id)[0]
            blank = (text[0].isspace(), text[-1].isspace())
            if blank != (sentence[0].isspace(), sentence[-1].isspace()):
                odd.append(text)
            if sentence.endswith((".", "?")) != text.endswith((".", "?")):
                odd.append(text)
    assert not odd


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_sentences_are_plain_text_and_translated_when_they_are_written(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for call in walk_calls(tree):
        assert isinstance(call.func, ast.Name)
        if call.func.id in {"_", "N_", "ngettext"}:
            number = 2 if call.func.id == "ngettext" else 1
            assert not any(isinstance(part, ast.JoinedStr) for part in call.args[:number])
    inside = {
        id(call)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for call in walk_calls(node)
    }
    early = [
        call.lineno
        for call in walk_calls(tree)
        if isinstance(call.func, ast.Name)
        and call.func.id in {"_", "ngettext"}
        and id(call) not in inside
    ]
    assert not early, "a sentence translated at import keeps the language of that moment"
