"""Whatever stands in the data is printed as text: nothing is fetched, run, hidden or endless."""

from __future__ import annotations

import io
import re
import time
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from calibrate import tables
from calibrate.language import speak
from calibrate.report import Material, draft_packet, print_packet
from calibrate.report.document import Document, Head, Paragraph
from calibrate.report.files import encode_table
from calibrate.report.html import write_document
from calibrate.report.pdf import AssetFetcher, render_pdf
from calibrate.report.safety import MOST_ACCENTS, MOST_LETTERS, show_text
from calibrate.report.screen import write_screen

OVERRIDE = "\u202e"
#: Signs that turn the order of what follows, without a shape.
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u200e\u200f\u061c"
#: A document of XML cannot hold these.
IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
HOSTILE = (
    "<script>alert(1)</script>",
    '<img src="https://example.org/x.png" onerror="x()">',
    "{{ 7 * 7 }} {% include 'base.html' %} {# gone #}",
    "{name} {0} %(n)s %s ${x} {{n}}",
    "url(https://example.org/a) @import 'file:///etc/passwd'; } p { display: none }",
    "]]> <!--packet-id--> &lt;b&gt; &#x202e; <!ENTITY x SYSTEM 'file:///etc/passwd'>",
    "\"' onload=x() style='display:none'",
    "=HYPERLINK(\"https://example.org\";\"x\")",
)  # fmt: skip


def squeeze(text: str) -> str:
    """Without what lines of a page add between letters."""
    return re.sub(r"[\s\u200b\xad]", "", text)


def read_words(pdf: bytes) -> str:
    return squeeze("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def set_text(text: str) -> Document:
    head = Head("Packet", text, text, text, text, text, "en", "A4", text)
    return Document(head, (Paragraph(text),))


@given(st.text(st.characters(codec=None), max_size=200))
def test_no_text_keeps_a_character_that_turns_the_others_or_that_no_document_holds(
    text: str,
) -> None:
    shown = show_text(text)
    assert not set(shown) & set(TURNING)
    assert IMPOSSIBLE.search(shown) is None
    assert show_text(shown) == shown


@given(st.text(st.characters(categories=("L", "N", "P", "S"), max_codepoint=0xFFFD), max_size=200))
def test_letters_figures_and_signs_are_left_as_they_are(text: str) -> None:
    kept = "".join(letter for letter in text if not 0xFDD0 <= ord(letter) <= 0xFDEF)
    assert show_text(kept) == kept


@given(st.text("a\u2068\u2069\u05d0 ", max_size=30))
def test_isolates_stand_in_pairs_one_after_the_other(text: str) -> None:
    signs = re.findall("[\u2068\u2069]", show_text(text))
    assert "".join(signs) == "\u2068\u2069" * (len(signs) // 2)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Anna{OVERRIDE}hcoK", "Anna[U+202E]hcoK"),
        ("Anna\x00Koch", "Anna[U+0000]Koch"),
        ("Anna\ud800", "Anna[U+D800]"),
        ("Anna\u2060\u2060\u2060Koch", "Anna[U+2060 …]Koch"),
        ("Anna\u2028Koch", "Anna Koch"),
        ("a\u200d\u200d\u200d\u200db", "a\u200db"),
        ("\u05d3\u05df\u200f (3)", "\u05d3\u05df (3)"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",) * 2,
        ("👩\u200d🔬 ❤\ufe0f",) * 2,
        ("line one\nline two\tand more",) * 2,
    ],
)
def test_what_is_not_seen_is_named_and_what_spelling_needs_is_kept(text: str, shown: str) -> None:
    assert show_text(text) == shown


def test_a_pile_of_accents_is_cut_and_dots_stand_for_the_rest() -> None:
    shown = show_text("Z" + "\u0301\u0316" * 500 + "oe")
    assert sum(unicodedata.category(letter) == "Mn" for letter in shown) == MOST_ACCENTS
    assert shown.endswith("…oe")


@pytest.mark.parametrize("name", ["Nguyễn Thị Hạnh", "בְּרֵאשִׁ֖ית", "ที่ปรึกษา", "क्षत्रिय"])
def test_accents_of_real_languages_are_kept(name: str) -> None:
    decomposed = unicodedata.normalize("NFD", name)
    assert show_text(name) == name
    assert show_text(decomposed) == decomposed


def test_a_long_text_is_cut_and_says_how_much_follows() -> None:
    shown = show_text("word " * 200_000)
    assert shown.startswith(("word " * 800)[:MOST_LETTERS])
    # A million letters, of which 4,000 are shown.
    assert "996,000" in shown
    assert len(shown) < MOST_LETTERS + 100
    with speak("de"):
        assert "996.000" in show_text("word " * 200_000)


@pytest.mark.parametrize("text", [*HOSTILE, *(f"a{sign}b" for sign in TURNING), "a\x00\ud800b"])
def test_a_page_of_the_text_is_well_formed_and_has_no_element_of_the_data(text: str) -> None:
    html, __ = write_document(set_text(text))
    plain, __ = write_document(set_text("plain"))
    tags = [element.tag for element in ElementTree.fromstring(html).iter()]
    assert tags == [element.tag for element in ElementTree.fromstring(plain).iter()]


def test_the_page_for_a_screen_shows_the_same_text() -> None:
    page = write_screen(set_text(f"<b>Anna</b>{OVERRIDE}\x00hcoK{{{{ 1 }}}}"))
    assert "&lt;b&gt;Anna&lt;/b&gt;[U+202E …]hcoK{{ 1 }}" in page
    assert OVERRIDE not in page
    assert "\x00" not in page


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses that a packet asks for while it is set."""
    addresses: list[str] = []
    fetch = AssetFetcher.fetch

    def record(self: AssetFetcher, url: str, headers: Any = None) -> Any:
        addresses.append(url)
        return fetch(self, url, headers)

    monkeypatch.setattr(AssetFetcher, "fetch", record)
    return addresses


def test_a_packet_of_hostile_names_and_titles_shows_them_as_text(
    invent: Callable[..., Material], asked: list[str]
) -> None:
    material = invent(12)
    names = [*HOSTILE, f"Anna{OVERRIDE}hcoK"]
    employees = material.employees.copy()
    managed = employees["manager_id"].value_counts().index[0]
    team = employees.index[employees["manager_id"] == managed]
    for place, index in enumerate(team):
        employees.loc[index, "name"] = names[place % len(names)]
    goals = material.tables["goals"].copy()
    goals["title"] = "<i>goal</i> " + "x" * 1_000_000
    hostile = replace(
        material, employees=employees, tables=dict(material.tables) | {"goals": goals}
    )
    began = time.process_time()
    packet = print_packet(draft_packet("manager", hostile, str(managed)))
    # A plain packet of a team of twelve takes half a second; a million letters a title would
    # take minutes. The bound is wide, for machines that are busy.
    assert time.process_time() - began < 60
    assert packet.n_pages < 200
    words = read_words(packet.pdf)
    for name in names[: len(team)]:
        assert squeeze(show_text(name)) in words
    assert all(address.startswith("asset:") for address in asked)


def test_a_title_with_tricks_reaches_the_file_as_text() -> None:
    document = set_text("Cycle")
    head = replace(document.head, title=f"<b>{OVERRIDE}T\x00</b> (a) \\) /JS")
    html, __ = write_document(replace(document, head=head))
    title = PdfReader(io.BytesIO(render_pdf(html).content)).metadata.title
    assert "<b>[U+202E]T[U+0000]</b> (a) \\) /JS" in title


@pytest.mark.parametrize("start", "=+-@")
def test_a_text_that_a_spreadsheet_would_run_is_quoted_in_tables(start: str) -> None:
    text = f"{start}HYPERLINK(A1)"
    row = dict.fromkeys(tables.FINDINGS.names) | {
        "finding_id": "f", "kind": "k", "scope": "s", "scope_id": text, "level": "look",
        "headline": text, "evidence": "",
    }  # fmt: skip
    __, written = encode_table(tables.FINDINGS, tables.FINDINGS.conform(pd.DataFrame([row])))
    assert f"'{text}".encode() in written
    assert f",{text}".encode() not in written
