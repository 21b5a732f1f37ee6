"""Tables in Markdown, and the marked parts of docs/benchmarks.md that scripts replace."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def table_of(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose first column is text and whose others are figures.

    Examples
    --------
    >>> print(table_of(["a", "b"], [["x", "1"]]))
    | a | b |
    |---|--:|
    | x | 1 |
    """
    lines = [heads, *rows]
    text = [f"| {' | '.join(line)} |" for line in lines]
    return "\n".join([text[0], "|---|" + "--:|" * (len(heads) - 1), *text[1:]])


def replace_block(name: str, text: str) -> None:
    """Put ``text`` between the comments ``<!-- name -->`` and ``<!-- /name -->``."""
    whole = DOCUMENT.read_text(encoding="utf-8")
    start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    head, _, rest = whole.partition(start)
    _, found, tail = rest.partition(end)
    if not found:
        raise SystemExit(f"{DOCUMENT}: no comments '{name}' around a table")
    DOCUMENT.write_text(f"{head}{start}\n{text.strip()}\n\n{end}{tail}", encoding="utf-8")
