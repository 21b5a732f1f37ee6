"""The audit for keeping: PDF/A-3 with the tables inside, beside the PDF that is read."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pikepdf
import pytest

from calibrate.report.archive import Attachment, hash_attachments
from calibrate.report.press import Draft, hash_content, print_packet
from calibrate.tables import PACKET_INDEX

Calibrate = Callable[..., int]
#: Of the two white groups one has three people, fewer than the smallest cell.
COUNTS = (
    "attribute,group,n,n_favourable,is_reference\n"
    "race,black,48,26,\nrace,few,3,2,\nrace,white,259,206,yes\n"
)
PAGE = (
    '<html xmlns="http://www.w3.org/1999/xhtml" lang="en"><head><title>Audit</title></head>'
    '<body><h1>Audit</h1><p>Words. <a href="#end">See the end</a></p><p id="end">End.</p>'
    "</body></html>"
)


@pytest.fixture
def run(tmp_path: Path, calibrate: Calibrate) -> Path:
    table = tmp_path / "theirs.csv"
    table.write_text(COUNTS, encoding="utf-8")
    assert calibrate("audit", "--counts", table, "--out", tmp_path / "out") == 0
    return (tmp_path / "out" / "latest").resolve()


@pytest.fixture
def archive(run: Path) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(run / "audit" / "audit-archive.pdf") as document:
        yield document


def test_the_tables_inside_are_those_of_the_folder_byte_for_byte(
    run: Path, archive: pikepdf.Pdf
) -> None:
    tables = {path.name: path.read_bytes() for path in (run / "audit" / "tables").glob("*.csv")}
    inside = {name: item.get_file() for name, item in archive.attachments.items()}
    assert {name: file.read_bytes() for name, file in inside.items()} == tables
    for name, item in archive.attachments.items():
        assert item.description
        assert inside[name].mime_type == "text/csv"
        # ISO 32000-1, 7.11.4: the checksum is the MD5 of the bytes.
        assert inside[name].md5 == hashlib.md5(tables[name], usedforsecurity=False).digest()
        assert inside[name].size == len(tables[name])


def test_a_count_that_is_withheld_is_not_inside_either(archive: pikepdf.Pdf) -> None:
    table = archive.attachments["disparities.csv"].get_file().read_bytes()
    frame = pd.read_csv(io.BytesIO(table))
    few = frame[frame["group"] == "few"]
    assert len(few) > 0
    assert few["suppressed"].all()
    assert few[["n", "n_favourable", "rate"]].isna().all(axis=None)


def test_the_file_says_what_it_is(archive: pikepdf.Pdf) -> None:
    meta = archive.open_metadata()
    assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("3", "A")
    assert meta["pdfuaid:part"] == "1"
    # ISO 19005-3: each file is associated with the document, and its part in it is said.
    related = list(archive.Root.AF)
    assert len(related) == len(archive.attachments)
    assert {str(item.AFRelationship) for item in related} == {"/Data"}
    (intent,) = archive.Root.OutputIntents
    assert str(intent.S) == "/GTS_PDFA1"
    assert int(intent.DestOutputProfile.N) == 3
    # The colour profile says of itself that it is one of sRGB (ICC.1, bytes 16 to 20).
    assert intent.DestOutputProfile.read_bytes()[16:20] == b"RGB "
    assert "/ID" in archive.trailer


def test_nothing_inside_needs_anything_from_outside(archive: pikepdf.Pdf) -> None:
    for page in archive.pages:
        for font in page.Resources.Font.values():
            (descendant,) = font.DescendantFonts
            assert {"/FontFile2", "/FontFile3"} & set(descendant.FontDescriptor.keys())
        for note in page.get("/Annots", []):
            assert int(note.F) & 4, "what is seen is also printed"
            assert "/URI" not in note.get("/A", {})
    assert not {"/JavaScript", "/AA", "/OpenAction"} & set(archive.Root.keys())


def test_both_files_are_in_the_list_of_packets_and_have_the_same_pages(
    run: Path, archive: pikepdf.Pdf
) -> None:
    index = pd.read_csv(run / "packets" / "index.csv", dtype=str)
    assert list(index.columns) == list(PACKET_INDEX.names)
    by_kind = index.set_index("kind")
    assert by_kind["file"].to_dict() == {
        "archive": "audit/audit-archive.pdf", "audit": "audit/audit.pdf",
    }  # fmt: skip
    for row in index.to_dict("records"):
        digest = hashlib.sha256((run / row["file"]).read_bytes()).hexdigest()
        assert digest == row["sha256"]
    with pikepdf.open(run / "audit" / "audit.pdf") as read:
        assert len(read.pages) == len(archive.pages) == int(by_kind.loc["archive", "pages"])
        assert not read.attachments
    assert by_kind["content"].nunique() == 2


def test_qpdf_finds_no_fault_in_it(run: Path) -> None:
    tool = shutil.which("qpdf")
    assert tool, "scripts/test installs qpdf"
    done = subprocess.run(
        [tool, "--check", str(run / "audit" / "audit-archive.pdf")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_same_draft_gives_the_same_archive_and_another_table_another_hash() -> None:
    tables = (Attachment("a.csv", "A table", b"x\n1\n"), Attachment("b.csv", "Another", b"y\n2\n"))
    draft = Draft("audit", "", "", "id", PAGE, tables)
    first, second = print_packet(draft), print_packet(draft)
    assert first.archive == second.archive
    # The PDF that is read is the one it would be without tables.
    assert print_packet(replace(draft, attachments=())).pdf == first.pdf
    other = (tables[0], replace(tables[1], content=b"y\n3\n"))
    assert hash_attachments(other) != hash_attachments(tables)
    assert hash_content(replace(draft, attachments=other)) != hash_content(draft)
