"""Judgements about Python, libraries, fonts, encodings and the computer; nothing is read here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from calibrate.doctor.check import Check, say_install
from calibrate.errors import say_character

#: The oldest Pango that WeasyPrint works with, as its documentation says.
LOWEST_PANGO: Final = (1, 44)
#: 3,000 people are scored and audited in 0.65 GiB; larger companies and more jobs take more.
LOW_MEMORY: Final = 2 << 30

#: A letter of each script that many names are written in; emoji stand in titles.
SCRIPTS: Final = MappingProxyType(
    {
        "ż": "Latin", "λ": "Greek", "ж": "Cyrillic", "ع": "Arabic", "ש": "Hebrew",
        "क": "Devanagari", "ক": "Bengali", "ਕ": "Gurmukhi", "ક": "Gujarati", "த": "Tamil",
        "క": "Telugu", "ಕ": "Kannada", "ക": "Malayalam", "ක": "Sinhala", "ก": "Thai",
        "ກ": "Lao", "ក": "Khmer", "က": "Burmese", "ა": "Georgian", "Ա": "Armenian",
        "አ": "Ethiopic", "张": "Chinese", "の": "Japanese", "한": "Korean", "😀": "emoji",
    }
)  # fmt: skip
#: How Unicode's names of East Asian characters begin.
_EAST_ASIAN: Final = (
    "CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "FULLWIDTH", "HALFWIDTH",
)  # fmt: skip


@dataclass(frozen=True)
class Requirement:
    """A package that our distribution asks for; ``extra`` is empty for those always needed."""

    name: str
    lowest: tuple[int, ...]
    extra: str = ""


@dataclass(frozen=True)
class Printing:
    """What sets the packets: versions, or why it cannot be loaded."""

    pango: tuple[int, ...] = ()
    has_subset: bool = True
    n_fonts: int = 0
    error: str = ""


def parse_version(text: str) -> tuple[int, ...]:
    """Return the numbers a version begins with.

    Examples
    --------
    >>> parse_version("2.0.30"), parse_version("3.11.0rc1")
    ((2, 0, 30), (3, 11, 0))
    """
    found = re.match(r"\d+(?:\.\d+)*", text.strip())
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def parse_requirement(text: str) -> Requirement:
    """Read one requirement of our own distribution; each says ``>=`` and nothing else.

    Examples
    --------
    >>> parse_requirement("SQLAlchemy>=2.0.30; extra == 'db'")
    Requirement(name='SQLAlchemy', lowest=(2, 0, 30), extra='db')
    """
    wanted, _, marker = text.partition(";")
    name, _, lowest = wanted.partition(">=")
    extra = re.search(r"extra == ['\"](\w+)['\"]", marker)
    return Requirement(
        re.sub(r"\[.*\]", "", name).strip(), parse_version(lowest), extra[1] if extra else ""
    )


def plain_name(package: str) -> str:
    """Write the name of a package the one way in which two names can be compared.

    Examples
    --------
    >>> plain_name("python_calamine"), plain_name("PyYAML")
    ('python-calamine', 'pyyaml')
    """
    return re.sub(r"[-_.]+", "-", package).lower()


def check_system(system: str) -> Check:
    """Linux and macOS are tested."""
    if system in {"Linux", "Darwin"}:
        return Check("system", "ok", {"Darwin": "macOS"}.get(system, system))
    fix = "on Windows use the Windows Subsystem for Linux (wsl --install)"
    return Check("system", "fail", f"{system or 'this system'} is not supported", fix)


def check_python(version: Sequence[int], lowest: Sequence[int]) -> Check:
    """Compare Python with the oldest version we support."""
    found = _say_version(version)
    if tuple(version) >= tuple(lowest):
        return Check("Python", "ok", found)
    needed = _say_version(lowest)
    fix = f"install Python {needed} or newer and make the environment again"
    return Check("Python", "fail", f"{found} is too old; {needed} is needed", fix)


def check_packages(
    installed: Mapping[str, str], requirements: Sequence[Requirement], extra: str = ""
) -> Check:
    """Compare installed packages with what we ask for.

    Parameters
    ----------
    installed
        Plain name to version; a package that is not there is absent.
    requirements
        Those of our distribution.
    extra
        Look at this extra instead of what is always needed.
    """
    wanted = [r for r in requirements if r.extra == extra]
    wrong = [problem for r in wanted if (problem := _compare(installed, r))]
    name = f"extra [{extra}]" if extra else "packages"
    what = f"review-calibrate[{extra}]" if extra else "review-calibrate"
    if wrong:
        return Check(name, "fail", "; ".join(wrong), f"pip install --upgrade '{what}'")
    return Check(name, "ok", f"{len(wanted)} of {len(wanted)} there and new enough")


def _compare(installed: Mapping[str, str], requirement: Requirement) -> str:
    version = installed.get(plain_name(requirement.name))
    if version is None:
        return f"{requirement.name} is missing"
    if parse_version(version) < requirement.lowest:
        return f"{requirement.name} {version} is older than {_say_version(requirement.lowest)}"
    return ""


def check_engine(error: str) -> Check:
    """A package may be there and yet not work."""
    if error:
        fix = "pip install --force-reinstall review-calibrate"
        return Check("engine", "fail", f"cannot be loaded: {error}", fix)
    return Check("engine", "ok", "can be loaded")


def check_pango(printing: Printing, installer: str) -> Check:
    """Without Pango no packet can be set."""
    fix = say_install("pango", installer)
    if printing.error:
        return Check("Pango", "fail", printing.error, fix)
    found = _say_version(printing.pango)
    if printing.pango < LOWEST_PANGO:
        return Check("Pango", "fail", f"{found} is older than {_say_version(LOWEST_PANGO)}", fix)
    return Check("Pango", "ok", found)


def check_subset(printing: Printing, installer: str) -> Check:
    """Without the library fonts are cut down in Python, which is slow."""
    if printing.has_subset:
        return Check("harfbuzz-subset", "ok", "there")
    found = "missing: packets take about three times as long"
    return Check("harfbuzz-subset", "look", found, say_install("subset", installer))


def check_fonts(printing: Printing, missing: Collection[str], installer: str) -> Check:
    """Say which scripts are ready; ``missing`` are letters of ``SCRIPTS`` without a font."""
    ready = [name for letter, name in SCRIPTS.items() if letter not in missing]
    without = [name for letter, name in SCRIPTS.items() if letter in missing]
    found = f"{printing.n_fonts:,} font{'' if printing.n_fonts == 1 else 's'} beside our own"
    if without:
        found = f"{found}; none for {', '.join(without)}; ready: {', '.join(ready)}"
        return Check("fonts", "look", found, _say_remedy(missing, installer))
    return Check("fonts", "ok", f"{found}; ready: {', '.join(ready)}")


def check_names(n_characters: int, missing: Collection[str], installer: str) -> Check:
    """Say which characters of this cycle's names would be boxes."""
    if not missing:
        return Check("names", "ok", f"all {n_characters:,} characters of names can be printed")
    listed = ", ".join(say_character(c) for c in sorted(missing)[:5])
    more = f" and {len(missing) - 5:,} more" if len(missing) > 5 else ""
    found = f"no font has {listed}{more}; boxes will stand in their place"
    return Check("names", "look", found, _say_remedy(missing, installer))


def _say_remedy(characters: Collection[str], installer: str) -> str:
    families = {_find_family(character) for character in characters}
    wanted = " ".join(family for family in ("core", "cjk", "emoji") if family in families)
    if not wanted:
        return "no font has private characters: write other ones in the data"
    return say_install(wanted, installer)


def _find_family(character: str) -> str:
    """In which fonts a character is; "" for private ones, which are in none."""
    name = unicodedata.name(character, "")
    if not name:
        return ""
    if name.startswith(_EAST_ASIAN):
        return "cjk"
    return "emoji" if unicodedata.category(character) == "So" else "core"


def check_file_names(encoding: str) -> Check:
    """File names with other letters than ASCII are found where names are UTF-8."""
    if _is_utf8(encoding):
        return Check("file names", "ok", "UTF-8")
    found = f"{encoding}: files whose names hold other letters may not be found"
    return Check("file names", "look", found, "export LC_ALL=C.UTF-8 (macOS: en_US.UTF-8)")


def check_terminal(encoding: str) -> Check:
    """Names are shown as they are where the terminal takes UTF-8."""
    if _is_utf8(encoding):
        return Check("terminal", "ok", "UTF-8")
    found = f"{encoding}: letters it lacks are shown as \\u codes; files are not concerned"
    return Check("terminal", "look", found, "export LC_ALL=C.UTF-8 (macOS: en_US.UTF-8)")


def check_computer(n_processors: int, memory: int | None) -> Check:
    """Say how many packets can be set at once, and whether memory is short."""
    found = f"{n_processors} processor{'s' if n_processors > 1 else ''}"
    if memory is not None:
        found += f", {memory / 2**30:.1f} GiB of memory"
        if memory < LOW_MEMORY:
            fix = "close other programs; use --jobs 1"
            return Check("computer", "look", f"{found}: little for large companies", fix)
    return Check("computer", "ok", f"{found}: up to --jobs {n_processors}")


def _is_utf8(encoding: str) -> bool:
    return encoding.lower().replace("-", "").replace("_", "") in {"utf8", "utf8sig"}


def _say_version(version: Sequence[int]) -> str:
    return ".".join(str(part) for part in version)
