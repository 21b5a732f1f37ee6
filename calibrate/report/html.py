"""View and template to HTML; the packet id is the hash of what was written."""

from __future__ import annotations

import hashlib
import re
from dataclasses import fields
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from calibrate.config.shipped import find_folder
from calibrate.language import _
from calibrate.report.charts import Drawing
from calibrate.report.document import Document
from calibrate.report.words import isolate, soften

#: Text is escaped, so this mark cannot come from the data.
ID_MARK = "<!--packet-id-->"
_COLOUR = re.compile(r"--([a-z0-9-]+): (#[0-9a-f]{6});")


@lru_cache(maxsize=1)
def build_environment() -> Environment:
    """Open the packaged templates: everything is escaped, a missing value is an error."""
    environment = Environment(
        loader=FileSystemLoader(find_folder("reports/templates")),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "_": _, "palette": read_palette(), "svg_namespace": "http://www.w3.org/2000/svg",
    }  # fmt: skip
    return environment


@lru_cache(maxsize=1)
def read_palette() -> dict[str, str]:
    """Colours of ``tokens.css`` by name: drawings have the same as the text around them."""
    tokens = (find_folder("reports/templates") / "tokens.css").read_text(encoding="utf-8")
    return dict(_COLOUR.findall(tokens))


def write_document(document: Document) -> tuple[str, str]:
    """Set the blocks of a document as HTML.

    Returns
    -------
    (html, packet_id)
        The packet id is the first 12 hex digits of the SHA-256 of the HTML in which
        the id itself is still blank.
    """
    return write_html("document.html", document)


def write_html(template: str, view: Any) -> tuple[str, str]:
    """Fill a template with a view.

    Returns
    -------
    (html, packet_id)
        The packet id is the first 12 hex digits of the SHA-256 of the HTML in which
        the id itself is still blank.
    """
    values = {field.name: getattr(view, field.name) for field in fields(view)}
    html = build_environment().get_template(template).render(values)
    packet_id = hashlib.sha256(html.encode()).hexdigest()[:12]
    return html.replace(ID_MARK, packet_id), packet_id


def write_drawing(drawing: Drawing) -> str:
    """One drawing as it stands in a document."""
    template = build_environment().from_string(
        '{% import "_charts.html" as charts %}{{ charts.draw(drawing) }}'
    )
    return template.render(drawing=drawing)


def _finalize(value: object) -> object:
    return isolate(soften(value)) if type(value) is str else value
