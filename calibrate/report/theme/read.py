"""The folder of a theme → Theme: what is not in the folder, or is too large, is not read."""

from __future__ import annotations

import hashlib
from pathlib import Path

from calibrate.config.explain import build_model
from calibrate.config.strict_yaml import Document, read_document
from calibrate.errors import InputError, Problem
from calibrate.report.theme.fault import LogoError
from calibrate.report.theme.logo import LARGEST_FILE, Logo, clean_logo
from calibrate.report.theme.settings import ThemeSettings
from calibrate.report.theme.theme import Theme

FILE = "theme.yaml"
LARGEST_SETTINGS = 64_000


def read_theme(folder: Path, shown: str) -> tuple[Theme, dict[str, str]]:
    """Read a theme.

    Parameters
    ----------
    folder
        Holds ``theme.yaml`` and the logo.
    shown
        What problems and the manifest call the folder.

    Returns
    -------
    (theme, SHA-256 of each file by its shown name)

    Raises
    ------
    InputError
        Listing every fault of ``theme.yaml``, or what is wrong with the logo.
    """
    name = f"{shown}/{FILE}"
    _require(folder, FILE, name, LARGEST_SETTINGS)
    document = read_document(folder / FILE, name)
    settings, problems = build_model(ThemeSettings, document)
    if settings is None or problems:
        raise InputError(problems)
    hashes = {name: document.sha256}
    logo = None
    if settings.logo is not None:
        beside = f"{shown}/{settings.logo}"
        logo, hashes[beside] = _read_logo(folder, settings.logo, beside, document)
    theme = Theme(
        company=settings.company,
        accent=settings.accent or "",
        logo=logo,
        logo_text=settings.logo_text or "",
        classification=tuple(settings.classification.items()),
        footer=tuple(settings.footer.items()),
        texts=tuple(settings.texts.list_given()),
    )
    return theme, hashes


def _read_logo(folder: Path, name: str, shown: str, document: Document) -> tuple[Logo, str]:
    if not (folder / name).is_file():
        what, fix = f"there is no file {shown}", "put it beside theme.yaml or change its name there"
        raise InputError([document.problem(("logo",), "missing_file", what, fix)])
    _require(folder, name, shown, LARGEST_FILE)
    try:
        content = (folder / name).read_bytes()
        return clean_logo(content, Path(name).suffix), hashlib.sha256(content).hexdigest()
    except LogoError as error:
        problem = Problem(shown, None, "", error.rule, error.what, error.fix, whole=True)
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        problem = Problem(shown, None, "", "unreadable_file", what, "check the file", whole=True)
    raise InputError([problem])


def _require(folder: Path, name: str, shown: str, largest: int) -> None:
    """A plain file of the folder itself, not larger than it may be."""
    path = folder / name
    try:
        path.stat()
    except PermissionError as error:
        what, fix = f"cannot be read: {error.strerror}", "check who may read the folder"
        problem = Problem(shown, None, "", "unreadable_file", what, fix, whole=True)
        raise InputError([problem]) from error
    except OSError:
        pass
    if not path.is_file():
        what = "there is no such file"
        if path.exists():
            what = "this is no plain file"
        fix = f"make {FILE} in the folder that the key theme of the cycle names"
        raise InputError([Problem(shown, None, "", "missing_file", what, fix, whole=True)])
    if path.resolve().parent != folder.resolve():
        what, fix = "it is a link that leaves the folder of the theme", "copy the file into it"
        raise InputError([Problem(shown, None, "", "theme_link", what, fix, whole=True)])
    size = path.stat().st_size
    if size > largest:
        what, fix = f"the file has {size:,} bytes", f"use at most {largest:,}"
        raise InputError([Problem(shown, None, "", "theme_size", what, fix, whole=True)])
