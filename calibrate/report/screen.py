"""A document as one page for a screen: nothing outside the file, nothing leaves it."""

from __future__ import annotations

import hashlib
from base64 import b64encode

from markupsafe import Markup

from calibrate.config.shipped import find_folder
from calibrate.report.document import Document
from calibrate.report.html import build_environment
from calibrate.report.safety import show_text
from calibrate.report.theme import DEFAULT, Theme

_STYLES, _SCRIPT = ("tokens.css", "screen.css", "layers.css"), "screen.js"


def write_screen(document: Document, theme: Theme = DEFAULT) -> str:
    """Set the blocks of a document as a page of HTML with its style and script inside.

    The page allows itself its own style and script by their hashes, and nothing else: no
    request, no form, no frame. It is complete without the script.
    """
    tokens, *others = (_read_template(name) for name in _STYLES)
    style = "\n".join(filter(None, (tokens, theme.style, *others)))
    script = _read_template(_SCRIPT)
    policy = (
        f"default-src 'none'; style-src '{_hash_source(style)}'; "
        f"script-src '{_hash_source(script)}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    # Hashes and file names must be copied as they are, so no word gets a place to break.
    environment = build_environment(tuple(theme.shades.items())).overlay(finalize=_finalize)
    return environment.get_template("index.html").render(
        head=document.head, blocks=document.blocks, policy=policy,
        # A checked file in base64, longer than a text may be; our own files and derived colours.
        logo=Markup(theme.logo_source), style=Markup(style), script=Markup(script),
    )  # fmt: skip


def _finalize(value: object) -> object:
    return show_text(value) if type(value) is str else value


def _read_template(name: str) -> str:
    return (find_folder("reports/templates") / name).read_text(encoding="utf-8")


def _hash_source(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
