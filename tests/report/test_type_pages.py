"""Every document on A4 and on Letter: right boxes, nothing cut, a footer on each page."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from calibrate.report import AuditMaterial, Material, Packet, render_packet

Invent = Callable[..., Material]
KINDS = {"session": "Engineering", "manager": "E000", "audit": "", "executive": ""}
#: Who may read it, as each page says.
MARKED = {
    "session": "CONFIDENTIAL · PERSONNEL", "manager": "CONFIDENTIAL · PERSONNEL",
    "audit": "RESTRICTED · AUDIT", "executive": "CONFIDENTIAL · MANAGEMENT",
}  # fmt: skip
#: ISO 216: 210 by 297 mm; ANSI A: 8.5 by 11 inches.
BOXES = {"A4": (210 / 25.4 * 72, 297 / 25.4 * 72), "Letter": (8.5 * 72, 11 * 72)}
#: Margins of print.css at either side, upright and on the wide pages of the audit.
SIDE, WIDE_SIDE = 18 / 25.4 * 72, 14 / 25.4 * 72
#: Points by which a word may lie in the margin: a slanting letter, a rounded figure.
ROUNDING = 1.0
XHTML = "{http://www.w3.org/1999/xhtml}"

pytestmark = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(scope="module")
def prints() -> dict[tuple[str, str], Packet]:
    return {}


@pytest.fixture
def print_on(
    invent: Invent, audit: AuditMaterial, kind: str, prints: dict[tuple[str, str], Packet]
) -> Callable[[str], Packet]:
    """The document on a paper, set once."""

    def build(paper: str) -> Packet:
        if (kind, paper) not in prints:
            given = audit if kind == "audit" else None
            material = invent(paper=paper)
            prints[kind, paper] = render_packet(kind, material, KINDS[kind], given)
        return prints[kind, paper]

    return build


@pytest.mark.parametrize("paper", BOXES)
def test_every_page_has_the_box_of_the_paper(
    print_on: Callable[[str], Packet], kind: str, paper: str
) -> None:
    n_wide = 0
    for page in PdfReader(io.BytesIO(print_on(paper).pdf)).pages:
        is_wide = page.mediabox.width > page.mediabox.height
        n_wide += is_wide
        expected = BOXES[paper][::-1] if is_wide else BOXES[paper]
        for box in (page.mediabox, page.cropbox):
            # A PDF keeps three decimals of a point.
            assert (float(box.width), float(box.height)) == pytest.approx(expected, abs=0.001)
            assert (box.left, box.bottom) == (0, 0)
        # Wide pages lie: nobody has to turn the screen.
        assert page.rotation == 0
    assert (n_wide > 0) == (kind == "audit")


@pytest.mark.parametrize("paper", BOXES)
def test_every_page_says_what_it_is_and_which_of_how_many(
    print_on: Callable[[str], Packet], kind: str, paper: str
) -> None:
    packet = print_on(paper)
    pages = PdfReader(io.BytesIO(packet.pdf)).pages
    assert len(pages) == packet.n_pages
    for number, page in enumerate(pages, 1):
        text = re.sub(r"\s+", " ", page.extract_text())
        assert f"Page {number} of {packet.n_pages}" in text
        assert f"Packet {packet.packet_id}" in text
        assert MARKED[kind] in text.upper()
        assert "Second half of 2026" in text


@pytest.mark.parametrize("paper", BOXES)
def test_no_word_stands_in_the_margin_or_beyond_the_page(
    print_on: Callable[[str], Packet], kind: str, paper: str, tmp_path: Path
) -> None:
    path = tmp_path / "packet.pdf"
    path.write_bytes(print_on(paper).pdf)
    n_words = 0
    for page in read_pages(path):
        width, height = float(page.attrib["width"]), float(page.attrib["height"])
        side = (WIDE_SIDE if width > height else SIDE) - ROUNDING
        for word in page.iter(f"{XHTML}word"):
            left, top, right, bottom = (
                float(word.attrib[name]) for name in ("xMin", "yMin", "xMax", "yMax")
            )
            assert side <= left <= right <= width - side, word.text
            assert 0 < top < bottom < height, word.text
            n_words += 1
    assert n_words > 100


@pytest.mark.parametrize("letter", ["long title ", "評価"])
def test_a_long_title_stays_out_of_the_printers_margin(
    invent: Invent, audit: AuditMaterial, kind: str, letter: str, tmp_path: Path
) -> None:
    """Home printers leave 6.35 mm at the foot blank."""
    material = invent()
    cycle = material.cycle.model_copy(update={"title": letter * 60})
    given = audit if kind == "audit" else None
    packet = render_packet(kind, replace(material, cycle=cycle), KINDS[kind], given)
    (tmp_path / "packet.pdf").write_bytes(packet.pdf)
    for page in read_pages(tmp_path / "packet.pdf"):
        lowest = max(float(word.attrib["yMax"]) for word in page.iter(f"{XHTML}word"))
        assert lowest < float(page.attrib["height"]) - 18


def test_letter_takes_hardly_more_pages_than_a4(
    print_on: Callable[[str], Packet], kind: str
) -> None:
    """A page of Letter holds 240 mm of text, one of A4 258 mm: 7.5 per cent more pages, and
    where cards are kept whole one more."""
    a4, letter = print_on("A4").n_pages, print_on("Letter").n_pages
    assert a4 <= letter <= 1.075 * a4 + 1.5


def read_pages(path: Path) -> list[ElementTree.Element]:
    """Pages with their words and the boxes of these, as poppler finds them."""
    command = ["pdftotext", "-bbox", str(path), "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return list(ElementTree.fromstring(told).iter(f"{XHTML}page"))
