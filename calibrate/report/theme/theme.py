"""A company's own look and texts, ready for any worker: nothing here is read from a disk."""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from string import Formatter
from typing import Any, Literal

from calibrate.report.document import Document, Head, Paragraph
from calibrate.report.theme.colours import derive_shades
from calibrate.report.theme.logo import Logo

Kind = Literal["session", "manager", "audit", "executive", "sheet", "page", "rubric"]
#: Whose margin line may be told apart; sheet is for one person, page is index.html.
KINDS: tuple[Kind, ...] = ("session", "manager", "audit", "executive", "sheet", "page", "rubric")
#: Every kind that has no line of its own.
ALL = "all"
#: Where an opening text of a kind of packet stands among the texts.
INTROS: Mapping[str, str] = {
    "session": "session_intro", "manager": "manager_intro", "sheet": "sheet_intro",
    "page": "page_intro",
}  # fmt: skip
#: What a run keeps of its theme, so that sheets printed later look like its packets.
THEME = "theme.json"
#: The address of the logo in a packet; the one of a page for a screen holds the picture itself.
LOGO = "asset:logo"


@dataclass(frozen=True)
class Theme:
    """What a company puts in place of the default look; all empty is the default.

    Parameters
    ----------
    company
        Name that texts may use.
    accent
        ``#rrggbb``; every shade follows from it.
    logo_text
        What a screen reader says for the logo.
    classification, footer
        Kind of packet, ``all`` for every other, to the line at the head of each page and
        to the second one at its foot.
    texts
        Name to paragraphs or points.
    """

    company: str = ""
    accent: str = ""
    logo: Logo | None = None
    logo_text: str = ""
    classification: tuple[tuple[str, str], ...] = ()
    footer: tuple[tuple[str, str], ...] = ()
    texts: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @cached_property
    def shades(self) -> Mapping[str, str]:
        """Colours by the name of their token; none for the default."""
        return derive_shades(self.accent) if self.accent else {}

    @cached_property
    def style(self) -> str:
        """What follows the tokens of the default: colours, and how large the logo is."""
        tokens = " ".join(f"--{name}: {value};" for name, value in self.shades.items())
        rules = [f":root {{ {tokens} }}"] if tokens else []
        if self.logo is not None:
            size = f"width: {self.logo.width:g}mm; height: {self.logo.height:g}mm;"
            rules.append(f".logo {{ {size} }}")
        return "\n".join(rules)

    @cached_property
    def look(self) -> str:
        """SHA-256 of what changes a file beside its words; empty for the default."""
        if not self.style:
            return ""
        drawn = self.logo.content if self.logo is not None else b""
        return hashlib.sha256(self.style.encode() + b"\n" + drawn).hexdigest()

    @property
    def logo_source(self) -> str:
        """The logo within an address, for a page that may ask for no file."""
        if self.logo is None:
            return ""
        return f"data:{self.logo.media_type};base64,{b64encode(self.logo.content).decode()}"

    def list_texts(self, name: str, head: Head) -> tuple[str, ...]:
        """Paragraphs or points of a named text; none where the theme has no such text."""
        told = dict(self.texts).get(name, ())
        return tuple(fill_text(text, self._list_values(head)) for text in told)

    def dress(self, document: Document, kind: Kind) -> Document:
        """Put the company's lines on a document, and its opening text before the rest."""
        head = document.head
        values = self._list_values(head)
        usual = {"usual": head.classification}
        dressed = replace(
            head,
            classification=fill_text(_choose(self.classification, kind, "{usual}"), values | usual),
            footer=fill_text(_choose(self.footer, kind), values),
            logo_text=self.logo_text if self.logo is not None else "",
        )
        told = self.list_texts(INTROS.get(kind, ""), head)
        opening = tuple(Paragraph(text, "lead") for text in told)
        return replace(document, head=dressed, blocks=(*opening, *document.blocks))

    def _list_values(self, head: Head) -> dict[str, str]:
        return {"company": self.company, "cycle": head.cycle, "dates": head.dates}


def _choose(lines: tuple[tuple[str, str], ...], kind: Kind, otherwise: str = "") -> str:
    told = dict(lines)
    return told.get(kind, told.get(ALL, otherwise))


DEFAULT = Theme()


def fill_text(text: str, values: Mapping[str, str]) -> str:
    """Put values in place of ``{name}``; names alone, checked when the theme was read.

    Examples
    --------
    >>> fill_text("{{x}} {cycle}", {"cycle": "2026-H2"})
    '{x} 2026-H2'
    """
    return "".join(
        before + (values[name] if name is not None else "")
        for before, name, __, __ in Formatter().parse(text)
    )


def write_theme(theme: Theme) -> str:
    """Write a theme as JSON: what a run keeps, so that sheets look like its packets."""
    logo = theme.logo and {
        "media_type": theme.logo.media_type, "content": b64encode(theme.logo.content).decode(),
        "width": theme.logo.width, "height": theme.logo.height,
    }  # fmt: skip
    told = {
        "company": theme.company, "accent": theme.accent, "logo": logo,
        "logo_text": theme.logo_text, "classification": dict(theme.classification),
        "footer": dict(theme.footer), "texts": {name: list(texts) for name, texts in theme.texts},
    }  # fmt: skip
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def parse_theme(text: str) -> Theme:
    """Read what :func:`write_theme` wrote."""
    told: dict[str, Any] = json.loads(text)
    logo = told["logo"] and Logo(
        told["logo"]["media_type"], b64decode(told["logo"]["content"]), told["logo"]["width"],
        told["logo"]["height"],
    )  # fmt: skip
    return Theme(
        told["company"], told["accent"], logo or None, told["logo_text"],
        tuple(told["classification"].items()), tuple(told["footer"].items()),
        tuple((name, tuple(texts)) for name, texts in told["texts"].items()),
    )  # fmt: skip
