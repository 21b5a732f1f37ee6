"""Declared encoding against the bytes: the mark in front, and the first byte that cannot be."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import BinaryIO, Final

_BLOCK: Final = 1 << 16

#: Marks in front of a text, the longer first: UTF-32's begins with UTF-16's.
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def find_mark(start: bytes) -> tuple[bytes, str]:
    """Return the byte order mark a text begins with, and the encoding it stands for.

    Examples
    --------
    >>> find_mark("é".encode("utf-8-sig"))
    (b'\\xef\\xbb\\xbf', 'utf-8')
    >>> find_mark(b"employee_id")
    (b'', '')
    """
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return mark, encoding
    return b"", ""


def read_past_mark(stream: BinaryIO, encoding: str) -> None:
    """Move a stream at its start behind the byte order mark of its declared encoding.

    ``utf-16`` and ``utf-32`` need the mark to learn the byte order: there it is left.
    """
    mark, meant = find_mark(stream.read(4))
    stream.seek(len(mark) if meant == plain_name(encoding) else 0)


def find_bad_byte(path: Path, encoding: str) -> tuple[int, int] | None:
    """Return the first byte that cannot be in the declared encoding.

    A byte order mark of another encoding is such a byte, and so is the start of a
    ``utf-16`` or ``utf-32`` text without any: nothing tells its byte order.

    Parameters
    ----------
    path
        The file; a character may lie across two of the blocks it is read in.
    encoding
        Any text encoding Python knows.

    Returns
    -------
    (int, int) or None
        Offset in bytes from the start of the file, and its line from 1, where
        LF, CR and CRLF end a line. ``None`` where every byte can be decoded.
    """
    name = plain_name(encoding)
    decoder = codecs.getincrementaldecoder(name)()
    read, lines = 0, _LineCounter()
    with path.open("rb") as stream:
        if not is_mark_right(stream.read(4), name):
            return 0, 1
        stream.seek(0)
        while True:
            block = stream.read(_BLOCK)
            before = decoder.getstate()
            try:
                lines.count(decoder.decode(block, final=not block))
            except UnicodeDecodeError as error:
                # What the decoder held back from the last block is part of its object.
                at = len(block) - len(error.object) + error.start
                decoder.setstate(before)
                lines.count(decoder.decode(block[: max(at, 0)]))
                return read + at, lines.number
            if not block:
                return None
            read += len(block)


def plain_name(encoding: str) -> str:
    """Name an encoding the one way in which two names can be compared; a mark makes no other.

    Examples
    --------
    >>> plain_name("UTF8"), plain_name("utf-8-sig"), plain_name("windows-1252")
    ('utf-8', 'utf-8', 'cp1252')
    """
    return codecs.lookup(encoding).name.removesuffix("-sig")


def is_mark_right(start: bytes, encoding: str) -> bool:
    """Tell whether the byte order mark, or its absence, fits the declared encoding."""
    mark, meant = find_mark(start)
    name = plain_name(encoding)
    if name in {"utf-16", "utf-32"}:
        return meant.startswith(name) or not start
    return not mark or meant == name


class _LineCounter:
    """Counts lines in text that comes in pieces; CRLF may be cut in two."""

    def __init__(self) -> None:
        self.number = 1
        self._after_return = False

    def count(self, text: str) -> None:
        if not text:
            return
        returns = text.count("\r")
        feeds = text.count("\n") - text.count("\r\n")
        self.number += returns + feeds - (self._after_return and text[0] == "\n")
        self._after_return = text[-1] == "\r"
