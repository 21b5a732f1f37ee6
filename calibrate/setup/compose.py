"""A proposal → commented YAML. Each line says why it is there; open ones are comments."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from calibrate.config.inputs import TEXT_ENDINGS
from calibrate.setup.proposal import Line, Part, Proposal, has_days
from calibrate.setup.ratings import OVERALL
from calibrate.setup.words import find_mark, is_null, strip_mark

SCALE: Final = "labels"
RUBRIC: Final = "rubrics/reviews.yaml"
#: Bare, these are no texts to YAML.
_NOT_TEXT: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_BANDS: Final = ("Below", "Developing", "Meets", "Exceeds", "Outstanding")
#: Reasons begin here, so that keys and values can be read on their own.
_COLUMN: Final = 46


def quote(text: str) -> str:
    """Write a text in double quotes as YAML understands it.

    Examples
    --------
    >>> print(quote('say "yes"'), quote("Über"), quote(chr(9)))
    "say \\"yes\\"" "Über" "\\x09"
    """
    return '"' + "".join(_escape(character) for character in text) + '"'


def write_word(text: str) -> str:
    """Write a simple word bare, everything else in quotes.

    Examples
    --------
    >>> write_word("peer"), write_word("no"), write_word("Peer review")
    ('peer', '"no"', '"Peer review"')
    """
    is_simple = re.fullmatch(r"[a-z][a-z0-9_-]*", text) and text not in _NOT_TEXT
    return text if is_simple else quote(text)


def _escape(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    code = ord(character)
    return (
        f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
    )


def plain(text: str, longest: int = 90) -> str:
    """Make a text fit for a comment: one line, nothing a terminal would obey."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def say(text: str, because: str) -> str:
    """Put the reason of a proposal behind it.

    Examples
    --------
    >>> say("header_row: 2", "row 1 is a title").partition("  ")[2].strip()
    '# proposed: because row 1 is a title'
    """
    return f"{text:<{_COLUMN}}  # proposed: because {plain(because, 160)}" if because else text


def ask(text: str, what: str) -> str:
    """Put what a person has to decide behind a line that is still a comment.

    Examples
    --------
    >>> ask("# Meets: ?", "write its mark").partition("  ")[2].strip()
    '# <- write its mark'
    """
    return f"{text:<{_COLUMN}}  # <- {plain(what, 160)}"


def compose_inputs(proposal: Proposal, folder: Path) -> str:
    """Write ``inputs``; files are named from ``folder``."""
    lines = [*_compose_open(proposal), "inputs:"]
    for table, parts in proposal.parts.items():
        is_list = len(parts) > 1
        lines.append(f"  {table}:")
        for part in parts:
            written = list(
                _compose_part(part, folder, bool(proposal.labels) and table == "ratings")
            )
            lines.append(f"    # proposed: because {plain(part.because)}")
            indent = ["    - ", "      "] if is_list else ["    ", "    "]
            lines += [indent[at > 0] + line for at, line in enumerate(written)]
    if "ratings" not in proposal.parts:
        lines.append(ask("  # ratings: {file: ratings.csv}", "name the file that holds the marks"))
    if proposal.attributes and "attributes" not in proposal.parts:
        names = plain(", ".join(proposal.attributes))
        lines += [
            f"  # The files hold attributes: {names}. Scores never see them. For the audit,",
            "  # save a file with the ids and these columns alone, and take the # away:",
            "  # attributes: {file: attributes.csv}",
        ]
    return "\n".join(lines)


def _compose_open(proposal: Proposal) -> Iterator[str]:
    yield "# Proposed after a look at your files. Nothing is decided: read each line."
    if proposal.open:
        yield "# To decide:"
        yield from (f"#   - {plain(text, 160)}" for text in proposal.open)
    if proposal.unplaced:
        yield "# Not used:"
        yield from (f"#   - {plain(text, 160)}" for text in proposal.unplaced)


def _compose_part(part: Part, folder: Path, has_labels: bool) -> Iterator[str]:
    export = part.export
    yield f"file: {quote(name_from(export.path, folder))}"
    if export.sheet:
        yield f"sheet: {quote(export.sheet)}"
    if part.layout == "wide":
        yield "layout: wide"
    if export.path.suffix.lower() in TEXT_ENDINGS:
        if export.encoding.because:
            yield say(f"encoding: {export.encoding.value}", export.encoding.because)
        if export.delimiter.because:
            yield say(f"delimiter: {quote(export.delimiter.value)}", export.delimiter.because)
    if export.header_row.because:
        yield say(f"header_row: {export.header_row.value}", export.header_row.because)
    if part.decimal == ",":
        yield say('decimal: ","', "marks have a comma")
    yield from _compose_dates(part)
    if has_labels:
        yield f"scale: {SCALE}"
    # A column that has our name already needs no line.
    named = [line for line in part.columns if line.key != line.value]
    yield from _compose_map("columns", named)
    yield from _compose_map("constants", part.constants)
    if part.values:
        yield "values:"
        for ours, lines in part.values.items():
            yield from ("  " + line for line in _compose_map(ours, lines))
    yield from _compose_map("leave_out", part.leave_out)
    for line in part.open_leave_out:
        texts = ", ".join(quote(text) for text in line.value or ())
        yield ask(f"# leave_out: {{{quote(line.key)}: [{texts}]}}", line.because)
    if part.ignore:
        yield "ignore:"
        yield from (f"  {say('- ' + quote(line.key), line.because)}" for line in part.ignore)


def _compose_dates(part: Part) -> Iterator[str]:
    if len(part.dates) == 1 and part.dates[0] != "%Y-%m-%d":
        yield say(f"dates: {quote(part.dates[0])}", "every day of the file fits it")
    elif len(part.dates) > 1 and "%Y-%m-%d" not in part.dates:
        for pattern in part.dates:
            yield ask(f"# dates: {quote(pattern)}", "every day fits more than one: keep one")
    elif not part.dates and has_days(part):
        yield ask('# dates: "%d.%m.%Y"', "no pattern we know fits every day: write yours")


def _compose_map(key: str, lines: Sequence[Line]) -> Iterator[str]:
    """A mapping whose open entries are comments; without any other, it is a comment too."""
    if not lines:
        return
    is_open = all(line.value is None for line in lines)
    yield f"{'# ' if is_open else ''}{key}:"
    for line in lines:
        name = write_word(line.key)
        if line.value is None:
            yield ask(f"# {name}: ?" if not is_open else f"#   {name}: ?", line.because)
        else:
            yield say(f"  {name}: {_show(line.value, key)}", line.because)


def _show(value: str | tuple[str, ...], key: str) -> str:
    if isinstance(value, tuple):
        listed = ", ".join(quote(v) if key == "leave_out" else v for v in value)
        return f"[{listed}]"
    return write_word(value)


def name_from(path: Path, folder: Path) -> str:
    """Name a file as a cycle in ``folder`` reaches it."""
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:
        # Another drive of Windows: there is no relative way.
        return path.resolve().as_posix()


def compose_scales(proposal: Proposal) -> str:
    """Write ``scales``: a mark is proposed where the label begins with it, else left open."""
    if not proposal.labels:
        return "# scales: none; marks are numbers"
    lines = ["scales:", f"  {SCALE}:", "    version: 1", "    marks:"]
    nulls: list[tuple[str, str]] = []
    for label, n in sorted(proposal.labels.items()):
        seen = f"seen {n:,} {'time' if n == 1 else 'times'}"
        mark = find_mark(label)
        if mark:
            text = f"      {quote(label)}: {mark}"
            lines.append(say(text, f"the label begins with {mark}; {seen}"))
        elif is_null(label):
            nulls.append((label, seen))
        else:
            lines.append(ask(f"      # {quote(label)}: ?", f"{seen}: write its mark"))
    if nulls:
        listed = ", ".join(quote(label) for label, _ in nulls)
        because = f"{', '.join(seen for _, seen in nulls)}; reads like: no answer"
        lines.append(ask(f"    # nulls: [{listed}]", because))
    return "\n".join(lines)


def compose_bands(proposal: Proposal | None) -> str:
    """Write the bands of a cycle with one label: the labels found, if they are marked 1 to 5."""
    labels = [label for label in proposal.labels if not is_null(label)] if proposal else []
    names = {find_mark(label): strip_mark(label) for label in labels}
    is_known = sorted(names) == [*"12345"] and len(set(names.values()) - {""}) == len(labels)
    listed = ", ".join(quote(names[mark] if is_known else word)
                       for mark, word in zip("12345", _BANDS, strict=True))  # fmt: skip
    text = f"  labels: [{listed}]"
    lines = [
        "bands:                                    # marks 1 to 5 are 0, 25, 50, 75, 100 points",
        say(text, "they are your labels") if is_known else ask(text, "your words"),
        "  cuts: [12.5, 37.5, 62.5, 87.5]          # halfway: each label is a band of its own",
    ]
    return "\n".join(lines) + "\n"


def compose_rubric(proposal: Proposal) -> str:
    """Write a rubric of the criteria found; scale and weights are for people to decide."""
    seen = "the marks of the labels"
    if proposal.numbers:
        seen = " to ".join(proposal.numbers).replace(",", ".") + " were seen"
    lines = [
        "# What is marked. The criteria are those of your files; the weights are yours to decide.",
        "schema: 1", "id: reviews", "version: 1", 'title: "Reviews"',
        ask("# scale: {lowest: 1, highest: 5, step: 1}", f"write the ends of your form; {seen}"),
        "criteria:",
    ]  # fmt: skip
    criteria = proposal.criteria
    for at, (name, label) in enumerate(criteria.items()):
        # Whole percents that sum to 100: the first ones carry what is left over.
        weight = 100 // len(criteria) + (at < 100 % len(criteria))
        lines += [
            f"  - id: {write_word(name)}", f"    label: {quote(label)}",
            say(f"    weight: {weight}", "nothing says otherwise, all weigh the same"),
        ]  # fmt: skip
    return "\n".join(lines) + "\n"


def needs_rubric(proposal: Proposal) -> bool:
    """Do the files have criteria of their own, other than one overall mark?"""
    return bool(proposal.criteria) and list(proposal.criteria) != [OVERALL]
