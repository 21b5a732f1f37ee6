"""What has no font is told before packets are set; our own words always have one."""

from __future__ import annotations

import ast
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from calibrate.config.shipped import find_folder
from calibrate.report import Material, draft_packet, pdf, preflight
from calibrate.report.preflight import FONTS, find_gaps, find_missing, read_letters, say_gaps

Invent = Callable[..., Material]
#: A private character: no font has it.
PRIVATE = "\U0010fffd"
#: Functions whose texts readers see.
SPEAKERS = {"_", "N_", "ngettext"}


def test_our_letters_hold_every_character_of_our_own_sentences(root: Path) -> None:
    sources = sorted((root / "calibrate").rglob("*.py"))
    texts = [p.read_text(encoding="utf-8") for p in sources]
    spoken: set[str] = set()
    for text in texts:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SPEAKERS:
                for said in node.args:
                    if isinstance(said, ast.Constant) and isinstance(said.value, str):
                        spoken |= set(said.value)
    assert {"−", "–", "’"} & spoken
    assert {c for c in spoken if c.isprintable()} - read_letters() == set()


def test_our_letters_hold_every_character_of_the_translations(root: Path) -> None:
    catalogues = sorted((root / "calibrate" / "language" / "locale").rglob("*.po"))
    assert catalogues
    for path in catalogues:
        letters = {c for c in path.read_text(encoding="utf-8") if c.isprintable()}
        assert letters - read_letters() == set(), path


@pytest.mark.parametrize(
    "text",
    ["ąćęłńóśźż", "đơưạảấầẩẫậắằẳẵặ", "ğışİöü", "ăâîșț", "þæðø", "ΆΈΉΊΌΎΏάέήίόύώϊϋ", "їієґўј",
     "−→←↑↓–—…‘’“”„«»‹›·•×½¼¾€£¥₹₺₽№™"],
)  # fmt: skip
def test_letters_of_europe_and_vietnam_need_no_font_of_the_machine(text: str) -> None:
    assert set(text) <= read_letters()


@pytest.mark.parametrize("name", FONTS)
def test_figures_of_our_letters_are_equally_wide(name: str) -> None:
    """Figures below each other then align without a setting."""
    with TTFont(find_folder("reports/templates") / name) as font:
        names = font.getBestCmap()
        widths = {font["hmtx"][names[ord(c)]][0] for c in "0123456789"}
        assert len(widths) == 1
        # Its own name, and no mark of the maker's: the licence asks for both.
        assert font["name"].getDebugName(1) == "Calibrate Sans"
        assert (find_folder("reports/templates") / name).stat().st_size < 400_000


def test_the_licence_stands_beside_the_letters() -> None:
    licence = find_folder("reports/templates") / "fonts" / "OFL.txt"
    text = licence.read_text(encoding="utf-8")
    assert "SIL Open Font License, Version 1.1" in text
    assert "Copyright" in text


def test_a_character_without_a_font_is_told_with_its_places() -> None:
    texts = {f"name of E{i:03d}": f"Zoë {PRIVATE}" for i in range(5)}
    (gap,) = find_gaps({**texts, "title of goal G1": "Growth"})
    assert (gap.character, gap.places, gap.n_places) == (
        PRIVATE, ("name of E000", "name of E001"), 5,
    )  # fmt: skip
    said = say_gaps([gap])
    assert "U+10FFFD (a private character) in name of E000, name of E001 and 3 more" in said
    assert "calibrate doctor" in said


def test_many_characters_are_counted_not_listed() -> None:
    gaps = find_gaps({"name of E001": "".join(map(chr, range(0x10FFF0, 0x10FFF8)))})
    assert len(gaps) == 8
    assert "; and 3 more; boxes will stand in their place" in say_gaps(gaps)


def test_letters_of_our_own_are_not_set_to_be_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a page was set")

    monkeypatch.setattr(pdf, "render_pdf", refuse)
    assert find_missing("Ødegård, Ελένη, Дмитрий \u2068\u200b\t\n") == frozenset()
    with pytest.raises(AssertionError):
        find_missing("王")


def test_what_is_told_before_is_what_the_packet_then_lacks(
    name_one: Callable[[str], Material],
) -> None:
    material = name_one(f"Anna {PRIVATE} 王")
    packet = pdf.render_pdf(draft_packet("manager", material, "E000").html)
    people = material.employees
    told = find_gaps(dict(zip(people["employee_id"], people["name"], strict=True)))
    assert packet.missing == {gap.character for gap in told} == {PRIVATE}


def test_every_byte_of_a_font_decides_what_is_set_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fingerprint() -> str:
        pdf.fingerprint_renderer.cache_clear()
        return pdf.fingerprint_renderer()

    before = fingerprint()
    folder = shutil.copytree(find_folder("reports/templates"), tmp_path / "templates")
    monkeypatch.setattr(pdf, "find_folder", lambda _: folder)
    assert fingerprint() == before
    seen = {before}
    for name in FONTS:
        path = folder / name
        content = bytearray(path.read_bytes())
        content[-1] ^= 1
        path.write_bytes(content)
        seen.add(fingerprint())
    assert len(seen) == 3
    pdf.fingerprint_renderer.cache_clear()


def test_every_shipped_font_is_named_once(root: Path) -> None:
    folder = find_folder("reports/templates")
    shipped = {f"fonts/{p.name}" for p in (folder / "fonts").iterdir() if p.suffix == ".ttf"}
    assert shipped == set(preflight.FONTS)
    css = (folder / "tokens.css").read_text(encoding="utf-8")
    css += (folder / "print.css").read_text(encoding="utf-8")
    assert all(css.count(f'url("asset:{name}")') == 1 for name in FONTS)
    digests = {hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FONTS}
    assert len(digests) == 2
