"""Spreadsheet file → its members, after everything that could exhaust memory was refused.

An .xlsx file is a ZIP archive of XML. A few hundred bytes of one can ask a reader
for gigabytes, so sizes are measured here by unpacking, never believed.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.parsers import expat

from calibrate.errors import InputError, Problem

_BLOCK: Final = 1 << 20
#: Largest file, and the most it may unpack to; a sheet of a million rows needs about 1 GB.
MOST_PACKED: Final = 1 << 29
MOST_UNPACKED: Final = 1 << 31
#: Most members; a workbook has some dozens.
MOST_MEMBERS: Final = 10_000
#: How much more a member may unpack to than it takes; real sheets stay below 50.
MOST_RATIO: Final = 400
#: Below this size the ratio says nothing.
_SMALL: Final = 1 << 24

_ENTRY = b"PK\x01\x02"
_OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")
_SAVE = "open it in your spreadsheet program and save it again as .xlsx"


def refuse(shown: str, rule: str, what: str, fix: str) -> InputError:
    """Make the error of a file that is not read."""
    return InputError([Problem(shown, None, "", rule, what, fix, whole=True)])


def damaged(shown: str, what: str) -> InputError:
    """Make the error of a file that is no sound workbook."""
    return refuse(shown, "damaged_spreadsheet", f"the file is damaged: {what}", _SAVE)


def too_large(shown: str, what: str) -> InputError:
    """Make the error of a file that would need too much memory."""
    fix = "save only the table, without the rest, as CSV or as a new .xlsx"
    return refuse(shown, "spreadsheet_too_large", what, fix)


@dataclass(frozen=True)
class Archive:
    """A ZIP archive whose directory has been checked; members by lower-case name."""

    path: Path
    shown: str
    members: Mapping[str, zipfile.ZipInfo]

    def unpack(self, name: str) -> Iterator[bytes]:
        """Yield a member in blocks; stop where it is larger than it says.

        Raises
        ------
        InputError
            If the member is absent, damaged or not as long as declared.
        """
        member = self.members.get(name.lower())
        if member is None:
            raise damaged(self.shown, f"its part {name[:60]} is missing")
        n_bytes = 0
        try:
            for block in _inflate(self.path, member):
                n_bytes += len(block)
                if n_bytes > member.file_size:
                    raise damaged(self.shown, f"{name[:60]} is larger than it says")
                yield block
        except (zlib.error, OSError, EOFError):
            raise damaged(self.shown, f"{name[:60]} cannot be unpacked") from None
        if n_bytes < member.file_size:
            raise damaged(self.shown, f"{name[:60]} is shorter than it says")

    def parse(
        self,
        name: str,
        start: Callable[[str, dict[str, str]], None],
        text: Callable[[str], None] | None = None,
    ) -> None:
        """Parse a member as XML; a document type, which could define entities, is refused."""
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.StartElementHandler = start
        if text is not None:
            parser.buffer_text = True
            parser.CharacterDataHandler = text
        try:
            for block in self.unpack(name):
                parser.Parse(block, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise damaged(self.shown, f"{name[:60]} is no XML ({error})") from None

    def _refuse_doctype(self, *_: object) -> None:
        raise damaged(self.shown, "it declares a document type, which no spreadsheet does")


def read_archive(path: Path, shown: str) -> Archive:
    """Read and check the directory of a spreadsheet file.

    Raises
    ------
    InputError
        If the file is not there, is something else than its name says, is
        protected, damaged, or would unpack to more than the limits above.
    """
    try:
        _check_kind(path, shown)
        with zipfile.ZipFile(path) as opened:
            members, comment = opened.infolist(), opened.comment
    except FileNotFoundError:
        raise refuse(
            shown, "missing_file", "there is no such file", "check name and folder"
        ) from None
    except IsADirectoryError:
        raise refuse(shown, "missing_file", "this is a folder", "name a file") from None
    except OSError as error:
        what = f"cannot be read: {error.strerror or 'the medium failed'}"
        raise refuse(shown, "unreadable_file", what, "check the file") from None
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError):
        raise damaged(shown, "it is not complete") from None
    if comment:
        raise damaged(shown, "something follows its end")
    _check_members(members, path.stat().st_size, shown)
    return Archive(path, shown, {_plain(member): member for member in members})


def _check_kind(path: Path, shown: str) -> None:
    n_bytes = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(_BLOCK)
        if head.startswith(_OLE2):
            raise _explain_ole2(head, shown)
        if not head.startswith(b"PK\x03\x04"):
            raise _explain_other(head, shown)
        if n_bytes > MOST_PACKED:
            raise too_large(shown, f"the file has {n_bytes >> 20:,} MiB")
        n_entries, tail = 0, b""
        # Counted in the bytes: a directory of millions fills memory once it is parsed.
        while head:
            head = tail + head
            n_entries += head.count(_ENTRY)
            tail = head[-len(_ENTRY) + 1 :]
            head = stream.read(_BLOCK)
    if n_entries > MOST_MEMBERS:
        raise too_large(shown, f"the archive has more than {MOST_MEMBERS:,} parts")


def _explain_ole2(head: bytes, shown: str) -> InputError:
    if "EncryptedPackage".encode("utf-16-le") in head or b"EncryptedPackage" in head:
        return refuse(
            shown, "protected_spreadsheet", "the file is protected by a password",
            "save a copy without the password",
        )  # fmt: skip
    what = "this is an old Excel file (.xls), or one with a password"
    return refuse(shown, "old_spreadsheet", what, "save it as .xlsx without a password")


def _explain_other(head: bytes, shown: str) -> InputError:
    start = head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not head:
        return refuse(shown, "empty_file", "the file is empty", "export the file again")
    if start.startswith(b"<"):
        what = "this is a web page or XML with the name of a spreadsheet"
    elif b"\0" in head[:512]:
        what = "this is no spreadsheet"
    else:
        what = "this is a text file with the name of a spreadsheet"
        return refuse(shown, "not_a_spreadsheet", what, "give it the ending .csv, or save as .xlsx")
    return refuse(shown, "not_a_spreadsheet", what, _SAVE)


def _check_members(members: list[zipfile.ZipInfo], n_bytes: int, shown: str) -> None:
    names = {_plain(member) for member in members}
    if len(names) < len(members):
        raise damaged(shown, "two of its parts have one name")
    if sum(member.file_size for member in members) > MOST_UNPACKED:
        raise too_large(shown, f"the file would unpack to more than {MOST_UNPACKED >> 30} GiB")
    for member in members:
        if member.flag_bits & 1:
            raise refuse(
                shown, "protected_spreadsheet", "the file is protected by a password",
                "save a copy without the password",
            )  # fmt: skip
        if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise damaged(shown, "it is packed in a way no spreadsheet program packs")
        if member.file_size > max(_SMALL, MOST_RATIO * member.compress_size):
            raise too_large(shown, "a part of the file unpacks to more than 400 times its size")
    if "[content_types].xml" not in names:
        raise _explain_archive(names, shown)
    _check_overlap(members, n_bytes, shown)


def _check_overlap(members: list[zipfile.ZipInfo], n_bytes: int, shown: str) -> None:
    ordered = sorted(members, key=lambda member: member.header_offset)
    ends = [member.header_offset for member in ordered[1:]] + [n_bytes]
    for member, end in zip(ordered, ends, strict=True):
        # A local header has 30 bytes and the name.
        if member.header_offset + 30 + len(member.orig_filename) + member.compress_size > end:
            raise damaged(shown, "its parts overlap")


def _explain_archive(names: set[str], shown: str) -> InputError:
    inside = sorted(name for name in names if name.endswith((".xlsx", ".xlsm", ".csv", ".xls")))
    if inside:
        what = f"this is a ZIP archive that holds {inside[0][:60]}"
        return refuse(shown, "not_a_spreadsheet", what, "unpack it and name the file inside")
    if "mimetype" in names:
        what = "this is an OpenDocument file with the name of a spreadsheet"
        return refuse(shown, "not_a_spreadsheet", what, "save it as .xlsx")
    return refuse(shown, "not_a_spreadsheet", "this is a ZIP archive without a workbook", _SAVE)


def _plain(member: zipfile.ZipInfo) -> str:
    # Spreadsheet programs look parts up so; two that differ only in this are one.
    return member.filename.replace("\\", "/").lower()


def _inflate(path: Path, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield what a member really holds, also where that is more than it declares."""
    with path.open("rb") as stream:
        stream.seek(member.header_offset)
        header = stream.read(30)
        if not header.startswith(b"PK\x03\x04") or len(header) < 30:
            raise EOFError
        stream.seek(int.from_bytes(header[26:28], "little"), 1)
        stream.seek(int.from_bytes(header[28:30], "little"), 1)
        left = member.compress_size
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        while left:
            packed = stream.read(min(_BLOCK, left))
            if not packed:
                raise EOFError
            left -= len(packed)
            if member.compress_type == zipfile.ZIP_STORED:
                yield packed
                continue
            while packed:
                yield unpacker.decompress(packed, _BLOCK)
                packed = unpacker.unconsumed_tail
        if member.compress_type == zipfile.ZIP_DEFLATED:
            yield unpacker.flush()
            if not unpacker.eof or unpacker.unused_data:
                raise EOFError
