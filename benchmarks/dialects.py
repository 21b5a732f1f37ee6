"""Claim: each encoding and dialect is read as declared, or refused by the byte that cannot be.

Usage: python benchmarks/dialects.py

For each encoding a file is written, read as declared, and compared cell by cell. Then
a byte the encoding has no letter for is put in, and the place both readers name is
compared with the place it was put. pandas names a place too, within the block it was
reading; a file larger than a block shows the difference.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from calibrate.config import InputFile
from calibrate.ingest.open import open_table

N_ROWS = 30_000
HEADER = ("employee_id", "name", "note")

ENCODINGS = {
    "utf-8": "Zoë €5 日本 🙂", "utf-8-sig": "Zoë €5 日本 🙂", "utf-16": "Zoë €5 日本 🙂",
    "utf-16-le": "Zoë €5 日本 🙂", "utf-16-be": "Zoë €5 日本 🙂", "utf-32": "Zoë €5 日本 🙂",
    "ascii": "plain", "latin-1": "Müller Françoise", "cp1252": "“Müller” – €5…",
    "cp1250": "Łódź Šárka €", "cp1251": "Юлия Щёкина", "cp1253": "Ελένη Ωραία",
    "cp1254": "Şükrü Ağaoğlu", "cp1255": "שלום", "cp1256": "محمد", "iso-8859-15": "Œuvre €5 Žižek",
    "mac-roman": "Müller œuvre €", "cp437": "Müller ñandú", "koi8-r": "Юлия Ёлкина",
    "shift_jis": "田中ソ表太郎", "euc-jp": "田中太郎", "gb18030": "王小明 €", "big5": "王小明功",
    "euc-kr": "김철수",
}  # fmt: skip

DIALECTS = {
    "comma": (",", "\n"), "semicolon": (";", "\n"), "tab": ("\t", "\n"), "bar": ("|", "\n"),
    "CRLF": (",", "\r\n"), "CR": (",", "\r"),
}  # fmt: skip

#: Bytes that begin no letter; of each encoding the first it refuses is taken.
WRONG = (b"\x00\xdc", b"\xdc\x00", b"\x00\x00\x11\x00", b"\x81", b"\x83", b"\x98", b"\xd2", b"\xd9",
         b"\x8d", b"\xfd", b"\xff")  # fmt: skip


def make_rows(word: str, delimiter: str) -> list[list[str]]:
    """Rows with ids, words, quotes, line breaks, delimiters and texts that are no numbers."""
    notes = ["", "NA", "3,5", f'say ""{word}""', f"two{delimiter}cells"]
    return [[f"{n:06}", word, notes[n % len(notes)]] for n in range(N_ROWS)]


def write_text(rows: list[list[str]], delimiter: str, end: str) -> str:
    lines = [delimiter.join(HEADER)]
    lines += [delimiter.join((*row[:2], f'"{row[2]}"')) for row in rows]
    return end.join(lines) + end


def read_ours(path: Path, **keys: Any) -> tuple[list[list[str]], str]:
    """Rows as read, and what is wrong with the file."""
    cycle: Any = SimpleNamespace(resolve=lambda _: path)
    reader = open_table(cycle, InputFile(file=path.name, **keys), path.name)
    rows: list[list[str]] = []
    if reader.read_header():
        for chunk in reader.chunks((0, 1, 2)):
            rows += map(list, zip(*chunk.columns, strict=True))
    return rows, "; ".join(problem.what for problem in reader.problems)


def read_pandas(path: Path, encoding: str) -> str:
    try:
        pd.read_csv(path, encoding=encoding, dtype="string", keep_default_na=False)
    except UnicodeDecodeError as error:
        return f"position {error.start:,}"
    except UnicodeError as error:
        return str(error)[:24]
    return "reads it"


def put_wrong_byte(text: str, encoding: str) -> tuple[bytes, int] | None:
    """Put a byte that cannot be into the middle of the last name; ``None`` if all can be."""
    cut = text.rindex("\n", 0, len(text) - 1)
    head = text[:cut].encode(encoding)
    # No second mark in the middle of the file.
    bare = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
    tail = text[cut:].encode(bare.get(encoding, encoding))
    for wrong in WRONG:
        content = head + wrong + tail
        try:
            content.decode(encoding)
        except UnicodeDecodeError as error:
            # Python leaves the mark in front out of account for this name alone.
            if error.start + 3 * (encoding == "utf-8-sig") == len(head):
                return content, len(head)
    return None


def compare_encoding(path: Path, encoding: str, word: str) -> bool:
    """Print how one encoding fares; say whether all is as it should be."""
    text, wanted = write_text(make_rows(word, ","), ",", "\n"), unquote(make_rows(word, ","))
    path.write_bytes(text.encode(encoding))
    is_read = read_ours(path, encoding=encoding) == (wanted, "")
    place, refused, other = "none can be", "", ""
    put = put_wrong_byte(text, encoding)
    if put is not None:
        path.write_bytes(put[0])
        said = read_ours(path, encoding=encoding)[1]
        place, refused = str(put[1]), said.removeprefix("byte ").partition(" ")[0]
        other = read_pandas(path, encoding)
    print(f"{encoding:13}{say(is_read):>8}{place:>15}{refused:>13}   {other}".rstrip())
    return is_read and (put is None or place == refused)


def compare_dialect(path: Path, name: str, delimiter: str, end: str) -> bool:
    """Print how one dialect fares; say whether all is as it should be."""
    rows = make_rows("Zoë", delimiter)
    path.write_bytes(write_text(rows, delimiter, end).encode())
    is_read = read_ours(path, delimiter=delimiter) == (unquote(rows), "")
    print(f"{name:13}{say(is_read):>8}")
    return is_read


def unquote(rows: list[list[str]]) -> list[list[str]]:
    return [[*row[:2], row[2].replace('""', '"')] for row in rows]


def say(is_read: bool) -> str:
    return "same" if is_read else "DIFFERS"


def main() -> int:
    """Print a row per encoding and per dialect; 1 if any differs."""
    print(f"{'declared':13}{'read':>8}{'wrong byte at':>15}{'refused at':>13}   pandas says")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r.csv"
        right = [compare_encoding(path, *one) for one in ENCODINGS.items()]
        right += [compare_dialect(path, name, *one) for name, one in DIALECTS.items()]
    n_wrong = right.count(False)
    print(f"{len(ENCODINGS)} encodings, {len(DIALECTS)} dialects, {n_wrong} wrong")
    return int(n_wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
