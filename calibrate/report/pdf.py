"""HTML to PDF/UA bytes: no network, no clock, no silent warning."""

from __future__ import annotations

import gc
import hashlib
import logging
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from calibrate.config.shipped import find_folder
from calibrate.errors import MachineError, RenderError
from calibrate.report.archive import Attachment, write_archive
from calibrate.report.preflight import FONTS
from calibrate.report.tags import complete_tags
from calibrate.report.theme import DEFAULT, LOGO, Theme
from calibrate.report.theme.logo import Logo

try:
    # Without Pango the library prints a page of advice where our results go.
    with redirect_stdout(StringIO()):
        from cssselect2 import ElementWrapper
        from weasyprint import CSS, HTML
        from weasyprint.text.ffi import harfbuzz_subset
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse
except OSError as error:
    raise MachineError(
        "Pango, which sets the packets, cannot be loaded; `calibrate doctor` says what to install"
    ) from error

#: The only addresses a template may use: ``asset:NAME`` for a file beside the templates.
SCHEME = "asset:"
STYLESHEETS = ("tokens.css", "print.css", "layers.css")
ELEMENTS = "elements.css"
#: Whose versions change the bytes of a file.
PROGRAMS = ("weasyprint", "pydyf", "fonttools", "review-calibrate")
#: A name in a script without a font here must not cost everybody the run: it is told.
_NO_GLYPH = ".notdef glyph"
#: Fonts are cut down in Python where the system has no library for it: slower, same pages.
_NO_SUBSET = "Using fontTools instead of HarfBuzz-Subset"
_SUBSETTER = "fontTools.subset"
_ROOT = re.compile(r":root \{[^}]*\}")
_TOKEN = re.compile(r"--([a-z0-9-]+):\s*([^;]+);")
_ASSET_NAME = re.compile(r"(fonts/)?[a-z0-9_-]+(\.[a-z0-9]+)+", re.ASCII)


@dataclass(frozen=True)
class Pdf:
    """A finished document.

    Parameters
    ----------
    missing
        Characters that no font here can show.
    archive
        The same as PDF/A-3 with its tables; empty if there are none.
    """

    content: bytes
    n_pages: int
    missing: frozenset[str] = frozenset()
    archive: bytes = b""


class AssetFetcher(URLFetcher):  # type: ignore[misc]
    """Serves packaged assets by name, and a theme's logo; any other address ends the rendering."""

    def __init__(self, logo: Logo | None = None) -> None:
        super().__init__()
        self._logo = logo

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if self._logo is not None and url == LOGO:
            told = {"Content-Type": self._logo.media_type}
            return URLFetcherResponse(url, body=self._logo.content, headers=told)
        name = url.removeprefix(SCHEME)
        path = find_folder("reports/templates") / name
        if not url.startswith(SCHEME) or not _ASSET_NAME.fullmatch(name) or not path.is_file():
            raise FatalURLFetchingError(f"a template asked for '{url}'; only assets are served")
        return URLFetcherResponse(url, body=path.read_bytes())


class Page(HTML):  # type: ignore[misc]
    """Our own HTML, which is XML too: parsed by the C parser, styled by ``elements.css`` alone.

    Both are a third of what a packet costs otherwise; see benchmarks/packets.py.
    """

    def __init__(self, html: str, theme: Theme) -> None:
        self.base_url = SCHEME
        self.url_fetcher = AssetFetcher(theme.logo)
        self._elements = load_styles(theme.style).elements
        self.media_type = "print"
        try:
            root = ElementTree.fromstring(html)
        except ElementTree.ParseError as error:
            raise RenderError(f"a packet was not set: its HTML is no XML ({error})") from error
        self.wrapper_element = ElementWrapper.from_html_root(root)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return self._elements


@contextmanager
def _without_collector() -> Iterator[None]:
    """A document is a large graph that lives until it is written: looking for garbage in it
    again and again finds none and costs a quarter of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def render_pdf(html: str, attachments: Sequence[Attachment] = (), theme: Theme = DEFAULT) -> Pdf:
    """Set one document as tagged PDF/UA-1; with tables, as PDF/A-3 beside.

    Same HTML, same fonts and same library: same bytes. Neither a date nor a file identifier
    is written: for an identifier everything would be written twice. The archive must have one.

    Raises
    ------
    RenderError
        If the library logs anything but a missing glyph, or an address outside the
        package is asked for.
    """
    styles = load_styles(theme.style)
    archive = b""
    written: list[tuple[Any, int]] = []
    with _without_collector(), _collect_log() as (lines, missing):
        try:
            document = Page(html, theme).render(
                font_config=styles.fonts, stylesheets=styles.sheets,
                pdf_variant="pdf/ua-1", pdf_tags=True,
            )  # fmt: skip
            content = document.write_pdf(
                pdf_variant="pdf/ua-1", pdf_tags=True,
                finisher=lambda __, pdf: written.append(_finish(pdf)),
            )  # fmt: skip
            if attachments:
                identifier = hashlib.sha256(html.encode()).hexdigest()[:32].encode()
                archive = write_archive(*written[0], document.metadata, attachments, identifier)
        except FatalURLFetchingError as error:
            raise RenderError(f"a packet was not set: {error}") from error
    if lines:
        raise RenderError("a packet was not set: " + "; ".join(dict.fromkeys(lines)))
    return Pdf(content, len(document.pages), frozenset(missing), archive)


def _finish(pdf: Any) -> tuple[Any, int]:
    """Complete the tags; give the document and how many objects it now has."""
    complete_tags(pdf)
    return pdf, len(pdf.objects)


@dataclass(frozen=True)
class Styles:
    """Parsed stylesheets and the fonts they name."""

    fonts: FontConfiguration
    elements: list[CSS]
    sheets: list[CSS]


@lru_cache(maxsize=4)
def load_styles(style: str = "") -> Styles:
    """Read the stylesheets once per process and theme: that costs more than setting a page.

    Parameters
    ----------
    style
        What a theme puts after our tokens and before the rest.
    """
    fonts = FontConfiguration()
    folder: Path = find_folder("reports/templates")
    elements = (folder / ELEMENTS).read_text(encoding="utf-8")
    tokens, *pages = ((folder / name).read_text(encoding="utf-8") for name in STYLESHEETS)
    joined = "\n".join((tokens, style, *pages))
    with _collect_log() as (lines, __):
        read, styled = (
            CSS(string=text, base_url=SCHEME, url_fetcher=AssetFetcher(), font_config=fonts)
            for text in (elements, fill_tokens(joined))
        )
    if lines:
        raise RenderError("a stylesheet is at fault: " + "; ".join(lines))
    return Styles(fonts, [read], [styled])


@lru_cache(maxsize=1)
def fingerprint_renderer() -> str:
    """SHA-256 of what beside the draft decides the bytes: programs, styles and fonts."""
    folder = find_folder("reports/templates")
    parts = [f"{name} {version(name)}" for name in PROGRAMS]
    parts += [
        hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in (ELEMENTS, *STYLESHEETS, *FONTS)
    ]
    parts += [f"harfbuzz-subset {harfbuzz_subset is not None}", *_list_fonts()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _list_fonts() -> list[str]:
    """Font files by name and size, as fontconfig lists them; none where it has no such tool."""
    tool = shutil.which("fc-list")
    if tool is None:
        return []
    listed = subprocess.run(
        [tool, "--format", "%{file}\n"], capture_output=True, text=True, check=False
    )
    files = (Path(line) for line in set(listed.stdout.splitlines()))
    return sorted(f"{file.name} {file.stat().st_size}" for file in files if file.is_file())


def fill_tokens(css: str) -> str:
    """Put the values of ``:root`` in place of their names: else each element looks them up.

    Examples
    --------
    >>> fill_tokens(":root { --ink: #000000; } p { color: var(--ink); }")
    ' p { color: #000000; }'
    """
    values = dict(_TOKEN.findall(css))
    plain = _ROOT.sub("", css)
    for name, value in values.items():
        plain = plain.replace(f"var(--{name})", value)
    return plain


@contextmanager
def _collect_log() -> Iterator[tuple[list[str], set[str]]]:
    lines: list[str] = []
    missing: set[str] = set()

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if str(record.msg).startswith(_NO_GLYPH) and isinstance(record.args, tuple):
                missing.add(str(record.args[0]))
            elif not str(record.msg).startswith(_NO_SUBSET) and record.name != _SUBSETTER:
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
