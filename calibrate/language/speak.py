"""Sentences by gettext; the language is that of the run that is under way."""

from __future__ import annotations

import gettext as translations
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from calibrate.language.formats import Formats, find_formats

#: English is the language of the source; each other one has a catalogue.
LANGUAGES = ("en", "de")


@dataclass(frozen=True)
class _Tongue:
    language: str
    catalogue: translations.NullTranslations
    formats: Formats


@contextmanager
def speak(language: str, locale: str = "") -> Iterator[None]:
    """Write everything inside in this language.

    Parameters
    ----------
    language
        One of :data:`LANGUAGES`.
    locale
        Whose number and date formats; that of the language if empty.

    Examples
    --------
    >>> with speak("en", "de"):
    ...     _("{n} forms", n=1519)
    '1.519 forms'
    """
    tongue = _Tongue(language, _load_catalogue(language), find_formats(locale or language))
    token = _current.set(tongue)
    try:
        yield
    finally:
        _current.reset(token)


def _(message: str, **values: str | int) -> str:
    """Translate a sentence and put the values in its braces.

    A whole number is written as a count; every other number is formatted before.

    Raises
    ------
    TypeError
        If a value is a float: how many decimals it has is not decided here.

    Examples
    --------
    >>> _("{n} of {total} people", n=12, total=1519)
    '12 of 1,519 people'
    """
    tongue = _current.get()
    return _fill(tongue.catalogue.gettext(message), values, tongue.formats)


def ngettext(one: str, many: str, n: int, **values: str | int) -> str:
    """Translate a sentence that depends on a count, which is ``{n}`` in it.

    Examples
    --------
    >>> ngettext("{n} person", "{n} people", 1), ngettext("{n} person", "{n} people", 2000)
    ('1 person', '2,000 people')
    """
    tongue = _current.get()
    text = tongue.catalogue.ngettext(one, many, n)
    return _fill(text, {"n": int(n), **values}, tongue.formats)


def N_(message: str) -> str:  # noqa: N802  # the name that gettext's tools look for
    """Mark a constant for the catalogue; it is translated by :func:`_` where it is used."""
    return message


def current_formats() -> Formats:
    """The formats in force."""
    return _current.get().formats


def current_language() -> str:
    """The language in force."""
    return _current.get().language


def _fill(text: str, values: dict[str, str | int], known: Formats) -> str:
    if not values:
        return text
    written = {}
    for name, value in values.items():
        if isinstance(value, float):
            raise TypeError(f"'{name}' is a float; write it with its decimals first")
        written[name] = value if isinstance(value, str) else known.write(int(value))
    return text.format_map(written)


@lru_cache(maxsize=len(LANGUAGES))
def _load_catalogue(language: str) -> translations.NullTranslations:
    if language == "en":
        return translations.NullTranslations()
    if language not in LANGUAGES:
        raise ValueError(f"there is no catalogue for '{language}'")
    path = files("calibrate.language") / "locale" / language / "LC_MESSAGES" / "calibrate.po"
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return translations.GNUTranslations(compiled)


_ENGLISH = _Tongue("en", _load_catalogue("en"), find_formats("en"))
_current: ContextVar[_Tongue] = ContextVar("tongue", default=_ENGLISH)
