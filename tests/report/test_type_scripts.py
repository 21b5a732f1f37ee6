"""Names in every script: in the order their readers expect, and given back by the file."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from calibrate.report import Material, draft_packet, print_packet
from calibrate.report.words import isolate, join_words, soften

XHTML = "{http://www.w3.org/1999/xhtml}"
#: First Strong Isolate, and the end of one.
OPEN, CLOSE = "\u2068", "\u2069"
LEILA, ITAMAR, COHEN = "ليلى البحراني", "איתמר בן-דוד", "כהן"


@pytest.mark.parametrize("name", [LEILA, ITAMAR, f"{COHEN} (2)", f"{COHEN}, דן", f"7 {COHEN}"])
def test_a_name_alone_is_one_piece_with_its_figures_and_brackets(name: str) -> None:
    assert isolate(name) == f"{OPEN}{name}{CLOSE}"


@pytest.mark.parametrize(
    ("text", "isolated"),
    [
        (f"For {COHEN}, 3.2 points", f"For {OPEN}{COHEN}{CLOSE}, 3.2 points"),
        (f"{COHEN} (3): ask", f"{OPEN}{COHEN}{CLOSE} (3): ask"),
        (f"ask {COHEN} (דן) first", f"ask {OPEN}{COHEN} (דן){CLOSE} first"),
        (f"ask {COHEN} (2) דן first", f"ask {OPEN}{COHEN} (2) דן{CLOSE} first"),
        (f"Zoë {COHEN} O’Neil (IT)", f"Zoë {OPEN}{COHEN}{CLOSE} O’Neil (IT)"),
        (f"a (b {COHEN} c", f"a (b {OPEN}{COHEN}{CLOSE} c"),
    ],
)
def test_in_a_sentence_each_name_is_a_piece_of_its_own(text: str, isolated: str) -> None:
    assert isolate(text) == isolated
    assert isolate(isolated) == isolated


def test_text_from_left_to_right_is_left_as_it_is() -> None:
    for text in ("Anna (2)", "Søren, 3", "王小明 (3)", "สมชาย", "आरव", "김민준", "😀", "", "−3"):
        assert isolate(text) == text


def test_names_in_a_list_keep_their_own_commas() -> None:
    said = join_words([f"{COHEN}, דן", "Anna", f"{ITAMAR} 7"])
    assert said == f"{OPEN}{COHEN}, דן{CLOSE}, Anna and {OPEN}{ITAMAR} 7{CLOSE}"
    assert isolate(f"On the agenda: {said}.") == f"On the agenda: {said}."


def test_a_name_without_a_space_is_softened_and_still_one_piece() -> None:
    name = "א" * 130
    assert isolate(soften(name)).count(OPEN) == 1


@pytest.mark.parametrize(
    "name",
    [LEILA, "איתמר דוד", "王小明", "สมชาย ใจดี", "佐藤 花子", "김민준", "Nguyễn Thị Ánh",
     "Дмитрий Иванов", "Ελένη Παππά", "Ndã́ Søn"],
)  # fmt: skip
def test_a_name_can_be_copied_from_the_packet(
    name_one: Callable[[str], Material], name: str
) -> None:
    pdf = print_packet(draft_packet("manager", name_one(name), "E000")).pdf
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    # Which word stands first is for the reader of the file to find out.
    for word in name.split():
        assert word in text
    assert not set(text) & {OPEN, CLOSE, "\u200b", "\ufffd", "\x00"}


def test_emoji_and_joined_signs_are_set_and_lack_nothing(
    name_one: Callable[[str], Material],
) -> None:
    packet = print_packet(draft_packet("manager", name_one("Kim 😀 👩‍🚀 é̂ 「花子」ー、。"), "E000"))
    assert packet.missing == frozenset()
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(packet.pdf)).pages)
    assert "「花子」ー、。" in text


def test_a_hebrew_reader_meets_the_words_in_their_order(
    name_one: Callable[[str], Material], tmp_path: Path
) -> None:
    """Read from right to left: first name, family name, figure in brackets."""
    first, family = "איתמר", "כהן"
    path = tmp_path / "packet.pdf"
    material = name_one(f"{first} {family} (27)")
    path.write_bytes(print_packet(draft_packet("manager", material, "E000")).pdf)
    told = subprocess.run(
        ["pdftotext", "-bbox", str(path), "-"], capture_output=True, text=True, check=True
    ).stdout
    lines: dict[float, dict[str, float]] = {}
    for word in ElementTree.fromstring(told).iter(f"{XHTML}word"):
        letters = (word.text or "").strip("()")
        # Poppler gives words as they are drawn: from left to right.
        for known in (first[::-1], family[::-1], "27"):
            if letters in (known, known[::-1]):
                # Points; a line is as high as its largest letters.
                line = lines.setdefault(round(float(word.attrib["yMax"]) / 6), {})
                line[known] = float(word.attrib["xMin"])
    whole = [line for line in lines.values() if len(line) == 3]
    assert whole
    assert all(line["27"] < line[family[::-1]] < line[first[::-1]] for line in whole)
