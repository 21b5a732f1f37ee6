"""A section that is a lead, what the figures say, and tables: the shape of the audit's parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from calibrate.report.document import Block, Bullets, Columns, Paragraph, Section, Table


def write_section(
    title: str,
    lead: str = "",
    sentences: Sequence[str] = (),
    tables: Sequence[Table] = (),
    *,
    is_listed: bool = False,
    is_paired: bool = False,
    level: Literal[2, 3] = 2,
) -> Section:
    """Put a lead, sentences and tables under a heading.

    Parameters
    ----------
    lead : what it is about and how to read it, in one or two sentences
    sentences : what the figures say
    is_listed : the sentences are points of a list
    is_paired : its two tables stand side by side
    level : 2, or 3 for a part of the section before
    """
    blocks: list[Block] = []
    if lead:
        blocks.append(Paragraph(lead, is_held=True))
    if sentences:
        said = Paragraph(" ".join(sentences), is_held=bool(tables))
        blocks.append(Bullets(tuple(sentences)) if is_listed else said)
    if is_paired:
        blocks.append(Columns((tables[0],), (tables[1],)))
    else:
        blocks += tables
    return Section(title, tuple(blocks), level)
