"""Blocks of a packet in the order of reading; none knows what it is about or holds markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from calibrate.report.charts import Drawing
from calibrate.report.document.table import Table

Tone = Literal["", "lead", "small", "soft", "key", "say", "why"]


@dataclass(frozen=True)
class Heading:
    """A heading inside a section or a card."""

    kind: ClassVar[str] = "heading"
    text: str
    level: Literal[3, 4] = 4


@dataclass(frozen=True)
class Paragraph:
    """Sentences; ``opening`` are bold words before them, ``is_held`` stays with what follows."""

    kind: ClassVar[str] = "paragraph"
    text: str
    tone: Tone = ""
    opening: str = ""
    is_held: bool = False


@dataclass(frozen=True)
class Note:
    """What was cut, withheld or is not known, or what a packet rests on."""

    kind: ClassVar[str] = "note"
    lines: tuple[str, ...]
    tone: Literal["notice", "foot"] = "notice"


@dataclass(frozen=True)
class Bullets:
    """A list."""

    kind: ClassVar[str] = "bullets"
    items: tuple[str, ...]
    is_numbered: bool = False


@dataclass(frozen=True)
class Fact:
    """A label and its value."""

    label: str
    value: str


@dataclass(frozen=True)
class Facts:
    """Labels and values beneath each other."""

    kind: ClassVar[str] = "facts"
    items: tuple[Fact, ...]


@dataclass(frozen=True)
class Figure:
    """One large figure with its caption."""

    value: str
    caption: str


@dataclass(frozen=True)
class Figures:
    """Large figures side by side."""

    kind: ClassVar[str] = "figures"
    items: tuple[Figure, ...]


@dataclass(frozen=True)
class Strip:
    """One drawing with its axis above and a line below that says how to read it."""

    kind: ClassVar[str] = "strip"
    drawing: Drawing
    ticks: tuple[str, ...] = ()
    width: int = 64
    key: str = ""


@dataclass(frozen=True)
class Scale:
    """Key of a heat table: words for both ends, shades between them."""

    kind: ClassVar[str] = "scale"
    lowest: str
    highest: str
    after: str = ""
    shades: tuple[str, ...] = ("1", "2", "3", "4", "5")


@dataclass(frozen=True)
class Link:
    """Points to a section of the same document."""

    text: str
    anchor: str


@dataclass(frozen=True)
class Look:
    """A finding: what it says, what stands behind it, where to read on."""

    kind: ClassVar[str] = "look"
    headline: str
    evidence: str
    opening: str = ""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Signatures:
    """Lines to sign on, each with what is written under it."""

    kind: ClassVar[str] = "signatures"
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Columns:
    """Two stacks of blocks side by side; ``is_split`` gives the left one more room."""

    kind: ClassVar[str] = "columns"
    left: tuple[Block, ...]
    right: tuple[Block, ...]
    is_split: bool = False


@dataclass(frozen=True)
class Card:
    """One person, on one page.

    Parameters
    ----------
    line
        Smaller, under the title.
    side : lines at the right
    """

    kind: ClassVar[str] = "card"
    title: str
    line: str
    side: tuple[str, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Section:
    """A heading and what belongs to it.

    Parameters
    ----------
    level
        2, or 3 for a part of the section before.
    anchor
        Where links point to; see :func:`set_anchors`.
    is_kept
        Stands on one page.
    is_fresh
        Begins a page.
    is_wide
        Stands on pages turned sideways.
    """

    kind: ClassVar[str] = "section"
    title: str
    blocks: tuple[Block, ...] = ()
    level: Literal[2, 3] = 2
    anchor: str = ""
    is_kept: bool = False
    is_fresh: bool = False
    is_wide: bool = False


@dataclass(frozen=True)
class Contents:
    """The headings of a document with their pages."""

    kind: ClassVar[str] = "contents"
    title: str
    links: tuple[tuple[int, Link], ...]


@dataclass(frozen=True)
class Front:
    """A first page that is set closer, so that it stays one page."""

    kind: ClassVar[str] = "front"
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Step:
    """What to do next, and the section of the same document that helps."""

    text: str
    link: Link | None = None


@dataclass(frozen=True)
class Steps:
    """What to do, in this order."""

    kind: ClassVar[str] = "steps"
    items: tuple[Step, ...]


@dataclass(frozen=True)
class Fold:
    """A part that a screen shows when asked to; ``line`` says what is in it."""

    kind: ClassVar[str] = "fold"
    title: str
    line: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Finder:
    """A table whose rows a screen can search."""

    kind: ClassVar[str] = "finder"
    label: str
    table: Table


@dataclass(frozen=True)
class Box:
    """A box of a picture made of layers.

    Parameters
    ----------
    state
        One word, also told by the frame: ``look`` is a class of the style sheet.
    lines
        Smaller, under the title.
    """

    title: str
    state: str
    look: Literal["served", "thin", "unserved", "over"]
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layer:
    """Boxes beside each other, and the lines that lead from them to the layer above."""

    title: str
    line: str
    boxes: tuple[Box | None, ...]
    ties: Drawing | None = None


@dataclass(frozen=True)
class Layers:
    """A picture of boxes in layers, the highest first; its words are text."""

    kind: ClassVar[str] = "layers"
    layers: tuple[Layer, ...]
    key: str = ""


Block = (
    Heading | Paragraph | Note | Bullets | Facts | Figures | Strip | Scale | Table | Look
    | Signatures | Columns | Card | Section | Contents | Front | Steps | Fold | Finder | Layers
)  # fmt: skip


@dataclass(frozen=True)
class Head:
    """Title block and page margins; footer and logo are those of a theme."""

    title: str
    subtitle: str
    running: str
    cycle: str
    dates: str
    classification: str
    language: str
    paper: str
    footer: str = ""
    logo_text: str = ""


@dataclass(frozen=True)
class Document:
    """A whole packet; roomy is read from further away, close is looked things up in."""

    head: Head
    blocks: tuple[Block, ...]
    density: Literal["", "roomy", "close"] = ""


def set_anchors(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Number the sections, so that links can point to each.

    Examples
    --------
    >>> [section.anchor for section in set_anchors([Section("Scope"), Section("Scope")])]
    ['section-1', 'section-2']
    """
    return tuple(replace(s, anchor=f"section-{n}") for n, s in enumerate(sections, 1))


def list_contents(title: str, sections: Sequence[Section]) -> Contents:
    """List the headings of sections that have anchors."""
    return Contents(title, tuple((s.level, Link(s.title, s.anchor)) for s in sections))


def walk(blocks: Sequence[Block]) -> Iterator[Block]:
    """Every block in the order of reading, inner ones after the one that holds them."""
    for block in blocks:
        yield block
        match block:
            case (
                Section(blocks=inner) | Card(blocks=inner) | Front(blocks=inner)
                | Fold(blocks=inner)
            ):  # fmt: skip
                yield from walk(inner)
            case Finder(table=table):
                yield table
            case Columns(left=left, right=right):
                yield from walk([*left, *right])
            case _ignored:
                pass
