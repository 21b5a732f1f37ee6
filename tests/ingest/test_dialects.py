"""Encodings and dialects: read as declared, or refused by the byte that cannot be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from calibrate.config import InputFile
from calibrate.errors import Problem
from calibrate.ingest import encoding as encodings
from calibrate.ingest import staging
from calibrate.ingest.encoding import find_bad_byte
from calibrate.ingest.open import open_table

from .conftest import Folder

#: Encoding → a word each of its readers knows. Bytes are spelt out where a standard gives them.
WORDS = {
    "utf-8": "Zoë €5 日本 🙂",
    "utf-8-sig": "Zoë €5 日本 🙂",
    "utf-16": "Zoë €5 日本 🙂",
    "utf-16-le": "Zoë €5 日本 🙂",
    "utf-16-be": "Zoë €5 日本 🙂",
    "utf-32": "Zoë €5 日本 🙂",
    "utf-32-le": "Zoë €5 日本 🙂",
    "latin-1": "Müller Françoise",
    "cp1252": "“Müller” – €5…",
    "cp1250": "Łódź Šárka €",
    "cp1251": "Юлия Щёкина",
    "cp1253": "Ελένη Ωραία",
    "cp1254": "Şükrü Ağaoğlu",
    "cp1255": "שלום",
    "cp1256": "محمد",
    "iso-8859-15": "Œuvre €5 Žižek",
    "mac-roman": "Müller œuvre €",
    "cp437": "Müller ñandú",
    "koi8-r": "Юлия Ёлкина",
    "shift_jis": "田中ソ表太郎",
    "euc-jp": "田中太郎",
    "gb18030": "王小明 €",
    "big5": "王小明功",
    "euc-kr": "김철수",
    "gbk": "王小明",
    "cp932": "髙田①",
    "ascii": "plain",
}


def read(folder: Path, content: bytes, **keys: Any) -> tuple[list[list[str]], list[Problem]]:
    """Header and rows with their numbers in front, and the problems."""
    (folder / "r.csv").write_bytes(content)
    cycle: Any = SimpleNamespace(resolve=lambda name: folder / name)
    reader = open_table(cycle, InputFile(file="r.csv", **keys), "r.csv")
    header = reader.read_header()
    if not header:
        return [], reader.problems
    rows = [
        [str(row), *texts]
        for chunk in reader.chunks(tuple(range(len(header))))
        for row, *texts in zip(chunk.row.tolist(), *map(list, chunk.columns), strict=True)
    ]
    return [["1", *header], *rows], reader.problems


@pytest.mark.parametrize(("encoding", "word"), WORDS.items())
def test_each_encoding_is_read_as_declared(tmp_path: Path, encoding: str, word: str) -> None:
    content = f"employee_id,{word}\r\n007,{word}\r\nNA,\r\n".encode(encoding)
    rows, problems = read(tmp_path, content, encoding=encoding)
    assert problems == []
    assert rows == [["1", "employee_id", word], ["2", "007", word], ["3", "NA", ""]]


@pytest.mark.parametrize(
    ("content", "encoding", "word"),
    [
        (b"id,\xe9\x80\x93\x94\n1,x\n", "cp1252", "é€“”"),
        (b"id,\xa4\xbd\n1,x\n", "iso-8859-15", "€œ"),
        (b"id,\xdb\x8e\n1,x\n", "mac-roman", "€é"),
        (b"id,\x81\xa4\n1,x\n", "cp437", "üñ"),
        (b"id,\xe0\xeb\n1,x\n", "koi8-r", "ЮК"),
        (b"id,\x83\x5c\x95\x5c\n1,x\n", "shift_jis", "ソ表"),
        (b"id,\xa4\xa2\n1,x\n", "euc-jp", "あ"),
        (b"id,\xa1\xa2\n1,x\n", "euc-kr", "、"),
        (b"id,\xb0\xa1\x81\x30\x84\x36\n1,x\n", "gb18030", "啊¥"),
        (b"\xef\xbb\xbfid,\xc3\xa9\n1,x\n", "utf-8", "é"),
        (b"\xff\xfei\0d\0,\0\xac\x20\n\x001\0,\0x\0\n\0", "utf-16", "€"),
        (b"\xfe\xff\0i\0d\0,\x20\xac\0\n\x001\0,\0x\0\n", "utf-16", "€"),
        (b"\xff\xfei\0d\0,\0\xac\x20\n\x001\0,\0x\0\n\0", "utf-16-le", "€"),
        (b"\xfe\xff\0i\0d\0,\x20\xac\0\n\x001\0,\0x\0\n", "utf-16-be", "€"),
    ],
)
def test_bytes_of_the_code_charts_are_the_letters_they_stand_for(
    tmp_path: Path, content: bytes, encoding: str, word: str
) -> None:
    rows, problems = read(tmp_path, content, encoding=encoding)
    assert problems == []
    assert rows == [["1", "id", word], ["2", "1", "x"]]


#: Encoding → bytes it has no letter for, by its standard.
IMPOSSIBLE = {
    "utf-8": b"\xff",
    "ascii": b"\x80",
    "cp1252": b"\x81",
    "cp1250": b"\x83",
    "cp1251": b"\x98",
    "cp1253": b"\xd2",
    "cp1254": b"\x8d",
    "cp1255": b"\xd9",
    "shift_jis": b"\xfd",
    "cp932": b"\x81\x20",
    "euc-jp": b"\xff",
    "gb18030": b"\xff",
    "gbk": b"\xff",
    "big5": b"\xff",
    "euc-kr": b"\xff",
    "utf-16-le": b"\x00\xdc",
    "utf-16-be": b"\xdc\x00",
    "utf-32-le": b"\x00\x00\x11\x00",
}


@pytest.mark.parametrize(("encoding", "wrong"), IMPOSSIBLE.items())
@pytest.mark.parametrize("block", [7, 1 << 16])
def test_a_wrong_byte_is_refused_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, wrong: bytes, block: int
) -> None:
    monkeypatch.setattr(encodings, "_BLOCK", block)
    before = f"id,name\n1,{WORDS[encoding]}\n2,ab".encode(encoding)
    after = "c\n3,d\n".encode(encoding)
    rows, problems = read(tmp_path, before + wrong + after, encoding=encoding)
    (problem,) = problems
    assert f"byte {len(before)} " in problem.what
    assert problem.row == 3
    assert problem.whole
    assert rows in ([], [["1", "id", "name"]])


@pytest.mark.parametrize(
    ("content", "declared", "offset", "line"),
    [
        # This é starts a longer letter in UTF-8, which the end of the line does not continue.
        ("id\nRené\n".encode("latin-1"), "utf-8", 6, 2),
        ("id\nRené\n".encode("cp1252"), "ascii", 6, 2),
        # A letter cut off at the end of the file.
        ("id\n€".encode()[:-1], "utf-8", 3, 2),
        ("id\n田".encode("shift_jis")[:-1], "shift_jis", 3, 2),
        ("id\n1".encode("utf-16-le")[:-1], "utf-16-le", 6, 2),
        # Nothing says the byte order.
        ("id\n1\n".encode("utf-16-le"), "utf-16", 0, 1),
        ("id\n1\n".encode("utf-32-be"), "utf-32", 0, 1),
        # The mark in front says another encoding.
        ("\ufeffid\n1\n".encode("utf-16-be"), "utf-16-le", 0, 1),
        ("\ufeffid\n1\n".encode("utf-16-le"), "utf-8", 0, 1),
        ("\ufeffid\n1\n".encode(), "cp1252", 0, 1),
        ("\ufeffid\n1\n".encode(), "latin-1", 0, 1),
        # Each end of line counts as one.
        (b"id\r\n1\r\n\xff", "utf-8", 7, 3),
        (b"id\r1\r\xff", "utf-8", 5, 3),
    ],
)
@pytest.mark.parametrize("block", [1, 2, 1 << 16])
def test_a_wrong_declaration_is_refused_with_its_place(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes,
    declared: str,
    offset: int,
    line: int,
    block: int,
) -> None:
    monkeypatch.setattr(encodings, "_BLOCK", block)
    _, problems = read(tmp_path, content, encoding=declared)
    assert find_bad_byte(tmp_path / "r.csv", declared) == (offset, line)
    (problem,) = problems
    assert f"byte {offset} " in problem.what


def test_the_place_is_that_of_the_whole_file_decoded_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for encoding, wrong in IMPOSSIBLE.items():
        base = f"{WORDS[encoding]}\r\n".encode(encoding) * 3
        for at in range(len(base) + 1):
            content = base[:at] + wrong + base[at:]
            (tmp_path / "r.csv").write_bytes(content)
            try:
                content.decode(encoding)
            except UnicodeDecodeError as error:
                expected = error.start
            else:
                continue
            for block in (3, 64):
                monkeypatch.setattr(encodings, "_BLOCK", block)
                found = find_bad_byte(tmp_path / "r.csv", encoding)
                assert found is not None
                assert found[0] == expected, (encoding, at)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "shift_jis"])
def test_a_wrong_byte_late_in_a_large_file_has_its_place_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    monkeypatch.setattr(staging, "STAGED_BYTES", 1 << 19)
    line = f"E00001,{WORDS[encoding]},4\n".encode(encoding)
    header = b"id,name,mark\n"
    n_lines = (1 << 20) // len(line)
    before = header + line * n_lines + b"E2,"
    _, problems = read(tmp_path, before + IMPOSSIBLE[encoding] + b",4\n", encoding=encoding)
    (problem,) = problems
    assert f"byte {len(before)} " in problem.what
    assert problem.row == n_lines + 2


# Dialects

PLAIN = [["1", "id", "note"], ["2", "007", "NA"], ["3", "E2", ""]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("last", [True, False], ids=["ended", "open"])
def test_each_delimiter_and_end_of_line_is_read_as_declared(
    tmp_path: Path, delimiter: str, end: str, last: bool
) -> None:
    lines = [delimiter.join(row[1:]) for row in PLAIN]
    content = (end.join(lines) + end * last).encode()
    assert read(tmp_path, content, delimiter=delimiter) == (PLAIN, [])


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ('"id","note"\n"007","a,b"\n', [["2", "007", "a,b"]]),
        ('id,note\n1,"two\nlines"\n2,x\n', [["2", "1", "two\nlines"], ["3", "2", "x"]]),
        ('id,note\r\n1,"two\r\nlines"\r\n2,x\r\n', [["2", "1", "two\r\nlines"], ["3", "2", "x"]]),
        ('id,note\n1,"say ""hi"""\n', [["2", "1", 'say "hi"']]),
        ('id,note\n1,""\n', [["2", "1", ""]]),
        ("id,note\n1,5\" wide\n", [["2", "1", '5" wide']]),
        ("id,note\n\n1,x\n\n\n2,y\n\n", [["3", "1", "x"], ["6", "2", "y"]]),
        ("id,note\n1,null\nnan,None\n", [["2", "1", "null"], ["3", "nan", "None"]]),
        ("id,note\n 1 , x \n", [["2", " 1 ", " x "]]),
        ("id,note\n1e5,0x10\n", [["2", "1e5", "0x10"]]),
    ],
)  # fmt: skip
def test_quotes_blank_lines_and_odd_words_stay_what_they_are(
    tmp_path: Path, content: str, rows: list[list[str]]
) -> None:
    assert read(tmp_path, content.encode()) == ([["1", "id", "note"], *rows], [])


@pytest.mark.parametrize(
    ("content", "rule", "row"),
    [
        (b'id,note\n1,"never closed\n2,x\n', "csv_syntax", 2),
        (b'id,note\n1,"a" b\n', "csv_syntax", 2),
        (b"id,note\n1\n", "ragged_row", 2),
        (b"id,note\n1,x,y\n", "ragged_row", 2),
        (b"id,note\n1,\0\n", "binary_file", None),
    ],
)
def test_what_cannot_be_a_table_is_listed_with_its_row(
    tmp_path: Path, content: bytes, rule: str, row: int | None
) -> None:
    _, problems = read(tmp_path, content)
    assert [(problem.rule, problem.row) for problem in problems] == [(rule, row)]


@pytest.mark.parametrize("decimal", [".", ","])
def test_marks_have_the_declared_decimal_sign(
    folder: Folder, edit: Callable[[str, str], None], decimal: str
) -> None:
    declared = f'ratings: {{file: ratings.csv, delimiter: ";", decimal: "{decimal}"}}'
    edit("ratings: {file: ratings.csv}", declared)
    head = "employee_id;rater_id;source;criterion;mark\n"
    rows = "E2;E1;manager;clarity;3,5\nE3;E1;manager;clarity;4\n"
    folder.write("ratings.csv", head + rows.replace(",", decimal))
    stream, tables = folder.stream()
    assert stream.problems == []
    assert tables[0].mark.tolist() == [3_500_000, 4_000_000]
    other = {",": ".", ".": ","}[decimal]
    (problem,) = folder.problems(head + f"E2;E1;manager;clarity;3{other}5\n")
    assert (problem.row, problem.column, problem.value) == (2, "mark", f"3{other}5")
