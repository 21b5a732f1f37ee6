"""Packets in a theme: its colours and nothing of the default's, its logo, lines and texts."""

from __future__ import annotations

import pickle
import re
import struct
import subprocess
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from calibrate.report import (
    AuditMaterial,
    Draft,
    Material,
    draft_packet,
    hash_content,
    print_packet,
)
from calibrate.report.html import read_palette
from calibrate.report.pages.index import lay_out_index
from calibrate.report.screen import write_screen
from calibrate.report.theme import DEFAULT, Theme, read_theme
from calibrate.report.theme.logo import clean_logo
from calibrate.report.theme.settings import ThemeSettings
from calibrate.report.views.index import build_index_view
from calibrate.report.views.run_files import Made

TEAL = ("#0f5a60", "#e2eeee", "#a5c3c5", "#7fb0b1", "#2b7378")
Invent = Callable[..., Material]


@pytest.fixture(scope="module")
def theme(sample_data: Path) -> Theme:
    """The one that docs/themes.md shows."""
    return read_theme(sample_data / "theme", "theme")[0]


@pytest.fixture(scope="module")
def dressed(invent: Invent, theme: Theme) -> Material:
    return replace(invent(18), theme=theme)


def dress(material: Material, **changes: Any) -> Material:
    return replace(material, theme=replace(material.theme, **changes))


def read_text(pdf: bytes, *options: str) -> str:
    done = subprocess.run(["pdftotext", "-layout", *options, "-", "-"], input=pdf,
                          capture_output=True, check=True)  # fmt: skip
    return done.stdout.decode()


def read_streams(pdf: bytes) -> str:
    """What is drawn, logo included; letters of fonts are not among it."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        drawn = [page.Contents.read_bytes() for page in opened.pages]
        drawn += [
            item.read_bytes()
            for item in opened.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Form"
        ]
    return b"\n".join(drawn).decode("latin-1")


def has_colour(streams: str, colour: str) -> bool:
    wanted = tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
    triples = re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) (?:rg|RG|scn|SCN|sc|SC)\b", streams)
    return wanted in {tuple(round(255 * float(share)) for share in triple) for triple in triples}


def list_figures(pdf: bytes) -> Iterator[tuple[str, str]]:
    with pikepdf.open(BytesIO(pdf)) as opened:
        for item in opened.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure":
                yield str(item.get("/S")), str(item.get("/Alt", ""))


def test_the_default_has_its_teal_where_it_is_looked_for(invent: Invent) -> None:
    streams = read_streams(print_packet(draft_packet("manager", invent(18), "E001")).pdf)
    assert has_colour(streams, TEAL[0])


@pytest.mark.parametrize(("kind", "key"), [("manager", "E001"), ("session", "Sales")])
def test_a_packet_has_the_shades_of_its_theme_and_no_teal(
    dressed: Material, theme: Theme, kind: Any, key: str
) -> None:
    draft = draft_packet(kind, dressed, key)
    streams = read_streams(print_packet(draft).pdf)
    assert has_colour(streams, theme.accent)
    assert has_colour(streams, theme.shades["zone"])
    for colour in TEAL:
        assert not has_colour(streams, colour), colour
        assert colour not in draft.html


def test_the_logo_is_a_figure_that_says_its_text(dressed: Material) -> None:
    pdf = print_packet(draft_packet("executive", dressed)).pdf
    assert ("/Figure", "Tidewright") in list(list_figures(pdf))


def test_a_picture_is_shown_too(invent: Invent) -> None:

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    rows = (b"\0" + b"\xff\x00\x00\x80" * 40) * 20
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 40, 20, 8, 6, 0, 0, 0))
    png += chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    material = dress(invent(18), logo=clean_logo(png, ".png"), logo_text="Red")
    pdf = print_packet(draft_packet("executive", material)).pdf
    assert ("/Figure", "Red") in list(list_figures(pdf))
    with pikepdf.open(BytesIO(pdf)) as opened:
        pictures = [o for o in opened.objects
                    if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Image"]  # fmt: skip
        assert (40, 20) in [(int(picture.Width), int(picture.Height)) for picture in pictures]


ODD = """
<defs><linearGradient id="none"/><radialGradient id="r" r="0"><stop offset="500%" stop-color="red"/>
<stop offset="-1"/></radialGradient><clipPath id="c" clipPathUnits="objectBoundingBox">
<rect width="1" height="1"/></clipPath><linearGradient id="g" gradientTransform="scale(0.00001)"
gradientUnits="userSpaceOnUse" x2="1e-9"><stop offset="0"/><stop offset="1"/>
</linearGradient></defs>
<rect width="0" height="9" fill="url(#g)" stroke="url(#none)"/><path/><polygon/><circle/><stop/>
<g clip-path="url(#c)"><rect width="150%" height="9" rx="90" fill="nosuch" stroke="inherit"/></g>
<path d="M0 0A0 0 0 0 1 5 5T5 5t1 1S1 1 2 2H4h1V5v1Q1 1 2 2Zz" stroke="red" stroke-width="1e-9"
stroke-miterlimit="0" stroke-linecap="xx" stroke-dasharray="0 0.1" fill="rgb(999,0,0)"/>
<g transform="scale(1000000)"><g transform="scale(1000000)">
<rect width="999999" height="1"/></g></g>
<path d="M0 0H10" fill="url(#r)" opacity="50%" fill-opacity="9"/>
"""


def test_odd_drawings_that_are_let_in_can_be_set(invent: Invent) -> None:
    opening = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 40">'
    logo = clean_logo(f"{opening}{ODD}</svg>".encode(), ".svg")
    packet = print_packet(draft_packet("executive", dress(invent(18), logo=logo, logo_text="Odd")))
    assert packet.n_pages == 2


def test_lines_stand_on_each_page_and_keep_who_may_read_it(dressed: Material) -> None:
    pdf = print_packet(draft_packet("manager", dressed, "E001"))
    plain = print_packet(draft_packet("manager", replace(dressed, theme=DEFAULT), "E001"))
    usual = read_text(plain.pdf, "-l", "1").strip().splitlines()[0].split("   ")[0].strip()
    pages = read_text(pdf.pdf).split("\f")[: pdf.n_pages]
    assert len(pages) == pdf.n_pages > 1
    for page in pages:
        assert f"Tidewright internal · {usual}".casefold() in page.casefold()
        assert "People Team · calibration@tidewright.example" in page


def test_one_kind_may_have_a_line_of_its_own(invent: Invent) -> None:
    material = dress(invent(18), classification=(("all", "Ours"), ("session", "In {cycle} only")))
    session = draft_packet("session", material, "Sales").html
    manager = draft_packet("manager", material, "E001").html
    assert 'data-classification="In Second half of 2026 only"' in session
    assert 'data-classification="Ours"' in manager


def test_texts_of_the_company_stand_where_they_belong(dressed: Material) -> None:
    session = read_text(print_packet(draft_packet("session", dressed, "Sales")).pdf, "-l", "2")
    manager = read_text(print_packet(draft_packet("manager", dressed, "E001")).pdf, "-l", "1")
    assert "Whoever manages the person speaks last." in " ".join(session.split())
    assert "Nobody is moved to fill a share" not in " ".join(session.split())
    assert "bring one example for each person" in " ".join(session.split())
    assert "This packet is for your preparation." in " ".join(manager.split())
    assert manager.index("This packet is for your") < manager.index("Before the session")


def test_markup_in_a_text_is_printed_as_text(invent: Invent) -> None:
    text = "<b>bold</b> & <script>alert(1)</script> {{7*7}} {% raw %}"
    doubled = text.replace("{", "{{").replace("}", "}}")
    assert ThemeSettings.model_validate({"schema": 1, "footer": doubled}).footer == {"all": doubled}
    material = dress(invent(18), footer=(("all", doubled),), texts=(("manager_intro", (doubled,)),))
    draft = draft_packet("manager", material, "E001")
    assert "<script>" not in draft.html
    printed = " ".join(read_text(print_packet(draft).pdf, "-l", "1").split())
    assert printed.count(text) == 2


def test_two_themes_in_one_process_do_not_mix(invent: Invent, dressed: Material) -> None:
    plain = invent(18)
    red = dress(plain, accent="#b00020")
    order = [plain, dressed, red, dressed, plain, red]
    drafts = [draft_packet("executive", material) for material in order]
    assert [draft.html for draft in drafts[:3]] == [drafts[4].html, drafts[3].html, drafts[5].html]
    pdfs = [print_packet(draft).pdf for draft in drafts]
    assert pdfs[0] == pdfs[4]
    assert pdfs[1] == pdfs[3]
    assert pdfs[2] == pdfs[5]
    assert len(set(pdfs)) == 3


def test_a_worker_needs_nothing_but_the_draft(dressed: Material) -> None:
    draft = draft_packet("executive", dressed)
    sent: Draft = pickle.loads(pickle.dumps(draft))
    assert sent == draft
    assert print_packet(sent).pdf == print_packet(draft).pdf


def test_what_is_reused_has_the_same_look(dressed: Material, sample_data: Path) -> None:
    draft = draft_packet("manager", dressed, "E001")
    again = replace(dressed, theme=read_theme(sample_data / "theme", "elsewhere")[0])
    assert hash_content(draft_packet("manager", again, "E001")) == hash_content(draft)
    for change in ({"accent": "#7b2d8e"}, {"logo": None}, {"footer": (("manager", "Other"),)}):
        other = draft_packet("manager", dress(dressed, **change), "E001")
        assert hash_content(other) != hash_content(draft), change
        assert other.packet_id != draft.packet_id, change
    rules = dress(dressed, texts=(*dressed.theme.texts[1:], ("ground_rules", ("Listen.",))))
    assert hash_content(draft_packet("manager", rules, "E001")) == hash_content(draft)


def test_the_audit_keeps_its_front_page_whole(dressed: Material, audit: AuditMaterial) -> None:
    packet = print_packet(draft_packet("audit", dressed, audit=audit))
    plain = print_packet(draft_packet("audit", replace(dressed, theme=DEFAULT), audit=audit))
    assert packet.n_pages == plain.n_pages
    assert "Tidewright internal".casefold() in read_text(packet.pdf, "-l", "1").casefold()


def write_page(material: Material) -> str:
    made = Made((), {"ratings.csv": "ab" * 32}, "cd" * 32)
    document = lay_out_index(build_index_view(material, made))
    return write_screen(material.theme.dress(document, "page"), material.theme)


def test_the_page_of_a_run_has_colours_logo_and_lines_inside(dressed: Material) -> None:
    page = write_page(dressed)
    assert "--accent: #1d4f91;" in page
    assert 'src="data:image/svg+xml;base64,' in page
    assert 'alt="Tidewright"' in page
    assert "Tidewright internal · " in page
    assert "keep no copy after the session" in page
    drawn = page.partition("</style>")[2]
    assert not [colour for colour in TEAL if colour in drawn]
    # Later tokens win over those of the default.
    assert page.rindex("--accent: #1d4f91;") > page.rindex("--accent: #0f5a60;")
    assert not re.findall(r'(?:src|href)="(?!data:|#|packets/|tables/)[a-z]+:', page)


def test_without_a_theme_nothing_of_one_is_written(invent: Invent) -> None:
    page = write_page(invent(18))
    html = draft_packet("manager", invent(18), "E001").html
    for written in (page.partition("</style>")[2], html):
        assert 'class="logo"' not in written
        assert "data-footer" not in written
    assert set(TEAL) <= set(read_palette().values())
