"""theme.yaml: every key and what it may hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from calibrate.config.explain import Strict, broken, broken_at
from calibrate.config.names import say_known
from calibrate.report.theme.colours import (
    ALERT,
    APART,
    READABLE,
    WHITE,
    darken_until,
    find_contrast,
    find_distance,
)
from calibrate.report.theme.theme import ALL, KINDS

LONGEST_LINE, LONGEST_TEXT, MOST_POINTS = 120, 4_000, 12
PLACES = ("company", "cycle", "dates")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}", re.ASCII)
#: They turn the order of what follows.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def _check_line(text: str) -> str:
    return _check_text(text, LONGEST_LINE, PLACES, is_line=True)


def _check_marked_line(text: str) -> str:
    return _check_text(text, LONGEST_LINE, (*PLACES, "usual"), is_line=True)


def _check_paragraphs(text: str) -> str:
    return _check_text(text, LONGEST_TEXT, PLACES)


def _check_points(points: tuple[str, ...]) -> tuple[str, ...]:
    if not 1 <= len(points) <= MOST_POINTS:
        fix = f"write 1 to {MOST_POINTS} points, or take the key away"
        raise broken("text_points", f"{len(points)} points", fix)
    if sum(map(len, points)) > LONGEST_TEXT:
        what = f"the points have {sum(map(len, points)):,} characters"
        raise broken("text_length", what, f"use at most {LONGEST_TEXT:,} in all")
    return tuple(_check_text(point, LONGEST_TEXT, PLACES, is_line=True) for point in points)


def _check_text(text: str, longest: int, places: tuple[str, ...], *, is_line: bool = False) -> str:
    if not any(unicodedata.category(letter)[0] in "LNPS" for letter in text):
        raise broken("text_blank", "the text is blank", "write it, or take the key away")
    if len(text) > longest:
        raise broken("text_length", f"{len(text):,} characters", f"use at most {longest:,}")
    if is_line and len(text.strip().splitlines()) > 1:
        raise broken("text_lines", "the text has several lines", "write it in one line")
    for character in text:
        is_control = unicodedata.category(character) in {"Cc", "Cs", "Cn"}
        if character in _TURNING or (is_control and character not in "\n\t"):
            what = f"the text holds the character U+{ord(character):04X}, which cannot be seen"
            raise broken("text_character", what, "take it out")
    _check_places(text, places)
    return text.strip()


def _check_places(text: str, places: tuple[str, ...]) -> None:
    braces = "write {{ and }} for braces that are meant as such"
    filled = f"{', '.join(f'{{{name}}}' for name in places)} are filled in; " if places else ""
    try:
        found = list(Formatter().parse(text))
    except ValueError:
        raise broken("text_place", "a { or } stands alone", filled + braces) from None
    for __, name, form, conversion in found:
        if name is None:
            continue
        if name not in places or form or conversion:
            spelled = name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
            what = f"{{{spelled[:40]}}} is not filled in"
            raise broken("text_place", what, filled + braces)


Line = Annotated[str, AfterValidator(_check_line)]
MarkedLine = Annotated[str, AfterValidator(_check_marked_line)]
Paragraphs = Annotated[str, AfterValidator(_check_paragraphs)]
Points = Annotated[tuple[str, ...], AfterValidator(_check_points)]


class Texts(Strict):
    """The company's own texts in packets; plain text with {company}, {cycle} and {dates}."""

    ground_rules: Points | None = None
    session_intro: Paragraphs | None = None
    manager_intro: Paragraphs | None = None
    sheet_intro: Paragraphs | None = None
    page_intro: Paragraphs | None = None
    how_to_contest: Points | None = None

    def list_given(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Name and paragraphs or points of each text that is given."""
        for name in type(self).model_fields:
            told = getattr(self, name)
            if isinstance(told, str):
                parts = re.split(r"\n\s*\n", told)
                yield name, tuple(" ".join(part.split()) for part in parts)
            elif told is not None:
                yield name, told


class ThemeSettings(Strict):
    """A company's look; the file theme.yaml in the folder that the cycle's key theme names."""

    schema_: Literal[1] = Field(alias="schema")
    company: str = ""
    accent: str | None = None
    logo: str | None = None
    logo_text: Line | None = None
    classification: Mapping[str, MarkedLine] = Field(default_factory=dict)
    footer: Mapping[str, Line] = Field(default_factory=dict)
    texts: Texts = Field(default_factory=Texts)

    @field_validator("company")
    @classmethod
    def _company(cls, company: str) -> str:
        return _check_text(company, LONGEST_LINE, (), is_line=True) if company else company

    @field_validator("accent")
    @classmethod
    def _accent(cls, accent: str | None) -> str | None:
        if accent is None:
            return None
        if not _COLOUR.fullmatch(accent):
            what = f"'{accent[:20]}' is no colour"
            raise broken("accent_colour", what, 'write six hex digits such as "#0f5a60", quoted')
        _check_accent(accent.lower())
        return accent.lower()

    @field_validator("logo")
    @classmethod
    def _logo(cls, logo: str | None) -> str | None:
        if logo is not None and not re.fullmatch(r"\w[\w .-]{0,99}\.(?:svg|png)", logo):
            what = f"'{logo[:60]}' names no logo in the folder of the theme"
            fix = "put the file beside theme.yaml and write its name alone, such as logo.svg"
            raise broken("logo_name", what, fix)
        return logo

    @field_validator("classification", "footer", mode="before")
    @classmethod
    def _kinds(cls, told: object) -> object:
        known = (*KINDS, ALL)
        if isinstance(told, str):
            return {ALL: told}
        for name in told if isinstance(told, Mapping) else ():
            if name not in known:
                fix = say_known(str(name), known)
                raise broken_at([((str(name),), "unknown_kind", f"'{name}' is no packet", fix)])
        return told

    @model_validator(mode="after")
    def _spoken(self) -> ThemeSettings:
        if self.logo is not None and self.logo_text is None:
            what = "the logo has no text for people who cannot see it"
            fix = "add the key logo_text, such as the company's name"
            raise broken_at([(("logo",), "logo_text", what, fix)])
        return self


def _check_accent(accent: str) -> None:
    """Text in the accent must be readable, and nobody may take it for a finding."""

    def passes(colour: str) -> bool:
        return find_contrast(colour, WHITE) >= READABLE and find_distance(colour, ALERT) >= APART

    contrast = find_contrast(accent, WHITE)
    nearest = f'the nearest darker colour that passes is "{darken_until(accent, passes)}"'
    if contrast < READABLE:
        what = f"{accent} on white has a contrast of {contrast:.1f}:1, too little to read"
        raise broken("accent_contrast", what, f"{READABLE}:1 is needed; {nearest}")
    if not passes(accent):
        what = f"{accent} looks like {ALERT}, the colour that marks findings"
        raise broken("accent_alert", what, nearest)
