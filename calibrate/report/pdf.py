"""HTML to PDF/UA bytes: no network, no clock, no silent warning."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any

from calibrate.config.shipped import find_folder
from calibrate.errors import MachineError, RenderError

try:
    # Without Pango the library prints a page of advice where our results go.
    with redirect_stdout(StringIO()):
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse
except OSError as error:
    raise MachineError(
        "Pango, which sets the packets, cannot be loaded; `calibrate doctor` says what to install"
    ) from error

#: The only addresses a template may use: ``asset:NAME`` for a file beside the templates.
SCHEME = "asset:"
STYLESHEETS = ("tokens.css", "print.css")
#: A name in a script without a font here must not cost everybody the run: it is told.
_NO_GLYPH = ".notdef glyph"
_ASSET_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9]+)+", re.ASCII)


@dataclass(frozen=True)
class Pdf:
    """A finished document; ``missing`` are characters that no font here can show."""

    content: bytes
    n_pages: int
    missing: frozenset[str] = frozenset()


class AssetFetcher(URLFetcher):  # type: ignore[misc]
    """Serves packaged assets by name; every other address ends the rendering."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        name = url.removeprefix(SCHEME)
        path = find_folder("reports/templates") / name
        if not url.startswith(SCHEME) or not _ASSET_NAME.fullmatch(name) or not path.is_file():
            raise FatalURLFetchingError(f"a template asked for '{url}'; only assets are served")
        return URLFetcherResponse(url, body=path.read_bytes())


def render_pdf(html: str) -> Pdf:
    """Set one document as tagged PDF/UA-1.

    Same HTML, same fonts and same library: same bytes. No date is written and the
    file identifier is a hash of the content.

    Raises
    ------
    RenderError
        If the library logs anything but a missing glyph, or an address outside the
        package is asked for.
    """
    fonts, sheets = _load_styles()
    with _collect_log() as (lines, missing):
        try:
            document = HTML(string=html, base_url=SCHEME, url_fetcher=AssetFetcher()).render(
                font_config=fonts, stylesheets=sheets, pdf_variant="pdf/ua-1", pdf_tags=True
            )
            identifier = hashlib.sha256(html.encode()).hexdigest()[:32].encode()
            content = document.write_pdf(
                pdf_variant="pdf/ua-1", pdf_tags=True, pdf_identifier=identifier
            )
        except FatalURLFetchingError as error:
            raise RenderError(f"a packet was not set: {error}") from error
    if lines:
        raise RenderError("a packet was not set: " + "; ".join(dict.fromkeys(lines)))
    return Pdf(content, len(document.pages), frozenset(missing))


@lru_cache(maxsize=1)
def _load_styles() -> tuple[FontConfiguration, list[CSS]]:
    # Parsing the stylesheets costs more than setting a page: once per process.
    fonts = FontConfiguration()
    folder: Path = find_folder("reports/templates")
    with _collect_log() as (lines, _):
        sheets = [
            CSS(
                string=(folder / name).read_text(encoding="utf-8"),
                base_url=SCHEME, url_fetcher=AssetFetcher(), font_config=fonts,
            )
            for name in STYLESHEETS
        ]  # fmt: skip
    if lines:
        raise RenderError("a stylesheet is at fault: " + "; ".join(lines))
    return fonts, sheets


@contextmanager
def _collect_log() -> Iterator[tuple[list[str], set[str]]]:
    lines: list[str] = []
    missing: set[str] = set()

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if str(record.msg).startswith(_NO_GLYPH) and isinstance(record.args, tuple):
                missing.add(str(record.args[0]))
            else:
                lines.append(record.getMessage())

    handler = Collector(logging.WARNING)
    loggers = [logging.getLogger(name) for name in ("weasyprint", "fontTools")]
    before = [(logger.level, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.WARNING)
        logger.propagate = False
    try:
        yield lines, missing
    finally:
        for logger, (level, propagate) in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.setLevel(level)
            logger.propagate = propagate
