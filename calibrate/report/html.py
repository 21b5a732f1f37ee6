"""View and template to HTML; the packet id is the hash of what was written."""

from __future__ import annotations

import hashlib
import re
from dataclasses import fields
from functools import lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from calibrate.config.shipped import find_folder
from calibrate.language import _
from calibrate.report.charts import Drawing
from calibrate.report.document import Document
from calibrate.report.safety import show_text
from calibrate.report.theme import DEFAULT, LOGO, Theme
from calibrate.report.words import abridge, isolate, soften

#: Text is escaped, so this mark cannot come from the data.
ID_MARK = "<!--packet-id-->"
_COLOUR = re.compile(r"--([a-z0-9-]+): (#[0-9a-f]{6});")


@lru_cache(maxsize=4)
def build_environment(shades: tuple[tuple[str, str], ...] = ()) -> Environment:
    """Open the packaged templates: everything is escaped, a missing value is an error.

    Parameters
    ----------
    shades
        Colours of a theme that stand in place of those of ``tokens.css``, by name.
    """
    environment = Environment(
        loader=FileSystemLoader(find_folder("reports/templates")),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["abridge"] = abridge
    environment.globals |= {
        "_": _, "palette": read_palette() | dict(shades), "svg_namespace": "http://www.w3.org/2000/svg",
    }  # fmt: skip
    return environment


@lru_cache(maxsize=1)
def read_palette() -> dict[str, str]:
    """Colours of ``tokens.css`` by name: drawings have the same as the text around them."""
    tokens = (find_folder("reports/templates") / "tokens.css").read_text(encoding="utf-8")
    return dict(_COLOUR.findall(tokens))


def write_document(document: Document, theme: Theme = DEFAULT) -> tuple[str, str]:
    """Set the blocks of a document as HTML.

    Parameters
    ----------
    theme
        Whose colours drawings have, and whose logo stands in the title block.

    Returns
    -------
    (html, packet_id)
        The packet id is the first 12 hex digits of the SHA-256 of the HTML in which
        the id itself is still blank, and of the theme's look.
    """
    values = {field.name: getattr(document, field.name) for field in fields(document)}
    values["logo"] = LOGO if theme.logo is not None else ""
    environment = build_environment(tuple(theme.shades.items()))
    html = environment.get_template("document.html").render(values)
    packet_id = hashlib.sha256((html + theme.look).encode()).hexdigest()[:12]
    return html.replace(ID_MARK, packet_id), packet_id


def write_drawing(drawing: Drawing, theme: Theme = DEFAULT) -> str:
    """One drawing as it stands in a document."""
    template = build_environment(tuple(theme.shades.items())).from_string(
        '{% import "_charts.html" as charts %}{{ charts.draw(drawing) }}'
    )
    return template.render(drawing=drawing)


def _finalize(value: object) -> object:
    return isolate(soften(show_text(value))) if type(value) is str else value
